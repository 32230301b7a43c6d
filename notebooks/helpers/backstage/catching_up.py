"""Catch up inside a notebook: define what the cells above a stop define, without training.

Stops are headings with a number, which stands in the metadata of their cell. The code comes from
the notebooks beside the helpers, never from the copy in which a learner works: there, cells may be
empty, changed, or not run. `catch_up` is for people who fell behind, and for those who have
restarted their kernel.
"""

import ast
import inspect
import json
import os
import re
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

NOTEBOOKS = Path(__file__).resolve().parent.parent.parent
HEADING = re.compile(r"(?m)^#{1,3} (.+?)(?: <small>.*)?$")
# What a training cell says about how to load what it makes.
INSTEAD = re.compile(r"(?m)^ *# Instead of training: (.+)$")
# Calls that show something or look at an answer, and define nothing.
SHOWS = re.compile(r"(plot|play)_\w+|show|check|progress|display|plt\.show|.+\.summary")
# Calls that may take long, and show how far they are: what draws pictures, the first time, and what
# trains where nothing is stored that could be loaded.
DRAWS = {"draw", "draw_more", "score_set", "fresh_test_set"}
TRAINS = {"fit", "train", "run_search"}
PLAIN = (int, float, complex, str, bytes, set, frozenset, range)


class CannotCatchUp(Exception):
    """There is no such stop, or a cell above it does not run. In a notebook it is one line."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Cell:
    """A code cell of the lesson.

    Attributes
    ----------
    code : str
        Its code, also where an edition leaves it out to be typed.
    heading : str
        The heading above it.
    tags : frozenset of str
        Its tags.
    """

    code: str
    heading: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Stop:
    """A place to catch up to.

    Attributes
    ----------
    heading : str
        The heading of its section.
    above : int
        How many code cells stand above it.
    """

    heading: str
    above: int


# What a call has defined here, and after how many cells it was: these are no learner's own.
_made: dict[str, tuple[Any, int]] = {}
# What a call has replaced.
_kept: dict[str, Any] = {}


def catch_up(stop: int, notebook: str | None = None) -> None:
    """Define everything that the cells above a stop define, and say what was done.

    Networks and results are loaded, not trained. What you wrote for a challenge stays as it is.
    Other names get the values of the lesson; what you had made under such a name is listed, and
    kept in ``catch_up.kept``. If anything goes wrong, all names are as before.

    Parameters
    ----------
    stop : int
        The number of the stop, as it stands at a heading of the notebook.
    notebook : str, optional
        The number of the notebook, such as "05". Only needed where it cannot be found out.

    Raises
    ------
    CannotCatchUp
        If there is no such stop, if the notebook is not known, or if a cell does not run.

    Examples
    --------
    >>> from helpers import catch_up
    >>> catch_up(3)  # doctest: +SKIP
    Caught up to stop 3, “Train it”, in 4.2 s.
    Loaded, not trained here (made with Sketch Street 10): model, history.
    Left out: solutions, and what only shows something. Open challenges: drop.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise CannotCatchUp(
            "catch_up was called outside a notebook. It defines names in a notebook: "
            "call it in a cell there."
        )
    path = _find_notebook(notebook, shell.user_ns)
    cells, stops = _read(path)
    there_are = f"{path.name} has these: {_list(stops)}." if stops else f"{path.name} has none."
    if isinstance(stop, bool) or not isinstance(stop, Integral) or stop not in stops:
        raise CannotCatchUp(f"There is no stop {stop!r}. Give the number of a stop. {there_are}")
    aim = stops[int(stop)]
    start = time.perf_counter()
    try:
        done = _run(cells[: aim.above], shell)
    except _Failed as failed:
        raise CannotCatchUp(
            f"A cell below “{failed.cell.heading}” did not run ({failed}). All names are as "
            "before. Restart the kernel (menu Kernel, Restart Kernel), and in its first cell "
            f"write: from helpers import catch_up; catch_up({stop})"
        ) from failed.__cause__
    seconds = time.perf_counter() - start
    print(f"Caught up to stop {stop}, “{aim.heading}”, in {seconds:.1f} s.")
    _say(done, shell.user_ns, _account(done.before, shell, cells))


catch_up.kept = _kept


class _Failed(Exception):
    def __init__(self, cell: Cell, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}".splitlines()[0])
        self.cell = cell


@dataclass
class _Done:
    """What was done. Of dictionaries, only the order of the keys counts."""

    before: dict[str, Any]
    loaded: dict[str, None] = field(default_factory=dict)
    trained: dict[str, None] = field(default_factory=dict)
    yours: dict[str, None] = field(default_factory=dict)
    stubs: dict[str, None] = field(default_factory=dict)


def _say(done: _Done, names: dict[str, Any], replaced: dict[str, str]) -> None:
    if done.loaded:
        loaded = ", ".join(done.loaded)
        _print(f"Loaded, not trained here (made with Sketch Street 10): {loaded}.")
    if done.trained:
        _print(f"Trained, since nothing of it is stored: {', '.join(done.trained)}.")
    if done.yours:
        _print(f"Left as it was: {', '.join(done.yours)}.")
    if replaced:
        keys = list(replaced.values())
        _print(
            f"Replaced: {', '.join(replaced)}. What you had is kept: "
            f'catch_up.kept["{keys[0]}"]' + (", and so on." if len(keys) > 1 else ".")
        )
    # Not those whose name has got a value further down.
    stubs = ", ".join(name for name in done.stubs if _is_open(names.get(name)))
    also = f" Open challenges: {stubs}." if stubs else ""
    _print(f"Left out: solutions, and what only shows something.{also}")


def _print(text: str) -> None:
    print(textwrap.fill(text, width=88, break_on_hyphens=False))


# --- finding and reading a notebook -----------------------------------------------------------


def _find_notebook(given: str | None, names: dict[str, Any]) -> Path:
    """Return the notebook of the lesson in which this runs, or the one that is given."""
    # The first from VS Code, the second from a Jupyter server. Either may come from Windows.
    found = given or names.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    name = re.split(r"[/\\]", str(found))[-1]
    digits = re.match(r"\d\d?(?!\d)", name)
    number = digits[0].zfill(2) if digits else "no number"
    paths = [NOTEBOOKS / name] if name.endswith(".ipynb") and (NOTEBOOKS / name).exists() else []
    paths = paths or sorted(NOTEBOOKS.glob(f"{number}-*.ipynb"))
    if len(paths) == 1:
        return paths[0]
    which = f"“{name}” is none" if name else "Nothing here tells the name of this notebook"
    if paths:
        which = f"“{name}” may be {' or '.join(path.name for path in paths)}"
    known = sorted(path.name[:2] for path in NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))
    numbers = ", ".join(dict.fromkeys(known))
    raise CannotCatchUp(
        f"{which} of the notebooks of this lesson. Say which one it is, with its number or its "
        f'file name: catch_up(3, notebook="05"). There are: {numbers}.'
    )


def _read(path: Path) -> tuple[list[Cell], dict[int, Stop]]:
    """Return the code cells of a notebook, and its stops."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise CannotCatchUp(f"{path} cannot be read ({error}). Get the lesson again.") from error
    cells: list[Cell] = []
    stops: dict[int, Stop] = {}
    heading = ""
    for cell in content:
        source, metadata = "".join(cell["source"]), cell["metadata"]
        if cell["cell_type"] == "code":
            tags = frozenset(metadata.get("tags", []))
            cells.append(Cell(metadata.get("code", source), heading, tags))
        elif line := HEADING.search(source):  # in an edition, the number of a stop is behind it
            heading = line[1]
            if "stop" in metadata:
                stops[metadata["stop"]] = Stop(heading, len(cells))
    return cells, stops


def _list(stops: dict[int, Stop]) -> str:
    return ", ".join(f"{number} “{stop.heading}”" for number, stop in sorted(stops.items()))


# --- running cells ----------------------------------------------------------------------------


def _run(cells: Sequence[Cell], shell: Any) -> _Done:
    """Run cells in the namespace of a learner, in silence: all of them or none."""
    names = shell.user_ns
    done = _Done(dict(names))
    try:
        for cell in cells:
            if "solution" in cell.tags:
                continue
            try:
                _run_cell(cell, shell, done)
            except Exception as error:
                raise _Failed(cell, error) from error
    except BaseException:  # an interrupt as well
        for name in names.keys() - done.before.keys():
            del names[name]
        names.update(done.before)
        raise
    return done


def _run_cell(cell: Cell, shell: Any, done: _Done) -> None:
    from IPython.utils.capture import capture_output

    names = shell.user_ns
    code = "\n".join(INSTEAD.findall(cell.code))
    for statement in ast.parse(code).body:
        done.loaded |= dict.fromkeys(_bound(statement) or _arguments(statement))
    code = code or cell.code
    # So that Python knows the source of functions that are defined here.
    file = shell.compile.cache(code)
    with _no_figures_left():
        for statement in ast.parse(code).body:
            bound = _bound(statement)
            if "challenge" in cell.tags and bound:
                if any(_is_yours(name, names) for name in bound):
                    done.yours |= dict.fromkeys(bound)
                    continue
                done.stubs |= dict.fromkeys(name for name in bound if name != "answer")
            part = ast.Module([_without_showing(statement)], type_ignores=[])
            compiled = shell.compile(ast.fix_missing_locations(part), file, "exec")
            calls = _calls(statement)
            if calls & TRAINS:
                done.trained |= dict.fromkeys(bound)
            if calls & (DRAWS | TRAINS):
                exec(compiled, names)
            else:
                with capture_output():
                    exec(compiled, names)


def _without_showing(statement: ast.stmt) -> ast.stmt:
    """Return what is left of a statement that shows something: what it computes before."""
    call = getattr(statement, "value", None)
    if not (isinstance(statement, ast.Expr) and isinstance(call, ast.Call)):
        return statement
    if not SHOWS.fullmatch(ast.unparse(call.func)):
        return statement
    parts = [*call.args, *(word.value for word in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        parts.insert(0, call.func.value)
    return ast.copy_location(ast.Expr(ast.Tuple(parts, ast.Load())), statement)


def _bound(statement: ast.stmt) -> list[str]:
    """Return the names that a statement defines, but for those that nobody uses."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    bound = [name.id for name in names if isinstance(name.ctx, ast.Store)]
    return [name for name in bound if not name.startswith("_")]


def _arguments(statement: ast.stmt) -> list[str]:
    """Return the names that a call is given."""
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return [part.id for call in calls for part in call.args if isinstance(part, ast.Name)]


def _is_open(value: Any) -> bool:
    """Tell whether a challenge has not been answered by this."""
    from helpers.challenges.running import is_stub

    return value is None or value is ... or is_stub(value)


def _is_yours(name: str, names: dict[str, Any]) -> bool:
    """Tell whether a learner has given this name a value, as the answer to a challenge."""
    made, _ = _made.get(name, (None, 0))
    return not _is_open(names.get(name)) and names[name] is not made


def _calls(statement: ast.stmt) -> set[str]:
    """Return the names of the functions that a statement calls, without their modules."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return set()
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return {ast.unparse(call).split(".")[-1] for call in calls}


@contextmanager
def _no_figures_left() -> Iterator[None]:
    """Close the figures that are made meanwhile, which a notebook would show at the end."""

    def figures() -> set[int]:
        plt = sys.modules.get("matplotlib.pyplot")
        return set(plt.get_fignums()) if plt else set()

    before = figures()
    try:
        yield
    finally:
        for number in figures() - before:
            sys.modules["matplotlib.pyplot"].close(number)


# --- what a learner has made ------------------------------------------------------------------


def _account(before: dict[str, Any], shell: Any, cells: Sequence[Cell]) -> dict[str, str]:
    """Keep what was replaced of a learner's own; return its names, and those it is kept under."""
    names, history = shell.user_ns, shell.user_ns.get("In", [])
    own, lesson = _who_named(history, cells)
    replaced = {}
    for name in sorted(before.keys() & names.keys()):
        old, new = before[name], names[name]
        if name.startswith("_") or _same(old, new):
            continue
        value, when = _made.get(name, (None, 0))
        if value is old and own.get(name, 0) <= when:
            continue
        if name in lesson and name not in own:
            continue
        key = name
        while key in _kept:
            key += "_again"
        _kept[key] = old
        replaced[name] = key
    for name, value in names.items():
        if name not in before or before[name] is not value:
            _made[name] = value, len(history) - 1
    return replaced


def _who_named(history: Sequence[str], cells: Sequence[Cell]) -> tuple[dict[str, int], set[str]]:
    """Return the names in cells of a learner's own, each with the last such cell, and the others.

    The others are those of cells that were run as they stand in the lesson. A training is a
    learner's own: whoever has waited for it does not want another in its place.
    """
    known = set()
    for cell in cells:
        loading = INSTEAD.findall(cell.code)
        body = ast.parse(cell.code).body
        if loading or not any(_calls(statement) & TRAINS for statement in body):
            known |= {ast.dump(ast.parse(code)) for code in loading or [cell.code]}
    own: dict[str, int] = {}
    lesson: set[str] = set()
    for number, code in enumerate(history):
        try:
            tree = ast.parse(code)
            used = _names(compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
        except (SyntaxError, ValueError):
            continue  # it did nothing
        if ast.dump(tree) in known:
            lesson |= used
        else:
            own |= dict.fromkeys(used, number)
    return own, lesson


def _names(code: CodeType) -> set[str]:
    """Return the global names in compiled code, and the attributes."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same for a learner; False if that is not sure."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, PLAIN):
        return one == other
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, FunctionType):
        return _source(one) == _source(other) is not None
    if hasattr(one, "tobytes"):  # an array; NumPy is not imported for this
        alike = one.dtype == other.dtype and one.shape == other.shape
        return alike and not one.dtype.hasobject and one.tobytes() == other.tobytes()
    if hasattr(one, "equals"):  # a table
        return bool(one.equals(other))
    return False


def _source(function: FunctionType) -> str | None:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return None
