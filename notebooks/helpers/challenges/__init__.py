"""Look at an answer to a challenge, and say at once whether it is right and why.

README.md beside this file lists the challenges and the form of each answer.

`check` looks at an answer, `progress` shows how many are right, `remember` and `recall` keep a
value for another notebook. Nothing given to `check` raises, and nothing it is given stops it.

==============  ==============================================================================
``entries/``    all that is known of each challenge, one module for each notebook
``forms``       the forms of answers: a letter, a number, a text, a network
``functions``   the forms of what is written: a function, a network, a plot
``reading``     answers in whatever form they come
``running``     code of a learner, run in time and in silence
``record``      what was solved, in a file of the learner's own
==============  ==============================================================================
"""

import json
import textwrap
from dataclasses import dataclass
from typing import Any, Literal

from helpers.challenges import record
from helpers.challenges.entries import CHALLENGES
from helpers.challenges.reading import simplify

__all__ = [
    "CHALLENGES",
    "Verdict",
    "check",
    "judge",
    "progress",
    "recall",
    "remember",
    "table_of_forms",
]

UNKNOWN = "There is no challenge of this name. Check its spelling. The names are: "


@dataclass(frozen=True)
class Verdict:
    """What there is to say about an answer."""

    state: Literal["right", "wrong", "unanswered"]
    message: str


_wrong_tries: dict[str, int] = {}


def check(name: str, answer: Any = None) -> None:
    """Print what there is to say about your answer to a challenge.

    From the second wrong answer to the same challenge on, a stronger hint follows.

    Parameters
    ----------
    name : str
        Name of the challenge, as it stands in the notebook.
    answer : Any
        Your answer. An answer in another form than the one expected is told which that is.
        Nothing given here raises an error; None, "" and ... mean that you have not answered yet.

    Examples
    --------
    >>> check("features", ...)
    Not answered yet: replace the dots with your answer and run this cell again.
    """
    known = type(name) is str and name in CHALLENGES
    verdict = judge(name, answer, tries=_wrong_tries.get(name, 0) if known else 0)
    if known and verdict.state == "wrong":
        _wrong_tries[name] = _wrong_tries.get(name, 0) + 1
    elif known and verdict.state == "right":
        _wrong_tries.pop(name, None)
    print(textwrap.fill(verdict.message, width=88, break_on_hyphens=False))
    if known and verdict.state == "right":
        # Only now: what an open challenge prints is the same for everyone.
        lost = record.keep(lambda content: content["solved"].setdefault(name, True))
        print(lost or _count(name))


def _count(name: str) -> str:
    count = record.count_around(name)
    if count is None:
        return f"{len(record.read()['solved'].keys() & CHALLENGES.keys())} solved."
    return f"{count.solved} of {count.asked} solved in this notebook."


def progress() -> record.Progress:
    """Show how many challenges of each notebook you have solved.

    Returns
    -------
    Progress
        A table, or lines of text where there is no HTML.
    """
    return record.Progress()


def remember(name: str, value: Any) -> None:
    """Keep a value for another notebook, in the file in which what you solved is kept.

    Parameters
    ----------
    name : str
        Its name, such as "named-by-you".
    value : Any
        Numbers and texts, also in lists and dictionaries.

    Raises
    ------
    ValueError
        If it is something else.
    """
    try:
        value = json.loads(json.dumps(value, default=lambda x: x.tolist()))
    except (TypeError, ValueError, AttributeError, RecursionError):
        raise ValueError(
            f"remember was given {type(value).__name__}. Give it numbers and texts, also in lists "
            "and dictionaries."
        ) from None
    if lost := record.keep(lambda content: content["values"].update({str(name): value})):
        print(lost)


def recall(name: str, otherwise: Any = None) -> Any:
    """Return what was remembered.

    Parameters
    ----------
    name : str
        The name that `remember` was given.
    otherwise : Any
        What to return if nothing of this name is kept.

    Returns
    -------
    Any
        The value. Tuples come back as lists.
    """
    return record.read()["values"].get(str(name), otherwise)


def judge(name: str, answer: Any, tries: int = 0) -> Verdict:
    """Decide whether an answer is right, and what to say about it.

    Parameters
    ----------
    name : str
        Name of the challenge, one of the keys of `CHALLENGES`.
    answer : Any
        The answer, of whatever type.
    tries : int
        Number of wrong answers so far, 0 or more. From 1 on, a stronger hint is added.

    Returns
    -------
    Verdict
        The state, "right", "wrong" or "unanswered", and a message of one paragraph. An
        answer that cannot be read, and a name that is not known, are "wrong".

    Examples
    --------
    >>> judge("second-grid", 4).state
    'right'
    """
    if type(name) is not str or name not in CHALLENGES:
        return Verdict("wrong", UNKNOWN + ", ".join(CHALLENGES) + ".")
    challenge = CHALLENGES[name]
    try:
        answer = simplify(answer)
        if challenge.is_open(answer):
            return Verdict("unanswered", challenge.unanswered)
        fault = challenge.find_fault(answer)
    except Exception:  # Whatever cannot be read, however odd, gets a friendly line too.
        return Verdict("wrong", f"This answer cannot be read. {challenge.form}")
    if not fault:
        return Verdict("right", f"{challenge.praise} {challenge.right}")
    stronger = f" Another hint: {challenge.hint}" if tries > 0 else ""
    return Verdict("wrong", f"Not quite. {fault}{stronger}")


def table_of_forms() -> str:
    """Return a Markdown table of all challenges and the form of their answers.

    Returns
    -------
    str
        The lines of the table, without a line break at the end.
    """
    rows = [f"| `{name}` | {challenge.form} |" for name, challenge in CHALLENGES.items()]
    return "\n".join(["| challenge | its answer |", "|---|---|", *rows])
