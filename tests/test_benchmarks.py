"""What the benchmarks compute is right; the times themselves are nobody's promise."""

import json
import time
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import backends, claims, ladder, training_speed
from scipy import stats

from helpers.models import create_cnn, create_dense


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


@pytest.mark.parametrize(
    ("way", "expected"),
    [("plain", "(1, 'float64', 'compile_plainly')"), ("lesson", "(2, 'float32', 'compile_model')")],
)
def test_only_searches_are_timed_and_each_way_has_its_own(way, expected, tmp_path, monkeypatch):
    sources = [
        "import time, numpy as np\nfrom helpers.training import compile_model\n"
        "side_by_side = lambda function, values: [2 for value in values]\n"
        "train_images = val_images = np.full(3, 51)\n"
        "train_scaled = val_scaled = np.full(3, 0.2, 'float32')\n",
        "# Instead of training: model = 'loaded'\ntime.sleep(60)\n",
        *["# Instead of training: x = None\nx = side_by_side(lambda n: n, [1])\n"] * 5,
        "time.sleep(0.5)\nassert model == 'loaded'\n"
        f"assert (x[0], str(train_scaled.dtype), compile_model.__name__) == {expected}\n",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "#"}, *cells]}))
    monkeypatch.setattr(training_speed, "NOTEBOOK", path)
    monkeypatch.syspath_prepend(Path(training_speed.__file__).parent)
    assert 0 < training_speed.measure_searches(way)["seconds"] < 0.5


# --- backends -----------------------------------------------------------------------------------


def test_an_epoch_is_measured_without_the_first(monkeypatch):
    pictures = np.zeros((40, 64, 64, 3), "uint8"), np.arange(40) % 10
    monkeypatch.setattr("helpers.data.load_data", lambda name: (pictures, pictures))
    clock = iter([0.0, 10.0, 12.0, 15.0])  # of the ends of epochs
    times = types.SimpleNamespace(
        process_time=lambda: next(clock), perf_counter=time.perf_counter, time=time.time
    )
    monkeypatch.setattr(backends, "time", times)
    found = backends.measure(epochs=3)
    assert found["processor"] == 2.0 and 0 < found["wall"] < 60
    assert found["precision"] in ("float32", "bfloat16") and found["version"]


def test_the_table_of_backends_holds_ratios_of_turns(tmp_path):
    rows = [
        {"turn": turn, "backend": backend, "version": "2.0.1+cpu", "precision": "float32",
         "processor": seconds, "wall": seconds / 2 + turn}
        for turn, others in enumerate([4.0, 6.0, 9.0])
        for backend, seconds in (("tensorflow", 2.0), ("jax", others), ("torch", 1.0))
    ]  # fmt: skip
    pd.DataFrame(rows).sample(frac=1, random_state=1).to_csv(tmp_path / "b.csv", index=False)
    assert backends.table(tmp_path / "b.csv").splitlines()[2:] == [
        "| TensorFlow 2.0.1 | 2.00 | 1.0 (1.0–1.0) | 1.00 | float32 |",
        "| JAX 2.0.1 | 6.00 | 3.0 (2.0–4.5) | 2.00 | float32 |",
        "| PyTorch 2.0.1 | 1.00 | 0.5 (0.5–0.5) | 0.50 | float32 |",
    ]


def test_an_environment_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(backends.lesson, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"There is no \S+\.venv\S+ `python3 lesson.py test"):
        backends.run(tmp_path / "b.csv", turns=1, epochs=1)


# --- the ladder and the claims ------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_sets():
    rng = np.random.default_rng(3)
    sets = {
        name: (rng.random((n, 64, 64, 3), dtype="float32"), np.arange(n) % 10)
        for name, n in (("train", 40), ("val", 20), ("score", 30))
    }
    return sets, (rng.random((60, 64, 64, 3), dtype="float32"), np.arange(60) % 10)


def test_pictures_of_a_rung(small_sets):
    (images, labels), more = small_sets[0]["train"], small_sets[1]
    for rung, n in ((ladder.Rung(), 40), (ladder.Rung(pictures=7), 7)):
        found = ladder.pictures_for(rung, (images, labels), more)
        assert np.array_equal(found[0], images[:n]) and np.array_equal(found[1], labels[:n])
    curve = ladder.pictures_for(ladder.Rung(pictures=50), (images, labels), more)
    assert np.array_equal(curve[0], np.concatenate([images, more[0][:10]]))
    drawn = ladder.pictures_for(ladder.Rung("new", pictures=60), (images, labels), more)
    assert np.array_equal(drawn[0], more[0])


@pytest.mark.parametrize("kind", ["dense", "lesson", "new", "frozen", "tuned", "start"])
def test_each_kind_of_rung_is_trained_and_scored(kind, small_sets, monkeypatch):
    monkeypatch.setattr(ladder, "HEAD_EPOCHS", 1)
    rung = ladder.Rung(kind, epochs=1, augmented=kind in ("lesson", "new"))
    monkeypatch.setitem(ladder.RUNGS, "tried", rung)
    row = ladder.train("tried", 1, *small_sets)
    shares = [value for key, value in row.items() if key.endswith(("accuracy", "changed"))]
    assert len(shares) == 5 and all(0 <= share <= 1 for share in shares)
    assert row["pictures"] == 40 and row["score_loss"] > 0


def test_a_claim_is_judged_by_its_margin(monkeypatch):
    values = pd.Series([0.9, 1.0, 1.1, 1.0, 1.0, 1.0])
    claim = claims.Claim("04 some-cell", "above a half", lambda runs: values, 0.5)
    monkeypatch.setattr(claims, "CLAIMS", [claim])
    (row,) = claims.judged().itertuples()
    assert (row.seeds, row.mean, row.margin) == (6, 1.0, round(0.5 / values.std(), 1))
    # From a table of Student's t with five degrees of freedom.
    assert row.chance == pytest.approx(stats.t.sf(7.3193, 5), rel=0.01)
