"""The shipped pictures are what data/drawing draws, and drawing leaves nothing half-done."""

import pickle
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data.drawing import other_things, sketch_street
from helpers.data import CLASS_NAMES, FILES

SCRIPT = Path(sketch_street.__file__)
SHIPPED = sketch_street.DEFAULT_OUT
DRAWN_FILES = {*FILES, "attributes.csv"}

# The attributes that are no names.
SHARES = ("size", "hidden", "brightness")

# Elsewhere, compilers may round the last bit in another way, and Pillow a value up instead of down.
ROUNDS_ALIKE = platform.machine().lower() in ("x86_64", "amd64")


@pytest.fixture(scope="module")
def shipped():
    """Return what the shipped files hold, by their names without the ending."""
    return {path.stem: np.load(path, allow_pickle=False) for path in map(SHIPPED.joinpath, FILES)}


@pytest.fixture(scope="module")
def pictures(shipped):
    """Return all shipped pictures."""
    return np.concatenate([shipped["train_images"], shipped["test_images"]])


@pytest.fixture(scope="module")
def attributes():
    """Return what is known of the shipped pictures, by their split."""
    table = pd.read_csv(SHIPPED / "attributes.csv")
    return {split: part.reset_index(drop=True) for split, part in table.groupby("split")}


@pytest.fixture
def few_pictures(monkeypatch):
    """Let the script draw small sets, in this process."""
    monkeypatch.setattr(sketch_street, "TRAIN_COUNTS", (1,) * 10)
    monkeypatch.setattr(sketch_street, "TEST_COUNTS", (0, 1) * 5)

    def run(out):
        monkeypatch.setattr(sys, "argv", [SCRIPT.name, "--out", str(out), "--processes", "1"])
        sketch_street.main()

    return run


def content(folder):
    """Return names and bytes of all that is in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def in_squares(images):
    """Return the mean colors of squares of four by four pixels."""
    return images.reshape(len(images), 16, 4, 16, 4, 3).mean(axis=(2, 4))


# --- the shipped files ------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "test"])
def test_pictures_drawn_again_are_the_shipped_ones(shipped, attributes, split):
    images, labels = shipped[f"{split}_images"], shipped[f"{split}_labels"]
    for label, name in enumerate(sketch_street.CLASS_NAMES):
        members = np.flatnonzero(labels == label)
        for index in (members[0], members[len(members) // 2], members[-1]):
            picture, drawn_label, facts = sketch_street.draw_one(split, int(index))
            assert drawn_label == label
            difference = np.abs(picture.astype(int) - images[index])
            allowed = 0 if ROUNDS_ALIKE else 1
            assert difference.mean() <= allowed, f"{split} picture {index}, a {name}, is another"
            row = attributes[split].loc[index]
            assert (row["split"], row["category"]) == (split, name)
            tolerance = 1e-9 if ROUNDS_ALIKE else 0.01
            for field, value in facts._asdict().items():
                expected = pytest.approx(value, abs=tolerance) if field in SHARES else value
                assert row[field] == expected, f"{split} picture {index}, a {name}: {field}"


@pytest.mark.parametrize("split", ["train", "test"])
def test_labels_and_form_of_the_arrays(shipped, split):
    images, labels = shipped[f"{split}_images"], shipped[f"{split}_labels"]
    counts = {"train": sketch_street.TRAIN_COUNTS, "test": sketch_street.TEST_COUNTS}[split]
    drawn = sketch_street.shuffled_labels(counts, sketch_street.split_seed(split))
    np.testing.assert_array_equal(labels, drawn)
    assert labels.dtype == np.int64
    side = sketch_street.FINAL_SIDE
    assert images.dtype == np.uint8 and images.shape == (len(labels), side, side, 3)


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_attributes_are_those_of_the_pictures(shipped, attributes, split):
    images, table = shipped[f"{split}_images"], attributes[split]
    names = [sketch_street.CLASS_NAMES[label] for label in shipped[f"{split}_labels"]]
    assert table["category"].tolist() == names
    assert table.columns[2:].tolist() == list(sketch_street.Attributes._fields)
    brightness = images.mean(axis=(1, 2, 3)) / 255
    np.testing.assert_allclose(table["brightness"], brightness, atol=0.0006)
    assert (table["outdoors"] == table["place"].isin(["yard", "street", "field"])).all()
    assert set(table["place"]) == {"room", "table", "wall", "yard", "street", "field"}
    assert set(table["view"]) == {"standing", "above", "wall", "hanging"}
    assert table["size"].between(0.02, 1).all() and table["hidden"].between(0, 0.8).all()
    # Most objects are seen whole, and of those with something in front a part is hidden.
    assert (table["hidden"] < 0.01).mean() > 0.5 and (table["hidden"] > 0.1).mean() > 0.1


def test_every_category_has_several_kinds(attributes):
    table = pd.concat(attributes.values())
    assert table.groupby("category")["kind"].nunique().between(4, 8).all()
    assert table.groupby(["category", "kind"]).size().min() >= 4


def test_a_hidden_share_is_what_cannot_be_seen(monkeypatch):
    """With nothing in front and no edge nothing is hidden; with something in front more is."""
    monkeypatch.setattr(sketch_street, "place_for", lambda rng, scene, size, cut: (40, 40))
    monkeypatch.setattr(sketch_street, "SCALE_FACTOR", (0.3, 0.3))
    for share, low, high in ((0, 0, 0), (1, 0.01, 0.9)):
        monkeypatch.setattr(sketch_street, "HIDDEN_SHARE", share)
        label = sketch_street.CLASS_NAMES.index("washing machine")
        shares = [sketch_street.draw_picture(seed, label)[1].hidden for seed in range(8)]
        assert low <= np.mean(shares) <= high


def test_no_two_pictures_are_alike_and_none_is_blank(pictures):
    seen = in_squares(pictures).reshape(len(pictures), -1)
    nearest = np.sort(pairwise_distances(seen, metric="manhattan"), axis=1)[:, 1]
    assert nearest.min() / seen.shape[1] > 10
    assert pictures.reshape(len(pictures), -1).std(axis=1).min() > 5


def test_the_files_are_small_and_there_is_nothing_else():
    files = list(SHIPPED.iterdir())
    assert {path.name for path in files} - {"classes.txt"} == DRAWN_FILES
    assert sum(path.stat().st_size for path in files) < 20e6


def test_script_and_helpers_name_the_same_classes():
    assert sketch_street.CLASS_NAMES == CLASS_NAMES


# What the data card says of such a classifier (tests/test_numbers.py sees to that).
MEAN_COLOR = 0.21
RIM = 0.24


@pytest.mark.parametrize("view", ["mean color", "outermost eight pixels"])
def test_no_class_can_be_told_from_color_or_background_alone(shipped, pictures, view):
    """The data card quotes what a linear classifier reaches that sees no more than this."""
    labels = np.concatenate([shipped["train_labels"], shipped["test_labels"]])
    if view == "mean color":
        seen, strength = pictures.mean(axis=(1, 2)) / 255, 0.1
    else:
        rim = np.ones((16, 16), dtype=bool)
        rim[2:-2, 2:-2] = False
        seen, strength = in_squares(pictures)[:, rim].reshape(len(pictures), -1) / 255, 0.003
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, C=strength))
    accuracy = cross_val_score(classifier, seen, labels, cv=4).mean()
    quoted = {"mean color": MEAN_COLOR, "outermost eight pixels": RIM}[view]
    assert accuracy == pytest.approx(quoted, abs=0.01)
    assert accuracy < 0.26


# --- drawing ----------------------------------------------------------------------------------


def test_a_picture_follows_from_its_seed_alone():
    first, *_ = sketch_street.draw_one("train", 5)
    np.random.seed(3)
    again, *_ = sketch_street.draw_one("train", 5)
    np.testing.assert_array_equal(first, again)
    for other in (("train", 6), ("test", 5), ("train", 5, 1)):
        assert not np.array_equal(first, sketch_street.draw_one(*other)[0])


@pytest.mark.parametrize("processes", [1, 2])
def test_a_set_is_drawn_like_its_pictures_one_by_one(monkeypatch, processes):
    counts = (9, 9, 0, 1)  # more than one process gets at a time
    monkeypatch.setattr(sketch_street, "TEST_COUNTS", counts)
    seed = sketch_street.split_seed("test")
    images, labels, attributes = sketch_street.draw_set(counts, seed, processes)
    assert np.bincount(labels).tolist() == list(counts)
    for index, (image, *known) in enumerate(zip(images, labels, attributes, strict=True)):
        again, *known_again = sketch_street.draw_one("test", index)
        np.testing.assert_array_equal(image, again)
        assert known == known_again


# --- other things -----------------------------------------------------------------------------

OTHER_LABELS = list(range(len(sketch_street.OTHER_NAMES)))


def fail_to_draw(rng):
    """Stand in for the drawing of a thing that must not be in the picture."""
    raise AssertionError("drawn though it is none of the names")


def test_other_things_are_none_of_the_ten():
    names = sketch_street.OTHER_NAMES
    assert names == tuple(sorted(other_things.OBJECTS)) and len(names) == 12
    assert not set(names) & set(CLASS_NAMES)
    assert set(sketch_street.OBJECTS) == set(sketch_street.USUAL_HUE) == {*names, *CLASS_NAMES}


def test_pictures_of_other_things_follow_from_seed_and_number():
    seed, names = sketch_street.split_seed("other"), sketch_street.OTHER_NAMES
    images, attributes = sketch_street.draw_part(seed, 7, OTHER_LABELS, names)
    again = [
        sketch_street.draw_picture(sketch_street.picture_seed(seed, 7 + label), label, names)
        for label in OTHER_LABELS
    ]
    np.testing.assert_array_equal(images, [image for image, _ in again])
    assert attributes == [one for _, one in again]
    seen = in_squares(images).reshape(len(images), -1)
    assert np.sort(pairwise_distances(seen, metric="manhattan"), axis=1)[:, 1].min() > 10
    assert images.reshape(len(images), -1).std(axis=1).min() > 5
    for split in ("train", "test", "more", "fresh"):
        other_seed = sketch_street.split_seed(split)
        image, _ = sketch_street.draw_picture(sketch_street.picture_seed(other_seed, 7), 0, names)
        assert not np.array_equal(image, images[0])


def test_a_worker_draws_other_things():
    tasks = [(sketch_street.split_seed("other"), 3, [2, 9], sketch_street.OTHER_NAMES)]
    tasks.append((sketch_street.split_seed("more"), 3, [2, 9]))
    done = subprocess.run(
        [sys.executable, "-m", "data.drawing.worker"],
        cwd=SCRIPT.parents[2],
        input=b"".join(map(pickle.dumps, tasks)),
        capture_output=True,
        check=True,
    )
    first = pickle.dumps(sketch_street.draw_part(*tasks[0]))
    second = pickle.dumps(sketch_street.draw_part(*tasks[1]))
    assert done.stdout == first + second


@pytest.mark.parametrize("name", sketch_street.OTHER_NAMES)
def test_other_things_have_kinds_and_lie_on_their_sheet(name):
    rng = np.random.default_rng(1)
    sprites, kinds = zip(*(other_things.OBJECTS[name]["draw"](rng) for _ in range(30)), strict=True)
    assert 3 <= len(set(kinds)) <= 8
    for sprite in sprites:
        assert sprite.mode == "RGBA" and sprite.size == (256, 256)
        left, top, right, bottom = sprite.getbbox()
        assert left > 0 and top > 0 and right < 256 and bottom < 256
        assert max(right - left, bottom - top) > 200
        assert np.asarray(sprite.getchannel("A")).mean() / 255 > 0.025
    colors = [np.asarray(s, dtype=float)[np.asarray(s)[..., 3] > 0][:, :3].mean(0) for s in sprites]
    assert np.std(colors, axis=0).mean() > 15  # they differ in color, not only in form


@pytest.mark.parametrize(
    ("names", "banned"),
    [
        (sketch_street.OTHER_NAMES, sketch_street.CLASS_NAMES),
        (sketch_street.CLASS_NAMES, sketch_street.OTHER_NAMES),
    ],
)
def test_no_picture_mixes_the_ten_with_other_things(monkeypatch, names, banned):
    monkeypatch.setattr(sketch_street, "OTHER_CLASS_SHARE", 1)
    for name in banned:
        monkeypatch.setitem(sketch_street.OBJECTS[name], "draw", fail_to_draw)
    labels = list(range(len(names))) * 3
    images, _ = sketch_street.draw_part(sketch_street.split_seed("other"), 0, labels, names)
    assert len(images) == len(labels)


def test_other_things_are_drawn_as_fast_as_the_ten():
    def seconds(names):
        start = time.process_time()
        labels = list(range(len(names))) * 2
        sketch_street.draw_part(sketch_street.split_seed("other"), 50, labels, names)
        return (time.process_time() - start) / len(labels)

    ten = max(seconds(sketch_street.CLASS_NAMES) for _ in range(2))
    assert min(seconds(sketch_street.OTHER_NAMES) for _ in range(2)) < 1.5 * ten


# --- writing: all or nothing ------------------------------------------------------------------


def test_five_files_are_written(few_pictures, tmp_path, capsys):
    out = tmp_path / "new" / "set"
    few_pictures(out)
    files = content(out)
    assert set(files) == DRAWN_FILES
    assert np.load(out / "train_images.npy").shape[0] == 10
    splits = pd.read_csv(out / "attributes.csv")["split"]
    assert splits.tolist() == ["train"] * 10 + ["test"] * 5
    few_pictures(out)  # once more, over the first set
    assert content(out) == files
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("work", ["draw_picture", "save"])
def test_an_error_midway_leaves_the_old_set(few_pictures, tmp_path, monkeypatch, error, work):
    for name in DRAWN_FILES:
        (tmp_path / name).write_text("old")
    before = content(tmp_path)
    # The training set, 10 pictures and 2 files, is complete by then, the other one is not.
    module, last = (sketch_street, 12) if work == "draw_picture" else (np, 4)
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


def test_a_killed_run_leaves_the_old_set(tmp_path):
    for name in DRAWN_FILES:
        (tmp_path / name).write_text("old")
    command = [sys.executable, str(SCRIPT), "--out", str(tmp_path), "--processes", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 300
    while len(list(tmp_path.iterdir())) == len(DRAWN_FILES):  # until it has begun
        assert process.poll() is None and time.monotonic() < limit
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == DRAWN_FILES
    assert all((tmp_path / name).read_text() == "old" for name in DRAWN_FILES)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--processes", "0", "--processes is 0: give at least 1"),
        ("--out", "a-file", "--out a-file cannot be made a folder"),
        ("--out", "a-file/below", "--out a-file/below cannot be made a folder"),
    ],
)
def test_bad_command_lines_change_nothing(tmp_path, option, value, said):
    (tmp_path / "a-file").write_text("here before")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), option, value], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert content(tmp_path) == {"a-file": b"here before"}
