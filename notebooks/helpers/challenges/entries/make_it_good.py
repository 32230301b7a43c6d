"""The challenges of notebook 8: augmentation, normalization, a borrowed body."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import math
import re

import numpy as np

from helpers.challenges.entries.common import LOGITS, PHOTO, add
from helpers.challenges.forms import Choice, Flaw, Option
from helpers.challenges.functions import Builder, case
from helpers.challenges.reading import walk

SMALL = (24, 20, 3)


def changing(*layers):
    """Return a function of keras that makes a version of augmentation, of names and arguments."""

    def make(keras):
        def augmentation():
            return keras.Sequential([getattr(keras.layers, name)(*args) for name, *args in layers])

        return augmentation

    return make


FLIP, SHIFT = ("RandomFlip", "horizontal"), ("RandomTranslation", 0.1, 0.1)


def random_layers(facts):
    """Return the random layers of a network, by the names of their classes."""
    return {type(layer).__name__: layer for layer in facts.model.layers}


def change(facts, training):
    """Let a network change some pictures, and return them before and after."""
    pictures = np.random.default_rng(1).random((8, *facts.input_shape)).astype("float32")
    return pictures, np.asarray(facts.model(pictures, training=training)).astype("float32")


def flips(facts):
    """Return how its flip turns pictures: "horizontal", "vertical" or both; "" without one."""
    flip = random_layers(facts).get("RandomFlip")
    return flip.mode if flip else ""


def turns_too_far(facts):
    rotation = random_layers(facts).get("RandomRotation")
    # A factor is a part of a whole turn.
    return rotation is not None and max(map(abs, np.ravel(rotation.factor))) > 0.15


def changes_nothing(facts):
    pictures, changed = change(facts, training=True)
    return changed.shape != pictures.shape or np.allclose(pictures, changed)


def leaves_range(facts):
    _, changed = change(facts, training=True)
    return changed.min() < -0.01 or changed.max() > 1.01


def stand_still(keras):
    layers = [keras.layers.RandomFlip("horizontal"), keras.layers.RandomZoom(0.0)]
    layers[0].call = lambda pictures, training=False: pictures
    return keras.Sequential(layers)


def blocking(order="CnrP", momentum=0.9, filters=None, padding="same", size=3, pool=2):
    """Return a function of keras that makes a version of block; the layers are as in Facts."""

    def make(keras):
        layers = keras.layers

        def block(x, filters_wanted):
            count = filters or filters_wanted
            kinds = {
                "C": lambda: layers.Conv2D(count, size, padding=padding),
                "R": lambda: layers.Conv2D(count, size, padding=padding, activation="relu"),
                "n": lambda: layers.BatchNormalization(momentum=momentum),
                "r": lambda: layers.Activation("relu"),
                "P": lambda: layers.MaxPooling2D(pool),
                "A": lambda: layers.AveragePooling2D(2),
            }
            for letter in order:
                x = kinds[letter]()(x)
            return x

        return lambda x, filters: block(x, filters)

    return make


def block_of_functions(keras):
    """Make a right version, with an activation that is a function, and no bias."""

    def block(x, filters):
        x = keras.layers.Conv2D(filters, (3, 3), padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        return keras.layers.MaxPooling2D()(keras.ops.relu(x))

    return block


def inputs(keras):
    return [
        case("small pictures", keras.Input((16, 16, 3)), 8),
        case("maps of other layers", keras.Input((12, 20, 5)), 4),
    ]


def heading(top="G", freeze=True, last=None, units=None, whole=False):
    """Return a function of keras that makes a version of with_new_head."""

    def make(keras):
        layers = keras.layers

        def with_new_head(body, n_classes):
            body.trainable = not freeze
            inputs = keras.Input(PHOTO)
            x = body(inputs, training=False)
            for letter in top:
                kinds = {
                    "G": layers.GlobalAveragePooling2D,
                    "M": layers.GlobalMaxPooling2D,
                    "F": layers.Flatten,
                    "D": lambda: layers.Dense(16, activation="relu"),
                }
                x = kinds[letter]()(x)
            x = layers.Dense(units or n_classes, activation=last)(x)
            model = keras.Model(inputs, x)
            if whole:
                model.trainable = False
            return model

        return with_new_head

    return make


def head_in_a_row(keras):
    """Make a right version, as a row of layers, which freezes the body layer by layer."""

    def with_new_head(body, n_classes):
        for layer in body.layers:
            layer.trainable = False
        layers = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(n_classes)]
        return keras.Sequential([keras.Input(PHOTO), body, *layers])

    return with_new_head


def forget_the_body(keras):
    """Make a version that has a body of its own."""
    return lambda body, n_classes: heading()(keras)(make_body(keras, 4), n_classes)


def make_body(keras, filters):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(PHOTO),
            layers.Conv2D(filters, 3, strides=4, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(2),
        ]
    )


def has_body(facts):
    """Tell whether the weights of the body that was given are part of the network."""
    ours = {id(weights) for weights in facts.model.weights}
    return all(id(weights) in ours for weights in facts.arguments[0].weights)


def averages(facts):
    """Count the layers that take the average of whole maps."""
    kinds = [type(layer).__name__ for layer in walk(facts.model)]
    return kinds.count("GlobalAveragePooling2D")


def size_of_head(facts):
    """Count the parameters of the head: a weight for each map and class, and the biases."""
    body, n_classes = facts.arguments
    return (body.output_shape[-1] + 1) * n_classes


add(
    "keeps-label",
    Choice,
    options={
        "A": Option("The picture is mirrored, left to right."),
        "B": Option("It is turned by a few degrees."),
        "C": Option(
            "It is turned upside down.",
            "Look at C again. The thing is still the same, and a person would name it. But nobody "
            "photographs a bed or a car upside down: the network would learn what it never meets.",
        ),
        "D": Option("It is shifted by a few pixels."),
        "E": Option(
            "Its colors are inverted: dark becomes bright, red becomes cyan.",
            "Look at E again. The outlines stay, so it seems harmless. But colors and shadows are "
            "part of what tells things apart, and no camera makes such pictures.",
        ),
        "F": Option(
            "A square of 40 × 40 pixels is cut out of its middle.",
            "Look at F again. Cutting out a small piece is a known remedy. But this one takes away "
            "most of the thing: what is left could be anything, and the label is a guess.",
        ),
    },
    answer="ABD",
    wrong="What you chose keeps the label, but there is more. Ask of each: could this be "
    "another photograph of the same thing?",
    hint="two questions for each: would a person still give the same name, and could such a "
    "picture come up later, when the network is used?",
    right="Mirrored, turned a little, shifted: each could be another photograph of the same thing. "
    "With other pictures it is another choice. What about digits? A mirrored one is a mistake, and "
    "one that is turned upside down may be another digit.",
    secrets=(r"\b[ABD]\b", "(?i)mirror"),
    numbers="40  # the task; 40  # the task",
    expect="Expect C or F from those who only ask whether a person could still name the thing. "
    "Ask the other question: who would ever hand such a picture to the finished network?",
)

add(
    "augmentation",
    Builder,
    stub="augmentation()",
    pictures=SMALL,
    answer=(
        changing(FLIP, SHIFT),
        lambda keras: (
            lambda: keras.Sequential([keras.Input(PHOTO), *changing(FLIP, SHIFT)(keras)().layers])
        ),
        changing(FLIP, ("RandomRotation", 0.05), ("RandomZoom", 0.1)),
    ),
    cases=lambda keras: [case("no arguments")],
    tempting=(
        Flaw(
            lambda facts: facts.count > 0,
            "There is a layer in it that learns. Augmentation only changes pictures, at random: it "
            "comes before the network, and has no weights.",
            changing(FLIP, ("Conv2D", 3, 1)),
        ),
        Flaw(
            lambda facts: facts.output_shape != facts.input_shape,
            "The pictures that come out have another shape than those that go in. The network "
            "behind it expects them as they were.",
            changing(FLIP, ("RandomCrop", 10, 10)),
        ),
        Flaw(
            lambda facts: not np.allclose(*change(facts, training=False)),
            "It changes pictures when nobody trains, too. A layer whose name begins with Random "
            "knows when training is over. Others do not.",
            changing(FLIP, SHIFT, ("Rescaling", 0.5)),
        ),
        Flaw(
            lambda facts: "vertical" in flips(facts),
            "It turns pictures upside down. That is what RandomFlip does unless it is told in "
            "which direction. A bed on the ceiling is not what the network will meet.",
            changing(("RandomFlip",), SHIFT),
        ),
        Flaw(
            lambda facts: flips(facts) != "horizontal",
            "Nothing in it mirrors pictures. Left and right can be changed in every picture of "
            "these classes: it is the change that costs least.",
            changing(SHIFT),
        ),
        Flaw(
            turns_too_far,
            "It turns pictures a long way. The factor of RandomRotation is no angle: it is a part "
            "of a whole turn. A few degrees are enough.",
            changing(FLIP, ("RandomRotation", 0.5)),
        ),
        Flaw(
            lambda facts: (
                not {"RandomTranslation", "RandomZoom", "RandomRotation"}
                & random_layers(facts).keys()
            ),
            "A mirror alone gives each picture one twin. Add a change that gives many: a shift, a "
            "zoom, or a turn.",
            changing(FLIP),
        ),
        Flaw(
            leaves_range,
            "Some values come out below zero or above one. Random layers that change brightness or "
            "contrast expect values up to that of a byte, unless value_range says otherwise.",
            changing(FLIP, SHIFT, ("RandomBrightness", 0.9)),
        ),
        Flaw(
            changes_nothing,
            "In training, the pictures come out as they went in. Is a factor zero?",
            lambda keras: lambda: stand_still(keras),
        ),
    ),
    hint="a keras.Sequential of two or three layers whose names begin with Random. Their factors "
    "are parts of the whole: of the width, or of a turn.",
    right="In training, the network never sees the same picture twice. When it is used, pictures "
    "stay as they are. What if the change is too strong? Then it learns to name pictures that "
    "nobody takes.",
    secrets=(r"RandomFlip\(", "horizontal"),
    expect="Expect a flip that was not told its direction, and a mirror with nothing beside it. "
    "Plot several results of one and the same picture: would somebody have taken each of "
    "these?",
)

add(
    "normalized-block",
    Builder,
    stub="block(x, filters)",
    answer=(blocking(), blocking("CnPr"), block_of_functions),
    cases=inputs,
    tempting=(
        Flaw(
            lambda facts: facts.order.count("C") != 1,
            "A block has one convolution. Yours has none, or more than one.",
            blocking("CCnrP"),
        ),
        Flaw(
            lambda facts: "n" not in facts.order,
            "There is no normalization in your block, or it hangs beside it: hand the result of "
            "each layer on to the next.",
            blocking("CrP"),
        ),
        Flaw(
            lambda facts: not set(facts.order) & {"P", "A", "G"},
            "There is no pooling, so the maps stay as large as they were.",
            blocking("Cnr"),
        ),
        Flaw(
            lambda facts: "P" not in facts.order,
            "The pooling is of another kind. The lesson's keeps the largest number of each square.",
            blocking("CnrA"),
        ),
        Flaw(
            lambda facts: facts.activations != ("relu",),
            "There is no relu in your block, or another activation. Without one, two blocks could "
            "do no more than one.",
            blocking("CnP"),
        ),
        Flaw(
            lambda facts: not re.fullmatch("Cn(rP|Pr)", facts.order),
            "The layers are there, in another order. Normalization brings the numbers around zero, "
            "and relu then cuts off what lies below: it can only do so if it comes later. Look for "
            "an activation inside the convolution, too.",
            blocking("RnP"),
        ),
        Flaw(
            lambda facts: facts.momenta[0] >= 0.98,
            "The momentum is what Keras takes unless you say otherwise. It is made for trainings "
            "of very many steps. In one as short as ours, the averages would be far behind.",
            blocking(momentum=0.99),
        ),
        Flaw(
            lambda facts: not math.isclose(facts.momenta[0], 0.9),
            "The momentum of your normalization is another one than that of the task.",
            blocking(momentum=0.5),
        ),
        Flaw(
            lambda facts: facts.output_shape[-1] != facts.arguments[1],
            "The number of maps that come out is not the one that was asked for. Did you write a "
            "number where the argument belongs?",
            blocking(filters=50),
        ),
        Flaw(
            lambda facts: facts.paddings != ("same",),
            "The convolution makes the maps smaller. Here only the pooling should, so that many "
            "blocks have room: look at its padding.",
            blocking(padding="valid"),
        ),
        Flaw(
            lambda facts: facts.output_shape[:2] != tuple(n // 2 for n in facts.input_shape[:2]),
            "The block should make height and width half as large, and no smaller.",
            blocking(pool=3),
        ),
        Flaw(
            lambda facts: facts.model.count_params() < 9 * facts.input_shape[-1],
            "The kernels are smaller than those of the task.",
            blocking(size=1),
        ),
    ),
    hint="four layers, one after the other, and the convolution without an activation of its own. "
    "What is normalized should still have both signs.",
    right="A block that learns faster, since what goes into relu always has the same scale. What "
    "if the batch were one picture? Then there would be nothing to take a mean of.",
    secrets=("BatchNormalization\\(", r"momentum=0\.9\b"),
    expect="Expect relu left inside the convolution, where it has always stood. Ask which "
    "numbers arrive at the normalization then, and what is still to be done after it.",
)

add(
    "new-head",
    Builder,
    stub="with_new_head(body, n_classes)",
    answer=(heading(), head_in_a_row),
    cases=lambda keras: [
        case("ten classes", make_body(keras, 6), 10),
        case("three classes", make_body(keras, 4), 3),
    ],
    tempting=(
        Flaw(
            lambda facts: not has_body(facts),
            "The body that was given is not part of your network. What it has learned is in its "
            "weights: call it like a layer.",
            forget_the_body,
        ),
        Flaw(
            lambda facts: facts.output_shape != (facts.arguments[1],),
            "The outputs do not fit: one for each class was asked for, n_classes in all. Did you "
            "write a number where the argument belongs?",
            heading(units=7),
        ),
        Flaw(
            lambda facts: "F" in facts.kinds,
            "You made one long vector of the maps. That works, but the head gets far more weights "
            "than a few pictures can teach. Keep one number of each map.",
            heading("F"),
        ),
        Flaw(
            lambda facts: facts.learns == 0,
            "Everything is frozen, the head as well. Then nothing can be learned: freeze the body "
            "only.",
            heading(whole=True),
        ),
        Flaw(
            lambda facts: bool(facts.arguments[0].trainable_weights),
            "The body can still be changed by training. The first steps, with a head that knows "
            "nothing yet, would spoil what it has learned.",
            heading(freeze=False),
        ),
        Flaw(
            lambda facts: facts.learns != size_of_head(facts),
            "The head has other layers than those of the task: one number for each map, and then "
            "the output layer, nothing between them.",
            heading("GD"),
        ),
        Flaw(
            lambda facts: facts.kinds[-2:] != "GD" or averages(facts) != 1,
            "One number is kept of each map, but which? The task asks for its average.",
            heading("M"),
        ),
        Flaw(lambda facts: facts.activations[-1] != "linear", LOGITS, heading(last="softmax")),
    ),
    hint="a network can be called like a layer, and what it returns are maps. What is frozen is a "
    "property of the body, not of the whole.",
    right="All that training changes is the head, a few weights for each class. What if there are "
    "many pictures? Then, after a while, let the last layers of the body learn, too, in small "
    "steps.",
    secrets=(r"trainable ?= ?False", r"GlobalAverage"),
    expect="Expect a body that training may still change, and Flatten out of habit. Ask how many "
    "numbers are to be learned, and from how many pictures.",
)
