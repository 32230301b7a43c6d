"""Sphinx's settings for the site. `tools/website.py` prepares the pages, and calls Sphinx."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

project = html_title = "Layer by Layer"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["extra"]
templates_path = ["templates"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 6
html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
html_static_path = ["static"]
html_css_files = ["lesson.css", "cheat-sheet.css"]
html_js_files = ["lesson.js"]
html_copy_source = html_show_sourcelink = html_use_index = html_show_copyright = False
# Nobody reaches them without a mouse. The contents of a page link to its headings.
html_permalinks = False
html_math_renderer = "mathml"


def inline_math(translator, node) -> None:
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def block_math(translator, node) -> None:
    translator.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app) -> None:
    # MathML is part of every browser: no script, no fonts, nothing moves when it is there.
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
