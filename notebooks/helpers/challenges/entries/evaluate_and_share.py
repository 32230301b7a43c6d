"""The challenges of notebook 7: how good a network is, and one answer of it."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import numpy as np

from helpers.challenges.entries.common import add
from helpers.challenges.forms import Choice, Option
from helpers.challenges.functions import Function, Slip, case


def accuracy(labels, predicted):
    return float(np.mean(labels == predicted))


def labels_and_predictions():
    rng = np.random.default_rng(1)
    labels, predicted = rng.integers(0, 5, 60), rng.integers(0, 5, 60)
    return [
        case("four pictures", np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]), shown=True),
        case("no right answer", np.array([1, 1]), np.array([0, 2]), shown=True),
        case("many pictures", labels, predicted),
        case("the first of two labels always", labels[:7] % 2, np.zeros(7, dtype=int)),
    ]


def confusion(labels, predicted, n_classes):
    table = np.zeros((n_classes, n_classes), dtype=int)
    for label, named in zip(labels, predicted, strict=True):
        table[label, named] += 1
    return table


def confuse_at_once(labels, predicted, n_classes):
    table = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(table, (labels, predicted), 1)
    return table


def confuse_once_each(labels, predicted, n_classes):
    table = np.zeros((n_classes, n_classes), dtype=int)
    table[labels, predicted] += 1
    return table


def pictures_to_confuse():
    rng = np.random.default_rng(1)
    labels, predicted = rng.integers(0, 4, 50), rng.integers(0, 4, 50)
    return [
        case("three pictures", np.array([0, 0, 1]), np.array([0, 1, 1]), 2, shown=True),
        case("many pictures", labels, predicted, 4),
        case("categories without pictures", np.array([2, 2, 0]), np.array([0, 0, 2]), 4),
        case("a category that is never named", np.array([0, 1, 2]), np.array([0, 0, 0]), 3),
    ]


def precision(labels, predicted, category):
    named = predicted == category
    return float(np.mean(labels[named] == category)) if named.any() else 0.0


def nan_precision(labels, predicted, category):
    return precision(labels, predicted, category) if np.any(predicted == category) else np.nan


def pictures_of_a_category():
    labels, predicted = np.array([0, 1, 1, 2, 2, 2, 2]), np.array([1, 1, 0, 1, 2, 2, 0])
    return [
        case("a category that is often named", labels, predicted, 1),
        case("a category that is seldom named", labels, predicted, 2),
        case("a few pictures", np.array([0, 1, 1]), np.array([0, 0, 1]), 0, shown=True),
        case("a category that nothing was named", labels, predicted, 3),
    ]


class Fake:
    """Something that predicts as a network does, from how bright a picture is.

    Its answers are right for scaled pictures only, and it takes a batch only.
    """

    def __init__(self, n_classes):
        self.n_classes = n_classes

    def predict(self, pictures, **settings):
        pictures = np.asarray(pictures)
        if pictures.ndim != 4:
            raise ValueError(
                f"expected the shape (batch, height, width, channels), found {pictures.shape}"
            )
        brightness = pictures.astype(float).mean(axis=(1, 2, 3))[:, np.newaxis]
        centers = (np.arange(self.n_classes) + 0.5) / self.n_classes
        return (-np.abs(brightness - centers)).astype("float32")

    __call__ = predict_on_batch = predict


def name_of(model, pictures, names, choose=np.argmax):
    """Name the category of the first picture of a batch."""
    return names[int(choose(model.predict(pictures, verbose=0)[0]))]


def answer_for(model, picture, names):
    return name_of(model, picture[np.newaxis] / np.float32(255), names)


def pictures_to_name():
    rng = np.random.default_rng(1)
    names = ["bed", "car", "cup", "door", "sofa"]
    pictures = {
        "a dark picture": rng.integers(0, 30, (6, 8, 3), dtype="uint8"),
        "a picture that is neither dark nor bright": rng.integers(60, 90, (6, 8, 3), dtype="uint8"),
        "a bright picture": rng.integers(180, 200, (5, 5, 3), dtype="uint8"),
    }
    return [case(told, Fake(5), picture, names) for told, picture in pictures.items()]


def top_k(shares, labels, k):
    largest = np.argsort(shares, axis=1)[:, -k:]
    return float(np.mean([label in row for label, row in zip(labels, largest, strict=True)]))


def by_rank(shares, labels, k):
    own = shares[np.arange(len(labels)), labels]
    return np.mean((shares > own[:, np.newaxis]).sum(axis=1) < k)


def top(choose, end=np.mean):
    """Make a version of top_k that looks at other places, or ends in another way."""
    return lambda shares, labels, k: end(
        [
            label in choose(row, k)
            for label, row in zip(labels, np.argsort(shares, axis=1), strict=True)
        ]
    )


def shares_and_labels():
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.ones(6), 40)
    few = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.2, 0.1, 0.7]])
    return [
        case("three pictures and the two largest shares", few, np.array([1, 0, 2]), 2, shown=True),
        case("the largest share alone", shares, rng.integers(0, 6, 40), 1),
        case("the three largest shares", shares, rng.integers(0, 6, 40), 3),
        case("all shares", shares, rng.integers(0, 6, 40), 6),
    ]


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
    expect="Expect A from all and C from few, and many votes for D, as no weight ever learned "
    "from these pictures. Ask who picked the dropout rate, and with the help of which "
    "pictures.",
)


add(
    "accuracy",
    Function,
    answer=(accuracy,),
    cases=labels_and_predictions,
    tempting=(
        Slip(
            lambda labels, predicted: int(np.sum(labels == predicted)),
            "You return how many answers are right. With more pictures this number grows, however "
            "good the network is: what would make it comparable?",
        ),
        Slip(
            lambda labels, predicted: float(np.mean(labels != predicted)),
            "That is the share of wrong answers. Both are in use, but an accuracy grows with what "
            "is right.",
        ),
        Slip(
            lambda labels, predicted: 100 * accuracy(labels, predicted),
            "You return percent. In print that reads well, but a share lies between zero and one, "
            "and Keras shows it so.",
        ),
        Slip(
            lambda labels, predicted: labels == predicted,
            "You return one answer for each picture. What is the share of those that are true?",
        ),
        Slip(
            lambda labels, predicted: bool(np.all(labels == predicted)),
            "You ask whether all answers are right. A network may be good without that: which "
            "share is right?",
        ),
        Slip(
            lambda labels, predicted: float(np.mean(np.abs(labels - predicted))),
            "You look at how far apart the numbers of the categories are. But these numbers are "
            "names: category two is not nearer to three than to nine.",
        ),
        Slip(
            lambda labels, predicted: float(np.mean(np.bincount(labels[labels == predicted]))),
            "You count right answers for each category and take the mean. The share of all "
            "pictures is asked for.",
        ),
    ),
    wrong="Compare label by label. What share of the comparisons is true?",
    hint="True counts as one and False as zero. What is the mean of such numbers?",
    right="The share of right answers. What does it hide? Which categories are mixed up: for that, "
    "a table is needed.",
    secrets=(r"np\.mean", "=="),
    expect="Expect a count or a percentage. Ask how somebody could compare it who has more "
    "pictures, and what Keras printed during training.",
)

add(
    "confusion-matrix",
    Function,
    answer=(confusion, confuse_at_once),
    cases=pictures_to_confuse,
    dtype="kind",
    tempting=(
        Slip(
            lambda labels, predicted, n_classes: confusion(predicted, labels, n_classes),
            "Rows and columns are mixed up. Both ways are in use. Here a row is a true category, "
            "and its columns tell what its pictures were named.",
        ),
        Slip(
            confuse_once_each,
            "The same mistake twice counts as one. It tempts, because it looks like adding one for "
            "each picture. But NumPy reads all places at once, and writes to each of them once.",
        ),
        Slip(
            lambda labels, predicted, n_classes: (
                confusion(labels, predicted, n_classes) / len(labels)
            ),
            "You return shares. The task asks how many pictures there are in each place.",
        ),
        Slip(
            lambda labels, predicted, n_classes: confusion(
                labels, predicted, max(labels.max(), predicted.max()) + 1
            ),
            "You take the size from the largest label that is found. A category without pictures "
            "should have a row and a column, too.",
        ),
        Slip(
            lambda labels, predicted, n_classes: np.diag(
                np.diag(confusion(labels, predicted, n_classes))
            ),
            "You count right answers only. The rest of the table, the confusions, is empty: "
            "count every picture.",
        ),
        Slip(
            lambda labels, predicted, n_classes: (
                confusion(labels, predicted, n_classes)
                - np.diag(np.diag(confusion(labels, predicted, n_classes)))
            ),
            "You count wrong answers only. Right ones belong to the table as well: they stand on "
            "its diagonal.",
        ),
        Slip(
            lambda labels, predicted, n_classes: np.roll(
                confusion(labels, predicted, n_classes), -1, axis=(0, 1)
            ),
            "All is one place too far up and left. Labels begin at zero, as rows and columns do: "
            "nothing needs to be taken off.",
        ),
    ),
    wrong="Every picture adds one at the place of its pair: its label is the row, its prediction "
    "the column.",
    hint="begin with a square table of zeros. Then go through the pairs of label and prediction.",
    right="The diagonal has what is right, and every other place has one kind of confusion. What "
    "do the sums of the rows tell? How many pictures of each category there are.",
    secrets=(r"\+= ?1", r"np\.add"),
    expect="Expect rows and columns to be swapped, and later an addition that forgets repeated "
    "pairs. Ask where all pictures of one category should stand before anybody looks at "
    "the numbers.",
)

add(
    "precision-of-class",
    Function,
    answer=(precision,),
    cases=pictures_of_a_category,
    tempting=(
        Slip(
            lambda labels, predicted, category: precision(predicted, labels, category),
            "You look at the pictures that are of this category, and ask how many were found. That "
            "is the recall. Precision looks at those that were named so.",
        ),
        Slip(
            lambda labels, predicted, category: float(
                np.mean((labels == category) & (predicted == category))
            ),
            "You divide by the number of all pictures. How many of them were named so at all?",
        ),
        Slip(
            lambda labels, predicted, category: int(
                np.sum((labels == category) & (predicted == category))
            ),
            "You return how many pictures were named so and are it. Of how many that were named "
            "so?",
        ),
        Slip(
            lambda labels, predicted, category: float(
                np.mean((labels == category) == (predicted == category))
            ),
            "You also count pictures that are something else, and were named something else. "
            "There are so many of these that every category looks good.",
        ),
        Slip(
            lambda labels, predicted, category: 1 - precision(labels, predicted, category),
            "That is the share of those that are something else. Precision says how far a name "
            "can be trusted.",
        ),
        Slip(
            lambda labels, predicted, category: float(np.mean(labels == predicted)),
            "That is the accuracy of all categories together. Look at one of them only.",
        ),
        Slip(
            lambda labels, predicted, category: (
                int(np.sum(labels[predicted == category] == category))
                / int(np.sum(predicted == category))
            ),
            "If nothing was named so, you divide by zero, and Python stops. Look at this case "
            "first: what do you want to return?",
        ),
        Slip(
            lambda labels, predicted, category: (
                precision(labels, predicted, category) if np.any(predicted == category) else 1.0
            ),
            "If nothing was named so, you call that perfect. There was no mistake, but no right "
            "answer either: return zero.",
        ),
        Slip(
            nan_precision,
            "If nothing was named so, you return nan, not a number: that is what a mean of nothing "
            "gives. The task asks for zero there, and nan is not zero.",
        ),
    ),
    wrong="Take those pictures only that were named so. Which share of them is it?",
    hint="two numbers: how many were named so, and how many of these have this label. What if the "
    "first of them is zero?",
    right="It says how far this name can be trusted. What if a network names only one picture so, "
    "the one it is surest of? Its precision may be perfect, and it has found next to nothing: that "
    "is why the recall stands beside it.",
    secrets=(r"== ?category",),
    expect="Expect the recall, because both sentences sound alike. Let them say in words by "
    "which pictures they divide; then ask for a category that the network has never used.",
)

add(
    "one-answer",
    Function,
    answer=(answer_for, lambda model, picture, names: answer_for(model, picture, np.array(names))),
    cases=pictures_to_name,
    tempting=(
        Slip(
            lambda model, picture, names: name_of(model, picture[np.newaxis], names),
            "The picture is not scaled. A network gives an answer to anything, and no error tells "
            "that it has never seen such large numbers. Do with it what was done before training.",
        ),
        Slip(
            lambda model, picture, names: name_of(model, picture / 255, names),
            "The network expects a batch. A single picture needs an axis in front of the others, "
            "even if it is the only one. (And did you do what was done before training?)",
        ),
        Slip(
            lambda model, picture, names: int(
                np.argmax(model.predict(picture[np.newaxis] / 255)[0])
            ),
            "You return the number of the category. Whoever asks what is in a picture wants to "
            "hear a name.",
        ),
        Slip(
            lambda model, picture, names: name_of(
                model, picture[np.newaxis] / 255, names, choose=np.argmin
            ),
            "You take the smallest output. The larger a logit, the surer the network.",
        ),
        Slip(
            lambda model, picture, names: model.predict(picture[np.newaxis] / 255)[0],
            "You return the outputs of the network. Which place has the largest, and what is the "
            "name that belongs to it?",
        ),
        Slip(
            lambda model, picture, names: [name_of(model, picture[np.newaxis] / 255, names)],
            "You return a list of names, since a batch has many answers. Here there is one "
            "picture: return its name alone.",
        ),
        Slip(
            lambda model, picture, names: name_of(
                model, picture[np.newaxis] / 255, [*names[1:], names[0]]
            ),
            "You are one name too far. The first category has the number zero, as the first place "
            "of the list.",
        ),
    ),
    wrong="The answer should be one of the names. Follow the picture step by step: scale, add an "
    "axis, predict, find the largest, name it.",
    hint="print the shape of what you hand to predict, and its largest value. What did the "
    "training pictures have there?",
    right="From a picture to a word: that is all that people want of a network. What does it say "
    "to a picture of something else, a cat for example? One of its names, too.",
    secrets=(r"argmax\(", "newaxis", r"/ ?255"),
    expect="Expect a picture that was not scaled: it runs, and the answer means nothing. A "
    "missing axis at least ends with an error. Ask what had been done to the pictures "
    "before fit saw them.",
)

add(
    "top-k",
    Function,
    answer=(top_k, by_rank),
    cases=shares_and_labels,
    tempting=(
        Slip(
            top(lambda row, k: row[:k]),
            "You look at the smallest shares. Sorting goes from small to large, so the largest "
            "stand at the end.",
        ),
        Slip(
            top(lambda row, k: row[-1:]),
            "You look at the largest share alone, whatever k is. That is the accuracy.",
        ),
        Slip(
            top(lambda row, k: row[-k : len(row) - k + 1]),
            "You look at one place only. The label may be anywhere among the first ones.",
        ),
        Slip(
            lambda shares, labels, k: np.mean(
                [
                    label in row
                    for label, row in zip(labels, np.argsort(shares, axis=0)[:, -k:], strict=True)
                ]
            ),
            "You sort down the columns, picture against picture. The shares of one picture stand "
            "in a row: sort along the last axis.",
        ),
        Slip(
            top(lambda row, k: row[-k:], end=np.sum),
            "You return for how many pictures it holds. A share was asked for.",
        ),
        Slip(
            top(lambda row, k: row[-k - 1 :]),
            "You look at one share too many. How many places does a slice have that begins at "
            "minus k?",
        ),
        Slip(
            lambda shares, labels, k: float(np.mean([np.sum(np.sort(row)[-k:]) for row in shares])),
            "You sum up the largest shares. That says how sure the network is. The label plays no "
            "part in it.",
        ),
        Slip(
            top(lambda row, k: row[:-k]),
            "You look at all but the largest ones, or count those whose label is not among them. "
            "Where is the minus sign in your slice, before "
            "or behind the colon?",
        ),
    ),
    wrong="For each picture: find the places of its k largest shares, and look whether the label "
    "is one of them.",
    hint="np.argsort gives places, in the order of their values. At which end are the largest?",
    right="It never falls when k grows, and with k as large as the number of categories it is one. "
    "What is it good for? Where people choose from a few suggestions, the first need not be right.",
    secrets=(r"-k:", r"in row"),
    expect="Expect the wrong end of the sorted places. Put a few shares on the board, let the "
    "room call out the order that argsort gives, and ask where the largest one stands.",
)
