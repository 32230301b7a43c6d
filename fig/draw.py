"""Draw the figures that explain concepts.

    python fig/draw.py            draw all figures into this folder
    python fig/draw.py FOLDER     draw them into another folder

Nothing here is a measurement: figures that show results are made where the results are, in
the notebooks.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# A figure computes with what learners use, where there is such a function.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "notebooks"))

# Importing them registers their figures.
from fig import images, learning, networks  # noqa: F401
from fig.card import FIGURES

HERE = Path(__file__).resolve().parent


def draw(folder: Path) -> None:
    """Draw all figures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for figure in FIGURES.values():
        picture, file, alt, _ = figure()
        picture.save(folder / file, alt)


def places(file: str) -> list[str]:
    """Return where a figure is shown: the numbers of notebooks, and README.md."""
    pages = {
        page.name[:2]: page for page in sorted(HERE.parent.glob("notebooks/[0-9][0-9]-*.ipynb"))
    }
    pages["README.md"] = HERE.parent / "README.md"
    return [name for name, page in pages.items() if f"fig/{file}" in page.read_text("utf-8")]


def listing() -> str:
    """Return the list of all figures for fig/README.md, in the order of the notebooks."""
    sections = []
    for figure in FIGURES.values():
        _, file, alt, shows = figure()
        shown = places(file)
        fields = f"- Shows: {shows}\n- Notebook: {', '.join(shown)}\n- Alt text: {alt}"
        sections.append((shown, f"## {file}\n\n{fields}"))
    return "\n\n".join(text for _, text in sorted(sections, key=lambda section: section[0]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    draw(parser.parse_args().folder)
