"""The playgrounds: what they show at first, what each control does, and their arithmetic."""

import ast
import gc
import html
import io
import os
import re
import subprocess
import sys
import time
import weakref
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import ipywidgets
import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from helpers import challenges, models, play
from helpers.backstage.arithmetic import count_layers
from helpers.backstage.quiet import keras
from helpers.data import CLASS_NAMES, load_data
from helpers.play import base, kernel, pooling
from helpers.play.named_kernels import WHAT_IT_DOES, named_kernel
from helpers.play.number_grid import NumberGrid, resize

# In a notebook a warning stands next to the picture.
pytestmark = pytest.mark.filterwarnings("error")

NOTEBOOKS = Path(play.__file__).parents[2]
SANITIZED = r'<img alt="[^"]*" src="data:image/png;base64,[^"]*">'  # tests/nbval_sanitize.cfg


def pictures(n=12, shape=(20, 17, 3), dtype="uint8"):
    values = np.random.default_rng(1).integers(0, 256, (n, *shape))
    return values.astype(dtype) if dtype != "float32" else (values / 255).astype(dtype)


@cache
def network():
    keras.utils.set_random_seed(2)
    return models.create_cnn((20, 17, 3), filters=6)


LABELS = np.arange(12) % 10
MAKE = {
    "kernel": lambda: play.play_kernel(pictures(), LABELS),
    "pooling": lambda: play.play_pooling(pictures(), LABELS),
    "architecture": play.play_architecture,
    "logits": play.play_logits,
    "learning rate": play.play_learning_rate,
    "feature maps": lambda: play.play_feature_maps(network(), pictures(), LABELS),
    "dropout": lambda: play.play_dropout(network(), pictures(), LABELS),
    "naming": lambda: play.play_naming(pictures(30), np.arange(30) % 10),
}


def test_every_playground_is_tried():
    names = {"play_" + name.replace(" ", "_") for name in MAKE}
    assert names == set(play.__all__)


@pytest.fixture(params=MAKE)
def any_playground(request):
    return MAKE[request.param]()


def in_browser(playground):
    """Return what the widget holds: the picture, and the line below it."""
    _, picture, line = playground.widget.children
    return html.unescape(picture.value), html.unescape(line.value)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png))).astype(int)


def ends(control):
    """Return the values at both ends of a control, of a list all."""
    if isinstance(control, NumberGrid):
        return ((-99,) * 3,) * 3, ((99,) * 3,) * 3
    if hasattr(control, "options"):
        return [o[1] if isinstance(o, tuple) else o for o in control.options]
    if isinstance(control.value, bool):
        return False, True
    if hasattr(control, "base"):
        return control.base**control.min, control.base**control.max
    return control.min, control.max


def with_values(playground):
    return {name: c for name, c in playground.controls.items() if c.has_trait("value")}


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
    assert bundle["text/plain"] == any_playground.words and len(any_playground.words) > 40
    assert len(re.findall(SANITIZED, bundle["text/html"])) == 1
    assert any_playground.alternative.endswith(".")
    for page in (html.unescape(bundle["text/html"]), "".join(in_browser(any_playground))):
        assert f'alt="{any_playground.alternative}"' in page and any_playground.words in page
    picture = pixels(any_playground.png)
    assert picture.shape[1] == round(base.WIDTH * 96) and picture.std() > 5
    assert picture[-1, -1].tolist() == [255, 255, 255]  # on white, in a dark theme too


def test_each_control_has_a_label_to_see_and_to_hear(any_playground):
    for name, control in any_playground.controls.items():
        fields = [control]
        if isinstance(control, NumberGrid):
            assert control.children[0].value
            fields = [cell for row in control._cells for cell in row]
        assert all(field.description for field in fields), name
        assert len({field.description for field in fields}) == len(fields), name


def test_each_control_goes_to_its_ends(any_playground, monkeypatch):
    drawn = []
    show = base.Playground.show
    monkeypatch.setattr(base.Playground, "show", lambda self: drawn.append(show(self)))
    for name, control in with_values(any_playground).items():
        values = [value for value in ends(control) if value != control.value]
        states = [(any_playground.words, any_playground.png)]
        for value in (*values, control.value):
            drawn.clear()
            control.value = value
            assert len(drawn) == 1, (name, value)
            assert not re.search(r"\b(nan|inf)\b", any_playground.words), (name, value)
            assert any_playground.words in in_browser(any_playground)[1]
            states.append((any_playground.words, any_playground.png))
        if control.layout.display != "none":
            words, pictures_shown = map(set, zip(*states, strict=True))
            assert len(words) > len(values), name
            # Dropout has no shape and no parameters: there is nothing of it to draw.
            assert len(pictures_shown) > 1 or "Dropout of" in "".join(words), name


@pytest.mark.parametrize("name", ["logits", "learning rate", "dropout"])
def test_nothing_that_moves_is_left_where_it_was(name):
    """These draw anew only a part of the picture: is it all that changed?"""
    playground = MAKE[name]()
    for control in with_values(playground).values():
        control.value = ends(control)[-1]
    for artist in playground._moving:
        artist.set_animated(False)
    playground._canvas.draw()
    whole = np.asarray(playground._canvas.buffer_rgba())[..., :3]
    # What moves is drawn last: it may lie above a line that is above it in the whole picture.
    assert (abs(whole - pixels(playground.png)) > 64).mean() < 0.0007


def test_a_move_takes_no_longer_than_a_few_plain_plots(any_playground):
    """A tenth of a second, on a machine that takes 25 milliseconds for the plot."""

    def plot(step):
        figure = base.new_figure(height=4)
        figure.subplots().plot([0, step])
        FigureCanvasAgg(figure).print_png(io.BytesIO())

    def move(step):
        control.value = ends(control)[-step]

    def fastest(function):
        times = []
        for step in (0, 1) * 4:
            start = time.perf_counter()
            function(step)
            times.append(time.perf_counter() - start)
        return sorted(times)[2]

    control = list(with_values(any_playground).values())[1]
    assert fastest(move) < 4 * fastest(plot)


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


@pytest.fixture
def run_cell(monkeypatch):
    """Return a function that makes a playground as a run of a cell of a notebook does."""

    def run(cell, make, number):
        parent = {"metadata": {"cellId": cell}, "header": {"msg_id": number}}
        monkeypatch.setattr(base, "get_ipython", lambda: SimpleNamespace(get_parent=lambda: parent))
        return make()

    monkeypatch.setattr(base, "_made", {})
    return run


@pytest.mark.parametrize("name", MAKE)
def test_a_cell_that_is_run_again_takes_no_more_memory(run_cell, name):
    """Also where the notebook keeps what each run of the cell has returned."""
    out, figures, seen = [], weakref.WeakSet(), []
    for number in range(3):
        playground = run_cell("a cell", MAKE[name], number)
        for control in with_values(playground).values():
            control.value = ends(control)[-1]
        figures.add(playground._canvas.figure)
        out.append(playground)
        seen.append((len(ipywidgets.widgets.widget._instances), len(figures)))
    assert seen[1:] == seen[:1] * 2
    first = out[0]
    assert list(first._repr_mimebundle_()) == ["text/plain", "text/html"] and first.words
    assert "application/vnd.jupyter.widget-view+json" in playground._repr_mimebundle_()


def test_only_what_the_same_cell_made_before_is_freed(run_cell, monkeypatch):
    power = MAKE["logits"]
    one, two = (run_cell("two in a cell", power, 1) for _ in range(2))
    other = run_cell("another cell", power, 2)
    assert one.controls and two.controls and other.controls
    again = run_cell("two in a cell", power, 3)
    assert not one.controls and not two.controls and other.controls and again.controls
    monkeypatch.setattr(base, "get_ipython", lambda: None)  # in a terminal
    assert power().controls and again.controls


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
    assert playground.words == "Three is <not> possible." and playground.words in line
    assert "opacity" in image and "<not>" not in playground.widget.children[2].value
    playground.controls["n"].value = 4
    image, line = in_browser(playground)
    assert "The number is 4." in line and "opacity" not in image


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.0, "0"), (-1e-9, "0"), (100, "100"), (-1234, "−1,234"), (0.5, "0.5"),
     (-2.34567, "−2.346"), (np.float64(10), "10"), (np.int64(-7), "−7")],
)  # fmt: skip
def test_numbers_in_words(value, text):
    assert base.say(value) == text


# Digits in a text that are no number which the code computes with, each with the reason.
NO_NUMBERS = {
    r"#[0-9a-f]{6}": "a color",
    r"\d+px|max-width: 100%|(line-height|opacity): [\d.]+": "a style",
    r"^\.\d[fg]$": "a format",
    r"float32|base64|Conv2D|shape\[1:\]": "a name, or code to type in",
    r"\b[01]\b(?![.,]?\d)": "nothing and one, of arithmetic: below 0, together 1, 1 / (1 − rate)",
}


def test_numbers_in_texts_are_computed():
    """One that is typed in stays as it is when the code changes."""
    found = []
    for path in sorted(Path(play.__file__).parent.glob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        docstrings = [node.value for node in nodes if isinstance(node, ast.Expr)]
        formats = [
            part for node in nodes
            if isinstance(node, ast.FormattedValue) and node.format_spec
            for part in node.format_spec.values
        ]  # fmt: skip
        for node in nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            rest = re.sub("|".join(NO_NUMBERS), "", node.value)
            if re.search(r"\d", rest) and node not in docstrings + formats:
                found.append(f"{path.name}:{node.lineno}: {node.value!r}")
    assert not found, "\n".join(found)


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


HOSTILE = (r"$\frac{1$", "<script>alert(1)</script>", '" onerror="alert(1)', "$x$", *"abcdefgh")
WITH_NAMES = {
    "kernel": play.play_kernel,
    "pooling": play.play_pooling,
    "naming": play.play_naming,
    "feature maps": lambda *given: play.play_feature_maps(network(), *given),
    "dropout": lambda *given: play.play_dropout(network(), *given),
}


@pytest.mark.parametrize("name", WITH_NAMES)
def test_names_are_shown_as_they_are_and_never_as_mathematics_or_markup(name):
    make = WITH_NAMES[name]
    playground = make(pictures(10), np.arange(10), HOSTILE[:10])
    for control in playground.controls.values():  # not the last one: then the score would be kept
        if isinstance(control, ipywidgets.Button) and control.description in HOSTILE[:4]:
            control.click()
    figure = playground._canvas.figure
    for text in figure.findobj(Text):
        assert not text._preprocess_math(text.get_text())[1], text.get_text()
    page = playground._repr_mimebundle_()["text/html"]
    for shown in (page, playground._picture.value, playground._line.value):
        assert "<script" not in shown and '" onerror' not in shown
    for control in playground.controls.values():
        assert not getattr(control, "description_allow_html", False)


def test_hostile_names_of_scores_are_shown_as_they_are():
    playground = play.play_logits(HOSTILE[:4])
    assert "<script" not in playground._line.value + playground._picture.value
    for text in playground._canvas.figure.findobj(Text):
        assert not text._preprocess_math(text.get_text())[1], text.get_text()


@pytest.fixture
def loaded(tmp_path, capsys):
    """Return a function that loads pictures with so many classes of one's own."""

    def load(n):
        labels = np.arange(24) % n
        for part in ("train", "test"):
            np.save(tmp_path / f"{part}_images.npy", pictures(24))
            np.save(tmp_path / f"{part}_labels.npy", labels)
        (tmp_path / "classes.txt").write_text("\n".join(f"pet {i}" for i in range(n)))
        return load_data(tmp_path)[0]

    return load


@pytest.mark.parametrize("n", [3, 12])
@pytest.mark.parametrize("name", WITH_NAMES)
def test_labels_bring_their_names_with_them(loaded, name, n):
    images, labels = loaded(n)
    if (name, n) == ("dropout", 12):
        with pytest.raises(ValueError, match="there are 12 class_names"):
            WITH_NAMES[name](images, labels)
        return
    playground = WITH_NAMES[name](images, labels)
    if name == "naming":
        offered = [c.description for c in playground.controls.values() if "pet" in c.description]
    else:
        offered = playground.controls["picture"]._options_labels
    assert list(offered) == [f"pet {i}" for i in range(n)]
    if name == "dropout":  # a network has ten outputs, also where there are fewer classes
        assert all(
            f"{each} 0." in playground.alternative for each in ("pet 2", "class 3", "class 9")
        )


def test_gray_is_the_mean():
    color = pictures(1)[0]
    np.testing.assert_array_equal(base.gray(color), np.rint(color.mean(axis=2)))
    decimals = pictures(1, dtype="float32")[0]
    np.testing.assert_allclose(base.gray(decimals), decimals.mean(axis=2), atol=1e-6)
    assert base.gray(np.zeros((300, 200))).shape == (100, 67)


# --- kernel -----------------------------------------------------------------------------------


def convolve(picture, weights, stride=1, padding="valid"):
    """Let Keras do it."""
    result = keras.ops.conv(
        picture[np.newaxis, :, :, np.newaxis].astype("float32"),
        np.asarray(weights, dtype="float32")[:, :, np.newaxis, np.newaxis],
        strides=stride, padding=padding,
    )  # fmt: skip
    return np.asarray(result)[0, :, :, 0]


def shown_output(playground):
    """Return the output as it is drawn."""
    return np.asarray(playground._draw.__self__.images[1].get_array())


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [3, 5])
def test_kernel_computes_what_keras_computes(size, stride, padding):
    picture = pictures(1, (13, 10))[0]
    playground = play.play_kernel(picture)
    weights = np.random.default_rng(2).integers(-9, 10, (size, size))
    controls = playground.controls
    controls["size"].value, controls["stride"].value = size, stride
    controls["padding"].value = padding
    controls["numbers"].value = tuple(map(tuple, weights.tolist()))
    expected = convolve(picture, weights, stride, padding)
    np.testing.assert_allclose(shown_output(playground), expected, rtol=1e-5)

    rows, columns = expected.shape
    assert f"turns 13 × 10 pixels into {rows} × {columns} numbers" in playground.words
    assert (controls["row"].max, controls["column"].max) == (rows - 1, columns - 1)
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, 1)):
        controls["row"].value, controls["column"].value = row, column
        sum_ = base.say(expected[row, column])
        assert f"products is {sum_}: row {row}, column {column} of the output" in playground.words


@pytest.mark.parametrize("name", WHAT_IT_DOES)
def test_named_kernels(name):
    playground = play.play_kernel(pictures(), LABELS)
    controls = playground.controls
    controls["kernel"].value = name
    for size in (3, 5, 3):
        controls["size"].value = size
        rows, divisor = named_kernel(name, size)
        assert controls["numbers"].value == rows and len(rows) == size
        assert controls["kernel"].value == name and controls["divisor"].value == divisor
        total = np.sum(rows) / divisor
        assert total == (0 if "edges" in name else 1)
        assert f"“{name}”" in playground.words
        assert ("in gray" in playground.words) == (total == 1)


def test_named_kernels_are_those_of_the_lesson():
    assert named_kernel("sharpen")[0] == ((0, -1, 0), (-1, 5, -1), (0, -1, 0))
    assert named_kernel("emboss")[0] == ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))
    assert named_kernel("all edges")[0] == ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))
    with pytest.raises(ValueError, match="no kernel 'soft'. Choose one of: horizontal edges"):
        named_kernel("soft")


def test_editing_a_number_makes_the_kernel_ones_own():
    playground = play.play_kernel(pictures(), LABELS)
    controls = playground.controls
    controls["numbers"]._cells[1][2].value = 4
    assert controls["numbers"].value == ((-1, -1, -1), (0, 0, 4), (1, 1, 1))
    assert controls["kernel"].value == kernel.OWN and f"“{kernel.OWN}”" in playground.words
    cells = [cell for row in controls["numbers"]._cells for cell in row]
    assert sum(cell.layout.display is None for cell in cells) == 9
    controls["size"].value = 5
    assert controls["numbers"].value[2] == (0, 0, 0, 4, 0)
    assert not [cell for cell in cells if cell.layout.display == "none"]
    controls["size"].value = 3
    assert controls["numbers"].value[1] == (0, 0, 4)
    controls["kernel"].value = "blur"
    assert controls["numbers"]._cells[1][2].value == 1 and controls["divisor"].value == 9
    assert resize(((1, 2, 3), (4, 5, 6), (7, 8, 9)), 1) == ((5,),)


def test_guess_the_kernel():
    playground = play.play_kernel(pictures(), LABELS)
    controls = playground.controls
    controls["kernel"].value = "blur"
    controls["game"].value = True
    assert controls["numbers"].layout.display == "none" != controls["guess"].layout.display
    assert "Choose" in playground.words
    for number, secret in enumerate(kernel.SECRETS, start=1):
        controls["round"].value = number
        assert controls["guess"].index == 0 and f"Round {number}:" in playground.words
        for guess in WHAT_IT_DOES:
            controls["guess"].value = guess
            start = "Right!" if guess == secret else f"No, with “{guess}”"
            assert playground.words.startswith(start)
            assert (f"“{secret}”" in playground.words) == (guess == secret)
        assert secret not in playground.alternative
        rows, divisor = named_kernel(secret)
        expected = convolve(base.gray(pictures()[0]), rows)
        np.testing.assert_allclose(shown_output(playground) * divisor, expected, rtol=1e-5)
    assert sorted(kernel.SECRETS) == sorted(WHAT_IT_DOES)
    controls["game"].value = False
    assert controls["guess"].layout.display == "none" != controls["numbers"].layout.display
    assert "“blur”" in playground.words


# --- pooling ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_pooling_computes_what_keras_computes(size, stride, kind):
    function = keras.ops.max_pool if kind == "max" else keras.ops.average_pool

    def pool(values):
        batch = values[np.newaxis, :, :, np.newaxis].astype("float32")
        return np.asarray(function(batch, size, stride))[0, :, :, 0]

    picture = pictures(1, (13, 10))[0]
    expected = pool(picture)
    np.testing.assert_allclose(pooling.pool(picture, size, stride, kind), expected, rtol=1e-6)

    playground = play.play_pooling(picture)
    controls = playground.controls
    controls["size"].value, controls["stride"].value = size, stride
    controls["kind"].value = kind
    for n, rows in zip((13, 10), expected.shape, strict=True):
        assert f"⌊({n} − {size}) / {stride}⌋ + 1 = {rows}" in playground.words
    results = pool(pooling.NUMBERS)
    n = len(results)
    assert f"makes {n} × {n} of 8 × 8 numbers" in playground.words
    assert controls["row"].max == controls["column"].max == n - 1
    controls["row"].value = controls["column"].value = n - 1
    assert f" is {base.say(results[-1, -1], 2)}." in playground.words
    assert ("in brackets" in playground.words) == (stride > size or (8 - size) % stride > 0)


def test_pooling_that_is_impossible():
    with pytest.raises(ValueError, match="window of 3 × 3 does not fit into 2 × 5. Use a smaller"):
        pooling.pool(np.zeros((2, 5)), 3, 1)
    with pytest.raises(ValueError, match='kind is \'sum\'. Give "max" or "mean"'):
        pooling.pool(np.zeros((4, 5)), 3, 1, "sum")


# --- architecture -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_layers_are_those_of_keras(seed):
    rng = np.random.default_rng(seed)
    shape = (*map(int, rng.integers(6, 34, 2)), int(rng.integers(1, 4)))
    filters, units, n_classes = (int(n) for n in rng.integers(1, 12, 3))
    kernel_size = int(rng.choice([3, 4, 5, 7]))
    pools = (rng.random(rng.integers(1, 7)) < 0.5).tolist()
    layers, reason = count_layers(shape, filters, kernel_size, pools, units, n_classes)

    def build():
        x = inputs = keras.Input(shape)
        for pooled in pools:
            x = keras.layers.Conv2D(filters, kernel_size)(x)
            x = keras.layers.MaxPooling2D()(x) if pooled else x
        x = keras.layers.Dense(units)(keras.layers.Flatten()(x))
        return keras.Model(inputs, keras.layers.Dense(n_classes)(x)).layers

    if reason:
        assert layers[-1].shape == ()
        with pytest.raises(ValueError):
            build()
        return
    assert [(layer.shape, layer.parameters) for layer in layers] == [
        (layer.output.shape[1:], layer.count_params()) for layer in build()
    ]


def test_first_network_is_that_of_the_lesson():
    playground = play.play_architecture()
    count = models.create_cnn((64, 64, 3)).count_params()
    assert f"2 blocks with 50 filters of 3 × 3: {count:,} parameters, 95%" in playground.words
    for text in ("conv 1 62 × 62 × 50, 1,400", "pool 2 14 × 14 × 50, 0", "dense 50, 490,050"):
        assert text in playground.alternative
    controls = playground.controls
    controls["blocks"].value = 3
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
        shown = [controls[f"pool_{block}"].layout.display != "none" for block in range(1, 7)]
        assert shown == [block <= n for block in range(1, 7)]
        if n > most:
            assert playground.words.startswith("This network cannot be built: ")
            assert "Use fewer blocks" in playground.words and "no room" in playground.alternative
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


@pytest.mark.parametrize("seed", range(5))
def test_shares_and_loss_are_those_of_keras(seed):
    scores = np.random.default_rng(seed).integers(-50, 51, 4) / 10
    playground = play.play_logits()
    with playground.hold():
        for i, score in enumerate(scores):
            playground.controls[f"score_{i}"].value = score
    shares = np.asarray(keras.ops.softmax(scores.astype("float64")))
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


@pytest.mark.parametrize("names", ["plate", ["plate"], list("abcdefg"), ["a", "a"], []])
def test_scores_of_too_few_or_equal_names(names):
    with pytest.raises(ValueError, match="Give two to six names"):
        play.play_logits(names)


def test_scores_of_other_names():
    playground = play.play_logits(["<b>", "cat & dog", "c", "d", "e", "f"])
    assert "<b> 0." in playground.words and playground.words in in_browser(playground)[1]
    assert "<b>" not in playground._repr_mimebundle_()["text/html"]


# --- naming -----------------------------------------------------------------------------------


@pytest.fixture
def score(monkeypatch):
    """What is kept for later notebooks, here in a dictionary."""
    kept = {}
    monkeypatch.setattr(challenges, "remember", kept.__setitem__)
    return kept


def press(playground, category):
    playground.controls[f"category {category}"].click()


def test_naming_counts_first_answers_and_keeps_the_score_at_the_end(score):
    playground = MAKE["naming"]()
    truth = playground._draw.__self__.truth
    assert len(truth) == 20
    for n, category in enumerate(truth):
        assert f"picture {n + 1} of 20" in playground.alternative and not score
        assert "named so far: none" in playground.alternative or n
        wrong = n % 4 == 0
        press(playground, (category + 1) % 10 if wrong else category)
        start = f"Picture {n + 1}: " + ("not “" if wrong else "right, ")
        assert playground.words.startswith(start) and CLASS_NAMES[category] in playground.words
        right = n + 1 - (n // 4 + 1)
        assert f"{n + 1} {CLASS_NAMES[category]}, {'wrong' if wrong else 'right'}" in (
            playground.alternative
        )
        if n < 19:
            assert f"So far {right} of {n + 1} right" in playground.words
    assert score == {"named-by-you": {"right": 15, "of": 20}}
    assert "All 20 are named, 15 of them right: 0.75. Guessing reaches 0.10" in playground.words


def test_naming_a_picture_twice_changes_nothing(score):
    playground = MAKE["naming"]()
    truth = playground._draw.__self__.truth
    controls = playground.controls
    controls["picture"].value = 3
    press(playground, truth[2])
    assert controls["picture"].value == 4 and not controls["category 0"].disabled
    controls["picture"].value = 3
    assert controls["category 0"].disabled and "Picture 3: right" in playground.words
    before = playground.words
    press(playground, (truth[2] + 1) % 10)
    assert "So far 1 of 1 right" in before and "So far 1 of 1 right" in playground.words
    assert not score


def test_naming_goes_back_to_pictures_that_were_left_out(score):
    images = pictures(3, (9, 8), dtype="float32")
    playground = play.play_naming(
        images, [0, 1, 1], ["a $\\frac{1$", "a name that is far too long"]
    )
    controls, truth = playground.controls, playground._draw.__self__.truth
    controls["picture"].value = 3
    for expected, place in ((1, 2), (2, 0), (2, 1)):
        press(playground, truth[place])
        assert controls["picture"].value == expected
    assert score == {"named-by-you": {"right": 3, "of": 3}}


def test_naming_pictures_without_a_category():
    with pytest.raises(ValueError, match="names for 0 to 9"):
        play.play_naming(pictures(2), [0, 10])
    with pytest.raises(ValueError, match="1 labels for 2 pictures"):
        play.play_naming(pictures(2), [0])
    assert "picture 1 of 1" in play.play_naming(pictures(1), [0]).alternative
