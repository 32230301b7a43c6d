"""Make the editions of the lesson, and keep working copies of them.

    python tools/editions.py make FOLDER [--start 9:00]
    python tools/editions.py work learner
    python tools/editions.py reset 05 [--edition learner]

``lesson.py`` calls all three. Editions are made from the notebooks and never edited:

==============  ==========================================================================
``learner``     no outputs, solutions folded, no notes for instructors
``class``       the same without solutions; these are in a folder of their own
``live``        a line of prose, the figures, and what is typed left empty
``instructor``  all of it, open, with run sheets to print
==============  ==========================================================================

In the first two, terms lead to the glossary, which lies beside the notebooks.

A working copy lies beside the folder of notebooks, so that links mean the same in both. Each
notebook of it says in its metadata from what it was made; that tells a notebook that somebody has
changed from one that may follow a new version of the lesson.
"""

import argparse
import ast
import copy
import hashlib
import json
import os
import re
import shutil
import sys
import time
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
for folder in (ROOT, ROOT / "notebooks"):
    sys.path.insert(0, str(folder))

from glossary import PAGE, link_notebook, read_page  # noqa: E402

from helpers.backstage.files import write_whole  # noqa: E402
from lesson import FOLDERS, own_edition  # noqa: E402

EDITIONS = tuple(name for name in FOLDERS if name != "source")
# In a folder that was made here, it holds the name of the edition.
MARK = "edition.txt"
CHARACTERS_A_MINUTE = 120
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# What an edition takes along, besides its notebooks.
FILES = (
    "LICENSE", "CITATION.cff", "lesson.py", "requirements.txt", "environment.yml", "data", "fig",
    "notebooks/helpers", "notebooks/cheat-sheet.md", "notebooks/glossary.md", "tools/editions.py",
    "tools/glossary.py", "tools/doctor.py", "tools/wheels.py", "tools/locks",
)  # fmt: skip
# Where terms are linked to the glossary: where somebody reads alone, or again at home.
LINKED = ("learner", "class")
# Pages that lie beside the notebooks of a working copy.
BESIDE = (PAGE, "cheat-sheet.md")
# What of the class edition is not for the class at once, and has an archive of its own.
FOR_LATER = ("solutions", "nbgrader")
LEFT_OUT = ("__pycache__", ".*", "drawn", "dollar-street-10*", "*.ipynb")
# See TEACHING.md. An empty stub, so that an open challenge stops nothing.
NBGRADER = """\
c = get_config()
c.CourseDirectory.course_id = "layer-by-layer"
c.ClearSolutions.code_stub = {"python": ""}
c.Execute.timeout = 600  # seconds for a cell
"""
NEXT_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z*`\[(0-9])")


class EditionError(ValueError):
    """What was asked for cannot be made; the message says why, and what to do."""


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


# --- what is typed ----------------------------------------------------------------------------


def parts(source: str) -> list[tuple[str, bool]]:
    """Split the source of a typed cell into pieces, each with whether it is typed.

    Between the marks, or without marks in the whole cell, all is typed but the comments at the
    beginning, which say what the goal is. The lines with the marks themselves are in no piece.
    """
    lines = source.splitlines()
    marked = any(line.strip() == BEGIN for line in lines)
    found: list[tuple[str, bool]] = []
    inside, leading = not marked, True
    for line in lines:
        if line.strip() in (BEGIN, END):
            inside, leading = line.strip() == BEGIN, True
            continue
        leading = leading and line.lstrip().startswith("#")
        found.append((line, inside and not leading))
    return found


def without_marks(source: str) -> str:
    """Return what the cell does: its source without the lines that mark what is typed."""
    return "\n".join(line for line, _ in parts(source))


def typed(source: str) -> str:
    """Return the text that is typed in front of people."""
    return "\n".join(line for line, by_hand in parts(source) if by_hand).strip("\n")


def blank(source: str) -> str:
    """Return the cell as it is before anything is typed into it."""
    left: list[str] = []
    empty = False
    marked = BEGIN in source
    for line, by_hand in parts(source):
        if by_hand and marked and not empty and line.strip():
            # In a function there must be something.
            left.append(line[: len(line) - len(line.lstrip())] + "...")
        empty = by_hand
        if not by_hand:
            left.append(line)
    return "\n".join(left)


# --- editions ---------------------------------------------------------------------------------


def one_line(text: str, figures_only: bool) -> str:
    """Return what the live edition keeps of a cell of prose: headings, a sentence, figures.

    With `figures_only`, prose that does not begin a section is left out.
    """
    kept: list[str] = []
    said = follows = False
    for block in re.split(r"\n\s*\n", re.sub(r"<!--.*?-->", "", text, flags=re.S).strip()):
        if follows or re.match(r"#{1,6} ", block) or block.startswith(("![", "$$")):
            kept.append(block)
            follows = False
        elif figures_only and not any(map(level, kept)):
            continue
        elif not said and re.match(r"[\w*_`\"'(\[]", block) and not re.match(r"\d+\. |\* ", block):
            kept.append(NEXT_SENTENCE.split(" ".join(block.split()))[0])
            said, follows = True, kept[-1].endswith(":")
    # A heading under which nothing is left, in a cell that holds more than one.
    while len(kept) > 1 and kept[-1].startswith("#"):
        kept.pop()
    return "\n\n".join(
        block
        for block, after in zip(kept, [*kept[1:], ""], strict=False)
        if not 0 < level(after) <= level(block)
    )


def level(block: str) -> int:
    """Return the level of a heading, 0 for any other text."""
    return len(block) - len(block.lstrip("#"))


def edition(name: str, notebook: NotebookNode) -> NotebookNode:
    """Make a notebook of an edition.

    Parameters
    ----------
    name : str
        One of `EDITIONS`, or "solutions".
    notebook : NotebookNode
        A notebook of the lesson. It stays as it is.
    """
    gone = {
        "learner": {"instructor"},
        "class": {"instructor", "solution"},
        "live": {"instructor", "solution"},
        "solutions": {"instructor"},
        "instructor": set(),
    }[name]
    cells = []
    below_blank = False
    for old in notebook.cells:
        if tags(old) & gone:
            continue
        cell = copy.deepcopy(old)
        cell.metadata.pop("numbers", None)
        if name in ("instructor", "solutions"):
            cell.metadata.pop("jp-MarkdownHeadingCollapsed", None)
        if cell.cell_type == "markdown":
            if name == "live" and "challenge" not in tags(cell):
                # What is below a blank tells what comes out of it.
                answers = cell.id.endswith("-after") or below_blank
                cell.source = one_line(cell.source, figures_only=answers)
            below_blank = False
            if not cell.source:
                continue
            if stop := cell.metadata.get("stop"):
                title, end, rest = cell.source.partition("\n")
                cell.source = f"{title} <small>stop {stop}</small>{end}{rest}"
        if cell.cell_type == "code":
            source = without_marks(cell.source)
            below_blank = "type" in tags(cell)
            if name != "instructor":
                cell.outputs, cell.execution_count = [], None
            if name == "live" and "type" in tags(cell):
                cell.metadata["code"] = source
                cell.source = blank(cell.source)
            else:
                cell.source = source
        cells.append(cell)
    made = nbformat.from_dict({**notebook, "cells": cells, "metadata": {**notebook.metadata}})
    if name in LINKED:
        link_notebook(made, read_page(ROOT), lambda entry: f"{PAGE}#{entry.anchor}")
    made.metadata["lesson"] = {**notebook.metadata["lesson"], "edition": name}
    made.metadata["lesson"]["made"] = content_of(made)
    return made


# --- points -----------------------------------------------------------------------------------


def solution_of(stub: str, name: str, solutions: list[str]) -> str:
    """Return code that answers a challenge, or "" where none can be given.

    Parameters
    ----------
    stub : str
        What stands above `check` in the learner's cell: a function, or a name that is set.
    name : str
        The name of the challenge.
    solutions : list of str
        The code cells of its solution.
    """
    from helpers.challenges import CHALLENGES

    (wanted,) = ast.parse(stub).body
    for source in solutions:
        body = ast.parse(source).body
        for number, statement in enumerate(body):
            lines = source.splitlines()[: statement.end_lineno]
            if isinstance(wanted, ast.FunctionDef):
                if isinstance(statement, ast.FunctionDef) and statement.name == wanted.name:
                    return "\n".join(lines[statement.lineno - 1 :])
            elif isinstance(statement, ast.Assign) and (
                ast.unparse(statement.targets[0]) == ast.unparse(wanted.targets[0])
            ):
                return "\n".join(lines[body[0].lineno - 1 :]) if number else ast.unparse(statement)
    for example, why in CHALLENGES[name].examples():
        if not why and isinstance(example, str | int | float):
            whole = isinstance(example, float) and example.is_integer()
            return f"{ast.unparse(wanted.targets[0])} = {int(example) if whole else example!r}"
    return ""


def graded(notebook: NotebookNode) -> NotebookNode:
    """Make the notebook that nbgrader makes an assignment from: the class edition, with points."""
    made = edition("class", notebook)
    solutions: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "challenge" in tags(cell):
            of_this = solutions.setdefault(cell.id, [])
        elif cell.cell_type == "code" and "solution" in tags(cell) and solutions:
            of_this.append(cell.source)
    cells = []
    for cell in made.cells:
        cells.append(cell)
        asked = re.search(r'(?m)^check\("([\w-]+)", (\w+)\)$', cell.source)
        if cell.cell_type != "code" or "challenge" not in tags(cell) or not asked:
            continue
        stub, name = cell.source[: asked.start()], asked[1]
        if not (solution := solution_of(stub, name, solutions[cell.id])):
            continue
        cell.source = "\n".join([stub.removesuffix("\n"), BEGIN, solution, END, asked[0]])
        kind = {"schema_version": 3, "task": False}
        cell.metadata["nbgrader"] = kind | {
            "grade_id": cell.id, "solution": True, "grade": False, "locked": False,
        }  # fmt: skip
        points = nbformat.v4.new_code_cell(
            f"from helpers.challenges import judge\n\nverdict = judge({name!r}, {asked[2]})\n"
            'assert verdict.state == "right", verdict.message',
            id=f"{cell.id}-points",
        )
        points.metadata["nbgrader"] = kind | {
            "grade_id": points.id, "solution": False, "grade": True, "locked": True, "points": 1,
        }  # fmt: skip
        cells.append(points)
    made.cells = cells
    return made


def content_of(notebook: NotebookNode) -> str:
    """Return a few letters that change when somebody changes or runs a cell.

    What Jupyter writes beside the cells, and how it lays out the file, changes nothing.
    """
    cells = [[cell.cell_type, cell.source, cell.get("outputs", [])] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def read_lesson() -> dict[str, NotebookNode]:
    """Return the notebooks of the lesson by their file names."""
    paths = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    if not paths:
        raise EditionError(f"No notebooks in {ROOT / 'notebooks'}. Get the lesson anew.")
    return {path.name: nbformat.read(path, as_version=4) for path in paths}


def fresh(name: str) -> dict[str, NotebookNode]:
    """Return the notebooks of an edition by their file names."""
    notebooks = read_lesson()
    own = own_edition()
    if not own:
        return {file: edition(name, notebook) for file, notebook in notebooks.items()}
    if own != name:
        raise EditionError(
            f"This folder holds the {own} edition, and {name} was asked for. Leave out --edition, "
            f"or get the {name} edition."
        )
    return notebooks


# --- folders and archives ---------------------------------------------------------------------


def page(name: str, folder: Path) -> str:
    """Return a page for an edition: links to what only the lesson itself has are plain text."""
    text = (ROOT / name).read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->\n*", "", text, flags=re.S)

    def keep(match: re.Match) -> str:
        there = "://" in match[2] or (folder / match[2].partition("#")[0]).exists()
        return match[0] if there else match[1]

    return re.sub(r"\[([^\]]*)\]\(([^)]+)\)", keep, text)


def save(notebook: NotebookNode, path: Path) -> None:
    write_whole(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8"))


def measure_epoch() -> float | None:
    """Return how many seconds an epoch takes on this machine, None where nothing trains."""
    import doctor

    done = doctor.elsewhere("--epoch", {**os.environ, "PYTHONPATH": str(ROOT / "notebooks")})
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def version() -> str:
    """Return the version of the lesson."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def make_edition(name: str, folder: Path, start: str, epoch_seconds: float | None = None) -> None:
    """Make one edition in an empty folder."""
    ignore = shutil.ignore_patterns(*LEFT_OUT)
    for file in FILES:
        source, target = ROOT / file, folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignore)
        else:
            shutil.copy(source, target)
    for file, notebook in read_lesson().items():
        save(edition(name, notebook), folder / "notebooks" / file)
        if name == "class":
            save(edition("solutions", notebook), folder / "solutions" / file)
            source = folder / "nbgrader" / "source" / file[:2]
            save(graded(notebook), source / file)
            shutil.copy(ROOT / "notebooks" / PAGE, source)
    if name == "class":
        (folder / "nbgrader" / "nbgrader_config.py").write_text(NBGRADER, encoding="utf-8")
    if name == "instructor":
        from run_sheets import write_sheets

        (folder / "TEACHING.md").write_text(page("TEACHING.md", folder), encoding="utf-8")
        write_sheets(folder / "run-sheets", start, epoch_seconds)
    (folder / MARK).write_text(name + "\n", encoding="utf-8")
    title, _, rest = page("README.md", folder).partition("\n")
    readme = f"{title}\n\nThis is the {name} edition of version {version()}.\n{rest}"
    (folder / "README.md").write_text(readme, encoding="utf-8")


def make(folder: Path, start: str = "9:00") -> None:
    """Make all editions, each as a folder and as an archive.

    Parameters
    ----------
    folder : Path
        Where to. Editions that were made there before are replaced, if nobody has worked in them.
    start : str
        When the course begins, for the run sheets.

    Raises
    ------
    ValueError
        If this is an edition itself, the folder holds what would be lost, or the start is no time.
    """
    if own := own_edition():
        raise EditionError(f"This is the {own} edition. Editions are made from the lesson itself.")
    for name in EDITIONS:
        target = folder / name
        worked = sorted(target.glob("work*"))
        if worked or (target.exists() and not (target / MARK).is_file()):
            what = f"somebody's work ({worked[0]})" if worked else "something else"
            raise EditionError(f"{target} holds {what}. Name another folder.")
    from run_sheets import minutes_of_clock  # which needs what is typed, from here

    minutes_of_clock(start)
    with ThreadPoolExecutor(1) as beside:
        epoch = beside.submit(measure_epoch)
        for name in EDITIONS:
            target, unfinished = folder / name, folder / f".{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            seconds = epoch.result() if name == "instructor" else None
            make_edition(name, unfinished, start, seconds)
            shutil.rmtree(target, ignore_errors=True)
            os.replace(unfinished, target)
            print(target, flush=True)
            files = files_in(target)
            later = {path for path in files if path.relative_to(target).parts[0] in FOR_LATER}
            pack(folder / f"layer-by-layer-{name}.zip", target, files - later)
            if later:
                pack(folder / "layer-by-layer-solutions.zip", target, later)


def pack(archive: Path, folder: Path, files: set[Path]) -> None:
    """Write files of a folder into an archive, in which they are in one with the archive's name."""
    unfinished = archive.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as file:
        for path in sorted(files):
            file.write(path, Path(archive.stem) / path.relative_to(folder))
    os.replace(unfinished, archive)
    print(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB", flush=True)


# --- working copies ---------------------------------------------------------------------------


def working_folder(name: str) -> Path:
    """Return the folder of a working copy."""
    return ROOT / FOLDERS[name]


def keep_page(name: str, folder: Path) -> None:
    """Put a page into a working copy, where its links lead to the notebooks of the copy.

    One that is there is brought up to date, unless somebody has changed it.
    """
    path, mark = folder / name, "\n<!-- made: "
    text = (ROOT / "notebooks" / name).read_text(encoding="utf-8")

    def with_mark(text: str) -> str:
        return f"{text}{mark}{hashlib.sha256(text.encode()).hexdigest()[:16]} -->\n"

    if path.exists():
        found = path.read_text(encoding="utf-8", errors="replace")
        if found != with_mark(found.rpartition(mark)[0]):
            return
    write_whole(path, with_mark(text).encode("utf-8"))


def origin(path: Path) -> tuple[str | None, bool]:
    """Return from what a notebook was made, if it says so, and whether nobody has changed it."""
    made = None
    try:
        text = path.read_text(encoding="utf-8")
        made = json.loads(text)["metadata"]["lesson"]["made"]
        return made, content_of(nbformat.reads(text, as_version=4)) == made
    except Exception:  # whatever is wrong with somebody's file, it is theirs
        return made, False


def work(name: str) -> None:
    """Make a working copy, or bring its untouched notebooks up to date, and say what was done.

    Parameters
    ----------
    name : str
        One of `EDITIONS`.
    """
    folder, notebooks = working_folder(name), fresh(name)
    option = "" if name == "learner" else f" --edition {name}"
    first = not folder.exists()
    new, changed = [], []
    for file, notebook in notebooks.items():
        path, made = folder / file, notebook.metadata["lesson"]["made"]
        if not path.exists():
            save(notebook, path)
            continue
        was, untouched = origin(path)
        if was not in (made, None):
            if untouched:
                save(notebook, path)
            (new if untouched else changed).append(file)
    for page in BESIDE:
        keep_page(page, folder)
    for path in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        if path.name not in notebooks and origin(path)[1]:
            path.unlink()
            new.append(f"{path.name} (no longer a part of it)")
    if first:
        print(
            f"Your working copy is in {folder.name}/. What you change there is never overwritten."
        )
    if new:
        print(f"The lesson has changed. Brought up to date: {', '.join(new)}.")
    for file in changed:
        print(
            f"{file}: the lesson has a newer one, and yours was left as it is. To get the newer "
            f"one and keep yours beside it: python3 lesson.py reset {file[:2]}{option}"
        )


def reset(number: str, name: str) -> None:
    """Put a fresh notebook into the working copy; the old one stays, under a name with the date.

    Parameters
    ----------
    number : str
        The number of the notebook, such as "05".
    name : str
        The edition, one of `EDITIONS`.

    Raises
    ------
    EditionError
        If there is no such notebook.
    """
    notebooks = fresh(name)
    found = [file for file in notebooks if re.match(rf"0*{re.escape(number)}\b", file)]
    if len(found) != 1:
        known = ", ".join(file[:2] for file in notebooks)
        raise EditionError(f"There is no notebook {number!r}. Write one of: {known}.")
    path = working_folder(name) / found[0]
    if path.exists() and origin(path) == (notebooks[found[0]].metadata["lesson"]["made"], True):
        print(f"{path.name} is fresh: nobody has changed it.")
        return
    if path.exists():
        kept = path.with_name(f"{path.stem}-{time.strftime('%Y-%m-%d-%H%M%S')}.ipynb")
        if kept.exists():
            raise EditionError(f"{kept.name} is there already. Wait a second, and try again.")
        path.rename(kept)
        print(f"Your old one is now {kept.name}.")
    save(notebooks[found[0]], path)
    print(f"{path.name} is fresh. If it is open in JupyterLab: close it there, and open it again.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make")
    command.add_argument("folder", type=Path)
    command.add_argument("--start", default="9:00", help="when the course begins")
    command = commands.add_parser("work")
    command.add_argument("edition", choices=EDITIONS)
    command = commands.add_parser("reset")
    command.add_argument("number")
    command.add_argument("--edition", choices=EDITIONS, default=own_edition() or "learner")
    options = parser.parse_args()
    try:
        if options.command == "make":
            make(options.folder, options.start)
        elif options.command == "work":
            work(options.edition)
        else:
            reset(options.number, options.edition)
    except (ValueError, OSError) as error:
        print(f"lesson.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
