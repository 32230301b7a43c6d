"""The challenges of notebook 1: load pictures, scale and count them."""

# The functions are such as learners write.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, D103

import numpy as np

from helpers.challenges.entries.common import DECIMAL, FEATURES, PICTURES, add
from helpers.challenges.forms import Choice, Option, one
from helpers.challenges.functions import Function, Slip, case


def scale_by_hand(images):
    return images.astype("float32") / 255


def count_classes(labels, n_classes):
    return np.bincount(labels, minlength=n_classes)


def count_in_place(labels, n_classes):
    counts = np.zeros(n_classes, dtype=int)
    counts[labels] += 1
    return counts


def redden_row(picture, row):
    red = picture.copy()
    red[row] = (255, 0, 0)
    return red


def pictures_to_scale():
    rng = np.random.default_rng(1)
    return [
        case("a few whole numbers", np.array([0, 51, 255], dtype="uint8"), shown=True),
        case("pictures in color", rng.integers(0, 256, (2, 4, 5, 3), dtype="uint8")),
        case("a dark picture, without any white", rng.integers(9, 99, (6, 4, 3), dtype="uint8")),
        case("a gray picture", rng.integers(0, 256, (3, 7), dtype="uint8")),
    ]


def pictures_to_redden():
    picture = np.random.default_rng(1).integers(1, 250, (5, 8, 3), dtype="uint8")
    return [
        case("a row in the middle", picture.copy(), 2),
        case("the first row", picture.copy(), 0),
        case("the last row", picture.copy(), 4),
        case("a picture that is higher than wide", picture[:, :2].copy(), 3),
    ]


def redden(change):
    """Make a wrong version, which changes a copy in another way."""

    def redden_row(picture, row):
        red = picture.copy()
        change(red, row)
        return red

    return redden_row


def assign(place, color):
    """Make a change that gives a place of the picture another color."""
    return lambda red, row: red.__setitem__(place(row), color)


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
    hint="the shape of one picture has three numbers. What does each of them count?",
    right="A picture has 64 × 64 pixels, and each has a value for red, green and blue: "
    "12,288 features. What if the pictures were 32 × 32? Then it is 3,072: half the side, "
    "a quarter of the features.",
    secrets=(r"\bC\b", "12,?288"),
    numbers="size; size; size**2; size**2; size; size; features; train; train; features // 4;"
    "size // 2; size // 2; size; size; features; size // 2; size // 2; features // 4",
    expect="Expect B as the favorite: height and width were just read aloud, and color is easily "
    "forgotten. If many say D, the axes are not clear yet: ask what each number of the "
    "shape counts, let neighbors explain it to each other, and vote again.",
)

add(
    "scale-by-hand",
    Function,
    answer=(scale_by_hand, lambda images: np.divide(images, 255, dtype="float32")),
    cases=pictures_to_scale,
    dtype="same",
    tempting=(
        Slip(
            lambda images: images / 255,
            "The values are right. But a plain division makes numbers of the type float64, which "
            "take twice the memory, and networks compute with float32. Choose the type before you "
            "divide, or after.",
        ),
        Slip(
            lambda images: (images / 255).astype("float16"),
            "You divide by the right number. But float16 keeps about three digits only, and its "
            "values are rounded. The task asks for float32.",
        ),
        Slip(
            lambda images: images.astype("float32"),
            "The type is right, and with it the job looks done. But the values are as large as "
            "before: look at the largest.",
        ),
        Slip(
            lambda images: (images / images.max()).astype("float32"),
            "You divide by the largest value that is found. With most pictures this comes to the "
            "same. A dark picture becomes bright by it: divide by what a pixel can be at most.",
        ),
        Slip(
            lambda images: (images - images.min()) / (images.max() - images.min()),
            "You stretch the values from the smallest to the largest that are found. This is used "
            "elsewhere, but here every picture would be scaled in another way, and nothing would "
            "be dark or bright any more.",
        ),
        Slip(
            lambda images: images // 255,
            "Nearly everything has become zero: what was behind the decimal point is lost. The "
            "sign // drops it, and so does a type of whole numbers. It looks like a plain "
            "division.",
        ),
        Slip(
            lambda images: (images / 256).astype("float32"),
            "A byte has that many different values, but counting begins at zero. White should "
            "become exactly one: what is the largest value of a pixel?",
        ),
        Slip(
            lambda images: (images / 127.5 - 1).astype("float32"),
            "Your values begin below zero. Some networks are fed like that. Here black should "
            "become zero, and white one.",
        ),
    ),
    wrong="Black should become zero, and white one, with all grays between them in proportion.",
    hint="which value has a white pixel? And how do you tell NumPy to compute with decimals of "
    "half the usual size?",
    right="The pictures now have values from zero to one, as float32, and the array that you were "
    "given is as it was. What if you called it twice? Then nearly everything is black: the helper "
    "scale notices that, and leaves scaled pictures alone.",
    secrets=(r"/ ?255", r"astype"),
    expect="Expect the plain division first, whose result has the wrong type. Ask which dtype "
    "came out, and how many bytes each number takes now. Whoever divides by the largest "
    "value found needs a dark picture to notice.",
)

add(
    "count-classes",
    Function,
    answer=(
        count_classes,
        lambda labels, n_classes: np.array([np.sum(labels == i) for i in range(n_classes)]),
    ),
    cases=lambda: [
        case("a category without pictures", np.array([0, 2, 2]), 3, shown=True),
        case("no picture of the last category", np.array([1, 0, 1, 1]), 4, shown=True),
        case("many pictures", np.random.default_rng(1).integers(0, 10, 200), 10),
        case("one category only", np.zeros(5, dtype="int64"), 1),
    ],
    dtype="kind",
    tempting=(
        Slip(
            lambda labels, n_classes: np.bincount(labels),
            "The counts are right as far as they go. But counting ends at the largest label that "
            "is found. A category behind it that has no pictures should be there, too, with a "
            "zero.",
        ),
        Slip(
            lambda labels, n_classes: np.unique(labels, return_counts=True)[1],
            "You count those categories that are found. It works as long as each has a picture. A "
            "category without pictures should be there, too, with a zero at its place.",
        ),
        Slip(
            count_in_place,
            "A category with many pictures counts as one. It tempts, because it looks like adding "
            "one for each label. But NumPy reads all places at once, and writes to each of them "
            "once.",
        ),
        Slip(
            lambda labels, n_classes: np.array(
                [np.sum(labels == i) for i in range(1, n_classes + 1)]
            ),
            "You begin with the category one, as people count. The labels begin at zero, and you "
            "leave out the first category.",
        ),
        Slip(
            lambda labels, n_classes: np.array([np.sum(labels == i) for i in range(n_classes - 1)]),
            "The last category is missing. range stops before the number that it is given, so "
            "there is nothing to take off.",
        ),
        Slip(
            lambda labels, n_classes: np.bincount(labels, minlength=n_classes) / len(labels),
            "These are shares. They tell the same, but the task asks how many pictures there are.",
        ),
    ),
    wrong="There should be one number for each category, in the order of the labels, zeros "
    "included.",
    hint="go through the categories, not through the labels that happen to be there. For each, "
    "how many labels are equal to it?",
    right="Each category has its count, also one without a picture. What if somebody sorted the "
    "pictures? The counts would stay the same: they know nothing of the order.",
    secrets=("bincount", "minlength", r"labels =="),
    expect="Expect solutions that count only what is there. They pass on the lesson's own "
    "labels, where every category has pictures: ask what they say of a category that "
    "nobody has photographed.",
)

add(
    "red-row",
    Function,
    answer=(redden_row,),
    cases=pictures_to_redden,
    dtype="same",
    tempting=(
        Slip(
            lambda picture, row: picture.__setitem__(row, (255, 0, 0)) or picture,
            "The row is red. But it is red in the picture that you were given, too: a second name "
            "for an array makes no second array. Copy it first.",
        ),
        Slip(
            redden(assign(lambda row: (slice(None), row), (255, 0, 0))),
            "You colored a column. It tempts, because in a plot the place to the right is named "
            "first. An array of a picture begins with the rows, from top to bottom.",
        ),
        Slip(
            redden(assign(lambda row: (row, slice(None), 0), 255)),
            "The red value is full, but green and blue are still there, so the row is yellow, "
            "pink or white. Pure red has nothing of them.",
        ),
        Slip(
            redden(assign(lambda row: row, (0, 0, 255))),
            "Your row is blue. Some programs keep the colors the other way round. Here each pixel "
            "has red, green and blue in this order.",
        ),
        Slip(
            redden(assign(lambda row: row, (1, 0, 0))),
            "One is full red in a scaled picture. This one has whole numbers, and there it is "
            "nearly black.",
        ),
        Slip(
            redden(assign(lambda row: row - 1, (255, 0, 0))),
            "It is the row above. People count from one, but arrays from zero, so the number of "
            "the row can be used as it is.",
        ),
        Slip(
            lambda picture, row: redden_row(picture, row)[row],
            "You return the red row alone. The whole picture is wanted, with this row in it.",
        ),
    ),
    wrong="Only the pixels of this one row should change, and each of them to red, green, blue of "
    "pure red.",
    hint="the first place in the brackets chooses a row, and one color is enough for all of its "
    "pixels. What has to happen before, so that the old picture stays as it is?",
    right="You changed a row of a copy, and the picture that you were given is as it was. What if "
    "you wrote picture[:, row]? Then a column would be red.",
    secrets=(r"copy\(\)", r"255, 0, 0"),
    expect="Expect a row that is red in the old picture, too, because nobody has copied it. Plot "
    "the first training picture once more, and ask why it has changed. Next comes the "
    "column in place of the row.",
)
