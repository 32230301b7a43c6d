"""Run trainings side by side: one process for each core, with one thread each.

A small network does not keep all cores busy, so that several trainings at once take less time than
one after the other. The processes are those of the library loky. Each of them starts its own
TensorFlow, which takes some seconds; a later search finds them started.
"""

import copy
import functools
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from html import escape
from typing import TYPE_CHECKING, Any

import cloudpickle
import loky

from helpers.backstage.checks import check_whole
from helpers.backstage.live import Live
from helpers.backstage.quiet import has_gpu, keras

# Imported where it is needed, and so after the quiet start of what it imports itself.
if TYPE_CHECKING:
    import keras_tuner
    from keras_tuner.engine.trial import Trial

# One thread for each training; the names are TensorFlow's, PyTorch's and JAX's.
NAMES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "NPROC")
ENVIRONMENT = dict.fromkeys(NAMES, "1")
KILLED = (
    "Its process was killed twice, the second time with no other training beside it. Most likely "
    "it needs more memory than this machine has: close other notebooks, or make it smaller."
)


def side_by_side(
    function: Callable[[Any], float], values: Iterable[Any], n_jobs: int | None = None
) -> list[float]:
    """Call a function with each of several values, as a loop would, but side by side.

    Parameters
    ----------
    function : callable
        Takes one value and returns a number, of which the lowest is the best. It may use what
        the notebook has defined.
    values : iterable
        The values.
    n_jobs : int, optional
        How many at a time. None: one for each core, or one where there is a GPU.

    Returns
    -------
    list of float
        One result for each value, in the order of the values.

    Raises
    ------
    ValueError
        If ``n_jobs`` is not a whole number of at least 1.
    TypeError
        If the function returns no number.
    RuntimeError
        If the process of a value was killed, and once more when nothing ran beside it.
    Exception
        Whatever the function raises, as in a loop. A note at its end says where in the function,
        and another one what the other values gave until then.

    Examples
    --------
    >>> losses = side_by_side(try_rate, [0.2, 0.5, 0.8])  # doctest: +SKIP
    """
    n_jobs = _processes(n_jobs)
    values = list(values)
    todo = list(enumerate(values))
    results: dict[int, float] = {}
    report = Report(len(values))

    def next_task() -> tuple[int, Callable, tuple] | None:
        if not todo:
            return None
        number, value = todo.pop(0)
        return number, function, (value,)

    for number, result, error in _run(next_task, n_jobs, report):
        name = str(values[number])
        try:
            if error is None:
                report.add(name, float(result))
                results[number] = result
        except (TypeError, ValueError):
            error = TypeError(
                f"For {name} the function returned {result!r}, and a number is expected. End it "
                "with `return` and the number that is to be as low as possible."
            )
        if error is not None:
            report.failed(name, error)
            frames = traceback.StackSummary.from_list(getattr(error, "where", []))
            done = ", ".join(f"{values[n]}: {results[n]}" for n in sorted(results))
            error.add_note("".join(frames.format()).rstrip())
            error.add_note(f"It was called with {name}. Finished before: {done or 'nothing'}.")
            # The frames of this machinery would only hide those.
            raise error from None
    report.finish()
    return [results[number] for number in range(len(values))]


def search(
    tuner: "keras_tuner.Tuner", *arguments: Any, n_jobs: int | None = None, **more: Any
) -> None:
    """Do what ``tuner.search`` does, with several trials side by side.

    Trials that the tuner has finished are not repeated: after an interrupt, run the cell again,
    and the search goes on. A trial that fails is reported with its reason, and the search goes on
    (KerasTuner stops after three failures in a row).

    Parameters
    ----------
    tuner : keras_tuner.Tuner
        Any tuner of KerasTuner. It decides which trials there are, and keeps their results.
    *arguments, **more
        What ``tuner.search`` takes: the data, and the arguments of ``fit``.
    n_jobs : int, optional
        How many trials at a time. None: one for each core, or one where there is a GPU.

    Raises
    ------
    ValueError
        If ``n_jobs`` is not a whole number of at least 1.
    RuntimeError
        If trials fail one after the other, with the reason of the last one.

    Examples
    --------
    >>> search(tuner, images, labels, validation_data=(val_images, val_labels))  # doctest: +SKIP
    """
    n_jobs = _processes(n_jobs)
    oracle, goal = tuner.oracle, tuner.oracle.objective.name
    report = Report(oracle.max_trials)
    oracle.verbose = 0
    if oracle.end_order:
        print(f"{len(oracle.end_order)} trials were finished before. The search goes on.")
    _mend_grid(oracle)

    def next_task() -> "tuple[Trial, Callable, tuple] | None":
        # A trial that was interrupted comes first; the oracle knows it by its worker's name.
        running = {trial.trial_id for trial in report.running}
        waiting = [w for w, t in oracle.ongoing_trials.items() if t.trial_id not in running]
        trial = oracle.create_trial(waiting[0] if waiting else f"worker-{time.monotonic_ns()}")
        if trial.status != "RUNNING":
            return None
        _go_on_at_once(oracle, trial)
        return trial, _train, (tuner, trial, arguments, more)

    for trial, result, error in _run(next_task, n_jobs, report):
        if error is None:
            histories, trial.hyperparameters = result
            _enter(tuner, trial, histories)
        else:
            trial.status, trial.message = "INVALID", str(error)
        reason = error or f"There is no number {goal} to compare."
        try:
            tuner.on_trial_end(trial)
        except RuntimeError:  # it has counted the failures
            raise RuntimeError(
                f"{oracle.max_consecutive_failed_trials} trials failed, one after the other. The "
                f"last one: {str(reason).strip()} Correct the data, the arguments of search or the "
                "function that builds; make the tuner anew, with overwrite=True; search again."
            ) from None
        name = name_of(trial.hyperparameters.values)
        if trial.status == "COMPLETED":
            report.add(name, trial.score, best_is_low=oracle.objective.direction != "max")
        else:
            report.failed(name, reason)
    report.finish()


class Report:
    """Show what has finished, the best so far, and the time left."""

    def __init__(self, total: int | None) -> None:
        self.running: list[Any] = []
        self._total = total
        self._start = time.perf_counter()
        self._lines: list[str] = []
        self._failures: list[str] = []
        self._best: tuple[float, str] | None = None
        self._live = Live()
        self.show()

    def add(self, name: str, score: float, best_is_low: bool = True) -> None:
        """Show one more that finished."""
        self._lines.append(f"{name}: {score:.3f}")
        if self._best is None or (score < self._best[0]) == best_is_low:
            self._best = (score, name)
        self.show()

    def failed(self, name: str, reason: object) -> None:
        """Show one more that failed."""
        self._failures.append(f"Failed: {name}. {reason}")
        self._lines.append(self._failures[-1])
        self.show()

    def finish(self) -> None:
        """Leave a line that is the same on each machine, and what failed."""
        failed = f", {len(self._failures)} of them failed" if self._failures else ""
        text = f"Finished: {len(self._lines)} trainings{failed}."
        self._live.finish("\n".join([text, *self._failures]))

    def show(self) -> None:
        """Show how things stand now."""
        done, seconds = len(self._lines), time.perf_counter() - self._start
        text = f"{done} of {self._total} finished" if self._total else f"{done} finished"
        if self.running:
            text += f", {len(self.running)} running"
        text += f", {seconds:.0f} s so far"
        if self._total and done:
            text += f", about {seconds / done * (self._total - done):.0f} s left"
        if self._best:
            text += f". Best so far: {self._best[1]}, {self._best[0]:.3f}"
        items = "".join(f"<li>{escape(line)}</li>" for line in self._lines)
        self._live.show(text, f"<ol>{items}</ol>")


def name_of(values: Mapping[str, Any]) -> str:
    """Return hyperparameters in a line.

    Examples
    --------
    >>> name_of({"n_blocks": 2, "dropout_rate": 0.35})
    'n_blocks 2, dropout_rate 0.35'
    """
    return ", ".join(
        f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in values.items()
    )


def _processes(n_jobs: int | None) -> int:
    if n_jobs is not None:
        return check_whole(n_jobs, "n_jobs")
    return 1 if has_gpu() else loky.cpu_count()


def _run(
    next_task: Callable[[], tuple[Any, Callable, tuple] | None],
    n_jobs: int,
    report: Report,
) -> Iterator[tuple[Any, Any, Exception | None]]:
    """Keep the processes busy, and hand over each task when it ends: key, result, error.

    A process that is killed takes those beside it with it, and nobody can tell which one was to
    blame. So each of their tasks gets a second try, with none beside it.
    """
    # Asked for each time: when a process was killed, this starts new ones.
    executor = functools.partial(
        loky.get_reusable_executor,
        max_workers=n_jobs,
        env=ENVIRONMENT,
        initializer=_end_with,
        initargs=(os.getpid(),),
    )
    running: dict[Future, tuple[Any, bytes]] = {}
    again: list[tuple[Any, bytes]] = []
    alone = None
    try:
        while True:
            if again and not running:
                alone = again.pop(0)
                running[executor().submit(_call, alone[1])] = alone
            while not again and not alone and len(running) < n_jobs and (new := next_task()):
                key, function, arguments = new
                # Packed at once, before anything changes; functions of a notebook can be, too.
                task = key, cloudpickle.dumps((function, arguments))
                running[executor().submit(_call, task[1])] = task
                report.running.append(key)
            if not running:
                return
            done, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
            report.show()
            for future in done:
                task, error = running.pop(future), future.exception()
                if isinstance(error, BrokenExecutor):
                    if task is not alone:
                        again.append(task)
                        continue
                    error = RuntimeError(KILLED)
                alone = None
                yield task[0], future.result() if error is None else None, error
                report.running.remove(task[0])
    except BaseException:
        # Above all an interrupt: the processes must not go on with what nobody waits for.
        if running:
            executor().shutdown(wait=True, kill_workers=True)
        raise


def _end_with(parent: int) -> None:
    """Let this process end when the one of the notebook does, also when that was killed.

    By itself it would first finish its training. It works where the system gives it another
    parent then, so not on Windows.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _call(packed: bytes) -> Any:
    """Call a function; this happens in another process, in which TensorFlow started quietly."""
    function, arguments = cloudpickle.loads(packed)
    # It warns of many networks in one process, which is what this process is for.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    try:
        return function(*arguments)
    except Exception as error:
        # Names only: the lines of a notebook are known over there.
        error.where = [
            (frame.filename, frame.lineno, frame.name, None)
            for frame in traceback.extract_tb(error.__traceback__)[1:]
        ]
        raise


def _train(
    tuner: "keras_tuner.Tuner", trial: "Trial", arguments: tuple, more: dict
) -> tuple[list, "keras_tuner.HyperParameters"]:
    """Train the network of a trial; this happens in another process."""
    histories = tuner.run_trial(trial, *arguments, **{"verbose": 0} | more)
    for history in histories:
        if isinstance(history, keras.callbacks.History):
            history.set_model(None)  # a network does not travel between processes
    return histories, trial.hyperparameters


# --- what is KerasTuner's own -----------------------------------------------------------------
# The rest of this file uses names that KerasTuner does not promise to keep. They were read in
# version 1.4.8 (tuners/gridsearch.py and engine/base_tuner.py); a test says when they change.


def _enter(tuner: "keras_tuner.Tuner", trial: "Trial", results: list) -> None:
    """Let a tuner enter the results of a training that was done elsewhere into its books."""
    clerk = copy.copy(tuner)
    clerk.run_trial = lambda trial: results
    clerk._try_run_and_update_trial(trial)


def _go_on_at_once(oracle: "keras_tuner.Oracle", trial: "Trial") -> None:
    """Let a grid go on from a trial that has only started: by itself it waits for its end."""
    if _is_grid(oracle):
        oracle._populate_next.append(trial.trial_id)


def _is_grid(oracle: "keras_tuner.Oracle") -> bool:
    from keras_tuner.oracles import GridSearchOracle

    return isinstance(oracle, GridSearchOracle)


def _mend_grid(oracle: "keras_tuner.Oracle") -> None:
    """Give a grid that was opened again the order of its trials, which it does not store."""
    if not _is_grid(oracle):
        return
    known, order = oracle.start_order, oracle._ordered_ids
    if all(trial_id in order._data_to_index for trial_id in known):
        return
    values = {trial_id: oracle.trials[trial_id].hyperparameters.values for trial_id in known}
    compare = functools.cmp_to_key(lambda a, b: oracle._compare(values[a], values[b]))
    before = None
    for trial_id in sorted(known, key=compare):
        order.insert(trial_id, before)
        before = trial_id
    oracle._populate_next.extend(known)
