"""The figures in fig/ are what their functions draw, and are shown with their text alternatives."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fig import card, draw

ROOT = Path(__file__).resolve().parent.parent
FIG = ROOT / "fig"

# A number that stands for itself, not one in a color (#009e73) or a name (patch_3).
NUMBER = re.compile(r"(?<![\w#])-?\d+(?:\.\d+)?(?!\w)")


@pytest.fixture(scope="module")
def figures():
    """Return all figures, by their files: drawing them fails where one lacks its words."""
    drawn = [figure() for figure in draw.FIGURES.values()]
    return {figure.file: figure for figure in drawn}


def shown():
    """Return (place, file, alt) of each figure that a notebook or README.md shows."""
    pages = {"README.md": (ROOT / "README.md").read_text(encoding="utf-8")}
    for notebook in sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                pages[f"{notebook.name}, cell {cell['id']}"] = "".join(cell["source"])
    for place, text in pages.items():
        pictures = re.findall(r"!\[([^]]*)\]\(\s*([^)\s]+)", text)
        for tag in re.findall(r"<img\b[^>]*>", text):
            values = dict(re.findall(r'([\w-]+)\s*=\s*"([^"]*)"', tag))
            pictures.append((unescape(values.get("alt", "")), values.get("src", "")))
        for alt, target in pictures:
            if re.match(r"(\.\./)?fig/", target):
                yield place, Path(target).name, alt


def test_redrawing_gives_the_same(figures, tmp_path):
    command = [sys.executable, str(FIG / "draw.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = {path.name for path in FIG.iterdir() if path.suffix in (".svg", ".png")}
    assert {path.name for path in tmp_path.iterdir()} == set(figures)
    assert files == set(figures), "in fig/ lies what no function draws, or a drawing lacks"
    for name in files:
        message = f"{name} is not what fig/draw.py draws: run it and look at the figure"
        assert (FIG / name).stat().st_size < 150_000, name
        if name.endswith(".png"):
            old, new = (np.asarray(Image.open(folder / name)) for folder in (FIG, tmp_path))
            assert np.array_equal(old, new), message
            continue
        old, new = ((folder / name).read_text(encoding="utf-8") for folder in (FIG, tmp_path))
        # Another build of FreeType may place a letter a fraction of a pixel elsewhere.
        assert NUMBER.split(old) == NUMBER.split(new), message
        pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
        assert all(abs(float(a) - float(b)) <= 0.5 for a, b in pairs), message


def test_text_alternatives_are_those_of_the_figures(figures):
    wrong = [
        f"{place}: fig/README.md lists no figure {file} with the text alternative that stands here"
        for place, file, alt in shown()
        if file not in figures or alt != figures[file].alt
    ]
    assert not wrong, "\n".join(wrong)


def test_every_figure_is_shown(figures):
    unseen = set(figures) - {file for _, file, _ in shown()}
    assert not unseen, f"neither a notebook nor README.md shows {sorted(unseen)}"


@pytest.mark.parametrize(
    ("made", "shows", "fault"),
    [
        (card.Card(100), "A sample.", "return the card with a text alternative of 4 words"),
        ((card.Card(100), "a white card"), "A sample.", "return the card with a text alternative"),
        ((card.Card(100), "a white card, empty"), None, "say in the docstring"),
    ],
)
def test_figure_without_words_is_not_drawn(monkeypatch, made, shows, fault):
    monkeypatch.setattr(card, "FIGURES", {})

    def some_sample():
        return made

    some_sample.__doc__ = shows
    with pytest.raises(ValueError, match=f"^some-sample: {fault}.*$"):
        card.figure(some_sample)()


def test_figure_of_a_name_that_is_taken(monkeypatch):
    monkeypatch.setattr(card, "FIGURES", {"neuron": None})

    def neuron():
        """A figure that nobody would ever see."""

    with pytest.raises(ValueError, match="^neuron: two figures have this name, rename one"):
        card.figure(neuron)
