"""Settings for all tests, in this process and in those it starts (kernels among them)."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import execute
import nbformat
import pytest
from nbval.plugin import coalesce_streams, get_sanitize_patterns

from helpers.backstage.catching_up import INSTEAD

# The tests run side by side, one process for each core (see addopts in pyproject.toml). With
# one thread each they do not get in each other's way. Set before TensorFlow is imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")

# Results depend on the data, and tables on the width of the terminal.
os.environ.setdefault("LESSON_DATA", "sketch-street-10")
for name in ("COLUMNS", "JUPYTER_COLUMNS"):
    os.environ.pop(name, None)

# On a GPU, too, numbers of 32 bits are multiplied with all of them: outputs are compared strictly.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")

# Nothing that a test solves goes into the record of whoever runs it, nor the other way round.
RECORD = tempfile.TemporaryDirectory(prefix="lesson-progress-")
os.environ["LESSON_PROGRESS"] = str(Path(RECORD.name) / "progress.json")

# What takes longest comes first, so that no process is left alone with it at the end.
LONGEST = (
    "07-",
    "05-dropout",
    "06-hyperparameter-tuning",
    "test_parallel",
    "test_website",
    "04-compile",
    "test_browser",
    "test_checkpoints",
    "09-",
    "08-",
    "test_story",
    "test_doctor",
    "test_editions",
    "test_photographs",
)

ROOT = Path(__file__).resolve().parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")

# The browser of tests/test_browser.py: any that is built on Chromium.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)

# What needs Ray, which has an environment of its own.
RAY = importlib.util.find_spec("ray") is not None
NEED_RAY = [path for path in NOTEBOOKS if "import ray" in path.read_text(encoding="utf-8")]
collect_ignore = []
if not RAY:
    collect_ignore += ["tests/test_ray.py", "notebooks/helpers/backstage/cluster.py"]
    collect_ignore += [f"notebooks/{path.name}" for path in NEED_RAY]


# Whether this run is to be one on a GPU: `lesson.py test --gpu`.
GPU_ASKED = Path(sys.prefix).name == ".venv-gpu"


@functools.cache
def gpus():
    """Return the GPUs that TensorFlow sees. Without NVIDIA's libraries there is no need to ask."""
    if importlib.util.find_spec("nvidia") is None:
        return []
    importlib.import_module("helpers.backstage.quiet")
    return importlib.import_module("tensorflow").config.list_physical_devices("GPU")


SLOW = bool(os.environ.get("LESSON_SLOW"))
# Trainings that the default run loads. Of each kind one is left: a network with few and with many
# blocks, without and with dropout, with early stopping, a search, and of 08 a short one.
LOADED = {
    "04": "optimizers|learning-rates",
    "05": "dropout-0.8",
    "06": "sweep-|random_tuner|second_tuner|winner",
    "08": "^(?!.*momentum)",
}

# What nbval may treat as equal.
SANITIZE = dict(get_sanitize_patterns((ROOT / "tests" / "nbval_sanitize.cfg").read_text("utf-8")))


def printed(cell):
    """Return what a cell has printed, without what may differ between two runs of it."""
    text = "".join(out.get("text", "") for out in coalesce_streams(cell.get("outputs", [])))
    for pattern, stand_in in SANITIZE.items():
        text = re.sub(pattern, stand_in, text)
    return text


def draw_few(source):
    """Return the code of a cell with fewer pictures to draw for a training that is loaded.

    To draw them all takes minutes; these few are drawn for another cell of notebook 08 anyway.
    """
    return source.replace("draw_more(8000)", "draw_more(878)")


def all_loaded(path):
    """Return a notebook in which nothing is trained, and few pictures are drawn."""
    notebook = nbformat.read(path, as_version=4)
    execute.load_instead(notebook)
    for cell in notebook.cells:
        cell.source = draw_few(cell.source)
    return notebook


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The web site, as somebody builds it who has just got the lesson."""
    folder = tmp_path_factory.mktemp("site") / "layer-by-layer"
    command = [sys.executable, str(ROOT / "lesson.py"), "site", str(folder)]
    command += ["--repository", "somebody/lesson"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


def tags(item):
    """Return the tags of a notebook's cell; any other test has none."""
    cell = getattr(item, "cell", None)
    return cell.metadata.get("tags", []) if cell else []


def load_instead(item):
    """Load what a cell would train, if it is one of LOADED.

    They take twice as long as the others. tests/test_checkpoints.py says that the page is the
    same with what was loaded, and that no code behind it has changed; with LESSON_SLOW=1 all are
    trained, as each week.
    """
    loaded = LOADED.get(item.path.name[:2])
    if SLOW or not loaded or not hasattr(item, "cell"):
        return
    statement = INSTEAD.search(item.cell.source)
    if statement and re.search(loaded, statement[1]):
        item.cell.source = statement[1]
        item.options["check"] = False  # it says that it was loaded
    few = draw_few(item.cell.source)
    if few != item.cell.source:
        item.cell.source = few
        item.options["check"] = False


def pytest_collection_modifyitems(items):
    def rank(item):
        places = [i for i, name in enumerate(LONGEST) if item.path.name.startswith(name)]
        return places[0] if places else len(LONGEST)

    items.sort(key=rank)
    for item in items:
        load_instead(item)
        # Each backend of Keras draws other random numbers from the same seed.
        if BACKEND != "tensorflow" and "varies-backend" in tags(item):
            item.options["check"] = False
        if "varies-gpu" in tags(item) and gpus():
            item.options["check"] = False


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu") is None or gpus():
        return
    if GPU_ASKED:
        pytest.fail(
            "TensorFlow sees no GPU, and --gpu asks for one. If `nvidia-smi` lists it, the driver "
            "is too old for this TensorFlow; otherwise the machine has none, or no driver.",
            pytrace=False,
        )
    pytest.skip("TensorFlow sees no GPU (on a machine with one: python3 lesson.py test --gpu)")


def pytest_report_header(config):
    lines = []
    if not config.invocation_params.args:
        notebooks = len([path for path in NOTEBOOKS if RAY or path not in NEED_RAY])
        lines += [
            f"About 15 minutes on two cores: executes {notebooks} notebooks, most trainings too,",
            "compares what comes out with what they hold, and tests all that is behind them.",
        ]
    if CHROMIUM is None:
        lines.append("NO CHROMIUM: no notebook is tested in a browser (apt-get install chromium).")
    if not gpus():
        what = "fail" if GPU_ASKED else "are skipped"
        lines.append(f"NO GPU that TensorFlow sees: the tests of one {what} (tests/test_gpu.py).")
    if not RAY:
        lines.append(f"NO RAY: left out are {', '.join(collect_ignore)} (CONTRIBUTING.md).")
    return lines
