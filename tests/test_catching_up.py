"""Whoever fell behind is brought to a stop, loses nothing, and can go on from there."""

import ast
import inspect
import os
import re
import subprocess
import sys
from itertools import pairwise

import editions
import execute
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from conftest import NEED_RAY, NOTEBOOKS, RAY
from helpers.backstage import catching_up
from helpers.backstage.catching_up import CannotCatchUp, catch_up


class Shell:
    """A shell of IPython in this process, in the place of a notebook's kernel."""

    def __init__(self, shell):
        self.shell, self.names = shell, shell.user_ns

    def __call__(self, code):
        result = self.shell.run_cell(code, store_history=True, silent=False)
        result.raise_error()


@pytest.fixture(scope="module")
def shell():
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.showtraceback = lambda *args, **settings: None
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell, monkeypatch):
    monkeypatch.setattr(catching_up, "_made", {})
    catch_up.kept.clear()
    shell.reset()
    shell.user_ns["catch_up"] = catch_up
    return Shell(shell)


def code(source, *tags, **metadata):
    return new_code_cell(source, metadata={"tags": list(tags), **metadata})


def stop(number, heading="## There"):
    return new_markdown_cell(f"{heading}\n\nText.", metadata={"stop": number})


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Return a function that writes a lesson of one notebook, the fifth, which is the one run."""
    monkeypatch.setattr(catching_up, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", "work/05-small-2026-11-21.ipynb")

    def write(*cells, name="05-small.ipynb"):
        cells = [code(cell) if isinstance(cell, str) else cell for cell in cells]
        nbformat.write(new_notebook(cells=cells), tmp_path / name)

    return write


# --- what is defined --------------------------------------------------------------------------


def test_what_stands_above_a_stop_is_defined_in_silence_and_nothing_below(lesson, run, capsys):
    lesson("a = 1\nprint(a)\na", stop(1), "b = a + 1", stop(2, "## Second part"), "c = 3")
    run("catch_up(1)")
    assert run.names["a"] == 1 and "b" not in run.names
    capsys.readouterr()
    run("catch_up(2)")
    assert run.names["b"] == 2 and "c" not in run.names
    first, left_out = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Caught up to stop 2, “Second part”, in \d+\.\d s\.", first)
    assert left_out == "Left out: solutions, and what only shows something."
    run("catch_up(1)")  # also backward
    assert run.names["b"] == 2


def test_solutions_are_left_out_and_what_an_edition_leaves_empty_is_not(lesson, run):
    blank = code("# Add one.", "type", code="# Add one.\nb = a + 1")
    lesson("a = 1", code("a = 100", "solution"), blank, stop(1))
    run("catch_up(1)")
    assert run.names["b"] == 2


def test_a_training_is_replaced_by_what_it_says_instead(lesson, run, capsys):
    training = "# The network.\n# Instead of training: model, history = load()\nmodel = 1 / 0"
    search = "# Instead of training: search(tuner)\n1 / 0"
    first = "tuner = []\nsearch = tuner.append\ndef load():\n    return 'net', 'past'"
    lesson(first, training, search, stop(1))
    run("catch_up(1)")
    assert (run.names["model"], run.names["history"]) == ("net", "past")
    assert len(run.names["tuner"]) == 1
    said = capsys.readouterr().out
    assert "(made with Sketch Street 10): model, history, tuner." in said


SHOWN = ["check('x', a)", "plot_it(a)", "play_it(a)", "show(a)", "progress()", "display(a)"]


@pytest.mark.parametrize("statement", [*SHOWN, "plt.show()", "a.summary()"])
def test_what_only_shows_something_is_not_run(lesson, run, statement):
    lesson(statement, stop(1))
    run("a = plt = None\ndef plot_it(*_): raise OSError\nplay_it = check = show = plot_it")
    run("progress = display = plot_it")
    run("catch_up(1)")  # of the others, None has no such attribute


@pytest.mark.parametrize(
    "statement",
    [
        "a.append(1)",
        "show(a.append(1))",
        "show(0, more=a.append(1))",
        "a.append(1) or show()",
        "make(a).summary()",
        "print(a.append(1))",
        "fit(a)",
        "for _ in [1]:\n    a.append(1)",
        "if True:\n    a.append(1)",
        "b = show(a.append(1))",
    ],
)
def test_what_changes_something_is_run(lesson, run, statement):
    start = "def fit(a):\n    a.append(1)\n    return a\nmake, show = fit, str\na = []\n"
    lesson("from builtins import *\nshow = lambda *a, **b: 0\n" + start, statement, stop(1))
    run("catch_up(1)")
    assert run.names["a"] == [1]


def test_no_figure_is_left_to_be_shown_and_those_of_before_stay(lesson, run):
    import matplotlib.pyplot as plt

    lesson("import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()", stop(1))
    own = plt.figure()
    try:
        run("catch_up(1)")
        assert plt.get_fignums() == [own.number]
        assert run.names["ax"].figure is run.names["figure"]
    finally:
        plt.close(own)


def test_what_draws_pictures_says_how_far_it_is(lesson, run, capsys):
    define = "def draw(n):\n    print('drawn:', n)\n    return n"
    lesson(define, "many = draw(8000)", "print(many)", stop(1))
    run("catch_up(1)")
    assert capsys.readouterr().out.splitlines()[0] == "drawn: 8000"


def test_what_is_trained_for_want_of_a_file_says_so(lesson, run, capsys):
    lesson("def train(n):\n    print('epoch', n)\n    return [n], 0", "past, _ = train(5)", stop(1))
    run("catch_up(1)")
    out = capsys.readouterr().out
    assert "epoch 5\n" in out and "Trained, since nothing of it is stored: past.\n" in out


def test_functions_have_their_source_and_travel_to_other_processes(lesson, run):
    lesson("x = 1\n\n\ndef double(n):\n    # Twice.\n    return 2 * n", stop(1))
    run("catch_up(1)")
    double = run.names["double"]
    assert inspect.getsource(double) == "def double(n):\n    # Twice.\n    return 2 * n\n"
    assert double.__module__ == "__main__" and double.__globals__ is run.names


# --- challenges -------------------------------------------------------------------------------

STUB = "def f(x):\n    ...\n\n\ncheck('f', f)"


def test_a_challenge_that_was_answered_is_left_as_it_is(lesson, run, capsys):
    lesson("x = 1", code(STUB, "challenge"), code("g = ...", "challenge"), stop(1))
    run("def f(x):\n    return x + 40")
    run("catch_up(1)")
    assert run.names["f"](2) == 42 and run.names["g"] is ...
    said = capsys.readouterr().out
    assert "Left as it was: f.\n" in said and "Open challenges: g.\n" in said


@pytest.mark.parametrize("before", ["", "def f(x):\n    ...", "f = ...", "f = None"])
def test_an_open_challenge_stays_open(lesson, run, capsys, before):
    lesson(code(STUB, "challenge"), stop(1))
    run(before)
    run("catch_up(1)")
    assert run.names["f"](1) is None
    assert "Open challenges: f.\n" in capsys.readouterr().out


def test_what_the_lesson_makes_of_a_challenge_is_not_taken_for_an_answer(lesson, run, capsys):
    lesson(code(STUB, "challenge"), "def f(x):\n    return x", stop(1))
    for _ in range(2):
        run("catch_up(1)")
        said = capsys.readouterr().out
        assert "Left as" not in said and "Open" not in said and "Replaced" not in said


# --- nothing is overwritten in silence --------------------------------------------------------

LISTS = "names = [1]"
TRAINING = "# Instead of training: net = load()\nnet = object()"
LOAD = "def load():\n    return object()"
SLOW = "class Net:\n    fit = object\n\n\npast = Net.fit()"


def replaced(capsys):
    found = re.search(r"Replaced: ([^.]*)\.", capsys.readouterr().out.replace("\n", " "))
    return found[1] if found else None


@pytest.mark.parametrize(
    ("cells", "listed"),
    [
        (["names = [2]"], "names"),  # made
        (["names = [1]"], None),  # made, the same
        ([LISTS, "names.append(2)"], "names"),  # changed
        (["globals()['names'] = 3"], "names"),  # made nobody knows how
        (["net = 'mine'"], "net"),
        ([LOAD, TRAINING], "net"),  # waited for
        ([LOAD, "net = load()"], None),  # loaded as the lesson says
        ([SLOW], "Net, past"),  # waited for, and there is nothing to load
        ([LISTS, "names[0] = 1"], None),  # as it was
        (["def load():\n    return 5"], "load"),
        ([LOAD], None),
        (["other = 1", "def (", "%precision 3"], None),
        (["names = 3; net = 4; load = 5"], "load, names, net"),
    ],
)
def test_what_a_learner_has_made_is_listed_and_kept(lesson, run, capsys, cells, listed):
    lesson(LISTS, LOAD, TRAINING, SLOW, stop(1))
    for cell in cells:
        try:
            run(cell)
        except SyntaxError:
            pass
    before = dict(run.names)
    capsys.readouterr()
    run("catch_up(1)")
    assert replaced(capsys) == listed
    assert sorted(catch_up.kept) == (listed.split(", ") if listed else [])
    assert all(catch_up.kept[name] is before[name] for name in catch_up.kept)
    run("catch_up(1)")  # now all of it is the lesson's
    assert replaced(capsys) is None


def test_a_value_of_the_lesson_that_differs_each_time_is_no_learners_own(lesson, run, capsys):
    cell = "layer = object()"
    lesson(cell, stop(1))
    run("layer  =  object()  # typed another way")
    run("catch_up(1)")
    assert replaced(capsys) is None
    run("print(layer)\nlayer.__class__")  # looked at: perhaps more
    capsys.readouterr()
    run("catch_up(1)")
    assert replaced(capsys) == "layer"


def test_nothing_that_was_kept_is_lost_to_a_later_call(lesson, run, capsys):
    lesson("net = 1", stop(1))
    for value in (10, 20, 30):
        run(f"net = {value}")
        run("catch_up(1)")
    assert list(catch_up.kept.values()) == [10, 20, 30]
    assert f'catch_up.kept["{list(catch_up.kept)[-1]}"]' in capsys.readouterr().out


def test_arrays_and_tables_are_compared_by_what_is_in_them():
    import numpy as np
    import pandas as pd

    same, array = catching_up._same, np.arange(4.0)
    assert same({"a": (array, [1])}, {"a": (array.copy(), [1])})
    assert not same(array, array.reshape(2, 2)) and not same(array, array.astype("float32"))
    assert not same(array, array + 1) and not same(np.array([None]), np.array([None]))
    assert same(pd.DataFrame({"a": array}), pd.DataFrame({"a": array}))
    assert not same(pd.DataFrame({"a": array}), pd.DataFrame({"b": array}))
    assert not same(1, True) and not same(object(), object())


# --- what can go wrong ------------------------------------------------------------------------


def test_a_cell_that_fails_is_named_and_all_names_are_as_before(lesson, run):
    heading = new_markdown_cell("### The middle\n\nText.")
    lesson("a = 2\nnew = 3", heading, "b = int(a)", "c = 1", stop(1))
    run("a = 1\nint = None")
    with pytest.raises(CannotCatchUp) as raised:
        run("catch_up(1)")
    assert run.names["a"] == 1 and not {"new", "b", "c"} & set(run.names)
    said = str(raised.value)
    assert raised.value._render_traceback_() == [said] and "\n" not in said
    assert "“The middle” did not run (TypeError: 'NoneType' object is not callable)" in said
    assert "Restart the kernel" in said and said.endswith("catch_up(1)")


def test_an_interrupt_passes_and_all_names_are_as_before(lesson, run):
    lesson("a = 2", "raise KeyboardInterrupt", stop(1))
    run("a = 1")
    with pytest.raises(KeyboardInterrupt):
        catch_up(1)
    assert run.names["a"] == 1 and not catch_up.kept


@pytest.mark.parametrize("wrong", [0, 3, -1, True, "1", 1.0, None, ..., [1]])
def test_a_stop_that_does_not_exist_is_answered_with_those_that_do(lesson, run, wrong):
    lesson("a = 1", stop(1, "## One"), stop(2, "## Two"))
    with pytest.raises(CannotCatchUp, match=r"no stop .* has these: 1 “One”, 2 “Two”\."):
        catch_up(wrong)
    assert "a" not in run.names


def test_a_notebook_without_stops_says_so(lesson, run):
    lesson("a = 1")
    with pytest.raises(CannotCatchUp, match=r"05-small\.ipynb has none\."):
        catch_up(1)


def test_a_notebook_that_is_damaged_is_named(lesson, run, tmp_path):
    (tmp_path / "05-small.ipynb").write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(CannotCatchUp, match=r"05-small\.ipynb cannot be read .*Get the lesson"):
        catch_up(1)


@pytest.mark.parametrize(
    "name",
    ["05-small.ipynb", "/a/01 b/05-other.ipynb", r"C:\01\05-small.ipynb", "05.ipynb", "5", 5],
)
def test_the_notebook_is_known_from_its_number(lesson, run, monkeypatch, name):
    lesson("a = 5", stop(1))
    lesson("a = 1", stop(1), name="01-first.ipynb")
    for session, known, given in (("", name, None), (str(name), None, None), ("01-", "01-", name)):
        monkeypatch.setenv("JPY_SESSION_NAME", session)
        run.names["__vsc_ipynb_file__"] = known
        run.names["a"] = None
        catch_up(1, notebook=given)
        assert run.names["a"] == 5


@pytest.mark.parametrize("name", ["", "Untitled.ipynb", "2026-11-21.ipynb", "07-x.ipynb", "a05"])
def test_a_notebook_that_is_not_known_is_asked_for(lesson, run, monkeypatch, name):
    lesson("a = 1", stop(1))
    monkeypatch.setenv("JPY_SESSION_NAME", name)
    with pytest.raises(CannotCatchUp, match=r'catch_up\(3, notebook="05"\)\. There are: 05\.'):
        catch_up(1)


def test_of_two_copies_one_has_to_be_named(lesson, run):
    lesson("a = 1", stop(1))
    lesson("a = 2", stop(1), name="05-small-Copy1.ipynb")
    with pytest.raises(CannotCatchUp, match=r"05-small-Copy1\.ipynb or 05-small\.ipynb"):
        catch_up(1)
    catch_up(1, notebook="05-small-Copy1.ipynb")
    assert run.names["a"] == 2


def test_outside_a_notebook_it_says_so():
    command = [sys.executable, "-c", "import helpers; helpers.catch_up(1)"]
    environment = os.environ | {"PYTHONPATH": str(catching_up.NOTEBOOKS)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert "CannotCatchUp: catch_up was called outside a notebook" in result.stderr


def test_the_helpers_stay_light():
    heavy = "{'tensorflow', 'keras', 'numpy', 'matplotlib', 'IPython'}"
    command = [sys.executable, "-c", f"import sys, helpers; print({heavy} & set(sys.modules))"]
    environment = os.environ | {"PYTHONPATH": str(catching_up.NOTEBOOKS)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert result.stdout.strip() == "set()"


# --- every stop of the lesson -----------------------------------------------------------------

STOPS = [
    (path, number, cell["metadata"]["stop"])
    for path in NOTEBOOKS
    if RAY or path not in NEED_RAY
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells)
    if "stop" in cell["metadata"]
]
QUICK = {("03", 2), ("05", 3)}


def parameter(path, number, stop):
    marks = [] if (path.name[:2], stop) in QUICK else [pytest.mark.weekly]
    return pytest.param(path, number, stop, id=f"{path.name[:2]}-{stop}", marks=marks)


@pytest.mark.parametrize("name", editions.EDITIONS)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_in_every_edition_the_same_stands_above_the_same_stops(path, name, tmp_path):
    source = nbformat.read(path, as_version=4)
    nbformat.write(editions.edition(name, source), tmp_path / path.name)
    (cells, stops), (made_cells, made_stops) = map(catching_up._read, (path, tmp_path / path.name))
    assert {n: s.heading for n, s in stops.items()} == {n: s.heading for n, s in made_stops.items()}
    for number in stops:
        above, made = cells[: stops[number].above], made_cells[: made_stops[number].above]
        one, other = (
            [ast.dump(ast.parse(cell.code)) for cell in some if "solution" not in cell.tags]
            for some in (above, made)
        )
        assert one == other


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stops_are_numbered_in_order_and_each_has_something_above(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    stops = [number for number, cell in enumerate(cells) if "stop" in cell.metadata]
    assert stops, "a notebook without a stop"
    assert [cells[number].metadata["stop"] for number in stops] == [*range(1, len(stops) + 1)]
    assert all(cells[number].source.startswith("## ") for number in stops)
    for above, below in pairwise([-1, *stops]):
        assert any(above < number < below for number in code), "nothing between two stops"


@pytest.mark.parametrize(("path", "number", "stop"), [parameter(*stop) for stop in STOPS])
def test_from_each_stop_the_notebook_runs_to_its_end(path, number, stop):
    notebook = nbformat.read(path, as_version=4)
    first = new_code_cell(f"from helpers import catch_up\n\ncatch_up({stop})")
    notebook.cells = [first, *notebook.cells[number:]]
    execute.load_instead(notebook)
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=600, resources=where)
    client.execute(env={**os.environ, "JPY_SESSION_NAME": f"work/{path.name}"})
    said = "".join(output.get("text", "") for output in first.outputs)
    assert f"Caught up to stop {stop}, “" in said and "Replaced" not in said
