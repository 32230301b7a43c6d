"""What the notebooks share: data, models, training, plots and challenges."""
