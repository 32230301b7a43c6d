"""A table of numbers in a picture, drawn in about a millisecond.

Matplotlib takes about a millisecond for each text, which is too slow for a hundred of them at
every move of a slider. Here Pillow writes them, with Matplotlib's font.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from helpers.play.base import add_pixels

LINES = (120, 120, 120)


class Table:
    """Cells with text, in a part of a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    left, bottom, width, height : float
        Place in the figure, as parts of its width and height.

    Attributes
    ----------
    ax : matplotlib.axes.Axes
        On top of the cells, for a title and for frames: the cell in row 2, column 3 goes from
        2 to 3 down and from 3 to 4 to the right.
    """

    def __init__(
        self, figure: Figure, left: float, bottom: float, width: float, height: float
    ) -> None:
        self.ax, self._image = add_pixels(figure, left, bottom, width, height)

    def show(self, texts: Sequence[Sequence[str]], colors: np.ndarray, points: float = 10) -> None:
        """Fill the table.

        Parameters
        ----------
        texts : sequence of sequence of str
            One for each cell, row by row; may have several lines.
        colors : numpy.ndarray
            Shape (rows, columns, 3), float in 0..1: light ones, for the text is black.
        points : float
            Size of the text.
        """
        rows, columns = len(texts), len(texts[0])
        height, width = self._image.get_size()
        picture = Image.new("RGB", (width, height), "white")
        pen = ImageDraw.Draw(picture)
        font = _font(round(points * 96 / 72))
        for row, line in enumerate(texts):
            for column, text in enumerate(line):
                # Neighbors share a line.
                x, right = ((column + i) * (width - 1) // columns for i in (0, 1))
                y, below = ((row + i) * (height - 1) // rows for i in (0, 1))
                color = tuple(int(255 * part) for part in colors[row, column, :3])
                pen.rectangle((x, y, right, below), fill=color, outline=LINES)
                middle = ((x + right) / 2, (y + below) / 2)
                pen.text(middle, text, fill="black", font=font, anchor="mm", align="center")
        self._image.set_data(np.asarray(picture))
        self.ax.set(xlim=(0, columns), ylim=(rows, 0))


@cache
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(findfont("DejaVu Sans"), pixels, layout_engine=ImageFont.Layout.BASIC)
