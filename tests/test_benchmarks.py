"""What the benchmarks compute is right; the times themselves are nobody's promise."""

import builtins
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import training_speed  # noqa: E402

import helpers.data  # noqa: E402
import helpers.search  # noqa: E402
import helpers.training  # noqa: E402
from helpers.models import create_cnn, create_dense  # noqa: E402

MEASURED = ROOT / "benchmarks" / "training_speed.csv"


def test_operations_are_those_of_the_formula():
    # Two multiplications or additions for each weight and place: forward, and twice backward.
    dense = create_dense((4, 4, 1), units=(5,), n_classes=3)
    assert training_speed.operations(dense) == 2 * (16 * 5) * 2 + 2 * (5 * 3) * 3
    cnn = create_cnn((10, 10, 3), n_blocks=1, filters=4, n_classes=2)
    conv, hidden, outputs = 3 * 3 * 3 * 4 * 8 * 8, 4 * 4 * 4 * 50, 50 * 2
    assert training_speed.operations(cnn) == 2 * conv * 2 + 2 * hidden * 3 + 2 * outputs * 3


def test_the_table_holds_ratios_of_turns(tmp_path):
    rows = [
        {"turn": turn, "name": "two blocks", "way": way, "seconds": seconds, "peak_mb": 900,
         "precision": "bfloat16" if way == "lesson" else "float32", "gflops": 50 / seconds,
         "matrix_gflops": 100}
        for turn, plain in enumerate([2.0, 3.0, 4.0])
        for way, seconds in (("plain", plain), ("lesson", 1.0))
    ]  # fmt: skip
    pd.DataFrame(rows).sample(frac=1, random_state=1).to_csv(tmp_path / "t.csv", index=False)
    line = training_speed.table(tmp_path / "t.csv").splitlines()[-1]
    assert line.startswith("| two blocks | 3.00 (2.00–4.00) | 17 → 50 | 17% → 50% (bfloat16) |")


def test_readme_prints_the_measured_table():
    assert training_speed.table(MEASURED) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_no_training_got_slower():
    runs = pd.read_csv(MEASURED).pivot(index=["name", "turn"], columns="way", values="seconds")
    ratios = (runs.plain / runs.lesson).groupby("name").median()
    assert len(ratios) >= 7 and np.isfinite(ratios).all()
    assert ratios.min() > 0.97


@pytest.mark.parametrize("way", training_speed.WAYS)
def test_only_searches_are_timed_and_each_way_has_its_own(way, tmp_path, monkeypatch):
    search = "# Instead of training: x = None\nx = side_by_side(lambda n: time.sleep(0.1), [1])\n"
    sources = [
        "import time\nfrom helpers.data import scale\nfrom helpers.search import side_by_side\n",
        "# Instead of training: model = 'loaded'\ntime.sleep(60)\n",
        *[search] * 6,
        f"import helpers.search\nassert model == 'loaded' and x == [None]\n"
        f"assert (side_by_side is kept) == {way == 'lesson'}\n"
        "assert (scale is kept_scale) == (side_by_side is kept)\n",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "#"}, *cells]}))
    monkeypatch.setattr(training_speed, "NOTEBOOK", path)
    changed = (
        (helpers.search, ("search", "side_by_side")),
        (helpers.data, ("scale",)),
        (helpers.training, ("STEPS_AT_A_TIME",)),
    )
    for module, names in changed:
        for name in names:  # both ways leave things as they were
            monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(builtins, "kept", helpers.search.side_by_side, raising=False)
    monkeypatch.setattr(builtins, "kept_scale", helpers.data.scale, raising=False)
    monkeypatch.setattr(helpers.search.Report, "add", lambda *_, **__: None)
    measured = training_speed.measure_searches(way)
    assert 0.6 <= measured["seconds"] < 60


@pytest.mark.parametrize("way", training_speed.WAYS)
def test_both_ways_load_the_same_pictures(way):
    images, labels, val_images, _ = training_speed.load(way)
    assert images.dtype == ("float64" if way == "plain" else "float32")
    assert images.max() <= 1 and len(images) == len(labels) and len(val_images) == 293
