"""Look at an answer to a challenge, and say at once whether it is right and why.

==================  ==========================================================
Name                Answer
==================  ==========================================================
features            one letter A-D, or the number itself
dense-parameters    one letter A-D, or the number itself
border-pixels       text, in your own words: you get points to compare it with
conv-parameters     a number
inspect-network     text: the name of the largest layer; or a number: its share
network-depth       your network, a Keras model
when-to-convolve    letters A-D, all that fit
training-curve      one letter A-D
dense-against-conv  your network, a Keras model
change-the-loss     one letter A-D
learning-rate       one letter A-C, or the number itself
batch-steps         a number
dropout-rate        a number from 0 to 1
tuning-term         text: two words
grid-results        letters A-F, all that are true
second-grid         a number
honest-evaluation   letters A-E, all that are true
practice            your network, a Keras model
==================  ==========================================================

Letters come in any order and case, as "a, E", "AE", ["A", "E"] or {"E", "A"}. Numbers come
as int, float, NumPy scalar or text such as "12,288". Nothing given to `check` raises.
"""

import math
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

# Lowest and highest dropout rate that counts as the best one, from measured runs.
BEST_DROPOUT_RATES = (0.3, 0.7)


@dataclass(frozen=True)
class Verdict:
    """What there is to say about an answer."""

    state: Literal["right", "wrong", "unanswered"]
    message: str


# ---------------------------------------------------------------------------------------
# What the notebooks use
# ---------------------------------------------------------------------------------------

_wrong_tries: dict[str, int] = {}


def check(name: str, answer: Any = None) -> None:
    """Print what there is to say about your answer to a challenge.

    From the second wrong answer to the same challenge on, a stronger hint follows.

    Parameters
    ----------
    name : str
        Name of the challenge, as it stands in the notebook.
    answer : Any
        Your answer. The table at the top of this file says which form it takes. Nothing
        given here raises an error; None, "" and ... mean that you have not answered yet.

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
        answer = _simplify(answer)
        if _is_empty(answer):
            return Verdict("unanswered", UNANSWERED)
        fault = challenge.find_fault(answer)
    except Exception:  # Whatever cannot be read, however odd, gets a friendly line too.
        return Verdict("wrong", f"This answer cannot be read. {challenge.form}")
    if fault is None:
        return Verdict("right", f"{challenge.praise} {challenge.right}")
    stronger = f" Another hint: {challenge.hint}" if tries > 0 else ""
    return Verdict("wrong", f"Not quite. {fault}{stronger}")


UNANSWERED = "Not answered yet: replace the dots with your answer and run this cell again."
UNKNOWN = "There is no challenge of this name. Check its spelling. The names are: "
DECIMAL = "The dot is read as a decimal point. Write large numbers without it."


# ---------------------------------------------------------------------------------------
# Reading answers
# ---------------------------------------------------------------------------------------


def _simplify(answer: Any) -> Any:
    """Turn NumPy values into Python ones, and a list of one into its only item."""
    if hasattr(answer, "tolist"):
        if answer.size > 100:
            raise ValueError("too large for an answer")
        answer = answer.tolist()
    if isinstance(answer, list | tuple | set | frozenset) and len(answer) == 1:
        answer = next(iter(answer))
    return answer


def _is_empty(answer: Any) -> bool:
    if isinstance(answer, str):
        return answer.strip() in ("", "...", "…")
    if isinstance(answer, list | tuple | set | frozenset | dict):
        return len(answer) == 0
    return answer is None or answer is Ellipsis


def _read_text(answer: Any, longest: int = 1000) -> str:
    if not isinstance(answer, str) or len(answer) > longest:
        raise ValueError("not a short text")
    return unicodedata.normalize("NFKC", answer).strip()


def _read_number(answer: Any) -> float:
    """Read 12288, 12288.0, "12 288", "12,288", "12_288", "1.228.900", "0,5" or "50 %"."""
    if isinstance(answer, str):
        text = re.sub(r"[\s_'’]", "", _read_text(answer, longest=50))
        percent = text.endswith("%")
        text = text.removesuffix("%")
        if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?", text):
            text = text.replace(",", "")
        elif re.fullmatch(r"[1-9]\d{0,2}(\.\d{3}){2,}", text):
            text = text.replace(".", "")
        number = float(text.replace(",", ".")) / (100 if percent else 1)
    elif isinstance(answer, bool) or not hasattr(answer, "__float__"):
        raise ValueError("not a number")
    else:
        number = float(answer)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _read_letters(answer: Any, allowed: str) -> str:
    """Read "a, E", "AE", "A and E", ["A", "E"] or {"E", "A"} as "AE"."""
    if isinstance(answer, list | tuple | set | frozenset):
        answer = " ".join(islice(answer, 50))
    words = re.findall(r"[^\W\d_]+", _read_text(answer, longest=100).upper())
    letters = {letter for word in words if word != "AND" for letter in word}
    if not letters or not letters <= set(allowed):
        raise ValueError("not one of the letters")
    return "".join(sorted(letters))


@dataclass(frozen=True)
class Facts:
    """What is looked at in a network: kinds of layers in order, parameters, shapes."""

    kinds: tuple[str, ...]
    count: int
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None


def _read_network(model: Any) -> Facts:
    return Facts(
        kinds=tuple(_kinds(model)),
        count=int(model.count_params()),
        input_shape=_read_shape(getattr(model, "input_shape", None)),
        output_shape=_read_shape(getattr(model, "output_shape", None)),
    )


def _kinds(model: Any, depth: int = 0) -> Iterator[str]:
    """Name the kinds of the layers that matter here, also in networks used as layers."""
    for layer in islice(model.layers, 1000):
        if hasattr(layer, "layers") and depth < 3:
            yield from _kinds(layer, depth + 1)
            continue
        for kind in ("Conv", "Pool", "Flatten", "Dense"):
            if kind in type(layer).__name__:
                yield kind


def _read_shape(shape: Any) -> tuple[int, ...] | None:
    """Read (None, 64, 64, 3) as (64, 64, 3), and anything else as None."""
    if isinstance(shape, tuple) and len(shape) > 1 and all(isinstance(n, int) for n in shape[1:]):
        return shape[1:]
    return None


# ---------------------------------------------------------------------------------------
# Forms of challenges
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What every challenge has.

    Attributes
    ----------
    right : str
        Why the right answer is right.
    wrong : str
        What to say to a wrong answer that has no text of its own.
    hint : str
        What to add from the second wrong answer on.
    form : str
        How to give an answer.
    praise : str
        What a right answer is told first.
    """

    right: str
    wrong: str = ""
    hint: str = ""
    form = ""
    praise = "Right."

    def find_fault(self, answer: Any) -> str | None:
        """Say what is wrong with an answer. None if nothing is. Raise if it is unreadable."""
        raise NotImplementedError


@dataclass(frozen=True)
class Span:
    """Numbers from `low` to `high`, both included, and why they tempt (None: right)."""

    low: float
    high: float
    why: str | None = None

    def __contains__(self, number: float) -> bool:
        # As close as float32 can be; one parameter more or less in a million still counts.
        at_end = any(math.isclose(number, end, rel_tol=1e-7) for end in (self.low, self.high))
        return at_end or self.low < number < self.high


def _one(number: float, why: str | None = None) -> Span:
    return Span(number, number, why)


@dataclass(frozen=True, kw_only=True)
class Number(Challenge):
    """Give a number. The first span that holds it decides."""

    spans: tuple[Span, ...]
    form = "Give one number."

    def find_fault(self, answer: Any) -> str | None:
        """Find the first span that holds the number."""
        number = _read_number(answer)
        return next((span.why for span in self.spans if number in span), self.wrong)


@dataclass(frozen=True)
class Option:
    """One option: its text, why it tempts (None: right), and the number that it stands for."""

    text: str
    why: str | None = None
    number: float | None = None


@dataclass(frozen=True, kw_only=True)
class Choice(Challenge):
    """Choose one letter, or all that fit where several do. `numbers` are no option."""

    options: dict[str, Option]
    numbers: tuple[Span, ...] = ()

    @property
    def answer(self) -> str:
        """The right letters, in order."""
        return "".join(letter for letter, option in self.options.items() if not option.why)

    @property
    def form(self) -> str:
        """How to give an answer: one letter, or all that fit."""
        how = "all letters that fit, out of" if len(self.answer) > 1 else "one of the letters"
        return f"Give {how} {', '.join(self.options)}, in quotes."

    def find_fault(self, answer: Any) -> str | None:
        """Look at the number, where options are numbers, or else at each of the letters."""
        spans = [_one(o.number, o.why) for o in self.options.values() if o.number is not None]
        if spans:
            try:
                number = _read_number(answer)
            except ValueError:
                pass  # then it is a letter
            else:
                spans += self.numbers
                return next((span.why for span in spans if number in span), self.wrong)
        letters = _read_letters(answer, "".join(self.options))
        if len(self.answer) == 1 and len(letters) > 1:
            return f"Choose one letter only. {self.wrong}"
        whys = [self.options[letter].why for letter in letters if self.options[letter].why]
        if whys:
            return whys[0]
        return None if letters == self.answer else self.wrong


@dataclass(frozen=True, kw_only=True)
class Text(Challenge):
    """Give a name or a term. The first pattern found in it decides (None: right)."""

    patterns: tuple[tuple[str, str | None], ...]
    spans: tuple[Span, ...] = ()

    @property
    def form(self) -> str:
        """How to give an answer: as text, or as a number where one is known."""
        return "Give a text in quotes" + (", or a number." if self.spans else ".")

    def find_fault(self, answer: Any) -> str | None:
        """Find the span that holds the number, or else the first pattern in the text."""
        if self.spans:
            try:
                number = _read_number(answer)
            except ValueError:
                pass  # then it is a name
            else:
                return next((span.why for span in self.spans if number in span), self.wrong)
        text = _read_text(answer).casefold()
        return next((why for pattern, why in self.patterns if re.search(pattern, text)), self.wrong)


@dataclass(frozen=True, kw_only=True)
class Open(Challenge):
    """Answer in your own words. Any text gets the points that a good answer has."""

    form = "Write your answer as text, in quotes."
    praise = "Compare your answer with these points."

    def find_fault(self, answer: Any) -> str | None:
        """Find none in any text."""
        if not isinstance(answer, str):
            raise ValueError("not a text")
        return None


@dataclass(frozen=True, kw_only=True)
class Network(Challenge):
    """Build a network. `judge_facts` says what is wrong with it (None: nothing)."""

    judge_facts: Callable[[Facts], str | None]
    form = "Give your network, as keras.Model(...) returns it, without quotes."

    def find_fault(self, answer: Any) -> str | None:
        """Look at the layers and the number of parameters of a network."""
        if isinstance(answer, type):
            raise ValueError("a class, not a network")
        if hasattr(answer, "count_params") and not getattr(answer, "built", True):
            return (
                "Your network has no weights yet, because it does not know the shape of its "
                "input. Start it with keras.Input(shape=...), as in the examples above."
            )
        return self.judge_facts(_read_network(answer))


# ---------------------------------------------------------------------------------------
# Judging networks
# ---------------------------------------------------------------------------------------


def _count_cnn(shape: tuple[int, ...] | None, n_blocks: int) -> int:
    """Count the parameters of the lesson's network: 50 filters of 3 x 3, Dense 50, Dense 10."""
    height, width, channels = shape if shape and len(shape) == 3 else (64, 64, 3)
    total = 0
    for _ in range(n_blocks):
        total += (3 * 3 * channels + 1) * 50
        height, width, channels = (height - 2) // 2, (width - 2) // 2, 50
    return total + (height * width * channels + 1) * 50 + (50 + 1) * 10


def _judge_depth(facts: Facts) -> str | None:
    blocks = "".join(kind[0] for kind in facts.kinds if kind in ("Conv", "Pool"))
    if blocks == "CPCPCP" and facts.count == _count_cnn(facts.input_shape, n_blocks=3):
        return None
    texts = {
        "CPCP": "It is the network you started with. A line that adds a layer is easy to lose: "
        "give its result a name, and hand that name on to the next layer.",
        "CPCPC": "The new convolution makes it deeper, so it seems done. But the pooling is "
        "missing. Look at what follows each of the other convolutions.",
        "CPCPP": "The new pooling is there, but a block begins with something that can learn. "
        "Look at what stands before each of the other poolings.",
        "CPCPPC": "Both new layers are there, in the wrong order. Compare with the other blocks.",
        "CPCPCP": "It has the three blocks, but not the sizes of the task. Compare the new block "
        "with the other two: filters, size of the kernel, padding, size of the pooling.",
        "CPCPCPCP": "It has one block more than the task asks for.",
    }
    text = texts.get(
        blocks,
        "The order of its layers is not that of the task. Start from the network with two "
        "blocks, and add to it without changing what is there.",
    )
    return f"Your network has {facts.count:,} parameters. {text}"


def _judge_dense(facts: Facts) -> str | None:
    if "Conv" in facts.kinds or "Pool" in facts.kinds:
        return (
            "Your network still has convolution or pooling layers. It is easy to keep them, "
            "since they worked well. Here you find out how a network does without them."
        )
    n_dense = facts.kinds.count("Dense")
    n_features = math.prod(facts.input_shape or (64, 64, 3))
    if n_dense == 3 and facts.count == (n_features + 1) * 50 + (50 + 1) * 50 + (50 + 1) * 10:
        return None
    text = f"Your network has {facts.count:,} parameters. "
    if "Flatten" not in facts.kinds or facts.kinds[0] != "Flatten":
        return text + (
            "A dense layer takes a picture without complaint, but then it works on the three "
            "color values of each pixel alone. First make one long vector of the picture."
        )
    if n_dense != 3:
        return text + (
            f"It has {n_dense} dense layer{'' if n_dense == 1 else 's'}. It is easy to miscount, "
            "because the output layer is a dense layer too. Compare with the list in the task."
        )
    return text + "The layers are there. Compare the number of units of each with the task."


def _judge_practice(facts: Facts) -> str | None:
    shape = facts.input_shape
    if "Conv" not in facts.kinds:
        return (
            "Your network has no convolution. Dense layers alone can read simple pictures too, "
            "but here you practice what you learned: begin with a block of convolution and pooling."
        )
    if shape == (64, 64, 3) or facts.count in (514_510, 137_060):
        return (
            "Your network is the one for color pictures of 64 × 64 pixels. Layers can stay as they "
            "are, the input cannot. Look at the shape of one of the new pictures."
        )
    if (shape and shape[-1] != 1) or facts.count in (87_010, 49_560):
        return (
            "Your network does not expect gray pictures. They have one value at each pixel, "
            "and the number of channels stands last in the shape."
        )
    if "Pool" not in facts.kinds:
        return (
            "Your network has no pooling. It would train, but with a very long vector after "
            "Flatten. Look at what follows each convolution in the lesson's network."
        )
    if facts.output_shape and facts.output_shape[-1] != 10:
        return (
            f"The last layer of your network has the size {facts.output_shape[-1]}. It needs one "
            "unit for each category. Count the different labels."
        )
    if shape == (28, 28, 1) or facts.count in (86_110, 48_660):
        return None
    return (
        f"Your network has {facts.count:,} parameters, and its input does not fit the new "
        "pictures. Print their shape, and compare it with the input of your network."
    )


# ---------------------------------------------------------------------------------------
# The challenges
# ---------------------------------------------------------------------------------------

CHALLENGES: dict[str, Challenge] = {
    "features": Choice(
        options={
            "A": Option(
                "64",
                "64 is the number of pixels along one side of a picture. You need all values of "
                "the picture. Look at the shape of one picture.",
                64,
            ),
            "B": Option(
                "4,096",
                "4,096 is the number of pixels, 64 × 64. It would do for a gray picture. "
                "In a color picture a pixel is more than one value: look at the last number of "
                "the shape.",
                4096,
            ),
            "C": Option("12,288", number=12288),
            "D": Option(
                "878",
                "878 is the first number in the shape of the training data. It counts the "
                "pictures. The question is about one picture only.",
                878,
            ),
        },
        numbers=(
            _one(3072, "3,072 is right for pictures of 32 × 32 pixels. Look at the size of yours."),
            _one(12.288, DECIMAL),
            _one(10_788_864, "That is the number of values in all pictures. Count one picture."),
        ),
        wrong="Each value of each pixel is one feature. Look at the shape of one picture, and "
        "think about how its three numbers go together.",
        hint="the shape of one picture is height, width and channels. Multiply the three.",
        right="A picture has 64 × 64 pixels, and each has a value for red, green and blue: "
        "12,288 features. What if the pictures were 32 × 32? Then it is 3,072: half the side, "
        "a quarter of the features.",
    ),
    "dense-parameters": Choice(
        options={
            "A": Option(
                "1,228,800",
                "1,228,800 counts every weight, features times units. It forgets the bias. "
                "Look again at what a neuron adds to its weighted sum.",
                1_228_800,
            ),
            "B": Option("1,228,900", number=1_228_900),
            "C": Option(
                "100",
                "100 is the number of units, and of their biases. But each unit also has "
                "weights. Look at the picture of the dense layer: how many lines end in one unit?",
                100,
            ),
            "D": Option(
                "12,288",
                "12,288 is the number of inputs, so it is the number of weights of one unit. "
                "Look at how many units the layer has, and at what else belongs to a unit.",
                12_288,
            ),
        },
        numbers=(
            _one(12_289, "That is one unit: its weights and its bias. The layer has more units."),
            _one(1_228_801, "That is one bias for the whole layer. Each unit has its own."),
            _one(307_300, "That is right for pictures of 32 × 32 pixels. Yours are larger."),
            _one(307_200, "That fits pictures of 32 × 32 pixels, and it forgets the bias."),
        ),
        wrong="Parameters are all numbers that the layer learns: weights and biases. Look at "
        "the parts of a neuron.",
        hint="count for one unit first: one weight for each feature, and one bias. "
        "Then think of all units.",
        right="12,288 × 100 weights and 100 biases make 1,228,900 parameters. What if the "
        "pictures were 32 × 32? Then it is 307,300: a quarter of the pixels needs about a "
        "quarter of the parameters.",
    ),
    "border-pixels": Open(
        right="At the border a part of the kernel would lie outside the picture. One way is to "
        "leave such places out. The result is then smaller: 64 × 64 becomes 62 × 62. This is "
        'called "valid", and it is what Keras does unless you say otherwise. Another way is to '
        "add a frame around the picture, of zeros or of copied values. The result then keeps "
        'its size. In Keras this is called "same", and the frame is made of zeros. What if the '
        "kernel had 5 × 5 numbers? Without a frame, 60 × 60 would be left.",
    ),
    "conv-parameters": Number(
        spans=(
            _one(2700),
            _one(2800, "2,800 counts a bias for each filter. The task leaves the bias out."),
            _one(
                900,
                "900 takes 3 × 3 weights for each filter. That is one channel. Look at how many "
                "channels come in: a filter has a kernel for each of them.",
            ),
            _one(
                1000,
                "1,000 takes 3 × 3 weights and a bias for each filter. The task leaves the bias "
                "out, and a filter has a kernel for each channel that comes in.",
            ),
            Span(27, 28, "That is one filter. The layer has more of them."),
            _one(300, "300 leaves out the height and the width of the window. Look at its size."),
            _one(384_400, "That is the number of values that come out. Count what is learned."),
            _one(409_600, "That is the number of values that come out. Count what is learned."),
            _one(
                10_378_800,
                "That gives each place in the picture filters of its own. But the window slides: "
                "the weights are the same everywhere.",
            ),
            _one(1_228_900, "That is the dense layer. Here the window is small, and it slides."),
            _one(2.7, DECIMAL),
        ),
        wrong="Count the weights of one filter first. Look at how many channels come in. The size "
        "of the picture plays no part.",
        hint="multiply height and width of the window, and the number of channels that come in. "
        "Then take as many as there are filters, and nothing else.",
        right="A filter has 3 × 3 × 3 = 27 weights, and there are 100: 2,700 parameters, or 2,800 "
        "with a bias for each. The dense layer with 100 units had 1,228,900, about 455 times as "
        "many. What if the pictures were 32 × 32? The convolution keeps its 2,700. The dense "
        "layer has 307,300, about 114 times as many.",
    ),
    "inspect-network": Text(
        patterns=(
            (
                r"(dense|output).*(conv|flatten)|(conv|flatten).*(dense|output)",
                "Name one layer only, as the summary names it.",
            ),
            (
                r"conv",
                "Convolutions do most of the computing, so this is what many expect. But a kernel "
                "is small, and it is reused everywhere. Compare the numbers of parameters in the "
                "summary.",
            ),
            (
                r"flat",
                "Flatten gives the longest vector, 180,000 values, but it learns nothing. It only "
                "puts values in a row. Look at the column of parameters in the summary.",
            ),
            (r"input", "The input only holds the picture. It has no parameters."),
            (r"dense|output|logits|fully.?connected|\blast\b|\bfinal\b", None),
        ),
        spans=(
            Span(98, 99.2),
            Span(0.98, 0.992),
            _one(1_800_010),
            _one(
                1_800_000,
                "That counts the weights of the layer without its biases. Look at the summary.",
            ),
            _one(1_823_960, "That is the whole network. Which layer has most of it?"),
            _one(180_000, "That is the number of values after Flatten, not of parameters."),
            _one(22_550, "That is the second convolution. Look for a larger number."),
        ),
        wrong="Look at the column of parameters in the summary. Find the layer with the largest "
        "number, and give its name.",
        hint="a convolution needs few parameters, and Flatten none. Look for the layer that has a "
        "weight for each of the 180,000 values, and that several times.",
        right="The last dense layer has 1,800,010 of the 1,823,960 parameters, 98.7%. Flatten "
        "puts the 60 × 60 × 50 values into a vector of 180,000, and each of the ten units has a "
        "weight for each of them. What if the pictures were 32 × 32? Then it is 392,010 of "
        "415,960, still 94.2%.",
    ),
    "network-depth": Network(
        judge_facts=_judge_depth,
        hint="the new block stands between the last pooling and Flatten. It is a copy of the "
        "block before it: each line takes the result of the line before.",
        right="Your network has three blocks. It has fewer parameters than the one with two: for "
        "pictures of 64 × 64, 137,060 instead of 514,510. Before Flatten, 14 × 14 became 6 × 6, "
        "and the dense layer loses far more weights than the convolution adds. What if you leave "
        "out the new pooling? 12 × 12 are left, and the network has 407,060 parameters.",
    ),
    "when-to-convolve": Choice(
        options={
            "A": Option(
                "A table of penguins. Each row is one bird, the columns are bill length, bill "
                "depth, flipper length and body mass. The species is wanted.",
                "Look at the table of penguins again. A row of numbers looks like a signal. But "
                "you could put the columns in any order, and lose nothing.",
            ),
            "B": Option(
                "Weather records. Temperature, rain and sunshine of each day for ten years at "
                "one place. Tomorrow's sunshine is wanted."
            ),
            "C": Option("Sound recordings of penguins. The species is wanted."),
            "D": Option("Photographs of penguins. The species is wanted."),
        },
        wrong="What you chose fits, but there is more. It does not take a picture: look for data "
        "whose order means something, in space or in time.",
        hint="ask of each task: if you put the values of every example into another order, the "
        "same for all, would anything be lost? If not, a convolution has nothing to find.",
        right="A convolution looks for patterns among neighbors, and finds them wherever they "
        "are. Days and sounds have neighbors in time, pixels in space. The columns of the table "
        "have none: any order would do. What if the data were texts or molecules? Words and "
        "atoms have neighbors, too.",
    ),
    "training-curve": Choice(
        options={
            "A": Option(
                "It will do well on new pictures: the training loss falls quickly and smoothly.",
                "The training loss does fall quickly and with little jitter. But it is measured "
                "on pictures that the network learns from. Look at the other curve as well.",
            ),
            "B": Option(
                "It will do badly on new pictures: the training loss jitters too much.",
                "A curve that jumps up and down can be a bad sign. Look again: the training loss "
                "falls quickly, and it hardly jitters. And which pictures is it measured on?",
            ),
            "C": Option(
                "The training loss cannot tell. The validation loss is the hint, and it has "
                "stopped getting better."
            ),
            "D": Option(
                "It needs more epochs: the training loss still falls, and the validation loss "
                "will follow.",
                "The training loss still falls, so going on seems natural. But look at which way "
                "the validation loss goes in the last epochs.",
            ),
        },
        wrong="Look at both curves, and at which pictures each is measured on.",
        hint="a network can learn its training pictures by heart. Which curve would notice?",
        right="The training loss falls quickly and with little jitter, but it says nothing about "
        "new pictures. The validation loss gives the hint: it has stopped falling, or even "
        "rises, while the training loss falls on. That is overfitting. What if you trained twice "
        "as long? Look at which way the gap goes.",
    ),
    "dense-against-conv": Network(
        judge_facts=_judge_dense,
        hint="the network is Flatten, two hidden layers of 50 units, and an output layer of 10 "
        "units. Hand the result of each line on to the next.",
        right="617,510 parameters, more than the 514,510 of the convolutional network. It sees "
        "every pixel at once, but it must learn a pattern anew for each place. Train both for "
        "the same number of epochs, and compare their validation accuracy.",
    ),
    "change-the-loss": Choice(
        options={
            "A": Option(
                "Nothing changes: Keras sees that the outputs are logits.",
                "It would be kind of Keras, but it does not look. It believes what you say, "
                "and you say it with this flag. Try it on one picture and compare the losses.",
            ),
            "B": Option("It trains without complaint, on a wrong loss."),
            "C": Option(
                "compile stops with an error.",
                "An error would be helpful, but no shape is wrong, so Keras finds nothing to "
                "complain about. Try it: compile, and print the loss of one picture.",
            ),
            "D": Option(
                "The loss is right, and only the accuracy is wrong.",
                "It is the other way round. Accuracy only asks which output is the largest, so "
                "the flag does not touch it. Compare the losses of one picture.",
            ),
        },
        wrong="Try it on one picture, with and without the flag, and compare what you get.",
        hint="without the flag, Keras takes the outputs for probabilities. Does anything in the "
        "network check that?",
        right="Without the flag Keras takes logits for probabilities, and nothing warns you. For "
        "the logits 2, -1 and 0.5 of a picture of the first category, the loss should be 0.241. "
        "With TensorFlow it becomes 0.405 for integer labels, and 0 for one-hot labels. With the "
        "flag, both kinds of labels give the same loss. What if the last layer had softmax? Then "
        "from_logits=False would be right.",
    ),
    "learning-rate": Choice(
        options={
            "A": Option(
                "0.1",
                "Large steps look fast, but they can jump over every good place. Run the next "
                "cells and look at the loss with 0.1: is it below 2.303, the loss of guessing?",
                1e-1,
            ),
            "B": Option("0.001", number=1e-3),
            "C": Option(
                "0.00001",
                "Small steps look careful, and the curve is smooth. Run the next cells and look "
                "at how far the loss with 0.00001 comes down in the same number of epochs.",
                1e-5,
            ),
        },
        wrong="Run the next cells, and choose the rate whose loss comes down furthest.",
        hint="one of the rates jumps about, and one hardly moves. Which is left?",
        right="With 0.001 the steps are large enough to get somewhere, and small enough not to "
        "jump about. It is also what Adam uses unless you say otherwise. What if you had no "
        "idea where to start? Try rates that differ by a factor of ten.",
    ),
    "batch-steps": Number(
        spans=(
            _one(28),
            Span(
                27,
                27.5,
                "You divided the right numbers. But the pictures that are left over after the "
                "last full batch are used too.",
            ),
            _one(32, "32 is the size of a batch. How many batches does it take?"),
            _one(878, "878 steps would be one for each picture. A step takes a whole batch."),
            Span(270, 280, "That is ten epochs. The question is about one."),
            _one(1, "An epoch is one pass over all pictures. A step is one batch of them."),
            _one(28_096, "You multiplied. Think of how many batches the pictures make."),
        ),
        wrong="One step uses one batch. Look at the number of training pictures and at the size "
        "of a batch.",
        hint="divide the number of pictures by the size of a batch. The rest makes a last, "
        "smaller batch.",
        right="878 / 32 is 27.4: 27 full batches, and a last one with the 14 pictures that are "
        "left. So the weights change 28 times in an epoch. What if there were 10,000 pictures? "
        "313 steps.",
    ),
    "dropout-rate": Number(
        spans=(
            Span(*BEST_DROPOUT_RATES),
            _one(
                0,
                "A rate of 0 drops nothing: this is the network without dropout, and it overfits. "
                "You saw the gap between its two curves in notebook 5.",
            ),
            _one(1, "A rate of 1 would drop everything, and nothing could be learned."),
            Span(-math.inf, 0, "The rate is a share of the values, from 0 to 1."),
            Span(
                0,
                BEST_DROPOUT_RATES[0],
                "A low rate changes little, which seems safe. In a single run it may "
                "come close to the best, but over several seeds its loss is higher. Choose a rate "
                "from the middle of the valley.",
            ),
            Span(
                BEST_DROPOUT_RATES[1],
                1,
                "A high rate fights overfitting hard, which seems best. But so little is left "
                "that the network learns too little: it underfits. Look at how "
                "close its loss is to chance, and try other rates.",
            ),
            Span(1, math.inf, "The rate is a share of the values, from 0 to 1. Write it as such."),
        ),
        wrong="The rate is a share of the values, from 0 to 1.",
        hint="find the lowest point of the curve of validation loss against rate. If it lies at "
        "one end in your run, look at its neighbors, and train again with another seed: "
        "small differences are chance.",
        right="This is about where the validation loss is lowest. With a lower rate the network "
        "overfits more, with a higher one it underfits. What if you trained with another seed? "
        "The best rate moves a little, because its neighbors are nearly as good.",
    ),
    "tuning-term": Text(
        patterns=(
            (
                r"hyper\W*par[ae]m.*(tun|optimi|search|select)"
                r"|(tun|optimi|search|select).*hyper\W*par[ae]m",
                None,
            ),
            (
                r"hyper\W*par[ae]m",
                "That is the kind of number that you varied. What do you call looking for its "
                "best value?",
            ),
            (
                r"fine\W*tun",
                "That means to train a trained network a little further, often on other data. "
                "Here each network starts anew.",
            ),
            (
                r"grid|random|search",
                "That is one way to do it. The term asked for is wider: it says what you look for.",
            ),
            (r"tun", "That is one half of the term. What is it that you adjust?"),
            (
                r"train|\bfit|learn",
                "Training finds the weights. The dropout rate is set before, and training "
                "does not change it. You choose it before each training.",
            ),
            (
                r"regulari|drop",
                "That is what dropout is for. The question is what you do when you try several "
                "rates and keep the best one.",
            ),
            (
                r"validat|evaluat|test",
                "That is how you measure a network. The question is what trying several rates is "
                "for.",
            ),
            (
                r"optimi",
                "It is a kind of that, but the optimizer changes the weights. The dropout rate is "
                "no weight. What do you call such a number?",
            ),
        ),
        wrong="The dropout rate is a number that you choose before training, and training does "
        "not change it. What is such a number called, and what is looking for its best value?",
        hint="two words. The first names such a number: it stands above the parameters that "
        "training finds. The second is also what you do to an instrument until it sounds right.",
        right="It is hyperparameter tuning. The dropout rate is a hyperparameter: a number that "
        "you choose before training, and that training does not change. What other "
        "hyperparameters does your network have?",
    ),
    "grid-results": Choice(
        options={
            "A": Option(
                "Six models were trained, one for each of six combinations of hyperparameters."
            ),
            "B": Option(
                "Two models were trained, one for each hyperparameter.",
                "Look at B again. There are two hyperparameters. But a model needs a value for "
                "each of them, so it stands for a combination.",
            ),
            "C": Option(
                "One model was trained with six combinations of hyperparameters.",
                "Look at C again. There was one recipe for building. But another number of "
                "layers makes another network, and each trial starts from new weights.",
            ),
            "D": Option(
                "The model with 2 layers and a dropout rate of 0.5 is the best, with a score "
                "of 2.144.",
                "Look at D again. 2.144 is the highest score, and for accuracy this would be "
                "the best. What is the score here, and should it be high or low?",
            ),
            "E": Option(
                "The model with 2 layers and a dropout rate of 0.8 is the best, with a score "
                "of 2.086."
            ),
            "F": Option(
                "The best possible combination of these hyperparameters was found.",
                "Look at F again. The search found the best of what it tried. What about values "
                "that are not in the grid?",
            ),
        },
        wrong="What you chose is true, but there is more. Judge each statement on its own.",
        hint="a trial is one combination, with a network of its own. The score is the validation "
        "loss. And a search knows only what it tried.",
        right="Two numbers of layers and three rates make six combinations, each with a network "
        "of its own. The score is a loss, so the lowest wins: 2.086. Other values, such as 3 "
        "layers and a rate of 0.6, may do better still. What if a trial ran again with another "
        "seed? Scores this close can change places.",
    ),
    "second-grid": Number(
        spans=(
            _one(4),
            _one(2, "2 is the number of hyperparameters. A trial is one combination of values."),
            _one(3, "3 is right if you change one thing at a time. A grid tries every pair."),
            _one(6, "6 is the first grid. This one has other values: count them again."),
            _one(8, "8 takes one factor of 2 too many. Count the values of each hyperparameter."),
            _one(1, "One network would be one combination. A grid tries all of them."),
        ),
        wrong="Count the values of each hyperparameter. A grid tries every combination.",
        hint="write down the pairs: each activation with each size of the kernel.",
        right="Two activations times two sizes of the kernel make 4 trials. Give the search a new "
        "project_name and overwrite=True, or it shows you old results. What if you add a "
        "third size? 6 trials: each hyperparameter multiplies the work.",
    ),
    "honest-evaluation": Choice(
        options={
            "A": Option("The training pictures were used to change the weights."),
            "B": Option(
                "The validation pictures were used to change the weights.",
                "Look at B again. The validation pictures are given to fit, so it seems so. "
                "But fit only measures on them, at the end of each epoch.",
            ),
            "C": Option(
                "The validation pictures were used to choose the network: its dropout rate, its "
                "layers, the epoch at which to stop."
            ),
            "D": Option(
                "The validation score of the chosen network is a fair forecast for new pictures.",
                "Look at D again. No weight was learned from these pictures, so it seems fair. "
                "But of many networks you kept the one that did best on just these pictures.",
            ),
            "E": Option(
                "A fair score needs pictures that played no part in training or in any choice."
            ),
        },
        wrong="What you chose is true, but there is more. Follow each set of pictures from the "
        "first notebook to here.",
        hint="choosing the best of many scores also chooses luck. Which pictures did the choosing, "
        "and which would know nothing of it?",
        right="The validation pictures changed no weight, but they chose the network. The best of "
        "many scores is partly luck, so it is optimistic. A test set that no choice has touched "
        "gives a fair score. What if you look at the test score and then change the network? "
        "Then the test set has chosen too.",
    ),
    "practice": Network(
        judge_facts=_judge_practice,
        hint="print the shape of one picture after you gave it a channel axis, and use it as the "
        "shape of the input. Then come blocks of convolution and pooling, Flatten, and dense "
        "layers. The last one has a unit for each category.",
        right="Your network fits the new pictures. Built like the lesson's, it has 86,110 "
        "parameters with two blocks, and 48,660 with three. What if you add a fourth block? "
        "After three, 1 × 1 is left, and a kernel of 3 × 3 has no room. Now compile and train it, "
        "and look at both curves.",
    ),
}
