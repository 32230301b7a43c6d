"""Dropout to play with: what it does to a feature map, and to what a network answers."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from ipywidgets import Button
from matplotlib.artist import Artist
from matplotlib.patches import Rectangle

from helpers.backstage.checks import size_of
from helpers.backstage.figures import plain
from helpers.backstage.files import names_of
from helpers.play.base import (
    Playground,
    choice,
    new_figure,
    picture_options,
    say,
    slider,
)
from helpers.play.features import Tiles, color_maps, first_filter, fit_together
from helpers.plots import COLORS, TRAINING, VALIDATION

if TYPE_CHECKING:
    import keras

PASSES = 50
RANGE = (5, 95)  # percentiles


def play_dropout(
    model: "keras.Model",
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
) -> Playground:
    """See what dropout makes of a feature map, and of what a network answers, at any rate.

    It is put after each pooling layer of the network, where ``create_cnn`` puts it, too. Dropout
    layers that the network has itself stay off.

    Parameters
    ----------
    model : keras.Model
        A chain of layers with at least one ``MaxPooling2D`` or ``AveragePooling2D`` among them,
        and one output for each category; better a trained one.
    images : numpy.ndarray
        Pictures as the network takes them, shape (N, height, width, 3) or (N, height, width):
        float in 0..1, or whole numbers 0..255, which ``helpers.data.scale`` then divides by 255.
    labels : sequence of int, optional
        Category of each picture; then the first picture of each category can be chosen,
        else the first twelve.
    class_names : sequence of str, optional
        Names of the categories, one for each output of the network; left out, those that were
        loaded with the labels, and a number for each output beyond them.

    Returns
    -------
    Playground

    Raises
    ------
    ValueError
        If the network has no such layer or is no chain, or pictures or names do not fit to it.

    Examples
    --------
    >>> play_dropout(model, val_images, val_labels)  # doctest: +SKIP
    """
    network = DropoutNetwork(model, images)
    shape = tuple(model.outputs[0].shape[1:])
    if class_names is None:
        class_names = names_of(labels)
        if len(shape) == 1:
            class_names += tuple(f"class {n}" for n in range(len(class_names), shape[0]))
    if shape != (len(class_names),):
        raise ValueError(
            f"The network “{model.name}” has an output of shape {shape} for each picture, and "
            f"there are {len(class_names)} class_names. Give one name for each output."
        )
    options = picture_options(network.images, labels, class_names)
    maps = network.pooled(options[0][1])[0]
    button = Button(description="draw new masks")
    controls = {
        "picture": choice("picture", options),
        "rate": slider("dropout rate", 0.5, low=0.0, high=0.95, step=0.05),
        "map": slider("feature map", first_filter(maps), low=0, high=maps.shape[-1] - 1),
        "button": button,
    }
    true = {} if labels is None else {index: int(labels[index]) for _, index in options}
    scene = _Scene(network, class_names, true)

    def draw_masks(button: Button) -> None:
        scene.seed += 1
        playground.show()

    button.on_click(draw_masks)
    playground = Playground(scene.figure, controls, scene.draw, scene.moving)
    return playground


class DropoutNetwork:
    """A network that runs with dropout after each of its pooling layers, at any rate.

    Parameters
    ----------
    model : keras.Model
    images : numpy.ndarray
        As :func:`play_dropout`.

    Attributes
    ----------
    images : numpy.ndarray
        The pictures as the network takes them.
    pools : list of str
        The names of the pooling layers.

    Raises
    ------
    ValueError
        As :func:`play_dropout`.
    """

    def __init__(self, model: "keras.Model", images: np.ndarray) -> None:
        from helpers.backstage.quiet import keras

        chain, self.images = fit_together(model, images)
        pools = keras.layers.MaxPooling2D, keras.layers.AveragePooling2D
        ends = [i for i, layer in enumerate(chain, start=1) if isinstance(layer, pools)]
        if not ends:
            raise ValueError(
                f"The network “{model.name}” has no pooling layer for dropout to follow on. Give a "
                "convolutional network, for example one from helpers.models.create_cnn."
            )
        self.pools = [chain[end - 1].name for end in ends]
        bounds = zip([0, *ends], [*ends, len(chain)], strict=True)
        self._parts = [chain[start:end] for start, end in bounds]
        softmaxes = keras.activations.softmax, keras.layers.Softmax
        self._has_softmax = getattr(chain[-1], "activation", None) is softmaxes[0] or isinstance(
            chain[-1], softmaxes[1]
        )
        self._ops = keras.ops
        # What a move of a slider leaves as it is, is not computed again.
        self.pooled = lru_cache(maxsize=1)(self._pooled)
        self.random = lru_cache(maxsize=1)(self._random)
        self.shares = lru_cache(maxsize=2)(self._shares)

    def _pooled(self, index: int) -> np.ndarray:
        """Return the maps after the first pooling layer, shape (1, height, width, filters)."""
        return self._numpy(_run(self._parts[0], self.images[index : index + 1]))

    def _random(self, seed: int) -> list[np.ndarray]:
        """Return numbers in 0..1 for each pooling layer, pass and value: below the rate it is 0."""
        generator = np.random.default_rng(seed)
        shapes = [part[-1].output.shape[1:] for part in self._parts[:-1]]
        return [generator.random((PASSES, *shape), dtype=np.float32) for shape in shapes]

    def _shares(self, index: int, rate: float, seed: int | None) -> np.ndarray:
        """Return the share of each category in each pass; in the only one if seed is None."""
        values = self._ops.convert_to_tensor(self.pooled(index))
        for number, part in enumerate(self._parts[1:]):
            if seed is not None:
                kept = self.random(seed)[number] >= rate
                values = self._ops.where(kept, values / (1 - rate), 0.0)
            values = _run(part, values)
        return self._numpy(values if self._has_softmax else self._ops.softmax(values))

    def _numpy(self, tensor: Any) -> np.ndarray:
        return self._ops.convert_to_numpy(self._ops.cast(tensor, "float32"))


def _run(layers: Sequence["keras.layers.Layer"], values: Any) -> Any:
    for layer in layers:
        values = layer(values, training=False)
    return values


class _Scene:
    """The picture of the playground: a map, a mask, what is left of it; below, the answers."""

    def __init__(
        self, network: DropoutNetwork, class_names: Sequence[str], true: Mapping[int, int]
    ) -> None:
        self.network, self.class_names, self.true = network, class_names, true
        self.seed = 0
        n = len(class_names)
        height = 3.35 + 0.235 * n
        self.figure = new_figure(height)
        self.tiles = [
            Tiles(self.figure, x, 1 - 2.35 / height, 0.235, 2 / height)
            for x in (0.005, 0.255, 0.51, 0.765)
        ]
        for x, sign in ((0.5, "×"), (0.755, "=")):
            self.figure.text(x, 1 - 1.35 / height, sign, ha="center", va="center", fontsize=15)
        ax = self.figure.add_axes((0.185, 0.52 / height, 0.76, 0.235 * n / height))
        ax.set(xlim=(-0.01, 1.01), ylim=(n - 0.5, -0.5), xticks=np.linspace(0, 1, 6))
        ax.set_yticks(range(n), [plain(name) for name in class_names], fontsize=11)
        ax.tick_params(axis="x", labelsize=11)
        ax.set_xlabel("share (softmax)", fontsize=11)
        ax.grid(False, axis="y")
        self.row = ax.add_patch(Rectangle((-0.01, 0), 1.02, 1, color="#dddddd", zorder=0))
        self.mark = ax.text(1.02, 0, "true", va="center", fontsize=11)
        style = {"linestyle": "none", "zorder": 3}
        (self.dots,) = ax.plot([], [], "o", color=VALIDATION, alpha=0.35, markersize=5, **style,
                               markeredgewidth=0, label=f"on, each of {PASSES} passes")  # fmt: skip
        self.ranges = ax.hlines(range(n), 0, 0, color=COLORS[3], linewidth=2.5, zorder=2)
        self.ranges.set_label(f"on, {RANGE[0]} to {RANGE[1]}% of them")
        (self.off,) = ax.plot([], [], "D", color=TRAINING, markersize=8, markeredgecolor="white",
                              label="dropout off", **style)  # fmt: skip
        ax.legend(ncols=3, loc="lower right", bbox_to_anchor=(1.01, 0.99), fontsize=11,
                  frameon=False, handletextpad=0.4, columnspacing=1.5)  # fmt: skip
        # Points of a row lie at different heights, so that they do not hide each other.
        heights = np.random.default_rng(0).permutation(np.linspace(-0.3, 0.3, PASSES))
        self.heights = np.arange(n) + heights[:, np.newaxis]
        self.moving: list[Artist] = [
            *(artist for tile in self.tiles for artist in (tile.image, tile.ax.title)),
            self.row, self.mark, self.ranges, self.dots, self.off,
        ]  # fmt: skip

    def draw(self, picture: int, rate: float, map: int) -> str:
        network, names, true = self.network, self.class_names, self.true.get(picture)
        above, dropped, meaning = self._show_maps(picture, rate, map)
        off = network.shares(picture, 0.0, None)[0]
        on = network.shares(picture, rate, self.seed)
        low, high = np.percentile(on, RANGE, axis=0)
        self._show_shares(off, on, low, high, true)
        listed = "; ".join(
            f"{name} {share:.2f}, on {a:.2f} to {b:.2f}"
            for name, share, a, b in zip(names, off, low, high, strict=True)
        )
        self.figure.set_label(
            f"Above: a picture; map {map} after {network.pools[0]}, {above}; the mask, "
            f"light where a number is kept; what is left; both maps are {meaning}. Below: for each "
            f"category the share with dropout off, and most shares of {PASSES} passes with it on: "
            f"{listed}."
        )
        best = int(off.argmax())
        wins = int(np.sum(on.argmax(axis=1) == best))
        verdict = "." if true is None else f"; the picture shows: {names[true]}."
        text = (
            f"{dropped} With dropout off, the network gives its largest share, {off[best]:.2f}, "
            f"to {names[best]}{verdict} "
        )
        if rate == 0:
            return (
                text + f"At rate {say(rate)} nothing is dropped: all {PASSES} passes give the same."
            )
        return text + (
            f"With dropout on, after {', '.join(network.pools)}, each pass has other masks: in "
            f"most of {PASSES} passes ({RANGE[0]} to {RANGE[1]}%) the share of {names[best]} lies "
            f"between {low[best]:.2f} and {high[best]:.2f}; it is the largest in {wins} of them."
        )

    def _show_maps(self, picture: int, rate: float, map: int) -> tuple[str, str, str]:
        """Show what dropout makes of a map; return its size, that in words, and its colors."""
        network = self.network
        values = network.pooled(picture)[0, ..., map]
        kept = network.random(self.seed)[0][0, ..., map] >= rate
        left = np.where(kept, values / (1 - rate), 0)
        factor = say(1 / (1 - rate), 2)
        image = network.images[picture]
        shown = np.stack([values, left], axis=-1)
        tints, meaning = color_maps(shown, np.abs(shown).max(keepdims=True), shown.min())
        pictures = {
            f"picture, {size_of(image)}": image,
            f"map {map}, {size_of(values)}": tints[..., 0, :],
            f"mask, {kept.sum()} of {kept.size} kept": 0.88 * kept[..., np.newaxis],
            f"kept numbers × {factor}": tints[..., 1, :],
        }
        for tile, (title, pixels) in zip(self.tiles, pictures.items(), strict=True):
            tile.show([pixels])
            tile.ax.title.set_text(title)
        words = (
            f"Dropout with rate {say(rate)} sets {kept.size - kept.sum()} of the {kept.size} "
            f"numbers of map {map} to 0 and multiplies the others by 1 / (1 − {say(rate)}) = "
            f"{factor}; the mean of the map goes from {say(values.mean())} to {say(left.mean())}."
        )
        return size_of(values), words, meaning

    def _show_shares(
        self, off: np.ndarray, on: np.ndarray, low: np.ndarray, high: np.ndarray, true: int | None
    ) -> None:
        rows = np.arange(len(off))
        self.off.set_data(off, rows)
        self.dots.set_data(on.ravel(), self.heights.ravel())
        self.ranges.set_segments(np.stack([np.stack([low, rows], 1), np.stack([high, rows], 1)], 1))
        for artist in (self.row, self.mark):
            artist.set(visible=true is not None, y=(true or 0) - (artist is self.row) / 2)
