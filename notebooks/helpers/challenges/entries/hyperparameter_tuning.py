"""The challenges of notebook 6: searching for good values."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import math

from helpers.challenges.entries.common import PHOTO, add
from helpers.challenges.forms import Choice, Flaw, Number, Option, Span, one
from helpers.challenges.functions import Builder, Function, Recorder, Slip, case


def best_rate(rates, try_rate):
    losses = {rate: try_rate(rate) for rate in rates}
    return min(losses, key=losses.get)


def best_in_a_loop(rates, try_rate):
    best, lowest = None, math.inf
    for rate in rates:
        loss = try_rate(rate)
        if loss < lowest:
            best, lowest = rate, loss
    return best


def call_again(rates, try_rate):
    best = rates[0]
    for rate in rates:
        if try_rate(rate) < try_rate(best):
            best = rate
    return best


def stop_at_rise(rates, try_rate):
    losses = [try_rate(rates[0])]
    for rate in rates[1:]:
        losses.append(try_rate(rate))
        if losses[-1] > losses[-2]:
            break
    return rates[losses.index(min(losses))]


def last_that_improved(rates, try_rate):
    best, before = rates[0], math.inf
    for rate in rates:
        loss = try_rate(rate)
        if loss < before:
            best = rate
        before = loss
    return best


def rates_to_try():
    searches = {
        "the best in the middle": {0.2: 1.96, 0.35: 1.88, 0.5: 1.83, 0.65: 2.03},
        "the best at the end": {0.8: 2.4, 0.5: 2.0, 0.1: 1.5},
        "the best at the beginning": {0.1: 0.5, 0.3: 0.75, 0.2: 0.625},
        "a loss that goes up and down": {0.2: 2.0, 0.3: 2.5, 0.4: 1.75, 0.5: 2.25, 0.6: 2.125},
        "one rate alone": {0.4: 2.0},
    }
    return [
        case(told, list(losses), Recorder(losses.get, "try_rate"))
        for told, losses in searches.items()
    ]


def stopping_epoch(losses, patience):
    best, since = math.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        best, since = (loss, 0) if loss < best else (best, since + 1)
        if since == patience:
            return epoch
    return len(losses)


def stop_after(losses, patience, better=lambda loss, best, before: loss < best):
    """Make a version of stopping_epoch that has another idea of what is better."""
    best = before = math.inf
    since = 0
    for epoch, loss in enumerate(losses, start=1):
        since = 0 if better(loss, best, before) else since + 1
        best, before = min(best, loss), loss
        if since == patience:
            return epoch
    return len(losses)


def forget_to_start_again(losses, patience):
    best, since = math.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best = loss
        else:
            since += 1
        if since == patience:
            return epoch
    return len(losses)


def losses_to_stop():
    return [
        case("a loss that rises", [2.0, 1.5, 1.75, 1.8, 1.9], 2, shown=True),
        case("a loss that always falls", [2.0, 1.5, 1.25, 1.0], 2, shown=True),
        case("a better epoch just in time", [2.0, 1.5, 1.75, 1.25, 1.5, 1.75, 1.0], 2),
        case("a loss that stays the same", [2.0, 1.5, 1.5, 1.5, 1.5, 1.5], 3),
        case("ups and downs above the best", [2.0, 1.0, 1.75, 1.5, 1.25, 1.125, 1.1], 3),
        case("the best one late, behind a stop", [1.0, 1.5, 1.5, 0.5, 1.0, 1.5], 2),
        case("a patience that is longer than the training", [1.0, 1.5, 1.75], 9),
    ]


ACTIVATIONS, KERNELS = ["relu", "tanh"], [3, 5]


def second(change=None, blocks=3, compiled=True, **network):
    """Return a function of keras that makes a version of build_second."""

    def make(keras):
        def build_second(hp):
            from helpers.models import create_cnn
            from helpers.training import compile_model

            choices = {
                "activation": hp.Choice("activation", ACTIVATIONS),
                "kernel_size": hp.Choice("kernel_size", KERNELS),
            }
            if change:
                choices = change(hp, choices)
            model = create_cnn(PHOTO, n_blocks=blocks, **choices, **network)
            return compile_model(model) if compiled else model

        return build_second

    return make


def hyperparameters(keras):
    """Make two sets of hyperparameters: as they are at first, and with others than these."""
    import keras_tuner

    other = keras_tuner.HyperParameters()
    other.values |= {"activation": "tanh", "kernel_size": 5}
    return [case("the first values", keras_tuner.HyperParameters()), case("other values", other)]


def registered(facts):
    """Return the values that a network may choose from, by the name of the hyperparameter."""
    space = facts.arguments[0].space
    return {hp.name: list(getattr(hp, "values", [])) for hp in space}


def kernels(facts):
    """Return the sizes of the kernels."""
    return {layer.kernel_size for layer in facts.model.layers if hasattr(layer, "kernel_size")}


def fits(facts):
    """Tell whether the kernels have the size that was chosen."""
    size = facts.arguments[0].values["kernel_size"]
    return kernels(facts) == {(size, size)}


def only_named(hp, choices):
    return {"activation": "relu", "kernel_size": 3}


def spoil_output(keras, model):
    outputs = keras.layers.Activation("relu")(model.outputs[0])
    spoiled = keras.Model(model.inputs[0], outputs)
    spoiled.compile(loss="sparse_categorical_crossentropy")
    return spoiled


def build_alone(keras):
    """Make a version with values of its own, which asks for none."""
    from helpers.models import create_cnn
    from helpers.training import compile_model

    return lambda hp: compile_model(create_cnn(PHOTO, n_blocks=3))


def ask_for_one(keras):
    """Make a version that asks for the activation only."""
    from helpers.models import create_cnn
    from helpers.training import compile_model

    return lambda hp: compile_model(
        create_cnn(PHOTO, n_blocks=3, activation=hp.Choice("activation", ACTIVATIONS))
    )


def ask_for_others(keras):
    """Make a version whose values are others."""
    from helpers.models import create_cnn
    from helpers.training import compile_model

    def build_second(hp):
        activation = hp.Choice("activation", [*ACTIVATIONS, "elu"])
        size = hp.Choice("kernel_size", KERNELS)
        return compile_model(create_cnn(PHOTO, 3, activation=activation, kernel_size=size))

    return build_second


add(
    "dropout-rate",
    Number,
    # Of the rates in data/runs/runs.csv ("sweep 0.2" and so on) those are right whose mean loss,
    # give or take a standard deviation over the seeds, meets that of the best, and 0.05 around.
    answer=(Span(0.3, 0.55),),
    tempting=(
        one(
            0,
            "A rate of 0 drops nothing, so nothing is lost: that tempts, and early stopping ends "
            "the training before overfitting costs much. But it is the network without dropout, "
            "whose curves part in notebook 5. Look a little further to the right.",
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
    expect="Expect different rates from different machines, and that is the lesson. Collect them "
    "all on the board before anybody explains one: how far apart do they lie, and would a "
    "second run change them?",
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
    expect="Expect A from nearly all, with D or F beside it: a high score looks good, and best "
    "sounds final. Ask what kind of number this score is, and what was never tried.",
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
    expect="Expect few wrong answers; most of those count what changes instead of combinations. "
    "Ask for the trials one by one, and write them down as they are called out.",
)


add(
    "best-of-loop",
    Function,
    answer=(best_rate, best_in_a_loop),
    cases=rates_to_try,
    tempting=(
        Slip(
            lambda rates, try_rate: max(rates, key=try_rate),
            "You keep the rate with the highest loss. With an accuracy that would be right: think "
            "of what you compare.",
        ),
        Slip(
            lambda rates, try_rate: min([try_rate(rate) for rate in rates]),
            "You return the lowest loss. It tells how good the best rate is, but not which.",
        ),
        Slip(
            lambda rates, try_rate: min(range(len(rates)), key=lambda i: try_rate(rates[i])),
            "You return the place of the best rate in the list. What stands at this place?",
        ),
        Slip(
            call_again,
            "The rate is the right one. But you call try_rate again for what you have tried "
            "already. Each call is a training of minutes: keep its result.",
        ),
        Slip(
            lambda rates, try_rate: best_rate(rates[:-1] or rates, try_rate),
            "The last rate is never tried. range stops before the number that it is given, and so "
            "does a slice.",
        ),
        Slip(
            stop_at_rise,
            "You stop as soon as the loss rises. Behind a hill there may be a deeper valley, and "
            "part of every rise is luck: try all of them.",
        ),
        Slip(
            last_that_improved,
            "You compare with the rate before. Whatever is better than its neighbor wins then, "
            "even if another one was better still. Compare with the best so far.",
        ),
        Slip(
            lambda rates, try_rate: {rate: try_rate(rate) for rate in rates},
            "You return all rates with their losses. Which of them is the best?",
        ),
    ),
    wrong="Try every rate once, keep all losses, and return the rate that belongs to the lowest.",
    hint="two things go together: a rate and its loss. Where do you keep both, until all are "
    "tried?",
    right="One training for each rate, and the best is kept. What if two rates are nearly as good? "
    "Then the order is luck, and another seed could turn it round.",
    secrets=(r"min\(", r"key="),
    expect="Expect the lowest loss to be returned in place of its rate, and a second training of "
    "what was tried before. Ask what the caller wants to know, and what each call costs.",
)

add(
    "stopping-epoch",
    Function,
    answer=(stopping_epoch, stop_after),
    cases=losses_to_stop,
    tempting=(
        Slip(
            lambda losses, patience: stopping_epoch(losses, patience) - 1,
            "You are one too low: you count epochs from zero, as places in a list are counted. "
            "People begin with one.",
        ),
        Slip(
            lambda losses, patience: losses.index(min(losses)) + 1,
            "That is the best epoch, the one whose weights are restored. The training goes on "
            "behind it, until patience has run out.",
        ),
        Slip(
            lambda losses, patience: min(losses.index(min(losses)) + 1 + patience, len(losses)),
            "You look for the best of all epochs first. But while it trains, nobody knows what "
            "comes: it may stop before this epoch is ever reached.",
        ),
        Slip(
            lambda losses, patience: stop_after(
                losses, patience, lambda loss, best, before: loss < before
            ),
            "You compare with the epoch before. A loss that falls again, but not below the best, "
            "is not better yet: patience goes on running out.",
        ),
        Slip(
            lambda losses, patience: stopping_epoch(losses, patience + 1),
            "You wait one epoch too long. With a patience of one, the first epoch that is not "
            "better is the last.",
        ),
        Slip(
            lambda losses, patience: stop_after(
                losses, patience, lambda loss, best, before: loss <= best
            ),
            "You take an epoch that is as good as the best for a better one. Then a loss that "
            "stays where it is would never end the training.",
        ),
        Slip(
            forget_to_start_again,
            "You count all epochs that are not better. A better one gives the training new "
            "patience: the count begins anew.",
        ),
        Slip(
            lambda losses, patience: next(
                (e for e in range(1, len(losses) + 1) if stopping_epoch(losses[:e], patience) < e),
                len(losses),
            ),
            "You notice one epoch late that patience has run out. Look right after each epoch.",
        ),
    ),
    wrong="Go through the epochs in order, as the training does. How many have passed since the "
    "best one so far?",
    hint="keep two things while you go: the lowest loss so far, and how long ago that was.",
    right="That is what EarlyStopping does. What if the patience is very short? Then one unlucky "
    "epoch ends the training, long before it has learned what it can.",
    secrets=(r"enumerate", r"since ="),
    expect="Expect the best epoch in place of the last one, and answers that are off by one. "
    "Play it in the room: one reads losses aloud, the others call out when their patience "
    "has run out.",
)

add(
    "second-grid-model",
    Builder,
    stub="build_second(hp)",
    answer=(second(),),
    cases=hyperparameters,
    tempting=(
        Flaw(
            lambda facts: not registered(facts),
            "Your function builds a network, but it asks hp for nothing. Then there is nothing to "
            "search: every trial would be the same.",
            build_alone,
        ),
        Flaw(
            lambda facts: registered(facts).keys() < {"activation", "kernel_size"},
            "Only one of the two is chosen by hp. Ask it for activation and for kernel_size.",
            ask_for_one,
        ),
        Flaw(
            lambda facts: registered(facts).keys() != {"activation", "kernel_size"},
            "Compare the names that you give to hp with the task: activation and kernel_size, and "
            "nothing else. Under these names the results are kept.",
            second(lambda hp, choices: {"dropout_rate": hp.Float("rate", 0, 0.5)} | choices),
        ),
        Flaw(
            lambda facts: (
                registered(facts)["activation"] != ACTIVATIONS
                or registered(facts)["kernel_size"] != KERNELS
            ),
            "The names are right, but the values to choose from are others than those of the task. "
            "Compare both lists.",
            ask_for_others,
        ),
        Flaw(
            lambda facts: facts.blocks != "CPCPCP",
            "The network should have three blocks in every trial.",
            second(blocks=2),
        ),
        Flaw(
            lambda facts: any(facts.rates),
            "There is dropout in your network. The task has none: whatever else changes hides "
            "what the two choices do.",
            second(dropout_rate=0.2),
        ),
        Flaw(
            lambda facts: (
                not fits(facts)
                or set(facts.activations[:-1]) != {facts.arguments[0].values["activation"]}
            ),
            "hp is asked, but your network does not follow it: what hp.Choice returns has to reach "
            "the layers.",
            second(only_named),
        ),
        Flaw(
            lambda facts: facts.activations[-1] != "linear",
            "The output layer has an activation, too. Only hidden layers should get the chosen "
            "one.",
            lambda keras: lambda hp: spoil_output(keras, second()(keras)(hp)),
        ),
        Flaw(
            lambda facts: not facts.model.compiled,
            "The tuner can only train what is compiled. Do that at the end of your function.",
            second(compiled=False),
        ),
    ),
    hint="take the function of the first grid, and replace what hp is asked for. hp.Choice takes "
    "a name and a list.",
    right="A function from hyperparameters to a network: that is all that a tuner needs. Give the "
    "search a project_name of its own, or it finds old results. What if you asked hp for the "
    "number of filters, too? The grid would grow by a factor.",
    secrets=(r"Choice\(",),
    expect="Expect values that are asked for and then not handed on to the network. Ask in what "
    "two trials would differ, and look at the layers of both.",
)
