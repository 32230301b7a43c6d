"""A kernel to play with: choose or edit its numbers, move the window, see what comes out."""

from collections.abc import Mapping, Sequence

import numpy as np
from ipywidgets import Widget
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from helpers.data import CLASS_NAMES
from helpers.play.base import (
    Playground,
    add_frame,
    add_panel,
    choice,
    gray_pictures,
    move_frame,
    new_figure,
    number,
    say,
    show_if,
    size_of,
    slider,
    switch,
)
from helpers.play.kernels import WHAT_IT_DOES, add_rim, named_kernel
from helpers.play.number_grid import NumberGrid, resize
from helpers.play.table import Table
from helpers.plots import apply_kernel

OWN = "my own numbers"
SECRETS = np.random.default_rng(4).permutation(list(WHAT_IT_DOES)).tolist()
SIGNS = colormaps["RdBu_r"]  # blue below zero, red above
BORDER = {"fill": False, "edgecolor": "white", "linewidth": 1, "linestyle": ":"}


def play_kernel(
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] = CLASS_NAMES,
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
    class_names : sequence of str
        Names of the categories.

    Returns
    -------
    Playground

    Raises
    ------
    ValueError
        If there are no pictures, the labels do not fit, or a picture is smaller than 5 × 5.

    Examples
    --------
    >>> play_kernel(train_images, train_labels)
    """
    pictures = gray_pictures(images, labels, class_names, 5, "kernel")
    picture, kernel = next(iter(pictures)), next(iter(WHAT_IT_DOES))
    rows, divisor = named_kernel(kernel)
    # Where most happens there is something to see.
    output = np.abs(apply_kernel(pictures[picture], rows))
    row, column = map(int, np.unravel_index(output.argmax(), output.shape))
    controls = {
        "picture": choice("picture", list(pictures)),
        "kernel": choice("kernel", [*WHAT_IT_DOES, OWN]),
        "size": choice("kernel size", [("3 × 3", 3), ("5 × 5", 5)]),
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

    def draw(
        self, picture: str, kernel: str, size: int, stride: int, padding: str, row: int,
        column: int, numbers: tuple, divisor: int, game: bool, round: int, guess: str,
    ) -> str:  # fmt: skip
        controls = self.controls
        show_if(not game, *(controls[name] for name in ("kernel", "numbers", "divisor")))
        show_if(game, controls["round"], controls["guess"])
        secret = SECRETS[(round - 1) % len(SECRETS)]
        if game:
            numbers, divisor = named_kernel(secret, size)
        elif kernel != OWN and (numbers, divisor) != named_kernel(kernel, size):
            kernel = controls["kernel"].value = OWN
        image, weights = self.pictures[picture], np.array(numbers)
        padded, top, left = add_rim(image, size, stride) if padding == "same" else (image, 0, 0)
        output = apply_kernel(padded, weights)[::stride, ::stride] / divisor
        for name, length in zip(("row", "column"), output.shape, strict=True):
            controls[name].max = length - 1
        row, column = controls["row"].value, controls["column"].value
        y, x = row * stride, column * stride  # of the window's upper left corner
        result = say(output[row, column])

        self._show_image(0, padded, "gray", (min(0, image.min()), max(0, image.max())), (top, left))
        self.border.set(width=image.shape[1], height=image.shape[0], visible=padding == "same")
        move_frame(self.frames[0], y - top - 0.5, x - left - 0.5, size)
        self._show_window(padded[y : y + size, x : x + size], weights, hide=game)
        self.sum.set_text(f"sum = {result}" if divisor == 1 else f"sum ÷ {divisor} = {result}")
        colors = self._show_output(output, weights.sum() / divisor * image.max())
        move_frame(self.frames[1], row - 1, column - 1, 2)  # one pixel would vanish in its frame
        self.axes[0].title.set_text(f"picture, {size_of(image)}")
        self.axes[1].title.set_text(f"output, {size_of(output)}")
        name = "a hidden kernel" if game else f"the kernel “{kernel}”"
        self.figure.set_label(
            f"Left: {picture}, {size_of(image)}, in gray, with a {size_of(weights)} window framed. "
            f"Middle: the window's numbers times those of {name}, and their sum, {result}. "
            f"Right: the output, {size_of(output)}, {colors}."
        )
        if game:
            return _judge(round, secret, guess)
        end_y, end_x = y - top + size - 1, x - left + size - 1
        divided = f", divided by {divisor}," if divisor > 1 else ""
        return (
            f"The kernel “{kernel}”, with stride {stride} and padding “{padding}”, turns "
            f"{size_of(image)} pixels into {size_of(output)} numbers from {say(output.min())} to "
            f"{say(output.max())} ({colors}). Counted from 0, the window lies on rows "
            f"{say(y - top)} to {end_y} and columns {say(x - left)} to {end_x}. The sum of its "
            f"products{divided} is {result}: row {row}, column {column} of the output."
        )

    def _show_image(
        self, index: int, values: np.ndarray, cmap: str, limits: tuple[float, float],
        rim: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        image = self.images[index]
        image.set(data=values, cmap=cmap, clim=limits)
        top, left = (-n - 0.5 for n in rim)
        image.set_extent((left, left + values.shape[1], top + values.shape[0], top))

    def _show_output(self, output: np.ndarray, brightest: float) -> str:
        """Show it and say how: in gray if the kernel keeps brightness, else with signs."""
        if brightest > 1e-9:
            self._show_image(1, output, "gray", (0, brightest))
            return "in gray"
        limit = np.abs(output).max() or 1
        self._show_image(1, output, "RdBu_r", (-limit, limit))
        return "blue below 0, white at 0, red above"

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
