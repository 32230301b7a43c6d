"""What the entries of several notebooks use."""

from collections.abc import Callable
from typing import Any

from helpers.backstage.arithmetic import count_layers
from helpers.challenges.forms import Challenge, Flaw, make

CHALLENGES: dict[str, Challenge] = {}

PHOTO, DIGIT = (64, 64, 3), (28, 28, 1)
FEATURES = 64 * 64 * 3
PICTURES = 878
DECIMAL = "The dot is read as a decimal point. Write large numbers without it."
LOGITS = (
    "Its last layer has an activation. The loss of this lesson expects the plain outputs of that "
    "layer, logits: leave the activation out."
)
NO_FLATTEN = (
    "A dense layer takes maps without complaint, but then it works on each place of them alone. "
    "Before the first dense layer, make one long row of numbers of the maps."
)
LATE_DROPOUT = (
    "There is dropout behind the output layer. Then answers themselves are set to zero in "
    "training, whatever the network has found. Dropout belongs before a layer that can make up "
    "for it."
)
FROZEN = (
    "Nothing in your network can be learned: its weights are frozen. Look for trainable = False."
)
UNTRAINABLE = (
    "It looks right, but it cannot be trained: a step of training with two pictures, compiled as "
    "always, ends with an error. Build it anew, from the input on, with plain layers."
)


def add(name: str, form: type[Challenge], **entry: Any) -> None:
    """Add a challenge."""
    if name in CHALLENGES:
        raise ValueError(f"challenge {name!r}: another one has this name, choose a new one")
    CHALLENGES[name] = make(name, form, **entry)


def parameters(shape: tuple[int, ...], **network: Any) -> int:
    """Count the parameters of the lesson's network for pictures of this shape."""
    return sum(layer.parameters for layer in count_layers(shape, **network)[0])


def network(
    layers: str,
    shape: tuple[int, ...] = PHOTO,
    hidden: str | None = "relu",
    last: str | None = None,
    units: int = 50,
    n_outputs: int = 10,
) -> Callable[[Any], Any]:
    """Return a function of keras that builds a network, as an example.

    The layers are C (convolution), P and A (max and average pooling), G (global pooling),
    F (Flatten), D (hidden dense layer), and O (outputs).
    """

    def build(keras: Any) -> Any:
        kinds = {
            "C": lambda: keras.layers.Conv2D(50, 3, activation=hidden),
            "P": lambda: keras.layers.MaxPooling2D(2),
            "A": lambda: keras.layers.AveragePooling2D(2),
            "G": keras.layers.GlobalAveragePooling2D,
            "F": keras.layers.Flatten,
            "D": lambda: keras.layers.Dense(units, activation=hidden),
            "O": lambda: keras.layers.Dense(n_outputs, activation=last),
        }
        return keras.Sequential([keras.Input(shape), *(kinds[layer]() for layer in layers)])

    return build


def flaws_of_training(layers: str, shape: tuple[int, ...], takes: int = 0) -> tuple[Flaw, ...]:
    """Return the flaws of networks that have the right layers and cannot be trained well.

    Parameters
    ----------
    layers : str
        The layers of a right network up to its outputs, for the examples.
    shape : tuple of int
        Its input.
    takes : int
        Number of arguments where the answer is a function that builds it, 0 where it is a network.

    Returns
    -------
    tuple of Flaw
        Dropout behind the outputs, frozen weights, and whatever Keras has against it.
    """

    def example(change: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
        def build(keras: Any, shape: Any = shape, layers: str = layers) -> Any:
            return change(keras, network(layers + "O", shape)(keras))

        if not takes:
            return build
        # The examples have as many blocks as they are asked for.
        return lambda keras: lambda shape, n: build(keras, shape, "CP" * n + "FD")

    def drop(keras: Any, model: Any) -> Any:
        return keras.Model(model.inputs[0], keras.layers.Dropout(0.5)(model.outputs[0]))

    def freeze(keras: Any, model: Any) -> Any:
        model.trainable = False
        return model

    def spoil(keras: Any, model: Any) -> Any:
        class Stubborn(keras.layers.Layer):
            def call(self, x: Any, training: bool = False) -> Any:
                if training:
                    raise TypeError("not in training")
                return x

        return keras.Model(model.inputs[0], Stubborn()(model.outputs[0]))

    return (
        Flaw(lambda facts: facts.order.endswith("d"), LATE_DROPOUT, example(drop)),
        Flaw(lambda facts: facts.learns == 0, FROZEN, example(freeze)),
        Flaw(lambda facts: not facts.trains, UNTRAINABLE, example(spoil)),
    )
