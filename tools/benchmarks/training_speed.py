"""Time the trainings of the lesson: the plain way against the lesson's own way, side by side.

    python tools/benchmarks/training_speed.py --out training_speed.csv
    python tools/benchmarks/training_speed.py --table training_speed.csv

The plain way is how the sources run them: pixels as float64, everything else as Keras does it,
and KerasTuner one trial after another. The lesson's way is what the notebooks do: pixels as
float32, networks as ``compile_model`` compiles them (hidden layers in ``hidden_precision``, several
steps at a time), and searches side by side. Every measurement has a process of its own, and the
two ways take turns, so that whatever else the machine does meets both. A time means nothing on
another machine; a ratio does.

GFLOP/s count the multiplications and additions of convolutions and dense layers: once forward,
and twice backward (the gradient of the pixels is not needed, so the first layer counts once
less). They are compared with a product of two matrices in the same precision, with as many
threads, measured right after the training.
"""

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
NOTEBOOK = ROOT / "notebooks" / "06-hyperparameter-tuning.ipynb"

IMAGE = (64, 64, 3)
# name: arguments of create_cnn; None is the network of dense layers
NETWORKS = {
    "dense": None,
    "one block, dropout 0.2": {"n_blocks": 1, "dropout_rate": 0.2},
    "two blocks": {"n_blocks": 2},
    "three blocks": {"n_blocks": 3},
    "three blocks, dropout 0.8": {"n_blocks": 3, "dropout_rate": 0.8},
    "three blocks, tanh, kernel 4": {"n_blocks": 3, "activation": "tanh", "kernel_size": 4},
}
SEARCH = "searches of notebook 6"
WAYS = ("plain", "lesson")


def operations(model) -> float:
    """Return the floating point operations of one picture in one training step."""
    total = 0
    for number, layer in enumerate(layer for layer in model.layers if layer.get_weights()):
        kernel = layer.get_weights()[0]
        places = layer.output.shape[1] * layer.output.shape[2] if kernel.ndim == 4 else 1
        total += 2 * kernel.size * places * (2 if number == 0 else 3)
    return total


def matrix_rate(dtype: str) -> float:
    """Return the GFLOP/s of a product of two matrices, the best of some."""
    from helpers.backstage.quiet import keras

    n = 2048
    a = keras.ops.cast(keras.random.normal((n, n), seed=1), dtype)
    times = []
    for _ in range(6):
        start = time.perf_counter()
        keras.ops.matmul(a, a).numpy()
        times.append(time.perf_counter() - start)
    return 2 * n**3 / min(times) / 1e9


def load(way: str):
    """Return the pictures in the form of this way."""
    from helpers.data import load_data, scale

    (images, labels), (val_images, val_labels) = load_data("sketch-street-10")
    if way == "lesson":
        return scale(images), labels, scale(val_images), val_labels
    return images / 255.0, labels, val_images / 255.0, val_labels


def compile_plainly(model, learning_rate: float = 0.001):
    """Do what ``compile_model`` does, with nothing but Keras."""
    from helpers.backstage.quiet import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model


def precision_of(way: str) -> str:
    from helpers.training import hidden_precision

    return hidden_precision().removeprefix("mixed_") if way == "lesson" else "float32"


def measure_network(way: str, name: str, epochs: int) -> dict:
    """Train one network, and return what was measured."""
    from start_and_memory import peak_memory

    from helpers.backstage.quiet import keras
    from helpers.models import create_cnn, create_dense
    from helpers.training import compile_model

    images, labels, val_images, val_labels = load(way)
    keras.utils.set_random_seed(1)
    arguments = NETWORKS[name]
    model = create_dense(IMAGE) if arguments is None else create_cnn(IMAGE, **arguments)
    compile_model(model) if way == "lesson" else compile_plainly(model)
    ends = []
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: ends.append(time.perf_counter()))
    model.fit(images, labels, epochs=epochs + 1, verbose=0, callbacks=[clock])
    # The first epoch has the tracing in it. Of the others the fastest: on a machine that does other
    # things as well, all of them are too long, and this one the least.
    seconds = min(end - start for start, end in itertools.pairwise(ends))
    precision = "float32" if arguments is None else precision_of(way)
    peak = peak_memory()
    gflops = operations(model) * len(images) / seconds / 1e9
    return {
        "seconds": seconds,
        "peak_mb": peak,
        "precision": precision,
        "gflops": gflops,
        "matrix_gflops": matrix_rate(precision),
    }


def measure_searches(way: str) -> dict:
    """Run the code of notebook 6, and time the cells that search.

    In the plain way, the first cell, which imports and loads, is followed by what replaces the
    pixels and the functions of the lesson.
    """
    import matplotlib
    from start_and_memory import peak_memory

    matplotlib.use("Agg")
    # What is defined here can travel to other processes, as from a notebook.
    namespace = {"__name__": "__main__"}
    seconds, n_searches = 0.0, 0
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for number, source in enumerate(sources):
        instead = re.match("# Instead of training: (.*)", source)
        searches = instead and ("side_by_side(" in source or "search(" in source)
        start = time.perf_counter()
        exec(instead[1] if instead and not searches else source, namespace)
        if searches:
            seconds += time.perf_counter() - start
            n_searches += 1
        if number == 0 and way == "plain":
            namespace |= {
                "train_scaled": namespace["train_images"] / 255.0,
                "val_scaled": namespace["val_images"] / 255.0,
                "compile_model": compile_plainly,
                "side_by_side": lambda function, values: [function(value) for value in values],
                "search": lambda tuner, *data, **more: tuner.search(*data, verbose=0, **more),
            }
    assert n_searches == 5, n_searches
    return {
        "seconds": seconds,
        "peak_mb": peak_memory(),  # without the other processes
        "precision": precision_of(way),
    }


def one(way: str, name: str, epochs: int) -> None:
    """Measure in this process, and print the result as the last line."""
    result = measure_searches(way) if name == SEARCH else measure_network(way, name, epochs)
    print(json.dumps(result))


def run(out: Path, turns: int, epochs: int, names: list[str]) -> None:
    """Measure everything in turns, and write one line for each measurement."""
    rows = []
    for turn in range(turns):
        for name in names:
            for way in WAYS if turn % 2 == 0 else WAYS[::-1]:
                command = [sys.executable, __file__, "--one", way, name, "--epochs", str(epochs)]
                done = subprocess.run(
                    command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    text=True, check=True,
                )  # fmt: skip
                result = json.loads(done.stdout.splitlines()[-1])
                rows.append({"turn": turn, "name": name, "way": way} | result)
                print(rows[-1], flush=True)
                pd.DataFrame(rows).round(2).to_csv(out, index=False)


def table(path: Path) -> str:
    """Return the medians over the turns as a markdown table."""
    runs = pd.read_csv(path)
    lines = [
        "| training | plain / lesson | GFLOP/s | of a matrix product | peak memory, MB |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(runs.name):
        part = runs[runs.name == name]
        plain, ours = (part[part.way == way].sort_values("turn") for way in WAYS)
        ratios = plain.seconds.to_numpy() / ours.seconds.to_numpy()
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        rates = shares = "–"
        if ours.gflops.notna().all():
            rates = f"{plain.gflops.median():.0f} → {ours.gflops.median():.0f}"
            both = [(w.gflops / w.matrix_gflops).median() for w in (plain, ours)]
            shares = f"{both[0]:.0%} → {both[1]:.0%} ({ours.precision.iloc[0]})"
        memory = f"{plain.peak_mb.median():.0f} → {ours.peak_mb.median():.0f}"
        lines.append(f"| {name} | {ratio} | {rates} | {shares} | {memory} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("training_speed.csv"))
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--names", nargs="+", default=[*NETWORKS, SEARCH])
    parser.add_argument("--table", type=Path, help="print the table of this file, measure nothing")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
    elif options.one:
        one(*options.one, options.epochs)
    else:
        from seat import processor

        print(f"{processor()}, {os.cpu_count()} cores")
        run(options.out, options.turns, options.epochs, options.names)
        print(table(options.out))


if __name__ == "__main__":
    main()
