"""The shipped pictures are what data/drawing draws, and drawing leaves nothing half-done."""

import importlib
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.data import CLASS_NAMES, FILES

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "data" / "drawing"
SCRIPT = DRAWING / "draw.py"
SHIPPED = ROOT / "data" / "sketch-street-10"

# Elsewhere, compilers may round the last bit in another way, and Pillow a value up instead of down.
ROUNDS_ALIKE = platform.machine().lower() in ("x86_64", "amd64")


@pytest.fixture(scope="module")
def draw():
    """Return the drawing script as a module. Other folders have a canvas.py and a draw.py, too."""
    names = [path.stem for path in DRAWING.glob("*.py")]
    others = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(DRAWING))
    try:
        yield importlib.import_module("draw")
    finally:
        sys.path.remove(str(DRAWING))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(others)


@pytest.fixture(scope="module")
def shipped():
    """Return what the shipped files hold, by their names without the ending."""
    return {path.stem: np.load(path, allow_pickle=False) for path in map(SHIPPED.joinpath, FILES)}


@pytest.fixture
def few_pictures(draw, monkeypatch):
    """Let the script draw small sets, in this process."""
    monkeypatch.setattr(draw, "TRAIN_COUNTS", (1,) * 10)
    monkeypatch.setattr(draw, "TEST_COUNTS", (0, 1) * 5)

    def run(out):
        monkeypatch.setattr(sys, "argv", ["draw.py", "--out", str(out), "--processes", "1"])
        draw.main()

    return run


def content(folder):
    """Return names and bytes of all that is in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- the shipped files ------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "test"])
def test_pictures_drawn_again_are_the_shipped_ones(draw, shipped, split):
    images, labels = shipped[f"{split}_images"], shipped[f"{split}_labels"]
    for label, name in enumerate(draw.CLASS_NAMES):
        members = np.flatnonzero(labels == label)
        for index in (members[0], members[len(members) // 2], members[-1]):
            picture, drawn_label = draw.draw_one(split, int(index))
            assert drawn_label == label
            difference = np.abs(picture.astype(int) - images[index])
            allowed = 0 if ROUNDS_ALIKE else 1
            assert difference.mean() <= allowed, f"{split} picture {index}, a {name}, is another"


@pytest.mark.parametrize("split", ["train", "test"])
def test_number_of_pictures_of_each_class(draw, shipped, split):
    counts = {"train": draw.TRAIN_COUNTS, "test": draw.TEST_COUNTS}[split]
    labels = shipped[f"{split}_labels"]
    assert np.bincount(labels).tolist() == list(counts)
    drawn = draw.shuffled_labels(counts, draw.split_seed(split))
    np.testing.assert_array_equal(labels, drawn)


@pytest.mark.parametrize("split", ["train", "test"])
def test_form_of_the_arrays(draw, shipped, split):
    images, labels = shipped[f"{split}_images"], shipped[f"{split}_labels"]
    side = draw.FINAL_SIDE
    assert images.dtype == np.uint8 and images.shape == (len(labels), side, side, 3)
    assert labels.dtype == np.int64 and labels.ndim == 1


def test_no_two_pictures_are_equal(shipped):
    images = [*shipped["train_images"], *shipped["test_images"]]
    assert len({image.tobytes() for image in images}) == len(images)


def test_no_picture_is_nearly_blank(shipped):
    for split in ("train", "test"):
        images = shipped[f"{split}_images"]
        assert images.reshape(len(images), -1).std(axis=1).min() > 5


def test_the_files_are_small_and_there_is_nothing_else():
    files = list(SHIPPED.iterdir())
    assert {path.name for path in files} - {"classes.txt"} == set(FILES)
    assert sum(path.stat().st_size for path in files) < 20e6


def test_script_and_helpers_name_the_same_classes(draw):
    assert draw.CLASS_NAMES == CLASS_NAMES
    assert len(draw.TRAIN_COUNTS) == len(draw.TEST_COUNTS) == len(CLASS_NAMES)


def test_counts_in_the_data_card_and_in_the_script(draw):
    total = sum(draw.TRAIN_COUNTS), sum(draw.TEST_COUNTS)
    assert f"{sum(total)} pictures" in draw.__doc__
    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    rows = [set(re.findall(r"[a-z]+ ?[a-z]+|\d+", line.lower())) for line in card.splitlines()]
    for name, *counts in zip(CLASS_NAMES, draw.TRAIN_COUNTS, draw.TEST_COUNTS, strict=True):
        wanted = {name, *map(str, counts)}
        assert any(wanted <= row for row in rows), f"no line holds all of {wanted}"
    assert any(set(map(str, total)) <= row for row in rows)


# --- drawing ----------------------------------------------------------------------------------


def test_a_picture_follows_from_its_seed_alone(draw):
    first, _ = draw.draw_one("train", 5)
    np.random.seed(3)
    again, _ = draw.draw_one("train", 5)
    np.testing.assert_array_equal(first, again)
    for other in (
        draw.draw_one("train", 6),
        draw.draw_one("test", 5),
        draw.draw_one("train", 5, 1),
    ):
        assert not np.array_equal(first, other[0])


def test_one_picture_of_a_set_is_drawn_like_the_set(draw, monkeypatch):
    monkeypatch.setattr(draw, "TEST_COUNTS", (1, 2, 0, 1))
    images, labels = draw.draw_set(draw.TEST_COUNTS, draw.split_seed("test"), processes=1)
    assert sorted(labels.tolist()) == [0, 1, 1, 3]
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        again, label_again = draw.draw_one("test", index)
        np.testing.assert_array_equal(image, again)
        assert label == label_again


def test_the_number_of_processes_does_not_change_a_picture(draw):
    counts = (1,) * 10
    alone, _ = draw.draw_set(counts, draw.split_seed("test"), processes=1)
    shared, _ = draw.draw_set(counts, draw.split_seed("test"), processes=2)
    np.testing.assert_array_equal(alone, shared)


@pytest.mark.parametrize("label", range(10))
def test_pictures_of_a_class_differ(draw, label):
    pictures = [draw.draw_picture(seed, label).astype(int) for seed in range(4)]
    for number, picture in enumerate(pictures):
        assert picture.shape == (draw.FINAL_SIDE, draw.FINAL_SIDE, 3)
        for other in pictures[:number]:
            assert np.abs(picture - other).mean() > 5


@pytest.mark.parametrize(
    "wrong", [("validation", 0), ("train", 10**6), ("test", -(10**6)), ("train", "first")]
)
def test_a_picture_that_does_not_exist(draw, wrong):
    with pytest.raises((KeyError, IndexError, ValueError)):
        draw.draw_one(*wrong)


# --- writing: all or nothing ------------------------------------------------------------------


def test_four_files_are_written(draw, few_pictures, tmp_path, capsys):
    few_pictures(tmp_path / "new" / "set")
    files = content(tmp_path / "new" / "set")
    assert set(files) == set(FILES)
    assert np.load(tmp_path / "new" / "set" / "train_images.npy").shape[0] == 10
    few_pictures(tmp_path / "new" / "set")  # once more, over the first set
    assert content(tmp_path / "new" / "set") == files
    assert str(tmp_path / "new" / "set") in capsys.readouterr().out


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("work", ["draw_picture", "save"])
def test_an_error_midway_leaves_the_old_set(draw, few_pictures, tmp_path, monkeypatch, error, work):
    for name in FILES:
        (tmp_path / name).write_text("old")
    before = content(tmp_path)
    # The training set, 10 pictures and 2 files, is complete by then, the other one is not.
    module, last = (draw, 12) if work == "draw_picture" else (np, 4)
    original, calls = getattr(module, work), []

    def fail_late(*arguments):
        calls.append(arguments)
        if len(calls) == last:
            raise error
        return original(*arguments)

    monkeypatch.setattr(module, work, fail_late)
    with pytest.raises(error):
        few_pictures(tmp_path)
    assert len(calls) == last
    assert content(tmp_path) == before
    calls.clear()
    with pytest.raises(error):
        few_pictures(tmp_path / "new")
    assert not list((tmp_path / "new").rglob("*.npy"))


def test_a_killed_run_leaves_the_old_set(tmp_path):
    for name in FILES:
        (tmp_path / name).write_text("old")
    command = [sys.executable, str(SCRIPT), "--out", str(tmp_path), "--processes", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 300
    while len(list(tmp_path.iterdir())) == len(FILES):  # until it has begun
        assert process.poll() is None and time.monotonic() < limit
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == set(FILES)
    assert all((tmp_path / name).read_text() == "old" for name in FILES)


# --- the command line -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--processes", "two"],
        ["--processes", "0"],
        ["--processes", "-1"],
        ["--seed", "1"],
        ["somewhere"],
        ["--out"],
        ["--out", "a-file"],
        ["--out", "a-file/below"],
    ],
    ids=" ".join,
)
def test_bad_command_lines_change_nothing(tmp_path, arguments):
    (tmp_path / "a-file").write_text("here before")
    shipped = {path.name: path.stat().st_mtime_ns for path in SHIPPED.iterdir()}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert arguments[0].lstrip("-") in done.stderr or arguments[-1] in done.stderr
    assert content(tmp_path) == {"a-file": b"here before"}
    assert {path.name: path.stat().st_mtime_ns for path in SHIPPED.iterdir()} == shipped


def test_help(tmp_path):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "--out" in done.stdout and "--processes" in done.stdout


@pytest.mark.parametrize("view", ["mean color", "outermost eight pixels"])
def test_no_class_can_be_told_from_color_or_background_alone(view):
    """The data card quotes what a linear classifier reaches that sees no more than this."""
    arrays = {path.stem: np.load(path) for path in SHIPPED.glob("*.npy")}
    pictures = np.concatenate([arrays["train_images"], arrays["test_images"]]) / 255.0
    labels = np.concatenate([arrays["train_labels"], arrays["test_labels"]])
    if view == "mean color":
        seen, strength = pictures.mean(axis=(1, 2)), 0.1
    else:
        # In squares of four by four pixels, of which the inner ones are left out.
        squares = pictures.reshape(len(pictures), 16, 4, 16, 4, 3).mean(axis=(2, 4))
        rim = np.ones((16, 16), dtype=bool)
        rim[2:-2, 2:-2] = False
        seen, strength = squares[:, rim].reshape(len(pictures), -1), 0.003
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, C=strength))
    accuracy = cross_val_score(classifier, seen, labels, cv=4).mean()
    card = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    quoted = {
        "mean color": r"mean color of a picture\s+reaches an accuracy of (0\.\d\d)",
        "outermost eight pixels": r"outermost eight pixels (0\.\d\d)",
    }
    assert accuracy == pytest.approx(float(re.search(quoted[view], card)[1]), abs=0.01)
    assert accuracy < 0.26
