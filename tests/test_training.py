"""Compiling, the line of progress, and the quiet import."""

import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import numpy as np
import pytest
from helpers.quiet import keras

from helpers import training
from helpers.models import create_cnn, create_dense
from helpers.training import Progress, compile_model

NOTEBOOKS = Path(training.__file__).parents[1]


@pytest.fixture
def model():
    return create_dense((2, 2, 1), units=(), n_classes=3)


@pytest.fixture
def data():
    rng = np.random.default_rng(11)
    return rng.random((12, 2, 2, 1), dtype=np.float32), np.arange(12) % 3


# --- compile_model ----------------------------------------------------------------------------


def test_the_same_model_comes_back_with_the_defaults(model):
    assert compile_model(model) is model
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)
    assert isinstance(model.loss, keras.losses.SparseCategoricalCrossentropy)
    assert model.loss.get_config()["from_logits"] is True


def test_the_loss_takes_logits_and_whole_numbers(model, data):
    images, labels = data
    compile_model(model)
    logits = model.predict(images, verbose=0).astype(float)
    exps = np.exp(logits)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    scores = model.evaluate(images, labels, verbose=0, return_dict=True)
    expected = -np.log(probabilities[np.arange(12), labels]).mean()
    assert scores["loss"] == pytest.approx(expected, rel=1e-5)
    assert scores["accuracy"] == pytest.approx((logits.argmax(axis=1) == labels).mean())


def test_the_history_has_the_names_that_the_plots_use(model, data):
    history = compile_model(model).fit(*data, validation_data=data, epochs=2, verbose=0).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


@pytest.mark.parametrize(
    ("name", "kind"), [("adam", "Adam"), ("sgd", "SGD"), ("rmsprop", "RMSprop"), ("Adam", "Adam")]
)
@pytest.mark.parametrize("rate", [None, 0.1, 1, np.float32(1e-5)])
def test_optimizers_by_name(model, name, kind, rate):
    optimizer = compile_model(model, name, learning_rate=rate).optimizer
    assert type(optimizer).__name__ == kind
    default = type(optimizer)().learning_rate
    expected = default if rate is None else rate
    assert float(optimizer.learning_rate) == pytest.approx(float(expected))


def test_an_optimizer_as_an_object(model):
    optimizer = keras.optimizers.SGD(learning_rate=0.5, momentum=0.9)
    compile_model(model, optimizer)
    assert model.optimizer is optimizer
    assert float(optimizer.learning_rate) == pytest.approx(0.5)
    compile_model(model, optimizer, learning_rate=0.25)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.25)
    assert model.optimizer.momentum == 0.9


def test_a_learning_rate_of_one_model_is_not_that_of_the_next(model):
    compile_model(model, "sgd", learning_rate=0.5)
    compile_model(model, "sgd")
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_steps_are_as_large_as_the_learning_rate(model, data):
    compile_model(model, "sgd", learning_rate=1e-12)
    before = model.get_weights()
    model.fit(*data, epochs=1, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_allclose(old, new, atol=1e-9)


@pytest.mark.parametrize("optimizer", ["adamm", "", None, 3, keras.optimizers.Adam])
def test_unknown_optimizers(model, optimizer):
    with pytest.raises(ValueError) as caught:
        compile_model(model, optimizer)
    message = str(caught.value)
    assert message.startswith(f"optimizer is {optimizer!r}. ")
    assert "'adam', 'sgd' or 'rmsprop'" in message and "keras.optimizers.Adam()" in message
    assert caught.value.__cause__ is None and not model.compiled


@pytest.mark.parametrize("rate", [0, 0.0, -0.1, math.nan, math.inf, "0.1", [0.1]])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_learning_rates_that_are_none(model, optimizer, rate):
    with pytest.raises(ValueError) as caught:
        compile_model(model, optimizer, learning_rate=rate)
    assert str(caught.value) == f"learning_rate is {rate!r}. Give a number above 0."
    assert not model.compiled


# --- Progress ---------------------------------------------------------------------------------


def screen(text):
    """What a terminal shows: a carriage return goes back, and new text overwrites the old."""
    lines = []
    for line in text.split("\n"):
        shown = []
        for part in line.split("\r"):
            shown[: len(part)] = part
        lines.append("".join(shown).rstrip())
    return "\n".join(lines)


def fit(model, data, **arguments):
    return compile_model(model).fit(*data, verbose=0, **arguments)


def states(text):
    """Each text that stood on the line, one after the other."""
    return [part for part in text.rstrip("\n").split("\r") if part.strip()]


@pytest.mark.parametrize("validation", [False, True])
@pytest.mark.parametrize("epochs", [1, 3])
def test_one_line_that_ends_the_same_each_time(model, data, capsys, validation, epochs):
    fit(model, data, epochs=epochs, callbacks=[Progress()],
        validation_data=data if validation else None)  # fmt: skip
    out, err = capsys.readouterr()
    assert screen(out) == "Training finished.\n" and err == ""
    assert out.count("\n") == 1
    first, *epoch_lines, last = states(out)
    assert (first, last) == ("Training started ...", Progress.LAST_LINE)
    names = ["accuracy", "loss"] + (["val_accuracy", "val_loss"] if validation else [])
    assert len(epoch_lines) == epochs
    for number, line in enumerate(epoch_lines, start=1):
        assert line.startswith(f"Epoch {number}/{epochs}, about ")
        assert [pair.split()[0] for pair in line.split(": ")[1].split(", ")] == names
    assert "about 0 s left" in epoch_lines[-1]


def test_nothing_is_left_of_a_longer_text(capsys):
    progress = Progress()
    progress.set_params({"epochs": 3})
    progress.on_train_begin()
    seen = ""
    for epoch, metrics in enumerate([30, 2, 5]):
        progress.on_epoch_end(epoch, {f"a_long_name_{n}": 1.0 for n in range(metrics)})
        seen += capsys.readouterr().out
        shown = screen(seen)
        assert shown.startswith(f"Epoch {epoch + 1}/3") and shown.count("a_long_name") == metrics
        assert shown.endswith(" 1.00") and "\n" not in shown
    progress.on_train_end()
    assert screen(seen + capsys.readouterr().out) == "Training finished.\n"


def test_what_is_stored_in_a_notebook_is_the_last_line_alone(model, data, capsys):
    from execute import tidy

    fit(model, data, epochs=2, callbacks=[Progress()])
    output = nbformat.v4.new_output("stream", name="stdout", text=capsys.readouterr().out)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    tidy(notebook)
    assert [output.text for output in notebook.cells[0].outputs] == ["Training finished.\n"]


def test_early_stopping_ends_with_the_same_line(model, data, capsys):
    stopping = keras.callbacks.EarlyStopping(monitor="loss", patience=1, min_delta=1e9)
    history = fit(model, data, epochs=50, callbacks=[stopping, Progress()])
    assert len(history.epoch) == 2
    out = capsys.readouterr().out
    assert "Epoch 2/50" in out and "Epoch 3/50" not in out
    assert screen(out) == "Training finished.\n"


class Interrupt(keras.callbacks.Callback):
    """Plays a learner who stops the kernel in the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt


def test_an_interrupted_training_does_not_say_finished_and_the_next_one_does(model, data, capsys):
    progress = Progress()
    with pytest.raises(KeyboardInterrupt):
        fit(model, data, epochs=5, callbacks=[progress, Interrupt()])
    out = capsys.readouterr().out
    assert screen(out).startswith("Epoch 1/5") and "finished" not in out
    fit(model, data, epochs=1, callbacks=[progress])
    assert screen(capsys.readouterr().out) == "Training finished.\n"


def test_logs_may_be_missing(capsys):
    progress = Progress()
    progress.set_params({"epochs": 1})
    progress.on_train_begin()
    progress.on_epoch_end(0)
    progress.on_train_end()
    assert screen(capsys.readouterr().out) == "Training finished.\n"


def test_predicting_and_evaluating_print_nothing(model, data, capsys):
    compile_model(model)
    model.evaluate(*data, verbose=0, callbacks=[Progress()])
    model.predict(data[0], verbose=0, callbacks=[Progress()])
    assert capsys.readouterr().out == ""


# --- the quiet import -------------------------------------------------------------------------


def run(code, *paths, **environment):
    code = textwrap.dedent(code)
    path = os.pathsep.join(map(str, [*paths, NOTEBOOKS]))
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_CPP")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600,
        env=env | {"PYTHONPATH": path} | environment,
    )  # fmt: skip


def test_importing_and_training_print_nothing_but_the_streams_still_work():
    result = run("""
        import sys
        from helpers.quiet import keras
        from helpers.models import create_dense
        from helpers.training import compile_model
        import numpy as np
        model = compile_model(create_dense((2, 2, 1), units=()))
        model.fit(np.zeros((4, 2, 2, 1)), np.zeros(4, int), verbose=0)
        print("out")
        print("error", file=sys.stderr)
    """)
    assert (result.returncode, result.stdout, result.stderr) == (0, "out\n", "error\n")


# As much of Keras as the quiet import looks at.
KERAS = "class backend:\n    backend = staticmethod(lambda: {!r})\n"


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_on_another_backend_tensorflow_is_imported_quietly_too(tmp_path, backend):
    (tmp_path / "keras.py").write_text(KERAS.format(backend))
    (tmp_path / "tensorflow.py").write_text("import os\nos.write(2, b'a banner')\n")
    result = run("import helpers.quiet, sys; print('tensorflow' in sys.modules)", tmp_path)
    assert (result.stdout, result.stderr) == (f"{backend == 'jax'}\n", "")


def test_an_import_of_keras_that_fails_still_says_so(tmp_path):
    (tmp_path / "keras.py").write_text(
        "import os\nos.write(2, b'a banner')\nraise ImportError('this keras is broken')\n"
    )
    result = run("import helpers.quiet", tmp_path)
    assert result.returncode == 1
    assert "ImportError: this keras is broken" in result.stderr
    assert "a banner" not in result.stderr and result.stdout == ""


def test_the_level_of_messages_that_a_person_chose_stays(tmp_path):
    (tmp_path / "keras.py").write_text(KERAS.format("tensorflow"))
    code = "import os, helpers.quiet; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])"
    assert run(code, tmp_path).stdout == "3\n"
    assert run(code, tmp_path, TF_CPP_MIN_LOG_LEVEL="0").stdout == "0\n"


def test_no_file_descriptor_is_left_open(tmp_path):
    (tmp_path / "keras.py").write_text(KERAS.format("tensorflow"))
    result = run(
        """
        import os
        before = os.dup(1); os.close(before)
        import helpers.quiet
        after = os.dup(1)
        print(before == after)
        """,
        tmp_path,
    )
    assert result.stdout == "True\n"


def test_several_steps_at_a_time_change_no_number():
    random = np.random.default_rng(1)
    images, labels = random.random((50, 12, 12, 1), dtype=np.float32), np.arange(50) % 3
    found = []
    for steps in (1, training.STEPS_AT_A_TIME):  # 13 steps of 4 pictures, the last one of 2
        keras.utils.set_random_seed(1)
        model = create_cnn((12, 12, 1), n_blocks=1, dropout_rate=0.5, n_classes=3)
        compile_model(model).steps_per_execution = steps
        found.append(model.fit(images, labels, batch_size=4, epochs=2, verbose=0).history)
    assert found[0] == found[1] and training.STEPS_AT_A_TIME > 1
