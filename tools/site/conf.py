"""Sphinx's settings for the site. `tools/website.py` prepares the pages, and calls Sphinx."""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.logging import getLogger

project = html_title = "Layer by Layer"
language = "en"
extensions = ["myst_nb"]
templates_path = ["templates"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "html_image"]
# What JupyterLab does not know either: lines with it would vanish from the page.
myst_disable_syntax = ["myst_line_comment", "myst_block_break", "myst_target", "myst_role"]
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


def mathml(node, **options) -> str:
    try:
        return tex2mathml(node.astext(), **options)
    except MathError as error:
        getLogger(__name__).warning("the formula cannot be shown: %s", error, location=node)
        return ""


def inline_math(translator, node) -> None:
    translator.body.append(mathml(node))
    raise nodes.SkipNode


def block_math(translator, node) -> None:
    translator.body.append(f'<div class="math">{mathml(node, as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app) -> None:
    # MathML is part of every browser: no script, no fonts, nothing moves when it is there.
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
