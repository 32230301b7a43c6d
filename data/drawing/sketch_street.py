"""Draw the data set "Sketch Street 10": pictures of household objects, 64 x 64 pixels.

    python data/drawing/sketch_street.py [--out FOLDER] [--processes N]

A picture is a place, things that stand about in it, the object, and a camera. Everything about
a picture follows from one seed, so any single picture can be drawn again: ``draw_one``. What the
program knows of each picture, such as its place, goes into ``attributes.csv``.
"""

import argparse
import csv
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data.drawing import furniture, household, other_things, scenes
from data.drawing.sheet import SIDE, blotches, pick, polygon_mask

CLASS_NAMES = (
    "day bed",
    "dishrag",
    "plate",
    "running shoe",
    "soap dispenser",
    "street sign",
    "table lamp",
    "tile roof",
    "toilet seat",
    "washing machine",
)
# Things of other kinds, for a network that shall never have seen one of the ten before.
OTHER_NAMES = (
    "bicycle",
    "camera",
    "guitar",
    "hat",
    "kettle",
    "ladder",
    "mailbox",
    "radio",
    "scissors",
    "teddy bear",
    "umbrella",
    "watering can",
)
OBJECTS = {**furniture.OBJECTS, **household.OBJECTS, **other_things.OBJECTS}
TRAIN_COUNTS = (81, 64, 112, 93, 76, 85, 104, 69, 90, 104)  # unequal, as in life
TEST_COUNTS = (27, 21, 38, 31, 25, 28, 35, 23, 30, 35)
BASE_SEED = 20101
FINAL_SIDE = 64
PART = 16  # how many pictures a process draws at a time
DEFAULT_OUT = Path(__file__).resolve().parents[1] / "sketch-street-10"

# How hard the pictures are. Each number is a strength or a share of the pictures; larger is harder,
# unless the comment says otherwise.

# -- the object
SCALE_FACTOR = (0.88, 1.28)  # multiplies the object's own range of sizes; smaller is harder
TURN_STANDING = 6.0  # degrees by which things that stand, hang or are fixed may lean
TURN_LYING = 45.0  # degrees by which things on a table may be turned
ROOF = "tile roof"  # the one object that stands on a house, not on the ground
HOUSE_SHARE = 0.75  # share of roofs outdoors that get the front of a house below them
ROUND_THINGS = ("plate", "dishrag")  # these may lie at any turn
SQUEEZE = 0.15  # how much the width or the height may shrink
TAPER = 0.08  # how much one side may shrink against the other, as seen at an angle
HUE_SHIFT = 0.05  # largest turn of the object's colors around the color circle (1 is a full turn)
SATURATION = (0.8, 1.5)  # multiplies the strength of the object's colors
BRIGHTNESS = (0.72, 1.18)  # multiplies the object's lightness
ELSEWHERE = 0.06  # share of objects in a place where one would not look for them

SHELF_SHARE = 0.4  # share of objects before a wall that stand on a shelf

# -- what hides it
CUT_SHARE = 0.1  # share of objects that the picture's edge may cut
CUT_DEPTH = 0.32  # the largest part that the edge cuts off
HIDDEN_SHARE = 0.12  # share of pictures with something in front of the object
HIDDEN_SIZE = (0.25, 0.55)  # how large the thing in front is, as part of the object

# -- what distracts from it
CLUTTER_COUNTS = (0.55, 0.33, 0.12, 0)  # shares of pictures with 0, 1, 2, 3 pieces of clutter
CLUTTER_SIZE = (0.18, 0.50)  # size of a piece of clutter as part of the picture's side
OTHER_CLASS_SHARE = 0.04  # share of pictures with a smaller object of another class
OTHER_CLASS_SIZE = (0.40, 0.65)  # its size as part of the object's

# -- light
FALL_OFF = (0, 0.15)  # how much darker the side away from the light is
SHADOW = (0.25, 0.65)  # how dark the shadows of things are
SUN_PATCH_SHARE = 0.08  # share of pictures with a patch of sun, or of shade
SUN_PATCH = (0.25, 0.7)  # how much lighter or darker the patch is
LAMP_SHARE = 0.04  # share of pictures that are lit by one lamp, whose light fades with distance
LAMP = (0.3, 0.9)  # how much of the light the lamp gives; the rest comes from all sides
DAPPLE = 0.12  # uneven light over the picture

# Things of a class are often seen in the same light: lamps in the evening, signs under the sky.
# The tint changes color only, not brightness.
USUAL_TINT_SHARE = 0.6  # share of pictures whose light is tinted; a larger one is easier
USUAL_TINT = (0.025, 0.065)  # strength of that tint; a larger one is easier
USUAL_HUE = {  # in degrees around the color circle: 0 is red, 120 green, 240 blue
    "day bed": 10,
    "dishrag": 115,
    "plate": 70,
    "running shoe": 270,
    "soap dispenser": 160,
    "street sign": 235,
    "table lamp": 40,
    "tile roof": 340,
    "toilet seat": 310,
    "washing machine": 205,
    "bicycle": 220,
    "camera": 290,
    "guitar": 25,
    "hat": 55,
    "kettle": 190,
    "ladder": 85,
    "mailbox": 250,
    "radio": 0,
    "scissors": 175,
    "teddy bear": 325,
    "umbrella": 265,
    "watering can": 130,
}

# -- camera
CAST = 0.03  # strength of the color cast: tungsten, daylight, greenish
EXPOSURE = (1.15, 1.5)  # multiplies all light; below 1 is darker
CONTRAST = (1.3, 1.7)  # below 1 is flatter
FADE = 0.05  # largest loss of color in a picture
BEHIND_SHARE = 0.4  # share of pictures whose background is out of focus (helps to see the object)
BEHIND = (1, 3)  # how much, in pixels of the large picture
BEHIND_LIGHT = (0.45, 0.72)  # light on the background; less makes the object stand out
BEHIND_COLOR = (0.2, 0.6)  # strength of the background's colors; less makes the object stand out
BLUR_SHARE = 0.05  # share of pictures that are a little out of focus
BLUR = (0.5, 2.4)  # radius of that blur, in pixels of the large picture (4 of them are one of ours)
MOTION_SHARE = 0.02  # share of pictures that the hand has shaken
MOTION = (3, 9)  # length of the shake, in pixels of the large picture
NOISE = (0.5, 1.2)  # the sensor's noise, in gray levels
SOFT_COLOR_SHARE = 0.2  # share of pictures whose colors are coarser than their light, as in JPEG


class Attributes(NamedTuple):
    """What the program knows of a picture, besides its class."""

    kind: str  # the variant of the object, such as "desk lamp"
    place: str  # "room", "table", "wall", "yard", "street" or "field"
    view: str  # "standing", "above", "wall" or "hanging"
    outdoors: bool
    size: float  # share of the picture that the object covers, where it can be seen
    hidden: float  # share of the object that the edge or a thing in front hides
    brightness: float  # mean of the finished picture, 0 to 1


# ---------------------------------------------------------------- the object and other things


def recolor(rng: np.random.Generator, sprite: Image.Image) -> Image.Image:
    """Shift hue, saturation and brightness of a sprite a little."""
    angle = 2 * np.pi * rng.uniform(-HUE_SHIFT, HUE_SHIFT)
    light = rng.uniform(*BRIGHTNESS)
    cos, sin = rng.uniform(*SATURATION) * np.array([np.cos(angle), np.sin(angle)])
    # Gray stays gray: each row of the matrix sums to the brightness.
    third, root = (1 - cos) / 3, sin / np.sqrt(3)
    near, far, main = third - root, third + root, third + cos
    rows = ((main, near, far), (far, main, near), (near, far, main))
    matrix = [round(light * float(v), 4) for row in rows for v in (*row, 0.0)]
    result = sprite.convert("RGB").convert("RGB", matrix)
    result.putalpha(sprite.getchannel("A"))
    return result


def pose(
    rng: np.random.Generator, sprite: Image.Image, side: float, turn: float, flip: bool
) -> Image.Image:
    """Scale, squeeze, taper, flip and turn a sprite; return what is visible of it."""
    sprite = sprite.crop(sprite.getbbox())
    factor = side / max(sprite.size)
    squeeze = 1 - rng.uniform(0, SQUEEZE)
    across, along = (squeeze, 1.0) if rng.random() < 0.5 else (1.0, squeeze)
    w = max(4, round(sprite.size[0] * factor * across))
    h = max(4, round(sprite.size[1] * factor * along))
    sprite = sprite.resize((w, h), Image.BILINEAR, reducing_gap=2.0)
    if flip:
        sprite = sprite.transpose(Image.FLIP_LEFT_RIGHT)
    if rng.random() < 0.5:  # one side is farther away and therefore smaller
        d = rng.uniform(0, TAPER) * h
        left, right = (d, 0) if rng.random() < 0.5 else (0, d)
        corners = (0, -left, 0, h + left, w, h + right, w, -right)
        sprite = sprite.transform((w, h), Image.QUAD, corners, Image.BILINEAR)
    if abs(turn) > 0.5:
        sprite = sprite.rotate(round(turn, 2), Image.BILINEAR, expand=True)
    return sprite.crop(sprite.getbbox())


def shadow_mask(sprite: Image.Image, x: int, y: int, view: str, light: int) -> Image.Image:
    """Return where a thing's shadow falls, behind or below it: a blurred copy of its outline."""
    alpha = sprite.getchannel("A")
    w, h = sprite.size
    mask = Image.new("L", (SIDE, SIDE), 0)
    if view == "standing":
        flat = max(4, int(h * 0.28))
        outline = alpha.resize((w, flat))
        lean = 0.9 * light
        wide = w + flat
        shift = 0.0 if light > 0 else float(-flat)
        data = (1.0, lean, shift - (lean * flat if light > 0 else 0.0), 0.0, 1.0, 0.0)
        outline = outline.transform((wide, flat), Image.AFFINE, data, Image.BILINEAR)
        mask.paste(outline, (x - (0 if light > 0 else flat), y + h - flat + 2))
        contact = (x + w // 12, y + h - max(4, h // 16), x + w - w // 12, y + h + max(4, h // 24))
        ImageDraw.Draw(mask).ellipse(contact, fill=255)
        blur = 5
    else:
        d = 5 if view == "above" else 9
        mask.paste(alpha, (x + d * light, y + d))
        blur = 4
    return mask.filter(ImageFilter.BoxBlur(blur))


def put(
    scene: scenes.Scene, sprite: Image.Image, x: float, y: float, light: int, strength: float
) -> Image.Image:
    """Put a thing with its shadow into the picture; return a mask of what it covers."""
    x, y = round(x), round(y)
    scenes.darken(scene.image, shadow_mask(sprite, x, y, scene.view, light), strength)
    scene.image.paste(sprite, (x, y), sprite)
    mask = Image.new("L", (SIDE, SIDE), 0)
    mask.paste(sprite.getchannel("A"), (x, y))
    return mask


def add_clutter(rng: np.random.Generator, scene: scenes.Scene, light: int, strength: float) -> None:
    """Put up to three pieces of clutter into the place."""
    things = []
    for _ in range(int(rng.choice(len(CLUTTER_COUNTS), p=CLUTTER_COUNTS))):
        sprite = pick(rng, *scene.clutter)(rng)
        turn = rng.uniform(-180, 180) if scene.view == "above" else rng.uniform(-5, 5)
        sprite = pose(rng, sprite, SIDE * rng.uniform(*CLUTTER_SIZE), turn, light < 0)
        low = rng.uniform(scene.ground + 8, SIDE + 20)
        if scene.view in ("above", "wall"):
            low = rng.uniform(20, SIDE + 30)
        things.append((low, rng.uniform(-30, SIDE - 30), sprite))
    for low, x, sprite in sorted(things, key=lambda thing: thing[0]):  # the farthest first
        put(scene, sprite, x, low - sprite.size[1], light, strength)


def choose_scene(rng: np.random.Generator, name: str) -> scenes.Scene:
    """Draw a place for an object: mostly a usual one, at times an unusual one."""
    places = OBJECTS[name]["places"]
    if rng.random() < ELSEWHERE:
        place = pick(rng, "floor", "floor", "table", "outdoors", "outdoors")
        if place == "table" and place not in places:
            place = "floor"
        if name == ROOF:  # a porch
            place = "wall"
    else:
        place = pick(rng, *places)
    return scenes.make_scene(rng, place)


def turn_for(rng: np.random.Generator, scene: scenes.Scene, name: str) -> float:
    """Return by how many degrees an object is turned."""
    if scene.view != "above":
        most = 3.0 if name == ROOF else TURN_STANDING
        return float(np.clip(rng.normal(0, most / 2), -most, most))
    if name in ROUND_THINGS:
        return rng.uniform(-180, 180)
    return rng.uniform(-TURN_LYING, TURN_LYING)


def place_for(
    rng: np.random.Generator, scene: scenes.Scene, size: tuple[int, int], cut: bool
) -> tuple[float, float]:
    """Return the left and upper edge for a thing of this size; the picture's edge may cut it."""
    w, h = size
    out = CUT_DEPTH if cut else 0.04
    x = rng.uniform(-out * w, max(-out * w + 1, SIDE - w + out * w))
    if scene.view == "hanging":
        return x, scene.line - rng.uniform(2, 10)
    if scene.view == "standing":
        first = max(scene.ground + 0.2 * (SIDE - scene.ground), h * (1 - out))
        last = SIDE + out * h - 4
        low = rng.uniform(min(first, last), last)
        return x, low - h
    if SIDE - h + out * h < -out * h:
        return x, (SIDE - h) / 2
    return x, rng.uniform(-out * h, SIDE - h + out * h)


def add_pegs(rng: np.random.Generator, picture: Image.Image, x: float, w: float, line: int) -> None:
    """Two pegs that hold a hanging thing on its cord."""
    draw = ImageDraw.Draw(picture)
    tone = scenes.wood_color(rng)
    for share in (rng.uniform(0.1, 0.35), rng.uniform(0.65, 0.9)):
        px = int(x + w * share)
        draw.rectangle((px, line - 9, px + 6, line + 13), fill=tone)


def add_in_front(
    rng: np.random.Generator,
    scene: scenes.Scene,
    x: float,
    y: float,
    size: tuple[int, int],
    light: int,
    strength: float,
) -> Image.Image:
    """Put something in front of a part of the object; return a mask of what it covers."""
    w, h = size
    kinds = scenes.LYING if scene.view == "above" else scenes.IN_FRONT
    if scene.outdoors:
        kinds = scenes.OUTSIDE
    side = max(w, h) * rng.uniform(*HIDDEN_SIZE)
    turn = rng.uniform(-180, 180) if scene.view == "above" else rng.uniform(-8, 8)
    sprite = pose(rng, pick(rng, *kinds)(rng), side, turn, light < 0)
    left = x + rng.uniform(-0.1, 1.1) * w - sprite.size[0] / 2
    if scene.view == "above":
        top = y + rng.uniform(-0.1, 1.1) * h - sprite.size[1] / 2
    elif scene.view == "standing":
        top = y + h * rng.uniform(1.0, 1.12) - sprite.size[1]
    else:  # nothing to stand on: it reaches into the picture from below
        top = max(y + h * rng.uniform(0.6, 0.9), SIDE - 0.9 * sprite.size[1])
    return put(scene, sprite, left, top, light, strength)


def add_house_front(
    rng: np.random.Generator, scene: scenes.Scene, size: tuple[int, int], x: float
) -> float:
    """Raise a house where the roof will be put; return the row of the roof's upper edge."""
    w, h = size
    base = int(rng.uniform(scene.ground, max(scene.ground + 1, SIDE - 20)))
    top = int(rng.uniform(max(0.55 * h, base - 150), max(0.56 * h, base - 20)))
    inset = int(w * rng.uniform(0.03, 0.14))
    left, right = int(x) + inset, int(x) + w - inset
    # The wall starts behind the roof, so that no sky shows between the two.
    scenes.add_front(rng, scene.image, left, right, top - 8, max(base, top + 20))
    return top - h


# ---------------------------------------------------------------- light and camera


def light_field(rng: np.random.Generator, light: int) -> np.ndarray:
    """Return the light over the small picture, shape (64, 64, 1): 1 is full light."""
    n = FINAL_SIDE
    across = np.linspace(-1, 1, n)[None, :] * light
    down = np.linspace(-1, 1, n)[:, None]
    lean = rng.uniform(-0.6, 1.0)
    slope = (across + lean * down) / (1 + abs(lean))
    field = 1 - rng.uniform(*FALL_OFF) * (0.5 + 0.5 * slope)
    corner = across**2 + down**2
    field = field * (1 - rng.uniform(0, 0.12) * corner)
    field = field * blotches(rng, (n, n), 3, rng.uniform(0, DAPPLE))
    if rng.random() < LAMP_SHARE:
        x, y = -light * rng.uniform(0.0, 0.9), rng.uniform(-0.9, 0.4)
        distance = (np.linspace(-1, 1, n)[None, :] - x) ** 2 + (down - y) ** 2
        part = rng.uniform(*LAMP)
        field = field * (1 - part + 1.4 * part / (1 + 1.6 * distance))
    if rng.random() < SUN_PATCH_SHARE:
        x, y, w, h = rng.uniform(-40, 200), rng.uniform(70, 220), *rng.uniform(50, 150, 2)
        lean = rng.uniform(-60, 60)
        points = [(x + lean, y), (x + w + lean, y), (x + w, y + h), (x, y + h)]
        mask = polygon_mask(points).filter(ImageFilter.BoxBlur(6)).reduce(SIDE // n)
        sign = 1 if rng.random() < 0.65 else -0.6
        patch = np.asarray(mask, dtype=np.float64) / 255
        field = field * (1 + sign * rng.uniform(*SUN_PATCH) * patch)
    return field[:, :, None]


def color_cast(rng: np.random.Generator, name: str) -> np.ndarray:
    """Return three factors for red, green and blue: the tint of the lamp or the sky."""
    tints = np.array([[1.0, 0.1, -1.0], [-0.8, 0.0, 0.9], [-0.5, 0.7, -0.3], [0.0, 0.0, 0.0]])
    cast = CAST * rng.uniform(0.2, 1.0) * tints[int(rng.choice(4, p=[0.35, 0.2, 0.15, 0.3]))]
    if rng.random() < USUAL_TINT_SHARE:
        # Cosines of three angles a third of a turn apart sum to zero: brightness stays.
        angles = np.radians(USUAL_HUE[name] - np.array([0, 120, 240]))
        cast = cast + rng.uniform(*USUAL_TINT) * np.cos(angles)
    return 1 + cast


def photograph(rng: np.random.Generator, picture: Image.Image, light: int, name: str) -> np.ndarray:
    """Take the picture: focus, reduction to 64 x 64, light, color cast, contrast, noise."""
    if rng.random() < BLUR_SHARE:
        picture = picture.filter(ImageFilter.GaussianBlur(round(rng.uniform(*BLUR), 2)))
    if rng.random() < MOTION_SHARE:
        dx, dy = rng.uniform(-1, 1, 2) * rng.uniform(*MOTION)
        for part in (1.0, 0.5):  # two steps of halving the shake: four copies, averaged
            moved = ImageChops.offset(picture, round(dx * part), round(dy * part))
            picture = Image.blend(picture, moved, 0.5)
    rng.random()  # decides nothing; but the shipped pictures were drawn with one number more
    tiny = picture.resize((FINAL_SIDE, FINAL_SIDE), Image.LANCZOS)
    if rng.random() < SOFT_COLOR_SHARE:
        parts = list(tiny.convert("YCbCr").split())
        for i in (1, 2):
            parts[i] = parts[i].reduce(2).resize(tiny.size, Image.BILINEAR)
        tiny = Image.merge("YCbCr", parts).convert("RGB")
    rgb = np.asarray(tiny, dtype=np.float64)
    rgb = rgb * light_field(rng, light) * color_cast(rng, name) * rng.uniform(*EXPOSURE)
    gray = rgb.mean(axis=2, keepdims=True)
    rgb = gray + (rgb - gray) * (1 - rng.uniform(0, FADE))
    center = rng.uniform(90, 140)
    rgb = center + (rgb - center) * rng.uniform(*CONTRAST)
    # Bright parts are compressed, not cut off, as film and cameras do.
    rgb = np.where(rgb > 200, 200 + 55 * (1 - 1 / (1 + np.maximum(rgb - 200, 0) / 55)), rgb)
    level = rng.uniform(*NOISE)
    noise = rng.normal(0, level, (FINAL_SIDE, FINAL_SIDE, 1))
    noise = noise + rng.normal(0, level * 0.5, (FINAL_SIDE, FINAL_SIDE, 3))
    return np.clip(np.rint(rgb + noise), 0, 255).astype(np.uint8)


# ---------------------------------------------------------------- pictures and sets


def draw_scene(
    rng: np.random.Generator, label: int, names: tuple[str, ...] = CLASS_NAMES
) -> tuple[Image.Image, int, dict]:
    """Draw the large picture.

    Return it, the side that the light comes from (1 is left), and what ``Attributes`` holds,
    without the brightness.
    """
    name = names[label]
    scene = choose_scene(rng, name)
    light = 1 if rng.random() < 0.5 else -1
    strength = rng.uniform(*SHADOW)
    add_clutter(rng, scene, light, strength)

    low, high = OBJECTS[name]["scale"]
    side = SIDE * rng.uniform(low * SCALE_FACTOR[0], high * SCALE_FACTOR[1])
    sprite, kind = OBJECTS[name]["draw"](rng)
    sprite = recolor(rng, sprite)
    sprite = pose(rng, sprite, side, turn_for(rng, scene, name), light < 0)
    x, y = place_for(rng, scene, sprite.size, rng.random() < CUT_SHARE)

    if name == ROOF and scene.outdoors and rng.random() < HOUSE_SHARE:
        y = add_house_front(rng, scene, sprite.size, x)
    if scene.view == "wall" and name != ROOF and rng.random() < SHELF_SHARE:
        scenes.add_shelf_board(
            rng, scene.image, int(y) + sprite.size[1] - 3, int(x), sprite.size[0]
        )
    if rng.random() < BEHIND_SHARE:
        blur = ImageFilter.BoxBlur(int(rng.integers(BEHIND[0], BEHIND[1] + 1)))
        scene.image = scene.image.filter(blur)
    scene.image = ImageEnhance.Color(scene.image).enhance(rng.uniform(*BEHIND_COLOR))
    scene.image = ImageEnhance.Brightness(scene.image).enhance(rng.uniform(*BEHIND_LIGHT))

    if rng.random() < OTHER_CLASS_SHARE:
        others = [other for other in names if other != name]
        other = pick(rng, *others)
        extra = recolor(rng, OBJECTS[other]["draw"](rng)[0])
        other_side = side * rng.uniform(*OTHER_CLASS_SIZE)
        extra = pose(rng, extra, other_side, turn_for(rng, scene, other), light < 0)
        other_x, other_y = place_for(rng, scene, extra.size, True)
        # Away from the object, so that it peeps out from behind it or stands alone.
        if x + sprite.size[0] / 2 > SIDE / 2:
            other_x = min(other_x, x - 0.5 * extra.size[0])
        else:
            other_x = max(other_x, x + sprite.size[0] - 0.5 * extra.size[0])
        if scene.view == "standing":  # farther away: its feet are higher up
            other_y = min(other_y, y + sprite.size[1] - extra.size[1] - 4)
        put(scene, extra, other_x, other_y, light, strength)

    seen = put(scene, sprite, x, y, light, strength)
    if scene.view == "hanging":
        add_pegs(rng, scene.image, x, sprite.size[0], scene.line)
    if rng.random() < HIDDEN_SHARE:
        in_front = add_in_front(rng, scene, x, y, sprite.size, light, strength)
        seen = ImageChops.subtract(seen, in_front)
    area = float(np.asarray(seen).sum())
    facts = dict(
        kind=kind,
        place=scene.place,
        view=scene.view,
        outdoors=scene.outdoors,
        size=round(area / (255 * SIDE**2), 3),
        hidden=round(1 - area / float(np.asarray(sprite.getchannel("A")).sum()), 3),
    )
    return scene.image, light, facts


def draw_picture(
    seed: int | np.random.SeedSequence, label: int, names: tuple[str, ...] = CLASS_NAMES
) -> tuple[np.ndarray, Attributes]:
    """Draw one picture of a class.

    Parameters
    ----------
    seed : int or numpy.random.SeedSequence
        The same seed, label and names give the same picture.
    label : int
        The class, as its place in ``names``.
    names : tuple of str
        ``CLASS_NAMES`` or ``OTHER_NAMES``. No object in the picture is of any other kind.

    Returns
    -------
    numpy.ndarray
        uint8, shape (64, 64, 3).
    Attributes
    """
    rng = np.random.default_rng(seed)
    large, light, facts = draw_scene(rng, label, names)
    picture = photograph(rng, large, light, names[label])
    return picture, Attributes(**facts, brightness=round(float(picture.mean()) / 255, 3))


def shuffled_labels(counts: tuple[int, ...], seed: int | np.random.SeedSequence) -> np.ndarray:
    """Return the labels of a set with these counts in random order, int64."""
    labels = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    np.random.default_rng(seed).shuffle(labels)
    return labels


def proportional_labels(n: int) -> np.ndarray:
    """Return n labels in the proportions of the training set, int64.

    The first of them are the same for any n, and in these proportions, too.
    """
    labels = np.repeat(np.arange(len(TRAIN_COUNTS), dtype=np.int64), TRAIN_COUNTS)
    # The members of each class stand at equal distances between 0 and 1.
    places = np.concatenate([(np.arange(count) + 0.5) / count for count in TRAIN_COUNTS])
    return np.resize(labels[np.argsort(places, kind="stable")], n)


def split_seed(split: str, seed: int = BASE_SEED) -> np.random.SeedSequence:
    """Return the seed of the "train" or the "test" set, or of "more", "fresh" or "other" pictures.

    The "other" ones are of the things in ``OTHER_NAMES``.
    """
    key = {"train": 0, "test": 1, "more": 2, "fresh": 3, "other": 4}[split]
    return np.random.SeedSequence(seed, spawn_key=(key,))


def picture_seed(seed: np.random.SeedSequence, index: int) -> np.random.SeedSequence:
    """Return the seed of one picture of a set."""
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, index))


def draw_one(split: str, index: int, seed: int = BASE_SEED) -> tuple[np.ndarray, int, Attributes]:
    """Draw one picture of the "train" or the "test" set again; return it, label and attributes."""
    counts = {"train": TRAIN_COUNTS, "test": TEST_COUNTS}[split]
    label = int(shuffled_labels(counts, split_seed(split, seed))[index])
    picture, attributes = draw_picture(picture_seed(split_seed(split, seed), index), label)
    return picture, label, attributes


def draw_part(
    seed: np.random.SeedSequence,
    first: int,
    labels: list[int],
    names: tuple[str, ...] = CLASS_NAMES,
) -> tuple[np.ndarray, list[Attributes]]:
    """Draw the pictures of a set from number ``first`` on, one for each of the labels."""
    seeds = [picture_seed(seed, first + i) for i in range(len(labels))]
    images, attributes = zip(*map(draw_picture, seeds, labels, repeat(names)), strict=True)
    return np.stack(images), list(attributes)


def draw_set(
    counts: tuple[int, ...], seed: np.random.SeedSequence, processes: int = 2
) -> tuple[np.ndarray, np.ndarray, list[Attributes]]:
    """Draw a set: images (N, 64, 64, 3) uint8, labels (N,) int64, and attributes."""
    labels = shuffled_labels(counts, seed)
    firsts = range(0, len(labels), PART)
    parts = [labels[first : first + PART].tolist() for first in firsts]
    seeds = [seed] * len(parts)
    if processes == 1:
        drawn = list(map(draw_part, seeds, firsts, parts))
    else:
        with ProcessPoolExecutor(processes) as pool:
            drawn = list(pool.map(draw_part, seeds, firsts, parts))
    images = np.concatenate([images for images, _ in drawn])
    return images, labels, [one for _, attributes in drawn for one in attributes]


def main() -> None:
    """Draw both sets and write the five files, all of them or none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder for the files")
    parser.add_argument("--processes", type=int, default=2, help="how many to draw with")
    options = parser.parse_args()
    if options.processes < 1:
        parser.error(f"--processes is {options.processes}: give at least 1")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {options.out} cannot be made a folder: {error.strerror}")
    rows = [("split", "category", *Attributes._fields)]
    with tempfile.TemporaryDirectory(dir=options.out) as unfinished:
        for split, counts in (("train", TRAIN_COUNTS), ("test", TEST_COUNTS)):
            images, labels, attributes = draw_set(counts, split_seed(split), options.processes)
            np.save(Path(unfinished) / f"{split}_images.npy", images)
            np.save(Path(unfinished) / f"{split}_labels.npy", labels)
            names = [CLASS_NAMES[label] for label in labels]
            rows += [(split, name, *one) for name, one in zip(names, attributes, strict=True)]
            print(f"{split}: {len(labels)} pictures")
        with (Path(unfinished) / "attributes.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        for file in sorted(Path(unfinished).iterdir()):
            file.replace(options.out / file.name)
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()
