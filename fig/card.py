"""What a figure is, and the style of all of them: a white card, its colors, what is drawn on it.

A card is measured in pixels, x to the right and y down, as the picture will be shown. Text
becomes outlines, so that a figure looks the same on every machine.
"""

import io
import re
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline
from PIL import Image

WIDTH = 720
SMALLEST_TEXT = 13  # 12.6 pixels where the figure is shown 700 pixels wide

# The colors of Okabe and Ito, which people with any kind of color vision can tell apart.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
INK, MUTED, LINE, PAPER, WHITE = "#1F2933", "#52606D", "#9AA5B1", "#F1F4F7", "#FFFFFF"
RED = "#D0202E"  # the window of a kernel, in every figure that has one

SETTINGS = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "svg.fonttype": "path",
    "svg.hashsalt": "layer by layer",
    "mathtext.fontset": "dejavusans",
    "path.simplify": False,
}

WORDS = "no one two three four five six seven eight nine ten".split()


class Drawn(NamedTuple):
    """A figure that has been drawn: its file, its text alternative, and what it shows."""

    picture: "Card | Pixels"
    file: str
    alt: str
    shows: str


FIGURES: dict[str, Callable[[], Drawn]] = {}


def figure(draw: Callable) -> Callable[[], Drawn]:
    """Register a function that draws a figure and returns it with its text alternative.

    The figure is named like the function, whose docstring says what is shown.
    """
    name = draw.__name__.replace("_", "-")
    if name in FIGURES:
        raise ValueError(f"{name}: two figures have this name, rename one of them")

    def drawn() -> Drawn:
        with matplotlib.rc_context(SETTINGS):
            made = draw()
        picture, alt = made if isinstance(made, tuple) else (made, "")
        if len(alt.split()) < 4:
            raise ValueError(f"{name}: return the card with a text alternative of 4 words or more")
        if not draw.__doc__:
            raise ValueError(f"{name}: say in the docstring of its function what it shows")
        return Drawn(picture, name + picture.ending, alt, " ".join(draw.__doc__.split()))

    FIGURES[name] = drawn
    return drawn


def listed(items: Iterable) -> str:
    """Return the items in words: a, b and c."""
    *others, last = map(str, items)
    return f"{', '.join(others)} and {last}" if others else last


def number(value: float, form: str = "") -> str:
    """Return a number as it is printed, with a real minus sign."""
    return f"{value:{form}}".replace("-", "−")


def tint(color: str, strength: float) -> str:
    """Return the color mixed with white: strength 1 is the color, 0 is white."""
    rgb = np.array(to_rgb(color))
    return to_hex(strength * rgb + (1 - strength))


def ink_on(color: str) -> str:
    """Return the text color that is legible on a color."""
    return INK if np.dot(to_rgb(color), (0.299, 0.587, 0.114)) > 0.5 else WHITE


class Card:
    """A white card with rounded corners to draw on."""

    ending = ".svg"

    def __init__(self, height: float):
        self.height = height
        self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        self.axes.set_axis_off()
        self.texts = []
        self.layer = 0
        self.rect(2, 2, WIDTH - 4, height - 4, edge="#CBD2D9", thick=1.5, radius=14)

    def add(self, patch, fill, edge, thick, dash=None):
        """Put a shape on top of what is there."""
        self.layer += 1
        patch.set(
            facecolor=fill or "none",
            edgecolor=edge or "none",
            linewidth=thick if edge else 0,
            linestyle=(0, dash) if dash and edge else "-",
            clip_on=False,
            zorder=self.layer,
        )
        self.axes.add_patch(patch)

    def rect(self, x, y, w, h, fill=WHITE, edge=INK, thick=1.2, radius=0.0, dash=None):
        """Draw a rectangle from its top left corner."""
        if radius:
            style = f"round,pad=0,rounding_size={radius}"
            patch = FancyBboxPatch((x, y), w, h, boxstyle=style, mutation_aspect=1)
        else:
            patch = Rectangle((x, y), w, h, joinstyle="miter")
        self.add(patch, fill, edge, thick, dash)

    def circle(self, x, y, r, fill=WHITE, edge=INK, thick=1.4, dash=None):
        """Draw a circle around a point."""
        self.add(Circle((x, y), r), fill, edge, thick, dash)

    def polygon(self, points, fill, edge=None, thick=1.2):
        """Draw a closed shape through the points."""
        self.add(Polygon(points, closed=True), fill, edge, thick)

    def line(self, points, color=INK, thick=1.6, dash=None):
        """Draw a line through the points."""
        self.add(PathPatch(Outline(points)), None, color, thick, dash)

    def lines(self, pairs, color=LINE, thick=1.0, dash=None):
        """Draw many separate straight lines as one shape."""
        points = [point for pair in pairs for point in pair]
        codes = [Outline.MOVETO, Outline.LINETO] * len(pairs)
        self.add(PathPatch(Outline(points, codes)), None, color, thick, dash)

    def arrow(self, points, color=INK, thick=1.8, head=9, dash=None):
        """Draw a line through the points that ends in an arrowhead."""
        points = np.array(points, dtype=float)
        tip = points[-1]
        along = tip - points[-2]
        along /= np.hypot(*along)
        across = np.array((-along[1], along[0]))
        base = tip - head * along
        self.line([*points[:-1], base + along], color, thick, dash)
        self.polygon([tip, base + 0.45 * head * across, base - 0.45 * head * across], color)

    def cross(self, x, y, r):
        """Draw a cross over a point."""
        ends = [((x - r, y - r), (x + r, y + r)), ((x - r, y + r), (x + r, y - r))]
        self.lines(ends, VERMILION, 3)

    def text(
        self, x, y, words, size=14, color=INK, align="center", bold=False, top=False, upright=False
    ):
        """Write lines of text around the height y, below it (top), or a line bottom to top."""
        if size < SMALLEST_TEXT:
            raise ValueError(f"{words!r} is too small to read at {size} pixels")
        weight = "bold" if bold else "normal"
        style = {"size": size, "color": color, "weight": weight, "clip_on": False}
        if upright:
            written = self.axes.text(x, y, words, ha="center", va="center", rotation=90, **style)
            self.texts.append(written)
            return
        rows = words.split("\n")
        step = 1.32 * size
        first = y + 0.5 * step if top else y - 0.5 * step * (len(rows) - 1)
        for index, row in enumerate(rows):
            self.layer += 1
            # Capital letters of this font are 0.73 of its size high.
            base = first + index * step + 0.365 * size
            written = self.axes.text(
                x, base, row, ha=align, va="baseline", zorder=self.layer, **style
            )
            self.texts.append(written)

    def grid(self, x, y, fills, cell, values=None, size=14):
        """Draw a table of squares, with numbers or without, from its top left corner."""
        for row, colors in enumerate(fills):
            for column, fill in enumerate(colors):
                left, up = x + column * cell, y + row * cell
                self.rect(left, up, cell, cell, fill, LINE, 1)
                if values is not None:
                    words = number(values[row, column])
                    self.text(left + cell / 2, up + cell / 2, words, size, ink_on(fill))

    def check(self):
        """Fail where texts overlap each other or leave the card."""
        boxes = []
        for written in self.texts:
            box = written.get_window_extent()
            boxes.append((written.get_text(), box.x0, box.x1, box.y0, box.y1))
        for words, x0, x1, y0, y1 in boxes:
            if min(x0, y0) < 10 or x1 > WIDTH - 10 or y1 > self.height - 10:
                raise ValueError(f"{words!r} leaves the card")
        for (one, *a), (other, *b) in combinations(boxes, 2):
            wide = min(a[1], b[1]) - max(a[0], b[0])
            high = min(a[3], b[3]) - max(a[2], b[2])
            if wide > 0.5 and high > 0.5:
                raise ValueError(f"{one!r} overlaps {other!r}")

    def save(self, file: Path, alt: str):
        """Write the card as SVG: the same bytes every time, with its text alternative."""
        with matplotlib.rc_context(SETTINGS):
            self.check()
            buffer = io.StringIO()
            self.figure.savefig(buffer, format="svg", metadata={"Date": None})
        file.write_text(tidy(buffer.getvalue(), alt), encoding="utf-8", newline="\n")


class Pixels:
    """A picture that is not drawn on a card: a PNG file, which holds no text alternative."""

    ending = ".png"

    def __init__(self, values: np.ndarray):
        self.values = values

    def save(self, file: Path, alt: str):
        """Write the picture as PNG."""
        Image.fromarray(self.values).save(file, optimize=True)


def tidy(svg: str, alt: str) -> str:
    """Return the SVG with a title, sizes in pixels, short numbers, and nothing superfluous."""

    def short(match):
        return f"{round(float(match[0]), 2) + 0.0:g}"

    def shorten(match):
        return match[1] + re.sub(r"-?\d+\.\d+", short, match[2]) + match[3]

    svg = re.sub(r"<!DOCTYPE.*?>\s*", "", svg, flags=re.S)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'(<svg[^>]*? width="[\d.]+)pt("[^>]*? height="[\d.]+)pt"', r'\1\2"', svg)
    svg = re.sub(r"(<svg[^>]*>)", lambda m: f"{m[1]}\n <title>{escape(alt)}</title>", svg, count=1)
    svg = re.sub(r"( d=\")([^\"]*)(\")", shorten, svg)
    svg = re.sub(r"(translate\()([^)]*)(\))", shorten, svg)
    svg = re.sub(r"(<use [^>]*? x=\")([\d.-]+)(\")", shorten, svg)
    return re.sub(r"[ \t]+\n", "\n", svg)


class Plot:
    """A rectangle of the card with its own coordinates, y upwards."""

    def __init__(self, card, x, y, w, h, across, up):
        self.card, self.x, self.y, self.w, self.h = card, x, y, w, h
        self.across, self.up = across, up

    def at(self, x, y):
        """Return the place on the card of a point."""
        left, right = self.across
        low, high = self.up
        return (
            self.x + self.w * (x - left) / (right - left),
            self.y + self.h * (high - y) / (high - low),
        )

    def curve(self, xs, ys, color, thick=3, dash=None):
        """Draw a line through points."""
        points = [self.at(x, y) for x, y in zip(xs, ys, strict=True)]
        self.card.line(points, color, thick, dash)

    def frame(self, across="", up=""):
        """Draw the two axes, each with an arrow, and name them."""
        x0, y0, x1, y1 = self.x, self.y + self.h, self.x + self.w, self.y
        self.card.arrow([(x0, y0), (x1, y0)], MUTED, 1.6)
        self.card.arrow([(x0, y0), (x0, y1)], MUTED, 1.6)
        if across:
            self.card.text((x0 + x1) / 2, y0 + 18, across, 14, MUTED)
        if up:
            self.card.text(x0 - 8, y1 - 14, up, 14, MUTED, "left")
