"""Figures of neurons, layers and networks."""

import numpy as np

from fig.card import (
    BLUE,
    GREEN,
    INK,
    LINE,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    SKY,
    VERMILION,
    WHITE,
    WORDS,
    YELLOW,
    Card,
    figure,
    listed,
    number,
    tint,
)
from helpers.backstage.arithmetic import count_layers


def column(x, y, count, step):
    """Return the places of some circles below each other, around the height y."""
    return [(x, y + step * (i - (count - 1) / 2)) for i in range(count)]


def wires(left, right, radius):
    """Return the lines from the edge of every circle on the left to every one on the right."""
    return [((a + radius, b), (c - radius, d)) for a, b in left for c, d in right]


def lamp(card, x, y, parts, thick=2.2):
    """Draw a table lamp, or some of its parts, in a square of 80 pixels."""
    shapes = {
        "shade": [(22, 38), (30, 10), (50, 10), (58, 38)],
        "stem": [(38, 38), (42, 38), (42, 66), (38, 66)],
        "base": [(26, 66), (54, 66), (58, 73), (22, 73)],
    }
    fills = {"shade": ORANGE, "stem": MUTED, "base": MUTED}
    for name in parts:
        points = [(x + a, y + b) for a, b in shapes[name]]
        card.polygon(points, fills[name], INK, thick)


@figure
def layers():
    """What “deep” means: layers that each work on what the one before found. An idea, not a
    recording of a network.
    """
    card = Card(330)
    card.text(360, 36, "Each layer works on what the layer before it found", 15, bold=True)
    names = ["picture", "layer 1", "layer 2", "layer 3", "output"]
    finds = ["pixels", "edges", "parts", "an object", "a class"]
    colors = [LINE, SKY, ORANGE, GREEN, PURPLE]
    lefts = [26 + 139 * i for i in range(5)]
    for left, name, find, color in zip(lefts, names, finds, colors, strict=True):
        card.text(left + 56, 78, name, 15, bold=True)
        card.rect(left, 98, 112, 150, tint(color, 0.22), color, 2, radius=10)
        card.text(left + 56, 270, find, 15)
    for left in lefts[1:]:
        card.arrow([(left - 25, 173), (left - 3, 173)], INK, 2.4, 11)

    x, y = lefts[0] + 10, 128
    card.rect(x, y, 92, 92, tint(SKY, 0.5), INK, 1.4)
    card.rect(x, y + 68, 92, 24, tint(ORANGE, 0.45), INK, 1.4)
    card.rect(x + 8, y + 10, 20, 26, WHITE, INK, 1.4)
    lamp(card, x + 14, y + 4, ["stem", "base", "shade"], 1.6)

    x, y = lefts[1], 98
    strokes = [
        ((0, -1), (0, 1)),
        ((-1, 0), (1, 0)),
        ((-0.7, 0.7), (0.7, -0.7)),
        ((-0.7, -0.7), (0.7, 0.7)),
    ]
    for (a, b), centre in zip(strokes, [(34, 44), (78, 44), (34, 106), (78, 106)], strict=True):
        cx, cy = x + centre[0], y + centre[1]
        card.rect(cx - 19, cy - 19, 38, 38, WHITE, LINE, 1)
        card.line([(cx + 14 * a[0], cy + 14 * a[1]), (cx + 14 * b[0], cy + 14 * b[1])], INK, 4)

    x = lefts[2] + 16
    for part, shift in [("shade", 111), ("stem", 123), ("base", 149)]:
        lamp(card, x, shift - 3, [part])
    lamp(card, lefts[3] + 16, 132, ["stem", "base", "shade"])

    x = lefts[4]
    shares = {"lamp": 0.8, "plate": 0.13, "sign": 0.07}
    for row, (name, share) in enumerate(shares.items()):
        y = 122 + 42 * row
        card.text(x + 12, y, name, 14, align="left", bold=row == 0)
        card.rect(x + 12, y + 12, 88, 10, WHITE, LINE, 1)
        card.rect(x + 12, y + 12, 88 * share, 10, PURPLE, INK, 1)
    card.text(360, 302, "“deep” means many layers, one after another", 14, MUTED)
    best, *others = shares
    return card, (
        f"{WORDS[len(names)].capitalize()} panels in a row, with arrows from each to the next: a "
        f"{names[0]} of a table lamp, {names[1]} with edges, {names[2]} with the lamp's parts, "
        f"{names[3]} with the whole lamp, and the {names[4]} with a long bar at the class {best} "
        f"and short bars at {listed(others)}."
    )


@figure
def neuron():
    """Inputs, weights, sum, bias, activation and output, with numbers that add up."""
    card = Card(378)
    inputs = np.array([2.0, 1.0, 3.0])
    weights = np.array([0.5, -1.0, 0.4])
    bias = 0.3
    total = float(inputs @ weights + bias)
    output = max(0.0, total)

    def short(value):
        return number(value, ".1f")

    for x, name in [
        (64, "inputs"),
        (176, "weights"),
        (340, "sum, with bias"),
        (512, "activation"),
        (650, "output"),
    ]:
        card.text(x, 36, name, 15, bold=True)
    middle = 168
    places = column(64, middle, 3, 82)
    for (x, y), value, weight in zip(places, inputs, weights, strict=True):
        start, end = np.array((x + 24, y)), np.array((340 - 44, middle + 0.26 * (y - middle)))
        card.arrow([start, end], MUTED, 2.2, 10)
        card.circle(x, y, 24, tint(SKY, 0.4), INK)
        card.text(x, y, number(value), 16, bold=True)
        cx, cy = start + (176 - start[0]) / (end[0] - start[0]) * (end - start)
        card.rect(cx - 34, cy - 14, 68, 28, WHITE, ORANGE, 2, radius=8)
        card.text(cx, cy, f"× {short(weight)}", 15)
    card.arrow([(340, 272), (340, middle + 44)], MUTED, 2.2, 10)
    card.rect(340 - 38, 258, 76, 28, WHITE, PURPLE, 2, radius=8)
    card.text(340, 272, f"+ {short(bias)}", 15)
    card.text(390, 272, "bias", 14, MUTED, align="left")

    card.circle(340, middle, 44, tint(ORANGE, 0.35), INK)
    card.text(340, middle - 12, "Σ", 22)
    card.text(340, middle + 14, short(total), 17, bold=True)
    card.arrow([(384, middle), (468, middle)], MUTED, 2.2, 10)
    card.circle(512, middle, 44, tint(GREEN, 0.3), INK)
    card.lines(
        [((480, middle + 8), (544, middle + 8)), ((512, middle - 32), (512, middle + 18))], MUTED, 1
    )
    card.line([(482, middle + 8), (512, middle + 8), (540, middle - 24)], INK, 3.4)
    card.text(512, middle + 30, "ReLU", 13)
    card.text(512, middle + 74, "keeps positive sums,\nmakes others 0", 14, MUTED)
    card.arrow([(556, middle), (624, middle)], MUTED, 2.2, 10)
    card.circle(650, middle, 26, tint(BLUE, 0.25), INK)
    card.text(650, middle, short(output), 17, bold=True)

    terms = " + ".join(
        f"{short(x)} · {f'({short(w)})' if w < 0 else short(w)}"
        for x, w in zip(inputs, weights, strict=True)
    )
    card.rect(24, 312, 672, 44, PAPER, None, radius=8)
    words = f"{terms} + {short(bias)} = {short(total)}"
    card.text(360, 334, f"{words},   ReLU({short(total)}) = {short(output)}", 15)

    def plain(value):
        return number(value, "g")

    return card, (
        f"Diagram of one neuron: the inputs {listed(map(plain, inputs))} times the weights "
        f"{listed(map(plain, weights))} are summed with the bias {plain(bias)}, which gives "
        f"{plain(total)}; the activation ReLU passes {plain(output)} on as the output."
    )


@figure
def network():
    """A network of three layers."""
    card = Card(352)
    middle, radius = 184, 19
    left = column(130, middle, 4, 58)
    hidden = column(360, middle, 5, 52)
    right = column(590, middle, 3, 66)
    for start, end in [(left, hidden), (hidden, right)]:
        for (a, b), (c, d) in wires(start, end, radius):
            card.arrow([(a, b), (c, d)], "#7B8794", 1.1, 7)
    columns = {"input": (left, SKY), "hidden": (hidden, ORANGE), "output": (right, GREEN)}
    for name, (places, color) in columns.items():
        card.text(places[0][0], 36, f"{name} layer", 16, bold=True)
        for x, y in places:
            card.circle(x, y, radius, tint(color, 0.55), INK, 1.6)
    card.text(130, 328, "numbers go in", 14, MUTED)
    card.text(360, 328, "each arrow has a weight", 14, MUTED)
    card.text(590, 328, "one number per class", 14, MUTED)
    return card, (
        f"{WORDS[len(columns)].capitalize()} columns of circles, {', '.join(columns)}; arrows run "
        "from every circle to every circle in the next column."
    )


@figure
def dense_layer():
    """The wiring of a dense layer, and how its parameters are counted."""
    card = Card(376)
    n_inputs, n_units, radius, middle = 4, 3, 20, 184
    left = column(84, middle, n_inputs, 70)
    right = column(330, middle, n_units, 84)
    chosen = 0
    others = [place for i, place in enumerate(right) if i != chosen]
    card.lines(wires(left, others, radius), LINE, 1.1)
    card.lines(wires(left, [right[chosen]], radius), VERMILION, 3)
    for index, (x, y) in enumerate(left):
        card.circle(x, y, radius, tint(SKY, 0.55), INK, 1.6)
        card.text(x, y, f"{index + 1}", 14)
    for index, (x, y) in enumerate(right):
        own = index == chosen
        card.circle(x, y, radius, tint(ORANGE, 0.6), VERMILION if own else INK, 3.2 if own else 1.6)
        card.text(x, y, "ABCD"[index], 14, bold=own)
    card.text(84, 36, f"{n_inputs} inputs", 16, bold=True)
    card.text(330, 36, f"{n_units} units", 16, bold=True)

    x = 404
    y = right[chosen][1]
    card.text(x, y - 11, f"unit A has {n_inputs} weights,", 15, VERMILION, "left", bold=True)
    card.text(x, y + 11, "one from each input, and a bias", 15, VERMILION, "left")
    card.rect(x, 166, 292, 116, PAPER, None, radius=10)
    weights = n_inputs * n_units
    total = weights + n_units
    rows = [
        (192, f"weights: {n_inputs} inputs × {n_units} units", weights),
        (220, f"biases: one for each of {n_units} units", n_units),
        (260, "parameters", total),
    ]
    for y, words, count in rows:
        card.text(x + 16, y, words, 15 if y > 240 else 14, align="left", bold=y > 240)
        card.text(x + 276, y, f"{count}", 15, align="right", bold=y > 240)
    card.line([(x + 16, 240), (x + 276, 240)], INK, 1.2)
    card.text(360, 344, "parameters of a dense layer = inputs × units + units", 16, bold=True)
    return card, (
        f"Every one of {n_inputs} input circles is connected to every one of {n_units} units of "
        f"the dense layer; the {n_inputs} lines to one unit are thick. Inputs times units gives "
        f"{weights} weights, and {n_units} biases make {total} parameters."
    )


@figure
def cnn():
    """The network of two blocks, with the shape and the parameters of each layer."""
    card = Card(420)
    filters, kernel = 50, 3
    stages, _ = count_layers((64, 64, 3), filters, kernel)
    # Color, name on the card, and name in the text alternative.
    kinds = {
        "input": (LINE, "input", "input"),
        "conv": (SKY, f"conv {kernel} × {kernel}\n{filters} filters", "convolution"),
        "pool": (GREEN, "max pool\n2 × 2", "max pooling"),
        "flatten": (YELLOW, "flatten", "flatten"),
        "dense": (ORANGE, "dense", "dense"),
        "outputs": (PURPLE, "dense\n(output)", "dense output"),
    }
    middle, pitch = 150, 84.5
    total = sum(stage.parameters for stage in stages)
    end = None
    boxes = []
    for index, stage in enumerate(stages):
        x = 64 + pitch * index
        kind = stage.name.split()[0]
        color, name, spoken = kinds[kind]
        shape = "×".join(f"{size:,}" for size in stage.shape)
        if len(stage.shape) == 3:
            size, _, depth = stage.shape
            sheets = 3 if depth == 3 else 6
            edge = 12 + 34 * size / 64
            spread = 3 * (sheets - 1)
            half = (edge + spread) / 2
            for back in range(sheets - 1, -1, -1):
                left = x - half + 3 * back
                up = middle - (edge - spread) / 2 - 3 * back
                card.rect(left, up, edge, edge, tint(color, 0.6), INK, 1)
        elif kind == "flatten":
            half = 6
            card.rect(x - 6, middle - 84, 12, 168, tint(color, 0.8), INK, 1.2)
            cuts = np.arange(middle - 77, middle + 84, 7)
            card.lines([((x - 6, y), (x + 6, y)) for y in cuts], INK, 0.6)
        else:
            half = 7
            count = 7 if kind == "dense" else 5
            for row, (cx, cy) in enumerate(column(x, middle, count, 20)):
                if row == count - 2:
                    for dot in (-5, 0, 5):
                        card.circle(cx, cy + dot, 1.4, INK, None)
                else:
                    card.circle(cx, cy, 7, tint(color, 0.7), INK, 1.2)
        boxes.append(f"{spoken} {shape}")
        if stage.parameters:
            boxes[-1] += f" with {stage.parameters:,}"
        if index:
            card.arrow([(end + 4, middle), (x - half - 3, middle)], MUTED, 1.8, 8)
        end = x + half
        card.text(x, 250, name, 13, top=True)
        card.text(x, 304, shape, 14)
        if index:
            card.text(x, 344, f"{stage.parameters:,}", 14)
    card.text(64, 344, "parameters:", 13, MUTED)
    card.line([(24, 324), (696, 324)], LINE, 1)
    card.text(360, 386, f"{total:,} parameters in all", 16, bold=True)
    card.text(64 + pitch * 1.5, 40, "block 1", 15, bold=True)
    card.text(64 + pitch * 3.5, 40, "block 2", 15, bold=True)
    for block in range(2):
        left = 64 + pitch * (1 + 2 * block) - 38
        card.line(
            [(left, 66), (left, 58), (left + pitch + 76, 58), (left + pitch + 76, 66)], MUTED, 1.6
        )
    boxes[1] += " parameters"
    return card, f"The network as a row of boxes: {'; '.join(boxes)}: {total:,} in all."


@figure
def softmax():
    """How logits become shares that sum to 1."""
    card = Card(336)
    names = ["plate", "table lamp", "street sign", "day bed"]
    logits = np.array([0.4, 2.0, 1.0, -0.8])
    powers = np.exp(logits)
    shares = powers / powers.sum()
    if round(sum(round(s, 2) for s in shares), 2) != 1:
        raise ValueError("the rounded shares do not sum to 1")

    card.text(206, 36, "logits", 16, bold=True)
    card.text(206, 58, "any numbers", 14, MUTED)
    card.text(424, 36, r"$e^{\mathrm{logit}}$", 18)
    card.text(424, 58, "all positive", 14, MUTED)
    card.text(594, 36, "softmax: shares", 16, bold=True)
    card.text(594, 58, "divided by the sum", 14, MUTED)
    zero, scale = 192, 58
    for row, (name, logit, power, share) in enumerate(
        zip(names, logits, powers, shares, strict=True)
    ):
        y = 100 + 46 * row
        best = bool(share == shares.max())
        card.text(24, y, name, 15, align="left", bold=best)
        left = min(zero, zero + scale * logit)
        card.rect(
            left, y - 14, abs(scale * logit), 28, ORANGE if logit > 0 else tint(ORANGE, 0.4), INK
        )
        end = zero + scale * logit + 8 if logit > 0 else zero + 8
        card.text(end, y, number(logit, ".1f"), 15, align="left", bold=best)
        card.text(446, y, f"{power:.2f}", 15, align="right", bold=best)
        card.arrow([(372, y), (396, y)], MUTED, 1.8, 8)
        card.arrow([(462, y), (486, y)], MUTED, 1.8, 8)
        card.rect(502, y - 14, 220 * share, 28, BLUE, INK)
        card.text(502 + 220 * share + 8, y, f"{share:.2f}", 15, align="left", bold=best)
    card.line([(zero, 78), (zero, 262)], INK, 1.4)
    card.line([(502, 78), (502, 262)], INK, 1.4)
    card.line([(392, 272), (452, 272)], INK, 1.2)
    card.text(384, 294, "sum", 14, MUTED, "right")
    card.text(446, 294, f"{powers.sum():.2f}", 15, align="right")
    card.line([(502, 272), (660, 272)], INK, 1.2)
    card.text(510, 294, f"sum {shares.sum():.2f}", 15, align="left", bold=True)
    return card, (
        f"The logits {listed(number(logit, '.1f') for logit in logits)} of {WORDS[len(names)]} "
        "classes as bars, e to the power of each, and, divided by their sum, the shares "
        f"{listed(f'{share:.2f}' for share in shares)}, which sum to {shares.sum():g}."
    )


@figure
def dropout():
    """A network with all its nodes, and in one training step with dropout."""
    card = Card(382)
    random = np.random.default_rng(3)
    counts, radius, middle = [4, 6, 6, 3], 14, 190
    dropped = {(1, i) for i in random.choice(6, 3, replace=False)}
    dropped |= {(2, i) for i in random.choice(6, 3, replace=False)}
    colors = [SKY, ORANGE, ORANGE, GREEN]
    for left, gone, title in [
        (60, set(), "all nodes"),
        (420, dropped, "with dropout, one training step"),
    ]:
        places = [column(left + 80 * i, middle, n, 42) for i, n in enumerate(counts)]
        card.text(left + 120, 36, title, 16, bold=True)
        for layer in range(3):
            keep = [
                [place for i, place in enumerate(places[k]) if (k, i) not in gone]
                for k in (layer, layer + 1)
            ]
            card.lines(wires(*keep, radius), "#7B8794", 1.2)
        for layer, nodes in enumerate(places):
            for index, (x, y) in enumerate(nodes):
                if (layer, index) in gone:
                    card.circle(x, y, radius, WHITE, LINE, 1.4, (3, 2))
                    card.cross(x, y, 9)
                else:
                    card.circle(x, y, radius, tint(colors[layer], 0.6), INK, 1.6)
    card.line([(360, 60), (360, 330)], LINE, 1)
    card.text(180, 350, "used for validation and prediction", 14, MUTED)
    words = "rate 0.5: about half of the hidden nodes\nare left out, others in the next step"
    card.text(540, 350, words, 14, MUTED)
    return card, (
        "Left: full network; right: the same with several nodes crossed out and their connections "
        "removed."
    )


@figure
def transfer():
    """Transfer learning in three steps: train a body on other things, freeze it under a new head,
    fine-tune both.
    """
    card = Card(384)
    steps = [
        ("1  train", "other things", "body", "head for\nother things", "learns", "learns"),
        ("2  freeze", "our pictures", "the same body", "new head", "frozen", "learns"),
        (
            "3  fine-tune",
            "our pictures",
            "the same body",
            "the same head",
            "small steps",
            "small steps",
        ),
    ]
    colors = {"learns": ORANGE, "frozen": SKY, "small steps": YELLOW}
    for row, (step, pictures, body, head, how_body, how_head) in enumerate(steps):
        y = 20 + 116 * row
        card.text(16, y + 46, step, 16, align="left", bold=True)
        for i in (2, 1, 0):
            card.rect(150 + 8 * i, y + 16 - 6 * i + 10, 62, 62, WHITE, MUTED)
        card.text(190, y + 104, pictures, 14, MUTED)
        card.arrow([(240, y + 52), (276, y + 52)])
        frozen = how_body == "frozen"
        for i, tall in enumerate((88, 70, 52, 36)):
            x = 284 + 34 * i
            dash = (4, 3) if frozen else None
            card.rect(
                x, y + 52 - tall / 2, 24, tall, tint(colors[how_body], 0.7), INK, 1.4, dash=dash
            )
        card.text(348, y + 104, f"{body}: {how_body}", 14)
        card.arrow([(424, y + 52), (470, y + 52)])
        card.rect(478, y + 30, 44, 44, tint(colors[how_head], 0.7), INK, 1.4)
        card.text(540, y + 52, f"{head}:\n{how_head}", 14, align="left")
    return card, (
        "Transfer learning in three steps. A body and a head are trained on other things. "
        "The same body is frozen, and a new head learns on our pictures. "
        "Then both learn in small steps."
    )
