"""The story that the notebooks tell: today's code tells it again, and so do the stored runs."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from benchmarks import curves, reference_runs

from helpers.backstage import normal
from helpers.data import load_data, scale
from helpers.training import hidden_precision

RUNS = Path(reference_runs.ROOT) / "data" / "runs"
SEED = int(os.environ.get("LESSON_SEED") or f"{date.today():%Y%m%d}")

AGAIN = f"The same again: LESSON_SEED={SEED} LESSON_PRECISION={hidden_precision()}"


@pytest.fixture(scope="module")
def train_today():
    """Return a function that trains a network with the seed of today, and gives its values."""
    (images, labels), (val_images, val_labels) = load_data("sketch-street-10")
    data = scale(images), labels, scale(val_images), val_labels
    return lambda name: reference_runs.train(name, SEED, *data)


def test_two_blocks_tell_it_again_with_a_seed_of_today():
    trained = curves.train("two blocks", SEED, "sketch-street-10")
    verdict = normal.judge("two blocks", trained[[*normal.METRICS]].to_dict("list"))
    assert not verdict.outside, f"{verdict}. {trained}. {AGAIN}"


@pytest.mark.weekly
def test_dropout_tells_it_again_with_a_seed_of_today(train_today):
    # How safe each of these is stands in data/runs/claims.csv.
    plain, half = map(train_today, ("three blocks 20 epochs", "sweep 0.5"))
    assert half["val_loss"] < plain["val_loss"], AGAIN
    assert half["val_accuracy"] > 0.2 and half["best_val_loss"] < 2.1, AGAIN
    gaps = [values["accuracy"] - values["val_accuracy"] for values in (half, plain)]
    assert gaps[0] < gaps[1], AGAIN


# --- all networks, with several seeds ---------------------------------------------------------


def train_anew(folder):
    """Train with seeds that no table holds, on this machine and in its precision."""
    networks = ["dense", "two", "three", "dropout", "sweep"]
    # One process for each seed, with one thread each: see the script.
    paths = [folder / f"{seed}.csv" for seed in (101, 102, 103)]
    command = [sys.executable, reference_runs.__file__, "--networks", *networks]
    processes = [
        subprocess.Popen(
            [*command, "--seeds", path.stem, "--out", path],
            env=os.environ | {"LESSON_PRECISION": hidden_precision()},
        )
        for path in paths
    ]
    assert [process.wait() for process in processes] == [0] * len(paths)
    return pd.concat(map(pd.read_csv, paths))


@pytest.fixture(
    scope="module",
    params=["runs.csv", "runs_bfloat16.csv", pytest.param("anew", marks=pytest.mark.weekly)],
)
def by_seed(request, tmp_path_factory):
    """Return one row for each seed, and columns (value, network); the story is one in all."""
    if request.param == "anew":
        runs = train_anew(tmp_path_factory.mktemp("runs"))
    else:
        runs = pd.read_csv(RUNS / request.param)
    return runs.pivot(index="seed", columns="network")


def test_convolution_beats_dense_layers_with_every_seed(by_seed):
    accuracy = by_seed["val_accuracy"]
    assert 0.13 <= accuracy["dense"].mean() <= 0.25
    assert 0.26 <= accuracy["two blocks"].mean() <= 0.40
    assert (accuracy["two blocks"] > accuracy["dense"]).all()
    assert accuracy["three blocks"].mean() >= accuracy["two blocks"].mean() - 0.03


def test_two_blocks_overfit_and_dropout_closes_the_gap_with_every_seed(by_seed):
    gap = by_seed["accuracy"] - by_seed["val_accuracy"]
    loss = by_seed["val_loss"]
    assert (gap["two blocks"] >= 0.30).all()
    assert (loss["two blocks"] > by_seed["best_val_loss", "two blocks"]).all()
    assert (gap["dropout 0.8"] <= gap["two blocks"] / 3).all()
    assert (loss["dropout 0.8"] < loss["two blocks"]).all()


def test_the_best_rate_lies_inside_the_sweep(by_seed):
    names = [f"sweep {rate}" for rate in reference_runs.RATES]
    assert by_seed["best_val_loss"][names].mean().idxmin() not in (names[0], names[-1])
