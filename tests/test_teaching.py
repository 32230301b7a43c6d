"""TEACHING.md, README.md and the notebooks give the same minutes and the same headings."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEXTS = {
    path.stem[:2]: [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    ]
    for path in PATHS
}
each_notebook = pytest.mark.parametrize("number", TEXTS)

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


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


def headings(number, levels="#{2,3}"):
    return re.findall(rf"(?m)^{levels} (.+)$", "\n".join(TEXTS[number]))


def named_headings(text):
    """Return what stands in italics, which on this page are headings of the notebooks."""
    text = re.sub(r"`[^`]*`|\*\*.*?\*\*", "", text, flags=re.S)
    return [" ".join(name.split()) for name in re.findall(r"\*([^*]+)\*", text)]


def full_course():
    """Return for each notebook its row: teaching, exercises, together, optional."""
    rows = table(
        section("## The full course"), "notebook", "teaching", "exercises", "together", "optional"
    )
    return {row[0][1:3]: [int(cell or 0) for cell in row[1:]] for row in rows[:-1]}, rows[-1]


def short_course():
    columns = ("start", "notebook", "teaching", "exercises", "minutes")
    return table(section("## The short course"), *columns)


def check_clock(rows):
    """Each row starts when the one before it ends, and the last one has the sum."""
    clock = [hours * 60 + minutes for hours, minutes in (numbers(row[0]) for row in rows)]
    minutes = [int(row[-1]) for row in rows]
    assert rows[-1][1] == "end" and minutes[-1] == sum(minutes[:-1])
    for row, start, length, end in zip(rows, clock, minutes, clock[1:], strict=False):
        assert start + length == end, row


def promised(text, start):
    """Return the numbers in the sentence that follows a bold word in a notebook's text."""
    (sentence,) = re.findall(rf"{re.escape(start)} ([^.]*)\.", "\n".join(text))
    return numbers(sentence)


@each_notebook
def test_time_and_note_and_timetable_agree(number):
    teaching, exercises, together, optional = full_course()[0][number]
    assert together == teaching + exercises
    given = promised(TEXTS[number], "**Time:**")
    assert promised(TEXTS[number], "**Minutes.**") == given
    if together:
        assert given == [teaching, exercises] + [optional] * (optional > 0)
    else:  # the whole notebook is optional
        assert len(given) == 2 and sum(given) == optional


@each_notebook
def test_readme_gives_the_same_minutes(number):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(rf"(?m)^\| \[{number} .*\| (\d+) \+ (\d+) \|$", readme)
    assert [list(map(int, row)) for row in rows] == [promised(TEXTS[number], "**Time:**")[:2]]


def test_every_notebook_is_in_the_timetable_and_there():
    rows, _ = full_course()
    assert sorted(rows) == sorted(TEXTS)
    linked = re.findall(r"\[(\d\d)\]\(notebooks/([\w-]+\.ipynb)\)", section("## The full course"))
    assert [(path.stem[:2], path.name) for path in PATHS] == linked


def test_totals_of_the_full_course():
    rows, total = full_course()
    assert total[0] == "total"
    assert [int(cell) for cell in total[1:]] == [
        sum(column) for column in zip(*rows.values(), strict=True)
    ]


def test_half_days_hold_each_notebook_in_full_and_in_order():
    text = section("### In two half-days")
    parts = [table(text, "start", f"{half} half-day", "minutes") for half in ("first", "second")]
    given = {}
    for part in parts:
        check_clock(part)
        for _, what, minutes in part:
            if re.match(r"\d\d\b", what):
                given[what[:2]] = given.get(what[:2], 0) + int(minutes)
    rows, _ = full_course()
    assert list(given.items()) == [(name, row[2]) for name, row in rows.items() if row[2]]


def test_one_and_a_half_days_hold_each_notebook_once():
    text = " ".join(section("### In one and a half days").split())
    parts = re.findall(r"(\d\d) (to|and) (\d\d) \((\d+) minutes\)", text)
    rows = full_course()[0]
    held = []
    for first, _, last, minutes in parts:
        part = [name for name in rows if first <= name <= last]
        assert sum(rows[name][2] for name in part) == int(minutes), part
        held += part
    assert held == [name for name, row in rows.items() if row[2]]


def test_short_course_takes_140_minutes():
    rows = short_course()
    check_clock(rows)
    assert rows[-1][-1] == "140"
    for row in rows[:-1]:
        teaching, exercises, minutes = (int(cell or 0) for cell in row[2:])
        assert "break" in row[1] or teaching + exercises == minutes, row
    for column in (2, 3):
        assert int(rows[-1][column]) == sum(int(row[column] or 0) for row in rows[:-1])
    assert section("## The short course").count("### Notebook ") == 6
    assert "## The short course: 140 minutes\n" in PAGE


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06"])
def test_short_course_says_of_every_section_whether_it_is_shown(number):
    minutes = sum(int(row[-1]) for row in short_course() if row[1].startswith(number))
    heading = f"### Notebook {number}: {minutes} minutes"
    show, skip = re.fullmatch(r"\s*- Show: (.*)\n- Skip: (.*)", section(heading), re.S).groups()
    # Behind its headings, the last entry may have a remark on other notebooks.
    shown, skipped = named_headings(show), named_headings(skip)
    there = headings(number)
    assert set(shown + skipped) <= set(there)
    assert len(shown + skipped) == len(set(shown + skipped)), "shown and skipped, or named twice"
    sections = set(headings(number, "##")) - FRAME
    assert not sections - set(shown + skipped), "say whether these are shown or skipped"
    assert shown == [name for name in there if name in shown], "in the order of the notebook"


def test_fifty_minutes_are_fifty():
    rows = table(section("## With 50 minutes only"), "minutes", "notebook", "what")
    assert int(rows[-1][0]) == sum(int(row[0]) for row in rows[:-1]) == 50
    for _, number, what in rows[:-1]:
        assert set(named_headings(what)) <= set(headings(number)), number


def test_whatever_is_in_italics_is_a_heading():
    everywhere = {name for number in TEXTS for name in headings(number)}
    named = named_headings(PAGE)
    assert len(named) > 50
    assert not sorted(set(named) - everywhere)


def test_links_and_named_files_are_there():
    targets = re.findall(r"\]\((?!https:)([^)#]+)\)", PAGE)
    folders = [name for name in re.findall(r"`([\w./-]+)`", PAGE) if "/" in name]
    assert targets and folders
    assert not [name for name in targets + folders if not (ROOT / name).exists()]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_page_is_found_from(name):
    assert (ROOT / name).read_text(encoding="utf-8").count("](TEACHING.md)") == 1
