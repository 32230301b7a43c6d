"""Measure how long the cells of the notebooks take, for the run sheets of instructors.

    python tools/benchmarks/cell_seconds.py [--notebooks 01 02 ...] [--out FILE]

Each notebook is executed from top to bottom in a fresh kernel, in a copy of the lesson in a
temporary folder: no notebook, no checkpoint and nobody's progress is changed. Left out are those
that need Ray. Rows of notebooks that are not named stay in the table as they are. What notebook 08
draws comes from the cache if it has been drawn here before, as for an instructor who has prepared.

Columns of the table, which has a row for each code cell that takes more than half a second:

notebook  its number.
cell      the id of the cell.
seconds   from the start of the cell to its end, on the machine that measured.
epochs    `seconds`, divided by the seconds of one epoch of the network with two blocks on the
          lesson's training pictures. So another machine's seconds are about `epochs` times its
          own seconds for an epoch. An epoch is measured before and after each notebook, in fresh
          processes, because a machine is not always equally busy.
"""

import argparse
import csv
import os
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import fmean

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import doctor  # noqa: E402
from benchmarks import seat  # noqa: E402

OUT = seat.ROOT / "data" / "runs" / "cell_seconds.csv"
HEADER = ["notebook", "cell", "seconds", "epochs"]
LEAST = 0.5  # A cell that takes less seems to take no time.


def time_epoch(notebooks: Path) -> float:
    """Return the seconds of an epoch, measured in a fresh process."""
    done = doctor.elsewhere("--epoch", {**os.environ, "PYTHONPATH": str(notebooks)})
    if done.returncode:
        raise SystemExit(f"No epoch could be measured:\n{done.stderr}")
    return float(done.stdout.split()[-1])


def time_cells(notebook: nbformat.NotebookNode, folder: Path) -> list[tuple[str, float]]:
    """Execute a notebook in a folder; return id and seconds of each code cell, in order."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=1800, record_timing=True, resources=where).execute()
    return [
        (cell.id, seconds(cell.metadata.execution))
        for cell in notebook.cells
        if cell.cell_type == "code" and "execution" in cell.metadata
    ]


def seconds(execution: dict[str, str]) -> float:
    """Return the seconds between the moments that nbclient notes in a cell's metadata."""
    moments = [execution["iopub.status.busy"], execution["shell.execute_reply"]]
    start, end = (datetime.fromisoformat(moment) for moment in moments)
    return (end - start).total_seconds()


def rows_of(number: str, cells: Iterable[tuple[str, float]], epoch: float) -> list[dict]:
    """Return the rows of a notebook's cells that take long enough to be noticed."""
    return [
        dict(zip(HEADER, [number, name, f"{took:.1f}", f"{took / epoch:.2f}"], strict=True))
        for name, took in cells
        if took > LEAST
    ]


def merge(path: Path, number: str, rows: list[dict]) -> None:
    """Write the rows of a notebook into a table, in place of those that it had."""
    old = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            old = [row for row in csv.DictReader(file) if row["notebook"] != number]
    # Sorting keeps the order of the cells within a notebook.
    together = sorted([*old, *rows], key=lambda row: row["notebook"])
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(together)
    part.replace(path)


def measure(number: str, path: Path, lesson: Path) -> list[dict]:
    """Execute a notebook of a copy of the lesson; return its rows."""
    before = time_epoch(lesson / "notebooks")
    cells = time_cells(nbformat.read(path, as_version=4), lesson / "notebooks")
    after = time_epoch(lesson / "notebooks")
    whole = sum(took for _, took in cells)
    print(
        f"{number}: {whole:.0f} s, an epoch {before:.2f} s before, {after:.2f} s after", flush=True
    )
    return rows_of(number, cells, fmean([before, after]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    numbers = {path.stem[:2]: path for path in seat.NOTEBOOKS}
    parser.add_argument("--notebooks", nargs="+", metavar="NN", help="such as 01 06; all without")
    parser.add_argument("--out", type=Path, default=OUT, help="the table; default: %(default)s")
    options = parser.parse_args()
    wanted = options.notebooks or list(numbers)
    if unknown := set(wanted) - set(numbers):
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Choose from {', '.join(numbers)}.")
    os.environ.setdefault("LESSON_DATA", "sketch-street-10")
    with tempfile.TemporaryDirectory(prefix="cell-seconds-") as temporary:
        lesson = Path(temporary)
        seat.lay_out(lesson)
        os.environ["LESSON_PROGRESS"] = str(lesson / "progress.json")
        for number in wanted:
            rows = measure(number, lesson / "notebooks" / numbers[number].name, lesson)
            merge(options.out, number, rows)


if __name__ == "__main__":
    main()
