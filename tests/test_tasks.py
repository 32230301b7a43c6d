"""Tasks in which a learner writes code: whatever they write, check says something that helps."""

import ast
import asyncio
import functools
import inspect
import json
import re
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from helpers import challenges
from helpers.challenges import CHALLENGES, check, judge, progress, recall, record, remember
from helpers.challenges.forms import Flaw
from helpers.challenges.functions import (
    RUNS_ON,
    TO_WRITE,
    Array,
    Builder,
    Drawing,
    Function,
    Maker,
    Slip,
    Written,
    case,
    compare,
)
from helpers.challenges.running import TooLong, is_stub, run

NOTEBOOKS = Path(challenges.__file__).resolve().parents[2]
TASKS = {name: task for name, task in CHALLENGES.items() if isinstance(task, Written)}
FUNCTIONS = {name: task for name, task in TASKS.items() if isinstance(task, Function)}
each_task = pytest.mark.parametrize("name", TASKS)
each_function = pytest.mark.parametrize("name", FUNCTIONS)


@pytest.fixture(autouse=True)
def start_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSON_PROGRESS", str(tmp_path / "progress.json"))
    challenges._wrong_tries.clear()
    record._said.clear()


def written(name, body, arguments=None):
    """Write a function as a learner does, with the arguments of the task."""
    signature = TASKS[name].signature
    if arguments is not None:
        signature = f"{signature.partition('(')[0]}({arguments})"
    space = {"np": np, "sys": sys}
    exec(f"def {signature}:\n{textwrap.indent(textwrap.dedent(body), '    ')}", space)
    return space[signature.partition("(")[0]]


def arguments(name):
    return re.findall(r"\w+", TASKS[name].signature)[1:]


def told(name, answer):
    """Return what is said to a wrong answer, after a look at its form."""
    verdict = judge(name, answer, tries=1)
    assert verdict.state == "wrong", verdict.message
    assert "\n" not in verdict.message and "  " not in verdict.message
    assert len(verdict.message) < 700, verdict.message
    own_form = verdict.message.replace(TASKS[name].signature, "")
    for secret in TASKS[name].secrets:
        assert not re.search(secret, own_form), (secret, own_form)
    return verdict.message


# ---------------------------------------------------------------------------------------
# From the entries: tests/test_challenges.py tries right versions and slips
# ---------------------------------------------------------------------------------------


@each_task
def test_a_task_has_slips(name):
    whys = [slip.why for slip in TASKS[name].tempting]
    assert len(whys) >= 4 and len(whys) == len(set(whys))


@each_function
def test_a_right_answer_is_right_again_and_in_other_forms(name):
    function = FUNCTIONS[name].answer[0]

    class Callable:
        def __call__(self, *args):
            return function(*args)

    def any_arguments(*args):
        print("on the way")
        return function(*args)

    for other in (functools.partial(function), Callable(), any_arguments, [function]):
        assert judge(name, other).state == "right", other


def test_a_stub_of_a_notebook_is_that_of_the_task():
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code" or "check(" not in cell.source:
                continue
            tree = ast.parse(cell.source)
            defined = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
            for call in re.findall(r'check\("([\w-]+)", (\w+)\)', cell.source):
                if call[0] in TASKS:
                    (stub,) = [node for node in defined if node.name == call[1]]
                    names = ", ".join(argument.arg for argument in stub.args.args)
                    assert f"{stub.name}({names})" == TASKS[call[0]].signature, path.name


# ---------------------------------------------------------------------------------------
# What can go wrong with every function
# ---------------------------------------------------------------------------------------


@each_task
def test_a_stub_is_not_answered(name):
    for body in ("...", "pass", '"""What it does."""', '"""What it does."""\n...', "return ..."):
        verdict = judge(name, written(name, body))
        assert (verdict.state, verdict.message) == ("unanswered", TO_WRITE), body
    assert judge(name, ...).message == TO_WRITE


GENERIC = {
    "nothing": ("found = 1", "returns nothing"),
    "dots": ("found = 1\nreturn ...", "three dots"),
    "print": ("print('the result')", "prints its result"),
    "zero": ("return 1 / 0", "stopped with a ZeroDivisionError: division by zero"),
    "line": ("x = 1\nreturn unknown + x", "stopped with a NameError"),
    "input": ("return input('number?')", "asks for input"),
    "exit": ("sys.exit(3)", "ends the whole program"),
    "exception": ("raise KeyboardInterrupt", "stopped with a KeyboardInterrupt"),
    "yield": ("yield 1", "yield"),
    "class": ("class Found: pass\nreturn Found()", "Your function returns a Found"),
    "function": ("return lambda: 1", "Your function returns a function"),
}


@each_task
@pytest.mark.parametrize("body, words", GENERIC.values(), ids=GENERIC)
def test_generic(name, body, words):
    if isinstance(TASKS[name], Drawing) and "return" in words and "nothing" not in words:
        words = "There is no line"  # What a function that draws returns does not matter.
    elif isinstance(TASKS[name], Drawing) and body in ("found = 1", "print('the result')"):
        words = "There is no line"
    assert words in told(name, written(name, body))


@each_task
def test_recursion_and_async(name):
    task = TASKS[name]
    given = task.signature.partition("(")[2][:-1]
    itself = written(name, f"return {task.signature.partition('(')[0]}({given})")
    itself.__globals__[itself.__name__] = itself
    assert "again and again" in told(name, itself)
    space = {}
    exec(f"async def {task.signature}:\n    return 1", space)
    assert "async" in told(name, space[itself.__name__])


@each_task
def test_other_arguments(name):
    names = arguments(name)
    for other in (["one_more", *names], names[1:] if names else ["one"]):
        assert "does not take the arguments" in told(
            name, written(name, "return 1", ", ".join(other))
        )
    if names:
        only_named = written(name, "return 1", "*, " + ", ".join(names))
        assert f"def {TASKS[name].signature}" in told(name, only_named)


@each_task
def test_something_that_is_no_function(name):
    for value, words in (
        (3, "a number"),
        ("text", "a text"),
        ([1, 2], "a list"),
        (np.arange(5), "a list"),
        (SimpleNamespace(a=1), "a SimpleNamespace"),
    ):
        message = told(name, value)
        assert f"You gave {words}, not a function" in message and "parentheses" in message
    assert "You gave a class" in told(name, type("Thing", (), {}))


@each_function
def test_kinds(name):
    first = FUNCTIONS[name].answer[0](*FUNCTIONS[name].cases()[0].args)
    is_array = isinstance(first, np.ndarray)
    function = FUNCTIONS[name].answer[0]

    def change(how):
        def changed(*args):
            return how(function(*args))

        return told(name, changed)

    if isinstance(first, str):
        assert "returns a number" in change(len)
    else:
        assert "returns a text" in change(str)
        assert "a dict" in change(lambda found: {"found": found})
        assert "True or False" in change(lambda found: True)
    if is_array:
        assert "returns a list, and an array was expected" in change(lambda found: found.tolist())
        assert "of the shape" in change(lambda found: found[np.newaxis])
    elif not isinstance(first, str):
        assert "returns a list" in change(lambda found: [found])


@each_function
def test_what_is_changed_in_place(name):
    function = FUNCTIONS[name].answer[0]
    cases = FUNCTIONS[name].cases()
    places = [
        place
        for place, arg in enumerate(cases[0].args)
        if isinstance(arg, np.ndarray | list | dict)
    ]
    if not places:
        pytest.skip("numbers cannot be changed")

    def changes(*args):
        found = function(*args)
        arg = args[places[0]]
        if isinstance(arg, dict):
            arg["more"] = 1
        elif isinstance(arg, list):
            arg.append(arg[0])
        else:
            arg += 1
        return found

    assert "changes what it is given" in told(name, changes)


@each_function
def test_answers_that_change(name):
    function = FUNCTIONS[name].answer[0]
    calls = []

    def another(*args):
        calls.append(args)
        found = function(*args)
        if len(calls) <= len(FUNCTIONS[name].cases()) or isinstance(found, str):
            return found
        return found + 1

    if not isinstance(function(*FUNCTIONS[name].cases()[0].args), str):
        assert "the same call again" in told(name, another)


@each_function
def test_numbers_of_few_bits_and_tensors_are_no_mistake(name):
    function = FUNCTIONS[name].answer[0]
    if FUNCTIONS[name].dtype != "any":
        return

    def rough(*args):
        found = function(*args)
        return found.astype("float32") if isinstance(found, np.ndarray) else found

    assert judge(name, rough).state == "right"


def test_compare():
    import ml_dtypes

    third = np.full(3, 1 / 3)
    assert compare(third.astype(ml_dtypes.bfloat16), third) == ""
    assert compare(third.astype("float16"), third) == ""
    assert compare(third.astype("float32"), third) == ""
    assert compare(third + 1e-3, third) == "values"
    assert compare(third * np.nan, third) == "nan"
    assert compare([1, "a", {"b": third}], [1, "a", {"b": third}]) == ""
    assert compare("a", 1) == compare(1, "a") == compare([1], [1, 2]) == "values"


def test_some_cases_without_a_result():
    body = "if labels.size < 5:\n    return np.mean(labels == predicted)"
    assert "past every return" in told("accuracy", written("accuracy", body))


def test_rounded_values():
    for name in ("accuracy", "accuracy-gap", "neuron"):
        for places in (0, 1, 2):
            function = FUNCTIONS[name].answer[0]
            message = told(name, lambda *args, f=function, n=places: round(f(*args), n))
            assert "You rounded" in message, name


def test_a_whole_number_is_no_float():
    function = FUNCTIONS["output-size"].answer[0]
    message = told("output-size", lambda n, window, stride: float(function(n, window, stride)))
    assert "is a float. A whole number (int) was expected" in message
    answer = lambda n, window, stride: np.int64(function(n, window, stride))  # noqa: E731
    assert judge("output-size", answer).state == "right"


def test_return_inside_a_loop():
    body = "for i in range(n_classes):\n    return np.sum(labels == i)"
    assert "does return stand inside" in told("count-classes", written("count-classes", body))


def test_a_mean_of_nothing_is_told_as_a_slip():
    body = "return np.mean(labels[predicted == category] == category)"
    message = told("precision-of-class", written("precision-of-class", body))
    assert "nan is not zero" in message


def test_a_generator_of_ones_own():
    body = "kept = np.random.default_rng(1).random(values.shape) >= rate\n"
    body += "return values * kept / (1 - rate)"
    assert "the rng that is given" in told("dropout-mask", written("dropout-mask", body))


def test_helpers_and_networks_are_no_answer():
    from helpers.data import scale
    from helpers.models import create_cnn

    assert "the lesson's helper" in told("scale-by-hand", scale)
    assert "the lesson's helper" in told("create-cnn", create_cnn)
    for name in ("create-cnn", "compile-model", "dropout-before-output"):
        message = told(name, create_cnn((16, 16, 3)))
        assert message.startswith("Not quite. You gave a network"), name


def test_a_plot_whose_legend_names_the_lines():
    import matplotlib.pyplot as plt

    def plot(*names):
        def plot_curves(history):
            for key in ("accuracy", "val_accuracy"):
                values = history.history[key]
                plt.plot(range(1, len(values) + 1), values)
            plt.xlabel("epoch")
            plt.ylabel("accuracy")
            plt.legend(names)

        return plot_curves

    assert judge("plot-curves", plot("training", "validation")).state == "right"
    assert "does not fit its curve" in told("plot-curves", plot("validation", "training"))
    assert "Call this curve validation" in told("plot-curves", plot("train", "test"))


def run_apart(code):
    """Run code in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=NOTEBOOKS, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---------------------------------------------------------------------------------------
# Code that does not end
# ---------------------------------------------------------------------------------------

ENDLESS = {
    "while": "while True:\n    pass",
    "except": "while True:\n    try:\n        x = 1\n    except:\n        pass",
    "calls": "def f():\n    pass\nwhile True:\n    try:\n        f()\n    except BaseException:\n"
    "        pass",
    "numpy": "while True:\n    np.zeros(9).sum()",
    "prints": "while True:\n    print(end='')",
}


@pytest.fixture
def hurry(monkeypatch):
    for form in (Function, Builder, Drawing):
        monkeypatch.setattr(form, "limit", 0.3)


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_endless_code_is_stopped(body, hurry):
    before, start = threading.active_count(), time.monotonic()
    message = told("accuracy", written("accuracy", body))
    assert "did not end in time" in message and RUNS_ON not in message
    assert time.monotonic() - start < 10
    while threading.active_count() > before:  # pytest-timeout ends this test if it must
        assert time.monotonic() - start < 20
        time.sleep(0.01)
    assert (
        judge("accuracy", lambda labels, predicted: np.mean(labels == predicted)).state == "right"
    )


@pytest.mark.parametrize("name", ["count-classes", "create-cnn", "plot-curves"])
def test_each_form_stops_endless_code(name, hurry):
    assert "did not end in time" in told(name, written(name, "while True:\n    pass"))


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(60)",
        "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass",
    ],
)
def test_code_that_cannot_be_stopped_is_left_alone(body):
    """Check returns and says what to do, and the program can end."""
    code = "import time\nfrom helpers.challenges import check, functions\n"
    code += "functions.Function.limit = 0.3\ndef accuracy(labels, predicted):\n"
    code += textwrap.indent(body, "    ") + "\n\ncheck('accuracy', accuracy)\nprint('on')"
    out = " ".join(run_apart(code).split())
    assert "did not end in time" in out and RUNS_ON in out and out.endswith(" on")


def test_code_that_waits_long_but_not_too_long_is_right(hurry):
    def accuracy(labels, predicted):
        time.sleep(0.01)
        return np.mean(labels == predicted)

    assert judge("accuracy", accuracy).state == "right"


def test_a_real_interrupt_still_works(tmp_path):
    """Ctrl-C during check ends it, and the code that runs, at once."""
    code = """
        import _thread, threading, time
        from helpers.challenges import check
        def accuracy(labels, predicted):
            while True:
                pass
        threading.Timer(0.5, _thread.interrupt_main).start()
        start = time.monotonic()
        try:
            check("accuracy", accuracy)
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - start < 4)
        time.sleep(1)
        print(threading.active_count())
    """
    assert run_apart(textwrap.dedent(code)).split() == ["interrupted", "True", "1"]


def test_what_is_printed_does_not_get_lost(capsys):
    assert run(lambda: print("hidden") or 5, (), limit=5).printed == "hidden\n"
    print("seen")
    assert capsys.readouterr().out == "seen\n"
    with pytest.raises(TooLong):
        run(lambda: time.sleep(3), (), limit=0.1)
    print("seen")
    assert capsys.readouterr().out == "seen\n"


def test_in_a_notebook():
    """In a real kernel: endless code, a stub, an error with its line, a plot that nobody sees."""
    from nbclient import NotebookClient

    cells = [
        "from helpers.challenges import check\nfrom helpers.challenges.functions import Function\n"
        "Function.limit = 1.0",
        "def accuracy(labels, predicted):\n    ...\n\ncheck('accuracy', accuracy)",
        "def accuracy(labels, predicted):\n    while True:\n        pass\n\n"
        "check('accuracy', accuracy)",
        "def accuracy(labels, predicted):\n    share = labels / nothing\n    return share\n\n"
        "check('accuracy', accuracy)",
        "check('accuracy', lambda labels, predicted: (labels == predicted).mean())",
        "import matplotlib.pyplot as plt\ndef plot_curves(history):\n"
        "    plt.plot(history.history['accuracy'])\n    plt.show()\n\n"
        "check('plot-curves', plot_curves)",
        "print('still here')",
    ]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    texts = [" ".join("".join(o.get("text", "") for o in out).split()) for out in outputs]
    assert texts[1] == TO_WRITE
    assert "did not end in time" in texts[2]
    assert "NameError" in texts[3] and "The line: share = labels / nothing" in texts[3]
    assert texts[4].startswith("Right.") and "solved" in texts[4]
    assert "Only the training is there" in texts[5]
    assert texts[6] == "still here"
    assert all(output.output_type == "stream" for out in outputs for output in out)


# ---------------------------------------------------------------------------------------
# Networks and plots
# ---------------------------------------------------------------------------------------


def test_a_network_is_not_changed():
    from helpers.models import create_cnn

    model = create_cnn((64, 64, 3), n_blocks=3)
    assert judge("network-depth", model).state == "right"
    assert not model.compiled and {layer.dtype_policy.name for layer in model.layers} == {"float32"}


def test_what_a_builder_may_return():
    from helpers.backstage.quiet import keras

    layers = keras.layers

    def no_input(input_shape, n_blocks):
        return keras.Sequential([layers.Flatten(), layers.Dense(10)])

    assert "does not know the shape of its input" in told("create-cnn", no_input)
    for odd in (layers.Dense(3), keras.Model, [keras.Sequential()], np.zeros(3)):
        message = told("create-cnn", lambda input_shape, n_blocks, odd=odd: odd)
        assert "a network was expected" in message
    assert "Return the network" in told("create-cnn", lambda shape, n: keras.Input(shape))
    assert "not made of what it was given" in told(
        "normalized-block", lambda x, filters: keras.Input((4, 4, 3))
    )
    assert "a network was expected" in told("new-head", lambda body, n_classes: 3)


def test_networks_that_cannot_be_trained():
    from helpers.backstage.quiet import keras

    layers, photo, digit = keras.layers, keras.Input((64, 64, 3)), keras.Input((28, 28, 1))

    def build(inputs, n_blocks, *end, hidden="relu"):
        x = inputs
        for _ in range(n_blocks):
            x = layers.Conv2D(50, 3, activation=hidden)(x)
            x = layers.MaxPooling2D(2)(x)
        for layer in end:
            x = layer(x)
        return keras.Model(inputs, x)

    def end(last=None, hidden="relu"):
        return layers.Flatten(), layers.Dense(50, activation=hidden), layers.Dense(10, last)

    for name, inputs, n_blocks in (("network-depth", photo, 3), ("practice", digit, 2)):
        assert judge(name, build(inputs, n_blocks, *end())).state == "right"
        wrong = {
            "one long row of numbers": build(inputs, n_blocks, *end()[1:]),
            "leave the activation out": build(inputs, n_blocks, *end("softmax")),
            "activation": build(inputs, n_blocks, *end(hidden=None), hidden=None),
            "behind the output layer": build(inputs, n_blocks, *end(), layers.Dropout(0.2)),
        }
        wrong["leave the  activation out".replace("  ", " ")] = build(
            inputs, n_blocks, *end("relu")
        )
        x = keras.ops.softmax(build(inputs, n_blocks, *end())(inputs))
        wrong["activation out"] = keras.Model(inputs, x)
        for words, model in wrong.items():
            verdict = judge(name, model)
            assert verdict.state == "wrong" and words in verdict.message, (words, verdict.message)


def test_plots_are_closed_and_others_are_left_open():
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots()
    show = plt.show
    for answer, why in CHALLENGES["plot-curves"].examples():
        assert (judge("plot-curves", answer(None)).state == "right") == (not why)
    assert plt.get_fignums() == [figure.number] and not ax.lines and plt.show is show
    plt.close(figure)


def test_a_plot_of_the_helpers_is_right():
    from helpers.plots import plot_history

    assert judge("plot-curves", lambda history: plot_history(history, "accuracy")).state == "right"


def test_kernels_of_any_form():
    good = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    for kernel in (good, np.array(good), np.array(good, dtype="float32"), tuple(map(tuple, good))):
        assert judge("vertical-edges", kernel).state == "right"
    for odd, words in (
        (np.ones((3, 3, 1)).tolist(), "numbers"),
        (np.ones((2, 3)), "(3, 3) was expected"),
        ([1, 0, -1], "(3, 3) was expected"),
        (good + [[1]], "differ in length"),
        ([["a"] * 3] * 3, "numbers"),
        ([[np.nan] * 3] * 3, "nan"),
        ("[[1, 0, -1]]", "a text"),
        (lambda: good, "a function"),
        (3, "a number"),
    ):
        assert words in judge("vertical-edges", odd).message, odd


# ---------------------------------------------------------------------------------------
# What is solved
# ---------------------------------------------------------------------------------------


def printed(capsys, name, answer):
    check(name, answer)
    return capsys.readouterr().out


def test_only_a_right_answer_is_counted(capsys):
    assert "solved" not in printed(capsys, "features", ...)
    assert "solved" not in printed(capsys, "features", "A")
    assert not record.find_place().exists()
    assert re.search(r"\n1 of \d+ solved in this notebook\.\n$", printed(capsys, "features", "C"))
    assert re.search(r"\n1 of \d+ solved in this notebook\.\n$", printed(capsys, "features", "C"))
    assert re.search(
        r"\n1 of \d+ solved in this notebook\.\n$", printed(capsys, "grid-results", "AE")
    )
    assert record.read()["solved"] == {"features": True, "grid-results": True}


def test_without_notebooks_there_is_a_count_all_the_same(capsys, monkeypatch):
    monkeypatch.setattr(record, "read_notebooks", dict)
    assert printed(capsys, "features", "C").endswith("\n1 solved.\n")
    assert "All notebooks: 0 of 0" in repr(progress())


def test_a_challenge_of_two_notebooks_counts_where_it_is_run(capsys, monkeypatch):
    notebooks = {"01-a.ipynb": ("A", ("features",)), "02-b.ipynb": ("B", ("features", "accuracy"))}
    monkeypatch.setattr(record, "read_notebooks", lambda: notebooks)
    assert printed(capsys, "features", "C").endswith("1 of 1 solved in this notebook.\n")
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/02-b.ipynb")
    assert printed(capsys, "features", "C").endswith("1 of 2 solved in this notebook.\n")


def test_notebooks_are_read(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# Look at\n", "pictures"]},
        {"cell_type": "code", "source": ['check("b", b)\n', 'check("a", a)']},
        {"cell_type": "code", "source": 'check("b", b)'},
        {"cell_type": "markdown", "source": ['`check("c", c)`']},
    ]
    (tmp_path / "01-a.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "02-broken.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / "03-list.ipynb").write_text("[1]", encoding="utf-8")
    assert record.read_notebooks(tmp_path) == {"01-a.ipynb": ("Look at", ("b", "a"))}


def test_progress_is_a_table_and_a_text(capsys):
    check("features", "C")
    text, html = repr(progress()), progress()._repr_html_()
    lines = text.splitlines()
    assert (
        len(lines)
        == len(record.read_notebooks())
        - sum(not names for _, names in record.read_notebooks().values())
        + 1
    )
    assert re.fullmatch(r"01 .+: 1 of \d+", lines[0]) and lines[-1].startswith(
        "All notebooks: 1 of"
    )
    assert html.count('<th scope="row"') == len(lines) and html.count('<th scope="col"') == 3
    assert "<caption>" in html


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", '{"solved": 5}', '{"solved": ["x"]}', "\x00"]
)
def test_a_damaged_file_stops_nothing(content, capsys):
    record.find_place().write_text(content, encoding="utf-8")
    assert "solved" in printed(capsys, "features", "C")
    assert record.read()["solved"] == {"features": True}


def test_what_others_wrote_is_kept():
    content = {"solved": {"another": True}, "values": {"x": 1}, "theirs": [1, 2]}
    record.find_place().write_text(json.dumps(content), encoding="utf-8")
    check("features", "C")
    content["solved"]["features"] = True
    assert json.loads(record.find_place().read_text(encoding="utf-8")) == content


@pytest.mark.parametrize("place", ["file/below/progress.json", "folder", "\x00"])
def test_a_place_that_cannot_be_written(place, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    if "\x00" in place:  # no environment can hold it
        monkeypatch.setattr(record, "find_place", lambda: tmp_path / place)
    else:
        monkeypatch.setenv("LESSON_PROGRESS", str(tmp_path / place))
    first, second = printed(capsys, "features", "C"), printed(capsys, "features", "C")
    assert first.startswith("Right.") and "is not kept" in first
    # Said once.
    assert second.startswith("Right.") and "is not kept" not in second and "solved" in second
    assert "All notebooks: 0" in repr(progress()) and recall("x") is None
    remember("x", 1)
    assert "kept" not in capsys.readouterr().out
    assert not list((tmp_path / "folder").iterdir())


def test_where_the_file_is(monkeypatch):
    monkeypatch.delenv("LESSON_PROGRESS")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("LOCALAPPDATA", "C:/local")
    end = Path("layer-by-layer/progress.json")
    monkeypatch.setattr(sys, "platform", "linux")
    assert record.find_place() == Path("/data") / end
    monkeypatch.setattr(sys, "platform", "win32")
    assert record.find_place() == Path("C:/local") / end
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert record.find_place() == Path.home() / ".local/share" / end
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert record.find_place() == Path("~/.local/share") / end


def test_kernels_at_the_same_time_lose_nothing():
    code = (
        "import sys; from helpers.challenges import remember\n"
        "for i in range(25): remember(f'{sys.argv[1]}-{i}', i)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, name], cwd=NOTEBOOKS) for name in "abc"
    ]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    assert record.read()["values"] == {f"{name}-{i}": i for name in "abc" for i in range(25)}
    assert [path.name for path in record.find_place().parent.iterdir()] == ["progress.json"]


def test_a_lock_of_a_kernel_that_died_is_no_obstacle(monkeypatch):
    monkeypatch.setattr(record, "PATIENCE", 0.05)
    place = record.find_place()
    place.with_name(f"{place.name}.lock").touch()
    remember("x", 1)
    assert recall("x") == 1 and not place.with_name(f"{place.name}.lock").exists()


def test_remember_and_recall():
    assert recall("named-by-you") is None and recall("named-by-you", {}) == {}
    remember("named-by-you", {"right": np.int64(17), "of": 20})
    assert recall("named-by-you") == {"right": 17, "of": 20}
    remember("named-by-you", (1, np.arange(2)))
    assert recall("named-by-you") == [1, [0, 1]]
    for odd in (object(), {1: print}, b"x"):
        with pytest.raises(ValueError, match="numbers and texts"):
            remember("x", odd)


# ---------------------------------------------------------------------------------------
# The parts
# ---------------------------------------------------------------------------------------


def test_is_stub():
    def with_argument(x, y=3, *, z):
        """Say something."""
        ...

    def changes(x):
        x.append(1)
        ...

    def returns_one():
        return 1

    async def later(): ...

    def gives():
        yield

    for empty in (with_argument, lambda: ..., lambda x: None):
        assert is_stub(empty)
    for full in (changes, returns_one, gives, print, int, 3, None, functools.partial(changes)):
        assert not is_stub(full)
    assert not is_stub(later) or asyncio.iscoroutinefunction(later)


def test_the_first_input_that_differs_is_shown_only_where_it_may_be():
    def make(shown):
        cases = [case("one", 1, shown=True), case("two", 2, shown=shown)]
        rest = dict(hint="think.", right="Yes.", secrets=("x",), wrong="No.")
        return Function(answer=(lambda n: n * n,), cases=lambda: cases, **rest)

    wrong = make(True).find_fault(lambda n: 2 * n - 1)
    assert wrong.startswith("1 of 2 inputs give what they should. The first that does not: two.")
    assert "(2) returns 3, and 4 was expected. No." in wrong
    assert "expected" not in make(False).find_fault(lambda n: 2 * n - 1)


def test_each_kind_of_flaw_has_an_example():
    for task in CHALLENGES.values():
        if isinstance(task, Maker | Array):
            assert all(isinstance(flaw, Flaw) for flaw in task.tempting)
        if isinstance(task, Function):
            assert all(isinstance(slip, Slip) for slip in task.tempting)
            assert inspect.isfunction(task.answer[0])
