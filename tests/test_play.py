"""The playgrounds: what they show at first, what each control does, and their arithmetic."""

import base64
import gc
import io
import math
import os
import re
import subprocess
import sys
import weakref
from html.parser import HTMLParser
from pathlib import Path

import ipywidgets
import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers.quiet import keras
from matplotlib.figure import Figure
from PIL import Image

from helpers import models, play
from helpers.data import CLASS_NAMES
from helpers.play import architecture, base, kernel, kernels, logits, pooling
from helpers.play.number_grid import NumberGrid, resize

# In a notebook a warning stands next to the picture.
pytestmark = pytest.mark.filterwarnings("error")

NOTEBOOKS = Path(play.__file__).parents[2]
SANITIZED = r'<img alt="[^"]*" src="data:image/png;base64,[^"]*">'  # tests/nbval_sanitize.cfg


def pictures(n=12, shape=(20, 17, 3), dtype="uint8"):
    values = np.random.default_rng(1).integers(0, 256, (n, *shape))
    return values.astype(dtype) if dtype != "float32" else (values / 255).astype(dtype)


LABELS = np.arange(12) % 10
MAKE = {
    "kernel": lambda: play.play_kernel(pictures(), LABELS),
    "pooling": lambda: play.play_pooling(pictures(), LABELS),
    "architecture": play.play_architecture,
    "logits": play.play_logits,
}


@pytest.fixture(params=MAKE)
def any_playground(request):
    return MAKE[request.param]()


class Attributes(HTMLParser):
    """Collects the attributes of each element; html.parser turns &quot; back into a quote."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def in_browser(playground):
    """Return the attributes of the picture in the widget, and the text of the line."""
    controls, picture, line = playground.widget.children
    (image,) = Attributes(picture.value).found
    return image[1], Attributes(line.value).text


def other_value(control):
    """Return a value that the control does not have, but may have."""
    if hasattr(control, "options"):
        values = [o[1] if isinstance(o, tuple) else o for o in control.options]
        return next(value for value in values if value != control.value)
    if isinstance(control, NumberGrid):
        return ((3, *control.value[0][1:]), *control.value[1:])
    if isinstance(control.value, bool):
        return not control.value
    step = getattr(control, "step", 1)
    return control.value + step if control.value + step <= control.max else control.value - step


# --- what all of them do ----------------------------------------------------------------------


def test_importing_them_does_not_import_tensorflow():
    code = "import sys, helpers.play; print(sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600,
        env=os.environ | {"PYTHONPATH": str(NOTEBOOKS)},
    )  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (0, "[]\n", "")


def test_first_state_is_a_picture_with_words(any_playground):
    bundle = any_playground._repr_mimebundle_()
    assert set(bundle) == {
        "application/vnd.jupyter.widget-view+json", "text/html", "text/plain",
    }  # fmt: skip
    html, words = bundle["text/html"], bundle["text/plain"]
    assert words == any_playground.words == repr(any_playground) and len(words) > 40
    assert len(re.findall(SANITIZED, html)) == 1 and html.count("<img") == 1
    page = Attributes(html)
    assert page.text.strip() == words
    assert page.found[0][1]["alt"] == any_playground.alternative
    data = base64.b64decode(page.found[0][1]["src"].partition(",")[2])
    picture = Image.open(io.BytesIO(data))
    assert picture.width == round(base.WIDTH * 96)
    assert np.asarray(picture).std() > 5  # something is drawn
    assert np.asarray(picture)[-1, -1].tolist() == [255, 255, 255]  # on white, in a dark theme too


@pytest.mark.parametrize("name", MAKE)
def test_first_state_repeats(name):
    first, second = (MAKE[name]()._repr_mimebundle_() for _ in range(2))
    for kind in ("text/html", "text/plain"):
        assert first[kind] == second[kind]


def test_widget_shows_the_same(any_playground):
    image, line = in_browser(any_playground)
    assert image["alt"] == any_playground.alternative
    assert line == any_playground.words
    assert image["src"] in any_playground._repr_mimebundle_()["text/html"]
    assert int(image["width"]) == Image.open(io.BytesIO(any_playground.png)).width
    assert "max-width: 100%" in image["style"]


def test_each_control_has_a_visible_label(any_playground):
    for name, control in any_playground.controls.items():
        grid = isinstance(control, NumberGrid)
        label = control.children[0].value if grid else control.description
        assert label, name


@pytest.mark.parametrize(
    ("name", "control"),
    [
        (name, c)
        for name, make in MAKE.items()
        for c in make().controls
        if c not in ("round", "guess")
    ],
)
def test_each_control_changes_picture_and_words(name, control):
    playground = MAKE[name]()
    if control.startswith("pool_"):
        playground.controls["blocks"].value = 6
        for block in range(1, 7):
            playground.controls[f"pool_{block}"].value = False
    png, words, line = playground.png, playground.words, in_browser(playground)
    playground.controls[control].value = other_value(playground.controls[control])
    assert playground.words != words
    # Dropout has no shape and no parameters: there is nothing of it to draw.
    assert (playground.png != png) == (control != "rate")
    assert in_browser(playground)[1] == playground.words
    assert in_browser(playground)[0]["src"] != line[0]["src"] or control == "rate"


def test_one_change_is_drawn_once(any_playground, monkeypatch):
    drawn = []
    show = base.Playground.show
    monkeypatch.setattr(base.Playground, "show", lambda self: drawn.append(show(self)))
    for control in any_playground.controls.values():
        drawn.clear()
        control.value = other_value(control)
        assert len(drawn) == 1, control


def test_what_is_back_where_it_was_looks_as_it_did(any_playground):
    before = any_playground.png
    name, control = next(iter(any_playground.controls.items()))
    value = control.value
    control.value = other_value(control)
    assert any_playground.png != before
    control.value = value
    assert any_playground.png == before


def test_no_figure_stays_open():
    plt.close("all")
    figures = weakref.WeakSet()
    for make in MAKE.values():
        playground = make()
        figures.add(playground._canvas.figure)
        del playground
    assert plt.get_fignums() == [] and len(figures) == len(MAKE)
    ipywidgets.Widget.close_all()  # as at the end of a kernel; it knows all its widgets
    gc.collect()
    assert not figures


def test_error_is_said_in_words_and_goes_away():
    figure = base.new_figure(height=1)
    text = figure.text(0.5, 0.5, "")

    def draw(n: int) -> str:
        if n == 3:
            raise ValueError("Three is <not> possible.")
        text.set_text(str(n))
        return f"The number is {n}."

    playground = base.Playground(figure, {"n": base.slider("n", 1, low=1, high=5)}, draw)
    playground.controls["n"].value = 3
    image, line = in_browser(playground)
    assert line == playground.words == "Three is <not> possible."
    assert "opacity" in image["style"]
    playground.controls["n"].value = 4
    image, line = in_browser(playground)
    assert line == "The number is 4." and "opacity" not in image["style"]


def test_only_what_moves_is_drawn_anew():
    figure = base.new_figure(height=2)
    ax = figure.subplots()
    (line,) = ax.plot([0, 1], [0, 0])

    def draw(n: int) -> str:
        line.set_ydata([0, n / 5])
        return f"{n}"

    def at(n: int, moving: list) -> bytes:
        control = base.slider("n", 1, low=0, high=5)
        ax.set_ylim(0, 1)
        playground = base.Playground(figure, {"n": control}, draw, moving)
        control.value = n
        return playground.png

    whole = [at(n, []) for n in (0, 2, 5)]
    assert len(set(whole)) == 3
    pixels = [
        [np.asarray(Image.open(io.BytesIO(png))).astype(int) for png in pngs]
        for pngs in (whole, [at(n, [line]) for n in (0, 2, 5)])
    ]
    for one, other in zip(*pixels, strict=True):
        assert (abs(one - other) > 64).mean() < 0.01  # the line may lie above the frame, or below


def test_slider_is_for_whole_numbers_or_decimals():
    assert isinstance(base.slider("n", 1, 0, 5).value, int)
    decimal = base.slider("rate", 0.5, 0.0, 0.9, step=0.05)
    assert isinstance(decimal.value, float) and decimal.readout_format == ".2f"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.0, "0"), (-1e-9, "0"), (100, "100"), (-1234, "−1,234"), (0.5, "0.5"),
     (-2.34567, "−2.346"), (np.float64(10), "10"), (np.int64(-7), "−7")],
)  # fmt: skip
def test_numbers_in_words(value, text):
    assert base.say(value) == text


# --- pictures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["play_kernel", "play_pooling"])
@pytest.mark.parametrize(
    "images",
    [
        pictures(3), pictures(3, (9, 8)), pictures(3, (9, 8, 1)), pictures(1)[0],
        pictures(1, (9, 8))[0], pictures(2, dtype="float32"), pictures(2, dtype="int32"),
        pictures(1, (9, 8))[0] > 100, np.zeros((6, 6)), -np.ones((6, 6)),
        pictures(1, (9, 8)).tolist(),
    ],
)  # fmt: skip
def test_any_picture_will_do(name, images):
    playground = getattr(play, name)(images)
    assert playground.png and "nan" not in playground.words
    assert playground.controls["picture"].value == "picture 0"


@pytest.mark.parametrize("name", ["play_kernel", "play_pooling"])
@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((0, 8, 8, 3)), None, r"shape \(0, 8, 8, 3\).*Give"),
        (np.zeros(8), None, r"shape \(8,\).*Give"),
        (np.zeros((1, 8, 8, 8, 3)), None, "Give"),
        (np.zeros((2, 8, 8, 4)), None, "Give"),
        (np.zeros((2, 3, 3)), None, "at least . × . pixels"),
        (np.full((8, 8), np.nan), None, "NaN.*finite"),
        (np.full((8, 8), np.inf), None, "infinite.*finite"),
        (np.full((8, 8), "a"), None, "type <U1.*Give numbers"),
        (np.zeros((2, 8, 8)), [0], "1 labels for 2 pictures"),
        (np.zeros((2, 8, 8)), [0, 10], "names for 0 to 9"),
    ],
)
def test_what_is_no_picture(name, images, labels, message):
    with pytest.raises(ValueError, match=message):
        getattr(play, name)(images, labels)


def test_first_picture_of_each_class_is_offered():
    labels = [2, 2, 0, 9, 0, 2]
    options = base.picture_options(pictures(6), labels)
    assert options == [(CLASS_NAMES[0], 2), (CLASS_NAMES[2], 0), (CLASS_NAMES[9], 3)]
    assert base.picture_options(pictures(4)) == [(f"picture {n}", n) for n in range(4)]
    assert len(base.picture_options(pictures(40, (4, 4)))) == 12


def test_gray_is_the_mean():
    color = pictures(1)[0]
    np.testing.assert_array_equal(base.gray(color), np.rint(color.mean(axis=2)))
    decimals = pictures(1, dtype="float32")[0]
    np.testing.assert_allclose(base.gray(decimals), decimals.mean(axis=2), atol=1e-6)
    assert base.gray(np.zeros((300, 200))).shape == (100, 67)


# --- kernel -----------------------------------------------------------------------------------


def naive_convolution(picture, weights, stride, padding):
    """Do what Keras documents for one channel, with loops."""
    size = len(weights)
    height, width = picture.shape
    if padding == "same":
        rows, columns = math.ceil(height / stride), math.ceil(width / stride)
        above = max((rows - 1) * stride + size - height, 0) // 2
        left = max((columns - 1) * stride + size - width, 0) // 2
    else:
        rows, columns = (height - size) // stride + 1, (width - size) // stride + 1
        above = left = 0
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            for i in range(size):
                for j in range(size):
                    y, x = row * stride - above + i, column * stride - left + j
                    if 0 <= y < height and 0 <= x < width:
                        result[row, column] += picture[y, x] * weights[i][j]
    return result


def shown_output(playground):
    """Return the output as it is drawn."""
    return np.asarray(playground._draw.__self__.images[1].get_array())


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [3, 5])
def test_kernel_computes_what_loops_and_keras_compute(size, stride, padding):
    picture = pictures(1, (13, 10))[0]
    playground = play.play_kernel(picture)
    weights = np.random.default_rng(2).integers(-9, 10, (size, size))
    controls = playground.controls
    controls["size"].value, controls["stride"].value = size, stride
    controls["padding"].value = padding
    controls["numbers"].value = tuple(map(tuple, weights.tolist()))
    expected = naive_convolution(picture.astype(float), weights, stride, padding)
    output = shown_output(playground)
    np.testing.assert_array_equal(output, expected)
    layers = keras.ops.conv(
        picture[np.newaxis, :, :, np.newaxis].astype("float32"),
        weights[:, :, np.newaxis, np.newaxis].astype("float32"), strides=stride, padding=padding,
    )  # fmt: skip
    np.testing.assert_allclose(output, np.asarray(layers)[0, :, :, 0], rtol=1e-5)

    rows, columns = expected.shape
    assert f"turns 13 × 10 pixels into {rows} × {columns} numbers" in playground.words
    assert (controls["row"].max, controls["column"].max) == (rows - 1, columns - 1)
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, 1)):
        controls["row"].value, controls["column"].value = row, column
        sum_ = base.say(expected[row, column])
        assert f"products is {sum_}: row {row}, column {column} of the output" in playground.words
        assert f"their sum, {sum_}." in playground.alternative


@pytest.mark.parametrize("name", kernels.WHAT_IT_DOES)
def test_named_kernels(name):
    playground = play.play_kernel(pictures(), LABELS)
    controls = playground.controls
    controls["kernel"].value = name
    for size in (3, 5, 3):
        controls["size"].value = size
        rows, divisor = kernels.named_kernel(name, size)
        assert controls["numbers"].value == rows and len(rows) == size
        assert controls["kernel"].value == name and controls["divisor"].value == divisor
        total = np.sum(rows) / divisor
        assert total == (0 if "edges" in name else 1)
        assert f"“{name}”" in playground.words
        assert ("in gray" in playground.words) == (total == 1)
        if divisor > 1:
            assert f"products, divided by {divisor}, is" in playground.words


def test_named_kernels_are_those_of_the_lesson():
    assert kernels.named_kernel("horizontal edges")[0] == ((-1, -1, -1), (0, 0, 0), (1, 1, 1))
    assert kernels.named_kernel("sharpen")[0] == ((0, -1, 0), (-1, 5, -1), (0, -1, 0))
    assert kernels.named_kernel("emboss")[0] == ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))
    assert kernels.named_kernel("all edges")[0] == ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))
    with pytest.raises(ValueError, match="no kernel 'soft'. Choose one of: horizontal edges"):
        kernels.named_kernel("soft")


def test_editing_a_number_makes_the_kernel_ones_own():
    playground = play.play_kernel(pictures(), LABELS)
    controls = playground.controls
    controls["numbers"]._cells[1][2].value = 4
    assert controls["numbers"].value == ((-1, -1, -1), (0, 0, 4), (1, 1, 1))
    assert controls["kernel"].value == kernel.OWN and f"“{kernel.OWN}”" in playground.words
    controls["size"].value = 5
    assert controls["numbers"].value[2] == (0, 0, 0, 4, 0)
    assert len(controls["numbers"]._grid.children) == 5
    controls["size"].value = 3
    assert controls["numbers"].value[1] == (0, 0, 4)
    controls["kernel"].value = "blur"
    assert controls["numbers"]._cells[1][2].value == 1 and controls["divisor"].value == 9
    controls["numbers"].value = ((0,) * 3,) * 3
    assert "from 0 to 0" in playground.words
    assert resize(((1, 2, 3), (4, 5, 6), (7, 8, 9)), 1) == ((5,),)


def test_guess_the_kernel():
    playground = play.play_kernel(pictures(), LABELS)
    controls = playground.controls
    controls["kernel"].value = "blur"
    assert controls["guess"].layout.display == "none" != controls["numbers"].layout.display
    controls["game"].value = True
    assert controls["numbers"].layout.display == "none" != controls["guess"].layout.display
    assert "hidden" in playground.alternative and "Choose" in playground.words
    found = []
    for number in range(1, len(kernel.SECRETS) + 1):
        controls["round"].value = number
        assert controls["guess"].index == 0 and f"Round {number}:" in playground.words
        secret = kernel.SECRETS[number - 1]
        for guess in kernels.WHAT_IT_DOES:
            picture = playground.png
            controls["guess"].value = guess
            assert playground.png == picture
            assert playground.words.startswith(
                "Right!" if guess == secret else f"No, with “{guess}”"
            )
            assert (f"“{secret}”" in playground.words) == (guess == secret)
        assert secret not in playground.alternative
        expected = naive_convolution(
            base.gray(pictures()[0]), kernels.named_kernel(secret)[0], 1, "valid"
        )  # fmt: skip
        np.testing.assert_allclose(
            shown_output(playground) * kernels.named_kernel(secret)[1], expected
        )
        found.append(secret)
    assert sorted(found) == sorted(kernels.WHAT_IT_DOES)
    controls["game"].value = False
    assert "“blur”" in playground.words


# --- pooling ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_pooling_computes_what_keras_computes(size, stride, kind):
    values = pictures(1, (13, 10))[0].astype("float32")
    function = keras.ops.max_pool if kind == "max" else keras.ops.average_pool
    expected = np.asarray(function(values[np.newaxis, :, :, np.newaxis], size, stride))[0, :, :, 0]
    np.testing.assert_allclose(pooling.pool(values, size, stride, kind), expected, rtol=1e-6)

    playground = play.play_pooling(pictures(1, (13, 10))[0])
    controls = playground.controls
    controls["size"].value, controls["stride"].value = size, stride
    controls["kind"].value = kind
    rows, columns = ((n - size) // stride + 1 for n in (13, 10))
    assert f"pixels, it makes {rows} × {columns}" in playground.words
    assert f"⌊(13 − {size}) / {stride}⌋ + 1 = {rows}" in playground.words
    assert f"⌊(10 − {size}) / {stride}⌋ + 1 = {columns}" in playground.words
    n = (8 - size) // stride + 1
    assert (
        f"makes {n} × {n} of 8 × 8 numbers: ⌊(8 − {size}) / {stride}⌋ + 1 = {n}."
        in playground.words
    )
    assert controls["row"].max == controls["column"].max == n - 1

    controls["row"].value = controls["column"].value = n - 1
    start = (n - 1) * stride
    window = pooling.NUMBERS[start : start + size, start : start + size]
    result = window.max() if kind == "max" else window.mean()
    listed = ", ".join(str(number) for row in window.tolist() for number in row)
    assert f"window holds {listed}; their {'maximum' if kind == 'max' else 'mean'} is " in (
        playground.words
    )
    assert f" is {base.say(result, 2)}." in playground.words
    in_some_window = {
        place for i in range(n) for place in range(i * stride, i * stride + size)
    }  # fmt: skip
    assert ("in brackets" in playground.words) == (len(in_some_window) < 8)


def test_pooling_that_is_impossible():
    with pytest.raises(ValueError, match="window of 3 × 3 does not fit into 2 × 5. Use a smaller"):
        pooling.pool(np.zeros((2, 5)), 3, 1)
    with pytest.raises(ValueError, match='kind is \'sum\'. Give "max" or "mean"'):
        pooling.pool(np.zeros((4, 5)), 3, 1, "sum")


# --- architecture -----------------------------------------------------------------------------


def built(shape, filters, kernel_size, pools, units, n_classes):
    """Build the network with Keras."""
    x = inputs = keras.Input(shape)
    for pooled in pools:
        x = keras.layers.Conv2D(filters, kernel_size)(x)
        if pooled:
            x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Dense(units)(keras.layers.Flatten()(x))
    return keras.Model(inputs, keras.layers.Dense(n_classes)(x))


@pytest.mark.parametrize("seed", range(40))
def test_layers_are_those_of_keras(seed):
    rng = np.random.default_rng(seed)
    shape = (*map(int, rng.integers(6, 34, 2)), int(rng.integers(1, 4)))
    filters, units, n_classes = (int(n) for n in rng.integers(1, 12, 3))
    kernel_size = int(rng.choice([3, 4, 5, 7]))
    pools = rng.random(rng.integers(1, 7)) < 0.5
    arguments = (shape, filters, kernel_size, pools.tolist(), units, n_classes)
    layers, reason = architecture.count_layers(*arguments)
    if reason:
        assert layers[-1].shape == ()
        with pytest.raises(ValueError):
            built(*arguments)
        return
    model = built(*arguments)
    assert [layer.shape for layer in layers] == [layer.output.shape[1:] for layer in model.layers]
    assert [layer.parameters for layer in layers] == [
        layer.count_params() for layer in model.layers
    ]


def test_some_networks_can_be_built_and_some_cannot():
    """So that the test above tests both."""
    reasons = [
        architecture.count_layers((20, 20, 3), 2, size, [True] * n, 2, 2)[1]
        for size in (3, 4, 5, 7) for n in range(1, 7)
    ]  # fmt: skip
    assert 5 < sum(map(bool, reasons)) < len(reasons) - 5


def test_first_network_is_that_of_the_lesson():
    playground = play.play_architecture()
    assert "2 blocks with 50 filters of 3 × 3: 514,510 parameters, 95%" in playground.words
    assert models.create_cnn((64, 64, 3)).count_params() == 514_510
    for text in ("conv 1 62 × 62 × 50, 1,400", "pool 2 14 × 14 × 50, 0", "dense 50, 490,050"):
        assert text in playground.alternative
    controls = playground.controls
    controls["blocks"].value = 3
    assert "137,060 parameters" in playground.words
    controls["pool_3"].value = False
    assert "407,060 parameters" in playground.words  # notebook 3 says so
    controls["rate"].value = 0.3
    assert "407,060 parameters" in playground.words and "Dropout of 0.3" in playground.words


@pytest.mark.parametrize(("kernel_size", "most"), [(3, 4), (4, 4), (5, 3), (7, 3)])
def test_network_that_cannot_be_built(kernel_size, most):
    """The helper and the playground agree on how many blocks there may be."""
    playground = play.play_architecture()
    controls = playground.controls
    controls["kernel_size"].value = kernel_size
    for n in range(1, 7):
        controls["blocks"].value = n
        shown = [control.layout.display != "none" for control in list(controls.values())[5:]]
        assert shown == [block <= n for block in range(1, 7)]
        cannot = playground.words.startswith("This network cannot be built: ")
        assert cannot == (n > most)
        if cannot:
            assert "are left" in playground.words and "Use fewer blocks" in playground.words
            assert "no room" in playground.alternative
            with pytest.raises(ValueError, match="too many"):
                models.create_cnn((64, 64, 3), n, kernel_size=kernel_size)
        else:
            count = models.create_cnn((64, 64, 3), n, kernel_size=kernel_size).count_params()
            assert f": {count:,} parameters" in playground.words


@pytest.mark.parametrize("shape", [(28, 28, 1), (5, 5, 3), (1, 1, 1), (224, 224, 3)])
def test_network_for_other_pictures(shape):
    playground = play.play_architecture(shape, n_classes=3)
    assert f"input {shape[0]} × {shape[1]} × {shape[2]}" in playground.alternative
    assert ("cannot be built" in playground.words) == (shape[0] < 10)
    playground.controls["filters"].value = 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((64, 64),), r"input_shape is \(64, 64\). Give height, width and channels"),
        ((64,), "input_shape is 64. Give"),
        (((64, 64, 0),), "a number in input_shape is 0. Give a whole number"),
        (((64, 64, 2.5),), "a number in input_shape is 2.5"),
        (((64, 64, 3), 0), "n_classes is 0. Give a whole number of at least 1"),
        (((64, 64, 3), True), "n_classes is True"),
    ],
)
def test_network_of_nonsense(arguments, message):
    with pytest.raises(ValueError, match=message):
        play.play_architecture(*arguments)


# --- logits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_shares_and_loss_are_those_of_keras(seed):
    scores = np.random.default_rng(seed).integers(-50, 51, 4) / 10
    playground = play.play_logits()
    with playground.hold():
        for i, score in enumerate(scores):
            playground.controls[f"score_{i}"].value = score
    shares = np.asarray(keras.ops.softmax(scores.astype("float64")))
    np.testing.assert_allclose(logits.softmax(scores), shares, rtol=1e-6)
    for name, share in zip(CLASS_NAMES[:4], shares, strict=True):
        assert f"{name} {share:.3f} (score" in playground.words
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for true in range(4):
        playground.controls["true"].value = true
        expected = float(loss(np.array([true]), scores[np.newaxis].astype("float32")))
        shown = float(re.search(r"= ([\d.]+)\. With equal", playground.words)[1])
        assert shown == pytest.approx(expected, abs=0.001)
        assert ("it has the largest share" in playground.words) == (shares.argmax() == true)
    assert "ln 4 = 1.386" in playground.words


def test_softmax_does_not_overflow():
    assert logits.softmax([1000.0, 1000.0]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("names", ["plate", ["plate"], list("abcdefg"), ["a", "a"], []])
def test_scores_of_too_few_or_equal_names(names):
    with pytest.raises(ValueError, match="Give two to six names"):
        play.play_logits(names)


def test_scores_of_other_names():
    playground = play.play_logits(["<b>", "cat & dog", "c", "d", "e", "f"])
    assert "<b> 0." in playground.words
    assert in_browser(playground)[1] == playground.words
    assert isinstance(playground._canvas.figure, Figure)
