"""Trainings side by side: the same trials, results and winners as one after the other."""

import multiprocessing
import os
import re
import signal
import sys
import time
from collections import Counter
from concurrent.futures import wait

import cloudpickle
import keras_tuner
import loky
import numpy as np
import pytest
from helpers.quiet import keras

from helpers import search as module
from helpers.models import create_cnn
from helpers.search import search, side_by_side
from helpers.training import compile_model

RNG = np.random.default_rng(7)
IMAGES = RNG.random((24, 20, 20, 1), dtype=np.float32)
LABELS = np.arange(24) % 3


@pytest.fixture(scope="module", autouse=True)
def stop_processes():
    yield
    loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)


def build(hp):
    keras.utils.set_random_seed(1)
    n_blocks = hp.Int("n_blocks", 1, 2)
    rate = hp.Float("dropout_rate", 0.2, 0.8, step=0.3)
    model = create_cnn((20, 20, 1), n_blocks=n_blocks, filters=2, dropout_rate=rate, n_classes=3)
    return compile_model(model)


def build_some(hp):
    """Three blocks do not fit into these pictures."""
    model = create_cnn((20, 20, 1), n_blocks=hp.Int("n_blocks", 1, 4), filters=2, n_classes=3)
    return compile_model(model)


def tuner(folder, build=build, kind=keras_tuner.GridSearch, **arguments):
    return kind(
        build, objective="val_loss", directory=str(folder), project_name="p", seed=1,
        **{"overwrite": True} | arguments,
    )  # fmt: skip


def run(tuner, **arguments):
    search(tuner, IMAGES, LABELS, validation_data=(IMAGES, LABELS), n_jobs=2,
           **{"epochs": 2} | arguments)  # fmt: skip


def scores(tuner):
    return {
        tuple(trial.hyperparameters.values.items()): (trial.status, trial.score)
        for trial in tuner.oracle.trials.values()
    }


# --- a loop -----------------------------------------------------------------------------------


def square(value):
    return float(value**2)


def wait_until(condition):
    """The functions below wait for each other, never for a time: a machine may be slow."""
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def threads(value):
    return float(os.environ["TF_NUM_INTRAOP_THREADS"])


def fail_at_two(value):
    if value == 2:
        raise ValueError("two is no good")
    return float(value)


def test_results_come_in_the_order_of_the_values(tmp_path, capsys):
    def overtaken(value):
        (tmp_path / str(value)).touch()
        wait_until(lambda: value != 1 or (tmp_path / "4").exists())
        return square(value)

    assert side_by_side(overtaken, iter([1, 2, 3, 4]), n_jobs=2) == [1.0, 4.0, 9.0, 16.0]
    out = capsys.readouterr().out
    assert out.endswith("\rFinished: 4 trainings.\n")
    # The slow one was overtaken; the best is the lowest so far.
    assert re.search(r"1 of 4 finished, \d running, \d+ s so far, about \d+ s left", out)
    assert "Best so far: 2, 4.000" in out and ", about 0 s left. Best so far: 1, 1.000" in out


def test_functions_that_exist_only_here_are_taken_along():
    factor = 3

    def local(value):
        return float(value * factor)

    assert side_by_side(local, [1, 2], n_jobs=2) == [3.0, 6.0]
    assert side_by_side(lambda value: value + factor, [1], n_jobs=1) == [4]


def test_they_run_in_other_processes_at_the_same_time_with_one_thread_each(tmp_path):
    def where(value):
        (tmp_path / str(os.getpid())).touch()
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
        return float(os.getpid())

    processes = Counter(side_by_side(where, range(4), n_jobs=2))
    assert len(processes) == 2 and os.getpid() not in processes
    assert side_by_side(threads, [0], n_jobs=2) == [1.0]


def test_an_error_in_the_function_arrives():
    with pytest.raises(ValueError, match="two is no good"):
        side_by_side(fail_at_two, [1, 2, 3, 4], n_jobs=2)
    assert side_by_side(square, [2], n_jobs=2) == [4.0]


def test_nothing_to_do(capsys):
    assert side_by_side(square, []) == []
    assert capsys.readouterr().out.endswith("Finished: 0 trainings.\n")


# --- a tuner ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_after_the_other(tmp_path_factory):
    plain = tuner(tmp_path_factory.mktemp("plain"))
    plain.search(IMAGES, LABELS, epochs=2, validation_data=(IMAGES, LABELS), verbose=0)
    return plain


def test_same_trials_same_scores_same_winner(tmp_path, one_after_the_other, capsys):
    ours = tuner(tmp_path)
    run(ours)
    assert capsys.readouterr().out.endswith("\rFinished: 6 trainings.\n")
    expected = scores(one_after_the_other)
    assert set(scores(ours)) == set(expected) and len(expected) == 6
    for values, (status, score) in scores(ours).items():
        assert status == expected[values][0] == "COMPLETED"
        # One thread here, perhaps several there.
        assert score == pytest.approx(expected[values][1], abs=1e-3)
    best = ours.get_best_hyperparameters()[0].values
    assert best == one_after_the_other.get_best_hyperparameters()[0].values
    # The tuner can hand out the trained winner.
    with pytest.warns(UserWarning, match="optimizer"):
        model = ours.get_best_models()[0]
    loss, _ = model.evaluate(IMAGES, LABELS, verbose=0)
    assert loss == pytest.approx(ours.oracle.get_best_trials()[0].score, abs=1e-3)


def test_two_trials_run_at_a_time(tmp_path, monkeypatch):
    at_a_time = []

    def count(running, **arguments):
        at_a_time.append(len(running))
        return wait(running, **arguments)

    monkeypatch.setattr(module, "wait", count)
    run(tuner(tmp_path), epochs=1)
    assert max(at_a_time) == 2 and at_a_time.count(2) > at_a_time.count(1)


def test_random_search_draws_the_same_values(tmp_path):
    ours = tuner(tmp_path / "a", kind=keras_tuner.RandomSearch, max_trials=4)
    plain = tuner(tmp_path / "b", kind=keras_tuner.RandomSearch, max_trials=4)
    run(ours, epochs=1)
    plain.search(IMAGES, LABELS, epochs=1, validation_data=(IMAGES, LABELS), verbose=0)
    assert set(scores(ours)) == set(scores(plain)) and len(scores(ours)) == 4


def test_a_trial_that_cannot_be_built_is_reported_and_the_search_goes_on(tmp_path, capsys):
    ours = tuner(tmp_path, build_some)
    run(ours, epochs=1)
    out = capsys.readouterr().out
    assert "Finished: 4 trainings, 2 of them failed." in out
    for n in (3, 4):
        assert f"Failed: n_blocks {n}. n_blocks is {n}, too many for pictures of 20 x 20" in out
    assert sorted(status for status, _ in scores(ours).values()) == [
        "COMPLETED", "COMPLETED", "FAILED", "FAILED"]  # fmt: skip
    assert "Traceback" not in out


def test_a_second_search_repeats_nothing_and_says_so(tmp_path, capsys):
    ours = tuner(tmp_path)
    run(ours, epochs=1)
    before = scores(ours)
    capsys.readouterr()
    run(ours, epochs=1)
    out = capsys.readouterr().out
    assert "6 trials were finished before. The search goes on.\n" in out
    assert out.endswith("Finished: 0 trainings.\n") and scores(ours) == before


@pytest.mark.parametrize("reopened", [False, True])
def test_an_interrupted_search_goes_on_where_it_was(tmp_path, monkeypatch, capsys, reopened):
    ours = tuner(tmp_path)
    ended = []

    class Stop(module.Report):
        def add(self, name, score, **more):
            super().add(name, score, **more)
            ended.append(name)
            if len(ended) == 2:
                raise KeyboardInterrupt

    monkeypatch.setattr(module, "Report", Stop)
    with pytest.raises(KeyboardInterrupt):
        run(ours, epochs=1)
    monkeypatch.undo()
    finished = {k: v for k, v in scores(ours).items() if v[0] == "COMPLETED"}
    assert len(finished) == 2
    if reopened:  # as in a new session
        ours = tuner(tmp_path, overwrite=False)
    run(ours, epochs=1)
    assert "2 trials were finished before. The search goes on." in capsys.readouterr().out
    assert len(scores(ours)) == 6 and {s for s, _ in scores(ours).values()} == {"COMPLETED"}
    # What was finished was not trained again.
    assert finished.items() <= scores(ours).items()
    # What was interrupted was given up at once: no process still works.
    assert len(multiprocessing.active_children()) <= 2


PARENT = os.getpid()


def build_and_die(hp):
    """The process of one trial is killed, as when the memory is full."""
    model = build(hp)
    if hp["n_blocks"] == 2 and hp["dropout_rate"] == 0.8 and os.getpid() != PARENT:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return model


def test_a_killed_process_costs_its_trial_and_not_the_search(tmp_path, capsys):
    # The function travels by value, so that PARENT is this process also over there.
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    try:
        ours = tuner(tmp_path, build_and_die, max_consecutive_failed_trials=4)
        run(ours, epochs=1)
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    out = capsys.readouterr().out
    states = Counter(status for status, _ in scores(ours).values())
    # The trial beside it may be lost, too.
    assert states["FAILED"] in (1, 2) and sum(states.values()) == 6
    assert "Failed: n_blocks 2, dropout_rate 0.8. " in out
