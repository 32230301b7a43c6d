"""A network to play with: blocks, filters, kernels; its shapes and its parameters."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from helpers.play.base import (
    Playground,
    add_panel,
    check_whole,
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
FILLS = {"conv": COLORS[0], "pool": COLORS[1], "dense": COLORS[2], "outputs": COLORS[2]}


class Layer(NamedTuple):
    """What the playground shows of a layer: name, shape of its output, parameters."""

    name: str
    shape: tuple[int, ...]
    parameters: int


def count_layers(
    input_shape: tuple[int, int, int],
    filters: int,
    kernel_size: int,
    pools: Sequence[bool],
    units: int,
    n_classes: int,
) -> tuple[list[Layer], str]:
    """Compute the shapes and the parameters of a convolutional network, as Keras does.

    Parameters
    ----------
    input_shape : (int, int, int)
        Height, width and channels of a picture.
    filters, kernel_size : int
        Of every convolution (no padding, stride 1).
    pools : sequence of bool
        One for each block: whether a 2 × 2 pooling follows its convolution.
    units, n_classes : int
        Units of the hidden dense layer and of the output layer.

    Returns
    -------
    (list of Layer, str)
        All layers and "". Where one cannot be built, it is the last, with the shape (), and the
        text says why.

    Examples
    --------
    >>> layers, reason = count_layers((64, 64, 3), 50, 3, [True, True], 50, 10)
    >>> sum(layer.parameters for layer in layers)
    514510
    """
    height, width, channels = input_shape
    layers = [Layer("input", input_shape, 0)]
    for block, pooled in enumerate(pools, start=1):
        if min(height, width) < kernel_size:
            return layers + [Layer(f"conv {block}", (), 0)], (
                f"before block {block} only {height} × {width} are left, and a kernel of "
                f"{kernel_size} × {kernel_size} does not fit"
            )
        height, width = height - kernel_size + 1, width - kernel_size + 1
        weights = (kernel_size**2 * channels + 1) * filters  # 1 for the bias
        channels = filters
        layers.append(Layer(f"conv {block}", (height, width, channels), weights))
        if pooled:
            if min(height, width) < 2:
                return layers + [Layer(f"pool {block}", (), 0)], (
                    f"after the convolution of block {block} only {height} × {width} are left, "
                    "and the 2 × 2 pooling would leave nothing"
                )
            height, width = height // 2, width // 2
            layers.append(Layer(f"pool {block}", (height, width, channels), 0))
    n = height * width * channels
    layers.append(Layer("flatten", (n,), 0))
    layers.append(Layer("dense", (units,), (n + 1) * units))
    layers.append(Layer("outputs", (n_classes,), (units + 1) * n_classes))
    return layers, ""


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
    >>> play_architecture(train_images.shape[1:])
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
    figure = new_figure(height=3.9)
    ax = add_panel(figure, 0.005, 0.42, 0.99, 0.49)
    table = Table(figure, 0.005, 0.01, 0.99, 0.39)
    scale = "box height:\nto scale\n\nwidth: log\nof depth"
    ax.text(0.5, 0, scale, ha="center", va="center", fontsize=9)
    # The input, two layers for each block, flatten, and two dense layers at most.
    boxes = [ax.add_patch(Rectangle((0, 0), 1, 1)) for _ in range(2 * MOST_BLOCKS + 4)]

    def draw(
        blocks: int, filters: int, kernel_size: int, units: int, rate: float, **pooled: bool
    ) -> str:
        for block, box in enumerate(pools, start=1):
            show_if(block <= blocks, box)
        layers, reason = count_layers(
            shape, filters, kernel_size, list(pooled.values())[:blocks], units, n_classes
        )
        total = sum(layer.parameters for layer in layers)
        _show_boxes(boxes, layers)
        ax.set(xlim=(0, len(layers) + 1), ylim=(-0.55, 0.55))
        _show_table(table, layers, total)
        listed = "; ".join(
            f"{layer.name} {_shape(layer)}"
            + (f", {layer.parameters:,} parameters" if layer.shape else "")
            for layer in layers
        )
        dropout = (
            f" Dropout of {say(rate)} after each block changes no shape and has no parameters."
        )
        figure.set_label(
            "A row of boxes, one for each layer, as high as its maps, and wider for more maps; "
            f"below, a table: {listed}."
        )
        if reason:
            ax.title.set_text("cannot be built")
            return (
                f"This network cannot be built: {reason}. Use fewer blocks, a smaller kernel, "
                "fewer poolings, or larger pictures."
            )
        ax.title.set_text(f"{total:,} parameters")
        largest = max(layers, key=lambda layer: layer.parameters)
        return (
            f"{blocks} block{'s' if blocks > 1 else ''} with {filters} filters of {kernel_size} × "
            f"{kernel_size}: {total:,} parameters, {largest.parameters / total:.0%} of them in "
            f"the layer “{largest.name}”. Flatten makes a row of {layers[-3].shape[0]:,} numbers."
            + (dropout if rate else "")
        )

    return Playground(figure, controls, draw)


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
            f"{_short(layer.parameters)}\n{_percent(share)}" if layer.parameters else "0"
            for layer, share in zip(layers, shares, strict=True)
        ],
    ]
    colors = np.ones((3, len(layers) + 1, 4))
    colors[:, 0] = 0.93
    colors[2, 1:] = colormaps["Oranges"](0.6 * shares)
    table.show(rows, colors, points=10 if len(layers) < 10 else 8)


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
    return f"{share:.0%}" if share >= 0.01 else "< 1%"
