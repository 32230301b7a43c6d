"""The glossary has what the notebooks define, and links from their text lead to it."""

import re

import glossary
import nbformat
import pytest
from glossary import Entry, GlossaryError, Place

from conftest import ROOT

TEXT = (ROOT / "notebooks" / glossary.PAGE).read_text(encoding="utf-8")
ENTRIES = glossary.read(TEXT)
NOTEBOOKS = glossary.read_notebooks()
# Challenges have no links, so each term in them is known. This one explains the term itself.
EXPLAINED = {("05-dropout.ipynb", "challenge-rate", "hyperparameter")}

SMALL = """\
# Glossary

## max pooling

Pooling that keeps the largest.

Taught in [notebook 1](01-a.ipynb#cell-id=old): *Old place*

## Ray

A library.

## step

One change.

*Also: training step.*

<!-- everyday words: step -->
"""


def markdown(text, name="text", *tags):
    return nbformat.v4.new_markdown_cell(text, id=name, metadata={"tags": list(tags)})


def lesson(*cells):
    return {"01-a.ipynb": nbformat.v4.new_notebook(cells=list(cells))}


def linked(text, seen=()):
    return glossary.link(text, glossary.read(SMALL), lambda e: f"@{e.anchor}", set(seen))


# --- the lesson -------------------------------------------------------------------------------


def test_each_bold_definition_has_an_entry_and_each_entry_a_definition():
    assert not glossary.faults(ENTRIES, NOTEBOOKS)
    assert len(ENTRIES) > 100


def test_each_entry_says_where_it_is_taught_and_it_is_there():
    for entry in ENTRIES:
        file, cell, heading = entry.place
        assert cell in [cell.id for cell in NOTEBOOKS[file].cells]
        text = "\n\n".join(cell.source for _, cell in glossary.prose(NOTEBOOKS[file]))
        heading = re.escape(heading)
        (section,) = re.findall(rf"(?ms)^#+ {heading}$(.*?)(?:^#+ (?!Solution$)|\Z)", text)
        bold = [" ".join(term.split()).casefold() for term in re.findall(r"\*\*(.+?)\*\*", section)]
        forms = {form.casefold() for form in (entry.name, *entry.forms, *entry.everyday)}
        assert {term for form in forms for term in (form, f"{form}s")} & set(bold), entry.name


def test_each_entry_is_short():
    for entry in ENTRIES:
        sentences = re.split(r"(?<=[.?!])\)? (?=[A-Z(])", entry.text)
        assert len(sentences) <= 2, entry.name
        assert entry.text.endswith((".", ".)")) and len(entry.text) < 320, entry.name


def test_links_in_the_page_lead_to_entries():
    # A site makes small letters of an address, JupyterLab does not.
    anchors = {entry.anchor for entry in ENTRIES if entry.anchor == entry.anchor.lower()}
    found = re.findall(r"\]\(#([^)]*)\)", TEXT)
    assert len(found) > 40 and set(found) <= anchors
    for entry in ENTRIES:
        assert f"](#{entry.anchor})" not in entry.text, f"{entry.name} leads to itself"


def test_a_term_that_is_used_too_early_is_linked_or_explained():
    entries = {entry.name: entry for entry in ENTRIES}
    learner = {file: nbformat.from_dict({**n}) for file, n in glossary.read_notebooks().items()}
    for notebook in learner.values():
        glossary.link_notebook(notebook, ENTRIES, lambda entry: f"@{entry.anchor}")
    explained = set()
    for use in glossary.early_uses(ENTRIES, NOTEBOOKS):
        (cell,) = [cell for cell in learner[use.file].cells if cell.id == use.cell]
        if "challenge" in cell.metadata.get("tags", []):
            explained.add((use.file, use.cell, use.term))
        else:
            assert f"](@{entries[use.term].anchor})" in cell.source, use
    assert explained == EXPLAINED


def test_links_change_no_word_and_each_term_is_linked_once():
    for file, notebook in glossary.read_notebooks().items():
        glossary.link_notebook(notebook, ENTRIES, lambda entry: f"@{entry.anchor}")
        targets = []
        for old, new in zip(NOTEBOOKS[file].cells, notebook.cells, strict=True):
            assert re.sub(r"\[([^\]]+)\]\(@[^)]+\)", r"\1", new.source) == old.source
            targets += re.findall(r"\(@([^)]+)\)", new.source)
            if {"challenge", "instructor"} & set(old.metadata.get("tags", [])):
                assert new.source == old.source
        assert len(targets) == len(set(targets)) > 4


def test_an_entry_that_is_taken_away_is_missed():
    for entry in ENTRIES:
        left = tuple(other for other in ENTRIES if other != entry)
        wrong = glossary.faults(left, NOTEBOOKS)
        assert wrong and all("is bold, and glossary.md has no entry" in fault for fault in wrong)


def test_a_renamed_term_is_missed():
    notebooks = glossary.read_notebooks()
    (cell,) = [c for c in notebooks["03-pooling-layers.ipynb"].cells if c.id == "receptive"]
    cell.source = cell.source.replace("**receptive field**", "**field of view**")
    wrong = "\n".join(glossary.faults(ENTRIES, notebooks))
    assert "03-pooling-layers.ipynb, cell receptive: 'field of view' is bold" in wrong
    assert "'receptive field': no notebook defines it" in wrong


# --- the page ---------------------------------------------------------------------------------


def test_an_entry_is_read():
    pooling, ray, step = glossary.read(SMALL)
    place = Place("01-a.ipynb", "old", "Old place")
    assert pooling == Entry("max pooling", (), (), "Pooling that keeps the largest.", place)
    assert ray.place is None and ray.anchor == "Ray" and pooling.anchor == "max-pooling"
    assert step.forms == ("training step",) and step.everyday == ("step",)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("A library.\n", "", "'Ray': found '' where one paragraph should stand"),
        ("A library.", "One.\n\nTwo.", "'Ray': found 'One.\\n\\nTwo.'"),
        ("*Also: training step.*", "*Also training step*", "'step': found 'One change."),
        ("*Also: training step.*", "*Also: ray.*", "'step': 'ray' is there already, in .* 'Ray'"),
        ("*Also: training step.*", "*Also: Rays.*", "'step': 'rays' is there already"),
        ("## Ray", "## kite", "'kite' stands behind 'max pooling'"),
        ("## Ray", "## max pooling", "'max pooling' stands behind 'max pooling'"),
        ("## ", "### ", "no entry found"),
    ],
)
def test_what_an_author_of_a_bad_entry_is_told(old, new, message):
    with pytest.raises(GlossaryError, match=message.replace("\\n", r"\\n")):
        glossary.read(SMALL.replace(old, new))


@pytest.mark.parametrize(
    "text, found",
    [
        ("A **stride** and **two\nwords**.", ["stride", "two words"]),
        ("**Time:** **A sentence.** **B, C and D.** **Why?**", []),
        ("**28 steps** or **2,700**", []),
        ("> **A title**\n>\n> A **term**", ["term"]),
        ("- **Macro**: the mean", ["Macro"]),
    ],
)
def test_what_is_a_definition(text, found):
    hidden = markdown("**note**", "note", "instructor")
    notebooks = lesson(markdown(text), hidden)
    assert [definition.term for definition in glossary.definitions(notebooks)] == found


def test_where_a_term_is_taught_follows_the_notebooks():
    cells = [
        markdown("# Title", "title"),
        markdown("## Challenge: try\n\n**Rays** help.", "challenge"),
        markdown("### For instructors", "for", "instructor"),
        markdown("### Solution", "solution", "solution"),
        markdown("**Max pooling**", "hidden", "solution"),
        markdown("## A step (small)\n\na **step** of **Ray**", "body"),
    ]
    page = glossary.with_places(SMALL, lesson(*cells))
    pooling, ray, step = glossary.read(page)
    assert pooling.place == Place("01-a.ipynb", "for", "Challenge: try")
    assert ray.place == Place("01-a.ipynb", "challenge", "Challenge: try")
    assert step.place == Place("01-a.ipynb", "body", "A step (small)")
    assert "Taught in [notebook 1](01-a.ipynb#cell-id=body): *A step (small)*\n" in page
    assert "Old place" not in page and glossary.with_places(page, lesson(*cells)) == page
    with pytest.raises(GlossaryError, match="'step': no notebook defines it"):
        glossary.with_places(SMALL, lesson(*cells[:-1], markdown("**max pooling**", "body")))


# --- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, new",
    [
        ("Two max pooling, max pooling", "Two [max pooling](@max-pooling), max pooling"),
        ("Max poolings help.", "[Max poolings](@max-pooling) help."),
        ("*max pooling*'s", "*[max pooling](@max-pooling)*'s"),
        ("a training step of Ray", "a [training step](@step) of [Ray](@Ray)"),
        ("| max pooling |\n|---|\n| Ray |", "| max pooling |\n|---|\n| [Ray](@Ray) |"),
        ("**max pooling**, max pooling", "**max pooling**, max pooling"),
        ("**Max pooling** and Ray", "**Max pooling** and [Ray](@Ray)"),
        ("# Ray\n\nRay", "# Ray\n\n[Ray](@Ray)"),
    ],
)
def test_the_first_mention_is_linked(text, new):
    assert linked(text) == new


@pytest.mark.parametrize(
    "text",
    [
        "a step",
        "climax pooling, an X-Ray, Ray-like, Rayleigh",
        "a ray, MAX POOLING, max Pooling",
        "`Ray`",
        "```\nRay\n```",
        "text\n\n    Ray",
        "$Ray$ and $$\nRay\n$$",
        "[Ray](x.md), ![Ray is here](../fig/a.svg)",
        '<img alt="Ray"> and <!-- Ray\nRay -->',
        "- A: Ray",
        "https://example.org/Ray, <a href='x.md'>Ray</a>, ``Ray ` ``, ~~~\nRay\n~~~",
        "**Time:** about a Ray",
        "**Place in the workflow:** Ray",
        "**What Ray says.**",
    ],
)
def test_what_is_not_linked(text):
    assert linked(text) == text


def test_what_was_seen_is_not_linked_again():
    assert linked("Ray", {"Ray"}) == "Ray"
    seen = set()
    glossary.link("**step**, Ray", glossary.read(SMALL), lambda e: "x", seen)
    assert seen == {"step", "Ray"}


def test_early_uses_are_listed():
    cells = [markdown("Ray and a max pooling", "a"), markdown("**Ray**", "b")]
    late = [markdown("Ray, max pooling", "c"), markdown("**max pooling**, **step**", "d")]
    notebooks = lesson(*cells) | {"02-b.ipynb": nbformat.v4.new_notebook(cells=late)}
    uses = list(glossary.early_uses(glossary.read(SMALL), notebooks))
    assert [(use.term, use.file, use.cell, use.defined) for use in uses] == [
        ("Ray", "01-a.ipynb", "a", "01, cell b"),
        ("max pooling", "01-a.ipynb", "a", "02, cell d"),
        ("max pooling", "02-b.ipynb", "c", "02, cell d"),
    ]


def test_a_term_used_early_in_a_challenge_is_noticed():
    """What the test of the lesson above would not accept."""
    notebooks = glossary.read_notebooks()
    (cell,) = [c for c in notebooks["03-pooling-layers.ipynb"].cells if c.id == "challenge-depth"]
    cell.source += "\n\nUse batch normalization."
    uses = glossary.early_uses(ENTRIES, notebooks)
    assert ("batch normalization", "challenge-depth") in [(use.term, use.cell) for use in uses]
