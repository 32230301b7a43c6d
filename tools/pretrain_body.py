"""Draw twelve other kinds of things, train a body on them, and keep it for notebook 08.

    python tools/pretrain_body.py [--pictures N] [--epochs N] [--out FILE]

None of the ten categories of the lesson is among the things, nor in their pictures. How good the
body is goes into ``data/runs/body.csv``; its card, ``data/body/README.md``, quotes that.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

from data.drawing import sketch_street as drawing  # noqa: E402

PART = 48  # pictures that a process draws at a time
HELD_OUT = 0.1  # share of the pictures that tell how good the body is
PICTURES = 14_400
EPOCHS = 14
RATE = 0.003  # highest learning rate; it falls to 0 along a cosine


def draw_part(first: int, labels: list[int]) -> np.ndarray:
    """Draw pictures of other things from number ``first`` on, one for each label."""
    names = drawing.OTHER_NAMES
    return drawing.draw_part(drawing.split_seed("other"), first, labels, names)[0]


def draw(n: int, processes: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw n pictures, of each kind equally many: (n, 64, 64, 3) uint8, and labels (n,)."""
    labels = np.arange(n) % len(drawing.OTHER_NAMES)
    firsts = range(0, n, PART)
    parts = [labels[first : first + PART].tolist() for first in firsts]
    with ProcessPoolExecutor(processes) as pool:
        return np.concatenate(list(pool.map(draw_part, firsts, parts))), labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "body" / "body.keras")
    options = parser.parse_args()
    images, labels = draw(options.pictures, options.processes)

    from helpers.backstage.quiet import keras
    from helpers.data import scale
    from helpers.models import add_head, create_body
    from helpers.training import compile_model

    held_out = round(HELD_OUT * len(labels))
    train, test = slice(held_out, None), slice(held_out)
    keras.utils.set_random_seed(1)
    body = create_body(images.shape[1:])
    flip = keras.Sequential([keras.layers.RandomFlip("horizontal")], name="flip")
    model = add_head(body, len(drawing.OTHER_NAMES), dropout_rate=0.2, augmentation=flip)
    steps = options.epochs * -(-(len(labels) - held_out) // 32)
    decay = keras.optimizers.schedules.CosineDecay(RATE, steps)
    compile_model(model, keras.optimizers.Adam(decay))
    model.fit(scale(images[train]), labels[train], epochs=options.epochs, verbose=2)
    loss, accuracy = model.evaluate(scale(images[test]), labels[test], verbose=0)
    row = {"network": "body", "pictures": len(labels), "held_out": held_out}
    row |= {"epochs": options.epochs, "accuracy": accuracy, "loss": loss}
    print(row)

    # The weights have 32 bits; in which precision layers compute is for compile_model to say.
    kept = create_body(images.shape[1:])
    kept.set_weights(body.get_weights())
    options.out.parent.mkdir(parents=True, exist_ok=True)
    kept.save(options.out)
    pd.DataFrame([row]).round(4).to_csv(ROOT / "data" / "runs" / "body.csv", index=False)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
