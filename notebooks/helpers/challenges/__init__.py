"""Look at an answer to a challenge, and say at once whether it is right and why.

README.md beside this file lists the challenges and the form of each answer. All that is known
of a challenge stands in its entry in entries.py. Nothing given to `check` raises.
"""

import textwrap
from dataclasses import dataclass
from typing import Any, Literal

from helpers.challenges.entries import CHALLENGES
from helpers.challenges.reading import is_empty, simplify

__all__ = ["CHALLENGES", "Verdict", "check", "judge", "table_of_forms"]

UNANSWERED = "Not answered yet: replace the dots with your answer and run this cell again."
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
        if is_empty(answer):
            return Verdict("unanswered", UNANSWERED)
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
