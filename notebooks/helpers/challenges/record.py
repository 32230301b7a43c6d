"""What a learner has solved, kept in a small file of their own, so that it survives a restart.

Whatever is wrong with the file, nothing here raises: the worst is that nothing is kept.
"""

import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from helpers.backstage.files import write_whole

NOTEBOOKS = Path(__file__).resolve().parents[2]
# Long enough for any other kernel to have written its few lines.
PATIENCE = 2.0
LOST = "(What you solved is not kept: {place} cannot be written.)"

_said: set[str] = set()


class Count(NamedTuple):
    """How many challenges of a notebook are solved."""

    notebook: str
    solved: int
    asked: int


def find_place() -> Path:
    """Return the path of the file, which need not exist.

    Returns
    -------
    Path
        `LESSON_PROGRESS` of the environment, or else a file where this system keeps what
        programs remember for a user.
    """
    if chosen := os.environ.get("LESSON_PROGRESS"):
        return Path(chosen)
    folder = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_DATA_HOME")
    # Where there is no home, "~" stays as it is, and is a place like any other.
    home = Path(os.path.expanduser("~"))
    return (Path(folder) if folder else home / ".local" / "share") / "layer-by-layer/progress.json"


def keep(change: Callable[[dict[str, Any]], None]) -> str:
    """Change what is kept, and leave in it what others have written.

    Parameters
    ----------
    change : callable
        Changes the content of the file, a dictionary, in place.

    Returns
    -------
    str
        "", or a line that says that it could not be kept, once for each place.
    """
    place = find_place()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _lock(place):
            content = read()
            change(content)
            text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
            write_whole(place, text.encode("utf-8"))
    except (OSError, RuntimeError, ValueError):  # such as a folder of somebody else
        said = str(place) in _said
        _said.add(str(place))
        return "" if said else LOST.format(place=place)
    return ""


def read() -> dict[str, Any]:
    """Return what is kept: {"solved": {name: True}, "values": {name: value}}, and what others add.

    Returns
    -------
    dict
        Empty where there is no file, or none that can be read.
    """
    try:
        content = json.loads(find_place().read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError, RecursionError):
        content = {}
    content = content if isinstance(content, dict) else {}
    for part in ("solved", "values"):
        if not isinstance(content.get(part), dict):
            content[part] = {}
    return content


@contextlib.contextmanager
def _lock(place: Path) -> Iterator[None]:
    """Wait until no other kernel writes. A lock that is old was left by one that has died."""
    lock = place.with_name(f"{place.name}.lock")
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > ends:
                break  # It is old: its owner needs milliseconds.
            time.sleep(0.01)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()


# ---------------------------------------------------------------------------------------
# Which challenge belongs to which notebook
# ---------------------------------------------------------------------------------------


@cache
def read_notebooks(folder: Path = NOTEBOOKS) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return title and challenges of each notebook, by its file name.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.

    Returns
    -------
    dict
        {"01-data-loading.ipynb": ("Look at pictures", ("features", ...))}; empty where there
        are no notebooks.
    """
    found = {}
    for path in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            texts = ["".join(cell["source"]) for cell in cells]
            codes = [t for t, cell in zip(texts, cells, strict=True) if cell["cell_type"] == "code"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        titles = [title for text in texts for title in re.findall(r"(?m)\A# (.+)$", text)]
        names = [name for code in codes for name in re.findall(r'\bcheck\("([\w-]+)"', code)]
        found[path.name] = (titles[0] if titles else path.stem, tuple(dict.fromkeys(names)))
    return found


def count_around(name: str) -> Count | None:
    """Count what is solved in the notebook of a challenge, None where no notebook has it."""
    having = [file for file, (_, names) in read_notebooks().items() if name in names]
    # Jupyter tells a kernel for which notebook it runs; an older copy has a date in its name.
    number = Path(os.environ.get("JPY_SESSION_NAME", "")).name[:2]
    here = [file for file in having if file[:2] == number]
    return _count().get(next(iter(here + having), None))


def _count() -> dict[str, Count]:
    solved = read()["solved"]
    return {
        file: Count(title, sum(name in solved for name in names), len(names))
        for file, (title, names) in read_notebooks().items()
        if names
    }


class Progress:
    """All notebooks at a glance: how many of their challenges are solved."""

    def __init__(self) -> None:
        self.rows = [(file[:2], *count) for file, count in _count().items()]
        # Not the sums of the rows: a challenge may be asked in two notebooks.
        names = {name for _, asked in read_notebooks().values() for name in asked}
        self.solved, self.asked = len(names & read()["solved"].keys()), len(names)

    def __repr__(self) -> str:
        """Say it in lines of text."""
        lines = [f"{n} {title}: {solved} of {asked}" for n, title, solved, asked in self.rows]
        return "\n".join([*lines, f"All notebooks: {self.solved} of {self.asked}"])

    def _repr_html_(self) -> str:
        """Show a table, whose headings screen readers know as such."""
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left">{n} {escape(title)}</th>'
            f"<td>{solved}</td><td>{asked}</td></tr>"
            for n, title, solved, asked in [
                *self.rows,
                ("", "All notebooks", self.solved, self.asked),
            ]
        )
        heads = "".join(f'<th scope="col">{h}</th>' for h in ("Notebook", "Solved", "Challenges"))
        return (
            "<table><caption>What you have solved</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )
