"""Twelve further kinds of things, from bicycle to watering can, for a network's first schooling.

None of them is among the ten classes, and none stands about in the places of ``scenes``. All are
drawn on the board of ``furniture`` with its tools: flat shapes are made to look round by ``lump``,
boxes are seen through a ``View``, turned bodies come from ``round_body``.
"""

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from data.drawing.furniture import (
    BOARD,
    DARK,
    WHITE,
    Plane,
    View,
    block,
    board,
    curve,
    disc,
    extrude,
    fill,
    finish,
    knob,
    line,
    metal,
    plastic,
    profile_of,
    ring,
    round_body,
    smooth,
    tube,
    wood,
    wood_lines,
)
from data.drawing.household import glyphs
from data.drawing.sheet import chance, color, mix, pick, polygon_mask, shade, whole, words

MIDDLE = BOARD / 2
PATTERNS = (None, None, None, "stripes", "bands", "checks", "dots", "slants")


# ---------------------------------------------------------------- tools


def swell(sprite, points, reach=12, depth=0.5):
    """Make a flat shape look round: darker toward its lower right edge, lighter opposite."""
    points, rim = whole(points), 2 * reach
    x0, y0 = min(p[0] for p in points) - rim, min(p[1] for p in points) - rim
    size = (max(p[0] for p in points) + rim - x0, max(p[1] for p in points) + rim - y0)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in points], fill=255)
    soft = mask.filter(ImageFilter.BoxBlur(reach))
    for rgb, step, share in (((10, 8, 16), -reach, depth), ((255, 252, 240), reach, 0.6 * depth)):
        part = ImageChops.subtract(mask, ImageChops.offset(soft, step, step))
        part = ImageChops.multiply(part, Image.new("L", size, int(255 * share)))
        sprite.paste((*rgb, 255), (x0, y0), part)


def pattern(rng, sprite, points, ink, kind):
    """Lay stripes, bands, checks, slants, dots, or nothing (None) over a shape."""
    if kind is None:
        return
    layer = Image.new("L", (BOARD, BOARD), 0)
    tool = ImageDraw.Draw(layer)
    step = int(rng.integers(18, 40))
    wide = max(4, int(step * rng.uniform(0.3, 0.55)))
    first = int(rng.integers(0, step))
    for a in range(first - step, BOARD, step):
        if kind in ("stripes", "checks"):
            tool.rectangle((a, 0, a + wide, BOARD), fill=255)
        if kind in ("bands", "checks"):
            tool.rectangle((0, a, BOARD, a + wide), fill=255)
        if kind == "slants":
            tool.line((2 * a - BOARD, BOARD, 2 * a, 0), fill=255, width=wide)
        if kind == "dots":
            for b in range(-step, BOARD, step):
                tool.ellipse((a, b + a % 2 * 9, a + wide, b + a % 2 * 9 + wide), fill=255)
    mask = ImageChops.darker(layer, polygon_mask(points, BOARD))
    sprite.paste((*ink[:3], 255), (0, 0), mask)


def lump(sprite, points, rgb, reach=12, depth=0.5):
    """Fill a shape and make it look round."""
    fill(sprite, points, shade(rgb, 1.05), shade(rgb, 0.88))
    swell(sprite, points, reach, depth)


def taper(points, first, last):
    """Return the outline of a band along a smooth line, with half widths at its two ends."""
    p = np.asarray(curve(points, closed=False))
    along = np.gradient(p, axis=0)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    aside /= np.sqrt((aside**2).sum(axis=1, keepdims=True)) + 1e-9
    aside *= np.linspace(first, last, len(p))[:, None]
    return (p + aside).tolist() + (p - aside)[::-1].tolist()


def bow(sprite, points, rgb, width):
    """Draw a bent rod through the points."""
    tube(sprite, curve(points, closed=False), rgb, width)


def rectangle(x0, y0, x1, y1):
    """Return the corners of a rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def mirrored(half, x=MIDDLE):
    """Return a symmetric outline from (half width, y) points, top to bottom."""
    return [(x + w, y) for w, y in half] + [(x - w, y) for w, y in reversed(half)]


def turned(points, x, y, angle):
    """Turn points around a place."""
    c, s = math.cos(angle), math.sin(angle)
    return [(x + a * c - b * s, y + a * s + b * c) for a, b in points]


def bright(rng):
    """Return a strong color, as paint and toys have it."""
    return color(rng, saturation=(0.45, 0.9), value=(0.45, 0.95))


def dark(rng):
    """Return a dark color of leather or rubber."""
    return pick(rng, (38, 36, 38), (60, 56, 54), color(rng, (0.03, 0.09), (0.3, 0.7), (0.2, 0.5)))


def corner_view(rng, size, most=0.6, ahead=0.0):
    """Return a view of a box, from its front or over one of its corners.

    ``ahead`` is how far something stands out from the box toward the viewer.
    """
    yaw = pick(rng, rng.uniform(-0.12, 0.12), rng.uniform(-most, -0.2), rng.uniform(0.2, most))
    w, d, h = size
    view = View((w, d + ahead, h), yaw, rng.uniform(0.08, 0.5))
    view.center = (w / 2, (d - ahead) / 2, h / 2)
    return view


def front_of(view, size, depth=0.0):
    """Return the front of a box as a plane: shares from 0 to 1, from its left upper corner."""
    w, _, h = size
    return Plane(view, (0, depth, h), (w, 0, 0), (0, 0, -h))


# ---------------------------------------------------------------- bicycle


def wheel(rng, sprite, x, y, rx, ry, tire, wide):
    """A wheel with tire, rim, spokes and hub."""
    n = int(rng.integers(6, 11))
    for k in range(n):
        a = math.pi * (k + 0.3) / n
        dx, dy = rx * math.cos(a), ry * math.sin(a)
        line(sprite, [(x - dx, y - dy), (x + dx, y + dy)], (176, 178, 182), 2)
    rim = pick(rng, (190, 192, 196), (190, 192, 196), (60, 60, 62))
    line(sprite, ring(x, y, rx - wide, ry - wide, 40), rim, 5)
    line(sprite, ring(x, y, rx, ry, 40), tire, wide)
    disc(sprite, x, y, 7, 7, (150, 150, 154), (70, 70, 74))


def frame_bicycle(rng, kind):
    """A bicycle from the side: two wheels, a frame of tubes, saddle, bars, crank and chain."""
    sprite = board()
    s = rng.uniform(0.72, 1.0)  # a bicycle that stands at an angle is shorter
    child = kind == "child bicycle"
    ry = rng.uniform(48, 54) if child else rng.uniform(54, 61)
    rx, base = ry * s, rng.uniform(64, 70) * s if child else rng.uniform(70, 77) * s
    y = 230.0
    rear, front = (MIDDLE - base, y), (MIDDLE + base, y)
    paint = bright(rng) if chance(rng, 0.75) else metal(rng)
    tire = pick(rng, (34, 34, 36), (34, 34, 36), (70, 62, 56), (205, 190, 160), (226, 224, 218))
    wide = int(rng.integers(6, 9)) if kind == "racing bicycle" else int(rng.integers(8, 13))
    for hub in (rear, front):
        wheel(rng, sprite, *hub, rx, ry, tire, wide)
        if kind != "racing bicycle" and chance(rng, 0.6):
            guard = ring(*hub, rx + wide, ry + wide, 20, -math.pi * 0.95, -math.pi * 0.2)
            line(sprite, guard, shade(paint, 0.85), 6)
    high = rng.uniform(100, 118)
    crank = (MIDDLE - 8 * s, y + 4)
    seat = (MIDDLE - 38 * s, y - high * 0.88)
    head = (front[0] - 30 * s, y - high * 0.92)
    neck = (front[0] - 25 * s, y - high * 0.68)
    thick = int(rng.integers(8, 12)) if kind != "racing bicycle" else int(rng.integers(7, 10))
    step_through = kind == "city bicycle" and chance(rng, 0.7) or (child and chance(rng, 0.5))
    top = (crank[0] - 14 * s, y - high * 0.35) if step_through else (seat[0] + 2, seat[1] + 16)
    for a, b in ((rear, (seat[0], seat[1] + 16)), (rear, crank)):
        tube(sprite, [a, b], shade(paint, 0.85), thick * 0.7)
    for a, b in ((crank, seat), (neck, crank), ((neck[0], neck[1] - 12), top), (neck, front)):
        tube(sprite, [a, b], paint, thick)
    tube(sprite, [neck, head], paint, thick)
    # Chain wheel and pedals.
    disc(sprite, *crank, 15 * s, 15, (80, 80, 84))
    disc(sprite, *crank, 9 * s, 9, (150, 150, 152))
    a = rng.uniform(0, math.pi)
    for sign in (-1, 1):
        foot = (crank[0] + sign * 24 * s * math.cos(a), crank[1] + sign * 24 * math.sin(a))
        line(sprite, [crank, foot], (60, 60, 64), 5)
        line(sprite, [(foot[0] - 9, foot[1]), (foot[0] + 9, foot[1])], DARK, 7)
    leather = dark(rng)
    line(sprite, [seat, (seat[0] - 3, seat[1] - 14)], (160, 160, 164), 6)
    x, top = seat[0] - 3, seat[1] - 16
    saddle = [(x - 28, top - 5), (x, top - 3), (x + 26, top), (x - 6, top + 10)]
    lump(sprite, curve(saddle), leather)
    grip = dark(rng)
    line(sprite, [head, (head[0] - 3, head[1] - 16)], (165, 165, 170), 7)
    x, top = head[0] - 3, head[1] - 16
    if kind == "racing bicycle":
        bend = [(x - 2, top), (x + 20, top - 2), (x + 30, top + 14), (x + 12, top + 26)]
        bow(sprite, bend, grip, 8)
    else:
        bend = [(x + 8, top + 4), (x, top - 8), (x - 16, top - 8), (x - 34, top + 2)]
        bow(sprite, bend, (165, 165, 170), 7)
        line(sprite, [(x - 20, top - 6), (x - 36, top + 3)], grip, 9)
        if chance(rng, 0.5):
            weave_basket(rng, sprite, head[0] + 8, head[1] - 10, 44 * s + 8, 38)
        if chance(rng, 0.5):  # a carrier
            tube(sprite, [(rear[0] - 22, y - ry - 16), (seat[0], y - ry - 16)], DARK, 6)
            line(sprite, [(rear[0] - 12, y - ry - 14), rear], DARK, 4)
            if chance(rng, 0.4):
                x0, y0, tone = rear[0] - 28, y - ry - 46, bright(rng)
                lump(sprite, rectangle(x0, y0, x0 + 54, y0 + 28), tone, 6)
    if child and chance(rng, 0.6):
        wheel(rng, sprite, rear[0] + 6, y + ry - 20, 20 * s, 20, tire, 6)
    return sprite


def weave_basket(rng, sprite, x, y, w, h):
    """A wicker or wire basket at the handle bar."""
    rgb = pick(rng, wood(rng), wood(rng), (120, 122, 126))
    points = [(x, y), (x + w, y - 3), (x + w * 0.86, y + h), (x + w * 0.12, y + h)]
    lump(sprite, points, rgb, 6)
    for k in range(1, 5):
        line(sprite, [(x + 3, y + h * k / 5), (x + w - 4, y + h * k / 5)], shade(rgb, 0.6), 2)
        a = x + w * k / 5
        line(sprite, [(a, y), (a, y + h)], shade(rgb, 0.7), 2)


def high_wheeler(rng, kind):
    """An old bicycle with one very large wheel and one very small one."""
    sprite = board()
    s, paint, tire = rng.uniform(0.8, 1.0), metal(rng), dark(rng)
    big, small = rng.uniform(86, 96), rng.uniform(26, 34)
    hub = (MIDDLE + 25, 285 - big)
    back = (hub[0] - (big + small + 14) * s, 285 - small)
    wheel(rng, sprite, *hub, big * s, big, tire, 8)
    wheel(rng, sprite, *back, small * s, small, tire, 8)
    top = (hub[0] - 12, hub[1] - big - 16)
    spine = ring(*hub, (big + 14) * s, big + 14, 14, math.pi * 1.05, math.pi * 1.45)
    tube(sprite, [back, *spine, top], paint, 9)
    tube(sprite, [hub, (top[0] + 8, top[1] - 8)], paint, 8)
    x, y = top[0] - 34, top[1] + 2
    lump(sprite, curve([(x - 22, y - 4), (x, y - 2), (x + 24, y + 2), (x - 4, y + 10)]), dark(rng))
    tube(sprite, [(top[0] - 16, top[1] - 6), (top[0] + 30, top[1] - 14)], (160, 160, 164), 7)
    line(sprite, [hub, (hub[0] + 20, hub[1] + 24)], DARK, 6)
    return sprite


def draw_bicycle(rng):
    """A bicycle from the side."""
    kind = pick(
        rng, "racing bicycle", "city bicycle", "city bicycle", "child bicycle", "high wheel"
    )
    draw = high_wheeler if kind == "high wheel" else frame_bicycle
    sprite = finish(rng, draw(rng, kind), 0.1, 0.04, rng.uniform(-5, 5))
    return sprite.transpose(Image.FLIP_LEFT_RIGHT) if chance(rng, 0.5) else sprite, kind


# ---------------------------------------------------------------- camera


def lens(rng, sprite, view, x, z, radius, length, rgb, y=0.0):
    """A camera's lens: rings that stand out from its front, glass with reflections."""
    steps = 7
    for k in range(steps + 1):
        share = k / steps
        r = radius * (1 - 0.12 * (k > steps // 2))
        points = [view.at(x + a, y - length * share, z + b) for a, b in ring(0, 0, r, r, 28)]
        fill(sprite, points, shade(rgb, 1.5 if k in (2, steps) else 1.15), shade(rgb, 0.7))
    glass = color(rng, (0.5, 0.8), (0.3, 0.7), (0.15, 0.4))
    for part, tone in ((0.78, DARK), (0.62, glass), (0.36, shade(glass, 0.5))):
        r = radius * part
        points = [view.at(x + a, y - length, z + b) for a, b in ring(0, 0, r, r, 24)]
        fill(sprite, points, shade(tone, 1.2), shade(tone, 0.8))
    px, py = view.at(x - 0.3 * radius, y - length, z + 0.32 * radius)
    disc(sprite, px, py, 7, 6, (225, 232, 245))


def camera_body(rng):
    """Return the two colors of a camera: covering and metal."""
    cover = pick(rng, (44, 44, 48), (44, 44, 48), (60, 58, 60), dark(rng), plastic(rng))
    trim = pick(rng, (196, 197, 200), (196, 197, 200), (60, 60, 64), (170, 150, 110))
    return cover, trim


def reflex_camera(rng):
    """A camera with a large lens and the hump of a prism."""
    w, h, d = rng.uniform(1.35, 1.6), rng.uniform(0.85, 1.0), rng.uniform(0.3, 0.4)
    view, sprite = corner_view(rng, (w, d, h + 0.25), 0.5, 0.55), board()
    cover, trim = camera_body(rng)
    low = h * rng.uniform(0.72, 0.8)
    block(sprite, view, (0, 0, 0), (w, d, 0.07), trim)
    block(sprite, view, (0, 0, 0.07), (w, d, low), cover)
    block(sprite, view, (0, 0, low), (w, d, h), trim)
    m = w * rng.uniform(0.5, 0.58)
    hump = [(m - 0.34, h), (m - 0.2, h + 0.24), (m + 0.2, h + 0.24), (m + 0.34, h)]
    extrude(sprite, view, hump[::-1], 0, d, trim, pick(rng, trim, cover))
    for x, r in ((0.14 * w, 0.11), (0.88 * w, 0.09)):
        block(sprite, view, (x - r, 0.1, h), (x + r, 0.26, h + 0.1), shade(trim, 0.9))
    if chance(rng, 0.5):  # a grip
        block(sprite, view, (0, -0.12, 0.05), (0.2, 0.02, low), shade(cover, 0.9), 4)
    radius = rng.uniform(0.34, 0.42)
    lens(rng, sprite, view, m, h * 0.46, radius, rng.uniform(0.2, 0.55), (52, 52, 56))
    return sprite


def small_camera(rng):
    """A flat camera: small lens, window of the viewfinder, flash."""
    w, h, d = rng.uniform(1.4, 1.7), rng.uniform(0.85, 1.0), 0.3
    view, sprite = corner_view(rng, (w, d, h + 0.1), 0.5, 0.3), board()
    cover, trim = camera_body(rng)
    cover = pick(rng, cover, bright(rng), trim)
    split = h * rng.uniform(0.6, 0.75)
    block(sprite, view, (0, 0, 0), (w, d, split), cover, 6)
    block(sprite, view, (0, 0, split), (w, d, h), trim, 6)
    face = front_of(view, (w, d, h))
    fill(sprite, face.patch(0.42, 0.06, 0.6, 0.24), (36, 42, 52), (120, 140, 160))
    fill(sprite, face.patch(0.7, 0.06, 0.93, 0.26), (250, 250, 240), (200, 205, 210))
    block(sprite, view, (0.12 * w, 0.08, h), (0.26 * w, 0.2, h + 0.07), (170, 60, 50))
    lens(rng, sprite, view, w * rng.uniform(0.4, 0.62), h * 0.42, 0.3, rng.uniform(0.1, 0.3), DARK)
    return sprite


def folding_camera(rng):
    """An old camera: a box, a bellows that narrows toward the lens, on three legs or none."""
    w, h, d = rng.uniform(0.85, 1.05), rng.uniform(0.9, 1.1), 0.3
    legs = chance(rng, 0.5)
    view, sprite = corner_view(rng, (w, d, h * (2.2 if legs else 1.0)), 0.8, 1.1), board()
    tone, cloth = wood(rng), pick(rng, (48, 40, 40), (110, 30, 34), (50, 52, 60))
    z = h * 1.2 if legs else 0.0
    if legs:
        for x, y in ((w / 2, 0.7), (0.05, 0), (w - 0.05, 0)):
            foot = (w / 2 + (x - w / 2) * 1.9, y * 1.8 - 0.6, -0.15)
            tube(sprite, [view.at(w / 2, 0.1, z), view.at(*foot)], shade(tone, 0.8), 11)
    block(sprite, view, (0, 0, z), (w, d, z + h), tone)
    if legs:
        block(sprite, view, (0.05, -0.75, z - 0.03), (w - 0.05, 0, z + 0.04), shade(tone, 0.8))
    steps = 12
    for k in range(steps):
        inset = 0.08 + 0.2 * k / steps
        corners = [(inset * w, inset * h), ((1 - inset) * w, inset * h)]
        corners += [((1 - inset) * w, (1 - inset) * h), (inset * w, (1 - inset) * h)]
        points = [view.at(a, -0.7 * k / steps, z + b) for a, b in corners]
        fill(sprite, points, shade(cloth, 0.6 if k % 2 else 1.4), shade(cloth, 0.5 + k % 2 * 0.4))
    block(sprite, view, (0.2 * w, -0.78, z + 0.14 * h), (0.8 * w, -0.7, z + 0.86 * h), tone)
    lens(rng, sprite, view, w / 2, z + h / 2, 0.2, 0.12, (180, 150, 80), -0.78)
    return sprite


def draw_camera(rng):
    """A camera for photographs."""
    kind = pick(rng, reflex_camera, reflex_camera, small_camera, small_camera, folding_camera)
    return finish(rng, kind(rng), 0.1, 0.06, rng.uniform(-5, 5)), words(kind)


# ---------------------------------------------------------------- guitar


def strings(sprite, x, top, bottom, n, half):
    """The strings of a guitar, fanning out a little toward the bridge."""
    for k in range(n):
        u = 2 * k / (n - 1) - 1
        line(sprite, [(x + u * half * 0.7, top), (x + u * half, bottom)], (222, 220, 208), 1)


def neck(rng, sprite, top, bottom, half, head):
    """The neck of a guitar with its frets, and a head with pegs."""
    board_tone = pick(rng, (52, 36, 30), (80, 54, 38), (36, 32, 32), (196, 158, 104))
    points = mirrored([(half * 0.8, top), (half, bottom)])
    fill(sprite, points, shade(board_tone, 1.2), shade(board_tone, 0.9), True)
    for k in range(11):
        y = top + (bottom - top) * (1 - 0.9**k) / (1 - 0.9**11)
        line(sprite, [(MIDDLE - half, y), (MIDDLE + half, y)], (186, 182, 170), 1)
    tone = pick(rng, board_tone, wood(rng), head)
    side = rng.uniform(0.6, 1.0)
    shape = [(half * 1.5, top - 44), (half * 1.9, top - 30), (half * 0.9, top)]
    outline = mirrored(shape) if side < 0.85 else [(MIDDLE - half, top), (MIDDLE + half, top)]
    if side >= 0.85:
        outline += [(MIDDLE + half * 2.2, top - 46), (MIDDLE - half * 0.6, top - 40)]
    lump(sprite, outline, tone, 4)
    for k in range(3):
        for s in (-1, 1) if side < 0.85 else (-1,):
            x, y = MIDDLE + s * half * 2.0, top - 36 + 12 * k
            disc(sprite, x + (0 if side < 0.85 else 12), y, 5, 4, (216, 212, 200), (110, 108, 104))


def acoustic_guitar(rng, small=False):
    """A hollow guitar: waist, round hole, bridge."""
    sprite = board()
    tone = color(rng, (0.04, 0.11), (0.4, 0.85), (0.45, 0.95)) if chance(rng, 0.7) else plastic(rng)
    low, waist, high = rng.uniform(62, 72), rng.uniform(36, 44), rng.uniform(46, 54)
    y = rng.uniform(132, 148) if not small else rng.uniform(116, 128)
    half = [(8, y), (high * 0.8, y + 4), (high, y + 32), (waist, y + 66), (low, y + 112)]
    body = curve(mirrored([*half, (low * 0.62, 288), (10, 292)]))
    if chance(rng, 0.2):  # a cutaway
        body = [(x, max(b, y + 26) if x > MIDDLE + 14 else b) for x, b in body]
    edge = pick(rng, shade(tone, 0.45), WHITE, (50, 34, 28))
    fill(sprite, body, tone)
    if chance(rng, 0.6):  # a burst: dark toward the rim
        swell(sprite, body, 22, 0.55)
    wood_lines(rng, sprite, body, tone)
    swell(sprite, body, 8, 0.4)
    line(sprite, [*body, body[0]], edge, int(rng.integers(3, 6)))
    hole = (MIDDLE, y + 58)
    disc(sprite, *hole, 27, 27, shade(tone, 0.55))
    disc(sprite, *hole, 22, 22, (30, 22, 20), (60, 44, 36))
    if chance(rng, 0.4):
        guard = curve([(MIDDLE + 20, y + 62), (MIDDLE + 44, y + 76), (MIDDLE + 30, y + 110)])
        fill(sprite, guard, pick(rng, (40, 26, 24), (236, 232, 222), (120, 60, 36)))
    neck(rng, sprite, 58 if not small else 64, y + 36, rng.uniform(9, 12), tone)
    bridge = y + 118
    fill(sprite, mirrored([(32, bridge), (32, bridge + 10)]), (48, 32, 26))
    strings(sprite, MIDDLE, 58, bridge + 4, 4 if small else 6, 8)
    return sprite


def ukulele(rng):
    """A small guitar with a short neck."""
    return acoustic_guitar(rng, True).resize((BOARD, BOARD))


def electric_guitar(rng):
    """A solid guitar with horns, pickups and knobs; its neck is long."""
    sprite = board()
    paint = pick(rng, bright(rng), bright(rng), plastic(rng), wood(rng))
    y = rng.uniform(150, 165)
    if chance(rng, 0.2):  # a flying V
        body = [(150, y), (170, y + 10), (226, 286), (196, 292), (150, 226), (104, 292), (74, 286)]
        body = [*body, (130, y + 10)]
    else:
        horn = rng.uniform(0, 26)
        left = [(132, y + 14), (108, y - 20 - horn), (92, y + 2), (102, y + 46), (84, y + 90)]
        right = [(214, y + 96), (198, y + 46), (214, y + 4), (200, y - 12), (168, y + 16)]
        body = curve([*left, (108, 286), (150, 292), (196, 284), *right])
    lump(sprite, body, paint, 9, 0.6)
    if chance(rng, 0.6):
        guard = curve([(124, y + 20), (176, y + 24), (188, y + 74), (160, y + 104), (128, y + 70)])
        fill(sprite, guard, pick(rng, (238, 236, 228), (34, 34, 36), (190, 60, 50)))
    neck(rng, sprite, 50, y + 34, rng.uniform(8, 10), paint)
    for k in range(int(rng.integers(2, 4))):
        z = y + 48 + 22 * k
        fill(sprite, mirrored([(19, z), (19, z + 10)]), pick(rng, (30, 30, 32), (220, 218, 210)))
    fill(sprite, mirrored([(20, y + 112), (20, y + 122)]), (186, 186, 190), (90, 90, 94))
    for k in range(3):
        disc(sprite, 186 + 7 * k, y + 80 + 13 * k, 6, 6, (238, 230, 200), (90, 84, 70))
    strings(sprite, MIDDLE, 50, y + 116, 6, 7)
    return sprite


def draw_guitar(rng):
    """A guitar, upright, leaning or lying."""
    kind = pick(rng, acoustic_guitar, acoustic_guitar, electric_guitar, electric_guitar, ukulele)
    turn = rng.uniform(-25, 25) if chance(rng, 0.7) else rng.uniform(-100, 100)
    return finish(rng, kind(rng), 0.12, 0.05, turn), words(kind)


# ---------------------------------------------------------------- hat


def brimmed_hat(rng):
    """A felt or straw hat from the side: crown with a dent, ribbon, curved brim."""
    sprite = board()
    straw = chance(rng, 0.45)
    rgb = color(rng, (0.09, 0.14), (0.25, 0.55), (0.7, 0.95)) if straw else plastic(rng)
    wide, crown, high = rng.uniform(112, 140), rng.uniform(58, 74), rng.uniform(80, 115)
    flat, y = rng.uniform(0.12, 0.4), 200
    curl = rng.uniform(-18, 22)
    brim = ring(MIDDLE, y, wide, wide * flat)
    brim = [(x, b - curl * ((x - MIDDLE) / wide) ** 2) for x, b in brim]
    lump(sprite, brim, rgb, 8)
    if straw:
        for k in range(1, 6):
            r = wide * (0.5 + k / 10)
            arc = [(x, b - curl * (r / wide) ** 2) for x, b in ring(MIDDLE, y, r, r * flat)]
            line(sprite, arc, shade(rgb, 0.75), 2)
    top = crown * rng.uniform(0.68, 0.95)
    dent = rng.uniform(0, 18)
    shape = [(MIDDLE - crown, y), (MIDDLE - crown * 0.95, y - high * 0.5), (MIDDLE - top, y - high)]
    shape += [(MIDDLE, y - high + dent), (MIDDLE + top, y - high)]
    shape += [(MIDDLE + crown * 0.95, y - high * 0.5), (MIDDLE + crown, y)]
    low = ring(MIDDLE, y, crown, crown * flat, 16, 0, math.pi)
    body = curve(shape, closed=False) + low
    lump(sprite, body, rgb, 16, 0.6)
    if straw:
        pattern(rng, sprite, body, shade(rgb, 0.8), "bands")
    band = rng.uniform(14, 32)
    ink = pick(rng, DARK, bright(rng), shade(rgb, 0.45), WHITE)
    upper = [(x, b - band) for x, b in ring(MIDDLE, y, crown * 0.97, crown * flat, 16, math.pi, 0)]
    ribbon = low + upper
    fill(sprite, ribbon, shade(ink, 1.15), shade(ink, 0.7), True)
    if chance(rng, 0.3):
        x = MIDDLE + crown * 0.6
        lump(sprite, taper([(x, y), (x + 10, y - 40), (x + 34, y - 84)], 9, 2), bright(rng), 4)
    return sprite


def top_hat(rng):
    """A tall hat, straight or widening toward its top."""
    sprite = board()
    rgb = (44, 42, 46) if chance(rng, 0.5) else pick(rng, plastic(rng), bright(rng))
    high, wide, top = rng.uniform(130, 180), rng.uniform(62, 76), rng.uniform(60, 84)
    y, flat = 240, rng.uniform(0.12, 0.28)
    brim = ring(MIDDLE, y, wide * 1.65, wide * 1.65 * flat)
    lump(sprite, [(x, b - 10 * ((x - MIDDLE) / wide / 1.65) ** 2) for x, b in brim], rgb, 6)
    fill(sprite, ring(MIDDLE, y, wide, wide * flat), shade(rgb, 0.75))
    waist = wide * rng.uniform(0.84, 1.0)
    radii = profile_of([(0, top), (0.5, waist), (1, wide)], int(high))
    round_body(sprite, MIDDLE, y - high, radii, rgb, rng.uniform(0.05, 0.35))
    fill(sprite, ring(MIDDLE, y - 1, wide, wide * flat, 20, 0, math.pi), shade(rgb, 0.75))
    disc(sprite, MIDDLE, y - high, top, top * flat, shade(rgb, 1.5), shade(rgb, 1.2))
    ink = pick(rng, bright(rng), shade(rgb, 0.5), (225, 222, 214))
    band = int(rng.uniform(22, 42))
    radii = profile_of([(0, waist + (wide - waist) * 0.6), (1, wide)], band)
    round_body(sprite, MIDDLE, y - band, radii + 1.5, ink, 0.1)
    fill(sprite, ring(MIDDLE, y, wide + 1, wide * flat, 20, 0, math.pi), shade(ink, 0.8))
    return sprite


def peaked_cap(rng):
    """A cap with panels and a peak, from the side."""
    sprite = board()
    rgb = pick(rng, bright(rng), plastic(rng))
    ink = pick(rng, rgb, rgb, bright(rng), WHITE)
    wide, high, y = rng.uniform(84, 98), rng.uniform(92, 118), 200
    x = 122
    peak = [(x + wide * 0.35, y - 16), (x + wide + 20, y - 14), (x + wide + 76, y + 8)]
    peak += [(x + wide + 68, y + 20), (x + wide, y + 10), (x + wide * 0.2, y + 8)]
    dome = ring(x, y, wide, high, 26, math.pi, 2 * math.pi)
    dome += [(x + wide * 0.4, y + 10), (x - wide * 0.6, y + 8)]
    lump(sprite, dome, rgb, 18, 0.6)
    front = ring(x, y, wide, high, 12, -math.pi / 2, 0) + [(x + wide * 0.35, y + 8)]
    fill(sprite, [*front, (x + wide * 0.25, y - high * 0.5)], ink, shade(ink, 0.85))
    for k in (-0.55, 0.3):
        seam = [(x, y - high), (x + wide * k, y - high * 0.55), (x + wide * k * 1.2, y + 6)]
        line(sprite, curve(seam, closed=False), shade(rgb, 0.6), 3)
    badge = color(rng, saturation=(0.0, 0.9), value=(0.5, 1.0))
    disc(sprite, x + wide * 0.6, y - high * 0.45, 15, 19, badge, shade(badge, 0.8))
    lump(sprite, curve(peak), pick(rng, shade(rgb, 0.85), ink, bright(rng)), 6, 0.6)
    disc(sprite, x, y - high, 8, 5, shade(rgb, 0.7))
    return sprite


def woolen_cap(rng):
    """A knitted cap with a turned-up edge, a pattern and mostly a bobble."""
    sprite = board()
    rgb, ink = pick(rng, bright(rng), plastic(rng)), pick(rng, bright(rng), WHITE, DARK)
    wide, high, y = rng.uniform(86, 104), rng.uniform(120, 160), 220
    dome = ring(MIDDLE, y, wide, high, 26, math.pi, 2 * math.pi)
    fill(sprite, dome, rgb, shade(rgb, 0.9))
    kind = pick(rng, None, "bands", "bands", "dots", "checks")
    pattern(rng, sprite, dome, ink, kind)
    for k in range(-6, 7):
        a, b = (MIDDLE + wide * k / 7, y - high * 0.6), (MIDDLE + wide * k / 6, y)
        line(sprite, curve([(MIDDLE, y - high), a, b], closed=False), shade(rgb, 0.75), 1)
    swell(sprite, dome, 18, 0.6)
    fold = rng.uniform(34, 54)
    edge = pick(rng, rgb, ink)
    cuff = [(MIDDLE - wide - 6, y - fold), (MIDDLE + wide + 6, y - fold)]
    cuff = curve([*cuff, (MIDDLE + wide + 4, y + 6), (MIDDLE, y + 16), (MIDDLE - wide - 4, y + 6)])
    lump(sprite, cuff, edge, 10, 0.55)
    for k in range(-8, 9):
        x = MIDDLE + wide * k / 8.5
        line(sprite, [(x, y - fold + 6), (x, y + 6)], shade(edge, 0.72), 3)
    if chance(rng, 0.75):
        r = rng.uniform(24, 36)
        lump(sprite, fluffy(rng, MIDDLE, y - high - r * 0.5, r, r), pick(rng, ink, WHITE, rgb), 9)
    return sprite


def fluffy(rng, x, y, rx, ry, n=44):
    """Return a round outline with hairs."""
    wave = 1 + rng.uniform(-0.06, 0.06, n)
    t = np.arange(n) * (2 * math.pi / n)
    return list(zip(x + rx * wave * np.cos(t), y + ry * wave * np.sin(t), strict=True))


def draw_hat(rng):
    """A hat or a cap."""
    kind = pick(rng, brimmed_hat, brimmed_hat, top_hat, peaked_cap, woolen_cap)
    sprite = finish(rng, kind(rng), 0.15, 0.12, rng.uniform(-12, 12))
    return sprite.transpose(Image.FLIP_LEFT_RIGHT) if chance(rng, 0.5) else sprite, words(kind)


# ---------------------------------------------------------------- kettle


def spout(sprite, points, first, last, rgb, reach=7):
    """A spout along a line, with its dark mouth."""
    lump(sprite, taper(points, first, last), rgb, reach, 0.6)
    x, y = points[-1]
    disc(sprite, x, y, last, last * 0.6, shade(rgb, 0.35))


def kettle_paint(rng):
    """Return the color of a kettle: bare metal, copper, or enamel."""
    steel = color(rng, saturation=(0.0, 0.06), value=(0.6, 0.85))
    copper = color(rng, (0.04, 0.08), (0.5, 0.75), (0.6, 0.85))
    return pick(rng, steel, steel, copper, bright(rng), bright(rng), (226, 222, 210), (50, 50, 54))


def stove_kettle(rng):
    """A wide kettle for the stove: spout, lid with a knob, a handle over the top."""
    sprite = board()
    rgb, trim = kettle_paint(rng), dark(rng)
    top, bottom = rng.uniform(120, 140), 268
    wide = rng.uniform(82, 100)
    shapes = (
        [(0, 0.4), (0.3, 0.78), (0.75, 1.0), (1, 0.92)],
        [(0, 0.42), (0.25, 0.85), (0.5, 1.0), (0.8, 0.9), (1, 0.7)],
        [(0, 0.5), (0.5, 0.75), (1, 1.0)],
        [(0, 0.6), (0.15, 0.9), (0.3, 1.0), (1, 1.0)],
    )
    x = 140
    tip = rng.uniform(-10, 34)
    end = (x + wide + 46, top + tip)
    spout(sprite, [(x + wide * 0.6, 226), (x + wide + 14, 190), end], 23, 10, rgb)
    form = pick(rng, *shapes)
    radii = wide * smooth(profile_of(form, int(bottom - top)), 8)
    arch = rng.uniform(56, 84)
    span = wide * rng.uniform(0.62, 0.85)
    hoop = [(x - span, top + 44), (x - span * 0.92, top - arch * 0.6), (x, top - arch)]
    hoop += [(x + span * 0.92, top - arch * 0.6), (x + span, top + 44)]
    grip = pick(rng, trim, trim, wood(rng), bright(rng))
    arc = curve(hoop, closed=False, steps=9)
    tube(sprite, arc, shade(rgb, 0.8), int(rng.integers(9, 13)))
    tube(sprite, arc[10:-10], grip, int(rng.integers(15, 21)))
    round_body(sprite, x, top, radii, rgb, rng.uniform(0.2, 0.7))
    disc(sprite, x, bottom, radii[-1], 8, shade(rgb, 0.5))
    if chance(rng, 0.35):
        ink = pick(rng, WHITE, bright(rng), shade(rgb, 0.6))
        for k in range(-2, 3):
            disc(sprite, x + wide * 0.36 * k, 205 + 5 * (k % 2), 11, 13, ink, shade(ink, 0.8))
    disc(sprite, x, top + 2, radii[0] * 1.02, 11, shade(rgb, 1.1), shade(rgb, 0.7))
    disc(sprite, x, top - 3, radii[0] * 0.8, 10, shade(rgb, 1.25), shade(rgb, 0.85))
    disc(sprite, x, top - 16, 11, 10, mix(grip, WHITE, 0.2), shade(grip, 0.7))
    return sprite


def electric_kettle(rng):
    """A jug kettle: lip, lid, a large handle behind, a base with its cord."""
    sprite = board()
    rgb, trim = pick(rng, kettle_paint(rng), plastic(rng)), dark(rng)
    top, bottom, x = rng.uniform(48, 70), 258, 132
    wide, narrow = rng.uniform(68, 84), rng.uniform(50, 62)
    bend = [(x + wide * 0.5, top + 14), (x + wide + 34, top + 6), (x + wide + 46, top + 60)]
    bend += [(x + wide + 36, bottom - 60), (x + wide * 0.9, bottom - 36)]
    bow(sprite, bend, trim, int(rng.integers(17, 24)))
    disc(sprite, x, bottom + 10, wide + 10, 14, shade(trim, 1.1), shade(trim, 0.6))
    lip = [(x - narrow * 0.5, top), (x - narrow - 34, top + 2), (x - narrow * 0.98, top + 50)]
    lump(sprite, lip, shade(rgb, 0.9), 6)
    bend = rng.uniform(0.9, 1.12)
    form = [(0, narrow), (0.5, (narrow + wide) / 2 * bend), (1, wide)]
    radii = smooth(profile_of(form, int(bottom - top)), 9)
    round_body(sprite, x, top, radii, rgb, rng.uniform(0.15, 0.7))
    disc(sprite, x, bottom - 1, radii[-1], 12, shade(rgb, 0.6))
    round_body(sprite, x, bottom - 22, np.full(24, radii[-1] + 1), trim, 0.1)
    disc(sprite, x, top, radii[0], 12, shade(trim, 1.6), shade(trim, 1.1))
    disc(sprite, x, top - 6, radii[0] * 0.4, 8, shade(trim, 1.8), trim)
    if chance(rng, 0.6):
        gauge = [(x - 8, top + 60), (x + 8, top + 60), (x + 8, bottom - 50), (x - 8, bottom - 50)]
        fill(sprite, gauge, (60, 80, 96), (150, 180, 196))
    return sprite


def tall_kettle(rng):
    """A tall enamel kettle that narrows upward, with a thin curved spout and a side handle."""
    sprite = board()
    rgb, edge = kettle_paint(rng), pick(rng, (40, 44, 66), DARK, (190, 60, 50))
    top, bottom, x = rng.uniform(84, 104), 272, 146
    wide, narrow = rng.uniform(70, 82), rng.uniform(38, 50)
    line_up = [(x + wide * 0.8, 236), (x + wide + 26, 200), (x + wide + 30, 150)]
    spout(sprite, [*line_up, (x + wide + 54, top + 22)], 16, 7, rgb)
    bend = [
        (x - narrow, top + 26),
        (x - wide - 36, top + 30),
        (x - wide - 34, 190),
        (x - wide, 226),
    ]
    bow(sprite, bend, pick(rng, rgb, edge), 14)
    radii = smooth(profile_of([(0, narrow), (0.6, wide * 0.85), (1, wide)], int(bottom - top)), 8)
    round_body(sprite, x, top, radii, rgb, rng.uniform(0.3, 0.7))
    disc(sprite, x, bottom - 1, radii[-1], 9, shade(edge, 1.2), edge)
    lid = profile_of([(0, 6), (0.4, narrow * 0.7), (1, narrow)], 30)
    round_body(sprite, x, top - 26, lid, rgb, 0.5)
    line(sprite, ring(x, top + 3, narrow, 6, 20, 0, math.pi), edge, 5)
    disc(sprite, x, top - 34, 12, 12, mix(edge, WHITE, 0.25), edge)
    return sprite


def draw_kettle(rng):
    """A kettle to boil water in."""
    kind = pick(rng, stove_kettle, stove_kettle, stove_kettle, electric_kettle, tall_kettle)
    sprite = finish(rng, kind(rng), 0.1, 0.04, rng.uniform(-5, 5))
    return sprite.transpose(Image.FLIP_LEFT_RIGHT) if chance(rng, 0.5) else sprite, words(kind)


# ---------------------------------------------------------------- ladder


def ladder_color(rng):
    """Return the color of a ladder: wood, aluminum, or paint."""
    alloy = color(rng, saturation=(0.0, 0.06), value=(0.6, 0.85))
    return pick(rng, wood(rng), wood(rng), alloy, alloy, plastic(rng))


def climb(sprite, low, high, n, rgb, thick, flat):
    """Two rails from a lower (left, right) pair of points to an upper one, and n rungs."""
    for k in range(n):
        t = (k + 0.6) / (n + 0.1)
        a, b = ([p + (q - p) * t for p, q in zip(low[i], high[i], strict=True)] for i in (0, 1))
        if flat:  # a tread, seen from above
            d = thick * 0.8
            fill(sprite, [(a[0], a[1] - d), (b[0], b[1] - d), b, a], shade(rgb, 1.25))
            fill(sprite, [a, b, (b[0], b[1] + d), (a[0], a[1] + d)], shade(rgb, 0.75))
        else:
            tube(sprite, [a, b], shade(rgb, 0.95), thick * 0.9)
    for a, b in zip(low, high, strict=True):
        line(sprite, [a, b], shade(rgb, 0.6), thick + 4)
        line(sprite, [(a[0] - 1, a[1]), (b[0] - 1, b[1])], rgb, thick)
        line(sprite, [(a[0] - 3, a[1]), (b[0] - 3, b[1])], mix(rgb, WHITE, 0.4), thick // 3)


def leaning_ladder(rng):
    """A straight ladder, perhaps of two parts that slide along each other."""
    sprite, rgb = board(), ladder_color(rng)
    wide, narrow = rng.uniform(38, 60), rng.uniform(0.7, 1.0)
    lean, thick = rng.uniform(-60, 60), int(rng.integers(9, 15))
    x = MIDDLE - lean / 2
    low = [(x - wide, 288), (x + wide, 288 - rng.uniform(0, 10))]
    high = [(x + lean - wide * narrow, 12), (x + lean + wide * narrow, 12)]
    if chance(rng, 0.25):
        lower = [(a + 8, b) for a, b in low]
        mid = [(p[0] + 0.6 * (q[0] - p[0]) + 8, 110) for p, q in zip(low, high, strict=True)]
        climb(sprite, lower, mid, 4, shade(rgb, 0.75), thick, False)
    climb(sprite, low, high, int(rng.integers(6, 10)), rgb, thick, chance(rng, 0.4))
    return sprite


def step_ladder(rng):
    """A folding ladder: treads in front, a stay behind, a platform on top."""
    sprite, rgb = board(), ladder_color(rng)
    wide, top, thick = rng.uniform(54, 74), rng.uniform(22, 60), int(rng.integers(10, 15))
    aside = rng.uniform(20, 62)
    x = MIDDLE - aside / 2
    back = shade(pick(rng, rgb, rgb, metal(rng)), 0.7)
    near = [(x - wide, 285), (x + wide, 285)]
    apex = [(x - wide * 0.6 + 8, top), (x + wide * 0.6 + 8, top)]
    far = [(x - wide * 0.75 + aside * 1.5, 252), (x + wide * 0.8 + aside * 1.5, 252)]
    for a, b in zip(far, apex, strict=True):
        tube(sprite, [a, b], back, thick * 0.8)
    for t in (0.15, 0.55) if chance(rng, 0.6) else (0.2,):
        a, b = ([p + (q - p) * t for p, q in zip(far[i], apex[i], strict=True)] for i in (0, 1))
        tube(sprite, [a, b], back, thick * 0.6)
    climb(sprite, near, apex, int(rng.integers(3, 7)), rgb, thick, True)
    step = pick(rng, rgb, DARK, bright(rng))
    a, b = apex[0][0] - 8, apex[1][0] + 8
    fill(sprite, [(a, top), (b, top), (b + 14, top - 16), (a + 14, top - 16)], shade(step, 1.2))
    fill(sprite, rectangle(a, top, b, top + 10), shade(step, 0.75))
    return sprite


def rope_ladder(rng):
    """Wooden rungs between two ropes that hang in a curve."""
    sprite, rgb = board(), wood(rng)
    rope = color(rng, (0.08, 0.13), (0.1, 0.5), (0.5, 0.9))
    wide, n, wave = rng.uniform(44, 62), int(rng.integers(6, 9)), rng.uniform(-22, 22)
    rows = [12 + 276 * k / n for k in range(n + 1)]
    sway = [wave * math.sin(3.5 * k / n + 0.4) for k in range(n + 1)]
    for s in (-1, 1):
        points = [(MIDDLE + w + s * wide, y) for w, y in zip(sway, rows, strict=True)]
        bow(sprite, points, rope, 11)
    for w, y in list(zip(sway, rows, strict=True))[1:]:
        tilt = rng.uniform(-6, 6)
        x = MIDDLE + w
        tube(sprite, [(x - wide - 14, y - tilt - 4), (x + wide + 14, y + tilt - 4)], rgb, 15)
    return sprite


def draw_ladder(rng):
    """A ladder."""
    kind = pick(rng, leaning_ladder, leaning_ladder, step_ladder, step_ladder, rope_ladder)
    return finish(rng, kind(rng), 0.12, 0.08), words(kind)


# ---------------------------------------------------------------- mailbox


def arched(w, h, n=12):
    """Return the front of a box with a round top, in space: (x, z) points."""
    return [(0, 0), (w, 0), *ring(w / 2, h - w / 2, w / 2, w / 2, n, 0, math.pi)]


def post_mailbox(rng):
    """A mailbox with a round top on a post, with its door, number and flag."""
    w, h, d = rng.uniform(0.55, 0.7), rng.uniform(0.62, 0.78), rng.uniform(0.9, 1.3)
    tall = rng.uniform(0.5, 1.1)
    yaw = pick(rng, -1, 1) * rng.uniform(0.35, 0.95)
    view, sprite = View((w, d, h + tall), yaw, rng.uniform(0.1, 0.35)), board()
    rgb = pick(rng, bright(rng), metal(rng), (205, 207, 210), plastic(rng))
    post = wood(rng) if chance(rng, 0.7) else metal(rng)
    t = rng.uniform(0.09, 0.16)
    m = (w / 2, d / 2)
    block(sprite, view, (m[0] - t, m[1] - t, 0), (m[0] + t, m[1] + t, tall), post)
    block(sprite, view, (0.02, 0.04, tall - 0.07), (w - 0.02, d - 0.04, tall), shade(post, 0.9))
    shape = [(x, z + tall) for x, z in arched(w, h)]
    extrude(sprite, view, shape, 0, d, rgb, mix(rgb, WHITE, 0.12))
    rim = [view.at(x, -0.01, z) for x, z in shape]
    line(sprite, [*rim, rim[0]], shade(rgb, 0.55), 4)
    label = rectangle(0.38 * w, tall + 0.84 * h, 0.62 * w, tall + 0.72 * h)
    fill(sprite, [view.at(x, -0.03, z) for x, z in label], (225, 225, 220), DARK)
    side = 0 if yaw < 0 else w
    flag = pick(rng, (206, 44, 38), (206, 44, 38), (235, 190, 40), bright(rng))
    up = chance(rng, 0.6)
    y, z = d * 0.3, tall + h * 0.45
    end = (y, z + 0.4) if up else (y + 0.42, z)
    line(sprite, [view.at(side, y, z), view.at(side, *end)], flag, 7)
    leaf = (end[0] + 0.18, end[1] - 0.14) if up else (end[0] - 0.16, end[1] + 0.14)
    leaf = [view.at(side, *point) for point in rectangle(*end, *leaf)]
    fill(sprite, leaf, flag, shade(flag, 0.8))
    if chance(rng, 0.4):
        tuft = color(rng, (0.2, 0.36), (0.4, 0.8), (0.3, 0.65))
        x, y = view.at(*m, 0)
        for _ in range(14):
            a = rng.uniform(-1, 1)
            line(sprite, [(x + 26 * a, y + 6), (x + 40 * a, y - rng.uniform(10, 40))], tuft, 4)
    return sprite


def wall_mailbox(rng):
    """A box for a house wall: sloping lid, slot, window or emblem, papers that stick out."""
    w, h, d = rng.uniform(0.75, 0.9), rng.uniform(1.0, 1.2), rng.uniform(0.3, 0.45)
    if chance(rng, 0.5):  # wider than tall
        w, h = 1.3, rng.uniform(0.8, 1)
    view, sprite = corner_view(rng, (w, d, h + 0.3), 0.6), board()
    rgb = pick(rng, bright(rng), metal(rng), plastic(rng))
    trim = pick(rng, DARK, (226, 190, 60), WHITE)
    if chance(rng, 0.5):
        for k in range(2):
            x = w * (0.2 + 0.3 * k)
            paper = (x, d * 0.4, h * 0.8), (x + w * 0.3, d * 0.45, h + 0.3 - 0.1 * k)
            block(sprite, view, *paper, (238, 236, 226))
    block(sprite, view, (0, 0, 0), (w, d, h), rgb, 4)
    low = [view.at(x, -0.06, h - 0.04) for x in (-0.03, w + 0.03)]
    top = [view.at(x, d, h + 0.14) for x in (w + 0.03, -0.03)]
    fill(sprite, [*low, *top], shade(rgb, 1.25), shade(rgb, 0.95))
    face = front_of(view, (w, d, h))
    fill(sprite, face.patch(0.0, 0.0, 1.0, 0.05), shade(rgb, 0.45))
    fill(sprite, face.patch(0.14, 0.13, 0.86, 0.24), shade(rgb, 0.55), DARK)
    kind = pick(rng, "horn", "letter", "window", "sign")
    if kind == "horn":
        line(sprite, face.round(0.45, 0.56, 0.17 * w), trim, 6)
        fill(sprite, [face.at(0.55, 0.62), face.at(0.84, 0.5), face.at(0.84, 0.8)], trim)
    elif kind == "letter":
        fill(sprite, face.patch(0.24, 0.42, 0.76, 0.74), WHITE, (214, 212, 204))
        flap = [face.at(0.24, 0.42), face.at(0.5, 0.6), face.at(0.76, 0.42)]
        line(sprite, flap, (120, 116, 110), 4)
    elif kind == "window":
        for k in range(3):
            fill(sprite, face.round(0.3 + 0.2 * k, 0.75, 0.05), DARK)
    else:
        fill(sprite, face.patch(0.22, 0.46, 0.78, 0.66), WHITE)
        box = (*face.at(0.28, 0.5), *face.at(0.74, 0.62))
        if box[2] - box[0] > 20:
            glyphs(rng, ImageDraw.Draw(sprite), box, (40, 40, 46), 4)
    disc(sprite, *face.at(0.5, 0.9), 6, 6, (200, 200, 204), (90, 90, 94))
    return sprite


def pillar_box(rng):
    """A round box that stands in the street: cap, slot, plate, foot."""
    sprite = board()
    rgb = pick(rng, (196, 38, 40), (196, 38, 40), (232, 186, 40), (44, 84, 150), bright(rng))
    half = rng.uniform(44, 58)
    foot = profile_of([(0, half), (0.3, half + 7), (1, half + 8)], 26)
    round_body(sprite, MIDDLE, 262, foot, shade(rgb, 0.45), 0.1)
    disc(sprite, MIDDLE, 288, half + 7, 7, shade(rgb, 0.3))
    round_body(sprite, MIDDLE, 52, np.full(212, half), rgb, rng.uniform(0.1, 0.35))
    dome = [(0, 8), (0.2, half * 0.6), (0.5, half * 0.95), (0.6, half + 9), (1, half + 9)]
    round_body(sprite, MIDDLE, 12, profile_of(dome, 50), shade(rgb, 1.05), 0.2)
    line(sprite, ring(MIDDLE, 62, half + 8, 7, 20, 0, math.pi), shade(rgb, 0.5), 4)
    x = MIDDLE + rng.uniform(-10, 10)
    fill(sprite, rectangle(x - 32, 86, x + 32, 101), (20, 18, 20), (50, 40, 40))
    line(sprite, [(x - 34, 84), (x + 34, 84)], shade(rgb, 1.3), 4)
    tall = rng.uniform(28, 46)
    fill(sprite, rectangle(x - 22, 118, x + 22, 118 + tall), (238, 236, 228), (206, 204, 196))
    for k in range(3):
        y = 126 + k * tall / 4
        line(sprite, [(x - 16, y), (x + 14, y)], (90, 90, 96), 3)
    line(sprite, [*rectangle(x - 34, 182, x + 34, 256), (x - 34, 182)], shade(rgb, 0.55), 3)
    return sprite


def draw_mailbox(rng):
    """A box for letters."""
    kind = pick(rng, post_mailbox, post_mailbox, wall_mailbox, wall_mailbox, pillar_box)
    return finish(rng, kind(rng), 0.14, 0.06), words(kind)


# ---------------------------------------------------------------- radio


def grille(rng, sprite, face, u0, v0, u1, v1, rgb):
    """The cloth, slots or holes over a loudspeaker."""
    fill(sprite, face.patch(u0, v0, u1, v1), shade(rgb, 1.1), shade(rgb, 0.85))
    ink = shade(rgb, 0.5) if sum(rgb) > 240 else mix(rgb, WHITE, 0.4)
    kind = pick(rng, "slots", "bars", "holes")
    n = int(rng.integers(5, 9))
    for k in range(n):
        t = (k + 0.5) / n
        if kind == "slots":
            v = v0 + (v1 - v0) * t
            line(sprite, [face.at(u0 + 0.02, v), face.at(u1 - 0.02, v)], ink, 4)
        elif kind == "bars":
            u = u0 + (u1 - u0) * t
            line(sprite, [face.at(u, v0 + 0.03), face.at(u, v1 - 0.03)], ink, 4)
        else:
            for j in range(n):
                at = face.at(u0 + (u1 - u0) * t, v0 + (v1 - v0) * (j + 0.5) / n)
                disc(sprite, *at, 3, 3, ink)


def speaker(sprite, face, u, v, radius, rgb):
    """A round loudspeaker: rim, cone, dome."""
    for part, tone in ((1.0, (176, 178, 182)), (0.88, shade(rgb, 0.5)), (0.6, shade(rgb, 0.8))):
        fill(sprite, face.round(u, v, radius * part), shade(tone, 1.1), shade(tone, 0.8))
    fill(sprite, face.round(u, v, radius * 0.25), (120, 120, 124), (50, 50, 54))


def dial(rng, sprite, face, u0, v0, u1, v1):
    """The scale of a radio: a pale or lit strip with marks and a needle."""
    pale = pick(rng, (240, 226, 180), (236, 236, 228), (250, 200, 110), (40, 44, 48))
    fill(sprite, face.patch(u0, v0, u1, v1), pale, shade(pale, 0.85))
    ink = (60, 50, 44) if sum(pale) > 300 else (220, 220, 214)
    for k in range(1, 9):
        u = u0 + (u1 - u0) * k / 9
        line(sprite, [face.at(u, v0 + 0.02), face.at(u, (v0 + v1) / 2)], ink, 2)
    u = u0 + (u1 - u0) * rng.uniform(0.2, 0.8)
    line(sprite, [face.at(u, v0), face.at(u, v1)], (206, 40, 36), 4)


def aerial(rng, sprite, view, x, y, z):
    """A telescopic aerial."""
    foot = view.at(x, y, z)
    tip = (foot[0] + rng.uniform(-90, 90), foot[1] - rng.uniform(60, 110))
    tip = (min(292, max(8, tip[0])), max(6, tip[1]))
    line(sprite, [foot, tip], (120, 122, 126), 6)
    line(sprite, [foot, tip], (214, 216, 220), 3)
    disc(sprite, *tip, 5, 5, (200, 202, 206), (110, 110, 114))


def portable_radio(rng):
    """A small radio: grille, dial, knobs, handle or aerial."""
    w, h, d = rng.uniform(1.25, 1.7), rng.uniform(0.8, 1.05), rng.uniform(0.3, 0.45)
    view, sprite = corner_view(rng, (w, d, h + 0.55)), board()
    rgb = pick(rng, plastic(rng), bright(rng), wood(rng))
    if chance(rng, 0.65):
        aerial(rng, sprite, view, w * pick(rng, 0.08, 0.92), d / 2, h)
    if chance(rng, 0.6):
        hoop = [(0.12 * w, h), (0.16 * w, h + 0.26), (0.84 * w, h + 0.26), (0.88 * w, h)]
        tube(sprite, [view.at(x, d / 2, z) for x, z in hoop], pick(rng, metal(rng), DARK), 13)
    block(sprite, view, (0, 0, 0), (w, d, h), rgb, 8)
    face = front_of(view, (w, d, h))
    trim = pick(rng, rgb, (226, 224, 216), DARK, (190, 192, 196))
    fill(sprite, face.patch(0.04, 0.06, 0.96, 0.94), shade(trim, 1.05), shade(trim, 0.88))
    right = chance(rng, 0.5)
    a, b = (0.08, 0.52) if right else (0.48, 0.92)
    if chance(rng, 0.5):
        speaker(sprite, face, (a + b) / 2, 0.52, min(0.4 * h, 0.2 * w), plastic(rng))
    else:
        grille(rng, sprite, face, a, 0.12, b, 0.88, pick(rng, shade(trim, 0.7), plastic(rng), DARK))
    a, b = (0.58, 0.92) if right else (0.08, 0.42)
    dial(rng, sprite, face, a, 0.14, b, 0.38)
    knobs = pick(rng, (60, 60, 64), (214, 190, 120), (226, 226, 222))
    for u in (a + 0.08, b - 0.08):
        knob(sprite, *face.at(u, 0.66), rng.uniform(11, 17), knobs)
    return sprite


def wooden_radio(rng):
    """An old radio in a wooden case with a round or a flat top, cloth and a lit dial."""
    arch = chance(rng, 0.55)
    w, h, d = rng.uniform(0.9, 1.1), rng.uniform(1.15, 1.35), rng.uniform(0.35, 0.5)
    if not arch:
        w, h = rng.uniform(1.3, 1.6), 1.0
    view, sprite = corner_view(rng, (w, d, h), 0.5), board()
    rgb = color(rng, (0.03, 0.09), (0.45, 0.8), (0.3, 0.7))
    cut = 0.2 if chance(rng, 0.6) else 0.02
    flat = [(0, 0), (w, 0), (w, h - cut), (w - cut, h), (cut, h), (0, h - cut)]
    extrude(sprite, view, arched(w, h) if arch else flat, 0, d, rgb, shade(rgb, 1.15))
    face = front_of(view, (w, d, h))
    cloth = color(rng, (0.06, 0.14), (0.2, 0.5), (0.5, 0.85))
    if arch:
        inner = ring(0.5, 0.44, 0.38, 0.34, 14, math.pi, 2 * math.pi)
        inner = [face.at(*point) for point in [*inner, (0.88, 0.58), (0.12, 0.58)]]
        fill(sprite, inner, shade(cloth, 1.1), shade(cloth, 0.8))
        for u in (0.28, 0.5, 0.72):
            line(sprite, [face.at(u, 0.12), face.at(u, 0.58)], shade(rgb, 0.9), 8)
        dial(rng, sprite, face, 0.32, 0.64, 0.68, 0.78)
        row = (0.18, 0.5, 0.82)
    else:
        grille(rng, sprite, face, 0.08, 0.14, 0.92, 0.56, cloth)
        dial(rng, sprite, face, 0.2, 0.62, 0.8, 0.78)
        row = (0.1, 0.9)
    brass = pick(rng, (214, 180, 100), (236, 226, 200), (60, 44, 36))
    for u in row:
        knob(sprite, *face.at(u, 0.88 if arch else 0.76), 12, brass)
    block(sprite, view, (-0.03, -0.03, 0), (w + 0.03, d, 0.07), shade(rgb, 0.7))
    return sprite


def boom_box(rng):
    """A wide radio with two loudspeakers, a cassette door between them, and a handle."""
    w, h, d = rng.uniform(1.9, 2.3), rng.uniform(0.9, 1.1), 0.4
    view, sprite = corner_view(rng, (w, d, h + 0.45), 0.4), board()
    rgb = pick(rng, (176, 178, 182), (48, 48, 52), bright(rng), plastic(rng))
    if chance(rng, 0.5):
        aerial(rng, sprite, view, w * 0.9, d / 2, h)
    hoop = [(0.1 * w, h - 0.05), (0.1 * w, h + 0.26), (0.9 * w, h + 0.26), (0.9 * w, h - 0.05)]
    tube(sprite, [view.at(x, d / 2, z) for x, z in hoop], shade(rgb, 0.7), 13)
    block(sprite, view, (0, 0, 0), (w, d, h), rgb, 7)
    face = front_of(view, (w, d, h))
    cone = pick(rng, (70, 70, 74), plastic(rng))
    for u in (0.2, 0.8):
        speaker(sprite, face, u, 0.6, 0.34 * h, cone)
    dial(rng, sprite, face, 0.12, 0.07, 0.88, 0.21)
    fill(sprite, face.patch(0.38, 0.36, 0.62, 0.78), (60, 62, 66), (30, 30, 34))
    for u in (0.45, 0.55):
        fill(sprite, face.round(u, 0.56, 0.06), (220, 220, 216))
    for k in range(5):
        u = 0.38 + 0.05 * k
        key = pick(rng, DARK, (214, 214, 210), bright(rng))
        fill(sprite, face.patch(u, 0.84, u + 0.035, 0.92), key)
    return sprite


def draw_radio(rng):
    """A radio."""
    kind = pick(rng, portable_radio, portable_radio, wooden_radio, wooden_radio, boom_box)
    return finish(rng, kind(rng), 0.1, 0.06, rng.uniform(-4, 4)), words(kind)


# ---------------------------------------------------------------- scissors


def half_scissors(sprite, angle, side, blade, grip, steel, form):
    """One blade and the ring at its other end, turned around the screw."""
    long, wide, tip, low, loop, thick = form

    def at(points):
        return turned(points, MIDDLE, 160, angle)

    ring_center = (side * (loop[0] * 0.75 + 6), low)
    shank = taper([(0, -6), (side * 4, low * 0.4), (side * 10, low - loop[1] * 0.8)], 9, 8)
    lump(sprite, at(shank), grip if blade == grip else steel, 4)
    eye = ring(*ring_center, *loop, 26)
    tube(sprite, at(eye), grip, thick)
    edge = [(-wide * side, 12), (-wide * side, -20), (-side * tip, -long), (side * 2, -long + 8)]
    edge += [(side * wide * 0.5, -20), (side * wide * 0.5, 12)]
    fill(sprite, at(edge), shade(steel, 1.15), shade(steel, 0.85))
    spine = [(side * wide * 0.5, 8), (side * wide * 0.4, -22), (side * 1.5, -long + 10)]
    line(sprite, at(spine), shade(steel, 0.6), 3)


def pair_of_blades(rng, kind):
    """Scissors, opened more or less."""
    sprite = board()
    steel = color(rng, saturation=(0.0, 0.1), value=(0.62, 0.92))
    if chance(rng, 0.12):
        steel = color(rng, saturation=(0.0, 0.2), value=(0.25, 0.45))
    opened = rng.uniform(0.06, 0.5)
    if kind == "tailor shears":
        grip = pick(rng, shade(steel, 0.85), (44, 42, 46), (200, 160, 80), bright(rng))
        form = [rng.uniform(138, 152), rng.uniform(15, 20), 5, rng.uniform(66, 76)]
        loops = (rng.uniform(20, 26), rng.uniform(38, 48)), (rng.uniform(18, 22), 28)
        thick = int(rng.integers(12, 16))
    elif kind == "child scissors":
        grip = bright(rng)
        form = [rng.uniform(90, 112), rng.uniform(15, 20), 12, rng.uniform(62, 72)]
        loops = ((rng.uniform(24, 32), rng.uniform(28, 36)),) * 2
        thick = int(rng.integers(15, 21))
    else:
        grip = pick(rng, bright(rng), bright(rng), DARK, plastic(rng))
        form = [rng.uniform(120, 148), rng.uniform(12, 17), 3, rng.uniform(64, 78)]
        loops = ((rng.uniform(22, 30), rng.uniform(30, 42)),) * 2
        thick = int(rng.integers(12, 17))
    second = bright(rng) if kind == "child scissors" and chance(rng, 0.4) else grip
    metal_grip = sum(abs(a - b) for a, b in zip(grip, steel, strict=True)) < 90
    for side, loop, tone in ((1, loops[1], second), (-1, loops[0], grip)):
        blade = tone if not metal_grip else None
        half_scissors(sprite, side * -opened, side, blade, tone, steel, (*form, loop, thick))
    disc(sprite, MIDDLE, 160, 9, 9, mix(steel, WHITE, 0.3), shade(steel, 0.5))
    line(sprite, [(MIDDLE - 5, 157), (MIDDLE + 5, 163)], shade(steel, 0.4), 2)
    return sprite


def draw_scissors(rng):
    """Scissors, lying or hanging at any turn."""
    kind = pick(rng, "paper scissors", "paper scissors", "tailor shears", "child scissors")
    return finish(rng, pair_of_blades(rng, kind), 0.08, 0.04, rng.uniform(-180, 180)), kind


# ---------------------------------------------------------------- teddy bear


def bear_colors(rng):
    """Return fur, muzzle, paws and eyes of a bear."""
    fur = pick(
        rng,
        color(rng, (0.05, 0.1), (0.35, 0.7), (0.4, 0.85)),
        color(rng, (0.05, 0.1), (0.35, 0.7), (0.4, 0.85)),
        color(rng, (0.07, 0.12), (0.1, 0.35), (0.75, 0.97)),
        color(rng, saturation=(0.0, 0.1), value=(0.3, 0.9)),
        color(rng, (0.85, 1.05), (0.2, 0.45), (0.75, 0.95)),
        color(rng, saturation=(0.2, 0.5), value=(0.55, 0.9)),
    )
    pale = mix(fur, (246, 234, 212), rng.uniform(0.35, 0.75))
    return fur, pale, pick(rng, pale, pale, shade(fur, 0.6))


def bear_head(rng, sprite, x, y, r, fur, pale):
    """The head: ears, muzzle, nose, mouth, eyes."""
    wide = r * rng.uniform(1.05, 1.2)
    ear = r * rng.uniform(0.32, 0.46)
    spread, up = wide * rng.uniform(0.66, 0.82), r * rng.uniform(0.66, 0.84)
    for s in (-1, 1):
        lump(sprite, fluffy(rng, x + s * spread, y - up, ear, ear, 28), fur, 6)
        disc(sprite, x + s * spread, y - up + 3, ear * 0.58, ear * 0.58, pale, shade(pale, 0.8))
    lump(sprite, fluffy(rng, x, y, wide, r), fur, 14, 0.55)
    look = rng.uniform(-0.14, 0.14) * r
    mx, my, size = x + look, y + r * rng.uniform(0.28, 0.38), rng.uniform(0.4, 0.5) * r
    lump(sprite, fluffy(rng, mx, my, size * 1.15, size), pale, 6, 0.35)
    black = pick(rng, (34, 26, 26), (34, 26, 26), (90, 54, 44))
    lump(sprite, curve([(mx - 13, my - 15), (mx + 13, my - 15), (mx, my + 2)]), black, 3)
    line(sprite, [(mx, my), (mx, my + 10)], black, 4)
    smile = ring(mx, my + 4, size * 0.5, size * 0.42, 10, 0.3, math.pi - 0.3)
    line(sprite, smile, black, 4)
    apart, eye = r * rng.uniform(0.34, 0.44), rng.uniform(7, 10)
    for s in (-1, 1):
        disc(sprite, mx + s * apart, y - r * 0.14, eye, eye, black)
        disc(sprite, mx + s * apart - 2, y - r * 0.14 - 3, 3, 3, WHITE)


def teddy(rng, pose):
    """A bear from the front: sitting, standing, or waving."""
    sprite = board()
    fur, pale, paw = bear_colors(rng)
    x, slim = MIDDLE, rng.uniform(0.88, 1.08)
    r = rng.uniform(54, 66)
    head = 24 + r
    wide, top = 58 * slim, head + r * 0.7
    low = 262 if pose == "sitting bear" else 232
    mid, half = (top + low) / 2, (low - top) / 2 + 8
    cloth, ink, kind = bright(rng), pick(rng, WHITE, bright(rng), DARK), pick(rng, *PATTERNS)
    dressed = chance(rng, 0.4)
    arms = shade(fur, 0.97) if not dressed else cloth
    if pose != "sitting bear":
        for s in (-1, 1):
            leg = taper([(x + s * 28, low - 30), (x + s * 34, 252), (x + s * 36, 282)], 29, 25)
            lump(sprite, leg, shade(fur, 0.95), 9)
            lump(sprite, fluffy(rng, x + s * 39, 277, 32, 15, 28), pick(rng, fur, paw), 6)
    for s in (-1, 1):
        hand = (x + s * rng.uniform(82, 98), rng.uniform(mid + 14, mid + 44))
        if pose == "waving bear" and s > 0:
            hand = (x + rng.uniform(92, 108), top - rng.uniform(10, 40))
        elbow = ((x + s * 52 + hand[0]) / 2 + s * 8, (top + hand[1]) / 2 + 8)
        lump(sprite, taper([(x + s * 40, top + 22), elbow, hand], 23, 21), arms, 9)
        lump(sprite, fluffy(rng, *hand, 23, 22, 28), shade(fur, 0.97), 7)
        if chance(rng, 0.6):
            disc(sprite, hand[0], hand[1] + 3, 12, 12, paw, shade(paw, 0.85))
    body = fluffy(rng, x, mid, wide, half)
    if dressed:
        fill(sprite, body, shade(cloth, 1.05), shade(cloth, 0.85))
        pattern(rng, sprite, body, ink, kind)
        swell(sprite, body, 14)
    else:
        lump(sprite, body, fur, 14, 0.55)
        if chance(rng, 0.65):
            lump(sprite, fluffy(rng, x, mid + 10, wide * 0.62, half * 0.62), pale, 8, 0.3)
    if pose == "sitting bear":
        for s in (-1, 1):
            foot = (x + s * rng.uniform(62, 78), rng.uniform(252, 262))
            lump(sprite, taper([(x + s * 34, 240), foot], 30, 32), shade(fur, 0.95), 9)
            sole = rng.uniform(28, 34)
            lump(sprite, fluffy(rng, *foot, sole, sole * 1.05, 32), fur, 7)
            disc(sprite, foot[0], foot[1] + 2, sole * 0.66, sole * 0.7, paw, shade(paw, 0.85))
    bear_head(rng, sprite, x + rng.uniform(-6, 6), head, r, fur, pale)
    y = head + r * 0.98
    extra = pick(rng, "bow", "bow", "scarf", None, None)
    if extra == "bow":
        for s in (-1, 1):
            lump(sprite, curve([(x, y), (x + s * 36, y - 17), (x + s * 36, y + 17)]), cloth, 5)
        disc(sprite, x, y, 10, 10, shade(cloth, 1.2), shade(cloth, 0.8))
    elif extra == "scarf":
        band = taper([(x - 50, y - 10), (x, y + 6), (x + 50, y - 10)], 13, 13)
        end = taper([(x + 24, y), (x + 32, y + 60)], 14, 16)
        for part in (end, band):
            fill(sprite, part, cloth)
            pattern(rng, sprite, part, ink, "stripes" if part is band else "bands")
            swell(sprite, part, 6)
    return sprite


def draw_teddy_bear(rng):
    """A toy bear of plush."""
    kind = pick(rng, "sitting bear", "sitting bear", "standing bear", "waving bear")
    turn = rng.uniform(-9, 9) if chance(rng, 0.8) else rng.uniform(-40, 40)
    return finish(rng, teddy(rng, kind), 0.14, rng.uniform(0.1, 0.25), turn), kind


# ---------------------------------------------------------------- umbrella


def canopy_colors(rng, n):
    """Return a color for each of the n panels of an umbrella."""
    a = pick(rng, bright(rng), bright(rng), plastic(rng), (44, 44, 52))
    b = pick(rng, bright(rng), WHITE, shade(a, 0.7))
    style = pick(rng, "one", "one", "two", "rainbow")
    if style == "rainbow":
        return [color(rng, (k / n, k / n), (0.5, 0.85), (0.6, 0.95)) for k in range(n)]
    return [b if style == "two" and k % 2 else a for k in range(n)]


def canopy(rng, sprite, x, top, rim, half, tilt):
    """The dome of an open umbrella; its rim hangs in scallops between the ribs."""
    n = int(rng.integers(5, 8))
    tones = canopy_colors(rng, n)
    phase = rng.uniform(-0.1, 0.1)
    # Ribs at even angles around the front half of a circle.
    dx = [-half * math.cos(math.pi * k / n + (phase if 0 < k < n else 0)) for k in range(n + 1)]
    drop = [tilt * math.sin(math.pi * k / n) for k in range(n + 1)]

    def rib(k):
        steps = [math.pi / 2 * j / 8 for j in range(9)]
        high = rim + drop[k] - top
        return [(x + dx[k] * math.sin(t), top + high * (1 - math.cos(t))) for t in steps]

    scallop = rng.uniform(8, 20)
    hem = []
    for k in range(n):
        a, b = rib(k), rib(k + 1)
        (x0, y0), (x1, y1) = a[-1], b[-1]
        hem_part = [
            (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t - scallop * 4 * t * (1 - t))
            for t in (0.2, 0.4, 0.6, 0.8)
        ]
        light = 1.12 - 0.5 * abs((k + 0.5) / n - 0.35)
        lit = shade(tones[k], light * 1.05), shade(tones[k], light * 0.85)
        fill(sprite, [*a, *hem_part, *b[::-1]], *lit)
        hem += [*hem_part, b[-1]]
    outline = rib(0) + hem + rib(n)[::-1]
    ink = mix(tones[0], pick(rng, WHITE, DARK), 0.6)
    pattern(rng, sprite, outline, ink, pick(rng, None, None, None, "dots", "bands"))
    swell(sprite, outline, 10, 0.4)
    for k in range(1, n):
        line(sprite, rib(k), shade(tones[k], 0.6), 3)
    line(sprite, [(x, top - 14), (x, top + 2)], (150, 150, 154), 6)


def crook(rng, sprite, x, top, bottom, side):
    """The stick of an umbrella with its bent handle."""
    stick = pick(rng, (150, 152, 156), (60, 60, 64), wood(rng))
    tube(sprite, [(x, top), (x, bottom - 30)], stick, 7)
    grip = pick(rng, wood(rng), dark(rng), bright(rng))
    bend = [(x, bottom - 44), (x, bottom - 14), (x + side * 12, bottom)]
    bend += [(x + side * 26, bottom - 4), (x + side * 32, bottom - 20)]
    bow(sprite, bend, grip, 12)


def open_umbrella(rng):
    """An open umbrella from the side, a little from above."""
    sprite = board()
    half, top, rim = rng.uniform(112, 138), rng.uniform(28, 40), rng.uniform(116, 150)
    crook(rng, sprite, MIDDLE, rim - 10, 286, pick(rng, -1, 1))
    canopy(rng, sprite, MIDDLE, top, rim, half, rng.uniform(-6, 30))
    return sprite


def umbrella_from_inside(rng):
    """An open umbrella that shows its ribs and its stick, as when it lies there to dry."""
    sprite = board()
    n = int(rng.integers(7, 10))
    tones, flat = canopy_colors(rng, n), rng.uniform(0.62, 1.0)
    turn, x, y = rng.uniform(0, 1), MIDDLE, 128.0
    aside, deep = rng.uniform(-34, 34), rng.uniform(10, 40)
    tip = (x + 0.4 * aside, y - deep)

    def at(k, share=1.0):
        a = 2 * math.pi * (k + turn) / n
        wide = 122 * share
        return x + wide * math.cos(a), y + wide * flat * math.sin(a)

    for k in range(n):
        a, b, dent = at(k), at(k + 1), at(k + 0.5, 0.86)
        light = 0.62 + 0.22 * math.sin(2 * math.pi * (k + turn) / n)
        fill(sprite, [tip, a, dent, b], shade(tones[k], light), shade(tones[k], light + 0.12))
    for k in range(n):
        line(sprite, [tip, at(k)], (196, 198, 202), 3)
        line(sprite, [at(k, 0.5), (tip[0] + aside * 0.3, tip[1] + 34)], (130, 132, 136), 2)
    stick = pick(rng, (176, 178, 182), (60, 60, 64), wood(rng))
    end = (x + aside * 1.5, 258)
    tube(sprite, [tip, end], stick, 8)
    grip, s = pick(rng, wood(rng), dark(rng), bright(rng)), pick(rng, -1, 1)
    bend = [end, (end[0] + s * 4, 278), (end[0] + s * 18, 286), (end[0] + s * 32, 272)]
    bow(sprite, bend, grip, 13)
    return sprite


def closed_umbrella(rng):
    """A rolled or loosely folded umbrella with a bent handle."""
    sprite = board()
    rgb = pick(rng, bright(rng), plastic(rng), (44, 44, 52))
    crook(rng, sprite, MIDDLE, 180, 290, pick(rng, -1, 1))
    wide = rng.uniform(18, 40)
    low = rng.uniform(205, 226)
    half = [(3, 30), (wide * 0.55, 90), (wide, 170), (wide * 0.85, low), (8, low + 8)]
    body = curve(mirrored(half))
    fill(sprite, body, rgb)
    ink = mix(rgb, pick(rng, WHITE, DARK, bright(rng)), 0.7)
    pattern(rng, sprite, body, ink, pick(rng, *PATTERNS))
    for s in (-0.5, 0.1, 0.55):
        fold = [(MIDDLE, 34), (MIDDLE + s * wide * 0.7, 120), (MIDDLE + s * wide * 1.3, low)]
        line(sprite, curve(fold, closed=False), shade(rgb, 0.6), 4)
    swell(sprite, body, 7, 0.6)
    y = rng.uniform(150, 180)
    line(sprite, [(MIDDLE - wide, y - 3), (MIDDLE + wide, y + 4)], shade(rgb, 0.5), 7)
    line(sprite, [(MIDDLE, 8), (MIDDLE, 32)], (150, 150, 154), 6)
    return sprite


def sunshade(rng):
    """A large shade on a straight pole, with a foot and perhaps a fringe."""
    sprite = board()
    pole = pick(rng, wood(rng), (226, 226, 222), metal(rng))
    tube(sprite, [(MIDDLE, 40), (MIDDLE, 280)], pole, 9)
    foot = pick(rng, (120, 118, 114), DARK, (220, 218, 212))
    if chance(rng, 0.7):
        disc(sprite, MIDDLE, 283, 40, 9, shade(foot, 1.1), shade(foot, 0.7))
    half, top, rim = rng.uniform(118, 140), 30, rng.uniform(92, 118)
    canopy(rng, sprite, MIDDLE, top, rim, half, rng.uniform(4, 22))
    return sprite


def draw_umbrella(rng):
    """An umbrella, open or shut."""
    kinds = (open_umbrella, open_umbrella, umbrella_from_inside)
    kind = pick(rng, *kinds, closed_umbrella, sunshade)
    turn = rng.uniform(-8, 8) if kind is sunshade else rng.uniform(-35, 35)
    if kind is not sunshade and chance(rng, 0.25):
        turn = rng.uniform(-125, 125)
    return finish(rng, kind(rng), 0.12, 0.05, turn), words(kind)


# ---------------------------------------------------------------- watering can


def rose(rng, sprite, x, y, angle, size, rgb):
    """The head of a spout with its holes."""
    flare = turned([(-24, -7), (0, -size), (0, size), (-24, 7)], x, y, angle)
    lump(sprite, flare, rgb, 4)
    face = turned(ring(0, 0, size * 0.3, size), x, y, angle)
    fill(sprite, face, shade(rgb, 1.25), shade(rgb, 0.9))
    for k in (-0.55, 0, 0.55):
        disc(sprite, *turned([(0, size * k)], x, y, angle)[0], 3, 3, shade(rgb, 0.4))


def garden_can(rng):
    """A can of sheet metal or plastic: round body, hood, bow handle, long spout with a rose."""
    sprite = board()
    zinc = color(rng, (0.5, 0.62), (0.02, 0.12), (0.5, 0.8))
    rgb = pick(rng, zinc, bright(rng), bright(rng), plastic(rng))
    x, top, bottom = 118, rng.uniform(118, 144), 274
    wide, narrow = rng.uniform(62, 74), rng.uniform(48, 66)
    tip = (rng.uniform(248, 260), rng.uniform(66, 120))
    angle = rng.uniform(-1.0, -0.2)
    root = (x + wide * 0.7, bottom - 34)
    half_way = ((root[0] + tip[0]) / 2 + 4, (root[1] + tip[1]) / 2 + 6)
    lump(sprite, taper([root, half_way, tip], 17, 8), rgb, 6, 0.6)
    tube(sprite, [(x + narrow * 0.8, top + 12), half_way], rgb, 6)
    if chance(rng, 0.8):
        rose(rng, sprite, *tip, angle, rng.uniform(20, 30), pick(rng, rgb, rgb, (214, 176, 90)))
    back = [(x - narrow * 0.4, top - 8), (x - wide - 26, top + 4), (x - wide - 30, top + 70)]
    back += [(x - wide * 0.96, bottom - 40)]
    bow(sprite, back, shade(rgb, 0.9), int(rng.integers(10, 15)))
    if chance(rng, 0.7):
        high = rng.uniform(44, 74)
        bend = [(x - narrow * 0.85, top + 8), (x - 14, top - high), (x + narrow * 0.85, top + 8)]
        bow(sprite, bend, shade(rgb, 0.9), int(rng.integers(9, 14)))
    disc(sprite, x, top, narrow, 14, shade(rgb, 0.7), shade(rgb, 0.4))
    radii = profile_of([(0, narrow), (1, wide)], int(bottom - top))
    round_body(sprite, x, top + 2, radii, rgb, rng.uniform(0.1, 0.5))
    fill(sprite, ring(x, top + 2, narrow, 13), shade(rgb, 0.45), shade(rgb, 0.7))
    hood = ring(x, top + 2, narrow, 13, 14, -math.pi / 2, math.pi / 2)
    fill(sprite, [(x, top - 12), *hood, (x, top + 15)], shade(rgb, 1.2), shade(rgb, 0.95))
    disc(sprite, x, bottom, radii[-1], 9, shade(rgb, 0.6))
    for share in (0.2, 0.85):
        y = top + share * (bottom - top)
        r = narrow + (wide - narrow) * share
        line(sprite, ring(x, y, r, 8, 20, 0, math.pi), shade(rgb, 0.65), 4)
    if chance(rng, 0.3):
        ink = pick(rng, WHITE, bright(rng))
        for k in (-1, 0, 1):
            cx, cy = x + 34 * k, (top + bottom) / 2 + 10
            for a in range(5):
                disc(sprite, cx + 9 * math.cos(a * 1.257), cy + 9 * math.sin(a * 1.257), 6, 6, ink)
            disc(sprite, cx, cy, 5, 5, (236, 190, 60))
    return sprite


def indoor_can(rng):
    """A small can for the house: bulged body, one round handle, a long thin curved spout."""
    sprite = board()
    rgb = pick(rng, metal(rng), bright(rng), (200, 120, 70), plastic(rng))
    x, top, bottom = 106, rng.uniform(150, 172), 276
    wide = rng.uniform(58, 74)
    tip = (rng.uniform(258, 284), rng.uniform(50, 96))
    bend = [(x + wide * 0.8, bottom - 26), (x + wide + 38, bottom - 50), (x + wide + 50, top), tip]
    lump(sprite, taper(bend, 12, 5), rgb, 5, 0.6)
    loop = [(x + 8, top + 6), (x - 30, top - 66), (x - wide - 26, top - 20)]
    loop += [(x - wide + 2, bottom - 50)]
    bow(sprite, loop, shade(rgb, 0.9), int(rng.integers(9, 14)))
    form = pick(rng, [(0, 0.42), (0.4, 0.85), (0.75, 1.0), (1, 0.9)], [(0, 0.55), (1, 1.0)])
    radii = wide * smooth(profile_of(form, int(bottom - top)), 7)
    round_body(sprite, x, top, radii, rgb, rng.uniform(0.2, 0.6))
    disc(sprite, x, top, radii[0], 9, shade(rgb, 0.7), shade(rgb, 0.35))
    disc(sprite, x, bottom - 1, radii[-1], 8, shade(rgb, 0.55))
    return sprite


def molded_can(rng):
    """A plastic can whose handle is one with its body: a big loop over a flat-sided tank."""
    sprite = board()
    rgb = bright(rng)
    tip = (rng.uniform(258, 272), rng.uniform(80, 120))
    mid = (206 + rng.uniform(-6, 6), 200)
    lump(sprite, taper([(150, 250), mid, tip], 22, 10), rgb, 7)
    angle, size = rng.uniform(-0.9, -0.1), rng.uniform(18, 26)
    rose(rng, sprite, *tip, angle, size, pick(rng, rgb, bright(rng), DARK))
    loop = [(150, 150), (140, 70), (80, 50), (36, 90), (30, 190), (44, 250)]
    bow(sprite, loop, rgb, int(rng.integers(20, 28)))
    high = rng.uniform(130, 152)
    tank = [(34, 270), (30, 190), (70, high + 10), (150, high), (170, 190), (172, 272), (100, 280)]
    body = curve(tank)
    lump(sprite, body, rgb, 14, 0.55)
    disc(sprite, 118, high + 8, 34, 10, shade(rgb, 0.4), shade(rgb, 0.65))
    for k in range(3):
        y = 196 + 22 * k
        line(sprite, [(54, y), (150, y)], shade(rgb, 0.72), 4)
    return sprite


def draw_watering_can(rng):
    """A watering can."""
    kind = pick(rng, garden_can, garden_can, garden_can, indoor_can, molded_can)
    sprite = finish(rng, kind(rng), 0.12, 0.05, rng.uniform(-8, 8))
    return sprite.transpose(Image.FLIP_LEFT_RIGHT) if chance(rng, 0.5) else sprite, words(kind)


OBJECTS = {
    "bicycle": dict(draw=draw_bicycle, places=("outdoors", "floor"), scale=(0.65, 0.95)),
    "camera": dict(draw=draw_camera, places=("table", "floor", "wall"), scale=(0.5, 0.9)),
    "guitar": dict(draw=draw_guitar, places=("floor", "wall", "table"), scale=(0.65, 0.95)),
    "hat": dict(draw=draw_hat, places=("table", "wall", "floor", "hanging"), scale=(0.5, 0.9)),
    "kettle": dict(draw=draw_kettle, places=("table", "table", "wall"), scale=(0.5, 0.92)),
    "ladder": dict(draw=draw_ladder, places=("outdoors", "floor"), scale=(0.65, 0.95)),
    "mailbox": dict(draw=draw_mailbox, places=("outdoors", "outdoors", "wall"), scale=(0.55, 0.95)),
    "radio": dict(draw=draw_radio, places=("table", "floor"), scale=(0.5, 0.92)),
    "scissors": dict(draw=draw_scissors, places=("table", "table", "wall"), scale=(0.5, 0.92)),
    "teddy bear": dict(
        draw=draw_teddy_bear, places=("floor", "table", "hanging"), scale=(0.5, 0.92)
    ),
    "umbrella": dict(draw=draw_umbrella, places=("outdoors", "floor", "wall"), scale=(0.6, 0.95)),
    "watering can": dict(
        draw=draw_watering_can, places=("outdoors", "floor", "table"), scale=(0.5, 0.92)
    ),
}
