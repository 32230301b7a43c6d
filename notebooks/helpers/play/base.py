"""What every playground is made of: controls, a picture that follows them, and a line in words.

A playground has a figure that is made once, and a function ``draw`` that changes what is in
it. Here is a whole one::

    def play_power() -> Playground:
        figure = new_figure(height=3)
        ax = figure.subplots()
        x = np.linspace(0, 1)
        (line,) = ax.plot(x, x)

        def draw(power: int) -> str:
            line.set_ydata(x**power)
            figure.set_label(f"Curve of x to the power of {power}.")  # text alternative
            return f"With the power {power}, one half becomes {0.5**power:.3g}."

        return Playground(figure, {"power": slider("power", 1, low=1, high=5)}, draw)

Nothing here uses pyplot, so that no figure is shown twice or left open.
"""

import base64
import gc
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from numbers import Integral

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import FigureImage
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from PIL import Image

from helpers import plots  # importing it sets fonts and colors
from helpers.backstage.checks import check_labels
from helpers.backstage.files import names_of

WIDTH = 8.5  # of a figure, in inches of 96 pixels
STYLE = {"description_width": "112px"}
LAYOUT = {"width": "298px"}  # two side by side in a window of 800 pixels
SIGNS, SIGNS_MEANING = colormaps["RdBu_r"], "blue below 0, white at 0, red above"
RGB = 3  # channels of a picture in color
MOST_PIXELS = 128  # of a picture in gray, in each direction

# ipywidgets gives the handle of a slider no name, and reads a changed line aloud only if what is
# around it stays. The browser does this after each new picture; where it may not, all else works.
ADD_NAMES = """
const box = this.closest('.playground');
if (!box) return;
for (const slider of box.querySelectorAll('.widget-slider')) {
  const handle = slider.querySelector('.noUi-handle');
  handle?.setAttribute('aria-label', slider.querySelector('label').textContent);
}
box.querySelector('.playground-line .widget-html-content').setAttribute('role', 'status');
"""

# What the browser shows instead of the line when no kernel listens to the controls any more. It
# gives that class to every widget then.
GONE = (
    "The kernel was restarted: the picture no longer follows. Run the cells above, then this one."
)
SAY_GONE = f"""<style>
.playground .playground-gone {{ display: none; }}
.playground .jupyter-widgets-disconnected .playground-gone {{ display: block; }}
.playground .jupyter-widgets-disconnected .playground-words {{ display: none; }}
</style>
<div class="playground-gone">{GONE}</div>"""


class Playground:
    """Controls, a picture that follows them, and a line that says in words what is shown.

    As the last line of a cell it shows itself: as widgets where they run, else as a picture
    with its line in words.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made once, with :func:`new_figure`. ``draw`` changes what is in it.
    controls : mapping of str to ipywidgets.Widget
        In the order in which they are shown. One without a value, such as a button, is only
        shown; let its ``on_click`` call :meth:`show`.
    draw : callable
        Called with the values of the controls, each under its name. It updates the figure,
        sets its text alternative by ``figure.set_label(...)``, and returns the line in words.
        A ValueError that it raises is shown in place of the line. It may change controls,
        for example the ``max`` of a slider, and is not called again for that.
    moving : sequence of matplotlib.artist.Artist
        All that ``draw`` changes, where that is little and the rest slow to draw, such as axes with
        numbers: only these are drawn anew. Left out, it is the whole figure.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        To set one by hand: ``playground.controls["rate"].value = 0.5``.
    words, alternative : str
        What the line says now, and the text alternative of the picture.
    png : bytes
        The picture as it is now.
    """

    def __init__(
        self,
        figure: Figure,
        controls: Mapping[str, widgets.Widget],
        draw: Callable[..., str],
        moving: Sequence[Artist] = (),
    ) -> None:
        self.controls = dict(controls)
        self.words = self.alternative = ""
        self.png = b""
        self._canvas = FigureCanvasAgg(figure)
        self._draw = draw
        self._moving = list(moving)
        for artist in self._moving:
            artist.set_animated(True)  # so that canvas.draw() leaves it out
        self._still = None  # the figure without them, once it is drawn
        self._drawn: dict | None = None  # the values that the picture shows
        self._held = False
        _free_those_of_before(self)
        self._picture, self._line = widgets.HTML(), widgets.HTML()
        self._line.add_class("playground-line")
        row = widgets.Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="2px 16px")
        self.widget = widgets.VBox(
            [widgets.Box(list(self.controls.values()), layout=row), self._picture, self._line]
        )
        self.widget.add_class("playground")
        self.show()
        for control in self.controls.values():
            if control.has_trait("value"):
                control.observe(self._react, names="value")

    def show(self) -> None:
        """Draw what the controls say now, and say it in words."""
        self._held = True
        try:
            self.words = self._draw(**self._values())
            dimmed = ""
        except ValueError as error:
            self.words = str(error)
            dimmed = " opacity: 0.3;"  # the picture is that of the last state that could be drawn
        finally:
            self._held = False
        self._drawn = self._values()
        self.png = self._render()
        self.alternative = self._canvas.figure.get_label()
        # The size holds the place free while the browser unpacks the new picture.
        width, height = self._canvas.get_width_height()
        style = f"max-width: 100%; height: auto; margin-top: 6px;{dimmed}"
        self._picture.value = (
            f'<img alt="{escape(self.alternative)}" width="{width}" height="{height}" '
            f'style="{style}" onload="{escape(ADD_NAMES)}" src="{self._source()}">'
        )
        self._line.value = (
            f'<div class="playground-words" style="line-height: 1.5">{escape(self.words)}</div>'
            f"{SAY_GONE}"
        )

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Draw once, at the end, for all controls that are set in the ``with`` block."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before
        if not before:
            self._react()

    def close(self) -> None:
        """Free what it holds, but for the picture and its words: it follows no control any more."""
        for widget in _parts(self.widget):
            widget.close()
        self.controls = {}
        self.widget = self._canvas = self._draw = self._still = None
        self._moving.clear()

    def _react(self, change: object = None) -> None:
        # A control that changes others makes several events of what is one change.
        if not self._held and self._values() != self._drawn:
            self.show()

    def _render(self) -> bytes:
        if self._still is None:
            self._canvas.draw()
        if self._moving:
            if self._still is None:
                self._still = self._canvas.copy_from_bbox(self._canvas.figure.bbox)
            self._canvas.restore_region(self._still)
            for artist in self._moving:
                self._canvas.figure.draw_artist(artist)
        size = self._canvas.get_width_height()
        picture = Image.frombuffer("RGBA", size, self._canvas.buffer_rgba())
        buffer = io.BytesIO()
        # Packed quickly, for this happens at every move of a slider.
        picture.convert("RGB").save(buffer, format="PNG", compress_level=1)
        return buffer.getvalue()

    def _values(self) -> dict:
        return {name: c.value for name, c in self.controls.items() if c.has_trait("value")}

    def _source(self) -> str:
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        view = self.widget._repr_mimebundle_() if self.widget else {}
        image = f'<img alt="{escape(self.alternative)}" src="{self._source()}">'
        page = {"text/plain": self.words, "text/html": f"{image}\n<p>{escape(self.words)}</p>"}
        return view | page

    def __repr__(self) -> str:
        return self.words


# The playgrounds that each cell of the notebook has made, and in which run of it.
_made: dict[str, tuple[str, list[Playground]]] = {}


def _free_those_of_before(playground: Playground) -> None:
    """Close those that the same cell made when it was run before: nobody sees them any more."""
    # In the terminal, and where the page does not tell which cell it is, nothing is freed.
    parent = getattr(get_ipython(), "get_parent", dict)()
    cell = parent.get("metadata", {}).get("cellId")
    run = parent.get("header", {}).get("msg_id")
    if cell is None:
        return
    last, made = _made.get(cell, (run, []))
    if last != run:
        for old in made:
            old.close()
        made = []
        gc.collect()  # figures and networks hold themselves: Python would let them lie for long
    _made[cell] = run, [*made, playground]


def _parts(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """Return a widget, and all that it is made of."""
    yield widget
    for name in widget.keys:
        value = getattr(widget, name)
        for part in value if isinstance(value, tuple) else [value]:
            if isinstance(part, widgets.Widget):
                yield from _parts(part)


def new_figure(height: float) -> Figure:
    """Return an empty white figure of the width that all playgrounds have.

    Parameters
    ----------
    height : float
        In inches of 96 pixels.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return Figure(figsize=(WIDTH, height), dpi=96, facecolor="white")


def add_panel(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes without ticks, for a picture or a drawing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    left, bottom, width, height : float
        Place in the figure, as parts of its width and height.

    Returns
    -------
    matplotlib.axes.Axes
        Write its title by ``ax.title.set_text(...)``: ``set_title`` looks for a free place each
        time the figure is drawn, which takes longer than the picture itself.
    """
    ax = figure.add_axes((left, bottom, width, height))
    ax.axis("off")
    ax.set_anchor("N")  # pictures of any shape begin at the same height
    ax.set_title("", y=1.02, fontsize=11)
    return ax


def add_pixels(
    figure: Figure, left: float, bottom: float, width: float, height: float
) -> tuple[Axes, FigureImage]:
    """Add an image whose pixels are those of the figure, quick to draw, with axes on top.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    left, bottom, width, height : float
        As :func:`add_panel`.

    Returns
    -------
    (matplotlib.axes.Axes, matplotlib.image.FigureImage)
        Give the image arrays of its own size: ``image.set_data(...)``.
    """
    ax = add_panel(figure, left, bottom, width, height)
    x, y = (round(n) for n in ax.bbox.p0)
    columns, rows = (round(n) for n in ax.bbox.size)
    empty = np.zeros((rows, columns, RGB), dtype=np.uint8)
    return ax, figure.figimage(empty, x, y, origin="upper", zorder=-1)


def add_frame(ax: Axes) -> Rectangle:
    """Add a frame that is seen on light and on dark.

    Parameters
    ----------
    ax : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.patches.Rectangle
        Move it by ``frame.set_bounds(x, y, width, height)``.
    """
    return ax.add_patch(
        Rectangle(
            (0, 0), 1, 1, fill=False, edgecolor=plots.COLORS[1], linewidth=2, zorder=3,
            clip_on=False, path_effects=[withStroke(linewidth=4, foreground="black")],
        )
    )  # fmt: skip


def slider(
    label: str, value: float, low: float, high: float, step: float = 1
) -> widgets.IntSlider | widgets.FloatSlider:
    """Return a slider: for whole numbers if all its numbers are whole, else for decimals.

    Parameters
    ----------
    label : str
        Stands before the slider.
    value, low, high, step : float
        Value at first, smallest and largest value, and the distance from one to the next.

    Returns
    -------
    ipywidgets.IntSlider or ipywidgets.FloatSlider
    """
    whole = all(isinstance(number, Integral) for number in (value, low, high, step))
    kind, form = widgets.IntSlider, "d"
    if not whole:
        kind, form = widgets.FloatSlider, f".{len(str(float(step)).partition('.')[2])}f"
    return kind(
        value=value, min=low, max=high, step=step, readout_format=form,
        description=label, style=STYLE, layout=LAYOUT,
    )  # fmt: skip


def choice(label: str, options: Sequence) -> widgets.Dropdown:
    """Return a list of options, one of which is chosen: at first, the first.

    Parameters
    ----------
    label : str
        Stands before the list.
    options : sequence
        The values, or pairs of text and value.

    Returns
    -------
    ipywidgets.Dropdown
    """
    return widgets.Dropdown(options=options, description=label, style=STYLE, layout=LAYOUT)


def switch(label: str, value: bool = False) -> widgets.Checkbox:
    """Return a box to tick.

    Parameters
    ----------
    label : str
        Stands behind the box.
    value : bool
        Whether it is ticked at first.

    Returns
    -------
    ipywidgets.Checkbox
    """
    layout = {"width": "max-content", "margin": "2px 12px 2px 2px"}
    return widgets.Checkbox(value=value, description=label, indent=False, layout=layout)


def number(label: str, value: int, low: int, high: int) -> widgets.BoundedIntText:
    """Return a field for a whole number.

    Parameters
    ----------
    label : str
        Stands before the field.
    value, low, high : int
        Value at first, smallest and largest value.

    Returns
    -------
    ipywidgets.BoundedIntText
    """
    return widgets.BoundedIntText(
        value=value, min=low, max=high, description=label, style=STYLE, layout=LAYOUT
    )


def show_if(shown: bool, *controls: widgets.Widget) -> None:
    """Show some controls, or hide them, also from the keyboard.

    Parameters
    ----------
    shown : bool
        Whether they are to be seen.
    *controls : ipywidgets.Widget
    """
    for control in controls:
        control.layout.display = None if shown else "none"


def say(value: float, digits: int = 3) -> str:
    """Return a number as a reader likes it.

    Parameters
    ----------
    value : float
    digits : int
        At most this many decimals.

    Returns
    -------
    str
        With thousands set apart, and a true minus sign.

    Examples
    --------
    >>> say(-1234.0), say(0.5)
    ('−1,234', '0.5')
    """
    text = f"{round(value, digits) + 0.0:,.{digits}f}"  # + 0.0 makes a plain zero of -0.0
    return text.rstrip("0").rstrip(".").replace("-", "−")


def as_batch(images: np.ndarray) -> np.ndarray:
    """Return pictures, or a single one, as a batch of pictures.

    Parameters
    ----------
    images : numpy.ndarray
        Shape (N, height, width), (N, height, width, 1 or 3), (height, width) or
        (height, width, 3); numbers.

    Returns
    -------
    numpy.ndarray
        Shape (N, height, width) or (N, height, width, channels), the same values.

    Raises
    ------
    ValueError
        If it is no array of pictures.
    """
    images = np.asarray(images)
    # Three axes, the last of length 3, are a single picture in color, not many gray ones.
    has_channels = images.ndim > 2 and images.shape[-1] in (1, RGB)
    axes = images.ndim - has_channels
    if images.size == 0 or axes not in (2, 3) or images.dtype.kind not in "iufb":
        raise ValueError(
            f"images has shape {images.shape} and type {images.dtype}. Give numbers in an array of "
            f"shape (N, height, width, {RGB}) or (N, height, width), or one picture, shape "
            f"(height, width, {RGB}) or (height, width)."
        )
    return images if axes == 3 else images[np.newaxis]


def picture_options(
    images: np.ndarray,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
) -> list[tuple[str, int]]:
    """Return what a list for choosing a picture offers: the first picture of each class.

    Parameters
    ----------
    images : numpy.ndarray
        A batch of pictures, see :func:`as_batch`.
    labels : sequence of int, optional
        Category of each picture. Left out, the first twelve pictures are offered.
    class_names : sequence of str, optional
        Names of the categories; left out, those that were loaded with the labels.

    Returns
    -------
    list of (str, int)
        Name, and index into ``images``; for :func:`choice`.

    Raises
    ------
    ValueError
        If there is not one label for each picture, or one that has no name.
    """
    if labels is None:
        return [(f"picture {index}", index) for index in range(min(len(images), 12))]
    class_names = names_of(labels) if class_names is None else class_names
    labels = check_labels(labels, "labels", class_names, len(images))
    classes, first = np.unique(labels, return_index=True)
    return [(class_names[c], int(index)) for c, index in zip(classes, first, strict=True)]


def gray(picture: np.ndarray) -> np.ndarray:
    """Return a picture in gray: the mean over its channels.

    Parameters
    ----------
    picture : numpy.ndarray
        Shape (height, width) or (height, width, channels). Of a picture of more than
        ``MOST_PIXELS`` in a direction only every second, third ... pixel is kept.

    Returns
    -------
    numpy.ndarray
        Shape (height, width), float64. Of whole numbers the mean is rounded to whole numbers,
        so that sums can be checked by hand.

    Raises
    ------
    ValueError
        If a number in the picture is not finite.
    """
    step = -(-max(picture.shape[:2]) // MOST_PIXELS)
    result = picture[::step, ::step].astype(float)
    if not np.isfinite(result).all():
        raise ValueError("The picture holds a NaN or an infinite number. Give finite numbers only.")
    if result.ndim == 3:
        result = result.mean(axis=2)
    return np.rint(result) if picture.dtype.kind in "iu" else result


def gray_pictures(
    images: np.ndarray,
    labels: Sequence[int] | None,
    class_names: Sequence[str] | None,
    least: int,
    what: str,
) -> dict[str, np.ndarray]:
    """Return the pictures that a playground offers, in gray, by name.

    Parameters
    ----------
    images : numpy.ndarray
        As :func:`as_batch`.
    labels, class_names
        As :func:`picture_options`.
    least : int
        Smallest height and width of a picture.
    what : str
        What has to fit into it, for the message.

    Returns
    -------
    dict of str to numpy.ndarray
        Each as :func:`gray` returns it.

    Raises
    ------
    ValueError
        If the pictures are too small, or one of these functions refuses them.
    """
    images = as_batch(images)
    if min(images.shape[1:3]) < least:
        raise ValueError(
            f"images has shape {images.shape}. Give pictures of at least {least} × {least} "
            f"pixels, so that the largest {what} fits."
        )
    options = picture_options(images, labels, class_names)
    return {name: gray(images[index]) for name, index in options}
