"""The challenges of notebook 4: loss, training, curves."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import math
import re
from types import SimpleNamespace

import numpy as np

from helpers.challenges.entries.common import LOGITS, PICTURES, add, network
from helpers.challenges.forms import Choice, Flaw, Network, Number, Option, Span, one
from helpers.challenges.functions import Builder, Drawing, Function, Slip, case


def softmax(logits):
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_along(axis, shift=True):
    """Make a version of softmax that sums up along another axis."""

    def softmax(logits):
        along = axis if np.ndim(logits) > 1 else None
        powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True) if shift else logits)
        return powers / powers.sum(axis=along, keepdims=along is not None)

    return softmax


def shift_and_sum(logits, axis):
    """Take the largest of all logits off, and sum up along an axis, as many pages have it."""
    powers = np.exp(logits - np.max(logits))
    return powers / powers.sum(axis=axis)


def drop_axis(logits):
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)


def shift_all(logits):
    powers = np.exp(logits - np.max(logits))
    return powers / powers.sum(axis=-1, keepdims=True)


def rows_of_logits():
    return [
        case("one row", np.array([2.0, 1.0, 0.0]), shown=True),
        case("equal logits", np.array([3.0, 3.0]), shown=True),
        case("two rows", np.array([[2.0, 1.0, 0.0], [-1.0, 3.0, 0.5]])),
        case("large logits", np.array([1000.0, 998.0, 990.0])),
        case("large and small rows", np.array([[1000.0, 999.0], [0.0, 1.0], [-1000.0, -1001.0]])),
    ]


def cross_entropy(logits, label):
    return float(-np.log(softmax(np.asarray(logits))[label]))


def of_label(function):
    """Make a version of cross_entropy out of the share of the label."""
    return lambda logits, label: float(function(softmax(logits)[label]))


def logits_and_labels():
    return [
        case("two equal logits", np.array([1.0, 1.0]), 0, shown=True),
        case("a picture that is named well", np.array([4.0, -1.0, 0.5]), 0, shown=True),
        case("a picture that is named badly", np.array([4.0, -1.0, 0.5]), 1),
        case("the last label", np.array([-2.0, 0.0, 1.0, 3.0]), 3),
        case("large logits", np.array([1000.0, 999.0, 997.0]), 1),
    ]


def gradient(w, x, y):
    return 2 * x * (w * x - y)


def compiling(loss=None, optimizer="adam", metrics=("accuracy",), same=True):
    """Return a function of keras that makes a version of compile_model."""

    def make(keras):
        def compile_model(model):
            right = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            if same is None:
                return model
            model = model if same else keras.models.clone_model(model)
            model.compile(
                optimizer=optimizer, loss=loss(keras) if loss else right, metrics=list(metrics)
            )
            return model

        return compile_model

    return make


def settings(facts, part):
    """Read what a network was compiled with, as a text: "loss", "optimizer" or "metrics"."""
    config = facts.model.get_compile_config() if facts.model.compiled else {}
    return str((config or {}).get(part))


def curves(first=1, keys=("accuracy", "val_accuracy"), names=None, legend=True, axes=True):
    """Return a function of keras that makes a version of plot_curves."""

    def make(keras):
        def plot_curves(history):
            import matplotlib.pyplot as plt

            for key, name in zip(keys, names or ("training", "validation"), strict=False):
                values = history.history[key]
                plt.plot(range(first, first + len(values)), values, label=name)
            if axes:
                plt.xlabel("epoch")
                plt.ylabel("accuracy")
            if legend:
                plt.legend()

        return plot_curves

    return make


def draw_on_axes(keras):
    """Make a right version that draws into a figure of its own, and returns it."""

    def plot_curves(history):
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots()
        epochs = np.arange(len(history.history["loss"])) + 1
        ax.plot(epochs, history.history["val_accuracy"], "o-", label="val_accuracy")
        ax.plot(epochs, history.history["accuracy"], "o-", label="accuracy")
        ax.set(xlabel="epoch", ylabel="share of right answers", title="curves")
        ax.legend(loc="lower right")
        plt.show()
        return figure

    return plot_curves


def draws(drawn, key):
    """Tell whether one of the lines has these values of the history."""
    values = drawn.arguments[0].history[key]
    return any(len(y) == len(values) and np.allclose(y, values) for _, y, _ in drawn.lines)


def is_swapped(drawn):
    """Tell whether the line of the validation is called training, or the other way round."""
    values = drawn.arguments[0].history
    for _, y, label in drawn.lines:
        for key in ("accuracy", "val_accuracy"):
            called = "val" in label.lower()
            if len(y) == len(values[key]) and np.allclose(y, values[key]):
                if called != key.startswith("val"):
                    return True
    return False


def draw(values):
    import matplotlib.pyplot as plt

    plt.plot(values)


def histories(keras):
    long = {
        "accuracy": [0.2, 0.4, 0.6, 0.9],
        "val_accuracy": [0.25, 0.3, 0.35, 0.33],
        "loss": [2.2, 1.8, 1.2, 0.4],
        "val_loss": [2.1, 2.0, 1.9, 2.3],
    }
    short = {key: values[1:3] for key, values in long.items()}
    names = "four epochs", "two epochs"
    pairs = zip(names, (long, short), strict=True)
    return [case(name, SimpleNamespace(history=values)) for name, values in pairs]


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
    expect="Expect C from most, and D from those who follow the falling line alone. Let somebody "
    "from each group draw on the board how both curves go on, and ask which pictures each "
    "of them stands for.",
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
            "color values of each pixel alone. First make one long row of numbers of it.",
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
    expect="Expect a dense layer put on the picture as it is, and the output layer not counted "
    "among the dense ones. Before anybody trains, let each group write down the "
    "validation accuracy that it bets on.",
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
    expect="Expect A from those who think that faster is better, and few votes for C. Vote "
    "before the cells run and again after them: who has changed their mind, and because "
    "of what?",
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
    expect="Expect a division that is rounded down. Ask where the pictures go that do not fill a "
    "batch, and whether anybody would leave them out.",
)

add(
    "change-the-loss",
    Choice,
    options={
        "A": Option(
            "Nothing changes: Keras sees that the outputs are logits.",
            "It would be kind of Keras, but it does not look. It believes what you say, "
            "and you say it with this argument. Try it on one picture and compare the losses.",
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
            "the argument does not touch it. Compare the losses of one picture.",
        ),
    },
    answer="B",
    wrong="Try it on one picture, with and without the argument, and compare what you get.",
    hint="without the argument, Keras takes the outputs for shares. Does anything in the "
    "network check that?",
    right="Without the argument Keras takes logits for shares, and nothing warns you. For "
    "the logits 2, -1 and 0.5 of a picture of the first category, the loss should be 0.241. "
    "With TensorFlow it becomes 0.405 for integer labels, and 0 for one-hot labels. With the "
    "argument, both kinds of labels give the same loss. What if the last layer had softmax? Then "
    "from_logits=False would be right.",
    secrets=(r"\bB\b", "wrong loss"),
    # As TensorFlow computes them: all is cut off at 0 and 1 before the logarithm.
    numbers="2  # an example; -1  # an example; 0.5  # an example;"
    "ln(exp(2) + exp(-1) + exp(0.5)) - 2; ln(1 + 0 + 0.5) - ln(1); ln(max(1.5 / 2, 1))",
    expect="Expect C in front: people trust a program to complain. Ask what Keras could have "
    "noticed, when every shape fits, and let somebody try it in front of all.",
)


add(
    "softmax",
    Function,
    answer=(softmax,),
    cases=rows_of_logits,
    tempting=(
        Slip(
            softmax_along(None, shift=False),
            "With two rows, the shares of all rows together make one. Each row is a picture of its "
            "own, so its own shares should. And what happens with large logits?",
        ),
        Slip(
            lambda logits: np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True),
            "The formula is right, but with large logits its powers become infinite. Shares stay "
            "the same if the same number is taken off every logit of a row: which one helps?",
        ),
        Slip(
            shift_all,
            "You take off the largest of all logits. A row that lies far below it then has nothing "
            "but zeros left, and is divided by zero. Look at each row alone.",
        ),
        Slip(
            softmax_along(0),
            "You sum up over the pictures. Shares belong to one picture: sum up along the last "
            "axis, and keep it, so that NumPy can divide row by row.",
        ),
        Slip(
            softmax_along(None),
            "With two rows, the shares of all rows together make one. Each row is a picture of "
            "its own.",
        ),
        Slip(
            lambda logits: shift_and_sum(logits, 0),
            "You sum up along the first axis, as many pages do: there each column is a picture. "
            "Here each row is one, so its own shares should make one. Look for the last axis.",
        ),
        Slip(
            lambda logits: shift_and_sum(logits, None),
            "Largest logit and sum are those of all rows together. That is right for one row. With "
            "several, each needs its own: tell both functions along which axis to look.",
        ),
        Slip(
            drop_axis,
            "The maximum or the sum loses its axis: two rows of three numbers cannot be computed "
            "with a row of two. There is an argument that keeps the axis, with the length one.",
        ),
        Slip(
            lambda logits: logits / np.sum(logits, axis=-1, keepdims=True),
            "You divide the logits themselves. With logits above zero that gives shares, too, but "
            "a logit may be negative. What makes every number positive, and keeps their order?",
        ),
        Slip(
            lambda logits: np.exp(logits - np.max(logits, axis=-1, keepdims=True)),
            "These are powers, but no shares yet: those of a picture should sum up to one.",
        ),
        Slip(
            lambda logits: 1 / (1 + np.exp(-logits)),
            "You look at each logit alone. That is another function, for questions that are "
            "answered with yes or no. Shares depend on each other: they make one together.",
        ),
    ),
    wrong="Every row should have shares above zero that sum up to one.",
    hint="three steps for each row: take off its largest logit, raise to a power, and divide by "
    "the sum.",
    right="It gives shares for one picture or for many, and no logit is too large for it. What if "
    "you add the same number to all logits of a row? The shares stay the same.",
    secrets=(r"np\.exp", "keepdims", r"axis=-1"),
    expect="Expect the formula as it stands in books, which overflows, and then one sum for all "
    "rows. Ask for the sums of two rows, and for the shares of very large scores.",
)

add(
    "cross-entropy",
    Function,
    answer=(
        cross_entropy,
        lambda logits, label: (
            np.log(np.sum(np.exp(logits - logits.max()))) + logits.max() - logits[label]
        ),
    ),
    cases=logits_and_labels,
    tempting=(
        Slip(
            of_label(np.log),
            "The size is right, the sign is not. A share is below one, so its logarithm is "
            "negative, and a loss should fall towards zero.",
        ),
        Slip(
            of_label(lambda share: share),
            "That is the share of the label itself. It grows when the network gets better. Which "
            "function of it makes a loss?",
        ),
        Slip(
            of_label(lambda share: 1 - share),
            "You take what is missing to one. That is a loss, too, but it can never be above one, "
            "and it hardly punishes a network that is quite sure and wrong.",
        ),
        Slip(
            of_label(lambda share: -np.log10(share)),
            "Your logarithm has another base. The one of this lesson is the natural one, ln, and "
            "NumPy calls it log.",
        ),
        Slip(
            of_label(lambda share: -np.log2(share)),
            "Your logarithm has the base two, as bits have. The one of this lesson is the natural "
            "one, ln, and NumPy calls it log.",
        ),
        Slip(
            lambda logits, label: float(np.mean(-np.log(softmax(logits)))),
            "You take the mean over all categories. The loss of a picture asks for one share only: "
            "that of its label.",
        ),
        Slip(
            lambda logits, label: float(-np.log(softmax(logits)[label - 1])),
            "You look at the category before the label. Labels begin at zero, as places do.",
        ),
        Slip(
            lambda logits, label: float(-logits[label]),
            "You use the logit as if it were the logarithm of a share. It is nearly one: what is "
            "missing is what makes the shares of a picture sum up to one.",
        ),
        Slip(
            lambda logits, label: float(-np.log(np.exp(logits) / np.exp(logits).sum())[label]),
            "The formula is right, but with large logits its powers become infinite. Take the same "
            "number off every logit first.",
        ),
        Slip(
            lambda logits, label: float(-np.log(np.argmax(logits) == label)),
            "You only ask whether the answer is right. The loss also asks how sure the network is.",
        ),
    ),
    wrong="Make shares of the logits first. Then take the one of the label.",
    hint="you have a function that makes shares of logits. What does ln do with a share that is "
    "close to one, and with one that is close to zero?",
    right="It is zero for a network that is sure and right, and grows without end for one that is "
    "sure and wrong. What if all logits are equal? Then it is ln of the number of categories.",
    secrets=(r"-np\.log", r"-ln"),
    expect="Expect the minus sign to be missing, and the score of the category used without the "
    "softmax. Ask what a network should pay that is sure and right, and one that is sure "
    "and wrong.",
)

add(
    "compile-model",
    Builder,
    stub="compile_model(model)",
    answer=(
        compiling(),
        compiling(optimizer="Adam", metrics=["acc"]),
        compiling(metrics=["sparse_categorical_accuracy"]),
    ),
    cases=lambda keras: [
        case("a small network", network("CPFO", (8, 8, 1))(keras)),
        case("a dense network", network("FDO", (6, 6, 3), n_outputs=4)(keras)),
    ],
    tempting=(
        Flaw(
            lambda facts: facts.model is not facts.arguments[0],
            "You return another network than the one that you were given. compile changes the "
            "network itself, so whoever called has it already: return the same one.",
            compiling(same=False),
        ),
        Flaw(
            lambda facts: not facts.model.compiled,
            "The network that you return is not compiled yet. Call its method compile first.",
            compiling(same=None),
        ),
        Flaw(
            lambda facts: isinstance(facts.model.loss, type),
            "You gave compile a class of losses, not a loss. It is made by calling it: the name of "
            "the loss needs parentheses, and there is room in them for an argument.",
            compiling(loss=lambda keras: keras.losses.SparseCategoricalCrossentropy),
        ),
        Flaw(
            lambda facts: re.search(r"mean|hinge|poisson|kl", settings(facts, "loss").lower()),
            "Your loss is made for numbers, not for categories. Which one takes a share for each "
            "category?",
            compiling(loss=lambda keras: "mean_squared_error"),
        ),
        Flaw(
            lambda facts: "sparse" not in settings(facts, "loss").lower(),
            "Your loss expects rows of zeros with a single one. Both names sound alike, but the "
            "labels of this lesson are whole numbers, and there is a loss for those.",
            compiling(loss=lambda keras: keras.losses.CategoricalCrossentropy(from_logits=True)),
        ),
        Flaw(
            lambda facts: "'from_logits': True" not in settings(facts, "loss"),
            "Your loss takes the outputs for shares. The networks of this lesson give logits: the "
            "loss has an argument that tells it so.",
            compiling(loss=lambda keras: "sparse_categorical_crossentropy"),
        ),
        Flaw(
            lambda facts: "adam" not in settings(facts, "optimizer").lower(),
            "The optimizer is another one. There are many that work. The lesson's is Adam.",
            compiling(optimizer="sgd"),
        ),
        Flaw(
            lambda facts: "acc" not in settings(facts, "metrics").lower(),
            "It would train well, but nobody would see a share of right answers: add the metric. "
            "A loss is made for training, a metric for people.",
            compiling(metrics=()),
        ),
    ),
    hint="compile has three arguments that matter here: optimizer, loss, and metrics, which is a "
    "list.",
    right="Three choices: what to make small, how to get there, and what to show. The lesson "
    "imports this function from helpers.training from now on; there it also chooses how hidden "
    "layers compute. What if you compiled twice? The weights stay, the optimizer starts anew.",
    secrets=("SparseCategoricalCrossentropy", "from_logits=True"),
    expect="Expect the loss given as a word, without its argument. Ask what comes out of the "
    "last layer, and how the loss is to know that. The wrong loss of the other kind of "
    "labels comes next.",
)

add(
    "plot-curves",
    Drawing,
    stub="plot_curves(history)",
    answer=(curves(), draw_on_axes),
    cases=histories,
    tempting=(
        Flaw(
            lambda drawn: not drawn.lines,
            "There is no line in your plot. plot draws one, of places and of values.",
            curves(keys=()),
        ),
        Flaw(
            lambda drawn: draws(drawn, "loss") or draws(drawn, "val_loss"),
            "You drew the loss. It is in the same dictionary, but the task asks for the accuracy.",
            curves(keys=("loss", "val_loss")),
        ),
        Flaw(
            lambda drawn: not draws(drawn, "accuracy") and not draws(drawn, "val_accuracy"),
            "None of your lines has the accuracy of all epochs. The dictionary history.history has "
            "a list for each metric: look at its keys.",
            lambda keras: lambda history: draw(history.history["accuracy"][:1] * 3),
        ),
        Flaw(
            lambda drawn: not draws(drawn, "val_accuracy"),
            "Only the training is there. Whether a network overfits, the other curve tells: its "
            "key begins with val.",
            curves(keys=("accuracy",)),
        ),
        Flaw(
            lambda drawn: not draws(drawn, "accuracy"),
            "Only the validation is there. Draw both into one plot, so that the gap can be seen.",
            curves(keys=("val_accuracy",), names=("validation",)),
        ),
        Flaw(
            lambda drawn: any(x[0] == 0 for x, _, _ in drawn.lines),
            "Your epochs begin at zero. That is what plot does if it gets values alone. People "
            "count epochs from one: give it the places, too.",
            curves(first=0),
        ),
        Flaw(
            lambda drawn: any(x != list(range(1, len(x) + 1)) for x, _, _ in drawn.lines),
            "The places along the lower axis are not the numbers of the epochs: one, two, three "
            "and so on, up to the last.",
            curves(first=2),
        ),
        Flaw(
            lambda drawn: len(drawn.legend) < 2,
            "Nothing says which curve is which. Give each a label, and then ask for a legend: "
            "without this last step, the labels stay hidden.",
            curves(legend=False),
        ),
        Flaw(
            lambda drawn: any("test" in name.lower() for name in drawn.legend),
            "Call this curve validation: it is measured during training, and helps to choose. Test "
            "data are something else, kept for the end.",
            curves(names=("training", "test")),
        ),
        Flaw(
            is_swapped,
            "A label does not fit its curve: that of the validation should say so, and no other. "
            "In a legend, a wrong name is worse than none.",
            curves(names=("validation", "training")),
        ),
        Flaw(
            lambda drawn: not all(drawn.labels),
            "An axis has no label. Whoever sees this plot alone does not know what goes up.",
            curves(axes=False),
        ),
    ),
    hint="for each of the two lists: how many values does it have, and where do they belong along "
    "the lower axis? In the end come what is written at the axes, and the legend.",
    right="A plot that can be read without you. helpers.plots has plot_history, which does this "
    "and has a text alternative. What if you draw the loss beside it?",
    secrets=(r"range\(1", r"legend\(\)"),
    expect="Expect epochs that begin at zero, and curves without names. Let neighbors swap "
    "places and say what they see, without a word from the one who drew it.",
)

add(
    "gradient-by-hand",
    Function,
    answer=(
        gradient,
        lambda w, x, y: (((w + 1e-6) * x - y) ** 2 - ((w - 1e-6) * x - y) ** 2) / 2e-6,
    ),
    cases=lambda: [
        case("a weight that is too small", 1.0, 1.0, 3.0, shown=True),
        case("a weight that is too large", 3.0, 2.0, 4.0, shown=True),
        case("a weight that is right", 2.0, 1.5, 3.0),
        case("a negative input", 0.5, -3.0, 1.0),
        case("an input of zero", 0.5, 0.0, 1.0),
    ],
    tempting=(
        Slip(
            lambda w, x, y: 2 * (w * x - y),
            "That is the slope of the loss for the prediction. The prediction itself depends "
            "on the weight: how fast does it change with it?",
        ),
        Slip(
            lambda w, x, y: x * (w * x - y),
            "The direction is right, but it is half as large as it should be. What does a square "
            "leave behind when you take its slope?",
        ),
        Slip(
            lambda w, x, y: 2 * x * (y - w * x),
            "The sign is the wrong one. This is the direction in which the loss falls. The "
            "gradient points to where it rises, and training goes against it.",
        ),
        Slip(
            lambda w, x, y: (w * x - y) ** 2,
            "That is the loss itself. The gradient says how it changes when the weight does.",
        ),
        Slip(
            lambda w, x, y: 2 * w * (w * x - y),
            "That is the slope of the loss for the input. Training does not change the "
            "picture, it changes the weight.",
        ),
        Slip(
            lambda w, x, y: w * x - y,
            "That is by how much the prediction is off. The loss is the square of it, and a "
            "function of the weight.",
        ),
        Slip(
            lambda w, x, y: ((w + 1) * x - y) ** 2 - (w * x - y) ** 2,
            "You make the weight larger by one, and look at the loss. The idea is right, but this "
            "step is far too long: the gradient is the slope at this very place.",
        ),
    ),
    wrong="Change the weight a little in your mind: how does the prediction change, and how does "
    "the loss?",
    hint="a chain of two: the slope of the square, times that of what is inside.",
    right="With it, one step of training is w minus the learning rate times this number. Keras "
    "computes the same for every weight of a network, from the last layer to the first. What if "
    "the input is zero? Then nothing can be learned from it.",
    secrets=(r"2 ?\* ?x", r"w ?\* ?x ?- ?y"),
    expect="Expect the inner factor of the chain to be missing, for school is long ago. Send "
    "them to the finite difference: it shows that something is off, and they find out "
    "what.",
)
