"""A network to play with: blocks, filters, kernels; its shapes and its parameters."""

from collections.abc import Sequence

import numpy as np
from ipywidgets import Widget
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from helpers.backstage.arithmetic import Layer, count_layers
from helpers.backstage.checks import check_whole
from helpers.play.base import (
    Playground,
    add_panel,
    choice,
    new_figure,
    say,
    show_if,
    slider,
    switch,
)
from helpers.play.table import Table
from helpers.plots import COLORS

MOST_BLOCKS = 6
LEAST_SHARE = 0.01  # that is shown as a number
FILLS = {"conv": COLORS[0], "pool": COLORS[1], "dense": COLORS[2], "outputs": COLORS[2]}


def play_architecture(input_shape: Sequence[int] = (64, 64, 3), n_classes: int = 10) -> Playground:
    """Change a convolutional network, and see the shape and the parameters of each layer.

    It begins with the network of the lesson, which ``helpers.models.create_cnn`` builds.

    Parameters
    ----------
    input_shape : sequence of int
        Height, width and channels of a picture.
    n_classes : int
        Number of outputs.

    Returns
    -------
    Playground

    Raises
    ------
    ValueError
        If these are no whole numbers of at least 1.

    Examples
    --------
    >>> play_architecture((64, 64, 3))  # doctest: +ELLIPSIS
    2 blocks with 50 filters of 3 × 3: 514,510 parameters, ...
    """
    if not isinstance(input_shape, Sequence) or len(input_shape) != 3:
        raise ValueError(
            f"input_shape is {input_shape!r}. Give height, width and channels of a picture, for "
            "example train_images.shape[1:]."
        )
    shape = tuple(check_whole(n, "a number in input_shape") for n in input_shape)
    n_classes = check_whole(n_classes, "n_classes")
    pools = [switch(f"pooling {block}", value=True) for block in range(1, MOST_BLOCKS + 1)]
    controls = {
        "blocks": slider("blocks", 2, low=1, high=MOST_BLOCKS),
        "filters": slider("filters", 50, low=1, high=128),
        "kernel_size": choice("kernel size", [(f"{n} × {n}", n) for n in (3, 4, 5, 7)]),
        "units": slider("dense units", 50, low=10, high=500, step=10),
        "rate": slider("dropout rate", 0.0, low=0.0, high=0.9, step=0.1),
        **{f"pool_{block}": box for block, box in enumerate(pools, start=1)},
    }
    scene = _Scene(shape, n_classes, pools)
    return Playground(scene.figure, controls, scene.draw)


class _Scene:
    """The picture of the playground: a box for each layer, and a table below."""

    def __init__(self, shape: tuple[int, ...], n_classes: int, pools: Sequence[Widget]) -> None:
        self.shape, self.n_classes, self.pools = shape, n_classes, pools
        self.figure = new_figure(height=3.9)
        self.ax = add_panel(self.figure, 0.005, 0.42, 0.99, 0.49)
        self.table = Table(self.figure, 0.005, 0.01, 0.99, 0.39)
        scale = "box height:\nto scale\n\nwidth: log\nof depth"
        self.ax.text(0.5, 0, scale, ha="center", va="center", fontsize=9)
        # The input, two layers for each block, flatten, and two dense layers at most.
        n = 2 * MOST_BLOCKS + 4
        self.boxes = [self.ax.add_patch(Rectangle((0, 0), 1, 1)) for _ in range(n)]

    def draw(
        self, blocks: int, filters: int, kernel_size: int, units: int, rate: float, **pooled: bool
    ) -> str:
        for block, box in enumerate(self.pools, start=1):
            show_if(block <= blocks, box)
        layers, reason = count_layers(
            self.shape, filters, kernel_size, list(pooled.values())[:blocks], units, self.n_classes
        )
        total = sum(layer.parameters for layer in layers)
        _show_boxes(self.boxes, layers)
        self.ax.set(xlim=(0, len(layers) + 1), ylim=(-0.55, 0.55))
        self.ax.title.set_text("cannot be built" if reason else f"{total:,} parameters")
        _show_table(self.table, layers, total)
        self.figure.set_label(
            "A row of boxes, one for each layer, as high as its maps, and wider for more maps; "
            f"below, a table: {'; '.join(map(_describe, layers))}."
        )
        if reason:
            return (
                f"This network cannot be built: {reason}. Use fewer blocks, a smaller kernel, "
                "fewer poolings, or larger pictures."
            )
        largest = max(layers, key=lambda layer: layer.parameters)
        dropout = (
            f" Dropout of {say(rate)} after each block changes no shape and has no parameters."
        )
        return (
            f"{blocks} block{'s' if blocks > 1 else ''} with {filters} filters of {kernel_size} × "
            f"{kernel_size}: {total:,} parameters, {largest.parameters / total:.0%} of them in "
            f"the layer “{largest.name}”. Flatten makes a row of {layers[-3].shape[0]:,} numbers."
            + (dropout if rate else "")
        )


def _show_boxes(boxes: Sequence[Rectangle], layers: Sequence[Layer]) -> None:
    """Draw each layer: height to scale, width by the logarithm of the depth."""
    longest = max(np.prod(layer.shape[2:] or layer.shape) for layer in layers)
    highest = layers[0].shape[0]
    for slot, box in enumerate(boxes, start=1):
        box.set_visible(slot <= len(layers))
        if slot > len(layers):
            continue
        layer = layers[slot - 1]
        built = bool(layer.shape)
        maps = len(layer.shape) == 3
        height = max(layer.shape[0] / highest, 0.03) if maps else 0.03 if built else 0.3
        depth = layer.shape[-1] if built else 1
        width = 0.08 + 0.8 * np.log(depth) / np.log(max(longest, 2)) if built else 0.5
        box.set_bounds(slot + 0.5 - width / 2, -height / 2, width, height)
        box.set(
            facecolor=FILLS.get(layer.name.split()[0], "#bbbbbb") if built else "white",
            edgecolor="black" if built else "#b04000",
            linestyle="-" if built else "--",
        )


def _show_table(table: Table, layers: Sequence[Layer], total: int) -> None:
    shares = np.array([layer.parameters / max(total, 1) for layer in layers])
    rows = [
        ["layer"] + [layer.name.replace(" ", "\n") for layer in layers],
        ["shape"] + [_shape(layer, "\n") for layer in layers],
        ["para-\nmeters"]
        + [
            _short(layer.parameters) + (f"\n{_percent(share)}" if layer.parameters else "")
            for layer, share in zip(layers, shares, strict=True)
        ],
    ]
    colors = np.ones((3, len(layers) + 1, 4))
    colors[:, 0] = 0.93
    colors[2, 1:] = colormaps["Oranges"](0.6 * shares)
    table.show(rows, colors, points=10 if len(layers) < 10 else 8)


def _describe(layer: Layer) -> str:
    parameters = f", {layer.parameters:,} parameters" if layer.shape else ""
    return f"{layer.name} {_shape(layer)}{parameters}"


def _shape(layer: Layer, space: str = " ") -> str:
    if not layer.shape:
        return f"no{space}room"
    if len(layer.shape) == 1:
        return f"{layer.shape[0]:,}"
    height, width, depth = layer.shape
    return f"{height} × {width}{space}× {depth}"


def _short(n: int) -> str:
    return f"{n:,}" if n < 1_000_000 else f"{n / 1_000_000:.3g} M"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= LEAST_SHARE else f"< {LEAST_SHARE:.0%}"
