"""The reference runs tell the story that the notebooks tell, and the data card prints them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import reference_runs  # noqa: E402

from helpers.models import hidden_precision  # noqa: E402

PATH = ROOT / "benchmarks" / "runs.csv"
# Hidden layers in 16 bits, as notebooks have it on processors with units for it.
SIXTEEN_BITS = ROOT / "benchmarks" / "runs_bfloat16.csv"
NEW_SEEDS = (101, 102, 103)


@pytest.fixture(scope="module")
def runs():
    return pd.read_csv(PATH)


def by_network(path):
    return pd.read_csv(path).pivot(index="seed", columns="network")


def train_anew(folder):
    """Train with seeds that no table holds, on this machine and in its precision."""
    script = ROOT / "benchmarks" / "reference_runs.py"
    networks = ["dense", "two", "three", "dropout", "sweep"]
    env = os.environ | {"LESSON_PRECISION": hidden_precision()}
    # One process for each seed, with one thread each: see the script.
    paths = [folder / f"{seed}.csv" for seed in NEW_SEEDS]
    processes = [
        subprocess.Popen(
            [sys.executable, script, "--seeds", path.stem, "--networks", *networks, "--out", path],
            env=env,
        )
        for path in paths
    ]
    assert [process.wait() for process in processes] == [0] * len(paths)
    pd.concat(map(pd.read_csv, paths)).to_csv(folder / "all.csv", index=False)
    return folder / "all.csv"


@pytest.fixture(
    scope="module",
    params=[PATH, SIXTEEN_BITS, pytest.param(None, marks=pytest.mark.weekly)],
    ids=["float32", "mixed_bfloat16", "new seeds"],
)
def by_seed(request, tmp_path_factory):
    """Return one row for each seed, and columns (value, network); the story is one in all."""
    return by_network(request.param or train_anew(tmp_path_factory.mktemp("runs")))


def test_every_network_was_trained_with_five_seeds(runs):
    counts = runs.groupby("network")["seed"].nunique()
    assert set(counts.index) == set(reference_runs.NETWORKS)
    assert counts.min() >= 5


def test_dense_network_is_above_chance(by_seed):
    accuracy = by_seed["val_accuracy", "dense"]
    assert 0.13 <= accuracy.mean() <= 0.25


def test_convolution_beats_dense_layers_with_every_seed(by_seed):
    cnn = by_seed["val_accuracy", "two blocks"]
    assert 0.26 <= cnn.mean() <= 0.40
    assert (cnn > by_seed["val_accuracy", "dense"]).all()


def test_two_blocks_overfit_with_every_seed(by_seed):
    gap = by_seed["accuracy", "two blocks"] - by_seed["val_accuracy", "two blocks"]
    assert (gap >= 0.30).all()
    turned = by_seed["val_loss", "two blocks"] > by_seed["best_val_loss", "two blocks"]
    assert turned.all()


def test_third_block_does_no_harm(by_seed):
    three, two = by_seed["val_accuracy", "three blocks"], by_seed["val_accuracy", "two blocks"]
    assert three.mean() >= two.mean() - 0.03


def test_dropout_closes_the_gap_with_every_seed(by_seed):
    def gap(network):
        return by_seed["accuracy", network] - by_seed["val_accuracy", network]

    assert (gap("dropout 0.8") <= gap("two blocks") / 3).all()
    lower = by_seed["val_loss", "dropout 0.8"] < by_seed["val_loss", "two blocks"]
    assert lower.all()


def test_best_rate_lies_inside_the_sweep(by_seed):
    names = [f"sweep {rate}" for rate in reference_runs.RATES]
    losses = by_seed["best_val_loss"][names]
    best = losses.mean().idxmin()
    assert best not in (names[0], names[-1])


def test_best_grid_score_is_better_than_chance():
    names = [name for name in reference_runs.NETWORKS if name.startswith("grid")]
    assert by_network(PATH)["best_val_loss"][names].mean().min() < np.log(10)


def test_sixteen_bits_tell_it_with_three_seeds():
    counts = pd.read_csv(SIXTEEN_BITS).groupby("network")["seed"].nunique()
    assert counts.min() >= 3 and len(counts) == 10


def test_data_card_prints_this_table():
    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert reference_runs.table(PATH) in card


def test_notebooks_quote_no_other_numbers(runs):
    """Paragraphs that speak of the reference runs hold numbers of the table, or a range of it."""
    known = set(re.findall(r"\d\.\d\d", reference_runs.table(PATH)))
    values = runs.drop(columns=["seed", "epochs"]).groupby("network").agg(["min", "max"])
    known |= {f"{value:.2f}" for value in values.to_numpy().ravel()}
    quoted = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "markdown":
                continue
            for paragraph in "".join(cell["source"]).split("\n\n"):
                if re.search(r"five (different )?seeds|reference runs", paragraph):
                    # The source's own figures stand in parentheses, with three digits or in %.
                    quoted += [(path.stem, n) for n in re.findall(r"\d\.\d\d(?!\d)", paragraph)]
    assert len(quoted) > 20
    assert not [pair for pair in quoted if pair[1] not in known]
