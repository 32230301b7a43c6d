"""The networks of the lesson: one builder for dense networks, one for convolutional ones."""

from collections.abc import Iterable, Sequence
from numbers import Real

from helpers.backstage.arithmetic import count_layers
from helpers.backstage.checks import check_whole
from helpers.backstage.quiet import keras


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
    units = [check_whole(n, "units") for n in units]
    n_classes = check_whole(n_classes, "n_classes")

    inputs = keras.Input(shape=_check_shape(input_shape), name="inputs")
    x = keras.layers.Flatten(name="flatten")(inputs)
    for number, n in enumerate(units, start=1):
        x = keras.layers.Dense(n, activation="relu", name=f"dense_{number}")(x)
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
    n_blocks = check_whole(n_blocks, "n_blocks")
    filters = check_whole(filters, "filters")
    kernel_size = check_whole(kernel_size, "kernel_size")
    n_classes = check_whole(n_classes, "n_classes")
    if not isinstance(dropout_rate, Real) or not 0 <= dropout_rate < 1:
        raise ValueError(
            f"dropout_rate is {dropout_rate!r}. It is the share of values to drop: "
            "give a number from 0 up to, but not including, 1."
        )
    _, reason = count_layers(shape, kernel_size=kernel_size, pools=[True] * n_blocks)
    if reason:
        raise ValueError(
            f"n_blocks is {n_blocks}, too many for pictures of {shape[0]} × {shape[1]} pixels: "
            f"{reason}. Use fewer blocks, a smaller kernel_size, or larger pictures."
        )

    inputs = keras.Input(shape=shape, name="inputs")
    x = inputs
    for block in range(1, n_blocks + 1):
        convolution = keras.layers.Conv2D(
            filters, kernel_size, activation=activation, name=f"conv_{block}"
        )
        x = convolution(x)
        x = keras.layers.MaxPooling2D((2, 2), name=f"pool_{block}")(x)
        if dropout_rate > 0:
            x = keras.layers.Dropout(dropout_rate, name=f"dropout_{block}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(50, activation=activation, name="dense")(x)
    outputs = keras.layers.Dense(n_classes, name="outputs")(x)
    return keras.Model(inputs=inputs, outputs=outputs, name=name)


def _check_shape(input_shape: Sequence[int]) -> tuple[int, int, int]:
    try:
        shape = tuple(check_whole(n, "input_shape") for n in input_shape)
    except (TypeError, ValueError):
        shape = ()
    if len(shape) != 3:
        raise ValueError(
            f"input_shape is {input_shape!r}. Give the shape of one picture as three numbers: "
            "(height, width, channels), for example train_images.shape[1:]."
        )
    return shape
