"""The kernels that have a name, and what each does."""

import numpy as np

WHAT_IT_DOES = {
    "horizontal edges": "is far from 0 where the brightness changes from one row to the next",
    "vertical edges": "is far from 0 where the brightness changes from one column to the next",
    "all edges": "is far from 0 wherever a pixel differs from its neighbors",
    "blur": "is the mean of the window, which makes everything soft",
    "sharpen": "makes the difference between a pixel and its neighbors larger",
    "emboss": "makes a relief with the light from one corner",
    "identity": "is the picture itself",
}


def named_kernel(name: str, size: int = 3) -> tuple[tuple[tuple[int, ...], ...], int]:
    """Return the rows of a kernel that has a name, and the number that divides its sums.

    Parameters
    ----------
    name : str
        One of ``WHAT_IT_DOES``.
    size : int
        Height and width, an odd number.

    Returns
    -------
    (tuple of tuple of int, int)
        The divisor is 1 for all but "blur".

    Raises
    ------
    ValueError
        If there is no kernel of this name.

    Examples
    --------
    >>> named_kernel("horizontal edges")
    (((-1, -1, -1), (0, 0, 0), (1, 1, 1)), 1)
    """
    middle = size // 2
    steps = np.arange(size) - middle
    kernel = np.zeros((size, size), dtype=int)
    divisor = 1
    if name == "horizontal edges":
        kernel += np.sign(steps)[:, np.newaxis]
    elif name == "vertical edges":
        kernel += np.sign(steps)
    elif name == "all edges":
        kernel -= 1
        kernel[middle, middle] = size**2 - 1
    elif name == "blur":
        kernel += 1
        divisor = size**2
    elif name == "sharpen":
        kernel[middle], kernel[:, middle] = -1, -1
        kernel[middle, middle] = 2 * size - 1
    elif name == "emboss":
        kernel += steps[:, np.newaxis] + steps
        kernel[middle, middle] = 1
    elif name == "identity":
        kernel[middle, middle] = 1
    else:
        raise ValueError(f"There is no kernel {name!r}. Choose one of: {', '.join(WHAT_IT_DOES)}.")
    return tuple(map(tuple, kernel.tolist())), divisor
