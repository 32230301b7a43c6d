"""Compile a network, and watch it train."""

import math
import signal
import threading
import time
from numbers import Real
from types import FrameType

from helpers.quiet import keras
from IPython.display import display

from helpers.live import Live, LiveCurves, draw_curves

# Python looks in after so many steps, rather than after each of them. Measured: 8 to 12% less
# time for an epoch, and the same numbers to the last digit. PyTorch cannot do it.
STEPS_AT_A_TIME = 1 if keras.backend.backend() == "torch" else 7


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
        steps_per_execution=STEPS_AT_A_TIME,
    )
    return model


class Progress(keras.callbacks.Callback):
    """Show how far a training is: epoch, time left, and curves that grow.

    What stays in the notebook is a line that is the same on each machine, and a picture of
    the curves. Stopping the kernel (the black square) ends the training after the current
    steps: ``fit`` returns as usual, with what was learned and recorded so far. Stopping it once
    more interrupts at once.

    Parameters
    ----------
    picture : bool
        Whether to leave the curves behind. False suits trainings in a loop.

    Examples
    --------
    >>> model.fit(images, labels, epochs=10, verbose=0, callbacks=[Progress()])
    """

    LAST_LINE = "Training finished."

    def __init__(self, picture: bool = True) -> None:
        super().__init__()
        self._picture = picture

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._start = time.perf_counter()
        self._curves = LiveCurves()
        self._live = Live()
        self._live.show("Training started ...")
        self._stopped = False
        # Only the main thread may say what an interrupt does.
        if threading.current_thread() is threading.main_thread():
            self._usual = signal.signal(signal.SIGINT, self._stop)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        done, total = epoch + 1, self.params["epochs"]
        seconds_left = (time.perf_counter() - self._start) / done * (total - done)
        values = ", ".join(f"{name} {value:.2f}" for name, value in (logs or {}).items())
        self._curves.add(logs or {})
        picture = self._curves.as_html(total) if self._live.has_pictures else ""
        text = f"Epoch {done}/{total}, about {seconds_left:.0f} s left: {values}"
        self._live.show(text, picture)

    def on_train_end(self, logs: dict | None = None) -> None:
        self._let_interrupts_be()
        epochs = max(map(len, self._curves.values.values()), default=0)
        self._live.finish(
            f"Training stopped by you, in epoch {epochs} of {self.params['epochs']}."
            if self._stopped
            else self.LAST_LINE
        )
        if self._picture and self._live.has_pictures and epochs > 1:
            display(draw_curves(self._curves.values))

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._let_interrupts_be()
        self._stopped = self.model.stop_training = True
        self._live.show("Stopping after these steps ...")

    def _let_interrupts_be(self) -> None:
        if (usual := getattr(self, "_usual", None)) is not None:
            signal.signal(signal.SIGINT, usual)
            self._usual = None
