"""The challenges of notebook 9: gray pictures, a network of one's own, and what it finds."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN201, D103

import re

import numpy as np

from helpers.challenges.entries.common import (
    DIGIT,
    LOGITS,
    NO_FLATTEN,
    PHOTO,
    add,
    flaws_of_training,
    network,
)
from helpers.challenges.forms import Flaw, Network
from helpers.challenges.functions import Function, Slip, case


def prepare(images):
    return (images / np.float32(255))[..., np.newaxis]


def gray_pictures():
    rng = np.random.default_rng(1)
    return [
        case("a tiny picture", np.array([[[0, 255], [51, 204]]], dtype="uint8"), shown=True),
        case("pictures that are not square", rng.integers(0, 256, (3, 4, 6), dtype="uint8")),
        case("dark pictures", rng.integers(0, 90, (2, 5, 5), dtype="uint8")),
        case("pictures of digits", rng.integers(0, 256, (4, 28, 28), dtype="uint8")),
    ]


def places_of(labels, category):
    return np.flatnonzero(labels == category)


def first_of_each(labels, n):
    return np.concatenate([places_of(labels, category)[:n] for category in np.unique(labels)])


def first_in_order(labels, n):
    return np.sort(first_of_each(labels, n))


def labels_and_numbers():
    rng = np.random.default_rng(1)
    return [
        case("five labels, one of each", np.array([1, 0, 1, 1, 0]), 1, shown=True),
        case("two of each", np.array([2, 0, 1, 1, 0, 2, 2, 0]), 2),
        case("fewer pictures than are asked for", np.array([0, 1, 1, 0, 1, 1]), 3),
        case("categories that skip numbers", np.array([5, 2, 5, 9, 2, 9, 9]), 2),
        case("a dozen categories", np.arange(24) % 12, 1),
        case("many pictures", rng.integers(0, 4, 90), 12),
    ]


def recall_of(labels, predicted, category):
    of_it = labels == category
    return float(np.mean(predicted[of_it] == category)) if of_it.any() else 0.0


def nan_recall(labels, predicted, category):
    return recall_of(labels, predicted, category) if np.any(labels == category) else np.nan


def pictures_of_a_category():
    labels, predicted = np.array([0, 1, 1, 2, 2, 2, 2]), np.array([1, 1, 0, 1, 2, 2, 0])
    return [
        case("three pictures", np.array([0, 0, 1]), np.array([0, 1, 1]), 0, shown=True),
        case("a category that is often called", labels, predicted, 1),
        case("a category of many pictures", labels, predicted, 2),
        case("a category that is never called", labels, np.minimum(predicted, 1), 2),
        case("a category without pictures", labels, predicted, 3),
    ]


def recalls(labels, predicted, categories=None):
    categories = np.unique(labels) if categories is None else categories
    return [recall_of(labels, predicted, category) for category in categories]


def macro_recall(labels, predicted):
    return float(np.mean(recalls(labels, predicted)))


def macro_precision(labels, predicted):
    return float(np.mean(recalls(predicted, labels, np.unique(labels))))


def labels_and_answers():
    rng = np.random.default_rng(1)
    rare = np.repeat([0, 1, 2], [40, 8, 2])
    some = rng.choice([2, 5, 7], 60)
    return [
        case("four pictures", np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0]), shown=True),
        case("a rare category that is never found", rare, np.minimum(rare, 1)),
        case("mistakes in each category", rare, np.where(rng.random(50) < 0.6, rare, 1)),
        case("categories that skip numbers", some, np.where(rng.random(60) < 0.5, some, 5)),
    ]


add(
    "gray-pictures",
    Function,
    answer=(prepare,),
    cases=gray_pictures,
    tempting=(
        Slip(
            lambda images: images / np.float32(255),
            "The values are scaled, and the new axis is missing: the shape of what you return is "
            "still that of what you got.",
        ),
        Slip(
            lambda images: images[..., np.newaxis],
            "The axis is right, but the pixels are what they were. Scale them, too.",
        ),
        Slip(
            lambda images: prepare(images)[np.newaxis, ..., 0],
            "Your new axis stands first, where pictures are counted. It reads as one picture with "
            "very many channels. The channels come last.",
        ),
        Slip(
            lambda images: np.moveaxis(prepare(images), -1, 1),
            "Your new axis stands behind that of the pictures. Some libraries want the channels "
            "there. Keras, as it is set here, wants them last.",
        ),
        Slip(
            lambda images: prepare(images) * np.float32(255) / np.float32(images.max()),
            "You divide by the largest value that you find. Then a dark picture looks like a "
            "bright one, and each set of pictures is scaled in its own way. Divide by the largest "
            "value that a pixel can have.",
        ),
        Slip(
            lambda images: (images // 255)[..., np.newaxis],
            "You divide with //, which leaves whole numbers: nearly all pixels become black.",
        ),
        Slip(
            lambda images: np.repeat(prepare(images), 3, axis=-1),
            "You made three equal channels. Some networks that others have trained want that. Here "
            "one is enough: gray has one value at each pixel.",
        ),
        Slip(
            lambda images: images.reshape(-1, 28, 28, 1) / 255,
            "It is right for these pictures alone, because their size stands in your code. Let "
            "height and width be what they are.",
        ),
    ),
    wrong="Scale as always, and give the result one more axis, at its end.",
    hint="two steps. First scale, as for color pictures. Then look at the three ways of NumPy that "
    "the task names: two of them need not know the shape.",
    right="No pixel has changed its place: the new axis only says what was there. What would you "
    "do with color pictures that a network for gray ones should read? Take the mean over the "
    "channels, and keep the axis.",
    secrets=(r"newaxis", r"/ ?255", r"-1\)"),
    expect="Expect the axis in front, or none at all. Ask for the shape before and after, and "
    "what each of its numbers counts; the error of the first layer says the same, less "
    "kindly.",
)

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
            lambda facts: "softmax" in facts.activations[:-1],
            "A hidden layer has softmax, which makes its numbers share a sum of one: they get so "
            "small that little is left for the next layer. Softmax is for answers.",
            network("CPCPFDO", DIGIT, hidden="softmax"),
        ),
        Flaw(
            lambda facts: facts.activations[-1] != "linear",
            LOGITS,
            network("CPCPFDO", DIGIT, last="softmax"),
        ),
        *flaws_of_training("CPFD", DIGIT),
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
    expect="Expect the network for color pictures with its old input. Let them read the error "
    "message aloud and find both shapes in it: nobody forgets that again.",
)

add(
    "first-of-each",
    Function,
    answer=(first_of_each, first_in_order),
    cases=labels_and_numbers,
    dtype="kind",
    tempting=(
        Slip(
            lambda labels, n: labels[first_of_each(labels, n)],
            "You return labels. The task asks for places: with them, pictures and labels can be "
            "picked out alike.",
        ),
        Slip(
            lambda labels, n: np.isin(np.arange(len(labels)), first_of_each(labels, n)),
            "You return True or False for each picture. It picks the same ones, but the task asks "
            "for their places.",
        ),
        Slip(
            lambda labels, n: np.arange(len(labels))[:n],
            "You take the first pictures of all. Some categories may be missing among them.",
        ),
        Slip(
            lambda labels, n: np.concatenate(
                [places_of(labels, c)[-n:] for c in np.unique(labels)]
            ),
            "You take the last pictures of each category, and the first ones were asked for.",
        ),
        Slip(
            lambda labels, n: np.concatenate(
                [places_of(labels, c)[:10] for c in np.unique(labels)]
            ),
            "You take as many as the lesson does, whatever the second argument says.",
        ),
        Slip(
            lambda labels, n: np.concatenate([places_of(labels, c)[:n] for c in range(10)]),
            "It is right for digits. Other labels may have more categories than there are digits: "
            "let the labels say which there are.",
        ),
        Slip(
            lambda labels, n: np.unique(labels, return_index=True)[1],
            "You take one picture of each category, the first. More than one may be asked for.",
        ),
        Slip(
            lambda labels, n: np.array([places_of(labels, c)[:n] for c in np.unique(labels)]),
            "You have a row for each category. Put the rows behind each other, also where they "
            "differ in length.",
        ),
        Slip(
            lambda labels, n: np.concatenate([places_of(labels, c) for c in np.unique(labels)]),
            "You return the places of all pictures, sorted by category. Take some of each only.",
        ),
    ),
    wrong="For each category that occurs among the labels, take the first places at which it "
    "stands.",
    hint="np.unique(labels) gives the categories. For each of them, find its places and keep the "
    "first ones. np.concatenate puts the pieces behind each other.",
    right="With these places, every category is there as often as any other. What if the pictures "
    "were sorted, say by who wrote them? Then the first of each would all be of one hand, and it "
    "would be better to draw them at random.",
    secrets=(r"\[:n\]", r"labels =="),
    expect="Expect the labels in place of where they stand, and True and False in place of "
    "numbers. Ask what the result is used for: which two arrays are picked from with it?",
)

add(
    "recall-of-class",
    Function,
    answer=(recall_of, nan_recall),
    cases=pictures_of_a_category,
    tempting=(
        Slip(
            lambda labels, predicted, category: recall_of(predicted, labels, category),
            "You look at the pictures that are called so, and ask how many are it. That is the "
            "precision. Recall looks at those that are it.",
        ),
        Slip(
            lambda labels, predicted, category: float(
                np.mean((labels == category) & (predicted == category))
            ),
            "You divide by the number of all pictures. How many of them are of this category?",
        ),
        Slip(
            lambda labels, predicted, category: int(
                np.sum((labels == category) & (predicted == category))
            ),
            "You return how many were found. Out of how many?",
        ),
        Slip(
            lambda labels, predicted, category: float(
                np.mean((labels == category) == (predicted == category))
            ),
            "You also count pictures of other categories that were called something else. There "
            "are so many of these that even a network that finds none would look good.",
        ),
        Slip(
            lambda labels, predicted, category: float(np.mean(labels == predicted)),
            "That is the accuracy of all categories together. Look at one of them only.",
        ),
        Slip(
            lambda labels, predicted, category: 1 - recall_of(labels, predicted, category),
            "That is the share that was missed. Recall is the share that was found.",
        ),
        Slip(
            lambda labels, predicted, category: (
                int(np.sum(predicted[labels == category] == category))
                / int(np.sum(labels == category))
            ),
            "If there is no picture of the category, you divide by zero, and Python stops. Look at "
            "this case first.",
        ),
        Slip(
            lambda labels, predicted, category: (
                recall_of(labels, predicted, category) if np.any(labels == category) else 1.0
            ),
            "If there is no picture of the category, you say that all were found. Nothing was "
            "missed, but nothing was found either: return zero or nan.",
        ),
    ),
    wrong="Take the pictures that are of this category, and no others. Which share of them was "
    "called so?",
    hint="two numbers: how many pictures are of this category, and how many of these were called "
    "so. What if the first of them is zero?",
    right="Recall looks along a row of the confusion matrix, precision down a column. What is the "
    "recall of a network that gives every picture this name? It is perfect, and says nothing.",
    secrets=(r"== ?category",),
    expect="Expect the precision of the earlier notebook once more. Ask whether it goes along a "
    "row or down a column, and let them say in a sentence of what it is a share.",
)

add(
    "macro-recall",
    Function,
    answer=(macro_recall,),
    cases=labels_and_answers,
    tempting=(
        Slip(
            lambda labels, predicted: float(np.mean(labels == predicted)),
            "Here each picture counts the same. That is the micro average, or the accuracy by its "
            "other name. Average over categories, whatever their size.",
        ),
        Slip(
            macro_precision,
            "You average the precisions: your function looks at what was called so. Recall looks "
            "at what is so.",
        ),
        Slip(
            lambda labels, predicted: float(
                np.mean(recalls(labels, predicted, range(labels.max() + 1)))
            ),
            "You count up from zero, and a category without pictures enters as a recall of zero. "
            "Let the labels say which categories there are.",
        ),
        Slip(
            lambda labels, predicted: float(np.sum(recalls(labels, predicted)) / 10),
            "You divide by the number of digits. Divide by the number of categories that occur.",
        ),
        Slip(
            lambda labels, predicted: float(np.sum(recalls(labels, predicted))),
            "You add up the recalls. An average is asked for.",
        ),
        Slip(
            lambda labels, predicted: float(np.min(recalls(labels, predicted))),
            "You return the lowest recall. It is worth knowing, but it is no average.",
        ),
        Slip(
            lambda labels, predicted: np.array(recalls(labels, predicted)),
            "You return the recall of each category. One number is asked for: their mean.",
        ),
    ),
    wrong="Compute the recall of each category that occurs in the labels, and take the mean.",
    hint="np.unique(labels) gives the categories, and the function that you wrote before gives the "
    "recall of each.",
    right="Each category has the same say, however rare it is. Some call it balanced accuracy. "
    "What does it become if every category has as many pictures as any other? The accuracy itself.",
    secrets=(r"recall_of\(", r"for \w+ in"),
    expect="Expect the plain accuracy, which looks like an average already. Ask what a category "
    "with hardly any pictures adds to it.",
)
