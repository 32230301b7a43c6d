"""Load the data of the practice notebook: gray pictures of 28 x 28 pixels, ten categories.

``"digits"`` comes with scikit-learn and needs no network. ``"mnist"`` and ``"fashion-mnist"``
are downloaded by Keras at first use, and kept in the folder ``.keras`` of your home folder.
"""

import numpy as np

from helpers.backstage.files import remember_title
from helpers.data import DataError, Pair

TITLES = {
    "digits": "Handwritten digits from scikit-learn, scanned at 8 x 8 and enlarged",
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
}
DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "trouser", "pullover", "dress", "coat")
CLOTHES += ("sandal", "shirt", "sneaker", "bag", "ankle boot")
SIZE = 28
OFFLINE = 'Without a network, use load_practice_data("digits").'


def load_practice_data(name: str = "digits") -> tuple[Pair, Pair]:
    """Load a data set of gray pictures and print one line that says which one it is.

    Parameters
    ----------
    name : str
        ``"digits"``: 1,797 real scans of 8 x 8 pixels that scikit-learn ships, enlarged to
        28 x 28; a quarter of each category is held out, always the same.
        ``"mnist"`` or ``"fashion-mnist"``: 60,000 and 10,000 pictures, downloaded once.

    Returns
    -------
    (train_images, train_labels), (val_images, val_labels)
        Images: uint8, shape (N, 28, 28), values 0 to 255. There is no channel axis.
        Labels: int64, shape (N,), values 0 to 9.

    Raises
    ------
    DataError
        If there is no such set, or it cannot be downloaded, or it is not as expected.

    Examples
    --------
    >>> train, validation = load_practice_data()  # doctest: +NORMALIZE_WHITESPACE
    Handwritten digits from scikit-learn, scanned at 8 x 8 and enlarged: 1347 training and 450
    validation pictures of 28 x 28 pixels, 10 classes
    """
    _check_name(name)
    train, validation = _read_digits() if name == "digits" else _download(name)
    remember_title(name)
    print(
        f"{TITLES[name]}: {len(train[1])} training and {len(validation[1])} validation pictures "
        f"of {SIZE} x {SIZE} pixels, {len(DIGITS)} classes"
    )
    return train, validation


def practice_class_names(name: str = "digits") -> tuple[str, ...]:
    """Give the names of the ten categories, in label order.

    Parameters
    ----------
    name : str
        As for `load_practice_data`.

    Returns
    -------
    tuple of str

    Raises
    ------
    DataError
        If there is no such data set.

    Examples
    --------
    >>> practice_class_names("fashion-mnist")[8]
    'bag'
    """
    _check_name(name)
    return CLOTHES if name == "fashion-mnist" else DIGITS


def _check_name(name: str) -> None:
    if not isinstance(name, str) or name not in TITLES:
        known = ", ".join(f'"{title}"' for title in TITLES)
        raise DataError(f"There is no practice data set {name!r}. Give one of {known}.")


def _read_digits() -> tuple[Pair, Pair]:
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    # From 0...16 to 0...255. Linear interpolation never leaves the range.
    factor = SIZE / digits.images.shape[1]
    scans = digits.images * (255 / 16)
    images = zoom(scans, (1, factor, factor), order=1, mode="nearest", grid_mode=True)
    train_images, val_images, train_labels, val_labels = train_test_split(
        images.round().astype("uint8"),
        digits.target.astype("int64"),
        test_size=0.25,
        stratify=digits.target,
        random_state=0,
    )
    return (train_images, train_labels), (val_images, val_labels)


def _download(name: str) -> tuple[Pair, Pair]:
    from helpers.backstage.quiet import keras

    source = {"mnist": keras.datasets.mnist, "fashion-mnist": keras.datasets.fashion_mnist}[name]
    try:
        train, held_out = source.load_data()
    # Keras reports a failed download as a plain Exception, a damaged file as whatever it meets.
    except Exception as error:
        raise DataError(
            f"{TITLES[name]} could not be loaded: {error}. It is downloaded at first use, and that "
            "takes a network connection: check it and try again. If a download broke off, first "
            f"delete the folder .keras/datasets in your home folder. {OFFLINE}"
        ) from error
    return _check_pair(name, train), _check_pair(name, held_out)


def _check_pair(name: str, pair: Pair) -> Pair:
    images, labels = (np.asarray(array) for array in pair)
    good = (
        images.ndim == 3
        and images.shape[1:] == (SIZE, SIZE)
        and images.dtype == np.uint8
        and labels.shape == (len(images),)
        and labels.dtype.kind in "ui"
        and set(np.unique(labels)) == set(range(len(DIGITS)))
    )
    if not good:
        raise DataError(
            f"{TITLES[name]} is not as expected: pictures of shape {images.shape} and type "
            f"{images.dtype}, labels of shape {labels.shape} and type {labels.dtype}. Expected "
            f"(N, {SIZE}, {SIZE}) of uint8, and (N,) of whole numbers that cover 0 to 9. Delete "
            f"the folder .keras/datasets in your home folder and load it again. {OFFLINE}"
        )
    return images, labels.astype("int64")
