"""Pooling to play with: window, stride, max or mean, on a grid of numbers and on a picture."""

from collections.abc import Mapping, Sequence

import numpy as np
from ipywidgets import Widget
from matplotlib import colormaps

from helpers.backstage.checks import size_of
from helpers.play.base import (
    Playground,
    add_frame,
    add_panel,
    choice,
    gray_pictures,
    new_figure,
    say,
    slider,
)
from helpers.play.table import Table

HIGHEST = 9
NUMBERS = np.random.default_rng(1).integers(0, HIGHEST + 1, (8, 8))
LARGEST = 4  # window


def pool(values: np.ndarray, size: int, stride: int, kind: str = "max") -> np.ndarray:
    """Slide a window over an array, and keep one number of each place, without padding.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (height, width).
    size, stride : int
        Height and width of the window, and its step.
    kind : str
        "max" or "mean".

    Returns
    -------
    numpy.ndarray
        Shape ((height - size) // stride + 1, (width - size) // stride + 1).

    Raises
    ------
    ValueError
        If the window does not fit, or the kind is another one.

    Examples
    --------
    >>> pool(np.array([[1, 2], [3, 4]]), size=2, stride=2, kind="mean")
    array([[2.5]])
    """
    if min(values.shape) < size:
        raise ValueError(
            f"A window of {size} × {size} does not fit into {size_of(values)}. Use a smaller one."
        )
    if kind not in ("max", "mean"):
        raise ValueError(f'kind is {kind!r}. Give "max" or "mean".')
    windows = np.lib.stride_tricks.sliding_window_view(values, (size, size))[::stride, ::stride]
    return windows.max(axis=(2, 3)) if kind == "max" else windows.mean(axis=(2, 3))


def play_pooling(
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
) -> Playground:
    """Make a grid of numbers and a picture coarser, with a window and a stride of your choice.

    Parameters
    ----------
    images : numpy.ndarray
        Pictures, shape (N, height, width, 3) or (N, height, width), or a single one. Color is
        turned into gray: the mean of the channels.
    labels : sequence of int, optional
        Category of each picture; then the first picture of each category can be chosen,
        else the first twelve.
    class_names : sequence of str, optional
        Names of the categories; left out, those that were loaded with the labels.

    Returns
    -------
    Playground

    Raises
    ------
    ValueError
        If there are no pictures, the labels do not fit, or a picture is smaller than 4 × 4.

    Examples
    --------
    >>> play_pooling(train_images, train_labels)  # doctest: +SKIP
    """
    pictures = gray_pictures(images, labels, class_names, LARGEST, "window")
    controls = {
        "size": slider("window size", 2, low=2, high=LARGEST),
        "stride": slider("stride", 2, low=1, high=4),
        "kind": choice("keep the", [("maximum", "max"), ("mean", "mean")]),
        "picture": choice("picture", list(pictures)),
        "row": slider("frame, row", 0, low=0, high=len(NUMBERS) - 1),
        "column": slider("frame, column", 0, low=0, high=len(NUMBERS) - 1),
    }
    scene = _Scene(pictures, controls)
    return Playground(scene.figure, controls, scene.draw)


class _Scene:
    """The picture of the playground: numbers and results, a picture before and after."""

    def __init__(self, pictures: Mapping[str, np.ndarray], controls: Mapping[str, Widget]) -> None:
        self.pictures, self.controls = pictures, controls
        self.figure = new_figure(height=3.7)
        self.tables = [Table(self.figure, x, 0.11, 0.345, 0.79) for x in (0.005, 0.385)]
        self.frames = [add_frame(table.ax) for table in self.tables]
        self.formula = self.figure.text(0.385, 0.045, "", va="center", fontsize=11)
        panels = [add_panel(self.figure, 0.775, y, 0.21, 0.395) for y in (0.505, 0.01)]
        self.images = [ax.imshow([[0]], cmap="gray") for ax in panels]
        self.tables[0].ax.title.set_text(f"numbers, {size_of(NUMBERS)}")

    def draw(self, size: int, stride: int, kind: str, picture: str, row: int, column: int) -> str:
        result = pool(NUMBERS, size, stride, kind)
        for name in ("row", "column"):
            self.controls[name].max = len(result) - 1
        row, column = self.controls["row"].value, self.controls["column"].value
        covered = _covered(len(NUMBERS), size, stride)
        covered = covered[:, np.newaxis] & covered
        self._show(0, NUMBERS, covered)
        self._show(1, result, np.full(result.shape, True))
        y, x = row * stride, column * stride
        self.frames[0].set_bounds(x, y, size, size)
        self.frames[1].set_bounds(column, row, 1, 1)

        image = self.pictures[picture]
        pooled = pool(image, size, stride, kind)
        for shown, values, name in zip(
            self.images, (image, pooled), ("picture", "pooled"), strict=True
        ):
            height, width = values.shape
            shown.set(data=values, clim=(min(0, image.min()), max(0, image.max())))
            shown.set_extent((0, width, height, 0))
            shown.axes.title.set_text(f"{name}, {size_of(values)}")
        formula = _formula(len(NUMBERS), size, stride)
        self.formula.set_text(formula)
        self.tables[1].ax.title.set_text(f"{kind} of each window, {size_of(result)}")
        window = NUMBERS[y : y + size, x : x + size]
        self.figure.set_label(
            f"A table of {size_of(NUMBERS)} numbers with a {size} × {size} window framed; the "
            f"table of {size_of(result)} results; {picture} in gray, {size_of(image)}, and what "
            f"pooling leaves of it, {size_of(pooled)}."
        )
        lost = "" if covered.all() else " Numbers in brackets lie in no window, and are lost."
        sizes = "; ".join(_formula(n, size, stride) for n in dict.fromkeys(image.shape))
        numbers = ", ".join(map(str, window.flat))
        name = "maximum" if kind == "max" else "mean"
        return (
            f"{kind.capitalize()} pooling with a {size} × {size} window and stride {stride} makes "
            f"{size_of(result)} of {size_of(NUMBERS)} numbers: {formula}. Of “{picture}”, "
            f"{size_of(image)} pixels, it makes {size_of(pooled)}: {sizes}. The framed window "
            f"holds {numbers}; their {name} is {say(result[row, column], 2)}.{lost}"
        )

    def _show(self, index: int, values: np.ndarray, covered: np.ndarray) -> None:
        texts = [
            [say(value, 2) if inside else f"({value})" for value, inside in zip(*rows, strict=True)]
            for rows in zip(values, covered, strict=True)
        ]
        tints = colormaps["YlGn"](0.5 * values / HIGHEST)
        tints[~covered] = 1
        self.tables[index].show(texts, tints)


def _covered(n: int, size: int, stride: int) -> np.ndarray:
    """Say of each of n rows whether a window lies on it."""
    starts = np.arange(0, n - size + 1, stride)
    covered = np.full(n, False)
    covered[starts[:, np.newaxis] + np.arange(size)] = True
    return covered


def _formula(n: int, size: int, stride: int) -> str:
    return f"⌊({n} − {size}) / {stride}⌋ + 1 = {(n - size) // stride + 1}"
