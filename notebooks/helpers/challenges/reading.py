"""Read answers in whatever form they come. What cannot be read raises an error."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

# A number among words. The digit of conv_2 or Conv2D is none.
AMONG_WORDS = re.compile(
    r"(?<![\w.])-?(?:\d{1,3}(?: \d{3}\b)+|\d[\d.,_'’]*)(?:e[+-]?\d+)?(?:\s*%)?"
)


def simplify(answer: Any) -> Any:
    """Turn NumPy values into Python ones, and a list of one into its only item."""
    if hasattr(answer, "tolist"):
        if answer.size > 100:
            raise ValueError("too large for an answer")
        answer = answer.tolist()
    if isinstance(answer, list | tuple | set | frozenset) and len(answer) == 1:
        answer = next(iter(answer))
    return answer


def is_empty(answer: Any) -> bool:
    """Tell whether a cell was run without an answer."""
    if isinstance(answer, str):
        return answer.strip() in ("", "...", "…")
    if isinstance(answer, list | tuple | set | frozenset | dict):
        return len(answer) == 0
    return answer is None or answer is Ellipsis


def read_text(answer: Any, longest: int = 1000) -> str:
    """Read a text, with full-width and other odd characters as plain ones."""
    if not isinstance(answer, str) or len(answer) > longest:
        raise ValueError("not a short text")
    return unicodedata.normalize("NFKC", answer).strip()


def read_number(answer: Any) -> float:
    """Read 12288, 12288.0, "12 288", "12,288", "12_288", "1.228.900", "0,5" or "50 %"."""
    if isinstance(answer, str):
        text = re.sub(r"[\s_'’]", "", read_text(answer, longest=50))
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


def find_number(answer: Any) -> float:
    """Read a number alone, the first one among words, or the result of a sum.

    Examples
    --------
    >>> find_number("2700, 455 times fewer")
    2700.0
    >>> find_number("27 + 1 = 28")
    28.0
    """
    if not isinstance(answer, str):
        return read_number(answer)
    text = read_text(answer).rpartition("=")[2].strip()
    try:
        return read_number(text)
    except ValueError:
        found = AMONG_WORDS.findall(text)
        # Several numbers and no word, two to choose from, or what it is not: no answer.
        guesses = len(found) > 1 and not re.search(r"[^\W\d_]", text)
        if not found or guesses or re.search(r"(?i)\bor\b.*\d|^\D*(\bnot?\b|n['’]t\b)", text):
            raise
        return read_number(found[0].rstrip(".,"))


def read_letters(answer: Any, allowed: str) -> str:
    """Read "a, E", "AE", "A and E", ["A", "E"] or {"E", "A"} as "AE"."""
    if isinstance(answer, list | tuple | set | frozenset):
        answer = " ".join(islice(answer, 50))
    words = re.findall(r"[^\W\d_]+", read_text(answer, longest=100).upper())
    letters = {letter for word in words if word != "AND" for letter in word}
    if not letters or not letters <= set(allowed):
        raise ValueError("not one of the letters")
    return "".join(sorted(letters))


@dataclass(frozen=True)
class Facts:
    """What is looked at in a network.

    Attributes
    ----------
    kinds : str
        The kinds of the layers that matter, in order: C convolution, P max pooling, A average
        pooling, G global pooling, F Flatten, D dense.
    activations : tuple of str
        Of each C and D, as Keras names it; "linear" is none.
    count : int
        Number of parameters.
    input_shape, output_shape : tuple of int
        Without the batch; () where it is not known.
    """

    kinds: str
    activations: tuple[str, ...]
    count: int
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    @property
    def blocks(self) -> str:
        """Convolutions and poolings only, with P for either pooling."""
        return re.sub("[^CP]", "", self.kinds.replace("A", "P"))


# What is in the name of a layer's class. The first that fits decides.
KINDS = {"Global": "G", "Conv": "C", "AveragePool": "A", "Pool": "P", "Flatten": "F", "Dense": "D"}
ACTIVATIONS = ("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")


def read_network(model: Any) -> Facts:
    """Read the facts of a Keras model, or of what has the same attributes."""
    kinds, activations = "", []
    for layer in walk(model):
        name = type(layer).__name__
        kind = next((letter for part, letter in KINDS.items() if part in name), "")
        kinds += kind
        if kind and kind in "CD":
            activations.append(read_activation(layer))
        elif activations and name == "Activation":
            activations[-1] = read_activation(layer)
        elif activations and name in ACTIVATIONS:
            activations[-1] = name.lower()
    return Facts(
        kinds=kinds,
        activations=tuple(activations),
        count=int(model.count_params()),
        input_shape=read_shape(getattr(model, "input_shape", None)),
        output_shape=read_shape(getattr(model, "output_shape", None)),
    )


def walk(model: Any, depth: int = 0) -> Iterator[Any]:
    """Go through the layers of a network, also of networks used as layers."""
    for layer in islice(model.layers, 1000):
        if hasattr(layer, "layers") and depth < 3:
            yield from walk(layer, depth + 1)
        else:
            yield layer


def read_activation(layer: Any) -> str:
    """Name a layer's activation: a function, or a layer such as keras.layers.ReLU()."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        return "linear"
    return getattr(activation, "__name__", type(activation).__name__).lower()


def read_shape(shape: Any) -> tuple[int, ...]:
    """Read (None, 64, 64, 3) as (64, 64, 3), and anything else as ()."""
    if isinstance(shape, tuple) and all(isinstance(n, int) for n in shape[1:]):
        return shape[1:]
    return ()
