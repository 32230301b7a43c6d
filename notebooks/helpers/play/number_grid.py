"""Fields for the numbers of a kernel, one for each."""

from collections.abc import Sequence

import ipywidgets as widgets
import traitlets

LARGEST = 5


class NumberGrid(widgets.VBox):
    """The numbers of a square kernel as fields to type in.

    Parameters
    ----------
    label : str
        Stands above the fields.
    value : tuple of tuple of float
        The rows at first; at most 5 × 5, numbers from -99 to 99.

    Attributes
    ----------
    value : tuple of tuple of float
        The rows as they are now. Setting it fills the fields, and can change their number.
    """

    value = traitlets.Tuple()

    def __init__(self, label: str, value: tuple[tuple[float, ...], ...]) -> None:
        places = range(LARGEST)
        self._cells = [[_field(row, column) for column in places] for row in places]
        self._filling = False
        super().__init__([widgets.Label(label), *map(widgets.HBox, self._cells)])
        for cells in self._cells:
            for cell in cells:
                cell.observe(self._read, names="value")
        self.observe(self._fill, names="value")
        self.value = value

    def _fill(self, change: object) -> None:
        self._filling = True
        for cells, numbers in zip(self._cells, self.value, strict=False):
            for cell, number in zip(cells, numbers, strict=False):
                cell.value = number
        self._filling = False
        size = len(self.value)
        for row, cells in enumerate(self._cells):
            for column, cell in enumerate(cells):
                cell.layout.display = None if max(row, column) < size else "none"

    def _read(self, change: object) -> None:
        if not self._filling:
            size = len(self.value)
            rows = ((cell.value for cell in cells[:size]) for cells in self._cells[:size])
            self.value = tuple(map(tuple, rows))


def resize(rows: Sequence[Sequence[float]], size: int) -> tuple[tuple[float, ...], ...]:
    """Return a square of numbers, made larger by a rim of zeros, or smaller by its middle.

    Parameters
    ----------
    rows : sequence of sequence of float
        As many as each is long.
    size : int
        Height and width of the result; as odd or even as those of ``rows``.

    Returns
    -------
    tuple of tuple of float
    """
    shift = (len(rows) - size) // 2
    places = range(shift, shift + size)
    inside = range(len(rows))
    return tuple(
        tuple(rows[row][col] if row in inside and col in inside else 0 for col in places)
        for row in places
    )


def _field(row: int, column: int) -> widgets.BoundedFloatText:
    # The name is for screen readers; the place of the field says it to all others.
    return widgets.BoundedFloatText(
        min=-99, max=99, step=1, description=f"kernel, row {row}, column {column}",
        style={"description_width": "0"}, layout={"width": "68px"},
    )  # fmt: skip
