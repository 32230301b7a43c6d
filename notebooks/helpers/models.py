"""The networks of the lesson: dense, convolutional, and those made of a body and a head."""

from collections.abc import Iterable, Sequence
from numbers import Real

from helpers.backstage.arithmetic import count_layers
from helpers.backstage.checks import check_whole
from helpers.backstage.files import DATA_FOLDER, MissingDataError
from helpers.backstage.quiet import keras

BODY = DATA_FOLDER / "body" / "body.keras"


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
    _check_rate(dropout_rate)
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


def create_body(
    input_shape: Sequence[int],
    filters: Sequence[int] = (16, 32, 64, 128),
    momentum: float = 0.9,
    name: str = "body",
) -> keras.Model:
    """Build blocks of convolution, batch normalization, relu and pooling, without a head.

    The order is that of Ioffe and Szegedy (2015): normalization before the activation. The
    convolutions have no bias, because the normalization adds one.

    Parameters
    ----------
    input_shape : sequence of int
        Shape of one picture: (height, width, channels).
    filters : sequence of int
        Number of filters of each block. Each block halves height and width.
    momentum : float
        Of the running averages in batch normalization, 0 <= momentum < 1.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        Not compiled. Maps (batch, height, width, channels) to feature maps, float32.

    Raises
    ------
    ValueError
        If a number makes no sense, or if the picture is too small for so many blocks.

    Examples
    --------
    >>> create_body((64, 64, 3)).output_shape
    (None, 4, 4, 128)
    """
    shape = _check_shape(input_shape)
    filters = [check_whole(n, "filters") for n in filters]
    if not filters or min(shape[:2]) < 2 ** len(filters):
        raise ValueError(
            f"filters is {filters!r}: {len(filters)} blocks for pictures of {shape[0]} × {shape[1]}"
            " pixels. Give at least one number, and no more than halve the picture to one pixel."
        )
    if not isinstance(momentum, Real) or not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum!r}. Give a number from 0 up to, but not, 1.")
    inputs = keras.Input(shape=shape, name="inputs")
    x = inputs
    for block, n in enumerate(filters, start=1):
        x = keras.layers.Conv2D(n, 3, padding="same", use_bias=False, name=f"conv_{block}")(x)
        x = keras.layers.BatchNormalization(momentum=momentum, name=f"norm_{block}")(x)
        x = keras.layers.ReLU(name=f"relu_{block}")(x)
        x = keras.layers.MaxPooling2D((2, 2), name=f"pool_{block}")(x)
    return keras.Model(inputs=inputs, outputs=x, name=name)


def load_body() -> keras.Model:
    """Load the body that was pretrained on twelve other kinds of things; its card says on which.

    Returns
    -------
    keras.Model
        Not compiled. Maps (batch, 64, 64, 3), values 0 to 1, to feature maps of shape
        (batch, 4, 4, 128), float32.

    Raises
    ------
    MissingDataError
        If ``data/body/body.keras`` is not there, or cannot be read.

    Examples
    --------
    >>> load_body().output_shape
    (None, 4, 4, 128)
    """
    try:
        return keras.models.load_model(BODY)
    except (OSError, ValueError) as error:
        raise MissingDataError(
            f"{BODY} cannot be read ({error}). Get it back with `git checkout -- data/body`, "
            "or make it anew: `python tools/pretrain_body.py`."
        ) from error


def add_head(
    body: keras.Model,
    n_classes: int = 10,
    dropout_rate: float = 0.0,
    augmentation: keras.Model | None = None,
    name: str = "network",
) -> keras.Model:
    """Put global average pooling and an output layer on top of a body.

    Parameters
    ----------
    body : keras.Model
        Maps pictures to feature maps (batch, height, width, channels). It is used, not copied:
        training the network trains it, unless ``body.trainable`` is False.
    n_classes : int
        Number of outputs. They are logits: one score per class, no softmax.
    dropout_rate : float
        Share of the pooled values that dropout sets to zero in training, 0 <= rate < 1.
    augmentation : keras.Model, optional
        Random layers that come before the body.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        Not compiled. Maps (batch, height, width, channels) to (batch, n_classes), float32.

    Raises
    ------
    ValueError
        If the body does not end in feature maps, or a number makes no sense.

    Examples
    --------
    >>> add_head(create_body((64, 64, 3))).output_shape
    (None, 10)
    """
    n_classes = check_whole(n_classes, "n_classes")
    _check_rate(dropout_rate)
    if not isinstance(body, keras.Model) or len(body.output_shape) != 4:
        raise ValueError(
            f"The body ends in {getattr(body, 'output_shape', type(body).__name__)}. Give a "
            "network that ends in feature maps (batch, height, width, channels), without a head."
        )
    inputs = keras.Input(shape=body.input_shape[1:], name="inputs")
    x = body(augmentation(inputs) if augmentation else inputs)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    if dropout_rate > 0:
        x = keras.layers.Dropout(dropout_rate, name="dropout")(x)
    outputs = keras.layers.Dense(n_classes, name="outputs")(x)
    return keras.Model(inputs=inputs, outputs=outputs, name=name)


def create_augmentation(name: str = "augmentation") -> keras.Model:
    """Build layers that change pictures at random in training, and keep what they show.

    Returns
    -------
    keras.Model
        Maps (batch, height, width, channels) to the same shape: mirrored, shifted by up to a tenth,
        and enlarged or reduced by up to 15%. It does nothing when a network predicts.

    Examples
    --------
    >>> [layer.name for layer in create_augmentation().layers]
    ['flip', 'shift', 'zoom']
    """
    layers = [
        keras.layers.RandomFlip("horizontal", name="flip"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="nearest", name="shift"),
        keras.layers.RandomZoom(0.15, fill_mode="nearest", name="zoom"),
    ]
    return keras.Sequential(layers, name=name)


def _check_rate(dropout_rate: float) -> None:
    if not isinstance(dropout_rate, Real) or not 0 <= dropout_rate < 1:
        raise ValueError(
            f"dropout_rate is {dropout_rate!r}. It is the share of values to drop: "
            "give a number from 0 up to, but not including, 1."
        )


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
