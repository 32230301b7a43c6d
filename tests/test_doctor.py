"""The doctor: each fault is made, is found, and comes with what mends it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import namedtuple
from pathlib import Path

import doctor
import pytest
import yaml
from test_launcher import MACHINES, play

import lesson

ROOT = Path(__file__).resolve().parent.parent
Usage = namedtuple("Usage", "free")


@pytest.fixture
def report() -> doctor.Report:
    return doctor.Report()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without settings, and an environment without any of Python or Keras."""
    for name in list(os.environ):
        if name.startswith(("PYTHON", "KERAS", "JUPYTER", "PIP", "LESSON")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the lesson, as far as the doctor looks at it, which it takes for its own."""
    root = tmp_path / "lesson"
    without = shutil.ignore_patterns("__pycache__", "drawn", "drawing", "dollar-street-10*", "play")
    for folder in ("notebooks", "data"):
        shutil.copytree(ROOT / folder, root / folder, ignore=without)
    (root / "tools").mkdir()
    for file in ("lesson.py", "tools/doctor.py"):
        shutil.copy(ROOT / file, root / file)
    monkeypatch.setattr(doctor, "ROOT", root)
    monkeypatch.setattr(doctor, "__file__", str(root / "tools" / "doctor.py"))
    monkeypatch.setattr(lesson, "ROOT", root)
    return root


def found(report: doctor.Report) -> str:
    """Return the one finding, which has a line that mends it."""
    ((text, mend),) = report.findings
    assert mend and "\n" not in text + mend
    return f"{text} -> {mend}"


# --- before anything is installed -------------------------------------------------------------


@pytest.mark.parametrize("machine", MACHINES, ids=" ".join)
def test_machine_without_tensorflow(report, monkeypatch, machine):
    play(monkeypatch, *machine)
    doctor.check_machine(report)
    assert MACHINES[machine] in found(report)


def test_python_that_is_too_new_or_too_old(report, monkeypatch):
    monkeypatch.setattr(lesson, "SUPPORTED", ("2.5",))
    doctor.check_python(report)
    assert found(report).partition(" -> ")[2].startswith("Install 3.13 beside it")


@pytest.mark.parametrize(("installed", "needed"), [(True, 0.5), (False, 3)])
def test_full_disk(report, monkeypatch, installed, needed):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: Usage((needed - 0.2) * 1e9))
    doctor.check_disk(report, "", installed)
    assert f"{needed - 0.2:.1f} GB of disk are free, {needed} are needed" in found(report)


def test_home_that_cannot_be_written(report, home, monkeypatch):
    doctor.check_settings(report)
    assert not report.findings
    monkeypatch.setenv("HOME", str(home / "nowhere"))
    monkeypatch.setenv("USERPROFILE", str(home / "nowhere"))
    doctor.check_settings(report)
    assert f"into your home folder, {home / 'nowhere'} -> Set HOME" in found(report)


def test_settings_of_keras_decide_nothing(report, home):
    """In a process of its own, as Keras reads them once; without the lesson, they decide."""
    (home / ".keras").mkdir()
    settings = {"backend": "jax", "image_data_format": "channels_first", "floatx": "float16"}
    (home / ".keras" / "keras.json").write_text(json.dumps(settings | {"epsilon": 0.1}))
    told = "c.backend(), c.image_data_format(), c.floatx(), c.epsilon(), c.dtype_policy().name"

    def say(start: str, **environ: str) -> str:
        env = os.environ | {"PYTHONPATH": str(ROOT / "notebooks")} | environ
        command = [sys.executable, "-c", f"{start}; c = keras.config; print({told})"]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        return done.stdout or done.stderr.splitlines()[-1]

    lesson_says = say("from helpers.backstage.quiet import keras")
    assert lesson_says == "tensorflow channels_last float32 1e-07 float32\n"
    elsewhere = say("import keras", KERAS_BACKEND="tensorflow")
    assert elsewhere == "tensorflow channels_first float16 0.1 float16\n"
    doctor.check_settings(report)
    assert not report.findings


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONHOME", "KERAS_BACKEND"])
def test_variables_that_break_lessons(report, home, monkeypatch, name):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    doctor.check_settings(report)
    assert not report.findings
    monkeypatch.setenv(name, "torch")
    doctor.check_settings(report)
    assert f"{name} is set, to torch -> Run `" in found(report)


def test_no_browser(report, monkeypatch):
    def get():
        raise doctor.webbrowser.Error("none")

    monkeypatch.setattr(doctor.webbrowser, "get", get)
    doctor.check_browser(report)
    assert "--no-browser" in found(report)


def test_taken_port_is_said_and_is_no_finding(report, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(doctor, "PORT", server.getsockname()[1])
        doctor.check_port(report)
        assert "is taken, JupyterLab will choose another one" in capsys.readouterr().out
    doctor.check_port(report)
    assert "taken" not in capsys.readouterr().out and not report.findings


def test_nothing_installed_is_said_by_any_python(home):
    """A copy without an environment: nothing is made, and the last line says what to do."""
    root = home.parent / "lesson"
    (root / "tools").mkdir(parents=True)
    for file in ("lesson.py", "tools/doctor.py"):
        shutil.copy(ROOT / file, root / file)
    env = os.environ | {"BROWSER": sys.executable}
    command = [sys.executable, root / "lesson.py", "doctor"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert lines[-3].startswith("NOT  Nothing is installed yet")
    assert lines[-2].endswith("`python3 lesson.py doctor --install`.")
    assert lines[-1].startswith("NOT READY: 1 finding (")
    assert not list(root.glob(".venv*"))


# --- in the environment -----------------------------------------------------------------------


def test_packages_other_than_the_lock(report, copy, monkeypatch):
    installed = copy / "site"
    for name, version in {"tiny": "1.0", "damaged": "1.0"}.items():
        info = installed / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "RECORD").write_text(f"{name}.py,,\n{name}.pyc,,\n")
    (installed / "tiny.py").touch()
    monkeypatch.syspath_prepend(str(installed))
    hashes = f"\\\n    --hash=sha256:{'0' * 64}\n"
    lock = copy / "requirements.txt"
    lock.write_text(f"# said\ntiny==1.0 {hashes}never==9 ; sys_platform == 'amiga' {hashes}")
    doctor.check_packages(report, lesson.HERE)
    assert not report.findings

    lock.write_text(f"tiny==2.0 {hashes}damaged==1.0 {hashes}missing==1.0 {hashes}")
    doctor.check_packages(report, "")
    text = found(report)
    assert "tiny is 1.0 instead of ==2.0, damaged lacks damaged.py, missing is not there" in text
    assert "Delete the folder .venv, then run `python3 lesson.py doctor --install`." in text
    report.findings.clear()
    doctor.check_packages(report, lesson.HERE)
    assert "--requirement requirements.txt" in found(report)


def test_little_memory(report, monkeypatch):
    import psutil

    free = namedtuple("Memory", "available")(1.2e9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    doctor.check_memory(report)
    assert "1.2 GB of memory are free, 3 are needed -> Close" in found(report)


@pytest.mark.parametrize("name", ["keras.py", "random.py", "numpy/__init__.py"])
@pytest.mark.parametrize("folder", ["notebooks", "work", "work-live"])
def test_files_with_the_name_of_a_library(report, tmp_path, monkeypatch, folder, name):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    file = tmp_path / folder / name
    file.parent.mkdir(parents=True)
    (tmp_path / folder / "my_model.py").touch()
    doctor.check_names(report)
    assert not report.findings
    file.touch()
    doctor.check_names(report)
    taken = Path(folder) / name.partition("/")[0]
    assert f"Notebooks would take {taken} for the library {taken.stem}" in found(report)


def test_training_pictures_and_checkpoints(report, copy, home):
    """A checkpoint, a search and the pictures are damaged, and each is named."""
    checkpoints = copy / "data" / "checkpoints"
    (checkpoints / "two-blocks.keras").write_bytes(b"version https://git-lfs")
    (checkpoints / "optimizers.json").unlink()
    (checkpoints / "random" / "oracle.json").unlink()
    (copy / "data" / "sketch-street-10" / "train_labels.npy").unlink()
    assert doctor.check_training(report, "") is None
    pictures, damaged = (" -> ".join(finding) for finding in report.findings)
    assert "train_labels.npy" in pictures and "git checkout" in pictures
    assert "damaged: optimizers, random, two-blocks -> Take data/checkpoints" in damaged


def test_tensorflow_that_cannot_be_imported(report, copy, home):
    file = copy / "notebooks" / "tensorflow.py"
    file.write_text("raise ImportError('DLL load failed while importing')")
    assert doctor.check_training(report, "") is None
    assert "DLL load failed while importing -> Install the Microsoft Visual C++" in found(report)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_processor_that_tensorflow_does_not_know(report, copy, home):
    file = copy / "notebooks" / "tensorflow.py"
    file.write_text("import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    assert doctor.check_training(report, "") is None
    assert "This processor is too old" in found(report)


def test_figures_that_are_not_there_or_not_served(report, copy, home, monkeypatch):
    (copy / "fig").mkdir()
    doctor.check_figures(report, "")
    assert "JupyterLab does not show the figures: answer 404" in found(report)

    (copy / "fig" / "cnn.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    report.findings.clear()
    doctor.check_figures(report, "")
    assert not report.findings

    (home / "settings").mkdir()
    settings = home / "settings" / "jupyter_server_config.py"
    settings.write_text("c.ServerApp.contents_manager_class = 'nowhere.Manager'")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(home / "settings"))
    doctor.check_figures(report, "")
    assert "-> Your settings of Jupyter may be at fault: unset JUPYTER_CONFIG_DIR" in found(report)


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is another address only there")
def test_jupyterlab_listens_on_this_machine_and_wants_a_token(copy, home):
    """Whatever the user's own settings say, and with a file in the way of Python's libraries."""
    open_to_all = "c.ServerApp.ip = '0.0.0.0'; c.IdentityProvider.token = ''"
    (home / ".jupyter").mkdir()
    for name in ("jupyter_config.py", "jupyter_server_config.py", "jupyter_lab_config.py"):
        (home / ".jupyter" / name).write_text(f"{open_to_all}; c.ServerApp.base_url = '/mine'")
    (copy / "tornado.py").write_text("raise SystemExit('not the library')")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*lesson.jupyter(sys.executable, port, "source"), "--no-browser"]
    env = doctor.lesson_environ(lesson.HERE)
    log, end = copy / "log", time.monotonic() + 120
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=copy, env=env, stdout=file, stderr=file)
    try:
        while f":{port}/lab" not in log.read_text():
            assert server.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        address = f"http://127.0.0.1:{port}/api/contents"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            opener.open(address, timeout=60)
        token = log.read_text().partition("?token=")[2].split()[0]
        assert opener.open(f"{address}?token={token}", timeout=60).status == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=10)
    finally:
        server.kill()
        server.wait()


def test_minutes_are_those_of_the_table_at_this_speed(copy):
    table = copy / "data" / "runs" / "cell_seconds.csv"
    table.write_text(
        "notebook,cell,seconds,epochs\n04,fit,20.0,30.0\n04,imports,5.0,6.0\n05,fit,9.0,12.0\n"
    )
    assert doctor.minutes(2.0) == {"04": pytest.approx(1.2), "05": pytest.approx(0.4)}


def test_this_machine_is_ready(home):
    """Everything at once, as learners start it; what this machine has of its own stands aside."""
    env = os.environ | {"BROWSER": sys.executable}
    command = [sys.executable, "lesson.py", "doctor", "--here"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    mended = [line for line in lines if line.startswith("NOT") and "memory" not in line]
    assert not mended, done.stdout
    assert done.returncode == ("NOT READY" in lines[-1])
    if done.returncode == 0:
        word, seconds, *rest = lines[-1].split()
        assert word == "READY" and float(seconds) > 0 and rest[:3] == ["s", "an", "epoch"]
    (minutes,) = (line for line in lines if "minutes that the notebooks compute" in line)
    each = [float(part.split()[-1]) for part in minutes.split("here: ")[1].split(",")]
    assert len(each) >= 9 and min(each) >= 0 and max(each) > 0.5


# --- conda ------------------------------------------------------------------------------------


def test_with_the_command_of_environment_yml_figures_show(copy, home):
    """The command is read from the file, and started in an environment that is there already."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    create, activate, start = text.splitlines()[0].lstrip("# ").split(" && ")
    assert create == "conda env create --file environment.yml"
    assert activate == f"conda activate {yaml.safe_load(text)['name']}"
    python, *words = start.split()
    assert python == "python"
    for name in ("tools/editions.py", "tools/glossary.py"):
        shutil.copy(ROOT / name, copy / name)
    shutil.copytree(ROOT / "fig", copy / "fig")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"JUPYTER_TOKEN": "a-token", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, *words, "--no-browser", "--port", str(port)]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    figure = f"http://127.0.0.1:{port}/files/fig/cnn.svg?token=a-token"
    log, end = copy / "log", time.monotonic() + 300
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=copy, env=env, stdout=file, stderr=file)
    try:
        while True:
            try:
                assert b"<svg" in opener.open(figure, timeout=60).read()
                break
            except OSError as error:
                assert server.poll() is None and time.monotonic() < end, (error, log.read_text())
                time.sleep(0.5)
    finally:
        server.kill()
        server.wait()
    # The notebook that is opened lies where ../fig is that folder.
    assert f":{port}/lab/tree/work/01-data-loading.ipynb" in log.read_text()
    assert (copy / "work" / "01-data-loading.ipynb").is_file()
    assert not list(copy.glob(".venv*"))
