"""The shapes and the parameters of a convolutional network, computed without Keras."""

from collections.abc import Sequence
from typing import NamedTuple


class Layer(NamedTuple):
    """A layer: its name, the shape of its output, its number of parameters."""

    name: str
    shape: tuple[int, ...]
    parameters: int


def count_layers(
    input_shape: tuple[int, int, int],
    filters: int = 50,
    kernel_size: int = 3,
    pools: Sequence[bool] = (True, True),
    units: int = 50,
    n_classes: int = 10,
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
    >>> layers, reason = count_layers((64, 64, 3))
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
