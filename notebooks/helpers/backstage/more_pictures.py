"""Draw more pictures with the program in data/drawing, and keep them in a cache.

The cache is a folder of small files, each of which holds a few pictures and is either whole or not
there. So nothing is lost or damaged when the work is stopped, or done by several at once; and any
file that is not what it should be is drawn again.
"""

import functools
import hashlib
import json
import os
import pickle
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import starmap
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import loky
import numpy as np
import PIL

from helpers.backstage.checks import check_whole
from helpers.backstage.files import write_whole
from helpers.backstage.live import Live
from helpers.data import DATA_FOLDER, DataError

# The drawing program is no package of the lesson. At the end, so as not to hide another module.
sys.path.append(str(DATA_FOLDER.parent))

from data.drawing import sketch_street
from data.drawing.sketch_street import Attributes

SHARED = DATA_FOLDER / "drawn"
PART = 25  # pictures in a file
SHAPE = (sketch_street.FINAL_SIDE, sketch_street.FINAL_SIDE, 3)
MOST = 50_000
MANY = 2_000  # in each of the two sets to score networks with
UNTOUCHED = 31_415  # the seed of those that are for the last test
SECONDS = 0.025  # for a picture, on one core
ANNOUNCED = 60  # seconds of drawing from which on the cost is told first
FEW_PARTS = 4  # to start processes takes as long as to draw these
MOST_PROCESSES = 8  # about 50 MB each


class Drawn(NamedTuple):
    """Drawn pictures, and what the program knows of each: ``pandas.DataFrame(attributes)``."""

    images: np.ndarray  # uint8, shape (N, 64, 64, 3)
    labels: np.ndarray  # int64, shape (N,)
    attributes: list[Attributes]


def draw(n: int, seed: int = 0) -> Drawn:
    """Draw new pictures, or read them where they were drawn before.

    Parameters
    ----------
    n : int
        How many, up to 50,000. The first m of them are the same for any n.
    seed : int
        Decides which, 0 or more. None of them is among those of another seed, in the data set, in
        `score_set`, or in `fresh_test_set`.

    Returns
    -------
    Drawn
        Images, labels and attributes, with the classes in the proportions of the training set.

    Raises
    ------
    ValueError
        If ``n`` or ``seed`` is something else, before anything is drawn.

    Examples
    --------
    >>> images, labels, attributes = draw(500)  # doctest: +SKIP
    Sketch Street 10, seed 0: 500 new pictures of 64 x 64 pixels, 10 classes
    """
    n = check_whole(n, "n")
    if n > MOST:
        raise DataError(f"n is {n}. {_cost(n)} Give at most {MOST:,}.")
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= seed < 2**32:
        raise DataError(f"seed is {seed!r}. Give a whole number from 0 to {2**32 - 1}.")
    return _draw(n, f"seed {seed}", sketch_street.split_seed("more", int(seed)))


def score_set() -> Drawn:
    """Draw, or read, 2,000 pictures on which the networks of the lesson were compared.

    No seed of `draw` gives any of them, so no network has learned from them. But the settings of
    notebook 08 were chosen with them.

    Returns
    -------
    Drawn

    Examples
    --------
    >>> images, labels, attributes = score_set()  # doctest: +SKIP
    Sketch Street 10, score set: 2,000 new pictures of 64 x 64 pixels, 10 classes
    """
    return _draw(MANY, "score set", sketch_street.split_seed("fresh"))


def fresh_test_set() -> Drawn:
    """Draw, or read, the 2,000 pictures that are for the last test only.

    No seed of `draw` gives any of them, and no author of the lesson has chosen anything with them.

    Returns
    -------
    Drawn

    Examples
    --------
    >>> images, labels, attributes = fresh_test_set()  # doctest: +SKIP
    Sketch Street 10, fresh test set: 2,000 new pictures of 64 x 64 pixels, 10 classes
    """
    return _draw(MANY, "fresh test set", sketch_street.split_seed("fresh", UNTOUCHED))


def _draw(n: int, title: str, seed: np.random.SeedSequence) -> Drawn:
    firsts = range(0, n, PART)
    labels = sketch_street.proportional_labels(len(firsts) * PART)
    images, attributes = np.empty((n, *SHAPE), dtype="uint8"), {}
    live = Live()
    cache = _Cache(title.replace(" ", "-"), live)

    def put(first: int, part: tuple[np.ndarray, list[Attributes]]) -> None:
        wanted = min(PART, n - first)
        images[first : first + wanted] = part[0][:wanted]
        attributes[first] = part[1][:wanted]

    try:
        for first in firsts:
            if part := cache.read(first):
                put(first, part)
        missing = [first for first in firsts if first not in attributes]
        cache.say_what_is_useless()
        if len(missing) * PART * SECONDS / _processes() >= ANNOUNCED:
            live.show(_cost(len(missing) * PART))
        start = time.perf_counter()
        # Closed at once and not at some time, so that an interrupt ends the processes.
        with closing(_draw_parts(seed, missing, labels)) as parts:
            for count, (first, part) in enumerate(zip(missing, parts, strict=True), start=1):
                cache.write(first, *part)
                put(first, part)
                left = (time.perf_counter() - start) / count * (len(missing) - count)
                done = n - (len(missing) - count) * PART
                live.show(f"{title}: {done:,} of {n:,} pictures, about {left:.0f} s left")
    except KeyboardInterrupt:
        done = sum(map(len, attributes.values()))
        live.finish(f"Stopped. {done:,} of {n:,} pictures are drawn; the next call draws the rest.")
        raise
    side = "{} x {}".format(*SHAPE)
    classes = len(sketch_street.CLASS_NAMES)
    live.finish(
        f"Sketch Street 10, {title}: {n:,} new pictures of {side} pixels, {classes} classes"
    )
    return Drawn(images, labels[:n], [one for first in firsts for one in attributes[first]])


def _draw_parts(
    seed: np.random.SeedSequence, firsts: list[int], labels: np.ndarray
) -> Iterator[tuple[np.ndarray, list[Attributes]]]:
    tasks = [(seed, first, labels[first : first + PART].tolist()) for first in firsts]
    if len(tasks) <= FEW_PARTS or _processes() == 1:
        yield from starmap(sketch_street.draw_part, tasks)
        return
    workers = [_start_worker() for _ in range(min(_processes(), len(tasks)))]
    idle = deque(workers)

    def ask(task: tuple) -> tuple[np.ndarray, list[Attributes]]:
        worker = idle.popleft()
        try:
            pickle.dump(task, worker.stdin)
            worker.stdin.flush()
            answer = pickle.load(worker.stdout)
        except (EOFError, OSError) as error:
            raise DataError(
                f"A process that draws has ended (exit status {worker.wait()}), as happens when "
                "memory runs out. What was drawn is kept: try again for the rest."
            ) from error
        idle.append(worker)
        return answer

    threads = ThreadPoolExecutor(len(workers))
    try:
        yield from threads.map(ask, tasks)
    finally:
        for worker in workers:
            worker.kill()
        threads.shutdown(cancel_futures=True)
        for worker in workers:
            worker.communicate()


def _start_worker() -> subprocess.Popen:
    # Not a process pool: its processes stay behind forever when this one is killed.
    return subprocess.Popen(
        [sys.executable, "-m", "data.drawing.worker"],
        cwd=DATA_FOLDER.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # An interrupt is for this process, which then ends the others.
        start_new_session=True,
    )


def _processes() -> int:
    return min(loky.cpu_count(), MOST_PROCESSES)


def _cost(n: int) -> str:
    minutes = n * SECONDS / _processes() / 60
    megabytes = n * np.prod(SHAPE) / 1e6
    return (
        f"{n:,} pictures take about {max(1, round(minutes)):,} min with {_processes()} at a time, "
        f"and {round(megabytes):,} MB of memory and of disk."
    )


class _Cache:
    """Files of `PART` pictures each: in the lesson's folder, or where that cannot be, the user's.

    A file is a checksum of all that follows, a line that says what it is, and the pixels.
    """

    def __init__(self, name: str, live: Live) -> None:
        self._folders = [SHARED / name]
        own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
        own = Path(own or os.path.expanduser("~/.cache"))
        if own.is_absolute():  # else there is no home
            self._folders.append(own / "layer-by-layer" / "drawn" / name)
        self._name, self._live = name, live
        self._useless: list[Path] = []

    def read(self, first: int) -> tuple[np.ndarray, list[Attributes]] | None:
        """Return pictures and attributes of a file, or None if it is not there or not right."""
        useless = []
        for folder in self._folders:
            path = folder / _file_name(first)
            try:
                return _unpack(path.read_bytes(), f"{self._name}/{path.name}")
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, ValueError, KeyError):
                useless.append(path)
        self._useless += useless[:1]
        return None

    def say_what_is_useless(self) -> None:
        """Print one line if files were not right."""
        if self._useless:
            self._live.say(
                f"{self._useless[0].parent}: damaged, or from another version of the drawing "
                f"program: {len(self._useless)} of the files. Their pictures are drawn again."
            )

    def write(self, first: int, images: np.ndarray, attributes: list[Attributes]) -> None:
        """Write a file into the first folder that takes it; if none does, print a line."""
        name = _file_name(first)
        packed = _pack(images, attributes, f"{self._name}/{name}")
        while self._folders:
            try:
                write_whole(self._folders[0] / name, packed)
                return
            except OSError as error:
                folder = self._folders.pop(0)
                then = (
                    f"The pictures are kept in {self._folders[0]} instead."
                    if self._folders
                    else "The pictures are in memory only; the next time they are drawn again."
                )
                self._live.say(f"{folder} cannot be written ({error.strerror}). {then}")


def _file_name(first: int) -> str:
    return f"{first:05d}-{first + PART - 1:05d}.pictures"


def _pack(images: np.ndarray, attributes: list[Attributes], name: str) -> bytes:
    facts = {"name": name, "version": _version(), "attributes": attributes}
    content = json.dumps(facts).encode() + b"\n" + images.tobytes()
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _unpack(packed: bytes, name: str) -> tuple[np.ndarray, list[Attributes]]:
    checksum, _, content = packed.partition(b"\n")
    if checksum != hashlib.sha256(content).hexdigest().encode():
        raise ValueError("damaged")
    line, _, pixels = content.partition(b"\n")
    facts = json.loads(line)
    # The name, so that nobody takes a copy for the pictures of another seed.
    if (facts["name"], facts["version"]) != (name, _version()):
        raise ValueError("another file, or another version")
    images = np.frombuffer(pixels, dtype="uint8").reshape(-1, *SHAPE)
    return images, [Attributes(*one) for one in facts["attributes"]]


@functools.cache
def _version() -> str:
    """Return what the pictures depend on: the program, and the libraries that it draws with."""
    sources = sorted(Path(sketch_street.__file__).parent.glob("*.py"))
    text = b"".join(path.read_bytes() for path in sources)
    program = hashlib.sha256(text).hexdigest()[:16]
    return f"{program}, NumPy {np.__version__}, Pillow {PIL.__version__}"
