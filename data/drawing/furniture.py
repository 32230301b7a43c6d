"""Five large or shaped things: day bed, table lamp, toilet seat, washing machine, running shoe.

Things made of boxes are described in space (x to the right, y away from the viewer,
z up) and projected by a ``View``; lamps and shoes are drawn flat, from the side.
Everything is drawn a little larger than the sprite and then fitted into it.
"""

import math
from functools import partial

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from data.drawing.sheet import (
    SIDE,
    chance,
    color,
    mix,
    new_sprite,
    pick,
    polygon_mask,
    shade,
    to_image,
    whole,
    words,
)

BOARD = 300  # side of the drawing board, reduced to SIDE at the end
WHITE = (240, 240, 236)
DARK = (38, 38, 42)
LIGHT = (-0.45, -0.45, 0.77)  # where the light comes from, for things in space


# ---------------------------------------------------------------- tools


def board():
    """Return an empty drawing board."""
    return new_sprite(BOARD)


def curve(points, closed=True, steps=7):
    """Return a smooth line through the points (a Catmull-Rom spline)."""
    p = np.asarray(points, dtype=np.float64)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([p[:1], p, p[-1:]])
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    line = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    line = line.reshape(-1, 2)
    if not closed:
        line = np.concatenate([line, p[-2:-1]])
    return [tuple(point) for point in line.tolist()]


def ring(x, y, rx, ry, n=32, start=0.0, end=2 * math.pi):
    """Return points on an ellipse, or on a part of it."""
    angles = [start + (end - start) * k / n for k in range(n + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def ramp(size, first, last, horizontal=False):
    """Return an RGB image that runs from one color to another."""
    ends = Image.frombytes("RGB", (2, 1) if horizontal else (1, 2), bytes([*first[:3], *last[:3]]))
    # Only the stretch between the two pixels' middles: there the change is even.
    box = (0.5, 0, 1.5, 1) if horizontal else (0, 0.5, 1, 1.5)
    length = (size[0], 1) if horizontal else (1, size[1])
    return ends.resize(length, Image.BILINEAR, box=box).resize(size, Image.NEAREST)


def fill(sprite, points, first, last=None, horizontal=False, inside=None):
    """Fill a polygon with a color, or a run of colors; ``inside`` is a mask that limits it."""
    points = whole(points)
    if last is None and inside is None:
        ImageDraw.Draw(sprite).polygon(points, fill=(*first[:3], 255))
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x0, y0 = max(0, min(xs)), max(0, min(ys))
    size = (min(BOARD, max(xs) + 1) - x0, min(BOARD, max(ys) + 1) - y0)
    if size[0] < 1 or size[1] < 1:
        return
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in points], fill=255)
    if inside is not None:
        mask = ImageChops.darker(mask, inside.crop((x0, y0, x0 + size[0], y0 + size[1])))
    sprite.paste(ramp(size, first, last or first, horizontal), (x0, y0), mask)


def line(sprite, points, rgb, width=2):
    """Draw a line with round joints."""
    ImageDraw.Draw(sprite).line(
        whole(points), fill=(*rgb[:3], 255), width=int(width), joint="curve"
    )


def tube(sprite, points, rgb, width):
    """Draw a round rod: dark edge, color, highlight on the upper left."""
    width = max(3, int(width))
    for x, y in whole([points[0], points[-1]]):
        r = width // 2
        ImageDraw.Draw(sprite).ellipse((x - r, y - r, x + r, y + r), fill=(*shade(rgb, 0.6), 255))
    line(sprite, points, shade(rgb, 0.6), width)
    line(sprite, points, rgb, max(1, width * 2 // 3))
    shifted = [(x - width * 0.17, y - width * 0.17) for x, y in points]
    line(sprite, shifted, mix(rgb, WHITE, 0.45), max(1, width // 4))


def disc(sprite, x, y, rx, ry, first, last=None):
    """Draw a filled ellipse."""
    fill(sprite, ring(x, y, rx, ry), first, last)


def veil(sprite, points, rgb, opacity):
    """Lay a see-through color over a polygon, only where something is drawn already."""
    mask = Image.new("L", (BOARD, BOARD), 0)
    ImageDraw.Draw(mask).polygon(whole(points), fill=int(255 * opacity))
    alpha = sprite.getchannel("A")
    sprite.paste((*rgb[:3], 255), (0, 0), mask)
    sprite.putalpha(alpha)


def finish(rng, sprite, uneven, grain, turn=0.0):
    """Add uneven light and grain, turn the drawing, and fit it into the sprite."""
    coarse = 255 - rng.uniform(0, 255 * uneven, (5, 5))
    fine = 255 - rng.uniform(0, 255 * grain, (BOARD // 2, BOARD // 2))
    big = Image.fromarray(coarse.astype(np.uint8)).resize((BOARD, BOARD), Image.BICUBIC)
    small = Image.fromarray(fine.astype(np.uint8)).resize((BOARD, BOARD), Image.BILINEAR)
    light = ImageChops.multiply(big, small)
    alpha = sprite.getchannel("A")
    sprite = ImageChops.multiply(sprite.convert("RGB"), Image.merge("RGB", (light,) * 3))
    sprite.putalpha(alpha)
    if turn:
        sprite = sprite.rotate(turn, Image.NEAREST, expand=True)
    sprite = sprite.crop(sprite.getbbox())
    factor = rng.uniform(0.87, 0.95) * SIDE / max(sprite.size)
    size = tuple(max(1, round(n * factor)) for n in sprite.size)
    result = new_sprite()
    corner = ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2)
    result.paste(sprite.resize(size, Image.BILINEAR), corner)
    return result


def wood(rng):
    """Return a wood color."""
    return color(rng, hue=(0.04, 0.11), saturation=(0.25, 0.75), value=(0.3, 0.85))


def metal(rng):
    """Return a metal color: steel, brass, copper, black iron or painted."""
    return pick(
        rng,
        color(rng, saturation=(0.0, 0.08), value=(0.55, 0.8)),
        color(rng, hue=(0.09, 0.13), saturation=(0.4, 0.65), value=(0.6, 0.85)),
        color(rng, saturation=(0.0, 0.2), value=(0.15, 0.3)),
        color(rng, saturation=(0.3, 0.8), value=(0.35, 0.8)),
        (225, 224, 218),
    )


def plastic(rng):
    """Return a plastic or fabric color; pale ones are common, but not the rule."""
    return pick(
        rng,
        color(rng, saturation=(0.3, 0.8), value=(0.35, 0.9)),
        color(rng, saturation=(0.2, 0.5), value=(0.6, 0.95)),
        color(rng, saturation=(0.0, 0.15), value=(0.2, 0.6)),
        color(rng, saturation=(0.0, 0.12), value=(0.82, 0.96)),
    )


class View:
    """A camera that looks at a block of a given size and fills the board with it."""

    def __init__(self, size, yaw, pitch):
        self.cy, self.sy = math.cos(yaw), math.sin(yaw)
        self.cp, self.sp = math.cos(pitch), math.sin(pitch)
        self.distance = 5.0 * max(size)
        self.center = tuple(n / 2 for n in size)
        self.scale, self.left, self.top = 1.0, 0.0, 0.0
        w, d, h = size
        corners = [self.at(x, y, z) for x in (0, w) for y in (0, d) for z in (0, h)]
        xs, ys = [p[0] for p in corners], [p[1] for p in corners]
        self.scale = 0.88 * BOARD / max(max(xs) - min(xs), max(ys) - min(ys))
        self.left = BOARD / 2 - self.scale * (max(xs) + min(xs)) / 2
        self.top = BOARD / 2 - self.scale * (max(ys) + min(ys)) / 2

    def turned(self, x, y, z):
        """Return a direction as the camera sees it: right, away, up."""
        x, y = x * self.cy + y * self.sy, y * self.cy - x * self.sy
        return x, y * self.cp - z * self.sp, z * self.cp + y * self.sp

    def at(self, x, y, z):
        """Return the place on the board of a point in space."""
        a, b, c = self.center
        right, away, up = self.turned(x - a, y - b, z - c)
        scale = self.scale * self.distance / (self.distance + away)
        return self.left + scale * right, self.top - scale * up

    def sees(self, normal):
        """Tell whether a face with this normal looks at the camera."""
        return self.turned(*normal)[1] < -0.02


def brightness(normal):
    """Return how bright a face with this normal is."""
    return 0.62 + 0.5 * max(0.0, sum(a * b for a, b in zip(normal, LIGHT, strict=True)))


# The faces of a block: normal, then corner, first edge and second edge in units of its size.
FACES = (
    ((-1, 0, 0), (0, 0, 1), (0, 1, 0), (0, 0, -1)),
    ((1, 0, 0), (1, 0, 1), (0, 1, 0), (0, 0, -1)),
    ((0, -1, 0), (0, 0, 1), (1, 0, 0), (0, 0, -1)),
    ((0, 0, 1), (0, 1, 1), (1, 0, 0), (0, -1, 0)),
)


def block(sprite, view, low, high, rgb, soft=0, cloth=None):
    """Draw a block in space; ``soft`` rounds its edges, ``cloth`` is a pattern on it."""
    size = [b - a for a, b in zip(low, high, strict=True)]
    for normal, corner, first, second in FACES:
        if not view.sees(normal):
            continue
        corner = [a + n * s for a, n, s in zip(low, corner, size, strict=True)]
        first = [n * s for n, s in zip(first, size, strict=True)]
        second = [n * s for n, s in zip(second, size, strict=True)]
        plane = Plane(view, corner, first, second)
        quad = [plane.at(0, 0), plane.at(1, 0), plane.at(1, 1), plane.at(0, 1)]
        bright = brightness(normal)
        last = shade(rgb, bright * (0.97 if normal[2] else 0.82))
        if soft:
            line(sprite, [*quad, quad[0], quad[1]], shade(rgb, bright * 0.95), soft)
        fill(sprite, quad, shade(rgb, bright * 1.04), last)
        if cloth:
            weave(sprite, plane, cloth, bright)
    if soft > 3:
        edge = [view.at(low[0], low[1], high[2]), view.at(high[0], low[1], high[2])]
        line(sprite, edge, shade(rgb, 1.15), 2)


class Plane:
    """A flat face in space, addressed by two shares from 0 to 1."""

    def __init__(self, view, corner, first, second):
        self.view, self.corner, self.first, self.second = view, corner, first, second
        self.length = math.dist((0, 0, 0), first)
        self.height = math.dist((0, 0, 0), second)

    def at(self, u, v):
        """Return the place on the board."""
        triples = zip(self.corner, self.first, self.second, strict=True)
        return self.view.at(*[c + u * a + v * b for c, a, b in triples])

    def patch(self, u0, v0, u1, v1):
        """Return the corners of a rectangle on the face."""
        return [self.at(u0, v0), self.at(u1, v0), self.at(u1, v1), self.at(u0, v1)]

    def round(self, u, v, radius, n=24):
        """Return a circle on the face; the radius is in units of space."""
        ru, rv = radius / self.length, radius / self.height
        return [self.at(*p) for p in ring(u, v, ru, rv, n)]


def new_cloth(rng, rgb):
    """Return a pattern of a fabric: kind, step, colors; or None for plain fabric."""
    kind = pick(rng, None, None, "stripes", "stripes", "bands", "checks", "flowers", "zigzag")
    if kind is None:
        return None
    inks = [
        mix(rgb, pick(rng, WHITE, DARK, plastic(rng)), rng.uniform(0.45, 0.9)) for _ in range(2)
    ]
    return {"kind": kind, "step": rng.uniform(0.12, 0.28), "inks": inks}


def weave(sprite, plane, cloth, bright):
    """Draw a fabric's pattern onto a face."""
    inks = [shade(ink, bright) for ink in cloth["inks"]]
    columns = max(1, round(plane.length / cloth["step"]))
    rows = max(1, round(plane.height / cloth["step"]))
    kind = cloth["kind"]
    if kind in ("stripes", "checks"):
        for k in range(columns):
            u = (k + 0.2) / columns
            fill(sprite, plane.patch(u, 0, u + 0.4 / columns, 1), inks[0])
            if kind == "stripes":
                u += 0.55 / columns
                fill(sprite, plane.patch(u, 0, u + 0.12 / columns, 1), inks[1])
    if kind in ("bands", "checks"):
        for k in range(rows):
            v = (k + 0.3) / rows
            fill(sprite, plane.patch(0, v, 1, v + 0.35 / rows), inks[1])
    if kind == "flowers":
        for k in range(columns * rows):
            column, row = k % columns, k // columns
            u, v = (column + 0.3 + 0.4 * (row % 2)) / columns, (row + 0.5) / rows
            fill(sprite, plane.round(u, v, cloth["step"] * 0.33, 8), inks[k % 2])
            fill(sprite, plane.round(u, v, cloth["step"] * 0.12, 5), shade(WHITE, bright))
    if kind == "zigzag":
        for k in range(rows):
            points = []
            for j in range(2 * columns + 1):
                v = min(1, (k + 0.3 + 0.4 * (j % 2)) / rows)
                points.append(plane.at(j / (2 * columns), v))
            line(sprite, points, inks[k % 2], 4)


def extrude(sprite, view, profile, y0, y1, rgb, cap=None):
    """Draw a shape in the x-z plane, drawn out in depth; ``cap`` is the color of its front."""
    area = sum(
        p[0] * q[1] - q[0] * p[1] for p, q in zip(profile, [*profile[1:], profile[0]], strict=True)
    )
    sides = []
    for p, q in zip(profile, [*profile[1:], profile[0]], strict=True):
        dx, dz = q[0] - p[0], q[1] - p[1]
        length = math.hypot(dx, dz) * (1 if area > 0 else -1)
        if not length:
            continue
        normal = (dz / length, 0, -dx / length)
        if view.sees(normal):
            far = view.turned((p[0] + q[0]) / 2, 0, (p[1] + q[1]) / 2)[1]
            sides.append((far, p, q, normal))
    for _, p, q, normal in sorted(sides, key=lambda s: -s[0]):
        quad = [view.at(a, y, b) for (a, b), y in ((p, y0), (q, y0), (q, y1), (p, y1))]
        rgb_side = shade(rgb, brightness(normal) * 1.05)
        fill(sprite, quad, rgb_side)
        line(sprite, [*quad, quad[0]], rgb_side, 1)
    front = [view.at(a, y0, b) for a, b in profile]
    fill(sprite, front, shade(cap or rgb, 0.9), shade(cap or rgb, 0.72))


# ---------------------------------------------------------------- day bed

# A pillow's outline: corners that stick out, sides drawn in.
PINCHED = (
    (-1, -1),
    (0, -0.85),
    (1, -1),
    (0.87, 0),
    (1, 1),
    (0, 0.87),
    (-1, 1),
    (-0.87, 0),
)


def pillow(rng, sprite, x, y, w, h, rgb, cloth):
    """Draw a cushion that stands upright, seen from the front."""
    lean = rng.uniform(-0.15, 0.15)
    points = curve([(x + w * (a + lean * b), y + h * (b - lean * a)) for a, b in PINCHED])
    fill(sprite, points, shade(rgb, 1.12), shade(rgb, 0.68))
    mask = polygon_mask(points, BOARD)
    ink = cloth["inks"][0] if cloth else mix(rgb, WHITE, 0.5)
    kind = cloth["kind"] if cloth else None
    for k in range(-3, 4):
        t = k / 3.2
        if kind in ("stripes", "checks"):
            strip = [(x + w * (t - 0.08), y - h), (x + w * (t + 0.08), y - h)]
            strip += [(x + w * (t + 0.08), y + h), (x + w * (t - 0.08), y + h)]
            fill(sprite, strip, ink, shade(ink, 0.65), inside=mask)
        if kind in ("bands", "checks", "zigzag"):
            strip = [(x - w, y + h * (t - 0.07)), (x + w, y + h * (t - 0.07))]
            strip += [(x + w, y + h * (t + 0.07)), (x - w, y + h * (t + 0.07))]
            fill(sprite, strip, shade(ink, 0.9), shade(ink, 0.8), inside=mask)
    if kind == "flowers":
        disc(sprite, x, y, w * 0.45, h * 0.45, ink)
    line(sprite, [*points, points[0]], shade(rgb, 0.6), 2)


def bed_pillow(rng, sprite, view, low, high, rgb):
    """Draw a sleeper's pillow that lies flat: pinched corners, thick in the middle."""
    x, y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
    w, d, h = (b - a for a, b in zip(low, high, strict=True))
    cloth = pick(rng, None, plastic(rng))
    for k in range(8):
        share = k / 7
        grow = 0.9 + 0.3 * share - 0.42 * share * share
        points = []
        for a, b in PINCHED:
            points.append(view.at(x + a * grow * w / 2, y + b * grow * d / 2, low[2] + share * h))
        bright = 0.66 + 0.42 * share
        fill(sprite, curve(points, steps=4), shade(rgb, bright))
        if cloth and k == 7:
            for t in (-0.45, 0.0, 0.45):
                ends = [(x + t * w * 0.8, y - d * 0.33), (x + t * w * 0.8, y + d * 0.33)]
                line(sprite, [view.at(*end, high[2]) for end in ends], cloth, 4)


def bed_view(rng, size):
    """Return a view of a bed or couch: from the front or three-quarter, more or less from above."""
    yaw = pick(rng, rng.uniform(-0.1, 0.1), rng.uniform(-0.75, -0.2), rng.uniform(0.2, 0.75))
    return View(size, yaw, rng.uniform(0.12, 0.6))


def legs(rng, sprite, view, size, height, inset):
    """Draw four legs, the far ones first."""
    rgb, thick = pick(rng, wood(rng), metal(rng)), 0.06
    w, d, _ = size
    for y in (d - inset - thick, inset):
        for x in (inset, w - inset - thick):
            block(sprite, view, (x, y, 0), (x + thick, y + thick, height), rgb)


def spread(rng, sprite, view, size, level):
    """Draw a blanket that lies across the bed and hangs over its front."""
    rgb, w = plastic(rng), size[0]
    x0 = rng.uniform(0.15, 0.55) * w
    x1 = x0 + rng.uniform(0.2, 0.4) * w
    cloth = new_cloth(rng, rgb)
    drop = level * rng.uniform(0.35, 0.8)
    deep, top = size[1] * 0.85, level + 0.02
    # A sheet has no sides: only what lies on the bed and what hangs in front of it is drawn.
    for corner, second, bright in (
        ((x0, deep, top), (0, -deep - 0.015, 0), brightness((0, 0, 1))),
        ((x0, -0.015, top), (0, 0, -drop - 0.02), brightness((0, -1, 0))),
    ):
        plane = Plane(view, corner, (x1 - x0, 0, 0), second)
        fill(sprite, plane.patch(0, 0, 1, 1), shade(rgb, bright * 1.04), shade(rgb, bright * 0.86))
        if cloth:
            weave(sprite, plane, cloth, bright)
    for k in range(9):
        x = x0 + (x1 - x0) * (k + 0.5) / 9
        a, b = view.at(x, -0.02, level - drop), view.at(x, -0.02, level - drop - 0.05)
        line(sprite, [a, b], shade(rgb, 0.7), 3)


def framed_bed(rng):
    """A day bed with a frame of wood or metal: panels, bars or spindles on back and ends."""
    size = (rng.uniform(1.8, 2.3), rng.uniform(0.8, 1.0), rng.uniform(0.75, 1.05))
    w, d, h = size
    view, sprite = bed_view(rng, size), board()
    frame = pick(rng, wood(rng), wood(rng), metal(rng))
    fabric = plastic(rng)
    cloth = new_cloth(rng, fabric)
    seat = rng.uniform(0.28, 0.38)
    thick = rng.uniform(0.12, 0.22)
    t = rng.uniform(0.04, 0.08)
    back = chance(rng, 0.75)
    end = seat + thick + rng.uniform(0.1, 0.35)
    bars = chance(rng, 0.5)

    def side(x):
        """Draw the frame's end at the left or right."""
        if bars:
            for k in range(6):
                y = d - t - (d - t) * k / 5
                block(sprite, view, (x, y, 0 if k in (0, 5) else seat), (x + t, y + t, end), frame)
            block(sprite, view, (x, 0, end), (x + t, d, end + t), frame)
        else:
            block(sprite, view, (x, 0, seat - 0.1), (x + t, d, end), frame, 2)
            for y in (d - t, 0):
                block(sprite, view, (x, y, 0), (x + t, y + t, seat), frame)

    near = w - t if view.sy > 0 else 0
    if back:
        if bars:
            n = int(rng.integers(8, 15))
            for k in range(n + 1):
                x = (w - t) * k / n
                block(sprite, view, (x, d - t, seat), (x + t * 0.6, d, h - t), frame)
            block(sprite, view, (0, d - t, h - t), (w, d, h), frame)
        else:
            block(sprite, view, (0, d - t, seat - 0.1), (w, d, h), frame, 3)
    side(w - t - near)
    block(sprite, view, (t, 0, seat - 0.1), (w - t, d - t, seat), shade(frame, 0.95))
    low, high = (t, 0.02, seat), (w - t, d - t, seat + thick)
    block(sprite, view, low, high, fabric, 6, cloth)
    if chance(rng, 0.35):
        spread(rng, sprite, view, size, seat + thick)
    dress(rng, sprite, view, (t, w - t, d - t, seat + thick), fabric, back)
    side(near)
    return sprite


def dress(rng, sprite, view, place, fabric, back):
    """Put cushions along the back and bolsters at the ends."""
    x0, x1, y1, level = place
    kind = pick(rng, "bolsters", "cushions", "both", "cushions", "pillow")
    other = pick(rng, fabric, plastic(rng), mix(fabric, WHITE, 0.6))
    if kind in ("bolsters", "both"):
        r = rng.uniform(0.09, 0.13)
        for x in (x0 + r, x1 - r):
            profile = ring(x, level + r, r, r, 20)[:-1]
            extrude(sprite, view, profile, 0.04, y1 - 0.05, other, shade(other, 1.1))
            fx, fz = view.at(x, 0.04, level + r)
            disc(sprite, fx, fz, 3, 3, shade(other, 0.5))
    if kind in ("cushions", "both"):
        n = int(rng.integers(2, 6))
        side = rng.uniform(0.15, 0.21) * view.scale
        for k in range(n):
            x = x0 + (x1 - x0) * (k + 0.5 + rng.uniform(-0.15, 0.15)) / n
            cx, cy = view.at(x, y1 - (0.1 if back else 0.3), level + 0.17)
            rgb = pick(rng, other, plastic(rng), fabric)
            pillow(rng, sprite, cx, cy, side, side * 0.9, rgb, new_cloth(rng, rgb))
    if kind == "pillow":
        x = pick(rng, x0 + 0.05, x1 - 0.5)
        low, high = (x, y1 * 0.2, level), (x + 0.45, y1 * 0.85, level + 0.1)
        bed_pillow(rng, sprite, view, low, high, mix(other, WHITE, 0.4))


def couch(rng):
    """An upholstered couch: thick arms, a back, seat cushions, a patterned cover."""
    size = (rng.uniform(1.7, 2.2), rng.uniform(0.8, 0.95), rng.uniform(0.75, 0.9))
    w, d, h = size
    view, sprite = bed_view(rng, size), board()
    fabric = plastic(rng)
    cloth = new_cloth(rng, fabric)
    foot = rng.uniform(0.06, 0.16)
    seat = rng.uniform(0.4, 0.48)
    arm = rng.uniform(0.08, 0.2)
    rise = seat + rng.uniform(0.1, 0.22)
    one_arm = chance(rng, 0.35)
    legs(rng, sprite, view, size, foot, 0.05)
    block(sprite, view, (0, d - 0.2, foot), (w, d, h), fabric, 9, cloth)
    near, far = (w - arm, 0) if view.sy > 0 else (0, w - arm)
    block(sprite, view, (far, 0, foot), (far + arm, d - 0.1, rise), fabric, 9, cloth)
    block(sprite, view, (0.01, 0.02, foot), (w - 0.01, d - 0.2, seat - 0.14), shade(fabric, 0.9), 5)
    n = int(rng.integers(1, 4))
    start, stop = (0 if one_arm and near == 0 else arm), (w if one_arm and near else w - arm)
    for k in range(n):
        x = start + (stop - start) * k / n
        low, high = (x + 0.015, 0, seat - 0.13), (x + (stop - start) / n - 0.015, d - 0.2, seat)
        block(sprite, view, low, high, shade(fabric, 1.04), 7, cloth)
    dress(rng, sprite, view, (start, stop, d - 0.22, seat), fabric, True)
    if chance(rng, 0.3):
        spread(rng, sprite, view, size, seat)
    if not one_arm:
        block(sprite, view, (near, 0, foot), (near + arm, d - 0.1, rise), fabric, 9, cloth)
    return sprite


def chaise(rng):
    """A chaise longue: a long seat whose one end curves up into a headrest."""
    size = (rng.uniform(1.6, 1.9), rng.uniform(0.6, 0.75), rng.uniform(0.75, 0.95))
    w, d, h = size
    sprite = board()
    view = View(size, rng.uniform(-0.7, 0.3), rng.uniform(0.12, 0.5))
    fabric = plastic(rng)
    seat, foot = rng.uniform(0.36, 0.44), rng.uniform(0.12, 0.2)
    legs(rng, sprite, view, size, foot + 0.03, 0.06)
    under = foot + 0.02
    scroll = rng.uniform(0.0, 0.12)
    outline = [
        (0.0, under + 0.04),
        (0.05, under),
        (0.2, under),
        (w - 0.35, under),
        (w - 0.1, under + 0.1),
        (w - 0.02, h - 0.2),
    ]
    outline += [(w + scroll, h - 0.05), (w + scroll - 0.1, h), (w - 0.2, h - 0.05)]
    outline += [(w - 0.3, h - 0.25), (w - 0.5, seat + 0.05), (w - 0.8, seat), (0.1, seat)]
    outline += [(0.0, seat - 0.06)]
    profile = [tuple(p) for p in curve(outline, steps=3)]
    if chance(rng, 0.5):
        rear = [(w * 0.45, seat), (w * 0.7, h * 0.8), (w - 0.15, h - 0.05), (w - 0.1, seat)]
        extrude(sprite, view, rear, d - 0.1, d, shade(fabric, 0.95))
    trim = pick(rng, None, None, wood(rng))
    extrude(sprite, view, profile, 0, d, fabric, trim)
    if not trim:
        for k in range(8):
            x = 0.15 + k * (w - 0.5) / 8
            a, b = view.at(x, 0, seat - 0.04), view.at(x, 0, under + 0.04)
            line(sprite, [a, b], shade(fabric, 0.65), 1)
    if chance(rng, 0.6):
        for k in range(1, 7):
            x = 0.1 + k * (w - 0.95) / 7
            for j in range(1, 4):
                u, v = view.at(x, d * j / 4, seat)
                disc(sprite, u, v, 3, 2, shade(fabric, 0.6))
    if chance(rng, 0.6):
        r = 0.1
        profile = ring(w - 0.52, seat + 0.19, r, r, 18)[:-1]
        extrude(sprite, view, profile, 0.05, d - 0.05, pick(rng, plastic(rng), shade(fabric, 1.2)))
    if chance(rng, 0.3):
        spread(rng, sprite, view, (w * 0.6, d, h), seat)
    return sprite.transpose(Image.FLIP_LEFT_RIGHT) if chance(rng, 0.5) else sprite


def cot(rng):
    """A simple cot: four posts, a frame, woven ropes or a thin mattress, a blanket."""
    size = (rng.uniform(1.7, 2.0), rng.uniform(0.8, 1.0), 0.55)
    w, d, _ = size
    view, sprite = View(size, rng.uniform(-0.75, 0.75), rng.uniform(0.3, 0.75)), board()
    frame = pick(rng, wood(rng), wood(rng), metal(rng))
    level = rng.uniform(0.38, 0.45)
    t = 0.075
    rope = pick(rng, (205, 180, 130), (230, 225, 210), plastic(rng))
    for x in (0, w - t):
        block(sprite, view, (x, d - t, 0), (x + t, d, level + 0.08), frame)
    low, high = (t / 2, t / 2, level - 0.05), (w - t / 2, d - t / 2, level)
    block(sprite, view, low, high, rope)
    plane = Plane(view, (t, d - t, level), (w - 2 * t, 0, 0), (0, -(d - 2 * t), 0))
    bare = chance(rng, 0.35)
    if bare:
        n = int(rng.integers(12, 20))
        for k in range(n):
            u = k / n
            line(sprite, [plane.at(u, 0), plane.at(min(1, u + 0.25), 1)], shade(rope, 0.66), 2)
            line(sprite, [plane.at(u, 1), plane.at(min(1, u + 0.25), 0)], shade(rope, 1.12), 2)
    for y in (d - t, 0):
        block(sprite, view, (0, y, level - 0.05), (w, y + t, level + 0.03), frame)
    for x in (0, w - t):
        block(sprite, view, (x, 0, level - 0.05), (x + t, d, level + 0.03), frame)
        block(sprite, view, (x, 0, 0), (x + t, t, level + 0.08), frame)
    if not bare:
        fabric = plastic(rng)
        low, high = (0.05, 0.0, level), (w - 0.05, d, level + rng.uniform(0.05, 0.14))
        block(sprite, view, low, high, fabric, 6, new_cloth(rng, fabric))
        level = high[2]
        if chance(rng, 0.5):
            spread(rng, sprite, view, size, level)
    rgb = plastic(rng)
    x = pick(rng, 0.08, w - 0.5)
    bed_pillow(rng, sprite, view, (x, 0.12, level), (x + 0.4, d - 0.12, level + 0.12), rgb)
    return sprite


def draw_day_bed(rng):
    """A bed or couch to lie on by day."""
    kind = pick(rng, framed_bed, framed_bed, couch, couch, chaise, cot)
    return finish(rng, kind(rng), 0.15, 0.1), words(kind)


# ---------------------------------------------------------------- table lamp


def round_body(sprite, x, y, radii, rgb, gloss=0.3, bands=None):
    """Draw something turned on a lathe: ``radii`` gives its half width on each pixel row."""
    r = np.maximum(np.asarray(radii, dtype=np.float64), 0.5)[:, None]
    half = int(r.max()) + 1
    u = np.arange(-half, half + 1)[None, :] / r
    light = 1.0 - 0.42 * np.clip(u + 0.35, 0, 2) ** 1.5 - 0.3 * np.clip(-u - 0.55, 0, 1)
    shine = gloss * np.clip(1 - np.abs(u + 0.42) / 0.16, 0, 1)
    rgb = np.asarray(rgb[:3], dtype=np.float64)
    rows = np.broadcast_to(rgb, (len(r), 1, 3)) if bands is None else bands[:, None, :]
    body = rows * light[:, :, None] + 255 * shine[:, :, None]
    mask = to_image(np.where(np.abs(u) <= 1, 255, 0))
    sprite.paste(to_image(body), (int(round(x)) - half, int(round(y))), mask)


def profile_of(points, rows):
    """Return a half width for each pixel row from a few (share of height, half width) points."""
    share, width = zip(*points, strict=True)
    return np.interp(np.linspace(0, 1, rows), share, width)


def smooth(radii, reach=9):
    """Round the corners of a profile."""
    padded = np.pad(radii, reach, mode="edge")
    return np.convolve(padded, np.ones(2 * reach + 1) / (2 * reach + 1), "valid")


def lamp_foot(rng, sprite, x, top, bottom):
    """Draw the base of a lamp between two heights."""
    rows = bottom - top
    kind = pick(rng, "vase", "vase", "stick", "balls", "column", "bottle", "tripod", "cube")
    rgb = pick(rng, plastic(rng), wood(rng), metal(rng))
    gloss = rng.uniform(0.05, 0.5)
    w = rng.uniform(28, 52)
    if kind == "tripod":
        for dx in (-w, w * 1.1, w * 0.2):
            tube(sprite, [(x, top), (x + dx, bottom)], rgb, 9)
        disc(sprite, x, top + 8, 12, 7, shade(rgb, 0.8))
        return
    if kind == "cube":
        view = View((1, 1, 1), rng.uniform(0.3, 0.8), 0.3)
        view.scale = rows * 0.62
        view.left, view.top = x, bottom - rows * 0.42
        round_body(sprite, x, top, np.full(rows // 2, 5), metal(rng))
        block(sprite, view, (0, 0, 0), (1, 1, 1), rgb, 3)
        return
    if kind == "vase":
        a = rng.uniform(0.25, 0.7)
        points = [(0, 6), (0.08, 7), (a, w), (0.93, w * rng.uniform(0.4, 0.8)), (1, w * 0.75)]
    elif kind == "bottle":
        points = [(0, 8), (0.3, 9), (0.45, w * 0.85), (0.95, w * 0.85), (1, w * 0.78)]
    elif kind == "column":
        points = [(0, 9), (0.06, 16), (0.1, 10), (0.78, 15), (0.82, w * 0.5), (0.88, w * 0.5)]
        points += [(0.9, w), (1, w)]
    elif kind == "balls":
        n = int(rng.integers(2, 5))
        points = [(0, 6)]
        for k in range(n):
            points += [((k + 0.1) * 0.9 / n, 8), ((k + 0.5) * 0.9 / n, 14 + w * 0.5 * (k + 1) / n)]
        points += [(0.9, 9), (0.92, w), (1, w)]
    else:
        points = [(0, 4), (0.9, 5), (0.93, w * 0.5), (0.96, w * 1.1), (1, w * 1.1)]
    radii = profile_of(points, rows)
    if kind in ("vase", "bottle"):
        radii = smooth(radii)
    elif kind == "balls":
        radii = smooth(radii, 5)
    bands = None
    if kind in ("vase", "bottle", "column") and chance(rng, 0.5):
        ink = mix(rgb, pick(rng, WHITE, DARK, plastic(rng)), 0.6)
        bands = np.tile(np.asarray(rgb, dtype=np.float64), (rows, 1))
        for _ in range(int(rng.integers(1, 4))):
            at = int(rng.uniform(0.2, 0.9) * rows)
            bands[at : at + int(rng.integers(3, 14))] = ink
    disc(sprite, x, bottom - 1, radii[-1], radii[-1] * 0.22, shade(rgb, 0.55))
    round_body(sprite, x, top, radii, rgb, gloss, bands)


def lamp_shade(rng, sprite, x, top, bottom, on):
    """Draw a fabric shade, lit from within or not."""
    rows = bottom - top
    wide = rng.uniform(62, 105)
    narrow = wide * pick(rng, rng.uniform(0.3, 0.55), rng.uniform(0.55, 0.8), rng.uniform(0.9, 1))
    share = np.linspace(0, 1, rows)
    bend = pick(rng, 0.0, 0.0, rng.uniform(0.15, 0.35), -0.25)
    radii = narrow + (wide - narrow) * share
    radii = radii - bend * wide * np.sin(math.pi * share) * 0.5
    rgb = plastic(rng)
    edge = pick(rng, shade(rgb, 0.7), plastic(rng), mix(rgb, WHITE, 0.5))
    tilt = rng.uniform(-0.16, 0.2)  # seen from below (inside visible) or from above
    if on:
        rgb = mix(mix(rgb, WHITE, 0.25), (255, 222, 140), rng.uniform(0.35, 0.75))
    if tilt > 0.03:
        inner = (255, 246, 205) if on else shade(rgb, 0.5)
        disc(sprite, x, top, radii[0], radii[0] * tilt, shade(inner, 0.9), inner)
    left = [(x - radii[k], top + k) for k in range(0, rows, 4)]
    right = [(x + radii[k], top + k) for k in range(0, rows, 4)]
    outline = left + [(x - radii[-1], bottom)]
    outline += ring(x, bottom, radii[-1], radii[-1] * max(0.02, tilt), 24, math.pi, 0)
    outline += right[::-1]
    if tilt > 0.03:
        outline += ring(x, top, radii[0], radii[0] * tilt, 24, 0, math.pi)
    mask = polygon_mask(outline, BOARD)
    u = np.linspace(-1, 1, BOARD)[None, :] * BOARD / 2 / wide
    u = u + (BOARD / 2 - x) / wide
    v = (np.arange(BOARD)[:, None] - top) / rows
    if on:
        light = 1.35 - 0.55 * np.abs(u) ** 2 - 0.7 * (v - 0.65) ** 2
    else:
        light = 1.08 - 0.4 * np.clip(u + 0.4, 0, 2) - 0.2 * np.clip(-u - 0.6, 0, 1) - 0.1 * v
    fabric = Image.new("RGB", (BOARD, BOARD), shade(rgb, 1.27))
    draw_shade_pattern(rng, fabric, x, top, bottom, narrow, wide, rgb, edge)
    fabric = ImageChops.multiply(fabric, Image.merge("RGB", (to_image(light * 200),) * 3))
    sprite.paste(fabric, (0, 0), mask)
    if tilt < -0.03:
        inner = (255, 246, 205) if on else shade(rgb, 0.45)
        disc(sprite, x, bottom, radii[-1], -radii[-1] * tilt, inner, shade(inner, 0.8))
        disc(sprite, x, bottom, 8, 6, (255, 255, 245) if on else (225, 225, 220))
    rim = ring(x, bottom, radii[-1], radii[-1] * tilt, 24, math.pi, 0)
    line(sprite, rim, shade(edge, 1.1 if on else 0.9), int(rng.integers(3, 8)))
    rim = ring(x, top, radii[0], radii[0] * tilt, 24, math.pi, 0)
    line(sprite, rim, shade(edge, 1.0), 3)
    if chance(rng, 0.15):
        for px, py in ring(x, bottom, radii[-1], radii[-1] * tilt, 26, math.pi, 0):
            line(sprite, [(px, py), (px, py + 12)], edge, 3)


def draw_shade_pattern(rng, fabric, x, top, bottom, narrow, wide, rgb, ink):
    """Draw pleats, bands, dots or panels onto the fabric of a shade."""
    kind = pick(rng, "plain", "pleats", "pleats", "bands", "dots", "panels", "zigzag")
    ink = shade(ink, 1.2)
    tool = ImageDraw.Draw(fabric)
    if kind in ("pleats", "panels"):
        n = 30 if kind == "pleats" else 6
        for k in range(-n, n + 1):
            a = math.sin(k / n * math.pi / 2)
            ends = whole([(x + a * narrow, top - 8), (x + a * wide, bottom + 14)])
            tool.line(ends, fill=shade(rgb, 0.98 if kind == "pleats" else 0.8), width=3)
    elif kind == "bands":
        for at in rng.uniform(0, 1, 3):
            y = int(top + at * (bottom - top))
            tool.rectangle((0, y, BOARD, y + int(rng.integers(4, 18))), fill=ink)
    elif kind == "dots":
        step = int(rng.integers(18, 30))
        for j, y in enumerate(range(top + 8, bottom, step)):
            for k in range(-6, 7):
                px = int(x + (k + 0.5 * (j % 2)) * step)
                r = step // 4
                tool.ellipse((px - r, y - r, px + r, y + r), fill=ink)
    elif kind == "zigzag":
        for y in range(top + 20, bottom, 32):
            points = [(k * 12, y + 10 * (k % 2)) for k in range(BOARD // 12 + 2)]
            tool.line(points, fill=ink, width=5)


def shade_lamp(rng):
    """A base with a fabric shade."""
    sprite = board()
    x = BOARD // 2
    middle = int(rng.integers(115, 165))
    foot = int(rng.integers(240, 285))
    neck = pick(rng, metal(rng), wood(rng))
    round_body(sprite, x, middle - 12, np.full(30, 5.0), neck, 0.4)
    lamp_foot(rng, sprite, x, middle + 14, foot)
    lamp_shade(rng, sprite, x, int(rng.integers(28, 48)), middle, chance(rng, 0.5))
    return sprite


def desk_lamp(rng):
    """A work lamp: foot, jointed arm, a head that points down."""
    sprite = board()
    rgb, joint = plastic(rng), metal(rng)
    on = chance(rng, 0.5)
    x, y = rng.uniform(70, 110), 262
    elbow = (x + rng.uniform(-55, 5), rng.uniform(110, 160))
    head = (rng.uniform(165, 205), rng.uniform(50, 85))
    w = rng.uniform(40, 60)
    disc(sprite, x, y + 8, w, w * 0.28, shade(rgb, 0.5))
    disc(sprite, x, y, w, w * 0.28, shade(rgb, 1.1), shade(rgb, 0.8))
    arm = pick(rng, rgb, joint)
    if chance(rng, 0.4):
        tube(sprite, curve([(x, y), elbow, (120, 50), head], closed=False), arm, 8)
    else:
        tube(sprite, [(x, y), elbow], arm, 8)
        tube(sprite, [elbow, head], arm, 8)
        disc(sprite, *elbow, 9, 9, shade(joint, 1.1), shade(joint, 0.6))
    angle = rng.uniform(0.5, 1.3)
    ax, ay = math.cos(angle), math.sin(angle)
    long, wide = rng.uniform(50, 75), rng.uniform(36, 52)
    tip = (head[0] + ax * long, head[1] + ay * long)
    cap = [(head[0] - ay * 14 - ax * 14, head[1] + ax * 14 - ay * 14)]
    cap += [(tip[0] - ay * wide, tip[1] + ax * wide), (tip[0] + ay * wide, tip[1] - ax * wide)]
    cap += [(head[0] + ay * 14 - ax * 14, head[1] - ax * 14 - ay * 14)]
    fill(sprite, cap, shade(rgb, 1.2), shade(rgb, 0.65))
    mouth = []
    for a, b in ring(0, 0, wide * 0.32, wide):
        mouth.append((tip[0] + ax * a - ay * b, tip[1] + ay * a + ax * b))
    inner = (255, 240, 190) if on else shade(mix(rgb, WHITE, 0.3), 0.6)
    fill(sprite, mouth, inner, shade(inner, 0.9))
    line(sprite, [*mouth, mouth[0]], shade(rgb, 0.8), 3)
    bulb = (tip[0] - ax * 2, tip[1] - ay * 2)
    disc(sprite, *bulb, 11, 11, (255, 255, 240) if on else (205, 208, 205))
    return sprite.transpose(Image.FLIP_LEFT_RIGHT) if chance(rng, 0.5) else sprite


def globe_lamp(rng):
    """A lamp with a ball, mushroom or long-roof glass instead of a fabric shade."""
    sprite = board()
    x, on = BOARD // 2, chance(rng, 0.6)
    glass = mix(plastic(rng), WHITE, rng.uniform(0.1, 0.6))
    if on:
        glass = mix(glass, (255, 236, 180), 0.65)
    kind = pick(rng, "ball", "mushroom", "banker")
    lamp_foot(rng, sprite, x, 140, int(rng.integers(235, 280)))
    if kind == "ball":
        r = int(rng.integers(52, 75))
        t = np.linspace(-1, 0.93, int(1.93 * r))
        round_body(sprite, x, 150 - 1.93 * r, r * np.sqrt(1 - t * t), glass, 0)
        for k in range(1, 9):
            # Nested discs: light from the middle, or a shine at the upper left.
            size, tint = r * (0.9 - 0.1 * k), mix(glass, (255, 252, 235), k / 9)
            if on:
                disc(sprite, x, 150 - 0.93 * r, size, size, tint)
            elif k > 4:
                disc(sprite, x - r * 0.36, 150 - 1.3 * r, size * 0.6, size * 0.6, tint)
    elif kind == "mushroom":
        h, r = int(rng.integers(60, 95)), rng.uniform(75, 110)
        t = np.linspace(-1, 0, h)
        round_body(sprite, x, 150 - h, r * np.sqrt(np.clip(1 - t**2, 0, 1)), glass, 0.3)
        disc(sprite, x, 150, r, r * 0.12, shade(glass, 1.2 if on else 0.5))
    else:
        w, h = rng.uniform(80, 110), rng.uniform(40, 60)
        roof = [(x - w, 135), (x - w + 8, 135 - h * 0.7), (x - w + 30, 135 - h)]
        roof += [(x + w - 30, 135 - h), (x + w - 8, 135 - h * 0.7), (x + w, 135)]
        tube(sprite, [(x, 145), (x, 128 - h)], metal(rng), 7)
        fill(sprite, roof, shade(glass, 1.25), shade(glass, 0.6))
        edge = [(x - w + 25, 135 - h * 0.8), (x + w * 0.4, 135 - h * 0.8)]
        line(sprite, edge, mix(glass, WHITE, 0.6), 4)
        fill(sprite, [(x - w, 133), (x + w, 133), (x + w, 140), (x - w, 140)], metal(rng))
        tube(sprite, [(x + 28, 140), (x + 28, 175)], (205, 175, 90), 3)
    return sprite


def oil_lamp(rng):
    """An oil lamp: tank, brass burner, glass chimney, perhaps a flame."""
    sprite = board()
    x = BOARD // 2
    tank = pick(rng, plastic(rng), metal(rng))
    brass = color(rng, hue=(0.09, 0.13), saturation=(0.4, 0.65), value=(0.6, 0.85))
    w, low = rng.uniform(45, 65), int(rng.integers(255, 285))
    points = [(0, 12), (0.1, 14), (0.35, w), (0.6, w * 0.8), (0.72, w * 0.3), (0.9, w * 0.9)]
    points += [(1, w)]
    radii = smooth(profile_of(points, low - 165), 6)
    disc(sprite, x, low - 1, radii[-1], 9, shade(tank, 0.5))
    round_body(sprite, x, 165, radii, tank, 0.45)
    glass = (214, 222, 218)
    b = rng.uniform(30, 42)
    chimney = smooth(profile_of([(0, b * 0.5), (0.4, b * 0.6), (0.75, b), (1, b * 0.7)], 128), 8)
    round_body(sprite, x, 22, chimney, glass, 0.5)
    veil(sprite, ring(x, 115, b * 0.7, 35), (120, 130, 130), 0.35)
    if chance(rng, 0.7):
        veil(sprite, ring(x, 115, b * 0.85, 40), (255, 190, 80), 0.6)
        flame = curve([(x, 82), (x + 11, 118), (x, 138), (x - 11, 118)])
        fill(sprite, flame, (255, 244, 190), (255, 176, 60))
    rows = np.full(22, b * 0.75) + 3 * (np.arange(22) % 4 < 2)
    round_body(sprite, x, 146, rows, brass, 0.5)
    tube(sprite, [(x + b * 0.7, 158), (x + b * 1.3, 158)], brass, 5)
    disc(sprite, x + b * 1.3, 158, 4, 8, shade(brass, 0.8))
    if chance(rng, 0.4):
        handle = ring(x, 130, b * 1.9, 110, 24, math.pi * 0.8, math.pi * 2.2)
        line(sprite, handle, shade(brass, 0.7), 4)
    return sprite


def draw_table_lamp(rng):
    """A lamp that stands on a table."""
    kinds = (shade_lamp,) * 6 + (desk_lamp,) * 2 + (globe_lamp,) * 2 + (oil_lamp,)
    kind = pick(rng, *kinds)
    return finish(rng, kind(rng), 0.08, 0.05), words(kind)


# ---------------------------------------------------------------- toilet seat


def egg(length, width):
    """Return a seat's outline: y from 0 (hinge, blunt) to -length (front, narrower)."""
    points = []
    for k in range(36):
        a = 2 * math.pi * k / 36
        x, y = math.sin(a), math.cos(a)
        x *= 1 + 0.08 * y
        if y > 0:
            y = y**0.8
        points.append((x * width / 2, (y - 1) * length / 2))
    return points


def place(view, points, z, y0=0.0, tilt=0.0, grow=1.0, middle=None):
    """Put a flat outline at a height; ``tilt`` swings it up around the hinge."""
    x, y = np.asarray(points, dtype=np.float64).T
    if middle is not None:
        y = middle + (y - middle) * grow
    x, y = view.at(x * grow, y0 + y * math.cos(tilt), z - y * math.sin(tilt))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def wood_lines(rng, sprite, outline, rgb):
    """Draw the grain of wood inside an outline."""
    mask = polygon_mask(outline, BOARD)
    layer = Image.new("RGB", (BOARD, BOARD), rgb)
    tool = ImageDraw.Draw(layer)
    for _ in range(26):
        y, bow = rng.uniform(0, BOARD), rng.uniform(-14, 14)
        points = [(0, y), (BOARD * 0.35, y + bow), (BOARD * 0.7, y - bow), (BOARD, y + 5)]
        tint = shade(rgb, rng.uniform(0.72, 1.15))
        tool.line(whole(points), fill=tint, width=int(rng.integers(2, 6)))
    sprite.paste(layer, (0, 0), ImageChops.multiply(mask, Image.new("L", mask.size, 170)))


def seat_ring(rng, sprite, view, z, rgb, dims, wooden, inner=None, gap=False):
    """Draw the ring one sits on, with its thickness, and what is seen through it."""
    length, width, rim = dims
    outline = egg(length, width)
    hole = [(x * (1 - rim), y * (1 - rim * 1.05) - length * rim * 0.55) for x, y in outline]
    for k in range(5):
        shape = place(view, outline, z - 0.035 + 0.007 * k)
        fill(sprite, shape, shade(rgb, 0.5 + 0.06 * k))
    outer = place(view, outline, z)
    within = place(view, hole, z)
    fill(sprite, outer, shade(rgb, 1.08), shade(rgb, 0.86))
    if wooden:
        wood_lines(rng, sprite, outer, rgb)
    for grow, rate in ((0.955, 1.12), (0.9, 1.0)):
        bevel = place(view, outline, z, grow=grow, middle=-length * 0.52)
        line(sprite, [*bevel, bevel[0]], shade(rgb, rate), 3)
    line(sprite, [*outer, outer[0]], shade(rgb, 0.62), 2)
    mask = polygon_mask(within, BOARD)
    if inner is None:
        sprite.paste((0, 0, 0, 0), (0, 0), mask)
    else:
        fill(sprite, within, shade(inner, 0.5), shade(inner, 0.95))
        if gap:
            deep = place(view, hole, z - 0.16, grow=0.7, middle=-length * 0.45)
            fill(sprite, deep, shade(inner, 0.55), shade(inner, 0.75), inside=mask)
            water = place(view, hole, z - 0.26, grow=0.42, middle=-length * 0.42)
            fill(
                sprite, water, mix(inner, (70, 100, 115), 0.6), mix(inner, WHITE, 0.3), inside=mask
            )
    line(sprite, [*within, within[0]], shade(rgb, 0.55), 3)


def lid_shape(rng, sprite, view, z, rgb, dims, tilt, wooden):
    """Draw the lid, closed (tilt 0) or swung up."""
    length, width, _ = dims
    outline = egg(length * 1.01, width * 1.01)
    for k in range(4):
        fill(
            sprite,
            place(view, outline, z + 0.008 * k, 0.01 * k * math.sin(tilt), tilt),
            shade(rgb, 0.6),
        )
    top = place(view, outline, z + 0.032, 0, tilt)
    fill(sprite, top, shade(rgb, 1.08), shade(rgb, 0.82))
    if wooden:
        wood_lines(rng, sprite, top, rgb)
    inner = place(view, outline, z + 0.032, 0, tilt, 0.86, -length * 0.5)
    fill(sprite, inner, shade(rgb, 1.0), shade(rgb, 1.06 if tilt else 0.92))
    if wooden:
        wood_lines(rng, sprite, inner, rgb)
    line(sprite, [*inner, inner[0]], shade(rgb, 1.18), 2)
    line(sprite, [*top, top[0]], shade(rgb, 0.62), 2)


def seat_colors(rng):
    """Return (seat color, is it wood, ceramic color)."""
    pale = color(rng, saturation=(0.08, 0.4), value=(0.65, 0.92))
    ceramic = pick(rng, WHITE, (232, 228, 214), pale, pale)
    wooden = chance(rng, 0.28)
    if wooden:
        return wood(rng), True, ceramic
    return pick(rng, ceramic, plastic(rng), plastic(rng), WHITE), False, ceramic


def toilet(rng):
    """A bowl with its seat, perhaps lid and cistern."""
    length, width = rng.uniform(0.43, 0.5), rng.uniform(0.36, 0.41)
    dims = (length, width, rng.uniform(0.22, 0.3))
    z = 0.42
    rgb, wooden, ceramic = seat_colors(rng)
    cistern = chance(rng, 0.55)
    lid = pick(rng, "up", "up", "down", "none")
    pitch = pick(rng, rng.uniform(0.5, 0.8), rng.uniform(0.8, 1.3))
    view = View((0.5, 0.7, 0.8), rng.uniform(-0.6, 0.6), pitch)
    view.center = (0.0, -0.15, 0.4)
    sprite = board()
    if cistern:
        top = z + rng.uniform(0.3, 0.42)
        block(sprite, view, (-0.22, 0.06, z - 0.02), (0.22, 0.24, top), ceramic, 5)
        block(sprite, view, (-0.235, 0.05, top), (0.235, 0.25, top + 0.035), ceramic, 5)
        u, v = view.at(0, 0.15, top + 0.04)
        disc(sprite, u, v, 9, 7, (190, 192, 195), (120, 122, 126))
    outline = egg(length, width)
    foot = pick(rng, (0.7, 0.66, 0.52, 0.6, 0.9, 0.97), (0.62, 0.6, 0.62, 0.72, 0.9, 0.97))
    body = Image.new("L", (BOARD, BOARD), 0)
    for k in range(25):
        share = k / 24
        grow = np.interp(share, (0, 0.06, 0.3, 0.55, 0.85, 1), foot)
        middle = -length * (0.3 + 0.2 * share)
        base = place(view, outline, (z - 0.04) * share, grow=grow, middle=middle)
        ImageDraw.Draw(body).polygon(whole(base), fill=255)
    x0, y0, x1, y1 = body.getbbox()
    size = (x1 - x0, y1 - y0)
    across = ramp(size, shade(ceramic, 1.0), shade(ceramic, 0.55), True)
    down = ramp(size, (255, 255, 255), (165, 165, 170))
    body = body.crop((x0, y0, x1, y1))
    sprite.paste(ImageChops.multiply(across, down), (x0, y0), body)
    neck = (-0.14, -0.05, z - 0.14), (0.14, 0.1, z - 0.03)
    block(sprite, view, *neck, ceramic, 3)
    rim = place(view, outline, z - 0.04)
    fill(sprite, rim, shade(ceramic, 1.0), shade(ceramic, 0.85))
    if lid == "up":
        lid_shape(rng, sprite, view, z, rgb, dims, rng.uniform(1.5, 1.85), wooden)
    if lid == "down":
        fill(sprite, place(view, outline, z - 0.01), shade(rgb, 0.6))
        lid_shape(rng, sprite, view, z, rgb, dims, 0.0, wooden)
    else:
        seat_ring(rng, sprite, view, z, rgb, dims, wooden, ceramic, True)
    hinges(rng, sprite, view, z)
    return sprite


def hinges(rng, sprite, view, z):
    """Draw the two hinges behind the seat."""
    rgb = pick(rng, (190, 192, 195), WHITE, (200, 170, 95))
    for x in (-0.09, 0.05):
        block(sprite, view, (x, -0.015, z - 0.02), (x + 0.04, 0.03, z + 0.025), rgb)


def loose_seat(rng):
    """A seat alone, seen from above or leaning; its lid may stand open behind it."""
    length, width = rng.uniform(0.42, 0.5), rng.uniform(0.36, 0.42)
    dims = (length, width, rng.uniform(0.22, 0.32))
    rgb, wooden, _ = seat_colors(rng)
    pitch = rng.uniform(0.75, 1.5)
    view = View((0.42, 0.5, 0.1), rng.uniform(-0.5, 0.5), pitch)
    view.center = (0.0, -length / 2, 0)
    sprite = board()
    lid = chance(rng, 0.45)
    seat_ring(rng, sprite, view, 0, rgb, dims, wooden)
    if lid:
        view.top += 62
        view.scale *= 0.58
        sprite = board()
        seat_ring(rng, sprite, view, 0, rgb, dims, wooden)
        lid_shape(rng, sprite, view, 0, rgb, dims, rng.uniform(1.9, 2.8), wooden)
    hinges(rng, sprite, view, 0)
    return sprite


def squat_seat(rng):
    """A squatting pan in the floor with foot rests, with a seat frame over it or without."""
    ceramic = pick(rng, WHITE, (215, 212, 200), color(rng, value=(0.6, 0.9)))
    view = View((0.5, 0.72, 0.3), rng.uniform(-0.5, 0.5), rng.uniform(0.65, 1.2))
    view.center = (0.0, -0.3, 0.1)
    sprite = board()
    block(sprite, view, (-0.25, -0.66, -0.03), (0.25, 0.06, 0), ceramic, 6)
    for x in (-0.24, 0.13):
        block(sprite, view, (x, -0.5, 0), (x + 0.11, -0.12, 0.02), shade(ceramic, 0.96), 3)
        for k in range(7):
            y = -0.47 + k * 0.05
            ends = [view.at(x + 0.01, y, 0.02), view.at(x + 0.1, y, 0.02)]
            line(sprite, ends, shade(ceramic, 0.62), 3)
    pan = [(x * 0.6, y * 1.15 - 0.02) for x, y in egg(0.48, 0.4)]
    shape = place(view, pan, 0)
    fill(sprite, shape, shade(ceramic, 0.5), shade(ceramic, 0.92))
    line(sprite, [*shape, shape[0]], shade(ceramic, 1.1), 5)
    deep = place(view, pan, -0.05, grow=0.6, middle=-0.2)
    fill(sprite, deep, shade(ceramic, 0.5), shade(ceramic, 0.7), inside=polygon_mask(shape, BOARD))
    u, v = view.at(0, -0.12, -0.03)
    disc(sprite, u, v, 15, 11, (30, 30, 32), (58, 58, 60))
    rgb, wooden, _ = seat_colors(rng)
    frame = metal(rng)
    for x, y in ((-0.17, -0.03), (0.17, -0.03)):
        tube(sprite, [view.at(x, y, 0), view.at(x, y, 0.28)], frame, 8)
    upper = board()
    dims = (rng.uniform(0.42, 0.48), 0.39, rng.uniform(0.2, 0.27))
    seat_ring(rng, upper, view, 0.3, rgb, dims, wooden)
    for x, y in ((-0.17, -0.33), (0.17, -0.33)):
        tube(sprite, [view.at(x, y, 0), view.at(x, y, 0.27)], frame, 8)
    sprite.alpha_composite(upper)
    return sprite


def bench_seat(rng):
    """A wooden or concrete box with a hole and a seat on it."""
    view = View((0.62, 0.55, 0.4), rng.uniform(-0.6, 0.6), rng.uniform(0.55, 1.1))
    view.center = (0.0, -0.23, 0.2)
    lid = chance(rng, 0.35)
    if lid:
        view.scale *= 0.72
        view.top += 48
    sprite = board()
    rgb, wooden, _ = seat_colors(rng)
    box = pick(rng, wood(rng), wood(rng), (165, 162, 155), plastic(rng))
    block(sprite, view, (-0.31, -0.5, 0), (0.31, 0.05, 0.4), box, 3)
    for k in range(1, 6):
        x = -0.31 + 0.62 * k / 6
        ends = [view.at(x, -0.5, 0.0), view.at(x, -0.5, 0.4), view.at(x, 0.05, 0.4)]
        line(sprite, ends, shade(box, 0.7), 2)
    dims = (rng.uniform(0.4, 0.45), rng.uniform(0.36, 0.4), rng.uniform(0.22, 0.3))
    if lid:
        lid_shape(rng, sprite, view, 0.43, rgb, dims, rng.uniform(1.6, 1.9), wooden)
    seat_ring(rng, sprite, view, 0.43, rgb, dims, wooden, (60, 52, 46))
    hinges(rng, sprite, view, 0.43)
    return sprite


def draw_toilet_seat(rng):
    """A toilet seat, alone or on something."""
    kinds = (toilet,) * 6 + (loose_seat,) * 3 + (squat_seat, bench_seat)
    kind = pick(rng, *kinds)
    turn = rng.uniform(-25, 25) if kind is loose_seat else rng.uniform(-3, 3)
    return finish(rng, kind(rng), 0.1, 0.05, turn), words(kind)


# ---------------------------------------------------------------- washing machine


def knob(sprite, x, y, r, rgb):
    """Draw a round knob with a pointer."""
    disc(sprite, x + 1, y + 2, r, r, shade(rgb, 0.4))
    disc(sprite, x, y, r, r, shade(rgb, 1.15), shade(rgb, 0.75))
    line(sprite, [(x, y - r * 0.2), (x + r * 0.4, y - r * 0.8)], DARK, 2)


def controls(rng, sprite, plane, v, body, reach=(0.3, 0.95)):
    """Draw knob, buttons and display in a strip of a face, at height ``v``."""
    dial = pick(rng, shade(body, 0.9), (205, 207, 210), DARK, plastic(rng))
    r = rng.uniform(7, 11)
    for u in pick(rng, (0.4,), (0.52,), (0.8,), (0.4, 0.58), (0.75, 0.9)):
        u = reach[0] + (reach[1] - reach[0]) * (u - 0.3) / 0.65
        knob(sprite, *plane.at(u, v), r, dial)
    if chance(rng, 0.6):
        u = reach[0] + (reach[1] - reach[0]) * rng.uniform(0.4, 0.5)
        patch = plane.patch(u, v - 0.025, u + 0.13 * (reach[1] - reach[0]) / 0.65, v + 0.025)
        fill(sprite, patch, (25, 32, 36), (60, 80, 84))
    n = int(rng.integers(2, 6))
    for k in range(n):
        u = reach[1] - 0.05 * (k + 1) * (reach[1] - reach[0])
        px, py = plane.at(u, v + 0.02)
        tint = pick(rng, DARK, (170, 60, 50), (70, 130, 80), shade(body, 0.6))
        disc(sprite, px, py, 3, 3, tint)


def machine_color(rng):
    """Return a body color: white, gray, black, beige or bright plastic."""
    return pick(
        rng,
        (236, 237, 236),
        (226, 224, 214),
        color(rng, saturation=(0.0, 0.08), value=(0.5, 0.75)),
        color(rng, saturation=(0.0, 0.15), value=(0.2, 0.4)),
        color(rng, saturation=(0.2, 0.7), value=(0.45, 0.85)),
    )


def front_loader(rng):
    """A machine with a round door in front."""
    w, d, h = 0.6, rng.uniform(0.45, 0.6), rng.uniform(0.78, 0.9)
    yaw = pick(rng, rng.uniform(-0.1, 0.1), rng.uniform(-0.7, 0.7))
    view, sprite = View((w, d, h), yaw, rng.uniform(0.05, 0.45)), board()
    body = machine_color(rng)
    opened, side = chance(rng, 0.3), pick(rng, -1, 1)
    if opened:
        view.scale *= 0.84
        view.left -= side * 25
    for x in (0.03, w - 0.08):
        block(sprite, view, (x, 0.03, -0.03), (x + 0.05, 0.08, 0.01), DARK)
    block(sprite, view, (0, 0, 0), (w, d, h), body, 4)
    face = Plane(view, (0, 0, h), (w, 0, 0), (0, 0, -h))
    strip = rng.uniform(0.14, 0.19)
    panel = pick(
        rng, shade(body, 0.9), shade(body, 0.75), mix(body, DARK, 0.7), mix(body, WHITE, 0.5)
    )
    fill(sprite, face.patch(0.015, 0.02, 0.985, strip), shade(panel, 0.95), shade(panel, 0.8))
    line(sprite, [face.at(0, strip + 0.01), face.at(1, strip + 0.01)], shade(body, 0.55), 2)
    drawer = face.patch(0.04, 0.035, 0.3, strip - 0.015)
    fill(sprite, drawer, shade(body, 0.92), shade(body, 0.8))
    line(sprite, [*drawer, drawer[0]], shade(body, 0.5), 2)
    controls(rng, sprite, face, 0.02 + strip / 2, body)
    v = strip + (1 - strip) * rng.uniform(0.4, 0.5)
    r = rng.uniform(0.17, 0.225)
    rim = pick(rng, (196, 199, 203), shade(body, 0.85), DARK, (235, 235, 233), plastic(rng))
    if opened:
        inside = (64, 66, 70)
        fill(sprite, face.round(0.5, v, r), shade(rim, 1.0), shade(rim, 0.7))
        fill(sprite, face.round(0.5, v, r * 0.84), (30, 31, 34), inside)
        fill(sprite, face.round(0.5, v + 0.02, r * 0.6), (110, 112, 116), (160, 162, 166))
        for a in range(8):
            px, py = face.at(0.5 + 0.2 * math.cos(a * 0.8), v + 0.02 + 0.12 * math.sin(a * 0.8))
            disc(sprite, px, py, 3, 3, (60, 60, 64))
        if chance(rng, 0.6):
            laundry(rng, sprite, face, 0.5, v + 0.1, 0.25)
        hinge = w / 2 + side * r
        open_door(sprite, view, hinge, h - v * h, r, side, rim)
    else:
        fill(sprite, face.round(0.5, v, r), shade(rim, 1.1), shade(rim, 0.65))
        fill(sprite, face.round(0.5, v, r * 0.93), shade(rim, 0.75), shade(rim, 1.05))
        fill(sprite, face.round(0.5, v, r * 0.74), (28, 31, 36), (78, 84, 92))
        if chance(rng, 0.5):
            laundry(rng, sprite, face, 0.5, v + 0.06, 0.2)
        glass = face.round(0.5, v, r * 0.68)
        shine = [
            face.at(0.5 + a, v + b)
            for a, b in ((-0.2, -0.02), (-0.06, -0.14), (0, -0.14), (-0.17, 0.04))
        ]
        veil(sprite, shine, WHITE, 0.55)
        line(sprite, glass, (20, 22, 25), 2)
        grip = 0.5 + pick(rng, -1, 1) * (r / w) * 0.86
        fill(sprite, face.patch(grip - 0.02, v - 0.05, grip + 0.02, v + 0.05), shade(rim, 0.5))
    if chance(rng, 0.6):
        hatch = face.patch(0.7, 0.9, 0.92, 0.97)
        line(sprite, [*hatch, hatch[0]], shade(body, 0.6), 2)
    line(sprite, [face.at(0, 0.88), face.at(1, 0.88)], shade(body, 0.68), 2)
    top_things(rng, sprite, view, d, h)
    return sprite


def laundry(rng, sprite, face, u, v, reach):
    """Draw a few lumps of clothes."""
    for _ in range(4):
        x, y = face.at(u + rng.uniform(-0.5, 0.5) * reach, v + rng.uniform(-0.03, 0.03))
        rgb = plastic(rng)
        disc(sprite, x, y, rng.uniform(12, 22), rng.uniform(9, 15), rgb, shade(rgb, 0.6))


def open_door(sprite, view, hinge, z, r, side, rim):
    """Draw the round door swung open toward the viewer."""
    for grow, first, last in ((1, 1.0, 0.6), (0.72, 0, 0)):
        points = []
        for a, b in ring(0, 0, r * grow, r * grow):
            points.append(view.at(hinge + side * (a + r) * 0.55, -(a + r) * 0.83, z + b))
        if first:
            fill(sprite, points, shade(rim, first), shade(rim, last))
        else:
            fill(sprite, points, (120, 130, 138), (62, 68, 74))


def top_things(rng, sprite, view, d, h):
    """Put a folded cloth or a bottle on the machine, sometimes."""
    if chance(rng, 0.2):
        rgb = plastic(rng)
        cloth = {"kind": pick(rng, "stripes", "bands"), "step": 0.07, "inks": [WHITE, plastic(rng)]}
        low, high = (0.06, 0.1, h), (0.3, d - 0.1, h + 0.06)
        block(sprite, view, low, high, rgb, 5, cloth)
    elif chance(rng, 0.15):
        rgb = plastic(rng)
        block(sprite, view, (0.4, 0.2, h), (0.48, 0.28, h + 0.16), rgb, 4)
        block(sprite, view, (0.42, 0.22, h + 0.16), (0.46, 0.26, h + 0.2), WHITE, 2)


def top_loader(rng):
    """A machine with a lid on top, shut or open, and a console behind it."""
    w, d, h = 0.6, 0.6, rng.uniform(0.8, 0.95)
    view = View((w, d, h + 0.25), rng.uniform(-0.7, 0.7), rng.uniform(0.35, 0.75))
    sprite, body = board(), machine_color(rng)
    block(sprite, view, (0, 0, 0), (w, d, h), body, 6)
    tone = pick(rng, mix(body, DARK, 0.65), shade(body, 0.85), mix(body, WHITE, 0.5), plastic(rng))
    rise = rng.uniform(0.07, 0.16)
    opened = chance(rng, 0.4)
    lid = Plane(view, (0.05, d - 0.16, h + 0.004), (w - 0.1, 0, 0), (0, -(d - 0.22), 0))
    quad = lid.patch(0, 0, 1, 1)
    if opened:
        fill(sprite, quad, shade(body, 0.7), shade(body, 0.85))
        fill(sprite, lid.round(0.5, 0.52, 0.18), (35, 37, 40), (95, 97, 100))
        fill(sprite, lid.round(0.5, 0.56, 0.14), (130, 132, 136), (165, 168, 172))
        fill(sprite, lid.round(0.5, 0.56, 0.05), tone, shade(tone, 0.7))
    block(sprite, view, (0, d - 0.15, h), (w, d, h + rise), tone, 4)
    console = Plane(view, (0, d - 0.15, h + rise), (w, 0, 0), (0, 0, -rise))
    controls(rng, sprite, console, 0.5, body, (0.05, 0.95))
    if opened:
        flap = Plane(view, (0.05, d - 0.13, h + 0.36), (w - 0.1, 0, 0), (0, -0.03, -0.36))
        fill(sprite, flap.patch(0, 0, 1, 1), shade(body, 0.98), shade(body, 0.8))
        if chance(rng, 0.6):
            pane = flap.patch(0.12, 0.12, 0.88, 0.85)
            fill(sprite, pane, mix(tone, (120, 140, 150), 0.5), mix(tone, (60, 70, 80), 0.5))
        line(sprite, [*flap.patch(0, 0, 1, 1), flap.at(0, 0)], shade(body, 0.55), 2)
    else:
        fill(sprite, quad, shade(body, 1.02), shade(body, 0.9))
        line(sprite, [*quad, quad[0]], shade(body, 0.5), 3)
        if chance(rng, 0.65):
            pane = lid.patch(0.13, 0.12, 0.87, 0.8)
            fill(sprite, pane, (52, 60, 68), (100, 110, 118))
            inner = [lid.at(0.2, 0.2), lid.at(0.45, 0.2), lid.at(0.3, 0.7), lid.at(0.17, 0.7)]
            veil(sprite, inner, WHITE, 0.4)
        fill(sprite, lid.patch(0.4, 0.88, 0.6, 0.96), shade(body, 0.6))
    face = Plane(view, (0, 0, h), (w, 0, 0), (0, 0, -h))
    for v in pick(rng, (0.06,), (0.1, 0.9), (0.85,)):
        line(sprite, [face.at(0, v), face.at(1, v)], shade(body, 0.62), 2)
    if chance(rng, 0.4):
        fill(sprite, face.patch(0.06, 0.08, 0.3, 0.13), tone)
    return sprite


def twin_tub(rng):
    """A wide machine with a washing tub and a small spinning tub, side by side."""
    w, d, h = rng.uniform(0.75, 0.95), 0.45, rng.uniform(0.7, 0.85)
    view = View((w, d, h + 0.15), rng.uniform(-0.6, 0.6), rng.uniform(0.35, 0.75))
    sprite = board()
    body = pick(rng, WHITE, (222, 224, 226), machine_color(rng))
    tone = plastic(rng)
    foot = rng.uniform(0.08, 0.2)
    block(sprite, view, (0.01, 0.01, 0), (w - 0.01, d, foot), tone, 4)
    block(sprite, view, (0, 0, foot), (w, d, h), body, 6)
    split = rng.uniform(0.52, 0.62)
    for u0, u1 in ((0.03, split - 0.015), (split + 0.015, 0.97)):
        x0, x1 = u0 * w, u1 * w
        lid = Plane(view, (x0, d - 0.13, h + 0.004), (x1 - x0, 0, 0), (0, -(d - 0.16), 0))
        quad = lid.patch(0, 0, 1, 1)
        if chance(rng, 0.3):
            fill(sprite, quad, (60, 64, 70), (150, 154, 160))
            fill(sprite, lid.round(0.5, 0.55, 0.1), tone, shade(tone, 0.7))
            up = Plane(view, (x0, d - 0.1, h + 0.3), (x1 - x0, 0, 0), (0, 0, -0.3))
            fill(sprite, up.patch(0, 0, 1, 1), mix(tone, WHITE, 0.3), shade(tone, 0.9))
            line(sprite, [*up.patch(0, 0, 1, 1), up.at(0, 0)], shade(tone, 0.6), 2)
        else:
            tint = pick(rng, mix(tone, WHITE, 0.25), (120, 136, 150), tone)
            fill(sprite, quad, shade(tint, 1.1), shade(tint, 0.8))
            line(sprite, [*quad, quad[0]], shade(tint, 0.5), 3)
            inner = lid.patch(0.12, 0.12, 0.88, 0.8)
            line(sprite, [*inner, inner[0]], shade(tint, 1.25), 2)
            fill(sprite, lid.patch(0.35, 0.86, 0.65, 0.95), shade(tint, 0.55))
    rise = rng.uniform(0.07, 0.13)
    block(sprite, view, (0, d - 0.11, h), (w, d, h + rise), tone, 4)
    console = Plane(view, (0, d - 0.11, h + rise), (w, 0, 0), (0, 0, -rise))
    for u in pick(rng, (0.2, 0.45, 0.8), (0.25, 0.5, 0.75), (0.2, 0.8)):
        knob(sprite, *console.at(u, 0.5), 9, pick(rng, WHITE, shade(tone, 0.6), DARK))
    side = w if view.sy > 0 else 0
    hose = [view.at(side, 0.2, 0.3), view.at(side + 0.04, 0.15, 0.15), view.at(side, 0.1, 0.0)]
    tube(sprite, curve(hose, closed=False), (150, 152, 155), 8)
    return sprite


def tub_machine(rng):
    """A round tub: old enamel with legs and a wringer, or a small one of plastic."""
    sprite = board()
    x, old = BOARD // 2, chance(rng, 0.5)
    if old:
        body = pick(rng, WHITE, (196, 214, 206), machine_color(rng))
        frame = pick(rng, DARK, shade(body, 0.6), metal(rng))
        r, top, low, flat = rng.uniform(72, 88), 112, 235, rng.uniform(0.16, 0.3)
        for dx in (-0.25, 0.25, -0.8, 0.8):
            tube(sprite, [(x + r * dx * 0.9, low - 10), (x + r * dx * 1.15, 282)], frame, 11)
        points = [(0, r), (0.1, r * 1.02), (0.8, r * 0.98), (1, r * 0.8)]
    else:
        body = plastic(rng)
        r, top, low, flat = rng.uniform(65, 100), int(rng.integers(50, 120)), 262, 0.28
        base = rng.uniform(0.62, 0.8)
        points = [
            (0, r),
            (base - 0.03, r * 0.9),
            (base + 0.02, r),
            (1, r * rng.uniform(0.92, 1.06)),
        ]
    radii = profile_of(points, low - top)
    end = radii[-1]
    disc(sprite, x, low - 1, end, end * flat, shade(body, 0.75), shade(body, 0.5))
    bands = None
    accent = pick(rng, plastic(rng), plastic(rng), shade(body, 0.8), WHITE)
    if not old:
        bands = np.tile(np.asarray(body, dtype=np.float64), (low - top, 1))
        bands[int(base * (low - top)) :] = accent
    round_body(sprite, x, top, radii, body, 0.25, bands)
    if not old:
        disc(sprite, x, low - 1, end, end * flat * 0.9, shade(accent, 0.7), shade(accent, 0.55))
        round_body(sprite, x, top, radii, body, 0.25, bands)
    disc(sprite, x, top, r * 1.04, r * 1.04 * flat, shade(body, 0.85), shade(body, 1.1))
    if chance(rng, 0.5):
        tint = pick(rng, accent, mix(body, WHITE, 0.5))
        disc(sprite, x, top - 5, r * 0.96, r * 0.96 * flat, shade(tint, 1.1), shade(tint, 0.8))
        disc(sprite, x, top - 10, r * 0.2, r * 0.2 * flat + 3, shade(tint, 0.6))
    else:
        disc(sprite, x, top + 2, r * 0.9, r * 0.9 * flat, (45, 48, 52), (120, 130, 136))
        disc(sprite, x, top + 6, r * 0.72, r * 0.7 * flat, (150, 178, 190), (205, 220, 226))
        disc(sprite, x, top + 4, r * 0.22, r * 0.2 * flat + 3, accent, shade(accent, 0.6))
    if old:
        post = x + r * pick(rng, -0.72, 0.72)
        tube(sprite, [(post, top), (post, 40)], frame, 13)
        sway = x + (post - x) * 0.1
        for y in (44, 62):
            tube(sprite, [(post, y), (sway - (post - x) * 0.7, y)], (222, 218, 205), 16)
        tube(sprite, [(post + 4, 30), (sway - (post - x) * 0.75, 30)], frame, 9)
        tube(sprite, [(post, 53), (post + (post - x) * 0.45, 66)], frame, 6)
        disc(sprite, x, 200, 12, 12, shade(frame, 1.2), shade(frame, 0.6))
    else:
        level = top + (low - top) * (base + 1.03) / 2
        tint = pick(rng, WHITE, shade(accent, 0.6), plastic(rng))
        for dx in pick(rng, (-0.3, 0.3), (0.0,), (-0.45, 0.0, 0.45), (0.4,)):
            knob(sprite, x - r * dx, level, rng.uniform(10, 16), tint)
        if chance(rng, 0.5):
            for side in (-1, 1):
                grip = [(x + side * r, top + 24), (x + side * r * 1.2, top + 28)]
                tube(sprite, [*grip, (x + side * r * 0.97, top + 52)], accent, 10)
        line(sprite, ring(x, top + 26, r * 0.98, 22, 20, 0.3, 2.8), shade(body, 0.75), 3)
        hose = [(x + r, low - 40), (x + r * 1.25, low - 20), (x + r * 1.2, low + 20)]
        tube(sprite, curve(hose, closed=False), (205, 205, 200), 9)
    return sprite


def rust(rng, sprite):
    """Draw stains that run down a worn machine."""
    alpha = sprite.getchannel("A")
    stains = Image.new("L", sprite.size, 0)
    tool = ImageDraw.Draw(stains)
    for _ in range(int(rng.integers(4, 14))):
        x, y = int(rng.integers(40, 260)), int(rng.integers(90, 280))
        long, wide = int(rng.integers(3, 30)), int(rng.integers(1, 5))
        tool.ellipse((x, y, x + 2 * wide, y + long), fill=int(rng.integers(60, 170)))
    sprite.paste((122, 82, 52, 255), (0, 0), stains)
    sprite.putalpha(alpha)


def draw_washing_machine(rng):
    """A machine that washes clothes."""
    kinds = (front_loader,) * 4 + (top_loader,) * 3 + (twin_tub,) * 2 + (tub_machine,) * 2
    kind = pick(rng, *kinds)
    sprite = kind(rng)
    if chance(rng, 0.25):
        rust(rng, sprite)
    return finish(rng, sprite, 0.08, 0.04), words(kind)


# ---------------------------------------------------------------- running shoe


# A left shoe's outline from above, toe up.
SHOE_PRINT = (
    (150, 12),
    (186, 30),
    (200, 76),
    (190, 130),
    (184, 190),
    (188, 240),
    (172, 280),
    (148, 288),
    (124, 280),
    (112, 240),
    (116, 190),
    (108, 130),
    (104, 76),
    (118, 30),
)


# Half width and height of a shoe, by the share of its length from the heel.
SHOE_WIDTH = (
    (0, 0.03, 0.08, 0.2, 0.4, 0.6, 0.8, 0.92, 0.97, 1),
    (0.16, 0.27, 0.33, 0.36, 0.36, 0.45, 0.47, 0.37, 0.27, 0.12),
)
SHOE_HEIGHT = (
    (0, 0.03, 0.08, 0.2, 0.34, 0.42, 0.56, 0.7, 0.85, 0.95, 1),
    (0.6, 0.85, 0.9, 0.7, 0.72, 0.95, 0.78, 0.55, 0.42, 0.32, 0.16),
)


def shoe_colors(rng):
    """Return colors for upper, panels, sole, outsole, laces and lining."""
    upper = plastic(rng)
    panel = pick(rng, plastic(rng), mix(upper, DARK, 0.5), mix(upper, WHITE, 0.6))
    sole = pick(rng, WHITE, WHITE, plastic(rng), mix(panel, WHITE, 0.5), (60, 60, 64))
    out = pick(rng, DARK, panel, plastic(rng), (150, 105, 60))
    lace = pick(rng, WHITE, panel, plastic(rng), DARK)
    lining = pick(rng, DARK, panel, shade(upper, 0.6))
    return upper, panel, sole, out, lace, lining


def side_shoe(rng, colors, form):
    """Return a shoe seen from the side, toe to the right."""
    upper, panel, sole, out, lace, lining = colors
    thick, collar, toe, rock, style, weave_kind = form
    sprite = board()
    base = 215
    deck = base - thick  # where the upper meets the sole
    tongue = [(108, 108 - collar), (124, 72 - collar), (150, 74 - collar), (165, 112)]
    fill(sprite, curve([*tongue, (140, 140)]), shade(panel, 1.1), shade(panel, 0.7))
    far = curve([(30, 92 - collar), (70, 90 - collar), (118, 88 - collar), (110, 112), (60, 122)])
    fill(sprite, far, shade(lining, 0.55), shade(lining, 0.9))
    body = [(24, deck + 6), (15, 140), (21, 104 - collar), (28, 82 - collar), (46, 100 - collar)]
    body += [(72, 117 - collar), (106, 108 - collar), (126, 92 - collar), (168, 118), (214, 148)]
    body += [(250, 155 - toe), (278, 165), (289, 180), (289, deck + 4)]
    outline = [*curve(body, closed=False), (288, deck + 14), (24, deck + 14)]
    fill(sprite, outline, shade(upper, 1.15), shade(upper, 0.72))
    mask = polygon_mask(outline, BOARD)
    texture(sprite, mask, upper, weave_kind)
    dark, light = shade(panel, 0.72), shade(panel, 1.1)
    heel = curve(
        [(10, 100 - collar), (46, 104 - collar), (58, 140), (92, deck + 8), (10, deck + 20)]
    )
    fill(sprite, heel, light, dark, inside=mask)
    tip = curve([(300, 150), (262, 150 - toe), (240, 168), (214, deck + 12), (300, deck + 16)])
    if style != "sock":
        fill(sprite, tip, light, dark, inside=mask)
    stay = [(104, 100 - collar), (128, 88 - collar), (215, 142), (222, 156), (196, 152), (130, 130)]
    fill(sprite, stay, light, shade(panel, 0.85), inside=mask)
    side_figure(rng, sprite, mask, panel, deck, style)
    seam = curve([(58, 122), (96, 140), (150, 150), (205, 164)], closed=False)
    for k in range(0, len(seam) - 1, 2):
        line(sprite, seam[k : k + 2], mix(panel, WHITE, 0.5), 2)
    draw_laces(rng, sprite, lace, collar)
    rim = curve(
        [(28, 94 - collar), (44, 104 - collar), (72, 117 - collar), (106, 108 - collar)], False
    )
    line(sprite, rim, mix(lining, WHITE, 0.2), 6)
    tab = curve([(30, 82 - collar), (22, 100 - collar), (17, 135), (22, deck)], closed=False)
    line(sprite, tab, shade(panel, 1.12), 7)
    draw_sole(rng, sprite, sole, out, base, thick, rock)
    return sprite


def texture(sprite, mask, rgb, kind):
    """Lay mesh, knit lines or nothing over the upper."""
    if kind == "plain":
        return
    layer = Image.new("L", (BOARD, BOARD), 0)
    tool = ImageDraw.Draw(layer)
    if kind == "mesh":
        for y in range(64, 220, 9):
            for x in range(10 + (y % 2) * 5, 295, 10):
                tool.rectangle((x, y, x + 4, y + 3), fill=110)
    else:
        for k in range(-20, 45):
            tool.line((k * 9, 60, k * 9 + 70, 220), fill=95, width=3)
    sprite.paste((*shade(rgb, 0.5), 255), (0, 0), ImageChops.darker(layer, mask))


def side_figure(rng, sprite, mask, panel, deck, style):
    """Draw the decoration on the side of a shoe: bars, chevrons, a zigzag, a block or dots."""
    ink = pick(rng, WHITE, shade(panel, 0.7), plastic(rng))
    if style == "bars":
        for k in range(2):
            x = 112 + 34 * k
            bar = [(x, 130), (x + 20, 130), (x + 42, deck + 8), (x + 22, deck + 8)]
            fill(sprite, bar, ink, shade(ink, 0.8), inside=mask)
    elif style == "chevrons":
        for k in range(4):
            x = 100 + 26 * k
            arrow = [(x, 138), (x + 12, 138), (x + 26, 158), (x + 12, 180), (x, 180), (x + 14, 158)]
            fill(sprite, arrow, ink, shade(ink, 0.8), inside=mask)
    elif style == "zigzag":
        points = [(90 + 18 * k, 172 - 26 * (k % 2)) for k in range(8)]
        line(sprite, points, ink, 8)
    elif style == "block":
        shape = curve([(80, deck + 10), (112, 140), (160, 140), (205, deck + 10)])
        fill(sprite, shape, shade(ink, 1.05), shade(ink, 0.75), inside=mask)
    elif style == "dots":
        for k in range(5):
            disc(sprite, 104 + 21 * k, 152 + 3 * k, 9 - k, 9 - k, ink, shade(ink, 0.8))


def draw_laces(rng, sprite, rgb, collar):
    """Draw the laces over the instep, and a bow."""
    n = int(rng.integers(4, 7))
    for k in range(n):
        share = k / (n - 1)
        x, y = 126 + 78 * share, 92 - collar * (1 - share) + 50 * share
        line(sprite, [(x - 12, y + 15), (x + 9, y - 5)], shade(rgb, 0.55), 9)
        line(sprite, [(x - 12, y + 13), (x + 9, y - 6)], rgb, 6)
    x, y = 128, 88 - collar
    if chance(rng, 0.6):
        for dx, dy in ((-22, 16), (16, 26)):
            loop = curve(
                [(x, y), (x + dx, y + dy * 0.2), (x + dx * 1.2, y + dy), (x + dx * 0.3, y + dy)]
            )
            line(sprite, loop, shade(rgb, 0.6), 6)
            line(sprite, loop, rgb, 4)


def draw_sole(rng, sprite, sole, out, base, thick, rock):
    """Draw midsole and outsole from the side."""
    deck = base - thick
    top = [(16, deck - 8), (60, deck), (130, deck + 4), (210, deck + 4), (265, deck)]
    top += [(288, deck - 5)]
    under = [(296, deck + 5 - rock * 0.2), (286, base - rock), (245, base - rock * 0.2)]
    under += [(190, base), (130, base - 3)]
    under += [(60, base), (24, base - 4), (8, base - thick * 0.5)]
    outline = curve(top + under)
    fill(sprite, outline, shade(sole, 1.08), shade(sole, 0.72))
    mask = polygon_mask(outline, BOARD)
    strip = [(0, base - 9), (235, base - 9), (280, base - 9 - rock), (300, base - 22 - rock)]
    strip += [(300, base + 9), (0, base + 9)]
    fill(sprite, strip, out, shade(out, 0.7), inside=mask)
    kind = pick(rng, "line", "wave", "pods", "none", "lugs")
    if kind == "line":
        points = [(14, base - thick * 0.55), (130, base - thick * 0.45), (290, base - thick * 0.6)]
        line(sprite, curve(points, closed=False), shade(sole, 0.65), 3)
    elif kind == "wave":
        points = [(16 + 16 * k, base - thick * (0.45 + 0.15 * (k % 2))) for k in range(17)]
        line(sprite, curve(points, closed=False, steps=3), pick(rng, out, shade(sole, 0.65)), 4)
    elif kind == "pods":
        for k in range(5):
            disc(sprite, 30 + 20 * k, base - thick * 0.45, 7, thick * 0.2, shade(out, 1.1), out)
    if kind == "lugs" or chance(rng, 0.3):
        for x in range(26, 268, 18):
            drop = rock * max(0.0, (x - 235) / 45)
            y = base - drop
            fill(
                sprite,
                [(x, y - 4), (x + 11, y - 4), (x + 9, y + 6), (x + 2, y + 6)],
                shade(out, 0.75),
            )
    line(sprite, curve(top, closed=False), shade(sole, 0.55), 2)


def shoe_form(rng):
    """Return the proportions of a shoe: sole, collar, toe, rocker, decoration, fabric."""
    style = pick(rng, "bars", "chevrons", "zigzag", "block", "dots", "none", "sock")
    fabric = pick(rng, "mesh", "mesh", "knit", "plain")
    collar = rng.uniform(-26, 4)
    return rng.uniform(22, 42), collar, rng.uniform(-3, 9), rng.uniform(3, 15), style, fabric


def one_side(rng):
    """One shoe from the side."""
    return side_shoe(rng, shoe_colors(rng), shoe_form(rng))


def shoe_surface(share, t, width, height, deck):
    """Return points on a shoe's upper: ``share`` from heel to toe, ``t`` from side to side."""
    half = width * np.interp(share, *SHOE_WIDTH)
    top = height * np.interp(share, *SHOE_HEIGHT)
    angle = math.pi * t
    across = -half * np.cos(angle) * (1 - 0.12 * np.sin(angle))
    return share * 2.8, across, deck + top * np.sin(angle) ** 0.65


def upper_color(u, v, figure, upper, panel, ink):
    """Return the color of a place on a shoe's upper."""
    side = abs(v - 0.5)
    if u < 0.14 or u > 0.88 or (u > 0.8 and side > 0.3):
        return panel
    if 0.4 < u < 0.74 and side < 0.09:
        return mix(panel, WHITE, 0.25)
    if 0.34 < u < 0.76 and side < 0.19:
        return shade(panel, 0.92)
    if figure == "bars" and side > 0.2 and int((u + 0.4 * side) * 14) % 3 == 0:
        return ink
    if figure == "flank" and 0.3 < u < 0.62 and side > 0.34:
        return ink
    return upper


def upper_faces(points, color_at):
    """Return (corners, color) of each face of a shoe's upper; its opening has none."""
    n, m = len(points) - 1, len(points[0]) - 1
    for i in range(n):
        for j in range(m):
            u, v = (i + 0.5) / n, (j + 0.5) / m
            if not (0.03 < u < 0.36 and 0.3 < v < 0.7):
                corners = points[i][j], points[i + 1][j], points[i + 1][j + 1], points[i][j + 1]
                yield corners, color_at(u, v)


def sole_faces(share, width, deck, sole, out):
    """Return (corners, color) of each face of a shoe's sole, whose toe is raised."""
    x = share * 2.8 * 1.02 - 0.03
    half = 1.08 * width * np.interp(share, *SHOE_WIDTH) + 0.02
    raised = 0.25 * np.maximum(0.0, share - 0.78)
    top = deck + 0.05
    for i in range(len(share) - 1):
        for side in (-1, 1):
            a, b = (i, i + 1) if side < 0 else (i + 1, i)
            for low, high, rgb in ((0.0, 0.3, out), (0.3, 1.0, sole)):
                ends = (a, low), (b, low), (b, high), (a, high)
                corners = [
                    (x[k], side * half[k], part * top + raised[k] * (1 - part)) for k, part in ends
                ]
                yield corners, rgb
    for k, side in ((0, 1), (-1, -1)):  # heel and toe
        y, low = side * half[k], raised[k]
        yield ((x[k], y, low), (x[k], -y, low), (x[k], -y, top), (x[k], y, top)), sole


def paint_faces(sprite, view, faces):
    """Paint four-cornered faces in space, the far ones first."""
    corners = np.array([face for face, _ in faces], dtype=np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
    normals /= np.sqrt((normals**2).sum(axis=1, keepdims=True)) + 1e-9
    seen = view.turned(*normals.T)[1] < 0.05
    light = 0.66 + 0.54 * np.clip((normals * LIGHT).sum(axis=1), 0, 1)
    far = view.turned(*corners.mean(axis=1).T)[1]
    flat = np.rint(np.stack(view.at(*corners.transpose(2, 0, 1)), axis=-1)).astype(int)
    flat = flat.reshape(len(faces), 8).tolist()
    tool = ImageDraw.Draw(sprite)
    for k in np.argsort(-far, kind="stable").tolist():
        if seen[k]:
            rgb = (*shade(faces[k][1], float(light[k])), 255)
            tool.polygon(flat[k], fill=rgb, outline=rgb)


def three_quarter(rng):
    """One shoe seen from the front or the back corner, a little from above."""
    upper, panel, sole, out, lace, lining = shoe_colors(rng)
    deck, width, height = rng.uniform(0.2, 0.36), rng.uniform(0.95, 1.15), rng.uniform(0.8, 1.05)
    yaw = pick(rng, rng.uniform(-1.1, -0.35), rng.uniform(0.35, 1.1))
    view = View((2.8, 1.0, 1.2), yaw, rng.uniform(0.35, 0.85))
    view.center = (1.4, 0.0, 0.5)
    sprite = board()
    ink, figure = pick(rng, WHITE, plastic(rng), panel), pick(rng, "bars", "dots", "none", "flank")
    surface = partial(shoe_surface, width=width, height=height, deck=deck)

    rim = np.linspace(0.03, 0.37, 10)
    sides = surface(rim, 0.3), surface(rim[::-1], 0.7)
    hole = [view.at(*point) for side in sides for point in zip(*side, strict=True)]
    fill(sprite, hole, shade(lining, 0.7), shade(lining, 0.35))

    share = np.linspace(0, 1, 25)
    points = np.stack(surface(*np.meshgrid(share, np.linspace(0, 1, 17), indexing="ij")), axis=-1)
    points = points.tolist()
    color_at = partial(upper_color, figure=figure, upper=upper, panel=panel, ink=ink)
    faces = [*upper_faces(points, color_at), *sole_faces(share, width, deck, sole, out)]
    paint_faces(sprite, view, faces)
    if view.sees((-1, 0, 0)):
        heel = [view.at(*point) for point in points[0]]
        fill(sprite, heel, shade(panel, brightness((-1, 0, 0))), shade(panel, 0.7))
    if view.sees((1, 0, 0)):
        toe = [view.at(*point) for point in points[-1]]
        fill(sprite, toe, shade(panel, 0.8), shade(panel, 0.68))
    line(sprite, hole[:10], mix(lining, WHITE, 0.3), 5)
    line(sprite, hole[10:], mix(lining, WHITE, 0.2), 5)

    def spot(u, v):
        """Return the place on the board of a place on the upper."""
        return view.at(*map(float, surface(u, v, deck=deck + 0.02)))

    for u in (0.44 + 0.06 * k for k in range(5)):
        for v0, v1 in ((0.36, 0.64), (0.64, 0.36)):
            strap = [spot(u, v0), spot(u + 0.02, 0.5), spot(u + 0.045, v1)]
            line(sprite, strap, shade(lace, 0.55), 6)
            line(sprite, [(a, b - 1) for a, b in strap], lace, 4)
    if figure == "dots":
        v = 0.14 if view.turned(0, -1, 0)[1] < 0 else 0.86
        for k in range(4):
            disc(sprite, *spot(0.36 + 0.08 * k, v), 6, 6, ink)
    return sprite


def pair_side(rng):
    """Two shoes, one behind the other."""
    colors, form = shoe_colors(rng), shoe_form(rng)
    front = side_shoe(rng, colors, form)
    back = front
    if chance(rng, 0.5):
        back = back.transpose(Image.FLIP_LEFT_RIGHT)
    back = back.rotate(rng.uniform(-14, 14))
    sprite = board()
    dx, dy = int(rng.integers(-30, 31)), int(rng.integers(45, 85))
    small = back.resize((250, 250), Image.BILINEAR)
    dark = ImageChops.multiply(small, Image.new("RGBA", small.size, (205, 205, 210, 255)))
    sprite.paste(dark, (25 + dx, 28 - dy // 2), dark)
    front = front.resize((270, 270), Image.BILINEAR)
    sprite.paste(front, (15 - dx // 2, dy // 2), front)
    return sprite


def shoe_from_above(rng, colors, form):
    """Return one shoe seen from above, toe up."""
    upper, panel, sole, out, lace, lining = colors
    sprite = board()
    outline = curve(SHOE_PRINT)
    fill(sprite, outline, shade(sole, 1.05), shade(sole, 0.75))
    line(sprite, [*outline, outline[0]], shade(out, 0.8), 3)
    top = curve([(150 + (a - 150) * 0.86, 150 + (b - 150) * 0.955) for a, b in SHOE_PRINT])
    fill(sprite, top, shade(upper, 1.15), shade(upper, 0.7), True)
    mask = polygon_mask(top, BOARD)
    texture(sprite, mask, upper, form[5])
    tip = curve([(90, 60), (150, 44), (210, 60), (200, 0), (100, 0)])
    fill(sprite, tip, shade(panel, 1.1), shade(panel, 0.9), inside=mask)
    for side in (-1, 1):
        flank = curve([(150 + side * 60, 120), (150 + side * 28, 108), (150 + side * 26, 180)])
        fill(sprite, flank, shade(panel, 1.05 if side < 0 else 0.75), inside=mask)
    fill(
        sprite,
        [(80, 250), (220, 250), (220, 300), (80, 300)],
        panel,
        shade(panel, 0.7),
        inside=mask,
    )
    hole = curve(
        [(150, 168), (178, 186), (180, 230), (168, 264), (148, 270), (130, 264), (120, 230)]
    )
    fill(sprite, hole, shade(lining, 0.35), shade(lining, 0.8))
    inside = curve([(150, 190), (168, 205), (168, 240), (150, 258), (134, 240), (132, 205)])
    fill(sprite, inside, shade(out, 0.5), shade(mix(out, WHITE, 0.4), 0.8))
    line(sprite, [*hole, hole[0]], mix(upper, WHITE, 0.25), 5)
    tongue = curve([(130, 98), (150, 92), (170, 98), (174, 180), (150, 196), (128, 180)])
    fill(sprite, tongue, shade(panel, 1.15), shade(panel, 0.8))
    n = int(rng.integers(4, 7))
    for k in range(n):
        y = 104 + 68 * k / (n - 1)
        zig = 8 if k % 2 else -8
        line(sprite, [(124, y + 2 + zig), (176, y + 2 - zig)], shade(lace, 0.5), 8)
        line(sprite, [(124, y + zig), (176, y - zig)], lace, 6)
    for dx, dy in ((-30, 10), (30, 8)):
        loop = curve([(150, 172), (150 + dx, 172 - dy), (150 + dx * 1.1, 172 + dy), (150, 176)])
        line(sprite, loop, shade(lace, 0.6), 6)
        line(sprite, loop, lace, 4)
    return sprite


def shoe_from_below(rng, colors):
    """Return one shoe lying on its back: tread in blocks or chevrons, colored zones."""
    _, panel, sole, out, _, _ = colors
    sprite = board()
    outline = curve(SHOE_PRINT)
    fill(sprite, outline, shade(sole, 1.05), shade(sole, 0.75))
    inner = curve([(150 + (a - 150) * 0.9, 150 + (b - 150) * 0.97) for a, b in SHOE_PRINT])
    fill(sprite, inner, shade(out, 1.05), shade(out, 0.8))
    mask = polygon_mask(inner, BOARD)
    arch = curve([(100, 150), (150, 138), (200, 150), (192, 205), (150, 218), (108, 205)])
    fill(sprite, arch, shade(panel, 1.05), shade(panel, 0.8), inside=mask)
    dark = shade(out, 0.5) if sum(out) > 200 else mix(out, WHITE, 0.35)
    chevron = chance(rng, 0.5)
    for y in [*range(22, 142, 15), *range(218, 286, 15)]:
        if chevron:
            band = [
                (90, y + 14),
                (150, y),
                (210, y + 14),
                (210, y + 20),
                (150, y + 6),
                (90, y + 20),
            ]
            fill(sprite, band, dark, inside=mask)
        else:
            for x in range(92, 205, 20):
                block_points = [(x, y), (x + 14, y + 2), (x + 14, y + 10), (x, y + 8)]
                fill(sprite, block_points, dark, inside=mask)
    line(sprite, [(150, 20), (150, 280)], shade(out, 0.6), 3)
    return sprite


def above(rng):
    """One or two shoes from above."""
    colors, form = shoe_colors(rng), shoe_form(rng)
    one = shoe_from_above(rng, colors, form)
    if chance(rng, 0.3):
        return one
    sprite = board()
    width = int(rng.integers(225, 265))
    one = one.resize((width, 285))
    other = one.transpose(Image.FLIP_LEFT_RIGHT)
    if chance(rng, 0.35):
        other = shoe_from_below(rng, colors).resize((width, 285))
    for side in (-1, 1):
        shoe = one if side < 0 else other
        shoe = shoe.rotate(rng.uniform(-9, 9))
        x = BOARD // 2 - width // 2 + side * 55
        sprite.paste(shoe, (x, 8 + int(rng.integers(-8, 9))), shoe)
    return sprite


def draw_running_shoe(rng):
    """A running shoe, or a pair."""
    kind = pick(rng, one_side, one_side, three_quarter, three_quarter, pair_side, above)
    turn = rng.uniform(-180, 180) if kind is above else rng.uniform(-14, 14)
    sprite = finish(rng, kind(rng), 0.12, 0.08, turn)
    if chance(rng, 0.5):
        sprite = sprite.transpose(Image.FLIP_LEFT_RIGHT)
    return sprite, words(kind)


OBJECTS = {
    "day bed": dict(draw=draw_day_bed, places=("floor", "outdoors"), scale=(0.65, 0.95)),
    "table lamp": dict(draw=draw_table_lamp, places=("table", "floor"), scale=(0.5, 0.9)),
    "toilet seat": dict(draw=draw_toilet_seat, places=("floor", "outdoors"), scale=(0.55, 0.95)),
    "washing machine": dict(
        draw=draw_washing_machine, places=("floor", "outdoors"), scale=(0.6, 0.95)
    ),
    "running shoe": dict(
        draw=draw_running_shoe, places=("floor", "table", "outdoors"), scale=(0.5, 0.95)
    ),
}
