"""What follows from something else is what tools/refresh.py would write."""

import re

import nbformat
import pytest

from fig.draw import learning
from tools import refresh
from tools.refresh import PageError


@pytest.fixture(scope="module")
def files():
    return refresh.refreshed()


def test_refreshing_changes_nothing(files):
    changed = [
        str(path.relative_to(refresh.ROOT)) for path, (old, new) in files.items() if old != new
    ]
    assert not changed, "run python tools/refresh.py, and look at what it changed"


def test_another_number_of_minutes_reaches_every_page(files, monkeypatch):
    """Each notebook's minutes stand in its title, README.md and TEACHING.md, and in the sums."""
    name, changed = "02-convolutional-layers.ipynb", {**refresh.notebooks()}
    page = files[refresh.ROOT / "TEACHING.md"][0]
    pages = [refresh.table_of_notebooks(), refresh.table_of_course(), refresh.write_clocks(page)]
    changed[name] = nbformat.from_dict(changed[name])
    changed[name].metadata.lesson.teaching += 7
    monkeypatch.setattr(refresh, "notebooks", lambda: changed)
    new = [refresh.table_of_notebooks(), refresh.table_of_course(), refresh.write_clocks(page)]
    # A row in each table; in that of the course also the sum; in the clock all that comes later.
    differing = [
        sum(a != b for a, b in zip(old.splitlines(), now.splitlines(), strict=True))
        for old, now in zip(pages, new, strict=True)
    ]
    assert differing[:2] == [1, 2] and differing[2] > 4
    teaching = changed[name].metadata.lesson.teaching
    assert f"| {teaching} + " in new[0] and f"| {teaching} | " in new[1]
    sentence = refresh.write_minutes("**Time:** about 1 minute.", changed[name])
    assert sentence.startswith(f"**Time:** about {teaching} minutes to read and run, and ")


@pytest.mark.parametrize(
    "numbers, text",
    [([4], "4"), ([5, 6], "5 and 6"), ([1, 2, 3], "1 to 3"), ([7, 8, 10], "7, 8 and 10")],
)
def test_lists_of_numbers(numbers, text):
    assert refresh.listed(numbers) == text


@pytest.mark.parametrize(
    "change, message",
    [
        (None, '03.ipynb: its metadata has no "lesson"'),
        ({"teaching": "20"}, "lesson.teaching is '20'. Give it a value of type int"),
        ({"steps": None}, "lesson.steps is None"),
        ({"steps": [11]}, "lesson.steps is \\[11\\]. List steps from 1 to 10"),
        ({"teaching": True}, "lesson.teaching is True"),
        ({"minutes": 3}, "lesson.minutes is unknown. Known: learn, topic, "),
    ],
)
def test_metadata_of_the_wrong_form(change, message):
    good = {"learn": "x", "topic": "x", "teaching": 1, "challenges": 1, "steps": [1]}
    refresh.check_lesson("03.ipynb", good)
    with pytest.raises(PageError, match=message):
        refresh.check_lesson("03.ipynb", None if change is None else good | change)


@pytest.mark.parametrize(
    "text, message",
    [
        ("nothing", "stands 0 times"),
        ("<!-- made by tools/refresh.py: x -->\n", "not followed by"),
        ("<!-- made by tools/refresh.py: y -->\n<!-- end -->", "nothing makes 'y'"),
    ],
)
def test_a_page_without_its_marks(text, message):
    with pytest.raises(PageError, match=f"P.md: .*{message}"):
        refresh.fill(text, {"x": lambda: "new"}, "P.md")


def test_the_figure_of_the_workflow_says_which_notebook_treats_which_step():
    treated = {}
    for names, first, last, _ in learning.BARS:
        for number in re.split(r", | and ", names):
            treated.setdefault(number, []).extend(range(first, last + 1))
    steps = {name[:2]: n.metadata.lesson.steps for name, n in refresh.notebooks().items()}
    assert treated == {number: steps[number] for number in treated}
