"""Compile a network, and watch it train."""

import math
import os
from collections.abc import Iterator
from functools import cache
from numbers import Real
from pathlib import Path

import numpy as np

from helpers.backstage.checks import check_whole
from helpers.backstage.files import Pair
from helpers.backstage.progress import Progress
from helpers.backstage.quiet import has_gpu, keras

__all__ = ["Progress", "compile_model", "hidden_precision", "train"]

# Python looks in after so many steps, rather than after each of them: an epoch takes less time, and
# gives the same numbers to the last digit. PyTorch cannot do it.
STEPS_AT_A_TIME = 1 if keras.backend.backend() == "torch" else 7


def compile_model(
    model: keras.Model,
    optimizer: str | keras.optimizers.Optimizer = "adam",
    learning_rate: float | None = None,
) -> keras.Model:
    """Give a classifier its loss, its optimizer and its metric.

    The hidden layers of a convolutional network compute in :func:`hidden_precision` from then
    on; networks of dense layers only do not gain by it.

    Parameters
    ----------
    model : keras.Model
        A network whose outputs are logits, shape (batch, n_classes).
    optimizer : str or keras.optimizers.Optimizer
        A name that Keras knows, such as "adam", "sgd" or "rmsprop", or an optimizer.
    learning_rate : float, optional
        Step size of the optimizer, above 0. None keeps Keras' default (0.001 for Adam).

    Returns
    -------
    keras.Model
        The same model, compiled in place for integer labels of shape (batch,).

    Raises
    ------
    ValueError
        If the learning rate is not above 0, or Keras does not know the optimizer.

    Examples
    --------
    >>> from helpers.models import create_cnn
    >>> model = compile_model(create_cnn((64, 64, 3)))
    """
    try:
        found = keras.optimizers.get(optimizer)
    except ValueError:
        found = None
    if found is None:
        raise ValueError(
            f"optimizer is {optimizer!r}. Give a name that Keras knows, such as 'adam', 'sgd' or "
            "'rmsprop', or an optimizer such as keras.optimizers.Adam()."
        )
    if learning_rate is not None:
        if not isinstance(learning_rate, Real) or not 0 < learning_rate < math.inf:
            raise ValueError(f"learning_rate is {learning_rate!r}. Give a number above 0.")
        found.learning_rate = learning_rate
    layers = list(flatten(model))
    convolutions = [i for i, layer in enumerate(layers) if isinstance(layer, keras.layers.Conv2D)]
    # What comes before the first convolution, such as augmentation, needs exact coordinates.
    for layer in layers[convolutions[0] : -1] if convolutions else ():
        layer.dtype_policy = hidden_precision()
    model.compile(
        optimizer=found,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=STEPS_AT_A_TIME,
    )
    return model


def flatten(model: keras.Model) -> Iterator[keras.Layer]:
    """Go through the layers of a network, also of networks that it has as layers."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from flatten(layer)
        else:
            yield layer


PRECISIONS = ("float32", "mixed_bfloat16")


@cache
def hidden_precision() -> str:
    """Return the precision in which hidden layers compute: the name of a dtype policy of Keras.

    It is "mixed_bfloat16" where it makes training faster, on processors that multiply numbers of
    16 bits in hardware, and "float32" everywhere else. The weights have 32 bits in both.
    ``LESSON_PRECISION`` in the environment overrides the choice.

    Returns
    -------
    str
        "mixed_bfloat16" or "float32".

    Raises
    ------
    ValueError
        If ``LESSON_PRECISION`` is something else.

    Examples
    --------
    >>> hidden_precision() in ("mixed_bfloat16", "float32")
    True
    """
    if chosen := os.environ.get("LESSON_PRECISION"):
        if chosen not in PRECISIONS:
            raise ValueError(
                f"LESSON_PRECISION is {chosen!r}. Set it to {' or '.join(PRECISIONS)}, or leave it "
                "out."
            )
        return chosen
    # JAX trains more slowly with it, and so does TensorFlow without these units.
    if keras.backend.backend() == "jax" or has_gpu():
        return "float32"
    # Whoever limits the instruction set means to do without these units, too.
    if "ONEDNN_MAX_CPU_ISA" in os.environ:
        return "float32"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:  # not Linux
        flags = []
    return "mixed_bfloat16" if {"avx512_bf16", "amx_bf16"} & set(flags) else "float32"


def train(
    model: keras.Model,
    training: Pair,
    validation: Pair,
    epochs: int = 20,
    picture: bool = True,
) -> keras.callbacks.History:
    """Train a compiled classifier and show how far it is; what cannot work is said before.

    Parameters
    ----------
    model : keras.Model
        As :func:`compile_model` returns it.
    training, validation : pair of ndarray
        Scaled pictures, shape (N, height, width, channels), values 0 to 1, and whole-numbered
        labels, shape (N,), values 0 to number of classes - 1.
    epochs : int
        How often to go through the training pictures.
    picture : bool
        Whether to draw the curves while it trains.

    Returns
    -------
    keras.callbacks.History
        What ``model.fit`` returns.

    Raises
    ------
    ValueError
        If the network is not compiled, has no head or nothing to train, or pictures or labels
        do not fit it.

    Examples
    --------
    >>> history = train(model, (train_scaled, train_labels), validation)  # doctest: +SKIP
    """
    epochs = check_whole(epochs, "epochs")
    if not getattr(model, "compiled", False):
        raise ValueError("The network is not compiled. Call compile_model(model) first.")
    if len(model.output_shape) != 2:
        raise ValueError(
            f"The network ends in {model.output_shape}, which are feature maps. It needs a head "
            "that makes one number for each class: add_head(body)."
        )
    if not model.trainable_weights:
        raise ValueError(
            "Every layer of the network is frozen, so there is nothing to train. Put a head on the "
            "frozen body: add_head(body), or thaw it: body.trainable = True."
        )
    for name, pair in (("training", training), ("validation", validation)):
        _check_pair(model, name, *pair)
    return model.fit(
        *training,
        epochs=epochs,
        validation_data=validation,
        verbose=0,
        callbacks=[Progress(picture=picture)],
    )


def _check_pair(model: keras.Model, name: str, images: np.ndarray, labels: np.ndarray) -> None:
    wanted, classes = model.input_shape[1:], model.output_shape[1]
    images, labels = np.asarray(images), np.asarray(labels)
    if images.shape[1:] != wanted or images.dtype.kind != "f":
        raise ValueError(
            f"The {name} pictures have shape {images.shape} and type {images.dtype}. This network "
            f"takes scaled pictures of shape {wanted}: use scale(), or build it for this shape."
        )
    whole = labels.dtype.kind in "iu" and labels.shape == (len(images),)
    if not whole or not len(labels) or labels.min() < 0 or labels.max() >= classes:
        found = f" from {labels.min()} to {labels.max()}" if labels.size else ""
        raise ValueError(
            f"The {name} labels have shape {labels.shape} and type {labels.dtype}{found}. Give one "
            f"whole number from 0 to {classes - 1} for each of the {len(images)} pictures, or "
            "build the network with another n_classes."
        )
