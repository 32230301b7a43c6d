"""A kernel to play with: choose or edit its numbers, move the window, see what comes out."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from ipywidgets import Widget
from matplotlib.colors import Colormap
from matplotlib.patches import Rectangle

from helpers.backstage.checks import size_of
from helpers.play.base import (
    SIGNS,
    SIGNS_MEANING,
    Playground,
    add_frame,
    add_panel,
    choice,
    gray_pictures,
    new_figure,
    number,
    say,
    show_if,
    slider,
    switch,
)
from helpers.play.named_kernels import WHAT_IT_DOES, named_kernel
from helpers.play.number_grid import LARGEST, NumberGrid, resize
from helpers.play.table import Table
from helpers.plots import apply_kernel

OWN = "my own numbers"
SECRETS = np.random.default_rng(4).permutation(list(WHAT_IT_DOES)).tolist()
SIZES = range(3, LARGEST + 1, 2)  # odd, so that there is a middle
BORDER = {"fill": False, "edgecolor": "white", "linewidth": 1, "linestyle": ":"}


def play_kernel(
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
) -> Playground:
    """Slide a kernel of your choice over a picture, and see the sum at each place.

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
        If there are no pictures, the labels do not fit, or a picture is smaller than 5 × 5.

    Examples
    --------
    >>> play_kernel(train_images, train_labels)  # doctest: +SKIP
    """
    pictures = gray_pictures(images, labels, class_names, LARGEST, "kernel")
    picture, kernel = next(iter(pictures)), next(iter(WHAT_IT_DOES))
    rows, divisor = named_kernel(kernel)
    # Where most happens there is something to see.
    output = np.abs(apply_kernel(pictures[picture], rows))
    row, column = map(int, np.unravel_index(output.argmax(), output.shape))
    controls = {
        "picture": choice("picture", list(pictures)),
        "kernel": choice("kernel", [*WHAT_IT_DOES, OWN]),
        "size": choice("kernel size", [(f"{n} × {n}", n) for n in SIZES]),
        "padding": choice("padding", ["valid", "same"]),
        "row": slider("window, row", row, low=0, high=output.shape[0] - 1),
        "column": slider("window, column", column, low=0, high=output.shape[1] - 1),
        "stride": slider("stride", 1, low=1, high=3),
        "divisor": number("divide sum by", divisor, low=1, high=99),
        "numbers": NumberGrid("The kernel's numbers:", rows),
        "game": switch("Play: guess the kernel"),
        "round": number("round", 1, low=1, high=99),
        "guess": choice("your guess", ["choose …", *WHAT_IT_DOES]),
    }

    def fill(change: object) -> None:
        with playground.hold():
            name, size = controls["kernel"].value, controls["size"].value
            if name == OWN:
                controls["numbers"].value = resize(controls["numbers"].value, size)
            else:
                controls["numbers"].value, controls["divisor"].value = named_kernel(name, size)

    def forget(change: object) -> None:
        controls["guess"].index = 0

    controls["kernel"].observe(fill, names="value")
    controls["size"].observe(fill, names="value")
    controls["round"].observe(forget, names="value")
    scene = _Scene(pictures, controls)
    playground = Playground(scene.figure, controls, scene.draw)
    return playground


class _Scene:
    """The picture of the playground: the input, the window with its products, the output."""

    def __init__(self, pictures: Mapping[str, np.ndarray], controls: Mapping[str, Widget]) -> None:
        self.pictures, self.controls = pictures, controls
        self.figure = new_figure(height=3.3)
        places = (0.005, 0.685)
        self.axes = [add_panel(self.figure, x, 0.02, 0.31, 0.87) for x in places]
        self.images = [ax.imshow([[0]]) for ax in self.axes]
        self.frames = [add_frame(ax) for ax in self.axes]
        self.border = self.axes[0].add_patch(Rectangle((-0.5, -0.5), 1, 1, **BORDER))
        self.table = Table(self.figure, 0.335, 0.14, 0.33, 0.75)
        self.table.ax.title.set_text("window × kernel")
        self.sum = self.figure.text(0.5, 0.06, "", ha="center", va="center", fontsize=12)

    def draw(self, **values: Any) -> str:
        now = SimpleNamespace(**values)  # what the controls say; below, what follows from it
        now.secret = SECRETS[(now.round - 1) % len(SECRETS)]
        self._choose_kernel(now)
        now.image, now.weights = self.pictures[now.picture], np.array(now.numbers)
        padded, top, left = now.image, 0, 0
        if now.padding == "same":
            padded, top, left = add_rim(now.image, now.size, now.stride)
        now.output = apply_kernel(padded, now.weights)[:: now.stride, :: now.stride] / now.divisor
        for name, length in zip(("row", "column"), now.output.shape, strict=True):
            self.controls[name].max = length - 1
        now.row, now.column = self.controls["row"].value, self.controls["column"].value
        now.result = say(now.output[now.row, now.column])
        y, x = now.row * now.stride, now.column * now.stride
        now.y, now.x = y - top, x - left  # of the window's upper left corner, in the picture

        self._show_picture(now, padded, (top, left))
        self._show_window(padded[y : y + now.size, x : x + now.size], now.weights, hide=now.game)
        self.sum.set_text(
            f"sum = {now.result}" if now.divisor == 1 else f"sum ÷ {now.divisor} = {now.result}"
        )
        now.colors = self._show_output(now)
        self.figure.set_label(_alternative(now))
        return _judge(now.round, now.secret, now.guess) if now.game else _words(now)

    def _choose_kernel(self, now: SimpleNamespace) -> None:
        """Take the secret kernel in the game; else notice where its numbers were edited."""
        controls = self.controls
        show_if(not now.game, *(controls[name] for name in ("kernel", "numbers", "divisor")))
        show_if(now.game, controls["round"], controls["guess"])
        if now.game:
            now.numbers, now.divisor = named_kernel(now.secret, now.size)
        elif now.kernel != OWN and (now.numbers, now.divisor) != named_kernel(now.kernel, now.size):
            now.kernel = controls["kernel"].value = OWN

    def _show_picture(self, now: SimpleNamespace, padded: np.ndarray, rim: tuple[int, int]) -> None:
        image, limits = now.image, (min(0, now.image.min()), max(0, now.image.max()))
        self._show_image(0, padded, "gray", limits, rim)
        height, width = image.shape
        self.border.set(width=width, height=height, visible=now.padding == "same")
        self.frames[0].set_bounds(now.x - 0.5, now.y - 0.5, now.size, now.size)
        self.axes[0].title.set_text(f"picture, {size_of(image)}")

    def _show_image(
        self, index: int, values: np.ndarray, cmap: str | Colormap, limits: tuple[float, float],
        rim: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        image = self.images[index]
        image.set(data=values, cmap=cmap, clim=limits)
        top, left = (-n - 0.5 for n in rim)
        image.set_extent((left, left + values.shape[1], top + values.shape[0], top))

    def _show_output(self, now: SimpleNamespace) -> str:
        """Show it and say how: in gray if the kernel keeps brightness, else with signs."""
        # One pixel would vanish in its frame.
        self.frames[1].set_bounds(now.column - 1, now.row - 1, 2, 2)
        self.axes[1].title.set_text(f"output, {size_of(now.output)}")
        brightest = now.weights.sum() / now.divisor * now.image.max()
        if brightest > 1e-9:
            self._show_image(1, now.output, "gray", (0, brightest))
            return "in gray"
        limit = np.abs(now.output).max() or 1
        self._show_image(1, now.output, SIGNS, (-limit, limit))
        return SIGNS_MEANING

    def _show_window(self, window: np.ndarray, weights: np.ndarray, hide: bool) -> None:
        tints = 0.5 + 0.2 * weights / (np.abs(weights).max() or 1)
        texts = [
            [
                f"{say(value, 2)} × ?"
                if hide
                else f"{say(value, 2)} × {say(weight, 2)}\n= {say(value * weight, 2)}"
                for value, weight in zip(*rows, strict=True)
            ]
            for rows in zip(window, weights, strict=True)
        ]
        colors = np.ones((*weights.shape, 3)) if hide else SIGNS(tints)
        self.table.show(texts, colors, points=10 if len(weights) == 3 else 7.5)


def _alternative(now: SimpleNamespace) -> str:
    kernel = "a hidden kernel" if now.game else f"the kernel “{now.kernel}”"
    image, output = size_of(now.image), size_of(now.output)
    return (
        f"Left: {now.picture}, {image}, in gray, with a {size_of(now.weights)} window framed. "
        f"Middle: the window's numbers times those of {kernel}, and their sum, {now.result}. "
        f"Right: the output, {output}, {now.colors}."
    )


def _words(now: SimpleNamespace) -> str:
    output, last = now.output, now.size - 1
    divided = f", divided by {now.divisor}," if now.divisor > 1 else ""
    return (
        f"The kernel “{now.kernel}”, with stride {now.stride} and padding “{now.padding}”, turns "
        f"{size_of(now.image)} pixels into {size_of(output)} numbers from {say(output.min())} to "
        f"{say(output.max())} ({now.colors}). Counted from 0, the window lies on rows "
        f"{say(now.y)} to {now.y + last} and columns {say(now.x)} to {now.x + last}. The sum of "
        f"its products{divided} is {now.result}: row {now.row}, column {now.column} of the output."
    )


def _judge(round: int, secret: str, guess: str) -> str:
    """Say whether a guess in the game is right."""
    if guess not in WHAT_IT_DOES:
        return f"Round {round}: which kernel made this output of the picture? Choose your guess."
    if guess == secret:
        return (
            f"Right! It is “{secret}”: the output {WHAT_IT_DOES[secret]}. "
            f"Go on with round {round + 1}."
        )
    return f"No, with “{guess}” the output {WHAT_IT_DOES[guess]}. Look again, and guess again."


def add_rim(picture: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, int, int]:
    """Put a rim of zeros around a picture, as a Keras layer with padding="same" does.

    Parameters
    ----------
    picture : numpy.ndarray
        Shape (height, width).
    size, stride : int
        Height and width of the kernel, and its step.

    Returns
    -------
    (numpy.ndarray, int, int)
        The picture with its rim, and how wide the rim is above and on the left.
    """
    rims = []
    for n in picture.shape:
        total = max((-(-n // stride) - 1) * stride + size - n, 0)
        rims.append((total // 2, total - total // 2))
    return np.pad(picture, rims), rims[0][0], rims[1][0]
