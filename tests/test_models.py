"""The builders: sizes and layers of every network of the lesson, and what cannot be built."""

import numpy as np
import pytest
from helpers.quiet import keras

from helpers import models
from helpers.models import create_cnn, create_dense


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
@pytest.mark.parametrize("input_shape", [[24, 20, 3], np.zeros((5, 24, 20, 3)).shape[1:]])
def test_forms_of_a_shape(build, input_shape):
    assert build(input_shape).input_shape == (None, 24, 20, 3)
    assert build(np.array(input_shape)).input_shape == (None, 24, 20, 3)


@pytest.mark.parametrize("build", [create_dense, create_cnn])
@pytest.mark.parametrize(
    "input_shape",
    [
        (878, 64, 64, 3),
        (64, 64),
        (),
        (64, 64, 0),
        (64, -64, 3),
        (64.5, 64, 3),
        (None, 64, 3),
        "643",
        ("64", "64", "3"),
        64,
        None,
    ],
)
def test_shapes_that_are_none(build, input_shape):
    with pytest.raises(ValueError) as caught:
        build(input_shape)
    message = str(caught.value)
    assert message.startswith(f"input_shape is {input_shape!r}. ")
    assert "(height, width, channels)" in message and "train_images.shape[1:]" in message


NO_NUMBERS = [0, -1, 2.5, float("nan"), float("inf"), True, "5", None, (3,)]


@pytest.mark.parametrize("n", NO_NUMBERS)
def test_numbers_of_units_and_classes_that_are_none(n):
    with pytest.raises(ValueError, match=r"^units is .*whole number of at least 1"):
        create_dense((4, 4, 3), units=(50, n))
    for build in (create_dense, create_cnn):
        with pytest.raises(ValueError, match=r"^n_classes is .*whole number of at least 1"):
            build((12, 12, 3), n_classes=n)


def test_units_must_be_several():
    with pytest.raises(ValueError, match=r"^units is 50\. Give one number for each hidden layer"):
        create_dense((4, 4, 3), units=50)
    with pytest.raises(ValueError, match=r"^units is '5'\."):
        create_dense((4, 4, 3), units="50")


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


@pytest.mark.parametrize("n_blocks", [1, 2, 3])
def test_dropout_follows_each_pooling(n_blocks):
    names = layer_names(create_cnn((64, 64, 3), n_blocks, dropout_rate=0.8))
    expected = [f"{kind}_{n + 1}" for n in range(n_blocks) for kind in ("conv", "pool", "dropout")]
    assert names == ["inputs", *expected, "flatten", "dense", "outputs"]


def test_dropout_has_its_rate_and_acts_in_training_only():
    model = create_cnn((16, 16, 3), n_blocks=1, dropout_rate=0.5)
    assert model.get_layer("dropout_1").rate == 0.5
    images = np.ones((2, 16, 16, 3), dtype=np.float32)
    used, again = (keras.ops.convert_to_numpy(model(images)) for _ in range(2))
    np.testing.assert_array_equal(used, again)
    trained = keras.ops.convert_to_numpy(model(images, training=True))
    assert not np.allclose(trained, used)


@pytest.mark.parametrize("rate", [0, 0.0])
def test_no_dropout_layer_without_dropout(rate):
    assert not shapes(create_cnn((16, 16, 3), dropout_rate=rate), "dropout")


def test_arguments_reach_the_layers():
    model = create_cnn((20, 20, 3), 1, filters=7, kernel_size=5, activation="tanh", name="small")
    conv = model.get_layer("conv_1")
    assert (conv.filters, conv.kernel_size, conv.padding) == (7, (5, 5), "valid")
    assert conv.activation.__name__ == model.get_layer("dense").activation.__name__ == "tanh"
    assert model.name == "small"


def test_numbers_as_they_come_out_of_a_table():
    model = create_cnn((16, 16, 3), np.float64(1), np.int64(4), np.int32(3), "relu", np.float32(0))
    assert model.get_layer("conv_1").filters == 4


@pytest.mark.parametrize("size", [(40, 12), (12, 40)])
def test_pictures_that_are_not_square(size):
    pooled = shapes(create_cnn((*size, 3), n_blocks=2), "pool")
    assert {pooled[0][:2], pooled[0][1::-1]} == {(19, 5), (5, 19)}
    with pytest.raises(ValueError, match="before block 3 only") as caught:
        create_cnn((*size, 3), n_blocks=3)
    left = "8 x 1" if size[0] > size[1] else "1 x 8"
    assert f"pictures of {size[0]} x {size[1]} pixels" in str(caught.value)
    assert f"only {left} are left" in str(caught.value)


def test_five_blocks_on_the_pictures_of_the_lesson():
    with pytest.raises(ValueError) as caught:
        create_cnn((64, 64, 3), n_blocks=5)
    assert str(caught.value) == (
        "n_blocks is 5, too many for pictures of 64 x 64 pixels: before block 5 only 2 x 2 are "
        "left, and a convolution of 3 x 3 with a 2 x 2 pooling would leave nothing. "
        "Use n_blocks of at most 4, or larger pictures."
    )


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("side", [28, 32, 45, 64])
def test_one_block_too_many(side, kernel_size):
    most, left = 0, side
    while (left - kernel_size + 1) // 2 >= 1:
        most, left = most + 1, (left - kernel_size + 1) // 2
    model = create_cnn((side, side, 1), most, filters=2, kernel_size=kernel_size)
    assert shapes(model, "pool")[-1] == (left, left, 2)
    with pytest.raises(ValueError, match=rf"Use n_blocks of at most {most}, or larger pictures"):
        create_cnn((side, side, 1), most + 1, filters=2, kernel_size=kernel_size)


def test_not_even_one_block():
    with pytest.raises(ValueError, match=r"Use a smaller kernel_size, or larger pictures\."):
        create_cnn((8, 8, 3), n_blocks=1, kernel_size=8)


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


# --- precision --------------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch):
    """Forget the choice that was made for this machine."""
    monkeypatch.delenv("LESSON_PRECISION", raising=False)
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    models.hidden_precision.cache_clear()
    yield monkeypatch
    models.hidden_precision.cache_clear()


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
    fresh.setattr(models, "Path", lambda path: cpuinfo)
    assert models.hidden_precision() == expected


def test_sixteen_bits_not_against_a_gpu_or_a_wish(fresh, tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags : avx512_bf16")
    fresh.setattr(models, "Path", lambda path: cpuinfo)
    fresh.setattr(keras.distribution, "list_devices", lambda kind=None: ["gpu:0"])
    assert models.hidden_precision() == "float32"
    fresh.undo()
    fresh.setattr(models, "Path", lambda path: cpuinfo)
    for variable, value in (("LESSON_PRECISION", "float32"), ("ONEDNN_MAX_CPU_ISA", "AVX2")):
        models.hidden_precision.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(variable, value)
            assert models.hidden_precision() == "float32"


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_weights_and_answers_have_32_bits_in_each_precision(fresh, precision):
    fresh.setenv("LESSON_PRECISION", precision)
    images = np.random.default_rng(3).random((4, 20, 20, 3), dtype=np.float32)
    hidden = "bfloat16" if precision == "mixed_bfloat16" else "float32"
    for model in (
        create_cnn((20, 20, 3), filters=4, dropout_rate=0.5),
        create_dense((20, 20, 3)),
    ):
        assert {w.dtype for w in model.weights} == {"float32"}
        assert model.get_layer("outputs").compute_dtype == "float32"
        assert model.predict(images, verbose=0).dtype == np.float32
        if "cnn" in model.name:
            computed = {layer.compute_dtype for layer in model.layers[1:-1]}
            assert computed == {hidden}
        else:
            assert model.get_layer("dense_1").compute_dtype == "float32"


def test_both_precisions_give_nearly_the_same_answers(fresh):
    images = np.random.default_rng(3).random((8, 20, 20, 3), dtype=np.float32)
    answers = []
    for precision in ("float32", "mixed_bfloat16"):
        fresh.setenv("LESSON_PRECISION", precision)
        models.hidden_precision.cache_clear()
        keras.utils.set_random_seed(5)
        answers.append(create_cnn((20, 20, 3), filters=8).predict(images, verbose=0))
    assert not np.array_equal(*answers)
    np.testing.assert_allclose(*answers, atol=0.02)
