"""The builders: sizes and layers of every network of the lesson, and what cannot be built."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data.drawing.sketch_street import OTHER_NAMES, draw_picture
from helpers import models
from helpers.backstage.quiet import keras
from helpers.data import MissingDataError
from helpers.models import (
    add_head,
    create_augmentation,
    create_body,
    create_cnn,
    create_dense,
    load_body,
)
from helpers.training import compile_model


def layer_names(model):
    return [layer.name for layer in model.layers]


def shapes(model, prefix):
    """Shapes after the layers whose name begins so, without the batch axis."""
    return [layer.output.shape[1:] for layer in model.layers if layer.name.startswith(prefix)]


# --- dense networks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("input_shape", "units", "n_classes", "parameters"),
    [
        ((64, 64, 3), (50, 50), 10, 617_510),
        ((64, 64, 3), (), 100, 1_228_900),  # a single layer on the pixels
        ((32, 32, 3), (), 100, 307_300),
        ((28, 28, 1), [20], 10, 15_910),
        ((1, 1, 1), (1,), 1, 4),
    ],
)
def test_dense_parameters(input_shape, units, n_classes, parameters):
    assert create_dense(input_shape, units, n_classes).count_params() == parameters


def test_dense_layers():
    model = create_dense((64, 64, 3))
    assert layer_names(model) == ["inputs", "flatten", "dense_1", "dense_2", "outputs"]
    assert [layer.count_params() for layer in model.layers] == [0, 0, 614_450, 2_550, 510]
    assert [model.get_layer(f"dense_{n}").activation.__name__ for n in (1, 2)] == ["relu"] * 2
    assert model.get_layer("outputs").activation.__name__ == "linear"
    assert model.name == "dense_network" and not model.compiled
    assert create_dense((4, 4, 3), units=(), name="mine").name == "mine"


@pytest.mark.parametrize("build", [create_dense, create_cnn])
def test_outputs_are_scores_of_any_sign(build):
    keras.utils.set_random_seed(3)
    images = np.random.default_rng(3).random((16, 12, 10, 3), dtype=np.float32)
    scores = build((12, 10, 3)).predict(images, verbose=0)
    assert scores.shape == (16, 10) and scores.dtype == np.float32
    assert scores.min() < 0 < scores.max()


@pytest.mark.parametrize("build", [create_dense, create_cnn])
def test_the_same_seed_builds_the_same_network(build):
    weights = []
    for _ in range(2):
        keras.utils.set_random_seed(5)
        weights.append(build((12, 12, 3)).get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("build", [create_dense, create_cnn])
@pytest.mark.parametrize(
    "input_shape",
    [(878, 64, 64, 3), (64, 64), (64, 64, 0), (64.5, 64, 3), (None, 64, 3), "643", 64, None],
)
def test_shapes_that_are_none(build, input_shape):
    with pytest.raises(ValueError) as caught:
        build(input_shape)
    message = str(caught.value)
    assert message.startswith(f"input_shape is {input_shape!r}. ")
    assert "(height, width, channels)" in message and "train_images.shape[1:]" in message


NO_NUMBERS = [0, -1, 2.5, float("nan"), float("inf"), True, "5", None, (3,)]


def test_units_and_classes_that_are_none():
    for n in NO_NUMBERS:
        with pytest.raises(ValueError, match=r"^units is .*whole number of at least 1"):
            create_dense((4, 4, 3), units=(50, n))
        for build in (create_dense, create_cnn):
            with pytest.raises(ValueError, match=r"^n_classes is .*whole number of at least 1"):
                build((12, 12, 3), n_classes=n)
    with pytest.raises(ValueError, match=r"^units is 50\. Give one number for each hidden layer"):
        create_dense((4, 4, 3), units=50)


# --- convolutional networks -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "arguments", "parameters"),
    [
        # The lesson's pictures: one block to four.
        ((64, 64, 3), {"n_blocks": 1}, 2_404_460),
        ((64, 64, 3), {}, 514_510),
        ((64, 64, 3), {"n_blocks": 3}, 137_060),
        ((64, 64, 3), {"n_blocks": 4}, 79_610),
        # Smaller pictures, another kernel, one channel.
        ((32, 32, 3), {}, 114_510),
        ((32, 32, 3), {"n_blocks": 3}, 57_060),
        ((64, 64, 3), {"n_blocks": 3, "kernel_size": 4}, 145_610),
        ((28, 28, 1), {}, 86_110),
        ((28, 28, 1), {"n_blocks": 3}, 48_660),
        ((28, 28, 1), {"n_blocks": 3, "n_classes": 2}, 48_660 - 8 * 51),
        # One filter of one pixel: 2 parameters, then 4 values to 50 units.
        ((4, 4, 1), {"n_blocks": 1, "filters": 1, "kernel_size": 1}, 2 + 250 + 510),
    ],
)
@pytest.mark.parametrize("dropout_rate", [0.0, 0.8])
def test_cnn_parameters(size, arguments, parameters, dropout_rate):
    model = create_cnn(size, dropout_rate=dropout_rate, **arguments)
    assert model.count_params() == parameters


def test_cnn_layers_and_shapes():
    model = create_cnn((64, 64, 3), n_blocks=3)
    assert layer_names(model) == [
        "inputs", "conv_1", "pool_1", "conv_2", "pool_2", "conv_3", "pool_3",
        "flatten", "dense", "outputs",
    ]  # fmt: skip
    assert shapes(model, "conv") == [(62, 62, 50), (29, 29, 50), (12, 12, 50)]
    assert shapes(model, "pool") == [(31, 31, 50), (14, 14, 50), (6, 6, 50)]
    assert shapes(model, "flatten") == [(1800,)]
    assert [layer.count_params() for layer in model.layers if layer.weights] == [
        1_400, 22_550, 22_550, 90_050, 510,
    ]  # fmt: skip
    assert model.name == "cnn" and not model.compiled
    assert model.get_layer("outputs").activation.__name__ == "linear"


def test_dropout_has_its_rate_and_acts_in_training_only():
    model = create_cnn((16, 16, 3), n_blocks=2, dropout_rate=0.5)
    assert layer_names(model)[1:7] == [
        "conv_1", "pool_1", "dropout_1", "conv_2", "pool_2", "dropout_2",
    ]  # fmt: skip
    assert model.get_layer("dropout_1").rate == model.get_layer("dropout_2").rate == 0.5
    images = np.ones((2, 16, 16, 3), dtype=np.float32)
    used, again = (keras.ops.convert_to_numpy(model(images)) for _ in range(2))
    np.testing.assert_array_equal(used, again)
    trained = keras.ops.convert_to_numpy(model(images, training=True))
    assert not np.allclose(trained, used)


def test_arguments_reach_the_layers():
    model = create_cnn((20, 20, 3), 1, filters=7, kernel_size=5, activation="tanh", name="small")
    conv = model.get_layer("conv_1")
    assert (conv.filters, conv.kernel_size, conv.padding) == (7, (5, 5), "valid")
    assert conv.activation.__name__ == model.get_layer("dense").activation.__name__ == "tanh"
    assert model.name == "small"


def test_numbers_as_they_come_out_of_a_table():
    shape = np.array([16, 16, 3])
    model = create_cnn(shape, np.float64(1), np.int64(4), np.int32(3), "relu", np.float32(0))
    assert model.get_layer("conv_1").filters == 4 and model.input_shape == (None, 16, 16, 3)
    assert not shapes(model, "dropout")


def test_pictures_that_are_not_square():
    assert shapes(create_cnn((40, 12, 3), n_blocks=2), "pool") == [(19, 5, 50), (8, 1, 50)]
    assert shapes(create_cnn((12, 40, 3), n_blocks=2), "pool") == [(5, 19, 50), (1, 8, 50)]


@pytest.mark.parametrize(
    ("shape", "n_blocks", "kernel_size", "reason"),
    [
        ((64, 64), 5, 3, "before block 5 only 2 × 2 are left, and a kernel of 3 × 3 does not fit"),
        ((12, 40), 3, 3, "before block 3 only 1 × 8 are left, and a kernel of 3 × 3 does not fit"),
        ((8, 8), 1, 8, "after the convolution of block 1 only 1 × 1 are left, and the 2 × 2 poo"),
    ],
)
def test_more_blocks_than_the_picture_has_room_for(shape, n_blocks, kernel_size, reason):
    with pytest.raises(ValueError) as caught:
        create_cnn((*shape, 3), n_blocks, kernel_size=kernel_size)
    message = str(caught.value)
    size = f"{shape[0]} × {shape[1]}"
    assert message.startswith(f"n_blocks is {n_blocks}, too many for pictures of {size} pixels: ")
    assert reason in message
    assert message.endswith(". Use fewer blocks, a smaller kernel_size, or larger pictures.")


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("side", [28, 32, 45, 64])
def test_as_many_blocks_as_there_is_room_for_and_not_one_more(side, kernel_size):
    most, left = 0, side
    while (left - kernel_size + 1) // 2 >= 1:
        most, left = most + 1, (left - kernel_size + 1) // 2
    model = create_cnn((side, side, 1), most, filters=2, kernel_size=kernel_size)
    assert shapes(model, "pool")[-1] == (left, left, 2)
    with pytest.raises(ValueError, match=rf"^n_blocks is {most + 1}, too many"):
        create_cnn((side, side, 1), most + 1, filters=2, kernel_size=kernel_size)


@pytest.mark.parametrize("what", ["n_blocks", "filters", "kernel_size"])
@pytest.mark.parametrize("n", NO_NUMBERS)
def test_numbers_that_are_none(what, n):
    with pytest.raises(ValueError) as caught:
        create_cnn((16, 16, 3), **{what: n})
    assert str(caught.value) == f"{what} is {n!r}. Give a whole number of at least 1."


@pytest.mark.parametrize("rate", [1, 1.0, -0.1, 80, float("nan"), True, "0.5", None, [0.2]])
def test_rates_that_are_none(rate):
    with pytest.raises(ValueError) as caught:
        create_cnn((16, 16, 3), dropout_rate=rate)
    assert str(caught.value).startswith(f"dropout_rate is {rate!r}. ")
    assert "from 0 up to, but not including, 1" in str(caught.value)


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match="rellu"):
        create_cnn((16, 16, 3), activation="rellu")


# --- a body and a head ------------------------------------------------------------------------


def test_blocks_of_a_body():
    body = create_body((64, 64, 3))
    kinds = ["conv", "norm", "relu", "pool"]
    assert layer_names(body) == ["inputs"] + [f"{kind}_{n}" for n in range(1, 5) for kind in kinds]
    assert shapes(body, "pool") == [(32, 32, 16), (16, 16, 32), (8, 8, 64), (4, 4, 128)]
    assert {body.get_layer(f"norm_{n}").momentum for n in range(1, 5)} == {0.9}
    assert not any(body.get_layer(f"conv_{n}").use_bias for n in range(1, 5))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"filters": ()}, "Give at least one number"),
        ({"filters": [8] * 7}, "7 blocks"),
        ({"filters": [8, 0]}, "filters"),
        ({"momentum": 1}, "momentum is 1"),
        ({"momentum": None}, "momentum is None"),
    ],
)
def test_bodies_that_cannot_be(arguments, words):
    with pytest.raises(ValueError, match=words):
        create_body((64, 64, 3), **arguments)


def test_a_head_is_for_feature_maps():
    body = create_body((32, 32, 3), [4, 8])
    model = add_head(body, 3, dropout_rate=0.5, augmentation=create_augmentation())
    names = ["inputs", "augmentation", "body", "pool", "dropout", "outputs"]
    assert layer_names(model) == names and model.output_shape == (None, 3)
    assert model.get_layer("outputs").count_params() == 8 * 3 + 3
    assert layer_names(add_head(body)) == ["inputs", "body", "pool", "outputs"]
    for wrong in (create_cnn((32, 32, 3)), "body", None):
        with pytest.raises(ValueError, match="ends in feature maps"):
            add_head(wrong)
    with pytest.raises(ValueError, match="dropout_rate is 1"):
        add_head(body, dropout_rate=1)


def test_a_frozen_body_stays_as_it_is():
    body = create_body((16, 16, 3), [4])
    body.trainable = False
    model = compile_model(add_head(body), learning_rate=0.1)
    before, head = body.get_weights(), model.get_layer("outputs").get_weights()
    images = np.random.default_rng(1).random((64, 16, 16, 3), dtype="float32")
    model.fit(images, np.arange(64) % 10, verbose=0)
    # The running averages, too.
    assert all(map(np.array_equal, before, body.get_weights()))
    assert not np.array_equal(head[0], model.get_layer("outputs").get_weights()[0])


def test_augmentation_changes_pictures_in_training_only():
    pictures = np.random.default_rng(1).random((20, 32, 32, 3), dtype="float32")
    layers = create_augmentation()
    keras.utils.set_random_seed(1)
    changed = keras.ops.convert_to_numpy(layers(pictures, training=True))
    assert changed.shape == pictures.shape and changed.min() >= 0 and changed.max() <= 1
    assert (changed != pictures).reshape(20, -1).any(axis=1).all()
    kept = layers(pictures, training=False)
    assert np.array_equal(keras.ops.convert_to_numpy(kept), pictures)


def test_the_body_is_what_its_card_says():
    body, like = load_body(), create_body((64, 64, 3))
    assert [w.shape for w in body.get_weights()] == [w.shape for w in like.get_weights()]
    assert {layer.dtype_policy.name for layer in body.layers} == {"float32"}
    # On things that it knows, places of maps tell kinds apart: a plain classifier on their means.
    images = np.stack([draw_picture(1000 + i, i % 12, OTHER_NAMES)[0] for i in range(120)])
    means = body.predict(images / np.float32(255), verbose=0).mean(axis=(1, 2))
    assert means.shape == (120, 128) and np.isfinite(means).all()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(means[:96], np.arange(96) % 12)
    assert model.score(means[96:], np.arange(24) % 12) > 0.6


def test_a_body_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(models, "BODY", tmp_path / "body.keras")
    with pytest.raises(MissingDataError, match="git checkout"):
        load_body()
    models.BODY.write_bytes(b"version https://git-lfs")
    with pytest.raises(MissingDataError, match="git checkout"):
        load_body()
