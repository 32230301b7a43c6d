"""Figures of pictures as numbers, and of what convolution and pooling do to them."""

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from fig.card import (
    BLUE,
    GREEN,
    INK,
    LINE,
    MUTED,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    VERMILION,
    WHITE,
    WORDS,
    YELLOW,
    Card,
    Pixels,
    figure,
    ink_on,
    listed,
    number,
    tint,
)
from helpers.data import CLASS_NAMES, DATA_FOLDER
from helpers.plots import apply_kernel

SCENE = ["SSSSY", "SVSSS", "VVVSS", "GWGGG"]
COLORS = {"S": SKY, "Y": YELLOW, "V": VERMILION, "G": GREEN, "W": WHITE}

# A dark area (small numbers) above a light one (large numbers).
EDGE_PICTURE = np.array(
    [
        [1, 0, 1, 2, 1, 0],
        [0, 1, 1, 0, 2, 1],
        [1, 2, 0, 1, 1, 2],
        [8, 9, 8, 7, 9, 8],
        [9, 8, 9, 9, 8, 7],
        [8, 9, 7, 8, 9, 9],
    ]
)
EDGE_KERNEL = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])


def gray_color(value: float, lightest: float) -> str:
    """Return a gray between dark (0) and white (lightest)."""
    share = 0.25 + 0.75 * value / lightest
    return to_hex((share, share, share))


@figure
def image_array():
    """A tiny picture as numbers, its three channels, and a batch of pictures with four axes."""
    card = Card(496)
    fills = [[COLORS[letter] for letter in row] for row in SCENE]
    values = np.array([[[round(255 * c) for c in to_rgb(f)] for f in row] for row in fills])
    height, width, _ = values.shape

    card.text(84, 36, "a picture", 15, bold=True)
    card.grid(24, 76, fills, 24)
    card.text(84, 200, f"{height} pixels high,\n{width} pixels wide", 14, MUTED)
    card.text(164, 124, "=", 24)
    names = [("red", VERMILION), ("green", GREEN), ("blue", BLUE)]
    for channel, (name, color) in enumerate(names):
        left = 184 + 172 * channel
        shades = [[tint(color, 0.08 + 0.42 * v / 255) for v in r] for r in values[:, :, channel]]
        card.text(left + 80, 36, f"channel {channel}: {name}", 15, bold=True)
        card.grid(left, 60, shades, 32, values[:, :, channel], 13)
        card.rect(left + 32, 60 + 64, 32, 32, None, INK, 3)
    card.rect(24 + 24, 76 + 48, 24, 24, None, INK, 3)
    red, green, blue = values[2, 1]
    words = f"picture[2, 1] is the outlined pixel:\nred {red}, green {green}, blue {blue}"
    card.text(436, 218, words, 14)

    card.line([(24, 252), (696, 252)], LINE, 1)
    card.text(132, 282, "one picture", 15, bold=True)
    card.grid(82, 324, fills, 20)
    card.text(132, 440, f"shape {values.shape}", 16, bold=True)
    card.text(132, 466, "height, width, channels", 14, MUTED)
    card.arrow([(228, 364), (322, 364)], MUTED, 2.4, 11)
    card.text(275, 344, "stack", 14, MUTED)

    count = 6
    batch = (count, *values.shape)
    card.text(487, 282, f"a batch of {count} pictures", 15, bold=True)
    for back in range(count - 1, -1, -1):
        shift = 26 * back
        turned = [row[-back:] + row[:-back] if back else row for row in fills]
        card.rect(369 + shift, 331 - 5 * back, 106, 86, WHITE, MUTED, 1.2)
        card.grid(372 + shift, 334 - 5 * back, turned, 20)
    card.text(487, 440, f"shape {batch}", 16, bold=True)
    card.text(487, 466, "pictures, height, width, channels", 14, MUTED)
    return card, (
        f"A picture {height} pixels high and {width} wide is an array of {WORDS[len(names)]} grids "
        f"of numbers, for {listed(name for name, _ in names)}: shape {values.shape}. "
        f"{WORDS[count].capitalize()} such pictures stacked make a batch of shape {batch}: "
        "pictures, height, width, channels."
    )


@figure
def convolution():
    """One window, the kernel, and the one number they give, computed product by product."""
    card = Card(468)
    output = apply_kernel(EDGE_PICTURE, EDGE_KERNEL)
    row, column = 1, 2
    window = EDGE_PICTURE[row : row + 3, column : column + 3]
    cell = 40

    fills = [[gray_color(v, 9) for v in r] for r in EDGE_PICTURE]
    card.text(144, 36, "picture: dark above light", 15, bold=True)
    card.grid(24, 60, fills, cell, EDGE_PICTURE, 16)
    card.rect(24 + column * cell, 60 + row * cell, 3 * cell, 3 * cell, None, RED, 4.5)

    card.text(366, 96, "kernel", 15, bold=True)
    card.grid(306, 120, np.full((3, 3), tint(ORANGE, 0.3)), cell, EDGE_KERNEL, 16)
    card.arrow([(270, 180), (294, 180)], MUTED, 2.4, 11)
    card.arrow([(432, 180), (464, 180)], MUTED, 2.4, 11)
    card.text(366, 266, "the same kernel\nat every place", 14, MUTED)

    card.text(560, 66, "output", 15, bold=True)
    strength = np.abs(output) / np.abs(output).max()
    fills = [[tint(BLUE, 0.75 * s) for s in r] for r in strength]
    card.grid(472, 90, fills, 44, output, 16)
    card.rect(472 + column * 44, 90 + row * 44, 44, 44, None, RED, 4.5)
    card.text(560, 290, "large where dark meets light", 14, MUTED)

    card.line([(24, 318), (696, 318)], LINE, 1)
    card.text(24, 344, "The red window, number by number:", 15, align="left", bold=True)
    for line in range(3):
        factors = zip(EDGE_KERNEL[line], window[line], strict=True)
        products = [f"{number(k)}·{w}" for k, w in factors]
        words = " + ".join(f"({p})" if p.startswith("−") else p for p in products)
        total = int((EDGE_KERNEL[line] * window[line]).sum())
        y = 376 + 26 * line
        card.text(60, y, words, 16, align="left")
        card.text(300, y, "=", 16)
        card.text(350, y, number(total), 16, align="right")
    sums = [int(s) for s in (EDGE_KERNEL * window).sum(axis=1)]
    written = " + ".join(f"({number(s)})" if s < 0 else f"{s}" for s in sums)
    card.line([(372, 366), (382, 366), (382, 438), (372, 438)], MUTED, 1.6)
    card.text(404, 402, f"{written}  =", 16, align="left")
    fill = tint(BLUE, 0.75 * strength[row, column])
    card.rect(552, 380, 44, 44, fill, RED, 4.5)
    card.text(574, 402, f"{output[row, column]}", 17, ink_on(fill), bold=True)
    high, wide = EDGE_KERNEL.shape
    return card, (
        "Number grid of a picture that is dark above and light below, with a red "
        f"{high}×{wide} window, the kernel, and the output grid with the one red cell that they "
        f"give: the {WORDS[EDGE_KERNEL.size]} products sum to {output[row, column]}. "
        "The output is large only where dark meets light."
    )


@figure
def padding():
    """What the kernel does at the border: `valid` and `same`."""
    card = Card(404)
    picture = np.array(
        [[3, 1, 2, 0, 4], [1, 5, 2, 3, 1], [0, 2, 6, 1, 2], [4, 1, 3, 2, 0], [2, 0, 1, 5, 3]]
    )
    side, window = len(picture), 3
    smaller = side - window + 1
    inside = tint(SKY, 0.35)
    result = tint(GREEN, 0.3)

    card.text(180, 36, 'padding="valid"', 17, bold=True)
    card.text(180, 62, "the kernel stays inside", 14, MUTED)
    card.grid(40, 124, np.full((side, side), inside), 30, picture)
    card.rect(40, 124, window * 30, window * 30, None, RED, 4)
    card.arrow([(200, 199), (236, 199)], MUTED, 2.4, 11)
    card.grid(246, 154, np.full((smaller, smaller), result), 30)
    card.rect(246, 154, 30, 30, None, RED, 4)
    card.text(115, 324, f"{side} × {side}", 16, bold=True)
    card.text(291, 324, f"{smaller} × {smaller}", 16, bold=True)
    card.text(180, 366, f"smaller by {side - smaller} in height and width", 14)

    card.line([(352, 28), (352, 376)], LINE, 1)

    card.text(532, 36, 'padding="same"', 17, bold=True)
    card.text(532, 62, "a border of zeros is added", 14, MUTED)
    padded = np.pad(picture, 1)
    fills = np.full(padded.shape, WHITE)
    fills[1:-1, 1:-1] = inside
    card.grid(372, 109, fills, 26, padded, 13)
    card.rect(372 + 26, 109 + 26, side * 26, side * 26, None, INK, 2)
    card.rect(372, 109, window * 26, window * 26, None, RED, 4)
    card.arrow([(560, 200), (578, 200)], MUTED, 2.4, 11)
    card.grid(582, 144, np.full((side, side), result), 22)
    card.rect(582, 144, 22, 22, None, RED, 4)
    card.text(463, 324, f"{side} × {side} and zeros", 16, bold=True)
    card.text(637, 324, f"{side} × {side}", 16, bold=True)
    card.text(532, 366, "as large as before", 14)
    return card, (
        f"Left, valid padding: a {window}×{window} window stays inside a {side}×{side} picture and "
        f"gives a {smaller}×{smaller} output. Right, same padding: with a border of zeros around "
        f"the picture the output is {side}×{side}, as large as before."
    )


def sheets(card, x, y, side, colors, shift, window, step):
    """Draw sheets of squares behind each other."""
    for back in range(len(colors) - 1, -1, -1):
        left, up = x + shift * back, y - shift * back
        card.rect(left, up, side, side, tint(colors[back], 0.38), INK, 1.2)
        cells = side / step
        inner = [((left + cells * i, up), (left + cells * i, up + side)) for i in range(1, step)]
        inner += [((left, up + cells * i), (left + side, up + cells * i)) for i in range(1, step)]
        card.lines(inner, tint(INK, 0.35), 0.8)
        if window:
            row, column, size = window
            card.rect(
                left + column * cells, up + row * cells, size * cells, size * cells, None, RED, 3
            )


@figure
def channels():
    """Channel, filter and feature map: one filter is as deep as the picture; several filters give
    several maps.
    """
    card = Card(540)
    rgb = [VERMILION, GREEN, BLUE]
    many = [ORANGE, PURPLE, SKY, YELLOW]
    letters = "ABCD"
    depth, side, size = len(rgb), 7, 3
    smaller = side - size + 1

    words = "One filter reads all channels and gives one feature map"
    card.text(24, 36, words, 15, align="left", bold=True)
    sheets(card, 50, 110, 112, rgb, 20, (1, 1, size), side)
    card.text(126, 246, f"picture\n{side} × {side} × {depth}", 14)
    card.arrow([(212, 170), (250, 170)], MUTED, 2.4, 11)
    sheets(card, 268, 146, 54, rgb, 20, (0, 0, size), size)
    card.text(315, 246, f"one filter\n{size} × {size} × {depth}", 14)
    card.text(
        464, 122, f"{size * size * depth} products,\ntheir sum, a bias:\none number", 14, MUTED
    )
    card.arrow([(392, 170), (536, 170)], MUTED, 2.4, 11)
    sheets(card, 566, 120, 86, [ORANGE], 0, (1, 1, 1), smaller)
    card.text(609, 246, f"one feature map\n{smaller} × {smaller}", 14)

    card.line([(24, 282), (696, 282)], LINE, 1)
    card.text(24, 310, "Several filters give as many feature maps", 15, align="left", bold=True)
    sheets(card, 50, 384, 84, rgb, 16, None, side)
    card.text(126, 504, f"picture\n{side} × {side} × {depth}", 14)
    card.arrow([(196, 416), (240, 416)], MUTED, 2.4, 11)
    for index, color in enumerate(many):
        left, up = 262 + 76 * (index % 2), 356 + 70 * (index // 2)
        for back in (2, 1, 0):
            card.rect(left + 7 * back, up - 7 * back, 42, 42, tint(color, 0.45), INK, 1.2)
        card.text(left + 21, up + 21, letters[index], 15, bold=True)
    card.text(315, 504, f"{len(many)} filters\n{size} × {size} × {depth} each", 14)
    card.arrow([(404, 416), (536, 416)], MUTED, 2.4, 11)
    for back in range(len(many) - 1, -1, -1):
        left, up = 552 + 22 * back, 402 - 22 * back
        card.rect(left, up, 70, 70, tint(many[back], 0.45), INK, 1.2)
        card.text(left + 12, up + 11, letters[back], 14, bold=True)
    card.text(609, 504, f"{len(many)} feature maps\n{smaller} × {smaller} × {len(many)}", 14)
    count, named = WORDS[len(many)], f"{letters[0]} to {letters[len(many) - 1]}"
    return card, (
        f"Above: one filter of {size}×{size}×{depth} numbers reads a window through all "
        f"{WORDS[depth]} channels of a picture and gives one number of one feature map. "
        f"Below: {count} filters, {named}, give {count} feature maps, {named}."
    )


def hatch(card, x, y, side, block, color):
    """Fill a square with the pattern of its block: stripes in one of four directions."""
    steps = np.arange(6, side, 12)
    lines = {
        (0, 0): [((x, y + s), (x + s, y)) for s in steps]
        + [((x + s, y + side), (x + side, y + s)) for s in steps],
        (0, 1): [((x, y + s), (x + side, y + s)) for s in steps],
        (1, 0): [((x + s, y), (x + s, y + side)) for s in steps],
        (1, 1): [((x + s, y), (x + side, y + side - s)) for s in steps]
        + [((x, y + s), (x + side - s, y + side)) for s in steps],
    }
    card.lines(lines[block], tint(color, 0.5), 1.2)


@figure
def max_pooling():
    """2 × 2 max pooling on a 4 × 4 grid."""
    card = Card(336)
    numbers = np.array([[1, 3, 2, 0], [5, 2, 1, 4], [0, 2, 8, 6], [1, 1, 3, 7]])
    maxima = numbers.reshape(2, 2, 2, 2).max(axis=(1, 3))
    colors = np.array([[ORANGE, SKY], [GREEN, PURPLE]])
    x, y, cell = 92, 64, 58

    card.text(x + 2 * cell, 36, "feature map, 4 × 4", 15, bold=True)
    for (row, column), value in np.ndenumerate(numbers):
        left, up = x + column * cell, y + row * cell
        block = row // 2, column // 2
        card.rect(left, up, cell, cell, tint(colors[block], 0.3), LINE, 1)
        hatch(card, left, up, cell, block, colors[block])
        largest = value == maxima[block]
        if largest:
            card.circle(left + cell / 2, up + cell / 2, 20, WHITE, INK, 2)
        card.text(left + cell / 2, up + cell / 2, f"{value}", 18, bold=bool(largest))
    for row in range(2):
        for column in range(2):
            card.rect(x + 116 * column, y + 116 * row, 116, 116, None, INK, 2.6)

    card.arrow([(352, 180), (448, 180)], MUTED, 2.6, 12)
    card.text(400, 138, "the largest\nof each block", 14, MUTED)
    left, up, cell = 474, 108, 72
    card.text(left + cell, 80, "after 2 × 2 pooling", 15, bold=True)
    for (row, column), value in np.ndenumerate(maxima):
        color, a, b = colors[row, column], left + column * cell, up + row * cell
        card.rect(a, b, cell, cell, tint(color, 0.3), None)
        hatch(card, a, b, cell, (row, column), color)
        card.rect(a, b, cell, cell, None, INK, 2.6)
        card.circle(a + cell / 2, b + cell / 2, 20, WHITE, INK, 2)
        card.text(a + cell / 2, b + cell / 2, f"{value}", 20, bold=True)
    card.text(left + cell, up + 2 * cell + 26, "2 × 2", 14, MUTED)
    return card, (
        f"{'×'.join(map(str, numbers.shape))} grid in {WORDS[maxima.size]} colored and hatched "
        "blocks with the largest number of each block circled, and the "
        f"{'×'.join(map(str, maxima.shape))} grid of these maxima: {listed(maxima.flat)}."
    )


@figure
def receptive_field():
    """How convolution and pooling widen what a number sees."""
    card = Card(348)
    size, factor = 3, 2
    conv, pool = f"conv {size}", f"pool {factor}"
    stacks = [[conv], [conv, conv], [conv, pool, conv]]
    places = [3, 2, 0]
    colors = {"picture": SKY, conv: ORANGE, pool: GREEN}
    cell, bottom, step = 15, 250, 58
    pixels = []
    for index, (stack, place) in enumerate(zip(stacks, places, strict=True)):
        left = 24 + 230 * index
        # Each row of cells: name, width of a cell in pixels, left end, number of cells.
        rows = [("picture", 1, 0.0, 10)]
        for kind in stack:
            _, wide, start, count = rows[-1]
            if kind == conv:
                rows.append((kind, wide, start + wide * (size - 1) / 2, count - size + 1))
            else:
                rows.append((kind, factor * wide, start, count // factor))
        # From the last layer down: which cells of the row below does a range of cells read?
        seen = [(place, place + 1)]
        for kind in reversed(stack):
            first, last = seen[0]
            below = (first, last + size - 1) if kind == conv else (factor * first, factor * last)
            seen.insert(0, below)

        def span(row, ends, left=left, rows=rows):
            _, wide, start, _ = rows[row]
            return [left + 62 + cell * (start + wide * end) for end in ends]

        for row in range(len(stack)):
            low, high = bottom - step * row, bottom - step * (row + 1) + 22
            (a, b), (c, d) = span(row, seen[row]), span(row + 1, seen[row + 1])
            card.polygon([(a, low), (b, low), (d, high), (c, high)], tint(ORANGE, 0.16))
        for row, (kind, _, _, count) in enumerate(rows):
            y = bottom - step * row
            card.text(left + 54, y + 11, kind, 14, align="right")
            for place in range(count):
                a, b = span(row, (place, place + 1))
                used = seen[row][0] <= place < seen[row][1]
                card.rect(a, y, b - a, 22, colors[kind] if used else WHITE, INK if used else LINE)
        pixels.append(seen[0][1] - seen[0][0])
        a, b = span(0, seen[0])
        y = bottom + 32
        card.lines([((a, y - 5), (a, y + 5)), ((b, y - 5), (b, y + 5)), ((a, y), (b, y))], INK, 1.8)
        card.text((a + b) / 2, y + 20, f"{pixels[-1]} pixels", 15, bold=True)
        if index:
            card.line([(left - 6, 56), (left - 6, 322)], tint(LINE, 0.6), 1)
    words = "How many pixels of a row does one number of the last layer see?"
    card.text(360, 32, words, 15, bold=True)
    one, two, pooled = pixels
    return card, (
        f"How many pixels of a row one number of the last layer depends on: {one} after one "
        f"convolution of size {size}, {two} after two, and {pooled} after a convolution, a pooling "
        f"of size {factor} and another convolution."
    )


@figure
def sketch_street():
    """One shipped picture of each category."""
    chosen = (8, 7, 3, 8, 1, 3, 3, 3, 1, 4)  # of the pictures of each category, counted from 0
    folder = DATA_FOLDER / "sketch-street-10"
    images, labels = np.load(folder / "train_images.npy"), np.load(folder / "train_labels.npy")
    pictures = [images[labels == label][index] for label, index in enumerate(chosen)]
    rows = [slice(0, 5), slice(5, 10)]
    sheet = np.concatenate([np.concatenate(pictures[row], axis=1) for row in rows])
    return Pixels(sheet), (
        f"{WORDS[len(pictures)].capitalize()} small drawn pictures in {WORDS[len(rows)]} rows: "
        f"{'; '.join(', '.join(CLASS_NAMES[row]) for row in rows)}."
    )
