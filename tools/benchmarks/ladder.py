"""Train the networks of notebook 08 with several seeds, and score them on 2,000 more pictures.

    python tools/benchmarks/ladder.py --seeds 1 2 3 4 5 --out data/runs/ladder.csv
    python tools/benchmarks/ladder.py --data PHOTOGRAPHS --out /tmp/photographs.csv

As in ``reference_runs.py``, each line of the file is one training, and a line that is already there
is not trained again. With drawn pictures the score set counts, which is drawn first where it
is not in the cache, and so are the 8,000 more that some of the networks learn from.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools" / "benchmarks")]

from reference_runs import add_missing, each  # noqa: E402

DRAWN = "sketch-street-10"
FEW = 100
SHIFT = 8  # pixels
RATE, SMALL_RATE = 0.003, 0.001
HEAD_EPOCHS = 3


class Rung(NamedTuple):
    """How a network is built and trained."""

    # lesson, dense; or a body: new, frozen, tuned, start (to train from), steady (at one rate)
    kind: str = "lesson"
    epochs: int = 20
    pictures: int = 0  # 0: the training set; more of them: drawn ones; fewer: the first of it
    augmented: bool = False
    settings: dict = {}  # for create_cnn, create_dense or create_body
    optimizer: str = "adam"
    learning_rate: float | None = None


CURVE = {"n_blocks": 3, "dropout_rate": 0.2}
RUNGS = {
    "dense": Rung("dense", 10),
    "two blocks": Rung(epochs=10, settings={"n_blocks": 2}),
    "three blocks": Rung(settings={"n_blocks": 3}),
    "dropout 0.5": Rung(settings={"n_blocks": 3, "dropout_rate": 0.5}),
    **{f"{n} pictures": Rung(epochs=12, pictures=n, settings=CURVE) for n in (220, 439, 1756)},
    "878 pictures": Rung(epochs=12, settings=CURVE),
    **{f"{n} pictures": Rung(epochs=12, pictures=n, settings=CURVE) for n in (3512, 7024)},
    "not augmented": Rung(epochs=40, settings=CURVE),
    "augmented": Rung(epochs=40, augmented=True, settings=CURVE),
    "new body": Rung("new", 40),
    "new body, augmented": Rung("new", 40, augmented=True),
    "frozen body": Rung("frozen", 30),
    "fine-tuned body": Rung("tuned", 30),
    "new body, few": Rung("new", 60, FEW),
    "frozen body, few": Rung("frozen", 60, FEW),
    "fine-tuned body, few": Rung("tuned", 60, FEW),
    "pretrained body, few": Rung("start", 60, FEW),
    "pretrained body": Rung("start", 30),
    "new body, many": Rung("new", 8, 8000),
    "all together": Rung("start", 8, 8000),
}


def pictures_for(rung: Rung, train, more):
    """Return the training pictures and labels of a rung."""
    images, labels = train
    if rung.pictures <= len(labels):
        return (images[: rung.pictures or None], labels[: rung.pictures or None])
    n = rung.pictures if rung.kind != "lesson" else rung.pictures - len(labels)
    drawn = more[0][:n], more[1][:n]
    if rung.kind == "lesson":  # the curve begins with the training set
        return tuple(np.concatenate(parts) for parts in zip(train, drawn, strict=True))
    return drawn


def build(rung: Rung, shape: tuple[int, ...]):
    """Return the network of a rung, not compiled, and its body where it has one."""
    from helpers import models
    from helpers.backstage.quiet import keras

    random_layers = models.create_augmentation() if rung.augmented else None
    if rung.kind == "dense":
        return models.create_dense(shape, **rung.settings), None
    if rung.kind == "lesson":
        model = models.create_cnn(shape, **rung.settings)
        if random_layers:
            model = keras.Sequential([keras.Input(shape), random_layers, model])
        return model, None
    new = rung.kind in ("new", "steady")
    body = models.create_body(shape, **rung.settings) if new else models.load_body()
    body.trainable = new or rung.kind == "start"
    rate = 0.0 if rung.kind == "steady" else 0.2
    return models.add_head(body, dropout_rate=rate, augmentation=random_layers), body


def prepare(model, rung: Rung, n: int):
    """Compile a network for a rung that trains with n pictures; return it."""
    from helpers.backstage.quiet import keras
    from helpers.training import compile_model

    rate = rung.learning_rate
    if rung.kind in ("new", "tuned", "start"):
        steps = rung.epochs * -(-n // 32)
        rate = rate or (SMALL_RATE if rung.kind == "tuned" else RATE)
        falling = keras.optimizers.schedules.CosineDecay(rate, steps)
        return compile_model(model, keras.optimizers.Adam(falling))
    rate = rate or (RATE if rung.kind in ("frozen", "steady") else None)
    return compile_model(model, rung.optimizer, rate)


def fit(rung: Rung, seed: int, images, labels, change=None, **others):
    """Build and train a network; return it with its history. Others go to the last ``fit``.

    ``change`` takes the network, and returns another one that is trained in its place.
    """
    from helpers.backstage.quiet import keras
    from helpers.training import compile_model

    keras.utils.set_random_seed(seed)
    model, body = build(rung, images.shape[1:])
    model = change(model) if change else model
    if rung.kind == "tuned":  # first the head alone
        compile_model(model, learning_rate=RATE)
        model.fit(images, labels, epochs=HEAD_EPOCHS, verbose=0)
        body.trainable = True
    prepare(model, rung, len(labels))
    return model, model.fit(images, labels, epochs=rung.epochs, verbose=0, **others)


def shifted(pictures, pixels: int):
    """Move pictures to the right; the edge is repeated."""
    return np.pad(pictures, ((0, 0), (0, 0), (pixels, 0), (0, 0)), "edge")[:, :, :-pixels]


def train(name: str, seed: int, sets: dict, more) -> dict:
    """Train one network and return its scores as one row."""
    rung = RUNGS[name]
    images, labels = pictures_for(rung, sets["train"], more)
    model, history = fit(rung, seed, images, labels)
    history = history.history
    row = {"network": name, "seed": seed, "pictures": len(labels), "epochs": rung.epochs}
    row |= {"parameters": model.count_params(), "accuracy": history["accuracy"][-1]}
    for test, (pictures, truth) in sets.items():
        if test == "train":
            continue
        loss, accuracy = model.evaluate(pictures, truth, verbose=0)
        answers = model.predict(pictures, verbose=0).argmax(axis=1)
        changed = model.predict(shifted(pictures, SHIFT), verbose=0).argmax(axis=1) != answers
        row |= {f"{test}_accuracy": accuracy, f"{test}_loss": loss}
        row |= {f"{test}_changed": changed.mean()}
    return row


def table(path: Path) -> str:
    """Return means and standard deviations over the seeds as a markdown table."""
    runs = pd.read_csv(path)
    tests = {"val": "held-out pictures", "score": "score set"}
    tests = {test: name for test, name in tests.items() if f"{test}_accuracy" in runs}
    columns = [f"{test}_accuracy" for test in tests] + [f"{[*tests][-1]}_changed"]
    lines = [
        "| network | seeds | pictures | parameters | "
        + " | ".join(f"accuracy, {name}" for name in tests.values())
        + f" | changed by a shift of {SHIFT} pixels |",
        "|---" * (len(columns) + 4) + "|",
    ]
    for name in [n for n in RUNGS if n in set(runs.network)]:
        part = runs[runs.network == name]
        cells = [f"{part[c].mean():.2f} ± {part[c].std():.2f}" for c in columns]
        facts = f"{len(part)} | {part.pictures.iloc[0]:,} | {part.parameters.iloc[0]:,}"
        lines.append(f"| {name} | {facts} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=DRAWN, help="as for load_data")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--networks", nargs="+", default=[""], help="beginnings of their names")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("ladder.csv"))
    options = parser.parse_args()
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = str(options.threads)

    from helpers.backstage.more_pictures import draw, score_set
    from helpers.data import load_data, scale

    train_set, held_out = load_data(options.data)
    sets, more = {"train": train_set, "val": held_out}, None
    names = [name for name in RUNGS if name.startswith(tuple(options.networks))]
    if options.data == DRAWN:
        sets["score"] = score_set()[:2]
        more = draw(8000)[:2]
        more = scale(more[0]), more[1]
    else:
        names = [name for name in names if RUNGS[name].pictures <= len(train_set[1])]
    sets = {name: (scale(images), labels) for name, (images, labels) in sets.items()}
    wanted = each(names, options.seeds)
    add_missing(options.out, wanted, lambda **keys: [train(*keys.values(), sets, more)])


if __name__ == "__main__":
    main()
