"""Read photographs of one's own: picture files become arrays for a network.

`load_photo` reads one file, `classify_photo` asks a network about it, and `read_photos` reads a
folder of classes for ``helpers.data.load_photos``. Pillow does the reading; it is imported with
the first file.
"""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from helpers.backstage.checks import check_whole
from helpers.backstage.files import printable, reason_of
from helpers.data import CLASS_NAMES, DataError, MissingDataError, Pair, scale

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from PIL.Image import Image

# Not all that Pillow knows. EPS goes to Ghostscript, which runs what the file says; a damaged
# JPEG 2000 can take gigabytes, and of a damaged TIFF the libraries print complaints of their own.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# What cameras, file managers and archives leave behind, besides names that begin with a dot.
LITTER = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "__pycache__")
ORIENTATION = 0x0112  # in EXIF
MOST_PIXELS = 64_000_000  # of one file, as it is decoded: up to eight bytes each
MOST_VALUES = 100_000_000  # of all pictures together: one byte each, and four once scaled
MOST_LINES = 8


def load_photo(path: str | Path, size: int = 64) -> np.ndarray:
    """Read one picture file, as a network is to see it.

    The picture is turned upright (EXIF), cut to the largest square in its middle (a wide one loses
    its left and right ends, a high one top and bottom), and resized with the Lanczos filter; a
    small one is enlarged. What is transparent becomes white, gray becomes color, of an animation
    the first frame is taken, and color profiles are ignored.

    Parameters
    ----------
    path : str or Path
        A JPEG, PNG, WebP, GIF, AVIF or BMP, whatever its name ends in. HEIC as well, where the
        package ``pillow-heif`` is installed.
    size : int
        Height and width of the result, in pixels.

    Returns
    -------
    numpy.ndarray
        uint8, shape (1, size, size, 3), values 0 to 255. `scale` makes it ready for ``predict``.

    Raises
    ------
    DataError
        If there is no such file, or no whole picture in it; MissingDataError for the former.
    ValueError
        If size is no whole number of at least 1.

    Examples
    --------
    >>> logits = model.predict(scale(load_photo("my shoe.jpg")))  # doctest: +SKIP
    """
    size = _check_size(size, n=1)
    path = _check_path(path, "a picture file")
    if not os.path.lexists(path):
        raise MissingDataError(
            f"There is no file {printable(str(path))!r}. Give the path of a picture file. "
            f"Looked in {printable(str(path.absolute().parent))}."
        )
    try:
        return np.stack([_read(path, size)])
    except DataError as fault:
        raise DataError(
            f"{printable(str(path))} {fault}. Give a picture file, such as a JPEG or a PNG."
        ) from fault


def classify_photo(
    model: "keras.Model", path: str | Path, class_names: Sequence[str] = CLASS_NAMES
) -> "Axes":
    """Show a picture file as a network sees it, with the network's answer as title.

    Parameters
    ----------
    model : keras.Model
        Maps (1, size, size, 3), values 0 to 1, to logits of shape (1, number of classes).
    path : str or Path
        As for `load_photo`.
    class_names : sequence of str
        Names of the classes the network was trained on, in label order.

    Returns
    -------
    matplotlib.axes.Axes
        The title is the class with the largest logit, and its share after softmax.

    Raises
    ------
    DataError
        As `load_photo`, and if the network does not fit the picture or the names.

    Examples
    --------
    >>> ax = classify_photo(model, "my shoe.jpg")  # doctest: +SKIP
    """
    from helpers.plots import plot_images

    takes, gives = tuple(model.input_shape), tuple(model.output_shape)
    if len(takes) != 4 or takes[1] is None or takes[1] != takes[2] or takes[3] != 3:
        raise DataError(
            f"The network takes arrays of shape {takes}. A photograph is one of shape "
            "(1, size, size, 3): give a network that was trained on square pictures in color."
        )
    if gives[1:] != (len(class_names),):
        raise DataError(
            f"The network gives arrays of shape {gives}, and there are {len(class_names)} names. "
            "Expected one name for each output: give the names of the classes that the network "
            "was trained on, from class_names()."
        )
    image = load_photo(path, takes[1])
    logits = np.asarray(model.predict(scale(image), verbose=0), dtype=float)[0]
    shares = np.exp(logits - logits.max())
    best = int(shares.argmax())
    return plot_images(
        image,
        class_names=class_names,
        predictions=[best],
        shares=[shares[best] / shares.sum()],
    )


def read_photos(folder: str | Path, size: int) -> tuple[Pair, str]:
    """Read a folder of classes, each of them a folder of picture files.

    Parameters
    ----------
    folder : str or Path
    size : int
        As for `load_photo`.

    Returns
    -------
    (images, labels), report
        Images: uint8, shape (N, size, size, 3). Labels: int64, shape (N,), indices into
        `class_folders`. Both in the order of the names of classes and files. The report says which
        files were left out, and why; it is empty where none was.

    Raises
    ------
    MissingDataError
        If there is no such folder.
    DataError
        If there are fewer than two classes in it, or of one of them fewer than two pictures that
        can be read, or more pictures than fit into memory.
    ValueError
        If size is no whole number of at least 1.

    Examples
    --------
    >>> (images, labels), report = read_photos("my photographs", 64)  # doctest: +SKIP
    """
    folder = _check_path(folder, "a folder")
    what_is_expected = (
        "Expected at least two folders in it, one for each class, that hold the picture files: "
        f"{os.path.join(printable(folder.name), 'cat', '1.jpg')} and so on."
    )
    shown = printable(str(folder))
    if not os.path.lexists(folder):
        raise MissingDataError(
            f"There is no folder {shown!r}. {what_is_expected} "
            f"Looked in {printable(str(folder.absolute().parent))}."
        )
    if not os.path.isdir(folder):
        raise DataError(f"{shown} is a file, or a broken link. {what_is_expected}")
    classes = class_folders(folder)
    if len(classes) < 2:
        found = "one folder" if classes else "no folders"
        raise DataError(f"{shown} holds {found}. {what_is_expected}")
    files = [_entries(class_folder) for class_folder in classes]
    size = _check_size(size, sum(map(len, files)))

    images, labels = [], []
    left_out = [
        f"{printable(path.name)} lies beside the folders of the classes, in none of them"
        for path in _entries(folder)
        if path not in classes
    ]
    for label, paths in enumerate(files):
        for path in paths:
            try:
                images.append(_read(path, size))
                labels.append(label)
            except DataError as fault:
                left_out.append(f"{printable(path.parent.name)}/{printable(path.name)} {fault}")
    report = _report(left_out)
    counts = np.bincount(np.array(labels, dtype="int64"), minlength=len(classes))
    if counts.min() < 2:
        few = [
            f"{printable(path.name)} ({n})"
            for path, n in zip(classes, counts, strict=True)
            if n < 2
        ]
        raise DataError(
            f"{shown}: too few pictures that can be read in {', '.join(few)}. Expected at least "
            f"two of each class, one to train with and one to hold out. Add some.{report}"
        )
    return (np.stack(images), np.array(labels, dtype="int64")), report


def class_folders(folder: Path) -> list[Path]:
    """Return the folders in a folder, sorted by name, without hidden ones.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path

    Raises
    ------
    DataError
        If the folder cannot be listed.

    Examples
    --------
    >>> class_folders(Path("my photographs"))  # doctest: +SKIP
    [PosixPath('my photographs/cat'), PosixPath('my photographs/dog')]
    """
    return [path for path in _entries(folder) if os.path.isdir(path)]


def _entries(folder: Path) -> list[Path]:
    try:
        paths = list(folder.iterdir())
    except OSError as error:
        raise DataError(
            f"The folder {printable(str(folder))} cannot be read ({error.strerror}). "
            "Change its permissions, or take it away."
        ) from error
    kept = [
        path for path in paths if not path.name.startswith(".") and path.name.lower() not in LITTER
    ]
    return sorted(kept, key=lambda path: (printable(path.name), path.name))


def _check_path(path: str | Path, what: str) -> Path:
    if not isinstance(path, str | Path) or not str(path) or "\0" in str(path):
        raise DataError(f"The path is {path!r}. Give the path of {what}.")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # "~somebody", and there is no such person
        raise DataError(f"The path is {str(path)!r}: {error} Give the path of {what}.") from error


def _check_size(size: int, n: int) -> int:
    size = check_whole(size, "size")
    values = size * size * 3
    if n * values > MOST_VALUES:
        raise DataError(
            f"{n:,} pictures of {size} x {size} pixels take {n * values / 1e9:.2f} GB of memory, "
            f"and {4 * n * values / 1e9:.2f} GB more once they are scaled. Expected at most "
            f"{MOST_VALUES // values:,} of this size. Take fewer pictures, or a smaller size."
        )
    return size


def _report(left_out: list[str]) -> str:
    if not left_out:
        return ""
    files = "1 file" if len(left_out) == 1 else f"{len(left_out)} files"
    lines = [f"Left out, {files}:", *left_out[:MOST_LINES]]
    if len(left_out) > MOST_LINES:
        lines.append(f"and {len(left_out) - MOST_LINES} more")
    return "\n" + "\n  ".join(lines)


def _read(path: Path, size: int) -> np.ndarray:
    """Return (size, size, 3), or raise a DataError that goes on where the name of the file ends."""
    from PIL import Image, UnidentifiedImageError

    try:
        if path.is_symlink() and not path.exists():
            raise DataError("is a link that leads nowhere")
        if path.is_dir():
            raise DataError("is a folder, and folders in it are not searched")
        # A pipe would make the reader wait for ever.
        if not path.is_file():
            raise DataError("is no file, but a pipe or a device")
        if path.stat().st_size == 0:
            raise DataError("is empty")
        with warnings.catch_warnings():
            # Of what Pillow warns of, all that matters is an error further down.
            warnings.simplefilter("ignore")
            with path.open("rb") as file, _open(file) as image:
                return _to_pixels(image, size)
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(
            f"holds no whole picture of a kind that is read ({', '.join(FORMATS)})"
        ) from error
    except Image.DecompressionBombError as error:
        raise DataError("has too many pixels to be read safely: make it smaller") from error
    # A damaged file can make Pillow raise almost anything.
    except Exception as error:
        reason = reason_of(error)
        if "truncated" in reason.lower():
            raise DataError("is cut short: get it again") from error
        raise DataError(f"cannot be read: {printable(reason).rstrip('.')}") from error


def _open(file: BinaryIO) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError:
        file.seek(0)
        start = file.read(12)
        if start[4:8] != b"ftyp" or start[8:12] not in HEIC:
            raise
    try:
        import pillow_heif
    except ImportError as error:
        raise DataError(
            "is in HEIC, which Pillow reads with one more package (%pip install pillow-heif): "
            "install it, or save the picture as JPEG"
        ) from error
    pillow_heif.register_heif_opener()
    return Image.open(file, formats=("HEIF",))


def _to_pixels(image: "Image", size: int) -> np.ndarray:
    from PIL import Image

    # A JPEG is decoded at a half, a quarter or an eighth: fast, and in little memory.
    image.draft(None, (3 * size, 3 * size))
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise DataError(f"has {width} x {height} pixels, too many: make it smaller")
    image.load()
    orientation = _orientation(image)
    if image.mode.startswith("I"):
        # Pillow would cut off at 255 what is a number of 16 bits.
        image = Image.fromarray((np.asarray(image) >> 8).astype("uint8"))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode != mode:
        image = image.convert(mode)
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, width - left, height - top)
    image = image.resize((size, size), Image.Resampling.LANCZOS, box, reducing_gap=3)
    if mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    return _turn(np.array(image), orientation)


def _orientation(image: "Image") -> int:
    try:
        orientation = image.getexif().get(ORIENTATION)
    # A picture is worth more than its broken EXIF.
    except Exception:
        return 1
    return orientation if orientation in range(1, 9) else 1


def _turn(pixels: np.ndarray, orientation: int) -> np.ndarray:
    # Turned once it is small: a square in the middle stays there.
    if orientation > 4:
        pixels = pixels.swapaxes(0, 1)
    if orientation % 4 in (2, 3):
        pixels = pixels[:, ::-1]
    if orientation % 4 in (3, 0):
        pixels = pixels[::-1]
    return pixels
