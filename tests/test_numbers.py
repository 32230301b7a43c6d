"""Every number in the text has a source, and is what the source says: see tools/sources.py.

python -m pytest tests/test_numbers.py -n0 -q
"""

import re

import pytest

from tools import sources
from tools.sources import Sources, faults, numbers, value, written

PAGES = [page for page in sources.pages() if page[2] or numbers(page[1])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page[0].replace(" ", "_"))
def test_each_number_is_what_its_source_says(page):
    place, text, given, known = page
    wrong = faults(text, given, known)
    assert not wrong, f"{place}:\n" + "\n".join(wrong)


def changed(number):
    """Return the number with its last digit one higher and one lower, and doubled."""
    if number[0].isalpha():
        return [another for another in ("twenty", "thirty", "three quarters") if another != number]
    place = max(i for i, letter in enumerate(number) if letter.isdigit())
    digit = int(number[place])
    return [
        number[:place] + str((digit + 1) % 10) + number[place + 1 :],
        number[:place] + str((digit - 1) % 10) + number[place + 1 :],
        re.sub(r"\d[\d,.]*", lambda m: twice(m[0]), number, count=1),
    ]


def twice(digits):
    decimals = len(digits.partition(".")[2])
    result = 2 * float(digits.replace(",", ""))
    return f"{result:{',' if ',' in digits else ''}.{decimals}f}" if result else "1"


def test_every_changed_number_is_noticed():
    """Not some at random: each number of each page, in three ways."""
    tried = 0
    for place, text, given, known in PAGES:
        for number, start in numbers(text):
            for other in changed(number):
                mutated = text[:start] + other + text[start + len(number) :]
                assert faults(mutated, given, known), f"{place}: {number} changed to {other}"
                tried += 1
    assert tried > 2000


@pytest.mark.parametrize(
    "part, number",
    [
        ("two blocks", "val_accuracy"),
        ("three blocks", "val_accuracy"),
        ("sweep 0.5", "best_val_loss"),
    ],
)
def test_a_value_of_another_network_or_statistic_does_not_do(part, number):
    """A paragraph that speaks of runs names the network and the statistic, not just a table."""
    right = Sources().evaluate(f"runs({part!r}, {number!r})")
    text = f"It reached {right:.2f}."
    assert not faults(text, [f"runs({part!r}, {number!r})"], Sources())
    for wrong in (f"runs('dense', {number!r})", f"runs({part!r}, 'loss')",
                  f"runs({part!r}, {number!r}, 'std')"):  # fmt: skip
        assert faults(text, [wrong], Sources()), wrong


@pytest.mark.parametrize(
    "text, found",
    [
        ("98.7% of 1,823,960 and −2, but not `12` or ![3 x 3](../fig/4.svg)", 3),
        ("Keras 3 in [notebook 3](03-pooling-layers.ipynb), [notebook 3](elsewhere.ipynb)", 1),
        ("**Time:** about 35 minutes to read.", 0),
        ("three fifths of it, thirteen, a third block, two", 2),
        ("1e-05 and 3 × 3, 0.35; 2,700.", 5),
        ("1. first\n2. second 5\n   and 6", 2),
        ("It takes a week or\n45. That is long.", 1),
        ("- a list\n    - with 7 in it\n\n    code 8\n\ntext\n\n    code 9", 2),
        ("ninety-nine of 64x64, nine tenths", 4),
        ("| start | what | minutes |\n|---|---|---|\n| 9:10 | 04 up to 5 | 35 |\n", 2),
    ],
)
def test_what_counts_as_a_number(text, found):
    assert len(numbers(text)) == found, numbers(text)


@pytest.mark.parametrize(
    "text, source",
    [("1,228,900", 1228900), ("98.7%", 0.98687), ("−2", -2), ("0.29", 0.2942), ("28", 28 - 1e-12),
     ("three fifths", 0.6), ("twenty", 20), ("1e-05", 1e-5), ("2.303", 2.302585), ("07", 7)],
)  # fmt: skip
def test_a_number_is_written_as_its_source_says(text, source):
    assert written(text, source) == text
    assert written(text, source * 1.3 + 0.02) != text
    assert value(text) == pytest.approx(source, abs=0.01)


@pytest.mark.parametrize(
    "text, given, message",
    [
        ("It is 5.", [], "'5' (… It is 5. …) has no source"),
        ("It is 5.", ["5"], "'5' is a bare number; say after a # where it is from"),
        ("It is 5.", ["5  # a quoted source", "6"], "2 sources for 1 numbers"),
        (
            "It is 5.",
            ["runs('gone', 'loss')"],
            "data/runs/runs.csv has no network 'gone', only dense, ",
        ),
        ("It is 5.", ["output('gone')"], "its source \"output('gone')\" is gone: KeyError('gone')"),
        ("It is 5.", ["3 + 3"], "'3 + 3' is a bare number"),
        ("It is 5.", ["channels + 3"], "its source 'channels + 3' gives 6"),
        ("It is .5.", [], "cannot be read: write it as 0.5"),
        ("It is (62,62,50).", ["62  # x"], "cannot be read: write it as 0.5"),
    ],
)
def test_what_an_author_is_told(text, given, message):
    assert message in "\n".join(faults(text, given, Sources("04")))


def test_linked_notebooks_have_the_number_of_the_link():
    for place, text, _, _ in sources.pages():
        links = re.findall(r"\[[^]\d]*0?(\d+)[^]\d]*\]\((?:notebooks/)?0?(\d+)-[^)]*\)", text)
        assert all(a == b for a, b in links), (place, links)
