"""What several helpers demand of what they are given, and how they say what it is."""

from collections.abc import Sequence
from numbers import Real

import numpy as np


def check_whole(n: int, what: str) -> int:
    """Return a whole number of at least 1.

    Parameters
    ----------
    n : int
        Or a float without decimals.
    what : str
        Its name, for the message.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is something else.
    """
    if isinstance(n, bool) or not isinstance(n, Real) or n < 1 or n % 1 != 0:
        raise ValueError(f"{what} is {n!r}. Give a whole number of at least 1.")
    return int(n)


def check_labels(
    labels: Sequence[int], what: str, class_names: Sequence[str], n: int | None = None
) -> np.ndarray:
    """Return labels as an array: one for each of ``n`` pictures, each of which has a name.

    Parameters
    ----------
    labels : sequence of int
        Shape (N,), indices into ``class_names``.
    what : str
        Their name, for the message.
    class_names : sequence of str
    n : int, optional
        How many there must be.

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    ValueError
        If they are something else.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.size == 0 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{what} is an array of {labels.dtype} of shape {labels.shape}. Give one whole number "
            "for each picture, shape (N,); of logits take argmax(axis=1) first."
        )
    if n is not None and len(labels) != n:
        raise ValueError(f"There are {len(labels)} {what} for {n} pictures. Give one for each.")
    if labels.min() < 0 or labels.max() >= len(class_names):
        raise ValueError(
            f"{what} go from {labels.min()} to {labels.max()}, and there are names for 0 to "
            f"{len(class_names) - 1}. Correct them, or give a name for each in class_names."
        )
    return labels


def size_of(array: np.ndarray) -> str:
    """Return height and width of an array in words.

    Parameters
    ----------
    array : numpy.ndarray
        Shape (height, width) or (height, width, channels).

    Returns
    -------
    str

    Examples
    --------
    >>> size_of(np.zeros((64, 48)))
    '64 × 48'
    """
    return f"{array.shape[0]} × {array.shape[1]}"
