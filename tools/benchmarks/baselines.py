"""Score what needs no network, and write it down: the lower rungs of the ladder.

    python tools/benchmarks/baselines.py --out data/runs/baselines.csv

Each is fitted to the training pictures and scored on the validation pictures and on the fresh test
set of 2,000 (drawn first, where it is not in the cache). Nothing is random: one row for each.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))

SIDE = 8  # of a thumbnail, in pixels
# How strongly weights are punished: the best of 0.0003 to 1 in cross-validation, training set only.
STRENGTH = 0.01


def mean_color(images: np.ndarray) -> np.ndarray:
    """Return the mean of each channel, shape (N, 3)."""
    return images.mean(axis=(1, 2))


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Return pictures of 8 x 8 pixels as rows, shape (N, 192)."""
    step = images.shape[1] // SIDE
    small = images.reshape(len(images), SIDE, step, SIDE, step, 3).mean(axis=(2, 4))
    return small.reshape(len(images), -1)


def regression(strength: float = 1.0):
    """Return logistic regression on features of mean 0 and standard deviation 1."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=5000))


BASELINES = {
    "class frequencies": (DummyClassifier(strategy="prior"), mean_color),
    "mean color": (regression(), mean_color),
    "thumbnails": (regression(STRENGTH), thumbnails),
}


def table(path: Path) -> str:
    """Return accuracies and losses as a markdown table."""
    lines = [
        "| without a network | accuracy, held out | loss | accuracy, score set | loss |",
        "|---|---|---|---|---|",
    ]
    for row in pd.read_csv(path).itertuples():
        values = [row.val_accuracy, row.val_loss, row.score_accuracy, row.score_loss]
        lines.append(f"| {row.network} | " + " | ".join(f"{v:.2f}" for v in values) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="sketch-street-10", help="as for load_data")
    parser.add_argument("--out", type=Path, default=Path("baselines.csv"))
    options = parser.parse_args()

    from helpers.backstage.more_pictures import score_set
    from helpers.data import load_data

    (images, labels), held_out = load_data(options.data)
    tests = {"val": held_out}
    if options.data == "sketch-street-10":
        tests["score"] = score_set()[:2]
    rows = []
    for name, (model, features) in BASELINES.items():
        model.fit(features(images), labels)
        row = {"network": name, "accuracy": model.score(features(images), labels)}
        for test, (pictures, truth) in tests.items():
            shares = model.predict_proba(features(pictures))
            row[f"{test}_accuracy"] = accuracy_score(truth, shares.argmax(axis=1))
            row[f"{test}_loss"] = log_loss(truth, shares)
        rows.append(row)
    table = pd.DataFrame(rows).round(4)
    table.to_csv(options.out, index=False)
    print(table)


if __name__ == "__main__":
    main()
