"""What is shown while a cell works: in a terminal, in a notebook, and what of it stays."""

import base64
import io
import re
import threading
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from execute import WIDGET, tidy
from nbclient import NotebookClient

from helpers.backstage import progress
from helpers.backstage.live import Live
from helpers.backstage.progress import LiveCurves, Progress, draw_curves
from helpers.models import create_dense
from helpers.training import compile_model

NOTEBOOKS = Path(progress.__file__).parents[2]
LOGS = {"accuracy": 0.1, "loss": 2.0, "val_accuracy": 0.2, "val_loss": 2.5}
DATA = np.random.default_rng(11).random((12, 2, 2, 1), dtype=np.float32), np.arange(12) % 3


def screen(text):
    """What a terminal shows: a carriage return goes back, and new text overwrites the old."""
    lines = []
    for line in text.split("\n"):
        shown = []
        for part in line.split("\r"):
            shown[: len(part)] = part
        lines.append("".join(shown).rstrip())
    return "\n".join(lines)


def fit(callbacks, epochs, **more):
    model = compile_model(create_dense((2, 2, 1), units=(), n_classes=3))
    return model.fit(*DATA, epochs=epochs, verbose=0, callbacks=callbacks, **more)


# --- in a terminal ----------------------------------------------------------------------------


def test_a_line_is_rewritten_and_no_picture_is_shown(capsys):
    live = Live()
    assert not live.has_pictures
    live.show("a long text", "<img>")
    live.show("short")
    out = capsys.readouterr().out
    assert screen(out) == "short" and "<img>" not in out
    live.finish("The end.")
    assert screen(out + capsys.readouterr().out) == "The end.\n"


@pytest.mark.parametrize("validation", [False, True])
def test_one_line_that_ends_the_same_each_time(capsys, validation):
    fit([Progress()], 2, validation_data=DATA if validation else None)
    out, err = capsys.readouterr()
    assert screen(out) == "Training finished.\n" and err == ""
    assert out.count("\n") == 1
    epochs = [part for part in out.split("\r") if part.startswith("Epoch")]
    names = ["accuracy", "loss"] + (["val_accuracy", "val_loss"] if validation else [])
    for number, line in enumerate(epochs, start=1):
        assert line.startswith(f"Epoch {number}/2, about ")
        assert [pair.split()[0] for pair in line.split(": ")[1].split(", ")] == names
    assert len(epochs) == 2 and "about 0 s left" in epochs[-1]


def test_training_in_another_thread_leaves_interrupts_alone(capsys):
    # Only the main thread may set what an interrupt does.
    thread = threading.Thread(target=fit, args=([Progress()], 1))
    thread.start()
    thread.join()
    assert "Training finished." in capsys.readouterr().out


# --- curves that grow -------------------------------------------------------------------------


def test_curves_show_all_that_was_added():
    figure = draw_curves({"accuracy": [0.1, 0.3], "loss": [2.0, 1.0], "val_loss": [2.5, 2.25]}, 5)
    loss, accuracy = figure.axes
    assert [ax.get_ylabel() for ax in figure.axes] == ["loss", "accuracy"]
    assert [list(line.get_xdata()) for line in loss.lines] == [[1, 2], [1, 2]]
    assert [list(line.get_ydata()) for line in loss.lines] == [[2.0, 1.0], [2.5, 2.25]]
    assert [list(line.get_ydata()) for line in accuracy.lines] == [[0.1, 0.3]]
    assert loss.get_xlim() == accuracy.get_xlim() == (0.5, 5.5)
    assert figure.get_label() == (
        "Curves over 2 epochs: training loss goes from 2.00 to 1.00; "
        "validation loss goes from 2.50 to 2.25; training accuracy goes from 0.10 to 0.30."
    )
    assert not plt.get_fignums(), "pyplot knows it, so a cell shows it twice"


def test_live_curves_are_drawn_again_only_when_that_is_cheap(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])

    def slow(figure):
        now[0] += 0.1  # what a drawing costs
        return f"picture of {len(figure.axes[0].lines[0].get_xdata())} epochs"

    monkeypatch.setattr(progress, "figure_as_html", slow)
    curves = LiveCurves()
    assert curves.as_html(200) == ""
    drawn = []
    for _ in range(200):
        now[0] += 0.5
        curves.add(LOGS)
        drawn.append(curves.as_html(200))
    assert drawn[0] == "picture of 1 epochs" and drawn[1] == drawn[0]
    pictures = len(set(drawn))
    assert pictures > 15
    assert pictures * 0.1 / now[0] < 0.03


# --- in a notebook ----------------------------------------------------------------------------

SET_UP = """
from helpers.backstage.quiet import keras
import numpy as np
from helpers.models import create_dense
from helpers.training import STEPS_AT_A_TIME, Progress, compile_model
images, labels = np.random.rand(40, 2, 2, 1), np.arange(40) % 3
model = compile_model(create_dense((2, 2, 1), units=(), n_classes=3))
"""
FIT = "history = model.fit(images, labels, epochs={}, validation_data=(images, labels), verbose=0,"
INTERRUPTED = f"""
import signal
class Press(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if len(self.model.history.epoch) == 2 and batch == STEPS_AT_A_TIME:
            for _ in range(TIMES):
                signal.raise_signal(signal.SIGINT)
before = signal.getsignal(signal.SIGINT)
try:
    {FIT.format(50)} batch_size=4, callbacks=[Progress(), Press()])
except KeyboardInterrupt:
    print('interrupted')
print([len(values) for values in history.history.values()])
print(signal.getsignal(signal.SIGINT) is before)
"""


@pytest.fixture(scope="module")
def cells():
    sources = {
        "set up": SET_UP,
        "picture": FIT.format(3) + " callbacks=[Progress()])",
        "no picture": FIT.format(3) + " callbacks=[Progress(picture=False)])",
        "one epoch": FIT.format(1) + " callbacks=[Progress()])",
        "stopped": INTERRUPTED.replace("TIMES", "1"),
        "stopped at once": INTERRUPTED.replace("TIMES", "2"),
        "again": FIT.format(2) + " callbacks=[Progress()])",
    }
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources.values()]
    )
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=600, resources=folder).execute()
    widgets = [
        sum(WIDGET in output.get("data", {}) for output in cell.outputs) for cell in notebook.cells
    ]
    tidy(notebook)
    return dict(zip(sources, zip(notebook.cells, widgets, strict=True), strict=True))


def kept(cells, name):
    """Text and pictures that a stored notebook keeps of a cell, and how many widgets there were."""
    cell, widgets = cells[name]
    text = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    pictures = [output.data for output in cell.outputs if output.output_type != "stream"]
    return text, pictures, widgets


def test_a_notebook_keeps_a_line_and_a_picture_and_no_widget(cells):
    text, (picture,), widgets = kept(cells, "picture")
    assert (text, widgets) == ("Training finished.\n", 1)
    found = re.fullmatch(
        r'<img alt="Curves over 3 epochs: training loss goes from [^"]*" '
        r'src="data:image/png;base64,([^"]*)">', picture["text/html"],
    )  # fmt: skip
    assert plt.imread(io.BytesIO(base64.b64decode(found[1]))).std() > 0


@pytest.mark.parametrize("name", ["no picture", "one epoch"])
def test_no_picture_where_it_was_not_wanted_or_says_nothing(cells, name):
    assert kept(cells, name) == ("Training finished.\n", [], 1)


def test_stopping_the_kernel_keeps_what_was_learned(cells):
    text, pictures, _ = kept(cells, "stopped")
    # Two whole epochs, and the one in which it was stopped: each of the four lists has all three.
    assert text == "Training stopped by you, in epoch 3 of 50.\n[3, 3, 3, 3]\nTrue\n"
    assert len(pictures) == 1


def test_stopping_twice_interrupts_at_once_and_the_next_training_works(cells):
    text, _, _ = kept(cells, "stopped at once")
    assert "interrupted" in text and "finished" not in text and text.endswith("True\n")
    assert kept(cells, "again")[0] == "Training finished.\n"
