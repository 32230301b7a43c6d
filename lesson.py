#!/usr/bin/env python3
"""Open the lesson (`python3 lesson.py lab`), look at the machine (`doctor`), check all (`test`).

The first call makes an environment beside this file and installs the exact versions of
requirements.txt into it. Later calls start at once. (.venv; with --gpu it is .venv-gpu and
tools/locks/gpu.txt, and likewise for --ray, --jax and --torch. With --here, nothing is made.)
"""

# Any Python from 3.6 on can run this file, so that it can say what to do: hence no newer syntax.
# Only the environment needs one of the versions in SUPPORTED.
import argparse
import ast
import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Tuple

# An older Python cannot read this line, and shows it.
THIS: str = "needs Python 3.6 or newer: write python3 in place of python"
ROOT = Path(__file__).resolve().parent
SUPPORTED = ("3.13", "3.12", "3.11")
GET_PYTHON = {
    "Linux": "`sudo apt install python3.13-venv`, or `uv python install 3.13`",
    "Darwin": "`brew install python@3.13`, or from python.org",
    "Windows": "`winget install Python.Python.3.13`, or from python.org",
}
# What TensorFlow has a build for, and how `wheels` calls it.
MACHINES = {
    ("Linux", "x86_64"): "linux",
    ("Linux", "aarch64"): "linux-arm",
    ("Darwin", "arm64"): "mac",
    ("Windows", "AMD64"): "windows",
}
# Working copies, and the notebooks themselves, for their authors.
FOLDERS = {
    "learner": "work",
    "class": "work-class",
    "live": "work-live",
    "instructor": "work-instructor",
    "source": "notebooks",
}
# Environments beside the usual one.
KINDS = {
    "-gpu": "with TensorFlow's GPU build",
    "-ray": "for notebook 10",
    "-jax": "with Keras on JAX",
    "-torch": "with Keras on PyTorch (trains more slowly)",
}
# Not made: the environment of the Python that runs this file.
HERE = "-here"
# For one command only.
SITE = "-site"
# Gigabytes that each environment needs, with what pip fetches for it.
DISK = {
    ".venv": 3,
    ".venv-gpu": 10,
    ".venv-ray": 4,
    ".venv-jax": 4,
    ".venv-torch": 11,
    ".venv-site": 2,
}
# What the user's settings of pip decide: where packages come from, and nothing else.
WHERE = "index-url|extra-index-url|find-links|no-index|trusted-host|proxy|cert|client-cert"
WHERE += "|timeout|default-timeout|retries|cache-dir|no-cache-dir|keyring-provider"
# What a failed install prints: what that means to the person in front of it.
CAUSES = {
    "No space left|not enough space": "the disk is full. Free some space",
    "ensurepip is not available|No module named '?(venv|ensurepip)": "this Python cannot make"
    " environments. Add what it lacks (Debian, Ubuntu: `sudo apt install python3-venv`)",
    "DO NOT MATCH THE HASHES": "a download arrived damaged or changed. Try another network",
    "cancelled by user": "it was stopped. If that was not meant",
    "(Connection|Timeout|Resolution|Proxy|SSL|Protocol)Error|timed out": "the network did not"
    " answer. Connect to it (only the first start needs one)",
    "No matching distribution": "pip found no {package} where it looked. {fetch}",
}


def fail(message: str) -> NoReturn:
    """End with one line that says what is wrong and what to do."""
    sys.exit("lesson.py: " + message)


def no_build() -> str:
    """Say why TensorFlow cannot be installed on this machine; "" where it can."""
    system, machine = platform.system(), platform.machine()
    sorry = "Use another one, or the lesson in a browser, if somebody serves it."
    if system == "Darwin" and machine == "x86_64":
        if "ARM64" in platform.version():
            return (
                "This is a Python for Intel on a Mac with Apple silicon. Get one for Apple silicon."
            )
        return "TensorFlow has no build for Macs with Intel processors. " + sorry
    if system == "Windows" and "ARM" in machine:
        return "TensorFlow has no build for Windows on ARM. " + sorry
    if sys.maxsize < 2**32:
        return "TensorFlow has no build for 32-bit Pythons. Get a 64-bit one, for a 64-bit system."
    if (system, machine) not in MACHINES:
        return f"TensorFlow has no build for {system} on {machine}. " + sorry
    if system == "Linux" and not platform.libc_ver()[0].startswith("glibc"):
        return "TensorFlow has no build for Linux with musl, such as Alpine. " + sorry
    return ""


def no_home() -> str:
    """Say that JupyterLab cannot keep what it has to keep; "" where it can."""
    home = os.path.expanduser("~")
    if os.access(home, os.W_OK):
        return ""
    return f"JupyterLab cannot write into your home folder, {home}. Set HOME to one that it can."


def open_what_is_closed() -> None:
    """Let what was started without an input or an output have one: nothing.

    Otherwise the next file that is opened takes its place, and what is printed goes into that file.
    """
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def run(command: List[str], **options: Any) -> int:
    """Run a command to its end. Ctrl-C is the command's to answer, and stops this file after it."""
    child = subprocess.Popen(command, **options)
    interrupted = None
    while True:
        try:
            status = child.wait()
            break
        except KeyboardInterrupt as pressed:
            interrupted = pressed
    if interrupted:  # whatever the status: Python says 0 for a child that it had lost sight of
        raise interrupted
    return status


def hand_over(command: List[str], folder: Path, env: Dict[str, str]) -> NoReturn:
    """Become the command, so that its exit status and all signals are its own."""
    print(end="", flush=True)  # also where it is closed
    if os.name == "nt":  # exec would give the prompt back while the command still runs
        sys.exit(run(command, cwd=str(folder), env=env))
    os.chdir(str(folder))
    os.execve(command[0], command, env)


def version_of(python: List[str]) -> str:
    """Return such as "3.12", or "" for a Python that is not there or does not run."""
    probe = [*python, "-I", "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
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


def locked(handle: int, *, shared: bool = False) -> bool:
    """Lock a file if that can be done; the system unlocks it when all who hold it are gone."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def pip_environ(python: str, temporary: str, *, network: bool = True) -> Dict[str, str]:
    """Return the environment of a pip that gets packages where the user's pip does, no more.

    Others of the user's settings would install them elsewhere, or not at all. What it unpacks lies
    in the folder `temporary`, as a small /tmp is not the disk.
    """
    env = {name: os.environ[name] for name in os.environ if not name.startswith("PIP_")}
    env.update(PIP_CONFIG_FILE=os.devnull, TMPDIR=temporary)
    if network:
        command = [python, "-I", "-m", "pip", "config", "list"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        said = done.stdout.decode(errors="replace")
        for scope in ("global", "install", ":env:"):  # with pip, too, the last has the last word
            for name, value in re.findall(rf"(?m)^{scope}\.({WHERE})=(.*?)\r?$", said):
                env["PIP_" + name.upper().replace("-", "_")] = ast.literal_eval(value)
    return env


def install(venv: Path, lock: Path, python: str, wheels: str) -> None:
    """Make the environment anew: an older one may hold packages that the list no longer names."""
    if no_build() and venv.name != ".venv" + SITE:  # nothing is trained for the site
        fail(no_build())
    if wheels and not os.path.isdir(wheels):
        fail(f"There is no folder {wheels}. `python3 lesson.py wheels {wheels}` makes it.")
    base = supported_python()
    free, needed = shutil.disk_usage(str(ROOT)).free / 1e9, DISK[venv.name]
    if free < needed:
        old = f", or delete the folder {venv.name}" * set_aside(venv).is_dir()
        fail(f"{venv.name} needs {needed} GB of disk, {free:.1f} are free. Free some space{old}.")
    source = f"from {wheels}" if wheels else "some hundred megabytes to fetch"
    print(f"Making {venv.name}: once, some minutes, {source}.", flush=True)
    make = [*base, "-I", "-m", "venv", "--clear", str(venv)]
    made = subprocess.run(make, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    status, said = made.returncode, made.stdout.decode(errors="replace")
    print(said, end="")
    if status == 0:
        log = venv / "install.log"
        pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        pip += ["--log", str(log), "install", "--require-hashes", "--only-binary=:all:"]
        pip += ["--requirement", str(lock)]
        fetch = "`python3 -m pip config list` says where. When that is mended"
        if wheels:
            pip += ["--no-index", "--find-links", wheels]
            machine = MACHINES[platform.system(), platform.machine()]
            fetch = "Where there is a network, fetch it with `python3 lesson.py wheels FOLDER "
            fetch += f"--for {machine} --python {version_of(base)}`"
        env = pip_environ(python, str(venv), network=not wheels)
        status = run(pip, close_fds=False, env=env)
        said = log.read_text(errors="replace")[-20000:] if log.exists() else ""
    if status != 0:
        if shutil.disk_usage(str(ROOT)).free < 1e8:  # where no log could be written either
            said += "No space left"
        causes = [CAUSES[signs] for signs in CAUSES if re.search(signs, said)]
        cause = causes[0] if causes else "see the lines above. When that is mended"
        package = re.search(r"No matching distribution found for (\S+)", said)
        if package:
            cause = cause.format(package=package.group(1), fetch=fetch)
        fail(f"{venv.name} could not be made: {cause}, then run it again.")
    # Otherwise JupyterLab asks at its first start whether it may fetch news, and shows the glossary
    # as what stands in its file.
    settings = venv / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    chosen = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
        "@jupyterlab/docmanager-extension:plugin": {
            "defaultViewers": {"markdown": "Markdown Preview"}
        },
    }
    (settings / "overrides.json").write_text(json.dumps(chosen))


def place(kind: str) -> Tuple[Path, Path, str]:
    """Return folder, lock and Python of an environment ("", "-gpu", ...)."""
    venv = ROOT / f".venv{kind}"
    locks = ROOT / "tools" / "locks"
    lock = locks / f"{kind[1:]}.txt" if kind in (*KINDS, SITE) else ROOT / "requirements.txt"
    return venv, lock, str(venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def packages(venv: Path) -> List[str]:
    """Return where each package lies in an environment, but for pip, which people renew."""
    found = [*venv.glob("[Ll]ib/site-packages/*.dist-info")]
    found += venv.glob("lib/python*/site-packages/*.dist-info")
    return [str(path.relative_to(venv)) for path in found if not path.name.startswith("pip-")]


def set_aside(venv: Path) -> Path:
    """Return where an environment lies while its successor is being made."""
    return venv.with_name(venv.name + "-old")


def put_back(venv: Path) -> None:
    """Have the environment back that was set aside, if one was."""
    if set_aside(venv).is_dir():
        shutil.rmtree(str(venv), ignore_errors=True)
        set_aside(venv).rename(venv)


def environment(kind: str = "", wheels: str = "") -> str:
    """Return the Python of an environment, made, or mended, where needed.

    One that works and is outdated is replaced when its successor is complete, and nobody uses it.
    """
    if kind == HERE:
        if not importlib.util.find_spec("jupyterlab"):
            fail("This Python has no JupyterLab. Activate the environment, or leave out --here.")
        return sys.executable
    if kind == "-gpu" and (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        fail("TensorFlow has a GPU build for 64-bit Linux only (and WSL2). Leave out --gpu.")
    venv, lock, python = place(kind)
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = venv / "complete"

    def stamp_of_what_runs() -> List[str]:
        lines = stamp.read_text(encoding="utf-8").splitlines() if stamp.is_file() else []
        version = version_of([python])
        return lines if version and lines and lines[0].endswith(" " + version) else []

    def complete() -> bool:
        lines = stamp_of_what_runs()
        right = lines and lines[0].startswith(wanted)
        return bool(right) and all((venv / path).is_dir() for path in lines[1:])

    def renew() -> None:
        try:
            if stamp.is_file():
                shutil.rmtree(str(set_aside(venv)), ignore_errors=True)
                venv.rename(set_aside(venv))
            install(venv, lock, python, wheels)
            lines = [f"{wanted} {version_of([python])}", *packages(venv)]
            stamp.write_text("\n".join(lines), encoding="utf-8")
        except (SystemExit, KeyboardInterrupt, OSError) as failed:
            put_back(venv)
            if isinstance(failed, KeyboardInterrupt):
                fail(f"{venv.name} could not be made: it was stopped. Run it again.")
            if not stamp_of_what_runs():
                raise
            print(f"{failed} Until then, {venv.name} is used as it was.", file=sys.stderr)
        shutil.rmtree(str(set_aside(venv)), ignore_errors=True)

    try:
        handle = os.open(str(ROOT / (venv.name + ".lock")), os.O_RDWR | os.O_CREAT)
    except OSError:
        if complete():  # and made by somebody who may write here
            return python
        raise
    # pip inherits it: were this process killed, nobody clears the folder under pip.
    os.set_inheritable(handle, True)
    told = False
    while not complete():
        if locked(handle):
            if not stamp.is_file():  # the process that made it was killed
                put_back(venv)
            if not complete():
                renew()
            break
        if stamp_of_what_runs() and locked(handle, shared=True):
            print(f"{venv.name} is outdated and in use: it stays. Close JupyterLab to renew it.")
            break
        if not told:
            print("Another lesson.py is making the environment: waiting for it.", flush=True)
        told = True
        time.sleep(0.5)
    if os.name == "nt":  # where nobody can move files in use
        os.close(handle)
    else:  # until JupyterLab ends, which inherits it: nobody takes the files away from under it
        locked(handle, shared=True)
    return python


def settled(python: str, kind: str) -> Dict[str, str]:
    """Return the user's environment variables without those that break a lesson."""
    broken = ("MPLBACKEND", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_PREFER_ENV_PATH")
    env = {n: os.environ[n] for n in os.environ if not n.startswith("PYTHON") and n not in broken}
    if "JUPYTER_CONFIG_DIR" not in env:
        # How JupyterLab looks stays the user's; what its server does (an open port!) is ours.
        own = os.path.join(os.path.expanduser("~"), ".jupyter")
        env["JUPYTER_CONFIG_DIR"] = os.path.join(own, "layer-by-layer")
        env.setdefault("JUPYTERLAB_SETTINGS_DIR", os.path.join(own, "lab", "user-settings"))
        env.setdefault("IPYTHONDIR", os.path.join(own, "layer-by-layer", "ipython"))
        if not no_home():  # without its parent, IPython would take a temporary one
            with contextlib.suppress(OSError):
                os.makedirs(env["IPYTHONDIR"])
    env["KERAS_BACKEND"] = kind[1:] if kind in ("-jax", "-torch") else "tensorflow"
    env["PATH"] = str(Path(python).parent) + os.pathsep + env.get("PATH", "")
    return env


def jupyter(python: str, port: int, edition: str) -> List[str]:
    """Return the command of JupyterLab: for this machine only, and a browser there sees ../fig."""
    first = f"/lab/tree/{FOLDERS[edition]}/01-data-loading.ipynb"
    # -P: a file random.py beside this one is not taken for Python's.
    command = [python, "-P", "-m", "jupyterlab", f"--port={port}", "--allow-root"]
    command += ["--ServerApp.ip=localhost", f"--ServerApp.root_dir={ROOT}"]
    return [*command, f"--LabApp.default_url={first}"]


def own_edition() -> str:
    """Return which edition this folder is; "" for the whole lesson."""
    mark = ROOT / "edition.txt"
    return mark.read_text(encoding="utf-8").strip() if mark.is_file() else ""


def examine(options: argparse.Namespace) -> NoReturn:
    """Look at the machine, with whatever Python there is; install first where that is asked for."""
    doctor = ["-I", str(ROOT / "tools" / "doctor.py"), f"--kind={options.kind}"]
    python = place(options.kind)[2]
    if options.kind == HERE:
        python = environment(HERE)
    elif options.install or options.wheels:
        if run([sys.executable, *doctor, "--before"]) != 0:
            sys.exit(1)
        python = environment(options.kind, options.wheels)
    elif not version_of([python]):
        python, doctor = sys.executable, [*doctor, "--nothing"]
    hand_over([python, *doctor], ROOT, dict(os.environ))


def port(text: str) -> int:
    """Read the number of a port."""
    if not text.isdigit() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is no port. Give a number from 1 to {2**16 - 1}")
    return int(text)


def command_line() -> Tuple[argparse.Namespace, List[str]]:
    """Read the command line; what follows `test` is for pytest."""
    parser = argparse.ArgumentParser(description="Open the lesson, and look after it.")
    named = "lab | doctor | reset | editions | site | wheels | data | test"
    commands = parser.add_subparsers(dest="command", metavar=named)
    lab = commands.add_parser("lab", help="open JupyterLab on the first notebook")
    lab.add_argument("--port", type=port, default=8888, help="the next free one is taken")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument("--edition", choices=FOLDERS, help="whose notebooks; source: for authors")
    doctor = commands.add_parser("doctor", help="say whether this machine is ready")
    doctor.add_argument("--install", action="store_true", help="and install, if nothing is yet")
    reset = commands.add_parser("reset", help="begin a notebook anew; the old one is kept")
    reset.add_argument("notebook", help="its number, such as 05")
    reset.add_argument("--edition", choices=list(FOLDERS)[:-1])
    editions = commands.add_parser("editions", help="make the folders for a class")
    editions.add_argument("folder", nargs="?", default=str(ROOT / "editions"))
    editions.add_argument("--start", default="9:00", help="of the course, for the run sheets")
    site = commands.add_parser("site", help="build the web site")
    site.add_argument("folder", nargs="?", default=str(ROOT / "site"))
    site.add_argument("--repository", default="", help="OWNER/NAME at GitHub, for links to it")
    site.set_defaults(kind=SITE, wheels="")
    wheels = commands.add_parser("wheels", help="fetch what installing needs into a folder")
    wheels.add_argument("folder")
    wheels.add_argument("--for", dest="machines", nargs="+", choices=MACHINES.values())
    wheels.add_argument("--python", dest="versions", nargs="+", choices=SUPPORTED)
    commands.add_parser("data", help="fetch the photographs of Dollar Street 10")
    commands.add_parser("test", help="run all checks, or those that pytest's arguments name")
    for command in commands.choices.values():
        if command is site:
            continue
        command.add_argument("--wheels", default="", help="install from this folder, no network")
        kinds = command.add_mutually_exclusive_group()
        for kind, use in dict(KINDS, **{HERE: "with this Python, such as conda's"}).items():
            option = {"dest": "kind", "action": "store_const", "const": kind, "default": ""}
            kinds.add_argument("-" + kind, help=use, **option)
    options, rest = parser.parse_known_args()
    if not options.command or (rest and options.command != "test"):
        parser.error("unknown: " + " ".join(rest) if rest else "say one of " + named)
    if options.wheels:
        options.wheels = os.path.abspath(os.path.expanduser(options.wheels))
    if "edition" in options:
        own = own_edition()
        if own and options.edition not in (None, own):
            fail(f"This folder is the {own} edition. Leave out --edition, or use the whole lesson.")
        options.edition = options.edition or own or "learner"
    return options, rest


def main() -> NoReturn:
    """Read the command line, have the environment ready, hand over to the command."""
    options, rest = command_line()
    if options.command == "doctor":
        examine(options)
    if options.command in ("test", "site") and own_edition():
        fail("This folder is an edition. Only the whole lesson has the checks, and the site.")
    python = environment(options.kind, options.wheels)
    env = settled(python, options.kind)
    if options.command == "data":
        hand_over([python, "-m", "helpers.backstage.download"], ROOT / "notebooks", env)
    if options.command == "test":
        env.setdefault("LESSON_DATA", "sketch-street-10")
        for name in ("COLUMNS", "JUPYTER_COLUMNS"):  # printed tables are as wide as they say
            env.pop(name, None)
        hand_over([python, "-m", "pytest", *rest], ROOT, env)
    tools = ROOT / "tools"
    if options.command == "wheels":
        fetch = [str(tools / "wheels.py"), os.path.abspath(os.path.expanduser(options.folder))]
        fetch += ["--lock", str(place(options.kind)[1])]
        for name, values in (("--for", options.machines), ("--python", options.versions)):
            fetch += [name, *values] if values else []
        hand_over([python, *fetch], ROOT, env)
    # A working copy lies in another folder than the helpers.
    env["PYTHONPATH"] = str(ROOT / "notebooks")
    make = [python, str(tools / "editions.py")]
    if options.command == "editions":
        folder = os.path.abspath(os.path.expanduser(options.folder))
        hand_over([*make, "make", folder, "--start", options.start], ROOT, env)
    if options.command == "site":
        folder = os.path.abspath(os.path.expanduser(options.folder))
        build = [str(tools / "website.py"), folder, "--repository", options.repository]
        hand_over([python, *build], ROOT, env)
    if options.command == "reset":
        hand_over([*make, "reset", options.notebook, "--edition", options.edition], ROOT, env)
    if no_home():
        fail(no_home())
    if options.edition != "source":
        status = run([*make, "work", options.edition], cwd=str(ROOT), env=env)
        if status != 0:
            sys.exit(status)
    if not (ROOT / "data" / "dollar-street-10").is_dir():
        print("These are drawn pictures: `python3 lesson.py data` fetches photographs.")
    lab = jupyter(python, options.port, options.edition)
    hand_over(lab + ["--no-browser"] * options.no_browser, ROOT, env)


def start() -> NoReturn:
    """Do what the command line says; say in a line what this machine does not allow."""
    open_what_is_closed()
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        # When it ends, Python tries once more to print what could not be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        fail(
            f"{error}. See that the disk has space, that this folder is yours, and where you send"
            " what is printed."
        )


if __name__ == "__main__":
    start()
