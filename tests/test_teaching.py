"""TEACHING.md names headings that are there, and leaves none out.

Its minutes, clocks and sums are those that tools/refresh.py writes.
"""

import re
from pathlib import Path

import nbformat
import pytest

import lesson
from tools.editions import EDITIONS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = {path.stem[:2]: nbformat.read(path, as_version=4) for path in PATHS}
TEXTS = {
    number: [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for number, notebook in NOTEBOOKS.items()
}

# The share of a timetable that is for whatever takes longer.
SLACK = 0.08
# Minutes: of a challenge that is voted on, of one that is told, and without a break.
VOTE, TOLD, LONGEST = 4, 1, 120
# What every notebook has, and what nobody needs to be told to show or to skip.
FRAME = {
    "What you will do",
    "Questions",
    "What you will be able to do",
    "What you need",
    "Key points",
    "On your own",
    "Where next",
}


def section(heading):
    """Return the text under a heading of TEACHING.md, up to the next one of its level or above."""
    level, _, _ = heading.partition(" ")
    starts = re.findall(rf"(?m)^{re.escape(heading)}.*\n", PAGE)
    assert len(starts) == 1, f"{heading!r} stands {len(starts)} times in TEACHING.md"
    rest = PAGE.partition(starts[0])[2]
    return re.split(rf"(?m)^#{{2,{len(level)}}} ", rest)[0]


def table(text, *columns):
    """Return the rows of the table with this header, as lists of what stands in the cells."""
    header = "| " + " | ".join(columns) + " |\n"
    assert text.count(header) == 1, f"{header!r} stands {text.count(header)} times"
    lines = text.partition(header)[2].splitlines()[1:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    assert all(len(row) == len(columns) for row in rows)
    return rows


def headings(number, levels="#{2,3}"):
    return re.findall(rf"(?m)^{levels} (.+)$", "\n".join(TEXTS[number]))


def named_headings(text):
    """Return what stands in italics, which on this page are headings of the notebooks."""
    text = re.sub(r"`[^`]*`|\*\*.*?\*\*", "", text, flags=re.S)
    return [" ".join(name.split()) for name in re.findall(r"\*([^*]+)\*", text)]


def test_half_days_hold_each_notebook_of_the_course_in_order():
    text = section("### In four half-days")
    halves = ("first", "second", "third", "fourth")
    parts = [table(text, "start", f"{half} half-day", "minutes") for half in halves]
    held = [what[:2] for part in parts for _, what, _ in part if re.match(r"\d\d\b", what)]
    assert list(dict.fromkeys(held)) == [
        number for number, n in NOTEBOOKS.items() if not n.metadata.lesson.get("extra")
    ]


@pytest.mark.parametrize("number", re.findall(r"(?m)^### Notebook (\d\d):", PAGE))
def test_short_course_says_of_every_section_whether_it_is_shown(number):
    text = section(f"### Notebook {number}:")
    show, skip = re.fullmatch(r"\s*- Show: (.*)\n- Skip: (.*)", text, re.S).groups()
    # Behind its headings, the last entry may have a remark on other notebooks.
    shown, skipped = named_headings(show), named_headings(skip)
    there = headings(number)
    assert set(shown + skipped) <= set(there)
    assert len(shown + skipped) == len(set(shown + skipped)), "shown and skipped, or named twice"
    sections = {name for name in headings(number, "##") if "hallenge: " not in name} - FRAME
    assert not sections - set(shown + skipped), "say whether these are shown or skipped"
    assert shown == [name for name in there if name in shown], "in the order of the notebook"


def test_the_demonstration_names_headings_of_the_right_notebook():
    rows = table(section("## With 50 minutes only"), "minutes", "notebook", "what")
    for _, number, what in rows[:-1]:
        assert set(named_headings(what)) <= (set(headings(number)) if number else set()), number


def test_whatever_is_in_italics_is_a_heading():
    everywhere = {name for number in TEXTS for name in headings(number)}
    named = named_headings(PAGE)
    assert len(named) > 50
    assert not sorted(set(named) - everywhere)


def test_links_and_named_files_are_there():
    targets = re.findall(r"\]\((?!https:)([^)#]+)\)", PAGE)
    folders = [name for name in re.findall(r"`([\w./-]+)`", PAGE) if "/" in name]
    assert targets
    assert not [name for name in targets + folders if not (ROOT / name).exists()]


COMMANDS = sorted({" ".join(c.split()) for c in re.findall(r"`python3 (lesson\.py [^`]+)`", PAGE)})


@pytest.mark.parametrize("command", COMMANDS)
def test_the_launcher_knows_the_command(command, monkeypatch):
    monkeypatch.setattr("sys.argv", command.split())
    options, rest = lesson.command_line()
    assert options.command == command.split()[1] and not rest


def test_all_editions_are_told():
    rows = table(section("## Editions"), "edition", "for", "what is in it")
    assert [row[0] for row in rows] == list(EDITIONS)


def minutes_of_slack(rows):
    """Return the minutes of the rows that are slack, and of all."""
    minutes = [int(row[-1]) for row in rows[:-1]]
    return sum(m for m, row in zip(minutes, rows, strict=False) if row[1] == "slack"), sum(minutes)


@pytest.mark.parametrize("half", ["first", "second", "third", "fourth"])
def test_half_days_have_slack(half):
    slack, total = minutes_of_slack(
        table(section("### In four half-days"), "start", f"{half} half-day", "minutes")
    )
    assert slack / total >= SLACK


def short_course():
    text = section("## The short course").partition("### ")[0]
    return table(text, "start", "notebook", "teaching", "exercises", "minutes")


def test_the_short_course_has_slack():
    slack, total = minutes_of_slack(short_course())
    assert slack / total >= SLACK


def asked(number):
    """Return the challenges that the short course shows, each with "a vote" or "told"."""
    shown = section(f"### Notebook {number}:").partition("\n- Skip:")[0]
    shown = " ".join(shown.split())
    return dict(re.findall(r"\*(Challenge: [^*]+)\*, (a vote|told)\b", shown)), shown


@pytest.mark.parametrize("number", re.findall(r"(?m)^### Notebook (\d\d):", PAGE))
def test_what_is_asked_in_the_short_course_fits_its_minutes(number):
    how, shown = asked(number)
    named = [name for name in named_headings(shown) if name.startswith("Challenge: ")]
    assert list(how) == named, "say of each challenge whether it is a vote or told"
    exercises = sum(int(row[3] or 0) for row in short_course() if row[1][:2] == number)
    minutes = [VOTE if said == "a vote" else TOLD for said in how.values()]
    assert 0 < sum(minutes) <= exercises


def test_a_break_is_a_break():
    rows = re.findall(r"(?m)^\| \d+:\d\d \| ([^|]*\bbreak\b[^|]*) \|", PAGE)
    assert len(rows) >= 5 and set(rows) == {"break"}


def test_nobody_sits_longer_than_two_hours():
    days = [
        table(section("### In four half-days"), "start", f"{half} half-day", "minutes")
        for half in ("first", "second", "third", "fourth")
    ]
    for rows in [*days, short_course()]:
        since = 0
        for row in rows[:-1]:
            since = 0 if row[1] == "break" else since + int(row[-1])
            assert since <= LONGEST, row


def test_the_demonstration_catches_up_at_the_heading_that_it_names():
    text = " ".join(section("## With 50 minutes only").split())
    number, stop, heading = re.search(r"in (\d\d) `catch_up\((\d)\)`.*?\*([^*]+)\*", text).groups()
    stops = {
        cell.source.partition("\n")[0].removeprefix("## "): cell.metadata.get("stop")
        for cell in NOTEBOOKS[number].cells
    }
    assert stops[heading] == int(stop)


def test_each_notebook_has_the_stop_that_is_the_example():
    (example,) = set(re.findall(r"`catch_up\((\d)\)`", section("## When somebody falls behind")))
    for number, notebook in NOTEBOOKS.items():
        stops = [cell.metadata["stop"] for cell in notebook.cells if "stop" in cell.metadata]
        assert int(example) in stops, number


@pytest.mark.parametrize("survey", ["### Survey: before", "### Survey: after"])
def test_surveys_ask_for_no_name_and_fit_a_page(survey):
    """They are printed as they stand: what is for instructors has its place above them."""
    before, *questions = re.split(r"(?m)^\d\. ", section(survey))
    assert before.strip() == "Please do not write your name."
    assert 4 <= len(questions) <= 7 and len(section(survey)) < 1500


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_page_is_found_from(name):
    assert (ROOT / name).read_text(encoding="utf-8").count("](TEACHING.md)") == 1
