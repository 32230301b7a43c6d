"""Loading, scaling and splitting: good, unusual and broken data sets, all of them tiny."""

import os
import re
import socket
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from helpers import data
from helpers.backstage import files
from helpers.data import (
    CLASS_NAMES,
    DataError,
    MissingDataError,
    class_names,
    load_data,
    load_photos,
    scale,
)

NOTEBOOKS = Path(data.__file__).parents[1]


def write_set(folder, n_train=30, n_test=20, size=(4, 5), dtype="uint8", **replaced):
    """Write a small data set; name=array puts another array in place of one of the four."""
    rng = np.random.default_rng(7)
    arrays = {
        "train_images": rng.integers(0, 256, (n_train, *size, 3)).astype(dtype),
        "train_labels": np.arange(n_train) % 10,
        "test_images": rng.integers(0, 256, (n_test, *size, 3)).astype(dtype),
        "test_labels": np.arange(n_test) % 10,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in (arrays | replaced).items():
        np.save(folder / f"{name}.npy", array)
    return arrays


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """An empty data folder in place of the repository's, and no LESSON_DATA."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(files, "DATA_FOLDER", folder)
    monkeypatch.delenv("LESSON_DATA", raising=False)
    return folder


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "mine"


# --- which data set ---------------------------------------------------------------------------


def test_the_drawn_pictures_are_the_default(data_folder, capsys):
    arrays = write_set(data_folder / "sketch-street-10")
    (data_folder / "dollar-street-10").mkdir()  # nothing is in it, so it does not count
    train, validation = load_data()
    assert class_names() == CLASS_NAMES
    for found, name in zip((*train, *validation), arrays, strict=True):
        np.testing.assert_array_equal(found, arrays[name])
    assert capsys.readouterr().out == (
        "Sketch Street 10: 30 training and 20 validation pictures of 4 x 5 pixels, 10 classes\n"
    )


def test_photographs_come_first_and_an_incomplete_set_is_no_silent_change(data_folder, capsys):
    write_set(data_folder / "sketch-street-10")
    write_set(data_folder / "dollar-street-10", dtype="int32")
    load_data()
    assert capsys.readouterr().out.startswith("Dollar Street 10: 30 training")
    (data_folder / "dollar-street-10" / "test_labels.npy").unlink()
    with pytest.raises(MissingDataError, match=r"test_labels.npy is missing.*lesson.py data"):
        load_data()
    load_data("sketch-street-10")


def test_the_variable_sets_the_default_and_an_argument_beats_it(
    data_folder, mine, monkeypatch, capsys
):
    write_set(data_folder / "sketch-street-10")
    write_set(data_folder / "dollar-street-10")
    write_set(mine)
    for value, title in [
        ("sketch-street-10", "Sketch Street 10"),
        (str(mine), "mine"),
        ("", "Dollar Street 10"),
    ]:
        monkeypatch.setenv("LESSON_DATA", value)
        load_data()
        assert capsys.readouterr().out.startswith(f"{title}: ")
    monkeypatch.setenv("LESSON_DATA", "nowhere")
    load_data("sketch-street-10")
    with pytest.raises(MissingDataError, match="'nowhere' .from the environment.*LESSON_DATA"):
        load_data()


@pytest.mark.parametrize("kind", [str, Path])
def test_a_folder_of_ones_own(kind, tmp_path, mine, monkeypatch, capsys):
    write_set(mine)
    monkeypatch.chdir(tmp_path)
    load_data(kind(mine))
    load_data(kind("mine"))
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert str(tmp_path) not in first


def test_what_is_not_there_and_where_to_get_it(mine):
    for function in (load_data, class_names):
        with pytest.raises(MissingDataError, match="'sketchstreet'.*sketch-street-10, dollar-st"):
            function("sketchstreet")
        with pytest.raises(MissingDataError, match=f"Looked in {mine}"):
            function(mine)
        with pytest.raises(MissingDataError, match=r"git checkout"):
            function()
        with pytest.raises(MissingDataError, match=r"lesson.py data"):
            function("dollar-street-10")


@pytest.mark.parametrize("source", [3, b"sketch-street-10", ["sketch-street-10"], True])
def test_a_source_that_is_no_name(source):
    with pytest.raises(DataError, match="Give a name"):
        load_data(source)


@pytest.mark.parametrize(
    "source", ["", "a" * 5000, "a\0b", "round", "~nobody-of-this-name/x", "file/x"]
)
def test_a_path_that_leads_nowhere(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path)  # "" is not the folder that one happens to be in
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "file").touch()
    for function in (load_data, class_names, load_photos):
        with pytest.raises(
            DataError, match=r"(?s)(There is no|cannot be read|The path is|is a file)"
        ):
            function(source)
    monkeypatch.setenv("LESSON_DATA", source.replace("\0", "") or "nowhere")
    with pytest.raises(DataError, match=r"There is no|cannot be read"):
        load_data()


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
def test_a_folder_that_may_not_be_entered(tmp_path, mine):
    write_set(mine / "in it")
    dollar_street = tmp_path / "data" / "dollar-street-10"
    write_set(dollar_street)
    dollar_street.chmod(0)
    mine.chmod(0)
    code = "import sys; from helpers import data; from helpers.backstage import files; import os\n"
    code += "import helpers.backstage.photos\nfrom pathlib import Path\n"
    code += f"files.DATA_FOLDER = Path({str(tmp_path / 'data')!r})\n"
    code += "os.getuid() or os.setuid(65534)\n"  # root may enter anything
    code += "for source in (sys.argv[1], sys.argv[1] + '/in it', None):\n"
    code += " for function in (data.load_data, data.class_names):\n"
    code += "  try: print(function(source))\n"
    code += "  except data.DataError as error: print(error)\n"
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, str(mine)], cwd=NOTEBOOKS, capture_output=True, text=True
    )
    dollar_street.chmod(0o755)
    mine.chmod(0o755)
    lines = done.stdout.splitlines()
    assert len(lines) == 6, done.stderr
    for line in lines:
        assert "cannot be read (Permission denied). Correct the path, or change the perm" in line


@pytest.mark.parametrize("seed", [-1, 1.5, "1", None])
def test_a_seed_that_is_none(mine, seed):
    write_set(mine)
    with pytest.raises(DataError, match=re.escape(f"seed is {seed!r}. Give a whole number of at")):
        load_data(mine, test_fraction=0.5, seed=seed)
    with pytest.raises(DataError, match="seed is"):
        load_photos(mine, seed=seed)


# --- what comes out ---------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint16", ">i4"])
@pytest.mark.parametrize(("n", "size"), [(30, (4, 5)), (1, (1, 1)), (5, (32, 32))])
def test_images_become_uint8_and_labels_int64(mine, dtype, n, size):
    labels = (np.arange(n) % 10).astype("u1")
    column = (np.arange(20) % 10)[:, None]
    arrays = write_set(mine, n, size=size, dtype=dtype, train_labels=labels, test_labels=column)
    pairs = load_data(mine)
    for (images, labels), n_images in zip(pairs, (n, 20), strict=True):
        assert images.dtype == np.uint8 and images.shape == (n_images, *size, 3)
        assert labels.dtype == np.int64 and labels.shape == (n_images,)
    np.testing.assert_array_equal(pairs[0][0], arrays["train_images"])
    np.testing.assert_array_equal(pairs[1][1], column[:, 0])


# --- broken files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", data.FILES)
def test_a_missing_file_is_named(mine, name):
    write_set(mine)
    (mine / name).unlink()
    with pytest.raises(MissingDataError, match=rf"{name} is missing"):
        load_data(mine)
    (mine / name).mkdir()
    with pytest.raises(MissingDataError, match=rf"{name} is missing"):
        load_data(mine)


@pytest.mark.parametrize("name", data.FILES)
@pytest.mark.parametrize("keep", [0, 3, 60, 0.5, 0.99])
def test_a_file_cut_short(mine, name, keep):
    write_set(mine)
    whole = (mine / name).read_bytes()
    (mine / name).write_bytes(whole[: keep if isinstance(keep, int) else int(keep * len(whole))])
    with pytest.raises(DataError, match=rf"{name} cannot be read.*Expected.*Put the right file"):
        load_data(mine)


class Trap:
    """Unpickling this makes a folder, which the test looks for."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_pickled_arrays_are_refused_and_never_unpickled(tmp_path, mine):
    trap = np.empty(1, dtype=object)
    trap[0] = Trap(tmp_path / "sprung")
    write_set(mine, train_labels=trap)
    with pytest.raises(DataError, match=r"train_labels.npy cannot be read.*Python objects"):
        load_data(mine)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        (b"\x93NUMPY", b"<!doctype html><title>404</title>"),
        (b"(30, 4, 5, 3)", b"(30000000000000, 4, 5, 3)"),
        (b"(30, 4, 5, 3)", b"(30, 04, 5, 3"),
    ],
)
def test_a_file_that_begins_in_another_way(mine, part, instead):
    write_set(mine)
    path = mine / "train_images.npy"
    path.write_bytes(path.read_bytes().replace(part, instead, 1))
    with pytest.raises(DataError, match=r"train_images.npy cannot be read"):
        load_data(mine)


IMAGE_SHAPES = [(30, 4, 5), (30, 4, 5, 4), (30, 3, 4, 5), (0, 4, 5, 3), (30, 0, 5, 3), ()]
LABEL_SHAPES = [(29,), (31,), (0,), (), (30, 2), (30, 10), (30, 1, 1), (1, 30)]


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [("train_images", shape, r"\(pictures, height, width, 3\)") for shape in IMAGE_SHAPES]
    + [("train_labels", shape, r"one label per picture, so \(30,\)") for shape in LABEL_SHAPES],
)
def test_arrays_of_another_shape(mine, name, shape, expected):
    write_set(mine, **{name: np.zeros(shape, "uint8")})
    with pytest.raises(DataError, match=rf"{name}.npy holds an array of shape \(.*{expected}"):
        load_data(mine)


def test_two_sizes_of_picture(mine):
    write_set(mine, test_images=np.zeros((20, 5, 4, 3), "uint8"))
    with pytest.raises(DataError, match=r"\(4, 5, 3\).*\(5, 4, 3\).*one size"):
        load_data(mine)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bool", "complex64", "U3", "M8[s]"])
@pytest.mark.parametrize("name", ["train_images", "test_labels"])
def test_values_that_are_no_whole_numbers(mine, name, dtype):
    array = write_set(mine)[name].astype(dtype)
    write_set(mine, **{name: array})
    with pytest.raises(DataError, match=rf"{name}.npy holds values of type .*Expected whole num"):
        load_data(mine)


@pytest.mark.parametrize(
    ("name", "values", "last"),
    [("test_images", (-1, 256, 2**31 - 1), 255), ("train_labels", (-1, 10, 2**40), 9)],
)
def test_values_out_of_range(mine, name, values, last):
    for value in values:
        array = write_set(mine, dtype="int64")[name]
        array[-1] = value
        write_set(mine, dtype="int64", **{name: array})
        with pytest.raises(DataError, match=rf"{name}.npy: .*{value}.*Expected 0 to {last}\."):
            load_data(mine)


# --- class names ------------------------------------------------------------------------------


def test_class_names_of_another_folder(mine, capsys):
    write_set(mine, train_labels=np.arange(30) % 3, test_labels=np.arange(20) % 3)
    assert class_names(mine) == tuple(f"class {label}" for label in range(10))
    (mine / "classes.txt").write_text("\ufeffcat\r\n dog \n\nmåke\n", encoding="utf-8")
    assert class_names(mine) == ("cat", "dog", "måke")
    load_data(mine)
    assert capsys.readouterr().out.endswith("3 classes\n")


def test_more_than_ten_classes_need_names_and_outputs(mine, capsys):
    labels = np.arange(30) % 15
    write_set(mine, train_labels=labels)
    with pytest.raises(DataError, match=r"0 to 14.*classes.txt"):
        load_data(mine)
    (mine / "classes.txt").write_text("\n".join("abcdefghijklmno"), encoding="utf-8")
    capsys.readouterr()
    (_, train_labels), _ = load_data(mine)
    np.testing.assert_array_equal(train_labels, labels)
    assert "create_cnn(..., n_classes=15), and keras.layers.Dense(15)" in capsys.readouterr().out


@pytest.mark.parametrize("text", [b"", b"cat\n", b"cat\ncat\n", b"\xff\xfe\x00c"])
def test_a_list_of_names_that_is_none(mine, text):
    write_set(mine)
    (mine / "classes.txt").write_bytes(text)
    for function in (class_names, load_data):
        with pytest.raises(DataError, match=r"classes.txt (holds|cannot be read).*(Write|Save)"):
            function(mine)


@pytest.mark.parametrize("what", ["mkfifo", "mkdir", "link"])
@pytest.mark.skipif(os.name == "nt", reason="no pipes with names there")
def test_a_list_of_names_that_is_no_file(mine, what):
    write_set(mine)
    if what == "link":
        (mine / "classes.txt").symlink_to("nowhere")
    else:
        getattr(os, what)(mine / "classes.txt")
    for function in (class_names, load_data):
        with pytest.raises(DataError, match=r"classes.txt cannot be read .it is no file.*Save"):
            function(mine)


def test_names_are_text_and_nothing_else(tmp_path, capsys):
    folder = tmp_path / "my\x1b[31m set\nof data"
    write_set(folder, train_labels=np.arange(30) % 3, test_labels=np.arange(20) % 3)
    (folder / "classes.txt").write_text("\x1b[31mcat\nd\x00og\n<b>$x$</b>\n")
    assert class_names(folder) == ("\ufffd[31mcat", "d\ufffdog", "<b>$x$</b>")
    load_data(folder)
    assert capsys.readouterr().out.startswith("my\ufffd[31m set\ufffdof data: 30 training")


def test_labels_bring_their_names_with_them(tmp_path):
    (_, lesson), (_, held_out) = load_data(write_named(tmp_path / "ten", CLASS_NAMES))
    (_, pets), (_, more_pets), (_, rest) = load_data(
        write_named(tmp_path / "two", ["cat", "dog"]), test_fraction=0.5
    )
    for labels in (pets, more_pets, rest, pets[:3], pets.copy(), [0, 1], None):
        assert files.names_of(labels) == ("cat", "dog")
    for labels in (lesson, held_out, lesson[5:]):
        assert files.names_of(labels) == CLASS_NAMES
    assert class_names() == ("cat", "dog")  # also where a notebook does not say of what
    assert class_names(tmp_path / "ten") == CLASS_NAMES
    # What is gone leaves nothing behind.
    del pets, more_pets, rest, labels
    assert files.names_of([0, 1]) == CLASS_NAMES


def write_named(folder, names):
    write_set(folder, train_labels=np.arange(30) % len(names), test_labels=np.arange(20) % 2)
    (folder / "classes.txt").write_text("\n".join(names))
    return folder


# --- the three-way split ----------------------------------------------------------------------


def numbered_set(folder, test_labels):
    """Held-out pictures that carry their own number, so that each can be followed."""
    images = np.zeros((len(test_labels), 4, 5, 3), "uint8")
    images[:, 0, 0, 0] = np.arange(len(test_labels))
    write_set(folder, test_images=images, test_labels=test_labels)


def test_the_split_keeps_every_picture_once_and_the_shares_of_the_classes(mine, capsys):
    labels = np.repeat(np.arange(10), np.arange(4, 24, 2))
    numbered_set(mine, labels)
    train, validation, test = load_data(mine, test_fraction=0.5, seed=3)
    assert capsys.readouterr().out == (
        "mine: 30 training, 65 validation and 65 test pictures of 4 x 5 pixels, 10 classes\n"
    )
    numbers = [images[:, 0, 0, 0] for images, _ in (validation, test)]
    assert sorted(np.concatenate(numbers)) == list(range(len(labels)))
    for (_, part_labels), part_numbers in zip((validation, test), numbers, strict=True):
        np.testing.assert_array_equal(part_labels, labels[part_numbers])
        np.testing.assert_array_equal(np.bincount(part_labels), np.arange(2, 12))


def test_the_split_follows_the_seed(mine):
    numbered_set(mine, np.arange(100) % 10)
    first, again, other = (
        load_data(mine, test_fraction=0.3, seed=seed)[2][0][:, 0, 0, 0] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


@pytest.mark.parametrize(("fraction", "n_test"), [(0.001, 10), (0.999, 90), (np.float32(0.3), 30)])
def test_extreme_fractions_leave_a_picture_of_each_class_on_each_side(mine, fraction, n_test):
    numbered_set(mine, np.arange(100) % 10)
    _, (_, val_labels), (_, test_labels) = load_data(mine, test_fraction=fraction)
    assert len(test_labels) == n_test and len(val_labels) == 100 - n_test
    assert set(test_labels) == set(val_labels) == set(range(10))


def test_a_class_with_one_picture_stays_in_validation(mine):
    numbered_set(mine, np.array([0, 0, 0, 0, 7]))
    _, (_, val_labels), (_, test_labels) = load_data(mine, test_fraction=0.5)
    assert list(test_labels) == [0, 0] and list(val_labels) == [0, 0, 7]
    numbered_set(mine, np.arange(10))
    with pytest.raises(DataError, match="Leave out test_fraction"):
        load_data(mine, test_fraction=0.5)


@pytest.mark.parametrize("fraction", [0, 1, 0.0, 1.0, -0.2, 1.5, 30, True, "0.3", float("nan"), []])
def test_a_fraction_that_is_none(mine, fraction):
    write_set(mine)
    with pytest.raises(DataError, match="between 0 and 1"):
        load_data(mine, test_fraction=fraction)


# --- scaling ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint64"])
def test_scaling_gives_new_float32_values_from_0_to_1(dtype):
    images = np.arange(256).astype(dtype).reshape(1, 16, 16)
    kept = images.copy()
    scaled = scale(images)
    assert scaled.dtype == np.float32 and scaled.shape == images.shape
    np.testing.assert_array_equal(scaled.ravel(), np.arange(256, dtype="float32") / np.float32(255))
    np.testing.assert_array_equal(images, kept)
    # A dark picture is still one of whole numbers.
    np.testing.assert_array_equal(scale(images[0, 0, :2]), np.float32([0, 1 / 255]))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_scaling_twice_changes_nothing(dtype):
    once = scale(np.arange(256, dtype="uint8")).astype(dtype)
    twice = scale(once)
    assert twice.dtype == np.float32
    np.testing.assert_array_equal(twice, once.astype("float32"))
    twice[:] = 0
    assert once.any()


@pytest.mark.parametrize(
    "values", [[0.0, 255.0], [-0.5, 1.0], [0.5, np.nan], [0.5, np.inf], [0, 256], [-1, 3]], ids=str
)
def test_scaling_values_out_of_range(values):
    with pytest.raises(DataError, match="values go from.*Expected 0 to"):
        scale(np.array(values))


@pytest.mark.parametrize("images", [[], np.zeros((0, 4, 4, 3), "uint8"), ["a"], None, [True], 1j])
def test_scaling_what_is_no_picture(images):
    with pytest.raises(DataError, match="Cannot scale an array of shape"):
        scale(images)


def test_scaling_takes_no_more_memory_than_its_result():
    images = np.zeros((50, 64, 64, 3), "uint8")
    tracemalloc.start()
    scaled = scale(images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.2 * scaled.nbytes


# --- the module itself ------------------------------------------------------------------------


def test_importing_the_module_stays_light():
    heavy = ["tensorflow", "keras", "matplotlib", "pooch", "requests", "pandas"]
    code = f"import sys, helpers.data; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=NOTEBOOKS, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_loading_opens_no_connection(data_folder, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("load_data used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    write_set(data_folder / "sketch-street-10")
    load_data()
    with pytest.raises(MissingDataError):
        load_data("dollar-street-10")
