"""Load the pictures of the lesson, and check them.

A data set is a folder with four files that ``numpy.save`` wrote: ``train_images.npy``,
``train_labels.npy``, ``test_images.npy`` and ``test_labels.npy``. A fifth file is optional:
``classes.txt``, one class name per line, in label order.

Loading never uses the network. ``python3 lesson.py data`` fetches Dollar Street 10 once.
"""

from pathlib import Path

import numpy as np

from helpers.backstage.files import (
    CLASS_NAMES,
    DATA_FOLDER,
    FILES,
    DataError,
    MissingDataError,
    Pair,
    check_fraction,
    check_range,
    check_seed,
    find_folder,
    names_loaded,
    printable,
    read_class_names,
    read_folder,
    remember_names,
    remember_title,
    say_if_many,
    split,
    title_of,
)

__all__ = [
    "CLASS_NAMES",
    "DATA_FOLDER",
    "FILES",
    "DataError",
    "MissingDataError",
    "Pair",
    "class_names",
    "draw_more",
    "load_data",
    "load_photos",
    "read_folder",
    "scale",
]


def load_data(
    source: str | Path | None = None, *, test_fraction: float | None = None, seed: int = 0
) -> tuple[Pair, ...]:
    """Load a data set from disk and print one line that says which one it was.

    Parameters
    ----------
    source : str or Path, optional
        ``"sketch-street-10"``, ``"dollar-street-10"``, or a folder with the four files.
        Left out, the environment variable ``LESSON_DATA`` decides; where that is not set,
        Dollar Street 10 if it is on disk, else Sketch Street 10.
    test_fraction : float, optional
        Between 0 and 1. Sets this part of the held-out pictures aside as a test set, the same
        part of every class (at least one picture of it, and never all).
    seed : int
        Decides which pictures ``test_fraction`` sets aside.

    Returns
    -------
    (train_images, train_labels), (val_images, val_labels)
        and a third pair, ``(test_images, test_labels)``, if ``test_fraction`` is given.
        Images: uint8, shape (N, height, width, 3), values 0 to 255.
        Labels: int64, shape (N,), values 0 to number of classes - 1.

    Raises
    ------
    MissingDataError
        If there is no such data set, or a file of it is missing.
    DataError
        If a file cannot be read or holds something else, or ``test_fraction`` is no fraction.

    Examples
    --------
    >>> (train_images, train_labels), (val_images, val_labels) = load_data("sketch-street-10")
    Sketch Street 10: 878 training and 293 validation pictures of 64 x 64 pixels, 10 classes
    """
    if test_fraction is not None:
        check_fraction(test_fraction)
    check_seed(seed)
    folder = find_folder(source)
    train, held_out = read_folder(folder)
    if test_fraction is None:
        pairs = (train, held_out)
        counts = f"{len(train[1])} training and {len(held_out[1])} validation"
    else:
        validation, test = split(held_out, test_fraction, seed)
        pairs = (train, validation, test)
        counts = (
            f"{len(train[1])} training, {len(validation[1])} validation and {len(test[1])} test"
        )
    height, width = train[0].shape[1:3]
    names = read_class_names(folder)
    remember_names(names, *(labels for _, labels in pairs))
    remember_title(title_of(folder))
    print(
        f"{title_of(folder)}: {counts} pictures of {height} x {width} pixels, {len(names)} classes"
    )
    say_if_many(names)
    return pairs


def load_photos(
    folder: str | Path, size: int = 64, test_fraction: float = 0.25, seed: int = 0
) -> tuple[Pair, Pair]:
    """Load photographs of your own, and print which files were left out, and why.

    Each picture is cut to the largest square in its middle and resized: see ``load_photo`` in
    ``helpers.backstage.photos``, which reads a single file.

    Parameters
    ----------
    folder : str or Path
        It has one folder for each class, of that name, with the picture files in it. The sorted
        names, as `class_names` gives them, are the label order.
    size : int
        Height and width of the result, in pixels.
    test_fraction : float
        Between 0 and 1: the part of every class that is held out (at least one picture of it, and
        never all).
    seed : int
        Decides which pictures are held out, and the order of all.

    Returns
    -------
    (train_images, train_labels), (val_images, val_labels)
        As `load_data` returns them; the shape of the images is (N, size, size, 3).

    Raises
    ------
    DataError
        If there are fewer than two classes, or of one of them fewer than two pictures that can be
        read, or all take too much memory. MissingDataError if there is no such folder.

    Examples
    --------
    >>> train, validation = load_photos("my photographs")  # doctest: +SKIP
    my photographs: 90 training and 30 validation pictures of 64 x 64 pixels, 3 classes
    """
    from helpers.backstage.photos import class_folders, read_photos

    check_fraction(test_fraction)
    check_seed(seed)
    (images, labels), report = read_photos(folder, size)
    # Mixed, so that the first pictures are not all of one class.
    order = np.random.default_rng(seed).permutation(len(labels))
    train, validation = split((images[order], labels[order]), test_fraction, seed)
    folder = Path(folder).expanduser()
    names = [printable(path.name) for path in class_folders(folder)]
    remember_names(names, train[1], validation[1])
    title, side = title_of(folder), images.shape[1]
    remember_title(title)
    print(
        f"{title}: {len(train[1])} training and {len(validation[1])} validation pictures of "
        f"{side} x {side} pixels, {len(names)} classes{report}"
    )
    say_if_many(names)
    return train, validation


def draw_more(n: int, seed: int = 0) -> Pair:
    """Draw more pictures like those of Sketch Street 10, or read them where they are drawn already.

    Parameters
    ----------
    n, seed : int
        How many, up to 50,000, and which: none is in the data set or among those of another seed.

    Returns
    -------
    images, labels
        As from `load_data`, with the classes in the proportions of its training set.

    Examples
    --------
    >>> images, labels = draw_more(500)  # doctest: +SKIP
    """
    from helpers.backstage import more_pictures

    images, labels = more_pictures.draw(n, seed)[:2]
    remember_names(CLASS_NAMES, labels)
    return images, labels


def class_names(source: str | Path | None = None) -> tuple[str, ...]:
    """Give the names of the classes of a data set, in label order.

    Parameters
    ----------
    source : str or Path, optional
        As for `load_data` or `load_photos`. Left out, it is what was loaded last.

    Returns
    -------
    tuple of str
        The lines of the folder's ``classes.txt``. Without that file: `CLASS_NAMES` for the two
        data sets of the lesson, and "class 0" to "class 9" for a folder of your own. For a folder
        of photographs: the names of the folders in it.

    Raises
    ------
    MissingDataError
        If there is no such data set.
    DataError
        If ``classes.txt`` is not a list of at least two different names.

    Examples
    --------
    >>> class_names("sketch-street-10")[3]
    'running shoe'
    """
    loaded = names_loaded() if source is None else None
    return loaded or read_class_names(find_folder(source))


def scale(images: np.ndarray) -> np.ndarray:
    """Bring pixel values from 0...255 to 0...1.

    Parameters
    ----------
    images : ndarray
        Whole numbers 0 to 255, any shape. Numbers with a decimal point that are in 0...1
        already are returned as they are, so that running a cell twice does no harm.

    Returns
    -------
    ndarray
        A new float32 array of the same shape, values 0 to 1.

    Raises
    ------
    DataError
        If there are no values, they are no numbers, or they are out of range.

    Examples
    --------
    >>> scale(np.array([0, 51, 255], dtype="uint8"))
    array([0. , 0.2, 1. ], dtype=float32)
    """
    images = np.asarray(images)
    if images.size == 0 or images.dtype.kind not in "uif":
        raise DataError(
            f"Cannot scale an array of shape {images.shape} and type {images.dtype}. "
            "Give it pictures as load_data() returns them."
        )
    if images.dtype.kind == "f":
        check_range("The pictures to scale", images, 0, 1, "Give it the uint8 pictures.")
        return images.astype("float32")
    check_range("The pictures to scale", images, 0, 255, "Give it pictures from load_data().")
    # Plain images / 255 would make float64, which takes twice the memory and teaches no better.
    return np.divide(images, 255, dtype="float32")
