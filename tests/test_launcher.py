"""The launcher: with a Python that plays venv and pip, so that nothing is installed."""

import ast
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

import lesson

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="the playing Python is a script with a #! line")

# Notes each call, answers as FAKE_* say, and shows what it was handed over. Its pip has the user's
# settings in FAKE_PIP_CONFIG, and installs a package.
FAKE_PYTHON = """#!{python}
import json, os, shutil, signal, sys, time
from pathlib import Path

arguments = sys.argv[1:]
if arguments[1].startswith("-"):
    assert arguments.pop(0) in ("-I", "-P")
world = Path(os.environ["FAKE_WORLD"])
with (world / "calls").open("a") as calls:
    calls.write(" ".join(arguments[:3 if "config" in arguments else 2]) + "\\n")
if arguments[0] == "-c":
    print(os.environ.get("FAKE_VERSION", "3.13"))
elif arguments[:2] == ["-m", "venv"]:
    folder = Path(arguments[-1])
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    shutil.copy(__file__, folder / "bin" / "python")
    print(os.environ.get("FAKE_VENV_FAILS", ""), end="")
    sys.exit("FAKE_VENV_FAILS" in os.environ)
elif arguments == ["-m", "pip", "config", "list"]:
    print(os.environ.get("FAKE_PIP_CONFIG", ""))
elif arguments[:2] == ["-m", "pip"]:
    (world / "pip").write_text(" ".join(arguments))
    told = {{n: os.environ[n] for n in os.environ if n.startswith("PIP_") or n == "TMPDIR"}}
    (world / "pip settings").write_text(json.dumps(told))
    says = os.environ.get("FAKE_PIP_FAILS", "")
    Path(arguments[arguments.index("--log") + 1]).write_text(says)
    if "FAKE_PIP_SHRUGS" in os.environ:
        signal.signal(signal.SIGINT, lambda *stopped: sys.exit(0))
        (world / "ready").touch()
    while "FAKE_PIP_WAITS" in os.environ and not (world / "go on").exists():
        time.sleep(0.02)
    if not says:
        package = "lib/python3.13/site-packages/keras-3.15.1.dist-info"
        (Path(__file__).parent.parent / package).mkdir(parents=True)
    sys.exit(bool(says))
elif "work" in arguments:
    (world / "work").write_text(json.dumps([arguments, os.getcwd(), dict(os.environ)]))
    sys.exit(os.environ.get("FAKE_WORK_FAILS"))
else:
    print(json.dumps([arguments, os.getcwd(), dict(os.environ)]), flush=True)
    while "FAKE_LAB_WAITS" in os.environ and not (world / "go on").exists():
        time.sleep(0.02)
    sys.exit(7)
"""
# Python 3.14 as far as the launcher can see: it must look for another one, and finds the fake.
UNSUPPORTED = "import runpy, sys; sys.version_info = (3, 14, 0, 'final', 0); runpy.run_path("


def lock(root: Path, kind: str = "") -> Path:
    return root / (f"tools/locks/{kind[1:]}.txt" if kind else "requirements.txt")


class World:
    """A copy of the launcher in an empty folder, on a machine with one supported Python."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a lesson"
        self.path = folder / "bin"
        self.root.mkdir()
        (self.root / "notebooks").mkdir()
        (self.root / "tests").mkdir()
        self.path.mkdir()
        self.launcher = self.root / "lesson.py"
        shutil.copy(ROOT / "lesson.py", self.launcher)
        (self.root / "tools" / "locks").mkdir(parents=True)
        for kind in ("", *lesson.KINDS):
            lock(self.root, kind).write_text("keras==3.15.1\n")
        self.add_python("python3.12", "raise SystemExit(127)")
        self.add_python("python3.13", "")
        self.environ = {"PATH": str(self.path), "FAKE_WORLD": str(folder), "HOME": str(folder)}
        self.folder = folder

    def add_python(self, name: str, first: str) -> None:
        text = FAKE_PYTHON.format(python=sys.executable).replace("\n", f"\n{first}\n", 1)
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen:
        code = f"{UNSUPPORTED}{str(self.launcher)!r}, run_name='__main__')"
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env=self.environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            start_new_session=True,
        )

    def call(self, *arguments: str, **environ: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environ)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def count(self, call: str) -> int:
        calls = self.folder / "calls"
        return calls.read_text().splitlines().count(call) if calls.exists() else 0

    def wait_for(self, call: str) -> None:
        deadline = time.monotonic() + 300
        while not self.count(call):
            assert time.monotonic() < deadline, f"{call} was never called"
            time.sleep(0.02)


def handed_over(out: str) -> tuple[list[str], str, dict[str, str]]:
    """Return arguments, folder and environment of the command that the launcher became."""
    return json.loads(out.splitlines()[-1])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@posix
def test_environment_is_made_once_and_again_for_other_requirements_or_without_python(world):
    status, out, err = world.call("test")
    assert (status, err) == (7, "")
    assert "Making .venv" in out
    assert "--require-hashes" in (world.folder / "pip").read_text()

    status, out, err = world.call("lab")
    assert "Making" not in out
    assert world.count("-m venv") == world.count("-m pip") == 1

    (world.root / "requirements.txt").write_text("keras==3.15.2\n")
    assert "Making .venv" in world.call("lab")[1]
    (world.root / ".venv" / "bin" / "python").unlink()
    assert "Making .venv" in world.call("lab")[1]
    assert world.count("-m venv") == world.count("-m pip") == 3


@posix
def test_killed_install_is_mended(world):
    process = world.start("lab", FAKE_PIP_WAITS="1")
    world.wait_for("-m pip")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

    assert "Making .venv" in world.call("lab")[1]
    assert "Making" not in world.call("lab")[1]
    assert world.count("-m pip") == 2


@posix
def test_orphaned_pip_is_waited_for(world):
    process = world.start("lab", FAKE_PIP_WAITS="1")
    world.wait_for("-m pip")
    process.kill()

    other = world.start("lab")
    assert "waiting for it" in other.stdout.readline()
    (world.folder / "go on").touch()
    assert "Making .venv" in other.communicate(timeout=300)[0]
    process.communicate(timeout=300)


@posix
@pytest.mark.parametrize("answer", ["FAKE_PIP_WAITS", "FAKE_PIP_SHRUGS"])
def test_ctrl_c_in_an_install_ends_it_quietly_whatever_pip_answers(world, answer):
    process = world.start("lab", **{"FAKE_PIP_WAITS": "1", answer: "1"})
    world.wait_for("-m pip")
    while answer == "FAKE_PIP_SHRUGS" and not (world.folder / "ready").exists():
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err.endswith("lesson.py: .venv could not be made: it was stopped. Run it again.\n")
    assert "lesson.py" not in err.split("lesson.py: ")[0].replace("/bin/python", "")
    assert "Making .venv" in world.call("lab")[1]


def test_interrupt_is_not_forgotten_where_python_has_lost_sight_of_the_child(monkeypatch):
    """The child is reaped, the interrupt comes, and the next wait answers 0 for want of a child."""

    class Popen:
        def __init__(self, command):
            self.answers = iter([KeyboardInterrupt, 0])

        def wait(self):
            answer = next(self.answers)
            if answer:
                raise answer
            return answer

    monkeypatch.setattr(lesson.subprocess, "Popen", Popen)
    with pytest.raises(KeyboardInterrupt):
        lesson.run(["pip"])


OFFLINE = {"FAKE_PIP_FAILS": "NewConnectionError"}


@pytest.fixture
def outdated(world: World) -> World:
    """A lesson whose list of packages changed after it was installed."""
    world.call("lab")
    (world.root / ".venv" / "old").touch()
    (world.root / "requirements.txt").write_text("keras==3.15.2\n")
    return world


def is_old(world: World) -> bool:
    assert not (world.root / ".venv-old").exists()
    return (world.root / ".venv" / "old").exists()


@posix
@pytest.mark.parametrize("fault", [OFFLINE, {"FAKE_VENV_FAILS": "something new"}])
def test_environment_is_used_as_it_was_while_a_new_one_cannot_be_made(outdated, fault):
    status, out, err = outdated.call("lab", **fault)
    assert status == 7 and "jupyterlab" in handed_over(out)[0]
    assert err.startswith("lesson.py: .venv could not be made: ") and err.count("\n") == 1
    assert err.endswith("run it again. Until then, .venv is used as it was.\n")
    assert is_old(outdated)

    (outdated.root / "requirements.txt").write_text("keras==3.15.1\n")  # the change is taken back
    assert "Making" not in outdated.call("lab", **fault)[1]
    (outdated.root / "requirements.txt").write_text("keras==3.15.2\n")
    status, out, err = outdated.call("lab")
    assert (status, err) == (7, "") and "Making" in out
    assert not is_old(outdated)
    assert "Making" not in outdated.call("lab")[1]


@posix
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_environment_comes_back_after_an_update_was_stopped(outdated, stop):
    (outdated.folder / "calls").unlink()
    process = outdated.start("lab", FAKE_PIP_WAITS="1")
    outdated.wait_for("-m pip")
    os.killpg(process.pid, stop)
    process.communicate(timeout=300)

    status, out, err = outdated.call("lab", **OFFLINE)
    assert status == 7 and "jupyterlab" in handed_over(out)[0]
    assert "used as it was" in err and is_old(outdated)


@posix
def test_killed_update_is_forgotten_when_the_change_is_taken_back(outdated):
    (outdated.folder / "calls").unlink()
    process = outdated.start("lab", FAKE_PIP_WAITS="1")
    outdated.wait_for("-m pip")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=300)
    (outdated.root / "requirements.txt").write_text("keras==3.15.1\n")
    status, out, err = outdated.call("lab")
    assert (status, err) == (7, "") and "Making" not in out
    assert is_old(outdated)


@posix
def test_environment_in_use_is_not_taken_away(world):
    """As long as JupyterLab runs, which has the place of the launcher."""
    lab = world.start("lab", FAKE_LAB_WAITS="1")
    while "jupyterlab" not in lab.stdout.readline():
        assert lab.poll() is None
    (world.root / ".venv" / "old").touch()
    (world.root / "requirements.txt").write_text("keras==3.15.2\n")
    status, out, err = world.call("lab")
    assert (status, err) == (7, "")
    assert ".venv is outdated and in use: it stays. Close JupyterLab to renew it." in out
    assert is_old(world)

    (world.folder / "go on").touch()
    lab.communicate(timeout=300)
    assert "Making .venv" in world.call("lab")[1]
    assert not is_old(world)


@posix
def test_lost_package_is_installed_again_and_pip_may_be_renewed(world):
    world.call("lab")
    installed = world.root / ".venv" / "lib" / "python3.13" / "site-packages"
    (installed / "pip-25.0.dist-info").mkdir()
    (installed / "mine-1.0.dist-info").mkdir()  # a package more is no fault
    assert "Making" not in world.call("lab")[1]
    (installed / "pip-25.0.dist-info").rmdir()
    assert "Making" not in world.call("lab")[1]
    (installed / "keras-3.15.1.dist-info").rmdir()
    assert "Making .venv" in world.call("lab")[1]
    assert "Making" not in world.call("lab")[1]


@posix
def test_of_the_users_pip_only_where_packages_come_from_is_asked(world):
    config = """:env:.index-url='http://127.0.0.1:1/'
:env:.user='1'
global.dry-run='true'
global.find-links='\\n/wheels\\n/more'
global.index-url='http://127.0.0.1:2/'
global.target='/elsewhere'
install.cert='/mine.pem'"""
    user = {"PIP_USER": "1", "PIP_INDEX_URL": "http://127.0.0.1:1/", "TMPDIR": "/small"}
    assert world.call("lab", FAKE_PIP_CONFIG=config, **user)[0] == 7
    assert json.loads((world.folder / "pip settings").read_text()) == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:1/",
        "PIP_FIND_LINKS": "\n/wheels\n/more",
        "PIP_CERT": "/mine.pem",
        "TMPDIR": str(world.root / ".venv"),
    }


@posix
def test_two_at_once_make_one_environment(world):
    first = world.start("lab", FAKE_PIP_WAITS="1")
    world.wait_for("-m pip")
    second = world.start("test")
    assert "waiting for it" in second.stdout.readline()
    (world.folder / "go on").touch()
    outs = [process.communicate(timeout=300)[0] for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [7, 7]
    assert world.count("-m pip") == 1 and "waiting for it" not in outs[0]


@posix
def test_unsupported_python_finds_another_one(world):
    (world.path / "python3.13").rename(world.path / "python3.11")
    status, out, _ = world.call("test", FAKE_VERSION="3.11")
    assert status == 7
    assert "TensorFlow has no build for Python 3.14: using 3.11." in out


@posix
def test_unsupported_python_alone_says_how_to_get_one(world):
    (world.path / "python3.13").unlink()
    status, out, err = world.call("lab")
    assert (status, out) == (1, "")
    assert err.startswith("lesson.py: TensorFlow has no build for Python 3.14. Install 3.13")
    assert err.count("\n") == 1
    assert not (world.root / ".venv").exists()


@posix
@pytest.mark.parametrize(
    ("variable", "text", "cause"),
    [
        ("FAKE_VENV_FAILS", "because ensurepip is not available", "apt install python3-venv"),
        ("FAKE_VENV_FAILS", "[Errno 28] No space left on device", "Free some space"),
        ("FAKE_PIP_FAILS", "OSError: [Errno 28] No space left on device", "Free some space"),
        ("FAKE_PIP_FAILS", "ERROR: Operation cancelled by user", "it was stopped"),
        ("FAKE_PIP_FAILS", "something new", "see the lines above"),
    ],
)
def test_failed_install_says_what_to_do(world, variable, text, cause):
    status, _, err = world.call("lab", **{variable: text})
    assert status == 1
    assert err.startswith("lesson.py: .venv could not be made: ")
    assert cause in err
    assert err.endswith("then run it again.\n")
    assert err.count("\n") == 1
    assert "Making .venv" in world.call("lab")[1]


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["--index-url=http://127.0.0.1:9/", "keras==3.15.1"], "the network did not answer"),
        (["--no-index", "keras==3.15.1"], "pip found no {package} where it looked"),
        (["--require-hashes", "-r", "requirements.txt"], "arrived damaged or changed"),
    ],
    ids=["network", "nowhere", "hash"],
)
def test_causes_are_in_the_words_of_the_real_pip(tmp_path, arguments, cause):
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(b"not what was promised")
    (tmp_path / "requirements.txt").write_text(f"./a-1-py3-none-any.whl --hash=sha256:{'0' * 64}")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    pip = [sys.executable, "-m", "pip", "--isolated", "--retries=0", "--log=log", "install"]
    failed = subprocess.run(
        [*pip, "--target=here", *arguments],
        env=environ | {"PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        cwd=tmp_path,
    )
    assert failed.returncode != 0
    said = (tmp_path / "log").read_text()
    causes = [text for signs, text in lesson.CAUSES.items() if lesson.re.search(signs, said)]
    assert cause in causes[0]


Usage = namedtuple("Usage", "free")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the launcher that runs in this process into an empty folder."""
    monkeypatch.setattr(lesson, "ROOT", tmp_path)
    (tmp_path / "tools" / "locks").mkdir(parents=True)
    for kind in ("", *lesson.KINDS):
        lock(tmp_path, kind).write_text("keras==3.15.1\n")
    return tmp_path


@pytest.mark.parametrize("kind", ["", *lesson.KINDS])
def test_too_little_disk_is_said_before_anything_is_made(here, monkeypatch, kind):
    needed = lesson.DISK[f".venv{kind}"]
    monkeypatch.setattr(lesson.shutil, "disk_usage", lambda folder: Usage((needed - 0.5) * 1e9))
    monkeypatch.setattr(lesson, "supported_python", lambda: [sys.executable])
    monkeypatch.setattr(lesson.platform, "system", lambda: "Linux")
    monkeypatch.setattr(lesson.platform, "machine", lambda: "x86_64")
    with pytest.raises(SystemExit, match=f"venv{kind} needs {needed} GB .* {needed - 0.5} are"):
        lesson.environment(kind)
    assert not (here / f".venv{kind}").exists()


def test_full_disk_is_recognized_without_a_log(here, monkeypatch):
    free = iter([9e9, 0])
    monkeypatch.setattr(lesson.shutil, "disk_usage", lambda folder: Usage(next(free)))
    monkeypatch.setattr(lesson, "supported_python", lambda: [sys.executable, "-c", "raise OSError"])
    with pytest.raises(SystemExit, match="the disk is full"):
        lesson.environment()


def test_folder_that_cannot_be_written_gives_one_line(here, monkeypatch):
    (here / ".venv.lock").mkdir()
    monkeypatch.setattr(sys, "argv", ["lesson.py", "lab"])
    monkeypatch.setattr(lesson.os, "dup2", lambda *handles: None)  # the output is that of pytest
    with pytest.raises(SystemExit, match=r"\.venv\.lock.*this folder is yours"):
        lesson.start()


MACHINES = {
    ("Darwin", "x86_64", "Darwin Kernel Version 24"): "Macs with Intel processors",
    ("Darwin", "x86_64", "Darwin Kernel Version 24 RELEASE_ARM64_T8103"): "for Apple silicon",
    ("Windows", "ARM64", ""): "Windows on ARM",
    ("Windows", "x86", ""): "Windows on x86",
    ("Linux", "armv7l", ""): "Linux on armv7l",
    ("Linux", "x86_64", "musl"): "musl, such as Alpine",
    ("Linux", "x86_64", "32"): "32-bit Pythons",
}


def play(monkeypatch, system, machine, detail):
    """Stand in for another machine."""
    monkeypatch.setattr(lesson.platform, "system", lambda: system)
    monkeypatch.setattr(lesson.platform, "machine", lambda: machine)
    monkeypatch.setattr(lesson.platform, "version", lambda: detail)
    if detail == "32":
        monkeypatch.setattr(lesson.sys, "maxsize", 2**31 - 1)
    if detail == "musl":
        monkeypatch.setattr(lesson.platform, "libc_ver", lambda: ("musl", "1.2"))


@pytest.mark.parametrize("machine", MACHINES, ids=" ".join)
def test_machines_without_tensorflow_are_refused_before_anything_is_made(
    here, monkeypatch, machine
):
    play(monkeypatch, *machine)
    with pytest.raises(SystemExit, match=MACHINES[machine]):
        lesson.environment()
    assert [path.name for path in here.glob(".venv*")] == [".venv.lock"]


@pytest.mark.parametrize("machine", lesson.MACHINES, ids=" ".join)
def test_machines_with_tensorflow_are_not_refused(monkeypatch, machine):
    play(monkeypatch, *machine, "")
    monkeypatch.setattr(lesson.platform, "libc_ver", lambda: ("glibc", "2.36"))
    assert lesson.no_build() == ""


@pytest.mark.parametrize("machine", [("Darwin", "arm64"), ("Windows", "AMD64"), ("Linux", "arm64")])
def test_gpu_build_is_for_linux(here, monkeypatch, machine):
    monkeypatch.setattr(lesson.platform, "system", lambda: machine[0])
    monkeypatch.setattr(lesson.platform, "machine", lambda: machine[1])
    with pytest.raises(SystemExit, match="Leave out --gpu"):
        lesson.environment("-gpu")


LINUX = platform.system() == "Linux" and platform.machine() == "x86_64"


@posix
@pytest.mark.parametrize(
    ("kind", "backend"),
    [
        pytest.param(
            "-gpu", "tensorflow", marks=pytest.mark.skipif(not LINUX, reason="no such build")
        ),
        ("-ray", "tensorflow"),
        ("-jax", "jax"),
        ("-torch", "torch"),
    ],
)
def test_an_extra_has_an_environment_of_its_own(world, kind, backend):
    _, out, _ = world.call("test", f"-{kind}", "-q")
    assert f"Making .venv{kind}" in out
    assert str(lock(world.root, kind)) in (world.folder / "pip").read_text()
    arguments, _, environ = handed_over(out)
    assert arguments == ["-m", "pytest", "-q"]
    assert environ["KERAS_BACKEND"] == backend
    assert not (world.root / ".venv").exists()


@posix
def test_arguments_after_test_reach_pytest(world):
    wanted = ["-k", "not slow", "--maxfail=1", "tests/test_data.py::test_a", "-p", "no:x", "-vv"]
    status, out, _ = world.call("test", *wanted, COLUMNS="40", JUPYTER_COLUMNS="40")
    arguments, folder, environ = handed_over(out)
    assert status == 7
    assert arguments == ["-m", "pytest", *wanted]
    assert folder == str(world.root)
    assert environ["LESSON_DATA"] == "sketch-street-10"
    assert not {"COLUMNS", "JUPYTER_COLUMNS"} & set(environ)
    assert environ["PATH"].startswith(str(world.root / ".venv" / "bin"))

    _, out, _ = world.call("test", LESSON_DATA="/photographs")
    assert handed_over(out)[0] == ["-m", "pytest"]
    assert handed_over(out)[2]["LESSON_DATA"] == "/photographs"


@posix
def test_lab_opens_the_first_notebook(world):
    _, out, _ = world.call("lab", "--port", "8123", "--no-browser")
    arguments, folder, environ = handed_over(out)
    assert arguments[:2] == ["-m", "jupyterlab"]
    assert opened(arguments) == "work/01-data-loading.ipynb"
    # Nobody is asked about news; what JupyterLab makes of it was seen in a browser.
    settings = world.root / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert '"fetchNews": "false"' in settings.read_text(encoding="utf-8")
    assert {"--port=8123", "--no-browser"} < set(arguments)
    assert f"--ServerApp.root_dir={world.root}" in arguments
    assert folder == str(world.root)
    assert "LESSON_DATA" not in environ
    assert "`python3 lesson.py data`" in out

    (world.root / "data" / "dollar-street-10").mkdir(parents=True)
    _, out, _ = world.call("lab")
    assert "lesson.py data" not in out
    assert "--no-browser" not in handed_over(out)[0]


def opened(arguments: list[str]) -> str:
    """Return the notebook that JupyterLab was told to open."""
    (notebook,) = (a.partition("/lab/tree/")[2] for a in arguments if "default_url" in a)
    return notebook


@posix
@pytest.mark.parametrize("edition", lesson.FOLDERS)
def test_lab_brings_the_working_copy_up_to_date_and_opens_it(world, edition):
    _, out, _ = world.call("lab", "--edition", edition)
    arguments, _, environ = handed_over(out)
    assert opened(arguments) == f"{lesson.FOLDERS[edition]}/01-data-loading.ipynb"
    assert environ["PYTHONPATH"] == str(world.root / "notebooks")
    if edition == "source":
        assert not (world.folder / "work").exists()
        return
    command, folder, environ = json.loads((world.folder / "work").read_text())
    assert command == [str(world.root / "tools" / "editions.py"), "work", edition]
    assert folder == str(world.root)
    assert environ["PYTHONPATH"] == str(world.root / "notebooks")


def test_lab_opens_notebooks_that_exist_and_folders_that_editions_makes():
    import editions

    first = opened(lesson.jupyter("python", 1, "source"))
    assert (ROOT / first).is_file()
    for name in editions.EDITIONS:
        assert ROOT / lesson.FOLDERS[name] == editions.working_folder(name)


@posix
def test_lab_ends_where_no_working_copy_can_be_made(world):
    status, out, err = world.call("lab", FAKE_WORK_FAILS="lesson.py: work is a file")
    assert (status, err) == (1, "lesson.py: work is a file\n")
    assert "jupyterlab" not in out


@posix
def test_home_that_cannot_be_written_gives_one_line(world):
    status, _, err = world.call("lab", HOME="/nowhere")
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith("lesson.py: JupyterLab cannot write into your home folder, /nowhere.")


def call_with(world: World, redirected: str) -> subprocess.CompletedProcess:
    code = f"{UNSUPPORTED}{str(world.launcher)!r}, run_name='__main__')"
    shell = ["/bin/sh", "-c", f'exec "$0" "$@" {redirected}', sys.executable, "-c", code]
    return subprocess.run([*shell, "reset", "05"], env=world.environ, stderr=subprocess.PIPE)


@posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", ">&- <&-", "<&- >&- 2>&-"])
def test_closed_output_is_no_fault_and_no_file_takes_its_place(world, closed):
    done = call_with(world, closed)
    assert (done.returncode, done.stderr) == (7, b"")
    assert (world.root / ".venv.lock").read_bytes() == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device here is always full")
def test_output_that_is_full_is_said_in_one_line_and_costs_nothing(world):
    done = call_with(world, ">/dev/full")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert done.stderr.startswith(b"lesson.py: [Errno 28]")
    assert done.stderr.endswith(b"and where you send what is printed.\n")
    assert world.call("lab")[0] == 7


@posix
def test_own_settings_of_jupyter_stay_out_and_its_looks_do_not(world):
    own = {"JUPYTER_PATH": "/kernels", "JUPYTER_CONFIG_PATH": "/a", "JUPYTER_PREFER_ENV_PATH": "0"}
    arguments, _, environ = handed_over(world.call("lab", **own)[1])
    assert not {*own} & {*environ}
    folder = world.folder / ".jupyter"
    assert environ["JUPYTER_CONFIG_DIR"] == str(folder / "layer-by-layer")
    assert environ["JUPYTERLAB_SETTINGS_DIR"] == str(folder / "lab" / "user-settings")
    assert environ["IPYTHONDIR"] == str(folder / "layer-by-layer" / "ipython")
    assert (folder / "layer-by-layer" / "ipython").is_dir()
    assert "--ServerApp.ip=localhost" in arguments
    environ = handed_over(world.call("lab", JUPYTER_CONFIG_DIR="/on/purpose")[1])[2]
    assert environ["JUPYTER_CONFIG_DIR"] == "/on/purpose"
    assert "JUPYTERLAB_SETTINGS_DIR" not in environ


@posix
def test_what_breaks_lessons_is_left_out_of_the_environment(world):
    broken = {
        "PYTHONPATH": "/elsewhere", "PYTHONSAFEPATH": "1", "PYTHONSTARTUP": "/a.py",
        "PYTHONWARNINGS": "error", "MPLBACKEND": "Qt5Agg", "KERAS_BACKEND": "torch",
    }  # fmt: skip
    for command in ("lab", "test", "data"):
        environ = handed_over(world.call(command, **broken)[1])[2]
        own = {"PYTHONPATH": str(world.root / "notebooks")} if command == "lab" else {}
        assert environ["KERAS_BACKEND"] == "tensorflow"
        assert {n: v for n, v in environ.items() if n in broken and n != "KERAS_BACKEND"} == own


@posix
def test_in_an_edition_lab_opens_that_one_and_no_other(world):
    (world.root / "edition.txt").write_text("live\n")
    assert opened(handed_over(world.call("lab")[1])[0]).startswith("work-live/")
    assert opened(handed_over(world.call("lab", "--edition", "live")[1])[0])
    status, _, err = world.call("lab", "--edition", "learner")
    assert status == 1
    assert err.startswith("lesson.py: This folder is the live edition.") and err.count("\n") == 1
    assert handed_over(world.call("reset", "05")[1])[0][1:] == ["reset", "05", "--edition", "live"]

    for command in ("test", "site"):
        status, _, err = world.call(command)
        assert status == 1 and "Only the whole lesson has the checks, and the site." in err


@posix
@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        (["editions"], ["make", "{root}/editions", "--start", "9:00"]),
        (["editions", "for class", "--start", "13:30"],
         ["make", "{folder}/for class", "--start", "13:30"]),
        (["reset", "05"], ["reset", "05", "--edition", "learner"]),
        (["reset", "05", "--edition", "class"], ["reset", "05", "--edition", "class"]),
    ],
)  # fmt: skip
def test_editions_and_reset_hand_over(world, given, passed_on):
    status, out, _ = world.call(*given)
    arguments, folder, environ = handed_over(out)
    tool = str(world.root / "tools" / "editions.py")
    expected = [part.format(root=world.root, folder=world.folder) for part in passed_on]
    assert (status, arguments, folder) == (7, [tool, *expected], str(world.root))
    assert environ["PYTHONPATH"] == str(world.root / "notebooks")


@posix
@pytest.mark.parametrize("kind", ["", "-ray"])
def test_wheels_hand_over(world, kind):
    given = ["wheels", "stick", "--for", "linux", "mac", "--python", "3.12"]
    arguments, _, _ = handed_over(world.call(*given, *([f"-{kind}"] if kind else []))[1])
    fetch = [str(world.root / "tools" / "wheels.py"), str(world.folder / "stick")]
    fetch += ["--lock", str(lock(world.root, kind))]
    assert arguments == [*fetch, "--for", "linux", "mac", "--python", "3.12"]


@posix
def test_installing_from_a_folder_asks_nobody_else(world):
    wheels = world.folder / "some wheels"
    status, _, err = world.call("lab", "--wheels", "some wheels")
    assert status == 1 and f"There is no folder {wheels}" in err

    wheels.mkdir()
    elsewhere = {"PIP_FIND_LINKS": "/elsewhere", "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    status, out, _ = world.call("lab", "--wheels", "some wheels", **elsewhere)
    assert status == 7 and f"from {wheels}" in out
    command = (world.folder / "pip").read_text()
    assert f"--no-index --find-links {wheels}" in command and "--require-hashes" in command
    assert json.loads((world.folder / "pip settings").read_text()) == {
        "PIP_CONFIG_FILE": os.devnull,
        "TMPDIR": str(world.root / ".venv"),
    }

    (world.root / "requirements.txt").write_text("keras==3.15.2\n")
    says = "ERROR: No matching distribution found for keras==3.15.2"
    _, _, err = world.call("lab", "--wheels", "some wheels", FAKE_PIP_FAILS=says)
    assert "pip found no keras==3.15.2 where it looked. " in err and "no build" not in err
    machine = lesson.MACHINES[platform.system(), platform.machine()]
    assert f"`python3 lesson.py wheels FOLDER --for {machine} --python 3.13`" in err
    _, _, err = world.call("lab", FAKE_PIP_FAILS=says)
    assert "pip found no keras==3.15.2 where it looked. `python3 -m pip config list`" in err


def test_here_is_the_python_that_runs_the_launcher(here, monkeypatch):
    assert lesson.environment(lesson.HERE) == sys.executable
    assert not list(here.glob(".venv*"))
    monkeypatch.setattr(lesson.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="has no JupyterLab"):
        lesson.environment(lesson.HERE)


@posix
def test_doctor_runs_in_the_environment_once_there_is_one(world):
    """Before, in the Python that runs the launcher, which says that nothing is installed."""
    tool = world.root / "tools" / "doctor.py"
    tool.write_text(
        "import json, sys; print(json.dumps(sys.argv)); sys.exit('--before' in sys.argv)"
    )
    status, out, _ = world.call("doctor")
    assert json.loads(out)[1:] == ["--kind=", "--nothing"]
    assert not (world.root / ".venv").exists()

    status, out, _ = world.call("doctor", "--install")  # what installing needs is not there
    assert status == 1 and "Making" not in out

    tool.write_text("")
    status, out, _ = world.call("doctor", "--install", PYTHONPATH="/the/users")
    arguments, _, environ = handed_over(out)
    assert status == 7 and "Making .venv" in out
    assert arguments == ["-I", str(tool), "--kind="]
    assert environ["PYTHONPATH"] == "/the/users"  # it is to see that

    (world.root / "requirements.txt").write_text("keras==3.15.2\n")  # it says so, and mends nothing
    assert "Making" not in world.call("doctor")[1]


@posix
def test_data_runs_the_download(world):
    status, out, _ = world.call("data")
    arguments, folder, _ = handed_over(out)
    assert (status, folder) == (7, str(world.root / "notebooks"))
    assert arguments == ["-m", "helpers.backstage.download"]


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["play"], ["lab", "--speed"], ["data", "x"], ["lab", "--gpu", "--ray"]),
        *(["lab", "--port=-1"], ["lab", "--port=99999"], ["lab", "--edition", "mine"], ["reset"]),
        *(["wheels"], ["wheels", "x", "--for", "amiga"], ["lab", "--gpu", "--here"]),
    ],
)
def test_wrong_command_line_is_refused(here, monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["lesson.py", *arguments])
    with pytest.raises(SystemExit) as refused:
        lesson.main()
    assert refused.value.code == 2
    assert "usage:" in capsys.readouterr().err
    assert not (here / ".venv.lock").exists()


def test_python_that_is_too_old_shows_what_is_needed():
    text = (ROOT / "lesson.py").read_text(encoding="ascii")  # Python 2 takes nothing else
    with pytest.raises(SyntaxError) as refused:
        ast.parse(text, feature_version=(3, 5))
    shown = text.splitlines()[refused.value.lineno - 1]
    assert shown == 'THIS: str = "needs Python 3.6 or newer: write python3 in place of python"'


@pytest.mark.parametrize("file", ["lesson.py", "tools/doctor.py"])
def test_launcher_is_readable_to_python_3_6_and_needs_nothing(file):
    tree = ast.parse((ROOT / file).read_text(), feature_version=(3, 6))
    # In its functions, the doctor imports what the environment has.
    nodes = ast.walk(tree) if file == "lesson.py" else tree.body
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {getattr(node, "module", alias.name).split(".")[0] for alias in node.names}
            assert names <= {*sys.stdlib_module_names, "lesson"}
