"""The glossary: its entries, where each term is taught, and links from the notebooks to them.

    python tools/glossary.py        print terms that are used before the lesson defines them

The home of an entry is notebooks/glossary.md. A term is *defined* where a notebook has it in bold:
bold in prose means a definition, unless it is a sentence or the beginning of one (it ends with a
punctuation mark), begins with a digit, is the title of a quoted box, or is a note for instructors.

An entry is a heading, one or two sentences, and up to three lines of their own:

    ## stride

    How far a window moves from one place to the next.

    *Also: step width.*

    <!-- everyday words: pace -->

    Taught in [notebook 3](03-pooling-layers.ipynb#cell-id=pool-size): *Pooling*

All forms count as definitions when they are bold, and a plural in -s needs no form of its own.
Everyday words mean something else too often and are never linked; the term itself may be one.
tools/refresh.py writes the last line.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
PAGE = "glossary.md"
PLACE = re.compile(r"(?m)^Taught in \[notebook \d+\]\(([^)#]+)#cell-id=([^)]*)\): \*(.*)\*$")
ALSO = re.compile(r"(?m)^\*Also: (.*)\.\*$")
EVERYDAY = re.compile(r"(?m)^<!-- everyday words: (.*) -->$")
BOLD = r"\*\*(?P<bold>[^*]+)\*\*"
# What no link is made in. Bold that is no definition leads into a sentence, and stays calm.
SKIPPED = (
    r"```[\s\S]*?```|~~~[\s\S]*?~~~|``.*?``|`[^`\n]*`|https?://\S+|<a\b[\s\S]*?</a>|\$\$[\s\S]*?\$\$|\$[^$\n]+\$|<!--[\s\S]*?-->|<[a-z/][^>]*>"
    r"|!?\[[^\]]*\]\([^)]*\)"
    r"|^#{1,6} .*$|^\|.*$(?=\n\|---)|^ {4}.*$"
    r"|^\*\*(?:Time|Place in the workflow):\*\*.*$"  # made by tools/refresh.py
    r"|^- [A-Z]: .*$"  # an answer to choose
)


class GlossaryError(ValueError):
    """A glossary of the wrong form; the message says where, and what to do."""


class Place(NamedTuple):
    """Where a term is taught: the file of a notebook, the id of a cell, and its heading."""

    file: str
    cell: str
    heading: str

    @property
    def line(self) -> str:
        """What an entry says about it, with a link as JupyterLab understands it."""
        link = f"[notebook {int(self.file[:2])}]({self.file}#cell-id={self.cell})"
        return f"Taught in {link}: *{self.heading}*"


class Entry(NamedTuple):
    """A term with its other forms, everyday words for it, what it means, and where it is taught."""

    name: str
    forms: tuple[str, ...]
    everyday: tuple[str, ...]
    text: str
    place: Place | None

    @property
    def anchor(self) -> str:
        """The last part of the entry's address, as JupyterLab makes it."""
        return self.name.replace(" ", "-")


# --- the page ---------------------------------------------------------------------------------


def sections(page: str) -> list[tuple[str, str]]:
    """Return the headings of the entries, each with what stands below it."""
    _, *parts = re.split(r"(?m)^## ", page)
    return [(name.strip(), body.strip()) for name, _, body in (p.partition("\n") for p in parts)]


def read(page: str) -> tuple[Entry, ...]:
    """Return the entries of a glossary.

    Parameters
    ----------
    page : str
        The text of notebooks/glossary.md.

    Raises
    ------
    GlossaryError
        If an entry has no text, terms are not in order, or a term or a form is there twice.
    """
    entries, owners = [], {}
    for name, body in sections(page):
        found = [pattern.search(body) for pattern in (ALSO, EVERYDAY, PLACE)]
        also, everyday, place = found
        text = body
        for line in found:
            text = text.replace(line[0], "") if line else text
        text = text.strip()
        if not text or "\n\n" in text or re.search(r"(?m)^(\*Also|Taught in|<!--)", text):
            raise GlossaryError(
                f"{PAGE}, {name!r}: found {text!r} where one paragraph should stand. Write the "
                "text below the heading, and each other line in the form of tools/glossary.py."
            )
        names = [tuple(line[1].split(", ")) if line else () for line in (also, everyday)]
        entry = Entry(name, *names, text, Place(*place.groups()) if place else None)
        for form in forms_of(entry, everyday=True):
            if (other := owners.setdefault(form, name)) != name:
                raise GlossaryError(
                    f"{PAGE}, {name!r}: {form!r} is there already, in the entry {other!r}. "
                    "A term or a form belongs to one entry: take one of them out."
                )
        if entries and entries[-1].name.casefold() >= name.casefold():
            raise GlossaryError(
                f"{PAGE}: {name!r} stands behind {entries[-1].name!r}. Put the terms in the order "
                "of the alphabet, each once."
            )
        entries.append(entry)
    if not entries:
        raise GlossaryError(f"{PAGE}: no entry found. An entry begins with a line such as '## x'.")
    return tuple(entries)


def forms_of(entry: Entry, everyday: bool) -> dict[str, str]:
    """Return how the forms of an entry are written, by what they are in small letters."""
    forms = {entry.name, *entry.forms}
    forms = forms | {*entry.everyday} if everyday else forms - {*entry.everyday}
    return {(form + end).casefold(): form + end for form in sorted(forms) for end in ("", "s")}


@cache
def owners_of(entries: tuple[Entry, ...], everyday: bool) -> dict[str, Entry]:
    """Return the entry of each form in small letters, those of everyday words where asked for."""
    return {form: entry for entry in entries for form in forms_of(entry, everyday)}


# --- definitions ------------------------------------------------------------------------------


def prose(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Yield the text cells for learners, with their places in the notebook."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and "instructor" not in cell.metadata.get("tags", []):
            yield number, cell


class Definition(NamedTuple):
    """A term in bold: in which cell it stands, and the heading of its section."""

    term: str
    file: str
    cell: int
    heading: str


def definitions(notebooks: Mapping[str, NotebookNode]) -> Iterator[Definition]:
    """Yield what the notebooks define: what is bold there and no sentence, number or title."""
    pattern = re.compile(rf"(?m)^#+ (?P<heading>.*)$|^> \*\*.*\*\*$|{BOLD}")
    for file, notebook in notebooks.items():
        heading = ""
        for number, cell in prose(notebook):
            for match in pattern.finditer(cell.source):
                if match["heading"] not in (None, "Solution"):  # which is part of its challenge
                    heading = match["heading"]
                if match["bold"] and not re.match(r"\d|.*[.:,?!]$", match["bold"], re.S):
                    yield Definition(" ".join(match["bold"].split()), file, number, heading)


def first_definitions(
    entries: tuple[Entry, ...], notebooks: Mapping[str, NotebookNode]
) -> dict[str, Definition]:
    """Return for each entry where one of its forms is bold first."""
    owners, found = owners_of(entries, everyday=True), {}
    for definition in definitions(notebooks):
        if entry := owners.get(definition.term.casefold()):
            found.setdefault(entry.name, definition)
    return found


def faults(entries: tuple[Entry, ...], notebooks: Mapping[str, NotebookNode]) -> list[str]:
    """Say which bold terms have no entry, and which entries no notebook defines."""
    owners, first = owners_of(entries, everyday=True), first_definitions(entries, notebooks)
    wrong = [
        f"{file}, cell {notebooks[file].cells[number].id}: {term!r} is bold, and {PAGE} has no "
        "entry for it. Write one, add it to the forms of another, or make it *italic*."
        for term, file, number, _ in definitions(notebooks)
        if term.casefold() not in owners
    ]
    return wrong + [
        f"{PAGE}, {entry.name!r}: no notebook defines it. Make it bold where it is explained, "
        "or take the entry out."
        for entry in entries
        if entry.name not in first
    ]


def with_places(page: str, notebooks: Mapping[str, NotebookNode]) -> str:
    """Return the page with the line on where each term is taught, made from the notebooks."""
    entries = read(page)
    if wrong := faults(entries, notebooks):
        raise GlossaryError("\n".join(wrong))
    above, first = page.partition("\n## ")[0], first_definitions(entries, notebooks)
    parts = [above.strip()]
    for name, body in sections(page):
        _, file, number, heading = first[name]
        cells = notebooks[file].cells
        # A solution is folded, or not there at all: lead to what stands above it.
        while "solution" in cells[number].metadata.get("tags", []):
            number -= 1
        place = Place(file, cells[number].id, heading)
        parts.append(f"## {name}\n\n{PLACE.sub('', body).strip()}\n\n{place.line}")
    return "\n\n".join(parts) + "\n"


# --- links ------------------------------------------------------------------------------------


@cache
def pattern_of(entries: tuple[Entry, ...]) -> re.Pattern:
    """Return the pattern of what is skipped, and of all forms that are linked, longest first."""
    forms = {k: v for entry in entries for k, v in forms_of(entry, everyday=False).items()}
    # A name keeps its capital; any other word may have one, at the beginning of a sentence.
    written = [
        re.escape(form) if form[0].isupper() else f"(?i:{form[0]}){re.escape(form[1:])}"
        for form in sorted(forms.values(), key=len, reverse=True)
    ]
    return re.compile(
        rf"(?m)(?P<skipped>{SKIPPED})|{BOLD}|(?<![\w-])(?P<form>{'|'.join(written)})(?![\w-])"
    )


def link(
    markdown: str, entries: tuple[Entry, ...], target: Callable[[Entry], str], seen: set[str]
) -> str:
    """Make the first mention of each term a link to its entry.

    There are no links in code, formulas, headings, links, figures, comments, answers to choose
    from, and header rows of tables. A bold definition needs none, nor does what follows it.

    Parameters
    ----------
    markdown : str
        A text.
    entries : tuple of Entry
        The glossary.
    target : callable
        Gives the address of an entry.
    seen : set of str
        The names of the entries that were linked or defined before. Those of this text are added.
    """
    owners = owners_of(entries, everyday=False)
    all_owners = owners_of(entries, everyday=True)

    def write(match: re.Match) -> str:
        bold = match["bold"] and all_owners.get(match["bold"].casefold())
        entry = bold or owners.get((match["form"] or "").casefold())
        if not entry or entry.name in seen:
            return match[0]
        seen.add(entry.name)
        return match[0] if bold else f"[{match[0]}]({target(entry)})"

    return pattern_of(entries).sub(write, markdown)


def link_notebook(
    notebook: NotebookNode, entries: tuple[Entry, ...], target: Callable[[Entry], str]
) -> None:
    """Make links in the text of a notebook, but not in challenges: an entry might tell too much."""
    seen: set[str] = set()
    for _, cell in prose(notebook):
        if "challenge" not in cell.metadata.get("tags", []):
            cell.source = link(cell.source, entries, target, seen)


class Use(NamedTuple):
    """A term that is used before it is defined: where, and where it is defined."""

    term: str
    file: str
    cell: str
    defined: str


def early_uses(entries: tuple[Entry, ...], notebooks: Mapping[str, NotebookNode]) -> Iterable[Use]:
    """Yield for each notebook the first use of each term that a later cell defines."""
    first, order = first_definitions(entries, notebooks), list(notebooks)
    for file, notebook in notebooks.items():
        seen: set[str] = set()
        for number, cell in prose(notebook):
            found: list[Entry] = []
            link(cell.source, entries, found.append, seen)  # what becomes of the text is no matter
            for entry in found:
                _, where, there, _ = first[entry.name]
                if (order.index(file), number) < (order.index(where), there):
                    defined = f"{where[:2]}, cell {notebooks[where].cells[there].id}"
                    yield Use(entry.name, file, cell.id, defined)


def read_notebooks(root: Path = ROOT) -> dict[str, NotebookNode]:
    """Return the notebooks of the lesson by their file names."""
    paths = sorted((root / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    return {path.name: nbformat.read(path, as_version=4) for path in paths}


def read_page(root: Path = ROOT) -> tuple[Entry, ...]:
    """Return the entries of the lesson's glossary."""
    return read((root / "notebooks" / PAGE).read_text(encoding="utf-8"))


def main() -> int:
    try:
        for use in early_uses(read_page(), read_notebooks()):
            print(f"{use.file[:2]}, cell {use.cell}: {use.term!r}, defined in {use.defined}")
    except GlossaryError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
