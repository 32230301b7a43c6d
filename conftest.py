"""Settings for all tests, in this process and in those it starts (kernels among them)."""

import importlib.util
import os
import re
import shutil
import tempfile
from pathlib import Path

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

# Nothing that a test solves goes into the record of whoever runs it, nor the other way round.
RECORD = tempfile.TemporaryDirectory(prefix="lesson-progress-")
os.environ["LESSON_PROGRESS"] = str(Path(RECORD.name) / "progress.json")

# What takes longest comes first, so that no process is left alone with it at the end.
LONGEST = (
    "06-hyperparameter-tuning",
    "test_browser",
    "test_story",
    "05-dropout",
    "04-compile",
    "test_parallel",
    "test_checkpoints",
    "test_photographs",
    "test_tasks",
    "07-",
    "08-",
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


SLOW = bool(os.environ.get("LESSON_SLOW"))
# Trainings that the default run loads: two searches of notebook 06, and all of 08 but a short one.
LOADED = {"06": "sweep-more|second_tuner", "08": "^(?!.*momentum)"}
# Pictures of notebook 08 for a training that is loaded; to draw them all takes minutes.
MANY, FEW = "draw_more(8000)", "draw_more(878)"

# What nbval may treat as equal.
SANITIZE = dict(get_sanitize_patterns((ROOT / "tests" / "nbval_sanitize.cfg").read_text("utf-8")))


def printed(cell):
    """Return what a cell has printed, without what may differ between two runs of it."""
    text = "".join(out.get("text", "") for out in coalesce_streams(cell.get("outputs", [])))
    for pattern, stand_in in SANITIZE.items():
        text = re.sub(pattern, stand_in, text)
    return text


def tags(item):
    """Return the tags of a notebook's cell; any other test has none."""
    cell = getattr(item, "cell", None)
    return cell.metadata.get("tags", []) if cell else []


def load_instead(item):
    """Load what a cell would train, if it is one of LOADED.

    They take as long as the rest of the notebooks. tests/test_checkpoints.py says that the page is
    the same with what was loaded; with LESSON_SLOW=1 all are trained.
    """
    loaded = LOADED.get(item.path.name[:2])
    if SLOW or not loaded or not hasattr(item, "cell"):
        return
    statement = INSTEAD.search(item.cell.source)
    if statement and re.search(loaded, statement[1]):
        item.cell.source = statement[1]
        item.options["check"] = False  # it says that it was loaded
    if MANY in item.cell.source:
        item.cell.source = item.cell.source.replace(MANY, FEW)
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


def pytest_report_header(config):
    lines = []
    if not config.invocation_params.args:
        notebooks = len([path for path in NOTEBOOKS if RAY or path not in NEED_RAY])
        lines += [
            f"About 17 minutes on two cores: executes {notebooks} notebooks, most trainings too,",
            "compares what comes out with what they hold, and tests all that is behind them.",
        ]
    if CHROMIUM is None:
        lines.append("NO CHROMIUM: no notebook is tested in a browser (apt-get install chromium).")
    if not RAY:
        lines.append(f"NO RAY: left out are {', '.join(collect_ignore)} (CONTRIBUTING.md).")
    return lines
