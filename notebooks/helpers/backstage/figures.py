"""The style of all plots, and how a figure becomes part of a page with its text alternative."""

import base64
import io
from collections.abc import Sequence
from functools import partial
from html import escape

import matplotlib.pyplot as plt
from cycler import cycler
from IPython import get_ipython
from matplotlib.figure import Figure


def _alternative(figure: Figure) -> str:
    """Return the figure's text alternative, or one made of its titles and axes."""
    if figure.get_label():
        return figure.get_label()
    parts = [
        " ".join(filter(None, [ax.get_title(), ax.get_ylabel() and f"{ax.get_ylabel()} against",
                               ax.get_xlabel()]))
        for ax in figure.axes
    ]  # fmt: skip
    parts = filter(None, [figure.get_suptitle(), *parts])
    return "Figure: " + ("; ".join(parts) or "without title")


def plain(text: str) -> str:
    r"""Return a text so that Matplotlib shows it as it is: between dollars it sees mathematics.

    Parameters
    ----------
    text : str
        Such as the name of a class, which may hold anything.

    Returns
    -------
    str

    Examples
    --------
    >>> plain("5 $")
    '5 \\$'
    """
    return str(text).replace("$", r"\$")


def figure_as_html(figure: Figure, tight: bool = False) -> str:
    """Return a figure as an HTML image with a text alternative.

    JupyterLab gives pictures an alt text in no other way.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its label is the text alternative.
    tight : bool
        Cut off empty margins. It takes about twice as long.

    Returns
    -------
    str
        An ``img`` element that holds the picture itself.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight" if tight else None, dpi=96)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{escape(_alternative(figure))}" src="data:image/png;base64,{data}">'


def set_up(colors: Sequence[str]) -> None:
    """Give all figures one style, and those of a notebook their text alternative.

    Parameters
    ----------
    colors : sequence of str
        The colors of lines, in order.
    """
    plt.rcdefaults()  # the user's own settings may ask for LaTeX
    plt.style.use("seaborn-v0_8-whitegrid")
    plt.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=colors),
            "axes.titlesize": "medium",
            "figure.facecolor": "white",
            "font.sans-serif": "DejaVu Sans",  # comes with Matplotlib: equal on all machines
            "font.size": 12,
            "image.cmap": "viridis",
            "image.interpolation": "nearest",
            "legend.frameon": True,
        }
    )
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats()
    shell.display_formatter.formatters["text/html"].for_type(
        Figure, partial(figure_as_html, tight=True)
    )
