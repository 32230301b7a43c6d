"""Time an epoch of two blocks on each backend of Keras, side by side.

    python tools/benchmarks/backends.py --out data/runs/backends.csv
    python tools/benchmarks/backends.py --table data/runs/backends.csv

Each backend has the environment that `python3 lesson.py test` makes for it, also with `--jax` and
`--torch`, and each measurement a process of its own, one thread, and a network as ``compile_model``
makes it there. The backends take turns, so that whatever else the machine does meets all of them. A
wall time says something only where nothing else runs, and of several the best says most.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "notebooks"):
    sys.path.insert(0, str(folder))

import lesson  # noqa: E402

# Name and package of each backend, and the environment that has it.
BACKENDS = {
    "tensorflow": ("TensorFlow", ""),
    "jax": ("JAX", "-jax"),
    "torch": ("PyTorch", "-torch"),
}


def measure(epochs: int) -> dict:
    """Train two blocks in this process, and return what the fastest epoch took."""
    from importlib.metadata import PackageNotFoundError, version

    from helpers.backstage.quiet import keras
    from helpers.data import load_data, scale
    from helpers.models import create_cnn
    from helpers.training import compile_model, hidden_precision

    (images, labels), _ = load_data("sketch-street-10")
    keras.utils.set_random_seed(1)
    model = compile_model(create_cnn(images.shape[1:]))
    ends = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: ends.append((time.process_time(), time.perf_counter()))
    )
    # One more, since the first one has the compiling in it.
    model.fit(scale(images), labels, epochs=epochs + 1, verbose=0, callbacks=[clock])
    processor, wall = (
        min(after - before for before, after in itertools.pairwise(times))
        for times in zip(*ends, strict=True)
    )
    backend = keras.backend.backend()
    try:
        number = version(backend)
    except PackageNotFoundError:  # the build of TensorFlow for Linux has another name
        number = version("tensorflow-cpu")
    precision = hidden_precision().removeprefix("mixed_")
    return {"version": number, "precision": precision, "processor": processor, "wall": wall}


def run(out: Path, turns: int, epochs: int) -> None:
    """Measure all in turns, and write one line for each measurement."""
    from helpers.backstage.parallel import ENVIRONMENT

    rows = []
    for turn in range(turns):
        for backend in list(BACKENDS)[:: 1 if turn % 2 == 0 else -1]:
            python = lesson.place(BACKENDS[backend][1])[2]
            if not Path(python).exists():
                sys.exit(
                    f"There is no {python}. `python3 lesson.py test {{--jax,--torch}}` makes it."
                )
            done = subprocess.run(
                [python, __file__, "--one", "--epochs", str(epochs)],
                env={**os.environ, **ENVIRONMENT, "KERAS_BACKEND": backend},
                stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
            rows.append(
                {"turn": turn, "backend": backend} | json.loads(done.stdout.splitlines()[-1])
            )
            print(rows[-1], flush=True)
            pd.DataFrame(rows).round(2).to_csv(out, index=False)


def table(path: Path) -> str:
    """Return the medians over the turns as a markdown table."""
    runs = pd.read_csv(path, dtype={"version": str})
    lines = [
        "| backend | processor seconds | times TensorFlow's | best wall seconds | computes in |",
        "|---|---|---|---|---|",
    ]
    parts = {name: part.sort_values("turn") for name, part in runs.groupby("backend")}
    first = parts["tensorflow"].processor.to_numpy()
    for backend in BACKENDS:
        part = parts[backend]
        ratios = part.processor.to_numpy() / first
        ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f})"
        name = f"{BACKENDS[backend][0]} {part.version.iloc[0].partition('+')[0]}"
        lines.append(
            f"| {name} | {part.processor.median():.2f} | {ratio} | {part.wall.min():.2f} "
            f"| {part.precision.iloc[0]} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("backends.csv"))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--table", type=Path, help="print the table of this file, measure nothing")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
    elif options.one:
        print(json.dumps(measure(options.epochs)))
    else:
        from seat import processor

        print(f"{processor()}, {os.cpu_count()} cores")
        run(options.out, options.turns, options.epochs)
        print(table(options.out))


if __name__ == "__main__":
    main()
