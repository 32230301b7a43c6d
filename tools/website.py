"""Build the web site from the notebooks and pages as they are stored.

    python3 lesson.py site [FOLDER] [--repository OWNER/NAME]

Nothing is executed, and nothing is fetched. The site is complete: it opens from disk, works below
any address, and comes as a zip of its own. Only links to the repository and to Binder, which need
its name, are left out where nobody gives it.

What a reader would stumble over stops the build, and is named with its file and cell: a notebook
that was not executed, a picture without a text alternative, a link that leads nowhere, a heading
that skips a level, and whatever Sphinx warns of.
"""

import argparse
import base64
import contextlib
import copy
import hashlib
import io
import os
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import jinja2
import nbformat
from bs4 import BeautifulSoup
from myst_parser.slugs import github_slugify
from nbformat import NotebookNode
from PIL import Image
from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "tools" / "site"
for folder in (ROOT, ROOT / "notebooks", ROOT / "tools", SITE):
    sys.path.insert(0, str(folder))

import glossary  # noqa: E402
import plots  # noqa: E402
from editions import files_in, make_edition, pack, save, tags, version, without_marks  # noqa: E402
from refresh import notebooks, title  # noqa: E402
from run_sheets import write_sheets  # noqa: E402

# The pages, besides the notebooks. Each has the address that it has here.
PAGES = (
    "README.md", "TEACHING.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md",
    "CHANGELOG.md", "data/README.md", "data/body/README.md", "deploy/README.md", "fig/README.md",
    "notebooks/cheat-sheet.md", "notebooks/glossary.md",
)  # fmt: skip
# What a learner looks for stands elsewhere, too.
UNSEARCHED = ("fig/README.md", "CONTRIBUTING.md")
MARK = ".layer-by-layer-site"
ARCHIVE = "layer-by-layer-site.zip"
LEARNER = "layer-by-layer-learner.zip"
# Code first: what looks like a link in it is none. But the text of a link may be code.
CODE_OR_LINK = re.compile(
    r"(?s)```.*?```|~~~.*?~~~|`[^`\n]*`|(?P<tag><img\b[^>]*>)"
    r"|(?P<mark>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^()\s]+)\)"
)
TAG = re.compile(r"<img\b[^>]*>")
EMBEDDED = re.compile(r"data:image/(png|jpeg|webp|gif);base64,([A-Za-z0-9+/=\s]+)")
# Sphinx would do what it says, such as read another file.
DIRECTIVE = re.compile(r"(?m)^[ >*+-]*(?:`{3,}|~{3,})\s*\{")
UNANSWERED = "Not answered yet"
STILL = '<p class="still">This is a still picture: move it in JupyterLab.</p>'
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(SITE / "pages"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class SiteError(ValueError):
    """The site cannot be built; the message says why, where, and what to do."""


class Text(NamedTuple):
    """A piece of Markdown: in which file, which cell of it (or ""), and what."""

    file: str
    cell: str
    source: str

    def at(self) -> str:
        """Return where it stands, for a message."""
        return self.file + f", cell {self.cell}" * bool(self.cell)


class Builder:
    """Prepares the pages in a folder from which Sphinx builds the site."""

    def __init__(self, source: Path, repository: str) -> None:
        self.source, self.extra = source, source.with_name("extra")
        self.repository = repository
        self.lesson, self.entries = notebooks(), glossary.read_page()
        self.files = {*PAGES, *(f"notebooks/{name}" for name in self.lesson)}
        self.titles = {file: first_heading(self.read(file)) for file in PAGES}
        self.faults: list[str] = []

    def read(self, file: str) -> str:
        """Return a page as it is stored; what only the site needs is done to it."""
        text = (ROOT / file).read_text(encoding="utf-8")
        if file == "README.md":
            text = text.replace("# Layer by Layer", "# Install and run", 1)
        if file == "notebooks/glossary.md":
            text = glossary.PLACE.sub(place, text)
        if file == "fig/README.md":
            shown = r"## \1\n\n![\3](\1)\n\2"
            text = re.sub(r"(?m)^## (\S+)\n((?:\n?- .*)*?\n- Alt text: (.*))$", shown, text)
        return "---\nnosearch: true\n---\n\n" * (file in UNSEARCHED) + text

    def fault(self, text: Text, what: str) -> None:
        self.faults.append(f"{text.at()}: {what}")

    # --- Markdown ---

    def markdown(self, text: Text) -> str:
        """Return Markdown as the site shows it: links lead somewhere, comments are gone."""
        if DIRECTIVE.search(text.source):
            self.fault(text, "Sphinx would run its block ```{…}. Name a language without braces.")
        source = re.sub(r"(?ms)^<!--.*?-->\n?", "", text.source)

        def look(match: re.Match) -> str:
            if match["tag"]:
                self.picture(text, attribute(match["tag"], "alt"), attribute(match["tag"], "src"))
            elif match["mark"]:
                self.picture(text, match["text"], match["target"])
            elif match["target"]:
                return self.link(text, match)
            return match[0]

        return CODE_OR_LINK.sub(look, source)

    def picture(self, text: Text, alt: str, target: str) -> None:
        if not alt.strip():
            self.fault(text, f"the picture {target[:60]} has no text alternative. Give it one.")
        if not target.startswith("data:") and not self.find(text, target):
            self.fault(text, f"there is no picture {target}. Mend the address, or draw it.")

    def find(self, text: Text, target: str) -> str:
        """Return what a relative address means, from the root; "" where there is nothing."""
        path = (ROOT / text.file).parent / target
        there = path.exists() and path.resolve().is_relative_to(ROOT)
        return path.resolve().relative_to(ROOT).as_posix() if there else ""

    def link(self, text: Text, match: re.Match) -> str:
        address = urlsplit(match["target"])
        if address.scheme or not address.path:
            return match[0]
        found = self.find(text, unquote(address.path))
        if not found:
            self.fault(text, f"the link to {match['target']} leads nowhere. Mend it.")
        words = match["text"]
        if words in (address.path, found):  # the name of a file says little on a page
            words = self.titles.get(found, words)
        if found in self.files:
            # JupyterLab's name of a heading keeps its capitals and its marks, the site's does not.
            place = slug(address.fragment)
            # From the root: notes of a notebook stand on a page in another folder.
            return f"[{words}](/{found}{'#' + place if place else ''})"
        if self.repository and found:
            return f"[{words}](https://github.com/{self.repository}/blob/HEAD/{found})"
        return words

    # --- notebooks ---

    def notebook(self, name: str, notebook: NotebookNode) -> None:
        """Write a notebook as a page, without what is for instructors."""
        file, cells = f"notebooks/{name}", []
        linked = copy.deepcopy(notebook)
        glossary.link_notebook(linked, self.entries, lambda entry: f"glossary.md#{entry.anchor}")
        for old in linked.cells:
            if "instructor" in tags(old):
                continue
            text = Text(file, old.id, old.source)
            if old.cell_type == "markdown":
                cell = nbformat.v4.new_markdown_cell(self.markdown(text), id=old.id)
            else:
                cell = nbformat.v4.new_code_cell(without_marks(old.source), id=old.id)
                cell.execution_count = old.execution_count
                cell.outputs = self.outputs(text, old)
            cells.append(cell)
            if len(cells) == 1:
                cell.source = cell.source.replace("# ", f"# {name[:2]} ", 1)
                cells.append(nbformat.v4.new_markdown_cell(self.buttons(name), id="buttons"))
        # No more of the metadata: with some, MyST-NB would execute the notebook.
        kept = {key: notebook.metadata[key] for key in ("kernelspec", "language_info")}
        made = nbformat.v4.new_notebook(cells=cells, metadata=kept)
        save(made, self.source / file)

    def outputs(self, text: Text, cell: NotebookNode) -> list[NotebookNode]:
        if cell.execution_count is None:
            self.fault(text, f"it was not executed. python tools/execute.py {text.file}")
        kept = []
        for output in cell.outputs:
            if output.output_type == "error":
                self.fault(text, f"it ended with {output.ename}. Mend it, and execute it again.")
                continue
            if output.get("text", "").startswith(UNANSWERED):  # nobody can answer on a page
                continue
            data = output.get("data", {})
            if html := data.get("text/html"):
                if re.search(r"(?i)<(script|iframe|object|embed|video|audio|link)\b", html):
                    self.fault(text, "what it shows would run or fetch something. Show a picture.")
                page = TAG.sub(lambda match: self.embedded(text, match[0]), html)
                still = STILL * bool(re.search(r"(?m)^play_\w+\(", cell.source))
                output.data = {"text/html": page + still, "text/plain": data.get("text/plain", "")}
            elif not set(data) <= {"text/plain"}:
                self.fault(
                    text,
                    f"it shows {', '.join(data)}, and the site text and HTML. A picture is shown "
                    "with its text alternative as helpers.plots does it.",
                )
            kept.append(output)
        return kept

    def embedded(self, text: Text, tag: str) -> str:
        """Return the tag of a picture that stands in an output, as a file of its own."""
        source = attribute(tag, "src")
        self.picture(text, attribute(tag, "alt"), source)
        if not (found := EMBEDDED.fullmatch(source)):
            self.fault(text, "its picture is not stored in the output. Show it as helpers do.")
            return tag
        return tag.replace(source, self.keep(base64.b64decode(found[2]), found[1]))

    def keep(self, picture: bytes, kind: str) -> str:
        """Write a picture, and return its address for a page in a folder."""
        path = f"pictures/{hashlib.sha256(picture).hexdigest()[:16]}.{kind}"
        (self.extra / path).parent.mkdir(parents=True, exist_ok=True)
        (self.extra / path).write_bytes(picture)
        return f"../{path}"

    def buttons(self, name: str) -> str:
        return TEMPLATES.get_template("buttons.html").render(name=name, repository=self.repository)

    # --- pages ---

    def page(self, file: str, source: str) -> None:
        """Write a page. What is made here has links and pictures that Sphinx looks after."""
        path = self.source / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")

    def template(self, name: str, **values: object) -> None:
        """Write a page from the template of this name."""
        self.page(name, TEMPLATES.get_template(name).render(values))

    def notes(self, name: str, notebook: NotebookNode) -> None:
        """Write the notes for instructors of a notebook as a page of their own."""
        file = f"teaching/{name.removesuffix('.ipynb')}.md"
        parts, above = [], ""
        for cell in notebook.cells:
            text = Text(f"notebooks/{name}", cell.id, cell.source)
            heading = re.match(r"(#+) (.+)", cell.source)
            if "instructor" not in tags(cell):
                lasting = "solution" not in tags(cell) and cell.cell_type == "markdown"
                if lasting and heading and len(heading[1]) > 1:
                    above = heading[2]
                continue
            source = (
                self.markdown(text) if cell.cell_type == "markdown" else without_marks(cell.source)
            )
            if heading and cell.cell_type == "markdown":
                source = re.sub(
                    r"^#+ (For instructors: )?(.)", lambda m: "## " + m[2].upper(), source
                )
                if above:
                    source += f"\n\nBelow [{above}](../notebooks/{name}#{slug(above)})."
            elif cell.cell_type == "code":
                source = f"```python\n{source}\n```"
            parts.append(source)
        template = TEMPLATES.get_template("notes.md")
        self.page(file, template.render(name=name, title=title(notebook), parts=parts))

    def results(self) -> None:
        """Write the pages on what networks reach, and on what is normal."""
        text = Text("results", "", "")

        def files(page: str) -> str:
            return TAG.sub(lambda match: self.embedded(text, match[0]), page)

        self.template(
            "results/ladder.md",
            drawn=files(plots.ladder("ladder.csv", "score_accuracy")),
            photographs=files(plots.ladder("ladder_photographs.csv", "val_accuracy")),
            curve=files(plots.learning_curve()),
            sweep=files(plots.dropout_sweep()),
        )
        ranges = {
            data: [(name, seeds, files(figure)) for name, seeds, figure in rows]
            for data, rows in plots.normal_ranges().items()
        }
        self.template("results/normal.md", ranges=ranges)
        sheets = [
            {"name": name, "n": n, "address": self.keep(picture, "webp"), "size": size}
            for name, n, picture, *size in plots.contact_sheets()
        ]
        self.template("data/pictures.md", sheets=sheets)

    def everything(self) -> None:
        """Prepare all that Sphinx needs."""
        self.extra.mkdir(parents=True)
        (self.source / "fig").mkdir(parents=True)
        for path in (ROOT / "fig").glob("*.*"):
            if path.suffix in (".svg", ".png"):
                shutil.copyfile(path, self.source / "fig" / path.name)
        for name, notebook in self.lesson.items():
            self.notebook(name, notebook)
            self.notes(name, notebook)
        for file in PAGES:
            page = self.markdown(Text(file, "", self.read(file)))
            if file == "data/README.md":  # a page that only the site has
                link = "[All pictures of Sketch Street 10](pictures.md)"
                page = page.replace("\n## ", f"\n{link}\n\n## ", 1)
            self.page(file, page)
        street = TAG.search((ROOT / "README.md").read_text(encoding="utf-8"))[0]
        lesson = {name: (title(n), n.metadata["lesson"]) for name, n in self.lesson.items()}
        for template in ("index.md", "teaching/index.md"):
            self.template(template, lesson=lesson, picture=street)
        self.results()
        if self.faults:
            raise SiteError("\n".join(self.faults))
        write_sheets(self.extra / "run-sheets", "9:00", None)
        (self.extra / ".nojekyll").touch()  # GitHub Pages would leave out folders such as _static


def first_heading(page: str) -> str:
    return re.search(r"(?m)^# (.+)$", page)[1]


def attribute(tag: str, name: str) -> str:
    """Return an attribute of an HTML tag, "" where it has none."""
    return BeautifulSoup(tag, "html.parser").find().get(name, "")


def place(taught: re.Match) -> str:
    """Return where a term is taught, with a link to the heading: a site knows of no cells."""
    file, _, heading = taught.groups()
    return f"Taught in [notebook {int(file[:2])}]({file}#{slug(heading)}): *{heading}*"


def slug(heading: str) -> str:
    """Return the anchor that MyST gives to a heading, from its text or from JupyterLab's anchor."""
    return github_slugify(heading.replace("-", " ").replace("`", ""))


def size_of(path: Path) -> tuple[float, float]:
    """Return width and height of a picture."""
    if path.suffix == ".svg":
        tag = re.search(r"<svg\b[^>]*>", path.read_text(encoding="utf-8"))[0]
        try:
            return float(attribute(tag, "width")), float(attribute(tag, "height"))
        except ValueError:
            raise SiteError(f"{path.name}: give it width and height as plain numbers.") from None
    with Image.open(path) as picture:
        return picture.size


def fold(page: BeautifulSoup) -> None:
    """Close solutions, as JupyterLab does: a heading, and all that stands below it."""
    for heading in page.select("section > :is(h2, h3, h4)"):
        if heading.contents[0] != "Solution":
            continue
        section = heading.parent
        details = page.new_tag("details", attrs={"class": "solution"})
        summary = page.new_tag("summary")
        details.extend(list(section.children))
        summary.append(heading.extract())
        details.insert(0, summary)
        section.append(details)


def finish(path: Path) -> None:
    """Do to a page what neither Sphinx nor the theme does.

    Solutions are folded. Pictures keep their place until they are there, and those further down are
    fetched when they come near. What is wider than a phone scrolls by itself. Landmarks have names.
    """
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    fold(page)
    for number, picture in enumerate(page.find_all("img")):
        if not picture.get("alt", "").strip():
            raise SiteError(
                f"{path.name}: the picture {picture['src']} has no text alternative. Give it one."
            )
        width, height = size_of(path.parent / unquote(picture["src"]))
        shown = float(picture.get("width", width))
        picture["width"], picture["height"] = round(shown), round(height * shown / width)
        if number:  # the first one may be in sight at once
            picture["loading"] = "lazy"
    for table in page.find_all("table"):
        table.wrap(page.new_tag("div", attrs={"class": "scrolls"}))
    for corner in page.find_all("th"):
        if not corner.get_text(strip=True):
            corner.name = "td"
    for caption in page.find_all(role="heading"):
        caption["aria-level"] = "2"
    for mark, name in (("sidebar-drawer", "All pages"), ("toc-drawer", "On this page")):
        page.find("aside", class_=mark)["aria-label"] = name
    for mark, name in (("nav-overlay-icon", "All pages"), ("toc-overlay-icon", "On this page")):
        for label in page.find_all("label", class_=mark):  # which only a mouse can press
            label.name, label["data-opens"] = "button", label.attrs.pop("for")
            label.attrs |= {"type": "button", "aria-label": name}
    path.write_text(str(page), encoding="utf-8")


def lead_back(path: Path) -> None:
    """Give a run sheet, which is a page of its own, a way back to the site."""
    links = '<a href="../teaching/index.html">Notes and run sheets</a>'
    if (path.parent.parent / "notebooks" / path.name).is_file():
        links += f' · <a href="../notebooks/{path.name}">notebook</a>'
        links += f' · <a href="../teaching/{path.name}">notes</a>'
    style = "<style>@media print { .back { display: none; } }</style>"
    page = path.read_text(encoding="utf-8")
    back = f'{style}<nav class="back" aria-label="The site">{links}</nav>'
    path.write_text(page.replace("<body>", f"<body>\n{back}", 1), encoding="utf-8")


def where(warning: str, source: Path) -> str:
    """Return a warning of Sphinx with the file of the lesson, and the cell, to which it belongs."""
    warning = warning.replace(f"{source}{os.sep}", "")
    found = re.match(r"(notebooks[/\\]\S+\.ipynb):(\d+): (.*)", warning, re.S)
    if not found:
        return warning
    cells = nbformat.read(source / found[1], as_version=4).cells
    cell = int(found[2]) // 10000 - 1  # MyST-NB counts lines by ten thousands
    return f"{found[1]}, cell {cells[max(0, min(cell, len(cells) - 1))].id}: {found[3]}"


def run_sphinx(source: Path, target: Path) -> None:
    log = source.with_name("warnings.txt")
    options = ["-q", "-c", str(SITE), "-d", str(log.with_name("doctrees")), "-w", str(log)]
    options += ["-W", "-D", f"release={version()}"]
    with contextlib.redirect_stderr(io.StringIO()) as said:  # all of it, or what is in the log
        status = sphinx([*options, str(source), str(target)])
    if status != 0:
        lines = (log.read_text(encoding="utf-8") or said.getvalue()).splitlines()
        raise SiteError("\n".join(where(line, source) for line in lines))


def build(folder: Path, repository: str = "") -> None:
    """Build the site.

    Parameters
    ----------
    folder : Path
        Where to. A site that was built there before is replaced.
    repository : str
        Owner and name of the repository at GitHub, for links to it and to Binder.

    Raises
    ------
    SiteError
        If the folder holds something else, or a page cannot be shown as it is.
    """
    folder = folder.resolve()
    taken = folder.is_file() or (folder.is_dir() and any(folder.iterdir()))
    if taken and not (folder / MARK).is_file():
        raise SiteError(f"{folder} holds something else. Name another folder, or move it away.")
    if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise SiteError(f"{repository!r} is no repository. Write OWNER/NAME.")
    work = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(work, ignore_errors=True)
    html, learner = work / "html", work / "learner"
    try:
        builder = Builder(work / "source", repository)
        builder.everything()
        run_sphinx(builder.source, html)
        shutil.copytree(builder.extra, html, dirs_exist_ok=True)
        for path in html.rglob("*.html"):
            if path.parent.name == "run-sheets":  # whose pages are whole
                lead_back(path)
            else:
                finish(path)
        learner.mkdir()
        make_edition("learner", learner, "9:00")
        (html / "downloads").mkdir()
        for name in builder.lesson:
            shutil.copy(learner / "notebooks" / name, html / "downloads")
        pack(html / "downloads" / LEARNER, learner, files_in(learner))
        (html / MARK).touch()
        pack(html / ARCHIVE, html, files_in(html))
        if folder.exists():
            os.replace(folder, work / "old")
        os.replace(html, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{folder / 'index.html'}: open it in a browser.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repository", default="", help="OWNER/NAME at GitHub")
    options = parser.parse_args()
    try:
        build(options.folder, options.repository)
    except (ValueError, OSError) as error:
        print(f"lesson.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
