"""One place on the screen that changes while a cell works, in a notebook or in a terminal."""

import sys
from html import escape

from IPython import get_ipython
from IPython.display import display

WIDGET = "application/vnd.jupyter.widget-view+json"


class Live:
    """One place on the screen whose content is replaced until the work is finished.

    In a notebook it is a widget, which goes away at the end; in a terminal it is a line
    that is rewritten. What stays, and is stored in a notebook, is the last text alone: times
    and values differ between machines, and stored outputs are compared.

    Examples
    --------
    >>> live = Live()
    >>> live.show("half of it is done")  # doctest: +SKIP
    >>> live.finish("Finished.")  # doctest: +SKIP
    """

    def __init__(self) -> None:
        self._width = 0
        self._widget = None

    @property
    def has_pictures(self) -> bool:
        """Whether pictures are shown here: in a notebook."""
        return hasattr(get_ipython(), "kernel")

    def show(self, text: str, more: str = "") -> None:
        """Replace the content by a text and, in a notebook, by ``more``, which is HTML."""
        if not self.has_pictures:
            # Blanks overwrite what is left of a longer line.
            sys.stdout.write(f"\r{' ' * self._width}\r{text}")
            sys.stdout.flush()
            self._width = len(text)
        else:
            self._show_widget()
            self._widget.value = f'<div role="status">{escape(text)}</div>{more}'

    def say(self, text: str) -> None:
        """Print a line that stays, without touching what is shown."""
        if self._width:
            self.show("")
            sys.stdout.write("\r")
        print(text)

    def finish(self, text: str) -> None:
        """Take the content away, and leave this text behind."""
        if not self.has_pictures:
            self.show(text)
            sys.stdout.write("\n")
            return
        if self._widget is not None:
            self._widget.close()
        print(text)

    def _show_widget(self) -> None:
        # Not before there is something to show: JupyterLab stumbles over one that ends at once.
        if self._widget is None:
            # Imported here, since a terminal needs no widgets.
            from ipywidgets import HTML

            self._widget = HTML()
            view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
            display({WIDGET: view}, raw=True)
