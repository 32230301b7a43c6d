"""The faults that a classroom has, on a real disk, in a real kernel, and many times in a row.

What belongs to one part is tested beside it (test_launcher, test_data, test_photos, test_download,
test_parallel, test_checkpoints, test_play, test_browser, test_catching_up). Here is what needs a
machine of its own, or the whole lesson; most of it is for the scheduled run.
"""

import asyncio
import errno
import gc
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import ipywidgets
import nbformat
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances as widgets_there_are
from nbclient import NotebookClient
from test_deploy import lay_out
from test_download import archive  # noqa: F401
from test_play import MAKE, ends, with_values

import lesson
from conftest import NEED_RAY, NOTEBOOKS, RAY, ROOT, all_loaded, printed
from helpers.backstage.files import write_whole
from helpers.challenges import recall, record, remember
from helpers.data import DataError

PATHS = [path for path in NOTEBOOKS if RAY or path not in NEED_RAY]
each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def run(notebook: nbformat.NotebookNode, folder: Path, **environ: str) -> None:
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, resources=where).execute(env=os.environ | environ)


# --- disks ------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder that is a disk of its own, of 64 kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("NOT TESTED: a small disk can be made by root on Linux only")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave no byte free on a disk."""
    handle = os.open(folder / "rest", os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        while True:
            os.write(handle, b"0" * 4096)
    os.close(handle)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def start_launcher(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "lesson.py", "lab", "--no-browser"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


def put_launcher(folder: Path) -> None:
    shutil.copy(ROOT / "lesson.py", folder)
    (folder / "requirements.txt").touch()


def test_on_a_full_disk_the_launcher_says_so_and_makes_nothing(small_disk):
    put_launcher(small_disk)
    fill(small_disk)
    done = start_launcher(small_disk)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "needs 3 GB of disk, 0.0 are free. Free some space" in done.stderr
    assert not (small_disk / ".venv").exists()


def test_on_a_disk_that_cannot_be_written_the_launcher_says_so(small_disk):
    put_launcher(small_disk)
    remount(small_disk, "ro")
    done = start_launcher(small_disk)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "Read-only file system" in done.stderr and "this folder is yours" in done.stderr


def test_on_a_full_disk_a_file_stays_as_it_was(small_disk):
    path = small_disk / "file"
    write_whole(path, b"old" * 1000)
    fill(small_disk)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write_whole(path, b"new" * 3000)
    assert path.read_bytes() == b"old" * 1000
    assert sorted(p.name for p in small_disk.iterdir()) == ["file", "rest"]


def test_on_a_full_disk_a_score_is_not_kept_and_earlier_ones_are(small_disk, monkeypatch, capsys):
    monkeypatch.setenv("LESSON_PROGRESS", str(small_disk / "progress.json"))
    remember("first", 1)
    fill(small_disk)
    remember("second", "long" * 2000)
    assert recall("first") == 1 and recall("second") is None
    (small_disk / "rest").unlink()
    remember("second", 2)
    assert recall("first") == 1 and recall("second") == 2
    assert sorted(p.name for p in small_disk.iterdir()) == ["progress.json"]
    assert record.read()["values"] == {"first": 1, "second": 2}


def test_on_a_full_disk_a_download_says_so_and_leaves_nothing(small_disk, archive):  # noqa: F811
    from helpers.backstage.download import download_dollar_street

    fill(small_disk)
    with pytest.raises(DataError, match=r"could not be written.*Make room on the disk"):
        download_dollar_street(small_disk / "dollar-street-10")
    assert [p.name for p in small_disk.iterdir()] == ["rest"]


@pytest.mark.parametrize("option", ["ro", "nr_inodes=1"])
def test_a_seat_whose_home_takes_nothing_starts_and_says_what_is_missing(
    small_disk, tmp_path, option
):
    remount(small_disk, option)
    notebook, said = lay_out(tmp_path / "lesson", small_disk)  # which looks for the start
    assert f"no {notebook} at this start" in said
    assert not list(small_disk.iterdir())
    remount(small_disk, "rw,nr_inodes=50,size=1m")
    notebook, said = lay_out(tmp_path / "lesson", small_disk)
    assert notebook.is_file() and said == ""


# --- an environment that was moved, and a home full of settings -------------------------------


@pytest.mark.weekly
@pytest.mark.skipif(not (ROOT / ".venv" / "complete").is_file(), reason="NOT TESTED: no .venv here")
def test_a_folder_that_was_moved_needs_no_new_environment(tmp_path):
    shutil.copytree(ROOT / ".venv", tmp_path / ".venv", symlinks=True, copy_function=os.link)
    for name in ("lesson.py", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(
        "import keras, sys\n\n\ndef test_it():\n"
        "    assert sys.prefix == keras.__file__.split('/lib/')[0]\n"
        f"    assert sys.prefix == {str(tmp_path / '.venv')!r}\n"
    )
    command = [sys.executable, "lesson.py", "test", "tests/test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr
    assert "Making" not in done.stdout


# Each of these settings has broken somebody's lesson.
HOME = {
    ".keras/keras.json": '{"backend": "torch", "floatx": "float16", '
    '"image_data_format": "channels_first"}',
    ".ipython/profile_default/startup/00-mine.py": "import sys; sys.exit('mine')",
    ".ipython/profile_default/ipython_config.py": "c = get_config()\n"
    "c.InteractiveShell.ast_node_interactivity = 'all'\n",
    ".config/matplotlib/matplotlibrc": "backend: Qt5Agg\nfigure.dpi: 300\ntext.usetex: True\n",
    ".matplotlib/matplotlibrc": "backend: Qt5Agg\n",
    ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "x", '
    '"language": "python"}',
    ".jupyter/jupyter_server_config.py": "c.ServerApp.base_url = '/mine'; 1 / 0",
    ".local/lib/python{}.{}/site-packages/keras.py".format(*sys.version_info): "1 / 0",
    ".config/pip/pip.conf": "[install]\nuser = true\ntarget = /elsewhere\n",
    ".numpy-site.cfg": "[broken",
}
ENVIRON = {
    "KERAS_BACKEND": "torch",
    "MPLBACKEND": "Qt5Agg",
    "PYTHONPATH": "/elsewhere",
    "PYTHONSTARTUP": "/nowhere.py",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "JUPYTER_PATH": "/nowhere",
    "JUPYTER_PREFER_ENV_PATH": "0",
    "LC_ALL": "C",
    "TZ": "Nowhere/At-all",
    "TERM": "dumb",
}


@pytest.mark.weekly
@pytest.mark.parametrize("name", ["02", "05"])
def test_settings_of_the_user_decide_nothing(tmp_path, monkeypatch, name):
    """The notebook prints what it has stored, in the environment that the launcher hands over."""
    for place, text in HOME.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    for variable, value in (ENVIRON | {"HOME": str(tmp_path)}).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    environ = lesson.settled(sys.executable, "")
    environ["PYTHONPATH"] = str(ROOT / "notebooks")
    (path,) = (p for p in PATHS if p.name.startswith(name))
    code = "import nbformat, sys; from nbclient import NotebookClient\n"
    code += f"notebook = nbformat.read({str(tmp_path / 'run.ipynb')!r}, 4)\n"
    code += f"where = {{'metadata': {{'path': {str(path.parent)!r}}}}}\n"
    code += "NotebookClient(notebook, timeout=600, resources=where).execute()\n"
    code += f"nbformat.write(notebook, {str(tmp_path / 'run.ipynb')!r})"
    nbformat.write(all_loaded(path), tmp_path / "run.ipynb")
    python = [sys.executable, "-c", code]
    done = subprocess.run(python, env=environ, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    there = nbformat.read(tmp_path / "run.ipynb", as_version=4)
    compared = 0
    for now, stored in zip(there.cells, nbformat.read(path, as_version=4).cells, strict=True):
        if now.cell_type == "code" and now.source == stored.source:
            ignored = {"nbval-ignore-output"} & set(stored.metadata.get("tags", []))
            if not ignored:
                assert printed(now) == printed(stored), stored.id
                compared += 1
    assert compared > 10


# --- notebooks --------------------------------------------------------------------------------


@pytest.mark.weekly
@each_notebook
def test_each_cell_may_be_run_twice(path):
    """As people do, who press the keys once more; and the notebook runs to its end."""
    notebook = all_loaded(path)
    for number in reversed(range(len(notebook.cells))):
        again = notebook.cells[number].copy()
        if again.cell_type == "code":
            again.id += "-again"
            notebook.cells.insert(number + 1, again)
    run(notebook, path.parent)
    for once, twice in zip(notebook.cells, notebook.cells[1:], strict=False):
        if twice.id == f"{once.id}-again" and "model.fit" not in once.source:
            assert bool(once.outputs) == bool(twice.outputs), once.id


@pytest.mark.weekly
def test_two_notebooks_at_once_do_each_other_no_harm(tmp_path, monkeypatch):
    """They read the same pictures and checkpoints, and keep scores in one file."""
    place = tmp_path / "progress.json"
    paths = [path for path in PATHS if path.name[:2] in ("04", "05")]
    notebooks = [all_loaded(path) for path in paths]
    for notebook in notebooks:
        keep = "\nfrom helpers.challenges import remember; remember({!r}, {})"
        for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
            cell.source += keep.format(f"{id(notebook)} {number}", number)

    async def both():
        where = {"metadata": {"path": str(ROOT / "notebooks")}}
        clients = [NotebookClient(n, timeout=900, resources=where) for n in notebooks]
        environ = os.environ | {"LESSON_PROGRESS": str(place)}
        await asyncio.gather(*(client.async_execute(env=environ) for client in clients))

    asyncio.run(both())
    kept = json.loads(place.read_text(encoding="utf-8"))["values"]
    cells = sum(cell.cell_type == "code" for n in notebooks for cell in n.cells)
    assert sum(re.match(r"\d+ \d+$", name) is not None for name in kept) == cells


NAMES = [
    "$\\frac{1$", "<script>alert(1)</script>", '" onerror="alert(1)', "a\u202eb", "%s {0} {x}",
    "Tür", "\\textbf{x}", "&amp;", "'; DROP TABLE", "_x_ **b** `c`", "🙂", "x" * 200,
]  # fmt: skip


def write_pictures(folder: Path, names: list[str], size: int = 64) -> None:
    """Write a data set with these names, in which each category has a color."""
    rng = np.random.default_rng(3)
    for part, n in {"train": 40, "test": 12}.items():
        labels = np.arange(n * len(names)) % len(names)
        images = rng.integers(0, 200, (len(labels), size, size, 3))
        images[..., 0] += labels[:, None, None]
        np.save(folder / f"{part}_images.npy", images.astype("uint8"))
        np.save(folder / f"{part}_labels.npy", labels)
    (folder / "classes.txt").write_text("\n".join(names), encoding="utf-8")


def outputs_of(notebook: nbformat.NotebookNode) -> str:
    """Return all pages that outputs show, without the pictures in them."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    pages = [out.get("data", {}).get("text/html", "") for out in outputs]
    return re.sub(r'src="data:[^"]*"', "", "\n".join("".join(page) for page in pages))


def programs_in(page: str) -> list[tuple]:
    """Return the elements of a page that a browser would run."""
    found = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag == "script" or any(name.startswith("on") for name, _ in attributes):
                found.append((tag, attributes))

    Parser().feed(page)
    return found


def test_programs_in_a_page_are_found():
    assert programs_in('<p>&lt;script></p><th>" onerror="x</th>') == []
    assert len(programs_in('<script>1</script><img alt="" onerror="x">')) == 2


@pytest.mark.weekly
@pytest.mark.parametrize(
    ("number", "n", "size"),
    [
        *(("01", 12, 64), ("01", 4, 24), ("02", 12, 64), ("02", 4, 24), ("03", 4, 24)),
        *(("07", 3, 64), ("07", 12, 32)),
    ],
)
def test_notebooks_show_pictures_and_names_of_ones_own(tmp_path, number, n, size):
    """Whatever the names are; with the one change that loading them asks for."""
    (path,) = (p for p in PATHS if p.name.startswith(number))
    write_pictures(tmp_path, NAMES[:n], size)
    notebook = nbformat.read(path, as_version=4)
    if number == "07":  # its network has to be trained; what follows needs names of drawn pictures
        stop = next(i for i, c in enumerate(notebook.cells) if c.id == "reliability-code")
        notebook.cells = notebook.cells[:stop]
        blocks = 3 if size > 32 else 2
        for cell in notebook.cells:
            cell.source = cell.source.replace("epochs=20", "epochs=1")
            cell.source = cell.source.replace("n_blocks=3", f"n_blocks={blocks}, n_classes={n}")
    run(notebook, path.parent, LESSON_DATA=str(tmp_path))
    page = outputs_of(notebook)
    assert programs_in(page) == []
    if number in ("01", "07"):
        assert "&lt;script&gt;alert(1)" in page


# --- many moves -------------------------------------------------------------------------------


@pytest.mark.weekly
@pytest.mark.parametrize("name", MAKE)
def test_hundreds_of_fast_moves_take_no_memory(name):
    playground = MAKE[name]()
    controls, rng = list(with_values(playground).values()), random.Random(1)

    def move(times):
        for _ in range(times):
            control = rng.choice(controls)
            if isinstance(control, ipywidgets.IntSlider):
                control.value = rng.randint(control.min, control.max)
            else:
                control.value = rng.choice(list(ends(control)))

    def taken():
        gc.collect()
        return tracemalloc.get_traced_memory()[0], len(widgets_there_are)

    tracemalloc.start()
    try:
        move(60)  # what is kept for speed is there now
        memory, there = taken()
        move(240)
        more, still_there = taken()
    finally:
        tracemalloc.stop()
    assert still_there == there
    assert more - memory < 2e6
