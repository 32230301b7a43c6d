"""Gradient descent to play with: its steps, for four optimizers and any learning rate."""

import math
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

import numpy as np
from ipywidgets import FloatLogSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from helpers.backstage.checks import check_whole
from helpers.play.base import (
    LAYOUT,
    STYLE,
    Playground,
    choice,
    new_figure,
    say,
    slider,
)
from helpers.plots import COLORS, TRAINING, VALIDATION

OPTIMIZERS = ("SGD", "momentum", "RMSprop", "Adam")
MOST_STEPS = 60
EPSILON = 1e-7
LOSSES = (1e-4, 1e3)  # that the lower plot shows
VERDICTS = {
    "arrives": "the learning rate is right",
    "is on its way": "take more steps, or a larger learning rate",
    "crawls": "the learning rate is too small",
    "swings to and fro": "take more steps, or a smaller learning rate",
    "jumps from side to side": "the learning rate is too large",
    "runs away": "the learning rate is far too large",
}


class Landscape(NamedTuple):
    """A loss to go down, with the place to begin at. Its lowest value is 0."""

    loss: Callable[[np.ndarray], np.ndarray]  # of weights, shape (..., n)
    gradient: Callable[[np.ndarray], np.ndarray]  # shape (..., n), too
    start: tuple[float, ...]
    lowest: tuple[float, ...]  # where the loss is 0
    limits: np.ndarray  # of what is shown: the smallest and the largest of each weight


CURVE = Landscape(
    loss=lambda w: 2.5 * w[..., 0] ** 2 + 6 * np.sin(1.3 * w[..., 0]) + 3.5745218367,
    gradient=lambda w: 5 * w + 7.8 * np.cos(1.3 * w),
    start=(3.7,),
    lowest=(-0.796255,),
    limits=np.array([[-4.5, 4.5]]),
)
VALLEY = Landscape(
    loss=lambda w: 0.5 * w[..., 0] ** 2 + 6 * w[..., 1] ** 2,
    gradient=lambda w: w * (1, 12),
    start=(-4.0, 1.6),
    lowest=(0.0, 0.0),
    limits=np.array([[-5.0, 5.0], [-2.4, 2.4]]),
)
LEAST_LOSS = 0.001  # that is said as a number
HIGHEST = 45  # loss that the plot of the curve shows


def descend(optimizer: str, landscape: Landscape, learning_rate: float, n_steps: int) -> np.ndarray:
    """Go down by gradient descent, as Keras does with its defaults.

    Parameters
    ----------
    optimizer : str
        One of ``OPTIMIZERS``; "momentum" is SGD with a momentum of 0.9.
    landscape : Landscape
    learning_rate : float
        Above 0.
    n_steps : int
        At least 1.

    Returns
    -------
    numpy.ndarray
        The weights at the start and after each step, shape (n_steps + 1, n).

    Raises
    ------
    ValueError
        If there is no such optimizer, or a number is out of range.

    Examples
    --------
    >>> descend("SGD", VALLEY, 0.1, 1).round(2).tolist()
    [[-4.0, 1.6], [-3.6, -0.32]]
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer is {optimizer!r}. Give one of: {', '.join(OPTIMIZERS)}.")
    if not isinstance(learning_rate, Real) or not 0 < learning_rate < math.inf:
        raise ValueError(f"learning_rate is {learning_rate!r}. Give a number above 0.")
    weights = np.array(landscape.start)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    path = [weights]
    for step in range(1, check_whole(n_steps, "n_steps") + 1):
        gradient = landscape.gradient(weights)
        if optimizer == "SGD":
            change = -learning_rate * gradient
        elif optimizer == "momentum":
            change = mean = 0.9 * mean - learning_rate * gradient
        elif optimizer == "RMSprop":
            square = 0.9 * square + 0.1 * gradient**2
            change = -learning_rate * gradient / np.sqrt(square + EPSILON)
        else:
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            rate = learning_rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            change = -rate * mean / (np.sqrt(square) + EPSILON)
        weights = weights + change
        path.append(weights)
    return np.array(path)


def judge(landscape: Landscape, path: np.ndarray) -> str:
    """Say in a few words how a descent goes.

    Parameters
    ----------
    landscape : Landscape
    path : numpy.ndarray
        What :func:`descend` returned.

    Returns
    -------
    str
        A key of ``VERDICTS``.
    """
    losses = landscape.loss(path)
    end = slice(-max(len(path) // 4, 1), None)
    growing = losses[-1] > losses[0] and losses[-1] == losses.max()
    if growing or losses[end].max() > 10 * losses[0]:
        return "runs away"
    if losses[end].max() < 0.01 * losses[0]:
        return "arrives"
    steps = np.diff(path, axis=0)[end]
    if len(steps) > 1 and np.mean((steps[1:] * steps[:-1]).sum(axis=1) < 0) > 0.5:
        return "jumps from side to side"
    # How far from the lowest place, 1 at the start: of the weight that is farthest in the end.
    distances = (path - landscape.lowest) / np.subtract(landscape.start, landscape.lowest)
    distance = distances[:, np.abs(distances[end]).max(axis=0).argmax()]
    if distance.min() < 0:
        return "swings to and fro"
    return "crawls" if distance[-1] > 0.5 else "is on its way"


def play_learning_rate() -> Playground:
    """Go down a curve and a valley, with an optimizer and a learning rate of your choice.

    Returns
    -------
    Playground

    Examples
    --------
    >>> play_learning_rate()  # doctest: +ELLIPSIS
    30 steps of SGD with learning rate 0.1. On the curve, the loss goes from ...
    """
    controls = {
        "optimizer": choice("optimizer", OPTIMIZERS),
        "rate": FloatLogSlider(
            value=0.1, base=10, min=-3, max=0, step=0.05, readout_format=".3g",
            description="learning rate", style=STYLE, layout=LAYOUT,
        ),
        "n_steps": slider("steps", 30, low=1, high=MOST_STEPS),
    }  # fmt: skip
    scene = _Scene()
    return Playground(scene.figure, controls, scene.draw, scene.moving)


class _Scene:
    """The picture of the playground: a curve, a valley from above, and the losses."""

    def __init__(self) -> None:
        self.figure = new_figure(height=5.1)
        curve = self.figure.add_axes((0.075, 0.47, 0.395, 0.46))
        valley = self.figure.add_axes((0.575, 0.47, 0.405, 0.46))
        losses = self.figure.add_axes((0.095, 0.105, 0.885, 0.245))
        _draw_curve(curve)
        _draw_valley(valley)
        losses.set(xlim=(-0.5, MOST_STEPS + 0.5), yscale="log", ylim=LOSSES)
        losses.set_xlabel("step", fontsize=11, labelpad=2)
        losses.set_ylabel("loss", fontsize=11)
        self.axes = (curve, valley)
        self.paths, self.ends, self.crosses, self.lines = [], [], [], []
        looks = ((curve, TRAINING, "o", "-", "curve"), (valley, VALIDATION, "s", "--", "valley"))
        for ax, color, marker, dashes, name in looks:
            ax.tick_params(labelsize=10)
            ax.set_title("", y=1.02, fontsize=11)
            look = {"color": color, "markeredgecolor": "black", "clip_on": False}
            self.paths += ax.plot([], [], marker, linestyle="-", linewidth=1.2, markersize=5,
                                  markeredgewidth=0.4, **look)  # fmt: skip
            self.ends += ax.plot([], [], marker, markersize=11, markeredgewidth=1.5, **look)
            self.crosses += ax.plot([], [], "X", markersize=10, color=COLORS[3], clip_on=False,
                                    markeredgecolor="black", markeredgewidth=0.6)  # fmt: skip
            self.lines += losses.plot([], [], marker, linestyle=dashes, linewidth=1.5, color=color,
                                      markersize=4, label=name, clip_on=False)  # fmt: skip
        losses.tick_params(labelsize=10)
        losses.legend(loc="upper right", fontsize=11, ncols=2, bbox_to_anchor=(1.005, 1.24),
                      frameon=False)  # fmt: skip
        self.moving: list[Artist] = [
            *self.paths, *self.ends, *self.crosses, *self.lines,
            *(ax.title for ax in self.axes),
        ]  # fmt: skip

    def draw(self, optimizer: str, rate: float, n_steps: int) -> str:
        words, described = [], []
        for index, (name, landscape) in enumerate({"curve": CURVE, "valley": VALLEY}.items()):
            path = descend(optimizer, landscape, rate, n_steps)
            losses = landscape.loss(path)
            points, limits = path, landscape.limits
            if name == "curve":
                points = np.stack([path[:, 0], losses], axis=1)
                limits = np.vstack([limits, [-np.inf, HIGHEST]])
            points, leaves = _cut(points, limits)
            self.paths[index].set_data(*points.T)
            self.ends[index].set_data(*points[-1:].T)
            self.ends[index].set_visible(not leaves)
            self.crosses[index].set_data(*points[-1:].T)
            self.crosses[index].set_visible(leaves)
            self.lines[index].set_data(np.arange(n_steps + 1), np.clip(losses, *LOSSES))
            verdict = judge(landscape, path)
            self.axes[index].title.set_text(f"{name}: {verdict}")
            lost = f" At step {len(points) - 1} it leaves the picture, at the cross."
            words.append(
                f"{'On' if name == 'curve' else 'In'} the {name}, the loss goes from "
                f"{_say_loss(losses[0])} to {_say_loss(losses[-1])}. It {verdict}: "
                f"{VERDICTS[verdict]}.{lost if leaves else ''}"
            )
            described.append(f"the {name}: it {verdict}")
        self.figure.set_label(
            f"Left: a curve of the loss against one weight, with {n_steps} steps as points on it. "
            "Right: contour lines of a long valley over two weights, with the steps as a path. "
            f"Below: the loss after each step. With {optimizer} and learning rate {rate:.3g}, "
            f"{' and '.join(described)}."
        )
        steps = f"{n_steps} step{'s' if n_steps > 1 else ''}"
        return f"{steps} of {optimizer} with learning rate {rate:.3g}. {' '.join(words)}"


def _draw_curve(ax: Axes) -> None:
    weights = np.linspace(*CURVE.limits[0], 300)
    ax.plot(weights, CURVE.loss(weights[:, np.newaxis]), color="gray", linewidth=1.5)
    ax.set(xlim=CURVE.limits[0], ylim=(-1.5, HIGHEST))
    ax.set_xlabel("weight", fontsize=11, labelpad=2)
    ax.set_ylabel("loss", fontsize=11)


def _draw_valley(ax: Axes) -> None:
    x, y = np.meshgrid(*(np.linspace(*limits, 200) for limits in VALLEY.limits))
    losses = VALLEY.loss(np.stack([x, y], axis=-1))
    ax.contour(x, y, losses, levels=[0.3, 1, 2.5, 5, 9, 14, 20, 27, 35], cmap="gray", linewidths=1)
    ax.plot(0, 0, "+", color="black", markersize=12)
    ax.set(xlim=VALLEY.limits[0], ylim=VALLEY.limits[1])
    ax.grid(False)
    for number, (axis, pad) in enumerate(((ax.xaxis, 2), (ax.yaxis, 0)), start=1):
        axis.set_label_text(f"weight {number}", fontsize=11)
        axis.labelpad = pad


def _cut(points: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, bool]:
    """End a path where it first crosses the limits; say whether it does."""
    outside = np.any((points < limits[:, 0]) | (points > limits[:, 1]), axis=1)
    if not outside.any():
        return points, False
    first = int(outside.argmax())
    step = points[first] - points[first - 1]
    edges = np.where(step > 0, limits[:, 1], limits[:, 0])
    parts = (edges - points[first - 1])[step != 0] / step[step != 0]
    return np.vstack([points[:first], points[first - 1] + parts.min() * step]), True


def _say_loss(loss: float) -> str:
    if loss > 1e6:
        return "more than a million"
    return f"less than {LEAST_LOSS}" if loss < LEAST_LOSS else say(loss)
