"""Compile a network, and watch it train."""

import math
import sys
import time
from numbers import Real

from helpers.quiet import keras


def compile_model(
    model: keras.Model,
    optimizer: str | keras.optimizers.Optimizer = "adam",
    learning_rate: float | None = None,
) -> keras.Model:
    """Give a classifier its loss, its optimizer and its metric.

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
    model.compile(
        optimizer=found,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


class Progress(keras.callbacks.Callback):
    """Show on one line how far the training is.

    The line is rewritten after every epoch, and the last text is always the same:
    epoch values and times differ between machines, and a notebook whose output is
    compared must not contain them. The values themselves are in the history.

    Examples
    --------
    >>> model.fit(images, labels, epochs=10, verbose=0, callbacks=[Progress()])
    """

    LAST_LINE = "Training finished."

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._width = 0
        self._start = time.perf_counter()
        self._write("Training started ...")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        done, total = epoch + 1, self.params["epochs"]
        seconds_left = (time.perf_counter() - self._start) / done * (total - done)
        values = ", ".join(f"{name} {value:.2f}" for name, value in (logs or {}).items())
        self._write(f"Epoch {done}/{total}, about {seconds_left:.0f} s left: {values}")

    def on_train_end(self, logs: dict | None = None) -> None:
        self._write(self.LAST_LINE)
        sys.stdout.write("\n")

    def _write(self, text: str) -> None:
        # Blanks overwrite what is left of a longer line.
        sys.stdout.write(f"\r{' ' * self._width}\r{text}")
        sys.stdout.flush()
        self._width = len(text)
