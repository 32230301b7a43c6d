"""Run what a learner wrote: in time, in silence, and whatever it does.

It runs in a thread, so that `check` goes on when it does not: from there an endless loop can be
interrupted again and again, and left alone if nothing helps. Nothing of this touches the main
thread, so Ctrl-C and the Stop button of JupyterLab work as ever.
"""

import builtins
import contextlib
import ctypes
import dis
import inspect
import io
import linecache
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

# All that a function does whose body holds dots, `pass` or a text only, from Python 3.11 on.
NOTHING = {"RESUME", "NOP", "COPY_FREE_VARS", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


class TooLong(Exception):
    """The code did not end in time. Its argument tells whether it was stopped."""


class Asked(Exception):
    """The code asked for input, which nobody gives it."""


class _Stop(SystemExit):
    """Ends a thread; of all errors, threads end silently on this one only."""


@dataclass(frozen=True)
class Outcome:
    """What came of a call.

    Attributes
    ----------
    value : Any
        What was returned.
    error : BaseException or None
        What was raised instead.
    line : str
        The line of the learner's code that raised it, "" if it is not known.
    printed : str
        What was printed.
    warned : str
        The first warning about a computation, "" if there was none.
    """

    value: Any = None
    error: BaseException | None = None
    line: str = ""
    printed: str = ""
    warned: str = ""


def run(function: Callable[..., Any], arguments: tuple[Any, ...], limit: float | None) -> Outcome:
    """Call a function, and tell what came of it.

    Parameters
    ----------
    function : callable
        What the learner wrote.
    arguments : tuple
        Its arguments, by position.
    limit : float or None
        Seconds after which it is ended. None trusts it to end, and starts no thread.

    Returns
    -------
    Outcome
        What it returned or raised, and what it printed.

    Raises
    ------
    TooLong
        If it did not end in time.

    Examples
    --------
    >>> run(divmod, (7, 2), limit=5).value
    (3, 1)
    """
    found: dict[str, Any] = {}

    def work() -> None:
        try:
            found["value"] = function(*arguments)
        except _Stop:
            raise
        except BaseException as error:  # sys.exit() among them
            found["error"] = error

    with _silence() as (printed, caught):
        if limit is None:
            work()
        else:
            _run_in_time(work, limit)
    warned = [str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)]
    return Outcome(
        value=found.get("value"),
        error=found.get("error"),
        line=_find_line(function, found.get("error")),
        printed=printed.getvalue(),
        warned=warned[0] if warned else "",
    )


def is_stub(function: Any) -> bool:
    """Tell whether the body of a function is still empty: dots, `pass`, or a docstring.

    Parameters
    ----------
    function : Any
        A function; anything else is no stub.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_stub(lambda: ...), is_stub(lambda: 1)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    if not inspect.iscode(code):
        return False
    steps = list(dis.get_instructions(code))
    constants = [step.argval for step in steps if step.opname.endswith("_CONST")]
    empty = all(value is None or value is ... for value in constants)
    return empty and {step.opname for step in steps} <= NOTHING


@contextlib.contextmanager
def _silence() -> Iterator[tuple[io.StringIO, list[warnings.WarningMessage]]]:
    """Keep what is printed and warned, and let nobody ask for input."""

    def ask(*_: Any, **__: Any) -> str:
        raise Asked("input() waits for somebody to type")

    before, printed = builtins.input, io.StringIO()
    builtins.input = ask
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.simplefilter("always")
            yield printed, caught
    finally:
        builtins.input = before


def _run_in_time(work: Callable[[], None], limit: float) -> None:
    """Do something in a thread, and raise TooLong if it takes too long."""
    # Not join: where Ctrl-C interrupts it, Python 3.11 believes that the thread has ended.
    left = threading.Event()
    thread = threading.Thread(target=_guard, args=(work, left), daemon=True)
    thread.start()
    try:
        ends = time.monotonic() + limit
        # In small pieces: on Windows, Ctrl-C is heard only between them.
        while not left.wait(0.05) and time.monotonic() < ends:
            pass
    finally:
        in_time = left.is_set()
        stopped = in_time or _stop(thread, left)
    if not in_time:
        raise TooLong(stopped)


def _guard(work: Callable[[], None], left: threading.Event, depth: int = 20) -> None:
    """Work, and catch every _Stop, also one that comes while another is being caught."""
    try:
        if depth:
            _guard(work, left, depth - 1)
        else:
            work()
    except _Stop:
        pass
    left.set()


def _stop(thread: threading.Thread, left: threading.Event) -> bool:
    """Interrupt a thread, again and again, until it has left its work. Tell if it has.

    A loop that catches every error ends all the same, as soon as an interrupt arrives between
    two turns. C code is not interrupted, nor is a loop in a loop that catches everything.
    """
    ends = time.monotonic() + 1
    while not left.wait(0.02) and time.monotonic() < ends:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop)
        )
    return left.is_set()


def _find_line(function: Any, error: BaseException | None) -> str:
    """Find the last line of the file or cell of a function that an error went through."""
    code = getattr(inspect.unwrap(function), "__code__", None) if error else None
    places = [
        (frame.f_code.co_filename, number)
        for frame, number in traceback.walk_tb(error.__traceback__ if code else None)
        if frame.f_code.co_filename == code.co_filename
    ]
    return linecache.getline(*places[-1]).strip() if places else ""
