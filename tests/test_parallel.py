"""Trainings side by side: the same trials, results and winners as one after the other."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import wait
from pathlib import Path

import cloudpickle
import keras_tuner
import loky
import numpy as np
import psutil
import pytest

from helpers.backstage import parallel
from helpers.backstage.parallel import search, side_by_side
from helpers.backstage.quiet import keras
from helpers.models import create_cnn
from helpers.training import compile_model

RNG = np.random.default_rng(7)
IMAGES = RNG.random((24, 20, 20, 1), dtype=np.float32)
LABELS = np.arange(24) % 3
UNIX = pytest.mark.skipif(os.name != "posix", reason="about the processes of Linux and macOS")


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
    search(tuner, IMAGES, LABELS, validation_data=(IMAGES, LABELS),
           **{"epochs": 1, "n_jobs": 2} | arguments)  # fmt: skip


def scores(tuner):
    return {
        tuple(trial.hyperparameters.values.items()): (trial.status, trial.score)
        for trial in tuner.oracle.trials.values()
    }


# --- a loop -----------------------------------------------------------------------------------


def wait_until(condition):
    """The functions below wait for each other, never for a time: a machine may be slow."""
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def fail_at_two(value):
    if value == 2:
        raise ValueError("two is no good")
    return float(value)


def test_results_come_in_the_order_of_the_values(tmp_path, capsys):
    def overtaken(value):
        (tmp_path / str(value)).touch()
        wait_until(lambda: value != 1 or (tmp_path / "4").exists())
        return value**2

    assert side_by_side(overtaken, iter([1, 2, 3, 4]), n_jobs=2) == [1, 4, 9, 16]
    out = capsys.readouterr().out
    assert out.endswith("\rFinished: 4 trainings.\n")
    # The slow one was overtaken; the best is the lowest so far.
    assert re.search(r"1 of 4 finished, \d running, \d+ s so far, about \d+ s left", out)
    assert "Best so far: 2, 4.000" in out and ", about 0 s left. Best so far: 1, 1.000" in out


def test_they_run_in_other_processes_at_the_same_time_with_one_thread_each(tmp_path):
    def where(value):
        (tmp_path / str(os.getpid())).touch()
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
        for name in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "NPROC"):
            assert os.environ[name] == "1"
        return os.getpid()

    processes = Counter(side_by_side(where, range(4), n_jobs=2))
    assert len(processes) == 2 and os.getpid() not in processes


def test_an_error_in_the_function_arrives_with_its_place_and_what_was_finished():
    with pytest.raises(ValueError, match="two is no good") as caught:
        side_by_side(fail_at_two, [5, 2, 3, 4], n_jobs=1)
    said = "".join(traceback.format_exception(caught.value))
    assert f'{Path(__file__).name}", line ' in said and 'raise ValueError("two is no good")' in said
    assert said.endswith("It was called with 2. Finished before: 5: 5.0.\n")
    # None of the frames of the other process.
    assert "process_executor" not in said and "_call" not in said
    assert side_by_side(fail_at_two, [3], n_jobs=1) == [3]


@pytest.mark.parametrize("result", [None, "much", [1, 2]])
def test_a_function_that_returns_no_number_is_named(result):
    with pytest.raises(TypeError, match=r"For 7 the function returned .* End it with `return`"):
        side_by_side(lambda value: result, [7], n_jobs=1)


def test_numbers_of_any_kind_are_results():
    given = [1, True, 0.5, np.float32(2), np.array(3.0), float("nan")]
    results = side_by_side(given.__getitem__, range(6), n_jobs=2)
    assert results[:5] == given[:5] and np.isnan(results[5])


@UNIX
def test_what_a_killed_process_takes_with_it_is_tried_again(tmp_path, capsys):
    def die_once(value):
        (tmp_path / str(value)).touch()
        if value == 3 and not (tmp_path / "died").exists():
            wait_until(lambda: (tmp_path / "4").exists())  # an innocent one works beside it
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        wait_until(lambda: value != 4 or (tmp_path / "died").exists())
        return value

    assert side_by_side(die_once, [1, 2, 3, 4, 5], n_jobs=2) == [1, 2, 3, 4, 5]
    assert capsys.readouterr().out.endswith("Finished: 5 trainings.\n")


@UNIX
def test_what_kills_its_process_twice_is_named_and_what_was_finished_is_not_lost():
    def die(value):
        if value == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return value

    with pytest.raises(RuntimeError, match="killed twice.*memory") as caught:
        side_by_side(die, [1, 2, 3], n_jobs=1)
    note = "It was called with 3. Finished before: 1: 1, 2: 2."
    assert caught.value.__notes__[-1] == note


# Of a process that is to be killed: it starts two that would work for long.
KERNEL = """
import os, pathlib, signal, sys, time
from helpers.backstage.parallel import side_by_side

if __name__ == "__main__":
    # A shell lets what runs in its background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = sys.argv[1]
    def work(value):
        (pathlib.Path(folder) / str(os.getpid())).touch()
        time.sleep(600)
    try:
        side_by_side(work, [1, 2], n_jobs=2)
    except KeyboardInterrupt:  # as in a notebook, whose kernel goes on
        pathlib.Path(folder).with_name("interrupted").touch()
        time.sleep(600)
"""


@UNIX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_process_survives_that_of_the_notebook(tmp_path, how):
    (tmp_path / "pids").mkdir()
    (tmp_path / "kernel.py").write_text(KERNEL)
    kernel = subprocess.Popen(
        [sys.executable, tmp_path / "kernel.py", tmp_path / "pids"],
        env={**os.environ, "PYTHONPATH": str(Path(parallel.__file__).parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: len(list((tmp_path / "pids").iterdir())) == 2)
        kernel.send_signal(how)
        if how == signal.SIGINT:
            wait_until((tmp_path / "interrupted").exists)
        else:
            kernel.wait(60)
        pids = [int(path.name) for path in (tmp_path / "pids").iterdir()]
        wait_until(lambda: not any(map(is_alive, pids)))
    finally:
        kernel.kill()
        kernel.wait()


def is_alive(pid):
    try:  # one that nobody waits for any more is dead as well
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nothing_to_do(capsys):
    assert side_by_side(fail_at_two, []) == []
    assert capsys.readouterr().out.endswith("Finished: 0 trainings.\n")


@pytest.mark.parametrize("n_jobs", [0, -1, "2", 1.5, True])
def test_a_wrong_number_of_processes_is_named(tmp_path, n_jobs):
    match = f"n_jobs is {n_jobs!r}. Give a whole number of at least 1."
    with pytest.raises(ValueError, match=match):
        side_by_side(fail_at_two, [1], n_jobs=n_jobs)
    ours = tuner(tmp_path)
    with pytest.raises(ValueError, match=match):
        run(ours, n_jobs=n_jobs)
    assert not scores(ours)


# --- a tuner ----------------------------------------------------------------------------------


def test_same_trials_same_scores_same_winner(tmp_path, capsys):
    plain, ours = tuner(tmp_path / "plain"), tuner(tmp_path / "ours")
    plain.search(IMAGES, LABELS, epochs=2, validation_data=(IMAGES, LABELS), verbose=0)
    run(ours, epochs=2)
    assert capsys.readouterr().out.endswith("\rFinished: 6 trainings.\n")
    assert set(scores(ours)) == set(scores(plain)) and len(scores(plain)) == 6
    for values, (status, score) in scores(ours).items():
        assert status == scores(plain)[values][0] == "COMPLETED"
        # One thread here, perhaps several there.
        assert score == pytest.approx(scores(plain)[values][1], abs=1e-3)
    best, plain_best = (t.get_best_hyperparameters()[0].values for t in (ours, plain))
    assert best == plain_best
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

    monkeypatch.setattr(parallel, "wait", count)
    run(tuner(tmp_path))
    assert max(at_a_time) == 2 and at_a_time.count(2) > at_a_time.count(1)


def test_a_trial_that_cannot_be_built_is_reported_and_the_search_goes_on(tmp_path, capsys):
    ours = tuner(tmp_path, build_some)
    run(ours)
    out = capsys.readouterr().out
    assert "Finished: 4 trainings, 2 of them failed." in out and "Traceback" not in out
    for n in (3, 4):
        assert f"Failed: n_blocks {n}. n_blocks is {n}, too many for pictures of 20" in out
    assert Counter(s for s, _ in scores(ours).values()) == {"COMPLETED": 2, "FAILED": 2}


@pytest.mark.parametrize("reopened", [False, True])
def test_an_interrupted_search_goes_on_where_it_was(tmp_path, monkeypatch, capsys, reopened):
    ours = tuner(tmp_path)
    ended = []

    class Stop(parallel.Report):
        def add(self, name, score, **more):
            super().add(name, score, **more)
            ended.append(name)
            if len(ended) == 2:
                raise KeyboardInterrupt

    monkeypatch.setattr(parallel, "Report", Stop)
    with pytest.raises(KeyboardInterrupt):
        run(ours)
    monkeypatch.undo()
    finished = {k: v for k, v in scores(ours).items() if v[0] == "COMPLETED"}
    assert len(finished) == 2
    if reopened:  # as in a new session
        ours = tuner(tmp_path, overwrite=False)
    run(ours)
    assert "2 trials were finished before. The search goes on." in capsys.readouterr().out
    assert len(scores(ours)) == 6 and {s for s, _ in scores(ours).values()} == {"COMPLETED"}
    # What was finished was not trained again.
    assert finished.items() <= scores(ours).items()
    # What was interrupted was given up at once: no process still works.
    assert len(multiprocessing.active_children()) <= 2
    run(ours)
    assert capsys.readouterr().out.endswith("Finished: 0 trainings.\n")


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
        run(ours)
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    out = capsys.readouterr().out
    states = Counter(status for status, _ in scores(ours).values())
    # The trial beside it was tried again.
    assert states == {"FAILED": 1, "COMPLETED": 5}
    assert "Failed: n_blocks 2, dropout_rate 0.8. Its process was killed twice" in out


@pytest.mark.parametrize(
    ("labels", "more", "reason"),
    [(LABELS[:5], {}, "x' sizes: 24"), (LABELS, {"epoch": 1}, "unexpected keyword argument 'epo")],
)
def test_what_makes_all_trials_fail_is_said_in_one_message(tmp_path, labels, more, reason):
    ours = tuner(tmp_path, max_consecutive_failed_trials=1)
    with pytest.raises(RuntimeError) as caught:
        search(ours, IMAGES, labels, validation_data=(IMAGES, LABELS), n_jobs=1, **more)
    message = str(caught.value)
    assert message.startswith("1 trials failed, one after the other. The last one: ")
    assert reason in message and "Correct the data, the arguments" in message


def test_keras_tuner_is_still_what_the_end_of_parallel_py_was_written_for(tmp_path):
    """Where this fails, read gridsearch.py and base_tuner.py of the new version, and that end."""
    grid = tuner(tmp_path)
    oracle = grid.oracle
    first, second, third = (oracle.create_trial(f"worker-{n}") for n in range(3))
    # Two trials start at once, in the order of the grid; the third has to be asked for.
    assert [t.hyperparameters["dropout_rate"] for t in (first, second)] == [0.2, 0.5]
    assert oracle._compare(first.hyperparameters.values, second.hyperparameters.values) == -1
    assert third.status == "IDLE" and not oracle._populate_next
    oracle._populate_next.append(second.trial_id)
    third = oracle.create_trial("worker-2")
    assert third.hyperparameters["dropout_rate"] == 0.8
    # What a tuner does with the results of its own training.
    grid.run_trial = lambda trial: {"val_loss": 0.5}
    grid._try_run_and_update_trial(first)
    grid.on_trial_end(first)
    assert (first.status, first.score) == ("COMPLETED", 0.5)
    # The order of the trials is in memory, and not in the files.
    assert list(oracle._ordered_ids._data_to_index) == oracle.start_order[:3]
    again = tuner(tmp_path, overwrite=False).oracle
    assert again.start_order and not again._ordered_ids._data_to_index
