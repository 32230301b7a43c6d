"""The plots: what stands in their axes, their text alternatives, and what cannot be plotted."""

import base64
import io
import math
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from helpers.quiet import keras
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from nbclient import NotebookClient

from helpers import plots
from helpers.data import CLASS_NAMES
from helpers.plots import (
    apply_kernel,
    figure_as_html,
    plot_class_counts,
    plot_confusion,
    plot_dropout_sweep,
    plot_histories,
    plot_history,
    plot_images,
    plot_kernel,
    plot_search,
)

# In a notebook a warning stands next to the picture.
pytestmark = pytest.mark.filterwarnings("error")

NOTEBOOKS = Path(plots.__file__).parents[1]


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    plt.close("all")


def alternative(ax):
    ax.figure.canvas.draw()  # what cannot be drawn fails here
    return ax.figure.get_label()


def pictures(n=12, size=(4, 5), channels=(3,), dtype="uint8"):
    values = np.random.default_rng(1).integers(0, 256, (n, *size, *channels))
    return (values / 255).astype(dtype) if dtype.startswith("float") else values.astype(dtype)


# --- plot_images ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_images_are_shown_as_they_are(dtype, channels):
    images = pictures(7, channels=channels, dtype=dtype)
    ax = plot_images(images)
    assert alternative(ax) == "Grid of 7 small pictures."
    axes = ax.figure.axes
    assert axes[0] is ax and len(axes) == 10
    assert [len(a.images) for a in axes] == [1] * 7 + [0] * 3
    assert not any(a.axison for a in axes)
    for image, a in zip(images, axes, strict=False):
        shown = np.asarray(a.images[0].get_array())
        np.testing.assert_array_equal(shown, image.reshape(shown.shape))
        assert a.images[0].get_interpolation() == "nearest"


@pytest.mark.parametrize(("dtype", "brightest"), [("uint8", 255), ("int32", 255), ("float32", 1)])
def test_gray_pictures_share_one_scale_of_brightness(dtype, brightest):
    images = pictures(2, channels=(), dtype=dtype)
    images[1] = brightest // 2
    for ax in plot_images(images).figure.axes[:2]:
        assert ax.images[0].get_clim() == (0, brightest)
        assert ax.images[0].get_cmap().name == "gray"


@pytest.mark.parametrize(
    ("available", "n", "shown", "places"),
    [
        (40, None, 15, 15),
        (12, 100, 12, 15),
        (12, 5, 5, 5),
        (3, 15, 3, 3),
        (1, 1, 1, 1),
        (9, 6, 6, 10),
    ],
)
def test_how_many_pictures(available, n, shown, places):
    images = pictures(available)
    ax = plot_images(images) if n is None else plot_images(images, n=np.int64(n))
    assert sum(len(a.images) for a in ax.figure.axes) == shown
    assert len(ax.figure.axes) == places
    assert f"Grid of {shown} small" in alternative(ax)


def test_labels_become_titles():
    labels = np.array([9, 0, 4])
    ax = plot_images(pictures(3), labels)
    assert [a.get_title() for a in ax.figure.axes] == [
        "washing machine",
        "day bed",
        "soap dispenser",
    ]
    assert alternative(ax) == (
        "Grid of 3 small pictures: washing machine, day bed, soap dispenser."
    )
    ax = plot_images(pictures(3), [1, 0, 1], class_names=["ant", "bee"])
    assert [a.get_title() for a in ax.figure.axes] == ["bee", "ant", "bee"]


def test_labels_of_a_table_are_taken_by_their_place():
    labels = pd.Series([1, 0], index=[5, 7])
    ax = plot_images(pictures(2), labels, class_names=["ant", "bee"])
    assert [a.get_title() for a in ax.figure.axes] == ["bee", "ant"]


def test_a_wrong_prediction_is_marked_in_words_and_by_color():
    ax = plot_images(pictures(3), [0, 1, 1], class_names=["ant", "bee"], predictions=[0, 1, 0])
    titles = [a.title for a in ax.figure.axes]
    assert [t.get_text() for t in titles] == ["ant\n(right)", "bee\n(right)", "ant\n(is bee)"]
    colors = [to_rgb(t.get_color()) for t in titles]
    assert colors[0] == colors[1] == to_rgb("black") != colors[2]
    assert alternative(ax) == "Grid of 3 small pictures: ant (right), bee (right), ant (is bee)."


@pytest.mark.parametrize("predicted", [False, True])
@pytest.mark.parametrize("names", [CLASS_NAMES, ["a"] * 10])
def test_titles_and_pictures_do_not_lie_on_each_other(predicted, names):
    labels = np.arange(3, 10)
    predictions = np.roll(labels, 1) if predicted else None
    ax = plot_images(pictures(7, (64, 64)), labels, class_names=names, predictions=predictions)
    alternative(ax)
    used = [a for a in ax.figure.axes if a.images]
    boxes = [a.title.get_window_extent() for a in used] + [a.get_window_extent() for a in used]
    for number, box in enumerate(boxes):
        for other in boxes[:number]:
            assert not box.overlaps(other)


def test_the_share_of_an_answer_stands_behind_it_in_percent():
    images = np.zeros((2, 4, 4, 3), dtype=np.uint8)
    ax = plot_images(images, [0, 1], predictions=[0, 2], shares=[0.856, 0.3])
    titles = [axes.get_title() for axes in ax.figure.axes]
    assert titles == ["day bed 86%\n(right)", "plate 30%\n(is dishrag)"]
    assert "day bed 86% (right), plate 30% (is dishrag)" in ax.figure.get_label()


@pytest.mark.parametrize(
    ("predictions", "shares"), [(None, [0.5, 0.5]), ([0, 1], [0.5]), ([0, 1], [[0.5], [0.5]])]
)
def test_shares_that_do_not_fit(predictions, shares):
    images = np.zeros((2, 4, 4, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="Give one number for each prediction"):
        plot_images(images, [0, 1], predictions=predictions, shares=shares)


def test_predictions_without_labels_are_neither_right_nor_wrong():
    ax = plot_images(pictures(2), predictions=np.array([3, 1]))
    assert [a.get_title() for a in ax.figure.axes] == ["running shoe", "dishrag"]
    assert {to_rgb(a.title.get_color()) for a in ax.figure.axes} == {to_rgb("black")}


@pytest.mark.parametrize(
    "shape", [(64, 64, 3), (64, 64), (0, 64, 64, 3), (2, 8, 8, 4), (2, 2, 8, 8, 3), (), (3,)]
)
def test_arrays_that_are_no_pictures(shape):
    with pytest.raises(ValueError) as caught:
        plot_images(np.zeros(shape))
    message = str(caught.value)
    assert message.startswith(f"images has shape {shape}. ")
    assert "(N, height, width, 3) or (N, height, width)" in message and "images[:1]" in message
    assert not plt.get_fignums()


@pytest.mark.parametrize("n", [0, -3, 2.5, None, "5"])
def test_numbers_of_pictures_that_are_none(n):
    with pytest.raises(ValueError, match=r"^n is .*at least 1\."):
        plot_images(pictures(4), n=n)


@pytest.mark.parametrize("what", ["labels", "predictions"])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, 1, 2], "There are 3 {} for 4 pictures. Give one for each."),
        ([0, 1, 2, 10], "{} go from 0 to 10, and there are names for 0 to 9. Correct them"),
        ([0, -1, 2, 3], "{} go from -1 to 3, and there are names for 0 to 9. Correct them"),
        (
            np.zeros((4, 10), "float32"),
            "{} is an array of float32 of shape (4, 10). Give one whole",
        ),
        (np.zeros((4, 1), int), "{} is an array of int64 of shape (4, 1). Give one whole number"),
        ([0.0, 1.0, 2.0, 3.0], "{} is an array of float64 of shape (4,). Give one whole number"),
        (["plate"] * 4, "{} is an array of <U5 of shape (4,). Give one whole number"),
        ([], "{} is an array of float64 of shape (0,). Give one whole number"),
        (3, "{} is an array of int64 of shape (). Give one whole number"),
    ],
)
def test_labels_that_do_not_fit(what, values, message):
    with pytest.raises(ValueError) as caught:
        plot_images(pictures(4), **{what: values})
    assert str(caught.value).startswith(message.format(what))
    assert not plt.get_fignums()


# --- plot_class_counts ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, lambda x: np.array(x, "uint8")])
def test_class_counts(kind):
    ax = plot_class_counts(kind([0, 2, 2, 2]), ["ant", "bee", "cow", "dog"])
    assert [bar.get_width() for bar in ax.patches] == [1, 0, 3, 0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ant", "bee", "cow", "dog"]
    assert [text.get_text() for text in ax.texts] == ["1", "0", "3", "0"]
    assert ax.get_xlabel() == "number of pictures" and ax.get_xlim()[0] == 0
    assert alternative(ax) == (
        "Bar chart: number of pictures in each category: ant 1, bee 0, cow 3, dog 0."
    )


def test_class_counts_of_the_ten_categories():
    ax = plot_class_counts([9])
    assert [label.get_text() for label in ax.get_yticklabels()] == list(CLASS_NAMES)


@pytest.mark.parametrize("labels", [[], [-1, 0], [0, 4], [0.5], ["ant"], [[0, 1]], None, 2])
def test_class_counts_of_what_is_no_label(labels):
    with pytest.raises(ValueError, match=r"^labels (is an array of|go from) .*(Give one|Correct)"):
        plot_class_counts(labels, ["ant", "bee", "cow", "dog"])


# --- plot_history, plot_histories -------------------------------------------------------------

HISTORY = {
    "loss": [2.5, 2.0, 1.75],
    "accuracy": [0.1, 0.25, 0.5],
    "val_loss": [2.25, 2.125, 2.375],
    "val_accuracy": [0.125, 0.2, 0.3],
}


def series(ax):
    """Name in the legend -> (x, y) of each line."""
    handles, names = ax.get_legend_handles_labels()
    assert len(handles) == len(ax.lines)
    return {
        name: (line.get_xdata().tolist(), list(line.get_ydata()))
        for name, line in zip(names, handles, strict=True)
    }


@pytest.mark.parametrize("kind", [dict, lambda h: SimpleNamespace(history=h)])
@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_history(kind, metric):
    ax = plot_history(kind(HISTORY), metric)
    assert series(ax) == {
        "training": ([1, 2, 3], HISTORY[metric]),
        "validation": ([1, 2, 3], HISTORY[f"val_{metric}"]),
    }
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", metric)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    training, validation = ax.lines
    assert training.get_linestyle() == "-" and validation.get_linestyle() == "--"
    assert training.get_marker() == "o" and validation.get_marker() == "x"
    assert training.get_color() != validation.get_color()


def test_history_in_words():
    assert alternative(plot_history(HISTORY, "loss")) == (
        "Line plot of loss over the epochs: training goes from 2.50 to 1.75; "
        "validation goes from 2.25 to 2.38."
    )


def test_a_history_of_keras():
    history = keras.callbacks.History()
    history.history = HISTORY
    assert list(series(plot_history(history))) == ["training", "validation"]


def test_accuracy_is_the_default_and_val_is_understood():
    assert plot_history(HISTORY).get_ylabel() == "accuracy"
    ax = plot_history(HISTORY, "val_loss")
    assert ax.get_ylabel() == "loss"
    assert series(ax)["validation"][1] == HISTORY["val_loss"]


@pytest.mark.parametrize("epochs", [2, 3, 10, 100])
def test_ticks_are_whole_epochs(epochs):
    ax = plot_history({"loss": np.linspace(2, 1, epochs)}, "loss")
    assert all(tick == int(tick) for tick in ax.get_xticks())


def test_each_call_makes_a_figure_and_leaves_the_others_alone():
    own, own_ax = plt.subplots()
    own_ax.plot([1, 2])
    first, second = plot_history(HISTORY), plot_history(HISTORY)
    assert len({own, first.figure, second.figure}) == 3
    assert len(own_ax.lines) == 1 and len(first.lines) == len(second.lines) == 2


def test_a_history_without_validation():
    ax = plot_history({"loss": [2, 1]}, "loss")
    assert series(ax) == {"training": ([1, 2], [2, 1])}
    assert alternative(ax) == (
        "Line plot of loss over the epochs: training goes from 2.00 to 1.00."
    )


def test_a_loss_that_is_no_number_is_drawn_as_a_gap():
    assert "from 2.00 to nan" in alternative(plot_history({"loss": [2, 1, math.nan]}, "loss"))


def test_several_histories():
    ax = plot_histories({"Adam": HISTORY, "SGD": {"loss": [2.0, 1.0]}}, "loss")
    assert series(ax) == {
        "Adam training": ([1, 2, 3], HISTORY["loss"]),
        "Adam validation": ([1, 2, 3], HISTORY["val_loss"]),
        "SGD training": ([1, 2], [2.0, 1.0]),
    }
    adam, adam_validation, sgd = ax.lines
    assert adam.get_color() == adam_validation.get_color() != sgd.get_color()
    assert alternative(ax).endswith("; SGD training goes from 2.00 to 1.00.")


def test_many_histories():
    ax = plot_histories({f"run {n}": {"loss": [2, n]} for n in range(12)}, "loss")
    assert len(ax.lines) == 12


@pytest.mark.parametrize("metric", ["acc", "", "val_precision"])
def test_a_metric_that_is_not_in_the_history(metric):
    with pytest.raises(ValueError) as caught:
        plot_history(HISTORY, metric)
    message = str(caught.value)
    assert message.startswith(f"The history has no metric {metric.removeprefix('val_')!r}. ")
    assert "It holds: accuracy, loss, val_accuracy, val_loss." in message and "Choose" in message
    with pytest.raises(ValueError, match="nothing at all"):
        plot_history({})
    assert not plt.get_fignums()


@pytest.mark.parametrize("values", [[], [0.1]])
def test_a_history_too_short_for_a_curve(values):
    for call in (
        lambda: plot_history({"accuracy": values}),
        lambda: plot_histories({"a": HISTORY, "b": {"accuracy": values}}),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert str(caught.value) == (
            f"The history has {len(values)} epoch(s), and a curve needs at least 2. "
            "Train for more epochs, or read the value itself in history.history."
        )
    assert not plt.get_fignums()


@pytest.mark.parametrize("history", [None, [1, 2], "history", 3, plot_history])
def test_what_is_no_history(history):
    found = type(history).__name__
    with pytest.raises(ValueError, match=rf"found {found}. Give what model.fit\(...\) returned"):
        plot_history(history)
    with pytest.raises(ValueError, match=rf"found {found}. Give a dict such as"):
        plot_histories(history)


def test_histories_without_names():
    with pytest.raises(ValueError, match="no history to plot"):
        plot_histories({})
    with pytest.raises(ValueError, match="found SimpleNamespace. Give a dict such as"):
        plot_histories(SimpleNamespace(history=HISTORY))
    with pytest.raises(ValueError, match="found list. Give what model.fit"):
        plot_histories(HISTORY)


# --- apply_kernel, plot_kernel ----------------------------------------------------------------


def loop(picture, kernel):
    """The same by hand, on Python's own numbers, which cannot wrap around."""
    picture, kernel = picture.tolist(), kernel.tolist()
    rows, columns = len(picture) - len(kernel) + 1, len(picture[0]) - len(kernel[0]) + 1
    return [
        [
            sum(
                weight * picture[row + i][column + j]
                for i, weights in enumerate(kernel)
                for j, weight in enumerate(weights)
            )
            for column in range(columns)
        ]
        for row in range(rows)
    ]


@pytest.mark.parametrize("size", [(1, 1), (1, 3), (3, 1), (3, 3), (2, 5), (6, 7)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int8", "int16", "int32", "int64", "bool"])
def test_a_kernel_on_whole_numbers_equals_a_plain_loop(size, dtype):
    rng = np.random.default_rng(4)
    picture = rng.integers(0, 256, (6, 7)).astype(dtype)
    kernel = rng.integers(-100, 101, size)
    result = apply_kernel(picture, kernel)
    assert result.dtype == np.int64
    assert result.tolist() == loop(picture, kernel)
    # A kernel of a small type, too.
    assert apply_kernel(picture, kernel.astype("int8")).tolist() == loop(picture, kernel)


def test_dark_minus_bright_does_not_wrap_around():
    picture = np.array([[0, 255], [0, 255]], dtype=np.uint8)
    assert apply_kernel(picture, np.array([[1, -1]], dtype=np.int8)).tolist() == [[-255], [-255]]
    bright = np.full((3, 3), 255, dtype=np.uint8)
    assert apply_kernel(bright, np.full((3, 3), 255, dtype=np.uint8)).tolist() == [[9 * 255 * 255]]


def test_a_kernel_of_fractions_equals_a_plain_loop():
    rng = np.random.default_rng(4)
    picture, kernel = rng.random((6, 7)), rng.normal(size=(3, 2))
    np.testing.assert_allclose(apply_kernel(picture, kernel), loop(picture, kernel))


def test_a_kernel_equals_the_convolution_of_keras():
    rng = np.random.default_rng(4)
    picture, kernel = rng.integers(0, 256, (9, 8)), rng.integers(-9, 10, (3, 3))
    layer = keras.layers.Conv2D(1, 3, use_bias=False)
    layer.build((None, 9, 8, 1))
    layer.set_weights([kernel[:, :, None, None].astype("float32")])
    by_keras = keras.ops.convert_to_numpy(layer(picture[None, :, :, None].astype("float32")))
    # Whole numbers of this size are exact in float32.
    np.testing.assert_array_equal(apply_kernel(picture, kernel), by_keras[0, :, :, 0])


def test_the_kernel_is_not_flipped_and_nothing_is_changed():
    picture, kernel = np.arange(12, dtype=np.uint8).reshape(3, 4), np.array([[1, 0], [0, 0]])
    before = picture.copy()
    np.testing.assert_array_equal(apply_kernel(picture, kernel), picture[:2, :3])
    np.testing.assert_array_equal(picture, before)
    assert apply_kernel(picture.tolist(), kernel.tolist()).shape == (2, 3)


def test_kernels_that_do_not_fit():
    color, gray = np.zeros((8, 8, 3)), np.zeros((8, 8))
    for picture, kernel in [
        (color, gray),
        (gray, np.ones(3)),
        (gray, np.ones((3, 3, 3))),
        (gray, np.ones((0, 3))),
        (3, gray),
    ]:
        for call in (apply_kernel, plot_kernel):
            with pytest.raises(ValueError) as caught:
                call(picture, kernel)
            shapes = f"picture has shape {np.shape(picture)} and kernel {np.shape(kernel)}. "
            assert str(caught.value).startswith(shapes)
            assert "one channel of a color picture" in str(caught.value)
    for kernel in (np.ones((9, 1)), np.ones((1, 9))):
        with pytest.raises(ValueError, match=r"larger than the picture \(8, 8\). Use a smaller"):
            apply_kernel(gray, kernel)
    assert not plt.get_fignums()


@pytest.mark.parametrize("kind", [np.array, lambda rows: rows])
def test_plot_of_a_kernel(kind):
    picture = np.arange(20, dtype=np.uint8).reshape(4, 5) ** 2 % 50
    kernel = kind([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    ax = plot_kernel(picture, kernel)
    left, middle, right = ax.figure.axes[:3]
    response = apply_kernel(picture, kernel)
    assert right is ax
    np.testing.assert_array_equal(left.images[0].get_array(), picture)
    np.testing.assert_array_equal(right.images[0].get_array(), response)
    assert [float(text.get_text()) for text in middle.texts] == [1] * 3 + [0] * 3 + [-1] * 3
    low, high = right.images[0].get_clim()
    assert low == -high == -np.abs(response).max()  # so that zero is white
    assert [a.get_title() for a in (left, middle, right)] == [
        "picture, 4 × 5", "kernel, 3 × 3", "result, 2 × 3",
    ]  # fmt: skip
    assert alternative(ax) == (
        "Left: a gray picture, 4 × 5. Middle: the 3 × 3 kernel. Right: the result, 2 × 3, "
        f"with values from {response.min()} to {response.max()}."
    )


@pytest.mark.parametrize("value", [0, 1])
def test_plot_of_a_kernel_that_finds_nothing(value):
    ax = plot_kernel(np.full((4, 4), value), np.zeros((1, 1)))
    assert ax.images[0].get_clim() == (-1, 1)
    assert "with values from 0 to 0" in alternative(ax)


# --- plot_dropout_sweep -----------------------------------------------------------------------


def curve(ax):
    line = ax.lines[0]
    return np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist()


def test_dropout_sweep():
    results = pd.DataFrame({"dropout_rate": [0.8, 0.2, 0.5], "val_loss": [2.1, 2.5, 2.0]})
    ax = plot_dropout_sweep(results)
    assert curve(ax) == ([0.2, 0.5, 0.8], [2.5, 2.0, 2.1])
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["lowest"].get_xdata()) == [0.5] and list(lines["lowest"].get_ydata()) == [2.0]
    assert list(lines["chance (ln 10)"].get_ydata()) == pytest.approx([math.log(10)] * 2)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("dropout rate", "validation loss")
    assert alternative(ax) == (
        "Line plot of val_loss for 3 dropout rates from 0.2 to 0.8; lowest, 2.00, at 0.5; "
        "chance level 2.30 as a dotted line."
    )


def test_dropout_sweep_with_several_trainings_for_a_rate():
    results = pd.DataFrame({"rate": [0.1, 0.1, 0.5], "loss": [1.0, 3.0, 2.5]})
    ax = plot_dropout_sweep(results, rate="rate", value="loss")
    assert curve(ax) == ([0.1, 0.5], [2.0, 2.5])
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (1.0, 3.0)
    assert "lowest, 2.00, at 0.1;" in alternative(ax)


def test_dropout_sweep_leaves_out_what_has_no_value():
    results = pd.DataFrame(
        {"dropout_rate": [0.1, 0.3, 0.5, None], "val_loss": [2.0, math.nan, 2.5, 1.0]}
    )
    before = results.copy()
    ax = plot_dropout_sweep(results)
    assert curve(ax) == ([0.1, 0.5], [2.0, 2.5])
    assert "for 2 dropout rates" in alternative(ax)
    pd.testing.assert_frame_equal(results, before)


@pytest.mark.parametrize(
    ("rates", "losses", "found"),
    [([], [], 0), ([0.5], [2.0], 1), ([0.5, 0.5], [2.0, 2.1], 1), ([0.2, 0.5], [math.nan, 2.0], 1)],
)
def test_dropout_sweep_of_too_few_rates(rates, losses, found):
    with pytest.raises(ValueError, match=rf"values for {found} rate.*at least 2.*Try more rates"):
        plot_dropout_sweep(pd.DataFrame({"dropout_rate": rates, "val_loss": losses}))
    assert not plt.get_fignums()


TABLES = [plot_dropout_sweep, lambda table: plot_search(table, "dropout_rate", "n_blocks")]


@pytest.mark.parametrize("plot", TABLES)
def test_tables_without_the_columns(plot):
    with pytest.raises(ValueError) as caught:
        plot(pd.DataFrame({"rate": [0.1], "val_loss": [2.0]}))
    message = str(caught.value)
    assert message.startswith("The table has no column dropout_rate")
    assert "It has: rate, val_loss." in message and "Name the columns" in message


@pytest.mark.parametrize("plot", TABLES)
@pytest.mark.parametrize("table", [None, [{"dropout_rate": 0.2}], {"dropout_rate": [0.2]}])
def test_what_is_no_table(plot, table):
    found = type(table).__name__
    with pytest.raises(ValueError, match=f"found {found}. Give a pandas.DataFrame"):
        plot(table)


# --- plot_search ------------------------------------------------------------------------------


def search_table(losses):
    keys = [(blocks, rate) for blocks in (1, 2) for rate in (0.2, 0.5, 0.8)]
    table = pd.DataFrame(keys, columns=["n_blocks", "dropout_rate"])
    return table.assign(val_loss=losses)


def cells(ax):
    return np.ma.asarray(ax.collections[0].get_array()).filled(np.nan).reshape(-1, 3).tolist()


def frame(ax):
    (rectangle,) = ax.patches
    assert not rectangle.get_fill() and rectangle.get_width() == rectangle.get_height() == 1
    return rectangle.get_y(), rectangle.get_x()


def tick_texts(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_search():
    table = search_table([2.3, 2.2, 2.25, 2.1, 2.05, 2.15])
    ax = plot_search(table.sample(frac=1, random_state=0), x="dropout_rate", y="n_blocks")
    assert cells(ax) == [[2.3, 2.2, 2.25], [2.1, 2.05, 2.15]]
    assert [text.get_text() for text in ax.texts][:2] == ["2.300", "2.200"]
    assert frame(ax) == (1, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("dropout rate", "n blocks")
    assert tick_texts(ax.xaxis) == ["0.2", "0.5", "0.8"] and tick_texts(ax.yaxis) == ["1", "2"]
    assert alternative(ax) == (
        "Table of val_loss for 6 combinations of n_blocks and dropout_rate; the best, 2.05, "
        "at n_blocks 2 and dropout_rate 0.5, is framed."
    )


def test_search_with_words_in_the_columns():
    table = pd.DataFrame(
        {
            "activation": ["relu", "tanh"] * 2,
            "kernel": [3, 3, 4, 4],
            "loss": [2.12, 2.03, 2.15, 2.06],
        }
    )
    ax = plot_search(table, x="activation", y="kernel", value="loss")
    assert tick_texts(ax.xaxis) == ["relu", "tanh"] and frame(ax) == (0, 1)
    assert "at kernel 3 and activation tanh" in alternative(ax)


@pytest.mark.parametrize("missing", ["no row", "no value"])
def test_search_leaves_what_was_not_tried_empty(missing):
    table = search_table([2.3, math.nan, 2.25, 2.1, 2.2, 2.05])
    ax = plot_search(table.dropna() if missing == "no row" else table, "dropout_rate", "n_blocks")
    np.testing.assert_array_equal(cells(ax), [[2.3, math.nan, 2.25], [2.1, 2.2, 2.05]])
    assert len(ax.texts) == 5 and frame(ax) == (1, 2)
    assert "for 5 combinations" in alternative(ax)


def test_search_of_one_trial_and_of_a_repeated_one():
    ax = plot_search(search_table([2.0] * 6)[:1], "dropout_rate", "n_blocks")
    assert frame(ax) == (0, 0) and "the best, 2.00, at n_blocks 1" in alternative(ax)
    twice = pd.concat([search_table([2.0] * 6), search_table([1.0] * 6)])
    assert cells(plot_search(twice, "dropout_rate", "n_blocks")) == [[1.5] * 3] * 2


@pytest.mark.parametrize("rows", [0, 6])
def test_search_without_a_value(rows):
    with pytest.raises(ValueError, match="no row with a val_loss. Run the search first"):
        plot_search(search_table([math.nan] * 6)[:rows], "dropout_rate", "n_blocks")
    assert not plt.get_fignums()


# --- plot_confusion ---------------------------------------------------------------------------


def test_confusion():
    names = ["ant", "bee", "cow"]
    ax = plot_confusion([0, 0, 1, 2, 2, 2], np.array([0, 1, 1, 0, 0, 2]), names)
    assert cells(ax) == [[1, 1, 0], [0, 1, 0], [2, 0, 1]]
    assert [text.get_text() for text in ax.texts] == list("110010201")
    assert tick_texts(ax.xaxis) == tick_texts(ax.yaxis) == names
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted category", "true category")
    assert alternative(ax) == (
        "Confusion matrix of 6 pictures in 3 categories: 3 lie on the diagonal, where predicted "
        "and true category agree."
    )


def test_confusion_of_the_ten_categories():
    ax = plot_confusion([9], [0])
    assert tick_texts(ax.yaxis) == list(CLASS_NAMES)
    assert "0 lie on the diagonal" in alternative(ax)


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], [0], "There are 1 predictions for 2 pictures. Give one for each."),
        ([0], np.zeros((1, 10), "float32"), "predictions is an array of float32 of shape (1, 10)."),
        ([0], [10], "predictions go from 10 to 10, and there are names for 0 to 9."),
        ([-1], [0], "labels go from -1 to -1, and there are names for 0 to 9."),
        ([[0]], [[0]], "labels is an array of int64 of shape (1, 1)."),
        ([], [], "labels is an array of float64 of shape (0,)."),
        ([0.0], [0], "labels is an array of float64 of shape (1,)."),
    ],
)
def test_confusion_of_what_does_not_fit(labels, predictions, message):
    with pytest.raises(ValueError) as caught:
        plot_confusion(labels, predictions)
    assert str(caught.value).startswith(message)
    assert not plt.get_fignums()


def test_logits_are_told_from_categories():
    with pytest.raises(ValueError, match=r"of logits take argmax\(axis=1\) first"):
        plot_confusion([0, 1], np.zeros((2, 10)))


# --- in a notebook ----------------------------------------------------------------------------


def test_importing_the_plots_does_not_import_tensorflow():
    code = (
        "import sys, helpers.plots\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600,
        env=os.environ | {"PYTHONPATH": str(NOTEBOOKS)},
    )  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (0, "[]\n", "")


class Images(HTMLParser):
    """Collects the attributes of each img; html.parser turns &quot; back into a quote."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        assert tag == "img"
        self.found.append(dict(attributes))


CELLS = {
    "first": "from helpers.plots import plot_history\n"
    "import matplotlib.pyplot as plt\n"
    "ax = plot_history({'loss': [2, 1]}, 'loss')",
    "second time": "ax = plot_history({'loss': [3, 1]}, 'loss')",
    "two in one cell": "for last in (1, 2): ax = plot_history({'loss': [3, last]}, 'loss')",
    "own": "fig, ax = plt.subplots()\n"
    "_ = ax.plot([1, 2])\n"
    "_ = ax.set(title='a < \"b\"', xlabel='time', ylabel='size')",
    "own, with a title above": "fig, axes = plt.subplots(1, 2)\n_ = fig.suptitle('two plots')",
    "own, with a label": "_ = plt.figure(label='my words')\n_ = plt.plot([1, 2])",
    "own, without any": "_ = plt.plot([1, 2])",
    "as a value": "plt.close(fig)\nfig",
    "after the magic": "%matplotlib inline\nax = plot_history({'loss': [4, 1]}, 'loss')",
    "after another import": "import importlib, helpers.plots\n"
    "ax = importlib.reload(helpers.plots).plot_history({'loss': [5, 1]}, 'loss')",
    "no figure": "1 + 1",
}
START = "Line plot of loss over the epochs: training goes from"
ALTERNATIVES = {
    "first": [f"{START} 2.00 to 1.00."],
    "second time": [f"{START} 3.00 to 1.00."],
    "two in one cell": [f"{START} 3.00 to 1.00.", f"{START} 3.00 to 2.00."],
    "own": ['Figure: a < "b" size against time'],
    "own, with a title above": ["Figure: two plots"],
    "own, with a label": ["my words"],
    "own, without any": ["Figure: without title"],
    "as a value": ["Figure: two plots"],
    "after the magic": [f"{START} 4.00 to 1.00."],
    "after another import": [f"{START} 5.00 to 1.00."],
    "no figure": [],
}


@pytest.fixture(scope="module")
def executed():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    )
    NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
    return dict(zip(CELLS, notebook.cells, strict=True))


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.filterwarnings("default")  # those of the client that starts the kernel
def test_figures_in_a_kernel(executed, name):
    images = Images()
    for output in executed[name].outputs:
        assert output.output_type in ("display_data", "execute_result"), output
        assert set(output.data) <= {"text/plain", "text/html"}
        html = output.data.get("text/html", "")
        # nbval_sanitize.cfg looks for this form.
        assert re.fullmatch(r'(<img alt="[^"]*" src="data:image/png;base64,[^"]*">)?', html)
        images.feed(html)
    assert [image["alt"] for image in images.found] == ALTERNATIVES[name]
    for image in images.found:
        png = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"), validate=True)
        assert png.startswith(b"\x89PNG\r\n") and len(set(plt.imread(io.BytesIO(png)).ravel())) > 1


def test_every_public_plot_is_tested_here():
    functions = {
        name for name, value in vars(plots).items()
        if callable(value) and getattr(value, "__module__", "") == plots.__name__
        and not name.startswith("_")
    }  # fmt: skip
    assert functions <= set(globals())


@pytest.mark.parametrize("tight", [False, True])
def test_figure_as_html_is_a_picture_with_its_text_alternative(tight):
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 2])
    figure.set_label('A line & a "quotation"')
    html = figure_as_html(figure, tight=tight)
    images = Images()
    images.feed(html)
    (image,) = images.found
    assert image["alt"] == 'A line & a "quotation"' and "&quot;" in html
    png = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"), validate=True)
    height, width = plt.imread(io.BytesIO(png)).shape[:2]
    assert ((width, height) == (288, 192)) is not tight
