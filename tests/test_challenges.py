"""Challenges: what their entries say, what they do not, and answers that make no sense."""

import csv
import math
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helpers import challenges
from helpers.challenges import CHALLENGES, check, entries, judge
from helpers.challenges.forms import Choice, Network, Number, Option, Term, Text, one
from helpers.challenges.functions import Maker, Written
from helpers.challenges.reading import find_number, read_number, simplify

PACKAGE = Path(challenges.__file__).parent
RUNS = PACKAGE.parents[2] / "data" / "runs" / "runs.csv"
each_challenge = pytest.mark.parametrize("name", CHALLENGES)


@pytest.fixture(autouse=True)
def start_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSON_PROGRESS", str(tmp_path / "progress.json"))
    challenges._wrong_tries.clear()


def examples(name):
    """Give the answers of an entry with what is to be said to them; networks are built."""
    for answer, why in CHALLENGES[name].examples():
        if isinstance(CHALLENGES[name], Network | Maker):
            from helpers.backstage.quiet import keras

            answer = answer(keras)
        yield answer, why


# ---------------------------------------------------------------------------------------
# From the entries
# ---------------------------------------------------------------------------------------


@each_challenge
def test_answers_of_the_entry(name):
    challenge = CHALLENGES[name]
    told = set()
    for answer, why in examples(name):
        verdict = judge(name, answer, tries=1)
        told.add(verdict.state)
        if not why:
            assert verdict.message == f"{challenge.praise} {challenge.right}", answer
            assert verdict.state == "right"
        else:
            expected = f"Not quite. {why} Another hint: {challenge.hint}"
            assert verdict.state == "wrong" and verdict.message == expected, answer
            for secret in challenge.secrets:
                assert not re.search(secret, verdict.message), (secret, answer)
        # One paragraph, plain, and short enough to be read.
        message = verdict.message
        assert "\n" not in message and "  " not in message and message[-1] in ".?"
        assert len(message) < 700, message
        assert not re.search(r"\bX\d\d|\bE\d\d|colour|neighbour|\bgrey\b", message)
    assert told == {"right", "wrong"}
    for secret in challenge.secrets:
        assert not re.search(secret, challenge.wrong), secret


@each_challenge
def test_answers_to_other_challenges(name):
    for other in set(CHALLENGES) - {name}:
        # What is written is called, which takes a while.
        some = 1 if isinstance(CHALLENGES[name], Written) else None
        for answer, _ in islice(CHALLENGES[other].examples(), some):
            verdict = judge(name, answer)
            assert verdict.message and len(verdict.message) < 1000
            # Each function of the course does something else.
            assert not isinstance(CHALLENGES[name], Written) or verdict.state != "right", other


@each_challenge
def test_what_to_expect(name):
    challenge = CHALLENGES[name]
    expect = challenge.expect
    assert expect.startswith("Expect ") and expect[-1] in ".?" and "\n" not in expect
    assert len(expect) < 330, "two or three sentences are enough"
    assert not re.search(r"\d", expect), "a number would need a source"
    # The reasons stand beside it on the run sheet: none is repeated.
    for sentence in re.split(r"(?<=[.?!]) ", expect):
        assert all(sentence not in text for text in challenge.texts())
    if isinstance(challenge, Choice):
        named = set(re.findall(r"\b[A-F]\b", expect))
        assert named <= set(challenge.options)
        assert named, "say which letters get many votes"


def test_rates_that_are_right_follow_from_the_runs():
    losses = defaultdict(list)
    for row in csv.DictReader(RUNS.read_text(encoding="utf-8").splitlines()):
        word, _, rate = row["network"].partition(" ")
        if word == "sweep":
            losses[float(rate)].append(float(row["best_val_loss"]))
    mean = {rate: statistics.fmean(values) for rate, values in losses.items()}
    spread = {rate: statistics.stdev(values) for rate, values in losses.items()}
    best = min(mean, key=mean.get)
    for rate in losses:
        meets = mean[rate] - spread[rate] <= mean[best] + spread[best]
        assert (judge("dropout-rate", rate).state == "right") == meets, rate


# ---------------------------------------------------------------------------------------
# By hand: what the entries do not say
# ---------------------------------------------------------------------------------------

RIGHT = {
    "features": ["C", " c)", ["c"], {"C"}, np.str_("C"), "C 12,288", "12,288 features", 12288]
    + [12288.0, np.float32(12288), np.array([12288]), "12 288", "12_288", "12,288.0", "12'288"]
    + ["12\u00a0288", "64 * 64 * 3 = 12288", "64*64*3", "C, 64 * 64 * 3"],
    "dense-parameters": ["B", 1228900, "1.228.900", "1 228 900"],
    "border-pixels": ["Leave them out, or put zeros around the picture.", "one two three " * 1000],
    "conv-parameters": [2700, "2,700", Decimal(2700), "2700, 455 times fewer", "2,700 parameters"],
    "inspect-network": ["outputs", "the last", "98,7%", 0.987, "99 %", "1,800,010"]
    + ["dense after flatten", "it is the last layer, because of flatten", "1,800,010 parameters"],
    "when-to-convolve": ["BCD", "d, c and B", {"d", "c", "b"}, np.array(["B", "C", "D"])],
    "training-curve": ["C"],
    "change-the-loss": ["b."],
    "learning-rate": ["B", "1e-3", "0,001", np.float32(0.001)],
    "batch-steps": [
        28,
        "28 steps",
        "28 or so!",
        "28, not 27",
        np.ceil(878 / 32),
        "27 + 1 = 28",
        [28],
        "２８",
    ],
    "dropout-rate": [0.5, "50 %", 0.35, "0.4"],
    "tuning-term": ["Hyperparameter Tuning", "not training but hyperparameter tuning"],
    "grid-results": ["A, E", "ea", ["A", "E"], {"E", "A"}, "A and E"],
    "second-grid": [4, np.int8(4), "4.0", "4 trials", "four", "2*2", "2 × 2"],
    "honest-evaluation": ["ACE", "e/c/a"],
}
WRONG = {
    "features": ["C or D", "12.288", "12288 or 4096", 12287, "CB"],
    "dense-parameters": [1_228_901, "A"],
    "border-pixels": ["x", "?", "no idea", "x x x", "word " * 1000, "x" * 100_000],
    "conv-parameters": [2800, "2,701", "about 1000"],
    "inspect-network": ["not the outputs", "not the last dense layer", "output shape", "conv 2"]
    + ["flatten, not the outputs", 12],
    "when-to-convolve": ["A", "ABCD", "BC"],
    "learning-rate": ["A", 0.01],
    "batch-steps": [
        27,
        878 / 32,
        "28 or 27",
        "28 27",
        "27, 28",
        "not 28",
        "not 28 but 27",
        "½",
        -28,
    ],
    "dropout-rate": [0.2, 0.65, 0.7, 50, -0.5, 1],
    "tuning-term": ["banana", "trial and error", "not hyperparameter tuning"],
    "grid-results": ["A", "ADE", "ABCDEF"],
    "second-grid": ["2, 3, 4", "4, 5, 6", 5],
    "honest-evaluation": ["AC", "ABCDE"],
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name):
    for answer in RIGHT[name]:
        assert judge(name, answer).state == "right", answer


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name):
    for answer in WRONG[name]:
        message = judge(name, answer, tries=1).message
        assert judge(name, answer).state == "wrong", answer
        for secret in CHALLENGES[name].secrets:
            assert not re.search(secret, message.removesuffix(CHALLENGES[name].form)), answer


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("features", 4096, "gray picture"),
        ("features", "AC", "one letter only"),
        ("conv-parameters", "900", "one channel"),
        ("conv-parameters", "2.700", "decimal point"),
        ("batch-steps", 878 / 32, "left over"),
        ("dropout-rate", 0.2, "one run cannot tell"),
        ("tuning-term", "trial and error", "Your words are true"),
        ("grid-results", "A, D", "highest score"),
    ],
)
def test_why(name, answer, words):
    assert words in judge(name, answer).message


def test_networks():
    from helpers.models import create_cnn, create_dense, keras

    photo, digit = (64, 64, 3), (28, 28, 1)
    layers = keras.layers

    def told(name, model, words):
        verdict = judge(name, model)
        assert (verdict.state == "right") == (words == "right"), verdict.message
        assert words in verdict.message or words == "right", verdict.message

    told("network-depth", create_cnn(photo, n_blocks=3), "right")
    told("network-depth", create_cnn((32, 32, 3), n_blocks=3, dropout_rate=0.5), "right")
    told("network-depth", create_cnn(photo), "started with")
    told("network-depth", create_cnn(photo, 3, filters=32), "not the sizes")
    told("network-depth", create_cnn(photo, 3, activation="tanh"), "another one")
    told("dense-against-conv", create_dense(photo), "right")
    told("dense-against-conv", create_dense(photo, [50]), "easy to miscount")
    told("dense-against-conv", create_cnn(photo), "still has convolution")
    told("practice", create_cnn(digit), "right")
    told("practice", create_cnn(digit, n_blocks=3, dropout_rate=0.2), "right")
    told("practice", create_cnn((28, 28, 3)), "gray")
    told("practice", create_cnn(photo), "color")

    # A network of another network, as a rescaling layer in front would make it.
    told("network-depth", keras.Sequential([keras.Input(photo), create_cnn(photo, 3)]), "right")
    # Activations as layers of their own.
    conv = [layers.Conv2D(5, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D()]
    end = [layers.Flatten(), layers.Dense(10)]
    told("practice", keras.Sequential([keras.Input(digit), *conv, *end]), "right")
    model = keras.Sequential([keras.Input(digit), *conv, *end, layers.Softmax()])
    told("practice", model, "leave the activation out")
    model = keras.Sequential([keras.Input(digit), *conv, *end, layers.Activation("relu")])
    told("practice", model, "leave the activation out")

    unbuilt = keras.Sequential([layers.Conv2D(50, 3), layers.Flatten(), layers.Dense(10)])
    for name in ("network-depth", "dense-against-conv", "practice"):
        told(name, unbuilt, "no weights yet")
        for odd in (keras.Model, keras.Sequential(), layers.Dense(3), create_cnn, keras):
            assert judge(name, odd).state == "wrong"


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("0.5", 0.5),
        ("0,125", 0.125),
        ("50 %", 0.5),
        ("1,000", 1000),
        ("1,000,000.5", 1_000_000.5),
        ("1.000.000", 1_000_000),
        ("-3", -3),
        ("1e3", 1000),
        ("\u0661\u0662", 12),
        (np.float16(0.5), 0.5),
    ],
)
def test_read_number(answer, number):
    assert read_number(simplify(answer)) == find_number(simplify(answer)) == number


# ---------------------------------------------------------------------------------------
# Absurd answers
# ---------------------------------------------------------------------------------------


class Hostile:
    """Every attribute, comparison and conversion fails."""

    def _fail(self, *args, **kwargs):
        raise RuntimeError("no")

    __getattribute__ = __eq__ = __str__ = __repr__ = __len__ = __iter__ = __float__ = _fail
    __bool__ = __int__ = __index__ = __contains__ = __getitem__ = __format__ = __hash__ = _fail


class HostileText(str):
    def _fail(self, *args):
        raise RuntimeError("no")

    strip = casefold = upper = __str__ = __len__ = __iter__ = __eq__ = _fail
    __hash__ = str.__hash__


class Endless:
    def __iter__(self):
        while True:
            yield "A"

    layers = property(lambda self: self)
    count_params = staticmethod(lambda: 1)


class BrokenModel:
    layers = [1, None, Hostile()]
    built = True

    def count_params(self):
        raise ValueError("not built")


def model(**attributes):
    return SimpleNamespace(**{"layers": [], "count_params": lambda: 0, "built": True} | attributes)


itself: list = []
itself.append(itself)
deep: list = []
for _ in range(10_000):
    deep = [deep, deep]

ABSURD = [
    [*"XYZ"],
    [["A", "E"], "B"],
    [1, 2, 3],
    [None, None],
    {"A": True},
    math.nan,
    math.inf,
    -math.inf,
    "nan",
    "inf",
    "1e999",
    10**5000,
    -(10**300),
    True,
    1 + 2j,
    b"C",
    bytearray(b"28"),
    print,
    lambda: 28,
    int,
    Hostile(),
    [Hostile(), Hostile()],
    HostileText("C"),
    Endless(),
    (letter for letter in "AE"),
    BrokenModel(),
    BrokenModel,
    itself,
    deep,
    "x" * 1_000_000,
    "9" * 100_000,
    "A" * 1_000_000,
    ["A"] * 1_000_000,
    "🙂",
    "\x00",
    "\ud800",
    "½",
    "Z",
    "С",  # Cyrillic
    "Ϲ",  # Greek
    "l2288",
    Decimal("sNaN"),
    np.array([[1, 2], [3, 4]]),
    np.zeros((500, 500)),
    np.array(["A", None], dtype=object),
    np.datetime64("NaT"),
    np,
    model(),
    model(layers=None, count_params=None),
    model(count_params=lambda: math.nan),
    model(input_shape=(None, "a"), output_shape=()),
    model(layers=[SimpleNamespace()], count_params=lambda: 10**5000),
]
EMPTY = [None, ..., "", "  ", "...", "…", [], (), set(), {}, [None], [""], np.array([])]


def is_paragraph(printed):
    return bool(printed.strip()) and "\n\n" not in printed and printed.endswith("\n")


@each_challenge
def test_absurd_answers(name, capsys):
    for answer in ABSURD:
        check(name, answer)
        assert is_paragraph(capsys.readouterr().out)
        assert judge(name, answer, tries=3).state != "right"


@each_challenge
def test_unanswered_is_one_and_the_same_line(name, capsys):
    for answer in EMPTY:
        check(name, answer)
        assert capsys.readouterr().out == CHALLENGES[name].unanswered + "\n"
    check(name)
    assert capsys.readouterr().out == CHALLENGES[name].unanswered + "\n"
    assert not challenges._wrong_tries


def test_unreadable_answer_says_how_to_answer():
    for name, challenge in CHALLENGES.items():
        assert judge(name, Hostile()).message == f"This answer cannot be read. {challenge.form}"


def test_unknown_name(capsys):
    for name in (None, "", "Features", 3, [], {}, Hostile(), HostileText("features"), math.nan):
        assert judge(name, "A").state == "wrong"
        check(name, "A")
        printed = capsys.readouterr().out
        assert is_paragraph(printed)
        assert all(known in printed for known in CHALLENGES)


def test_check_remembers_wrong_tries(capsys):
    def tell(name, answer):
        assert check(name, answer) is None
        return " ".join(capsys.readouterr().out.split())

    assert "Another hint" not in tell("second-grid", 2)
    assert "Another hint" not in tell("grid-results", "D")
    assert tell("second-grid", ...) == CHALLENGES["second-grid"].unanswered
    assert "Another hint" in tell("second-grid", 3)
    assert tell("second-grid", 4).startswith("Right.")
    assert "Another hint" not in tell("second-grid", 2)


# ---------------------------------------------------------------------------------------
# The module
# ---------------------------------------------------------------------------------------

REST = dict(wrong="No.", hint="think.", right="Yes.", secrets=("1",))
OPTIONS = {"A": Option("one"), "B": Option("two", "It is more.")}


@pytest.mark.parametrize(
    ("form", "entry", "words"),
    [
        (Number, dict(), "give 'answer', which is missing or empty"),
        (Number, dict(answer=()), "give 'answer', which is missing or empty"),
        (Choice, dict(options=OPTIONS, answer=""), "give 'answer'"),
        (Choice, dict(options=OPTIONS, answer="C"), "'C' has letters that are no option"),
        (Number, dict(answer=(one(1),), secrets=()), "give 'secrets'"),
        (Number, dict(answer=(one(1),), hnt="think."), "no field is called 'hnt', use answer, "),
        (Number, dict(answer=(one(1),), tempting=(one(2),)), "say why 2.0 tempts"),
        (Choice, dict(options=OPTIONS | {"C": Option("three")}, answer="A"), "say why option C"),
        (Choice, dict(options=OPTIONS, answer="AB"), "option B is right: delete its why"),
        (Text, dict(answer=(Term("a", ("a",)),), tempting=(Term("b", ("b",)),)), "say why 'b'"),
        (Number, dict(answer=(one(1),), tempting=(one(1, "No."),)), "answer 1.0 is there twice"),
        (Text, dict(answer=(Term("a", ("a", "a")),)), "answer 'a' is there twice"),
        (
            Choice,
            dict(options=OPTIONS | {"C": Option("two", "It is less.")}, answer="A"),
            "option 'two' is there twice",
        ),
        (
            Choice,
            dict(options={"A": Option("1,000"), "B": Option("1000", "No.")}, answer="A"),
            "answer 1000.0 is there twice",
        ),
    ],
)
def test_mistakes_in_an_entry(form, entry, words):
    with pytest.raises(ValueError) as caught:
        entries.add("new", form, **REST | entry)
    message = str(caught.value)
    assert message.startswith("challenge 'new': ") and words in message and "\n" not in message
    assert "new" not in CHALLENGES


def test_a_name_is_used_once():
    with pytest.raises(ValueError, match="challenge 'features': another one has this name"):
        entries.add("features", Number, answer=(one(1),), **REST)


def test_imports_no_keras():
    code = (
        "import sys, helpers.challenges as c; c.check('features', 'C'); "
        "c.check('accuracy', lambda labels, predicted: (labels == predicted).mean()); "
        "late = ('keras', 'keras_tuner', 'tensorflow', 'matplotlib', 'pandas'); "
        "sys.exit(any(m in sys.modules for m in late))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parents[1], capture_output=True)
    assert done.returncode == 0, done.stderr
