"""Sphinx's settings for the site. `tools/website.py` prepares the pages, and calls Sphinx."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup
from docutils.utils.math.latex2mathml import tex2mathml
from PIL import Image

project = "Layer by Layer"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["extra"]
templates_path = ["templates"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 6
html_theme = "furo"
html_title = "Layer by Layer"
html_static_path = ["static"]
html_css_files = ["lesson.css", "cheat-sheet.css"]
html_js_files = [("lesson.js", {"defer": "defer"})]
html_copy_source = html_show_sourcelink = html_use_index = False
html_permalinks_icon = "¶"
html_math_renderer = "mathml"
html_theme_options = {"top_of_page_buttons": []}
# A small picture, above all of what comes first, is seen before it could be asked for lazily.
FIRST = 1


def size_of(path: Path) -> tuple[int, int]:
    """Return width and height of a picture: its place is kept until it is there."""
    if path.suffix == ".svg":
        head = re.search(r"<svg\b[^>]*>", path.read_text(encoding="utf-8"))[0]
        width, height = (re.search(rf'\b{name}="([\d.]+)', head)[1] for name in ("width", "height"))
        return round(float(width)), round(float(height))
    with Image.open(path) as picture:
        return picture.size


def fold(soup: BeautifulSoup) -> None:
    """Close solutions, as JupyterLab does: a heading, and all that stands below it."""
    for heading in soup.find_all(re.compile("^h[2-6]$")):
        if heading.get_text().removesuffix(html_permalinks_icon) != "Solution":
            continue
        section, details = heading.parent, soup.new_tag("details", attrs={"class": "solution"})
        summary = soup.new_tag("summary")
        for part in list(section.children):
            details.append(part.extract())
        summary.append(heading.extract())
        details.insert(0, summary)
        section.append(details)


def finish(app, pagename, templatename, context, doctree) -> None:
    """Fold solutions; say how large pictures are; load those that nobody sees yet later."""
    if not context.get("body"):
        return
    soup = BeautifulSoup(context["body"], "html.parser")
    fold(soup)
    source, extra = Path(app.srcdir), Path(app.srcdir) / "extra"
    copied = {f"_images/{name}": source / path for path, name in app.builder.images.items()}
    for number, picture in enumerate(soup.find_all("img")):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), picture["src"]))
        width, height = size_of(copied.get(unquote(place)) or extra / unquote(place))
        if "width" in picture.attrs:
            width, height = int(picture["width"]), height * int(picture["width"]) / width
        picture["width"], picture["height"] = width, round(height)
        if number >= FIRST:
            picture["loading"] = "lazy"
    for table in soup.find_all("table"):
        table.wrap(soup.new_tag("div", attrs={"class": "scrolls"}))
    context["body"] = str(soup)


def inline_math(translator, node) -> None:
    translator.body.append(tex2mathml(node.astext()))


def block_math(translator, node) -> None:
    translator.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')


def setup(app) -> None:
    # MathML is part of every browser: no script, no fonts, nothing moves when it is there.
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
    app.connect("html-page-context", finish)
