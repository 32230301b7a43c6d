"""The lesson on real photographs: all notebooks run to their end, and the networks learn.

The photographs are no part of the project. The test runs where a folder with four files of the
form of Dollar Street 10 is named by the variable LESSON_PHOTOGRAPHS, or stands at
../shared/real-photos.
"""

import json
import os
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from conftest import NEED_RAY, NOTEBOOKS, ROOT, all_loaded

PHOTOGRAPHS = Path(
    os.environ.get("LESSON_PHOTOGRAPHS", ROOT.parent / "shared" / "real-photos")
).resolve()
# The others bring pictures of their own, or need another environment.
RUN = [
    path for path in NOTEBOOKS
    if "load_data(" in path.read_text(encoding="utf-8") and path not in NEED_RAY
]  # fmt: skip

pytestmark = pytest.mark.skipif(
    not (PHOTOGRAPHS / "train_images.npy").exists(),
    reason=f"no photographs at {PHOTOGRAPHS}; name a folder in LESSON_PHOTOGRAPHS",
)

# Added to the end of a notebook: where its trainings ended.
REPORT = """
import json
found = {n: v.history for n, v in list(globals().items()) if hasattr(v, "history")
         and isinstance(getattr(v, "history"), dict) and "val_accuracy" in v.history}
print("REPORT" + json.dumps(found))
"""


def run(path, notebook, monkeypatch):
    monkeypatch.setenv("LESSON_DATA", str(PHOTOGRAPHS))
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": path.parent}}).execute()


# 01 looks most closely at the pictures, and 07 has code of its own for photographs.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=() if path.name[:2] in ("01", "07") else pytest.mark.weekly)
        for path in RUN
    ],
    ids=lambda path: path.stem,
)
def test_every_other_cell_runs_on_photographs(path, monkeypatch):
    """What is trained is loaded: networks that were trained on the drawn pictures."""
    run(path, all_loaded(path), monkeypatch)


@pytest.mark.weekly
@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_networks_learn_from_photographs(path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(REPORT))
    run(path, notebook, monkeypatch)
    histories = json.loads(notebook.cells[-1].outputs[0].text.partition("REPORT")[2])
    for name, history in histories.items():
        assert all(np.isfinite(series).all() for series in history.values()), name
        assert history["loss"][-1] < history["loss"][0], name
        # Dropout of 0.8 learns slowly, and the others are far above chance by then.
        assert max(history["val_accuracy"]) > 0.12, (name, history["val_accuracy"])
