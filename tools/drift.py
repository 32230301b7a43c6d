"""Run the lesson with other versions of its packages, and report what comes out differently.

    python tools/drift.py                          with the newest versions, then the oldest
    python tools/drift.py keras==3.12.4            with this one, and the others as they are locked
    python tools/drift.py newest --python python3.13 --notebooks 01 04

The newest are those that pip finds once the pins of pyproject.toml are taken off, the oldest those
that stand there under [tool.drift]. Everything happens in a temporary copy with an environment of
its own, of about 3 GB, and takes as long as the notebooks (half an hour, with --slow hours).

The report goes to the standard output. The exit status is 1 where something crashed, an exact
output or a claim changed, a training is far from what is normal, or nothing could be run; 0 where
only numbers behind ≈ moved.
"""

import argparse
import difflib
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbval.plugin import coalesce_streams
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

import execute  # noqa: E402

import conftest  # noqa: E402
import lesson  # noqa: E402
from helpers.backstage import normal  # noqa: E402
from helpers.backstage.catching_up import INSTEAD  # noqa: E402
from helpers.backstage.files import DATA_FOLDER, title_of  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = ROOT / "requirements.txt"
# What a notebook reads.
FOLDERS = ("notebooks", "data", "fig")
ABOUT = re.compile(r"≈ ?([-−]?[\d,]*\.?\d+)%?")
ESCAPES = re.compile(r"\x1b\[[\d;]*m")
# What is compared of an output: as text, and where that is the same, as a page shows it.
FORMS = ("text/plain", "text/html", "text/markdown")
METRICS = ("val_accuracy", "val_loss", "accuracy", "loss")
# What is called otherwise in data/runs/normal.json, or begins as something does there.
SAME = {
    "early stopping": "three blocks",
    "three blocks 20 epochs": "three blocks",
    "adam": "two blocks",
    "0.001": "two blocks",
    "0.1": "learning rate 0.1",
    "1e 05": "learning rate 0.00001",
}


class CannotRun(Exception):
    """The versions that were asked for are not there, or do not go together."""


# --- which versions ---------------------------------------------------------------------------


def direct() -> dict[str, Requirement]:
    """Return what the lesson needs on this machine, under its names."""
    lines = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["cpu"]
    needed = [Requirement(line) for line in lines]
    needed = [each for each in needed if each.marker is None or each.marker.evaluate()]
    return {canonicalize_name(each.name): each for each in needed}


def wanted(versions: list[str]) -> list[str]:
    """Return pip's requirements for "newest", "oldest", or versions such as "keras==3.12.4"."""
    needed, fixed = direct(), PROJECT["tool"]["drift"]["fixed"]
    if versions == ["newest"]:
        return [f"{name}{each.specifier if name in fixed else ''}" for name, each in needed.items()]
    if versions == ["oldest"]:
        versions = PROJECT["tool"]["drift"]["oldest"]
    pins = {name: f"{name}{each.specifier}" for name, each in needed.items()}
    known = {line.partition("==")[0] for line in LOCK.read_text("utf-8").splitlines()}
    for text in versions:
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            raise CannotRun(f"{text} names no version. Write such as keras==3.12.4.") from None
        name = canonicalize_name(asked.name)
        if name == "tensorflow" and "tensorflow-cpu" in needed:
            name = "tensorflow-cpu"  # its build for this machine
        if name not in known:
            raise CannotRun(f"{text}: the lesson has no package {name}. requirements.txt has all.")
        if not asked.specifier:
            raise CannotRun(f"{text} names no version. Write such as {name}==1.2.3, or newest.")
        pins[name] = f"{name}{asked.specifier}"
    return list(pins.values())


def install(folder: Path, python: str, versions: list[str]) -> str:
    """Make an environment with these versions; return its Python."""
    requirements = wanted(versions)
    if not lesson.version_of([python]):
        raise CannotRun(f"{python} does not run here. Give --python a Python that does.")
    make = [python, "-I", "-m", "venv", "--without-pip", str(folder)]
    made = subprocess.run(make, capture_output=True, text=True)
    if made.returncode != 0:
        raise CannotRun(f"{python} made no environment: {made.stdout}{made.stderr}".strip())
    own = str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    steps = [requirements]
    if versions != ["newest"]:  # pip leaves what is there as it is, where that is possible
        steps.insert(0, ["--require-hashes", "--requirement", str(LOCK)])
    for step in steps:
        command = [*pip(own), "install", "--no-compile", "--only-binary=:all:", *step]
        env = lesson.pip_environ(sys.executable, str(folder))
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        if done.returncode != 0:
            raise CannotRun(why_not(done.stdout + done.stderr, lesson.version_of([own])))
    return own


def pip(python: str) -> list[str]:
    """Return the command of the pip that is here, for the environment of a Python."""
    quiet = ["--disable-pip-version-check", "--no-input", "--no-color"]
    return [sys.executable, "-I", "-m", "pip", "--python", python, *quiet]


def why_not(said: str, python: str) -> str:
    """Return in words why pip did not install."""
    missing = re.search(r"No matching distribution found for (\S+)", said)
    if missing:
        there = re.search(r"from versions: ([^)]*)", said)
        newest = ", ".join(there[1].split(", ")[-3:]) if there else "none"
        return f"pip found no {missing[1]} for Python {python}. The last that it found: {newest}."
    lines = [line.strip() for line in said.splitlines() if not line.startswith("WARNING")]
    if "ResolutionImpossible" in said:
        reasons = [line for line in lines if re.search("depends on|requested", line)]
        return "These versions do not go together: " + "; ".join(reasons) + "."
    return "pip could not install them. The last that it said: " + " ".join(lines[-3:])


def installed(python: str) -> dict[str, str]:
    """Return the versions of all packages in an environment."""
    command = [*pip(python), "list", "--format=json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {canonicalize_name(each["name"]): each["version"] for each in listed}


# --- running a notebook -------------------------------------------------------------------------


def kernel(python: str, folder: Path) -> AsyncKernelManager:
    """Return what starts kernels of another Python than this one."""
    spec = Path(python).parent.parent / "share/jupyter/kernels/python3/kernel.json"
    settings = json.loads(spec.read_text(encoding="utf-8"))
    settings["argv"][0] = python
    (folder / "drift").mkdir(parents=True, exist_ok=True)
    (folder / "drift" / "kernel.json").write_text(json.dumps(settings), encoding="utf-8")
    specs = KernelSpecManager(kernel_dirs=[str(folder)], ensure_native_kernel=False)
    return AsyncKernelManager(kernel_name="drift", kernel_spec_manager=specs)


def prepare(notebook: nbformat.NotebookNode, number: str, slow: bool) -> dict[str, str]:
    """Load what takes long, as the tests do, and let the other cells keep what they train.

    Return the names under which they keep it; "" for a cell that shows something else now.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    sources = [cell.source for cell in cells]
    loaded = conftest.LOADED.get(number)
    names = {}
    for place, cell in enumerate(cells):
        cell.outputs, cell.execution_count = [], None
        statement = INSTEAD.search(cell.source)
        few = conftest.draw_few(cell.source)
        if loaded and statement and not slow and re.search(loaded, statement[1]):
            cell.source, names[cell.id] = statement[1], ""
        elif few != cell.source and not slow:
            cell.source, names[cell.id] = few, ""
        elif statement:
            cell.source = execute.keeping(sources, place, anew=True)
            names[cell.id] = execute.LOAD.fullmatch(statement[1])["name"].strip('"')
    return names


def run(path: Path, python: str, slow: bool = False) -> tuple[nbformat.NotebookNode, dict]:
    """Run a notebook, past cells that fail; return it, and what `prepare` returned."""
    notebook = nbformat.read(path, as_version=4)
    names = prepare(notebook, path.name[:2], slow)
    manager = kernel(python, path.parent.parent / "kernels")
    # What IPython keeps, and what its user has set, is none of a trial's.
    env = lesson.settled(python, "") | {"IPYTHONDIR": str(path.parent.parent / "ipython")}
    begun: list[nbformat.NotebookNode] = []
    client = NotebookClient(
        notebook, km=manager, timeout=1800, interrupt_on_timeout=True, allow_errors=True,
        resources={"metadata": {"path": path.parent}},
        on_cell_execute=lambda cell, cell_index: begun.append(cell),
    )  # fmt: skip
    try:
        client.execute(env=env, cleanup_kc=True, stderr=subprocess.DEVNULL)
    except (DeadKernelError, AssertionError) as error:
        if manager.shutting_down:  # nbclient takes Ctrl-C for itself, ends the kernel, and stumbles
            raise KeyboardInterrupt from None
        if isinstance(error, AssertionError):
            raise
        died = nbformat.v4.new_output("error", ename="DeadKernelError", evalue="the kernel died")
        begun[-1].outputs.append(died)
    execute.tidy(notebook)
    return notebook, names


# --- what is different ----------------------------------------------------------------------------


class Moved(NamedTuple):
    """A number behind ≈ that is another one."""

    place: str
    line: str
    stored: str
    new: str

    @property
    def share(self) -> float:
        """How far it has moved, as a share of what it was."""
        old, new = (float(text.replace("−", "-").replace(",", "")) for text in self[2:])
        return abs(new - old) / max(abs(old), 1e-9)


class Distance(NamedTuple):
    """How far the last value of a training is from the mean over seeds, in standard deviations."""

    place: str
    training: str
    epoch: int
    metric: str
    value: float
    mean: float
    deviations: float


@dataclass
class Findings:
    """What came out differently, each with its notebook and cell."""

    crashes: list[tuple[str, str]] = field(default_factory=list)
    claims: list[tuple[str, str]] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[Moved] = field(default_factory=list)
    distances: list[Distance] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def far(self) -> list[Distance]:
        """Trainings that are far from what is normal."""
        return [each for each in self.distances if not abs(each.deviations) <= normal.USUAL]

    @property
    def bad(self) -> bool:
        """Whether somebody must look."""
        return bool(self.crashes or self.claims or self.outputs or self.far)


def shown(cell: nbformat.NotebookNode, form: str, stream: str = "stdout") -> str:
    """Return what a cell has printed or shown, in one of its forms."""
    parts = []
    for output in coalesce_streams(cell.outputs):
        if output.get("name", stream) == stream:
            parts.append(output.get("text") or output.get("data", {}).get(form, ""))
    return ESCAPES.sub("", "\n".join(parts))


def without_what_varies(text: str) -> list[str]:
    """Return the lines that nbval compares."""
    for pattern, stand_in in conftest.SANITIZE.items():
        text = re.sub(pattern, stand_in, text)
    return text.splitlines()


def compare(place: str, stored: nbformat.NotebookNode, new: nbformat.NotebookNode, found: Findings):
    """Add what is different in the outputs of a cell."""
    if "nbval-ignore-output" in stored.metadata.get("tags", []):
        return
    text = [shown(cell, FORMS[0]).splitlines() for cell in (stored, new)]
    for old, now in zip(*text, strict=False):
        if without_what_varies(old) == without_what_varies(now):
            pairs = zip(ABOUT.findall(old), ABOUT.findall(now), strict=True)
            found.numbers += [Moved(place, old, *pair) for pair in pairs if pair[0] != pair[1]]
    for form in FORMS:
        before, after = (without_what_varies(shown(cell, form)) for cell in (stored, new))
        if before == after:
            continue
        turned = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
        if len(before) == len(after) and all(b == turn(a) for a, b in turned):
            found.claims += [(place, line) for _, line in turned]
        else:
            found.outputs.append((place, difference(before, after)))
        return


def turn(line: str) -> str:
    """Return a line with its last True as False, or the other way round."""
    return re.sub(
        r"\b(True|False)(?!.*\b(True|False)\b)",
        lambda word: str(word[0] == "False"),
        line,
    )


def in_short(error: str) -> str:
    """Return the ends of a message: what happened, and where Keras nests them, why."""
    lines = [line[:300] for line in error.splitlines() if line.strip()]
    return "\n".join(lines if len(lines) < 4 else [lines[0], "…", lines[-1]])


def difference(before: list[str], after: list[str], most: int = 20) -> str:
    """Return what a person needs to see of two texts."""
    lines = list(difflib.unified_diff(before, after, "stored", "new", lineterm="", n=1))[2:]
    more = [f"… and {len(lines) - most} more lines"] if len(lines) > most else []
    return "\n".join([line[:200] for line in lines[:most]] + more)


def compare_notebooks(stored, new, name: str, skipped: set[str], found: Findings) -> None:
    """Add what is different in a notebook; cells in `skipped` show something else."""
    for before, after in zip(stored.cells, new.cells, strict=True):
        if before.cell_type != "code":
            continue
        place = f"{name} {before.id}"
        errors = [each for each in after.outputs if each.output_type == "error"]
        found.crashes += [(place, in_short(f"{each.ename}: {each.evalue}")) for each in errors]
        told, tells = (shown(cell, "", "stderr").splitlines() for cell in (before, after))
        fresh = [line for line in tells if line.strip() and line not in told]
        if fresh:
            found.warnings.append((place, "\n".join(fresh)))
        if not errors and before.id not in skipped:
            compare(place, before, after, found)


# --- what is normal -------------------------------------------------------------------------------


def histories(kept, name: str) -> dict[str, dict[str, list[float]]]:
    """Return the histories in what a cell has kept, each with its name."""
    if isinstance(kept, list) and name in SAME:  # losses alone
        kept = {"loss": kept}
    if not isinstance(kept, dict):
        return {}
    if isinstance(kept.get("loss"), list):
        return {SAME.get(name, name): kept}
    inner = [histories(part, key.replace("-", " ")) for key, part in kept.items()]
    return {key: part for each in inner for key, part in each.items()}


def distances(ranges: dict, place: str, training: str, history: dict) -> list[Distance]:
    """Return how far the last values of a training are from those of other seeds."""
    usual, epoch = normal.pick(ranges, training), len(history["loss"])
    if usual is None:
        return []
    values = {metric: history[metric] for metric in METRICS if metric in history}
    found = []
    for metric, far in normal.distances(values, usual).items():
        if len(far) == epoch:  # and not more epochs than the seeds were trained for
            mean = usual["mean"][metric][epoch - 1]
            middle = np.exp(mean) if "loss" in metric else mean
            found.append(
                Distance(place, training, epoch, metric, values[metric][-1], middle, far[-1])
            )
    return found


def judge(ranges: dict, kept: Path, names: dict[str, str], number: str, found: Findings) -> None:
    """Add how normal the trainings are that a notebook has done."""
    for cell, name in names.items():
        path = kept / f"{name}.json"
        if not name or not path.exists():
            continue
        results = json.loads(path.read_text(encoding="utf-8"))
        for training, history in histories(results, name.replace("-", " ")).items():
            measured = distances(ranges, f"{number} {cell}", training, history)
            found.distances += measured
            if not measured:
                found.unknown.append(f"{training} ({number} {cell})")


# --- the report -----------------------------------------------------------------------------------


def report(title: str, versions: str, found: Findings) -> str:
    """Return what was found as a page, the worst first."""
    counts = {
        "crashed": found.crashes,
        "claims turned": found.claims,
        "exact outputs changed": found.outputs,
        "values of trainings far from normal": found.far,
        "cells with new warnings": found.warnings,
        "numbers moved": found.numbers,
    }
    verdict = "**Look at this**" if found.bad else "**Nothing to do**"
    said = ", ".join(f"{len(what)} {name}" for name, what in counts.items() if what)
    lines = [f"# Drift: {title}", "", f"{verdict}: {said or 'all is the same'}.", "", versions]
    for heading, items in {
        "Crashed": found.crashes,
        "Claims that turned": found.claims,
        "Exact outputs that changed": found.outputs,
        "New warnings": found.warnings,
    }.items():
        lines += ["", f"## {heading}"] if items else []
        for place, text in items:
            lines += ["", f"{place}", "", *(f"    {line}" for line in text.splitlines())]
    if found.distances:
        lines += [
            "",
            "## Trainings",
            "",
            "The last value of each, and how many standard deviations",
        ]
        lines[-1] += f" it is from the mean over the seeds; beyond {normal.USUAL:g} is far."
        lines += ["", "| cell | training, epoch | metric | new | mean | deviations |"]
        lines += ["|---|---|---|---|---|---|"]
        for each in sorted(found.distances, key=lambda each: -abs(each.deviations)):
            far = " **far**" if each in found.far else ""
            lines.append(
                f"| {each.place} | {each.training}, {each.epoch} | {each.metric} "
                f"| {each.value:.3g} | {each.mean:.3g} | {each.deviations:+.1f}{far} |"
            )
    if found.unknown:
        lines += ["", f"No seeds say what is normal for: {', '.join(found.unknown)}."]
    if found.numbers:
        lines += ["", "## Numbers that moved", "", "| cell | line | stored | new |"]
        lines += ["|---|---|---|---|"]
        for each in sorted(found.numbers, key=lambda each: -each.share):
            line = each.line.replace("|", "\\|")
            lines.append(f"| {each.place} | {line} | {each.stored} | {each.new} |")
    return "\n".join(lines) + "\n"


def what_changed(now: dict[str, str]) -> str:
    """Return which packages have other versions than those of the lock, the lesson's own first."""
    pairs = re.findall(r"(?m)^([\w.-]+)==(\S+)", LOCK.read_text(encoding="utf-8"))
    before: dict[str, list[str]] = {}  # some have one version for each Python
    for name, version in pairs:
        before.setdefault(canonicalize_name(name), []).append(version)
    others = [name for name in now if now[name] not in before.get(name, [now[name]])]
    others.sort(key=lambda name: (name not in direct(), name))
    said = ", ".join(f"{name} {' or '.join(before[name])} → {now[name]}" for name in others)
    return said or "all packages as they are locked"


def examine(versions: list[str], options: argparse.Namespace) -> tuple[str, bool]:
    """Run the lesson with these versions; return the report, and whether somebody must look."""
    title, found = " ".join(versions), Findings()
    with tempfile.TemporaryDirectory(prefix="lesson-drift-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        print(f"{title}: installing ...", file=sys.stderr, flush=True)
        try:
            python = install(home / "env", options.python, versions)
        except CannotRun as reason:
            return f"# Drift: {title}\n\n**Nothing was run.** {reason}\n", True
        changed = f"Python {lesson.version_of([python])}; {what_changed(installed(python))}."
        for name in FOLDERS:
            leave = shutil.ignore_patterns("dollar-street-10*", "__pycache__")
            shutil.copytree(ROOT / name, home / name, ignore=leave)
        for path in sorted((home / "notebooks").glob("[0-9][0-9]-*.ipynb")):
            alone = "import ray" in path.read_text(encoding="utf-8")
            if alone or (options.notebooks and path.name[:2] not in options.notebooks):
                continue
            print(f"{title}: {path.name} ...", file=sys.stderr, flush=True)
            examine_notebook(path, python, home / "data" / "checkpoints", options.slow, found)
    return report(title, changed, found), found.bad


def examine_notebook(path: Path, python: str, kept: Path, slow: bool, found: Findings) -> None:
    """Run one notebook of the copy, and add what came out differently."""
    # nbclient takes it away when a notebook has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stored, crashed = nbformat.read(path, as_version=4), len(found.crashes)
    new, names = run(path, python, slow)
    number = path.name[:2]
    compare_notebooks(stored, new, number, {cell for cell in names if not names[cell]}, found)
    failed = {place for place, _ in found.crashes[crashed:]}
    whole = {cell: name for cell, name in names.items() if f"{number} {cell}" not in failed}
    drawn = title_of(DATA_FOLDER / "sketch-street-10")
    judge(normal.all_ranges()[drawn], kept, whole, number, found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", nargs="*", help="newest, oldest, or such as keras==3.12.4")
    parser.add_argument("--python", default=sys.executable, help="of another version, perhaps")
    parser.add_argument("--notebooks", nargs="+", help="such as 01 04; all if not given")
    parser.add_argument("--slow", action="store_true", help="train what the tests only load")
    options = parser.parse_args()
    words = [word for word in options.versions or ["newest", "oldest"] if "=" not in word]
    pins = [word for word in options.versions if "=" in word]
    status = 0
    for versions in [[word] for word in words] + ([pins] if pins else []):
        text, bad = examine(versions, options)
        print(text, flush=True)
        status = max(status, int(bad))
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
