"""The plots: what stands in their axes, their text alternatives, and what cannot be plotted."""

import base64
import io
import math
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from nbclient import NotebookClient

from helpers import plots
from helpers.backstage.figures import figure_as_html
from helpers.backstage.quiet import keras
from helpers.data import CLASS_NAMES, load_data
from helpers.plots import (
    apply_kernel,
    plot_class_counts,
    plot_confusion,
    plot_dropout_sweep,
    plot_histories,
    plot_history,
    plot_images,
    plot_kernel,
    plot_reliability,
    plot_search,
)

NOTEBOOKS = Path(plots.__file__).parents[1]


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    plt.close("all")


def alternative(ax):
    ax.figure.canvas.draw()  # what cannot be drawn fails here
    return ax.figure.get_label()


def titles(ax):
    return [a.get_title() for a in ax.figure.axes]


def pictures(n=12, size=(4, 5), channels=(3,), dtype="uint8"):
    values = np.random.default_rng(1).integers(0, 256, (n, *size, *channels))
    return (values / 255).astype(dtype) if dtype.startswith("float") else values.astype(dtype)


# --- plot_images ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_images_are_shown_as_they_are(dtype, channels):
    images = pictures(7, channels=channels, dtype=dtype)
    ax = plot_images(images)
    assert alternative(ax) == "Grid of 7 small pictures."
    assert ax is ax.figure.axes[0] and len(ax.figure.axes) == 10
    for image, a in zip(images, ax.figure.axes, strict=False):
        shown = np.asarray(a.images[0].get_array())
        np.testing.assert_array_equal(shown, image.reshape(shown.shape))


@pytest.mark.parametrize(("dtype", "brightest"), [("uint8", 255), ("int32", 255), ("float32", 1)])
def test_gray_pictures_share_one_scale_of_brightness(dtype, brightest):
    images = pictures(2, channels=(), dtype=dtype)
    images[1] = brightest // 2
    for ax in plot_images(images).figure.axes[:2]:
        assert ax.images[0].get_clim() == (0, brightest)


@pytest.mark.parametrize(
    ("available", "n", "shown", "places"),
    [(40, 15, 15, 15), (12, 100, 12, 15), (3, 15, 3, 3), (1, 1, 1, 1), (9, 6, 6, 10)],
)
def test_how_many_pictures(available, n, shown, places):
    ax = plot_images(pictures(available), n=np.int64(n))
    assert sum(len(a.images) for a in ax.figure.axes) == shown
    assert len(ax.figure.axes) == places
    assert f"Grid of {shown} small" in alternative(ax)


def test_labels_become_titles():
    ax = plot_images(pictures(2), np.array([9, 0]))
    assert titles(ax) == ["washing machine", "day bed"]
    assert alternative(ax) == "Grid of 2 small pictures: washing machine, day bed."
    # The labels of a table are taken by their place.
    labels = pd.Series([1, 0], index=[5, 7])
    assert titles(plot_images(pictures(2), labels, class_names=["ant", "bee"])) == ["bee", "ant"]


def test_a_wrong_prediction_is_marked_in_words_and_by_color():
    ax = plot_images(pictures(3), [0, 1, 1], class_names=["ant", "bee"], predictions=[0, 1, 0])
    assert titles(ax) == ["ant\n(right)", "bee\n(right)", "ant\n(is bee)"]
    colors = [to_rgb(a.title.get_color()) for a in ax.figure.axes]
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
    ax = plot_images(pictures(2), [0, 1], predictions=[0, 2], shares=[0.856, 0.3])
    assert titles(ax) == ["day bed 86%\n(right)", "plate 30%\n(is dishrag)"]
    assert "day bed 86% (right), plate 30% (is dishrag)" in alternative(ax)


def test_shares_that_do_not_fit():
    for predictions, shares in [(None, [0.5, 0.5]), ([0, 1], [0.5]), ([0, 1], [[0.5], [0.5]])]:
        with pytest.raises(ValueError, match="Give one number for each prediction"):
            plot_images(pictures(2), [0, 1], predictions=predictions, shares=shares)


def test_predictions_without_labels_are_neither_right_nor_wrong():
    assert titles(plot_images(pictures(2), predictions=[3, 1])) == ["running shoe", "dishrag"]


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
        (np.zeros((4, 10)), "{} is an array of float64 of shape (4, 10). Give one whole number"),
        ([0.0, 1.0, 2.0, 3.0], "{} is an array of float64 of shape (4,). Give one whole number"),
        ([], "{} is an array of float64 of shape (0,). Give one whole number"),
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


def of_keras(values):
    history = keras.callbacks.History()
    history.history = values
    return history


@pytest.mark.parametrize("kind", [dict, of_keras])
@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_history(kind, metric):
    ax = plot_history(kind(HISTORY), f"val_{metric}" if kind is dict else metric)
    assert series(ax) == {
        "training": ([1, 2, 3], HISTORY[metric]),
        "validation": ([1, 2, 3], HISTORY[f"val_{metric}"]),
    }
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", metric)
    assert alternative(plot_history(HISTORY, "loss")) == (
        "Line plot of loss over the epochs: training loss goes from 2.50 to 1.75; "
        "validation loss goes from 2.25 to 2.38."
    )
    training, validation = ax.lines
    # Not by color alone.
    assert training.get_linestyle() == "-" and validation.get_linestyle() == "--"
    assert training.get_marker() == "o" and validation.get_marker() == "x"


@pytest.mark.parametrize("epochs", [2, 10, 100])
def test_ticks_are_whole_epochs(epochs):
    ax = plot_history({"loss": np.linspace(2, 1, epochs)}, "loss")
    assert all(tick == int(tick) for tick in ax.get_xticks())


def test_histories_with_gaps():
    ax = plot_history({"loss": [2, 1]}, "loss")
    assert series(ax) == {"training": ([1, 2], [2, 1])}
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
    many = plot_histories({f"run {n}": {"loss": [2, n]} for n in range(12)}, "loss")
    assert len(many.lines) == 12  # more than there are colors


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
    with pytest.raises(ValueError, match=rf"has {len(values)} epoch.*at least 2. Train for more"):
        plot_histories({"a": HISTORY, "b": {"accuracy": values}})
    assert not plt.get_fignums()


@pytest.mark.parametrize("history", [None, [1, 2], "history", 3, plot_history])
def test_what_is_no_history(history):
    found = type(history).__name__
    with pytest.raises(ValueError, match=rf"found {found}. Give what model.fit\(...\) returned"):
        plot_history(history)
    with pytest.raises(ValueError, match=rf"found {found}. Give a dict such as"):
        plot_histories(history)
    with pytest.raises(ValueError, match="no history to plot"):
        plot_histories({})


# --- apply_kernel, plot_kernel ----------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (2, 5), (9, 8)])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "float32"])
def test_a_kernel_equals_the_convolution_of_keras(size, dtype):
    rng = np.random.default_rng(4)
    picture = rng.integers(0, 128, (9, 8)).astype(dtype)
    kernel = rng.integers(-100, 101, size).astype(dtype if dtype.startswith("f") else "int8")
    layer = keras.layers.Conv2D(1, size, use_bias=False, dtype="float32")
    layer.build((None, 9, 8, 1))
    layer.set_weights([kernel[:, :, None, None].astype("float32")])
    by_keras = keras.ops.convert_to_numpy(layer(picture[None, :, :, None].astype("float32")))
    # Whole numbers of this size are exact in float32; in 8 bits they would wrap around.
    result = apply_kernel(picture, kernel)
    np.testing.assert_array_equal(result, by_keras[0, :, :, 0])
    assert result.dtype == ("float32" if dtype == "float32" else np.int64)


def test_kernels_that_do_not_fit():
    color, gray = np.zeros((8, 8, 3)), np.zeros((8, 8))
    for picture, kernel in [(color, gray), (gray, np.ones(3)), (gray, np.ones((0, 3))), (3, gray)]:
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


def test_plot_of_a_kernel():
    picture = np.arange(20, dtype=np.uint8).reshape(4, 5) ** 2 % 50
    kernel = [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]
    ax = plot_kernel(picture, kernel)
    left, middle, right = ax.figure.axes[:3]
    response = apply_kernel(picture, kernel)
    assert right is ax
    np.testing.assert_array_equal(left.images[0].get_array(), picture)
    np.testing.assert_array_equal(right.images[0].get_array(), response)
    assert [float(text.get_text()) for text in middle.texts] == [1] * 3 + [0] * 3 + [-1] * 3
    low, high = right.images[0].get_clim()
    assert low == -high == -np.abs(response).max()  # so that zero is white
    assert titles(ax)[:3] == ["picture, 4 × 5", "kernel, 3 × 3", "result, 2 × 3"]
    assert alternative(ax) == (
        "Left: a gray picture, 4 × 5. Middle: the 3 × 3 kernel. Right: the result, 2 × 3, "
        f"with values from {response.min()} to {response.max()}."
    )


def test_plot_of_a_kernel_that_finds_nothing():
    ax = plot_kernel(np.ones((4, 4)), np.zeros((1, 1)))
    assert ax.images[0].get_clim() == (-1, 1)
    assert "with values from 0 to 0" in alternative(ax)


# --- plot_dropout_sweep -----------------------------------------------------------------------


def curve(ax):
    line = ax.lines[0]
    return np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist()


def test_dropout_sweep():
    results = pd.DataFrame(
        {"dropout_rate": [0.8, 0.2, 0.5, 0.9, None], "val_loss": [2.1, 2.5, 2.0, math.nan, 1.0]}
    )
    ax = plot_dropout_sweep(results)  # without the rows that lack a value
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


def test_dropout_sweep_of_too_few_rates():
    for rates, losses, found in [([], [], 0), ([0.5, 0.5], [2, 3], 1), ([0.2, 0.5], [None, 2], 1)]:
        with pytest.raises(ValueError, match=rf"values for {found} rate.*at least 2.*Try more"):
            plot_dropout_sweep(pd.DataFrame({"dropout_rate": rates, "val_loss": losses}))


TABLES = [plot_dropout_sweep, lambda table: plot_search(table, "dropout_rate", "n_blocks")]


@pytest.mark.parametrize("plot", TABLES)
def test_tables_without_the_columns_and_what_is_no_table(plot):
    with pytest.raises(ValueError) as caught:
        plot(pd.DataFrame({"rate": [0.1], "val_loss": [2.0]}))
    message = str(caught.value)
    assert message.startswith("The table has no column dropout_rate")
    assert "It has: rate, val_loss." in message and "Name the columns" in message
    for table in (None, [{"dropout_rate": 0.2}], {"dropout_rate": [0.2]}):
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
    table = pd.DataFrame({"activation": ["relu", "tanh"] * 2, "kernel": [3, 3, 4, 4]})
    table["loss"] = [2.12, 2.03, 2.15, 2.06]
    ax = plot_search(table, x="activation", y="kernel", value="loss")
    assert tick_texts(ax.xaxis) == ["relu", "tanh"] and frame(ax) == (0, 1)
    assert "at kernel 3 and activation tanh" in alternative(ax)


def test_search_leaves_what_was_not_tried_empty():
    table = search_table([2.3, math.nan, 2.25, 2.1, 2.2, 2.05])
    for some in (table, table.dropna()):
        ax = plot_search(some, "dropout_rate", "n_blocks")
        np.testing.assert_array_equal(cells(ax), [[2.3, math.nan, 2.25], [2.1, 2.2, 2.05]])
        assert len(ax.texts) == 5 and frame(ax) == (1, 2)
        assert "for 5 combinations" in alternative(ax)


def test_search_of_repeated_trials_shows_their_mean():
    twice = pd.concat([search_table([2.0] * 6), search_table([1.0] * 6)])
    assert cells(plot_search(twice, "dropout_rate", "n_blocks")) == [[1.5] * 3] * 2


def test_search_without_a_value():
    for table in (search_table([math.nan] * 6), search_table([2.0] * 6)[:0]):
        with pytest.raises(ValueError, match="no row with a val_loss. Run the search first"):
            plot_search(table, "dropout_rate", "n_blocks")


# --- plot_confusion ---------------------------------------------------------------------------


HOSTILE = (r"$\frac{1$", r"5 \$ and $x^2$", "<script>alert(1)</script>", "$", "_a & b", "%s {0}")


def test_names_are_shown_as_they_are_and_never_as_mathematics_or_markup():
    labels = np.arange(len(HOSTILE))
    values = {name: {"loss": [2, 1]} for name in HOSTILE[:3]}
    table = pd.DataFrame({"$a$": [1, 2, 1], "$b$": [1, 1, 2], "$c$": [1.0, 2.0, 0.5]})
    drawn = [
        plot_images(np.zeros((6, 4, 4, 3), "uint8"), labels, class_names=HOSTILE),
        plot_images(np.zeros((6, 4, 4, 3), "uint8"), labels[::-1], 6, HOSTILE, labels),
        plot_class_counts(labels, HOSTILE),
        plot_confusion(labels, labels, HOSTILE),
        plot_histories(values, "loss"),
        plot_history({"$m_$": [1, 2]}, "$m_$"),
        plots.plot_ladder(dict.fromkeys(HOSTILE, 0.5)),
        plot_reliability({name: np.eye(6) for name in HOSTILE[:3]}, labels),
        plot_dropout_sweep(table, "$a$", "$c$"),
        plot_search(table, "$a$", "$b$", "$c$"),
    ]
    for ax in drawn:
        figure = ax.figure
        alternative = re.search(r'alt="([^"]*)"', figure_as_html(figure))[1]  # also draws it
        assert "<" not in alternative and unescape(alternative) == figure.get_label()
        for text in figure.findobj(Text):
            assert not text._preprocess_math(text.get_text())[1], text.get_text()
    first, _, third = (ax.figure for ax in drawn[:3])
    for figure in (first, third):
        assert all(name in figure.get_label() for name in HOSTILE)
        shown = {text._preprocess_math(text.get_text())[0] for text in figure.findobj(Text)}
        assert set(HOSTILE) <= shown


def test_labels_bring_their_names_with_them(tmp_path, capsys):
    for part in ("train", "test"):
        np.save(tmp_path / f"{part}_images.npy", np.zeros((4, 5, 5, 3), "uint8"))
        np.save(tmp_path / f"{part}_labels.npy", [0, 1, 2, 2])
    (tmp_path / "classes.txt").write_text("cat\ndog\nbird\n")
    (images, labels), _ = load_data(tmp_path)
    assert plot_images(images, labels).figure.get_label().endswith(": cat, dog, bird, bird.")
    assert plot_class_counts(labels).figure.get_label().endswith(": cat 1, dog 1, bird 2.")
    shown = plot_confusion(labels, labels).get_xticklabels()
    assert [text.get_text() for text in shown] == ["cat", "dog", "bird"]


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


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], [0], r"There are 1 predictions for 2 pictures\. Give one for each"),
        ([0], np.zeros((1, 10)), r"^predictions is .* of shape \(1, 10\)\. .*argmax\(axis=1\)"),
        ([-1], [0], "^labels go from -1 to -1, and there are names for 0 to 9"),
    ],
)
def test_confusion_of_what_does_not_fit(labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        plot_confusion(labels, predictions)


# --- plot_reliability -------------------------------------------------------------------------


def test_reliability():
    shares = [[0.72, 0.28], [0.76, 0.24], [0.78, 0.22], [0.45, 0.55], [1, 0]]
    ax = plot_reliability({"a": shares, "b": np.full((5, 2), 0.5)}, np.array([0, 1, 1, 1, 0]))
    places = [(0.55, 1), (0.7533, 1 / 3), (1, 1)]
    a, b = ax.collections
    np.testing.assert_allclose(a.get_offsets(), places, atol=1e-4)
    np.testing.assert_allclose(b.get_offsets(), [(0.5, 0.4)])
    assert a.get_sizes()[1] == pytest.approx(20 + 600 * 3 / 5)
    error = (0.45 + 3 * 0.42 + 0) / 5
    assert [text.get_text() for text in ax.get_legend().get_texts()][1:] == [
        f"a: calibration error {error:.2f}",
        "b: calibration error 0.10",
    ]
    assert a.get_facecolor().tolist() != b.get_facecolor().tolist()
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 1))
    assert alternative(ax).endswith(
        f"a, mean share 0.76, right 0.60, {error:.2f}; b, mean share 0.50, right 0.40, 0.10."
    )


@pytest.mark.parametrize(
    ("shares", "labels", "message"),
    [
        ([[2.0, -1.0]], [0], "The shares of 'a', shape (1, 2), are no rows of shares"),
        ([[0.2, 0.2]], [0], "Give one row for each picture; of logits take the softmax first."),
        ([0.5, 0.5], [0, 1], "The shares of 'a', shape (2,), are no rows"),
        ([[0.5, 0.5]], [0, 1], "There are 2 labels for 1 pictures."),
        ([[0.5, 0.5]], [2], "labels go from 2 to 2"),
    ],
)
def test_reliability_of_what_are_no_shares(shares, labels, message):
    with pytest.raises(ValueError) as caught:
        plot_reliability({"a": shares}, labels)
    assert message in str(caught.value)
    assert not plt.get_fignums()


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


IMAGE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]*)">')


def images_of(html):
    """Return text alternative and pixels of each picture; nbval_sanitize.cfg looks for the form."""
    assert IMAGE.sub("", html) == ""
    return [
        (unescape(alt), plt.imread(io.BytesIO(base64.b64decode(data, validate=True))))
        for alt, data in IMAGE.findall(html)
    ]


LOSS = "Line plot of loss over the epochs: training loss goes from"
# Cells, and the text alternatives of the pictures that they show.
CELLS = {
    "from helpers.plots import plot_history\n"
    "import matplotlib.pyplot as plt\n"
    "ax = plot_history({'loss': [2, 1]}, 'loss')": [f"{LOSS} 2.00 to 1.00."],
    "for last in (1, 2): ax = plot_history({'loss': [3, last]}, 'loss')": [
        f"{LOSS} 3.00 to 1.00.",
        f"{LOSS} 3.00 to 2.00.",
    ],
    "fig, ax = plt.subplots()\n"
    "_ = ax.plot([1, 2])\n"
    "_ = ax.set(title='a < \"b\"', xlabel='time', ylabel='size')": [
        'Figure: a < "b" size against time'
    ],
    "fig, axes = plt.subplots(1, 2)\n_ = fig.suptitle('two plots')": ["Figure: two plots"],
    "plt.close(fig)\nfig": ["Figure: two plots"],
    "_ = plt.figure(label='my words')\n_ = plt.plot([1, 2])": ["my words"],
    "%matplotlib inline\nax = plot_history({'loss': [4, 1]}, 'loss')": [f"{LOSS} 4.00 to 1.00."],
}


def test_figures_in_a_notebook_have_text_alternatives():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=600, resources=folder).execute()
    for cell, alternatives in zip(notebook.cells, CELLS.values(), strict=True):
        found = []
        for output in cell.outputs:
            assert output.output_type in ("display_data", "execute_result"), output
            assert set(output.data) <= {"text/plain", "text/html"}
            found += images_of(output.data.get("text/html", ""))
        assert [alt for alt, _ in found] == alternatives
        assert all(pixels.std() > 0 for _, pixels in found)


@pytest.mark.parametrize("tight", [False, True])
def test_figure_as_html_is_a_picture_with_its_text_alternative(tight):
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 2])
    figure.set_label('A line & a "quotation"')
    html = figure_as_html(figure, tight=tight)
    ((alt, pixels),) = images_of(html)
    assert alt == 'A line & a "quotation"' and "&quot;" in html
    assert (pixels.shape[:2] == (192, 288)) is not tight
