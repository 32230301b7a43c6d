"""Settings for all tests, in this process and in those it starts (kernels among them)."""

import os

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
LONGEST = ("06-hyperparameter-tuning", "test_photographs", "04-compile", "05-dropout", "07-")


def pytest_collection_modifyitems(items):
    def rank(item):
        places = [i for i, name in enumerate(LONGEST) if item.path.name.startswith(name)]
        return places[0] if places else len(LONGEST)

    items.sort(key=rank)
