"""Editions say what they should and nothing else, and a working copy loses nobody's work."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

import editions
import execute
import glossary
import nbformat
import pytest
from nbclient import NotebookClient

from conftest import NEED_RAY, NOTEBOOKS, RAY, ROOT

SOURCE = {path.name: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
MARKED = """\
# Where the rest is given.
images = 3

def double(x):
    ### BEGIN SOLUTION
    # Twice as much.
    y = 2 * x
    return y
    ### END SOLUTION

print(double(images))"""


# --- what is typed ----------------------------------------------------------------------------


def test_a_typed_cell_keeps_its_goal_and_nothing_else():
    source = "# Instead of training: load()\n# One layer.\nlayer = 1\n\n# why\nlayer += 1"
    assert editions.blank(source) == "# Instead of training: load()\n# One layer."
    assert editions.typed(source) == "layer = 1\n\n# why\nlayer += 1"
    assert editions.without_marks(source) == source


def test_between_the_marks_only():
    blank = editions.blank(MARKED)
    assert blank == (
        "# Where the rest is given.\nimages = 3\n\ndef double(x):\n    # Twice as much.\n"
        "    ...\n\nprint(double(images))"
    )
    compile(blank, "blank", "exec")
    assert editions.typed(MARKED) == "    y = 2 * x\n    return y"
    exec(editions.without_marks(MARKED), names := {})
    assert names["double"](4) == 8 and "###" not in editions.without_marks(MARKED)


def typed_cells(name):
    return [cell for cell in SOURCE[name].cells if "type" in editions.tags(cell)]


@pytest.mark.parametrize("name", SOURCE)
def test_typing_takes_at_most_half_of_the_time_for_teaching(name):
    characters = sum(len(editions.typed(cell.source)) for cell in typed_cells(name))
    minutes = characters / editions.CHARACTERS_A_MINUTE
    assert 0 < minutes <= SOURCE[name].metadata.lesson.teaching / 2


@pytest.mark.parametrize("name", SOURCE)
def test_typed_cells_can_be_typed(name):
    for cell in typed_cells(name):
        assert cell.cell_type == "code" and not {"challenge", "solution"} & editions.tags(cell)
        left = editions.blank(cell.source)
        assert re.search(r"(?m)^ *# (?!Instead of training)", left), f"{cell.id}: what is its goal?"
        for line in editions.typed(cell.source).splitlines():
            assert not re.search(r"\S {2,}(?!#)", line), f"{cell.id}: aligned spaces in {line!r}"
    wide = [c.id for c in SOURCE[name].cells if c.cell_type == "code"
            for line in c.source.splitlines() if len(line) > 80]  # fmt: skip
    assert not wide


@pytest.mark.parametrize("name", SOURCE)
def test_stops_are_numbered_in_order_and_stand_at_sections(name):
    cells = SOURCE[name].cells
    stops = [cell for cell in cells if "stop" in cell.metadata]
    assert [cell.metadata["stop"] for cell in stops] == list(range(1, len(stops) + 1))
    assert len(stops) >= 3
    assert all(cell.source.startswith("## ") for cell in stops)


# --- editions ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editions")
    editions.make(folder, "9:00")
    return folder


def notebooks(folder):
    return {p.name: nbformat.read(p, as_version=4) for p in sorted(folder.glob("*.ipynb"))}


def code(notebook, *leave_out):
    """Return the code of a notebook, blanks filled."""
    return [
        editions.without_marks(cell.metadata.get("code", cell.source))
        for cell in notebook.cells
        if cell.cell_type == "code" and not editions.tags(cell) & set(leave_out)
    ]


def test_each_edition_is_a_folder_and_an_archive_of_it(made):
    assert {path.name for path in made.iterdir()} == {
        f"{start}{name}{end}"
        for name in editions.EDITIONS
        for start, end in (("", ""), ("layer-by-layer-", ".zip"))
    } | {"layer-by-layer-solutions.zip"}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for name in editions.EDITIONS:
        readme = (made / name / "README.md").read_text(encoding="utf-8")
        assert f"This is the {name} edition of version {version}." in readme
        archive = made / f"layer-by-layer-{name}.zip"
        assert archive.stat().st_size < 40e6
        with zipfile.ZipFile(archive) as file:
            packed = {entry for entry in file.namelist()}
        files = [path for path in (made / name).rglob("*") if path.is_file()]
        there = {path.relative_to(made / name).as_posix() for path in files}
        shared = {path for path in there if not path.startswith(editions.FOR_LATER)}
        assert packed == {f"layer-by-layer-{name}/{path}" for path in shared}
        assert (shared < there) == (name == "class")
        assert not [path for path in there if "__pycache__" in path or path.startswith("tests/")]


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("learner", {"instructor"}),
        ("class", {"instructor", "solution"}),
        ("live", {"instructor", "solution"}),
        ("instructor", set()),
    ],
)
def test_each_edition_holds_what_it_should(made, name, gone):
    for file, notebook in notebooks(made / name / "notebooks").items():
        nbformat.validate(notebook)
        held = set().union(*map(editions.tags, notebook.cells))
        expected = set().union(*map(editions.tags, SOURCE[file].cells)) - gone
        # Where nothing but a heading had a tag, a line of prose may have nothing to hold it.
        assert held == expected or (name == "live" and held <= expected)
        assert code(notebook) == code(SOURCE[file], *gone)
        for cell in notebook.cells:
            assert editions.BEGIN not in cell.source and editions.END not in cell.source
            if cell.cell_type == "code" and name != "instructor":
                assert not cell.outputs and cell.execution_count is None
        folded = [c for c in notebook.cells if c.metadata.get("jp-MarkdownHeadingCollapsed")]
        assert bool(folded) == (name == "learner")


def tagged(cell):
    return editions.tags(cell) & {"challenge", "solution", "instructor"}


def apart(cell):
    return editions.tags(cell) & {"challenge", "solution", "instructor"}


def test_live_blanks_are_empty_and_the_page_is_short(made):
    for file, notebook in notebooks(made / "live" / "notebooks").items():
        blanks = [cell for cell in notebook.cells if "type" in editions.tags(cell)]
        assert [c.source for c in blanks] == [editions.blank(c.source) for c in typed_cells(file)]
        assert all(c.metadata["code"] != c.source for c in blanks)
        text, long = (
            "\n".join(c.source for c in n.cells if c.cell_type == "markdown" and not apart(c))
            for n in (notebook, SOURCE[file])
        )
        assert len(text) < len(long) / 2
        figures = re.compile(r"!\[.*?\]\((.*?)\)")
        assert figures.findall(text) == figures.findall(long)


def test_solutions_of_the_class_edition_are_apart_and_answer_each_challenge(made):
    assert not list((made / "learner").glob("solutions"))
    for file, notebook in notebooks(made / "class" / "solutions").items():
        solved = {cell.id for cell in notebook.cells if "solution" in editions.tags(cell)}
        assert solved == {c.id for c in SOURCE[file].cells if "solution" in editions.tags(c)}
        assert not any(c.metadata.get("jp-MarkdownHeadingCollapsed") for c in notebook.cells)


def test_what_nbgrader_gets_is_the_class_edition_with_solutions_and_points(made):
    points = 0
    for file, shared in notebooks(made / "class" / "notebooks").items():
        notebook = nbformat.read(made / "class/nbgrader/source" / file[:2] / file, as_version=4)
        kept = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]
        points += len(notebook.cells) - len(kept)
        for cell, as_shared in zip(kept, shared.cells, strict=True):
            # As nbgrader does it, with the empty stub of our settings.
            region = f"{editions.BEGIN}.*?{editions.END}\n"
            cleared, regions = re.subn(region, "\n", cell.source, flags=re.S)
            assert "".join(cleared.split()) == "".join(as_shared.source.split())
            assert bool(regions) == ("nbgrader" in cell.metadata)
    assert points > 50


def test_terms_lead_to_the_glossary_where_somebody_reads_alone(made):
    addresses = {f"{glossary.PAGE}#{entry.anchor}" for entry in glossary.read_page()}
    links = {}
    for folder in (*editions.EDITIONS, "class/solutions"):
        path = made / folder if "/" in folder else made / folder / "notebooks"
        cells = [cell for notebook in notebooks(path).values() for cell in notebook.cells]
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        found = re.findall(rf"\]\(({re.escape(glossary.PAGE)}[^)]*)\)", text)
        assert set(found) <= addresses
        links[folder] = len(found)
    assert links.pop("learner") > links.pop("class") > 100 and not any(links.values())
    for path in (made / "class" / "nbgrader" / "source").iterdir():
        assert (path / glossary.PAGE).is_file()


@pytest.mark.parametrize("name", editions.EDITIONS)
def test_links_lead_somewhere(made, name):
    pages = sorted((made / name).glob("*.md")) + sorted((made / name).glob("*/*.ipynb"))
    assert len(pages) > 10
    for page in pages:
        text = page.read_text(encoding="utf-8")
        targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text) + re.findall(
            r'src="([^"]+)"', text
        )
        missing = [target for target in targets if not (page.parent / target).exists()]
        assert not missing, (page, missing)


def test_an_edition_works_by_itself(made, tmp_path):
    with zipfile.ZipFile(made / "layer-by-layer-live.zip") as file:
        file.extractall(tmp_path)
    folder = tmp_path / "layer-by-layer-live"
    run = [sys.executable, folder / "tools" / "editions.py"]
    subprocess.run([*run, "work", "live"], check=True)
    assert (folder / "work-live" / "03-pooling-layers.ipynb").is_file()
    assert (folder / "work-live" / glossary.PAGE).is_file()
    other = subprocess.run([*run, "work", "class"], capture_output=True, text=True)
    assert other.returncode == 1 and "holds the live edition" in other.stderr
    made_there = subprocess.run([*run, "make", tmp_path / "more"], capture_output=True, text=True)
    assert made_there.returncode == 1 and "from the lesson itself" in made_there.stderr
    loads = "from helpers.data import load_data; print(load_data()[0][0].shape)"
    env = os.environ | {"PYTHONPATH": str(folder / "notebooks")}
    said = subprocess.check_output([sys.executable, "-c", loads], cwd=folder / "work-live", env=env)
    assert said.decode().splitlines()[-1] == "(878, 64, 64, 3)"


def test_making_editions_loses_nobodys_work(tmp_path, monkeypatch):
    monkeypatch.setattr(editions, "make_edition", lambda *_: pytest.fail("must not begin"))
    (tmp_path / "live" / "work-live").mkdir(parents=True)
    (tmp_path / "live" / editions.MARK).write_text("live")
    with pytest.raises(editions.EditionError, match=r"somebody's work .*Name another folder"):
        editions.make(tmp_path)
    (tmp_path / "other" / "class").mkdir(parents=True)
    with pytest.raises(editions.EditionError, match="holds something else"):
        editions.make(tmp_path / "other")


def run_edition(folder, name):
    """Execute a notebook of an edition, with what its trainings made, and blanks filled."""
    notebook = nbformat.read(folder / name, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = cell.metadata.get("code", cell.source)
    execute.load_instead(notebook)
    client = NotebookClient(
        notebook, timeout=900, resources={"metadata": {"path": folder}}, kernel_name="python3"
    )
    client.execute()


EXECUTED = ("learner", "class", "live", "class/solutions", "class/nbgrader/source")
# What differs most from the notebook itself, with one that takes seconds; the rest takes an hour.
QUICK = [("class", "03-pooling-layers.ipynb"), (EXECUTED[-1], "03-pooling-layers.ipynb")]
RUNS = [(e, p.name) for e in EXECUTED for p in NOTEBOOKS if RAY or p not in NEED_RAY]


@pytest.mark.parametrize(
    ("edition", "name"),
    [pytest.param(*run, marks=() if run in QUICK else pytest.mark.weekly) for run in RUNS],
)
def test_run_all_reaches_the_end(made, edition, name, monkeypatch):
    folder = made / edition
    monkeypatch.setenv("PYTHONPATH", str(made / edition.partition("/")[0] / "notebooks"))
    drawn = editions.ROOT / "data" / "drawn"
    there = made / edition.partition("/")[0] / "data" / "drawn"
    if drawn.is_dir() and not there.exists():
        there.symlink_to(drawn, target_is_directory=True)
    if edition.endswith("source"):
        folder = folder / name[:2]
    run_edition(folder if "/" in edition else folder / "notebooks", name)


# --- working copies ---------------------------------------------------------------------------

LESSON = {"learn": "x", "topic": "y", "teaching": 1, "challenges": 1, "steps": [1]}


def write_lesson(root, **texts):
    (root / "notebooks").mkdir(exist_ok=True)
    for path in (root / "notebooks").glob("*.ipynb"):
        path.unlink()
    page = f"# Glossary\n\n## title\n\nOf {', '.join(texts)}.\n"
    (root / "notebooks" / glossary.PAGE).write_text(page)
    (root / "notebooks" / "cheat-sheet.md").write_text("# Cheat sheet\n")
    for stem, text in texts.items():
        cells = [
            nbformat.v4.new_markdown_cell("# Title", id="title"),
            nbformat.v4.new_code_cell(text, id="code"),
            nbformat.v4.new_markdown_cell("For us", id="us", metadata={"tags": ["instructor"]}),
        ]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"lesson": LESSON})
        nbformat.write(notebook, root / "notebooks" / f"{stem[1:].replace('_', '-')}.ipynb")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A lesson of two small notebooks, with a working copy."""
    monkeypatch.setattr(editions, "ROOT", tmp_path)
    write_lesson(tmp_path, n01_first="one = 1", n02_second="two = 2")
    editions.work("learner")
    return tmp_path


def change(path, text="my own work", outputs=()):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = text
    notebook.cells[1].outputs = list(outputs)
    nbformat.write(notebook, path)


def source(path):
    return nbformat.read(path, as_version=4).cells[1].source


def test_a_working_copy_is_made_once_and_says_so(root, capsys):
    shutil.rmtree(root / "work")
    editions.work("learner")
    assert "Your working copy is in work/" in capsys.readouterr().out
    editions.work("learner")
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in (root / "work").iterdir()) == [
        "01-first.ipynb", "02-second.ipynb", "cheat-sheet.md", glossary.PAGE,
    ]  # fmt: skip
    editions.work("live")
    assert (root / "work-live" / "01-first.ipynb").is_file()


def test_what_was_changed_stays_and_what_was_not_follows_a_new_version(root, capsys):
    change(root / "work" / "01-first.ipynb")
    write_lesson(root, n01_first="one = 1.5", n02_second="two = 2.5")
    capsys.readouterr()
    editions.work("learner")
    said = capsys.readouterr().out
    assert source(root / "work" / "01-first.ipynb") == "my own work"
    assert source(root / "work" / "02-second.ipynb") == "two = 2.5"
    assert "Brought up to date: 02-second.ipynb." in said
    assert "01-first.ipynb: the lesson has a newer one" in said
    assert "python3 lesson.py reset 01\n" in said


def test_the_glossary_follows_unless_somebody_has_changed_it(root):
    path = root / "work" / glossary.PAGE
    assert "Of n01_first, n02_second." in path.read_text()
    write_lesson(root, n01_first="one = 1")
    editions.work("learner")
    assert "Of n01_first." in path.read_text()
    path.write_text(path.read_text().replace("Of", "My notes on"))
    write_lesson(root, n02_second="two = 2")
    editions.work("learner")
    assert "My notes on n01_first." in path.read_text()


def test_a_changed_notebook_of_this_version_is_not_spoken_of(root, capsys):
    change(root / "work" / "01-first.ipynb")
    capsys.readouterr()
    editions.work("learner")
    assert capsys.readouterr().out == ""


def test_what_jupyter_writes_beside_the_cells_is_no_change(root):
    path = root / "work" / "01-first.ipynb"
    content = json.loads(path.read_text())
    content["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    content["metadata"]["widgets"] = {}
    path.write_text(json.dumps(content, indent=3))
    write_lesson(root, n01_first="one = 1.5", n02_second="two = 2")
    editions.work("learner")
    assert source(path) == "one = 1.5"


def test_an_output_is_work_as_well(root):
    path = root / "work" / "01-first.ipynb"
    change(path, "one = 1", [nbformat.v4.new_output("stream", text="trained for an hour")])
    write_lesson(root, n01_first="one = 1.5", n02_second="two = 2")
    editions.work("learner")
    assert source(path) == "one = 1"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_left_alone(root, content):
    path = root / "work" / "01-first.ipynb"
    path.write_bytes(content)
    write_lesson(root, n01_first="one = 1.5", n02_second="two = 2")
    editions.work("learner")
    assert path.read_bytes() == content
    editions.reset("1", "learner")
    assert source(path) == "one = 1.5"
    assert content in [p.read_bytes() for p in (root / "work").glob("01-first-*.ipynb")]


def test_a_notebook_that_was_removed_is_made_anew(root):
    (root / "work" / "02-second.ipynb").unlink()
    editions.work("learner")
    assert source(root / "work" / "02-second.ipynb") == "two = 2"


def test_a_notebook_that_the_lesson_no_longer_has(root, capsys):
    change(root / "work" / "02-second.ipynb")
    write_lesson(root, n03_third="three = 3")
    editions.work("learner")
    assert sorted(path.name for path in (root / "work").iterdir()) == [
        "02-second.ipynb", "03-third.ipynb", "cheat-sheet.md", glossary.PAGE,
    ]  # fmt: skip
    assert "01-first.ipynb (no longer a part of it)" in capsys.readouterr().out


def test_work_survives_a_moved_folder(root, tmp_path_factory, monkeypatch):
    change(root / "work" / "01-first.ipynb")
    moved = tmp_path_factory.mktemp("with spaces ü") / "lesson"
    shutil.move(root, moved)
    monkeypatch.setattr(editions, "ROOT", moved)
    write_lesson(moved, n01_first="one = 1.5", n02_second="two = 2.5")
    editions.work("learner")
    assert source(moved / "work" / "01-first.ipynb") == "my own work"
    assert source(moved / "work" / "02-second.ipynb") == "two = 2.5"


def test_reset_gives_a_fresh_one_and_keeps_the_old(root, capsys):
    change(root / "work" / "01-first.ipynb")
    editions.reset("01", "learner")
    assert source(root / "work" / "01-first.ipynb") == "one = 1"
    kept = [path for path in (root / "work").glob("01-first-*.ipynb")]
    assert [source(path) for path in kept] == ["my own work"]
    assert re.fullmatch(r"01-first-\d{4}-\d\d-\d\d-\d{6}", kept[0].stem)
    assert kept[0].name in capsys.readouterr().out
    # The old one is nobody's to bring up to date, and no part of the lesson that is missing.
    editions.work("learner")
    assert capsys.readouterr().out == "" and kept[0].exists()


def test_reset_of_what_is_fresh_changes_nothing(root, capsys):
    editions.reset("2", "learner")
    assert "nobody has changed it" in capsys.readouterr().out
    assert len(list((root / "work").glob("*.ipynb"))) == 2


def test_two_resets_within_a_second_lose_nothing(root, monkeypatch):
    monkeypatch.setattr(time, "strftime", lambda _: "2026-11-21-120000")
    change(root / "work" / "01-first.ipynb", "first")
    editions.reset("01", "learner")
    change(root / "work" / "01-first.ipynb", "second")
    with pytest.raises(editions.EditionError, match="is there already"):
        editions.reset("01", "learner")
    assert {source(path) for path in (root / "work").glob("01*")} == {"first", "second"}


@pytest.mark.parametrize("number", ["", "0", "7", "x", "01-second", "../01", "-1"])
def test_reset_of_no_notebook(root, number):
    with pytest.raises(editions.EditionError, match=r"Write one of: 01, 02\."):
        editions.reset(number, "learner")


class Killed(BaseException):
    """Stands for a signal that nothing can catch."""


@pytest.mark.parametrize("steps", range(12))
def test_nothing_is_lost_when_it_is_killed_in_the_middle(root, monkeypatch, steps):
    change(root / "work" / "01-first.ipynb")
    write_lesson(root, n01_first="one = 1.5", n02_second="two = 2.5")
    left = [steps]

    def deadly(function):
        def step(*args, **options):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*args, **options)

        return step

    # After so many changes on disk each further one fails, as after a kill: clearing up, too.
    with monkeypatch.context() as context:
        for place, name in ((os, "replace"), (Path, "rename"), (Path, "unlink")):
            context.setattr(place, name, deadly(getattr(place, name)))
        context.setattr(Path, "write_bytes", deadly(half_written))
        try:
            editions.work("learner")
            editions.reset("01", "learner")
        except Killed:
            pass
    left_over = [path for path in (root / "work").glob("*.ipynb")]
    assert "my own work" in [source(path) for path in left_over]
    editions.work("learner")
    assert source(root / "work" / "02-second.ipynb") == "two = 2.5"


write_bytes = Path.write_bytes


def half_written(path, content):
    write_bytes(path, content[: len(content) // 2])
    write_bytes(path, content)


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_nothing_is_lost_when_the_process_is_killed(root, delay):
    change(root / "work" / "01-first.ipynb")
    program = (
        "import sys, editions; from pathlib import Path; editions.ROOT = Path(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "for _ in range(10000): editions.work('learner'); editions.reset('01', 'learner')"
    )
    env = os.environ | {"PYTHONPATH": str(Path(editions.__file__).parent)}
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(root)], env=env, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(delay / 10)
    process.kill()
    process.communicate()
    assert "my own work" in [source(path) for path in (root / "work").glob("*.ipynb")]


@pytest.mark.parametrize("command", [["reset", "99"], ["work", "nothing"], []])
def test_what_cannot_be_done_ends_with_a_line(command):
    run = subprocess.run(
        [sys.executable, editions.__file__, *command], capture_output=True, text=True
    )
    assert run.returncode in (1, 2) and "Traceback" not in run.stderr and run.stderr.strip()
