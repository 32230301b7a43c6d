"""Measure what a learner's seat on a server needs: memory and cores, notebook by notebook.

    python tools/benchmarks/seat.py [01] [02] [...]

Run it in the lesson's environment. Without a number, all notebooks are measured, one after the
other, which takes ten minutes or more; then JupyterLab itself. Each notebook is executed from top
to bottom in a fresh kernel, as learners would do who run every cell, solutions included. That
happens in a copy of the lesson, in a temporary folder: nothing here is changed. A notebook that
stops with an error ends the measurement.

The table that is printed stands in deploy/README.md. Its columns:

seconds   from the start of the kernel to the end of the last cell.
peak      most resident memory, in MB, of the kernel and all processes that it started, at one
          moment. On Linux, what several processes share (the libraries, above all) is counted
          once, much as a server counts it that limits a seat; elsewhere, in each of them.
processes how many processes that were, at the peak.
at rest   that memory again, some seconds after the last cell: what a kernel keeps that stays
          open while its learner works on the next notebook.
cores     processor time of the same processes by the seconds that passed. Another program that
          wants the cores makes this number smaller, and `seconds` larger; memory stays as it is.
"""

import argparse
import json
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
# All but those that need Ray, which a seat does not have.
NOTEBOOKS = [
    path
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    if "import ray" not in path.read_text(encoding="utf-8")
]

# A seat of two cores, as deploy/jupyterhub-values.yaml describes it, also on a larger machine.
SEAT = {
    "LESSON_DATA": "sketch-street-10",
    "LOKY_MAX_CPU_COUNT": "2",
    "OMP_NUM_THREADS": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
}
SECONDS_BETWEEN_SAMPLES = 0.2
# The processes of a search end by themselves when nothing was asked of them for ten seconds.
SECONDS_TO_REST = 15


class Meter:
    """Watch a process and all that it starts, from another thread."""

    def __init__(self, pid: int) -> None:
        self._top = psutil.Process(pid)
        self._cpu: dict[tuple[int, float], float] = {}  # also of processes that have ended
        self._start = time.perf_counter()
        self._end = threading.Event()
        self.peak = 0.0
        self.processes = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def sample(self) -> float:
        """Return the resident memory of this moment, in MB."""
        private, shared = 0, []
        for process in [self._top, *self._top.children(recursive=True)]:
            try:
                with process.oneshot():
                    memory = process.memory_info()
                    times = process.cpu_times()
                    self._cpu[process.pid, process.create_time()] = times.user + times.system
            except psutil.NoSuchProcess:
                continue
            # All of them are Python with the same libraries, so the largest share is all of it.
            shared.append(getattr(memory, "shared", 0))
            private += memory.rss - shared[-1]
        resident = (private + max(shared, default=0)) / 1e6
        if resident > self.peak:
            self.peak, self.processes = resident, len(shared)
        return resident

    def _watch(self) -> None:
        while not self._end.wait(SECONDS_BETWEEN_SAMPLES):
            try:
                self.sample()
            except psutil.NoSuchProcess:
                return

    def stop(self) -> tuple[float, float]:
        """End watching; return the seconds that passed and the cores in use on average."""
        self.sample()
        self._end.set()
        self._thread.join()
        seconds = time.perf_counter() - self._start
        return seconds, sum(self._cpu.values()) / seconds


def lay_out(folder: Path) -> None:
    """Copy what a seat has: the notebooks, and what they read."""
    for part in ("notebooks", "data", "fig"):
        leave_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / part, folder / part, ignore=leave_out)


def measure_notebook(path: Path) -> str:
    """Execute a notebook without writing it back; return its row of the table."""
    notebook = nbformat.read(path, as_version=4)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, first = start_new_kernel(kernel_name="python3", cwd=str(path.parent), **quiet)
    first.stop_channels()
    try:
        meter = Meter(manager.provisioner.process.pid)
        NotebookClient(notebook, km=manager, timeout=1800).execute()
        seconds, cores = meter.stop()
        time.sleep(SECONDS_TO_REST)
        rest = meter.sample()
    finally:
        manager.shutdown_kernel(now=True)
    return row(path.stem[:2], f"{seconds:.0f}", meter, f"{rest:.0f}", f"{cores:.1f}")


def measure_lab(folder: Path) -> str:
    """Start JupyterLab, open its page and every notebook; return its row of the table."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ip=127.0.0.1"]
    command += [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]

    def get(page: str) -> bytes:
        address = f"http://127.0.0.1:{port}/{page}"
        request = urllib.request.Request(address, headers={"Authorization": f"token {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, **quiet)
    try:
        meter = Meter(server.pid)
        while True:
            try:
                get("api/status")
                break
            except OSError:
                if server.poll() is not None:
                    raise SystemExit("JupyterLab did not start.") from None
                time.sleep(0.2)
        get("lab")
        for path in NOTEBOOKS:
            assert json.loads(get(f"api/contents/notebooks/{path.name}"))["type"] == "notebook"
        meter.stop()
        time.sleep(SECONDS_TO_REST)
        rest = meter.sample()
    finally:
        server.terminate()
        server.wait()
    return row("JupyterLab", "", meter, f"{rest:.0f}", "")


def row(name: str, seconds: str, meter: Meter, rest: str, cores: str) -> str:
    cells = [name, seconds, f"{meter.peak:.0f}", str(meter.processes), rest, cores]
    return "| " + " | ".join(cells) + " |"


def processor() -> str:
    """Return the name of the processor, as `lscpu` gives it where that is to be had."""
    try:
        said = subprocess.check_output(["lscpu"], text=True, env={**os.environ, "LC_ALL": "C"})
    except OSError:
        return platform.processor() or platform.machine()
    return said.partition("Model name:")[2].partition("\n")[0].strip() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    numbers = {path.stem[:2]: path for path in NOTEBOOKS}
    parser.add_argument("numbers", nargs="*", help="such as 01 and 06; all if left out")
    wanted = parser.parse_args().numbers or list(numbers)
    if unknown := set(wanted) - set(numbers):
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Choose from {', '.join(numbers)}.")
    os.environ.update(SEAT)
    print(f"{processor()}, {psutil.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| notebook | seconds | peak | processes | at rest | cores |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="seat-") as temporary:
        seat = Path(temporary)
        lay_out(seat)
        for number in wanted:
            print(measure_notebook(seat / "notebooks" / numbers[number].name), flush=True)
        print(measure_lab(seat), flush=True)


if __name__ == "__main__":
    main()
