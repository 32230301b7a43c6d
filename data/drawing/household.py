"""Household things and house parts: dishrag, plate, soap dispenser, street sign, tile roof.

Shapes are polygons and ellipses; light and folds are small float arrays (``GRID`` points a
side), enlarged when they are laid over a shape. That keeps each drawing to a few ms.
"""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from data.drawing.sheet import (
    SIDE,
    blotches,
    chance,
    color,
    gradient,
    mix,
    new_sprite,
    pick,
    polygon_mask,
    shade,
    to_image,
    whole,
    words,
)

GRID = 128
LINE = (np.arange(GRID) + 0.5) * (SIDE / GRID)
X, Y = np.meshgrid(LINE, LINE)
TURN = 2 * np.pi
WHITE, BLACK = (250, 249, 244), (28, 28, 32)
DARK, BRIGHT = (14, 12, 22), (255, 252, 242)


# ---------------------------------------------------------------- tools


def bell(distance):
    """Return a smooth hump: 1 at distance 0, near 0 beyond distance 2."""
    return 1 / (1 + distance * distance) ** 2


def put(sprite: Image.Image, fill, mask: Image.Image) -> None:
    """Paint a color or picture where the mask is set (touches only the part in use)."""
    box = mask.getbbox()
    if box is None:
        return
    if isinstance(fill, Image.Image):
        sprite.paste(fill.crop(box).convert("RGBA"), box, mask.crop(box))
    else:
        sprite.paste((*fill[:3], 255), box, mask.crop(box))


def fade(start, end, tall=SIDE) -> Image.Image:
    """Return a picture that runs from one color at the top to another at the bottom."""
    return gradient((1, tall), start, end).resize((SIDE, tall), Image.NEAREST)


def as_mask(share: np.ndarray) -> Image.Image:
    """Turn an array of shares (0..1) into a mask, two pixels to a grid point."""
    step = SIDE // GRID
    size = (step * share.shape[1], step * share.shape[0])
    return to_image(255 * share).resize(size, Image.BILINEAR)


def lit(image: Image.Image, factor: np.ndarray) -> Image.Image:
    """Darken (factor < 1) or brighten (factor > 1) an RGB image, in place."""
    image.paste(DARK, (0, 0), as_mask(1 - factor))
    image.paste(BRIGHT, (0, 0), as_mask(factor - 1))
    return image


def shadow(sprite: Image.Image, mask: Image.Image, strength: float, blur: int) -> None:
    """Darken what is already painted under the mask, with a soft edge."""
    box = mask.getbbox()
    if box is None:
        return
    x0, y0, x1, y1 = box
    box = (max(0, x0 - blur), max(0, y0 - blur), min(SIDE, x1 + blur), min(SIDE, y1 + blur))
    soft = mask.crop(box).filter(ImageFilter.BoxBlur(blur)) if blur else mask.crop(box)
    soft = ImageChops.multiply(soft, sprite.crop(box).getchannel("A"))
    sprite.paste((*DARK, 255), box, soft.point(lambda level: int(level * strength)))


def oval(x, y, rx, ry, n=40, turn=0.0):
    """Return the points of an ellipse, turned by an angle."""
    t = np.arange(n) * (TURN / n)
    a, b = rx * np.cos(t), ry * np.sin(t)
    c, s = np.cos(turn), np.sin(turn)
    return list(zip(x + a * c - b * s, y + a * s + b * c, strict=True))


def blob(rng, x, y, rx, ry, rough=0.12):
    """Return the points of an irregular round shape."""
    t = np.linspace(0, TURN, 36, endpoint=False)
    r = np.ones(36)
    for k in (2, 3, 5):
        r += rough * rng.uniform(0.3, 1) * np.sin(k * t + rng.uniform(0, TURN)) / np.sqrt(k)
    return list(zip(x + rx * r * np.cos(t), y + ry * r * np.sin(t), strict=True))


def rounded(x0, y0, x1, y1, radius):
    """Return the mask of a box with round corners."""
    mask = Image.new("L", (SIDE, SIDE), 0)
    box = whole([(x0, y0), (x1, y1)])
    ImageDraw.Draw(mask).rounded_rectangle(box, int(round(radius)), fill=255)
    return mask


def fit(sprite: Image.Image, rng, low=0.86, high=0.95) -> Image.Image:
    """Cut the drawing out, scale it to fill 86-95 % of the canvas and center it."""
    cut = sprite.crop(sprite.getbbox())
    factor = rng.uniform(low, high) * SIDE / max(cut.size)
    size = cut.size
    if factor > 1.03 or max(size) > high * SIDE:
        (size,) = whole([(max(4, cut.width * factor), max(4, cut.height * factor))])
        cut = cut.resize(size, Image.BILINEAR)
    out = new_sprite()
    out.paste(cut, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return out


def lathe(sprite, profile, cx, fill, gloss=0.5, flat=0.0) -> None:
    """Paint a turned body: ``profile`` lists (y, half width) from the top down.

    ``flat`` near 1 lights it as a box with round edges instead of a cylinder.
    """
    ys, halves = (np.asarray(v, dtype=np.float64) for v in zip(*profile, strict=True))
    right = [(cx + h, y) for y, h in profile]
    left = [(cx - h, y) for y, h in reversed(profile)]
    # Only the grid points around the body are needed.
    wide, step = float(halves.max()) + 2, SIDE / GRID
    c0, c1 = max(0, int((cx - wide) / step)), min(GRID, int((cx + wide) / step) + 1)
    r0, r1 = max(0, int(ys[0] / step) - 1), min(GRID, int(ys[-1] / step) + 2)
    half = np.interp(LINE[r0:r1], ys, halves)[:, None]
    u = (X[r0:r1, c0:c1] - cx) / np.maximum(half, 1)
    bend = u + 0.3
    bow = bend * bend
    bow = (1 - flat) * bow + flat * bow * bow * 0.7
    factor = 1.1 - 0.42 * bow - 0.25 * bell((u - 1) / 0.15)
    factor = factor + gloss * bell((u + 0.5) / 0.1) + 0.3 * gloss * bell((u - 0.75) / 0.08)
    box = (int(c0 * step), int(r0 * step), int(c1 * step), int(r1 * step))
    if isinstance(fill, Image.Image):
        part = fill.crop(box)
    else:
        part = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), fill)
    sprite.paste(lit(part, factor).convert("RGBA"), box, polygon_mask(right + left).crop(box))


def glyphs(rng, draw, box, ink, n: int) -> None:
    """Write n letter-like signs of no alphabet into the box."""
    x0, y0, x1, y1 = box
    step = (x1 - x0) / n
    w = max(2, int(round(min(step, y1 - y0) * 0.2)))
    for i in range(n):
        a, b = x0 + i * step, x0 + (i + 0.74) * step
        m = (y0 + y1) / 2
        strokes = [
            [(a, y0), (a, y1)],
            [(b, y0), (b, y1)],
            [(a, y0), (b, y0)],
            [(a, m), (b, m)],
            [(a, y1), (b, y1)],
            [(a, y0), (b, y1)],
            [(b, y0), (a, y1)],
            [(a, m), (b, y1)],
        ]
        for k in rng.choice(len(strokes), 3, replace=False):
            draw.line(whole(strokes[k]), fill=ink, width=w)


# ---------------------------------------------------------------- dishrag


def cloth_colors(rng, patterned=False):
    """Return a function that gives one cloth's colors at places (u, v), both about 0..1."""
    base = pick(
        rng,
        color(rng, saturation=(0.0, 0.15), value=(0.75, 0.97)),
        color(rng, saturation=(0.15, 0.5), value=(0.6, 0.95)),
        color(rng, saturation=(0.4, 0.85), value=(0.35, 0.85)),
        color(rng, (0.05, 0.13), (0.15, 0.4), (0.45, 0.8)),
    )
    ink = pick(
        rng,
        color(rng, saturation=(0.5, 0.9), value=(0.3, 0.85)),
        shade(base, rng.uniform(0.4, 0.7)),
        mix(base, WHITE, 0.75),
    )
    n = int(rng.integers(4, 9))
    wide = rng.uniform(0.25, 0.55)
    styles = ("gingham", "pane", "stripes", "stripes", "waffle", "dots")
    if not patterned:
        styles += ("plain", "bands", "edge")
    style = pick(rng, *styles)
    across, dot, stained = chance(rng, 0.5), rng.uniform(0.04, 0.09), chance(rng, 0.45)
    if style == "waffle":
        ink = shade(base, 0.55)

    def colors(u, v):
        size = (u.shape[1], u.shape[0])
        a, b = u * n % 1, v * n % 1
        if style == "gingham":
            share = 0.5 * (a < 0.5) + 0.5 * (b < 0.5)
        elif style == "pane":
            share = np.maximum(a < 0.16, b < 0.16) * 0.9
        elif style == "stripes":
            share = 1.0 * (a < wide) if across else 1.0 * (b < wide)
        elif style == "bands":
            place = np.abs(v - 0.5)
            share = 1.0 * ((place > 0.3) & (place < 0.36)) + ((place > 0.39) & (place < 0.41))
        elif style == "waffle":
            a, b = u * 16 % 1 - 0.5, v * 16 % 1 - 0.5
            share = 1.6 * np.maximum(np.abs(a), np.abs(b)) * np.abs(a + b)
        elif style == "dots":
            a, b = a - 0.5, b - 0.5
            share = 1.0 * (a * a + b * b < dot)
        elif style == "edge":
            rim = np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v))
            share = 1.0 * ((rim > 0.05) & (rim < 0.13))
        else:
            share = np.zeros_like(u)
        rgb = np.asarray(base) + share[:, :, None] * (np.asarray(ink) - np.asarray(base))
        if stained:
            # Stains: a rag has wiped something.
            dirt = np.clip(blotches(rng, size, int(rng.integers(4, 8)), 1.0) - 1.25, 0, 0.6)
            rgb = rgb + dirt[:, :, None] * (np.asarray((96, 72, 44)) - rgb)
        return rgb + rng.uniform(-7, 7, (*u.shape, 1))

    return colors


def cloth(sprite, rgb: np.ndarray, factor: np.ndarray, outline, at=(0, 0)) -> None:
    """Paint woven colors with the light of their folds inside an outline.

    ``at`` is the grid point (column, row) where the arrays begin.
    """
    image = to_image(rgb * np.clip(factor, 0.18, 1.3)[:, :, None])
    step = SIDE // GRID
    size = (step * image.width, step * image.height)
    x, y = step * at[0], step * at[1]
    box = (x, y, x + size[0], y + size[1])
    image = image.resize(size, Image.BILINEAR).convert("RGBA")
    sprite.paste(image, box, polygon_mask(outline).crop(box))


def fold_waves(rng, s: np.ndarray, drop: np.ndarray, n: float):
    """Return height and slope of folds that run down a hanging cloth."""
    height, slope = np.zeros_like(s), np.zeros_like(s)
    for k, size in ((n, 1.0), (n * 1.7, 0.6), (n * 2.9, 0.3)):
        phase = TURN * (k * s + rng.uniform(0, 1)) + rng.uniform(-1.5, 1.5) * drop
        height += size * np.sin(phase)
        slope += size * np.cos(phase)
    return height, slope


def hanging_cloth(
    rng, sprite, top, bottom, y0, y1, folds, depth, sag=0.0, pinch=1.0, colors=None, dip=0.0
) -> None:
    """Paint a cloth that hangs from an upper edge (x0, x1) down to a lower one.

    ``sag`` bows the upper edge down; ``pinch`` above 1 lets it widen early;
    ``dip`` lowers the middle of the lower edge (or, below 0, its two ends).
    """
    s_line = np.linspace(0, 1, 40)
    # Only the grid points around the cloth are needed.
    step = SIDE / GRID
    c0 = max(0, int((min(top[0], bottom[0]) - 6) / step))
    c1 = min(GRID, int((max(top[1], bottom[1]) + 6) / step) + 1)
    r0 = max(0, int((y0 - 6) / step))
    r1 = min(GRID, int((y1 + 0.5 * abs(dip) + 26) / step) + 1)
    across, down = X[r0:r1, c0:c1], Y[r0:r1, c0:c1]
    fall = np.clip((down - y0) / (y1 - y0), 0, 1)
    open_ = 1 - (1 - fall) * (1 - fall) if pinch > 1 else fall
    left = top[0] + (bottom[0] - top[0]) * open_
    right = top[1] + (bottom[1] - top[1]) * open_
    s = (across - left) / np.maximum(right - left, 4)
    height, slope = fold_waves(rng, s, fall, folds)
    grow = 0.35 + 0.65 * fall
    colors = colors or cloth_colors(rng)
    rgb = colors(s + 0.02 * height * grow, fall * rng.uniform(0.8, 1.1) + 0.012 * height)
    factor = 0.92 - depth * grow * (0.2 * slope - 0.1 * height) - 0.1 * fall
    factor = factor * blotches(rng, (c1 - c0, r1 - r0), 7, 0.08)
    # The lower edge follows the folds; a few random steps make it frayed.
    wave = np.interp(s_line, s[-1], height[-1])
    torn = 3.0 if chance(rng, 0.2) else 0.8
    wave = wave * rng.uniform(1.5, 4) * depth + torn * rng.uniform(-1, 1, 40)
    tilt = rng.uniform(-14, 14)
    low = y1 + wave + tilt * (s_line - 0.5) + dip * (0.5 - 2 * np.abs(s_line - 0.5))
    below = list(zip(bottom[0] + (bottom[1] - bottom[0]) * s_line, low, strict=True))
    bow = 4 * s_line * (1 - s_line) * sag
    above = list(zip(top[0] + (top[1] - top[0]) * s_line, y0 + bow, strict=True))
    steps = np.linspace(0.1, 0.9, 9)
    curve = 1 - (1 - steps) * (1 - steps) if pinch > 1 else steps
    jig = rng.uniform(-2, 2, (2, 9))
    drop = y1 - 0.5 * dip - y0
    side_r = [
        (top[1] + (bottom[1] - top[1]) * c + j, y0 + drop * t)
        for c, t, j in zip(curve, steps, jig[0], strict=True)
    ]
    side_l = [
        (top[0] + (bottom[0] - top[0]) * c + j, y0 + drop * t)
        for c, t, j in zip(curve, steps, jig[1], strict=True)
    ]
    cloth(sprite, rgb, factor, above + side_r + below[::-1] + side_l[::-1], (c0, r0))


def bar(sprite, x0, y0, x1, y1, wide, rgb) -> None:
    """Paint a straight round rod, light on its upper left side."""
    draw = ImageDraw.Draw(sprite)
    length = max(1.0, float(np.hypot(x1 - x0, y1 - y0)))
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    if nx + ny > 0:
        nx, ny = -nx, -ny
    n = max(3, int(wide))
    for i in range(n):
        t = i / (n - 1) - 0.5
        tone = shade(rgb, 0.5 + 1.0 * bell((t - 0.18) / 0.42))
        dx, dy = nx * t * wide, ny * t * wide
        line = whole([(x0 + dx, y0 + dy), (x1 + dx, y1 + dy)])
        draw.line(line, fill=(*tone, 255), width=3)


def bare_metal(rng):
    """Return the color of bare metal: chrome, brass, or something dull and dark."""
    return pick(
        rng,
        color(rng, saturation=(0.0, 0.06), value=(0.6, 0.85)),
        color(rng, (0.1, 0.14), (0.3, 0.6), (0.55, 0.8)),
        color(rng, saturation=(0.0, 0.1), value=(0.2, 0.4)),
    )


def rag_on_rail(rng, sprite) -> None:
    """A cloth folded over a rail; the back half peeps out below or beside."""
    y = 34
    wide = rng.uniform(110, 190)
    x0 = 128 - wide / 2
    rail = bare_metal(rng) if chance(rng, 0.7) else color(rng, (0.05, 0.1), (0.3, 0.6), (0.3, 0.7))
    ends = rng.uniform(12, 36)
    low = rng.uniform(170, 236)
    shift = rng.uniform(-14, 14)
    colors = cloth_colors(rng)
    edge = (x0 + shift, x0 + wide + shift)
    hanging_cloth(rng, sprite, edge, edge, y, low, 3, 0.8, colors=colors)
    shadow(sprite, Image.new("L", (SIDE, SIDE), 255), 0.45, 0)
    bar(sprite, x0 - ends, y, x0 + wide + ends, y, rng.uniform(6, 12), rail)
    front = rng.uniform(150, 245)
    flare = rng.uniform(-10, 12)
    hanging_cloth(
        rng,
        sprite,
        (x0, x0 + wide),
        (x0 - flare, x0 + wide + flare),
        y - 6,
        front,
        rng.uniform(1.5, 4),
        rng.uniform(0.6, 1.3),
        sag=rng.uniform(0, 3),
        colors=colors,
    )
    ridge = polygon_mask([(x0, y - 7), (x0 + wide, y - 7), (x0 + wide, y + 2), (x0, y + 2)])
    light = ImageChops.multiply(ridge.filter(ImageFilter.BoxBlur(3)), sprite.getchannel("A"))
    sprite.paste((*BRIGHT, 255), (0, 0), light.point(lambda level: level // 3))


def rag_on_hook(rng, sprite) -> None:
    """A cloth caught at one point on a hook or nail; it opens downwards."""
    tone = bare_metal(rng)
    cx = 128 + rng.uniform(-20, 20)
    spread = rng.uniform(45, 85)
    draw = ImageDraw.Draw(sprite)
    top = rng.uniform(26, 36)
    if chance(rng, 0.5):
        plate = whole([(cx - 12, 4), (cx + 12, 30)])
        draw.rounded_rectangle(plate, 5, (*shade(tone, 0.8), 255))
    gather = rng.uniform(8, 18)
    hanging_cloth(
        rng,
        sprite,
        (cx - gather, cx + gather),
        (cx - spread * rng.uniform(0.7, 1.1), cx + spread * rng.uniform(0.7, 1.1)),
        top - 8,
        rng.uniform(190, 220),
        rng.uniform(2, 4),
        rng.uniform(1.1, 1.7),
        pinch=2.0,
        dip=pick(rng, 0.0, 50.0, 70.0, -45.0),
    )
    bar(sprite, cx, 8, cx, top + 6, 7, tone)
    bend = whole([(cx - 2, top - 6), (cx + 18, top + 14)])
    draw.arc(bend, 0, 180, (*shade(tone, 0.9), 255), 6)


def rag_on_line(rng, sprite) -> None:
    """A cloth on a washing line, held by two pegs."""
    x0, x1 = rng.uniform(35, 60), rng.uniform(195, 222)
    y = rng.uniform(28, 40)
    draw = ImageDraw.Draw(sprite)
    draw.line(whole([(8, y - 6), (x0, y), (x1, y), (248, y - 8)]), (120, 116, 108, 255), 4)
    hanging_cloth(
        rng,
        sprite,
        (x0, x1),
        (x0 + rng.uniform(-6, 18), x1 - rng.uniform(-6, 18)),
        y,
        rng.uniform(170, 235),
        rng.uniform(1.5, 3.5),
        rng.uniform(0.5, 1.0),
        sag=rng.uniform(5, 18),
    )
    peg = color(rng, saturation=(0.3, 0.8), value=(0.5, 0.9))
    for x in (x0 + 8, x1 - 8):
        box = whole([(x - 5, y - 16), (x + 5, y + 18)])
        draw.rounded_rectangle(box, 3, (*peg, 255), (*shade(peg, 0.6), 255), 2)


def rag_flat(rng, sprite) -> None:
    """A cloth that lies spread out, wrinkled, one corner turned over."""
    turn = rng.uniform(-0.5, 0.5)
    squash = rng.uniform(0.55, 1.0)
    c, s = np.cos(turn), np.sin(turn)
    half_x, half_y = rng.uniform(80, 98), rng.uniform(70, 98)
    dx, dy = X - 128, (Y - 128) / squash
    waves = blotches(rng, (GRID, GRID), 5, 1.0) - 1
    u = (dx * c + dy * s) / (2 * half_x) + 0.5 + 0.06 * waves
    v = (dy * c - dx * s) / (2 * half_y) + 0.5 + 0.06 * waves.T
    creases = np.abs(blotches(rng, (GRID, GRID), 6, 1.0) - 1)
    hills = waves + 0.8 * creases
    factor = 0.95 + 1.05 * (np.roll(hills, -3, 1) - hills + np.roll(hills, -3, 0) - hills)
    if chance(rng, 0.6):
        # Creases of having been folded: one side light, the other dark.
        for d in (u - 0.5, v - 0.5, v - 0.25):
            factor = factor + 0.22 * bell((d + 0.012) / 0.01) - 0.28 * bell((d - 0.012) / 0.012)
    edge = []
    for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        edge.append((a * half_x * rng.uniform(0.9, 1.06), b * half_y * rng.uniform(0.9, 1.06)))
    points = []
    for i in range(4):
        (xa, ya), (xb, yb) = edge[i], edge[(i + 1) % 4]
        dent = rng.uniform(-9, 7)
        for t in np.linspace(0, 1, 12, endpoint=False):
            bow = 4 * t * (1 - t) * dent
            px, py = xa + (xb - xa) * t, ya + (yb - ya) * t
            size = max(abs(px), abs(py))
            px, py = px * (1 + bow / size), py * (1 + bow / size)
            px, py = px + rng.uniform(-1.5, 1.5), py + rng.uniform(-1.5, 1.5)
            points.append((128 + px * c - py * s, 128 + (px * s + py * c) * squash))
    rgb = cloth_colors(rng)(u, v)
    tone = tuple(rgb.mean((0, 1)))
    flap = None
    if chance(rng, 0.55):
        # One corner is turned over: it leaves the outline and lies mirrored inside it.
        i, cut = int(rng.integers(4)) * 12, int(rng.integers(3, 6))
        ring = points[i:] + points[:i]
        corner, first, last = ring[0], ring[cut], ring[-cut]
        points = ring[cut : len(ring) - cut + 1]
        tip = (first[0] + last[0] - corner[0], first[1] + last[1] - corner[1])
        flap = [first, ((first[0] + tip[0]) / 2 + 2, (first[1] + tip[1]) / 2 + 3), tip, last]
    put(sprite, shade(tone, 0.45), polygon_mask([(x + 2, y + 4) for x, y in points]))
    cloth(sprite, rgb, factor, points)
    if flap:
        shadow(sprite, polygon_mask([(x + 4, y + 6) for x, y in flap]), 0.55, 5)
        back = rgb[::-1, ::-1] * 0.85 + 0.15 * np.asarray(WHITE)
        cloth(sprite, back, 1.1 - 0.3 * bell((X + Y - flap[0][0] - flap[0][1]) / 30), flap)


def rag_crumpled(rng, sprite) -> None:
    """A cloth dropped in a heap: sharp folds that run every way, corners sticking out."""
    squash = rng.uniform(0.55, 0.95)
    n = int(rng.integers(8, 13))
    corners = TURN * (np.arange(n) + rng.uniform(-0.3, 0.3, n)) / n
    reach = rng.uniform(72, 100, n)
    reach[rng.integers(n)] = 118
    points = []
    for i in range(n):
        j = (i + 1) % n
        xa, ya = reach[i] * np.cos(corners[i]), reach[i] * np.sin(corners[i])
        xb, yb = reach[j] * np.cos(corners[j]), reach[j] * np.sin(corners[j])
        bow = rng.uniform(-0.04, 0.16)
        for t in np.linspace(0, 1, 7, endpoint=False):
            k = 1 + 4 * t * (1 - t) * bow
            points.append(((xa + (xb - xa) * t) * k, (ya + (yb - ya) * t) * k))
    points = [(128 + x, 128 + y * squash) for x, y in points]
    dx, dy = (X - 128) / 100, (Y - 128) / (100 * squash)
    height = 0.25 * blotches(rng, (GRID, GRID), 4, 1.0)
    u, v = dx * 0.5, dy * 0.5
    for _ in range(int(rng.integers(7, 11))):
        # Each fold is a bent ridge; where it stands out, its own part of the cloth shows.
        a = rng.uniform(0, TURN)
        px, py = rng.uniform(-0.6, 0.6, 2)
        c, sn = np.cos(a), np.sin(a)
        along = (dx - px) * c + (dy - py) * sn
        off = (dy - py) * c - (dx - px) * sn + rng.uniform(-0.35, 0.35) * along * along
        wide = rng.uniform(0.1, 0.24)
        fold = (
            rng.uniform(0.7, 1.2) * bell(along / rng.uniform(0.9, 1.6)) / (1 + np.abs(off) / wide)
        )
        turn = rng.uniform(-0.9, 0.9)
        front = fold > height
        u = np.where(front, 0.5 * (along * np.cos(turn) - off * np.sin(turn)) + a, u)
        v = np.where(front, 0.5 * (along * np.sin(turn) + off * np.cos(turn)) + a, v)
        height = np.maximum(height, fold)
    slope = np.roll(height, -2, 1) - np.roll(height, 2, 1)
    slope = slope + np.roll(height, -2, 0) - np.roll(height, 2, 0)
    far = dx * dx + dy * dy
    factor = 0.72 + 0.9 * np.clip(slope, -0.5, 0.5) + 0.38 * height
    factor = factor - 0.2 * np.clip(far, 0, 1.4) - 0.1 * (dx + dy)
    rgb = cloth_colors(rng, patterned=True)(u, v)
    tone = tuple(rgb.mean((0, 1)))
    put(sprite, shade(tone, 0.4), polygon_mask([(x + 2, y + 4) for x, y in points]))
    cloth(sprite, rgb, factor, points)
    if chance(rng, 0.5):
        hem = [(128 + (x - 128) * 0.95, 128 + (y - 128) * 0.95) for x, y in points]
        ImageDraw.Draw(sprite).line(whole(hem + hem[:1]), fill=(*shade(tone, 0.65), 255), width=2)


def rag_on_tap(rng, sprite) -> None:
    """A cloth hung over the curved spout of a kitchen tap."""
    tone = bare_metal(rng)
    draw = ImageDraw.Draw(sprite)
    x, y = rng.uniform(50, 70), rng.uniform(40, 55)
    reach = rng.uniform(100, 135)
    lathe(sprite, [(228, 26), (236, 32), (248, 32)], x, tone)
    lathe(sprite, [(y + 20, 10), (228, 13), (232, 20)], x, tone)
    for wide, light in ((20, 0.6), (14, 1.0), (5, 1.35)):
        d = (20 - wide) / 2
        box = whole([(x - 10 + d, y - 28 + d), (x + reach + 10 - d, y + 78 - d)])
        draw.arc(box, 180, 360, (*shade(tone, light), 255), wide)
    lathe(sprite, [(y + 22, 10), (y + 44, 10), (y + 46, 12), (y + 54, 12)], x + reach, tone)
    bar(sprite, x, 206, x - 34, 196, 9, tone)
    mid = x + reach * rng.uniform(0.45, 0.62)
    top = rng.uniform(22, 34)
    spread = rng.uniform(28, 48)
    hanging_cloth(
        rng,
        sprite,
        (mid - top, mid + top),
        (mid - spread, mid + spread),
        y - 30,
        rng.uniform(165, 235),
        rng.uniform(1.5, 3),
        rng.uniform(0.9, 1.5),
        sag=-5,
    )


def rag_folded(rng, sprite) -> None:
    """A cloth or two, folded into a soft flat packet, seen at an angle."""
    wide, deep = rng.uniform(150, 190), rng.uniform(60, 120)
    narrow = rng.uniform(10, 34)
    lean = narrow * rng.uniform(-0.9, 0.9)
    x0, x1 = 128 - wide / 2, 128 + wide / 2
    y = 225.0
    for _ in range(int(rng.integers(1, 4))):
        rgb = cloth_colors(rng)((X / SIDE), (Y / SIDE))
        tone = tuple(rgb.mean((0, 1)))
        layers, thick = int(rng.integers(2, 4)), rng.uniform(10, 16)
        hills = blotches(rng, (GRID, GRID), 5, 0.2)
        top = to_image(rgb * (hills * (1.06 - 0.2 * X / SIDE))[:, :, None])
        top = top.resize((TEXTURE, TEXTURE), Image.BILINEAR)
        for i in range(layers):
            low = y - thick * i
            a, b = x0 + rng.uniform(-6, 6), x1 + rng.uniform(-3, 3)
            bulge = rounded(a, low - thick - 5, b, low, thick * 0.6)
            fill = Image.new("RGB", (SIDE, SIDE), mix(tone, (235, 232, 226), 0.12))
            put(sprite, lit(fill, 0.55 + 0.55 * bell((Y - low + thick * 0.75) / thick)), bulge)
        y -= thick * layers
        quad = [(x0 + lean + narrow, y - deep), (x1 + lean - narrow, y - deep), (x1, y), (x0, y)]
        lay(sprite, top, quad)
        # The near edge is a fold: it is round, so it catches the light.
        bar(sprite, x0 + 4, y, x1 - 4, y, 7, tone)


def draw_dishrag(rng) -> tuple[Image.Image, str]:
    """A dishrag: hung up, spread out, crumpled, folded, or over a tap."""
    sprite = new_sprite()
    often = (rag_on_rail, rag_on_hook, rag_flat)
    kinds = (*often, *often, rag_on_rail, rag_on_line, rag_crumpled, rag_on_tap, rag_folded)
    kind = pick(rng, *kinds)
    kind(rng, sprite)
    return fit(sprite, rng), words(kind)


# ---------------------------------------------------------------- plate


def plate_colors(rng):
    """Return the ground color and the pattern color of a plate."""
    ground = pick(
        rng,
        color(rng, (0.08, 0.15), (0.0, 0.08), (0.9, 0.98)),
        color(rng, (0.08, 0.15), (0.02, 0.15), (0.8, 0.95)),
        color(rng, saturation=(0.15, 0.45), value=(0.7, 0.95)),
        color(rng, saturation=(0.4, 0.85), value=(0.35, 0.85)),
        color(rng, (0.04, 0.1), (0.35, 0.65), (0.35, 0.65)),
        color(rng, saturation=(0.0, 0.1), value=(0.2, 0.4)),
        color(rng, saturation=(0.0, 0.05), value=(0.6, 0.75)),
    )
    ink = color(rng, saturation=(0.45, 0.9), value=(0.3, 0.8))
    if sum(ground) < 330:
        ink = mix(ink, WHITE, 0.6)
    return ground, ink


def around(rng, draw, radius, n, size, form, ink, bend) -> None:
    """Set n small forms in a ring around the middle of the plate."""
    start = rng.uniform(0, TURN)
    for i in range(n):
        a = start + TURN * i / n
        r = radius * bend(a)
        x, y = 128 + r * np.cos(a), 128 + r * np.sin(a)
        if form == "dots":
            draw.polygon(whole(oval(x, y, size, size, 10)), fill=ink)
        elif form == "leaves":
            draw.polygon(whole(oval(x, y, size * 1.5, size * 0.6, 12, a + 0.8)), fill=ink)
        elif form == "rays":
            draw.polygon(whole(oval(x, y, size * 1.5, size * 0.4, 10, a)), fill=ink)
        elif form == "flowers":
            for k in range(5):
                b = TURN * k / 5 + a
                px, py = x + size * np.cos(b), y + size * np.sin(b)
                draw.polygon(whole(oval(px, py, size * 0.62, size * 0.62, 8)), fill=ink)
            draw.polygon(whole(oval(x, y, size * 0.5, size * 0.5, 8)), fill=(236, 190, 60))


def plate_face(rng):
    """Return a plate seen from above: its picture, its mask and how wide its well is."""
    ground, ink = plate_colors(rng)
    form = pick(rng, *["round"] * 6, "square", "scalloped", "octagon")
    wave = int(rng.integers(8, 16))

    def bend(a):
        """Return how far the edge lies in direction a, compared with a circle."""
        c, s = np.cos(a), np.sin(a)
        if form == "square":
            return 1 / np.sqrt(np.sqrt(c * c * c * c + s * s * s * s))
        if form == "scalloped":
            return 1 + 0.035 * np.cos(wave * a)
        if form == "octagon":
            return 1 / np.maximum(
                np.maximum(abs(c), abs(s)) * 0.98, (abs(c) + abs(s)) * np.sqrt(0.5) * 0.98
            )
        return 1.0 + 0 * a

    radius = 100 if form == "square" else 118
    well = rng.uniform(0.58, 0.78)

    def ring(share):
        a = np.linspace(0, TURN, 72, endpoint=False)
        r = radius * share * bend(a)
        return list(zip(128 + r * np.cos(a), 128 + r * np.sin(a), strict=True))

    image = Image.new("RGB", (SIDE, SIDE), ground)
    draw = ImageDraw.Draw(image)
    if chance(rng, 0.3):
        # A rim or a well in another color.
        other = mix(ground, ink, rng.uniform(0.3, 1.0))
        draw.polygon(whole(ring(1.0)), fill=other)
        draw.polygon(whole(ring(well)), fill=ground if chance(rng, 0.7) else mix(other, WHITE, 0.3))
    mid = (1 + well) / 2
    for share in pick(rng, (0.98,), (0.97, 0.9), (0.97, well + 0.02), (well + 0.03,), ()):
        a = ring(share)
        draw.line(whole(a + a[:2]), fill=ink, width=int(rng.integers(4, 11)))
    if chance(rng, 0.55):
        motif = pick(rng, "dots", "leaves", "rays", "flowers", "leaves")
        n = int(rng.integers(8, 26))
        size = min(radius * (1 - well) * 0.36, radius * 2.2 / n)
        around(rng, draw, radius * mid, n, size, motif, ink, bend)
    if chance(rng, 0.35):
        second = mix(ink, color(rng, saturation=(0.5, 0.9)), 0.6)
        around(rng, draw, radius * 0.28, int(rng.integers(5, 10)), radius * 0.13, "rays", ink, bend)
        around(rng, draw, 0, 1, radius * 0.12, pick(rng, "flowers", "dots"), second, bend)
    # Light: the rim leans in, so its lower right side faces the light; the wall of the
    # well does so more strongly; the floor is flat.
    dx, dy = (X - 128) / radius, (Y - 128) / radius
    r = np.sqrt(dx * dx + dy * dy)
    angle = np.arctan2(dy, dx)
    r_form = r / bend(angle)
    toward = (dx + dy) / np.maximum(r, 0.05) * np.sqrt(0.5)
    slope = 0.1 * (r_form > well) + 0.34 * bell((r_form - well) / 0.05)
    slope = slope - 0.3 * bell((r_form - 1.0) / 0.035)
    factor = 0.97 + toward * slope - 0.05 * (dx + dy)
    gloss = rng.uniform(0.0, 0.5)
    spot = bell(np.hypot(dx + 0.42, (dy + 0.4) * 1.3) / 0.16)
    factor = factor + gloss * spot + 0.4 * gloss * bell((r_form - 0.93) / 0.03) * (toward < -0.6)
    lit(image, factor * blotches(rng, (GRID, GRID), 5, 0.03))
    return image, polygon_mask(ring(1.0)), well * radius, ground


def food_pile(rng, sprite, x, y, rx, ry) -> None:
    """Paint a heap of small things: rice, peas, beans, pasta, berries, salad."""
    base = pick(
        rng,
        color(rng, (0.1, 0.14), (0.05, 0.3), (0.85, 0.98)),
        color(rng, (0.2, 0.35), (0.5, 0.85), (0.35, 0.75)),
        color(rng, (0.0, 0.04), (0.6, 0.9), (0.4, 0.8)),
        color(rng, (0.08, 0.13), (0.6, 0.9), (0.7, 0.95)),
        color(rng, (0.03, 0.08), (0.5, 0.7), (0.25, 0.5)),
    )
    other = color(rng, (0.0, 0.4), (0.5, 0.9), (0.4, 0.9))
    draw = ImageDraw.Draw(sprite)
    draw.polygon(whole(blob(rng, x, y + 3, rx, ry)), fill=(*shade(base, 0.5), 255))
    n = int(rng.integers(30, 55))
    size, long = rng.uniform(5, 9), rng.uniform(1, 2.6)
    spots = np.sqrt(rng.uniform(0, 1, n)) * 0.9
    ways = rng.uniform(0, TURN, n)
    for r, a in sorted(zip(spots, ways, strict=True), key=lambda p: p[0] * np.sin(p[1])):
        px, py = x + rx * r * np.cos(a), y + ry * r * np.sin(a) - (1 - r) * ry * 0.35
        tone = other if chance(rng, 0.12) else base
        tone = shade(tone, rng.uniform(0.8, 1.1) - 0.2 * r * np.cos(a - 0.8))
        turn = rng.uniform(0, 3)
        piece = oval(px, py, size * long, size * 0.8, 9, turn)
        draw.polygon(whole([(p + 1, q + 2) for p, q in piece]), fill=(*shade(tone, 0.6), 255))
        draw.polygon(whole(piece), fill=(*tone, 255))


def food_slab(rng, sprite, x, y, rx, ry) -> None:
    """Paint one bigger piece: bread, meat, a fried egg, a pancake, fruit."""
    kind = pick(rng, "egg", "bread", "meat", "fruit", "fruit")
    draw = ImageDraw.Draw(sprite)
    if kind == "egg":
        draw.polygon(whole(blob(rng, x, y + 2, rx, ry, 0.18)), fill=(196, 188, 170, 255))
        draw.polygon(whole(blob(rng, x, y, rx * 0.96, ry * 0.94, 0.16)), fill=(252, 250, 240, 255))
        draw.polygon(whole(oval(x, y, rx * 0.42, ry * 0.42)), fill=(246, 176, 36, 255))
        glint = oval(x - rx * 0.15, y - ry * 0.15, rx * 0.1, ry * 0.1)
        draw.polygon(whole(glint), fill=(255, 240, 190, 255))
        return
    if kind == "fruit":
        base = color(rng, (0.0, 0.3), (0.6, 0.95), (0.5, 0.95))
        for _ in range(int(rng.integers(1, 4))):
            px, py = x + rng.uniform(-0.4, 0.4) * rx, y + rng.uniform(-0.3, 0.3) * ry
            r = rx * rng.uniform(0.4, 0.6)
            for share, light in ((1.0, 0.6), (0.88, 0.85), (0.65, 1.05), (0.25, 1.4)):
                d = (1 - share) * r * 0.5
                ball = oval(px - d, py - r * 0.4 - d, r * share, r * share * 0.94, 20)
                draw.polygon(whole(ball), fill=(*shade(base, light), 255))
        return
    crust = color(rng, (0.03, 0.1), (0.5, 0.75), (0.3, 0.6))
    crumb = mix(crust, (250, 226, 170), 0.7) if kind == "bread" else shade(crust, 1.25)
    shape = blob(rng, x, y, rx, ry, 0.1)
    for lift, share, tone in ((5, 1.0, shade(crust, 0.6)), (0, 1.0, crust), (0, 0.86, crumb)):
        piece = [(x + (px - x) * share, y + (py - y) * share + lift) for px, py in shape]
        draw.polygon(whole(piece), fill=(*tone, 255))
    for _ in range(5):
        a, r = rng.uniform(0, TURN), rng.uniform(0, 0.6)
        px, py = x + r * rx * np.cos(a), y + r * ry * np.sin(a)
        draw.polygon(whole(oval(px, py, rx * 0.12, ry * 0.08, 8)), fill=(*shade(crumb, 0.8), 255))


def draw_plate(rng) -> tuple[Image.Image, str]:
    """A plate from above or at an angle, plain, patterned, with food, or a stack."""
    sprite = new_sprite()
    image, mask, well, ground = plate_face(rng)
    view = pick(rng, "above", "above", "angle", "angle", "angle", "low", "stack")
    squash = {"above": 1.0, "angle": rng.uniform(0.5, 0.85), "low": rng.uniform(0.28, 0.45)}.get(
        view, rng.uniform(0.4, 0.65)
    )
    long = rng.uniform(0.62, 0.85) if chance(rng, 0.12) else 1.0
    tall = int(round(SIDE * squash * long))
    image = image.resize((SIDE, tall), Image.BILINEAR)
    mask = mask.resize((SIDE, tall), Image.BILINEAR)
    depth = int(round(38 * np.sqrt(max(0.0, 1 - squash * squash)) * rng.uniform(0.5, 1.1)))
    pile = int(rng.integers(3, 8)) if view == "stack" else 1
    gap = int(rng.integers(9, 14))
    y0 = (SIDE - tall) // 2 - depth // 2 + (gap * (pile - 1)) // 2
    foot = (mask.width * 58 // 100, max(2, tall * 58 // 100))
    image = image.convert("RGBA")
    for level in range(pile):
        y = y0 - gap * level
        steps = max(1, depth // 9) if level == 0 else 0
        for i in range(steps):
            # The underside: from the narrow foot up to the rim, lighter as it widens.
            t = (i + 1) / (steps + 1)
            w = int(round(foot[0] + (SIDE - foot[0]) * np.sqrt(t)))
            h = int(round(foot[1] + (tall - foot[1]) * np.sqrt(t)))
            tone = shade(ground, 0.42 + 0.25 * t)
            small = mask.resize((w, h), Image.NEAREST)
            at = ((SIDE - w) // 2, y + (tall - h) // 2 + int(round(depth * (1 - t))))
            sprite.paste((*tone, 255), at, small)
        sprite.paste((*shade(ground, 0.72), 255), (0, y + 3), mask)
        sprite.paste(image, (0, y), mask)
    if chance(rng, 0.42):
        cx, cy, ry = 128, y0 - gap * (pile - 1) + tall / 2, well * squash * long
        n = int(rng.integers(1, 4))
        start = rng.uniform(0, TURN)
        for i in range(n):
            off = 0.0 if n == 1 else 0.42
            a = start + TURN * i / n
            x, y = cx + off * well * np.cos(a), cy + off * ry * np.sin(a)
            size = rng.uniform(0.62, 0.8) if n == 1 else rng.uniform(0.42, 0.52)
            dark = polygon_mask(oval(x + 4, y + 6, well * size, ry * size))
            shadow(sprite, dark, 0.4, 4)
            dish = food_pile if chance(rng, 0.55) else food_slab
            dish(rng, sprite, x, y, well * size, ry * size)
    elif chance(rng, 0.25):
        tone = bare_metal(rng)
        a = rng.uniform(-0.6, 0.6)
        c, s = np.cos(a), np.sin(a) * squash
        y = y0 - gap * (pile - 1) + tall / 2 - 4
        x = 128
        shadow(sprite, polygon_mask(oval(x + 4, y + 6, 80, 5, turn=a)), 0.4, 3)
        bar(sprite, x - 100 * c, y - 100 * s, x + 36 * c, y + 36 * s, 8, tone)
        bowl = oval(x + 54 * c, y + 54 * s, 27, 16 * np.sqrt(squash), turn=a)
        put(sprite, fade(shade(tone, 1.2), shade(tone, 0.6)), polygon_mask(bowl))
    if chance(rng, 0.3):
        sprite = sprite.rotate(int(rng.integers(-14, 15)), Image.BILINEAR)
    return fit(sprite, rng), view


# ---------------------------------------------------------------- soap dispenser


def body_profile(rng, y0, y1, neck):
    """Return a bottle's outline (y, half width) and how flat its front is."""
    form = pick(rng, "straight", "round", "waist", "cone", "slope", "square")
    h = y1 - y0
    w = rng.uniform(40, 62)
    if form == "straight":
        points = [(0, neck), (0.03, w * 0.7), (0.07, w * 0.93), (0.12, w), (0.95, w)]
    elif form == "round":
        t = np.linspace(0.02, 0.98, 24)
        bulge = np.sqrt(np.sqrt(4 * t * (1 - t)))
        points = [(float(a), max(neck, float(w * 1.15 * b))) for a, b in zip(t, bulge, strict=True)]
    elif form == "waist":
        t = np.linspace(0.06, 0.96, 16)
        half = w * (0.88 + 0.12 * np.cos(TURN * t))
        points = [(0, neck)] + [(float(a), float(b)) for a, b in zip(t, half, strict=True)]
    elif form == "cone":
        points = [(0, neck), (0.06, w * 0.55), (0.5, w * 0.85), (0.95, w * 1.1)]
    elif form == "slope":
        points = [(0, neck), (0.12, neck * 1.5), (0.24, w * 0.75), (0.36, w), (0.95, w)]
    else:
        points = [(0, neck), (0.01, w * 0.95), (0.03, w), (0.97, w)]
    points.append((1.0, points[-1][1] * (0.97 if form == "square" else 0.86)))
    flat = rng.uniform(0.7, 1.0) if form == "square" else rng.uniform(0.0, 0.4)
    return [(y0 + a * h, b) for a, b in points], flat


def soap_label(rng, draw, cx, y0, y1, half) -> None:
    """Draw a label: a panel, a mark, and lines of letter-like signs."""
    panel = color(rng, saturation=(0.0, 0.6), value=(0.6, 1.0))
    ink = shade(panel, 0.35) if chance(rng, 0.6) else color(rng, saturation=(0.5, 0.9))
    box = whole([(cx - half, y0), (cx + half, y1)])
    shape = pick(rng, "box", "oval", "bare")
    if shape == "box":
        draw.rounded_rectangle(box, 6, fill=panel)
    elif shape == "oval":
        draw.ellipse(box, fill=panel)
    h = y1 - y0
    top = y0 + 0.22 * h
    mark = pick(rng, "drop", "leaf", "flower", "none")
    if mark == "drop":
        draw.polygon(whole(oval(cx, top + h * 0.14, h * 0.1, h * 0.12, 16)), fill=ink)
        tip = [(cx - h * 0.09, top + h * 0.1), (cx, top - h * 0.1), (cx + h * 0.09, top + h * 0.1)]
        draw.polygon(whole(tip), fill=ink)
    elif mark == "leaf":
        draw.polygon(whole(oval(cx, top + h * 0.08, h * 0.2, h * 0.08, 16, -0.6)), fill=ink)
    elif mark == "flower":
        around_dots = [(cx + h * 0.1 * np.cos(a), top + 8 + h * 0.1 * np.sin(a)) for a in range(6)]
        for x, y in around_dots:
            draw.polygon(whole(oval(x, y, h * 0.07, h * 0.07, 10)), fill=ink)
    n = int(rng.integers(3, 6))
    box = (cx - half * 0.6, y0 + 0.52 * h, cx + half * 0.66, y0 + 0.66 * h)
    glyphs(rng, draw, box, ink, n)
    for share in (0.76, 0.86):
        line = [(cx - half * 0.5, y0 + share * h), (cx + half * 0.5, y0 + share * h)]
        draw.line(whole(line), fill=ink, width=2)


def pump_head(rng, sprite, cx, y, tone, foam) -> None:
    """Paint collar, stem, head and spout of a pump; ``y`` is the top of the bottle."""
    side = 1 if chance(rng, 0.5) else -1
    collar = rng.uniform(15, 21) if not foam else rng.uniform(26, 34)
    lift = rng.uniform(16, 40)
    stem = rng.uniform(4, 7)
    head = y - 22 - lift
    gloss = rng.uniform(0.2, 0.7)
    lathe(sprite, [(head, stem), (y - 18, stem)], cx, shade(tone, 0.85), gloss)
    lathe(sprite, [(y - 22, collar * 0.8), (y - 19, collar), (y, collar)], cx, tone, gloss)
    draw = ImageDraw.Draw(sprite)
    if chance(rng, 0.6):
        for x in range(int(cx - collar) + 3, int(cx + collar) - 1, 6):
            draw.line(((x, int(y - 16)), (x, int(y - 2))), fill=(*shade(tone, 0.7), 255), width=1)
    reach = rng.uniform(38, 60) * side
    if foam:
        lathe(sprite, [(head - 8, collar * 0.8), (head + 16, collar * 0.9)], cx, tone, gloss)
        spout = [(cx, head - 8), (cx + reach, head - 6), (cx + reach, head + 6), (cx, head + 10)]
        put(sprite, fade(shade(tone, 1.1), tone), polygon_mask(spout))
        lathe(sprite, [(head - 14, collar * 0.75), (head - 4, collar * 0.85)], cx, shade(tone, 1.1))
        return
    if chance(rng, 0.5):
        # A bent pipe.
        thick = rng.uniform(9, 13)
        bar(sprite, cx, head, cx + reach * 0.8, head - 2, thick, tone)
        bar(sprite, cx + reach * 0.75, head - 2, cx + reach, head + 14, thick * 0.85, tone)
        lathe(sprite, [(head - 10, 11), (head - 7, 13), (head + 8, 11)], cx, tone, gloss)
    else:
        # A flat press top whose front runs out into a beak.
        back, tip = cx - side * rng.uniform(16, 24), cx + reach
        beak = [(back, head - 9), (tip - side * 10, head - 7), (tip, head - 1), (tip, head + 10)]
        beak += [(tip - side * 8, head + 10), (tip - side * 12, head + 3), (back, head + 8)]
        fill = fade(shade(tone, 0.8), shade(tone, 0.8))
        lit(fill, 0.75 + 0.8 * bell((Y - head + 8) / 9))
        put(sprite, fill, polygon_mask(beak))


def soap_bottle(rng, sprite, foam=False) -> None:
    """A bottle with a pump; opaque, patterned or clear with liquid inside."""
    cx = 128.0
    y0, y1 = rng.uniform(84, 110), 248.0
    neck = 16.0 if not foam else 30.0
    profile, flat = body_profile(rng, y0, y1, neck)
    half = max(w for _, w in profile)
    pump = pick(
        rng, WHITE, BLACK, bare_metal(rng), color(rng, saturation=(0.3, 0.9), value=(0.3, 0.9))
    )
    clear = chance(rng, 0.42)
    soap = color(rng, saturation=(0.25, 0.9), value=(0.5, 0.95))
    draw = None
    if clear:
        glass = mix((214, 226, 230), soap, rng.uniform(0.05, 0.3))
        body = Image.new("RGB", (SIDE, SIDE), glass)
        draw = ImageDraw.Draw(body)
        level = int(round(y0 + (y1 - y0) * rng.uniform(0.12, 0.7)))
        body.paste(fade(soap, shade(soap, 0.78), SIDE - level), (0, level))
        ry = int(round(rng.uniform(3, 7)))
        draw.ellipse(
            (int(cx - half), level - ry, int(cx + half), level + ry), mix(soap, WHITE, 0.3)
        )
        draw.line(((int(cx), int(y0)), (int(cx) + 6, 238)), fill=shade(glass, 0.72), width=5)
        draw.rectangle((0, 241, SIDE, SIDE), fill=shade(mix(glass, soap, 0.4), 0.85))
    else:
        base = pick(
            rng,
            WHITE,
            color(rng, saturation=(0.0, 0.2), value=(0.7, 0.95)),
            color(rng, saturation=(0.3, 0.9), value=(0.3, 0.9)),
            color(rng, saturation=(0.0, 0.2), value=(0.15, 0.4)),
            color(rng, (0.05, 0.1), (0.4, 0.6), (0.4, 0.7)),
        )
        body = fade(shade(base, 1.05), shade(base, 0.82))
        draw = ImageDraw.Draw(body)
        ink = color(rng, saturation=(0.1, 0.8), value=(0.25, 0.95))
        dress = pick(rng, "none", "none", "bands", "ribs", "speckle", "two")
        if dress == "bands":
            for y in np.arange(y0 + 30, y1, rng.uniform(14, 40)):
                draw.line(whole([(0, y), (SIDE, y)]), fill=ink, width=int(rng.integers(3, 9)))
        elif dress == "ribs":
            for i in range(-8, 9):
                x = cx + half * np.sin(i * np.pi / 17)
                draw.line(whole([(x, y0 + 12), (x, y1)]), fill=shade(base, 0.72), width=3)
        elif dress == "speckle":
            for x, y in zip(rng.uniform(60, 196, 60), rng.uniform(y0, y1, 60), strict=True):
                draw.polygon(whole(oval(x, y, 3, 3, 6)), fill=ink)
        elif dress == "two":
            y = int(y0 + (y1 - y0) * rng.uniform(0.35, 0.7))
            draw.rectangle((0, y, SIDE, SIDE), fill=ink)
    if chance(rng, 0.6):
        top = y0 + rng.uniform(30, 60)
        soap_label(rng, draw, cx, top, top + rng.uniform(50, 85), half * rng.uniform(0.6, 0.85))
    lathe(sprite, profile, cx, body, rng.uniform(0.1, 0.65), flat)
    foot = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(foot).ellipse(whole([(cx - half, 240), (cx + half, 262)]), fill=255)
    shadow(sprite, foot, 0.45, 5)
    pump_head(rng, sprite, cx, y0 + 4, pump, foam)


def soap_foam(rng, sprite) -> None:
    """A foam bottle: a wide cap and a thick head."""
    soap_bottle(rng, sprite, foam=True)


def soap_box(rng, sprite) -> None:
    """A box on a wall: window for the level, push bar below, spout under it."""
    w, h = rng.uniform(60, 84), rng.uniform(170, 215)
    x0, x1, y0 = 128 - w, 128 + w, 20.0
    y1 = y0 + h
    base = pick(
        rng,
        WHITE,
        color(rng, saturation=(0.0, 0.08), value=(0.55, 0.85)),
        color(rng, saturation=(0.0, 0.1), value=(0.12, 0.3)),
        color(rng, saturation=(0.25, 0.8), value=(0.35, 0.9)),
    )
    soap = color(rng, saturation=(0.4, 0.9), value=(0.4, 0.95))
    round_ = rng.uniform(8, 40)
    spout = [(118, y1 - 8), (138, y1 - 8), (134, y1 + 14), (122, y1 + 14)]
    put(sprite, shade(base, 0.5), polygon_mask(spout))
    put(sprite, shade(base, 0.55), rounded(x0 + 4, y0 + 4, x1 + 5, y1 + 5, round_))
    front = fade(shade(base, 1.08), shade(base, 0.8))
    draw = ImageDraw.Draw(front)
    split = y0 + h * rng.uniform(0.6, 0.75)
    draw.line(whole([(0, split), (SIDE, split)]), fill=shade(base, 0.5), width=4)
    draw.line(whole([(0, split + 4), (SIDE, split + 4)]), fill=mix(base, WHITE, 0.5), width=2)
    u = (X - 128) / w
    u2 = u * u
    lit(front, 1.06 - 0.3 * u2 * u2 * u2 - 0.12 * u + 0.3 * bell((u + 0.75) / 0.06))
    put(sprite, front, rounded(x0, y0, x1, y1, round_))
    draw = ImageDraw.Draw(sprite)
    # The window with what is left of the soap.
    ww = w * rng.uniform(0.14, 0.55)
    a, b = y0 + h * rng.uniform(0.14, 0.25), split - h * rng.uniform(0.05, 0.12)
    off = rng.uniform(-0.25, 0.25) * w
    put(sprite, shade(base, 0.45), rounded(128 + off - ww - 3, a - 3, 131 + off + ww, b + 3, 9))
    inside = Image.new("RGB", (SIDE, SIDE), mix(base, (70, 84, 92), 0.6))
    level = int(a + (b - a) * rng.uniform(0.1, 0.8))
    inside.paste(fade(soap, shade(soap, 0.7), SIDE - level), (0, level))
    window = rounded(128 + off - ww, a, 128 + off + ww, b, 7)
    put(sprite, lit(inside, 1 + 0.6 * bell((X - 128 - off + ww * 0.6) / 5)), window)
    # The push bar, or a round button.
    press = mix(base, pick(rng, WHITE, BLACK, soap), 0.5)
    if chance(rng, 0.65):
        bw = w * rng.uniform(0.5, 0.95)
        shadow(sprite, rounded(128 - bw, split + 16, 132 + bw, y1 - 2, 10), 0.5, 4)
        fill = fade(press, press)
        lit(fill, 0.7 + 0.6 * bell((Y - split - 12) / 22))
        put(sprite, fill, rounded(128 - bw, split + 10, 128 + bw, y1 - 8, 10))
    else:
        r = w * 0.3
        y = (split + y1) / 2
        shadow(sprite, polygon_mask(oval(131, y + 5, r, r)), 0.5, 4)
        put(sprite, press, polygon_mask(oval(128, y, r, r)))
        put(sprite, shade(press, 1.25), polygon_mask(oval(126, y - 3, r * 0.7, r * 0.7)))
    if chance(rng, 0.6):
        spot = oval(128, y0 + 14, 6, 6, 12)
        draw.polygon(whole(spot), fill=(*shade(base, 0.4), 255))


def soap_pair(rng, sprite) -> None:
    """Two or three clear bottles on one metal holder, as in a shower."""
    n = int(rng.integers(2, 4))
    tone = bare_metal(rng)
    w = 34.0 if n == 3 else rng.uniform(36, 50)
    gap = w * 2 + 10
    x0 = 128 - gap * (n - 1) / 2
    put(sprite, shade(tone, 0.6), rounded(x0 - w, 44, x0 + gap * (n - 1) + w, 64, 6))
    for i in range(n):
        x = x0 + gap * i
        soap = color(rng, saturation=(0.3, 0.9), value=(0.45, 0.95))
        body = Image.new("RGB", (SIDE, SIDE), mix((212, 222, 226), soap, 0.15))
        level = int(rng.uniform(80, 160))
        body.paste(fade(soap, shade(soap, 0.75), SIDE - level), (0, level))
        lathe(sprite, [(40, w * 0.9), (200, w), (212, w * 0.7)], x, body, 0.5)
        cap = shade(tone, 1.1)
        lathe(sprite, [(24, w * 0.8), (30, w), (54, w)], x, cap, 0.5)
        lathe(sprite, [(186, w * 1.04), (204, w * 1.04), (220, w * 0.6)], x, tone, 0.5)
        lathe(sprite, [(216, 12), (236, 10)], x, shade(tone, 0.8))
        put(sprite, fade(WHITE, tone), polygon_mask(oval(x, 204, w * 0.4, 10)))


def draw_soap_dispenser(rng) -> tuple[Image.Image, str]:
    """A soap dispenser: pump bottle, foam bottle, wall box, or bottles in a holder."""
    sprite = new_sprite()
    kinds = (soap_bottle, soap_bottle, soap_bottle, soap_bottle, soap_foam, soap_box, soap_box)
    kind = pick(rng, *kinds, soap_pair)
    kind(rng, sprite)
    if chance(rng, 0.3):
        sprite = sprite.rotate(int(rng.integers(-9, 10)), Image.BILINEAR)
    return fit(sprite, rng), words(kind)


# ---------------------------------------------------------------- street sign


def sign_outline(form: str, w: float, h: float, share=1.0):
    """Return the points of a sign's plate around (128, 128)."""
    a, b = w / 2 * share, h / 2 * share
    if form == "round":
        return oval(128, 128, a, b, 48)
    if form == "triangle":
        inner = [(0, -1.1), (1, 0.75), (-1, 0.75)]
        return [(128 + a * x, 128 + b * y) for x, y in inner]
    if form == "yield":
        return [(128 + a * x, 128 - b * y) for x, y in [(0, -1.1), (1, 0.75), (-1, 0.75)]]
    if form == "octagon":
        t = TURN * (np.arange(8) + 0.5) / 8
        return list(zip(128 + 1.08 * a * np.cos(t), 128 + 1.08 * b * np.sin(t), strict=True))
    if form == "diamond":
        return [(128, 128 - b), (128 + a, 128), (128, 128 + b), (128 - a, 128)]
    cut = (1 - share) * w / 2 if share < 1 else 0.0
    a, b = w / 2 - cut, h / 2 - cut
    if form == "arrow":
        n = min(b, a * 0.5)
        return [
            (128 - a, 128 - b),
            (128 + a - n, 128 - b),
            (128 + a, 128),
            (128 + a - n, 128 + b),
            (128 - a, 128 + b),
        ]
    return [(128 - a, 128 - b), (128 + a, 128 - b), (128 + a, 128 + b), (128 - a, 128 + b)]


def pictogram(rng, draw, r, ink) -> None:
    """Draw one sign picture around (128, 128) that fits a circle of radius r."""

    def at(*points):
        return whole([(128 + r * x, 128 + r * y) for x, y in points])

    w = int(round(r * rng.uniform(0.2, 0.28)))
    kind = pick(rng, "up", "turn", "bar", "walker", "bike", "car", "fork", "bends", "cross")
    if kind == "up":
        draw.line(at((0, 0.85), (0, -0.3)), fill=ink, width=w)
        draw.polygon(at((0, -0.9), (0.45, -0.2), (-0.45, -0.2)), fill=ink)
    elif kind == "turn":
        s = 1 if chance(rng, 0.5) else -1
        line = at((-0.45 * s, 0.8), (-0.45 * s, -0.2), (0.25 * s, -0.2))
        draw.line(line, fill=ink, width=w, joint="curve")
        draw.polygon(at((0.85 * s, -0.2), (0.2 * s, -0.62), (0.2 * s, 0.22)), fill=ink)
    elif kind == "bar":
        draw.rectangle(at((-0.75, -0.22), (0.75, 0.22)), fill=ink)
    elif kind == "walker":
        draw.polygon(at(*oval(0.02, -0.75, 0.17, 0.17, 14)), fill=ink)
        draw.line(at((0, -0.5), (-0.05, 0.1)), fill=ink, width=w)
        draw.line(at((-0.45, 0.85), (-0.05, 0.1), (0.4, 0.85)), fill=ink, width=max(3, w * 2 // 3))
        draw.line(at((-0.45, 0.05), (0, -0.4), (0.45, 0.0)), fill=ink, width=max(3, w // 2))
    elif kind == "bike":
        for x in (-0.5, 0.5):
            draw.line(at(*oval(x, 0.3, 0.34, 0.34, 20), (x + 0.34, 0.3)), fill=ink, width=w // 2)
        frame = at((-0.5, 0.3), (-0.15, -0.25), (0.35, -0.25), (0.0, 0.3), (-0.15, -0.25))
        draw.line(frame, fill=ink, width=w // 2)
        draw.line(at((0.5, 0.3), (0.3, -0.5), (0.5, -0.55)), fill=ink, width=w // 2)
    elif kind == "car":
        body = [(-0.85, 0.35), (-0.85, 0.0), (-0.55, -0.05), (-0.35, -0.4), (0.35, -0.4)]
        draw.polygon(at(*body, (0.6, -0.05), (0.88, 0.02), (0.88, 0.35)), fill=ink)
        for x in (-0.5, 0.5):
            draw.polygon(at(*oval(x, 0.38, 0.2, 0.2, 14)), fill=ink)
    elif kind == "fork":
        draw.line(at((0, 0.85), (0, 0.1), (-0.55, -0.7)), fill=ink, width=w, joint="curve")
        draw.line(at((0, 0.1), (0.55, -0.7)), fill=ink, width=w)
    elif kind == "bends":
        line = at((-0.2, 0.85), (-0.2, 0.35), (0.25, 0.0), (0.25, -0.3), (-0.05, -0.8))
        draw.line(line, fill=ink, width=w, joint="curve")
    else:
        draw.line(at((-0.6, -0.6), (0.6, 0.6)), fill=ink, width=w)
        draw.line(at((0.6, -0.6), (-0.6, 0.6)), fill=ink, width=w)


def sign_plate(rng, form: str):
    """Return one sign seen from the front: its picture, its mask, its size and its edge color."""
    wide = rng.uniform(170, 225)
    if form in ("round", "triangle", "yield", "octagon", "diamond"):
        w = h = wide
    elif form == "arrow":
        w, h = wide, wide * rng.uniform(0.26, 0.42)
    elif form == "name":
        w, h = wide, wide * rng.uniform(0.24, 0.42)
    else:
        w, h = wide * rng.uniform(0.65, 0.9), wide * rng.uniform(0.8, 1.0)
    ground = pick(
        rng,
        color(rng, saturation=(0.55, 0.95), value=(0.35, 0.85)),
        color(rng, (0.55, 0.64), (0.6, 0.95), (0.35, 0.75)),
        color(rng, (0.08, 0.16), (0.0, 0.12), (0.86, 0.98)),
        color(rng, (0.11, 0.15), (0.75, 0.95), (0.8, 0.98)),
        color(rng, (0.33, 0.45), (0.5, 0.9), (0.25, 0.55)),
        color(rng, (0.05, 0.09), (0.4, 0.65), (0.3, 0.6)),
    )
    pale = sum(ground) > 430
    ink = BLACK if pale and chance(rng, 0.6) else WHITE
    if pale and ink == WHITE:
        ink = color(rng, saturation=(0.6, 0.9), value=(0.25, 0.55))
    rim = pick(rng, ink, color(rng, (0.95, 1.02), (0.75, 0.95), (0.65, 0.85)), ground)
    if form in ("triangle", "yield", "round") and pale and chance(rng, 0.6):
        rim = color(rng, (0.95, 1.02), (0.75, 0.95), (0.65, 0.85))
    image = Image.new("RGB", (SIDE, SIDE), rim)
    draw = ImageDraw.Draw(image)
    thick = 1 - rng.uniform(0.08, 0.3) if w == h else 1 - rng.uniform(0.03, 0.08)
    if chance(rng, 0.4):
        # A thin line of the ground color outside the rim.
        draw.polygon(whole(sign_outline(form, w, h)), fill=ground)
        draw.polygon(whole(sign_outline(form, w, h, 1 - (1 - thick) * 0.3)), fill=rim)
    draw.polygon(whole(sign_outline(form, w, h, thick)), fill=ground)
    inner = {"triangle": 0.3, "yield": 0.3, "diamond": 0.36, "octagon": 0.38}.get(form, 0.36)
    if form in ("name", "arrow"):
        a, b = w / 2 * 0.8, h / 2 * 0.5
        right = 128 + a - (b if form == "arrow" else 0)
        n = int(rng.integers(4, 9))
        if chance(rng, 0.3):
            glyphs(rng, draw, (128 - a, 128 - b * 1.2, right, 128 - b * 0.1), ink, n + 2)
            glyphs(rng, draw, (128 - a, 128 + b * 0.3, right, 128 + b * 1.2), ink, n)
        else:
            glyphs(rng, draw, (128 - a, 128 - b, right, 128 + b), ink, n)
    elif chance(rng, 0.25):
        r = w * inner * 0.75
        glyphs(rng, draw, (128 - r, 128 - r * 0.45, 128 + r * 1.05, 128 + r * 0.5), ink, 4)
    else:
        pictogram(rng, draw, min(w, h) * inner * thick, ink)
    if form in ("round", "square") and chance(rng, 0.25):
        a = 0.34 * min(w, h)
        red = color(rng, (0.96, 1.01), (0.8, 0.95), (0.65, 0.85))
        draw.line(whole([(128 - a, 128 - a), (128 + a, 128 + a)]), fill=red, width=15)
    factor = 1.08 - 0.16 * (X + Y) / SIDE + 0.2 * bell((X + 0.6 * Y - rng.uniform(90, 260)) / 30)
    lit(image, factor * blotches(rng, (GRID, GRID), 6, rng.uniform(0.03, 0.12)))
    if chance(rng, 0.22):
        rust = np.clip(4 * (blotches(rng, (GRID, GRID), 9, 1.0) - 1.45), 0, 0.9)
        image.paste((112, 66, 36), (0, 0), as_mask(rust))
    for x in (-1, 1):
        bolt = (
            oval(128 + x * w * 0.43, 128, 4, 4, 8)
            if h < w * 0.6
            else oval(128, 128 + x * h * 0.3, 4, 4, 8)
        )
        draw.polygon(whole(bolt), fill=(150, 150, 150))
    return image, polygon_mask(sign_outline(form, w, h)), (w, h), shade(rim, 0.5)


def hang_sign(rng, sprite, form, x, y, size, narrow, skew, flip=False) -> float:
    """Paint one sign with its edge onto the sprite; return half its height.

    ``narrow`` below 1 and ``skew`` show it from the side.
    """
    image, mask, (_, h), edge = sign_plate(rng, form)
    if flip:
        image, mask = (part.transpose(Image.FLIP_LEFT_RIGHT) for part in (image, mask))
    n = int(round(SIDE * size))
    k, half = SIDE / n, n / 2
    wide, lift = k / narrow, -k * skew / narrow
    # A long plate needs only a strip of the square it was drawn in.
    m = min(n, int(n * (h / SIDE + 0.3)))
    top = (n - m) / 2
    data = (wide, 0, 128 - wide * half, lift, k, 128 - half * (lift + k) + k * top)
    image = image.transform((n, m), Image.AFFINE, data, Image.BILINEAR)
    mask = mask.transform((n, m), Image.AFFINE, data, Image.NEAREST)
    (at,) = whole([(x - n / 2, y - m / 2)])
    box = mask.getbbox()
    image, mask = image.crop(box).convert("RGBA"), mask.crop(box)
    at = (at[0] + box[0], at[1] + box[1])
    for d in (4, 2):
        sprite.paste((*edge, 255), (at[0] + d, at[1] + d), mask)
    sprite.paste(image, at, mask)
    return h / 2 * size


def draw_street_sign(rng) -> tuple[Image.Image, str]:
    """A street sign: many shapes, on a pole or alone, from the front or from the side."""
    sprite = new_sprite()
    form = pick(
        rng,
        "round",
        "round",
        "triangle",
        "yield",
        "octagon",
        "diamond",
        "square",
        "name",
        "name",
        "arrow",
        "arrow",
    )
    narrow = rng.uniform(0.6, 0.95) if chance(rng, 0.6) else 1.0
    skew = rng.uniform(-0.16, 0.16) if narrow < 1 else 0.0
    pole = (
        bare_metal(rng) if chance(rng, 0.75) else color(rng, (0.05, 0.1), (0.3, 0.6), (0.25, 0.6))
    )
    wide = rng.uniform(7, 14)
    long = form in ("name", "arrow")
    if chance(rng, 0.22):
        hang_sign(rng, sprite, form, 128, 128, 1.0, narrow, skew)
    elif long and chance(rng, 0.75):
        # A signpost with several plates that point different ways.
        n = int(rng.integers(1, 4))
        x = 128 + rng.uniform(-25, 25)
        bar(sprite, x, 8, x, 120 + 44 * n if chance(rng, 0.6) else 250, wide, pole)
        put(sprite, shade(pole, 1.1), polygon_mask(oval(x, 8, wide * 0.7, 6, 16)))
        for i in range(n):
            y = 46 + rng.uniform(56, 64) * i
            size = 0.8 if n > 1 else rng.uniform(0.85, 1.0)
            flip = form == "arrow" and chance(rng, 0.5)
            at, narrow, skew = (
                x + rng.uniform(-20, 20),
                rng.uniform(0.65, 1.0),
                rng.uniform(-0.18, 0.18),
            )
            hang_sign(rng, sprite, form, at, y, size, narrow, skew, flip)
    else:
        extra = pick(rng, "name", "name", "round") if chance(rng, 0.35) else None
        size = rng.uniform(0.55, 0.68) if extra else rng.uniform(0.62, 0.9)
        y = 8 + 118 * size * (0.55 if long else 1)
        bar(sprite, 128, 14, 128, 252 if extra else rng.uniform(200, 252), wide, pole)
        half = hang_sign(rng, sprite, form, 128, y, size, narrow, skew)
        if extra:
            small = rng.uniform(0.35, 0.45)
            hang_sign(
                rng, sprite, extra, 128, y + half + 120 * small * 0.6 + 4, small, narrow, skew
            )
    if chance(rng, 0.3):
        sprite = sprite.rotate(int(rng.integers(-8, 9)), Image.BILINEAR)
    return fit(sprite, rng), form


# ---------------------------------------------------------------- tile roof

TEXTURE = 128
TX, TY = np.meshgrid((np.arange(TEXTURE) + 0.5) / TEXTURE, (np.arange(TEXTURE) + 0.5) / TEXTURE)


def roof_color(rng):
    """Return the color of burnt clay, slate, weathered brown, glazed or mossy tiles."""
    return pick(
        rng,
        color(rng, (0.01, 0.06), (0.5, 0.75), (0.5, 0.8)),
        color(rng, (0.02, 0.08), (0.4, 0.65), (0.35, 0.6)),
        color(rng, (0.55, 0.65), (0.05, 0.25), (0.3, 0.6)),
        color(rng, (0.0, 1.0), (0.0, 0.08), (0.25, 0.65)),
        color(rng, (0.06, 0.1), (0.25, 0.5), (0.25, 0.5)),
        color(rng, (0.25, 0.45), (0.25, 0.6), (0.25, 0.5)),
        color(rng, (0.55, 0.62), (0.4, 0.7), (0.3, 0.6)),
        color(rng, (0.09, 0.13), (0.25, 0.5), (0.6, 0.8)),
    )


def tile_texture(rng, base, style, courses, columns) -> Image.Image:
    """Return a flat square of roof: courses of tiles, each lapping over the one below."""
    y = TY * courses
    course = np.floor(y)
    stagger = 0.0 if style in ("pantile", "barrel") else 0.5
    k = {"scallop": 0.45, "diamond": 0.75, "pantile": 0.25, "barrel": 0.2}.get(style, 0.0)

    odd = course % 2 == 1
    even_x, odd_x = TX * columns, TX * columns + stagger

    def arc(x):
        """Return how far a tile's lower edge is drawn up at each place (0..1)."""
        u = x % 1
        if style == "scallop":
            return 4 * (u - 0.5) * (u - 0.5)
        if style == "diamond":
            return np.abs(2 * u - 1)
        return 0.5 + 0.5 * np.cos(TURN * u)

    if k:
        # The arcs are the same in every second course, so one line of each will do.
        even, other = k * arc(even_x[:1]), k * arc(odd_x[:1])
        mine, next_ = np.where(odd, other, even), np.where(odd, even, other)
        edge = course + 1 - mine
        below = y >= edge
        row = course + below
        above = np.where(below, edge, course - next_)
        own = np.where(below, course + 2 - next_, edge)
    else:
        row = above = course
        own = course + 1
    x = np.where(row % 2 == 1, odd_x, even_x)
    u = x % 1
    over, rest = y - above, own - y
    factor = 0.9 + 0.18 * (y - row) - 0.5 * bell(over / 0.14) + 0.22 * bell(rest / 0.07)
    if style in ("pantile", "barrel"):
        depth = 0.3 if style == "pantile" else 0.42
        factor = factor - depth * np.sin(TURN * (u - 0.12)) - 0.3 * bell((u - 0.97) / 0.07)
    elif k < 0.6:
        joint = np.minimum(u, 1 - u)
        factor = factor - 0.45 * bell(joint / (0.012 * columns / 4)) * (over > 0)
    factor = factor * blotches(rng, (TEXTURE, TEXTURE), 5, rng.uniform(0.04, 0.15))
    # One color for every tile; in some roofs a second sort is mixed in.
    shape = (courses + 2, columns + 3)
    tones = 1 + rng.uniform(0.05, 0.22) * rng.uniform(-1, 1, shape)
    table = np.asarray(base) * tones[:, :, None]
    if chance(rng, 0.3):
        other = np.asarray(mix(base, roof_color(rng), 0.6)) * tones[:, :, None]
        table = np.where((rng.random(shape) < rng.uniform(0.1, 0.4))[:, :, None], other, table)
    tile = table[row.astype(int), np.floor(x).astype(int)]
    image = to_image(tile * np.clip(factor, 0.2, 1.5)[:, :, None])
    if chance(rng, 0.35):
        moss = np.clip(2.5 * (blotches(rng, (TEXTURE, TEXTURE), 7, 1.0) - 1.3), 0, 0.75)
        green = color(rng, (0.16, 0.28), (0.35, 0.6), (0.25, 0.5))
        image.paste(green, (0, 0), to_image(255 * moss * np.clip(factor, 0, 1)))
    return image


def lay(sprite, texture: Image.Image, quad, light=1.0) -> None:
    """Stretch a texture onto a four-cornered roof plane (top left, then clockwise)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    # Square-to-quad projection in closed form, then its inverse (adjugate): plain
    # arithmetic, the same on every machine.
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    det = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det
    a, b, c = x1 - x0 + g * x1, x3 - x0 + h * x3, x0
    d, e, f = y1 - y0 + g * y1, y3 - y0 + h * y3, y0
    data = []
    rows = [e - f * h, c * h - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f]
    last = [d * h - e * g, b * g - a * h, a * e - b * d]
    # Only the box around the plane is computed: move the origin to its corner.
    mask = polygon_mask(quad)
    box = mask.getbbox()
    for three in (rows[:3], rows[3:], last):
        three[2] += three[0] * box[0] + three[1] * box[1]
        data += three
    last = [v / data[8] for v in last]
    # A rim of 3 pixels of the texture stays outside, or the plane's edge would be black.
    inner = (TEXTURE - 6) / data[8]
    data = [v * inner + 3 * w for v, w in zip(data[:6], last * 2, strict=True)] + last[:2]
    size = (box[2] - box[0], box[3] - box[1])
    image = texture.transform(size, Image.PERSPECTIVE, data, Image.BILINEAR)
    if light != 1.0:
        image = image.point(lambda level: min(255, int(level * light)))
    sprite.paste(image.convert("RGBA"), box, mask.crop(box))


def ridge_caps(sprite, a, b, size, base) -> None:
    """Paint the row of round cap tiles along a ridge or hip from a to b."""
    draw = ImageDraw.Draw(sprite)
    length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
    n = max(3, int(length / (size * 1.7)))
    for i in range(n):
        t0, t1 = i / n, (i + 1) / n
        p = (a[0] + (b[0] - a[0]) * t0, a[1] + (b[1] - a[1]) * t0)
        q = (a[0] + (b[0] - a[0]) * t1, a[1] + (b[1] - a[1]) * t1)
        bar(sprite, *p, *q, size, shade(base, 0.95 if i % 2 else 1.12))
        draw.line(
            whole([(q[0], q[1] - size / 2), (q[0], q[1] + size / 2)]), (*shade(base, 0.5), 255)
        )


def chimney(rng, sprite, x, y, w, h) -> None:
    """Paint a chimney whose foot stands at (x, y)."""
    tone = pick(
        rng,
        color(rng, (0.0, 0.06), (0.35, 0.6), (0.4, 0.65)),
        color(rng, (0.05, 0.12), (0.0, 0.15), (0.6, 0.9)),
    )
    draw = ImageDraw.Draw(sprite)
    front = [(x, y - h), (x + w * 0.65, y - h), (x + w * 0.65, y), (x, y - w * 0.15)]
    side = [(x + w * 0.65, y - h), (x + w, y - h), (x + w, y - w * 0.3), (x + w * 0.65, y)]
    draw.polygon(whole(front), fill=(*tone, 255))
    draw.polygon(whole(side), fill=(*shade(tone, 0.62), 255))
    for k in range(1, int(h / 8)):
        line = [(x, y - 8 * k - w * 0.1), (x + w * 0.65, y - 8 * k)]
        draw.line(whole(line), fill=(*shade(tone, 0.78), 255), width=1)
    top = whole([(x - 4, y - h - 8), (x + w + 4, y - h)])
    draw.rectangle(top, fill=(*shade(tone, 0.8), 255))
    for k in range(int(rng.integers(0, 3))):
        pot = whole([(x + 2 + k * w * 0.5, y - h - 20), (x + 2 + k * w * 0.5 + w * 0.3, y - h - 8)])
        draw.rectangle(pot, fill=(150, 84, 60, 255))


def window(rng, sprite, x0, y0, x1, y1, frame) -> None:
    """Paint a window: frame, dark glass with a reflection, glazing bars."""
    draw = ImageDraw.Draw(sprite)
    glass = color(rng, (0.5, 0.65), (0.1, 0.4), (0.15, 0.55))
    (a, b), (c, d) = whole([(x0, y0), (x1, y1)])
    draw.rectangle((a - 4, b - 4, c + 4, d + 4), fill=(*frame, 255))
    draw.rectangle((a, b, c, d), fill=(*glass, 255))
    draw.polygon(
        ((a, b), (a + (c - a) // 2, b), (a, b + (d - b) // 2)), fill=(*shade(glass, 1.5), 255)
    )
    draw.line((((a + c) // 2, b), ((a + c) // 2, d)), fill=(*frame, 255), width=3)
    if chance(rng, 0.6):
        draw.line(((a, (b + d) // 2), (c, (b + d) // 2)), fill=(*frame, 255), width=3)
    draw.line(((a - 6, d + 5), (c + 6, d + 5)), fill=(*shade(frame, 0.7), 255), width=4)


def house_wall(rng, sprite, quad, light, openings, tone=None) -> None:
    """Paint a wall (plaster, brick or boards) with windows."""
    tone = tone or pick(
        rng,
        color(rng, (0.05, 0.15), (0.0, 0.25), (0.75, 0.97)),
        color(rng, (0.0, 0.06), (0.35, 0.6), (0.4, 0.65)),
        color(rng, saturation=(0.1, 0.45), value=(0.5, 0.9)),
    )
    fill = fade(shade(tone, light), shade(tone, 0.85 * light))
    draw = ImageDraw.Draw(fill)
    if chance(rng, 0.5):
        for y in range(0, SIDE, int(rng.integers(7, 13))):
            draw.line(((0, y), (SIDE, y)), fill=shade(tone, 0.82 * light), width=2)
    put(sprite, fill, polygon_mask(quad))
    x0, x1 = quad[0][0], quad[1][0]
    y0, y1 = max(quad[0][1], quad[1][1]), min(quad[2][1], quad[3][1])
    frame = pick(rng, WHITE, (70, 48, 34), shade(tone, 0.5))
    w = (x1 - x0) / max(1, openings)
    for i in range(openings):
        c = x0 + w * (i + 0.5)
        half = min(w * 0.24, 22)
        if y1 - y0 > 24:
            top = y0 + 10 + 0.12 * (y1 - y0)
            window(rng, sprite, c - half, top, c + half, min(y1 - 8, top + half * 2.6), frame)


def eaves(sprite, a, b, tone) -> None:
    """Paint gutter and the shadow it throws along the lower edge of a roof."""
    band = [a, b, (b[0], b[1] + 16), (a[0], a[1] + 16)]
    shadow(sprite, polygon_mask(band), 0.5, 4)
    bar(sprite, a[0], a[1] + 1, b[0], b[1] + 1, 8, tone)


def roof_kind(rng):
    """Return color, tile style and a texture maker for one roof."""
    base = roof_color(rng)
    style = pick(rng, "scallop", "pantile", "pantile", "barrel", "flat", "flat", "diamond")
    fine = rng.uniform(0.75, 1.25)

    def texture(courses, columns):
        return tile_texture(rng, base, style, int(courses * fine), int(columns * fine))

    return base, texture


def roof_piece(rng, sprite) -> Image.Image:
    """A near-filling piece of roof, with ridge, chimney, skylight, gutter and wall."""
    base, texture = roof_kind(rng)
    top = rng.uniform(0, 60)
    low = 256 if chance(rng, 0.4) else rng.uniform(190, 232)
    lean = rng.uniform(-50, 50)
    wide = rng.uniform(20, 90)
    tilt = rng.uniform(-24, 24)
    quad = [
        (-10 + lean * 0.3, top + tilt),
        (266 + lean * 0.3, top - tilt),
        (266 + wide + lean, low + 4),
        (-10 - wide - lean, low + 4),
    ]
    gutter = bare_metal(rng) if chance(rng, 0.6) else color(rng, saturation=(0.0, 0.5))
    if low < 250:
        house_wall(rng, sprite, [(0, low - 8), (256, low - 8), (256, 256), (0, 256)], 0.9, 3)
    behind = chance(rng, 0.3) and top > 25
    if behind:
        chimney(
            rng, sprite, rng.uniform(30, 190), top + 26, rng.uniform(26, 40), rng.uniform(30, 50)
        )
    lay(sprite, texture(11, 13), quad)
    if top + abs(tilt) > 12:
        ridge_caps(sprite, quad[0], quad[1], rng.uniform(10, 16), base)
    if not behind and chance(rng, 0.3):
        w = rng.uniform(34, 54)
        chimney(rng, sprite, rng.uniform(30, 180), rng.uniform(110, 160), w, rng.uniform(60, 95))
    elif chance(rng, 0.3):
        x, y, w = rng.uniform(40, 160), rng.uniform(80, 120), rng.uniform(34, 52)
        hole = [(x, y), (x + w, y), (x + w * 1.12, y + w), (x - w * 0.12, y + w)]
        put(sprite, (60, 60, 64), polygon_mask([(p + 2, q + 3) for p, q in hole]))
        put(sprite, (206, 206, 202), polygon_mask(hole))
        pane = [(x + 5, y + 6), (x + w - 5, y + 6), (x + w + 1, y + w - 6), (x - 1, y + w - 6)]
        put(sprite, fade((190, 214, 232), (44, 60, 80)), polygon_mask(pane))
    if low < 250:
        eaves(sprite, (-6, low + 4), (262, low + 4), gutter)
    return sprite


def roof_front(rng, sprite) -> Image.Image:
    """A house from the street: a broad roof, hipped or straight, walls below."""
    base, texture = roof_kind(rng)
    top, low = rng.uniform(30, 55), rng.uniform(140, 185)
    inset = rng.uniform(2, 70)
    low_y = rng.uniform(215, 246)
    side = rng.uniform(10, 22)
    openings = int(rng.integers(2, 5))
    house_wall(
        rng,
        sprite,
        [(side, low - 6), (256 - side, low - 6), (256 - side, low_y), (side, low_y)],
        0.95,
        openings,
    )
    if chance(rng, 0.5):
        chimney(rng, sprite, rng.uniform(inset + 10, 170), top + 22, rng.uniform(22, 34), 44)
    quad = [(inset, top), (256 - inset, top), (254, low), (2, low)]
    lay(sprite, texture(9, 16), quad)
    ridge_caps(sprite, quad[0], quad[1], 11, base)
    if inset > 25:
        ridge_caps(sprite, quad[0], quad[3], 8, shade(base, 0.95))
        ridge_caps(sprite, quad[1], quad[2], 8, shade(base, 0.8))
    if chance(rng, 0.4):
        # A dormer with its own little roof.
        x, y, w = rng.uniform(80, 176), (top + low) / 2 + 18, rng.uniform(24, 34)
        wall = [(x - w, y - 24), (x + w, y - 24), (x + w, y + 18), (x - w, y + 18)]
        put(sprite, (216, 206, 190), polygon_mask(wall))
        window(rng, sprite, x - w * 0.5, y - 16, x + w * 0.5, y + 12, WHITE)
        cap = [
            (x - w * 0.4, y - 50),
            (x + w * 0.4, y - 50),
            (x + w + 8, y - 20),
            (x - w - 8, y - 20),
        ]
        shadow(sprite, polygon_mask([(p + 8, q + 8) for p, q in cap]), 0.45, 4)
        lay(sprite, texture(4, 6), cap, 1.12)
        bar(sprite, x - w - 8, y - 20, x + w + 8, y - 20, 5, shade(base, 0.7))
    eaves(sprite, (2, low), (254, low), bare_metal(rng))
    return sprite


def roof_corner(rng, sprite) -> Image.Image:
    """A house at an angle: one broad roof plane, and the gable wall beside it."""
    base, texture = roof_kind(rng)
    ridge_y, low = rng.uniform(36, 60), rng.uniform(140, 175)
    x = rng.uniform(80, 120)
    half = rng.uniform(50, 72)
    foot = rng.uniform(215, 245)
    drop = rng.uniform(-6, 16)
    gable = [
        (x - half, low),
        (x, ridge_y + 4),
        (x + half, low + drop),
        (x + half, foot),
        (x - half, foot - 14),
    ]
    tone = color(rng, (0.03, 0.15), (0.0, 0.4), (0.6, 0.95))
    put(sprite, fade(shade(tone, 1.02), shade(tone, 0.82)), polygon_mask(gable))
    window(rng, sprite, x - 13, low - 22, x + 13, low + 16, pick(rng, WHITE, (80, 56, 40)))
    far = 250.0
    wall = [(x + half, low + drop - 4), (far - 4, low - 10), (far - 4, foot - 22), (x + half, foot)]
    same = tone if chance(rng, 0.75) else None
    house_wall(rng, sprite, wall, 0.72, 2, same)
    if chance(rng, 0.55):
        chimney(rng, sprite, rng.uniform(x + 20, 190), ridge_y + 22, rng.uniform(22, 32), 42)
    quad = [
        (x - 5, ridge_y),
        (far - half * 0.55, ridge_y - 4),
        (far + 4, low - 6),
        (x + half + 7, low + drop + 8),
    ]
    lay(sprite, texture(10, 13), quad)
    # The far slope shows only as an edge along the gable.
    edge = shade(base, 0.75)
    bar(sprite, x - half - 8, low + 6, x - 4, ridge_y + 2, 9, edge)
    bar(sprite, x + half + 6, low + drop + 8, x - 3, ridge_y + 2, 6, mix(edge, WHITE, 0.4))
    ridge_caps(sprite, quad[0], quad[1], 11, base)
    eaves(sprite, quad[3], quad[2], bare_metal(rng))
    if chance(rng, 0.5):
        sprite = sprite.transpose(Image.FLIP_LEFT_RIGHT)
    return sprite


def roof_above(rng, sprite) -> Image.Image:
    """Two planes seen from above, meeting at a ridge; one lies in shade."""
    base, texture = roof_kind(rng)
    a = (rng.uniform(70, 110), rng.uniform(14, 40))
    b = (rng.uniform(120, 170), rng.uniform(150, 200))
    left = [a, b, (b[0] - rng.uniform(95, 120), 248), (rng.uniform(2, 14), a[1] + 66)]
    right = [b, a, (246, a[1] + rng.uniform(20, 50)), (252, b[1] + rng.uniform(10, 40))]
    lay(sprite, texture(8, 12), left, 1.05)
    lay(sprite, texture(8, 12), right, rng.uniform(0.6, 0.8))
    if chance(rng, 0.5):
        chimney(rng, sprite, rng.uniform(120, 170), rng.uniform(100, 130), 34, 50)
    front = [left[2], b, right[3]]
    tone = color(rng, (0.03, 0.15), (0.0, 0.35), (0.5, 0.9))
    if left[2][1] > b[1]:
        put(sprite, tone, polygon_mask([*front, (252, 252), (left[2][0], 252)]))
        window(rng, sprite, b[0] + 4, 222, b[0] + 34, 246, WHITE)
        bar(sprite, *left[2], *b, 8, shade(base, 1.1))
        bar(sprite, *b, *right[3], 8, shade(base, 0.8))
    ridge_caps(sprite, a, b, 12, base)
    return sprite


def roof_tiers(rng, sprite) -> Image.Image:
    """Two roofs one above the other, with curved eaves or a porch."""
    base, texture = roof_kind(rng)
    mid = rng.uniform(80, 110)
    wide = rng.uniform(0, 40)
    upper = (24, mid, wide + rng.uniform(34, 60), wide + rng.uniform(6, 24))
    lower = (mid + rng.uniform(28, 50), rng.uniform(195, 222), rng.uniform(20, 50), 4)
    for top, low, inner, outer in (upper, lower):
        wall = [(outer + 24, low - 8), (232 - outer, low - 8), (232 - outer, low + 46)]
        house_wall(rng, sprite, [*wall, (outer + 24, low + 46)], 0.85, 3)
        quad = [(inner, top), (256 - inner, top), (256 - outer, low), (outer, low)]
        lay(sprite, texture(6, 15), quad)
        ridge_caps(sprite, quad[0], quad[1], 11, base)
        for p, q, light in ((quad[0], quad[3], 1.0), (quad[1], quad[2], 0.8)):
            ridge_caps(sprite, p, q, 9, shade(base, light))
        eaves(sprite, quad[3], quad[2], shade(base, 0.8))
    return sprite


def draw_tile_roof(rng) -> tuple[Image.Image, str]:
    """A tiled roof: a piece of it that fills the picture, or the top of a house."""
    kinds = (roof_piece, roof_piece, roof_piece, roof_front, roof_front)
    kind = pick(rng, *kinds, roof_corner, roof_corner, roof_above, roof_tiers)
    sprite = kind(rng, new_sprite())
    if chance(rng, 0.4):
        sprite = sprite.transpose(Image.FLIP_LEFT_RIGHT)
    return sprite if kind is roof_piece else fit(sprite, rng, 0.9, 0.98), words(kind)


OBJECTS = {
    "dishrag": dict(
        draw=draw_dishrag, places=("hanging", "table", "wall", "floor"), scale=(0.5, 0.9)
    ),
    "plate": dict(draw=draw_plate, places=("table", "wall"), scale=(0.5, 0.92)),
    "soap dispenser": dict(draw=draw_soap_dispenser, places=("table", "wall"), scale=(0.5, 0.9)),
    "street sign": dict(draw=draw_street_sign, places=("outdoors",), scale=(0.5, 0.95)),
    "tile roof": dict(draw=draw_tile_roof, places=("outdoors",), scale=(0.7, 0.95)),
}
