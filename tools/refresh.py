"""Write anew what follows from something else, and nothing more.

    python tools/refresh.py            write
    python tools/refresh.py --check    only say what would change

=============================================  ==============================================
What is written                                What it follows from
=============================================  ==============================================
time and place in the workflow, in notebooks   metadata of the notebook, under ``lesson``
README.md: table of notebooks                  the same, and the titles
TEACHING.md: the full course                   the same
TEACHING.md: clocks, sums, minutes in titles   the minutes in its tables
tables of results: README, data card, 09       data/runs/*.csv
data/README.md: number of pictures             the pictures
fig/README.md: list of figures                 the functions that draw them
notebooks/helpers/challenges/README.md         the entries of the challenges
notebooks/glossary.md: where a term is taught  the first cell that has it in bold
=============================================  ==============================================

In a page, what is written stands between ``<!-- made by tools/refresh.py: NAME -->`` and
``<!-- end -->``. tests/test_refresh.py says that nothing changes.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
for folder in (ROOT, ROOT / "notebooks", ROOT / "tools" / "benchmarks"):
    sys.path.insert(0, str(folder))

from helpers.data import class_names  # noqa: E402
from tools import glossary  # noqa: E402
from tools.sources import WORKFLOW, facts  # noqa: E402

FIELDS = {"learn": str, "topic": str, "teaching": int, "challenges": int, "steps": list}
MORE_FIELDS = {"optional": int, "extra": bool, "glance": list, "part": str}


class PageError(ValueError):
    """A page or a notebook of the wrong form; the message says where, and what to do."""


@cache
def notebooks() -> dict[str, nbformat.NotebookNode]:
    """Return the notebooks by their file names, each with checked metadata."""
    paths = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    found = {path.name: nbformat.read(path, as_version=4) for path in paths}
    for name, notebook in found.items():
        check_lesson(name, notebook.metadata.get("lesson"))
    return found


def check_lesson(name: str, lesson: object) -> None:
    """Raise a PageError where the metadata of a notebook is not of the form of FIELDS."""
    if not isinstance(lesson, dict):
        raise PageError(f'{name}: its metadata has no "lesson". Copy it from another notebook.')
    known = FIELDS | MORE_FIELDS
    for field in {**FIELDS, **lesson}:
        if field not in known:
            raise PageError(
                f"{name}: metadata lesson.{field} is unknown. Known: {', '.join(known)}."
            )
        found, kind = lesson.get(field), known[field]
        if not isinstance(found, kind) or (kind is int and (found is True or found < 0)):
            raise PageError(
                f"{name}: metadata lesson.{field} is {found!r}. Give it a value of type "
                f"{kind.__name__}."
            )
        if kind is list and not (found and set(found) <= set(range(1, len(WORKFLOW) + 1))):
            raise PageError(
                f"{name}: metadata lesson.{field} is {found!r}. List steps from 1 to "
                f"{len(WORKFLOW)}."
            )


def listed(numbers: Iterable[int]) -> str:
    """Return such as "1 to 3", "5 and 6" or "7, 8 and 10"."""
    numbers = list(numbers)
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def steps_of(numbers: list[int]) -> str:
    names = ", ".join(WORKFLOW[number - 1] for number in numbers)
    return f"step{'s' * (len(numbers) > 1)} {listed(numbers)} of {len(WORKFLOW)}" + (
        f" ({names})" if len(numbers) <= 3 else ""
    )


def write_minutes(text: str, notebook: nbformat.NotebookNode) -> str:
    """Write the sentences on time and place of a notebook's cell, where it has them."""
    lesson = notebook.metadata.lesson
    asked = [cell for cell in notebook.cells if cell.source.startswith("## Challenge: ")]
    word = "challenges" if len(asked) > 1 else "challenge"
    time = f"**Time:** about {lesson.teaching} minutes to read and run, and {lesson.challenges} "
    time += f"for the {word}"
    minutes = f"**Minutes.** {lesson.teaching} teaching, {lesson.challenges} {word}"
    if optional := lesson.get("optional"):
        time += f"; {optional} more for the optional one"
        minutes += f", {optional} more for the optional challenge"
    place = f"**Place in the workflow:** {steps_of(lesson.steps)}"
    if "glance" in lesson:
        place += (
            f", and a first look at {steps_of(lesson.glance).replace(f' of {len(WORKFLOW)}', '')}"
        )
    if "part" in lesson:
        place += f", {lesson.part}"
    for start, sentence in (
        ("Time:", time),
        ("Minutes.", minutes),
        ("Place in the workflow:", place),
    ):
        text = re.sub(rf"\*\*{re.escape(start)}\*\* [^.]*\.", lambda _, s=sentence: s + ".", text)
    return text


def fill(text: str, parts: dict[str, Callable[[], str]], page: str) -> str:
    """Replace what stands between the marks of a page."""
    for name in set(re.findall(r"<!-- made by tools/refresh\.py: (.*?) -->", text)) - set(parts):
        raise PageError(f"{page}: nothing makes {name!r}. Known there: {', '.join(parts)}.")
    for name, make in parts.items():
        start = f"<!-- made by tools/refresh.py: {name} -->\n"
        if text.count(start) != 1:
            raise PageError(
                f"{page}: {start.strip()!r} stands {text.count(start)} times, not once."
            )
        before, _, rest = text.partition(start)
        _, end, after = rest.partition("<!-- end -->")
        if not end:
            raise PageError(f"{page}: {start.strip()!r} is not followed by '<!-- end -->'.")
        text = f"{before}{start}\n{make().strip()}\n\n{end}{after}"
    return text


def table(header: list[str], rows: list[list[object]]) -> str:
    lines = [f"| {' | '.join(map(str, line))} |".replace("|  ", "| ") for line in [header, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])


def title(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[0].source.partition("\n")[0].removeprefix("# ")


def table_of_notebooks() -> str:
    rows = []
    for name, notebook in notebooks().items():
        lesson = notebook.metadata.lesson
        link = f"[{name[:2]} {title(notebook)}](notebooks/{name})"
        if lesson.get("extra"):
            link += " (optional)"
        rows.append([link, lesson.learn, f"{lesson.teaching} + {lesson.challenges}"])
    return table(["notebook", "you learn to", "minutes"], rows)


def minutes_of(lesson: dict) -> tuple[int, int, int]:
    """Return the minutes of a notebook: teaching, exercises, optional."""
    if lesson.get("extra"):
        return 0, 0, lesson["teaching"] + lesson["challenges"]
    return lesson["teaching"], lesson["challenges"], lesson.get("optional", 0)


def table_of_course() -> str:
    rows, sums = [], [0, 0, 0, 0]
    for name, notebook in notebooks().items():
        teaching, exercises, optional = minutes_of(notebook.metadata.lesson)
        numbers = [teaching, exercises, teaching + exercises, optional]
        sums = [a + b for a, b in zip(sums, numbers, strict=True)]
        link = f"[{name[:2]}](notebooks/{name}) {notebook.metadata.lesson.topic}"
        rows.append([link, *(n or "" for n in numbers)])
    header = ["notebook", "teaching", "exercises", "together", "optional"]
    return table(header, [*rows, ["total", *sums]])


def write_clocks(text: str) -> str:
    """Write what follows from the minutes in the tables of TEACHING.md.

    In a table whose first column is ``start``: the clock, the sums in its last row, and the
    minutes of a notebook that stands there whole, or of its last part. In one whose first column is
    ``minutes``, the sum.
    """

    def write(match: re.Match) -> str:
        header, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in match[0].splitlines()
            if not line.startswith("|---")
        ]
        *rows, last = rows
        if header[0] == "minutes":
            last[0] = f"{sum(int(row[0]) for row in rows)}"
            return table(header, [*rows, last])
        whole = {name[:2]: minutes_of(n.metadata.lesson) for name, n in notebooks().items()}
        clock = sum(int(n) * f for n, f in zip(rows[0][0].split(":"), (60, 1), strict=True))
        for place, row in enumerate(rows):
            number = row[1][:2]
            if "teaching" in header and row[2]:
                row[-1] = int(row[2]) + int(row[3])
            elif number in whole and not any(r[1].startswith(number) for r in rows[place + 1 :]):
                parts = [int(r[-1]) for r in rows[:place] if r[1].startswith(number)]
                row[-1] = sum(whole[number][:2]) - sum(parts)
            row[0] = f"{clock // 60}:{clock % 60:02}"
            clock += int(row[-1])
        last[0] = f"{clock // 60}:{clock % 60:02}"
        for column in range(2, len(header)):
            last[column] = sum(int(row[column] or 0) for row in rows)
        return table(header, [*rows, last])

    text = re.sub(r"(?m)^\| (start|minutes) \|.*\n\|---.*\n(?:\|.*(?:\n|\Z))+",
                  lambda m: write(m) + "\n" * m[0].endswith("\n"), text)  # fmt: skip
    short = text.partition("## The short course")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| \d+:\d\d \| (.+?) \|.*\| (\d+) \|$", short)
    sums: dict[str, int] = {}
    for what, minutes in rows:
        sums[what[:2]] = sums.get(what[:2], 0) + int(minutes)
    for number, total in sums.items():
        text = re.sub(rf"(?m)^### Notebook {number}: \d+", f"### Notebook {number}: {total}", text)
    text = re.sub(r"(?m)^## The short course: \d+", f"## The short course: {rows[-1][1]}", text)
    demo = re.search(r"(?m)^\| (\d+) \| \| in all \|$", text)[1]
    return re.sub(r"(?m)^## With \d+ minutes", f"## With {demo} minutes", text)


def table_from(module: str, name: str) -> Callable[[], str]:
    """Return a function that makes the table of a file in data/runs, as a program there does."""

    def make() -> str:
        return __import__(module).table(ROOT / "data" / "runs" / name)

    return make


def table_of_classes() -> str:
    known, names = facts(), class_names("sketch-street-10")
    rows = list(zip(names, known["train_counts"], known["val_counts"], strict=True))
    return table(
        ["category", "training", "held out"], [*rows, ["all", known["train"], known["val"]]]
    )


def figures() -> str:
    from fig.draw import listing

    return listing()


def forms() -> str:
    from helpers.challenges import table_of_forms

    return table_of_forms()


PARTS = {
    "README.md": {
        "notebooks": table_of_notebooks,
        "speed": table_from("training_speed", "training_speed.csv"),
        "backends": table_from("backends", "backends.csv"),
    },
    "TEACHING.md": {"full course": table_of_course},
    "data/README.md": {
        "classes": table_of_classes,
        "runs": table_from("reference_runs", "runs.csv"),
        "baselines": table_from("baselines", "baselines.csv"),
        "ladder": table_from("ladder", "ladder.csv"),
        "photographs": table_from("ladder", "ladder_photographs.csv"),
        "claims": table_from("claims", "claims.csv"),
        "normal": table_from("curves", "normal.json"),
    },
    "fig/README.md": {"figures": figures},
    "notebooks/helpers/challenges/README.md": {"challenges": forms},
}

IN_NOTEBOOKS = {"practice": table_from("practice_runs", "practice.csv")}


def refreshed() -> dict[Path, tuple[str, str]]:
    """Return for each file how it is and how it should be."""
    result = {}
    for name, parts in PARTS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        new = fill(text, parts, name)
        result[ROOT / name] = text, write_clocks(new) if name == "TEACHING.md" else new
    page = ROOT / "notebooks" / glossary.PAGE
    text = page.read_text(encoding="utf-8")
    result[page] = text, glossary.with_places(text, notebooks())
    for name in notebooks():
        path = ROOT / "notebooks" / name
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                source = write_minutes(cell.source, notebook)
                if "<!-- made by" in source:
                    source = fill(source, IN_NOTEBOOKS, f"{name}, cell {cell.id}")
                cell.source = source
        result[path] = text, nbformat.writes(notebook).rstrip("\n") + "\n"
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what would change")
    check = parser.parse_args().check
    try:
        changed = {path: new for path, (old, new) in refreshed().items() if old != new}
    except (PageError, glossary.GlossaryError) as error:
        print(error, file=sys.stderr)
        return 1
    for path, new in changed.items():
        print(f"{path.relative_to(ROOT)}: {'would change' if check else 'written'}")
        if not check:
            path.write_text(new, encoding="utf-8")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
