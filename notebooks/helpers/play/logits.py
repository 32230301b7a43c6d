"""Scores to play with: what softmax makes of them, and what loss the true category gives."""

from collections.abc import Sequence

import numpy as np

from helpers.backstage.figures import plain
from helpers.data import CLASS_NAMES
from helpers.play.base import Playground, choice, new_figure, say, slider
from helpers.plots import COLORS, TRAINING, VALIDATION

FIRST = (2.0, 1.0, 0.0, -1.0)  # the scores at first, over again for more categories


def softmax(scores: Sequence[float]) -> np.ndarray:
    """Turn scores into shares: positive numbers that add up to 1.

    Parameters
    ----------
    scores : sequence of float
        One for each category.

    Returns
    -------
    numpy.ndarray
        e to the power of each score, divided by the sum of all these.

    Examples
    --------
    >>> softmax([0.0, 0.0]).tolist()
    [0.5, 0.5]
    """
    powers = np.exp(np.asarray(scores) - np.max(scores))  # the same shares, and no overflow
    return powers / powers.sum()


def play_logits(class_names: Sequence[str] = CLASS_NAMES[:4]) -> Playground:
    """Move the scores of a few categories, and see the shares and the loss.

    Parameters
    ----------
    class_names : sequence of str
        Names of two to six categories.

    Returns
    -------
    Playground

    Raises
    ------
    ValueError
        If there are fewer or more names, or one comes twice.

    Examples
    --------
    >>> play_logits()  # doctest: +ELLIPSIS
    Softmax makes shares of the scores: ...
    """
    names = [class_names] if isinstance(class_names, str) else list(map(str, class_names))
    if not 2 <= len(names) <= 6 or len(set(names)) < len(names):
        raise ValueError(
            f"class_names is {class_names!r}. Give two to six names, each another one, for "
            'example ("plate", "table lamp").'
        )
    controls = {
        f"score_{i}": slider(name, FIRST[i % len(FIRST)], low=-5.0, high=5.0, step=0.1)
        for i, name in enumerate(names)
    }
    controls["true"] = choice("true category", [(name, i) for i, name in enumerate(names)])
    scene = _Scene(names)
    return Playground(scene.figure, controls, scene.draw, scene.moving)


class _Scene:
    """The picture of the playground: a bar for each share, and the curve of the loss."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.figure = new_figure(height=3.2)
        bars, curve = self.figure.subplots(1, 2, width_ratios=(5, 4))
        self.figure.subplots_adjust(left=0.19, right=0.98, bottom=0.17, top=0.9, wspace=0.22)

        n = len(names)
        self.bars = bars.barh(range(n), 0, color=TRAINING, edgecolor="black", linewidth=0)
        self.texts = [bars.text(0, i, "", va="center", fontsize=10) for i in range(n)]
        bars.set(xlim=(0, 1.19), ylim=(n - 0.5, -0.5), xticks=np.linspace(0, 1, 6))
        bars.set_yticks(range(n), [plain(name) for name in names])
        bars.set_xlabel("share (softmax)", fontsize=11)
        bars.set_title("shares, together 1", y=1.02, fontsize=11)
        bars.grid(False, axis="y")

        share = np.geomspace(1e-5, 1, 200)
        curve.plot(share, -np.log(share), color="gray")
        (self.point,) = curve.plot(
            [], [], "o", color=VALIDATION, markersize=10, markeredgecolor="black", clip_on=False,
            zorder=3,
        )  # fmt: skip
        curve.axhline(np.log(n), color=COLORS[2], linestyle=":")
        curve.text(0.99, np.log(n) + 0.15, "all shares equal", ha="right", fontsize=9)
        curve.set(xlim=(0, 1), ylim=(0, 12))
        curve.set_xlabel("share of the true category", fontsize=11)
        self.title = curve.set_title("", y=1.02, fontsize=11)
        for ax in (bars, curve):
            ax.tick_params(labelsize=10)
        self.moving = [*self.bars, *self.texts, self.point, self.title]

    def draw(self, true: int, **scores: float) -> str:
        values = list(scores.values())
        shares = softmax(values)
        loss = float(-np.log(shares[true]))
        for i, (bar, text) in enumerate(zip(self.bars, self.texts, strict=True)):
            bar.set(width=shares[i], facecolor=VALIDATION if i == true else TRAINING)
            bar.set(hatch="//" if i == true else None)
            text.set_text(f"{shares[i]:.3f}" + (" true" if i == true else ""))
            text.set_x(shares[i] + 0.015)
        self.point.set_data([shares[true]], [loss])
        formula = f"−ln({shares[true]:.3f}) = {loss:.3f}"
        self.title.set_text(f"loss = {formula}")
        names = self.names
        listed = ", ".join(
            f"{name} {share:.3f} (score {say(value, 1)})"
            for name, share, value in zip(names, shares, values, strict=True)
        )
        self.figure.set_label(
            f"Left: bars of the shares: {listed}. Right: the curve of the loss against the share "
            f"of the true category, {names[true]}, with a point at {shares[true]:.3f}, {loss:.3f}."
        )
        best = int(np.argmax(shares))
        verdict = (
            "it has the largest share" if best == true else f"{names[best]} has a larger share"
        )
        return (
            f"Softmax makes shares of the scores: {listed}; together 1. The true category is "
            f"{names[true]}, and {verdict}. The loss is {formula}. "
            f"With equal scores it would be ln {len(names)} = {np.log(len(names)):.3f}."
        )
