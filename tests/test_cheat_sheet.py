"""The cheat sheet: its code runs, Keras says what its tables say, and it fills two pages."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from conftest import BACKEND, ROOT
from helpers.backstage.quiet import keras
from helpers.data import load_data, load_photos, scale

layers = keras.layers
TEXT = re.sub(r"(?s)<!--.*?-->", "", (ROOT / "notebooks/cheat-sheet.md").read_text("utf-8"))
CODE = re.compile(r"(``?)(.+?)\1(?!`)")
PICTURES = np.random.default_rng(1).random((10, 64, 64, 3), dtype="float32")
LABELS = np.arange(10)


def section(heading):
    """Return the text of a section."""
    (found,) = re.findall(rf"(?ms)^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT)
    return found


def rows(heading):
    """Return the rows of all tables of a section, without their heads."""
    table = [line for line in section(heading).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    heads = [number - 1 for number, row in enumerate(cells) if set(row[0]) == {"-"}]
    return [row for number, row in enumerate(cells) if {number, number - 1}.isdisjoint(heads)]


def code(cell):
    """Return the pieces of code in a cell."""
    return [found[1].strip() for found in CODE.findall(cell)]


# --- code ---------------------------------------------------------------------------------------


@pytest.fixture
def few_pictures(tmp_path, monkeypatch):
    """Two training pictures of each category, and as many held out."""
    labels = np.repeat(LABELS, 2)
    for part in ("train", "test"):
        np.save(tmp_path / f"{part}_images.npy", (255 * PICTURES[labels]).astype("uint8"))
        np.save(tmp_path / f"{part}_labels.npy", labels)
    monkeypatch.setenv("LESSON_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_the_code_runs_from_top_to_bottom(few_pictures, capsys):
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", TEXT)
    assert len(blocks) == TEXT.count("```") / 2
    space = {}
    for block in blocks:
        assert max(map(len, block.splitlines())) <= 51, "wider than a column on paper"
        exec(block, space)
    plt.close("all")
    assert "10 validation and 10 test pictures" in capsys.readouterr().out
    history = space["history"].history
    assert {"loss", "val_loss", "accuracy", "val_accuracy"} == set(history)
    assert np.array_equal(space["predicted"], space["logits"].argmax(axis=1))
    assert np.allclose(space["shares"].numpy().sum(axis=1), 1, atol=1e-5)
    assert np.allclose(space["model"].predict(space["x_val"], verbose=0), space["logits"])
    assert np.allclose(space["one"], space["logits"][:1], atol=1e-4)
    p, n = space["p"], space["n"]
    assert space["spread"] == pytest.approx(2 * (p * (1 - p) / n) ** 0.5) and n == 10
    for name in ("model", "better", "tuned"):
        assert space[name].layers[-1].activation is keras.activations.linear, "these are logits"


def test_code_within_the_text(few_pictures):
    text = section("Load and scale")
    images = load_data()[0][0]
    by_hand, channel, folder = [code for code in code_of(text) if code != "images"]
    assert np.array_equal(eval(by_hand, {"images": images}), scale(images))
    assert eval(channel, {"images": images[..., 0], "np": np}).shape == (20, 64, 64, 1)
    assert folder == "load_photos(folder)" and callable(load_photos)
    assert eval(code_of(section("Which output, which loss"))[-1], vars(keras.metrics))


def code_of(text):
    """Return the pieces of code in a text, without its blocks and tables."""
    return code(re.sub(r"(?ms)^```.*?^```|^\|.*?$", "", text))


# --- tables -------------------------------------------------------------------------------------


def test_shapes_and_parameters_are_those_of_keras():
    chain = list(rows("Shapes and parameters"))
    end = next(number for number, row in enumerate(chain) if row[0] == "all together")
    picture = x = keras.Input(eval(code(chain[0][1])[0]))
    total = 0
    for number, (call, leaves, parameters) in enumerate(chain[1:], start=1):
        if number == end:
            assert total == whole(parameters)
            continue
        layer = eval(code(call)[0], vars(layers))
        result = layer(x if number < end else picture)
        assert result.shape[1:] == eval(code(leaves)[0]), call
        found = layer.count_params()
        assert found == (eval(code(parameters)[0]) if parameters else 0), call
        if "=" in parameters:
            assert found == whole(parameters.partition("=")[2])
        if "half of it trained" in parameters:
            assert found == 2 * sum(weights.shape[0] for weights in layer.trainable_weights)
        x, total = result, total + found
    assert (end, len(chain)) == (8, 15)
    for unchanged in (layers.Dropout(0.5), layers.RandomFlip(), layers.RandomZoom(0.1)):
        assert unchanged(picture).shape == picture.shape and not unchanged.trainable_weights


def whole(number):
    return int(number.replace(",", ""))


def test_sizes_follow_the_formulas():
    for n, k, p, s in [(64, 3, 2, 2), (31, 5, 3, 3), (29, 2, 3, 2)]:
        x = keras.Input((n, n, 3))
        assert layers.Conv2D(2, k)(x).shape[1] == n - k + 1
        assert layers.Conv2D(2, k, padding="same")(x).shape[1] == n
        assert layers.MaxPooling2D(p, strides=s)(x).shape[1] == (n - p) // s + 1
        assert layers.MaxPooling2D(p).strides == (p, p)


def test_outputs_fit_their_losses():
    tried = 0
    for task, last, names in rows("Which output, which loss"):
        (label,), (last,) = code(task), code(last)
        units = eval(last, vars(layers)).units
        if label.startswith("["):
            label = np.resize(eval(label.replace("…", "0")), units) * (np.arange(units) < 3)
        else:
            label = eval(label)
        for name in code(names):
            crossentropy = name.endswith("Crossentropy")
            options = {"from_logits": True} if crossentropy else {}
            loss = getattr(keras.losses, name)(**options)
            network = keras.Sequential([keras.Input((2,)), eval(last, vars(layers))])
            network.compile("sgd", loss)
            truth = np.array([label] * 4)
            assert np.isfinite(network.evaluate(np.ones((4, 2)), truth, verbose=0))
            # Who knows nothing says zero.
            found = float(loss(truth.reshape(4, -1).astype("float32"), np.zeros((4, units))))
            guess = {"MeanSquaredError": 3.7**2, "MeanAbsoluteError": 3.7}
            guess |= {"BinaryCrossentropy": np.log(2)}
            assert found == pytest.approx(guess.get(name, np.log(10)), rel=1e-5), (task, name)
            tried += 1
    assert tried == 6
    logits, truth = np.array([[0.3], [-0.2]]), np.array([[1], [0]])
    assert float(keras.metrics.BinaryAccuracy(threshold=0)(truth, logits)) == 1
    assert float(keras.metrics.BinaryAccuracy()(truth, logits)) == 0.5, "no threshold is needed"


def test_remedies_stand_in_the_order_of_what_they_brought():
    table = rows("What to try, by what it brought here")
    gains = [round(float(after) - float(before), 2) for _, before, after, _ in table]
    assert len(gains) == 6 and min(gains) > 0
    assert gains == sorted(gains, reverse=True)


# --- messages -----------------------------------------------------------------------------------


def network(*parts, shape=(64, 64, 3), loss="SparseCategoricalCrossentropy"):
    """Return a compiled network of these layers; a small one that is right without any."""
    parts = parts or (layers.MaxPooling2D(16), layers.Flatten(), layers.Dense(10))
    x = inputs = keras.Input(shape)
    for layer in parts:
        x = layer(x)
    model = keras.Model(inputs, x)
    model.compile("adam", getattr(keras.losses, loss)(from_logits=True))
    return model


def fit(model, labels=LABELS):
    return model.fit(PICTURES, labels, verbose=0).history


def not_compiled():
    return keras.Sequential([keras.Input((64, 64, 3)), layers.Flatten()])


def not_called():
    return layers.Flatten()(layers.Conv2D(2, 3))


def same_name():
    return network(layers.Conv2D(2, 3, name="conv_1"), layers.Conv2D(2, 3, name="conv_1"))


MISTAKES = {
    "expected shape=(None, 64, 64, 3), found shape=(32, 64, 3)": [
        lambda: network().predict(PICTURES[0], verbose=0)
    ],
    "expected min_ndim=4, found ndim=3": [lambda: network(layers.Conv2D(2, 3), shape=(28, 28))],
    "Argument `output` must have rank (ndim) `target.ndim - 1`": [
        lambda: fit(network(layers.MaxPooling2D(16), layers.Dense(10))),
        lambda: fit(network(), np.eye(10)),
    ],
    "must have the same rank (ndim)": [lambda: fit(network(loss="CategoricalCrossentropy"))],
    "label value of 10 which is outside": [lambda: fit(network(), LABELS + 1)],
    "output size would be zero or negative": [
        lambda: network(layers.MaxPooling2D(32), layers.Conv2D(2, 3))
    ],
    "Only input tensors may be passed": [not_called],
    'The name "conv_1" is used 2 times': [same_name],
    "Data cardinality is ambiguous": [lambda: fit(network(), LABELS[:5])],
    "You must call `compile()`": [lambda: fit(not_compiled())],
    "KeyError: 'val_loss'": [lambda: fit(network())["val_loss"]],
    "Invalid filepath extension": [lambda: network().save("my_model")],
}


def test_every_message_is_known():
    assert [code(row[0]) for row in rows("Error messages")] == [[name] for name in MISTAKES]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="other backends say it in other words")
@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_has_its_message(message):
    for mistake in MISTAKES[message]:
        with pytest.raises(Exception) as caught:
            mistake()
        assert message in f"{caught.type.__name__}: {caught.value}"


def test_mended_mistakes_have_no_message(tmp_path):
    assert network().predict(PICTURES[0][np.newaxis], verbose=0).shape == (1, 10)
    network(layers.Conv2D(2, 3), shape=(28, 28, 1))
    network(layers.MaxPooling2D(32), layers.Conv2D(2, 3, padding="same"))
    fit(network())
    network().save(tmp_path / "my_model.keras")


def test_a_forgotten_argument_gives_another_loss_and_no_message():
    logits = network().predict(PICTURES, verbose=0)
    loss = keras.losses.SparseCategoricalCrossentropy
    right = float(loss(from_logits=True)(LABELS, logits))
    assert float(loss()(LABELS, logits)) != pytest.approx(right, rel=1e-3)


def test_thawing_does_nothing_before_it_is_compiled_again():
    middle = layers.Dense(4, trainable=False)
    model = network(layers.MaxPooling2D(16), layers.Flatten(), middle, layers.Dense(10))
    before = middle.get_weights()[0]
    fit(model)
    middle.trainable = True
    fit(model)
    assert np.array_equal(before, middle.get_weights()[0]), "then Keras has noticed it"
    model.compile("adam", model.loss)
    fit(model)
    assert not np.array_equal(before, middle.get_weights()[0])
