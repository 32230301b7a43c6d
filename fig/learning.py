"""Figures of the way of work: data, training, tuning, judging."""

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
    Plot,
    figure,
    listed,
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
# Notebooks, first and last of their steps, color.
BARS = [
    ("01", 1, 3, ORANGE),
    ("02 and 03", 4, 4, GREEN),
    ("04", 5, 5, PURPLE),
    ("04", 6, 6, PURPLE),
    ("07", 7, 8, SKY),
    ("05, 06 and 08", 9, 9, VERMILION),
    ("07", 10, 10, SKY),
]


@figure
def workflow():
    """The ten steps, and which notebook treats which."""
    card = Card(504)
    title = f"The {WORDS[len(STEPS)]} steps of a deep-learning project"
    card.text(360, 34, title, 17, bold=True)
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

    def bar(first, last, words, color, down=0, dash=None):
        upper_row = last <= 5
        ends = [columns[n - 1 if upper_row else 10 - n] for n in (first, last)]
        left, right, row = min(ends) - 61, max(ends) + 61, (196 if upper_row else 380) + down
        card.rect(left, row, right - left, 30, tint(color, 0.28), color, 2, radius=8, dash=dash)
        card.text((left + right) / 2, row + 15, words, 14)

    treated = {}
    for name, first, last, color in BARS:
        bar(first, last, name if treated else f"notebook {name}", color)
        treated.setdefault(name, []).extend(range(first, last + 1))
    looker, look = "04", 8
    bar(look, look, f"{looker}: first look", PURPLE, 36, (4, 3))
    words = "Boxes: the notebook that treats the step. 09 goes the whole way again on other data."
    card.text(360, 472, words, 14, MUTED)

    phrases = []
    for name, steps in sorted(treated.items()):
        phrase = "notebooks " if "and" in name else "notebook "
        phrase += name if phrases else f"{name} treats"
        phrase += " steps " if len(steps) > 1 else " step "
        run = len(steps) > 2 and steps[-1] - steps[0] == len(steps) - 1
        phrase += f"{steps[0]} to {steps[-1]}" if run else listed(steps)
        phrases.append(phrase + f" with a first look at {look}" * (name == looker))
    path = ", ".join(f"{n} {' '.join(step.lower().split())}" for n, step in enumerate(STEPS, 1))
    return card, f"{title} as a path: {path}. {', '.join(phrases).capitalize()}."


@figure
def splits():
    """Training, validation and test set, and what each is used for."""
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
    return card, (
        f"All pictures are divided into {WORDS[len(parts)]} groups. The large training set teaches "
        "the network and changes its weights. The validation set is looked at again and again and "
        "guides your choices. The test set is looked at once, at the very end, and changes nothing."
    )


@figure
def learning_rate():
    """Computed steps of gradient descent on *w*² with three learning rates."""
    card = Card(386)
    steps = 8
    title = f"{WORDS[steps].capitalize()} steps of gradient descent"
    cases = [
        (0.03, "too small", "still far away"),
        (0.3, "right", "at the bottom"),
        (1.02, "too large", "further away each time"),
    ]
    card.text(360, 34, f"{title}, from the same start", 16, bold=True)
    for number, (rate, name, verdict) in enumerate(cases):
        left = 28 + 228 * number
        plot = Plot(card, left, 100, 208, 170, (-2.2, 2.2), (-0.3, 4.6))
        plot.frame("", "loss")
        xs = np.linspace(-2.1, 2.1, 61)
        plot.curve(xs, xs**2, SKY, 4)
        # The loss w², whose slope is 2w; each step goes against the slope.
        weight = -1.45
        trail = [weight]
        for _ in range(steps):
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
    card.text(366, 356, f"after {steps} steps", 14, MUTED, "left")
    return card, (
        f"{title} on a bowl-shaped loss, from the same start. Too small a rate ends far from the "
        "bottom, the right one at the bottom, and too large a rate jumps from side to side, higher "
        "each time."
    )


@figure
def overfitting():
    """Where training and validation loss part. A sketch, and labeled so."""
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
    return card, (
        "Sketch of two curves over the epochs of training: training loss keeps falling; validation "
        "loss falls at first, reaches its lowest point, and rises from there on, where overfitting "
        "begins."
    )


@figure
def early_stopping():
    """Patience, the stop, and the epoch whose weights are restored. A sketch, and labeled so."""
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
    return card, (
        f"Sketch of validation loss per epoch: it is lowest in epoch {best + 1}; {WORDS[patience]} "
        "epochs, the patience, pass without a better one, training stops after epoch "
        f"{stop + 1}, and the weights of epoch {best + 1} are restored."
    )


@figure
def search():
    """Grid search and random search with nine runs each."""
    card = Card(440)
    random = np.random.default_rng(2065)
    thirds = np.array([1, 3, 5]) / 6
    grid = [(x, y) for x in thirds for y in thirds]
    free = [tuple(point) for point in random.uniform(0.05, 0.95, (9, 2))]
    cases = [(90, grid, "grid search", ORANGE), (430, free, "random search", BLUE)]
    tried = []
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
        tried.append(f"{len({round(x, 6) for x, _ in points})} values of each")
        card.text(left + 122, 404, f"{len(points)} runs, {tried[-1]}", 15, bold=True)
    return card, (
        f"Two squares of dropout rate against learning rate with {WORDS[len(grid)]} runs each. "
        f"Grid search: a regular grid that tries {tried[0]}. "
        f"Random search: scattered points that try {tried[1]}."
    )


@figure
def many_machines():
    """A search on several machines, and what happens when one of them is lost."""
    card = Card(400)
    card.text(112, 40, "trials", 17, bold=True)
    count, done, running, lost = 6, (1, 2), (3, 4), 5
    for index in range(count):
        left, up = 50 + 66 * (index % 2), 76 + 88 * (index // 2)
        fill = tint(GREEN, 0.35) if index + 1 in done else WHITE
        card.rect(left, up, 58, 58, fill, INK, 1.4, radius=6)
        card.text(left + 29, up + 29, f"{index + 1}", 16, bold=True)
    card.text(112, 364, f"{listed(done)} are done", 14, MUTED)
    card.text(326, 40, "head", 17, bold=True)
    card.rect(276, 152, 100, 88, tint(ORANGE, 0.3), INK, 1.6, radius=10)
    card.text(326, 196, "hands\nthem out", 15)
    card.arrow([(186, 196), (270, 196)])
    card.text(596, 40, "workers", 17, bold=True)
    for row, trial in enumerate((*running, lost)):
        up = 68 + 92 * row
        dead = trial == lost
        fill = PAPER if dead else tint(SKY, 0.35)
        card.rect(520, up, 152, 72, fill, INK, 1.6, radius=10, dash=(5, 4) if dead else None)
        card.text(584 if dead else 596, up + 36, f"trial {trial}", 16, MUTED if dead else INK)
        if not dead:
            card.arrow([(382, 184 + 12 * row), (514, up + 36)])
    card.cross(642, 288, 17)
    card.text(596, 364, "killed", 14, MUTED)
    card.arrow([(514, 300), (326, 300), (326, 246)], VERMILION, 2.2, dash=(6, 4))
    card.text(412, 322, f"{lost} waits for another", 14)
    return card, (
        f"{WORDS[count].capitalize()} trials, of which {listed(done)} are done, a head that hands "
        f"them out, and {WORDS[len(running) + 1]} workers. {WORDS[len(running)].capitalize()} of "
        f"the workers train trials {listed(running)}. The third was killed while it trained trial "
        f"{lost}; an arrow leads back to the head, where trial {lost} waits for another worker."
    )


@figure
def confusion():
    """How to read a confusion matrix, with made-up counts."""
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
    return card, (
        f"Confusion matrix of {WORDS[len(names)]} classes, rows true, columns predicted. "
        f"The diagonal holds {listed(np.diag(counts))}, so {hits} of {total} pictures are right. "
        f"The row of true signs reads {signs[0]} called {names[0]}, {signs[1]} called {names[1]}, "
        f"{signs[2]} found."
    )


@figure
def precision_recall():
    """Precision as a column and recall as a row of a confusion matrix, with made-up counts."""
    card = Card(404)
    names = ["3", "5", "8"]
    counts = np.array([[9, 0, 1], [1, 8, 1], [2, 1, 7]])
    cell, y, last = 62, 128, 2
    hits = int(counts[last, last])
    parts = [
        ("precision", counts[:, last], "of {} pictures called 8,\n{} were eights", BLUE, (5, 4)),
        ("recall", counts[last], "of {} true eights,\n{} were found", VERMILION, None),
    ]
    reads, shares = [], []
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
        shares.append(f"{hits / total:.2f}")
        words = f"{hits} / {total} = {shares[-1]}"
        card.text(middle, y + 3 * cell + 68, words, 16, bold=True)
        reads.append(f"it reads {', '.join(map(str, line))}, so {hits} of {total}")
    return card, (
        f"The same confusion matrix of the digits {listed(names)} twice. Precision: the column of "
        f"what was called {names[last]} is framed; {reads[0]} are eights, {shares[0]}. "
        f"Recall: the row of the true eights is framed; {reads[1]} were found, {shares[1]}."
    )
