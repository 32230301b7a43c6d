"""Installing without a network: the wheels are fetched, and nothing else is asked afterwards.

With a list of tiny packages in place of the lesson's, and the real pip.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import wheels
from test_repository import LOCKS, PLATFORMS, chosen, environments, locked

import lesson

ROOT = Path(__file__).resolve().parent.parent
# No pip that a test starts may find what this machine has elsewhere.
ENVIRON = {n: v for n, v in os.environ.items() if not n.startswith(("PIP_", "PYTHON"))}
ENVIRON["PIP_CONFIG_FILE"] = os.devnull
HERE = lesson.MACHINES[lesson.platform.system(), lesson.platform.machine()]


def make_wheel(
    folder: Path, name: str, tag: str = "py3-none-any", version: str = "1.0", needs: str = ">=3"
) -> str:
    """Write a package of one module; return the hash that a lock has for it."""
    info = f"{name}-{version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: {needs}\n"
    files = {
        f"{name}.py": "print('this is the tiny one')\n",
        f"{info}/METADATA": about,
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{path},sha256={digest.decode()},{len(text)}\n"
    folder.mkdir(exist_ok=True)
    wheel = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            file.writestr(path, text)
    return f"--hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder in place of an index, and a lock for what is in it, in a lesson of its own."""
    shop, root = tmp_path / "shop", tmp_path / "lesson"
    (root / "tools").mkdir(parents=True)
    (root / "tests").mkdir()
    for file in ("lesson.py", "tools/wheels.py"):
        shutil.copy(ROOT / file, root / file)
    lock = {
        "pytest==1.0": make_wheel(shop, "pytest"),
        "second==1.0 ; sys_platform != 'win32'": make_wheel(shop, "second"),
        "third==1.0 ; sys_platform == 'win32'": make_wheel(shop, "third", "cp313-cp313-win_amd64"),
        "fourth==1.0 ; sys_platform == 'darwin'": f"--hash=sha256:{'0' * 64}",
    }
    write_lock(shop, lock)
    return shop


def write_lock(shop: Path, lock: dict[str, str]) -> None:
    """Write it in the form of requirements.txt."""
    text = "".join(f"{line} \\\n    {mark}\n" for line, mark in lock.items())
    (shop.parent / "lesson" / "requirements.txt").write_text("# a comment\n" + text)


def call(*command: str | Path, **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *map(str, command)], env=ENVIRON | environ, capture_output=True, text=True
    )


def fetch(shop: Path, *options: str, **environ: str) -> subprocess.CompletedProcess:
    """Call what `lesson.py wheels` hands over to."""
    root = shop.parent / "lesson"
    given = [shop.parent / "stick", "--lock", root / "requirements.txt", *options]
    environ = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shop)} | environ
    return call(root / "tools" / "wheels.py", *given, **environ)


def fetched(shop: Path) -> list[str]:
    return sorted(path.name.partition("-")[0] for path in (shop.parent / "stick").iterdir())


def test_what_is_fetched_installs_without_a_network(shop):
    done = fetch(shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert "holds 2 wheels" in done.stdout
    assert fetched(shop) == ["pytest", "second"]

    empty = shop.parent / "empty"
    empty.mkdir()
    nowhere = {"PIP_INDEX_URL": empty.as_uri(), "PIP_FIND_LINKS": "", "PIP_NO_INDEX": "1"}
    launcher = shop.parent / "lesson" / "lesson.py"
    (shop.parent / "stick" / "second-1.0-py3-none-any.whl").rename(shop.parent / "second")
    command = [launcher, "test", "--wheels", shop.parent / "stick"]
    done = call(*command, **nowhere)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    own = "{}.{}".format(*sys.version_info)
    assert "pip found no second==1.0 where it looked" in message and "build" not in message
    assert f"`python3 lesson.py wheels FOLDER --for {HERE} --python {own}`" in message

    (shop.parent / "second").rename(shop.parent / "stick" / "second-1.0-py3-none-any.whl")
    done = call(*command, **nowhere)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("this is the tiny one\n")
    assert call(launcher, "test", **nowhere).stdout == "this is the tiny one\n"


def test_settings_of_the_user_put_no_package_elsewhere(shop):
    """With the real pip, which is told there, and only there, where packages come from."""
    folder = shop.parent
    elsewhere = folder / "elsewhere"
    with zipfile.ZipFile(shop / "second-1.0-py3-none-any.whl") as there_already:
        there_already.extractall(elsewhere)
    (elsewhere / "random.py").write_text("raise SystemExit('not the library')")
    settings = f"[global]\ntarget = {elsewhere}\nno-index = true\n[install]\nuser = true\n"
    (folder / "pip.conf").write_text(f"{settings}find-links = {shop.as_uri()}\n")
    user = {
        "PYTHONPATH": str(elsewhere),
        "PIP_CONFIG_FILE": str(folder / "pip.conf"),
        "PIP_DRY_RUN": "1",
    }
    done = subprocess.run(
        [sys.executable, folder / "lesson" / "lesson.py", "test"],
        cwd=elsewhere, env=ENVIRON | user, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("this is the tiny one\n")
    assert list((folder / "lesson" / ".venv").glob("[Ll]ib/**/site-packages/second.py"))


def test_for_other_machines_what_they_need_is_fetched(shop):
    done = fetch(shop, "--for", "windows", "--python", "3.13")
    assert done.returncode == 0, done.stderr
    assert fetched(shop) == ["pytest", "third"]
    done = fetch(shop, "--for", "windows", "linux", "--python", "3.13", "3.12")
    assert fetched(shop) == ["pytest", "second", "third"]
    assert done.returncode == 1
    assert done.stderr.endswith(": third==1.0 for windows, Python 3.12.\n")


def test_what_could_not_be_had_is_named_and_the_rest_is_fetched(shop):
    done = fetch(shop, "--for", "mac", "--python", "3.12")
    assert done.returncode == 1
    assert done.stderr.endswith(": fourth==1.0 for mac, Python 3.12.\n")
    assert fetched(shop) == ["pytest", "second"]


def test_early_and_late_releases_of_a_python_get_what_each_needs(shop):
    late = make_wheel(shop, "odd", version="2.0", needs=">=3.12.4")
    lock = {
        "odd==1.0 ; python_full_version < '3.12.4'": make_wheel(shop, "odd"),
        "odd==2.0 ; python_full_version >= '3.12.4'": late,
    }
    write_lock(shop, lock)
    done = fetch(shop, "--python", "3.12")
    assert done.returncode == 0, done.stderr
    assert fetched(shop) == ["odd", "odd"]


def test_a_changed_file_is_refused(shop):
    (shop / "second-1.0-py3-none-any.whl").write_bytes(
        (shop / "pytest-1.0-py3-none-any.whl").read_bytes()
    )
    done = fetch(shop)
    assert done.returncode == 1
    assert "lesson.py: The wheels could not be fetched: a download arrived damaged" in done.stderr
    assert "second" not in fetched(shop)


@pytest.mark.parametrize(
    ("environ", "cause"),
    [
        ({"PIP_FIND_LINKS": ""}, "pip found no more-5==1.0 where it looked. `python3 -m pip"),
        ({"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"},
         "the network did not answer"),
    ],
    ids=["nowhere", "network"],
)  # fmt: skip
def test_without_an_index_nothing_is_said_about_builds(shop, environ, cause):
    numbers = range(wheels.FEW + 1)
    write_lock(shop, {f"more-{n}==1.0": f"--hash=sha256:{'0' * 64}" for n in numbers})
    done = fetch(shop, **environ)
    assert done.returncode == 1
    assert cause in done.stderr and "not to be had" not in done.stderr


@pytest.mark.parametrize("build", LOCKS)
def test_markers_mean_the_other_machine(build):
    """What is fetched for a machine is what the lock has for it."""
    names = {(system, machine): name for (system, machine), name in lesson.MACHINES.items()}
    systems = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
    assert {names[systems[s], m] for s, m in PLATFORMS} == set(wheels.PLATFORMS)
    for environment in environments(build):
        machine = names[systems[environment["sys_platform"]], environment["platform_machine"]]
        lines = wheels.wanted(LOCKS[build], machine, environment["python_full_version"])
        expected = chosen([requirement for requirement, _ in locked(build)], environment)
        found = [line.split()[0].partition("==") for line in lines]
        assert {name.partition("[")[0]: f"=={version}" for name, _, version in found} == expected
        assert all("--hash=sha256:" in line and ";" not in line for line in lines)
