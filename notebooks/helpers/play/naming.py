"""Twenty pictures to name: what a person reaches, for comparison with every network."""

import math
from collections.abc import Sequence
from functools import partial

import ipywidgets as widgets
import numpy as np

from helpers.backstage.checks import check_labels
from helpers.backstage.figures import plain
from helpers.backstage.files import names_of
from helpers.play.base import (
    RGB,
    Playground,
    add_frame,
    add_panel,
    as_batch,
    new_figure,
    slider,
    switch,
)

MOST = 20  # pictures at most
SEED = 13  # the same pictures each time; of the shipped ones, some of each category
COLUMNS = 5  # of the small pictures
SCORE = "named-by-you"  # under this name later notebooks find it
LONGEST = 15  # letters of a name below a small picture
SPACE = (1.3, 1.48)  # height and width of a small picture with what is around it


def play_naming(
    images: np.ndarray, labels: Sequence[int], class_names: Sequence[str] | None = None
) -> Playground:
    """Name twenty pictures by pressing buttons, and see how many were right.

    The score is kept for later notebooks as soon as all are named.

    Parameters
    ----------
    images : numpy.ndarray
        Pictures, shape (N, height, width, 3) or (N, height, width), in 0..255, or decimals in
        0..1. Of more than twenty, twenty are drawn, the same each time.
    labels : sequence of int
        Category of each picture, indices into ``class_names``.
    class_names : sequence of str, optional
        Names of the categories: there is a button for each. Left out, those that were loaded with
        the labels.

    Returns
    -------
    Playground

    Raises
    ------
    ValueError
        If there are no pictures, or the labels do not fit.

    Examples
    --------
    >>> play_naming(val_images, val_labels)  # doctest: +SKIP
    """
    class_names = names_of(labels) if class_names is None else class_names
    images, names = as_batch(images), list(map(str, class_names))
    labels = check_labels(labels, "labels", names, len(images))
    chosen = np.random.default_rng(SEED).permutation(len(images))[:MOST]
    pictures, truth = _in_color(images[chosen]), labels[chosen].tolist()
    n = len(truth)
    number = slider("picture", 1, low=1, high=n)
    buttons = [widgets.Button(description=name, layout={"width": "136px"}) for name in names]
    scene = _Scene(pictures, truth, names, buttons)

    def answer(category: int, button: widgets.Button) -> None:
        here = number.value - 1
        if scene.said[here] is None:
            scene.said[here], scene.last = category, here
            if None not in scene.said:
                _keep(scene.right(), n)
        # The next one that has no name yet; the new number draws the picture.
        following = [i % n for i in range(here, here + n) if scene.said[i % n] is None]
        if following:
            number.value = following[0] + 1
        else:
            playground.show()

    for category, button in enumerate(buttons):
        button.on_click(partial(answer, category))
    controls = {"picture": number, "smooth": switch("Smooth the pixels")}
    controls |= {f"category {i}": button for i, button in enumerate(buttons)}
    playground = Playground(scene.figure, controls, scene.draw)
    return playground


class _Scene:
    """The picture of the playground: one large, and all as small ones with what was said."""

    def __init__(
        self,
        pictures: np.ndarray,
        truth: Sequence[int],
        names: Sequence[str],
        buttons: Sequence[widgets.Button],
    ) -> None:
        self.pictures, self.truth, self.names, self.buttons = pictures, truth, names, buttons
        self.said: list[int | None] = [None] * len(truth)
        self.last: int | None = None  # what was named last
        self.figure = new_figure(height=4)
        self.ax = add_panel(self.figure, 0.005, 0.02, 0.41, 0.88)
        self.image = self.ax.imshow(pictures[0])
        sheet, self.corners = _sheet(pictures)
        side = add_panel(self.figure, 0.43, 0.0, 0.565, 0.99)
        side.imshow(sheet)
        height, width = pictures.shape[1:3]
        self.texts = [
            side.text(x + width / 2, y + height * 1.04, "", ha="center", va="top", fontsize=7)
            for y, x in self.corners
        ]
        self.frame = add_frame(side)

    def right(self) -> int:
        """Count the pictures that were named as they should."""
        return sum(a == b for a, b in zip(self.said, self.truth, strict=True))

    def draw(self, picture: int, smooth: bool) -> str:
        here, n = picture - 1, len(self.truth)
        said = [answer for answer in self.said if answer is not None]
        self.image.set(data=self.pictures[here])
        self.image.set_interpolation("bicubic" if smooth else "nearest")
        self.ax.title.set_text(f"picture {picture} of {n}")
        (y, x), (height, width) = self.corners[here], self.pictures.shape[1:3]
        self.frame.set_bounds(x - 0.5, y - 0.5, width, height)
        marks = []
        for i, (text, answer) in enumerate(zip(self.texts, self.said, strict=True)):
            if answer is None:
                continue
            right, name = answer == self.truth[i], self.names[self.truth[i]]
            text.set_text(plain(f"{'✓' if right else '✗'} {_short(name)}"))
            text.set_color("black" if right else "#b04000")
            marks.append(f"{i + 1} {name}, {'right' if right else 'wrong'}")
        for button in self.buttons:
            button.disabled = self.said[here] is not None
        self.figure.set_label(
            f"Left: picture {picture} of {n}, large. Right: all {n} pictures, small; "
            f"named so far: {'; '.join(marks) or 'none'}."
        )
        parts = [self._tell(self.last)] if self.last is not None else []
        if here != self.last and self.said[here] is not None:
            parts.append(self._tell(here))
        if len(said) == n:
            parts.append(
                f"All {n} are named, {self.right()} of them right: {self.right() / n:.2f}. "
                f"Guessing reaches {1 / len(self.names):.2f}. Your score will come back in later "
                "notebooks."
            )
        elif said:
            parts.append(f"So far {self.right()} of {len(said)} right.")
        if self.said[here] is None:
            parts.append(
                f"Picture {picture} of {n}: to which of the {len(self.names)} categories does it "
                "belong? Press its button."
            )
        pixels = "smoothed" if smooth else "as they are"
        return " ".join([*parts, f"(Pixels {pixels}.)"])

    def _tell(self, place: int) -> str:
        """Say of a named picture whether its name is right."""
        answer, truth = self.said[place], self.truth[place]
        if answer == truth:
            return f"Picture {place + 1}: right, “{self.names[truth]}”."
        return f"Picture {place + 1}: not “{self.names[answer]}”, it is “{self.names[truth]}”."


def _keep(right: int, of: int) -> None:
    from helpers.challenges import remember

    remember(SCORE, {"right": right, "of": of})


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _in_color(images: np.ndarray) -> np.ndarray:
    """Return pictures of any kind as uint8, shape (N, height, width, 3)."""
    values = images * 255.0 if images.dtype.kind in "fb" else images
    values = np.clip(np.nan_to_num(values), 0, 255).astype(np.uint8)
    if values.ndim == 3:
        values = values[..., np.newaxis]
    return np.broadcast_to(values, (*values.shape[:3], RGB))


def _sheet(pictures: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Put pictures into one, with room for a name below each; return also where they lie."""
    n, height, width, _ = pictures.shape
    down, across = math.ceil(height * SPACE[0]), math.ceil(width * SPACE[1])
    rows = -(-n // COLUMNS)
    sheet = np.full((rows * down, COLUMNS * across, RGB), 255, dtype=np.uint8)
    left = (across - width) // 2  # so that a name has room on both sides
    corners = [(i // COLUMNS * down, i % COLUMNS * across + left) for i in range(n)]
    for picture, (y, x) in zip(pictures, corners, strict=True):
        sheet[y : y + height, x : x + width] = picture
    return sheet, corners
