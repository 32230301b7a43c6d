"""Figures of the way of work: data, training, tuning, judging."""

import numpy as np
from canvas import (
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
    YELLOW,
    Card,
    Plot,
    tint,
)

STEPS = [
    "Frame the\nproblem",
    "Identify\ninputs and\noutputs",
    "Prepare\ndata",
    "Choose a\npretrained\nmodel or build\nan architecture",
    "Choose loss\nfunction and\noptimizer",
    "Train",
    "Predict",
    "Measure\nperformance",
    "Refine",
    "Share",
]


def workflow():
    """The ten steps as a path, with the notebooks that cover them."""
    card = Card(504)
    card.text(360, 34, "The ten steps of a deep-learning project", 17, bold=True)
    columns = [86 + 132 * i for i in range(5)]
    upper, lower, turn, bend = 84, 304, 692, 18
    corner = np.linspace(0, np.pi / 2, 9)
    path = [(columns[0], upper)]
    path += [(turn - bend + bend * np.sin(a), upper + bend - bend * np.cos(a)) for a in corner]
    path += [(turn - bend + bend * np.cos(a), lower - bend + bend * np.sin(a)) for a in corner]
    path += [(columns[0], lower)]
    card.line(path, tint(BLUE, 0.35), 9)
    for number, words in enumerate(STEPS, 1):
        first = number <= 5
        x = columns[number - 1] if first else columns[10 - number]
        y = upper if first else lower
        way = 1 if first else -1
        if number not in (5, 10):
            centre = x + way * 66
            card.line(
                [(centre - 5 * way, y - 9), (centre + 5 * way, y), (centre - 5 * way, y + 9)],
                BLUE,
                3,
            )
        card.circle(x, y, 21, BLUE, WHITE, 3)
        card.text(x, y, f"{number}", 17, WHITE, bold=True)
        card.text(x, y + 28, words, 14, top=True)

    def bar(first, last, row, words, color, dash=None):
        left, right = columns[first] - 61, columns[last] + 61
        card.rect(left, row, right - left, 30, tint(color, 0.28), color, 2, radius=8, dash=dash)
        card.text((left + right) / 2, row + 15, words, 14)

    bar(0, 2, 196, "notebook 01", ORANGE)
    bar(3, 3, 196, "02 and 03", GREEN)
    bar(4, 4, 196, "04", PURPLE)
    row = 380
    bar(4, 4, row, "04", PURPLE)
    bar(2, 3, row, "07", SKY)
    bar(1, 1, row, "05 and 06", VERMILION)
    bar(0, 0, row, "07", SKY)
    bar(2, 2, row + 36, "04: first look", PURPLE, (4, 3))
    card.text(
        360,
        472,
        "Boxes: the notebook that treats the step. 08 goes the whole way again on other data.",
        14,
        MUTED,
    )
    return card


def splits():
    """Training, validation and test set, and what each is for."""
    card = Card(420)
    card.text(360, 34, "All pictures, divided once", 16, bold=True)
    tile, rows = 18, 4
    parts = [
        (
            "Training set",
            22,
            BLUE,
            "teaches the network",
            "used in every step\nof training",
            "it changes\nthe weights",
        ),
        (
            "Validation set",
            7,
            ORANGE,
            "guides your choices",
            "looked at while you\nwork, again and again",
            "it changes which\nnetwork you keep",
        ),
        (
            "Test set",
            7,
            GREEN,
            "gives the verdict",
            "looked at once,\nat the very end",
            "it changes nothing,\nso its score is honest",
        ),
    ]
    x = 24.0
    for number, (name, wide, color, role, when, what) in enumerate(parts):
        left, width = 24 + 228 * number, 216
        end = x + wide * tile
        bottom = 60 + rows * tile
        card.polygon(
            [(x, bottom + 3), (end, bottom + 3), (left + width, 180), (left, 180)],
            tint(color, 0.12),
        )
        for row in range(rows):
            for index in range(wide):
                a, b = x + index * tile, 60 + row * tile
                card.rect(a + 1, b + 1, tile - 3, tile - 3, tint(color, 0.75), INK, 0.8)
                if number == 1:
                    card.lines([((a + 1, b + tile - 2), (a + tile - 2, b + 1))], INK, 1)
                elif number == 2:
                    card.circle(a + tile / 2 - 0.5, b + tile / 2 - 0.5, 2.2, INK, None)
        x = end + 12
        card.rect(left, 180, width, 212, tint(color, 0.12), color, 2, radius=10)
        middle = left + width / 2
        card.text(middle, 206, name, 17, bold=True)
        card.text(middle, 238, role, 14, bold=True)
        card.text(middle, 286, when, 14)
        card.line([(left + 60, 318), (left + width - 60, 318)], color, 1.4)
        card.text(middle, 352, what, 14)
    return card


def learning_rate():
    """Gradient descent on a parabola with three learning rates."""
    card = Card(386)
    cases = [
        (0.03, "too small", "still far away"),
        (0.3, "right", "at the bottom"),
        (1.02, "too large", "further away each time"),
    ]
    card.text(360, 34, "Eight steps of gradient descent, from the same start", 16, bold=True)
    for number, (rate, name, verdict) in enumerate(cases):
        left = 28 + 228 * number
        plot = Plot(card, left, 100, 208, 170, (-2.2, 2.2), (-0.3, 4.6))
        plot.frame("", "loss")
        xs = np.linspace(-2.1, 2.1, 61)
        plot.curve(xs, xs**2, SKY, 4)
        # The loss w², whose slope is 2w; each step goes against the slope.
        weight = -1.45
        trail = [weight]
        for _ in range(8):
            weight -= rate * 2 * weight
            trail.append(weight)
        points = [plot.at(w, w**2) for w in trail]
        card.line(points, VERMILION, 1.8)
        for x, y in points[1:]:
            card.circle(x, y, 4.5, VERMILION, WHITE, 1)
        card.circle(*points[0], 7, WHITE, INK, 2.4)
        x, y = points[-1]
        card.circle(x, y, 7, INK, WHITE, 1.4)
        card.text(left + 114, 68, f"{name}: {rate}", 15, bold=True)
        card.text(left + 104, 290, "a weight", 14, MUTED)
        card.text(left + 104, 318, verdict, 14, bold=True)
    card.circle(262, 356, 7, WHITE, INK, 2.4)
    card.text(276, 356, "start", 14, MUTED, "left")
    card.circle(352, 356, 7, INK, WHITE, 1.4)
    card.text(366, 356, "after 8 steps", 14, MUTED, "left")
    return card


def overfitting():
    """A sketch of two losses that part."""
    card = Card(400)
    plot = Plot(card, 60, 70, 500, 268, (0, 10.4), (0, 2.7))
    epochs = np.linspace(0.3, 10, 80)
    training = 0.18 + 2.2 * np.exp(-epochs / 3.4)
    validation = 0.92 + 1.55 * np.exp(-epochs / 1.9) + 0.013 * np.clip(epochs - 2.0, 0, None) ** 2
    best = epochs[validation.argmin()]
    x, _ = plot.at(best, 0)
    card.rect(x, 84, 560 - x - 8, 254, tint(VERMILION, 0.1), None)
    plot.frame("epochs of training", "loss")
    card.line([(x, 84), (x, 338)], INK, 1.8, (5, 4))
    plot.curve(epochs, training, BLUE, 4)
    plot.curve(epochs, validation, VERMILION, 4, (3, 1.2))
    px, py = plot.at(best, validation.min())
    card.circle(px, py, 7, WHITE, INK, 2.4)
    _, end = plot.at(10, validation[-1])
    card.text(568, end, "validation loss", 15, VERMILION, "left", bold=True)
    _, end = plot.at(10, training[-1])
    card.text(568, end, "training loss", 15, BLUE, "left", bold=True)
    card.text(150, 306, "both losses fall", 14)
    card.text(px + 12, py + 24, "lowest validation loss", 14, align="left")
    card.text(x + 14, 108, "overfitting: learns the training\npictures by heart", 14, align="left")
    card.text(696, 34, "a sketch, not a measurement", 14, MUTED, "right")
    return card


def early_stopping():
    """A sketch of a validation loss, the patience, and the epoch whose weights are kept."""
    card = Card(400)
    losses = np.array([2.2, 1.86, 1.64, 1.7, 1.5, 1.42, 1.34, 1.4, 1.37, 1.45, 1.52, 1.6, 1.66])
    patience = 3
    best, stop = 0, None
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            stop = epoch
            break
    plot = Plot(card, 60, 70, 620, 266, (0.3, 13.9), (1.05, 2.4))
    epochs = np.arange(1, len(losses) + 1)
    a, _ = plot.at(best + 1, 0)
    b, _ = plot.at(stop + 1, 0)
    card.rect(a, 92, b - a, 244, tint(YELLOW, 0.3), None)
    plot.frame("", "validation loss")
    plot.curve(epochs[: stop + 1], losses[: stop + 1], BLUE, 3)
    plot.curve(epochs[stop:], losses[stop:], LINE, 2, (4, 3))
    for epoch, loss in zip(epochs, losses, strict=True):
        x, y = plot.at(epoch, loss)
        run = epoch <= stop + 1
        card.circle(x, y, 6, BLUE if run else WHITE, WHITE if run else LINE, 1.6)
        card.text(x, 352, f"{epoch}", 14, INK if run else MUTED)
    card.text(370, 376, "epoch", 14, MUTED)
    x, y = plot.at(best + 1, losses[best])
    card.circle(x, y, 11, None, INK, 2.6)
    card.line([(a, 92), (a, 336)], INK, 1.6, (5, 4))
    card.line([(b, 92), (b, 336)], VERMILION, 2.4)
    card.text(
        x - 14, y + 34, f"best epoch: {best + 1}\nits weights are restored", 14, align="right"
    )
    card.text((a + b) / 2, 112, f"patience:\n{patience} epochs", 14, bold=True)
    card.text(b + 10, 112, f"stop after\nepoch {stop + 1}", 14, VERMILION, "left", bold=True)
    card.text(b + 62, 288, "never run", 14, MUTED, "left")
    card.text(696, 34, "a sketch, not a measurement", 14, MUTED, "right")
    return card


def search():
    """Nine points on a grid, and nine points at random."""
    card = Card(440)
    random = np.random.default_rng(2065)
    thirds = np.array([1, 3, 5]) / 6
    grid = [(x, y) for x in thirds for y in thirds]
    free = [tuple(point) for point in random.uniform(0.05, 0.95, (9, 2))]
    cases = [(90, grid, "grid search", ORANGE), (430, free, "random search", BLUE)]
    for left, points, title, color in cases:
        plot = Plot(card, left, 76, 244, 244, (0, 1), (0, 1))
        card.text(left + 122, 40, title, 17, bold=True)
        card.rect(left, 76, 244, 244, PAPER, LINE, 1.2)
        # One guide for each value: from the point that is furthest away.
        down, across = {}, {}
        for x, y in points:
            px, py = plot.at(x, y)
            down[px] = min(py, down.get(px, py))
            across[py] = max(px, across.get(py, px))
        guides = [((x, y), (x, 334)) for x, y in down.items()]
        guides += [((x, y), (left - 14, y)) for y, x in across.items()]
        card.lines(guides, tint(color, 0.7), 1.1, (3, 3))
        for x, y in points:
            px, py = plot.at(x, y)
            card.polygon([(px - 4.5, 344), (px + 4.5, 344), (px, 333)], color, INK, 0.8)
            card.polygon(
                [(left - 24, py - 4.5), (left - 24, py + 4.5), (left - 13, py)], color, INK, 0.8
            )
            if color == ORANGE:
                card.rect(px - 8, py - 8, 16, 16, color, INK, 1.4)
            else:
                card.circle(px, py, 8.5, color, INK, 1.4)
        card.text(left + 122, 366, "dropout rate", 14, MUTED)
        card.text(left - 44, 198, "learning rate", 14, MUTED, upright=True)
        different = len({round(x, 6) for x, _ in points})
        card.text(left + 122, 404, f"{len(points)} runs, {different} values of each", 15, bold=True)
    return card


def many_machines():
    """A head hands trials to workers; what a worker that died had begun goes to another one."""
    card = Card(400)
    card.text(112, 40, "trials", 17, bold=True)
    for number in range(6):
        left, up = 50 + 66 * (number % 2), 76 + 88 * (number // 2)
        done = number < 2
        card.rect(left, up, 58, 58, tint(GREEN, 0.35) if done else WHITE, INK, 1.4, radius=6)
        card.text(left + 29, up + 29, str(number + 1), 16, bold=True)
    card.text(112, 364, "1 and 2 are done", 14, MUTED)
    card.text(326, 40, "head", 17, bold=True)
    card.rect(276, 152, 100, 88, tint(ORANGE, 0.3), INK, 1.6, radius=10)
    card.text(326, 196, "hands\nthem out", 15)
    card.arrow([(186, 196), (270, 196)])
    card.text(596, 40, "workers", 17, bold=True)
    for row, words in enumerate(("trial 3", "trial 4", "trial 5")):
        up = 68 + 92 * row
        dead = row == 2
        fill = PAPER if dead else tint(SKY, 0.35)
        card.rect(520, up, 152, 72, fill, INK, 1.6, radius=10, dash=(5, 4) if dead else None)
        card.text(584 if dead else 596, up + 36, words, 16, MUTED if dead else INK)
        if not dead:
            card.arrow([(382, 184 + 12 * row), (514, up + 36)])
    card.cross(642, 288, 17)
    card.text(596, 364, "killed", 14, MUTED)
    card.arrow([(514, 300), (326, 300), (326, 246)], VERMILION, 2.2, dash=(6, 4))
    card.text(412, 322, "5 waits for another", 14)
    return card


def confusion():
    """How to read a confusion matrix."""
    card = Card(400)
    names = ["plate", "lamp", "sign"]
    counts = np.array([[8, 1, 1], [0, 9, 1], [2, 1, 7]])
    x, y, cell = 116, 108, 84
    card.text(x + 1.5 * cell, 36, "predicted", 16, bold=True)
    card.text(38, y + 1.5 * cell, "true", 16, bold=True, upright=True)
    for index, name in enumerate(names):
        card.text(x + cell * (index + 0.5), 84, name, 15)
        card.text(x - 12, y + cell * (index + 0.5), name, 15, align="right")
    for (row, column), count in np.ndenumerate(counts):
        right = row == column
        fill = tint(BLUE, 0.05 * count) if right else tint(ORANGE, 0.25 * count)
        left, up = x + column * cell, y + row * cell
        card.rect(left, up, cell, cell, fill, LINE, 1)
        card.text(left + cell / 2, up + cell / 2, f"{count}", 22, bold=bool(right))
    for index in range(3):
        card.rect(x + index * cell, y + index * cell, cell, cell, None, INK, 3)
    card.rect(x + 6, y + 2 * cell + 6, 3 * cell - 12, cell - 12, None, VERMILION, 2, 8, (5, 4))

    hits, total, signs = int(np.trace(counts)), int(counts.sum()), counts[2]
    left = 408
    card.rect(left, y + 8, 22, 22, tint(BLUE, 0.4), INK, 3)
    card.text(left + 36, y + 19, "diagonal: predicted right", 14, align="left", bold=True)
    words = " + ".join(str(count) for count in np.diag(counts))
    words = f"{words} = {hits} of {total} pictures,\nan accuracy of {100 * hits / total:.0f} %"
    card.text(left + 36, y + 32, words, 14, align="left", top=True)

    card.rect(left, y + 98, 22, 22, tint(ORANGE, 0.5), LINE, 1)
    card.text(left + 36, y + 109, "elsewhere: mistakes", 14, align="left", bold=True)
    words = f"{counts[2, 0]} signs were called plates,\nno lamp was called a plate"
    card.text(left + 36, y + 122, words, 14, align="left", top=True)

    card.rect(left, y + 188, 22, 22, None, VERMILION, 2, 5, (4, 3))
    card.text(left + 36, y + 199, "a row: all true signs", 14, align="left", bold=True)
    words = " + ".join(str(count) for count in signs)
    words = f"{words} = {signs.sum()} signs,\n{signs[2]} of them found"
    card.text(left + 36, y + 212, words, 14, align="left", top=True)
    return card


def precision_recall():
    """Precision is read along a column of the confusion matrix, recall along a row."""
    card = Card(404)
    names = ["3", "5", "8"]
    counts = np.array([[9, 0, 1], [1, 8, 1], [2, 1, 7]])
    cell, y, last = 62, 128, 2
    hits = int(counts[last, last])
    parts = [
        ("precision", counts[:, last], "of {} pictures called 8,\n{} were eights", BLUE, (5, 4)),
        ("recall", counts[last], "of {} true eights,\n{} were found", VERMILION, None),
    ]
    for x, (name, line, words, color, dash) in zip((94, 444), parts, strict=True):
        card.text(x + 1.5 * cell, 34, name, 18, bold=True, color=color)
        card.text(x + 1.5 * cell, 72, "predicted", 14)
        card.text(x - 52, y + 1.5 * cell, "true", 14, upright=True)
        for index, digit in enumerate(names):
            card.text(x + cell * (index + 0.5), y - 22, digit, 15, bold=index == last)
            card.text(x - 18, y + cell * (index + 0.5), digit, 15, bold=index == last)
        for (row, column), count in np.ndenumerate(counts):
            used = (row if name == "recall" else column) == last
            left, up = x + column * cell, y + row * cell
            card.rect(left, up, cell, cell, tint(color, 0.22) if used else WHITE, LINE, 1)
            card.text(left + cell / 2, up + cell / 2, f"{count}", 20, bold=used)
        wide, high = (3, 1) if name == "recall" else (1, 3)
        left, up = (x, y + last * cell) if name == "recall" else (x + last * cell, y)
        card.rect(left, up, wide * cell, high * cell, None, color, 3.5, dash=dash)
        total = int(line.sum())
        middle = x + 1.5 * cell
        card.text(middle, y + 3 * cell + 16, words.format(total, hits), 14, top=True)
        words = f"{hits} / {total} = {hits / total:.2f}"
        card.text(middle, y + 3 * cell + 68, words, 16, bold=True)
    return card


FIGURES = {
    "workflow": workflow,
    "splits": splits,
    "learning-rate": learning_rate,
    "overfitting": overfitting,
    "early-stopping": early_stopping,
    "search": search,
    "many-machines": many_machines,
    "confusion": confusion,
    "precision-recall": precision_recall,
}
