"""Every plot of the lesson, in one style, each with a text alternative.

A screen reader, and a page whose pictures do not load, show the text alternative. It is
kept as the figure's label (``figure.get_label()``), and goes into the notebook as the
``alt`` text of the picture. A figure of your own gets one from its title and its axes;
give it a better one with ``figure.set_label("...")``.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from helpers.backstage.checks import check_labels, check_whole, size_of
from helpers.backstage.figures import plain, set_up
from helpers.backstage.files import names_of

# Seaborn takes longer to import than the first picture takes to draw: only the functions that
# need it import it, and its look is set up without it.
if TYPE_CHECKING:
    import pandas as pd

COLORS = ("#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc")  # seaborn's "colorblind"
COLORS += ("#ca9161", "#fbafe4", "#949494", "#ece133", "#56b4e9")
TRAINING, VALIDATION = COLORS[:2]
CHANCE_LOSS = float(np.log(10))
set_up(COLORS)


def plot_images(
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    n: int = 15,
    class_names: Sequence[str] | None = None,
    predictions: Sequence[int] | None = None,
    shares: Sequence[float] | None = None,
) -> Axes:
    """Show the first pictures of an array in a grid, with their categories as titles.

    Parameters
    ----------
    images : numpy.ndarray
        Shape (N, height, width, 3) or (N, height, width), uint8 in 0..255 or float in 0..1.
    labels : sequence of int, optional
        True category of each picture, indices into ``class_names``.
    n : int
        At most this many pictures are shown, five to a row.
    class_names : sequence of str, optional
        Names of the categories; left out, those that were loaded with the labels.
    predictions : sequence of int, optional
        Predicted category of each picture. A wrong one is marked in words and by color.
    shares : sequence of float, optional
        Share of each prediction after softmax, in 0..1; shown in percent.

    Returns
    -------
    matplotlib.axes.Axes
        Axes of the first picture.

    Raises
    ------
    ValueError
        If the array is not a batch of pictures, or the lengths differ.

    Examples
    --------
    >>> ax = plot_images(np.zeros((4, 64, 64, 3), dtype="uint8"), labels=[0, 0, 3, 9])
    """
    images = np.asarray(images)
    # Three axes, the last of length 3, are a single picture in color, not many gray ones.
    has_channels = images.ndim > 0 and images.shape[-1] in (1, 3)
    if images.size == 0 or images.ndim != (4 if has_channels else 3):
        raise ValueError(
            f"images has shape {images.shape}. Give at least one picture, in an array of shape "
            "(N, height, width, 3) or (N, height, width); a single one is images[:1], "
            "not images[0]."
        )
    class_names = names_of(labels) if class_names is None else class_names
    if labels is not None:
        labels = check_labels(labels, "labels", class_names, len(images))
    if predictions is not None:
        predictions = check_labels(predictions, "predictions", class_names, len(images))
    if shares is not None:
        shares = np.asarray(shares, dtype=float)
        if predictions is None or shares.shape != predictions.shape:
            raise ValueError(
                f"shares has shape {shares.shape}. Give one number for each prediction, "
                "and the predictions as well."
            )
    n = min(check_whole(n, "n"), len(images))
    columns = min(n, 5)
    rows = -(-n // columns)
    height = 2.15 if predictions is None else 2.4  # room for a second line of the title
    figure, axes = plt.subplots(
        rows, columns, figsize=(1.9 * columns, height * rows), squeeze=False, layout="constrained"
    )
    brightest = 1 if images.dtype.kind in "fb" else 255  # of a gray picture
    titles = []
    for index, ax in enumerate(axes.flat):
        ax.axis("off")
        if index >= n:
            continue
        ax.imshow(images[index], cmap="gray", vmin=0, vmax=brightest)
        known = [None if v is None else v[index] for v in (labels, predictions, shares)]
        title, right = _title_of(*known, class_names)
        ax.set_title(plain(title), fontsize=10, color="black" if right else "#b04000")
        titles.append(title.replace("\n", " "))
    text = f"Grid of {n} small pictures"
    figure.set_label(f"{text}: {', '.join(titles)}." if any(titles) else f"{text}.")
    return axes[0, 0]


def _title_of(
    label: int | None, prediction: int | None, share: float | None, class_names: Sequence[str]
) -> tuple[str, bool]:
    """Return what stands above a picture, and whether nothing in it is wrong."""
    if prediction is None:
        return "" if label is None else class_names[label], True
    title = class_names[prediction] + ("" if share is None else f" {share:.0%}")
    if label is None:
        return title, True
    right = label == prediction
    return f"{title}\n({'right' if right else f'is {class_names[label]}'})", right


def plot_class_counts(labels: Sequence[int], class_names: Sequence[str] | None = None) -> Axes:
    """Show how many pictures each category has, as a bar chart.

    Parameters
    ----------
    labels : sequence of int
        Shape (N,), indices into ``class_names``.
    class_names : sequence of str, optional
        Names of the categories; left out, those that were loaded with the labels.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no labels, or one that has no name.

    Examples
    --------
    >>> ax = plot_class_counts([0, 0, 3, 9])
    """
    import seaborn as sns

    class_names = names_of(labels) if class_names is None else class_names
    labels = check_labels(labels, "labels", class_names)
    counts = np.bincount(labels, minlength=len(class_names))
    figure, ax = plt.subplots(figsize=(7, 4))
    sns.barplot(x=counts, y=[plain(name) for name in class_names], color=TRAINING, ax=ax)
    ax.bar_label(ax.containers[0], padding=3, fontsize=10)
    ax.set(xlabel="number of pictures", ylabel="", xlim=(0, counts.max() * 1.1))
    ax.grid(False, axis="y")
    parts = ", ".join(f"{name} {n}" for name, n in zip(class_names, counts, strict=True))
    figure.set_label(f"Bar chart: number of pictures in each category: {parts}.")
    return ax


def plot_history(history: object, metric: str = "accuracy") -> Axes:
    """Show how a metric went over the epochs, in training and in validation.

    Parameters
    ----------
    history : keras.callbacks.History or dict
        What ``fit`` returns, or its ``.history``: metric name -> one value per epoch.
    metric : str
        Name of a metric in the history, such as "accuracy" or "loss". Where the history
        has its validation values, they are plotted, too.

    Returns
    -------
    matplotlib.axes.Axes
        In a figure of its own. Epochs are counted from 1.

    Raises
    ------
    ValueError
        If the metric is not in the history, or the history has fewer than two epochs.

    Examples
    --------
    >>> ax = plot_history({"loss": [2.3, 1.9], "val_loss": [2.3, 2.2]}, "loss")
    """
    return plot_histories({"": history}, metric)


def plot_histories(histories: Mapping[str, object], metric: str = "accuracy") -> Axes:
    """Show how a metric went in several trainings, on the same axes.

    Parameters
    ----------
    histories : mapping of str to History or dict
        Name of each training, and what ``fit`` returned.
    metric : str
        Name of a metric that each history has.

    Returns
    -------
    matplotlib.axes.Axes
        Solid lines with dots are training, dashed lines with crosses validation.

    Raises
    ------
    ValueError
        As :func:`plot_history`.

    Examples
    --------
    >>> ax = plot_histories({"Adam": {"loss": [2.3, 1.9]}, "SGD": {"loss": [2.3, 2.2]}}, "loss")
    """
    if not isinstance(histories, Mapping):
        raise ValueError(
            f"Named histories are expected, found {type(histories).__name__}. "
            'Give a dict such as {"Adam": history_adam, "SGD": history_sgd}.'
        )
    metric = metric.removeprefix("val_")  # its validation values are plotted anyway
    checked = {name: _history_values(history, metric) for name, history in histories.items()}
    if not checked:
        raise ValueError("There is no history to plot. Give at least one name with its history.")
    figure, ax = plt.subplots(figsize=(7, 4))
    words = []
    for number, (name, values) in enumerate(checked.items()):
        color = COLORS[number % len(COLORS)]
        pair = (TRAINING, VALIDATION) if len(checked) == 1 else (color, color)
        words += draw_metric(ax, values, metric, pair, name)
    figure.set_label(f"Line plot of {metric} over the epochs: {'; '.join(words)}.")
    return ax


def draw_metric(
    ax: Axes,
    values: Mapping[str, Sequence[float]],
    metric: str,
    colors: tuple[str, str],
    name: str = "",
) -> list[str]:
    """Add the curves of a metric, in training and in validation, to axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    values : mapping of str to sequence of float
        One value for each epoch, under "loss", "val_loss", ...; what is missing is left out.
    metric : str
    colors : tuple of str
        Of training and of validation.
    name : str
        Of the training, for the legend.

    Returns
    -------
    list of str
        What each curve shows, in words.
    """
    words = []
    parts = ((metric, "training", "-o"), (f"val_{metric}", "validation", "--x"))
    for (key, part, style), color in zip(parts, colors, strict=True):
        series = values.get(key, ())
        if len(series):
            label = f"{name} {part}".strip()
            ax.plot(range(1, len(series) + 1), series, style, color=color, label=plain(label))
            quantity = "" if name else f" {metric}"
            words.append(f"{label}{quantity} goes from {series[0]:.2f} to {series[-1]:.2f}")
    ax.set(xlabel="epoch", ylabel=plain(metric))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return words


def _history_values(history: object, metric: str) -> dict[str, list[float]]:
    values = getattr(history, "history", history)
    if not isinstance(values, Mapping):
        raise ValueError(
            f"A history is expected, found {type(history).__name__}. "
            "Give what model.fit(...) returned."
        )
    if metric not in values:
        known = ", ".join(sorted(values)) or "nothing at all"
        raise ValueError(
            f"The history has no metric {metric!r}. It holds: {known}. "
            "Choose one of these, or name the metric in compile and train again."
        )
    if len(values[metric]) < 2:
        raise ValueError(
            f"The history has {len(values[metric])} epoch(s), and a curve needs at least 2. "
            "Train for more epochs, or read the value itself in history.history."
        )
    return values


def apply_kernel(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide a kernel over a gray picture: at each place, multiply and add up.

    This is what a convolutional layer computes for one channel, without bias and
    padding. Mathematicians call it cross-correlation, since the kernel is not flipped.

    Parameters
    ----------
    picture : numpy.ndarray
        Shape (height, width), any number type.
    kernel : numpy.ndarray
        Shape (k, l), not larger than the picture.

    Returns
    -------
    numpy.ndarray
        Shape (height - k + 1, width - l + 1). Integers stay integers.

    Raises
    ------
    ValueError
        If one of them is not two-dimensional, or the kernel is larger than the picture.

    Examples
    --------
    >>> apply_kernel(np.ones((5, 5)), np.ones((3, 3))).shape
    (3, 3)
    """
    picture, kernel = np.asarray(picture), np.asarray(kernel)
    if picture.ndim != 2 or kernel.ndim != 2 or kernel.size == 0:
        raise ValueError(
            f"picture has shape {picture.shape} and kernel {kernel.shape}. Both must have two "
            "axes, none of length 0; take one channel of a color picture, or its mean over "
            "the channels."
        )
    if kernel.shape[0] > picture.shape[0] or kernel.shape[1] > picture.shape[1]:
        raise ValueError(
            f"The kernel {kernel.shape} is larger than the picture {picture.shape}. "
            "Use a smaller kernel."
        )
    # Small integers would wrap around: in 8 bits, 0 - 1 is 255.
    if picture.dtype.kind in "iub":
        picture = picture.astype(np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))


def plot_kernel(picture: np.ndarray, kernel: np.ndarray) -> Axes:
    """Show a gray picture, a kernel, and what the kernel makes of the picture.

    Parameters
    ----------
    picture : numpy.ndarray
        Shape (height, width).
    kernel : numpy.ndarray
        Shape (k, l).

    Returns
    -------
    matplotlib.axes.Axes
        Axes of the filtered picture: blue below zero, white at zero, red above.

    Raises
    ------
    ValueError
        As :func:`apply_kernel`.

    Examples
    --------
    >>> ax = plot_kernel(np.eye(8), np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]]))
    """
    import seaborn as sns

    picture, kernel = np.asarray(picture), np.asarray(kernel)
    response = apply_kernel(picture, kernel)
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.8), width_ratios=(3, 2, 3.4))
    axes[0].imshow(picture, cmap="gray")
    axes[0].set_title(f"picture, {size_of(picture)}")
    axes[0].axis("off")
    limit = float(np.abs(kernel).max()) or 1.0
    sns.heatmap(
        kernel, annot=True, fmt=".2g", cmap="vlag", vmin=-limit, vmax=limit, cbar=False,
        square=True, linewidths=1, xticklabels=False, yticklabels=False, ax=axes[1],
    )  # fmt: skip
    axes[1].set_title(f"kernel, {size_of(kernel)}")
    limit = float(np.abs(response).max()) or 1.0
    shown = axes[2].imshow(response, cmap="vlag", vmin=-limit, vmax=limit)
    axes[2].set_title(f"result, {size_of(response)}")
    axes[2].axis("off")
    figure.colorbar(shown, ax=axes[2], fraction=0.046, pad=0.04)
    figure.tight_layout()
    figure.set_label(
        f"Left: a gray picture, {size_of(picture)}. Middle: the {size_of(kernel)} kernel. "
        f"Right: the result, {size_of(response)}, with values from {response.min():.3g} to "
        f"{response.max():.3g}."
    )
    return axes[2]


def plot_dropout_sweep(
    results: "pd.DataFrame", rate: str = "dropout_rate", value: str = "val_loss"
) -> Axes:
    """Show a validation loss against the dropout rate, with the lowest point marked.

    Parameters
    ----------
    results : pandas.DataFrame
        One row for each training, with the columns ``rate`` and ``value``. Of trainings with
        the same rate the line shows the mean, and a band all values.
    rate, value : str
        Names of the two columns.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a column is missing or there are fewer than two rates.

    Examples
    --------
    >>> import pandas as pd
    >>> results = pd.DataFrame({"dropout_rate": [0.2, 0.5], "val_loss": [2.2, 2.0]})
    >>> ax = plot_dropout_sweep(results)
    """
    import seaborn as sns

    results = _check_results(results, [rate, value])
    means = results.groupby(rate)[value].mean()
    if len(means) < 2:
        raise ValueError(
            f"There are values for {len(means)} rate(s), and a curve needs at least 2. "
            "Try more rates."
        )
    figure, ax = plt.subplots(figsize=(7, 4))
    sns.lineplot(
        results, x=rate, y=value, errorbar=("pi", 100),
        marker="o", markersize=8, color=TRAINING, ax=ax,
    )  # fmt: skip
    best = means.idxmin()
    ax.plot(
        best, means[best], marker="D", markersize=13, markerfacecolor="none",
        markeredgecolor=VALIDATION, markeredgewidth=2.5, linestyle="none", label="lowest",
    )  # fmt: skip
    ax.axhline(CHANCE_LOSS, color="gray", linestyle=":", label="chance (ln 10)")
    ax.set(xlabel=plain(rate.replace("_", " ")), ylabel=plain(value.replace("val_", "validation ")))
    ax.legend()
    figure.set_label(
        f"Line plot of {value} for {len(means)} dropout rates from {means.index.min():g} to "
        f"{means.index.max():g}; lowest, {means[best]:.2f}, at {best:g}; "
        f"chance level {CHANCE_LOSS:.2f} as a dotted line."
    )
    return ax


def plot_search(results: "pd.DataFrame", x: str, y: str, value: str = "val_loss") -> Axes:
    """Show the result of a search over two hyperparameters as a table of shades.

    Parameters
    ----------
    results : pandas.DataFrame
        One row for each trial, with the columns ``x``, ``y`` and ``value``.
    x, y, value : str
        Names of the columns. The lowest value is the best.

    Returns
    -------
    matplotlib.axes.Axes
        The best cell is framed. A combination that was not tried stays empty.

    Raises
    ------
    ValueError
        If a column is missing or there are no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> results = pd.DataFrame({"n_blocks": [2, 3], "rate": [0.2, 0.5], "val_loss": [2.2, 2.0]})
    >>> ax = plot_search(results, x="rate", y="n_blocks")
    """
    import seaborn as sns

    results = _check_results(results, [x, y, value])
    if results.empty:
        raise ValueError(f"The table of results has no row with a {value}. Run the search first.")
    table = results.pivot_table(index=y, columns=x, values=value)
    figure, ax = plt.subplots(figsize=(7, 1.4 + 0.7 * len(table)))
    sns.heatmap(
        table, annot=True, fmt=".3f", cmap="cividis_r", linewidths=1,
        cbar_kws={"label": plain(value.replace("val_", "validation "))}, ax=ax,
    )  # fmt: skip
    row, column = np.unravel_index(np.nanargmin(table.to_numpy()), table.shape)
    ax.add_patch(plt.Rectangle((column, row), 1, 1, fill=False, edgecolor=VALIDATION, linewidth=4))
    ax.set(xlabel=plain(x.replace("_", " ")), ylabel=plain(y.replace("_", " ")))
    ax.grid(False)  # it would show in empty cells
    figure.set_label(
        f"Table of {value} for {table.count().sum()} combinations of {y} and {x}; "
        f"the best, {table.iloc[row, column]:.2f}, at {y} {table.index[row]} "
        f"and {x} {table.columns[column]}, is framed."
    )
    return ax


def plot_confusion(
    labels: Sequence[int], predictions: Sequence[int], class_names: Sequence[str] | None = None
) -> Axes:
    """Show how often each true category was predicted as each category.

    Parameters
    ----------
    labels, predictions : sequence of int
        True and predicted categories, shape (N,), indices into ``class_names``.
    class_names : sequence of str, optional
        Names of the categories; left out, those that were loaded with the labels.

    Returns
    -------
    matplotlib.axes.Axes
        Rows are true, columns predicted categories; the diagonal holds the right answers.

    Raises
    ------
    ValueError
        If the lengths differ, or a category has no name.

    Examples
    --------
    >>> ax = plot_confusion(labels=[0, 0, 3, 9], predictions=[0, 3, 3, 9])
    """
    import seaborn as sns

    class_names = names_of(labels) if class_names is None else class_names
    labels = check_labels(labels, "labels", class_names)
    predictions = check_labels(predictions, "predictions", class_names, len(labels))
    counts = np.zeros((len(class_names), len(class_names)), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    figure, ax = plt.subplots(figsize=(8, 6.5))
    shown = [plain(name) for name in class_names]
    sns.heatmap(
        counts, annot=True, fmt="d", cmap="Blues", square=True, linewidths=0.5,
        xticklabels=shown, yticklabels=shown, cbar_kws={"label": "pictures"}, ax=ax,
    )  # fmt: skip
    ax.set(xlabel="predicted category", ylabel="true category")
    ax.tick_params(axis="x", rotation=45)
    plt.setp(ax.get_xticklabels(), ha="right", rotation_mode="anchor")
    figure.tight_layout()
    figure.set_label(
        f"Confusion matrix of {len(labels)} pictures in {len(class_names)} categories: "
        f"{np.trace(counts)} lie on the diagonal, where predicted and true category agree."
    )
    return ax


def plot_reliability(shares: Mapping[str, np.ndarray], labels: Sequence[int]) -> Axes:
    """Show how often networks are right, against how sure they are.

    The pictures are sorted into ten bins by the share of their answer; each bin becomes a point.

    Parameters
    ----------
    shares : mapping of str to numpy.ndarray
        Name of each network, and its shares after softmax, shape (N, n_classes).
    labels : sequence of int
        True categories, shape (N,), 0 to n_classes - 1.

    Returns
    -------
    matplotlib.axes.Axes
        A larger point stands for more pictures; below the diagonal a network is too sure. The
        legend has the calibration error: how far from the diagonal the mean picture's point is.

    Raises
    ------
    ValueError
        If the numbers are no shares, or the lengths differ.

    Examples
    --------
    >>> ax = plot_reliability({"a network": [[0.7, 0.3], [0.1, 0.9]]}, labels=[0, 0])
    """
    checked = {name: np.asarray(given, dtype=float) for name, given in shares.items()}
    for name, given in checked.items():
        if given.ndim != 2 or given.min() < 0 or not np.allclose(given.sum(axis=1), 1, atol=1e-3):
            raise ValueError(
                f"The shares of {name!r}, shape {given.shape}, are no rows of shares that add up "
                "to 1. Give one row for each picture; of logits take the softmax first."
            )
        labels = check_labels(labels, "labels", given[0], len(given))
    figure, ax = plt.subplots(figsize=(6, 6))
    ax.plot([0, 1], [0, 1], ":", color="gray", label="sure and right equally often")
    words = []
    for name, given in checked.items():
        sure, right = given.max(axis=1), given.argmax(axis=1) == labels
        bins = np.minimum(sure * 10, 9).astype(int)
        n = np.bincount(bins, minlength=10)
        kept = np.flatnonzero(n)
        x, y = (np.bincount(bins, values, 10)[kept] / n[kept] for values in (sure, right))
        error = np.average(np.abs(x - y), weights=n[kept])
        (line,) = ax.plot(x, y, alpha=0.5)
        label = plain(f"{name}: calibration error {error:.2f}")
        ax.scatter(x, y, 20 + 600 * n[kept] / len(right), line.get_color(), label=label)
        words.append(f"{name}, mean share {sure.mean():.2f}, right {right.mean():.2f}, {error:.2f}")
    ax.set(xlabel="share of the answer", ylabel="part of the answers that is right")
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    ax.legend(loc="upper left")
    figure.set_label(
        "Reliability diagram: how often answers are right against their share, with a diagonal. "
        f"Of each network mean share, part right and calibration error: {'; '.join(words)}."
    )
    return ax


def plot_ladder(scores: Mapping[str, float | tuple[float, float]]) -> Axes:
    """Show accuracies as the rungs of a ladder, the lowest at the bottom.

    Parameters
    ----------
    scores : mapping
        From a name to an accuracy in 0..1, or to the mean and the standard deviation of several.

    Returns
    -------
    matplotlib.axes.Axes
        A bar for each name, with a line for each standard deviation.

    Raises
    ------
    ValueError
        If there is no score, or one is not from 0 to 1.

    Examples
    --------
    >>> ax = plot_ladder({"guessing": 0.1, "two blocks": (0.29, 0.02)})
    """
    rungs = {name: (*np.ravel(score), 0.0)[:2] for name, score in scores.items()}
    if not rungs or not all(0 <= mean <= 1 for mean, _ in rungs.values()):
        raise ValueError(
            f"scores is {dict(scores)!r}. Give at least one name with its accuracy, from 0 to 1."
        )
    rungs = dict(sorted(rungs.items(), key=lambda rung: rung[1][0]))
    means, spreads = np.array(list(rungs.values())).T
    figure, ax = plt.subplots(figsize=(7, 0.9 + 0.42 * len(rungs)), layout="constrained")
    ax.barh(
        [plain(name) for name in rungs],
        means,
        xerr=spreads,
        color=TRAINING,
        error_kw={"capsize": 3},
    )
    for place, (mean, spread) in enumerate(rungs.values()):
        ax.text(mean + spread + 0.015, place, f"{mean:.2f}", va="center")
    ax.set(xlabel="accuracy", xlim=(0, 1.08), xticks=np.linspace(0, 1, 6))
    ax.grid(False, axis="y")
    listed = ", ".join(f"{name} {mean:.2f}" for name, (mean, _) in rungs.items())
    figure.set_label(f"Bars of accuracies, from the lowest to the highest: {listed}.")
    return ax


def _check_results(results: "pd.DataFrame", columns: list[str]) -> "pd.DataFrame":
    """Return the rows of a table that have a value in each of the columns."""
    import pandas as pd

    if not isinstance(results, pd.DataFrame):
        raise ValueError(
            f"A table is expected, found {type(results).__name__}. "
            "Give a pandas.DataFrame with one row for each training."
        )
    missing = [name for name in columns if name not in results]
    if missing:
        raise ValueError(
            f"The table has no column {', '.join(missing)}. "
            f"It has: {', '.join(map(str, results))}. "
            "Name the columns to plot, or add what is missing."
        )
    return results.dropna(subset=columns)
