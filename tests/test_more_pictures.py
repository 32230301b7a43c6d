"""More pictures are drawn: the right ones, once, and whatever happens to the files of the cache."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from data.drawing import sketch_street
from helpers import data
from helpers.backstage import more_pictures
from helpers.backstage.more_pictures import Attributes, draw, fresh_test_set, score_set
from helpers.data import CLASS_NAMES, DataError, draw_more

NOTEBOOKS = Path(data.__file__).parents[1]
LINE = "Sketch Street 10, seed {}: {} new pictures of 64 x 64 pixels, 10 classes\n"
# Small files, which processes draw from the third one on, so that a test can wait for them.
SMALL = {"PART": 4, "FEW_PARTS": 2}

# What another process needs to draw into a folder of the tests.
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {notebooks!r})
from helpers.backstage import more_pictures
more_pictures.SHARED = Path({shared!r})
more_pictures.PART, more_pictures.FEW_PARTS = 4, 2
more_pictures._processes = lambda: 2
more_pictures.draw({n}, seed=3)
"""


def kept(printed):
    """Return what stays of a line that is rewritten."""
    return re.sub(r"[^\n]*\r", "", printed)


@pytest.fixture(autouse=True)
def shared(tmp_path, monkeypatch):
    """Return a folder of its own for the cache, with small files in it."""
    monkeypatch.setattr(more_pictures, "SHARED", tmp_path / "drawn")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    for name, value in SMALL.items():
        monkeypatch.setattr(more_pictures, name, value)
    # In this process; other processes have tests of their own.
    monkeypatch.setattr(more_pictures, "_processes", lambda: 1)
    return tmp_path / "drawn"


@pytest.fixture
def counted(monkeypatch):
    """Return a list of the numbers with which parts were drawn in this process."""
    original, firsts = sketch_street.draw_part, []

    def draw_part(seed, first, labels):
        firsts.append(first)
        return original(seed, first, labels)

    monkeypatch.setattr(sketch_street, "draw_part", draw_part)
    return firsts


@pytest.fixture
def start(shared):
    """Return a function that starts a process that draws; those left are killed at the end."""
    started = []

    def start_one(n):
        script = SCRIPT.format(notebooks=str(NOTEBOOKS), shared=str(shared), n=n)
        command = [sys.executable, "-c", script]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        # A session of its own: an interrupt in a terminal goes to all processes of one.
        process = subprocess.Popen(command, **pipes, start_new_session=True)
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def files(folder):
    """Return what is in a folder and those below, by name."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def wait_for_files(folder, n, process):
    """Wait until a process has written so many files."""
    limit = time.monotonic() + 60
    while len(files(folder)) < n:
        assert process.poll() is None and time.monotonic() < limit
        time.sleep(0.02)


def the_same(drawn, other):
    """Say whether two sets are the same, or the shorter is the beginning of the longer."""
    n = min(len(drawn.labels), len(other.labels))
    return (
        np.array_equal(drawn.images[:n], other.images[:n])
        and np.array_equal(drawn.labels[:n], other.labels[:n])
        and drawn.attributes[:n] == other.attributes[:n]
    )


# --- which pictures ---------------------------------------------------------------------------


def test_the_form_of_what_is_drawn(capsys):
    images, labels = draw_more(11)
    assert images.shape == (11, 64, 64, 3) and images.dtype == np.uint8
    assert labels.shape == (11,) and labels.dtype == np.int64
    assert kept(capsys.readouterr().out) == LINE.format(0, 11)
    drawn = draw(11)
    assert kept(capsys.readouterr().out) == LINE.format(0, 11)  # the same when it is read
    np.testing.assert_array_equal(drawn.images, images)
    np.testing.assert_array_equal(drawn.labels, labels)
    for image, one in zip(images, drawn.attributes, strict=True):
        assert isinstance(one, Attributes)
        assert one.brightness == pytest.approx(image.mean() / 255, abs=0.001)


def test_the_proportions_are_those_of_the_training_set():
    counts = np.array(sketch_street.TRAIN_COUNTS)
    for n in (1, 10, 37, 500, 878, 2000, 50_000):
        labels = sketch_street.proportional_labels(n)
        share = np.bincount(labels, minlength=len(CLASS_NAMES)) - n * counts / counts.sum()
        assert len(labels) == n and abs(share).max() < 1, n
        np.testing.assert_array_equal(labels, sketch_street.proportional_labels(50_000)[:n])


def test_the_first_pictures_are_the_same_for_any_number(counted):
    few = draw(5, 1)
    assert counted == [0, 4]
    many = draw(10, 1)
    assert counted == [0, 4, 8]  # the rest alone
    assert the_same(few, many) and the_same(draw(3, 1), many)
    assert counted == [0, 4, 8]


def test_no_picture_is_drawn_twice():
    names = ("train_images.npy", "test_images.npy")
    shipped = [np.load(sketch_street.DEFAULT_OUT / name, allow_pickle=False) for name in names]
    # The seed of the data set, too, gives other pictures here.
    drawn = [draw(8, seed).images for seed in (0, 1, sketch_street.BASE_SEED, 2**32 - 1)]
    every = [image.tobytes() for images in (*shipped, *drawn) for image in images]
    assert len(set(every)) == len(every) == 1171 + 32


def test_two_sets_for_scores_are_no_others(monkeypatch, capsys):
    assert more_pictures.MANY == 2000
    monkeypatch.setattr(more_pictures, "MANY", 4)
    fresh = fresh_test_set()
    assert kept(capsys.readouterr().out) == (
        "Sketch Street 10, fresh test set: 4 new pictures of 64 x 64 pixels, 10 classes\n"
    )
    assert the_same(fresh, fresh_test_set())
    assert not np.array_equal(fresh.images, score_set().images)
    assert not np.array_equal(fresh.images, draw(4, sketch_street.BASE_SEED).images)
    keys = {sketch_street.split_seed(name).spawn_key for name in ("train", "test", "more", "fresh")}
    assert len(keys) == 4  # and with them all pictures, whatever the seed


@pytest.mark.parametrize("n", [0, -3, 2.5, "10", None, True, float("nan"), float("inf")])
def test_numbers_that_are_none(n, shared):
    with pytest.raises(ValueError, match="^n is .*Give a whole number of at least 1"):
        draw_more(n)
    assert not shared.exists()


@pytest.mark.parametrize("seed", [-1, 1.0, "1", None, True, 2**32])
def test_seeds_that_are_none(seed, shared):
    with pytest.raises(DataError, match="^seed is .*Give a whole number from 0 to 4294967295"):
        draw_more(1, seed)
    assert not shared.exists()


def test_too_many_are_refused_with_their_cost(shared, monkeypatch):
    monkeypatch.setattr(more_pictures, "_processes", lambda: 2)
    said = "^n is 1000000. 1,000,000 pictures take about 208 min with 2 at a time, and 12,288 MB"
    with pytest.raises(DataError, match=f"{said}.*Give at most 50,000"):
        draw_more(1_000_000)
    assert not shared.exists()


def test_the_cost_of_many_is_said_first(monkeypatch, capsys, counted):
    monkeypatch.setattr(more_pictures, "ANNOUNCED", 0.2)
    draw(4)
    assert kept(capsys.readouterr().out) == LINE.format(0, 4)
    draw(12)  # of which eight are left to draw
    cost = "8 pictures take about 1 min with 1 at a time, and 0 MB of memory and of disk."
    said = capsys.readouterr().out
    # It goes away: a stored output must not tell whether the pictures were there already.
    assert said.startswith(f"\r\r{cost}\r") and kept(said) == LINE.format(0, 12)


# --- files that are not what they should be ---------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:100],
        lambda content: content + b"\0",
        lambda content: content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
        lambda content: b"<html>" * 50,
    ],
    ids=["empty", "half", "cut", "longer", "one bit", "something else"],
)
def test_a_damaged_file_is_drawn_again(shared, damage, capsys, counted):
    drawn = draw(8)
    path = shared / "seed-0" / "00004-00007.pictures"
    good = path.read_bytes()
    path.write_bytes(damage(good))
    capsys.readouterr()
    assert the_same(draw(8), drawn)
    said, last = kept(capsys.readouterr().out).splitlines(keepends=True)
    assert said == (
        f"{path.parent}: damaged, or from another version of the drawing program: 1 of the files. "
        "Their pictures are drawn again.\n"
    )
    assert last == LINE.format(0, 8)
    assert counted == [0, 4, 4]
    assert path.read_bytes() == good


def test_another_version_draws_all_again(shared, monkeypatch, capsys, counted):
    draw(8)
    monkeypatch.setattr(more_pictures, "_version", lambda: "another")
    capsys.readouterr()
    draw(8)
    assert "another version of the drawing program: 2 of the files" in kept(capsys.readouterr().out)
    draw(8)
    assert kept(capsys.readouterr().out) == LINE.format(0, 8)
    assert counted == [0, 4, 0, 4]


def test_the_version_follows_from_the_sources(tmp_path, monkeypatch):
    version = more_pictures._version.__wrapped__
    before = version()
    assert before == version()
    for path in Path(sketch_street.__file__).parent.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(sketch_street, "__file__", str(tmp_path / "sketch_street.py"))
    assert version() == before
    with (tmp_path / "scenes.py").open("a") as file:
        file.write("\n")
    assert version() != before


def test_a_file_in_the_place_of_another_is_not_taken(shared, counted):
    drawn = draw(4, 0)
    (shared / "seed-0").rename(shared / "seed-1")
    assert not np.array_equal(draw(4, 1).images, drawn.images)
    assert counted == [0, 0]


# --- folders that take no files ---------------------------------------------------------------


def test_where_the_lesson_cannot_be_written_the_own_folder_serves(shared, tmp_path, capsys):
    shared.write_text("no folder")  # root may write anywhere else
    drawn = draw(8)
    own = tmp_path / "own" / "layer-by-layer" / "drawn" / "seed-0"
    assert len(files(own)) == 2
    said, last = kept(capsys.readouterr().out).splitlines(keepends=True)
    assert said.startswith(f"{shared / 'seed-0'} cannot be written (")
    assert said.endswith(f"). The pictures are kept in {own} instead.\n")
    assert the_same(draw(8), drawn)
    assert kept(capsys.readouterr().out) == LINE.format(0, 8)


def test_what_the_lesson_holds_is_read_even_so(shared, monkeypatch, counted, capsys):
    draw(4)  # by whoever runs the class
    monkeypatch.setattr(
        more_pictures, "write_whole", fail_to_write(PermissionError(13, "Not yours"))
    )
    draw(4)
    assert counted == [0]
    assert "cannot be written" not in kept(capsys.readouterr().out)


@pytest.mark.parametrize("home", [True, False])
def test_without_any_folder_they_stay_in_memory(monkeypatch, capsys, home, shared, tmp_path):
    if not home:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    drawn = draw(12)
    before = files(tmp_path)
    no_room = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(more_pictures, "write_whole", fail_to_write(no_room))
    more_pictures.SHARED.rename(shared.with_name("away"))
    capsys.readouterr()
    assert the_same(draw(12), drawn)
    said = kept(capsys.readouterr().out).splitlines()
    assert len(said) == (3 if home else 2)
    assert said[-2].endswith(
        "cannot be written (No space left on device). The pictures are in memory only; the next "
        "time they are drawn again."
    )
    assert files(tmp_path) == before


def fail_to_write(error):
    """Return a function that fails in place of one that writes."""

    def fail(path, content):
        raise error

    return fail


@pytest.mark.parametrize("where", ["write_bytes", "replace"])
def test_a_full_disk_leaves_no_half_file(shared, monkeypatch, where):
    path = shared / "seed-0" / "some.pictures"
    more_pictures.write_whole(path, b"before")

    def no_room(target, *arguments):
        if where == "write_bytes":
            target.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path if where == "write_bytes" else os, where, no_room)
    with pytest.raises(OSError, match="No space"):
        more_pictures.write_whole(path, b"after")
    monkeypatch.undo()
    assert files(shared) == {"some.pictures": b"before"}


# --- processes --------------------------------------------------------------------------------


def test_several_processes_draw_what_one_draws(shared, monkeypatch, tmp_path):
    alone = draw(14)
    monkeypatch.setattr(more_pictures, "SHARED", tmp_path / "other")
    monkeypatch.setattr(more_pictures, "_processes", lambda: 2)
    assert the_same(draw(14), alone)
    assert files(tmp_path / "other") == files(shared)


def test_two_at_once_do_no_harm(shared, start, counted):
    both = [start(24), start(24)]
    for process in both:
        out, _ = process.communicate(timeout=100)
        assert kept(out.decode()) == LINE.format(3, 24)
    assert len(files(shared)) == 6
    drawn = draw(24, 3)
    assert counted == []
    part, _ = sketch_street.draw_part(
        sketch_street.split_seed("more", 3), 20, drawn.labels[20:].tolist()
    )
    np.testing.assert_array_equal(part, drawn.images[20:])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_what_was_drawn_before_the_end_is_kept(shared, start, name, counted, capsys):
    process = start(4000)
    wait_for_files(shared, 3, process)
    os.killpg(process.pid, getattr(signal, name))
    # Those that draw for it write their errors into the same pipe: this waits for their end, too.
    out, _ = process.communicate(timeout=30)
    if name == "SIGINT":
        said = kept(out.decode()).splitlines()[-1]
        assert said.endswith(" of 4,000 pictures are drawn; the next call draws the rest.")
        n = 4 * len(files(shared))
        assert said.startswith((f"Stopped. {n} of", f"Stopped. {n - 4} of"))
    draw(12, 3)
    assert counted == []
    assert "damaged" not in kept(capsys.readouterr().out)


def test_a_process_that_dies_is_told(monkeypatch, shared):
    monkeypatch.setattr(more_pictures, "_processes", lambda: 2)
    original = more_pictures._start_worker

    def start_and_kill():
        worker = original()
        worker.kill()
        return worker

    monkeypatch.setattr(more_pictures, "_start_worker", start_and_kill)
    with pytest.raises(DataError, match="A process that draws has ended.*memory runs out"):
        draw(12)
    assert files(shared) == {}


def test_nothing_large_is_imported():
    code = f"import sys; sys.path.insert(0, {str(NOTEBOOKS)!r}); import helpers.data; "
    code += "import helpers.backstage.more_pictures; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
