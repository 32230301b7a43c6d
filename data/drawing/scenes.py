"""What surrounds the object: rooms, table tops, streets, and the clutter of a lived-in place.

``make_scene`` draws an empty place, ``CLUTTER`` holds small things to put into it. Patterns are
drawn in flat colors and then weathered: multiplied by a gray image of stains and grain, which
is much quicker than computing every pixel in NumPy.
"""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from data.drawing.sheet import (
    SIDE,
    Color,
    blotches,
    color,
    gradient,
    mix,
    new_sprite,
    pick,
    polygon_mask,
    shade,
    to_image,
    whole,
)

CLUTTER_SIDE = 128


@dataclass
class Scene:
    """An empty place: the picture, the row where the ground begins, and how things lie in it."""

    image: Image.Image
    ground: int  # things stand with their feet below this row
    view: str  # "standing", "above" (things lie), "wall" (things are fixed) or "hanging"
    clutter: tuple  # the kinds of clutter that fit here
    place: str  # "room", "table", "wall", "yard", "street" or "field"
    line: int = 0  # the row of the cord or rod that things hang from
    outdoors: bool = False


# ---------------------------------------------------------------- colors and materials


def surface_color(rng: np.random.Generator) -> Color:
    """Return the color of a wall, a floor or a cloth: often pale or gray, at times strong."""
    kind = rng.random()
    if kind < 0.32:
        return color(rng, (0.04, 0.14), (0.08, 0.45), (0.40, 0.95))
    if kind < 0.50:
        return color(rng, (0.0, 1.0), (0.0, 0.08), (0.25, 0.97))
    # Paints and dyes are warm or blue more often than green or violet.
    hue = rng.choice([rng.uniform(-0.03, 0.15), rng.uniform(0.48, 0.66), rng.random()])
    if kind < 0.82:
        return color(rng, (hue, hue), (0.08, 0.38), (0.50, 0.97))
    return color(rng, (hue, hue), (0.35, 0.80), (0.25, 0.88))


def wood_color(rng: np.random.Generator) -> Color:
    """Return the color of raw, stained or painted wood."""
    if rng.random() < 0.75:
        return color(rng, (0.04, 0.11), (0.25, 0.7), (0.22, 0.85))
    return surface_color(rng)


def earth_color(rng: np.random.Generator) -> Color:
    """Return the color of soil, sand or mud."""
    return color(rng, (0.03, 0.12), (0.15, 0.55), (0.35, 0.8))


def leaf_color(rng: np.random.Generator) -> Color:
    """Return the color of leaves or grass."""
    return color(rng, (0.17, 0.40), (0.25, 0.75), (0.2, 0.7))


def stains(
    rng: np.random.Generator, size: tuple[int, int], strength: float, grain: float
) -> Image.Image:
    """Return a gray image of stains and grain, white at its lightest."""
    n = 96
    level = blotches(rng, (n, n), int(rng.integers(2, 7)), strength)
    level = level * blotches(rng, (n, n), int(rng.integers(8, 24)), strength * 0.6)
    level = level + grain * rng.uniform(-1, 1, (n, n))
    return to_image(255 * (level - 1.2 * strength)).resize(size, Image.BICUBIC)


def weather(
    rng: np.random.Generator,
    picture: Image.Image,
    strength: float | None = None,
    grain: float | None = None,
) -> Image.Image:
    """Return the picture with stains and grain, as every used surface has them."""
    strength = rng.uniform(0.02, 0.16) if strength is None else strength
    grain = rng.uniform(0.0, 0.10) if grain is None else grain
    gray = stains(rng, picture.size, strength, grain)
    return ImageChops.multiply(picture, Image.merge("RGB", (gray, gray, gray)))


def plain(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Paint, plaster or concrete: one color, at times stained, at times with cracks."""
    base = surface_color(rng)
    picture = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 4))):
            x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
            points = [(x, y)]
            for _ in range(6):
                x, y = x + rng.uniform(-16, 16), y + rng.uniform(2, 24)
                points.append((x, y))
            draw.line(whole(points), fill=shade(base, 0.65), width=2)
    return weather(rng, picture)


def rough(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Mud, rough plaster or beaten earth: strong stains, straw and pebbles."""
    base = earth_color(rng)
    picture = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(10, 60))):
        x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        w, h = rng.uniform(2, 12), rng.uniform(2, 6)
        draw.ellipse(whole([(x, y), (x + w, y + h)]), fill=shade(base, rng.uniform(0.7, 1.25)))
    return weather(rng, picture, rng.uniform(0.1, 0.22), rng.uniform(0.05, 0.18))


def boards(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Boards side by side, each with its own tone."""
    base = wood_color(rng)
    upright = rng.random() < 0.6
    picture = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(picture)
    step = int(rng.integers(14, 60))
    spread = rng.uniform(0.03, 0.2)
    along, across = (size[1], size[0]) if upright else (size[0], size[1])
    for start in range(-int(rng.integers(0, step)), across, step):
        cut = int(rng.uniform(0, along)) if rng.random() < 0.6 else 0
        for a, b in ((0, cut), (cut, along)):
            tone = shade(base, 1 + rng.uniform(-spread, spread))
            box = (start, a, start + step, b) if upright else (a, start, b, start + step)
            draw.rectangle(box, fill=tone, outline=shade(base, 0.6))
        for _ in range(2):
            q = start + int(rng.integers(3, step))
            grain_line = ((q, 0), (q, along)) if upright else ((0, q), (along, q))
            draw.line(grain_line, fill=shade(base, 1 - spread), width=2)
    return weather(rng, picture)


def tiles(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Square or oblong tiles with joints, in one color, checked, or mixed."""
    a = surface_color(rng)
    b = surface_color(rng) if rng.random() < 0.4 else shade(a, rng.uniform(0.85, 1.1))
    joint = mix(a, (90, 90, 90) if rng.random() < 0.6 else (235, 235, 230), 0.6)
    w = int(rng.integers(18, 64))
    h = w if rng.random() < 0.6 else int(w * rng.uniform(0.4, 1.6))
    style = rng.choice(["one", "checked", "mixed", "ornament"], p=[0.4, 0.2, 0.2, 0.2])
    gap = int(rng.integers(1, 5))
    picture = Image.new("RGB", size, joint)
    draw = ImageDraw.Draw(picture)
    x0, y0 = -int(rng.integers(0, w)), -int(rng.integers(0, h))
    for row, y in enumerate(range(y0, size[1], h)):
        for column, x in enumerate(range(x0, size[0], w)):
            tone = a
            if style == "checked" and (row + column) % 2:
                tone = b
            elif style == "mixed":
                tone = shade(a, rng.uniform(0.82, 1.12))
            box = (x, y, max(x, x + w - gap), max(y, y + h - gap))
            draw.rectangle(box, fill=tone)
            if style == "ornament":
                m = min(w, h) // 4
                draw.ellipse((x + m, y + m, x + w - m, y + h - m), fill=b)
    return weather(rng, picture, rng.uniform(0.01, 0.1), rng.uniform(0, 0.05))


def bricks(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Bricks or blocks in courses, bare or painted over."""
    kind = rng.random()
    if kind < 0.5:
        base = color(rng, (0.0, 0.07), (0.3, 0.7), (0.35, 0.75))
    else:
        base = surface_color(rng)
    joint = mix(base, (190, 185, 175) if rng.random() < 0.6 else (60, 55, 50), rng.uniform(0.3, 1))
    picture = Image.new("RGB", size, joint)
    draw = ImageDraw.Draw(picture)
    h = int(rng.integers(12, 34))
    w = int(h * rng.uniform(1.8, 2.8))
    spread = rng.uniform(0.04, 0.22)
    gap = int(rng.integers(2, 5))
    for row, y in enumerate(range(-int(rng.integers(0, h)), size[1], h)):
        for x in range(-w + (row % 2) * w // 2, size[0], w):
            tone = shade(base, 1 + rng.uniform(-spread, spread))
            draw.rectangle((x, y, x + w - gap, y + h - gap), fill=tone)
    return weather(rng, picture)


def stripes(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Stripes, checks or tartan, as on wallpaper, cloth and oilcloth."""
    base = surface_color(rng)
    picture = Image.new("RGB", size, base)
    other = surface_color(rng) if rng.random() < 0.6 else shade(base, rng.uniform(0.7, 1.2))
    step = int(rng.integers(10, 48))
    width = max(2, int(step * rng.uniform(0.15, 0.6)))
    style = rng.integers(0, 3)
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    if style != 1:
        for x in range(0, size[0], step):
            draw.rectangle((x, 0, x + width, size[1]), fill=190)
    picture.paste(other, (0, 0), mask)
    if style != 0:
        mask = Image.new("L", size, 0)
        draw = ImageDraw.Draw(mask)
        for y in range(0, size[1], step):
            draw.rectangle((0, y, size[0], y + width), fill=150)
        picture.paste(other, (0, 0), mask)
    return weather(rng, picture, None, rng.uniform(0, 0.06))


def motifs(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Dots, flowers or diamonds in rows, as on wallpaper, carpets and tablecloths."""
    base = surface_color(rng)
    picture = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(picture)
    inks = [surface_color(rng) for _ in range(int(rng.integers(1, 4)))]
    step = int(rng.integers(18, 56))
    r = max(2, int(step * rng.uniform(0.12, 0.36)))
    style = rng.integers(0, 3)
    for row, y in enumerate(range(0, size[1] + step, step)):
        for x in range((row % 2) * step // 2, size[0] + step, step):
            ink = pick(rng, *inks)
            if style == 0:
                draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)
            elif style == 1:
                draw.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], fill=ink)
            else:
                q = max(1, r // 2)
                for dx, dy in ((-q, 0), (q, 0), (0, -q), (0, q)):
                    draw.ellipse((x + dx - q, y + dy - q, x + dx + q, y + dy + q), fill=ink)
                draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=inks[0])
    return weather(rng, picture, None, rng.uniform(0, 0.06))


def sheet_metal(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Corrugated sheet metal, often rusty."""
    base = surface_color(rng) if rng.random() < 0.5 else (160, 165, 170)
    step = int(rng.integers(8, 22))
    line = 1 + 0.25 * np.sin(np.arange(size[0]) * (2 * np.pi / step))
    rgb = np.asarray(base) * line[:, None] * 0.9
    picture = to_image(rgb[None, :, :]).resize(size, Image.NEAREST)
    if rng.random() < 0.6:
        spots = stains(rng, size, 0.4, 0.1).point(lambda v: max(0, min(200, (110 - v) * 4)))
        picture.paste((130, 75, 45), (0, 0), spots)
    return weather(rng, picture)


def woven(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """A mat of reed or straw, or a carpet with borders."""
    base = surface_color(rng)
    picture = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(picture)
    step = int(rng.integers(6, 16))
    dark, light = shade(base, rng.uniform(0.65, 0.85)), shade(base, rng.uniform(1.05, 1.2))
    for row, y in enumerate(range(0, size[1], step)):
        for x in range((row % 2) * step, size[0], 2 * step):
            draw.rectangle((x, y, x + step - 1, y + step - 1), fill=dark if row % 2 else light)
    return weather(rng, picture)


def grass(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Grass, short or long, with bare patches."""
    base = leaf_color(rng)
    picture = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(picture)
    for _ in range(160):
        x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        top = (x + rng.uniform(-5, 5), y - rng.uniform(4, 16))
        draw.line(whole([(x, y), top]), fill=shade(base, rng.uniform(0.6, 1.4)), width=2)
    return weather(rng, picture, rng.uniform(0.1, 0.25), rng.uniform(0.05, 0.15))


WALLS = (plain, plain, plain, rough, boards, tiles, bricks, stripes, motifs, sheet_metal)
FLOORS = (boards, boards, tiles, tiles, plain, rough, woven, motifs, stripes)
TOPS = (boards, plain, plain, tiles, stripes, motifs, woven, rough)
GROUNDS = (grass, rough, rough, plain, tiles, bricks)
OUTER_WALLS = (plain, plain, rough, bricks, bricks, boards, sheet_metal, tiles)


def lay(rng: np.random.Generator, texture: Image.Image, height: int) -> Image.Image:
    """Lay a square texture on the ground: 256 pixels wide, receding toward the top."""
    width = texture.size[0]
    depth = rng.uniform(25, 160)  # rows from the ground's far edge up to the horizon
    center = rng.uniform(30, 226)
    # A row y shows the texture's row k / (y + depth): the usual perspective of a plane.
    scale = width / SIDE
    data = (scale, center * scale / depth, 0.0, 0.0, 0.0, width - 1.0, 0.0, 1.0 / depth)
    return texture.transform((SIDE, height), Image.PERSPECTIVE, data, Image.BILINEAR)


def darken(picture: Image.Image, mask: Image.Image, strength: float) -> None:
    """Darken the picture in place where the mask is set."""
    picture.paste((12, 10, 14), (0, 0), mask.point(lambda v: int(v * strength)))


# ---------------------------------------------------------------- parts of rooms and streets


def paint_sky(rng: np.random.Generator, width: int = SIDE, height: int = SIDE) -> Image.Image:
    """Sky of any weather and hour, with or without clouds."""
    kind = rng.random()
    if kind < 0.45:
        top = color(rng, (0.54, 0.63), (0.25, 0.75), (0.6, 0.98))
        low = mix(top, (245, 245, 245), rng.uniform(0.3, 0.8))
    elif kind < 0.8:
        top = color(rng, (0.5, 0.65), (0.0, 0.12), (0.6, 0.95))
        low = shade(top, rng.uniform(0.95, 1.1))
    else:
        top = color(rng, (0.55, 0.85), (0.1, 0.5), (0.3, 0.8))
        low = color(rng, (0.02, 0.14), (0.2, 0.6), (0.7, 1.0))
    sky = gradient((width, height), top, low)
    if rng.random() < 0.6:
        cover = int(rng.uniform(105, 165))
        cells = blotches(rng, (48, 48), int(rng.integers(3, 9)), 1.0)
        cells = cells * blotches(rng, (48, 48), 12, 0.3) * 127
        mask = np.clip((cells - cover) * 4, 0, 220).astype(np.uint8)
        sky.paste(
            mix(top, (255, 255, 255), rng.uniform(0.5, 0.95)),
            (0, 0),
            Image.fromarray(mask).resize((width, height), Image.BICUBIC),
        )
    return sky


def add_window(
    rng: np.random.Generator, picture: Image.Image, box: tuple[int, int, int, int]
) -> None:
    """A window: daylight or night outside, a frame, bars, perhaps curtains."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    if h < 16:
        return
    draw = ImageDraw.Draw(picture)
    frame = wood_color(rng) if rng.random() < 0.5 else (232, 230, 224)
    draw.rectangle((x0 - 6, y0 - 6, x1 + 6, y1 + 6), fill=frame)
    if rng.random() < 0.75:
        view = paint_sky(rng, w, h)
        green = ImageDraw.Draw(view)
        for _ in range(int(rng.integers(0, 6))):
            x, r = rng.uniform(0, w), rng.uniform(6, 26)
            y = h - rng.uniform(0, 12)
            green.ellipse(whole([(x - r, y - r), (x + r, y + r)]), fill=leaf_color(rng))
    else:
        view = gradient((w, h), (20, 24, 40), (50, 50, 64))
    picture.paste(view, (x0, y0))
    for share in (0.5,) if rng.random() < 0.6 else (0.33, 0.66):
        x = x0 + int(w * share)
        draw.rectangle((x - 2, y0, x + 2, y1), fill=frame)
    if rng.random() < 0.5:
        y = y0 + int(h * rng.uniform(0.3, 0.6))
        draw.rectangle((x0, y - 2, x1, y + 2), fill=frame)
    if rng.random() < 0.35:
        cloth = stripes(rng, (max(8, w // 3), h + 20))
        picture.paste(cloth, (x0 - 10, y0 - 10))
        picture.paste(cloth, (x1 - w // 3 + 10, y0 - 10))


def add_curtain(rng: np.random.Generator, picture: Image.Image, x0: int, x1: int, y1: int) -> None:
    """A curtain in folds from the ceiling down to row y1."""
    w, h = max(8, x1 - x0), max(8, y1)
    cloth = pick(rng, stripes, motifs, plain)(rng, (w, h))
    folds = 205 + 50 * np.sin(np.arange(w) * (2 * np.pi / rng.uniform(10, 26)) + rng.uniform(0, 6))
    gray = to_image(folds[None, :]).resize((w, h))
    picture.paste(ImageChops.multiply(cloth, Image.merge("RGB", (gray, gray, gray))), (x0, 0))


def add_door(rng: np.random.Generator, picture: Image.Image, x0: int, w: int, base: int) -> None:
    """A door, shut or standing open on a dark room."""
    draw = ImageDraw.Draw(picture)
    top = int(rng.integers(-40, 40))
    tone = wood_color(rng)
    draw.rectangle((x0 - 7, top - 7, x0 + w + 7, base), fill=shade(tone, 0.75))
    if rng.random() < 0.4:
        picture.paste(gradient((w, max(1, base - top)), (28, 25, 26), (66, 60, 56)), (x0, top))
        return
    draw.rectangle((x0, top, x0 + w, base), fill=tone)
    for a, b in ((0.08, 0.42), (0.52, 0.92)):
        box = (x0 + w // 6, top + (base - top) * a, x0 + w - w // 6, top + (base - top) * b)
        draw.rectangle([int(v) for v in box], fill=shade(tone, 0.85), outline=shade(tone, 0.6))
    draw.ellipse((x0 + 5, (top + base) // 2, x0 + 12, (top + base) // 2 + 7), fill=(190, 180, 120))


def add_shelf(rng: np.random.Generator, picture: Image.Image, y: int, x0: int, x1: int) -> None:
    """A shelf board with things on it."""
    for _ in range(int(rng.integers(1, 5))):
        thing = small(pick(rng, *STANDING)(rng), int(rng.integers(24, 58)))
        x = int(rng.integers(x0 - 10, max(x0 - 9, x1 - 20)))
        picture.paste(thing, (x, y - thing.size[1] + 2), thing)
    tone = wood_color(rng)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((x0, y, x1, y + 6), fill=tone)
    draw.rectangle((x0, y + 7, x1, y + 11), fill=shade(tone, 0.5))


def add_shelf_board(rng: np.random.Generator, picture: Image.Image, y: int, x: int, w: int) -> None:
    """A board or a bracket below a thing that stands before a wall, with the shadow under it."""
    tone = wood_color(rng) if rng.random() < 0.6 else surface_color(rng)
    x0, x1 = x - int(rng.integers(4, 60)), x + w + int(rng.integers(4, 60))
    thick = int(rng.integers(5, 12))
    shadow = Image.new("L", picture.size, 0)
    ImageDraw.Draw(shadow).rectangle((x0 + 8, y + thick, x1 + 8, y + thick + 10), fill=200)
    darken(picture, shadow.filter(ImageFilter.BoxBlur(3)), 0.6)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((x0, y, x1, y + thick // 2), fill=shade(tone, 1.15))
    draw.rectangle((x0, y + thick // 2, x1, y + thick), fill=shade(tone, 0.8))


def small(sprite: Image.Image, side: int) -> Image.Image:
    """Cut a sprite to what is visible and make its longer side this long."""
    sprite = sprite.crop(sprite.getbbox())
    factor = side / max(sprite.size)
    size = (max(1, int(sprite.size[0] * factor)), max(1, int(sprite.size[1] * factor)))
    return sprite.resize(size, Image.BILINEAR)


def furnish_wall(rng: np.random.Generator, picture: Image.Image, base: int) -> None:
    """Put a few fixed things on a room's wall: window, curtain, door, shelf, frames, a cable."""
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.3:  # a second color on the lower wall
        y = base - int(rng.integers(20, 90))
        strip = pick(rng, plain, tiles, boards)(rng, (SIDE, max(4, base - y)))
        picture.paste(strip, (0, y))
        draw.line((0, y, SIDE, y), fill=surface_color(rng), width=int(rng.integers(1, 5)))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.3, 0.45, 0.25]))):
        part = rng.random()
        x = int(rng.integers(-40, 216))
        if part < 0.26:
            y = int(rng.integers(-40, 50))
            w, h = int(rng.integers(50, 120)), int(rng.integers(50, 110))
            add_window(rng, picture, (x, y, x + w, min(y + h, base - 12)))
        elif part < 0.42:
            add_curtain(rng, picture, x, x + int(rng.integers(30, 110)), base)
        elif part < 0.54:
            add_door(rng, picture, x, int(rng.integers(60, 110)), base)
        elif part < 0.74:
            y = int(rng.integers(30, max(40, base - 20)))
            add_shelf(rng, picture, y, x, x + int(rng.integers(60, 180)))
        else:
            for _ in range(int(rng.integers(1, 4))):
                thing = small(pick(rng, *ON_WALL)(rng), int(rng.integers(24, 70)))
                at = (int(rng.integers(-10, 230)), int(rng.integers(-10, max(0, base - 60))))
                picture.paste(thing, at, thing)
    if rng.random() < 0.2:
        x = int(rng.integers(0, SIDE))
        draw.line((x, 0, x + int(rng.integers(-6, 7)), base), fill=(50, 48, 46), width=3)


def side_wall(rng: np.random.Generator, picture: Image.Image, base: int) -> None:
    """Turn one side of the picture into a second wall, in shadow, that meets the first."""
    right = rng.random() < 0.5
    x = int(rng.integers(20, 90))
    drop = int(rng.integers(20, 90))
    points = [(0, 0), (x, 0), (x, base), (0, base + drop)]
    if right:
        points = [(SIDE - px, py) for px, py in points]
    mask = polygon_mask(points)
    if rng.random() < 0.5:
        picture.paste(pick(rng, *WALLS)(rng, picture.size), (0, 0), mask)
    darken(picture, mask, rng.uniform(0.1, 0.4))


def meet(picture: Image.Image, y: int) -> None:
    """Darken the line where a wall meets the ground, as light does not reach into it."""
    mask = Image.new("L", (1, 24), 0)
    mask.putdata([int(150 * (1 - abs(i - 12) / 12)) for i in range(24)])
    mask = mask.resize((SIDE, 24))
    picture.paste((15, 12, 12), (0, y - 12), mask)


# ---------------------------------------------------------------- the places


def floor_scene(rng: np.random.Generator) -> Scene:
    """A room: a wall behind, a floor in front."""
    base = int(rng.integers(70, 185))
    picture = pick(rng, *WALLS)(rng, (SIDE, SIDE))
    furnish_wall(rng, picture, base)
    corner = rng.random()
    picture.paste(lay(rng, pick(rng, *FLOORS)(rng, (320, 320)), SIDE - base), (0, base))
    if rng.random() < 0.45:
        h = int(rng.integers(4, 14))
        tone = surface_color(rng)
        ImageDraw.Draw(picture).rectangle((0, base - h, SIDE, base), fill=tone)
    meet(picture, base)
    if corner < 0.3:
        side_wall(rng, picture, base)
    if rng.random() < 0.25:  # a rug
        rug = lay(rng, pick(rng, woven, motifs, stripes)(rng, (256, 256)), SIDE - base)
        x0, x1 = rng.uniform(-60, 80), rng.uniform(170, 320)
        y0, y1 = rng.uniform(10, 40), rng.uniform(60, 150)
        points = [(x0 + 30, y0), (x1 - 30, y0), (x1 + 20, y1), (x0 - 20, y1)]
        picture.paste(rug, (0, base), polygon_mask(points).crop((0, 0, *rug.size)))
    return Scene(picture, base, "standing", ON_FLOOR, "room")


def table_scene(rng: np.random.Generator) -> Scene:
    """A table, a counter or a sink, from the front with the room behind it, or from above."""
    if rng.random() < 0.4:
        return above_scene(rng)
    base = int(rng.integers(80, 170))
    picture = pick(rng, *WALLS)(rng, (SIDE, SIDE))
    furnish_wall(rng, picture, base)
    if rng.random() < 0.5:  # what stands far behind is out of focus
        picture = picture.filter(ImageFilter.BoxBlur(int(rng.integers(1, 5))))
    end = int(rng.integers(205, 256)) if rng.random() < 0.3 else SIDE
    picture.paste(lay(rng, pick(rng, *TOPS)(rng, (288, 288)), SIDE - base), (0, base))
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.2:  # a sink let into the counter
        tone = color(rng, (0.5, 0.6), (0.0, 0.08), (0.55, 0.95))
        x0, w = int(rng.integers(-30, 140)), int(rng.integers(90, 180))
        y0, h = base + int(rng.integers(10, 40)), int(rng.integers(30, 70))
        draw.rounded_rectangle((x0 - 6, y0 - 5, x0 + w + 6, y0 + h + 5), 16, fill=shade(tone, 1.1))
        draw.rounded_rectangle((x0, y0, x0 + w, y0 + h), 14, fill=shade(tone, 0.7))
        draw.rounded_rectangle((x0 + 8, y0 + 10, x0 + w - 8, y0 + h), 12, fill=shade(tone, 0.9))
        x = x0 + w // 2
        draw.line(
            (x, y0, x, y0 - 50, x + 26, y0 - 50, x + 26, y0 - 36), fill=(150, 155, 160), width=7
        )
        draw.line((x - 2, y0, x - 2, y0 - 50), fill=(225, 228, 230), width=2)
    if end < SIDE:
        tone = wood_color(rng)
        draw.rectangle((0, end, SIDE, SIDE), fill=shade(tone, 0.5))
        draw.rectangle((0, end, SIDE, end + 10), fill=tone)
    meet(picture, base)
    return Scene(picture, base, "standing", STANDING, "table")


def above_scene(rng: np.random.Generator) -> Scene:
    """A table top, a floor or a mat that is seen from above."""
    picture = pick(rng, *TOPS)(rng, (SIDE, SIDE))
    if rng.random() < 0.6:
        turn = int(rng.integers(-40, 41))
        big = picture.resize((380, 380), Image.BILINEAR).rotate(turn, Image.BILINEAR)
        picture = big.crop((62, 62, 318, 318))
    for _ in range(int(rng.integers(0, 3))):  # a cloth, or the table's edge
        other = pick(rng, plain, stripes, motifs, woven, tiles)(rng, (SIDE, SIDE))
        a, b = rng.uniform(-60, 250), rng.uniform(-60, 250)
        tilt = rng.uniform(-40, 40)
        points = [(a, -5), (a + tilt, SIDE + 5), (400, SIDE + 5), (400, -5)]
        if rng.random() < 0.5:
            points = [(-5, b), (SIDE + 5, b + tilt), (SIDE + 5, 400), (-5, 400)]
        if rng.random() < 0.5:
            points = [(SIDE - x, SIDE - y) for x, y in points]
        mask = polygon_mask(points)
        darken(picture, ImageChops.offset(mask, 6, 6).filter(ImageFilter.BoxBlur(5)), 0.35)
        picture.paste(other, (0, 0), mask)
    return Scene(picture, 0, "above", LYING, "table")


def wall_scene(rng: np.random.Generator) -> Scene:
    """A wall that is seen from the front, perhaps with a counter or a floor at its foot."""
    picture = pick(rng, *WALLS)(rng, (SIDE, SIDE))
    base = int(rng.integers(190, 250)) if rng.random() < 0.5 else SIDE
    furnish_wall(rng, picture, base)
    if base < SIDE:
        surface = pick(rng, *FLOORS)(rng, (256, 256))
        picture.paste(lay(rng, surface, SIDE - base), (0, base))
        meet(picture, base)
    if rng.random() < 0.25:
        side_wall(rng, picture, base)
    return Scene(picture, base, "wall", ON_WALL, "wall")


def hanging_scene(rng: np.random.Generator) -> Scene:
    """A cord, a rod or a rail before a wall, a room or a yard."""
    kind = rng.random()
    if kind < 0.45:
        scene = wall_scene(rng)
    elif kind < 0.7:
        scene = floor_scene(rng)
    else:
        scene = outdoor_scene(rng)
    line = int(rng.integers(14, 80))
    draw = ImageDraw.Draw(scene.image)
    sag = int(rng.integers(0, 14))
    tone = surface_color(rng)
    points = [(x, line + sag - sag * ((x - 128) / 140) ** 2) for x in range(-8, 272, 16)]
    width = int(rng.integers(3, 9))
    draw.line(whole(points), fill=shade(tone, 0.7), width=width)
    draw.line(whole(points), fill=tone, width=max(1, width // 2))
    return replace(scene, view="hanging", line=line)


def add_house(
    rng: np.random.Generator, picture: Image.Image, x0: int, x1: int, top: int, base: int
) -> None:
    """A plain house front with windows and a door, and a flat or pitched top."""
    w, h = x1 - x0, base - top
    front = pick(rng, *OUTER_WALLS)(rng, (w, h))
    picture.paste(front, (x0, top))
    draw = ImageDraw.Draw(picture)
    trim = surface_color(rng)
    if rng.random() < 0.5:
        rise = int(rng.integers(10, 40))
        tone = surface_color(rng)
        middle = (x0 + x1) // 2 + int(rng.integers(-w // 4, w // 4 + 1))
        draw.polygon([(x0 - 6, top), (middle, top - rise), (x1 + 6, top)], fill=tone)
    else:
        draw.rectangle((x0 - 3, top - 4, x1 + 3, top + 3), fill=trim)
    glass = color(rng, (0.5, 0.65), (0.05, 0.4), (0.15, 0.6))
    step = int(rng.integers(28, 54))
    for y in range(top + 12, base - 20, step):
        for x in range(x0 + 10, x1 - 16, step):
            if rng.random() < 0.8:
                draw.rectangle((x - 2, y - 2, x + 16, y + 22), fill=trim)
                draw.rectangle((x, y, x + 14, y + 20), fill=shade(glass, rng.uniform(0.7, 1.3)))
    if rng.random() < 0.6 and w > 40:
        x = int(rng.integers(x0 + 4, x1 - 24))
        draw.rectangle((x, base - 44, x + 22, base), fill=wood_color(rng))


def add_front(
    rng: np.random.Generator, picture: Image.Image, x0: int, x1: int, top: int, base: int
) -> None:
    """The front of the house below a roof: a wall with windows and a door, shaded at its top."""
    w, h = x1 - x0, base - top
    if w < 8 or h < 8:
        return
    picture.paste(pick(rng, *OUTER_WALLS)(rng, (w, h)), (x0, top))
    draw = ImageDraw.Draw(picture)
    trim, glass = surface_color(rng), color(rng, (0.5, 0.65), (0.05, 0.4), (0.1, 0.5))
    step = int(rng.integers(40, 90))
    tall = min(h - 14, int(rng.integers(30, 60)))
    for x in range(x0 + int(rng.integers(8, 30)), x1 - 34, step):
        if tall < 12 or rng.random() < 0.2:
            continue
        low = base if rng.random() < 0.25 else top + 12 + tall
        draw.rectangle((x - 3, top + 9, x + 29, min(base, low + 3)), fill=trim)
        draw.rectangle((x, top + 12, x + 26, min(base, low)), fill=glass)
        draw.line((x + 13, top + 12, x + 13, min(base, low)), fill=trim, width=2)
    eaves = Image.new("L", (1, 20))
    eaves.putdata([170 - 8 * i for i in range(20)])
    picture.paste((15, 12, 12), (x0, top), eaves.resize((w, min(20, h))))


def add_tree(
    rng: np.random.Generator, picture: Image.Image, x: float, base: float, size: float
) -> None:
    """A tree or a bush: a trunk and many tufts of leaves, lighter at the upper left."""
    draw = ImageDraw.Draw(picture)
    tone = leaf_color(rng)
    trunk = color(rng, (0.05, 0.1), (0.2, 0.5), (0.2, 0.45))
    draw.line(whole([(x, base), (x, base - size * 0.7)]), fill=trunk, width=max(3, int(size / 9)))
    for light in (0.65, 0.9, 1.2):
        for _ in range(9):
            dx, dy = rng.uniform(-0.4, 0.4), rng.uniform(-0.35, 0.35)
            r = size * rng.uniform(0.1, 0.2)
            shift = (1 - light) * size * 0.12
            cx, cy = x + dx * size + shift, base - size * 0.8 + dy * size + shift
            ink = shade(tone, light * rng.uniform(0.85, 1.15))
            draw.ellipse(whole([(cx - r, cy - r), (cx + r, cy + r)]), fill=ink)


def add_fence(rng: np.random.Generator, picture: Image.Image, base: int) -> None:
    """A fence of pales, rails or wire across the picture."""
    draw = ImageDraw.Draw(picture)
    tone = wood_color(rng)
    h = int(rng.integers(24, 70))
    step = int(rng.integers(10, 40))
    width = int(rng.integers(3, 10))
    for y in (base - h + 6, base - h // 3):
        draw.line((0, y, SIDE, y), fill=shade(tone, 0.8), width=4)
    for x in range(-int(rng.integers(0, step)), SIDE, step):
        draw.rectangle((x, base - h, x + width, base), fill=shade(tone, rng.uniform(0.85, 1.1)))


def outdoor_scene(rng: np.random.Generator) -> Scene:
    """A street, a yard or a field under the sky, or a yard closed by a wall."""
    base = int(rng.integers(95, 215))
    picture = paint_sky(rng)
    draw = ImageDraw.Draw(picture)
    kind = rng.random()
    if kind < 0.3:  # a wall close behind
        place = "yard"
        top = int(rng.integers(-80, 90))
        wall = pick(rng, *OUTER_WALLS)(rng, (SIDE, max(10, base - top)))
        picture.paste(wall, (0, top))
        if rng.random() < 0.4:
            add_window(rng, picture, (150, top + 20, 210, min(base - 20, top + 90)))
    elif kind < 0.72:  # houses
        place = "street"
        x = -int(rng.integers(0, 70))
        while x < SIDE:
            w = int(rng.integers(50, 150))
            top = int(rng.integers(max(-20, base - 190), base - 40))
            add_house(rng, picture, x, x + w, top, base)
            x += w + int(rng.choice([0, 0, 14, 50]))
    else:  # hills and fields
        place = "field"
        for light in (1.15, 0.9):
            tone = mix(leaf_color(rng), earth_color(rng), rng.random())
            tone = mix(shade(tone, light), (170, 185, 200), 0.4 if light > 1 else 0.1)
            ys = base - np.cumsum(rng.uniform(-14, 16, 9)) * light
            points = [(i * 32, min(base, y)) for i, y in enumerate(ys)]
            draw.polygon(whole([*points, (SIDE, base + 4), (0, base + 4)]), fill=tone)
    for _ in range(int(rng.choice([0, 1, 2, 4], p=[0.4, 0.3, 0.2, 0.1]))):
        x = rng.uniform(-20, 276)
        add_tree(rng, picture, x, base + rng.uniform(0, 10), rng.uniform(40, 170))
    if rng.random() < 0.25:
        add_fence(rng, picture, base + 2)
    if rng.random() < 0.3:  # wires overhead
        for _ in range(int(rng.integers(1, 4))):
            a, b = rng.uniform(0, 90, 2)
            middle = (a + b) / 2 + rng.uniform(4, 20)
            draw.line(whole([(0, a), (128, middle), (256, b)]), fill=(45, 45, 50), width=2)
    ground = pick(rng, *GROUNDS)(rng, (320, 320))
    picture.paste(lay(rng, ground, SIDE - base), (0, base))
    if rng.random() < 0.4:  # a road with its curb
        y = base + int(rng.integers(4, 40))
        tone = color(rng, (0.05, 0.15), (0.0, 0.2), (0.25, 0.6))
        slope = int(rng.integers(-14, 15))
        draw.polygon([(0, y), (256, y + slope), (256, 256), (0, 256)], fill=tone)
        draw.line((0, y, 256, y + slope), fill=shade(tone, 1.5), width=5)
        road = picture.crop((0, y, SIDE, SIDE))
        picture.paste(weather(rng, road, 0.1, 0.08), (0, y))
    meet(picture, base)
    return Scene(picture, base, "standing", OUTSIDE, place, outdoors=True)


SCENES = {
    "floor": floor_scene,
    "table": table_scene,
    "wall": wall_scene,
    "hanging": hanging_scene,
    "outdoors": outdoor_scene,
}


def make_scene(rng: np.random.Generator, place: str) -> Scene:
    """Draw an empty place of one of the five kinds."""
    return SCENES[place](rng)


# ---------------------------------------------------------------- clutter, in a few strokes


def curve(values: np.ndarray) -> Image.Image:
    """Return a gray image, one row high, from lightness factors; 128 stands for 1."""
    return to_image(128 * values[None, :])


ROUND = curve(1.15 - 0.75 * np.linspace(-0.55, 1, 64) ** 2)
FLAT = curve(np.linspace(1.1, 0.8, 64))


def solid(sprite: Image.Image, mask: Image.Image, rgb: Color, light: Image.Image = ROUND) -> None:
    """Fill a mask with a color that runs from lit (left) to shaded (right), in place."""
    box = mask.getbbox()
    if box is None:
        return
    ramp = light.resize((box[2] - box[0], box[3] - box[1]), Image.BILINEAR)
    channels = [ramp.point([min(255, c * v // 128) for v in range(256)]) for c in rgb]
    sprite.paste(Image.merge("RGB", channels), box[:2], mask.crop(box))


def new_clutter() -> Image.Image:
    """Return an empty sprite for a piece of clutter."""
    return new_sprite(CLUTTER_SIDE)


def shape(points: list) -> Image.Image:
    """Return a mask of a polygon in a clutter sprite."""
    return polygon_mask(points, CLUTTER_SIDE)


def oval(x0: float, y0: float, x1: float, y1: float) -> Image.Image:
    """Return a mask of an ellipse in a clutter sprite."""
    mask = Image.new("L", (CLUTTER_SIDE, CLUTTER_SIDE), 0)
    ImageDraw.Draw(mask).ellipse((int(x0), int(y0), int(x1), int(y1)), fill=255)
    return mask


def vessel(profile: list, rgb: Color) -> Image.Image:
    """A round vessel from its profile: (row, half width) pairs from top to bottom."""
    sprite = new_clutter()
    points = [(64 + w, y) for y, w in profile] + [(64 - w, y) for y, w in reversed(profile)]
    bottom, half = profile[-1]
    mask = shape(points)
    ImageDraw.Draw(mask).ellipse(
        (int(64 - half), int(bottom - half * 0.2), int(64 + half), int(bottom + half * 0.2)),
        fill=255,
    )
    solid(sprite, mask, rgb)
    return sprite


def bottle(rng: np.random.Generator) -> Image.Image:
    """A bottle of glass or plastic, with a label."""
    rgb = color(rng, (0, 1), (0.05, 0.8), (0.2, 0.95))
    w, neck = rng.uniform(12, 22), rng.uniform(4, 8)
    shoulder = rng.uniform(36, 60)
    profile = [(8, neck), (shoulder - 12, neck), (shoulder, w), (118, w)]
    sprite = vessel(profile, rgb)
    draw = ImageDraw.Draw(sprite)
    draw.rectangle(whole([(64 - neck - 1, 4), (64 + neck + 1, 14)]), fill=surface_color(rng))
    if rng.random() < 0.6:
        y = shoulder + rng.uniform(8, 20)
        mask = shape([(64 - w, y), (64 + w, y), (64 + w, y + 28), (64 - w, y + 28)])
        solid(sprite, mask, surface_color(rng))
    draw.line(whole([(64 - w * 0.6, shoulder + 4), (64 - w * 0.6, 108)]), fill=(255, 255, 255, 90))
    return sprite


def jar(rng: np.random.Generator) -> Image.Image:
    """A jar, a tin or a canister with a lid and a band."""
    w = rng.uniform(22, 40)
    top = rng.uniform(24, 60)
    sprite = vessel([(top, w), (116, w)], surface_color(rng))
    y = rng.uniform(top + 10, 80)
    band = shape([(64 - w, y), (64 + w, y), (64 + w, y + 18), (64 - w, y + 18)])
    solid(sprite, band, surface_color(rng))
    solid(
        sprite,
        shape([(62 - w, top - 8), (66 + w, top - 8), (66 + w, top + 4), (62 - w, top + 4)]),
        surface_color(rng),
    )
    return sprite


def pot(rng: np.random.Generator) -> Image.Image:
    """A cooking pot or a bowl with its dark inside, perhaps with handles."""
    rgb = surface_color(rng) if rng.random() < 0.6 else (165, 168, 172)
    w, top = rng.uniform(40, 56), rng.uniform(50, 80)
    sprite = vessel([(top, w), (top + 14, w), (112, w * rng.uniform(0.6, 0.95))], rgb)
    solid(sprite, oval(64 - w, top - 9, 64 + w, top + 9), shade(rgb, 1.1), FLAT)
    solid(sprite, oval(68 - w, top - 6, 60 + w, top + 7), shade(rgb, 0.45), FLAT)
    return sprite


def mug(rng: np.random.Generator) -> Image.Image:
    """A mug or a glass."""
    rgb = surface_color(rng)
    w = rng.uniform(20, 30)
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    draw.ellipse(
        whole([(64 + w - 10, 64), (64 + w + 20, 98)]), outline=(*shade(rgb, 0.8), 255), width=7
    )
    sprite.alpha_composite(vessel([(52, w), (112, w * 0.85)], rgb))
    solid(sprite, oval(64 - w, 46, 64 + w, 58), shade(rgb, 0.5), FLAT)
    return sprite


def bucket(rng: np.random.Generator) -> Image.Image:
    """A bucket with a handle."""
    rgb = color(rng, (0, 1), (0.1, 0.9), (0.3, 0.9))
    sprite = vessel([(44, 44), (54, 43), (116, 30)], rgb)
    solid(sprite, oval(20, 34, 108, 54), shade(rgb, 1.1), FLAT)
    solid(sprite, oval(24, 37, 104, 52), shade(rgb, 0.4), FLAT)
    end = int(rng.integers(4, 16))
    ImageDraw.Draw(sprite).arc((22, end, 106, 84), 180, 360, fill=(120, 120, 124, 255), width=4)
    return sprite


def box(rng: np.random.Generator) -> Image.Image:
    """A box, a crate or a small cupboard, seen over a corner."""
    rgb = wood_color(rng) if rng.random() < 0.6 else surface_color(rng)
    sprite = new_clutter()
    edge, top = rng.uniform(50, 90), rng.uniform(20, 70)
    low = rng.uniform(4, 18)
    solid(sprite, shape([(6, top + 8), (edge, top + 14), (edge, 122), (6, 122 - low)]), rgb, FLAT)
    side = [(edge, top + 14), (122, top + 4), (122, 116 - low), (edge, 122)]
    solid(sprite, shape(side), shade(rgb, 0.65), FLAT)
    lid = [(6, top + 8), (122 - edge + 12, top - 4), (122, top + 4), (edge, top + 14)]
    solid(sprite, shape(lid), shade(rgb, 1.2), FLAT)
    draw = ImageDraw.Draw(sprite)
    for _ in range(int(rng.integers(0, 4))):
        y = int(rng.uniform(top + 18, 112))
        draw.line((8, y - 4, int(edge), y), fill=(*shade(rgb, 0.75), 255), width=3)
    return sprite


def books(rng: np.random.Generator) -> Image.Image:
    """A pile of books, papers or folded cloths."""
    sprite = new_clutter()
    y = 120
    for _ in range(int(rng.integers(2, 7))):
        h = int(rng.integers(7, 18))
        x, w = int(rng.integers(8, 30)), int(rng.integers(70, 96))
        rgb = color(rng, (0, 1), (0.05, 0.8), (0.25, 0.95))
        solid(sprite, shape([(x, y - h), (x + w, y - h), (x + w, y), (x, y)]), rgb, FLAT)
        ImageDraw.Draw(sprite).line((x, y, x + w, y), fill=(*shade(rgb, 0.5), 255), width=2)
        y -= h
        if y < 20:
            break
    return sprite


def plant(rng: np.random.Generator) -> Image.Image:
    """A plant in a pot."""
    sprite = new_clutter()
    pot_rgb = color(rng, (0.0, 0.1), (0.1, 0.7), (0.35, 0.9))
    tone = leaf_color(rng)
    for _ in range(int(rng.integers(9, 20))):
        a = rng.uniform(-1.4, 1.4)
        length = rng.uniform(30, 76)
        tip = np.array([64 + length * np.sin(a), 90 - length * np.cos(a)])
        aside = np.array([rng.uniform(3, 9), 0])
        middle = (tip + np.array([64, 92])) / 2
        leaf = [(64, 92), middle + aside, tip, middle - aside]
        ink = shade(tone, rng.uniform(0.6, 1.35))
        ImageDraw.Draw(sprite).polygon(whole(leaf), fill=(*ink, 255))
    sprite.alpha_composite(vessel([(88, 24), (96, 23), (118, 16)], pot_rgb))
    return sprite


def cushion(rng: np.random.Generator) -> Image.Image:
    """A cushion, a sack or a bundle."""
    rgb = surface_color(rng)
    sprite = new_clutter()
    h = rng.uniform(30, 70)
    mask = Image.new("L", (CLUTTER_SIDE, CLUTTER_SIDE), 0)
    ImageDraw.Draw(mask).rounded_rectangle((6, int(120 - h), 122, 120), int(h * 0.45), fill=255)
    solid(sprite, mask, rgb)
    draw = ImageDraw.Draw(sprite)
    for _ in range(int(rng.integers(2, 6))):
        x = rng.uniform(20, 108)
        fold = [(x, 116), (x + rng.uniform(-14, 14), 120 - h * rng.uniform(0.3, 0.9))]
        draw.line(whole(fold), fill=(*shade(rgb, 0.7), 255), width=3)
    return sprite


def stool(rng: np.random.Generator) -> Image.Image:
    """A stool or a small table."""
    rgb = wood_color(rng)
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    y = int(rng.integers(40, 70))
    for x0, x1 in ((24, 16), (100, 110), (46, 44), (84, 86)):
        draw.line((x0, y, x1, 122), fill=(*shade(rgb, 0.6 if 30 < x0 < 90 else 0.85), 255), width=8)
    solid(
        sprite, shape([(20, y - 8), (108, y - 8), (122, y + 8), (6, y + 8)]), shade(rgb, 1.1), FLAT
    )
    solid(
        sprite, shape([(6, y + 8), (122, y + 8), (122, y + 15), (6, y + 15)]), shade(rgb, 0.7), FLAT
    )
    return sprite


def chair(rng: np.random.Generator) -> Image.Image:
    """A chair, seen a little from the side."""
    rgb = wood_color(rng) if rng.random() < 0.6 else surface_color(rng)
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    dark, mid = (*shade(rgb, 0.6), 255), (*shade(rgb, 0.9), 255)
    for x, y0, y1, ink in (
        (38, 6, 108, dark),
        (94, 6, 108, dark),
        (28, 74, 124, mid),
        (88, 74, 124, mid),
    ):
        draw.rectangle((x, y0, x + 7, y1), fill=ink)
    for y in (12, 30, 48):
        draw.rectangle((38, y, 100, y + int(rng.integers(5, 14))), fill=mid)
    solid(sprite, shape([(38, 64), (102, 64), (96, 80), (24, 80)]), shade(rgb, 1.15), FLAT)
    return sprite


def sticks(rng: np.random.Generator) -> Image.Image:
    """Sticks, tools or a broom that lean on something."""
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    for _ in range(int(rng.integers(1, 4))):
        rgb = wood_color(rng)
        a, b = rng.uniform(20, 108, 2)
        draw.line(whole([(a, 4), (b, 120)]), fill=(*rgb, 255), width=int(rng.integers(4, 9)))
        if rng.random() < 0.5:
            w = rng.uniform(8, 18)
            head = [(b - w * 0.6, 96), (b + w * 0.6, 96), (b + w, 124), (b - w, 124)]
            draw.polygon(whole(head), fill=(*shade(rgb, 0.75), 255))
    return sprite


def ball(rng: np.random.Generator) -> Image.Image:
    """A ball or a round fruit."""
    sprite = new_clutter()
    rgb = color(rng, (0, 1), (0.3, 0.9), (0.35, 0.95))
    solid(sprite, oval(14, 14, 114, 114), rgb)
    glow = (*mix(rgb, (255, 255, 255), 0.5), 255)
    ImageDraw.Draw(sprite).ellipse((36, 30, 58, 48), fill=glow)
    return sprite


def basket(rng: np.random.Generator) -> Image.Image:
    """A basket or a woven bowl."""
    rgb = wood_color(rng)
    sprite = vessel([(52, 54), (116, 38)], rgb)
    draw = ImageDraw.Draw(sprite)
    for y in range(58, 112, 9):
        half = 50 - 16 * (y - 52) / 64
        for x in range(int(66 - half) + y % 2 * 7, int(56 + half), 14):
            draw.line((x, y, x + 6, y), fill=(*shade(rgb, 0.6), 255), width=3)
    solid(sprite, oval(10, 42, 118, 62), shade(rgb, 0.55), FLAT)
    return sprite


def cloth(rng: np.random.Generator) -> Image.Image:
    """A heap of cloth, or a bag: soft lumps over each other, with folds."""
    rgb = surface_color(rng)
    sprite = new_clutter()
    for i in range(int(rng.integers(4, 8))):
        w, h = rng.uniform(34, 76), rng.uniform(22, 46)
        x = rng.uniform(6, 122 - w)
        y = rng.uniform(50, 66) if i < 3 else rng.uniform(66, 118 - h)
        lump = oval(x, y, x + w, y + h)
        solid(sprite, lump, shade(rgb, rng.uniform(0.75, 1.15)))
        fold = (int(x + w * 0.15), int(y + h * 0.2), int(x + w), int(y + h * 1.3))
        ImageDraw.Draw(sprite).arc(fold, 190, 290, fill=(*shade(rgb, 0.6), 255), width=3)
    return sprite


def cable(rng: np.random.Generator) -> Image.Image:
    """A cable, a hose or a rope in loops."""
    sprite = new_clutter()
    t = np.linspace(0, 1, 30)
    x = 64 + 52 * np.sin(2 * np.pi * (t * rng.uniform(0.6, 2.4) + rng.random()))
    y = 10 + 108 * t + 14 * np.sin(2 * np.pi * (t * rng.uniform(1, 3) + rng.random()))
    ink = (*color(rng, (0, 1), (0, 0.6), (0.1, 0.9)), 255)
    points = whole(zip(x, y, strict=True))
    ImageDraw.Draw(sprite).line(points, fill=ink, width=int(rng.integers(4, 8)), joint="curve")
    return sprite


def cutlery(rng: np.random.Generator) -> Image.Image:
    """A spoon or a knife."""
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    rgb = color(rng, (0.05, 0.6), (0.0, 0.3), (0.5, 0.95))
    draw.line((64, 30, 64, 120), fill=(*shade(rgb, 0.85), 255), width=8)
    if rng.random() < 0.6:
        solid(sprite, oval(48, 4, 80, 48), rgb)
    else:
        draw.polygon([(58, 64), (58, 8), (70, 16), (72, 64)], fill=(*rgb, 255))
    return sprite


def paper(rng: np.random.Generator) -> Image.Image:
    """A sheet of paper, a booklet or a card with lines of gray."""
    sprite = new_clutter()
    rgb = color(rng, (0, 1), (0.0, 0.25), (0.75, 0.98))
    draw = ImageDraw.Draw(sprite)
    right = int(rng.integers(84, 120))
    draw.rectangle((16, 8, right, 120), fill=(*rgb, 255), outline=(*shade(rgb, 0.7), 255))
    for y in range(20, 112, int(rng.integers(8, 15))):
        draw.line(
            (24, y, int(rng.uniform(40, right - 8)), y), fill=(*shade(rgb, 0.6), 255), width=3
        )
    return sprite


def leaf(rng: np.random.Generator) -> Image.Image:
    """Leaves or vegetables that lie about."""
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(30, 98, 2)
        a = rng.uniform(0, 2 * np.pi)
        along = np.array([np.cos(a), np.sin(a)]) * rng.uniform(20, 32)
        across = np.array([-np.sin(a), np.cos(a)]) * rng.uniform(7, 16)
        tone = leaf_color(rng) if rng.random() < 0.7 else earth_color(rng)
        middle = np.array([x, y])
        outline = [
            middle - along,
            middle - along * 0.5 + across,
            middle + along * 0.4 + across,
            middle + along,
            middle + along * 0.4 - across,
            middle - along * 0.5 - across,
        ]
        solid(sprite, shape(outline), tone)
        rib = whole([middle - along, middle + along])
        draw.line(rib, fill=(*shade(tone, 0.65), 255), width=3)
    return sprite


def frame(rng: np.random.Generator) -> Image.Image:
    """A picture, a calendar or a mirror in a frame."""
    sprite = new_clutter()
    draw = ImageDraw.Draw(sprite)
    right = int(rng.integers(70, 120))
    rgb = wood_color(rng)
    draw.rectangle((8, 8, right, 120), fill=(*rgb, 255))
    m = int(rng.integers(3, 12))
    inner = gradient((right - 7 - 2 * m, 113 - 2 * m), surface_color(rng), surface_color(rng))
    sprite.paste(inner, (8 + m, 8 + m))
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(16, right - 20), rng.uniform(20, 90)
        r = rng.uniform(5, 18)
        blob = whole([(x, y), (min(x + r, right - m), y + r)])
        draw.ellipse(blob, fill=(*surface_color(rng), 255))
    return sprite


def clock(rng: np.random.Generator) -> Image.Image:
    """A wall clock."""
    sprite = new_clutter()
    solid(sprite, oval(10, 10, 118, 118), surface_color(rng))
    pale = color(rng, (0, 1), (0, 0.15), (0.75, 0.98))
    draw = ImageDraw.Draw(sprite)
    draw.ellipse((20, 20, 108, 108), fill=(*pale, 255))
    for length in (24, 36):
        a = rng.uniform(0, 2 * np.pi)
        end = (64 + length * np.sin(a), 64 - length * np.cos(a))
        draw.line(whole([(64, 64), end]), fill=(40, 40, 40, 255), width=5)
    return sprite


def garment(rng: np.random.Generator) -> Image.Image:
    """A shirt or a towel on a hook."""
    sprite = new_clutter()
    rgb = surface_color(rng)
    if rng.random() < 0.5:
        points = [
            (44, 10),
            (84, 10),
            (118, 44),
            (102, 56),
            (90, 44),
            (92, 120),
            (36, 120),
            (38, 44),
            (26, 56),
            (10, 44),
        ]
    else:
        low = rng.uniform(100, 122)
        points = [(54, 6), (74, 6), (96, low), (72, low - 8), (52, low), (32, low - 6)]
    solid(sprite, shape(points), rgb)
    draw = ImageDraw.Draw(sprite)
    for x in (54, 66, 78):
        draw.line(
            (x, 50, x + int(rng.integers(-6, 7)), 108), fill=(*shade(rgb, 0.72), 255), width=3
        )
    return sprite


def post(rng: np.random.Generator) -> Image.Image:
    """A post, a pipe or a thin trunk from the ground up."""
    sprite = new_clutter()
    w = rng.uniform(4, 10)
    tilt = rng.uniform(-5, 5)
    points = [(64 - w + tilt, 2), (64 + w + tilt, 2), (64 + w, 124), (64 - w, 124)]
    solid(sprite, shape(points), wood_color(rng))
    return sprite


def stones(rng: np.random.Generator) -> Image.Image:
    """A few stones, bricks or clods."""
    sprite = new_clutter()
    for _ in range(int(rng.integers(2, 6))):
        x, y = rng.uniform(4, 80), rng.uniform(70, 96)
        w, h = rng.uniform(22, 44), rng.uniform(14, 26)
        solid(sprite, oval(x, y, x + w, y + h), earth_color(rng))
    return sprite


def bush(rng: np.random.Generator) -> Image.Image:
    """A bush or tall weeds."""
    sprite = new_clutter()
    tone = leaf_color(rng)
    draw = ImageDraw.Draw(sprite)
    for light in (0.6, 0.9, 1.25):
        for _ in range(12):
            x, y = rng.uniform(20, 108), rng.uniform(40, 108)
            r = rng.uniform(7, 18)
            ink = shade(tone, light * rng.uniform(0.85, 1.15))
            draw.ellipse(whole([(x - r, y - r), (x + r, y + r)]), fill=(*ink, 255))
    return sprite


def tire(rng: np.random.Generator) -> Image.Image:
    """An old tire or a hoop that leans on something."""
    sprite = new_clutter()
    rgb = color(rng, (0, 1), (0, 0.4), (0.12, 0.5))
    w = int(rng.integers(60, 112))
    draw = ImageDraw.Draw(sprite)
    draw.ellipse((8, 12, 8 + w, 122), outline=(*rgb, 255), width=20)
    draw.arc((10, 14, 6 + w, 120), 160, 280, fill=(*shade(rgb, 1.6), 255), width=5)
    return sprite


STANDING = (bottle, jar, pot, mug, bucket, box, books, plant, cushion, basket, cloth, ball)
ON_FLOOR = (*STANDING, stool, chair, sticks, box, cushion)
LYING = (cable, cloth, cutlery, cutlery, paper, leaf, ball, cloth, paper)
ON_WALL = (frame, frame, clock, garment, paper, cable)
OUTSIDE = (box, bucket, sticks, post, post, stones, bush, bush, tire, basket, plant, chair, cushion)
IN_FRONT = (plant, box, bottle, cushion, cloth, bucket, post, jar, sticks, pot, basket, books)
