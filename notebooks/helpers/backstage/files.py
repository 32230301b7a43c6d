"""Find a data set on disk, read its files, and say in plain words what is wrong with them.

And write a file of our own, all of it or nothing.
"""

import os
import secrets
import time
import unicodedata
import weakref
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path

import numpy as np

CLASS_NAMES = (
    "day bed",
    "dishrag",
    "plate",
    "running shoe",
    "soap dispenser",
    "street sign",
    "table lamp",
    "tile roof",
    "toilet seat",
    "washing machine",
)
DATA_FOLDER = Path(__file__).resolve().parents[3] / "data"
TITLES = {"sketch-street-10": "Sketch Street 10", "dollar-street-10": "Dollar Street 10"}
FILES = ("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy")

Pair = tuple[np.ndarray, np.ndarray]


class DataError(ValueError):
    """The data are not as they should be; the message says what to do about it."""


class MissingDataError(DataError, FileNotFoundError):
    """A data set, or one of its files, is not there."""


def find_folder(source: str | Path | None) -> Path:
    """Return the folder of a data set: see `helpers.data.load_data`."""
    try:
        return _find_folder(source)
    except DataError:
        raise
    # What may not be entered, goes round in circles, or begins with nobody's home folder.
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"The data {_source(source)} cannot be read ({reason_of(error)}). Correct the path, or "
            "change the permissions of the folder."
        ) from error


def _source(source: str | Path | None) -> str:
    name = source if source is not None else os.environ.get("LESSON_DATA") or str(DATA_FOLDER)
    return repr(str(name)) if len(str(name)) < 300 else f"'{str(name)[:300]}…'"


def reason_of(error: Exception) -> str:
    """Return what went wrong, without the number and the path that Python adds."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _find_folder(source: str | Path | None) -> Path:
    origin = ""
    if source is None and os.environ.get("LESSON_DATA"):
        source = os.environ["LESSON_DATA"]
        origin = " (from the environment variable LESSON_DATA)"
    if source is None:
        photographs = DATA_FOLDER / "dollar-street-10"
        # A set with a file missing counts too: better an error than silently other pictures.
        on_disk = any(_is_there(photographs / name) for name in FILES)
        source = "dollar-street-10" if on_disk else "sketch-street-10"
    if not isinstance(source, str | Path):
        raise DataError(
            f"The source of the data is {source!r}. Give a name ({', '.join(TITLES)}) or a folder."
        )
    folder = DATA_FOLDER / source if source in TITLES else Path(source).expanduser().absolute()
    # A path of nothing would be the folder in which the notebook runs.
    if not str(source) or "\0" in str(source) or not (_is_there(folder) and folder.is_dir()):
        what_to_do = advice(folder) if source in TITLES else f"Looked in {folder.absolute()}."
        raise MissingDataError(
            f"There is no data set and no folder {str(source)!r}{origin}. "
            f"Known names: {', '.join(TITLES)}; any folder with the four files "
            f"{', '.join(FILES)} will do as well. {what_to_do}"
        )
    _is_there(folder / FILES[0])  # raises where the folder may not be entered
    return folder


def _is_there(path: Path) -> bool:
    """Return whether it exists; raise an OSError where that cannot be known."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def title_of(folder: Path) -> str:
    """Return how a data set is called."""
    name = printable(folder.resolve().name)
    return TITLES.get(name, name)


def printable(name: str) -> str:
    r"""Return the name of a file or a class so that it can be printed in one line, and compared.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        Letters with their accents in one piece, as a keyboard types them (some systems store them
        in two); what is no character becomes a question mark in a diamond.

    Examples
    --------
    >>> printable("Tu\u0308r") == "T\u00fcr"
    True
    """
    name = unicodedata.normalize("NFC", name)
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name)


def advice(folder: Path) -> str:
    """Say what to do about a data set that is not as it should be."""
    if folder == DATA_FOLDER / "sketch-street-10":
        return (
            "It came with the lesson: get it back with `git checkout -- data/sketch-street-10`, "
            "or get the lesson again."
        )
    if folder == DATA_FOLDER / "dollar-street-10":
        return (
            "Get it with `python3 lesson.py data`, or use the pictures that came with the lesson: "
            'load_data("sketch-street-10").'
        )
    names = photo_classes(folder)
    if names:
        return (
            f"It holds folders ({', '.join(names[:3])}{', ...' * (len(names) > 3)}): where these "
            f"are classes, with picture files in them, use load_photos({str(folder)!r})."
        )
    return "Put the right file there, or load another folder."


def photo_classes(folder: Path) -> tuple[str, ...]:
    """Return the names of the folders of photographs in a folder that is no data set itself."""
    if any((folder / name).exists() for name in FILES):
        return ()
    from helpers.backstage.photos import class_folders

    return tuple(printable(path.name) for path in class_folders(folder))


def check_fraction(test_fraction: float) -> None:
    """Raise a DataError where this is no part of a whole."""
    if not (isinstance(test_fraction, float | np.floating) and 0 < test_fraction < 1):
        raise DataError(
            f"test_fraction is {test_fraction!r}. Give a number between 0 and 1, such as 0.3."
        )


def check_seed(seed: int) -> None:
    """Raise a DataError where this is no seed."""
    if not (isinstance(seed, Integral) and seed >= 0):
        raise DataError(f"seed is {seed!r}. Give a whole number of at least 0.")


# The names that belong to the labels that were loaded, so that nobody has to pass them on.
_names: dict[int, tuple[str, ...]] = {}


_titles: list[str] = []


def remember_title(title: str) -> None:
    """Keep how the data set is called that was loaded last."""
    _titles[:] = [title]


def last_title() -> str:
    """Return how the data set is called that was loaded last; nothing where none was."""
    return "".join(_titles)


def remember_names(names: Sequence[str], *labels: np.ndarray) -> None:
    """Keep the names of the classes for these labels, as long as they exist."""
    for array in labels:
        _names[id(array)] = tuple(names)
        weakref.finalize(array, _names.pop, id(array), None)


def names_loaded() -> tuple[str, ...] | None:
    """Return the names of the classes of what was loaded last and is still there, if anything."""
    return next(reversed(_names.values()), None)


def say_if_many(names: Sequence[str]) -> None:
    """Print what to change where there are more classes than the lesson's networks have outputs."""
    if len(names) > len(CLASS_NAMES):
        print(
            f"Networks have {len(CLASS_NAMES)} outputs. For these pictures, write "
            f"create_cnn(..., n_classes={len(names)}), and keras.layers.Dense({len(names)}) at "
            "the end of a network of your own."
        )


def names_of(labels: object) -> tuple[str, ...]:
    """Return the names of the classes that labels have.

    Parameters
    ----------
    labels : object
        An array that was loaded, or a part of one; or anything else.

    Returns
    -------
    tuple of str
        The names of their data set. For anything else: those of what was loaded last and is still
        there, or `CLASS_NAMES`.
    """
    whole = getattr(labels, "base", None)
    return _names.get(id(labels)) or _names.get(id(whole)) or names_loaded() or CLASS_NAMES


def read_class_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the classes: see `helpers.data.class_names`."""
    names = photo_classes(folder)
    if names:
        return names
    path = folder / "classes.txt"
    if not os.path.lexists(path):
        if folder.resolve().name in TITLES:
            return CLASS_NAMES
        return tuple(f"class {label}" for label in range(len(CLASS_NAMES)))
    try:
        # Of a pipe the reader would wait for ever.
        if not path.is_file():
            raise OSError("it is no file")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}). Save it as text in UTF-8.") from error
    names = tuple(printable(line.strip()) for line in lines if line.strip())
    if len(names) < 2 or len(set(names)) < len(names):
        raise DataError(
            f"{path} holds {len(names)} names, {len(set(names))} of them different. "
            "Write at least two different names, one per line, in label order."
        )
    return names


def read_folder(folder: Path) -> tuple[Pair, Pair]:
    """Read the four files of a folder, and check what is in them.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    (train_images, train_labels), (test_images, test_labels)
        As `load_data` returns them.

    Raises
    ------
    DataError
        If a file is missing, cannot be read or holds something else.
    """
    n_classes = len(read_class_names(folder))
    train = _read_pair(folder, "train", n_classes)
    held_out = _read_pair(folder, "test", n_classes)
    if train[0].shape[1:] != held_out[0].shape[1:]:
        raise DataError(
            f"{folder}: the pictures in train_images.npy have shape {train[0].shape[1:]}, those in "
            f"test_images.npy {held_out[0].shape[1:]}. Expected one size for all. "
            f"{advice(folder)}"
        )
    return train, held_out


def _read_pair(folder: Path, part: str, n_classes: int) -> Pair:
    what_to_do = advice(folder)
    image_path, label_path = folder / f"{part}_images.npy", folder / f"{part}_labels.npy"
    images, labels = _read_array(image_path), _read_array(label_path)
    if images.ndim != 4 or images.shape[-1] != 3 or images.size == 0:
        raise DataError(
            f"{image_path} holds an array of shape {images.shape}. "
            f"Expected (pictures, height, width, 3) with at least one picture. {what_to_do}"
        )
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != len(images):
        raise DataError(
            f"{label_path} holds an array of shape {labels.shape}. "
            f"Expected one label per picture, so ({len(images)},). {what_to_do}"
        )
    check_range(str(image_path), images, 0, 255, what_to_do)
    check_range(
        str(label_path),
        labels,
        0,
        n_classes - 1,
        f"If there are more classes than that, name all of them in classes.txt. {what_to_do}",
    )
    return np.ascontiguousarray(images, dtype="uint8"), labels.astype("int64")


def _read_array(path: Path) -> np.ndarray:
    what_to_do = advice(path.parent)
    if not path.is_file():
        raise MissingDataError(
            f"{path} is missing. A data set is a folder with the four files {', '.join(FILES)}. "
            f"{what_to_do}"
        )
    try:
        with path.open("rb") as file:
            # Anything else, such as a saved web page, NumPy would take for a pickle.
            if file.read(6) != b"\x93NUMPY":
                raise ValueError("it does not begin like a .npy file")
            file.seek(0)
            # A pickle can run any program while it is read; plain numbers cannot.
            array = np.load(file, allow_pickle=False)
    # A damaged header can make NumPy raise almost anything, even a SyntaxError.
    except Exception as error:
        raise DataError(
            f"{path} cannot be read: {error}. Expected a complete .npy file of whole numbers, "
            f"with no Python objects in it. {what_to_do}"
        ) from error
    if array.dtype.kind not in "ui":
        raise DataError(
            f"{path} holds values of type {array.dtype}. Expected whole numbers, such as uint8 "
            f"for pictures and int64 for labels. {what_to_do}"
        )
    return array


def check_range(name: str, values: np.ndarray, low: int, high: int, what_to_do: str) -> None:
    """Raise a DataError where a value is out of range."""
    # "not (inside)" and not "outside", so that NaN, which compares as False, is caught.
    if not (values.min() >= low and values.max() <= high):
        raise DataError(
            f"{name}: the values go from {values.min()} to {values.max()}. "
            f"Expected {low} to {high}. {what_to_do}"
        )


def split(pair: Pair, test_fraction: float, seed: int) -> tuple[Pair, Pair]:
    """Set a part of each class aside: return the rest, and that part."""
    images, labels = pair
    rng = np.random.default_rng(seed)
    is_test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        n_test = max(1, round(test_fraction * len(members)))
        # Without a picture left in validation, the class could not be scored there.
        n_test = min(n_test, len(members) - 1)
        is_test[members[:n_test]] = True
    if not is_test.any():
        raise DataError("No class has two held-out pictures to share out. Leave out test_fraction.")
    return (images[~is_test], labels[~is_test]), (images[is_test], labels[is_test])


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, all of it or nothing, also while others read or write it.

    Parameters
    ----------
    path : Path
        Its folder is made where it is not there.
    content : bytes
        What will be in it.

    Raises
    ------
    OSError
        If it cannot be written; then what was there is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each writer. No half file ever has the name that is read.
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        unfinished.write_bytes(content)
        for wait in (0.01, 0.05, 0.2, None):
            try:
                os.replace(unfinished, path)
                break
            except PermissionError:  # on Windows, while somebody reads it
                if wait is None:
                    raise
                time.sleep(wait)
    finally:
        unfinished.unlink(missing_ok=True)
