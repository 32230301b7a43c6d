"""Settings for all tests, in this process and in those it starts (kernels among them)."""

import importlib.util
import os
import shutil

import pytest

# The tests run side by side, one process for each core (see addopts in pyproject.toml). With
# one thread each they do not get in each other's way. Set before TensorFlow is imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")

# Results depend on the data, and tables on the width of the terminal.
os.environ.setdefault("LESSON_DATA", "sketch-street-10")
for name in ("COLUMNS", "JUPYTER_COLUMNS"):
    os.environ.pop(name, None)

# What takes longest comes first, so that no process is left alone with it at the end.
LONGEST = (
    "06-hyperparameter-tuning",
    "test_photographs",
    "test_browser",
    "04-compile",
    "05-dropout",
    "test_search",
    "test_checkpoints",
    "07-",
)


BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")


def tags(item):
    """Return the tags of a notebook's cell; any other test has none."""
    cell = getattr(item, "cell", None)
    return cell.metadata.get("tags", []) if cell else []


def pytest_collection_modifyitems(items):
    def rank(item):
        places = [i for i, name in enumerate(LONGEST) if item.path.name.startswith(name)]
        return places[0] if places else len(LONGEST)

    items.sort(key=rank)
    for item in items:
        # Each backend of Keras draws other random numbers from the same seed.
        if BACKEND != "tensorflow" and "varies-backend" in tags(item):
            item.options["check"] = False
        if item.path.name == "test_browser.py" and "[09-" in item.name:
            item.add_marker(pytest.mark.skip(reason="JupyterLab is started without Ray there"))


# The browser of tests/test_browser.py: any that is built on Chromium.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)

# What needs Ray, which has an environment of its own.
RAY = importlib.util.find_spec("ray") is not None
collect_ignore = [] if RAY else ["tests/test_ray.py", "notebooks/09-beyond-one-machine.ipynb"]


def pytest_report_header():
    lines = []
    if CHROMIUM is None:
        lines.append("NO CHROMIUM: no notebook is tested in a browser (apt-get install chromium).")
    if not RAY:
        lines.append(f"NO RAY: left out are {' and '.join(collect_ignore)} (CONTRIBUTING.md).")
    return lines
