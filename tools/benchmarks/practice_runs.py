"""Train the networks of the practice notebook with several seeds, and write down what came out.

    python tools/benchmarks/practice_runs.py --seeds 1 2 3 4 5 --out practice.csv
    python tools/benchmarks/practice_runs.py --table practice.csv

The numbers that notebook 9 quotes come from here. As in ``reference_runs.py``, each line of
the file is one training, and a line that is already there is not trained again.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from reference_runs import add_missing, each

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))

IMAGE = (28, 28, 1)
FEW = 10  # pictures of each category in the trainings with 100 pictures
# name: (builder's arguments, epochs)
NETWORKS = {
    "dense": ({}, 20),
    "two blocks": ({"n_blocks": 2}, 20),
    "two blocks, dropout 0.2": ({"n_blocks": 2, "dropout_rate": 0.2}, 20),
    "two blocks, dropout 0.5": ({"n_blocks": 2, "dropout_rate": 0.5}, 20),
    "two blocks, dropout 0.8": ({"n_blocks": 2, "dropout_rate": 0.8}, 20),
    "two blocks, dropout 0.95": ({"n_blocks": 2, "dropout_rate": 0.95}, 20),
    "three blocks": ({"n_blocks": 3}, 20),
    "three blocks, dropout 0.5": ({"n_blocks": 3, "dropout_rate": 0.5}, 20),
    "three blocks, dropout 0.8": ({"n_blocks": 3, "dropout_rate": 0.8}, 20),
    "100 pictures, two blocks": ({"n_blocks": 2}, 60),
    "100 pictures, two blocks, dropout 0.5": ({"n_blocks": 2, "dropout_rate": 0.5}, 60),
}


def first_of_each(images, labels):
    """Return the first few pictures of each category, and their labels."""
    few = [np.flatnonzero(labels == label)[:FEW] for label in np.unique(labels)]
    return images[np.concatenate(few)], labels[np.concatenate(few)]


def train(name: str, seed: int, images, labels, val_images, val_labels) -> dict:
    """Train one network and return its last and best values as one row."""
    from sklearn.metrics import precision_recall_fscore_support

    from helpers.backstage.quiet import keras
    from helpers.models import create_cnn, create_dense
    from helpers.training import compile_model

    if name.startswith("100 pictures"):
        images, labels = first_of_each(images, labels)
    keras.utils.set_random_seed(seed)
    arguments, epochs = NETWORKS[name]
    model = compile_model(create_cnn(IMAGE, **arguments) if arguments else create_dense(IMAGE))
    validation = (val_images, val_labels)
    history = model.fit(images, labels, epochs=epochs, validation_data=validation, verbose=0)
    history = history.history
    predictions = model.predict(val_images, verbose=0).argmax(axis=1)
    precision, recall, _, _ = precision_recall_fscore_support(
        val_labels, predictions, zero_division=0
    )
    return {
        "network": name,
        "seed": seed,
        "accuracy": history["accuracy"][-1],
        "val_accuracy": history["val_accuracy"][-1],
        "loss": history["loss"][-1],
        "val_loss": history["val_loss"][-1],
        "best_val_loss": min(history["val_loss"]),
        "precision": precision.mean(),
        "recall": recall.mean(),
        "lowest_precision": precision.min(),
        "lowest_recall": recall.min(),
    }


def run(data: str, names: list[str], seeds: list[int], out: Path) -> None:
    """Load the pictures, and train on them what is not in the file yet."""
    from helpers.backstage.practice import load_practice_data
    from helpers.data import scale

    (images, labels), (val_images, val_labels) = load_practice_data(data)
    images, val_images = scale(images)[..., np.newaxis], scale(val_images)[..., np.newaxis]
    pictures = images, labels, val_images, val_labels
    add_missing(out, each(names, seeds), lambda **keys: [train(*keys.values(), *pictures)])


def table(path: Path) -> str:
    """Return the means over the seeds as a markdown table, as notebook 9 prints it."""
    runs = pd.read_csv(path)
    columns = {
        "training accuracy": "accuracy",
        "validation accuracy": "val_accuracy",
        "validation loss": "val_loss",
        "precision": "precision",
        "recall": "recall",
    }
    lines = ["| network | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for name in [n for n in NETWORKS if n in set(runs.network)]:
        means = runs[runs.network == name][list(columns.values())].mean()
        lines.append(f"| {name} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits", help="as for load_practice_data")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--networks", nargs="+", default=[""], help="beginnings of their names")
    parser.add_argument("--out", type=Path, default=Path("practice.csv"))
    parser.add_argument("--table", type=Path, help="print the table of this file, train nothing")
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
        return
    names = [n for n in NETWORKS if n.startswith(tuple(options.networks))]
    run(options.data, names, options.seeds, options.out)


if __name__ == "__main__":
    main()
