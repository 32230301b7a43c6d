"""The networks of the lesson: one builder for dense networks, one for convolutional ones."""

import os
from collections.abc import Iterable, Sequence
from functools import cache
from numbers import Real
from pathlib import Path

from helpers.quiet import keras


@cache
def hidden_precision() -> str:
    """Return the precision in which convolutional networks compute: the name of a dtype policy.

    It is "mixed_bfloat16" where it makes training faster, on processors that multiply numbers of
    16 bits in hardware, and "float32" everywhere else. The weights have 32 bits in both. Networks
    of dense layers only do not gain, and keep 32. ``LESSON_PRECISION`` in the environment
    overrides the choice.

    Returns
    -------
    str
        "mixed_bfloat16" or "float32".

    Examples
    --------
    >>> keras.layers.Dense(50, dtype=hidden_precision())
    """
    if chosen := os.environ.get("LESSON_PRECISION"):
        return chosen
    # Elsewhere it was not measured; on TensorFlow without these units it is much slower.
    if keras.backend.backend() != "tensorflow" or keras.distribution.list_devices("gpu"):
        return "float32"
    # Whoever limits the instruction set means to do without these units, too.
    if "ONEDNN_MAX_CPU_ISA" in os.environ:
        return "float32"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:  # not Linux
        flags = []
    return "mixed_bfloat16" if {"avx512_bf16", "amx_bf16"} & set(flags) else "float32"


def create_dense(
    input_shape: Sequence[int],
    units: Sequence[int] = (50, 50),
    n_classes: int = 10,
    name: str = "dense_network",
) -> keras.Model:
    """Build a network of dense layers only.

    Parameters
    ----------
    input_shape : sequence of int
        Shape of one picture: (height, width, channels).
    units : sequence of int
        Number of units of each hidden layer (relu activation).
    n_classes : int
        Number of outputs. They are logits: one score per class, no softmax.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        Not compiled. Maps (batch, height, width, channels) to (batch, n_classes), float32.

    Raises
    ------
    ValueError
        If the shape, a number of units or the number of classes makes no sense.

    Examples
    --------
    >>> create_dense((64, 64, 3)).count_params()
    617510
    """
    if not isinstance(units, Iterable):
        raise ValueError(
            f"units is {units!r}. Give one number for each hidden layer, for example (50, 50)."
        )
    inputs = keras.Input(shape=_check_shape(input_shape), name="inputs")
    x = keras.layers.Flatten(name="flatten")(inputs)
    for number, n in enumerate(units, start=1):
        x = keras.layers.Dense(
            _at_least_one(n, "units"), activation="relu", name=f"dense_{number}"
        )(x)
    n_classes = _at_least_one(n_classes, "n_classes")
    outputs = keras.layers.Dense(n_classes, name="outputs")(x)
    return keras.Model(inputs=inputs, outputs=outputs, name=name)


def create_cnn(
    input_shape: Sequence[int],
    n_blocks: int = 2,
    filters: int = 50,
    kernel_size: int = 3,
    activation: str = "relu",
    dropout_rate: float = 0.0,
    n_classes: int = 10,
    name: str = "cnn",
) -> keras.Model:
    """Build a convolutional network: blocks of convolution and pooling, then two dense layers.

    Each block is a convolution without padding and a 2 x 2 max pooling; where
    ``dropout_rate`` is above 0, a dropout layer follows. After the blocks come
    Flatten, a dense layer of 50 units, and the output layer.

    Parameters
    ----------
    input_shape : sequence of int
        Shape of one picture: (height, width, channels).
    n_blocks : int
        Number of blocks. Each roughly halves height and width.
    filters : int
        Number of filters of every convolution.
    kernel_size : int
        Height and width of every kernel, in pixels.
    activation : str
        Activation of the convolutions and of the hidden dense layer.
    dropout_rate : float
        Share of the values that dropout sets to zero in training, 0 <= rate < 1.
    n_classes : int
        Number of outputs. They are logits: one score per class, no softmax.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        Not compiled. Maps (batch, height, width, channels) to (batch, n_classes), float32.

    Raises
    ------
    ValueError
        If a number makes no sense, or if the picture is too small for so many blocks.

    Examples
    --------
    >>> create_cnn((64, 64, 3)).count_params()
    514510
    """
    shape = _check_shape(input_shape)
    n_blocks = _at_least_one(n_blocks, "n_blocks")
    kernel_size = _at_least_one(kernel_size, "kernel_size")
    if not isinstance(dropout_rate, Real) or not 0 <= dropout_rate < 1:
        raise ValueError(
            f"dropout_rate is {dropout_rate!r}. It is the share of values to drop: "
            "give a number from 0 up to, but not including, 1."
        )
    _check_room(shape, n_blocks, kernel_size)

    precision = hidden_precision()
    inputs = keras.Input(shape=shape, name="inputs")
    x = inputs
    for block in range(1, n_blocks + 1):
        x = keras.layers.Conv2D(
            _at_least_one(filters, "filters"),
            kernel_size,
            activation=activation,
            dtype=precision,
            name=f"conv_{block}",
        )(x)
        x = keras.layers.MaxPooling2D((2, 2), dtype=precision, name=f"pool_{block}")(x)
        if dropout_rate > 0:
            x = keras.layers.Dropout(dropout_rate, dtype=precision, name=f"dropout_{block}")(x)
    x = keras.layers.Flatten(dtype=precision, name="flatten")(x)
    x = keras.layers.Dense(50, activation=activation, dtype=precision, name="dense")(x)
    outputs = keras.layers.Dense(_at_least_one(n_classes, "n_classes"), name="outputs")(x)
    return keras.Model(inputs=inputs, outputs=outputs, name=name)


def _check_shape(input_shape: Sequence[int]) -> tuple[int, int, int]:
    try:
        shape = tuple(_at_least_one(n, "input_shape") for n in input_shape)
    except (TypeError, ValueError):
        shape = ()
    if len(shape) != 3:
        raise ValueError(
            f"input_shape is {input_shape!r}. Give the shape of one picture as three numbers: "
            "(height, width, channels), for example train_images.shape[1:]."
        )
    return shape


def _at_least_one(n: int, what: str) -> int:
    if isinstance(n, bool) or not isinstance(n, Real) or n < 1 or n % 1 != 0:
        raise ValueError(f"{what} is {n!r}. Give a whole number of at least 1.")
    return int(n)


def _check_room(shape: tuple[int, int, int], n_blocks: int, kernel_size: int) -> None:
    """Say in plain words why a network cannot be built, before Keras meets a negative size."""
    height, width = shape[:2]
    for block in range(1, n_blocks + 1):
        if min(height, width) <= kernel_size:
            advice = f"n_blocks of at most {block - 1}" if block > 1 else "a smaller kernel_size"
            raise ValueError(
                f"n_blocks is {n_blocks}, too many for pictures of {shape[0]} x {shape[1]} pixels: "
                f"before block {block} only {height} x {width} are left, and a convolution of "
                f"{kernel_size} x {kernel_size} with a 2 x 2 pooling would leave nothing. "
                f"Use {advice}, or larger pictures."
            )
        height, width = (height - kernel_size + 1) // 2, (width - kernel_size + 1) // 2
