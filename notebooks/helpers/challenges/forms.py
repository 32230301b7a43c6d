"""The forms that a challenge may have, and what its entry says in each of them."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any

from helpers.challenges.reading import (
    Facts,
    find_number,
    is_empty,
    read_letters,
    read_network,
    read_number,
    read_text,
)

# What somebody names without meaning it: "not the first layer", "because of Flatten".
ASIDE = r"(?:\bnot|n['’]t|\bthan|\bbecause(?: of)?)\s+(?:(?:the|a|an|last|final)\s+)*\w+"


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What the entry of every challenge says.

    Attributes
    ----------
    answer : Any
        The right answer; which form it has, each form says.
    tempting : tuple
        Wrong answers that are to be expected, each with its `why`.
    wrong : str
        What to say to any other wrong answer.
    hint : str
        What to add from the second wrong answer on.
    right : str
        What to say to a right answer: why it is right, and a question that goes on.
    expect : str
        For instructors: which answers come first, or how a vote goes, why, and what to ask then.
    secrets : tuple of str
        Patterns of what nobody may be told who has not given a right answer.
    numbers : tuple of str
        The source of each number in `texts`, in order: see tools/sources.py. An entry has them
        in one text, with semicolons between.
    """

    answer: Any
    tempting: tuple[Any, ...] = ()
    wrong: str = ""
    hint: str
    right: str
    secrets: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    expect: str = ""
    form = ""
    praise = "Right."
    unanswered = "Not answered yet: replace the dots with your answer and run this cell again."

    def is_open(self, answer: Any) -> bool:
        """Tell whether a cell was run without an answer."""
        return is_empty(answer)

    def find_fault(self, answer: Any) -> str:
        """Say what is wrong with an answer, "" if nothing is. Raise if it is unreadable."""
        raise NotImplementedError

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give answers, each with the fault that is to be found in it, "" in right ones."""
        for item in (*self.answer, *self.tempting):
            for example in item.examples:
                yield example, item.why

    def texts(self) -> tuple[str, ...]:
        """Give all texts in the order of the entry: options and whys, wrong, hint, right."""
        return (*(item.why for item in self.tempting), self.wrong, self.hint, self.right)

    def mistakes(self) -> Iterator[str]:
        """Find mistakes in the entry itself, and say what to do."""
        for item in self.tempting:
            if not item.why:
                yield f"say why {item.examples[0]!r} tempts, or make it a right answer"
        seen: list[Any] = []
        for example, _ in self.examples():
            if example in seen:
                yield f"the answer {example!r} is there twice: delete one"
            seen.append(example)


def make(name: str, form: type[Challenge], **entry: Any) -> Challenge:
    """Make a challenge of its entry.

    Parameters
    ----------
    name : str
        Name of the challenge.
    form : type
        One of the forms of this module.
    **entry : Any
        The fields of this form.

    Returns
    -------
    Challenge
        The challenge, ready to look at answers.

    Raises
    ------
    ValueError
        If there is a mistake in the entry. One line names the challenge and says what to do.
    """
    known = {field.name: field.default is MISSING for field in fields(form)}
    for field in entry.keys() - known.keys():
        raise ValueError(
            f"challenge {name!r}: no field is called {field!r}, use {', '.join(known)}"
        )
    for field, needed in known.items():
        if needed and not entry.get(field):
            raise ValueError(f"challenge {name!r}: give {field!r}, which is missing or empty")
    numbers = entry.get("numbers", "").split(";")
    entry["numbers"] = tuple(number.strip() for number in numbers if number.strip())
    challenge = form(**entry)
    try:
        mistake = next(challenge.mistakes(), "")
    except (TypeError, AttributeError) as error:  # such as a single answer in place of a tuple
        mistake = f"answer or tempting is not of the form that {form.__name__} has ({error})"
    if mistake:
        raise ValueError(f"challenge {name!r}: {mistake}")
    return challenge


# ---------------------------------------------------------------------------------------
# Answers, right (without a why) or tempting
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float
    why: str = ""

    def __contains__(self, number: float) -> bool:
        # As close as float32 can be; one parameter more or less in a million still counts.
        at_end = any(math.isclose(number, end, rel_tol=1e-7) for end in (self.low, self.high))
        return at_end or self.low < number < self.high

    @property
    def examples(self) -> tuple[float]:
        """A number of the span, not at its ends: these may belong to another one."""
        if math.isinf(self.low):
            return (self.high - 1,)
        return (self.low + 1,) if math.isinf(self.high) else ((self.low + self.high) / 2,)


def one(number: float, why: str = "") -> Span:
    """Make a span of one number."""
    return Span(number, number, why)


@dataclass(frozen=True)
class Term:
    """Texts in which the pattern is found (in small letters), with examples."""

    pattern: str
    examples: tuple[str, ...]
    why: str = ""

    def __contains__(self, text: str) -> bool:
        return re.search(self.pattern, text) is not None


@dataclass(frozen=True)
class Option:
    """An option of a `Choice`: its text, as in the notebook, and why it tempts."""

    text: str
    why: str = ""


@dataclass(frozen=True)
class Flaw:
    """A fault of networks: whether one has it, why it tempts, and how to build one that has it."""

    holds: Callable[[Facts], bool]
    why: str
    example: Callable[[Any], Any]

    @property
    def examples(self) -> tuple[Callable[[Any], Any]]:
        """The one example: a function of keras."""
        return (self.example,)


# ---------------------------------------------------------------------------------------
# Forms
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Number(Challenge):
    """Give a number. The first span that holds it decides, right ones first."""

    answer: tuple[Span, ...]
    tempting: tuple[Span, ...] = ()
    form = "Give one number."

    def find_fault(self, answer: Any) -> str:
        """Find the first span that holds the number."""
        number = find_number(answer)
        spans = (*self.answer, *self.tempting)
        return next((span.why for span in spans if number in span), self.wrong)


@dataclass(frozen=True, kw_only=True)
class Choice(Challenge):
    """Choose one letter, or all that fit. `answer` has the right letters.

    Where the options are numbers, a number is an answer too; then `tempting` are numbers that
    are no option.
    """

    options: dict[str, Option]
    answer: str
    tempting: tuple[Span, ...] = ()

    @property
    def form(self) -> str:
        """How to give an answer: one letter, or all that fit."""
        how = "all letters that fit, out of" if len(self.answer) > 1 else "one of the letters"
        number = ", or the number itself" if self._spans else ""
        return f"Give {how} {', '.join(self.options)}, in quotes{number}."

    @property
    def _spans(self) -> list[Span]:
        try:
            spans = [one(read_number(option.text), option.why) for option in self.options.values()]
        except ValueError:
            return []  # an option is no number
        return [*spans, *self.tempting]

    def find_fault(self, answer: Any) -> str:
        """Look at the number, where options are numbers, or else at each of the letters."""
        for read in (read_number, self._read_letters, find_number):
            try:
                found = read(answer)
            except ValueError:
                continue
            if isinstance(found, str):
                return self._find_fault_of_letters(found)
            if self._spans:
                return next((span.why for span in self._spans if found in span), self.wrong)
        raise ValueError("neither a letter nor a number")

    def _read_letters(self, answer: Any) -> str:
        return read_letters(answer, "".join(self.options))

    def _find_fault_of_letters(self, letters: str) -> str:
        if len(letters) > 1 == len(self.answer):
            return f"Choose one letter only. {self.wrong}"
        if letters == self.answer:
            return ""
        return next(filter(None, (self.options[letter].why for letter in letters)), self.wrong)

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give the letters and the numbers, and all letters that fit but one."""
        yield self.answer, ""
        if len(self.answer) > 1:
            yield self.answer[1:], self.wrong
        for letter, option in self.options.items():
            if option.why:
                yield letter, option.why
        for span in self._spans:
            yield span.low, span.why

    def texts(self) -> tuple[str, ...]:
        """Give the text and the why of each option, and then what all challenges have."""
        pairs = ((option.text, option.why) for option in self.options.values())
        return (*(text for pair in pairs for text in pair), *super().texts())

    def mistakes(self) -> Iterator[str]:
        """Find options of one text, and right ones and tempting ones that are mixed up."""
        if not set(self.answer) <= set(self.options):
            yield f"the answer {self.answer!r} has letters that are no option"
        texts = [option.text for option in self.options.values()]
        for letter, option in self.options.items():
            if texts.count(option.text) > 1:
                yield f"the option {option.text!r} is there twice: change one"
            if letter in self.answer and option.why:
                yield f"option {letter} is right: delete its why, or change the answer"
            if letter not in self.answer and not option.why:
                yield f"say why option {letter} tempts, or add it to the answer"
        yield from super().mistakes()


@dataclass(frozen=True, kw_only=True)
class Text(Challenge):
    """Give a name or a term, or a number where spans are among the answers.

    The first that holds it decides, right ones first.
    """

    answer: tuple[Term | Span, ...]
    tempting: tuple[Term | Span, ...] = ()

    @property
    def form(self) -> str:
        """How to give an answer: as text, or as a number where one is known."""
        return "Give a text in quotes" + (", or a number." if self._those(Span) else ".")

    def _those(self, kind: type) -> list[Any]:
        return [item for item in (*self.answer, *self.tempting) if isinstance(item, kind)]

    def find_fault(self, answer: Any) -> str:
        """Find the span that holds the number, or else the first pattern in the text."""
        spans = self._those(Span)
        try:
            number = read_number(answer)
        except ValueError:
            text = re.sub(ASIDE, " ", read_text(answer).casefold())
            for term in self._those(Term):
                if text in term:
                    return term.why
            try:
                number = find_number(answer)
            except ValueError:
                return self.wrong
        return next((span.why for span in spans if number in span), self.wrong)


@dataclass(frozen=True, kw_only=True)
class Open(Challenge):
    """Answer in your own words: `answer` has examples. A few words get the points to compare."""

    answer: tuple[str, ...]
    form = "Write your answer as text, in quotes."
    praise = "Compare your answer with these points."

    def find_fault(self, answer: Any) -> str:
        """Find none in a text of a few words, which are not all the same."""
        words = re.findall(r"[^\W\d_]{2,}", read_text(answer, longest=100_000).casefold())
        return "" if len(set(words)) >= 3 else self.wrong

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give the examples, and texts that are too short."""
        for text in self.answer:
            yield text, ""
        yield "x", self.wrong
        yield "a b c", self.wrong
        yield "dont know dont know", self.wrong
        yield "no idea", self.wrong


@dataclass(frozen=True, kw_only=True)
class Network(Challenge):
    """Build a network. `answer` has functions of keras that build right ones, as examples.

    A network is right in which none of the flaws is found; the first found is told.
    """

    answer: tuple[Callable[[Any], Any], ...]
    tempting: tuple[Flaw, ...]
    form = "Give your network, as keras.Model(...) returns it, without quotes."

    def find_fault(self, answer: Any) -> str:
        """Find the first flaw in the facts of a network."""
        if isinstance(answer, type):
            raise ValueError("a class, not a network")
        if hasattr(answer, "count_params") and not getattr(answer, "built", True):
            return (
                "Your network has no weights yet, because it does not know the shape of its "
                "input. Start it with keras.Input(shape=...), as in the examples above."
            )
        facts = read_network(answer)
        return next((flaw.why for flaw in self.tempting if flaw.holds(facts)), "")

    def examples(self) -> Iterator[tuple[Any, str]]:
        """Give functions of keras that build right networks, and ones with each flaw."""
        for build in self.answer:
            yield build, ""
        for flaw in self.tempting:
            yield flaw.example, flaw.why
