"""The data of the practice notebook, and the numbers that it quotes."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from helpers.data import DataError, scale
from helpers.practice import TITLES, load_practice_data, practice_class_names

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "benchmarks" / "practice.csv"
sys.path.insert(0, str(ROOT / "benchmarks"))

import practice_runs  # noqa: E402
import reference_runs  # noqa: E402


@pytest.fixture(scope="module")
def digits():
    return load_practice_data()


@pytest.fixture(scope="module")
def by_seed():
    """Return one row for each seed, and columns (value, network)."""
    return pd.read_csv(RUNS).pivot(index="seed", columns="network")


@pytest.fixture(scope="module")
def told():
    """Return the text cell of notebook 8 that tells what came out of the runs."""
    notebook = nbformat.read(ROOT / "notebooks" / "08-practice-mnist.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if "practice runs" in cell.source)
    return cell.source


def fake_set(n_train=60, n_test=20, shape=(28, 28), dtype="uint8", labels=10, label_dtype="uint8"):
    """Make what keras.datasets.mnist.load_data() returns."""
    return tuple(
        (
            np.full((n, *shape), 7, dtype=dtype),
            np.arange(n).astype(label_dtype) % labels,
        )
        for n in (n_train, n_test)
    )


@pytest.fixture
def serve(monkeypatch):
    """Return a function that says what Keras finds in place of both of its data sets."""
    from helpers.quiet import keras

    def set_up(answer):
        def load_data():
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
        monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", load_data)

    return set_up


def test_digits_have_the_form_of_mnist(digits):
    (train_images, train_labels), (val_images, val_labels) = digits
    assert (len(train_labels), len(val_labels)) == (1347, 450)
    for images, labels in digits:
        assert images.shape == (len(labels), 28, 28) and images.dtype == np.uint8
        assert labels.dtype == np.int64 and set(labels) == set(range(10))
        assert (images.min(), images.max()) == (0, 255)


def test_every_digit_is_split_alike(digits):
    counts = [np.bincount(labels) for _, labels in digits]
    assert np.array_equal(sum(counts), np.bincount(load_digits().target))
    assert np.all(np.abs(counts[1] - sum(counts) / 4) <= 1)


def test_split_is_always_the_same(digits, capsys):
    again = load_practice_data("digits")
    for (images, labels), (other_images, other_labels) in zip(digits, again, strict=True):
        assert np.array_equal(images, other_images) and np.array_equal(labels, other_labels)
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "1347 training and 450 validation pictures of 28 x 28" in line


def test_digits_are_the_scans(digits):
    """The corners of an enlarged scan are its own corners, and its mean brightness stays."""
    scans = load_digits().images / 16
    known = {tuple(np.round(scan[::7, ::7].ravel(), 2)) for scan in scans}
    images = np.concatenate([images for images, _ in digits])
    corners = {
        tuple(np.round(np.round(image[::27, ::27].ravel() / 255 * 16) / 16, 2)) for image in images
    }
    assert corners == known
    assert abs(images.mean() / 255 - scans.mean()) < 0.001


def test_digits_need_neither_network_nor_tensorflow():
    code = (
        "import socket, sys; socket.socket.connect = None; "
        "import helpers.practice as p; p.load_practice_data(); "
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "notebooks", capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_downloaded_set(name, serve, capsys):
    serve(fake_set())
    (train_images, train_labels), (val_images, val_labels) = load_practice_data(name)
    assert train_images.shape == (60, 28, 28) and val_images.shape == (20, 28, 28)
    assert train_images.dtype == np.uint8 and train_labels.dtype == np.int64
    assert set(val_labels) == set(range(10))
    assert scale(train_images)[..., np.newaxis].shape == (60, 28, 28, 1)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{TITLES[name]}: 60 training and 20 validation")


@pytest.mark.parametrize(
    "fault",
    [
        Exception("URL fetch failure on https://…: None -- [Errno -2] Name or service not known"),
        TimeoutError("The read operation timed out"),
        ValueError("Incomplete or corrupted file detected."),
        EOFError("Compressed file ended before the end-of-stream marker was reached"),
    ],
)
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_without_a_network(name, fault, serve):
    serve(fault)
    with pytest.raises(DataError) as caught:
        load_practice_data(name)
    message = str(caught.value)
    assert str(fault) in message and caught.value.__cause__ is fault
    for advice in (TITLES[name], "network connection", 'load_practice_data("digits")'):
        assert advice in message


@pytest.mark.parametrize(
    "found",
    [
        fake_set(shape=(32, 32)),
        fake_set(shape=(28, 28, 1)),
        fake_set(dtype="float32"),
        fake_set(labels=9),
        fake_set(labels=11),
        fake_set(label_dtype="float64"),
        fake_set(n_test=0),
        tuple((images, labels[:-1]) for images, labels in fake_set()),
        tuple((images, labels[:, np.newaxis]) for images, labels in fake_set()),
    ],
)
def test_set_of_another_form(found, serve):
    serve(found)
    with pytest.raises(DataError, match=r"MNIST is not as expected: .*Expected .*\"digits\""):
        load_practice_data("mnist")


@pytest.mark.parametrize("name", ["MNIST", "", None, 3, ["mnist"], "cifar10"])
def test_unknown_name(name):
    for function in (load_practice_data, practice_class_names):
        with pytest.raises(DataError, match='Give one of "digits", "mnist", "fashion-mnist"'):
            function(name)


@pytest.mark.parametrize("name", TITLES)
def test_there_are_ten_different_names(name):
    assert len(set(practice_class_names(name))) == 10


# ---------------------------------------------------------------------------------------
# The trainings behind the numbers in notebook 8
# ---------------------------------------------------------------------------------------


def test_every_network_was_trained_with_five_seeds():
    seeds = pd.read_csv(RUNS).groupby("network")["seed"].apply(sorted)
    assert set(seeds.index) == set(practice_runs.NETWORKS)
    assert all(list(found) == [1, 2, 3, 4, 5] for found in seeds)


def test_notebook_prints_this_table(told):
    assert practice_runs.table(RUNS) in told


def test_notebook_quotes_no_other_numbers(told):
    """Numbers with two digits are means or ends of a range, or quote the lesson's own runs."""
    known = set()
    for path in (RUNS, reference_runs.ROOT / "benchmarks" / "runs.csv"):
        runs = pd.read_csv(path).drop(columns="seed").groupby("network")
        known |= {f"{value:.2f}" for value in runs.agg(["mean", "min", "max"]).to_numpy().ravel()}
    text = told.replace(practice_runs.table(RUNS), "")
    quoted = re.findall(r"\d\.\d\d(?!\d)", text)
    rates = {"0.95"}  # also a dropout rate
    assert len(quoted) >= 12
    assert set(quoted) - rates <= known


def test_notebook_tells_what_happened(by_seed, told):
    mean = by_seed.mean()
    lowest = by_seed["lowest_recall"]

    def tells(*values):
        words = [f"{value:.2f}" for value in values]
        assert re.search(r"\b.{1,40}\b".join(map(re.escape, words)), told), words

    two, few = "two blocks", "100 pictures, two blocks"
    tells(by_seed["val_accuracy", two].min(), by_seed["val_accuracy", two].max())
    tells(lowest[two].min(), lowest[two].max())
    tells(mean["accuracy", two], mean["val_accuracy", two])
    tells(mean["accuracy", few], mean["val_accuracy", few])
    tells(mean["val_loss", f"{two}, dropout 0.5"], mean["val_loss", two])
    tells(mean["val_loss", few], mean["val_loss", f"{few}, dropout 0.5"])
    assert mean["loss", two] < 0.01
    assert (lowest["three blocks, dropout 0.8"] == 0).all()
    assert abs(mean["val_accuracy", "dense"] - mean["val_accuracy", two]) < 0.01


def test_claims_of_the_notebook_hold_with_every_seed(by_seed):
    two, two_8 = "two blocks", "two blocks, dropout 0.8"
    accuracy, gap = by_seed["val_accuracy"], by_seed["accuracy"] - by_seed["val_accuracy"]
    assert (accuracy[[two, two_8]] > 0.93).all(axis=None)
    assert (gap[two] < 0.07).all()
    assert (by_seed["val_loss", two] / by_seed["loss", two] > 6).all()
    assert (by_seed[["lowest_precision", "lowest_recall"]].xs(two, axis=1, level=1) > 0.6).all(
        axis=None
    )
    assert gap["100 pictures, two blocks"].min() > gap[two].max() + 0.03
    assert (gap[two_8] < -0.03).all()
    assert accuracy[two_8].min() > accuracy["three blocks, dropout 0.8"].max() + 0.2
