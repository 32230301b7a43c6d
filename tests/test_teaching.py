"""TEACHING.md names headings that are there, and leaves none out.

Its minutes, clocks and sums are those that tools/refresh.py writes.
"""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = {path.stem[:2]: nbformat.read(path, as_version=4) for path in PATHS}
TEXTS = {
    number: [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for number, notebook in NOTEBOOKS.items()
}

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
