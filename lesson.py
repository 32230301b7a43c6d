#!/usr/bin/env python3
"""Open the lesson (`python3 lesson.py lab`), check it (`test`) or fetch its photographs (`data`).

The first call makes an environment beside this file and installs the exact versions of
requirements.txt into it. Later calls start at once. (.venv; with --gpu it is .venv-gpu and
tools/locks/gpu.txt, and likewise for --ray and --jax.)
"""

# Any Python from 3.6 on can run this file, so that it can say what to do: hence no newer syntax.
# Only the environment needs one of the versions in SUPPORTED.
import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NoReturn, TextIO

ROOT = Path(__file__).resolve().parent
SUPPORTED = ("3.13", "3.12", "3.11")
GET_PYTHON = {
    "Linux": "`sudo apt install python3.13-venv`, or `uv python install 3.13`",
    "Darwin": "`brew install python@3.13`, or from python.org",
    "Windows": "`winget install Python.Python.3.13`, or from python.org",
}
# Environments beside the usual one.
KINDS = {
    "-gpu": "with TensorFlow's GPU build",
    "-ray": "for notebook 10",
    "-jax": "with Keras on JAX (trains more slowly)",
}
# Gigabytes that each environment needs, with what pip fetches for it.
DISK = {".venv": 3, ".venv-gpu": 10, ".venv-ray": 4, ".venv-jax": 4}
# What a failed install prints: what that means to the person in front of it.
CAUSES = {
    "No space left|not enough space": "the disk is full. Free some space",
    "ensurepip is not available|No module named '?(venv|ensurepip)": "this Python cannot make"
    " environments. Add what it lacks (Debian, Ubuntu: `sudo apt install python3-venv`)",
    "DO NOT MATCH THE HASHES": "a download arrived damaged or changed. Try another network",
    "cancelled by user": "it was stopped. If that was not meant",
    "(Connection|Timeout|Resolution|Proxy|SSL|Protocol)Error|timed out": "the network did not"
    " answer. Connect to it (only the first start needs one)",
    "No matching distribution": "a package has no build for this machine. Use 64-bit Linux or"
    " Windows, or a Mac with Apple silicon",
}


def fail(message: str) -> NoReturn:
    """End with one line that says what is wrong and what to do."""
    sys.exit("lesson.py: " + message)


def run(command: List[str], **options: Any) -> int:
    """Run a command to its end; Ctrl-C is the command's to answer."""
    child = subprocess.Popen(command, **options)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            pass


def hand_over(command: List[str], folder: Path, env: Dict[str, str]) -> NoReturn:
    """Become the command, so that its exit status and all signals are its own."""
    sys.stdout.flush()
    if os.name == "nt":  # exec would give the prompt back while the command still runs
        sys.exit(run(command, cwd=str(folder), env=env))
    os.chdir(str(folder))
    os.execve(command[0], command, env)


def version_of(python: List[str]) -> str:
    """Return such as "3.12", or "" for a Python that is not there or does not run."""
    probe = [*python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    try:
        return subprocess.check_output(probe, stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def supported_python() -> List[str]:
    """Return the command of a supported Python: this one, else another on this machine."""
    own = "{}.{}".format(*sys.version_info)
    if own in SUPPORTED:
        return [sys.executable]
    for version in SUPPORTED:
        for command in (["python" + version], ["py", "-" + version]):
            if version_of(command) == version:
                print(f"TensorFlow has no build for Python {own}: using {version}.")
                return command
    how = GET_PYTHON.get(platform.system(), "from python.org")
    fail(f"TensorFlow has no build for Python {own}. Install 3.13 beside it ({how}), run it again.")


def wait_for_turn(handle: TextIO) -> None:
    """Lock the file; the system unlocks it when this process and its children are gone."""
    told = False
    while True:
        try:
            if os.name == "nt":
                import msvcrt

                return msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
            import fcntl

            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if not told:
                print("Another lesson.py is making the environment: waiting for it.", flush=True)
            told = True
            time.sleep(0.5)


def install(venv: Path, lock: Path, python: str) -> None:
    """Make the environment anew: an older one may hold packages that the list no longer names."""
    base = supported_python()
    free, needed = shutil.disk_usage(str(ROOT)).free / 1e9, DISK[venv.name]
    if free < needed:
        fail(f"{venv.name} needs {needed} GB of disk and {free:.1f} are free. Free some space.")
    print(f"Making {venv.name}: once, some minutes, some hundred megabytes to fetch.", flush=True)
    make = [*base, "-m", "venv", "--clear", str(venv)]
    made = subprocess.run(make, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    status, said = made.returncode, made.stdout.decode(errors="replace")
    print(said, end="")
    if status == 0:
        log = venv / "install.log"
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--log", str(log)]
        pip += ["install", "--require-hashes", "--only-binary=:all:", "--requirement", str(lock)]
        # pip inherits the lock: were this process killed, nobody clears the folder under pip.
        status = run(pip, close_fds=False)
        said = log.read_text(errors="replace")[-20000:] if log.exists() else ""
    if status != 0:
        if shutil.disk_usage(str(ROOT)).free < 1e8:  # where no log could be written either
            said += "No space left"
        causes = [CAUSES[signs] for signs in CAUSES if re.search(signs, said)]
        cause = causes[0] if causes else "see the lines above. When that is mended"
        fail(f"{venv.name} could not be made: {cause}, then run it again.")
    # Otherwise JupyterLab asks at its first start whether it may fetch news.
    settings = venv / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
    (settings / "overrides.json").write_text(json.dumps(quiet))


def environment(kind: str = "") -> str:
    """Return the Python of an environment ("", "-gpu", ...), made, or mended, where needed."""
    if kind == "-gpu" and (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        fail("TensorFlow has a GPU build for 64-bit Linux only (and WSL2). Leave out --gpu.")
    venv = ROOT / f".venv{kind}"
    lock = ROOT / "tools" / "locks" / f"{kind[1:]}.txt" if kind else ROOT / "requirements.txt"
    python = str(venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    stamp = venv / "complete"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest() + " "

    def complete() -> bool:
        return stamp.is_file() and stamp.read_text() == wanted + version_of([python])

    if not complete():
        with (ROOT / (venv.name + ".lock")).open("w") as handle:
            os.set_inheritable(handle.fileno(), True)
            wait_for_turn(handle)
            if not complete():
                install(venv, lock, python)
                stamp.write_text(wanted + version_of([python]))
    return python


def main() -> NoReturn:
    """Read the command line, have the environment ready, hand over to the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", metavar="lab | test | data")
    lab = commands.add_parser("lab", help="open JupyterLab on the first notebook")
    lab.add_argument("--port", type=int, default=8888, help="the next free one is taken")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    test = commands.add_parser("test", help="run all checks, or those that pytest's arguments name")
    data = commands.add_parser("data", help="fetch the photographs of Dollar Street 10")
    for command in (lab, test, data):
        kinds = command.add_mutually_exclusive_group()
        for kind, use in KINDS.items():
            option = {"dest": "kind", "action": "store_const", "const": kind, "default": ""}
            kinds.add_argument("-" + kind, help=use, **option)
    options, rest = parser.parse_known_args()
    if not options.command or (rest and options.command != "test"):
        parser.error("unknown: " + " ".join(rest) if rest else "say lab, test or data")
    try:
        python = environment(options.kind)
    except OSError as error:
        fail(f"{error}. See that the disk has space and that this folder is yours.")
    env = dict(os.environ)
    if options.kind == "-jax":
        env["KERAS_BACKEND"] = "jax"
    env["PATH"] = str(Path(python).parent) + os.pathsep + env.get("PATH", "")
    if options.command == "data":
        hand_over([python, "-m", "helpers.backstage.download"], ROOT / "notebooks", env)
    if options.command == "test":
        env.setdefault("LESSON_DATA", "sketch-street-10")
        for name in ("COLUMNS", "JUPYTER_COLUMNS"):  # printed tables are as wide as they say
            env.pop(name, None)
        hand_over([python, "-m", "pytest", *rest], ROOT, env)
    if not (ROOT / "data" / "dollar-street-10").is_dir():
        print("These are drawn pictures: `python3 lesson.py data` fetches photographs.")
    jupyter = [python, "-m", "jupyterlab", f"--port={options.port}", "--allow-root"]
    jupyter += [f"--ServerApp.root_dir={ROOT}"] + ["--no-browser"] * options.no_browser
    jupyter += ["--LabApp.default_url=/lab/tree/notebooks/01-data-loading.ipynb"]
    hand_over(jupyter, ROOT, env)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
