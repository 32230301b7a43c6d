"""Make run sheets for instructors: one page of HTML a notebook, for a second screen or paper.

    python tools/run_sheets.py FOLDER [--start 9:00] [--epoch-seconds 1.1] [--notebooks 04 05]

A sheet says when to be where, what to say, type, run and ask, what answers to expect, and what to
leave out when time runs short. All of it is made from the notebook, from the entries of its
challenges, and from data/runs/cell_seconds.csv. The minutes of a sheet sum up to those in the
notebook's metadata:

- typing takes its characters, running its seconds;
- a vote takes four minutes. Tasks that are written share the rest of the minutes for challenges.
  Where that leaves less than about five minutes for each, only the first ones are written, and the
  solution of the others is shown;
- what is left of the teaching minutes is for the prose, by its words.

Beside the sheets lie index.html, and survey.html with the two surveys of TEACHING.md.
"""

import argparse
import csv
import html
import math
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import mistune
import nbformat
from editions import BEGIN, CHARACTERS_A_MINUTE, tags, typed
from markupsafe import Markup
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

from helpers.backstage.catching_up import INSTEAD  # noqa: E402
from helpers.backstage.files import write_whole  # noqa: E402
from helpers.challenges import CHALLENGES  # noqa: E402
from helpers.challenges.forms import (  # noqa: E402
    Challenge,
    Choice,
    Number,
    Open,
    Span,
    Text,
)

SECONDS = ROOT / "data" / "runs" / "cell_seconds.csv"
VOTE, WRITE, SHOW = 4, 5, 2  # minutes; WRITE is about the least
LATE = 10
# So many typical mistakes stand open; the others are folded.
OPEN_MISTAKES = 4
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z*`\[(0-9])")
FIGURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|<img\b[^>]*\bsrc=\"([^\"]+)\"")
SURVEYS = ("Survey: before", "Survey: after")


class RunSheetError(ValueError):
    """What was asked for cannot be made; the message says why, and what to do."""


# --- text ---------------------------------------------------------------------------------------


class Renderer(mistune.HTMLRenderer):
    """Render what needs nothing but the page: figures by name, and links that leave the lesson."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>figure {html.escape(Path(url).stem)}</em>"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        # A notebook or a page of the lesson does not lie beside the sheet.
        return super().link(text, url, title) if re.match("https?://", url) else text


MARKDOWN = mistune.create_markdown(
    renderer=Renderer(escape=True), plugins=["table", "strikethrough"]
)


def render(text: str) -> Markup:
    """Return markdown as HTML. What is HTML in it already is shown as it is written."""
    return Markup(MARKDOWN(re.sub(r"<!--.*?-->", "", text, flags=re.S)))


def inline(text: str) -> Markup:
    """Return a sentence of markdown as HTML, without a paragraph around it."""
    return Markup(re.sub(r"\A<p>(.*)</p>\s*\Z", r"\1", str(render(text)), flags=re.S))


def plain(text: str) -> str:
    """Return a heading without its markup."""
    return Markup(inline(text)).striptags()


def paragraphs(source: str) -> list[str]:
    """Return the paragraphs of a cell that are prose: no heading, figure, list, box or table."""
    blocks = re.split(r"\n\s*\n", re.sub(r"<!--.*?-->", "", source, flags=re.S).strip())
    return [
        " ".join(block.split())
        for block in blocks
        if not re.match(r"#{1,6} |!\[|[-*+] |\d+\. |>|\||<|```", block)
    ]


def questions(source: str) -> list[str]:
    """Return the questions that the prose of a cell asks."""
    sentences = [s for text in paragraphs(source) for s in SENTENCE.split(text)]
    return [sentence for sentence in sentences if sentence.endswith("?")]


def what_to_say(source: str) -> str:
    """Return the first sentence of a cell, or what stands there in place of prose."""
    if prose := paragraphs(source):
        return SENTENCE.split(prose[0])[0]
    for line in source.splitlines():
        if re.match(r">\s*\*\*", line):  # a box, whose title is bold
            return f"Box: {line.lstrip('> ')}"
        if item := re.match(r"(?:[-*+]|\d+\.) (.*)", line):
            return SENTENCE.split(item[1])[0]
    return ""


def figures(source: str) -> list[str]:
    return [Path(first or second).stem for first, second in FIGURE.findall(source)]


def heading_of(source: str) -> tuple[int, str]:
    """Return the level and the text of a cell's heading: (0, "") without one."""
    found = re.match(r"(#{1,3}) +(.+)", source)
    return (len(found[1]), plain(found[2])) if found else (0, "")


# --- challenges -------------------------------------------------------------------------------


def is_vote(names: list[str]) -> bool:
    """Tell whether these challenges are answered by a show of hands, or in a few words."""
    return bool(names) and all(
        isinstance(CHALLENGES[name], Choice | Number | Text | Open) for name in names
    )


def number(value: float) -> str:
    return f"{value:,.10g}"


def span(item: Span) -> str:
    """Return a span in words."""
    if item.low == item.high:
        return number(item.low)
    if math.isinf(item.low):
        return f"below {number(item.high)}"
    if math.isinf(item.high):
        return f"above {number(item.low)}"
    return f"{number(item.low)} to {number(item.high)}"


def examples(item: Any) -> str:
    """Return an answer, or examples of it, in words."""
    return span(item) if isinstance(item, Span) else " or ".join(map(repr, item.examples[:2]))


def right_answers(challenge: Challenge) -> list[str]:
    """Return the right answers in words; none where they are code."""
    if isinstance(challenge, Choice):
        return [f"{letter}: {challenge.options[letter].text}" for letter in challenge.answer]
    if isinstance(challenge, Number | Text):
        return [examples(item) for item in challenge.answer]
    if isinstance(challenge, Open):
        return list(challenge.answer)
    return []


def mistakes(challenge: Challenge) -> list[tuple[str, str]]:
    """Return typical wrong answers in words, each with its reason."""
    found = []
    if isinstance(challenge, Choice):
        found = [
            (f"{letter}: {option.text}", option.why)
            for letter, option in challenge.options.items()
            if option.why
        ]
    named = isinstance(challenge, Choice | Number | Text)
    found += [(examples(item) if named else "", item.why) for item in challenge.tempting]
    return [*found, ("Anything else", challenge.wrong)] if challenge.wrong else found


def asked(name: str) -> dict[str, Any]:
    """Return what a sheet says about a challenge."""
    challenge = CHALLENGES[name]
    if not challenge.expect:
        raise RunSheetError(
            f"The challenge {name!r} does not say what to expect. Give its entry, in "
            "helpers/challenges/entries/, the field expect."
        )
    wrong = mistakes(challenge)
    cut = len(wrong) if isinstance(challenge, Choice) else OPEN_MISTAKES
    return {
        "name": name,
        "letters": isinstance(challenge, Choice),
        "form": inline(challenge.form),
        "expect": inline(challenge.expect),
        "right": right_answers(challenge),
        "then": inline(challenge.right),
        "mistakes": wrong[:cut],
        "more": wrong[cut:],
    }


# --- the parts of a notebook ------------------------------------------------------------------


@dataclass
class Row:
    """One line of a sheet: what to do, and what belongs to it."""

    kind: str  # say, type, run, ask, note, vote
    text: Any = ""
    of: dict[str, Any] = field(default_factory=dict)


@dataclass
class Part:
    """What stands under one heading, or one challenge with its solution."""

    name: str
    heading: str
    level: int
    kind: str = "teaching"  # or challenge
    optional: bool = False
    stop: int | None = None
    skip: bool = False
    rows: list[Row] = field(default_factory=list)
    words: int = 0
    typing: float = 0  # minutes
    running: float = 0
    names: list[str] = field(default_factory=list)  # of challenges
    how: str = ""  # vote, write or show
    minutes: float = 0
    saves: int = 0
    start: int = 0  # minutes since the beginning, whole ones
    lasts: int = 0


def read_seconds(number_of_notebook: str) -> dict[str, tuple[float, float]]:
    """Return the seconds and the epochs that cells of a notebook take, by the ids of the cells."""
    if not SECONDS.exists():
        raise RunSheetError(
            f"{SECONDS.relative_to(ROOT)} is missing, which says how long cells take. Get the "
            "lesson anew, or measure: python tools/benchmarks/cell_seconds.py"
        )
    with SECONDS.open(encoding="utf-8", newline="") as file:
        return {
            row["cell"]: (float(row["seconds"]), float(row["epochs"]))
            for row in csv.DictReader(file)
            if row["notebook"] == number_of_notebook
        }


def in_words(seconds: float) -> str:
    """Return seconds as they are said aloud: "25 s", "3 min"."""
    if seconds < 1:
        return "1 s"
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def row_of_code(cell: NotebookNode, seconds: float, by_hand: bool) -> Row:
    """Return the row of a cell that is typed or run."""
    code = typed(cell.source) if by_hand else ""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip() != BEGIN]
    comments = [line.lstrip("# ") for line in lines[: first_code(lines)] if line]
    instead = INSTEAD.search(cell.source)
    goal = [line for line in comments if not line.startswith("Instead of training")]
    return Row(
        "type" if by_hand else "run",
        code,
        {
            "id": cell.id,
            "goal": " ".join(goal),
            "first": lines[first_code(lines)] if lines else "",
            "characters": len(code),
            "minutes": len(code) / CHARACTERS_A_MINUTE,
            "seconds": in_words(seconds) if seconds else "",
            "instead": instead[1] if instead else "",
        },
    )


def first_code(lines: list[str]) -> int:
    """Return the place of the first line that is neither a comment nor empty."""
    places = (i for i, line in enumerate(lines) if line and not line.startswith("#"))
    return next(places, 0)


def parts_of(notebook: NotebookNode, seconds: dict[str, float]) -> tuple[list[Part], list[Part]]:
    """Return the parts of a notebook, and the notes that answer questions which come."""
    parts: list[Part] = []
    answers: list[Part] = []
    note: Row | Part | None = None
    optional = False

    def begin(cell: NotebookNode, kind: str = "teaching") -> Part:
        found = heading_of(cell.source) if cell.cell_type == "markdown" else (0, "")
        part = Part(
            name=f"part-{len(parts)}",
            heading=found[1] or "After the challenge",
            level=found[0] or 3,
            kind=kind,
            optional=optional,
            stop=cell.metadata.get("stop"),
            skip="skip-when-late" in tags(cell),
        )
        parts.append(part)
        return part

    for cell in notebook.cells:
        marked = tags(cell)
        level, heading = heading_of(cell.source) if cell.cell_type == "markdown" else (0, "")
        took = seconds.get(cell.id, 0) if cell.cell_type == "code" else 0
        if "instructor" in marked:
            if level or note is None:
                topic = heading.removeprefix("For instructors: ")
                if re.search("question|will ask", topic):
                    note = Part(f"answers-{len(answers)}", topic, 3)
                    answers.append(note)
                else:
                    note = Row("note", "", {"topic": topic, "link": ""})
                current = parts[-1] if parts else begin(cell)
                link = {"topic": topic, "link": getattr(note, "name", "")}
                current.rows.append(note if isinstance(note, Row) else Row("note", "", link))
            body = render(re.sub(r"\A### .*", "", cell.source))
            if isinstance(note, Row):
                note.text = Markup(note.text) + body
            else:
                note.rows.append(Row("note", body))
            continue
        note = None
        if {"challenge", "solution"} & marked:
            challenges = [part for part in parts if part.kind == "challenge"]
            if "challenge" in marked and level == 2 or not challenges:
                optional = heading.startswith("Optional")
                challenges.append(begin(cell, "challenge"))
                asks = next(iter(paragraphs(cell.source)), "")
                challenges[-1].rows.append(Row("question", render(asks)))
            # A solution may stand further down, below what shows it.
            add_to_challenge(challenges[-1], cell, took)
            continue
        if level in (1, 2):
            optional = heading.startswith("Optional")
        if level or not parts or parts[-1].kind == "challenge":
            begin(cell)
        if cell.cell_type == "markdown":
            add_prose(parts[-1], cell.source)
        elif cell.cell_type == "code":
            row = row_of_code(cell, took, "type" in marked)
            parts[-1].rows.append(row)
            parts[-1].typing += row.of["minutes"]
            parts[-1].running += took / 60
    return parts, answers


def add_prose(part: Part, source: str) -> None:
    part.words += len(re.findall(r"\w+", source))
    if items := re.match(r"#+ .*\n+((?:(?:[-*+]|\d+\.) .*\n?)+)", source):
        part.rows.append(Row("say", render(items[1])))
        return
    for name in figures(source):
        part.rows.append(Row("say", inline(f"Show the figure *{name}*.")))
    sentence = what_to_say(source)
    open_questions = questions(source)
    if sentence and sentence not in open_questions:
        part.rows.append(Row("say", inline(sentence)))
    if open_questions:
        part.rows.append(Row("ask", inline(" ".join(open_questions))))


def add_to_challenge(part: Part, cell: NotebookNode, seconds: float) -> None:
    if cell.cell_type != "code":
        return
    part.running += seconds / 60
    for name in re.findall(r"check\(\s*[\"']([\w-]+)[\"']", cell.source):
        if name not in CHALLENGES:
            raise RunSheetError(
                f"The cell {cell.id!r} checks {name!r}, which is no challenge. Check its spelling."
            )
        part.names.append(name)
        part.rows.append(Row("answer", "", asked(name)))
    if "solution" in tags(cell) and not is_vote(part.names):
        of = {"seconds": in_words(seconds) if seconds else "", "id": cell.id}
        if not any(row.kind == "solution" for row in part.rows):
            part.rows.append(Row("solution", cell.source, of))


# --- minutes ------------------------------------------------------------------------------------


def share_minutes(parts: list[Part], lesson: dict[str, Any], title: str) -> bool:
    """Give each part its minutes; tell whether there is time for the trainings.

    Raises
    ------
    RunSheetError
        If the minutes of the notebook are too few, or there is nothing to share them among.
    """
    groups = {
        "teaching": [p for p in parts if p.kind == "teaching" and not p.optional],
        "challenges": [p for p in parts if p.kind == "challenge" and not p.optional],
        "optional": [p for p in parts if p.optional],
    }
    in_time = True
    for what, group in groups.items():
        total = lesson.get(what, 0)
        if total and not group:
            raise RunSheetError(
                f"{title}: lesson.{what} is {total} minutes, and nothing in the notebook is of "
                "that kind. Set it to 0, or mark the cells."
            )
        if what == "teaching":
            in_time = share_teaching(group, total, title)
        elif what == "challenges":
            share_challenges(group, total)
        else:
            for part in group:
                part.minutes = total / len(group)
                part.how = how_to_answer(part) if part.kind == "challenge" else ""
    return in_time


def share_teaching(parts: list[Part], total: float, title: str) -> bool:
    typing, running = sum(p.typing for p in parts), sum(p.running for p in parts)
    words = sum(p.words for p in parts)
    if typing > total:
        raise RunSheetError(
            f"{title}: typing takes {typing:.1f} minutes, which is more than the {total} teaching "
            "minutes. Type less (tag type), or raise lesson.teaching."
        )
    # On a slow machine everything is loaded.
    in_time = typing + running <= total
    left = total - typing - running * in_time
    for part in parts:
        share = part.words / words if words else 1 / len(parts)
        part.minutes = part.typing + part.running * in_time + left * share
    return in_time


def how_to_answer(part: Part) -> str:
    return "vote" if is_vote(part.names) else "write"


def share_challenges(parts: list[Part], total: float) -> None:
    """Decide what is voted on, written and shown, and for how long."""
    votes = [p for p in parts if how_to_answer(p) == "vote"]
    tasks = [p for p in parts if how_to_answer(p) == "write"]
    for part in votes:
        part.how, part.minutes = "vote", VOTE + part.running
    left = total - sum(p.minutes for p in votes)
    shown = [SHOW + p.running for p in tasks]
    for n_written in range(len(tasks), -1, -1):
        rest = left - sum(shown[n_written:])
        if rest >= n_written * (WRITE - 0.5) and (n_written or not tasks):
            break
    else:  # not even one task can be written
        n_written, rest = len(tasks), left
    for part in tasks[:n_written]:
        part.how, part.minutes = "write", rest / n_written
    for part, minutes in zip(tasks[n_written:], shown[n_written:], strict=True):
        part.how, part.minutes = "show", minutes
    planned = sum(p.minutes for p in parts)
    if any(p.minutes <= 0 for p in parts) or not math.isclose(planned, total, abs_tol=1e-6):
        # Only votes, or too little time for anything: nobody knows better than equal parts.
        for part in parts:
            part.minutes = total / len(parts)


def set_clock(parts: list[Part]) -> None:
    """Round to whole minutes, so that they sum up to the whole."""
    passed = 0.0
    for part in parts:
        part.start = math.floor(passed + 0.5)
        if not part.optional:
            passed += part.minutes
            part.lasts = math.floor(passed + 0.5) - part.start
        else:  # it is not in the clock
            part.lasts = round(part.minutes)
    for part in parts:
        if part.skip:
            part.saves = sum(other.lasts for other in below(parts, part))


def timetable(parts: list[Part]) -> list[tuple[Part, int]]:
    """Return the parts that have a row in the timetable, each with the minutes until the next.

    These are sections, challenges, and what goes on after a challenge.
    """
    before = [None, *parts[:-1]]
    rows = [
        part
        for part, previous in zip(parts, before, strict=True)
        if part.level <= 2 or (previous and previous.kind == "challenge")
    ]
    if parts and parts[0] not in rows:
        rows.insert(0, parts[0])
    places = [parts.index(part) for part in rows]
    ends = [*places[1:], len(parts)]
    return [
        (part, sum(other.lasts for other in parts[place:end]))
        for part, place, end in zip(rows, places, ends, strict=True)
    ]


def below(parts: list[Part], part: Part) -> list[Part]:
    """Return a part, and those with smaller headings that follow it."""
    place = parts.index(part)
    ends = (i for i in range(place + 1, len(parts)) if parts[i].level <= 2)
    return parts[place : next(ends, len(parts))]


def minutes_of_clock(text: str) -> int:
    """Return minutes since midnight.

    Raises
    ------
    RunSheetError
        If the text is no time.
    """
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise RunSheetError(f"{text!r} is no time. Write hours and minutes, such as 9:00 or 13:30.")
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


# --- pages --------------------------------------------------------------------------------------


def run_sheet(
    notebook: NotebookNode,
    start: str = "0:00",
    epoch_seconds: float | None = None,
    number_of_notebook: str = "",
) -> str:
    """Make the run sheet of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook of the lesson, with minutes in its metadata.
    start : str
        When it begins.
    epoch_seconds : float, optional
        How long an epoch of the network with two blocks takes on the instructor's machine. Left
        out, the seconds are those of the machine on which the cells were timed.
    number_of_notebook : str
        Such as "04": under this number data/runs/cell_seconds.csv has its cells.

    Returns
    -------
    str
        A page of HTML that needs no other file.

    Raises
    ------
    RunSheetError
        If the minutes do not suffice, or an argument makes no sense.
    """
    begins = minutes_of_clock(start)
    if epoch_seconds is not None and not 0 < epoch_seconds < math.inf:
        raise RunSheetError(f"An epoch cannot take {epoch_seconds} seconds. Give a number above 0.")
    measured = read_seconds(number_of_notebook) if number_of_notebook else {}
    seconds = {
        cell: epochs * epoch_seconds if epoch_seconds else took
        for cell, (took, epochs) in measured.items()
    }
    parts, answers = parts_of(notebook, seconds)
    title = title_of(notebook)
    lesson = notebook.metadata["lesson"]
    in_time = share_minutes(parts, lesson, f"{number_of_notebook} {title}".strip())
    set_clock(parts)
    total = lesson["teaching"] + lesson["challenges"]
    rows = [row for part in parts for row in part.rows]
    by_hand = [row for row in rows if row.kind == "type"]
    return TEMPLATES.get_template("sheet.html").render(
        title=title,
        number=number_of_notebook,
        parts=parts,
        answers=answers,
        lesson=lesson,
        optional=lesson.get("optional", 0),
        total=total,
        begins=clock(begins),
        ends=clock(begins + total),
        at=lambda part: clock(begins + part.start),
        timetable=timetable(parts),
        typed_cells=len(by_hand),
        characters=sum(row.of["characters"] for row in by_hand),
        typing=sum(part.typing for part in parts),
        running=in_words(sum(60 * p.running for p in parts if p.kind == "teaching")),
        in_time=in_time,
        where="on this machine" if epoch_seconds else "on the reference machine",
        late=[part for part in parts if part.skip and not part.optional],
        at_most=LATE,
        shown=[part for part in parts if part.how == "show"],
    )


def title_of(notebook: NotebookNode) -> str:
    first = notebook.cells[0].source if notebook.cells else ""
    return heading_of(first)[1] or "Notebook"


def survey(teaching: str) -> str:
    """Make a page to print of the two surveys in the text of TEACHING.md.

    Of each section the numbered questions are taken; what stands before them is for instructors.

    Raises
    ------
    RunSheetError
        If one of them is missing, or asks nothing.
    """
    pages = []
    for heading in SURVEYS:
        found = re.search(rf"(?ms)^### {heading}[^\n]*\n(.*?)(?=^#{{1,3}} |\Z)", teaching)
        if not found:
            raise RunSheetError(
                f"TEACHING.md has no section ### {heading}. Write it, or correct its heading."
            )
        _, first, rest = found[1].partition("\n1. ")
        if not first:
            raise RunSheetError(
                f"TEACHING.md: the section ### {heading} has no questions. Number them: 1. What …?"
            )
        pages.append((heading.partition(": ")[2], render(first + rest)))
    return TEMPLATES.get_template("survey.html").render(pages=pages)


def sheets(
    start: str, epoch_seconds: float | None, only: Iterable[str] = ()
) -> Iterator[tuple[Path, NotebookNode, str]]:
    """Give each notebook, by its path, with its sheet."""
    found = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    paths = {path.name[:2]: path for path in found}
    for name in only:
        if name not in paths:
            raise RunSheetError(f"There is no notebook {name!r}. Write: {', '.join(paths)}.")
    for name, path in paths.items():
        if name in only or not only:
            notebook = nbformat.read(path, as_version=4)
            yield path, notebook, run_sheet(notebook, start, epoch_seconds, name)


def write_sheets(
    folder: Path, start: str, epoch_seconds: float | None, only: Iterable[str] = ()
) -> None:
    """Write the sheets, a page that lists them, and the surveys into a folder.

    Parameters
    ----------
    folder : Path
        Where to. It is made if it is not there.
    start : str
        When each notebook begins, such as "9:00".
    epoch_seconds : float, optional
        As in `run_sheet`.
    only : iterable of str
        Numbers of notebooks; all if left out.

    Raises
    ------
    RunSheetError
        If something in a notebook, or an argument, does not fit. Nothing is written then.
    """
    pages, rows = {}, []
    for path, notebook, page in sheets(start, epoch_seconds, list(only)):
        name = f"{path.stem}.html"
        pages[name] = page
        lesson = notebook.metadata["lesson"]
        rows.append((path.stem[:2], name, title_of(notebook), lesson))
    pages["survey.html"] = survey((ROOT / "TEACHING.md").read_text(encoding="utf-8"))
    pages["index.html"] = TEMPLATES.get_template("index.html").render(rows=rows)
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        write_whole(folder / name, page.encode("utf-8"))


TEMPLATES = jinja2.Environment(
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "sheets"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write them")
    parser.add_argument("--start", default="9:00", help="when each notebook begins")
    parser.add_argument(
        "--epoch-seconds",
        type=float,
        help="seconds of an epoch on your machine, as `python3 lesson.py doctor` says",
    )
    parser.add_argument("--notebooks", nargs="+", default=[], metavar="NN", help="only these")
    options = parser.parse_args()
    try:
        write_sheets(options.folder, options.start, options.epoch_seconds, options.notebooks)
    except RunSheetError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Open {options.folder / 'index.html'} in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
