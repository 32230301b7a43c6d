"""What all drawings share: a sheet to draw on, colors, masks, and chance.

Everything is drawn at 256 x 256 pixels and reduced to 64 x 64 at the very end, which
smooths the edges. Random numbers come from the ``numpy.random.Generator`` that each
function is given, so that the same seed gives the same picture. Coordinates are
rounded to whole pixels before they reach Pillow: then no processor's way of rounding
can move an edge.
"""

import colorsys

import numpy as np
from PIL import Image, ImageDraw

SIDE = 256
Color = tuple[int, int, int]


def new_sprite(side: int = SIDE) -> Image.Image:
    """Return an empty, fully transparent RGBA image."""
    return Image.new("RGBA", (side, side), (0, 0, 0, 0))


def chance(rng, share: float) -> bool:
    """Return True in this share of the calls."""
    return rng.random() < share


def pick(rng, *choices):
    """Return one of the choices at random."""
    return choices[int(rng.integers(len(choices)))]


def words(function) -> str:
    """Return the name of a function that draws one kind of thing, in words."""
    return function.__name__.replace("_", " ")


def whole(points) -> list[tuple[int, int]]:
    """Round (x, y) points to whole pixels."""
    return [(int(round(float(x))), int(round(float(y)))) for x, y in points]


def color(rng, hue=(0.0, 1.0), saturation=(0.1, 0.9), value=(0.2, 0.95)) -> Color:
    """Draw a random RGB color (0..255) from ranges of hue, saturation and value."""
    h = rng.uniform(*hue) % 1.0
    s, v = rng.uniform(*saturation), rng.uniform(*value)
    return tuple(int(round(255 * c)) for c in colorsys.hsv_to_rgb(h, s, v))


def shade(rgb: Color, factor: float) -> Color:
    """Make a color darker (factor < 1) or lighter (factor > 1)."""
    return tuple(int(min(255, max(0, round(c * factor)))) for c in rgb[:3])


def mix(a: Color, b: Color, share: float) -> Color:
    """Blend two colors; ``share`` is the part of ``b``."""
    return tuple(int(round(x * (1 - share) + y * share)) for x, y in zip(a, b, strict=True))


def to_image(levels: np.ndarray) -> Image.Image:
    """Turn a float array in 0..255 into an image: RGB if it has three channels, gray if none."""
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def gradient(size: tuple[int, int], start: Color, end: Color) -> Image.Image:
    """Return an RGB image that runs from one color at the top to another at the bottom."""
    width, height = size
    ramp = np.linspace(0, 1, height)[:, None]
    line = np.asarray(start) * (1 - ramp) + np.asarray(end) * ramp
    return to_image(np.broadcast_to(line[:, None, :], (height, width, 3)))


def blotches(rng, size: tuple[int, int], cells: int, strength: float) -> np.ndarray:
    """Return smooth random lightness factors around 1, shape (height, width), float64."""
    width, height = size
    coarse = rng.uniform(-1, 1, (cells + 1, cells + 1)) * 127 + 128
    smooth = Image.fromarray(coarse.astype(np.uint8)).resize((width, height), Image.BICUBIC)
    return 1 + strength * (np.asarray(smooth, dtype=np.float64) - 128) / 127


def polygon_mask(points, side: int = SIDE) -> Image.Image:
    """Return an 'L' mask that is 255 inside the polygon."""
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).polygon(whole(points), fill=255)
    return mask
