"""The data of the practice notebook: what comes with scikit-learn, and what is downloaded."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from helpers.backstage import practice
from helpers.backstage.practice import TITLES, load_practice_data, practice_class_names
from helpers.data import DataError, scale

NOTEBOOKS = Path(practice.__file__).parents[2]


@pytest.fixture(scope="module")
def digits():
    return load_practice_data()


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
    from helpers.backstage.quiet import keras

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


def test_the_split_is_the_same_for_every_digit_and_each_time(digits, capsys):
    counts = [np.bincount(labels) for _, labels in digits]
    assert np.array_equal(sum(counts), np.bincount(load_digits().target))
    assert np.all(np.abs(counts[1] - sum(counts) / 4) <= 1)
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
        "import helpers.backstage.practice as p; p.load_practice_data(); "
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=NOTEBOOKS, capture_output=True)
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
        ValueError("Incomplete or corrupted file detected."),
    ],
)
def test_without_a_network(fault, serve):
    serve(fault)
    with pytest.raises(DataError) as caught:
        load_practice_data("fashion-mnist")
    message = str(caught.value)
    assert str(fault) in message and caught.value.__cause__ is fault
    for advice in ("Fashion-MNIST", "network connection", 'load_practice_data("digits")'):
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
