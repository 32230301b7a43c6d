"""The figures in fig/ are what their scripts draw, are described, and are shown."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIG = ROOT / "fig"
FILES = sorted(path.name for path in FIG.iterdir() if path.suffix in (".svg", ".png"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
CORE = {f"0{number}" for number in range(1, 8)}

# A number that stands for itself, not one in a color (#009e73) or a name (patch_3).
NUMBER = re.compile(r"(?<![\w#])-?\d+(?:\.\d+)?(?!\w)")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return a folder into which all figures have been drawn anew."""
    folder = tmp_path_factory.mktemp("fig")
    command = [sys.executable, str(FIG / "draw.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def described():
    """Return what fig/README.md says: for each figure its fields."""
    sections = re.split(r"(?m)^## ", (FIG / "README.md").read_text(encoding="utf-8"))[1:]
    fields = {}
    for section in sections:
        name, _, body = section.partition("\n")
        fields[name.strip()] = dict(re.findall(r"(?m)^- ([\w ]+): (.+)$", body))
    return fields


def shown():
    """Return (notebook, target, alt) of each figure that a notebook's text shows."""
    found = []
    for notebook in NOTEBOOKS:
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "markdown":
                continue
            text = "".join(cell["source"])
            for alt, target in re.findall(r"!\[([^]]*)\]\(\s*([^)\s]+)", text):
                found.append((notebook.name, target, alt))
            for tag in re.findall(r"<img\b[^>]*>", text):
                values = dict(re.findall(r"([\w-]+)\s*=\s*\"([^\"]*)\"", tag))
                found.append((notebook.name, values.get("src", ""), values.get("alt", "")))
    return [(name, target, alt) for name, target, alt in found if "fig/" in target]


def test_redrawing_gives_the_same(drawn):
    names = sorted(path.name for path in drawn.iterdir())
    assert names and set(names) <= set(FILES)
    for name in names:
        old, new = ((folder / name).read_text(encoding="utf-8") for folder in (FIG, drawn))
        if old == new:
            continue
        # Another build of FreeType may place a letter a fraction of a pixel elsewhere.
        message = f"{name} is not what fig/draw.py draws: run it and look at the figure"
        assert NUMBER.split(old) == NUMBER.split(new), message
        pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
        assert all(abs(float(a) - float(b)) <= 0.5 for a, b in pairs), message


def test_every_figure_is_drawn_by_a_script(drawn):
    missing = {name for name in FILES if name.endswith(".svg")} - {p.name for p in drawn.iterdir()}
    assert not missing, f"nothing draws {sorted(missing)}"


@pytest.mark.parametrize("name", FILES)
def test_figure_is_small_and_described(name, described):
    assert (FIG / name).stat().st_size < 150_000
    assert name in described, f"fig/README.md lacks a section on {name}"
    assert {"Shows", "Notebook", "Alt text"} <= set(described[name])
    if name.endswith(".svg"):
        svg = (FIG / name).read_text(encoding="utf-8")
        title = unescape(re.search(r"<title>(.*?)</title>", svg, re.S)[1])
        assert described[name]["Alt text"] == title


def test_nothing_is_described_that_is_not_there(described):
    assert sorted(described) == FILES


def test_notebooks_show_figures_that_exist_with_alt_text():
    for notebook, target, alt in shown():
        assert (ROOT / "notebooks" / target).is_file(), f"{notebook} shows {target}"
        assert len(alt.split()) >= 4, f"{notebook} shows {target} without a text alternative"


def test_every_figure_is_shown_where_the_readme_says(described):
    if not {path.name[:2] for path in NOTEBOOKS} >= CORE:
        pytest.skip("notebooks 01 to 07 are not all there yet")
    places = {(notebook[:2], Path(target).name) for notebook, target, _ in shown()}
    for name, fields in described.items():
        for number in re.findall(r"\b0\d\b", fields["Notebook"]):
            assert (number, name) in places, f"notebook {number} does not show {name}"
