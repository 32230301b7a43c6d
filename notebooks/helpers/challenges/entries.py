"""The challenges: all that is known of each stands in its one entry.

README.md beside this file says how to add one.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from helpers.backstage.arithmetic import count_layers
from helpers.challenges.forms import (
    Challenge,
    Choice,
    Flaw,
    Network,
    Number,
    Open,
    Option,
    Span,
    Term,
    Text,
    make,
    one,
)

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
    "Before the first dense layer, make one long vector of the maps."
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


# Notebook 1

add(
    "features",
    Choice,
    options={
        "A": Option(
            "64",
            "64 is the number of pixels along one side of a picture. You need all values of "
            "the picture. Look at the shape of one picture.",
        ),
        "B": Option(
            "4,096",
            "4,096 is the number of pixels, 64 × 64. It would do for a gray picture. "
            "In a color picture a pixel is more than one value: look at the last number of "
            "the shape.",
        ),
        "C": Option("12,288"),
        "D": Option(
            "878",
            "878 is the first number in the shape of the training data. It counts the "
            "pictures. The question is about one picture only.",
        ),
    },
    answer="C",
    tempting=(
        one(
            32 * 32 * 3, "3,072 is right for pictures of 32 × 32 pixels. Look at the size of yours."
        ),
        one(FEATURES / 1000, DECIMAL),
        one(
            PICTURES * FEATURES, "That is the number of values in all pictures. Count one picture."
        ),
    ),
    wrong="Each value of each pixel is one feature. Look at the shape of one picture, and "
    "think about how its three numbers go together.",
    hint="how many pixels does one picture have, and how many values does each pixel have?",
    right="A picture has 64 × 64 pixels, and each has a value for red, green and blue: "
    "12,288 features. What if the pictures were 32 × 32? Then it is 3,072: half the side, "
    "a quarter of the features.",
    secrets=(r"\bC\b", "12,?288"),
    numbers="size; size; size**2; size**2; size; size; features; train; train; features // 4;"
    "size // 2; size // 2; size; size; features; size // 2; size // 2; features // 4",
)

# Notebook 2

add(
    "dense-parameters",
    Choice,
    options={
        "A": Option(
            "1,228,800",
            "1,228,800 counts every weight, features times units. It forgets the bias. "
            "Look again at what a neuron adds to its weighted sum.",
        ),
        "B": Option("1,228,900"),
        "C": Option(
            "100",
            "100 is the number of units, and of their biases. But each unit also has "
            "weights. Look at the picture of the dense layer: how many lines end in one unit?",
        ),
        "D": Option(
            "12,288",
            "12,288 is the number of inputs, so it is the number of weights of one unit. "
            "Look at how many units the layer has, and at what else belongs to a unit.",
        ),
    },
    answer="B",
    tempting=(
        one(FEATURES + 1, "That is one unit: its weights and its bias. The layer has more units."),
        one(FEATURES * 100 + 1, "That is one bias for the whole layer. Each unit has its own."),
        one(
            (32 * 32 * 3 + 1) * 100,
            "That is right for pictures of 32 × 32 pixels. Yours are larger.",
        ),
        one(32 * 32 * 3 * 100, "That fits pictures of 32 × 32 pixels, and it forgets the bias."),
    ),
    wrong="Parameters are all numbers that the layer learns: weights and biases. Look at "
    "the parts of a neuron.",
    hint="count for one unit first: one weight for each feature, and one bias. "
    "Then think of all units.",
    right="12,288 × 100 weights and 100 biases make 1,228,900 parameters. What if the "
    "pictures were 32 × 32? Then it is 307,300: a quarter of the pixels needs about a "
    "quarter of the parameters.",
    secrets=(r"\bB\b", "1,?228,?900"),
    numbers="features * 100; features * 100; dense(features, 100); 100  # the task;"
    "100  # the task; features; features; size // 2; size // 2; size // 2; size // 2; features;"
    "100  # the task; 100  # the task; dense(features, 100); size // 2; size // 2;"
    "dense(features // 4, 100)",
)

add(
    "border-pixels",
    Open,
    answer=("they are dropped", "Leave these pixels out.", "Put a frame of zeros around it."),
    wrong="Write a sentence or two in your own words first, even if you only guess. Then you "
    "get points to compare them with.",
    hint="would you do without those places, or is there something that you could put where the "
    "picture has ended?",
    right="At the border a part of the kernel would lie outside the picture. One way is to "
    "leave such places out. The result is then smaller: 64 × 64 becomes 62 × 62. This is "
    'called "valid", and it is what Keras does unless you say otherwise. Another way is to '
    "add a frame around the picture, of zeros or of copied values. The result then keeps "
    'its size. In Keras this is called "same", and the frame is made of zeros. What if the '
    "kernel had 5 × 5 numbers? Without a frame, 60 × 60 would be left.",
    secrets=("valid", "same", "frame", "zero"),
    numbers="size; size; shape('conv 1'); shape('conv 1', 1); 5  # an example; 5  # an example;"
    "shape('conv 1', kernel_size=5); shape('conv 1', 1, kernel_size=5)",
)

add(
    "conv-parameters",
    Number,
    answer=(one(3 * 3 * 3 * 100),),
    tempting=(
        one(
            (3 * 3 * 3 + 1) * 100,
            "2,800 counts a bias for each filter. The task leaves the bias out.",
        ),
        one(
            3 * 3 * 100,
            "900 takes 3 × 3 weights for each filter. That is one channel. Look at how many "
            "channels come in: a filter has a kernel for each of them.",
        ),
        one(
            (3 * 3 + 1) * 100,
            "1,000 takes 3 × 3 weights and a bias for each filter. The task leaves the bias "
            "out, and a filter has a kernel for each channel that comes in.",
        ),
        Span(27, 28, "That is one filter. The layer has more of them."),
        one(3 * 100, "300 leaves out the height and the width of the window. Look at its size."),
        one(62 * 62 * 100, "That is the number of values that come out. Count what is learned."),
        one(
            64 * 64 * 100,
            "That would be the number of values that come out, with a frame around the picture. "
            "Count what is learned.",
        ),
        one(
            62 * 62 * 3 * 3 * 3 * 100,
            "That gives each place in the picture filters of its own. But the window slides: "
            "the weights are the same everywhere.",
        ),
        one(
            (FEATURES + 1) * 100,
            "That is the dense layer. Here the window is small, and it slides.",
        ),
        one(2.7, DECIMAL),
    ),
    wrong="Count the weights of one filter first. Look at how many channels come in. The size "
    "of the picture plays no part.",
    hint="think of one filter as a block of numbers: as high and as wide as the window. How deep "
    "is it?",
    right="A filter has 3 × 3 × 3 = 27 weights, and there are 100: 2,700 parameters, or 2,800 "
    "with a bias for each. The dense layer with 100 units had 1,228,900, about 455 times as "
    "many. What if the pictures were 32 × 32? The convolution keeps its 2,700. The dense "
    "layer has 307,300, about 114 times as many.",
    secrets=("2,?700",),
    numbers="conv(3, channels, 100); conv(3, 1, 100) - 100; 3  # the task; 3  # the task;"
    "conv(3, 1, 100); 3  # the task; 3  # the task; channels * 100;"
    "3  # the task; 3  # the task; channels; 3**2 * channels; 100  # the task;"
    "3**2 * channels * 100; conv(3, channels, 100); 100  # the task; dense(features, 100);"
    "dense(features, 100) / (3**2 * channels * 100); size // 2; size // 2;"
    "3**2 * channels * 100;"
    "dense(features // 4, 100); dense(features // 4, 100) / (3**2 * channels * 100)",
)

add(
    "inspect-network",
    Text,
    answer=(
        Term(
            r"^(?!.*(conv|flat|pool|shape|\bor\b|input.*output))"
            r".*(dense|output|logits|fully.?connected|\blast\b|\bfinal\b)",
            (
                "outputs",
                "Dense",
                "the last dense layer",
                " OUTPUT layer ",
                "outputs, not conv_2",
                "I did not expect it: outputs",
                "it is the last layer, because of flatten",
            ),
        ),
        Term(
            r"^(?!.*(conv|pool|shape)).*\b(after|behind|follow\w*)\s+(the\s+)?flat",
            ("dense after flatten", "the layer after Flatten"),
        ),
        Span(98, 99.2),
        Span(0.98, 0.992),
        one((60 * 60 * 50 + 1) * 10),
    ),
    tempting=(
        Term(
            r"(dense|output).*(conv|flatten)|(conv|flatten).*(dense|output)",
            ("dense or conv", "flatten and outputs"),
            "Name one layer only, as the summary names it.",
        ),
        Term(
            r"shape",
            ("output shape",),
            "The shapes say how many values come out of a layer, not how many numbers it learns. "
            "Look at the next column of the summary.",
        ),
        Term(
            r"conv",
            ("conv_2", "the last convolution"),
            "Convolutions do most of the computing, so this is what many expect. But a kernel "
            "is small, and it is reused everywhere. Compare the numbers of parameters in the "
            "summary.",
        ),
        Term(
            r"flat",
            ("Flatten",),
            "Flatten gives the longest vector, 180,000 values, but it learns nothing. It only "
            "puts values in a row. Look at the column of parameters in the summary.",
        ),
        Term(r"input", ("inputs",), "The input only holds the picture. It has no parameters."),
        one(
            60 * 60 * 50 * 10,
            "That counts the weights of the layer without its biases. Look at the summary.",
        ),
        one(
            28 * 50 + 451 * 50 + (60 * 60 * 50 + 1) * 10,
            "That is the whole network. Which layer has most of it?",
        ),
        one(60 * 60 * 50, "That is the number of values after Flatten, not of parameters."),
        one((3 * 3 * 50 + 1) * 50, "That is the second convolution. Look for a larger number."),
    ),
    wrong="Look at the column of parameters in the summary. Find the layer with the largest "
    "number, and give its name.",
    hint="a convolution needs few parameters, and Flatten none. Look for the layer that has a "
    "weight for each of the 180,000 values, and that several times.",
    right="The last dense layer has 1,800,010 of the 1,823,960 parameters, 98.7%. Flatten "
    "puts the 60 × 60 × 50 values into a vector of 180,000, and each of the ten units has a "
    "weight for each of them. What if the pictures were 32 × 32? Then it is 392,010 of "
    "415,960, still 94.2%.",
    secrets=("(?i)dense", "(?i)output", "98", "1,?800,?010"),
    numbers="shape('flatten', pools=[False] * 2); shape('flatten', pools=[False] * 2);"
    "dense(shape('flatten', pools=[False] * 2), classes);"
    "conv(3, channels, 50) + conv(3, 50, 50) + dense(60**2 * 50, classes);"
    "dense(60**2 * 50, classes) /"
    " (conv(3, channels, 50) + conv(3, 50, 50) + dense(60**2 * 50, classes));"
    "shape('conv 2', 0, pools=[False] * 2); shape('conv 2', 1, pools=[False] * 2);"
    "shape('conv 2', 2, pools=[False] * 2); shape('flatten', pools=[False] * 2);"
    "size // 2; size // 2; dense(28**2 * 50, classes);"
    "conv(3, channels, 50) + conv(3, 50, 50) + dense(28**2 * 50, classes);"
    "dense(28**2 * 50, classes) /"
    " (conv(3, channels, 50) + conv(3, 50, 50) + dense(28**2 * 50, classes))",
)

# Notebook 3

add(
    "network-depth",
    Network,
    answer=(network("CPCPCPFDO"), network("CPCPCPFDO", (32, 32, 3))),
    tempting=(
        Flaw(
            lambda facts: facts.blocks == "CPCP",
            "It is the network you started with. A line that adds a layer is easy to lose: "
            "give its result a name, and hand that name on to the next layer.",
            network("CPCPFDO"),
        ),
        Flaw(
            lambda facts: facts.blocks == "CPCPC",
            "The new convolution makes it deeper, so it seems done. But the pooling is "
            "missing. Look at what follows each of the other convolutions.",
            network("CPCPCFDO"),
        ),
        Flaw(
            lambda facts: facts.blocks == "CPCPP",
            "The new pooling is there, but a block begins with something that can learn. "
            "Look at what stands before each of the other poolings.",
            network("CPCPPFDO"),
        ),
        Flaw(
            lambda facts: facts.blocks == "CPCPPC",
            "Both new layers are there, in the wrong order. Compare with the other blocks.",
            network("CPCPPCFDO"),
        ),
        Flaw(
            lambda facts: facts.blocks == "CPCPCPCP",
            "It has one block more than the task asks for.",
            network("CPCPCPCPFDO"),
        ),
        Flaw(
            lambda facts: facts.blocks != "CPCPCP",
            "The order of its layers is not that of the task. Start from the network with two "
            "blocks, and add to it without changing what is there.",
            network("CCPCPFDO"),
        ),
        Flaw(
            lambda facts: "A" in facts.kinds,
            "One of its poolings takes the average. Compare it with the poolings of the network "
            "that you started with: which number of each square do they keep?",
            network("CPCPCAFDO"),
        ),
        Flaw(lambda facts: bool(re.match("[^FG]*D", facts.kinds)), NO_FLATTEN, network("CPCPCPDO")),
        Flaw(
            lambda facts: facts.kinds != "CPCPCPFDD",
            "What follows the three blocks is not what followed the two. Compare: Flatten, a "
            "hidden dense layer, and the output layer.",
            network("CPCPCPGDO"),
        ),
        Flaw(
            lambda facts: facts.count != parameters(facts.input_shape, pools=[True] * 3),
            "It has the three blocks, but not the sizes of the task. Compare the new block "
            "with the other two: filters, size of the kernel, padding, size of the pooling. Then "
            "compare the units of the dense layers.",
            network("CPCPCPFDO", units=40),
        ),
        Flaw(
            lambda facts: set(facts.activations[:-1]) != {"relu"},
            "A layer lacks its activation, or has another one. Each convolution and the hidden "
            "dense layer had relu.",
            network("CPCPCPFDO", hidden=None),
        ),
        Flaw(
            lambda facts: facts.activations[-1] != "linear",
            LOGITS,
            network("CPCPCPFDO", last="softmax"),
        ),
    ),
    hint="the new block stands between the last pooling and Flatten. It is a copy of the "
    "block before it: each line takes the result of the line before.",
    right="Your network has three blocks. It has fewer parameters than the one with two: for "
    "pictures of 64 × 64, 137,060 instead of 514,510. Before Flatten, 14 × 14 became 6 × 6, "
    "and the dense layer loses far more weights than the convolution adds. What if you leave "
    "out the new pooling? 12 × 12 are left, and the network has 407,060 parameters.",
    secrets=("137,?060", "fewer"),
    numbers="size; size; parameters(blocks=3); parameters(); shape('pool 2'); shape('pool 2', 1);"
    "shape('pool 3', blocks=3); shape('pool 3', 1, blocks=3); shape('conv 3', blocks=3);"
    "shape('conv 3', 1, blocks=3); parameters(pools=[True, True, False])",
)

add(
    "when-to-convolve",
    Choice,
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
    answer="BCD",
    wrong="What you chose fits, but there is more. It does not take a picture: look for data "
    "whose order means something, in space or in time.",
    hint="ask of each task: if you put the values of every example into another order, the "
    "same for all, would anything be lost? If not, a convolution has nothing to find.",
    right="A convolution looks for patterns among neighbors, and finds them wherever they "
    "are. Days and sounds have neighbors in time, pixels in space. The columns of the table "
    "have none: any order would do. What if the data were texts or molecules? Words and "
    "atoms have neighbors, too.",
    secrets=(r"\b[BCD]\b", "(?i)weather", "(?i)sound", "(?i)photo"),
)

# Notebook 4

add(
    "training-curve",
    Choice,
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
    answer="C",
    wrong="Look at both curves, and at which pictures each is measured on.",
    hint="a network can learn its training pictures by heart. Which curve would notice?",
    right="The training loss falls quickly and with little jitter, but it says nothing about "
    "new pictures. The validation loss gives the hint: it has stopped falling, or even "
    "rises, while the training loss falls on. That is overfitting. What if you trained twice "
    "as long? Look at which way the gap goes.",
    secrets=(r"\bC\b", "overfit"),
)

add(
    "dense-against-conv",
    Network,
    answer=(network("FDDO"), network("FDDO", (32, 32, 3))),
    tempting=(
        Flaw(
            lambda facts: bool(re.search("[CPAG]", facts.kinds)),
            "Your network still has convolution or pooling layers. It is easy to keep them, "
            "since they worked well. Here you find out how a network does without them.",
            network("CPCPFDO"),
        ),
        Flaw(
            lambda facts: not facts.kinds.startswith("F"),
            "A dense layer takes a picture without complaint, but then it works on the three "
            "color values of each pixel alone. First make one long vector of the picture.",
            network("DDFO"),
        ),
        Flaw(
            lambda facts: facts.kinds.count("D") != 3,
            "The number of its dense layers is another one. It is easy to miscount, because the "
            "output layer is a dense layer too. Compare with the list in the task.",
            network("FDO"),
        ),
        Flaw(
            lambda facts: (
                facts.count
                != (math.prod(facts.input_shape) + 1) * 50 + (50 + 1) * 50 + (50 + 1) * 10
            ),
            "The layers are there. Compare the number of units of each with the task.",
            network("FDDO", units=100),
        ),
        Flaw(
            lambda facts: facts.activations[:-1] != ("relu", "relu"),
            "The layers and their sizes are there. Compare the activation of each hidden layer "
            "with the task.",
            network("FDDO", hidden=None),
        ),
        Flaw(lambda facts: facts.activations[-1] != "linear", LOGITS, network("FDDO", last="relu")),
    ),
    hint="the network is Flatten, two hidden layers of 50 units, and an output layer of 10 "
    "units. Hand the result of each line on to the next.",
    right="617,510 parameters, more than the 514,510 of the convolutional network. It sees "
    "every pixel at once, but it must learn a pattern anew for each place. Train both for "
    "the same number of epochs, and compare their validation accuracy.",
    secrets=("617,?510",),
    numbers="code('solution-dense-build', 0, '04'); classes;"
    "dense(features, 50) + dense(50, 50) + dense(50, classes);"
    "parameters()",
)

add(
    "learning-rate",
    Choice,
    options={
        "A": Option(
            "0.1",
            "Large steps look fast, but they can jump over every good place. Run the next "
            "cells and look at the loss with 0.1: is it below 2.303, the loss of guessing?",
        ),
        "B": Option("0.001"),
        "C": Option(
            "0.00001",
            "Small steps look careful, and the curve is smooth. Run the next cells and look "
            "at how far the loss with 0.00001 comes down in the same number of epochs.",
        ),
    },
    answer="B",
    wrong="Run the next cells, and choose the rate whose loss comes down furthest.",
    hint="one of the rates jumps about, and one hardly moves. Which is left?",
    right="With 0.001 the steps are large enough to get somewhere, and small enough not to "
    "jump about. It is also what Adam uses unless you say otherwise. What if you had no "
    "idea where to start? Try rates that differ by a factor of ten.",
    secrets=(r"\bB\b", r"0\.001\b"),
    numbers="code('train-rates', 0, notebook='04'); code('train-rates', 0, notebook='04');"
    "ln(classes); code('train-rates', 1, notebook='04'); code('train-rates', 2, notebook='04');"
    "code('train-rates', 2, notebook='04'); code('train-rates', 1, notebook='04')",
)

add(
    "batch-steps",
    Number,
    answer=(one(math.ceil(PICTURES / 32)),),
    tempting=(
        Span(
            27,
            27.5,
            "You divided the right numbers. But the pictures that are left over after the "
            "last full batch are used too.",
        ),
        one(32, "32 is the size of a batch. How many batches does it take?"),
        one(PICTURES, "878 steps would be one for each picture. A step takes a whole batch."),
        Span(270, 280, "That is ten epochs. The question is about one."),
        one(1, "An epoch is one pass over all pictures. A step is one batch of them."),
        one(PICTURES * 32, "You multiplied. Think of how many batches the pictures make."),
    ),
    wrong="One step uses one batch. Look at the number of training pictures and at the size "
    "of a batch.",
    hint="divide the number of pictures by the size of a batch. The rest makes a last, "
    "smaller batch.",
    right="878 / 32 is 27.4: 27 full batches, and a last one with the 14 pictures that are "
    "left. So the weights change 28 times in an epoch. What if there were 10,000 pictures? "
    "313 steps.",
    secrets=(r"\b28\b",),
    numbers="32  # batch_size of fit, unless given; train; train; 32  # batch_size of fit;"
    "train / 32; train // 32; train % 32; ceil(train / 32); 10_000  # an example;"
    "ceil(10_000 / 32)",
)

add(
    "change-the-loss",
    Choice,
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
    answer="B",
    wrong="Try it on one picture, with and without the flag, and compare what you get.",
    hint="without the flag, Keras takes the outputs for probabilities. Does anything in the "
    "network check that?",
    right="Without the flag Keras takes logits for probabilities, and nothing warns you. For "
    "the logits 2, -1 and 0.5 of a picture of the first category, the loss should be 0.241. "
    "With TensorFlow it becomes 0.405 for integer labels, and 0 for one-hot labels. With the "
    "flag, both kinds of labels give the same loss. What if the last layer had softmax? Then "
    "from_logits=False would be right.",
    secrets=(r"\bB\b", "wrong loss"),
    # As TensorFlow computes them: all is cut off at 0 and 1 before the logarithm.
    numbers="2  # an example; -1  # an example; 0.5  # an example;"
    "ln(exp(2) + exp(-1) + exp(0.5)) - 2; ln(1 + 0 + 0.5) - ln(1); ln(max(1.5 / 2, 1))",
)

# Notebook 5

add(
    "tuning-term",
    Text,
    answer=(
        Term(
            r"hyper\W*par[ae]m.*(tun|optimi|search|select)"
            r"|(tun|optimi|search|select).*hyper\W*par[ae]m",
            (
                "hyperparameter tuning",
                "Hyper-parameter Tuning",
                "hyperparameter search",
                "tuning of hyperparameters",
                "hyper parameter optimisation",
                "hyperparemeter tuning",
            ),
        ),
    ),
    tempting=(
        Term(
            r"hyper\W*par[ae]m",
            ("hyperparameters",),
            "That is the kind of number that you varied. What do you call looking for its "
            "best value?",
        ),
        Term(
            r"fine\W*tun",
            ("fine-tuning",),
            "That means to train a trained network a little further, often on other data. "
            "Here each network starts anew.",
        ),
        Term(
            r"grid|random|search",
            ("grid search",),
            "That is one way to do it. The term asked for is wider: it says what you look for.",
        ),
        Term(r"tun", ("tuning",), "That is one half of the term. What is it that you adjust?"),
        Term(
            r"\btrial|\berror|\btry|experiment",
            ("trial and error", "trying"),
            "That is how it is done. The term says what is done: one word for the kind of "
            "setting, and one for adjusting it.",
        ),
        Term(
            r"train|\bfit|learn",
            ("training",),
            "Training finds the weights. The dropout rate is set before, and training "
            "does not change it. You choose it before each training.",
        ),
        Term(
            r"regulari|drop",
            ("regularization", "dropout"),
            "That is what dropout is for. The question is what you do when you try several "
            "rates and keep the best one.",
        ),
        Term(
            r"validat|evaluat|test",
            ("cross-validation",),
            "That is how you measure a network. The question is what trying several rates is for.",
        ),
        Term(
            r"optimi",
            ("optimization",),
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
    secrets=("(?i)hyperparameter",),
)

# Notebook 6

add(
    "dropout-rate",
    Number,
    # Of the rates in data/runs/runs.csv ("sweep 0.2" and so on) those are right whose mean loss,
    # give or take a standard deviation over the seeds, meets that of the best, and 0.05 around.
    answer=(Span(0.3, 0.55),),
    tempting=(
        one(
            0,
            "A rate of 0 drops nothing: this is the network without dropout, and it overfits. "
            "You saw the gap between its two curves in notebook 5.",
        ),
        one(1, "A rate of 1 would drop everything, and nothing could be learned."),
        Span(-math.inf, 0, "A share cannot be below 0. Give the rate as a share of the values."),
        Span(
            0,
            0.3,
            "In a single run a low rate may come out as good as the best, perhaps also in yours: "
            "one run cannot tell. Over five seeds, the loss with 0.2 was on average 0.14 higher "
            "than the lowest, and that is more than luck. Look a little further to the right.",
        ),
        Span(
            0.55,
            1,
            "A high rate fights overfitting hard, which seems best. But so little is left "
            "that the network learns too little: it underfits. Over five seeds, the loss with 0.65 "
            "was on average 0.21 higher than the lowest. Look at rates further to the left.",
        ),
        Span(1, math.inf, "The rate is a share of the values, from 0 to 1. Write it as such."),
    ),
    wrong="The rate is a share of the values, from 0 to 1.",
    hint="find the lowest point of the curve of validation loss against rate. If it lies at "
    "one end in your run, look at its neighbors, and train again with another seed: "
    "small differences are chance.",
    right="The validation loss is lowest about here: over five seeds, it was on average 1.88 "
    "with 0.35, and 1.83 with 0.5. With a lower rate the network overfits more, with a higher "
    "one it underfits. What if you trained with another seed? The best rate moves a little, "
    "because its neighbors are nearly as good.",
    secrets=(r"0\.[345]",),
    numbers="0  # the task; here('dropout'); 1  # the task; 0  # a share; 0.2  # in runs.csv;"
    "runs('sweep 0.2', 'best_val_loss') - runs('sweep 0.5', 'best_val_loss');"
    "0.65  # in runs.csv; runs('sweep 0.65', 'best_val_loss') - runs('sweep 0.5', 'best_val_loss');"
    "0  # a share; 1  # a share; 0  # a share; 1  # a share; runs('sweep 0.35', 'best_val_loss');"
    "0.35  # in runs.csv; runs('sweep 0.5', 'best_val_loss'); 0.5  # in runs.csv",
)

add(
    "grid-results",
    Choice,
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
            "The model with 2 layers and a dropout rate of 0.5 is the best, with a score of 2.144.",
            "Look at D again. 2.144 is the highest score, and for accuracy this would be "
            "the best. What is the score here, and should it be high or low?",
        ),
        "E": Option(
            "The model with 2 layers and a dropout rate of 0.8 is the best, with a score of 2.086."
        ),
        "F": Option(
            "The best possible combination of these hyperparameters was found.",
            "Look at F again. The search found the best of what it tried. What about values "
            "that are not in the grid?",
        ),
    },
    answer="AE",
    wrong="What you chose is true, but there is more. Judge each statement on its own.",
    hint="a trial is one combination, with a network of its own. The score is the validation "
    "loss. And a search knows only what it tried.",
    right="Two numbers of layers and three rates make six combinations, each with a network "
    "of its own. The score is a loss, so the lowest wins: 2.086. Other values, such as 3 "
    "layers and a rate of 0.6, may do better still. What if a trial ran again with another "
    "seed? Scores this close can change places.",
    secrets=(r"\b[AE]\b", r"2\.086", r"0\.8"),
    numbers="2  # the Carpentries lesson, its grid; 0.5  # the Carpentries lesson, its grid;"
    "2.144  # the Carpentries lesson, its grid; 2.144  # the Carpentries lesson, its grid;"
    "2  # the Carpentries lesson, its grid; 0.8  # the Carpentries lesson, its grid;"
    "2.086  # the Carpentries lesson, its grid; 2.086  # the Carpentries lesson, its grid;"
    "3  # an example; 0.6  # an example",
)

add(
    "second-grid",
    Number,
    answer=(one(2 * 2),),
    tempting=(
        one(2, "2 is the number of hyperparameters. A trial is one combination of values."),
        one(3, "3 is right if you change one thing at a time. A grid tries every pair."),
        one(6, "6 is the first grid. This one has other values: count them again."),
        one(8, "8 takes one factor of 2 too many. Count the values of each hyperparameter."),
        one(1, "One network would be one combination. A grid tries all of them."),
    ),
    wrong="Count the values of each hyperparameter. A grid tries every combination.",
    hint="write down the pairs: each activation with each size of the kernel.",
    right="Two activations times two sizes of the kernel make 4 trials. Give the search a new "
    "project_name and overwrite=True, or it shows you old results. What if you add a "
    "third size? 6 trials: each hyperparameter multiplies the work.",
    secrets=(r"\b4\b", "four"),
    numbers="2  # activation and kernel size; 1 + 1 + 1  # one change each;"
    "2 * 3  # the first grid; 2**3  # a factor too many; 2  # values of each; 2 * 2  # pairs;"
    "2 * 3  # pairs",
)

# Notebook 7

add(
    "honest-evaluation",
    Choice,
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
    answer="ACE",
    wrong="What you chose is true, but there is more. Follow each set of pictures from the "
    "first notebook to here.",
    hint="choosing the best of many scores also chooses luck. Which pictures did the choosing, "
    "and which would know nothing of it?",
    right="The validation pictures changed no weight, but they chose the network. The best of "
    "many scores is partly luck, so it is optimistic. A test set that no choice has touched "
    "gives a fair score. What if you look at the test score and then change the network? "
    "Then the test set has chosen too.",
    secrets=(r"\b[ACE]\b",),
)

# Notebook 9

add(
    "practice",
    Network,
    answer=(
        network("CPCPFDO", DIGIT),
        network("CPCPCPFDO", DIGIT),
        network("CPCPGDO", DIGIT),
        network("CAFO", DIGIT, hidden="tanh"),
    ),
    tempting=(
        Flaw(
            lambda facts: "C" not in facts.kinds,
            "Your network has no convolution. Dense layers alone can read simple pictures too, "
            "but here you practice what you learned: begin with a block of convolution and "
            "pooling.",
            network("FDO", DIGIT),
        ),
        Flaw(
            lambda facts: facts.input_shape == PHOTO,
            "Your network is the one for color pictures of 64 × 64 pixels. Layers can stay as "
            "they are, the input cannot. Look at the shape of one of the new pictures.",
            network("CPCPFDO"),
        ),
        Flaw(
            lambda facts: facts.input_shape[-1:] != (1,),
            "Your network does not expect gray pictures. They have one value at each pixel, "
            "and the number of channels stands last in the shape.",
            network("CPCPFDO", (28, 28, 3)),
        ),
        Flaw(
            lambda facts: facts.input_shape != DIGIT,
            "The input of your network does not fit the new pictures. Print their shape, and "
            "compare it with the input of your network.",
            network("CPFDO", (8, 8, 1)),
        ),
        Flaw(
            lambda facts: not re.search("[PAG]", facts.kinds),
            "Your network has no pooling. It would train, but with a very long vector after "
            "Flatten. Look at what follows each convolution in the lesson's network.",
            network("CFDO", DIGIT),
        ),
        Flaw(
            lambda facts: bool(re.match("[^FG]*D", facts.kinds)), NO_FLATTEN, network("CPDO", DIGIT)
        ),
        Flaw(
            lambda facts: facts.output_shape != (10,),
            "The last layer of your network has another size than it needs: one unit for each "
            "category. Count the different labels.",
            network("CPFDO", DIGIT, n_outputs=1),
        ),
        Flaw(
            lambda facts: "linear" in facts.activations[:-1],
            "A hidden layer has no activation. Two layers with nothing between them can do no "
            "more than one. Look at what each convolution and the hidden dense layer of the "
            "lesson's network has.",
            network("CPCPFDO", DIGIT, hidden=None),
        ),
        Flaw(
            lambda facts: facts.activations[-1] != "linear",
            LOGITS,
            network("CPCPFDO", DIGIT, last="softmax"),
        ),
    ),
    hint="print the shape of one picture after you gave it a channel axis, and use it as the "
    "shape of the input. Then come blocks of convolution and pooling, Flatten, and dense "
    "layers. The last one has a unit for each category.",
    right="Your network fits the new pictures. Built like the lesson's, it has 86,110 "
    "parameters with two blocks, and 48,660 with three. What if you add a fourth block? "
    "After three, 1 × 1 is left, and a kernel of 3 × 3 has no room. Now compile and train it, "
    "and look at both curves.",
    secrets=("86,?110", "48,?660"),
    numbers="size; size; parameters(size=28, channels=1);"
    "parameters(size=28, channels=1, blocks=3); shape('pool 3', size=28, channels=1, blocks=3);"
    "shape('pool 3', 1, size=28, channels=1, blocks=3); 3  # kernel_size of create_cnn;"
    "3  # kernel_size of create_cnn",
)
