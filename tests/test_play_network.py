"""The playgrounds that look into a network or a training: feature maps, dropout, learning rate."""

import re

import numpy as np
import pytest

from helpers.backstage.quiet import keras
from helpers.data import CLASS_NAMES, scale
from helpers.models import create_cnn, create_dense
from helpers.play import play_dropout, play_feature_maps, play_learning_rate
from helpers.play.descent import (
    CURVE,
    MOST_STEPS,
    OPTIMIZERS,
    VALLEY,
    VERDICTS,
    descend,
    judge,
)
from helpers.play.dropout import PASSES, DropoutNetwork
from helpers.play.features import fit_together, receptive_field

# In a notebook a warning stands next to the picture.
pytestmark = pytest.mark.filterwarnings("error")

IMAGES = np.random.default_rng(1).integers(0, 256, (24, 20, 22, 3)).astype("uint8")
LABELS = np.arange(24) % 10
SHAPE = IMAGES.shape[1:]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(2)
    return create_cnn(SHAPE, n_blocks=2, filters=6)


@pytest.fixture
def features(model):
    return play_feature_maps(model, IMAGES, LABELS)


@pytest.fixture
def dropout(model):
    return play_dropout(model, IMAGES, LABELS)


@pytest.fixture
def descent():
    return play_learning_rate()


def state(playground):
    return playground.png, playground.words, playground.alternative


def run(model, images):
    return np.asarray(keras.ops.cast(model(images, training=False), "float32"))


def after(model, name, images):
    return run(keras.Model(model.inputs[0], model.get_layer(name).output), images)


# --- both that look into a network --------------------------------------------------------------


@pytest.mark.parametrize("play", [play_feature_maps, play_dropout])
def test_pictures_of_other_forms(play, model):
    first = play(model, IMAGES, LABELS)
    assert state(play(model, scale(IMAGES), list(LABELS))) == state(first)
    assert state(play(model, IMAGES.astype("int64"), LABELS)) == state(first)
    assert [text for text, _ in first.controls["picture"].options] == list(CLASS_NAMES)
    unnamed = play(model, IMAGES)
    assert [text for text, _ in unnamed.controls["picture"].options][-1] == "picture 11"
    gray = create_cnn((20, 22, 1), n_blocks=1, filters=2)
    assert play(gray, IMAGES[..., 0]).words == play(gray, IMAGES[..., :1]).words
    assert play(gray, IMAGES[:1, ..., 0]).png


@pytest.mark.parametrize("play", [play_feature_maps, play_dropout])
@pytest.mark.parametrize("shape", [(30, 12, 3), (9, 40, 3)])
def test_pictures_that_are_no_squares(play, shape):
    images = np.random.default_rng(1).random((3, *shape), dtype=np.float32)
    assert play(create_cnn(shape, n_blocks=1, filters=3), images).png


@pytest.mark.parametrize("play", [play_feature_maps, play_dropout])
def test_layers_of_16_bits_and_other_forms_of_networks(play):
    layers = [
        keras.Input(SHAPE),
        keras.layers.Conv2D(4, 3, padding="same", strides=2, activation="tanh"),
        keras.layers.BatchNormalization(),
        keras.layers.AveragePooling2D(2),
        keras.layers.Dropout(0.5),
        keras.layers.Conv2D(1, 3, dtype="mixed_bfloat16", name="second"),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
    playground = play(keras.Sequential(layers), IMAGES, LABELS)
    before = playground.words
    control, value = ("layer", "second") if play is play_feature_maps else ("rate", 0.2)
    playground.controls[control].value = value
    assert playground.words != before


@pytest.mark.parametrize("play", [play_feature_maps, play_dropout])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": None}, r"NoneType.*model, history"),
        ({"model": create_dense(SHAPE, name="mine")}, "“mine” has no (Conv2D|pooling) layer"),
        ({"model": create_cnn((30, 22, 3))}, r"\(30, 22, 3\).*\(20, 22, 3\).*input_shape"),
        ({"model": keras.Sequential([keras.layers.Dense(3)])}, "does not know .* keras.Input"),
        ({"images": IMAGES[..., 0]}, r"takes pictures of shape \(20, 22, 3\).*\(20, 22, 1\)"),
        ({"images": IMAGES * 1.0}, "between 0 and 1|0 to 1|from 0"),
        ({"images": np.zeros(3)}, r"images has shape \(3,\)"),
        ({"labels": LABELS[:5]}, "5 labels for 24 pictures"),
        ({"labels": LABELS + 5}, "labels go from 5 to 14"),
    ],
)
def test_bad_input(play, change, message, model):
    with pytest.raises(ValueError, match=message):
        play(**{"model": model, "images": IMAGES, "labels": LABELS} | change)


def test_networks_that_are_no_chain():
    inputs = keras.Input(SHAPE)
    x = keras.layers.Conv2D(3, 3, padding="same")(inputs)
    branched = keras.Model(inputs, keras.layers.Add()([x, inputs]))
    nested = keras.Sequential([keras.Input(SHAPE), create_cnn(SHAPE, filters=2)])
    for network in (branched, nested):
        with pytest.raises(ValueError, match="no chain"):
            fit_together(network, IMAGES)


def test_a_training_that_ran_away():
    network = create_cnn(SHAPE, n_blocks=1, filters=2)
    network.set_weights([np.full_like(weights, np.nan) for weights in network.get_weights()])
    with pytest.raises(ValueError, match="NaN or infinite.*smaller learning rate"):
        fit_together(network, IMAGES)


# --- feature maps ------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["conv_1", "conv_2"])
@pytest.mark.parametrize("number", [0, 2])
def test_words_agree_with_the_network(layer, number, features, model):
    with features.hold():
        for name, value in {"picture": 3, "layer": layer, "filter": number}.items():
            features.controls[name].value = value
    maps = after(model, layer, scale(IMAGES))[..., number]
    values = maps[3]
    row, column = np.unravel_index(values.argmax(), values.shape)
    assert f"Filter {number} of {layer} looks at" in features.words
    assert f"and {np.mean(values == 0):.0%} of them are 0" in features.words
    assert f"row {row}, column {column} of the map" in features.words
    low, high = map(float, re.search(r"go from (\S+) to (\S+),", features.words).groups())
    assert [low, high] == pytest.approx([values.min(), values.max()], abs=0.005)
    # The strongest answers of the patches, at most one of each picture.
    strongest = np.sort(maps.max(axis=(1, 2)))[: -8 - 1 : -1]
    said = re.search(r"with the answers (.*)\.$", features.alternative)[1]
    assert [float(n) for n in said.split(", ")] == pytest.approx(strongest, abs=0.005)


LAYERS = keras.layers
CHAINS = {
    "conv": [LAYERS.Conv2D(2, 3)],
    "conv pool conv": [LAYERS.Conv2D(2, 3), LAYERS.MaxPooling2D(), LAYERS.Conv2D(2, 3)],
    "three blocks": [
        LAYERS.Conv2D(2, 3), LAYERS.MaxPooling2D(), LAYERS.Conv2D(2, 3), LAYERS.MaxPooling2D(),
        LAYERS.Dropout(0.5), LAYERS.Conv2D(2, 3),
    ],
    "same": [LAYERS.Conv2D(2, 5, padding="same"), LAYERS.Conv2D(2, (3, 1), padding="same")],
    "strides": [LAYERS.Conv2D(2, 4, strides=3, padding="same"), LAYERS.Conv2D(2, (1, 3))],
    "dilation": [LAYERS.Conv2D(2, 3, dilation_rate=2), LAYERS.AveragePooling2D(3, 1, "same")],
}  # fmt: skip


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_receptive_field_holds_the_pixels_that_matter(chain):
    """Light pixels one by one: those that change a number make its receptive field."""
    shape = (23, 24, 1)
    network = keras.Sequential(
        [keras.Input(shape), *(type(a).from_config(a.get_config()) for a in chain)]
    )
    for layer in network.layers:
        if layer.get_weights():  # positive, so that each pixel counts
            kernel, bias = layer.get_weights()
            layer.set_weights([np.ones_like(kernel), bias])
    field = receptive_field(network.layers)
    output = network.output_shape[1:3]
    place = np.array(output) // 2
    tops = field.start + place * field.step
    pixels = np.zeros((shape[0] * shape[1], *shape), dtype=np.float32)
    pixels.reshape(len(pixels), -1)[np.diag_indices(len(pixels))] = 1
    matters = run(network, pixels)[:, place[0], place[1], 0].reshape(shape[:2]) > 0
    rows, columns = np.nonzero(matters)
    assert (rows.min(), columns.min()) == tuple(tops)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == field.size


def test_receptive_field_of_the_lesson():
    chain = create_cnn((64, 64, 3), n_blocks=3, filters=2).layers[1:]
    assert [receptive_field(chain[:n]).size for n in (1, 3, 5)] == [(3, 3), (8, 8), (18, 18)]
    odd = keras.Sequential([keras.Input(SHAPE), LAYERS.UpSampling2D(), LAYERS.Conv2D(2, 3)])
    with pytest.raises(ValueError, match="UpSampling2D.*changes height and width"):
        play_feature_maps(odd, IMAGES)


def test_patches_come_from_where_the_answer_is_largest():
    """A filter that adds up the red channel finds the one red spot, also at the rim."""
    images = np.zeros((5, 12, 12, 3), dtype=np.float32)
    images[2, 0, 11] = (1, 0, 0)
    network = keras.Sequential([keras.Input((12, 12, 3)), LAYERS.Conv2D(1, 3, padding="same")])
    kernel = np.zeros((3, 3, 3, 1))
    kernel[1, 1, 0] = 1
    network.set_weights([kernel, np.zeros(1)])
    playground = play_feature_maps(network, images)
    playground.controls["picture"].value = 2
    assert "row 0, column 11 of the map, made of rows −1 to 1 and columns 10 to 12" in (
        playground.words
    )
    assert "strongest answer is 1." in playground.words
    assert "5 patches of 3 × 3 pixels, with the answers 1, 0, 0, 0, 0." in playground.alternative
    network.set_weights([-kernel - 1, np.full(1, -1.0)])
    network.layers[0].activation = keras.activations.relu
    dead = play_feature_maps(network, images)
    assert "0 everywhere in all 5 pictures: it is dead." in dead.words
    assert "100% of them are 0" in dead.words and "framed: row" not in dead.words


def test_a_layer_is_computed_when_it_is_chosen_first(model, monkeypatch):
    many = np.random.default_rng(0).random((450, *SHAPE), dtype=np.float32)
    calls = []
    layer = model.get_layer("conv_2")
    original = layer.call
    monkeypatch.setattr(layer, "call", lambda x: calls.append(len(x)) or original(x))
    playground = play_feature_maps(model, many)
    assert not calls
    playground.controls["layer"].value = "conv_2"
    assert 190 <= sum(calls) <= 200 and f"of {sum(calls)} pictures" in playground.words
    n = len(calls)
    for name, value in (("filter", 1), ("picture", 4), ("layer", "conv_1"), ("layer", "conv_2")):
        playground.controls[name].value = value
    assert len(calls) == n


def test_a_layer_with_fewer_filters_limits_the_slider():
    layers = [LAYERS.Conv2D(9, 3), LAYERS.Conv2D(2, 3, name="small")]
    playground = play_feature_maps(keras.Sequential([keras.Input(SHAPE), *layers]), IMAGES)
    playground.controls["filter"].value = 8
    playground.controls["layer"].value = "small"
    assert playground.controls["filter"].value == playground.controls["filter"].max == 1
    assert "Filter 1 of small" in playground.words and "blue below 0" in playground.words


# --- dropout -----------------------------------------------------------------------------------


def test_dropout_off_is_the_network_itself(model):
    network = DropoutNetwork(model, IMAGES)
    expected = run(keras.Sequential([model, LAYERS.Softmax()]), scale(IMAGES)[4:5])
    np.testing.assert_allclose(network.shares(4, 0.0, None), expected, atol=1e-5)
    every = network.shares(4, 0.0, 0)
    assert every.shape == (PASSES, 10)
    np.testing.assert_allclose(every, np.repeat(expected, PASSES, axis=0), atol=1e-5)


@pytest.mark.parametrize("rate", [0.2, 0.85])
def test_passes_are_those_of_masks_made_by_hand(model, rate):
    network = DropoutNetwork(model, IMAGES)
    values = after(model, "pool_1", scale(IMAGES)[4:5])
    np.testing.assert_allclose(network.pooled(4), values, atol=1e-5)
    masks = [numbers >= rate for numbers in network.random(7)]
    values = values * masks[0] / (1 - rate)
    for name in ("conv_2", "pool_2"):
        values = np.asarray(model.get_layer(name)(values))
    values = values * masks[1] / (1 - rate)
    for name in ("flatten", "dense", "outputs"):
        values = np.asarray(model.get_layer(name)(values))
    shares = np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.shares(4, rate, 7), shares, atol=1e-4)
    assert shares.std(axis=0).min() > 0
    for mask in masks:
        assert mask.mean() == pytest.approx(1 - rate, abs=0.02)


def test_words_of_dropout(dropout, model):
    with dropout.hold():
        for name, value in {"picture": 4, "rate": 0.75, "map": 2}.items():
            dropout.controls[name].value = value
    network = DropoutNetwork(model, IMAGES)
    values = network.pooled(4)[0, ..., 2]
    kept = network.random(0)[0][0, ..., 2] >= 0.75
    assert f"sets {(~kept).sum()} of the {kept.size} numbers of map 2 to 0" in dropout.words
    means = re.search(r"\(1 − 0.75\) = 4; .* from (\S+) to (\S+)\. With", dropout.words).groups()
    expected = values.mean(), 4 * (values * kept).mean()
    assert list(map(float, means)) == pytest.approx(expected, abs=0.0006)
    off, on = network.shares(4, 0.0, None)[0], network.shares(4, 0.75, 0)
    best = off.argmax()
    low, high = np.percentile(on[:, best], (5, 95))
    assert f"largest share, {off[best]:.2f}, to {CLASS_NAMES[best]}" in dropout.words
    assert f"the picture shows: {CLASS_NAMES[4]}" in dropout.words
    assert f"between {low:.2f} and {high:.2f}" in dropout.words
    assert f"the largest in {np.sum(on.argmax(axis=1) == best)} of them" in dropout.words
    dropout.controls["rate"].value = 0.0
    assert "nothing is dropped: all 50 passes give the same" in dropout.words


def test_the_button_draws_new_masks(dropout, model):
    first = state(dropout)
    dropout.controls["button"].click()
    second = state(dropout)
    assert all(new != old for new, old in zip(second, first, strict=True))
    again = play_dropout(model, IMAGES, LABELS)
    assert state(again) == first
    again.controls["button"].click()
    assert state(again) == second


def test_dropout_layers_and_softmax_of_the_network_itself():
    keras.utils.set_random_seed(2)
    with_own = create_cnn(SHAPE, filters=4, dropout_rate=0.9)
    network = DropoutNetwork(with_own, IMAGES)
    assert np.ptp(network.shares(0, 0.0, 0), axis=0).max() < 1e-5
    assert network.pools == ["pool_1", "pool_2"]
    expected = network.shares(0, 0.5, 0)
    outputs = with_own.outputs[0]
    for layer in (LAYERS.Softmax(), LAYERS.Activation("softmax")):
        shares = DropoutNetwork(keras.Model(with_own.inputs[0], layer(outputs)), IMAGES)
        np.testing.assert_allclose(shares.shares(0, 0.5, 0), expected, atol=1e-6)


def test_names_that_do_not_fit_the_outputs(model):
    with pytest.raises(ValueError, match=r"shape \(10,\).*2 class_names.*one name for each"):
        play_dropout(model, IMAGES, class_names=["a", "b"])
    network = create_cnn(SHAPE, filters=3, n_classes=2)
    playground = play_dropout(network, IMAGES, LABELS % 2, ["cat & dog", "<b>"])
    assert "cat & dog" in playground.words and "the picture shows" in playground.words
    assert "the picture shows" not in play_dropout(network, IMAGES, class_names="ab").words


# --- learning rate -----------------------------------------------------------------------------

KERAS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: keras.optimizers.RMSprop(rate),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
}


@pytest.mark.parametrize("landscape", [CURVE, VALLEY], ids=["curve", "valley"])
@pytest.mark.parametrize("rate", [0.01, 0.1])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_are_those_of_keras(optimizer, rate, landscape):
    path = descend(optimizer, landscape, rate, 25)
    weights = keras.Variable(np.array(landscape.start), dtype="float64")
    theirs = [np.asarray(keras.ops.convert_to_tensor(weights))]
    algorithm = KERAS[optimizer](rate)
    algorithm.build([weights])
    for _ in range(25):
        gradient = keras.ops.convert_to_tensor(landscape.gradient(theirs[-1]), dtype="float64")
        algorithm.apply([gradient])
        theirs.append(np.asarray(keras.ops.convert_to_tensor(weights)))
    # Keras computes the powers of Adam's betas in 32 bits.
    np.testing.assert_allclose(path, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("landscape", [CURVE, VALLEY], ids=["curve", "valley"])
def test_landscapes(landscape):
    """The gradient is that of the loss, and the loss is 0 where it is lowest."""
    n = len(landscape.start)
    points = np.random.default_rng(0).uniform(-4, 4, (500, n))
    steps = 1e-6 * np.eye(n)
    slopes = [(landscape.loss(points + s) - landscape.loss(points - s)) / 2e-6 for s in steps]
    np.testing.assert_allclose(landscape.gradient(points), np.stack(slopes, axis=1), atol=1e-5)
    lowest = np.array(landscape.lowest)
    assert landscape.loss(lowest) == pytest.approx(0, abs=1e-8)
    np.testing.assert_allclose(landscape.gradient(lowest), 0, atol=1e-4)
    assert landscape.loss(points).min() >= 0


@pytest.mark.parametrize(
    ("optimizer", "rate", "verdict"),
    [
        ("SGD", 0.03, "is on its way"),
        ("SGD", 0.1, "arrives"),
        ("SGD", 0.5, "runs away"),
        ("momentum", 0.03, "swings to and fro"),
        ("RMSprop", 1.0, "jumps from side to side"),
        ("Adam", 0.01, "crawls"),
    ],
)
def test_verdicts(optimizer, rate, verdict, descent):
    assert judge(VALLEY, descend(optimizer, VALLEY, rate, 30)) == verdict
    with descent.hold():
        descent.controls["optimizer"].value = optimizer
        descent.controls["rate"].value = rate
    assert f"It {verdict}: {VERDICTS[verdict]}." in descent.words


def test_all_verdicts_can_be_met_and_nothing_overflows():
    met = set()
    with np.errstate(all="raise"):
        for optimizer in OPTIMIZERS:
            for rate in np.logspace(-3, 0, 31):
                for landscape in (CURVE, VALLEY):
                    path = descend(optimizer, landscape, rate, MOST_STEPS)
                    assert np.isfinite(path).all()
                    met.add(judge(landscape, path))
    assert met == set(VERDICTS)
    assert judge(VALLEY, descend("SGD", VALLEY, 0.5, 1)) == "runs away"
    assert judge(VALLEY, descend("SGD", VALLEY, 0.01, 1)) == "crawls"


def test_words_of_the_losses(descent):
    path = descend("SGD", VALLEY, 0.1, 30)
    said = re.search(r"In the valley, the loss goes from (\S+) to (\S+)\. It", descent.words)
    assert [float(n) for n in said.groups()] == pytest.approx(
        VALLEY.loss(path)[[0, -1]], abs=0.0006
    )
    with descent.hold():
        descent.controls["rate"].value, descent.controls["n_steps"].value = 0.5, 1
    assert descent.words.startswith("1 step of SGD with learning rate 0.5. On the curve,")
    assert descent.words.count("At step 1 it leaves the picture, at the cross.") == 2
    descent.controls["n_steps"].value = MOST_STEPS
    assert "to more than a million" in descent.words


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "sgd"}, "optimizer is 'sgd'.*SGD, momentum, RMSprop, Adam"),
        ({"learning_rate": 0}, "learning_rate is 0. Give a number above 0"),
        ({"learning_rate": "0.1"}, "learning_rate is '0.1'"),
        ({"n_steps": 0}, "n_steps is 0. Give a whole number"),
    ],
)
def test_bad_descents(change, message):
    arguments = {"optimizer": "SGD", "landscape": VALLEY, "learning_rate": 0.1, "n_steps": 3}
    with pytest.raises(ValueError, match=message):
        descend(**arguments | change)
