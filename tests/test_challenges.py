"""Each challenge with right answers, tempting answers, and answers that make no sense."""

import math
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helpers import challenges
from helpers.challenges import (
    CHALLENGES,
    UNANSWERED,
    Choice,
    Network,
    Number,
    Open,
    Text,
    check,
    judge,
)

NAMES = (
    "features dense-parameters border-pixels conv-parameters inspect-network network-depth "
    "when-to-convolve training-curve dense-against-conv change-the-loss learning-rate "
    "batch-steps dropout-rate tuning-term grid-results second-grid honest-evaluation practice"
).split()


def fake(layers, count, shape=None, n_outputs=10):
    """Make something with the attributes of a Keras model; layers as "C P F D" and so on."""
    kinds = dict(
        C="Conv2D", P="MaxPooling2D", F="Flatten", D="Dense", I="InputLayer", X="Dropout", R="Relu"
    )
    model = SimpleNamespace(
        layers=[type(kinds[letter], (), {})() for letter in layers.replace(" ", "")],
        count_params=lambda: count,
        built=True,
    )
    if shape:
        model.input_shape, model.output_shape = (None, *shape), (None, n_outputs)
    return model


RIGHT = {
    "features": ["C", "c", " C ", "C)", "C.", ["c"], {"C"}, ("C",), np.str_("C"), "C 12,288"]
    + [12288, 12288.0, np.int64(12288), np.float32(12288), np.array(12288), np.array([12288])]
    + ["12288", "12 288", "12,288", "12_288", "12288.0", "12,288.0", "12\u00a0288", "12'288"],
    "dense-parameters": ["B", "b", ["B"], 1228900, "1,228,900", "1.228.900", "1 228 900"],
    "border-pixels": ["they are dropped", "?", "x" * 100_000],
    "conv-parameters": [2700, 2700.0, "2700", "2,700", "2 700", np.int32(2700), Decimal(2700)],
    "inspect-network": ["outputs", "Dense", "the last dense layer", "the last", " OUTPUT layer "]
    + [98.7, "98.7 %", "98,7%", 0.987, "99 %", 1_800_010, "1,800,010"],
    "network-depth": [
        fake("ICPCPCPFDD", 137_060),
        fake("ICPXCPXCPXFDD", 137_060, (64, 64, 3)),
        fake("CPCPCPFDD", 57_060, (32, 32, 3)),
    ],
    "when-to-convolve": ["BCD", "dbc", "b, c, d", "B; C and D", ["B", "C", "D"], {"d", "c", "b"}]
    + [np.array(["B", "C", "D"])],
    "training-curve": ["C", "c"],
    "dense-against-conv": [fake("IFDDD", 617_510), fake("FDDD", 156_710, (32, 32, 3))],
    "change-the-loss": ["B", "b."],
    "learning-rate": ["B", 1e-3, "1e-3", "0.001", "0,001", np.float32(0.001)],
    "batch-steps": [28, "28", 28.0, np.int64(28), np.ceil(np.float64(878 / 32)), [28]],
    "dropout-rate": [*challenges.BEST_DROPOUT_RATES, np.mean(challenges.BEST_DROPOUT_RATES)],
    "tuning-term": ["hyperparameter tuning", "Hyper-parameter Tuning", "hyperparameter search"]
    + ["tuning of hyperparameters", "hyper parameter optimisation", "hyperparemeter tuning"],
    "grid-results": ["A, E", "a e", "EA", "ae", ["A", "E"], ("e", "a"), {"E", "A"}, "A and E"],
    "second-grid": [4, "4", 4.0, np.int8(4), "4.0"],
    "honest-evaluation": ["ACE", "e/c/a", {"A", "C", "E"}],
    "practice": [
        fake("ICPCPFDD", 86_110),
        fake("CPCPCPFDD", 48_660, (28, 28, 1)),
        fake("CPXFD", 12_345, (28, 28, 1)),
    ],
}

# Per challenge: answers that tempt, each with words that only its own text has.
TEMPTING = {
    "features": [
        ("A", "one side"),
        (64, "one side"),
        ("b", "gray picture"),
        ("4,096", "gray picture"),
        ("D", "counts the pictures"),
        (np.int64(878), "counts the pictures"),
        (3072, "32 × 32"),
        ("12.288", "decimal point"),
        (10_788_864, "all pictures"),
        (5, "Each value of each pixel"),
        ("AC", "one letter only"),
    ],
    "dense-parameters": [
        ("A", "forgets the bias"),
        (1_228_800, "forgets the bias"),
        ("C", "number of units"),
        ("D", "number of inputs"),
        (12_289, "one unit"),
        (1_228_801, "whole layer"),
        (307_300, "Yours are larger"),
        (307_200, "and it forgets"),
        (7, "all numbers that the layer learns"),
    ],
    "conv-parameters": [
        (2800, "leaves the bias out"),
        ("2,800", "leaves the bias out"),
        (900, "one channel"),
        (1000, "and a bias"),
        (27, "one filter"),
        (300, "height and the width"),
        (384_400, "values that come out"),
        (409_600, "values that come out"),
        (10_378_800, "slides"),
        (1_228_900, "dense layer"),
        ("2.700", "decimal point"),
        (-3, "weights of one filter first"),
    ],
    "inspect-network": [
        ("conv_2", "kernel is small"),
        ("Flatten", "learns nothing"),
        ("inputs", "no parameters"),
        ("dense or conv", "one layer only"),
        (1_800_000, "without its biases"),
        (1_823_960, "whole network"),
        (180_000, "not of parameters"),
        (22_550, "second convolution"),
        ("the big one", "column of parameters"),
        (12, "column of parameters"),
    ],
    "network-depth": [
        (fake("CPCPFDD", 514_510), "started with"),
        (fake("CPCPCFDD", 407_060), "the pooling is missing"),
        (fake("CPCPPFDD", 147_010), "stands before each"),
        (fake("CPCPPCFDD", 109_560), "wrong order"),
        (fake("CPCPCPFDD", 120_000), "not the sizes"),
        (fake("CPCPCPFDD", 87_060, (32, 32, 3)), "not the sizes"),
        (fake("CPCPCPCPFDD", 79_610), "one block more"),
        (fake("FDDD", 617_510), "without changing"),
        (SimpleNamespace(layers=[], count_params=lambda: 0, built=False), "no weights yet"),
    ],
    "when-to-convolve": [
        ("A", "any order"),
        ("ABCD", "any order"),
        ("BC", "there is more"),
    ],
    "training-curve": [
        ("A", "learns from"),
        ("B", "hardly jitters"),
        ("D", "which way"),
        ("BC", "one letter only"),
    ],
    "dense-against-conv": [
        (fake("CPCPFDD", 514_510), "still has convolution"),
        (fake("DDD", 3_260), "one long vector"),
        (fake("DDFD", 2_050_760), "one long vector"),
        (fake("FDD", 614_960), "2 dense layers"),
        (fake("FD", 122_890), "1 dense layer."),
        (fake("FDDD", 1_000_000), "number of units"),
    ],
    "change-the-loss": [
        ("A", "does not look"),
        ("C", "no shape is wrong"),
        ("D", "other way round"),
    ],
    "learning-rate": [
        ("A", "jump over"),
        (0.1, "jump over"),
        ("C", "look careful"),
        ("1e-5", "look careful"),
        (0.5, "comes down furthest"),
    ],
    "batch-steps": [
        (27, "left over"),
        (878 / 32, "left over"),
        (32, "size of a batch"),
        (878, "each picture"),
        (280, "ten epochs"),
        (1, "one pass"),
        (28_096, "multiplied"),
        (500, "One step uses one batch"),
    ],
    "dropout-rate": [
        (0, "drops nothing"),
        (0.01, "middle of the valley"),
        ("1 %", "middle of the valley"),
        (0.99, "underfits"),
        (1, "drop everything"),
        (50, "Write it as such"),
        (-0.5, "from 0 to 1"),
    ],
    "tuning-term": [
        ("hyperparameters", "kind of number"),
        ("fine-tuning", "starts anew"),
        ("grid search", "one way to do it"),
        ("tuning", "one half"),
        ("training", "finds the weights"),
        ("regularization", "what dropout is for"),
        ("cross-validation", "measure a network"),
        ("optimization", "no weight"),
        ("banana", "choose before training"),
    ],
    "grid-results": [
        ("B", "stands for a combination"),
        ("C", "new weights"),
        ("D", "highest score"),
        ("A, D", "highest score"),
        ("F", "not in the grid"),
        ("A", "there is more"),
        ("e", "there is more"),
    ],
    "second-grid": [
        (2, "number of hyperparameters"),
        (3, "one thing at a time"),
        (6, "first grid"),
        (8, "one factor"),
        (1, "all of them"),
        (100, "Count the values"),
    ],
    "honest-evaluation": [
        ("B", "only measures"),
        ("ABCE", "only measures"),
        ("D", "did best"),
        ("AC", "there is more"),
    ],
    "practice": [
        (fake("FDD", 40_000), "no convolution"),
        (fake("CPCPFDD", 514_510), "color pictures"),
        (fake("CPCPFDD", 514_510, (64, 64, 3)), "color pictures"),
        (fake("CPCPFDD", 87_010), "gray pictures"),
        (fake("CPCPFDD", 87_010, (28, 28, 3)), "gray pictures"),
        (fake("CFD", 300_000, (28, 28, 1)), "no pooling"),
        (fake("CPFD", 300_000, (28, 28, 1), n_outputs=1), "has the size 1."),
        (fake("CPFD", 300_000, (8, 8, 1)), "does not fit"),
    ],
}

# What no wrong or tempted learner may be told.
SECRETS = {
    "features": [r"\bC\b", "12,?288"],
    "dense-parameters": [r"\bB\b", "1,?228,?900"],
    "conv-parameters": ["2,?700"],
    "inspect-network": ["(?i)dense", "(?i)output", "98", "1,?800,?010"],
    "network-depth": ["137,?060"],
    "when-to-convolve": [r"\b[BCD]\b", "(?i)weather", "(?i)sound", "(?i)photo"],
    "training-curve": [r"\bC\b", "overfit"],
    "dense-against-conv": ["617,?510"],
    "change-the-loss": [r"\bB\b", "wrong loss"],
    "learning-rate": [r"\bB\b", r"0\.001\b"],
    "batch-steps": [r"\b28\b"],
    "dropout-rate": [r"0\.[3-7]"],
    "tuning-term": ["(?i)hyperparameter"],
    "grid-results": [r"\b[AE]\b", r"2\.086", r"0\.8"],
    "second-grid": [r"\b4\b", "four"],
    "honest-evaluation": [r"\b[ACE]\b"],
    "practice": ["86,?110", "48,?660"],
}

EMPTY = [None, ..., "", "  ", "...", "…", [], (), set(), {}, [None], [""], np.array([])]


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


itself: list = []
itself.append(itself)

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
    True,
    1 + 2j,
    b"C",
    bytearray(b"28"),
    print,
    lambda: 28,
    int,
    object(),
    Hostile(),
    [Hostile(), Hostile()],
    HostileText("C"),
    Endless(),
    (letter for letter in "AE"),
    BrokenModel(),
    BrokenModel,
    itself,
    "x" * 1_000_000,
    "9" * 100_000,
    "A" * 1_000_000,
    ["A"] * 1_000_000,
    "🙂",
    "A\n\nB\n\n",
    "\x00",
    "½",
    "²",
    "Z",
    np.array([[1, 2], [3, 4]]),
    np.zeros((500, 500)),
    np.array(["A", None], dtype=object),
    np.nan,
    np.datetime64("NaT"),
    np,
    SimpleNamespace(layers=None, count_params=None, built=True),
    SimpleNamespace(layers=[], count_params=lambda: math.nan, built=True),
    SimpleNamespace(layers=[], count_params=lambda: 0, built=True, input_shape=(None, "a")),
]


@pytest.fixture(autouse=True)
def forget_tries():
    challenges._wrong_tries.clear()


def pairs(table):
    return [
        pytest.param(name, answer, id=f"{name}-{number}")
        for name, answers in table.items()
        for number, answer in enumerate(answers)
    ]


def is_paragraph(printed):
    return bool(printed.strip()) and "\n\n" not in printed and printed.endswith("\n")


def test_names():
    assert list(CHALLENGES) == NAMES == list(RIGHT)
    assert set(TEMPTING) == set(SECRETS) == set(NAMES) - {"border-pixels"}


def test_table_in_docstring_names_every_challenge():
    table = challenges.__doc__.split("=====\n")
    assert [line.split()[0] for line in table[2].splitlines()[:-1]] == NAMES


@pytest.mark.parametrize(("name", "answer"), pairs(RIGHT))
def test_right(name, answer):
    verdict = judge(name, answer)
    assert verdict.state == "right", verdict.message
    assert verdict == judge(name, answer, tries=5)


def test_open_challenge_shows_points():
    message = judge("border-pixels", "no idea").message
    assert message.startswith("Compare") and "valid" in message and "same" in message


@pytest.mark.parametrize(("name", "case"), pairs(TEMPTING))
def test_tempting(name, case):
    answer, words = case
    first, second = judge(name, answer), judge(name, answer, tries=1)
    assert first.state == second.state == "wrong"
    assert words in first.message
    assert second.message.startswith(first.message)
    assert second.message.endswith(CHALLENGES[name].hint)
    assert CHALLENGES[name].hint not in first.message
    for secret in SECRETS[name]:
        assert not re.search(secret, second.message), second.message


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_tried(name):
    """No tempting answer is listed in the module and left out above."""
    challenge = CHALLENGES[name]
    seen = {judge(name, answer).message for answer, _ in TEMPTING.get(name, [])}
    texts = [option.why for option in getattr(challenge, "options", {}).values()]
    texts += [span.why for span in getattr(challenge, "spans", ())]
    texts += [span.why for span in getattr(challenge, "numbers", ())]
    texts += [why for _, why in getattr(challenge, "patterns", ())]
    for text in filter(None, texts):
        assert f"Not quite. {text}" in seen
    # Each option that is wrong has a text of its own.
    if isinstance(challenge, Choice):
        whys = [option.why for option in challenge.options.values() if option.why]
        assert len(set(whys)) == len(whys) == len(challenge.options) - len(challenge.answer)


@pytest.mark.parametrize("name", NAMES)
def test_unanswered_is_one_and_the_same_line(name, capsys):
    for answer in EMPTY:
        check(name, answer)
        assert capsys.readouterr().out == UNANSWERED + "\n"
    check(name)
    assert capsys.readouterr().out == UNANSWERED + "\n"
    assert not challenges._wrong_tries


@pytest.mark.parametrize("name", NAMES)
def test_absurd_answers(name, capsys):
    for answer in ABSURD:
        for tries in (0, 3):
            verdict = judge(name, answer, tries)
            assert verdict.state in ("right", "wrong", "unanswered") and verdict.message
        check(name, answer)
        assert is_paragraph(capsys.readouterr().out)


@pytest.mark.parametrize("name", NAMES)
def test_answers_to_other_challenges(name, capsys):
    for answers in RIGHT.values():
        for answer in answers:
            check(name, answer)
            assert is_paragraph(capsys.readouterr().out)


@pytest.mark.parametrize("name", NAMES)
def test_unreadable_answer_says_how_to_answer(name):
    verdict = judge(name, Hostile())
    assert verdict.state == "wrong"
    assert verdict.message == f"This answer cannot be read. {CHALLENGES[name].form}"


def test_unknown_name(capsys):
    for name in (None, "", "Features", 3, [], {}, Hostile(), HostileText("features"), math.nan):
        assert judge(name, "A").state == "wrong"
        check(name, "A")
        printed = capsys.readouterr().out
        assert is_paragraph(printed)
        assert all(known in printed for known in NAMES)


def test_check_remembers_wrong_tries(capsys):
    def tell(name, answer):
        check(name, answer)
        return " ".join(capsys.readouterr().out.split())

    assert "Another hint" not in tell("second-grid", 2)
    assert "Another hint" not in tell("grid-results", "D")
    assert tell("second-grid", ...) == UNANSWERED
    assert "Another hint" in tell("second-grid", 3)
    assert tell("second-grid", 4).startswith("Right.")
    assert "Another hint" not in tell("second-grid", 2)


def test_check_returns_nothing():
    assert check("features", "C") is None


def test_texts():
    """Every message is one paragraph, plain, and short enough to be read."""
    for name in NAMES:
        challenge = CHALLENGES[name]
        assert isinstance(challenge, Choice | Number | Text | Open | Network)
        for answer in [RIGHT[name][0], *(answer for answer, _ in TEMPTING.get(name, []))]:
            message = judge(name, answer, tries=1).message
            assert "\n" not in message and "  " not in message
            assert len(message) < 700, message
            assert message[-1] in ".?"
            assert not re.search(r"\bX\d\d|\bE\d\d|colour|neighbour|\bgrey\b", message)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
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
    assert challenges._read_number(challenges._simplify(answer)) == number


def test_imports_no_keras():
    code = (
        "import sys, helpers.challenges as c; c.check('features', 'C'); "
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow', 'numpy')))"
    )
    notebooks = Path(challenges.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=notebooks, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_real_networks():
    from helpers.models import create_cnn, create_dense, keras

    photo, digit = (64, 64, 3), (28, 28, 1)
    assert judge("network-depth", create_cnn(photo, n_blocks=3)).state == "right"
    assert judge("network-depth", create_cnn((32, 32, 3), n_blocks=3)).state == "right"
    assert judge("network-depth", create_cnn(photo, n_blocks=3, dropout_rate=0.5)).state == "right"
    assert "514,510" in judge("network-depth", create_cnn(photo)).message
    assert "not the sizes" in judge("network-depth", create_cnn(photo, 3, filters=32)).message
    assert judge("dense-against-conv", create_dense(photo)).state == "right"
    assert "2 dense layers" in judge("dense-against-conv", create_dense(photo, [50])).message
    assert judge("practice", create_cnn(digit)).state == "right"
    assert judge("practice", create_cnn(digit, n_blocks=3)).state == "right"
    assert "gray" in judge("practice", create_cnn((28, 28, 3))).message
    assert "color" in judge("practice", create_cnn(photo)).message

    layers = keras.layers
    unbuilt = keras.Sequential([layers.Conv2D(50, 3), layers.Flatten(), layers.Dense(10)])
    # A network of another network, as a rescaling layer in front would make it.
    nested = keras.Sequential([keras.Input(photo), create_cnn(photo, n_blocks=3)])
    assert judge("network-depth", nested).state == "right"
    for name in ("network-depth", "dense-against-conv", "practice"):
        assert "no weights yet" in judge(name, unbuilt).message
        for odd in (keras.Model, keras.Sequential(), layers.Dense(3), create_cnn, keras):
            assert judge(name, odd).state == "wrong"
