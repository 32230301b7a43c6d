"""Compiling, the precision of hidden layers, and the quiet import of Keras."""

import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helpers import training
from helpers.backstage import quiet
from helpers.backstage.quiet import keras
from helpers.models import add_head, create_augmentation, create_body, create_cnn, create_dense
from helpers.training import compile_model

NOTEBOOKS = Path(training.__file__).parents[1]


@pytest.fixture
def model():
    return create_dense((2, 2, 1), units=(), n_classes=3)


@pytest.fixture
def data():
    rng = np.random.default_rng(11)
    return rng.random((12, 2, 2, 1), dtype=np.float32), np.arange(12) % 3


# --- compile_model ----------------------------------------------------------------------------


def test_the_loss_takes_logits_and_whole_numbers(model, data):
    images, labels = data
    assert compile_model(model) is model
    logits = model.predict(images, verbose=0).astype(float)
    exps = np.exp(logits)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    scores = model.evaluate(images, labels, verbose=0, return_dict=True)
    expected = -np.log(probabilities[np.arange(12), labels]).mean()
    assert scores["loss"] == pytest.approx(expected, rel=1e-5)
    assert scores["accuracy"] == pytest.approx((logits.argmax(axis=1) == labels).mean())


@pytest.mark.parametrize(
    ("name", "kind", "default"),
    [("adam", "Adam", 0.001), ("sgd", "SGD", 0.01), ("rmsprop", "RMSprop", 0.001)],
)
@pytest.mark.parametrize("rate", [0.5, 1, np.float32(1e-5)])
def test_optimizers_by_name(model, name, kind, default, rate):
    assert float(compile_model(model, name, rate).optimizer.learning_rate) == pytest.approx(rate)
    # The rate of one network is not that of the next.
    optimizer = compile_model(model, name).optimizer
    assert type(optimizer).__name__ == kind
    assert float(optimizer.learning_rate) == pytest.approx(default)


def test_an_optimizer_as_an_object(model):
    optimizer = keras.optimizers.SGD(learning_rate=0.5, momentum=0.9)
    assert compile_model(model, optimizer).optimizer is optimizer
    assert float(optimizer.learning_rate) == pytest.approx(0.5)
    compile_model(model, optimizer, learning_rate=0.25)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.25)
    assert model.optimizer.momentum == 0.9


@pytest.mark.parametrize("optimizer", ["adamm", "", None, 3, keras.optimizers.Adam])
def test_unknown_optimizers(model, optimizer):
    with pytest.raises(ValueError) as caught:
        compile_model(model, optimizer)
    message = str(caught.value)
    assert message.startswith(f"optimizer is {optimizer!r}. ")
    assert "'adam', 'sgd' or 'rmsprop'" in message and "keras.optimizers.Adam()" in message
    assert caught.value.__cause__ is None and not model.compiled


@pytest.mark.parametrize("rate", [0, 0.0, -0.1, math.nan, math.inf, "0.1", [0.1]])
def test_learning_rates_that_are_none(model, rate):
    with pytest.raises(ValueError) as caught:
        compile_model(model, learning_rate=rate)
    assert str(caught.value) == f"learning_rate is {rate!r}. Give a number above 0."
    assert not model.compiled


def test_several_steps_at_a_time_change_no_number():
    random = np.random.default_rng(1)
    images, labels = random.random((50, 12, 12, 1), dtype=np.float32), np.arange(50) % 3
    found = []
    for steps in (1, training.STEPS_AT_A_TIME):  # 13 steps of 4 pictures, the last one of 2
        keras.utils.set_random_seed(1)
        model = create_cnn((12, 12, 1), n_blocks=1, dropout_rate=0.5, n_classes=3)
        compile_model(model).steps_per_execution = steps
        found.append(model.fit(images, labels, batch_size=4, epochs=2, verbose=0).history)
    assert found[0] == found[1]
    assert (training.STEPS_AT_A_TIME > 1) == (keras.backend.backend() != "torch")


# --- precision --------------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch):
    """Forget the choice that was made for this machine."""
    monkeypatch.delenv("LESSON_PRECISION", raising=False)
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    training.hidden_precision.cache_clear()
    yield monkeypatch
    training.hidden_precision.cache_clear()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx2 avx512f avx512_bf16", "mixed_bfloat16"),
        ("fpu amx_bf16", "mixed_bfloat16"),
        ("fpu avx2 avx512f", "float32"),
        ("fpu not_avx512_bf16_at_all", "float32"),
        (None, "float32"),  # not Linux
    ],
)
def test_sixteen_bits_only_where_the_processor_has_the_units(fresh, tmp_path, flags, expected):
    cpuinfo = tmp_path / "cpuinfo"
    if flags is not None:
        cpuinfo.write_text(f"model name : any\nflags\t\t: {flags}\n")
    fresh.setattr(training, "Path", lambda path: cpuinfo)
    slower = keras.backend.backend() == "jax"
    assert training.hidden_precision() == ("float32" if slower else expected)


@pytest.mark.parametrize("against", ["a GPU", "LESSON_PRECISION", "ONEDNN_MAX_CPU_ISA"])
def test_sixteen_bits_not_against_a_gpu_or_a_wish(fresh, tmp_path, against):
    (tmp_path / "cpuinfo").write_text("flags : avx512_bf16")
    fresh.setattr(training, "Path", lambda path: tmp_path / "cpuinfo")
    if against == "a GPU":
        fresh.setattr(training, "has_gpu", lambda: True)
    else:
        fresh.setenv(against, "float32")
    assert training.hidden_precision() == "float32"


def by_hand():
    """A network as a learner writes it."""
    inputs = keras.Input((20, 20, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu")(inputs)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(keras.layers.Dropout(0.5)(x))
    return keras.Model(inputs, keras.layers.Dense(10)(x))


@pytest.mark.parametrize("build", [lambda: create_cnn((20, 20, 3), filters=4), by_hand])
def test_hidden_layers_compute_in_sixteen_bits_and_all_else_stays(fresh, build):
    images = np.random.default_rng(3).random((8, 20, 20, 3), dtype=np.float32)
    answers = {}
    for precision in ("float32", "mixed_bfloat16"):
        fresh.setenv("LESSON_PRECISION", precision)
        training.hidden_precision.cache_clear()
        keras.utils.set_random_seed(5)
        model = compile_model(build())
        hidden = precision.removeprefix("mixed_")
        assert {layer.compute_dtype for layer in model.layers[1:-1]} == {hidden}
        assert model.layers[-1].compute_dtype == "float32"
        answers[hidden] = model.predict(images, verbose=0)
        assert answers[hidden].dtype == np.float32
        model.fit(images, np.arange(8), verbose=0)
        assert {weight.dtype for weight in model.weights} == {"float32"}
    # Nearly the same, so it is not only the name that differs.
    assert not np.array_equal(*answers.values())
    np.testing.assert_allclose(*answers.values(), atol=0.02)


def test_dense_networks_do_not_gain_and_keep_32_bits(fresh, model):
    fresh.setenv("LESSON_PRECISION", "mixed_bfloat16")
    assert {layer.compute_dtype for layer in compile_model(model).layers} == {"float32"}


# --- the quiet import -------------------------------------------------------------------------


def run(code, *paths):
    path = os.pathsep.join(map(str, [*paths, NOTEBOOKS]))
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_CPP")}
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=600,
        env=env | {"PYTHONPATH": path},
    )  # fmt: skip


def test_importing_and_training_print_nothing_but_the_streams_still_work():
    result = run("""
        import sys
        from helpers.backstage.quiet import keras
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
KERAS = """\
class backend:
    backend = staticmethod(lambda: {!r})
class config:
    set_image_data_format = set_floatx = set_epsilon = staticmethod(lambda value: None)
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_on_another_backend_tensorflow_is_imported_quietly_too(tmp_path, backend):
    package = tmp_path / "keras"
    (package / "src" / "utils").mkdir(parents=True)
    (package / "__init__.py").write_text(KERAS.format(backend))
    (package / "src" / "utils" / "summary_utils.py").touch()
    (tmp_path / "tensorflow.py").write_text("import os\nos.write(2, b'a banner')\n")
    result = run(
        """
        import os, sys
        unused = os.dup(1); os.close(unused)
        import helpers.backstage.quiet
        print('tensorflow' in sys.modules, os.dup(1) == unused)
        """,
        tmp_path,
    )
    assert (result.stdout, result.stderr) == (f"{backend == 'jax'} True\n", "")


@pytest.mark.parametrize("card", [True, False])
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_a_graphics_card_is_found(monkeypatch, backend, card):
    tensor = SimpleNamespace(device=SimpleNamespace(type="cuda" if card else "cpu"))
    devices = SimpleNamespace(list_devices=lambda kind: ["gpu:0"] * card)
    stand_in = SimpleNamespace(
        backend=SimpleNamespace(backend=lambda: backend),
        ops=SimpleNamespace(zeros=lambda shape: tensor),
        distribution=None if backend == "torch" else devices,  # as it is in Keras
    )
    monkeypatch.setattr(quiet, "keras", stand_in)
    assert quiet.has_gpu() is card


def test_an_import_of_keras_that_fails_still_says_so(tmp_path):
    (tmp_path / "keras.py").write_text(
        "import os\nos.write(2, b'a banner')\nraise ImportError('this keras is broken')\n"
    )
    result = run("import helpers.backstage.quiet", tmp_path)
    assert result.returncode == 1
    assert "ImportError: this keras is broken" in result.stderr
    assert "a banner" not in result.stderr and result.stdout == ""


# --- train: what cannot work is said before ----------------------------------------------------

FEW = (np.zeros((8, 16, 16, 3), dtype="float32"), np.arange(8) % 3)


def small(frozen=False, head=True):
    body = create_body((16, 16, 3), [4])
    body.trainable = not frozen
    return training.compile_model(add_head(body, 3)) if head else body


def test_train_returns_a_history():
    history = training.train(small(), FEW, FEW, epochs=2, picture=False)
    assert len(history.history["val_accuracy"]) == 2


@pytest.mark.parametrize(
    ("model", "pair", "words"),
    [
        (lambda: add_head(create_body((16, 16, 3), [4])), FEW, "not compiled"),
        (lambda: training.compile_model(small(head=False)), FEW, "needs a head"),
        (small, (FEW[0][:, :8], FEW[1]), "takes scaled pictures of shape"),
        (small, (FEW[0].astype("uint8"), FEW[1]), "use scale"),
        (small, (FEW[0], FEW[1] + 1), "from 1 to 3"),
        (small, (FEW[0], FEW[1] - 1), "from -1 to 1"),
        (small, (FEW[0], FEW[1][:5]), "each of the 8"),
        (small, (FEW[0], FEW[1].astype(float)), "float64"),
        (small, (FEW[0], np.eye(3)[FEW[1]]), r"\(8, 3\)"),
        (small, (FEW[0][:0], FEW[1][:0]), "each of the 0"),
    ],
)
def test_train_says_what_cannot_work(model, pair, words):
    for pairs in ((pair, FEW), (FEW, pair)):
        with pytest.raises(ValueError, match=words):
            training.train(model(), *pairs, epochs=1)


def test_a_network_that_is_frozen_has_nothing_to_train():
    model = small()
    model.trainable = False
    with pytest.raises(ValueError, match="nothing to train"):
        training.train(model, FEW, FEW, epochs=1)


def test_precision_of_a_body_within_a_network(monkeypatch):
    monkeypatch.setattr(training, "hidden_precision", lambda: "mixed_bfloat16")
    model = add_head(create_body((16, 16, 3), [4]), augmentation=create_augmentation())
    training.compile_model(model)
    policies = [layer.dtype_policy.name for layer in model.get_layer("body").layers]
    assert policies == ["float32"] + ["mixed_bfloat16"] * 4
    # What moves pictures computes places in them, and logits need all their digits.
    assert model.get_layer("augmentation").layers[0].dtype_policy.name == "float32"
    assert model.layers[-1].dtype_policy.name == "float32"


@pytest.mark.parametrize("chosen", ["bfloat16x", "16", "Float32"])
def test_a_precision_that_is_none_is_told_what_there_is(fresh, chosen):
    fresh.setenv("LESSON_PRECISION", chosen)
    with pytest.raises(ValueError, match=r"LESSON_PRECISION is '.*'\. Set it to float32 or mixed"):
        training.hidden_precision()
