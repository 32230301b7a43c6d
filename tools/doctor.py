"""Say whether this machine is ready for the lesson, and what mends what is not.

    python3 lesson.py doctor

Each finding comes with one line that mends it. The last line is for the instructor: READY or NOT
READY, and the exit status says the same. What needs no package comes first, and any Python from 3.6
on can say it, before anything is installed.
"""

import argparse
import contextlib
import csv
import io
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Behind everything else: a file keras.py beside the launcher must not be taken for Keras.
sys.path.append(str(ROOT))

import lesson  # noqa: E402

# Gigabytes: what the searches of notebook 06 take, with JupyterLab (deploy/README.md); and what the
# pictures that are drawn and somebody's own networks may need.
MEMORY = 3
DISK = 0.5
PORT = 8888
# What a failed import says: what mends it.
CRASHES = {
    "DLL load failed": "Install the Microsoft Visual C++ Redistributable (x64), and restart.",
    f"signal {getattr(signal, 'SIGILL', 4):d}": "This processor is too old: use another machine.",
}


class Report:
    """What was found, printed as it is found."""

    def __init__(self, quiet=False):
        self.quiet = quiet
        self.findings = []

    def ok(self, text):
        if not self.quiet:
            print("ok   " + text, flush=True)

    def fault(self, found, mend):
        self.findings.append((found, mend))
        print(f"NOT  {found.rstrip('.')}.\n     -> {mend}", flush=True)


# --- what any Python can say ------------------------------------------------------------------


def check_machine(report):
    if lesson.no_build():
        found, _, mend = lesson.no_build().partition(". ")
        report.fault(found, mend)
    else:
        report.ok(f"{platform.system()} on {platform.machine()}")


def check_python(report):
    try:
        version = lesson.version_of(lesson.supported_python())
    except SystemExit as refused:
        found, _, mend = str(refused).partition(": ")[2].partition(". ")
        report.fault(found, mend)
    else:
        report.ok(f"Python {version}")


def check_disk(report, kind, installed):
    needed = DISK if installed else lesson.DISK[".venv" + kind]
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < needed:
        report.fault(f"{free:.1f} GB of disk are free, {needed} are needed", "Free some space.")
    else:
        report.ok(f"disk: {free:.0f} GB free")


def check_settings(report):
    """Look for settings of the user that change what Jupyter, Keras and Python do."""
    before = len(report.findings)
    if lesson.no_home():
        found, _, mend = lesson.no_home().partition(". ")
        report.fault(found, mend)
    for name in ("PYTHONPATH", "PYTHONHOME", "KERAS_BACKEND"):
        value = os.environ.get(name, "")
        if value and (name, value) != ("KERAS_BACKEND", "tensorflow"):
            how = f"set {name}=" if os.name == "nt" else f"unset {name}"
            mend = f"Run `{how}`, and take it out of your settings, or start with `lesson.py lab`."
            report.fault(f"{name} is set, to {value}", mend)
    if len(report.findings) == before:
        report.ok("settings of Keras and Python")


def check_browser(report):
    try:
        webbrowser.get()
    except webbrowser.Error:
        mend = "Install one, or open the address that `python3 lesson.py lab --no-browser` prints."
        report.fault("No browser was found", mend)
    else:
        report.ok("a browser")


def check_port(report):
    """A taken port is no finding: JupyterLab goes on to the next one."""
    with socket.socket() as probed:
        taken = probed.connect_ex(("127.0.0.1", PORT)) == 0
    report.ok(f"port {PORT}" + " is taken, JupyterLab will choose another one" * taken)


# --- what needs the environment ---------------------------------------------------------------


def mend_environment(kind):
    if kind == lesson.HERE:
        return "Run `python -m pip install --requirement requirements.txt`."
    venv = lesson.place(kind)[0].name
    option = f" -{kind}" if kind else ""
    return f"Delete the folder {venv}, then run `python3 lesson.py doctor --install{option}`."


def check_packages(report, kind):
    """Compare what is installed with the lock, file by file."""
    from importlib import metadata

    try:
        from packaging.requirements import Requirement
    except ImportError:
        report.fault("The environment lacks packaging", mend_environment(kind))
        return
    text = lesson.place(kind)[1].read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.partition(" --hash")[0] for line in text.splitlines() if line[:1].isalnum()]
    wanted = [Requirement(line) for line in lines]
    wanted = [each for each in wanted if each.marker is None or each.marker.evaluate()]
    faults = []
    for each in wanted:
        try:
            found = metadata.distribution(each.name)
        except metadata.PackageNotFoundError:
            faults.append(f"{each.name} is not there")
            continue
        files = [file for file in found.files or [] if file.suffix != ".pyc"]
        lost = [file for file in files if not file.locate().exists()]
        if found.version not in each.specifier:
            faults.append(f"{each.name} is {found.version} instead of {each.specifier}")
        elif lost:
            faults.append(f"{each.name} lacks {lost[0]}")
    if faults:
        more = f", and {len(faults) - 3} more" * (len(faults) > 3)
        report.fault(f"Packages: {', '.join(faults[:3])}{more}", mend_environment(kind))
    else:
        report.ok(f"{len(wanted)} packages, as the lock says")


def check_memory(report):
    try:
        import psutil
    except ImportError:  # check_packages has said so
        return
    free = psutil.virtual_memory().available / 1e9
    if free < MEMORY:
        mend = "Close other programs; in notebooks 06 and 08 load results instead of training."
        report.fault(f"{free:.1f} GB of memory are free, {MEMORY} are needed", mend)
    else:
        report.ok(f"memory: {free:.0f} GB free")


def check_names(report):
    """Look for files beside the notebooks that Python would take for a library."""
    from importlib import metadata

    libraries = {*sys.stdlib_module_names, *metadata.packages_distributions()} - {"test"}
    found = []
    for folder in [ROOT / "notebooks", *sorted(ROOT.glob("work*"))]:
        files = [*folder.glob("*.py"), *(file.parent for file in folder.glob("*/__init__.py"))]
        found += [file.relative_to(ROOT) for file in files if file.stem in libraries]
    for file in found:
        mend = f"Rename {file}, for example to my_{file.name}."
        report.fault(f"Notebooks would take {file} for the library {file.stem}", mend)
    if not found:
        report.ok("no file has the name of a library")


def lesson_environ(kind):
    """Return the environment variables of a kernel that `lesson.py lab` starts."""
    return {**lesson.settled(sys.executable, kind), "PYTHONPATH": str(ROOT / "notebooks")}


def check_training(report, kind):
    """Have TensorFlow imported and a network trained; return the seconds of an epoch."""
    done = elsewhere("--probe", lesson_environ(kind))
    lines = done.stdout.splitlines()
    if done.returncode != 0:
        why = f"signal {-done.returncode}" if done.returncode < 0 else done.stderr.strip()
        mends = [CRASHES[sign] for sign in CRASHES if sign in why]
        why = why.splitlines()[-1] if why else "no message"
        mend = mends[0] if mends else mend_environment(kind)
        report.fault(f"TensorFlow does not train: {why}", mend)
        return None
    told = json.loads(lines[-1])
    for found, mend in told["faults"]:
        report.fault(found, mend)
    for text in told["ok"]:
        report.ok(text)
    return told["epoch"]


def probe():
    """Look at pictures, training and checkpoints; print what was found as JSON."""
    told = {"ok": [], "faults": []}
    from helpers.backstage.quiet import keras
    from helpers.data import load_data, scale

    pictures = None
    try:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            load_data()
            pictures = load_data("sketch-street-10")[0]
        told["ok"].append("pictures: " + said.getvalue().splitlines()[0])
    except ValueError as error:
        found, _, mend = str(error).rpartition(". ")
        told["faults"].append([found, mend])
    if pictures:
        images, labels = scale(pictures[0]), pictures[1]
    else:  # enough to see that it trains
        images, labels = keras.random.uniform((70, 64, 64, 3)), keras.ops.zeros(70)
    seconds = time_epoch(images, labels)
    told["epoch"] = seconds if pictures else None
    told["ok"].append(f"Keras {keras.version()} trains")
    damaged, count = damaged_checkpoints()
    if damaged:
        mend = "Take data/checkpoints from the lesson again (`git checkout -- data/checkpoints`)."
        told["faults"].append([f"Checkpoints missing or damaged: {', '.join(damaged)}", mend])
    else:
        told["ok"].append(f"{count} checkpoints")
    print(json.dumps(told))


def time_epoch(images, labels):
    """Train the network with two blocks; return the seconds of an epoch."""
    from helpers.backstage.quiet import keras
    from helpers.models import create_cnn
    from helpers.training import compile_model

    keras.utils.set_random_seed(1)
    model = compile_model(create_cnn(images.shape[1:], n_blocks=2))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        model.fit(images, labels, epochs=1, verbose=0)
        seconds.append(time.perf_counter() - start)
    return sum(seconds[1:]) / 2  # the first one makes ready


def print_epoch():
    """Print the seconds of an epoch on the lesson's pictures."""
    from helpers.data import load_data, scale

    images, labels = load_data("sketch-street-10")[0]
    print(time_epoch(scale(images), labels))


def elsewhere(option, env):
    """Start this program with an option in a fresh process, and wait for it."""
    command = [sys.executable, str(Path(__file__).resolve()), option]
    return subprocess.run(command, env=env, capture_output=True, text=True, errors="replace")


def damaged_checkpoints():
    """Load what can be loaded instead of training; return what cannot be, and the number of all."""
    from helpers.backstage.checkpoints import FOLDER, is_whole, load_checkpoint, load_results

    notebooks = (ROOT / "notebooks").glob("*.ipynb")
    text = "".join(path.read_text(encoding="utf-8") for path in notebooks)
    named = {
        name: load
        for load in (load_checkpoint, load_results)
        for name in re.findall(load.__name__ + r"\(\\?['\"]([\w.-]+)\\?['\"]\)", text)
    }
    damaged = []
    for name, load in sorted(named.items()):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                load(name)
        except Exception:  # a damaged network can make Keras raise almost anything
            damaged.append(name)
    try:
        searches = set(json.loads((FOLDER / "made-by.json").read_text("utf-8"))) - set(named)
    except (OSError, ValueError):
        searches = set()
        damaged.append("made-by.json")
    damaged += [name for name in searches if not is_whole(FOLDER / name)]
    return sorted(damaged), len(named) + len(searches)


def check_figures(report, kind):
    """Start JupyterLab as `lesson.py lab` does, and ask it for a figure."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = os.urandom(16).hex()
    command = [*lesson.jupyter(sys.executable, port, "source"), "--no-browser"]
    env = {**lesson_environ(kind), "JUPYTER_TOKEN": token}
    address = f"http://127.0.0.1:{port}/files/fig/cnn.svg?token={token}"
    # A proxy of the user has nothing to do with this machine's own address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        answer, end = "no answer", time.monotonic() + 120
        try:
            while server.poll() is None and time.monotonic() < end:
                try:
                    figure = opener.open(address, timeout=10).read()
                    answer = "" if b"<svg" in figure else "it sends something else"
                    break
                except urllib.error.HTTPError as error:
                    answer = f"answer {error.code}"
                    break
                except OSError:
                    time.sleep(0.2)
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:  # it passes over the signal while it starts
                server.kill()
                server.wait()
        log.seek(0)
        said = [line for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    if answer:
        why = said[-1].strip() if said and answer == "no answer" else answer
        mend = mend_environment(kind)
        if "JUPYTER_CONFIG_DIR" in os.environ:
            mend = "Your settings of Jupyter may be at fault: unset JUPYTER_CONFIG_DIR."
        report.fault(f"JupyterLab does not show the figures: {why}", mend)
    else:
        report.ok("JupyterLab shows the figures")


def minutes(epoch):
    """Return the minutes that each notebook computes where an epoch takes so many seconds."""
    table = ROOT / "data" / "runs" / "cell_seconds.csv"
    result = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seconds = float(row["epochs"]) * epoch
            result[row["notebook"]] = result.get(row["notebook"], 0) + seconds / 60
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", default=lesson.HERE, help="of environment, as in lesson.py")
    parser.add_argument("--before", action="store_true", help="only what installing needs")
    parser.add_argument("--nothing", action="store_true", help="nothing is installed yet")
    parser.add_argument("--probe", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--epoch", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe:
        return probe()
    if options.epoch:
        return print_epoch()
    report = Report(quiet=options.before)
    installed = not (options.before or options.nothing)
    check_machine(report)
    check_python(report)
    check_disk(report, options.kind, installed)
    epoch = None
    if not options.before:
        check_settings(report)
        check_browser(report)
        check_port(report)
    if options.nothing and not report.findings:
        report.fault("Nothing is installed yet", "Run `python3 lesson.py doctor --install`.")
    if installed:
        check_packages(report, options.kind)
        check_memory(report)
        check_names(report)
        epoch = check_training(report, options.kind)
        check_figures(report, options.kind)
        if epoch:
            each = ", ".join(f"{name}: {value:.1f}" for name, value in minutes(epoch).items())
            report.ok(f"minutes that the notebooks compute here: {each}")
    count = len(report.findings)
    machine = f"{platform.system()}, Python {platform.python_version()}"
    if count:
        print(f"NOT READY: {count} finding{'s' * (count > 1)} ({machine})")
        sys.exit(1)
    if not options.before:
        print(f"READY {epoch:.1f} s an epoch ({machine})")
    return None


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
