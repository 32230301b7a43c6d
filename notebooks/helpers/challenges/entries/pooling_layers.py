"""The challenges of notebook 3: pooling, and a whole network."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import re

import numpy as np

from helpers.challenges.entries.common import (
    LOGITS,
    NO_FLATTEN,
    PHOTO,
    add,
    flaws_of_training,
    network,
    parameters,
)
from helpers.challenges.forms import Choice, Flaw, Network, Option
from helpers.challenges.functions import Builder, Function, Slip, case


def max_pool(numbers, size):
    return pool(numbers, size)


def pool(numbers, size, step=np.max, stride=None):
    """Make one number of each window; `step` says which."""
    stride = stride or size
    height, width = numbers.shape
    return np.array(
        [
            [
                step(numbers[row : row + size, column : column + size])
                for column in range(0, width - size + 1, stride)
            ]
            for row in range(0, height - size + 1, stride)
        ]
    )


def pool_all(numbers, size):
    """Pool, also at the edge, where a window is cut off."""
    height, width = numbers.shape
    rows, columns = range(0, height, size), range(0, width, size)
    return np.array([[numbers[r : r + size, c : c + size].max() for c in columns] for r in rows])


def size_after(n, window, stride):
    return (n - window) // stride + 1


def numbers_to_pool():
    rng = np.random.default_rng(1)
    return [
        case("four squares", np.arange(16).reshape(4, 4) % 7, 2, shown=True),
        case("a row and a column left over", rng.integers(0, 99, (5, 7)), 2),
        case("larger windows", rng.normal(size=(6, 10)), 3),
        case("negative numbers alone", -rng.random((4, 6)) - 1, 2),
        case("windows of one number", rng.normal(size=(2, 3)), 1),
    ]


def sizes():
    return [
        case("a pooling that fits", 8, 2, 2, shown=True),
        case("a pixel left over", 7, 2, 2, shown=True),
        case("a convolution", 64, 3, 1),
        case("windows that overlap", 64, 3, 2),
        case("windows with gaps between them", 20, 2, 5),
        case("a window as large as all", 9, 9, 4),
    ]


def cnn(rule=None, pool="MaxPooling2D", flatten=True, filters=50, hidden="relu", last=None, end=()):
    """Return a function of keras that makes a version of create_cnn.

    `rule` makes something else of the number of blocks. `end` names what follows the outputs.
    """

    def make(keras):
        layers = keras.layers

        def create_cnn(input_shape, n_blocks):
            inputs = x = keras.Input(shape=input_shape)
            for _ in range(rule(n_blocks) if rule else n_blocks):
                x = layers.Conv2D(filters, 3, activation=hidden)(x)
                x = getattr(layers, pool)(2)(x) if pool else x
            x = (layers.Flatten() if flatten else layers.GlobalAveragePooling2D())(x)
            x = layers.Dense(50, activation=hidden)(x)
            return keras.Model(inputs, layers.Dense(10, activation=last)(x))

        return create_cnn

    return make


def other_cnn(keras):
    """Make a right version, with activations as layers of their own."""

    def create_cnn(input_shape, n_blocks):
        layers = keras.layers
        model = keras.Sequential([keras.Input(input_shape)])
        for _ in range(n_blocks):
            model.add(layers.Conv2D(50, (3, 3)))
            model.add(layers.Activation("relu"))
            model.add(layers.MaxPooling2D())
        model.add(layers.Flatten())
        model.add(layers.Dense(50, activation="relu"))
        model.add(layers.Dense(10))
        return model

    return create_cnn


def fixed_shape(keras):
    """Make a version that builds the same for pictures of any shape."""
    build = cnn()(keras)
    return lambda input_shape, n_blocks: build(PHOTO, n_blocks)


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
        *flaws_of_training("CPCPCPFD", PHOTO),
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
    expect="Expect a convolution without its pooling, or the old network again, because the "
    "result of a new line was not handed on. Let them read the summary aloud from the "
    "top, and knock on the table at each block.",
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
    expect="Expect D from everybody, C from most and B from few, since pictures are all they "
    "have seen so far. Ask who took the table as well, and what would be lost if two of "
    "its columns changed places.",
)


add(
    "max-pooling",
    Function,
    answer=(max_pool,),
    cases=numbers_to_pool,
    tempting=(
        Slip(
            lambda numbers, size: pool(numbers, size, step=np.mean),
            "You take the mean of each square. That is pooling, too, but of another kind: it "
            "blurs. Which number of a square should be kept?",
        ),
        Slip(
            lambda numbers, size: pool(numbers, size, stride=1),
            "Your windows overlap: they move on by one, as those of a convolution do. A pooling "
            "moves on by its own size, so each number is looked at once.",
        ),
        Slip(
            pool_all,
            "You keep what is left over at the edge. It seems a pity to drop it, but a window that "
            "is cut off does not count here.",
        ),
        Slip(
            lambda numbers, size: pool(numbers, size, step=np.min),
            "You keep the smallest number of each square. The strongest answer of a filter is the "
            "largest.",
        ),
        Slip(
            lambda numbers, size: pool(numbers, size, step=lambda square: square[0, 0]),
            "You take the first number of each square, whichever it is. It gives the right size, "
            "but a feature that lies one place further on would be lost.",
        ),
        Slip(
            lambda numbers, size: np.maximum(pool(numbers, size), 0),
            "With negative numbers alone you get zeros. It tempts to start from an array of zeros "
            "and to keep what is larger, but nothing there is.",
        ),
        Slip(
            lambda numbers, size: pool(numbers, size).astype(int),
            "Decimals are cut off. An array of whole numbers drops them from whatever is put into "
            "it, without a word: give your result the type of the numbers.",
        ),
        Slip(
            lambda numbers, size: pool(numbers, 2),
            "It is right for squares of two by two, as in the lesson. Use the size that is given.",
        ),
        Slip(
            lambda numbers, size: pool(numbers, size).T,
            "Rows and columns are mixed up: your result is turned over its diagonal.",
        ),
    ),
    wrong="Cut the numbers into squares of this size, and keep one number of each. What is left "
    "over at the right and at the bottom is dropped.",
    hint="a window begins at row zero, and the next one as many rows below as it is high. How many "
    "whole windows are there?",
    right="The largest number of each square is left. There is nothing to learn in it: a pooling "
    "has no parameters. What if you pool twice, with windows of two by two? It gives the same as "
    "once with windows of four by four, where nothing is left over.",
    secrets=(r"np\.max", r"// ?size"),
    expect="Expect windows that overlap, as those of a convolution did shortly before. Ask how "
    "many numbers should be left of a small square on paper, and let them compare.",
)

add(
    "output-size",
    Function,
    answer=(size_after,),
    cases=sizes,
    dtype="kind",
    tempting=(
        Slip(
            lambda n, window, stride: n // stride,
            "It fits a pooling in which window and stride are the same. But the window itself "
            "needs room: think of a convolution.",
        ),
        Slip(
            lambda n, window, stride: (n - window) // stride,
            "You count how often the window moves on. There is a place where it stands before it "
            "has moved at all.",
        ),
        Slip(
            lambda n, window, stride: (n - window) / stride + 1,
            "With a pixel left over, there is no half place: a window fits or it does not. Give a "
            "whole number.",
        ),
        Slip(
            lambda n, window, stride: n - window + 1,
            "It is right for a stride of one. With a larger one, places are skipped.",
        ),
        Slip(
            lambda n, window, stride: -(-(n - window) // stride) + 1,
            "You round up. What is left over at the end is too small for a window, so nothing is "
            "made of it.",
        ),
        Slip(
            lambda n, window, stride: (n - window + 1) // stride,
            "You take the places with a stride of one, and divide. But the first place is always "
            "there: count how often the window moves on from it.",
        ),
        Slip(
            lambda n, window, stride: n // window,
            "It counts windows that lie side by side. That is a pooling. The stride says how far a "
            "window moves on.",
        ),
    ),
    wrong="Put the window at the left end, and move it on as long as it fits. In how many places "
    "was it?",
    hint="how much room is left beside the first window, and how many steps fit into that room?",
    right="One formula for convolution and pooling. What if n is the size of a picture, and the "
    "window as large? Then a single number is left.",
    secrets=(r"// ?stride", r"n - window"),
    expect="Expect a division by the stride alone, which fits every pooling so far. Ask which "
    "size the first convolution of the last notebook gave, and whether the formula says "
    "the same.",
)

add(
    "create-cnn",
    Builder,
    stub="create_cnn(input_shape, n_blocks)",
    answer=(cnn(), other_cnn),
    cases=lambda keras: [
        case("three blocks", PHOTO, 3),
        case("small gray pictures and a single block", (28, 28, 1), 1),
        case("pictures that are not square", (40, 32, 3), 2),
    ],
    tempting=(
        Flaw(
            lambda facts: facts.input_shape != facts.arguments[0],
            "Whatever input_shape is, your network takes pictures of one shape only. Did you write "
            "numbers where the argument belongs?",
            fixed_shape,
        ),
        Flaw(
            lambda facts: "C" in facts.kinds and not re.search("[PAG]", facts.kinds),
            "There is no pooling in your network. Each block has two layers, and the result of "
            "each has to be kept for the next.",
            cnn(pool=""),
        ),
        Flaw(
            lambda facts: facts.blocks == "" and facts.arguments[1] > 1,
            "No convolution is part of your network. If your loop calls layers, it has to keep "
            "what they return: x = layer(x), or the next line goes on with what was there before.",
            cnn(rule=lambda n_blocks: 0),
        ),
        Flaw(
            lambda facts: facts.blocks == "CP" and facts.arguments[1] == 3,
            "Only one of the blocks is part of your network. In the loop, hand the result of each "
            "layer on to the next: a block that starts from the inputs again is forgotten.",
            cnn(rule=lambda n_blocks: 1),
        ),
        Flaw(
            lambda facts: facts.blocks == "CPCP" and facts.arguments[1] == 1,
            "You built two blocks, whatever n_blocks is. Copying lines is quick, but only a loop "
            "can repeat them as often as is asked for.",
            cnn(rule=lambda n_blocks: 2),
        ),
        Flaw(
            lambda facts: facts.blocks == "CP" * (facts.arguments[1] - 1),
            "One block is missing. range stops before the last number that it is given: does your "
            "loop go round as often as it should?",
            cnn(rule=lambda n_blocks: n_blocks - 1),
        ),
        Flaw(
            lambda facts: facts.blocks != "CP" * facts.arguments[1],
            "Convolutions and poolings are not in the order, or not as many, as the blocks should "
            "have: first a convolution, then a pooling, as often as n_blocks says.",
            lambda keras: lambda shape, n: network("CCP" * n + "FDO", shape)(keras),
        ),
        Flaw(
            lambda facts: "A" in facts.kinds,
            "Your poolings take averages. The lesson's keep the largest number of each square.",
            cnn(pool="AveragePooling2D"),
        ),
        Flaw(
            lambda facts: bool(re.match("[^FG]*D", facts.kinds)),
            NO_FLATTEN,
            lambda keras: lambda shape, n: network("CP" * n + "DO", shape)(keras),
        ),
        Flaw(
            lambda facts: facts.kinds != "CP" * facts.arguments[1] + "FDD",
            "The blocks are right. What follows them should be Flatten, a hidden dense layer, and "
            "the output layer.",
            cnn(flatten=False),
        ),
        Flaw(
            lambda facts: (
                facts.count != parameters(facts.input_shape, pools=[True] * facts.arguments[1])
            ),
            "The layers are right, their sizes are not. Compare filters, size of the kernels, "
            "padding, and the units of both dense layers with the task.",
            cnn(filters=32),
        ),
        Flaw(
            lambda facts: set(facts.activations[:-1]) != {"relu"},
            "A hidden layer has no activation, or another one. Each convolution and the hidden "
            "dense layer should have relu.",
            cnn(hidden=None),
        ),
        Flaw(lambda facts: facts.activations[-1] != "linear", LOGITS, cnn(last="softmax")),
        *flaws_of_training("CPCPFD", PHOTO, takes=2),
    ),
    hint="begin with x = inputs. In the loop, each layer takes x, and its result is called x "
    "again.",
    right="You wrote what the lesson imports from now on: helpers.models has the same function, "
    "with more arguments. What if you ask for five blocks? Try it, and read the message.",
    secrets=(r"for \w+ in range", "Conv2D\\("),
    expect="Expect a loop in which every block starts from the inputs again, so that only one of "
    "them counts. Ask on which name the next layer is called, and read the summary "
    "together.",
)
