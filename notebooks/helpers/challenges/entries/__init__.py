"""The challenges: all that is known of each stands in its one entry, in the module of its notebook.

README.md in the folder above says how to add one.
"""

# The order is that of the notebooks, and that of the table in README.md.
# ruff: isort: off
from helpers.challenges.entries.common import CHALLENGES, add
from helpers.challenges.entries import (  # noqa: F401
    data_loading,
    convolutional_layers,
    pooling_layers,
    compile_and_train,
    dropout,
    hyperparameter_tuning,
    evaluate_and_share,
    make_it_good,
    practice,
)
# ruff: isort: on

__all__ = ["CHALLENGES", "add"]
