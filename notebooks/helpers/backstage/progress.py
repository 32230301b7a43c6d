"""Show how far a training is, in a notebook or in a terminal."""

import signal
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from IPython.display import display
from matplotlib.figure import Figure

from helpers.backstage.figures import figure_as_html
from helpers.backstage.live import Live
from helpers.backstage.normal import remark
from helpers.backstage.quiet import keras
from helpers.plots import TRAINING, VALIDATION, draw_metric


class LiveCurves:
    """Curves of a training that grow.

    They are drawn again only when the last drawing has cost less than a fortieth of the time
    since then, so that a fast training is not slowed down by its own picture.
    """

    SHARE = 1 / 40

    def __init__(self) -> None:
        self.values: dict[str, list[float]] = {}
        self._html = ""
        self._cost = 0.0
        self._drawn = -float("inf")

    def add(self, logs: Mapping[str, float]) -> None:
        """Add the values of one more epoch."""
        for name, value in logs.items():
            self.values.setdefault(name, []).append(float(value))

    def as_html(self, epochs: int) -> str:
        """Return the picture, new or still the last one, with room for so many epochs."""
        start = time.perf_counter()
        if self.values and (start - self._drawn) * self.SHARE > self._cost:
            self._html = figure_as_html(draw_curves(self.values, epochs))
            self._drawn = time.perf_counter()
            self._cost = self._drawn - start
        return self._html


def draw_curves(values: Mapping[str, Sequence[float]], epochs: int | None = None) -> Figure:
    """Draw each metric of a training beside the others, training and validation together.

    Parameters
    ----------
    values : mapping of str to sequence of float
        One value for each epoch, under the names that Keras gives: "loss", "val_loss", ...
    epochs : int, optional
        Right end of the axes. None: the epochs that there are.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so that no cell shows it twice.
    """
    metrics = [name for name in values if not name.startswith("val_")]
    metrics.sort(key=lambda name: name != "loss")  # the loss first
    figure = Figure(figsize=(4.4 * len(metrics), 2.7), layout="constrained")
    words = []
    axes = figure.subplots(1, len(metrics), squeeze=False)[0]
    for ax, metric in zip(axes, metrics, strict=True):
        words += draw_metric(ax, values, metric, (TRAINING, VALIDATION))
        ax.set_xlim(0.5, (epochs or len(values[metric])) + 0.5)
    figure.set_label(f"Curves over {len(values[metrics[0]])} epochs: {'; '.join(words)}.")
    return figure


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
    >>> model.fit(images, labels, epochs=10, verbose=0, callbacks=[Progress()])  # doctest: +SKIP
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
        if epochs and (line := remark(self.model, self.params, self._curves.values)):
            print(line)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._let_interrupts_be()
        self._stopped = self.model.stop_training = True
        self._live.show("Stopping after these steps ...")

    def _let_interrupts_be(self) -> None:
        if (usual := getattr(self, "_usual", None)) is not None:
            signal.signal(signal.SIGINT, usual)
            self._usual = None
