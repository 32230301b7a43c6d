"""Measure how soon the first picture shows, and what training takes in memory and time.

    python tools/benchmarks/start_and_memory.py [start] [memory] [epoch] [progress]

Run it in the lesson's environment, with nothing else running: each other program that wants
a core makes the numbers noisy. All four parts take three to four minutes. They print ratios, which
depend less on the machine than seconds and megabytes do.

start   time from a started, idle kernel to the first picture of notebook 1, by the time that
        `import tensorflow` alone takes in such a kernel. Wanted: at most 0.5. A learner who
        opens the lesson should see pictures, and not wait for a library used an hour later.
memory  peak memory of training on pictures from `scale` (float32), by that of the same training
        on pictures divided by 255.0 (float64). Wanted: below 1. Most of both is TensorFlow
        itself, so the part on top of the imports is compared as well.
epoch   time of one epoch through `compile_model`, by that through a plain `model.compile` of
        the same network with the same seed and data. Wanted: not above 1 within the noise.
progress  time of a training in a notebook that shows its growing curves, by that of the same
        training without. Wanted: below 1.03.

The two sides of a ratio take turns, so that a machine that slows down slows both, and the ratio
is that of their medians. Behind each median stand the lowest and the highest value. The first
turn is a warm-up and does not count: it reads files that later turns find in the computer's memory.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
FIRST_NOTEBOOK = NOTEBOOKS / "01-data-loading.ipynb"

# Turns that count, for each side.
KERNELS = 5
TRAININGS = 3
EPOCHS = 9

# Another data set is chosen as for the notebooks. Kernels and processes started here inherit it.
os.environ.setdefault("LESSON_DATA", "sketch-street-10")


# ---------------------------------------------------------------- from a kernel to a picture


def in_idle_kernel(cells: list[str], until_picture: bool) -> float:
    """Start a kernel, let it come to rest, run cells in it, and return the seconds they took."""
    from jupyter_client.manager import start_new_kernel

    # TensorFlow's greetings would stand between the results. A cell's error arrives as a message.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(NOTEBOOKS), **quiet)
    seen = []

    def note_picture(message: dict) -> None:
        kinds = message["content"].get("data", {})
        if any(kind.startswith("image/") for kind in kinds) or "<img" in kinds.get("text/html", ""):
            seen.append(time.perf_counter())

    try:
        # A kernel that says it is ready may still be busy with its own start.
        client.execute_interactive("pass", output_hook=note_picture, timeout=60)
        time.sleep(0.5)
        start = time.perf_counter()
        for cell in cells:
            reply = client.execute_interactive(cell, output_hook=note_picture, timeout=120)
            if reply["content"]["status"] != "ok":
                raise SystemExit("\n".join(reply["content"].get("traceback", ["a cell failed"])))
            if until_picture and seen:
                return seen[0] - start
        if until_picture:
            raise SystemExit(f"{FIRST_NOTEBOOK.name} showed no picture.")
        return time.perf_counter() - start
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def measure_start() -> None:
    cells = [
        "".join(cell["source"])
        for cell in json.loads(FIRST_NOTEBOOK.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    picture, tensorflow = [], []
    for _ in range(1 + KERNELS):
        picture.append(in_idle_kernel(cells, until_picture=True))
        tensorflow.append(in_idle_kernel(["import tensorflow"], until_picture=False))
    picture, tensorflow = picture[1:], tensorflow[1:]
    show("first picture", picture, "s")
    show("import tensorflow", tensorflow, "s")
    print(f"  ratio {median(picture) / median(tensorflow):.2f} (wanted: at most 0.5)\n")


# ---------------------------------------------------------------- memory of training


def peak_memory() -> float:
    """Return the most memory that this process has held so far, in MB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def train_once(pictures: str) -> None:
    """Train on float32 or float64 pictures, and print the peaks before and after."""
    from helpers.backstage.quiet import keras
    from helpers.data import load_data, scale
    from helpers.models import create_cnn
    from helpers.training import compile_model

    before = peak_memory()
    (images, labels), (val_images, val_labels) = load_data()
    if pictures == "float32":
        images, val_images = scale(images), scale(val_images)
    else:
        images, val_images = images / 255.0, val_images / 255.0
    keras.utils.set_random_seed(1)
    model = compile_model(create_cnn(images.shape[1:], n_blocks=2))
    validation = (val_images, val_labels)
    model.fit(images, labels, epochs=2, validation_data=validation, verbose=0)
    print(before, peak_memory())


def measure_memory() -> None:
    if sys.platform == "win32":
        print("  left out: Windows does not tell a process its peak memory this way\n")
        return
    whole = {"float32": [], "float64": []}
    added = {"float32": [], "float64": []}
    for _ in range(TRAININGS):
        for pictures in whole:
            # A peak never falls again, so each training gets a process of its own. Such a process
            # may start with its parent's peak: this one must not import TensorFlow.
            before, peak = map(float, in_new_process("memory", pictures).split()[-2:])
            whole[pictures].append(peak)
            added[pictures].append(peak - before)
    for what, values in (("peak", whole), ("on top of the imports", added)):
        for pictures in values:
            show(f"{pictures}, {what}", values[pictures], "MB")
        ratio = median(values["float32"]) / median(values["float64"])
        print(f"  ratio {ratio:.2f} (wanted: below 1)")
    print()


# ---------------------------------------------------------------- time of an epoch


def time_epochs() -> None:
    """Train two equal networks in turns, and print the seconds of each epoch as JSON."""
    import numpy as np

    from helpers.backstage.quiet import keras
    from helpers.data import load_data, scale
    from helpers.models import create_cnn
    from helpers.training import compile_model

    (images, labels), _ = load_data()
    images = scale(images)
    models = {}
    for side in ("helper", "plain"):
        keras.utils.set_random_seed(1)
        models[side] = create_cnn(images.shape[1:], n_blocks=2)
    pairs = zip(models["helper"].get_weights(), models["plain"].get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs), "the two networks start differently"
    compile_model(models["helper"])
    models["plain"].compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    seconds = {"helper": [], "plain": []}
    for turn in range(1 + EPOCHS):
        # Who goes first changes, so that neither always finds what the other left behind.
        for side in sorted(models, reverse=turn % 2 == 1):
            keras.utils.set_random_seed(turn)
            start = time.perf_counter()
            models[side].fit(images, labels, epochs=1, verbose=0)
            seconds[side].append(time.perf_counter() - start)
    print(json.dumps({side: values[1:] for side, values in seconds.items()}))


def measure_epoch() -> None:
    seconds = json.loads(in_new_process("epoch").splitlines()[-1])
    helper, plain = seconds["helper"], seconds["plain"]
    show("compile_model", helper, "s")
    show("model.compile", plain, "s")
    low, _, high = quantiles([h / p for h, p in zip(helper, plain, strict=True)], n=4)
    print(
        f"  ratio {median(helper) / median(plain):.2f} (wanted: not above 1 within the noise; "
        f"half of the turns lie from {low:.2f} to {high:.2f})\n"
    )


# ---------------------------------------------------------------- cost of showing progress

PROGRESS = """
import json, time
import helpers.backstage.quiet, keras
from helpers.data import load_data, scale
from helpers.models import create_cnn
from helpers.training import Progress, compile_model

(images, labels), validation = load_data()
images, validation = scale(images), (scale(validation[0]), validation[1])
seconds = {"with": [], "without": []}
for turn in range(1 + TURNS):
    for side in sorted(seconds, reverse=turn % 2 == 1):
        keras.utils.set_random_seed(1)
        model = compile_model(create_cnn(images.shape[1:], n_blocks=2))
        callbacks = [Progress()] if side == "with" else []
        start = time.perf_counter()
        model.fit(
            images, labels, epochs=10, validation_data=validation, verbose=0, callbacks=callbacks
        )
        seconds[side].append(time.perf_counter() - start)
print("RESULT" + json.dumps({side: values[1:] for side, values in seconds.items()}))
"""


def measure_progress() -> None:
    import nbformat
    from nbclient import NotebookClient

    code = PROGRESS.replace("TURNS", str(TRAININGS))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=900, resources=folder).execute()
    text = "".join(output.get("text", "") for output in notebook.cells[0].outputs)
    seconds = json.loads(text.partition("RESULT")[2].splitlines()[0])
    show("with progress", seconds["with"], "s")
    show("without", seconds["without"], "s")
    print(
        f"  ratio {median(seconds['with']) / median(seconds['without']):.3f} (wanted: below 1.03)\n"
    )


# ---------------------------------------------------------------- all four


def show(name: str, values: list[float], unit: str) -> None:
    """Print the median of some values, the lowest and the highest."""
    digits = 0 if unit == "MB" else 2
    numbers = [f"{value:.{digits}f}" for value in (median(values), min(values), max(values))]
    print(f"  {name:31} {numbers[0]} {unit} ({numbers[1]} to {numbers[2]})")


def in_new_process(*arguments: str) -> str:
    """Run one of the trainings in a process of its own; return what it printed."""
    command = [sys.executable, __file__, "--in-new-process", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=NOTEBOOKS)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = {"start": measure_start, "memory": measure_memory, "epoch": measure_epoch}
    parts["progress"] = measure_progress
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(parts)}; all if left out")
    parser.add_argument("--in-new-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_new_process:
        sys.path.insert(0, str(NOTEBOOKS))
        if options.parts[0] == "memory":
            train_once(options.parts[1])
        else:
            time_epochs()
        return
    unknown = set(options.parts) - set(parts)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Choose from {', '.join(parts)}.")
    for name in options.parts or parts:
        print(f"{name}:", flush=True)
        parts[name]()


if __name__ == "__main__":
    main()
