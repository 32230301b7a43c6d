"""Feature maps to play with: what each filter of a network answers, and to which patches most."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from ipywidgets import Widget
from matplotlib.figure import Figure
from PIL import Image

from helpers.backstage.checks import size_of
from helpers.backstage.figures import plain
from helpers.data import scale
from helpers.play.base import (
    RGB,
    SIGNS,
    SIGNS_MEANING,
    Playground,
    add_frame,
    add_pixels,
    as_batch,
    choice,
    new_figure,
    picture_options,
    say,
    slider,
)

if TYPE_CHECKING:
    import keras

MOST = 200  # pictures that are searched for patches
BATCH = 50
PATCHES = 8
GAP = 3  # pixels between tiles


class Field(NamedTuple):
    """The pixels that a number of a feature map depends on, along height and along width."""

    size: tuple[int, int]
    step: tuple[int, int]  # from one number to the next, in pixels
    start: tuple[int, int]  # of the first number: below 0 where a layer pads


def receptive_field(layers: Sequence["keras.layers.Layer"]) -> Field:
    """Compute which pixels a number in the output of a chain of layers depends on.

    Parameters
    ----------
    layers : sequence of keras.layers.Layer
        From the first one after the input to the one that makes the feature map.

    Returns
    -------
    Field

    Raises
    ------
    ValueError
        If a layer changes height or width, and is neither a convolution nor a pooling.

    Examples
    --------
    >>> from helpers.models import create_cnn
    >>> layers = create_cnn((64, 64, 3)).layers[1:4]  # convolution, pooling, convolution
    >>> receptive_field(layers).size
    (8, 8)
    """
    size, step, start = (np.array([n, n]) for n in (1, 1, 0))
    for layer in layers:
        before, after = (np.array(t.shape[1:3]) for t in (layer.input, layer.output))
        window = getattr(layer, "kernel_size", getattr(layer, "pool_size", None))
        if window is None:
            if not np.array_equal(before, after):
                raise ValueError(
                    f"The layer “{layer.name}” ({type(layer).__name__}) changes height and width, "
                    "and which pixels belong to a number after it is not known here. Give a "
                    "network whose convolutions follow only on convolutions and poolings."
                )
            continue
        reach = (np.array(window) - 1) * getattr(layer, "dilation_rate", 1)
        stride = np.array(layer.strides)
        if layer.padding == "same":
            start -= np.maximum((after - 1) * stride + reach + 1 - before, 0) // 2 * step
        size += reach * step
        step *= stride
    return Field(*(tuple(array.tolist()) for array in (size, step, start)))


def play_feature_maps(
    model: "keras.Model",
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
) -> Playground:
    """See what each filter of a network answers on a picture, and its strongest patches.

    Parameters
    ----------
    model : keras.Model
        A chain of layers with at least one ``Conv2D`` among them; better a trained one.
    images : numpy.ndarray
        Pictures as the network takes them, shape (N, height, width, 3) or (N, height, width):
        float in 0..1, or whole numbers 0..255, which ``helpers.data.scale`` then divides by 255.
    labels : sequence of int, optional
        Category of each picture; then the first picture of each category can be chosen,
        else the first twelve.
    class_names : sequence of str, optional
        Names of the categories; left out, those that were loaded with the labels.

    Returns
    -------
    Playground
        Strongest patches are looked for in at most 200 of the pictures, when a layer is chosen
        for the first time. Of each picture, the place with the largest answer counts.

    Raises
    ------
    ValueError
        If the network has no such layer or is no chain, or the pictures do not fit to it.

    Examples
    --------
    >>> play_feature_maps(model, train_images, train_labels)  # doctest: +SKIP
    """
    from helpers.backstage.quiet import keras

    chain, images = fit_together(model, images)
    names = {
        layer.name: chain[: index + 1]
        for index, layer in enumerate(chain)
        if isinstance(layer, keras.layers.Conv2D)
    }
    if not names:
        raise ValueError(
            f"The network “{model.name}” has no Conv2D layer, and so no feature maps. Give a "
            "convolutional network, for example one from helpers.models.create_cnn."
        )
    options = picture_options(images, labels, class_names)
    answers = _Answers(model, names, images, [index for _, index in options])
    first = next(iter(names))
    maps = answers.of(first).maps[options[0][1]]
    controls = {
        "picture": choice("picture", options),
        "layer": choice("layer", list(names)),
        "filter": slider("filter", first_filter(maps), low=0, high=maps.shape[-1] - 1),
    }
    scene = _Scene(answers, dict(map(reversed, options)), controls)
    return Playground(scene.figure, controls, scene.draw)


def fit_together(
    model: "keras.Model", images: np.ndarray
) -> tuple[list["keras.layers.Layer"], np.ndarray]:
    """Check that a network is a chain of layers and takes these pictures.

    Parameters
    ----------
    model : keras.Model
    images : numpy.ndarray
        As :func:`play_feature_maps`.

    Returns
    -------
    (list of keras.layers.Layer, numpy.ndarray)
        The layers without the input, and the pictures: float32, as the network takes them.

    Raises
    ------
    ValueError
        If one of them is something else.
    """
    from helpers.backstage.quiet import keras

    if not isinstance(model, keras.Model):
        raise ValueError(
            f"model is of type {type(model).__name__}. Give a Keras model; load_checkpoint returns "
            "two things: model, history = load_checkpoint(...)."
        )
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"The network “{model.name}” does not know the shape of its input yet. Begin it with "
            "keras.Input(shape=...)."
        )
    chain = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    ends = [*model.inputs, *(layer.output for layer in chain)]
    if any(layer.input is not end for layer, end in zip(chain, ends, strict=False)):
        raise ValueError(
            f"The network “{model.name}” is no chain in which each layer follows on the one "
            "before. Give one without branches, and without networks inside it."
        )
    if not all(np.isfinite(weights).all() for weights in model.get_weights()):
        raise ValueError(
            f"The network “{model.name}” has weights that are NaN or infinite: its training ran "
            "away. Build it anew, and train it with a smaller learning rate."
        )
    images = scale(as_batch(images))
    if images.ndim == 3:
        images = images[..., np.newaxis]
    wanted = tuple(model.inputs[0].shape[1:])
    fits = [n in (None, found) for n, found in zip(wanted, images.shape[1:], strict=False)]
    if len(wanted) != 3 or not all(fits):
        raise ValueError(
            f"The network “{model.name}” takes pictures of shape {wanted}, and these have "
            f"{images.shape[1:]}. Give those that it was trained on, or build a network with "
            "input_shape=images.shape[1:]."
        )
    return chain, images


def first_filter(maps: np.ndarray) -> int:
    """Choose a filter to begin with: one that answers strongly, and not everywhere."""
    return int((maps.std(axis=(0, 1)) * np.mean(maps == 0, axis=(0, 1))).argmax())


class _Layer(NamedTuple):
    """What is known of a layer: the maps of some pictures, and the largest answers of more."""

    maps: dict[int, np.ndarray]  # by picture, shape (height, width, filters)
    largest: np.ndarray  # of each searched picture and filter
    places: np.ndarray  # row * width + column of it
    lowest: float
    field: Field


class _Answers:
    """The answers of a network's convolutions, computed for each layer when it is needed."""

    def __init__(
        self, model: "keras.Model", names: dict[str, list], images: np.ndarray, shown: Sequence[int]
    ) -> None:
        self.model, self.names, self.images, self.shown = model, names, images, shown
        spread = np.linspace(0, len(images) - 1, MOST - len(shown)).astype(int)
        self.searched = np.union1d(spread, shown)
        self.of = cache(self._compute)

    def _compute(self, name: str) -> _Layer:
        from helpers.backstage.quiet import keras

        layers = self.names[name]
        field = receptive_field(layers)
        part = keras.Model(self.model.inputs[0], layers[-1].output)
        maps, largest, places, lowest = {}, [], [], []
        for first in range(0, len(self.searched), BATCH):
            indices = self.searched[first : first + BATCH]
            result = part(self.images[indices], training=False)
            found = keras.ops.convert_to_numpy(keras.ops.cast(result, "float32"))
            maps |= {index: found[indices == index][0] for index in self.shown if index in indices}
            found = found.reshape(len(found), -1, found.shape[-1])
            largest.append(found.max(axis=1))
            places.append(found.argmax(axis=1))
            lowest.append(float(found.min()))
        return _Layer(maps, np.concatenate(largest), np.concatenate(places), min(lowest), field)

    def patches(self, name: str, number: int) -> tuple[list[np.ndarray], np.ndarray]:
        """Cut the strongest patches of a filter from the pictures; return them and the answers."""
        layer = self.of(name)
        order = np.argsort(-layer.largest[:, number], kind="stable")[:PATCHES]
        width = next(iter(layer.maps.values())).shape[1]
        crops = []
        for index in order:
            place = divmod(int(layer.places[index, number]), width)
            crops.append(_crop(self.images[self.searched[index]], layer.field, place))
        return crops, layer.largest[order, number]


class _Scene:
    """The picture of the playground: one map large, all maps small, the strongest patches."""

    def __init__(
        self, answers: _Answers, names: dict[int, str], controls: dict[str, Widget]
    ) -> None:
        self.answers, self.names, self.controls = answers, names, controls
        self.figure = new_figure(height=4.75)
        self.panels = [Tiles(self.figure, 0.005, y, 0.24, 0.43) for y in (0.505, 0.005)]
        self.frames = [add_frame(panel.ax) for panel in self.panels]
        self.mosaic = Tiles(self.figure, 0.285, 0.315, 0.71, 0.62)
        self.frame = add_frame(self.mosaic.ax)
        self.patches = Tiles(self.figure, 0.285, 0.072, 0.71, 0.155)
        y = self.patches.ax.bbox.y0 / self.figure.bbox.height - 0.035
        self.texts = [self.figure.text(0, y, "", ha="center", fontsize=11) for _ in range(PATCHES)]

    def draw(self, picture: int, layer: str, filter: int) -> str:
        known = self.answers.of(layer)
        maps, field = known.maps[picture], known.field
        n = maps.shape[-1]
        self.controls["filter"].max = n - 1
        filter = self.controls["filter"].value
        values = maps[..., filter]
        tints, meaning = color_maps(maps, known.largest.max(axis=0), known.lowest)
        differs = values.max() > values.min()
        place = divmod(int(values.argmax()), values.shape[1])
        corner = [p * step + s for p, step, s in zip(place, field.step, field.start, strict=True)]
        image, name = self.answers.images[picture], self.names[picture]

        rim = -(-values.shape[0] // 40)  # a frame of one number would hide it
        around = [p - rim for p in place], (1 + 2 * rim,) * 2
        self._show(0, image, corner, field.size, differs)
        self._show(1, tints[..., filter, :], *around, differs)
        self.panels[0].ax.title.set_text(f"picture, {size_of(image)}")
        self.panels[1].ax.title.set_text(f"map of filter {filter}, {size_of(values)}")
        x, y, height, width = self.mosaic.show(np.moveaxis(tints, 2, 0))[filter]
        self.frame.set_bounds(x, y, width, height)
        self.mosaic.ax.title.set_text(
            f"all {n} maps of {plain(layer)}, from 0 row by row; filter {filter} framed"
        )
        window = f"{field.size[0]} × {field.size[1]} pixels"
        answers = self._show_patches(layer, filter, window)
        framed = "; framed: where the answer is largest" if differs else ""
        self.figure.set_label(
            f"Left: {name}, {size_of(image)}, and below it the map of filter {filter} of {layer}, "
            f"{size_of(values)}, {meaning}{framed}. Right: all {n} "
            f"maps as small tiles. Below: {len(answers)} patches of {window}, with the answers "
            f"{', '.join(answers)}."
        )
        text = (
            f"Filter {filter} of {layer} looks at {window} at a time. On this picture, {name}, its "
            f"answers go from {say(values.min(), 2)} to {say(values.max(), 2)}, and "
            f"{np.mean(values == 0):.0%} of them are 0. "
        )
        if differs:
            ends = [start + length - 1 for start, length in zip(corner, field.size, strict=True)]
            text += (
                f"The largest is framed: row {place[0]}, column {place[1]} of the map, made of "
                f"rows {say(corner[0])} to {ends[0]} and columns {say(corner[1])} to {ends[1]} of "
                "the picture, all counted from 0. "
            )
        searched = len(self.answers.searched)
        if known.largest[:, filter].max() == 0 and known.lowest >= 0:
            return f"{text}It answers 0 everywhere in all {searched} pictures: it is dead."
        return text + (
            f"The patches are the strongest of {searched} pictures, at most one of each; the "
            f"strongest answer is {answers[0]}. The maps are {meaning}, each relative to "
            "the strongest answer of its filter."
        )

    def _show(
        self, index: int, data: np.ndarray, corner: Sequence[int], size: Sequence[int], framed: bool
    ) -> None:
        """Show the picture or the map, with a frame in it."""
        _, _, height, width = self.panels[index].show([data])[0]
        scales = np.divide((height, width), data.shape[:2])
        (y, x), (rows, columns) = corner * scales, size * scales
        self.frames[index].set_bounds(x, y, columns, rows)
        self.frames[index].set_visible(framed)

    def _show_patches(self, layer: str, filter: int, window: str) -> list[str]:
        """Show the strongest patches of a filter, and return its answers to them."""
        crops, largest = self.answers.patches(layer, filter)
        answers = [say(answer, 2) for answer in largest]
        boxes, ax = self.patches.show(crops), self.patches.ax
        for text, answer, (x, _, _, width) in zip(self.texts, answers, boxes, strict=False):
            text.set_text(answer)
            text.set_x((ax.bbox.x0 + x + width / 2) / self.figure.bbox.width)
        ax.title.set_text(f"patches of {window} with the largest answers")
        return answers


class Tiles:
    """Small pictures side by side in a part of a figure, without margins between pixels."""

    def __init__(
        self, figure: Figure, left: float, bottom: float, width: float, height: float
    ) -> None:
        self.ax, self.image = add_pixels(figure, left, bottom, width, height)
        rows, columns = self.image.get_size()
        self.ax.set(xlim=(0, columns), ylim=(rows, 0))

    def show(self, tiles: Sequence[np.ndarray]) -> list[tuple[int, int, int, int]]:
        """Show tiles in 0..1, and return of each its place: x, y, height, width."""
        height, width = tiles[0].shape[:2]
        free = self.image.get_size()
        room = [
            min(free[1] / n / width, free[0] / -(-len(tiles) // n) / height)
            for n in range(1, len(tiles) + 1)
        ]
        columns = int(np.argmax(room)) + 1
        h, w = (int(max(room) * n) for n in (height, width))
        canvas = np.full((*free, RGB), 255, dtype=np.uint8)
        boxes = []
        for index, tile in enumerate(tiles):
            row, column = divmod(index, columns)
            y, x = row * h, column * w
            pixels = np.broadcast_to(np.rint(255 * tile).astype(np.uint8), (height, width, RGB))
            shrunk = Image.Resampling.BOX if h < height else Image.Resampling.NEAREST
            small = Image.fromarray(pixels).resize((max(w - GAP, 1), max(h - GAP, 1)), shrunk)
            canvas[y : y + small.height, x : x + small.width] = small
            boxes.append((x, y, small.height, small.width))
        self.image.set_data(canvas)
        return boxes


def color_maps(maps: np.ndarray, peaks: np.ndarray, lowest: float) -> tuple[np.ndarray, str]:
    """Return the colors of maps, and what they mean, relative to the peak of each filter."""
    if lowest >= 0:
        # The square root, so that weak answers are seen, too.
        levels = np.sqrt(maps / np.where(peaks > 0, peaks, 1))
        shades = np.repeat(levels[..., np.newaxis], RGB, axis=-1)
        return shades, "black at 0, lighter for larger numbers"
    limits = np.maximum(peaks, np.abs(maps).max(axis=(0, 1)))
    tints = SIGNS(0.5 + 0.5 * maps / np.where(limits > 0, limits, 1))
    return tints[..., :RGB], SIGNS_MEANING


def _crop(image: np.ndarray, field: Field, place: tuple[int, int]) -> np.ndarray:
    """Cut out what a number of a feature map depends on; black where it lies outside."""
    corner = [s + p * step for s, p, step in zip(field.start, place, field.step, strict=True)]
    rims = [
        (max(-c, 0), max(c + size - n, 0))
        for c, size, n in zip(corner, field.size, image.shape, strict=False)
    ]
    padded = np.pad(image, [*rims, (0, 0)])
    y, x = (c + rim[0] for c, rim in zip(corner, rims, strict=True))
    return padded[y : y + field.size[0], x : x + field.size[1]]
