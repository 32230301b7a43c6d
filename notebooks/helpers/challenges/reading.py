"""Read answers in whatever form they come. What cannot be read raises an error."""

import math
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

# A number among words. The digit of conv_2 or Conv2D is none.
AMONG_WORDS = re.compile(
    r"(?<![\w.])-?(?:\d{1,3}(?: \d{3}\b)+|\d[\d.,_'’]*)(?:e[+-]?\d+)?(?:\s*%)?"
)

SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()


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
    """Read a number alone, the first one among words, a small one as a word, or a result.

    Examples
    --------
    >>> find_number("2700, 455 times fewer")
    2700.0
    >>> find_number("27 + 1 = 28")
    28.0
    >>> find_number("64 * 64 * 3"), find_number("four")
    (12288.0, 4.0)
    """
    if not isinstance(answer, str):
        return read_number(answer)
    text = read_text(answer).rpartition("=")[2].strip()
    if text.casefold() in SMALL:
        return float(SMALL.index(text.casefold()))
    if len(text) < 50 and re.fullmatch(r"\d{1,6}(?:\s*[*×x]\s*\d{1,6})+", text):
        return float(math.prod(map(int, re.findall(r"\d+", text))))
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
    order : str
        The layers that matter, in order: C convolution, P max pooling, A average pooling,
        G global pooling, F Flatten, D dense, d dropout, n batch normalization, r an activation
        as a layer of its own.
    activations : tuple of str
        Of each C and D, as Keras names it; "linear" is none.
    count : int
        Number of parameters.
    input_shape, output_shape : tuple of int
        Without the batch; () where it is not known.
    rates, momenta, paddings : tuple
        Of each dropout, of each batch normalization, and of each convolution.
    names : tuple of str
        The names of all layers, also of those that are in no `order`.
    model : Any
        The network itself.
    arguments : tuple
        What it was built with, where a function built it.
    """

    order: str
    activations: tuple[str, ...]
    count: int
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    rates: tuple[float, ...] = ()
    momenta: tuple[float, ...] = ()
    paddings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    model: Any = None
    arguments: tuple[Any, ...] = ()

    @property
    def kinds(self) -> str:
        """The layers without those that are there for training alone: C, P, A, G, F and D."""
        return re.sub("[a-z]", "", self.order)

    @property
    def blocks(self) -> str:
        """Convolutions and poolings only, with P for either pooling."""
        return re.sub("[^CP]", "", self.kinds.replace("A", "P"))

    @property
    def learns(self) -> int:
        """Number of parameters that training changes."""
        return sum(math.prod(weights.shape) for weights in self.model.trainable_weights)

    @cached_property
    def trains(self) -> bool:
        """Whether a copy of it takes a step of training, compiled as the lesson does.

        Raises
        ------
        AttributeError
            If the network is none of Keras.
        """
        import numpy as np

        from helpers.backstage.quiet import keras
        from helpers.training import compile_model

        pictures = np.zeros((2, *self.input_shape), dtype="float32")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                copy = compile_model(keras.models.clone_model(self.model))
                copy.run_eagerly = True  # a single step is faster without a graph
                copy.train_on_batch(pictures, np.zeros(2, dtype="int32"))
            except Exception:  # whatever Keras has against it
                return False
        return True


# What is in the name of a layer's class. The first that fits decides.
KINDS = {
    "Global": "G",
    "Conv": "C",
    "AveragePool": "A",
    "Pool": "P",
    "Flatten": "F",
    "Dense": "D",
    "Dropout": "d",
    "BatchNormalization": "n",
}
ACTIVATIONS = ("relu", "leakyrelu", "prelu", "elu", "softmax", "sigmoid", "tanh")


def read_network(model: Any) -> Facts:
    """Read the facts of a Keras model, or of what has the same attributes."""
    order, names, activations, found = "", [], [], {"rate": [], "momentum": [], "padding": []}
    for layer in walk(model):
        name = type(layer).__name__
        kind = next((letter for part, letter in KINDS.items() if part in name), "")
        is_activation = name == "Activation" or name.lower() in ACTIVATIONS
        order += "r" if is_activation else kind
        names.append(str(getattr(layer, "name", "")))
        if kind and kind in "CD":
            activations.append(read_activation(layer))
        elif activations and is_activation:
            activations[-1] = read_activation(layer) if name == "Activation" else name.lower()
        for wanted, letter in (("rate", "d"), ("momentum", "n"), ("padding", "C")):
            if kind == letter:
                found[wanted].append(getattr(layer, wanted, None))
    return Facts(
        order=order,
        activations=tuple(activations),
        count=int(model.count_params()),
        input_shape=read_shape(getattr(model, "input_shape", None)),
        output_shape=read_shape(getattr(model, "output_shape", None)),
        rates=tuple(found["rate"]),
        momenta=tuple(found["momentum"]),
        paddings=tuple(found["padding"]),
        names=tuple(names),
        model=model,
    )


def walk(model: Any, depth: int = 0) -> Iterator[Any]:
    """Go through the layers of a network, also of networks used as layers.

    Where it is known, also through what is no layer, such as keras.ops.relu(x).
    """
    known = getattr(model, "operations", None)
    for layer in islice(model.layers if known is None else known, 1000):
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
