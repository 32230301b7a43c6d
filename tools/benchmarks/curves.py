"""Train what the lesson trains, with many seeds, and keep the curves: what is normal.

    python tools/benchmarks/curves.py --seeds 1 2 3 4 5          add to data/runs/curves.csv
    python tools/benchmarks/curves.py --mistakes --seeds 1 2 3   add to data/runs/mistakes.csv
    python tools/benchmarks/curves.py --data FOLDER --seeds …    the first notebooks, other pictures
    python tools/benchmarks/curves.py --ranges                   write data/runs/normal.json

Each line of a file is one epoch of a training. A training that is already there is not trained
again, so a run that was stopped goes on where it was; two processes with one thread each, on
different seeds, use two cores best. ``is_this_normal`` reads the ranges.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools" / "benchmarks")]

from ladder import DRAWN, FEW, RUNGS, Rung, build, fit, pictures_for, prepare  # noqa: E402
from practice_runs import first_of_each  # noqa: E402
from reference_runs import add_missing  # noqa: E402

RUNS = ROOT / "data" / "runs"
METRICS = ["accuracy", "loss", "val_accuracy", "val_loss"]
TITLE = "Sketch Street 10"
HALF = "half of the held-out pictures"
DIGITS = "digits"


class Training(NamedTuple):
    """A training of the lesson: how, and with which pictures."""

    rung: Rung
    data: str = DRAWN


def blocks(n_blocks: int, epochs: int, rate: float = 0.0, **others) -> Training:
    """Return a training of a convolutional network of the lesson."""
    settings = {"n_blocks": n_blocks, "dropout_rate": rate}
    return Training(Rung(epochs=epochs, settings=settings | others))


# Whoever trains for fewer epochs does the same up to there, so the longest training stands for all.
TRAININGS = {
    # 04
    "two blocks": Training(RUNGS["two blocks"]),
    "dense": Training(RUNGS["dense"]),
    "sgd": Training(Rung(epochs=5, optimizer="sgd")),
    "rmsprop": Training(Rung(epochs=5, optimizer="rmsprop")),
    "learning rate 0.1": Training(Rung(epochs=5, learning_rate=0.1)),
    "learning rate 0.00001": Training(Rung(epochs=5, learning_rate=0.00001)),
    # 05, 06
    "three blocks": blocks(3, 20),
    **{f"dropout {rate}": blocks(3, 20, rate) for rate in (0.2, 0.35, 0.5, 0.65, 0.8, 0.95)},
    **{f"two blocks, dropout {rate}": blocks(2, 6, rate) for rate in (0.2, 0.5, 0.8)},
    "kernel size 5": blocks(3, 5, kernel_size=5),
    "tanh": blocks(3, 5, activation="tanh"),
    "tanh, kernel size 5": blocks(3, 5, activation="tanh", kernel_size=5),
    # 07
    "final": blocks(3, 20, 0.5)._replace(data=HALF),
    # 08
    **{f"{n} pictures": Training(RUNGS[f"{n} pictures"]) for n in (220, 439, 1756)},
    "augmented": Training(RUNGS["augmented"]),
    **{f"momentum {m}": Training(Rung("steady", 6, settings={"momentum": m})) for m in (0.99, 0.9)},
    "better blocks": Training(RUNGS["new body"]),
    "new body, 100 pictures": Training(RUNGS["new body, few"]),
    "pretrained body, 100 pictures": Training(RUNGS["pretrained body, few"]),
    "fine-tuned": Training(RUNGS["fine-tuned body"]),
    # 09
    "digits": Training(Rung(epochs=20), DIGITS),
    "digits, 100 pictures": Training(Rung(epochs=60, pictures=FEW), DIGITS),
    **{
        f"digits, {name} blocks, dropout 0.8": blocks(n, 20, 0.8)._replace(data=DIGITS)
        for n, name in ((2, "two"), (3, "three"))
    },
}
# What other pictures are trained with: notebooks 04 to 06.
FIRST = ["two blocks", "dense", "three blocks", "dropout 0.2", "dropout 0.5", "dropout 0.8"]


class Mistake(NamedTuple):
    """What is done to a training before it begins."""

    pictures: Callable = lambda images: images
    labels: Callable = lambda labels: labels
    rung: Callable = lambda rung: rung
    change: Callable | None = None


def with_softmax(model):
    """Let the outputs be shares, while the loss expects logits."""
    from helpers.backstage.quiet import keras

    model.layers[-1].activation = keras.activations.softmax
    return model


def always_dropping(model):
    """Let dropout work in validation, too, as a layer of one's own may do.

    Calling Keras' layer with training=True does no such thing: in ``fit``, the network decides.
    """
    from helpers.backstage.quiet import keras

    class OwnDropout(keras.layers.Dropout):
        def call(self, inputs, training=None):
            return super().call(inputs, training=True)

    def clone(layer):
        kind = OwnDropout if isinstance(layer, keras.layers.Dropout) else type(layer)
        return kind.from_config(layer.get_config())

    return keras.models.clone_model(model, clone_function=clone)


def rate_times(factor: float) -> Callable[[Rung], Rung]:
    """Return a function that gives a training another learning rate."""
    return lambda rung: rung._replace(learning_rate=0.001 * factor)


def with_dropout(rung: Rung) -> Rung:
    """Put dropout into a network that has none."""
    return rung._replace(settings={"dropout_rate": 0.5} | rung.settings)


MISTAKES = {
    "not scaled": Mistake(pictures=lambda images: images * 255),
    "scaled twice": Mistake(pictures=lambda images: images / 255),
    "softmax": Mistake(change=with_softmax),
    "shuffled": Mistake(labels=lambda labels: np.random.default_rng(1).permutation(labels)),
    "rate too high": Mistake(rung=rate_times(10)),
    "rate too low": Mistake(rung=rate_times(0.1)),
    "too few epochs": Mistake(rung=lambda rung: rung._replace(epochs=rung.epochs // 2)),
    "dropout left on": Mistake(change=always_dropping),
    "dropout left in": Mistake(rung=with_dropout),
    "validation trained on": Mistake(),
}
# In which training each mistake is made: only one of the two has dropout that could be left on.
MADE_IN = {mistake: "two blocks" for mistake in MISTAKES} | {"dropout left on": "dropout 0.5"}


def pictures(data: str, name: str):
    """Return training and validation pictures, scaled, and whatever more is drawn."""
    from helpers.backstage.more_pictures import draw
    from helpers.backstage.practice import load_practice_data
    from helpers.data import load_data, scale

    if data == DIGITS:
        (images, labels), (val_images, val_labels) = load_practice_data("digits")
        images, val_images = images[..., np.newaxis], val_images[..., np.newaxis]
        if TRAININGS[name].rung.pictures:
            images, labels = first_of_each(images, labels)
    else:
        fraction = 0.5 if data == HALF else None
        source = DRAWN if data == HALF else data
        (images, labels), (val_images, val_labels), *_ = load_data(source, test_fraction=fraction)
    rung, more = TRAININGS[name].rung, None
    if rung.pictures > len(labels):
        drawn, drawn_labels, _ = draw(8000)
        more = scale(drawn), drawn_labels
    return pictures_for(rung, (scale(images), labels), more), (scale(val_images), val_labels)


def train(name: str, seed: int, data: str, mistake: Mistake | None = None) -> pd.DataFrame:
    """Train once, and return a row for each epoch."""
    mistake = mistake or Mistake()
    (images, labels), (val_images, val_labels) = pictures(data, name)
    if mistake is MISTAKES["validation trained on"]:
        images, labels = np.concatenate([images, val_images]), np.concatenate([labels, val_labels])
    validation = mistake.pictures(val_images), val_labels
    _, history = fit(
        mistake.rung(TRAININGS[name].rung),
        seed,
        mistake.pictures(images),
        mistake.labels(labels),
        change=mistake.change,
        validation_data=validation,
    )
    rows = pd.DataFrame(history.history)[METRICS].round(4)
    rows.insert(0, "epoch", range(1, len(rows) + 1))
    return rows


# Other names for the first epochs of a training, or a training that the lesson has in two lengths.
LENGTHS = {
    "three blocks": ("three blocks", [10, 20]),
    "adam": ("two blocks", [5]),
    "878 pictures": ("dropout 0.2", [12]),
}


def ranges(curves: pd.DataFrame) -> dict:
    """Return mean and standard deviation of each metric after each epoch.

    Of a loss, those of its logarithm: losses spread by factors. The variance is that of three
    neighboring epochs, since ten seeds tell little about a single one, and the standard deviation
    at least 0.01 of an accuracy, or three percent of a loss.
    """
    from helpers.backstage.normal import spread_of

    found: dict = {}
    for (data, name), part in curves.groupby(["data", "training"], sort=False):
        table = part.pivot(index="epoch", columns="seed", values=METRICS)
        one = {"seeds": part.seed.nunique(), "lengths": [len(table)], "mean": {}, "std": {}}
        for metric in METRICS:
            values = spread_of(metric, table[metric])
            variance = values.var(axis=1).rolling(3, center=True, min_periods=1).mean()
            least = 0.01 if "accuracy" in metric else 0.03
            one["mean"][metric] = values.mean(axis=1).round(4).tolist()
            one["std"][metric] = np.maximum(np.sqrt(variance), least).round(4).tolist()
        found.setdefault(data, {})[name] = one | settings(name, data)
    for trainings in found.values():
        for name, (same, lengths) in LENGTHS.items():
            if same in trainings:
                trainings[name] = trainings[same] | {"lengths": lengths}
    return found


def settings(name: str, data: str) -> dict:
    """Return the settings of a training, and the steps of its epochs."""
    from helpers.backstage.normal import settings_of

    rung = TRAININGS[name].rung
    n, shape = (1347, (28, 28, 1)) if data == DIGITS else (878, (64, 64, 3))
    n = rung.pictures or n
    model, body = build(rung, shape)
    if body is not None:
        body.trainable = True
    return {"steps": -(-n // 32), "settings": settings_of(prepare(model, rung, n))}


def table(path: Path) -> str:
    """Return where trainings usually end, as a markdown table."""
    from helpers.backstage.normal import usual

    lines = [
        "| training | seeds | epochs | training accuracy | validation accuracy | validation loss |",
        "|---|---|---|---|---|---|",
    ]
    trainings = {
        name if data == TITLE else f"{name} ({data})": normal
        for data, trainings in json.loads(path.read_text("utf-8")).items()
        for name, normal in trainings.items()
        if name not in LENGTHS or name == LENGTHS[name][0]
    }
    for name, normal in trainings.items():
        cells = [name, normal["seeds"], len(normal["mean"]["loss"])]
        for metric in ("accuracy", "val_accuracy", "val_loss"):
            low, high = (edge[-1] for edge in usual(metric, normal))
            cells.append(f"{low:.2f} to {high:.2f}")
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="a folder, as for load_data")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    parser.add_argument("--trainings", nargs="+", choices=[*TRAININGS], metavar="NAME")
    parser.add_argument("--mistakes", action="store_true", help="make each known mistake")
    parser.add_argument("--ranges", action="store_true", help="train nothing, write the ranges")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = "1"
    if options.ranges:
        text = json.dumps(ranges(pd.read_csv(RUNS / "curves.csv")), separators=(",", ":"))
        (RUNS / "normal.json").write_text(f"{text}\n", "utf-8")
        return
    from helpers.backstage.files import DATA_FOLDER, find_folder, title_of

    names = options.trainings or (FIRST if options.data else [*TRAININGS])
    out = options.out or RUNS / ("mistakes.csv" if options.mistakes else "curves.csv")
    if options.mistakes:

        def train_wrongly(training: str, mistake: str, seed: int) -> list[dict]:
            rows = train(training, seed, TRAININGS[training].data, MISTAKES[mistake])
            return rows.to_dict("records")

        wanted = [
            {"training": MADE_IN[mistake], "mistake": mistake, "seed": seed}
            for seed in options.seeds
            for mistake in MISTAKES
        ]
        add_missing(out, wanted, train_wrongly)
        return

    folder = options.data and find_folder(options.data)

    def train_one(data: str, training: str, seed: int) -> list[dict]:
        return train(training, seed, folder or TRAININGS[training].data).to_dict("records")

    def title(name: str) -> str:
        data = TRAININGS[name].data
        return title_of(folder or DATA_FOLDER / (DRAWN if data == HALF else data))

    wanted = [
        {"data": title(name), "training": name, "seed": seed}
        for seed in options.seeds
        for name in names
    ]
    add_missing(out, wanted, train_one)


if __name__ == "__main__":
    main()
