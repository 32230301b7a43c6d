"""The challenges of notebook 2: neurons, kernels, parameters."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import numpy as np

from helpers.challenges.entries.common import DECIMAL, FEATURES, add
from helpers.challenges.forms import Choice, Flaw, Number, Open, Option, Span, Term, Text, one
from helpers.challenges.functions import Array, Function, Slip, case


def neuron(inputs, weights, bias):
    return max(0, float(np.sum(inputs * weights) + bias))


def slide_kernel(picture, kernel):
    return slide(picture, kernel)


def slide(picture, kernel, step=np.sum, less=0):
    """Slide a kernel over a picture; `step` makes a number of each window."""
    height, width = kernel.shape
    rows = picture.shape[0] - height + 1 - less
    columns = picture.shape[1] - width + 1 - less
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = picture[row : row + height, column : column + width]
            result[row, column] = step(window * kernel)
    return result


def conv_parameters(height, width, channels, filters):
    return (height * width * channels + 1) * filters


def pictures_and_kernels():
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 9, (6, 9)).astype(float)
    edge = np.array([[1.0, 0.0, -1.0]] * 3)
    small = np.array([[1, 2, 0], [0, 1, 3], [2, 1, 1]])
    return [
        case("a kernel of two numbers", small, np.array([[1, -1]]), shown=True),
        case("a kernel for edges", picture.copy(), edge),
        case("a kernel that is not symmetric", picture.copy(), rng.normal(size=(3, 3))),
        case("a small, square kernel", picture.copy(), rng.normal(size=(2, 2))),
        case("a kernel that is higher than wide", picture.copy(), rng.normal(size=(4, 2))),
        case("a kernel as large as the picture", picture.copy(), rng.normal(size=(6, 9))),
    ]


def respond(kernel, kind):
    """Apply a kernel to a flat area, or to edges at several places, and return the largest."""
    if kind == "flat":
        pictures = [np.ones((3, 3))]
    else:
        pictures = [np.where(np.arange(3) < place, 0.0, 1.0) * np.ones((3, 3)) for place in (1, 2)]
    if kind == "horizontal":
        pictures = [picture.T for picture in pictures]
    return max(abs(np.sum(np.asarray(kernel, dtype=float) * picture)) for picture in pictures)


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
    expect="Expect most votes for A: the drawing shows weights as lines, and no line stands for "
    "a bias. Who votes for D counts one unit: ask how many lines end in all units "
    "together.",
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
    expect="Expect two camps, one that leaves the border out and one that puts something around "
    "it. Both are right: ask each how large its result is, and what it pays for that.",
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
    hint="the window looks at a piece of all that comes in, not of one layer of it alone.",
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
    expect="Expect the channels to be forgotten, since the drawings of a kernel are flat, and a "
    "bias added out of habit. Ask how deep the window is, and whether anybody needed the "
    "size of the picture.",
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
        # Who answers all questions of the task at once.
        Term(
            r"\b2[.):]\s*(the\s+)?(outputs?|dense|last|final)\b",
            ("1. one long row of the maps 2. outputs, no 3. another network",),
        ),
        Term(
            r"\b(outputs?|dense)(\s+layer)?\s+has\s+(the\s+)?most",
            ("flatten makes one row, and outputs has the most parameters",),
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
            "Flatten gives the longest row, 180,000 values, but it learns nothing. It only "
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
    "puts the 60 × 60 × 50 values into a row of 180,000, and each of the ten units has a "
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
    expect="Expect votes for a convolution, because the notebook is about them. Take the votes "
    "before the summary is printed, and ask afterward why the layer that works hardest "
    "need not be the one that remembers most.",
)


add(
    "neuron",
    Function,
    answer=(neuron, lambda inputs, weights, bias: np.maximum(np.dot(inputs, weights) + bias, 0)),
    cases=lambda: [
        case("a sum above zero", np.array([1, 2, 3]), np.array([4, 5, 6]), 1, shown=True),
        case("a sum below zero", np.array([1.0, 2.0]), np.array([-3.0, 1.0]), 0.5, shown=True),
        case("a bias that lifts it above zero", np.array([1.0, 2.0]), np.array([-3.0, 1.0]), 2.5),
        case("a bias that pulls it below zero", np.array([1.0, 2.0]), np.array([3.0, 1.0]), -9.0),
        case("weights of both signs", np.array([0.5, 1.5, 2.0]), np.array([1.0, -2.0, 3.0]), 0.0),
        case("numbers with many decimals", np.array([0.123, 1.57]), np.array([1.379, 0.251]), 0.1),
    ],
    tempting=(
        Slip(
            lambda inputs, weights, bias: np.sum(inputs * weights) + bias,
            "The weighted sum and the bias are right. What does a neuron with relu do with a sum "
            "below zero?",
        ),
        Slip(
            lambda inputs, weights, bias: max(0, np.sum(inputs * weights)) + bias,
            "The bias comes too late: it is added after relu. It tempts, because the activation "
            "looks like a part of the sum. It is the last thing that happens.",
        ),
        Slip(
            lambda inputs, weights, bias: max(0, np.sum(inputs * weights)),
            "Your neuron has no bias. Without it, it can learn no threshold: with inputs of zero "
            "it would always give zero.",
        ),
        Slip(
            lambda inputs, weights, bias: max(0, np.sum(inputs) * np.sum(weights) + bias),
            "You sum up first, and multiply then. It looks like the same, but each input has a "
            "weight of its own: multiply pair by pair.",
        ),
        Slip(
            lambda inputs, weights, bias: np.sum(np.maximum(inputs * weights, 0)) + bias,
            "You use relu on each product. Then a negative weight could never speak against "
            "something. relu works on the sum alone.",
        ),
        Slip(
            lambda inputs, weights, bias: np.maximum(inputs * weights + bias, 0),
            "You return one number for each input. A neuron gives a single one: what is missing "
            "between multiplying and relu?",
        ),
        Slip(
            lambda inputs, weights, bias: abs(np.sum(inputs * weights) + bias),
            "You take away the sign. That gives no negative numbers either, but relu does another "
            "thing with them.",
        ),
    ),
    wrong="First the weighted sum, then the bias, then relu: one after the other.",
    hint="three steps, in this order: multiply and sum up, add one number, and let nothing below "
    "zero pass.",
    right="This is all that a neuron does. A dense layer does it many times, with other weights "
    "each time. What if there were no relu? Then two layers could do no more than one.",
    secrets=(r"max", r"np\.dot"),
    expect="Expect the weighted sum and the bias, and relu forgotten. Ask for the output when "
    "the sum is negative, and let them say a number before they run it.",
)

add(
    "apply-kernel",
    Function,
    answer=(slide_kernel,),
    cases=pictures_and_kernels,
    tempting=(
        Slip(
            lambda picture, kernel: slide(picture, kernel[::-1, ::-1]),
            "Your kernel is turned around. In mathematics, that is what a convolution is. But "
            "networks lay the kernel on the picture as it is, and this lesson does, too.",
        ),
        Slip(
            lambda picture, kernel: slide(picture, kernel, less=1),
            "The last row and the last column are missing. range stops before the number that it "
            "is given: count in how many places a kernel fits into a row.",
        ),
        Slip(
            lambda picture, kernel: slide(picture, kernel, step=np.mean),
            "You take the mean of the products. For a blur this looks nearly the same. But a "
            "kernel sums them up, and whoever wants a mean puts it into the weights.",
        ),
        Slip(
            lambda picture, kernel: np.maximum(slide(picture, kernel), 0),
            "There is nothing below zero in your result. In a layer, relu comes next, so this "
            "tempts. But it is a step of its own: sliding a kernel keeps the signs.",
        ),
        Slip(
            lambda picture, kernel: slide(np.pad(picture, 1), kernel),
            "You put a frame of zeros around the picture. Layers can do that. Here the kernel "
            "should only go where it fits, so the result is smaller than the picture.",
        ),
        Slip(
            lambda picture, kernel: slide(picture, kernel)[: -kernel.shape[0], : -kernel.shape[1]],
            "Rows and columns are missing at the end. It tempts to stop where the kernel would "
            "begin to leave the picture, and to take off its size once more.",
        ),
        Slip(
            lambda picture, kernel: slide(picture, kernel, step=np.max),
            "You take the largest product. That is nearly what pooling does. A kernel sums up.",
        ),
        Slip(
            lambda picture, kernel: slide(picture, kernel).astype(int),
            "Decimals are cut off. An array of whole numbers drops them from whatever is put into "
            "it, without a word: give your result a type with decimals.",
        ),
        Slip(
            lambda picture, kernel: slide(picture, kernel).T,
            "Rows and columns are mixed up: your result is turned over its diagonal. With square "
            "pictures, only the numbers would show it.",
        ),
    ),
    wrong="Lay the kernel on each place where it fits, multiply number by number, and sum up. Its "
    "height and its width may differ.",
    hint="take the number of rows and columns of the kernel from its shape. How often does it fit "
    "below itself, and beside itself?",
    right="It works with any kernel. A convolutional layer does this with many kernels and on all "
    "channels, and learns the numbers in them. What if the kernel is as large as the picture? "
    "Then one number is left, as in a dense layer.",
    secrets=(r"\+ 1", r"\[row"),
    expect="Expect loops that end one place too early, and a result that is too small. Let them "
    "slide a slip of paper over a small grid and count the places, then print the shape "
    "of theirs.",
)

add(
    "parameter-formula",
    Function,
    answer=(conv_parameters,),
    cases=lambda: [
        case("the smallest layer of all", 1, 1, 1, 1, shown=True),
        case("kernels that are not square", 2, 5, 1, 1, shown=True),
        case("color pictures", 3, 3, 3, 50),
        case("many channels", 3, 3, 50, 20),
        case("large kernels", 7, 6, 3, 4),
    ],
    tempting=(
        Slip(
            lambda height, width, channels, filters: height * width * channels * filters,
            "All weights are there. Look again at what a neuron adds to its weighted sum: each "
            "filter has that, too.",
        ),
        Slip(
            lambda height, width, channels, filters: height * width * channels * filters + 1,
            "You count one bias for the whole layer. Each filter has its own.",
        ),
        Slip(
            lambda height, width, channels, filters: (height * width + 1) * filters,
            "The channels are missing. A kernel looks flat in every drawing, but a filter has one "
            "for each channel that comes in.",
        ),
        Slip(
            lambda height, width, channels, filters: (height * width + 1) * channels * filters,
            "You count a bias for each channel. A filter sums up over all its channels, and adds "
            "one bias to that sum.",
        ),
        Slip(
            lambda height, width, channels, filters: height * width * channels + 1,
            "That is one filter. The layer has more of them.",
        ),
        Slip(
            lambda height, width, channels, filters: (height * width * filters + 1) * channels,
            "Channels and filters are mixed up. Filters are what comes out: each of them has a "
            "bias, and weights for all that comes in.",
        ),
        Slip(
            lambda height, width, channels, filters: (height + width + channels + 1) * filters,
            "You add the sides of the kernel. It has a weight at each place: think of its area.",
        ),
        Slip(
            lambda height, width, channels, filters: (height**2 * channels + 1) * filters,
            "It is right for square kernels. Height and width may differ.",
        ),
    ),
    wrong="Count one filter first: the weights of its kernels, one kernel for each channel, and "
    "its bias. Then think of all filters.",
    hint="how many numbers does a single filter learn? The size of the picture plays no part.",
    right="Weights and biases, for any kernel. The size of the picture is not among the arguments, "
    "because the window slides. What if you doubled channels and filters? The weights would be "
    "four times as many.",
    secrets=(r"\* ?channels", r"\* ?filters"),
    expect="Expect the bias to be missing, or to be counted once for the whole layer. Ask for "
    "the smallest layer that there can be, and for its parameters, before they look at "
    "their formula again.",
)

add(
    "vertical-edges",
    Array,
    shape=(3, 3),
    answer=(
        [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        [[0, 0, 0], [-1, 1, 0], [0, 0, 0]],
        [[-0.25, 0, 0.25], [-0.5, 0, 0.5], [-0.25, 0, 0.25]],
    ),
    tempting=(
        Flaw(
            lambda kernel: not np.any(kernel),
            "A kernel of zeros answers to nothing. What stands on one side of an edge has to count "
            "in another way than what stands on the other side.",
            [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        ),
        Flaw(
            lambda kernel: np.all(kernel >= 0) or np.all(kernel <= 0),
            "All your weights have the same sign. Such a kernel blurs: it answers to every bright "
            "area. An edge is a difference, so something has to be taken off.",
            [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
        ),
        Flaw(
            lambda kernel: respond(kernel, "flat") > 1e-6,
            "On a flat area, where all pixels are equal, your kernel does not give zero. What do "
            "its weights have to sum up to?",
            [[1, 0, -1], [2, 0, -1], [1, 0, -1]],
        ),
        Flaw(
            lambda kernel: (
                respond(kernel, "horizontal") > 1e-6 and respond(kernel, "vertical") <= 1e-6
            ),
            "Your kernel answers to horizontal edges. It tempts, because a vertical edge is "
            "crossed from left to right: the difference has to be taken in that direction.",
            [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
        ),
        Flaw(
            lambda kernel: respond(kernel, "horizontal") > 1e-6,
            "Your kernel answers to vertical edges, but to horizontal ones as well. Look at each "
            "of its rows alone: does it give zero where all pixels of a row are equal?",
            [[2, 0, -1], [0, 0, 0], [1, 0, -2]],
        ),
        Flaw(
            lambda kernel: respond(kernel, "vertical") <= 1e-6,
            "Your kernel gives zero at a vertical edge: what its rows find cancels out. It answers "
            "to corners or to single points.",
            [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
        ),
    ),
    hint="put the kernel on an edge in your mind, dark on the left and bright on the right. Which "
    "weights do you give to the left column and to the right one, so that a flat area gives zero?",
    right="It gives zero on flat areas and on horizontal edges, and the most at vertical ones. "
    "There are many such kernels, and a network may find any of them. What if you turn it by a "
    "quarter? Then it finds horizontal edges.",
    secrets=(r"-1", r"\[\["),
    expect="Expect the kernel for horizontal edges, which is the one they have just seen. Ask in "
    "which direction one walks to cross a vertical edge, and let them try theirs in the "
    "playground.",
)
