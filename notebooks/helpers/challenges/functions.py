"""The forms of challenges in which a learner writes code: a function, a network, a plot."""

import inspect
import itertools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from helpers.challenges.forms import Challenge, Flaw
from helpers.challenges.reading import Facts, is_empty, read_network
from helpers.challenges.running import Asked, Outcome, TooLong, is_stub, run

TO_WRITE = "Not answered yet: replace the dots with your code and run this cell again."
ENDLESS = (
    "Your function did not end in time. Look at what ends its loop: does something change in each "
    "turn, and is the end ever reached?"
)
RUNS_ON = "It could not be stopped, and still runs: restart the kernel, in the menu Kernel."
# As close as float32 can be after a few computations, and as 16 bits can be.
TOLERANCE, ROUGH = 1e-5, 2e-2


@dataclass(frozen=True)
class Case:
    """Arguments with which a function is called.

    Attributes
    ----------
    told : str
        What is special about them, behind "with": "a picture that is not square".
    args : tuple
        The arguments.
    shown : bool
        Whether they, and what is to come of them, may be shown.
    """

    told: str
    args: tuple[Any, ...]
    shown: bool = False


def case(told: str, *args: Any, shown: bool = False) -> Case:
    """Make a case of its arguments."""
    return Case(told, args, shown)


@dataclass(frozen=True)
class Slip:
    """A wrong version of a function, and why it tempts."""

    function: Callable[..., Any]
    why: str

    @property
    def examples(self) -> tuple[Callable[..., Any]]:
        """The one example, the function itself."""
        return (self.function,)


class Recorder:
    """A function to hand to a function, which keeps what it was called with."""

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.function, self.name = function, name
        self.calls: list[Any] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer as the function does."""
        given = (*args, *kwargs.values())
        self.calls.append([float(value) if is_number(value) else str(value) for value in given])
        return self.function(*given)


# ---------------------------------------------------------------------------------------
# What all of them have
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Written(Challenge):
    """Something to write that is called: it must be a function, end, and raise nothing."""

    unanswered = TO_WRITE
    limit = 20.0  # seconds for all calls together; the first call of keras.ops takes some

    @property
    def signature(self) -> str:
        """Name and arguments of the function, such as "count_classes(labels, n_classes)"."""
        raise NotImplementedError

    @property
    def form(self) -> str:
        """How to give an answer."""
        return f"Write the function `{self.signature}`, and give its name without parentheses."

    @property
    def _name(self) -> str:
        return self.signature.partition("(")[0]

    def is_open(self, answer: Any) -> bool:
        """Tell whether nothing was written yet."""
        return is_empty(answer) or is_stub(answer)

    def find_misfit(self, function: Any, args: tuple[Any, ...]) -> str:
        """Say why something cannot be called as the task says, "" if it can."""
        if isinstance(function, type):
            return f"You gave a class. Write a function: def {self.signature}."
        if hasattr(function, "layers") and hasattr(function, "count_params"):
            return (
                f"You gave a network. Give the function's name, {self._name}, without parentheses."
            )
        if not callable(function):
            return (
                f"You gave {describe(function)}, not a function. Give check the function itself, "
                f"{self._name}, without parentheses behind it: it is called with several inputs."
            )
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            return "Your function begins with async. Begin it with def alone."
        home = f"{getattr(function, '__module__', '')}."
        if home.startswith("helpers.") and not home.startswith("helpers.challenges."):
            return (
                "That is the lesson's helper. It does what was asked, but here you write your own."
            )
        try:
            inspect.signature(function).bind(*args)
        except TypeError:
            return (
                "Your function does not take the arguments of the task. Its first line should "
                f"be: def {self.signature}:"
            )
        except ValueError:
            pass  # a function of C, which does not tell
        return ""

    def call(self, function: Any, cases: list[Case], trusted: bool = False) -> list[Outcome]:
        """Call a function in all cases, within one limit of time, unless it is one of ours."""
        ends = time.monotonic() + self.limit
        return [
            run(function, one.args, None if trusted else max(ends - time.monotonic(), 0.01))
            for one in cases
        ]

    def find_failure(self, outcome: Outcome, told: str, elsewhere: bool = False) -> str:
        """Say that a call failed, or that nothing useful came of it, `elsewhere` it did or not."""
        error, value = outcome.error, outcome.value
        if isinstance(error, RecursionError):
            return (
                "Your function calls itself again and again, and never ends. What should stop it?"
            )
        if isinstance(error, SystemExit):
            return (
                "Your function ends the whole program. Leave sys.exit() or exit() out, and "
                "end with return."
            )
        if isinstance(error, Asked):
            return "Your function asks for input. Take what it needs from its arguments."
        if error is not None:
            return tell_error(outcome, told)
        if value is None and elsewhere:
            return (
                f"With {told}, your function returns nothing (None), and elsewhere it returns "
                "something. Is there a way through it that leads past every return?"
            )
        if value is None and outcome.printed:
            return (
                "Your function prints its result, and returns nothing. What is printed can be "
                "read, but nothing can go on with it: end with return."
            )
        if value is None:
            return (
                "Your function returns nothing (None). Its last line should be return, and what "
                "it has found."
            )
        if value is ...:
            return "Your function returns the three dots. Replace them with what it has found."
        if inspect.isgenerator(value):
            return "Your function has yield, and gives its values one by one. Use return instead."
        return ""


def tell_endless(late: TooLong) -> str:
    """Say that a call did not end, and what to do if it still runs."""
    return ENDLESS if late.args[0] else f"{ENDLESS} {RUNS_ON}"


def tell_error(outcome: Outcome, told: str) -> str:
    """Say which error a call raised, and where."""
    name = type(outcome.error).__name__
    message = shorten(str(outcome.error), 140)
    line = f" The line: {shorten(outcome.line, 80)}" if outcome.line else ""
    article = "an" if name[0] in "AEIOU" else "a"
    said = f": {message.rstrip('.')}" if message else ""
    return f"With {told}, your function stopped with {article} {name}{said}.{line}"


def shorten(text: str, longest: int) -> str:
    """Put a text on one line, and cut it off where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def describe(value: Any) -> str:
    """Say in a few words what a value is."""
    if isinstance(value, bool | np.bool):
        return "True or False"
    if is_number(value):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, np.ndarray):
        return f"an array of the shape {value.shape}"
    for kind in (list, tuple, dict, set):
        if isinstance(value, kind):
            return f"a {kind.__name__}"
    if inspect.isroutine(value):
        return "a function"
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def is_number(value: Any) -> bool:
    """Tell whether a value is one number, of Python or NumPy, or an array of no axes."""
    if isinstance(value, bool | np.bool):
        return False
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iufV"
    return isinstance(value, int | float | np.number)


# ---------------------------------------------------------------------------------------
# A function of numbers and arrays
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Function(Written):
    """Write a function. What it returns is compared with what the first of `answer` returns.

    Attributes
    ----------
    answer : tuple of functions
        The first has name and arguments of the task. Others are right too: where they return
        something else, either is right.
    tempting : tuple of Slip
        Wrong versions. Who writes what does the same as one of them in all cases is told why.
    cases : callable
        Makes the cases anew at each call, so that nobody can change them for others.
    dtype : {"any", "kind", "same"}
        Whether an array may be of any type of numbers, of whole numbers or floats as the right
        one is, or of its very type.
    """

    answer: tuple[Callable[..., Any], ...]
    tempting: tuple[Slip, ...] = ()
    cases: Callable[[], list[Case]]
    dtype: str = "any"

    @property
    def signature(self) -> str:
        """Name and arguments of the first of the right functions."""
        names = ", ".join(inspect.signature(self.answer[0]).parameters)
        return f"{self.answer[0].__name__}({names})"

    def find_fault(self, answer: Any) -> str:
        """Call it in all cases, and compare with the right functions and with the slips."""
        if fault := self.find_misfit(answer, self.cases()[0].args):
            return fault
        try:
            found = self._results(answer)
            known = [self._results(function, trusted=True) for function in self.answer]
            wrong = [
                place
                for place, result in enumerate(found)
                if not any(self._differ(result, other[place]) == "" for other in known)
            ]
            if not wrong:
                return self._find_change(found, self._results(answer))
        except TooLong as late:
            return tell_endless(late)
        if why := self._find_slip(found, known[0]):
            return why
        return self._tell(found, known[0], wrong)

    def _results(self, function: Callable[..., Any], trusted: bool = False) -> list["Result"]:
        cases = self.cases()
        outcomes = self.call(function, cases, trusted)
        return [
            Result(replace(o, value=plain(o.value)), c)
            for o, c in zip(outcomes, cases, strict=True)
        ]

    def _find_change(self, first: list["Result"], second: list["Result"]) -> str:
        if any(compare(one.value, other.value) for one, other in zip(first, second, strict=True)):
            return (
                "The first call is right, but the same call again gives something else. Does it "
                "keep something between calls, or draw numbers at random?"
            )
        warned = next((result for result in first if result.outcome.warned), None)
        if warned:
            return (
                f"The values are right, but with {warned.case.told} Python warns: "
                f"{shorten(warned.outcome.warned, 100)}. Look at that case before you compute."
            )
        return ""

    def _find_slip(self, found: list["Result"], right: list["Result"]) -> str:
        slips = [(slip.why, self._results(slip.function, trusted=True)) for slip in self.tempting]
        for strict in (True, False):
            for why, results in slips:
                pairs = list(zip(results, found, strict=True))
                # A slip in the type alone has the right values, as others may have, too.
                if not strict and all(
                    r.same(o, strict) for r, o in zip(results, right, strict=True)
                ):
                    continue
                if all(one.same(other, strict) for one, other in pairs):
                    return why
        return ""

    def _differ(self, found: "Result", right: "Result") -> str:
        """Name the first property that is off, "" if none is."""
        if found.outcome.error is not None or found.value is None or found.value is ...:
            return "failed"
        if kind(found.value) != kind(right.value):
            return "kind"
        if shape(found.value) != shape(right.value):
            return "shape"
        if isinstance(right.value, np.ndarray) and right.value.ndim:
            types = found.value.dtype, right.value.dtype
            whole = [type_.kind in "iu" for type_ in types]
            if self.dtype == "same" and types[0] != types[1]:
                return "dtype"
            if found.value.dtype.kind not in "iufV" or (
                self.dtype == "kind" and whole[0] != whole[1]
            ):
                return "dtype"
        if self.dtype == "kind" and is_whole(right.value) and not is_whole(found.value):
            return "dtype" if compare(found.value, right.value) == "" else "values"
        if compare(found.effects, right.effects):
            return "effects"
        return compare(found.value, right.value)

    def _tell(self, found: list["Result"], right: list["Result"], wrong: list[int]) -> str:
        order = ["failed", "kind", "shape", "dtype", "effects", "nan", "values"]
        faults = {place: self._differ(found[place], right[place]) for place in wrong}
        place = min(wrong, key=lambda p: (order.index(faults[p]), not found[p].case.shown))
        fault, mine, its = faults[place], found[place], right[place]
        told = mine.case.told
        elsewhere = any(result.value is not None for result in found)
        if failure := self.find_failure(mine.outcome, told, elsewhere):
            return failure
        if fault == "kind":
            loop = (
                " If it has a loop: does return stand inside, so that it ends in the first turn?"
                if is_number(mine.value) and shape(its.value)
                else ""
            )
            return f"Your function returns {describe(mine.value)}, and {_wanted(its.value)}.{loop}"
        if fault == "shape":
            return (
                f"With {told}, your function returns an array of the shape {shape(mine.value)}, "
                f"and {shape(its.value)} was expected. {self.wrong}"
            )
        if fault == "dtype" and is_number(mine.value):
            return (
                f"Your function returns {mine.value}, which is a float. A whole "
                "number (int) was expected: int(...) makes one."
            )
        if fault == "dtype":
            return (
                f"The numbers that your function returns are of the type {mine.value.dtype}, and "
                f"{_type_wanted(its.value, self.dtype)} were expected."
            )
        if fault == "effects":
            pairs = zip(mine.case.args, its.case.args, strict=True)
            recorders = [(a, b) for a, b in pairs if isinstance(a, Recorder)]
            if any(sorted(a.calls) != sorted(b.calls) for a, b in recorders):
                recorder = recorders[0][0]
                return (
                    f"With {told}, your function calls {recorder.name} {len(recorder.calls)} "
                    f"times, or not with what it should. Once for each is enough. {self.wrong}"
                )
            return (
                "Your function changes what it is given: after the call, its argument is another "
                "one, also for whoever called. Make a copy first, and change that."
            )
        if fault == "nan":
            return (
                f"With {told}, your function returns nan (not a number) or infinity. Look for a "
                f"division by zero, or for a number that gets too large. {self.wrong}"
            )
        if is_rounded(found, right):
            return "You rounded. Return what was computed as it is: whoever prints it can round it."
        n_right = len(found) - len(wrong)
        count = (
            f"{n_right} of {len(found)} inputs give what they should. The first that does not:"
            if n_right
            else "No input gives what it should yet, for example"
        )
        shown = (
            f" {self._name}({', '.join(map(show, mine.case.args))}) returns {show(mine.value)}, "
            f"and {show(its.value)} was expected."
            if mine.case.shown
            else ""
        )
        return f"{count} {told}.{shown} {self.wrong}"

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give the right functions, and the slips with their whys."""
        for function in self.answer:
            yield function, ""
        for slip in self.tempting:
            yield slip.function, slip.why


@dataclass(frozen=True)
class Result:
    """What came of a case: of the call, and of its arguments."""

    outcome: Outcome
    case: Case

    @property
    def value(self) -> Any:
        """What was returned."""
        return self.outcome.value

    @cached_property
    def effects(self) -> list[Any]:
        """What the call left of its arguments, as far as it can be compared."""
        return [left for arg in self.case.args for left in _leaves(arg)]

    def same(self, other: "Result", strict: bool) -> bool:
        """Tell whether two calls came to the same, with types and effects if it is strict."""
        errors = [result.outcome.error for result in (self, other)]
        if any(error is not None for error in errors):
            return type(errors[0]) is type(errors[1]) and str(errors[0]) == str(errors[1])
        if shape(self.value) != shape(other.value) or kind(self.value) != kind(other.value):
            return False
        if strict:
            types = [getattr(result.value, "dtype", None) for result in (self, other)]
            if types[0] != types[1] or compare(self.effects, other.effects):
                return False
        return compare(self.value, other.value) == ""


def _leaves(arg: Any) -> Iterator[Any]:
    if isinstance(arg, Recorder):
        yield sorted(arg.calls)
    elif isinstance(arg, dict):
        for key in arg:
            yield str(key)
            yield from _leaves(arg[key])
    elif isinstance(arg, np.ndarray | list | tuple | str | int | float):
        yield arg


def plain(value: Any) -> Any:
    """Make an array of a tensor or a table, and leave the rest as it is."""
    if hasattr(value, "__array__") and not isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    return value


def kind(value: Any) -> str:
    """Name the kind of a value: "number", "array", or its type."""
    if is_number(value):
        return "number"
    if isinstance(value, np.ndarray):
        return "array"
    return "str" if isinstance(value, str) else type(value).__name__


def shape(value: Any) -> tuple[int, ...]:
    """Return the shape of an array, () of anything else."""
    return value.shape if isinstance(value, np.ndarray) else ()


def compare(found: Any, right: Any) -> str:
    """Compare two values: "" if they are the same, else "nan" or "values"."""
    if isinstance(found, str) or isinstance(right, str):
        return "" if isinstance(found, str) and found == right else "values"
    if isinstance(found, dict) and isinstance(right, dict):
        found, right = list(found.items()), list(right.items())
    sequences = isinstance(found, list | tuple) and isinstance(right, list | tuple)
    if sequences and len(found) == len(right):
        return next(filter(None, itertools.starmap(compare, zip(found, right, strict=True))), "")
    try:
        one, other = np.asarray(found), np.asarray(right)
        rough = any(a.dtype.kind in "fV" and a.dtype.itemsize <= 2 for a in (one, other))
        one, other = one.astype(float), other.astype(float)
    except (TypeError, ValueError):
        return "" if found is right else "values"
    if one.shape != other.shape:
        return "values"
    tolerance = ROUGH if rough else TOLERANCE
    if np.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True):
        return ""
    return "nan" if not np.isfinite(one[np.isfinite(other)]).all() else "values"


def is_whole(value: Any) -> bool:
    """Tell whether a value is one number of a type of whole numbers."""
    return is_number(value) and np.asarray(value).dtype.kind in "iu"


def is_rounded(found: list[Result], right: list[Result]) -> bool:
    """Tell whether the values are the right ones, rounded to the same number of decimals."""
    if any(kind(result.value) not in ("number", "array") for result in (*found, *right)):
        return False
    pairs = [
        (np.asarray(one.value), np.asarray(other.value))
        for one, other in zip(found, right, strict=True)
    ]
    if any(array.dtype.kind not in "iuf" for pair in pairs for array in pair):
        return False
    return any(
        all(compare(one, np.round(other, places)) == "" for one, other in pairs)
        for places in range(5)
    )


def show(value: Any) -> str:
    """Write a value in a few characters."""
    if isinstance(value, Recorder):
        return value.name
    if isinstance(value, np.ndarray):
        value = np.round(value, 4).tolist()
    elif isinstance(value, np.generic):
        value = value.item()
    return shorten(f"{value:.5g}" if isinstance(value, float) else repr(value), 100)


def _wanted(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return "an array was expected. np.array(...) makes one of a list"
    return f"{describe(value)} was expected"


def _type_wanted(value: np.ndarray, dtype: str) -> str:
    if dtype == "same":
        return str(value.dtype)
    return "whole numbers (int)" if value.dtype.kind in "iu" else "numbers"


@dataclass(frozen=True, kw_only=True)
class Array(Challenge):
    """Give an array of numbers. `answer` has right ones, as lists; the first flaw found is told.

    Attributes
    ----------
    shape : tuple of int
        The shape that it has to have.
    """

    answer: tuple[list[Any], ...]
    tempting: tuple[Flaw, ...]
    shape: tuple[int, ...]
    unanswered = TO_WRITE

    @property
    def form(self) -> str:
        """How to give an answer."""
        return f"Give an array of numbers, of the shape {self.shape}."

    def find_fault(self, answer: Any) -> str:
        """Look at its kind and its shape, and then for flaws."""
        if not isinstance(answer, list | tuple | np.ndarray) and not hasattr(answer, "__array__"):
            return f"You gave {describe(answer)}. {self.form}"
        try:
            # Two levels are read and no more: nothing that is a number lies deeper.
            array = np.array([read_row(row) for row in islice(plain(answer), 1000)], dtype=float)
        except (TypeError, ValueError):
            return f"Not all of it are numbers, or its rows differ in length. {self.form}"
        if array.shape != self.shape:
            return f"Your array has the shape {array.shape}, and {self.shape} was expected."
        if not np.isfinite(array).all():
            return "There is nan (not a number) or infinity in your array."
        return next((flaw.why for flaw in self.tempting if flaw.holds(array)), "")

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give the right arrays, and one with each flaw."""
        for array in self.answer:
            yield array, ""
        for flaw in self.tempting:
            yield flaw.example, flaw.why


def read_row(row: Any) -> Any:
    """Read a number, or a row of numbers; raise if it is something else."""
    if isinstance(row, list | tuple | np.ndarray):
        row = list(islice(row, 1000))
    for value in row if isinstance(row, list) else [row]:
        if not is_number(value):
            raise TypeError("not a number")
    return row


# ---------------------------------------------------------------------------------------
# A function that makes something: a network, a plot
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Maker(Written):
    """Write a function that makes something. What it made is looked at, not compared.

    Attributes
    ----------
    answer : tuple of functions of keras
        Each gives a right version, as an example.
    tempting : tuple of Flaw
        The first that is found in what was made, in any of the cases, is told.
    cases : function of keras
        Makes the cases.
    stub : str
        Name and arguments, such as "create_cnn(input_shape, n_blocks)".
    """

    answer: tuple[Callable[[Any], Any], ...]
    tempting: tuple[Flaw, ...]
    cases: Callable[[Any], list[Case]]
    stub: str

    @property
    def signature(self) -> str:
        """The field `stub`."""
        return self.stub

    def find_fault(self, answer: Any) -> str:
        """Call it in all cases, and look for flaws in what it made."""
        names = [name for name in re.split(r"[(,)]", self.stub)[1:] if name.strip()]
        if fault := self.find_misfit(answer, (None,) * len(names)):
            return fault
        from helpers.backstage.quiet import keras

        cases = self.cases(keras)
        try:
            found = self.make_all(keras, answer, cases)
        except TooLong as late:
            return tell_endless(late)
        if isinstance(found, str):
            return found
        return next((f.why for f in self.tempting if any(map(f.holds, found))), "")

    def make_all(self, keras: Any, function: Any, cases: list[Case]) -> list[Any] | str:
        """Read the facts of what is made in each case, or say why nothing is made."""
        raise NotImplementedError

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give functions of keras that make right versions, and ones with each flaw."""
        for make in self.answer:
            yield make, ""
        for flaw in self.tempting:
            yield flaw.example, flaw.why


@dataclass(frozen=True, kw_only=True)
class Builder(Maker):
    """Write a function that builds a network, or a part of one.

    What was built in a case has its arguments in its facts. `pictures` is the shape of its input
    where it begins without one.
    """

    pictures: tuple[int, ...] = ()
    limit = 60.0  # The first network takes seconds on a machine that is busy.

    def make_all(self, keras: Any, function: Any, cases: list[Case]) -> list[Facts] | str:
        """Read the facts of all networks."""
        facts = []
        outcomes = self.call(function, cases)
        elsewhere = any(outcome.value is not None for outcome in outcomes)
        for outcome, one in zip(outcomes, cases, strict=True):
            if failure := self.find_failure(outcome, one.told, elsewhere):
                return failure
            read = self.read(keras, outcome.value, one.args)
            if isinstance(read, str):
                return read
            facts.append(read)
        return facts

    def read(self, keras: Any, value: Any, args: tuple[Any, ...]) -> Facts | str:
        """Read the facts of what was built, or say why it is no network."""
        if isinstance(value, keras.KerasTensor):
            if not any(isinstance(arg, keras.KerasTensor | keras.Model) for arg in args):
                return (
                    "Your function returns the result of its last layer. Return the network: "
                    "keras.Model(inputs, outputs)."
                )
            try:
                value = keras.Model(args[0], value)
            except (ValueError, TypeError, AttributeError, IndexError):
                return "What your function returns is not made of what it was given."
        if not isinstance(value, keras.Model):
            return (
                f"Your function returns {describe(value)}, and a network was expected, as "
                "keras.Model(...) or keras.Sequential(...) makes it."
            )
        if self.pictures and not value.built:
            value.build((None, *self.pictures))
        if not value.built:
            return (
                "The network that your function returns does not know the shape of its input. "
                "Begin it with keras.Input(shape=...)."
            )
        return replace(read_network(value), arguments=args)


@dataclass(frozen=True)
class Drawn:
    """What is looked at in a plot.

    Attributes
    ----------
    lines : tuple of (list of float, list of float, str)
        The places of the points of each line, along both axes, and its label, "" without one.
    legend : tuple of str
        The texts of the legend; () if there is none.
    labels : tuple of str
        What is written at the axes.
    arguments : tuple
        What the plot was made of.
    """

    lines: tuple[tuple[list[float], list[float], str], ...]
    legend: tuple[str, ...]
    labels: tuple[str, str]
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Drawing(Maker):
    """Write a function that draws lines into a plot, which nobody gets to see."""

    limit = 20.0  # The first plot of a session looks for fonts.

    def make_all(self, keras: Any, function: Any, cases: list[Case]) -> list[Drawn] | str:
        """Let it draw, and read the lines of the current plot."""
        import matplotlib
        import matplotlib.pyplot as plt

        before, shown = plt.get_fignums(), plt.show
        backend = matplotlib.get_backend()
        # A window may be opened by the main thread only.
        window = backend.lower() in ("macosx", "qtagg", "qt5agg", "tkagg", "gtk3agg", "wxagg")
        facts = []
        try:
            plt.show = lambda *args, **kwargs: None
            if window:
                plt.switch_backend("agg")
            for one in cases:
                plt.figure()
                (outcome,) = self.call(function, [one])
                if outcome.value is None and outcome.error is None:
                    outcome = replace(outcome, value=plt.gca())  # A plot need not be returned.
                if failure := self.find_failure(outcome, one.told):
                    return failure
                facts.append(replace(read_axes(plt.gca()), arguments=one.args))
        finally:
            plt.show = shown
            for number in set(plt.get_fignums()) - set(before):
                plt.close(number)
            if window:
                plt.switch_backend(backend)
        return facts


def read_axes(axes: Any) -> Drawn:
    """Read the lines, the legend and the labels of a plot."""
    lines = []
    for line in axes.get_lines():
        label = str(line.get_label())
        points = [np.asarray(values, dtype=float).tolist() for values in line.get_data()]
        if len(points[0]) > 1:
            lines.append((*points, "" if label.startswith("_") else label))
    legend = axes.get_legend() or next(iter(axes.figure.legends), None)
    texts = tuple(text.get_text() for text in legend.get_texts()) if legend else ()
    if len(texts) == len(lines) and not any(label for _, _, label in lines):
        # plt.legend(["training", "validation"]) names the lines in their order.
        lines = [(x, y, text) for (x, y, _), text in zip(lines, texts, strict=True)]
    return Drawn(tuple(lines), texts, (axes.get_xlabel(), axes.get_ylabel()))
