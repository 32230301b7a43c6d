"""How safe is each claim on a training that a notebook prints and CI compares?

    python tools/benchmarks/claims.py             write data/runs/claims.csv from the other tables
    python tools/benchmarks/claims.py --train     train first what no other table holds

A claim compares a value of a training with a bound. Its margin is the distance of the mean over the
seeds from the bound, in standard deviations. The chance that a new seed prints False is that of
Student's t for one more value. The trainings are those of ``reference_runs.py``, in 32 and in
16 bits, of ``ladder.py``, in 16 bits, and from here.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools" / "benchmarks")]

from ladder import shifted  # noqa: E402
from reference_runs import add_missing, each  # noqa: E402

RUNS = ROOT / "data" / "runs"
LARGEST = 38 / 293  # share of the largest category among the held-out pictures, see notebook 01
IGNORANT = 2.288  # loss of who knows only how frequent the categories are, see notebook 07


TWO, THREE, PLAIN, HALF = "two blocks", "three blocks", "three blocks 20 epochs", "sweep 0.5"


# What the networks of the ladder are called in the tables of reference_runs.py.
SAME = {"dense": "dense 10 epochs", "three blocks": PLAIN, "dropout 0.5": HALF}


class Claim(NamedTuple):
    """A value of one training or two, and what it must be above."""

    cell: str
    words: str
    value: Callable[[pd.DataFrame], pd.Series]
    bound: float = 0.0


def run(name: str, column: str = "val_accuracy") -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function that takes a column of a network out of the table of all runs."""
    return lambda runs: runs[column, name].dropna()


def lead(above: Callable, below: Callable) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function for how far one value is above another, seed by seed."""
    return lambda runs: (above(runs) - below(runs)).dropna()


def minus(value: Callable) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function for the negative of a value, which must be above the negative bound."""
    return lambda runs: -value(runs)


CLAIMS = [
    Claim("04 overfitting-code", "validation accuracy above 0.15", run(TWO), 0.15),
    Claim("04 overfitting-code", "gap above 0.05", lead(run(TWO, "accuracy"), run(TWO)), 0.05),
    Claim("04 deeper-claim", "third block not worse by 0.1", lead(run(THREE), run(TWO)), -0.1),
    Claim(
        "04 dense-claim",
        "training accuracy of dense below",
        lead(run(TWO, "accuracy"), run("dense 10 epochs", "accuracy")),
    ),
    Claim(
        "05 solution-gap-code",
        "gap with dropout narrower",
        lead(
            lead(run(PLAIN, "accuracy"), run(PLAIN)),
            lead(run(HALF, "accuracy"), run(HALF)),
        ),
    ),
    Claim(
        "05 dropout-claims",
        "validation loss lower with 0.5",
        lead(run(PLAIN, "val_loss"), run(HALF, "val_loss")),
    ),
    Claim("05 dropout-claims", "validation accuracy above 0.2", run(HALF), 0.2),
    Claim(
        "05 solution-rate-claims",
        "loss higher with 0.8 than with 0.5",
        lead(run("dropout 0.8", "val_loss"), run(HALF, "val_loss")),
    ),
    Claim(
        "06 early-stopping-claim",
        "fewer than 20 epochs",
        minus(run("sweep 0.0", "epochs")),
        -19.5,
    ),
    Claim("06 loop-claim", "lowest loss below 2.1", minus(run(HALF, "best_val_loss")), -2.1),
    Claim(
        "06 loop-claim", "above 2.2 with a rate of 0.95", run("sweep 0.95", "best_val_loss"), 2.2
    ),
    Claim("06 winner-luck-code", "again below 2.15", minus(run(HALF, "best_val_loss")), -2.15),
    Claim(
        "06 before-after",
        "loss lower than before",
        lead(run(PLAIN, "val_loss"), run(HALF, "val_loss")),
    ),
    Claim("06 before-after", "accuracy above 0.2", run(HALF), 0.2),
    Claim("07 score", "loss below that of frequencies", minus(run("final", "val_loss")), -IGNORANT),
    Claim("07 top-k", "among three above 0.36", run("final", "top_3"), 0.36),
    Claim("07 reliability-claims", "not too sure by 0.2", minus(run("final", "too_sure")), -0.2),
    Claim(
        "07 shifts-code",
        "8 pixels change more than 4",
        lead(run("final", "changed_8"), run("final", "changed_4")),
    ),
    Claim("07 fresh-code", "above the largest frequency", run("final", "score_accuracy"), LARGEST),
    Claim("08 tuned-claim", "validation accuracy above 0.45", run("fine-tuned body"), 0.45),
    Claim("08 last-test", "above 0.75", run("all together", "score_accuracy"), 0.75),
]


def train(name: str, seed: int) -> dict:
    """Train the network of 07 and return a row."""
    from helpers.backstage.quiet import keras
    from helpers.data import load_data, scale
    from helpers.models import create_cnn
    from helpers.training import compile_model

    keras.utils.set_random_seed(seed)
    row = {"network": name, "seed": seed}
    from helpers.backstage.more_pictures import draw, score_set

    sets = load_data("sketch-street-10", test_fraction=0.5)
    (images, labels), (val_images, val_labels), _ = (
        (scale(images), labels) for images, labels in sets
    )
    model = compile_model(create_cnn(images.shape[1:], n_blocks=3, dropout_rate=0.5))
    stopping = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    validation = val_images, val_labels
    model.fit(
        images, labels, epochs=20, validation_data=validation, verbose=0, callbacks=[stopping]
    )

    def shares(pictures: np.ndarray) -> np.ndarray:
        return keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(pictures, verbose=0)))

    drawn, drawn_labels, _ = draw(2000, seed=7)
    drawn = scale(drawn)
    answers = shares(drawn)
    found = answers.argmax(axis=1)
    row["val_loss"] = model.evaluate(*validation, verbose=0)[0]
    best = np.argsort(shares(val_images), axis=1)[:, -3:]
    row["top_3"] = (best == val_labels[:, None]).any(axis=1).mean()
    row["too_sure"] = answers.max(axis=1).mean() - (found == drawn_labels).mean()
    for pixels in (4, 8):
        answers = shares(shifted(drawn, pixels)).argmax(axis=1)
        row[f"changed_{pixels}"] = (answers != found).mean()
    pictures, truth, _ = score_set()
    row["score_accuracy"] = model.evaluate(scale(pictures), truth, verbose=0)[1]
    return row


def all_runs() -> pd.DataFrame:
    """Return one row for each seed, and columns (value, network)."""
    names = ("runs", "runs_bfloat16", "ladder", "for_claims")
    plain, *others = (pd.read_csv(RUNS / f"{name}.csv") for name in names)
    others[1]["network"] = others[1]["network"].replace(SAME)
    # The ladder repeats some trainings of the table before it: the same seed, in 16 bits.
    others = pd.concat(others).drop_duplicates(["network", "seed"])
    # The same seed in 32 bits is another training.
    others["seed"] += 100
    return pd.concat([plain, others]).pivot(index="seed", columns="network")


def judged() -> pd.DataFrame:
    """Return each claim with its margin and its chance to fail."""
    runs, rows = all_runs(), []
    for claim in CLAIMS:
        values = claim.value(runs)
        n, mean, std = len(values), values.mean(), values.std()
        # Whole numbers that are all the same have no spread; a hundredth stands for it.
        std = max(std, 0.01 * abs(mean - claim.bound))
        margin = (mean - claim.bound) / std
        chance = stats.t.sf(margin / np.sqrt(1 + 1 / n), df=n - 1)
        row = dict(zip(("cell", "claim"), claim[:2], strict=True))
        row |= {"seeds": n, "mean": mean, "std": std, "bound": claim.bound}
        rows.append(row | {"margin": margin, "chance": chance})
    return pd.DataFrame(rows).round({"mean": 4, "std": 4, "margin": 1, "chance": 7})


def table(path: Path) -> str:
    """Return the claims as a markdown table."""
    lines = [
        "| cell | claim | seeds | margin in standard deviations | chance to fail |",
        "|---|---|---|---|---|",
    ]
    for row in pd.read_csv(path).itertuples():
        chance = f"{row.chance:.1e}" if row.chance >= 1e-6 else "< 1e-6"
        lines.append(f"| {row.cell} | {row.claim} | {row.seeds} | {row.margin:.1f} | {chance} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", action="store_true", help="train what no other table holds")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    options = parser.parse_args()
    if options.train:
        for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            os.environ[name] = "1"
        wanted = each(["final"], options.seeds)
        add_missing(RUNS / "for_claims.csv", wanted, lambda **keys: [train(*keys.values())])
    found = judged()
    found.to_csv(RUNS / "claims.csv", index=False)
    print(found.to_string())


if __name__ == "__main__":
    main()
