"""Compile a network, and watch it train."""

import math
import os
from functools import cache
from numbers import Real
from pathlib import Path

from helpers.backstage.progress import Progress
from helpers.backstage.quiet import keras

__all__ = ["Progress", "compile_model", "hidden_precision"]

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
    if any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers):
        for layer in model.layers[:-1]:
            layer.dtype_policy = hidden_precision()
    model.compile(
        optimizer=found,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=STEPS_AT_A_TIME,
    )
    return model


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

    Examples
    --------
    >>> hidden_precision() in ("mixed_bfloat16", "float32")
    True
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
