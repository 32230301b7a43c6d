"""Train every network of the lesson with several seeds, and write down what came out.

    python tools/benchmarks/reference_runs.py --seeds 1 2 3 4 5 --out runs.csv
    python tools/benchmarks/reference_runs.py --table runs.csv

The table in ``data/README.md`` and the numbers that the notebooks quote come from here. Each
line of the file is one training; a line that is already there is not trained again, so a
run that was stopped goes on where it was. Two processes with one thread each, on different
seeds, use two cores best; the lines are added one by one to the same file.

Hidden layers compute in 32 bits here. With ``LESSON_PRECISION=mixed_bfloat16`` they do as in the
notebooks on a processor that has units for it; ``runs_bfloat16.csv`` comes from that.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))

RATES = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
IMAGE = (64, 64, 3)
# name: (builder's arguments, epochs)
NETWORKS = {
    "dense": ({}, 20),
    "dense 10 epochs": ({}, 10),
    "two blocks": ({"n_blocks": 2}, 10),
    "three blocks": ({"n_blocks": 3}, 10),
    "three blocks 20 epochs": ({"n_blocks": 3}, 20),
    "dropout 0.8": ({"n_blocks": 3, "dropout_rate": 0.8}, 20),
    **{f"sweep {rate}": ({"n_blocks": 3, "dropout_rate": rate}, 20) for rate in RATES},
    **{
        f"grid {n} blocks {rate}": ({"n_blocks": n, "dropout_rate": rate}, 20)
        for n in (1, 2)
        for rate in (0.2, 0.5, 0.8)
    },
    **{
        f"six epochs {n} blocks {rate}": ({"n_blocks": n, "dropout_rate": rate}, 6)
        for n in (2, 3)
        for rate in (0.2, 0.5, 0.8)
    },
}


def train(name: str, seed: int, images, labels, val_images, val_labels) -> dict:
    """Train one network and return its first, last and best values as one row."""
    from helpers.backstage.quiet import keras
    from helpers.models import create_cnn, create_dense
    from helpers.training import compile_model

    keras.utils.set_random_seed(seed)
    arguments, epochs = NETWORKS[name]
    model = create_cnn(IMAGE, **arguments) if arguments else create_dense(IMAGE)
    compile_model(model)
    searching = name.startswith(("sweep", "grid"))
    stopping = [keras.callbacks.EarlyStopping(patience=5)] if searching else []
    history = model.fit(
        images,
        labels,
        epochs=epochs,
        validation_data=(val_images, val_labels),
        callbacks=stopping,
        verbose=0,
    ).history
    return {
        "network": name,
        "seed": seed,
        "epochs": len(history["loss"]),
        "accuracy": history["accuracy"][-1],
        "val_accuracy": history["val_accuracy"][-1],
        "loss": history["loss"][-1],
        "val_loss": history["val_loss"][-1],
        "best_val_loss": min(history["val_loss"]),
        "best_val_accuracy": max(history["val_accuracy"]),
    }


def add_missing(out: Path, wanted: list[dict], train_one: Callable[..., list[dict]]) -> None:
    """Train what is not in the file yet, and add it training by training.

    Each training is wanted under some keys, such as network and seed. ``train_one`` takes them,
    and gives the rows of the training; these get the keys in front.
    """
    for keys in wanted:
        if out.exists():
            done = pd.read_csv(out, usecols=[*keys])
            if (done == pd.Series(keys)).all(axis=1).any():
                continue
        rows = pd.DataFrame([keys | row for row in train_one(**keys)]).round(4)
        rows.to_csv(out, mode="a", header=not out.exists(), index=False)
        print(rows.tail(1).to_dict("records")[0], flush=True)


def each(names: list[str], seeds: list[int]) -> list[dict]:
    """Return the keys of each network with each seed, all networks with a seed before the next."""
    return [{"network": name, "seed": seed} for seed in seeds for name in names]


def run(data: str | None, names: list[str], seeds: list[int], out: Path, threads: int) -> None:
    """Load the pictures, and train on them what is not in the file yet."""
    import tensorflow as tf

    from helpers.data import load_data, scale

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    (images, labels), (val_images, val_labels) = load_data(data)
    pictures = scale(images), labels, scale(val_images), val_labels
    add_missing(out, each(names, seeds), lambda **keys: [train(*keys.values(), *pictures)])


def table(path: Path) -> str:
    """Return mean and spread (standard deviation over the seeds) as a markdown table."""
    runs = pd.read_csv(path)
    lines = [
        "| network | seeds | training accuracy | validation accuracy | training loss "
        "| validation loss | lowest validation loss |",
        "|---|---|---|---|---|---|---|",
    ]
    columns = ["accuracy", "val_accuracy", "loss", "val_loss", "best_val_loss"]
    for name in [n for n in NETWORKS if n in set(runs.network)]:
        part = runs[runs.network == name]
        cells = [f"{part[c].mean():.2f} ± {part[c].std():.2f}" for c in columns]
        lines.append(f"| {name} | {len(part)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="as for load_data; default: sketch-street-10")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--networks", nargs="+", default=[""], help="beginnings of their names")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("runs.csv"))
    parser.add_argument("--table", type=Path, help="print the table of this file, train nothing")
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
        return
    os.environ.setdefault("LESSON_PRECISION", "float32")
    names = [n for n in NETWORKS if n.startswith(tuple(options.networks))]
    data = options.data or os.environ.get("LESSON_DATA", "sketch-street-10")
    run(data, names, options.seeds, options.out, options.threads)


if __name__ == "__main__":
    main()
