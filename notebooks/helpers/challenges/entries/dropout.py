"""The challenges of notebook 5: overfitting and dropout."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import re

import numpy as np

from helpers.challenges.entries.common import LOGITS, NO_FLATTEN, PHOTO, add, parameters
from helpers.challenges.forms import Flaw, Term, Text
from helpers.challenges.functions import Builder, Function, Slip, case


def drop(values, rate, rng):
    kept = rng.random(values.shape) >= rate
    return np.where(kept, values / (1 - rate), 0.0)


def drop_whole_columns(values, rate, rng):
    return values * (rng.random(values.shape[-1]) >= rate) / (1 - rate)


def drop_in_place(values, rate, rng):
    values[rng.random(values.shape) < rate] = 0
    values /= 1 - rate
    return values


def drop_with(scale, keep=lambda chance, rate: chance >= rate):
    """Make a version of drop that scales in another way, or keeps others."""
    return lambda values, rate, rng: (
        values * keep(rng.random(values.shape), rate) * (scale(rate) if rate else 1)
    )


def drop_by_found(values, rate, rng):
    kept = rng.random(values.shape) >= rate
    return values * kept / kept.mean()


def values_to_drop():
    rng = np.random.default_rng(7)
    args = [
        ("a row of numbers", np.arange(1.0, 11), 0.5),
        ("a table of numbers", rng.random((6, 5)) + 1, 0.2),
        ("a high rate", rng.random((20, 4)) - 2, 0.8),
        ("a rate of zero", rng.random((3, 4)) + 1, 0.0),
    ]
    return [
        case(told, values, rate, np.random.default_rng(seed))
        for seed, (told, values, rate) in enumerate(args, start=1)
    ]


def gap(history):
    return history["accuracy"][-1] - history["val_accuracy"][-1]


def histories():
    # The names of what was measured, as Keras has them.
    names = "accuracy", "val_accuracy", "loss", "val_loss"
    overfit = [0.25, 0.5, 0.875], [0.25, 0.375, 0.25], [2.0, 1.5, 0.5], [2.0, 1.75, 2.5]
    careful = [0.125, 0.25, 0.25, 0.375], [0.25, 0.375, 0.5, 0.5], [2.2] * 4, [2.1, 2.0, 1.9, 1.8]
    short = [0.5], [0.25], [1.0], [2.0]
    return [
        case("a network that overfits", dict(zip(names, overfit, strict=True))),
        case("dropout, which does worse in training", dict(zip(names, careful, strict=True))),
        case("a single epoch", dict(zip(names, short, strict=True)), shown=True),
    ]


def dropping(layers="CPCPCPFDdO", rate=lambda rate: rate, hidden="relu", last=None, **network):
    """Return a function of keras that makes a version of cnn_with_dropout; d is dropout."""
    size, filters = network.get("size", PHOTO), network.get("filters", 50)

    def make(keras):
        kinds = {
            "C": lambda share: keras.layers.Conv2D(filters, 3, activation=hidden),
            "P": lambda share: keras.layers.MaxPooling2D(2),
            "F": lambda share: keras.layers.Flatten(),
            "D": lambda share: keras.layers.Dense(50, activation=hidden),
            "d": lambda share: keras.layers.Dropout(rate(share)),
            "O": lambda share: keras.layers.Dense(10, activation=last),
        }

        def cnn_with_dropout(rate):
            parts = [kinds[letter](rate) for letter in layers]
            return keras.Sequential([keras.Input(size), *parts])

        return cnn_with_dropout

    return make


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
            "Your words are true: it is done by trial and error, and many call it that. There is "
            "a name for it that says more, and it is the title of the next notebook: one word "
            "for the kind of setting, and one for adjusting it.",
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
    expect="Expect what was done in everyday words, and training. Take all answers to the board, "
    "and ask what a number is called that somebody sets before any training begins.",
)


add(
    "dropout-mask",
    Function,
    answer=(
        drop,
        lambda values, rate, rng: values * (rng.random(values.shape) >= rate) / (1 - rate),
    ),
    cases=values_to_drop,
    tempting=(
        Slip(
            lambda values, rate, rng: values * (rng.random(values.shape) >= rate),
            "The right numbers are dropped. But then less arrives at the next layer in training "
            "than later, when nothing is dropped: the numbers that stay have to make up for it.",
        ),
        Slip(
            drop_with(lambda rate: 1 - rate),
            "You make the numbers that stay smaller. They have to make up for those that are gone, "
            "so they should become larger.",
        ),
        Slip(
            drop_with(lambda rate: 1 / rate),
            "You divide by the share that is dropped. Look at a rate near zero: hardly anything is "
            "gone then, and the rest should hardly change.",
        ),
        Slip(
            drop_with(lambda rate: rate),
            "You multiply with the share that is dropped. The numbers that stay should become "
            "larger, and the more so, the more are dropped.",
        ),
        Slip(
            lambda values, rate, rng: values * (rng.random(values.shape) >= rate) * 2,
            "You double what stays. That is right where half of the values are dropped. With "
            "another rate, another factor makes up for what is gone.",
        ),
        Slip(
            drop_by_found,
            "You divide by the share that happened to stay this time. It is close, but it depends "
            "on luck, and with few values it may be zero. Take the share that is to be expected.",
        ),
        Slip(
            drop_with(lambda rate: 1 / (1 - rate), lambda chance, rate: chance < rate),
            "You keep those that should go. A high rate drops much: where should the random number "
            "lie, for a value to stay?",
        ),
        Slip(
            drop_whole_columns,
            "You draw one row of chances, and use it for every row. Then the same places are empty "
            "in all pictures. Draw a random number for each value.",
        ),
        Slip(
            drop_in_place,
            "The numbers are right. But you change the array that you were given: whoever called "
            "has lost theirs. Compute a new one.",
        ),
        Slip(
            lambda values, rate, rng: np.where(
                rng.random(values.shape) >= rate, values / (1 - rate), values.mean()
            ),
            "You put the mean where a value was dropped. Elsewhere gaps are filled like that. Here "
            "a dropped neuron is silent, as if it were not there.",
        ),
    ),
    wrong="Draw rng.random(values.shape) once, from the rng that is given, and nothing else. A "
    "value stays where its random number is at least the rate.",
    hint="on average, the sum of all values should be the same as before. Which share of them "
    "stays?",
    right="In training a share of the values is dropped, and the sum stays about what it was. So "
    "when nothing is dropped any more, the next layer finds what it is used to. What if the rate "
    "were one? Then nothing would be left, and you would divide by zero.",
    secrets=(r"1 ?- ?rate", ">= ?rate"),
    expect="Expect the right values to be gone, and nothing to make up for them. Ask for the "
    "mean of many ones before and after, first with a rate of a half and then with "
    "another one.",
)

add(
    "dropout-before-output",
    Builder,
    stub="cnn_with_dropout(rate)",
    answer=(dropping(),),
    cases=lambda keras: [case("a rate of 0.5", 0.5), case("a rate of 0.2", 0.2)],
    tempting=(
        Flaw(
            lambda facts: facts.input_shape != PHOTO,
            "The input of your network does not fit the pictures of the lesson. Compare it with "
            "the shape of one of them.",
            dropping(size=(32, 32, 3)),
        ),
        Flaw(
            lambda facts: bool(re.match("[^FG]*D", facts.kinds)), NO_FLATTEN, dropping("CPCPCPDdO")
        ),
        Flaw(
            lambda facts: facts.kinds != "CPCPCPFDD",
            "Without its dropout, your network is not the one of the lesson: three blocks of "
            "convolution and pooling, Flatten, a hidden dense layer, and the output layer.",
            dropping("CPCPFDdO"),
        ),
        Flaw(
            lambda facts: facts.count != parameters(PHOTO, pools=[True] * 3),
            "The layers are those of the lesson, their sizes are not. Compare filters, size of the "
            "kernels, and units.",
            dropping(filters=32),
        ),
        Flaw(
            lambda facts: "d" not in facts.order,
            "There is no dropout in your network, or it hangs beside it: a layer whose result "
            "nobody takes is forgotten.",
            dropping("CPCPCPFDO"),
        ),
        Flaw(
            lambda facts: facts.order.count("d") > 1,
            "There is more than one dropout. After each pooling is another way, which the lesson "
            "shows too. Here one place is asked for.",
            dropping("CPdCPdCPdFDO"),
        ),
        Flaw(
            lambda facts: facts.order.endswith("d"),
            "Your dropout comes after the output layer. Then it would set answers to zero, "
            "whatever the network has found, and nothing behind it could make up for that.",
            dropping("CPCPCPFDOd"),
        ),
        Flaw(
            lambda facts: re.sub("r", "", facts.order)[-2:] != "dD",
            "There is one dropout, but in another place. It should be the last thing before the "
            "output layer: there, the fewest values are left.",
            dropping("CPCPCPdFDO"),
        ),
        Flaw(
            lambda facts: (
                [round(float(rate), 6) for rate in facts.rates] == [0.5]
                and facts.arguments[0] != 0.5
            ),
            "The rate is the same whatever is asked for. Did you write a number where the argument "
            "belongs?",
            dropping(rate=lambda rate: 0.5),
        ),
        Flaw(
            lambda facts: abs(float(facts.rates[0]) - facts.arguments[0]) > 1e-6,
            "The rate is another one than that which was asked for. In Keras it is the share that "
            "is dropped, not the share that stays.",
            dropping(rate=lambda rate: 1 - rate),
        ),
        Flaw(
            lambda facts: set(facts.activations[:-1]) != {"relu"},
            "A hidden layer lacks its activation, or has another one. The lesson's is relu.",
            dropping(hidden=None),
        ),
        Flaw(lambda facts: facts.activations[-1] != "linear", LOGITS, dropping(last="softmax")),
    ),
    hint="the values that come out of the hidden dense layer are what the output layer gets. "
    "Between these two there is room for one line.",
    right="One layer of dropout, where the network has boiled a picture down to a few numbers. It "
    "has no parameters. What if it stood after each pooling? Train both, and compare.",
    secrets=(r"Dropout\(",),
    expect="Expect dropout behind the outputs, from those who take the word end literally, and "
    "several dropout layers from those who copy. Ask what becomes of an answer that is "
    "set to zero.",
)

add(
    "accuracy-gap",
    Function,
    answer=(gap,),
    cases=histories,
    tempting=(
        Slip(
            lambda history: history["val_accuracy"][-1] - history["accuracy"][-1],
            "The sign is the wrong one. A network that overfits should get a gap above zero: how "
            "much better is it on what it has learned from?",
        ),
        Slip(
            lambda history: history["accuracy"][0] - history["val_accuracy"][0],
            "You took the first epoch. The network has hardly learned anything then. Where does a "
            "list end?",
        ),
        Slip(
            lambda history: max(history["accuracy"]) - max(history["val_accuracy"]),
            "You took the best of each list. They may come from different epochs, and then this "
            "gap was never there.",
        ),
        Slip(
            lambda history: history["loss"][-1] - history["val_loss"][-1],
            "You took the losses. They tell of overfitting, too, but the task asks for the "
            "accuracy.",
        ),
        Slip(
            lambda history: np.mean(history["accuracy"]) - np.mean(history["val_accuracy"]),
            "You took the mean over all epochs. In the first of them there is hardly any gap. Ask "
            "for the last one.",
        ),
        Slip(
            lambda history: abs(history["accuracy"][-1] - history["val_accuracy"][-1]),
            "You take away the sign. With much dropout a network does better in validation than in "
            "training, and a gap below zero tells so.",
        ),
        Slip(
            lambda history: np.array(history["accuracy"]) - np.array(history["val_accuracy"]),
            "You return the gap of every epoch. One number is asked for: that of the last.",
        ),
        Slip(
            lambda history: history["accuracy"][-1] / history["val_accuracy"][-1],
            "You divide. That says how many times as good it is. A gap is a difference.",
        ),
    ),
    wrong="Of each of the two lists, the value of the last epoch counts.",
    hint="a list can be read from its end: its last place has the number minus one.",
    right="The gap in one number. A large one says that the network has learned its pictures by "
    "heart. What does a gap of zero say? Not that the network is good: one that guesses has it, "
    "too.",
    secrets=(r"\[-1\]",),
    expect="Expect the difference the other way round, and the best epochs in place of the last. "
    "Ask whether there was an epoch in which this gap could have been seen.",
)
