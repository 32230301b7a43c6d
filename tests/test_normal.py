"""Whether a training is normal: a normal one is called so, and each mistake is named."""

import json
import math
import os
import subprocess
import sys
from datetime import date
from types import SimpleNamespace

import drift
import numpy as np
import pandas as pd
import pytest
from benchmarks import curves, ladder
from matplotlib.figure import Figure

from helpers import is_this_normal
from helpers.backstage import normal
from helpers.backstage.checkpoints import FOLDER, load_checkpoint
from helpers.backstage.files import remember_title
from helpers.backstage.progress import Progress
from helpers.models import create_cnn, create_dense
from helpers.training import compile_model

SEED = int(os.environ.get("LESSON_SEED") or f"{date.today():%Y%m%d}")
ALL = pd.read_csv(curves.RUNS / "curves.csv")
WRONG = pd.read_csv(curves.RUNS / "mistakes.csv")
DRAWN = "Sketch Street 10"
# All but the last one of 08, which has no range.
STORED = sorted({path.stem for path in FOLDER.glob("*.keras")} - {"best"})


@pytest.fixture(autouse=True)
def drawn_pictures():
    remember_title(DRAWN)


def curves_of(part):
    return {metric: part[metric].tolist() for metric in normal.METRICS}


def history_of(name, values, mistake="none", **params):
    """Return what fit would have returned, with the network that would have been trained."""
    made = curves.MISTAKES.get(mistake, curves.Mistake())
    rung = made.rung(curves.TRAININGS[name].rung)
    model, _ = ladder.build(rung, (64, 64, 3))
    model = ladder.prepare(made.change(model) if made.change else model, rung, 878)
    steps = 37 if mistake == "validation trained on" else 28
    params = {"epochs": len(values["loss"]), "steps": steps} | params
    return SimpleNamespace(history=values, model=model, params=params)


def usual(name="two blocks", n=None):
    """Return curves that run through the middle of what is normal."""
    means = normal.find_range(name)["mean"]
    return {
        metric: list(np.exp(means[metric]) if "loss" in metric else means[metric])[:n]
        for metric in normal.METRICS
    }


# --- the file -----------------------------------------------------------------------------------


def test_the_file_is_what_the_curves_give():
    stored = json.loads(normal.FILE.read_text("utf-8"))
    assert stored == json.loads(json.dumps(curves.ranges(ALL)))


def test_each_training_has_ten_seeds():
    for (data, name), part in ALL.groupby(["data", "training"]):
        assert part.seed.nunique() >= 10, (data, name)
        assert (part.groupby("seed").epoch.max() == part.epoch.max()).all(), (data, name)
    assert set(ALL.training) == set(curves.TRAININGS)


@pytest.mark.parametrize("checkpoint", STORED)
def test_what_the_notebooks_hold_is_normal(checkpoint, capsys):
    model, history = load_checkpoint(checkpoint)
    name = checkpoint.replace("-", " ")
    name = drift.SAME.get(name, name)
    verdict = normal.judge(name, history.history)
    assert not verdict.outside and not verdict.reasons
    # The stored network shows that the training in curves.py is that of the notebook.
    ours = normal.find_range(name)["settings"]
    theirs = normal.settings_of(model)
    assert {key: theirs[key] for key in ("input", "layers", "parameters", "dropout")} == {
        key: ours[key] for key in ("input", "layers", "parameters", "dropout")
    }


@pytest.mark.parametrize("name", ["optimizers", "learning-rates", "momentum"])
def test_stored_results_are_normal(name):
    names = {"0.1": "learning rate 0.1", "0.001": "adam", "1e-05": "learning rate 0.00001"}
    for key, values in json.loads((FOLDER / f"{name}.json").read_text("utf-8")).items():
        values = values if isinstance(values, dict) else {"loss": values}
        verdict = normal.judge(names.get(key, key), values)
        assert not verdict.outside and not verdict.reasons, key


# --- a normal run -------------------------------------------------------------------------------


def test_a_seed_that_the_ranges_do_not_hold_is_normal(monkeypatch):
    """Leave each seed out in turn: at least 99 of 100 of them are normal."""
    steps = {"steps": 28, "settings": {}}
    monkeypatch.setattr(curves, "settings", lambda name, data: steps)
    verdicts = {}
    for seed in ALL.seed.unique():
        rest = curves.ranges(ALL[ALL.seed != seed])
        monkeypatch.setattr(normal, "all_ranges", lambda rest=rest: rest)
        for (data, name), part in ALL[ALL.seed == seed].groupby(["data", "training"]):
            remember_title(data)
            verdicts[data, name, int(seed)] = normal.judge(name, curves_of(part))
    wrong = {key: verdict for key, verdict in verdicts.items() if verdict.outside}
    assert len(wrong) <= 0.01 * len(verdicts), wrong


@pytest.mark.weekly
def test_of_a_hundred_new_seeds_at_least_99_are_normal(tmp_path):
    first = SEED % 10_000_000 * 100
    command = [sys.executable, curves.__file__, "--trainings", "two blocks"]
    # Two processes, with one thread each.
    paths = [tmp_path / f"{half}.csv" for half in range(2)]
    processes = [
        subprocess.Popen(
            [*command, "--out", path, "--seeds", *(str(first + 50 * half + n) for n in range(50))]
        )
        for half, path in enumerate(paths)
    ]
    assert [process.wait() for process in processes] == [0, 0]
    new = pd.concat(map(pd.read_csv, paths))
    assert new.seed.nunique() == 100
    verdicts = {s: normal.judge("two blocks", curves_of(g)) for s, g in new.groupby("seed")}
    wrong = {seed: verdict for seed, verdict in verdicts.items() if verdict.outside}
    assert len(wrong) <= 1, wrong


# --- mistakes -----------------------------------------------------------------------------------

MADE = [
    (name, mistake, int(seed))
    for name, mistake, seed in WRONG[["training", "mistake", "seed"]].drop_duplicates().to_numpy()
]


def wrong_curves(name, mistake, seed):
    part = WRONG.query("training == @name and mistake == @mistake and seed == @seed")
    return curves_of(part)


def test_each_mistake_was_made_with_three_seeds():
    assert {mistake for _, mistake, _ in MADE} == set(curves.MISTAKES)
    for mistake in curves.MISTAKES:
        assert len({seed for _, made, seed in MADE if made == mistake}) >= 3


@pytest.mark.parametrize(("name", "mistake", "seed"), MADE)
def test_each_mistake_is_named(name, mistake, seed):
    values = wrong_curves(name, mistake, seed)
    assert normal.judge(name, history_of(name, values, mistake)).reasons[0] == mistake
    # Without the network there may be several explanations.
    blind = normal.judge(name, values)
    if blind.outside or mistake == "too few epochs":
        assert mistake in blind.reasons[:3]
    # What no setting shows must show in the curves.
    if mistake in ("not scaled", "scaled twice", "shuffled", "validation trained on"):
        assert blind.outside


@pytest.mark.weekly
@pytest.mark.parametrize("mistake", curves.MISTAKES)
def test_each_mistake_made_anew_is_named(mistake, tmp_path):
    name = curves.MADE_IN[mistake]
    for seed in range(SEED, SEED + 3):
        values = curves_of(curves.train(name, seed, ladder.DRAWN, curves.MISTAKES[mistake]))
        assert normal.judge(name, history_of(name, values, mistake)).reasons[0] == mistake


def test_a_loss_that_is_no_number():
    values = usual() | {"loss": [2.3] + [math.nan] * 9}
    verdict = normal.judge("two blocks", values)
    assert verdict.reasons == ("not a number",) and "loss" in verdict.outside


# --- what it says -------------------------------------------------------------------------------


def shown(monkeypatch):
    figures = []
    monkeypatch.setattr("IPython.display.display", figures.append)
    return figures


def test_words_and_picture_of_a_normal_training(capsys, monkeypatch):
    figures = shown(monkeypatch)
    is_this_normal("two blocks", history_of("two blocks", usual()))
    out = capsys.readouterr().out
    assert out.startswith("two blocks: normal. All curves run near those of") and "\n-" not in out
    assert isinstance(figures[0], Figure)
    for ax, metric in zip(figures[0].axes, ("loss", "accuracy"), strict=True):
        assert np.allclose(ax.lines[0].get_ydata(), usual()[metric])
        for band, line in zip(ax.collections, ax.lines, strict=True):
            edges = band.get_paths()[0].vertices
            for x, y in zip(*line.get_data(), strict=True):
                column = edges[edges[:, 0] == x][:, 1]
                assert column.min() <= y <= column.max()
    assert "goes from" in figures[0].get_label()


def test_words_on_a_mistake(capsys, monkeypatch):
    figures = shown(monkeypatch)
    values = wrong_curves("two blocks", "rate too high", 2)
    is_this_normal("two-blocks", history_of("two blocks", values, "rate too high"))
    out = capsys.readouterr().out
    assert "not normal" in out and "validation accuracy" in out
    assert "The learning rate is too high. It is 0.01, in the lesson 0.001." in out
    assert len(figures) == 1


def test_settings_that_are_right_are_not_blamed(capsys, monkeypatch):
    shown(monkeypatch)
    values = wrong_curves("two blocks", "rate too high", 2)
    assert "rate too high" in normal.judge("two blocks", values).reasons
    is_this_normal("two blocks", history_of("two blocks", values))
    assert "rate" not in capsys.readouterr().out
    is_this_normal("two blocks", usual() | {"accuracy": [0.2] * 10})
    assert "No mistake that is known here explains it" in capsys.readouterr().out


def test_too_few_epochs_are_said_and_early_stopping_is_not(capsys, monkeypatch):
    shown(monkeypatch)
    is_this_normal("two blocks", history_of("two blocks", usual(n=5)))
    assert "fewer epochs than in the lesson. It has 5, in the lesson 10." in capsys.readouterr().out
    stopped = history_of("three blocks", usual("three blocks", n=8), epochs=20)
    assert normal.judge("three blocks", stopped).reasons == ()


def test_more_epochs_than_the_range_has():
    values = {metric: [*series, *series] for metric, series in usual().items()}
    assert normal.judge("two blocks", values).outside == ()


def test_a_history_without_validation(monkeypatch, capsys):
    figures = shown(monkeypatch)
    values = {metric: usual()[metric] for metric in ("loss", "accuracy")}
    is_this_normal("two blocks", values)
    assert "two blocks: normal" in capsys.readouterr().out and len(figures[0].axes[0].lines) == 1


# --- where there is no range --------------------------------------------------------------------


def test_other_pictures_have_no_range(capsys, monkeypatch):
    figures = shown(monkeypatch)
    remember_title("my kitchen")
    is_this_normal("two blocks", usual_of_drawn())
    out = capsys.readouterr().out
    assert "Nobody has measured what is normal with the data my kitchen" in out and DRAWN in out
    assert not figures


def usual_of_drawn():
    mean = normal.all_ranges()[DRAWN]["two blocks"]["mean"]
    return {metric: list(np.exp(mean[metric])) for metric in ("loss", "val_loss")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": compile_model(create_cnn((64, 64, 3), filters=40))}, "not how the lesson"),
        ({"model": compile_model(create_dense((64, 64, 3)))}, "not how the lesson"),
        ({"model": compile_model(create_cnn((64, 64, 3)), "sgd")}, "not how the lesson"),
        ({"params": {"epochs": 10, "steps": 55}}, "An epoch had 55 steps, and 28 in the lesson"),
    ],
)
def test_other_settings_have_no_range(change, words, capsys):
    history = history_of("two blocks", usual())
    history.__dict__.update(change)
    is_this_normal("two blocks", history)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "history", "words"),
    [
        ("four blocks", {"loss": [1.0]}, "'four blocks'. There are: two blocks, dense"),
        (None, {"loss": [1.0]}, "There are: two blocks"),
        ("two blocks", None, "found NoneType"),
        ("two blocks", {}, "found dict"),
        ("two blocks", {"accuracy": [0.1]}, "found dict"),
        ("two blocks", {"loss": []}, "'loss': 0"),
        ("two blocks", {"loss": [1.0, 2.0], "val_loss": [1.0]}, "'val_loss': 1"),
    ],
)
def test_bad_input_is_said(name, history, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        is_this_normal(name, history)


# --- the line below a training ------------------------------------------------------------------


def remark_on(name, values, mistake="none"):
    history = history_of(name, values, mistake)
    return normal.remark(history.model, history.params, values)


@pytest.mark.parametrize("mistake", ["shuffled", "scaled twice"])
def test_a_training_far_from_normal_gets_a_line(mistake):
    line = remark_on("two blocks", wrong_curves("two blocks", mistake, 1))
    assert "is_this_normal('two blocks', history)" in line


def test_what_is_normal_or_not_of_the_lesson_gets_none(monkeypatch):
    values = wrong_curves("two blocks", "shuffled", 1)
    assert remark_on("two blocks", usual()) == ""
    # Who tries another rate knows.
    assert remark_on("two blocks", values, "rate too high") == ""
    remember_title("my kitchen")
    assert remark_on("two blocks", values) == ""


def test_progress_prints_the_line(monkeypatch, capsys):
    monkeypatch.setattr("helpers.backstage.progress.remark", lambda *found: f"Found {len(found)}.")
    model = compile_model(create_dense((2, 2, 1), units=(), n_classes=3))
    data = np.zeros((6, 2, 2, 1), "float32"), np.arange(6) % 3
    model.fit(*data, epochs=2, verbose=0, callbacks=[Progress()])
    assert capsys.readouterr().out.endswith("Training finished.\nFound 3.\n")
