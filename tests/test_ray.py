"""A search on a cluster that is started for real: one head and two workers, one of which dies.

The nodes are processes of this machine that talk over its loopback, each in a process group of
its own. Needs Ray (``python3 lesson.py test --ray tests/test_ray.py``) and Linux.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from conftest import NEED_RAY, ROOT, printed

RAY = str(Path(sys.executable).with_name("ray"))
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="process groups and /proc of Linux"),
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("ray"),
]

# Submits four trials and prints what became of them. Each epoch leaves a line in a file, by which
# the test knows where a trial is; on a node for which there is a file "hold", it stays there.
DRIVER = """
import json, os, sys, time

import helpers
import numpy as np
import ray
from ray import tune

from helpers.backstage.cluster import SearchProgress
from helpers.backstage.quiet import keras
from helpers.models import create_cnn
from helpers.training import compile_model

folder = sys.argv[1]
random = np.random.default_rng(7)
images, labels = random.random((48, 20, 20, 1), dtype=np.float32), np.arange(48) % 3
images[labels == 1, :10] /= 2
images[labels == 2, 10:] /= 2

def train(config):
    def on_epoch_end(epoch, logs):
        tune.report(logs)
        node, trial = os.environ["LESSON_NODE"], f"{config['n_blocks']}-{config['learning_rate']}"
        with open(f"{folder}/epochs", "a") as file:
            print(node, trial, epoch + 1, file=file)
        while os.path.exists(f"{folder}/hold-{node}"):
            time.sleep(0.05)

    keras.utils.set_random_seed(1)
    network = create_cnn((20, 20, 1), n_blocks=config["n_blocks"], filters=4, n_classes=3)
    compile_model(network, learning_rate=config["learning_rate"])
    network.fit(images, labels, epochs=6, validation_data=(images, labels), verbose=0,
                callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)])

variables = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1",
             "TUNE_FUNCTION_THREAD_TIMEOUT_S": "60"}
ray.init(address=os.environ["RAY_ADDRESS"], log_to_driver=False, logging_level="ERROR",
         runtime_env={"py_modules": [helpers], "env_vars": variables})
results = tune.Tuner(
    tune.with_resources(train, {"cpu": 1}),
    param_space={"n_blocks": tune.grid_search([1, 2]),
                 "learning_rate": tune.grid_search([0.0001, 0.01])},
    tune_config=tune.TuneConfig(metric="val_loss", mode="min", reuse_actors=True),
    run_config=tune.RunConfig(storage_path=folder, verbose=1, progress_reporter=SearchProgress(),
                              failure_config=tune.FailureConfig(max_failures=3)),
).fit()
rows = [{**result.config, "epochs": result.metrics["training_iteration"],
         "val_loss": result.metrics["val_loss"]} for result in results]
print()
print(json.dumps({"errors": results.num_errors, "trials": rows,
                  "winner": results.get_best_result().config}))
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def kill(*pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Cluster:
    """A head without cores and two workers with one core each; ``close`` leaves nothing behind."""

    def __init__(self):
        # Short, since the names of sockets may have a hundred characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="ray"))
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        # Who does not know the token can neither join nor hand in work.
        self.token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        self.nodes = {}

    def start(self, name, *options):
        """Start a node, and again where the machine is too busy: Ray gives up after 30 seconds."""
        command = [RAY, "start", "--block", "--node-ip-address=127.0.0.1", *options]
        # Random ports for the processes of each node: they share one machine.
        command += ["--min-worker-port=0", "--max-worker-port=0"]
        env = os.environ | self.token
        env |= {"LESSON_NODE": name, "LESSON_CLUSTER": str(self.folder)}
        log = self.folder / f"{name}.log"
        for _ in range(3):
            with log.open("w") as file:
                node = self.nodes[name] = subprocess.Popen(
                    [*command, f"--dashboard-agent-listen-port={free_port()}"], env=env,
                    stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
                )  # fmt: skip
            while node.poll() is None:
                if "Ray runtime started" in log.read_text():
                    return
                time.sleep(0.2)
            self.kill(name)
        raise AssertionError(log.read_text())

    def start_all(self):
        self.start(
            "head", "--head", f"--port={self.port}", "--num-cpus=0", "--include-dashboard=false",
            f"--temp-dir={self.folder}/r", "--disable-usage-stats",
        )  # fmt: skip
        for name in ("one", "two"):
            self.start(name, f"--address={self.address}", "--num-cpus=1")

    def kill(self, name):
        """As if its machine were switched off: nothing of it gets a chance to say so."""
        if self.nodes[name].poll() is None:
            os.killpg(self.nodes[name].pid, signal.SIGKILL)
        kill(*self.processes(f"LESSON_NODE={name}\0"))
        self.nodes[name].wait(timeout=30)

    def processes(self, mark=""):
        """Return the ids of the processes that this cluster started."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                environ = path.read_text(errors="replace")
            except OSError:  # it has ended, or is somebody else's
                continue
            if f"LESSON_CLUSTER={self.folder}\0" in environ and mark in environ:
                found.append(int(path.parent.name))
        return found

    def close(self):
        for process in self.nodes.values():
            process.terminate()
        end = time.monotonic() + 20
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.2)
            for process in self.nodes.values():
                process.poll()
        kill(*left)
        for process in self.nodes.values():
            process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    try:
        cluster.start_all()
        yield cluster
    finally:
        cluster.close()
    assert not cluster.processes()


class Search:
    """A driver in a process of its own."""

    def __init__(self, cluster, folder, hold=""):
        folder.mkdir()
        (folder / f"hold-{hold}").touch()
        (folder / "driver.py").write_text(DRIVER)
        self.marks = folder / "epochs"
        self.marks.touch()
        path = os.pathsep.join([str(ROOT / "notebooks"), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, folder / "driver.py", folder],
            env=os.environ | cluster.token | {"RAY_ADDRESS": cluster.address, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def epochs(self):
        """Return (node, trial, epoch) of every epoch so far."""
        return [tuple(line.split()) for line in self.marks.read_text().splitlines()]

    def result(self):
        try:
            out, err = self.process.communicate(timeout=400)
        finally:
            self.process.kill()
        assert self.process.returncode == 0, err
        return json.loads(out.splitlines()[-1])


@pytest.mark.parametrize("path", NEED_RAY, ids=lambda path: path.stem)
def test_notebook_runs_on_a_cluster_with_no_change_but_the_address(cluster, monkeypatch, path):
    for name, value in {"RAY_ADDRESS": cluster.address, **cluster.token}.items():
        monkeypatch.setenv(name, value)
    stored, notebook = (nbformat.read(path, as_version=4) for _ in range(2))
    NotebookClient(notebook, timeout=400, resources={"metadata": {"path": path.parent}}).execute()
    for before, after in zip(stored.cells, notebook.cells, strict=True):
        if "nbval-ignore-output" not in before.metadata.get("tags", []):
            assert printed(after) == printed(before), before.source


def scores(result):
    return {(t["n_blocks"], t["learning_rate"]): t["val_loss"] for t in result["trials"]}


def test_search_survives_the_death_of_a_worker(cluster, tmp_path):
    undisturbed = Search(cluster, tmp_path / "a")
    expected = undisturbed.result()
    assert {node for node, _, _ in undisturbed.epochs()} == {"one", "two"}

    search = Search(cluster, tmp_path / "b", hold="two")
    end = time.monotonic() + 300
    while not (started := [mark for mark in search.epochs() if mark[0] == "two"]):
        assert search.process.poll() is None and time.monotonic() < end, "nothing ran on it"
        time.sleep(0.05)
    cluster.kill("two")
    ((_, trial, epoch),) = started
    assert epoch == "1", "it was killed in mid-trial"
    found = search.result()

    assert found["errors"] == expected["errors"] == 0
    assert [row["epochs"] for row in found["trials"]] == [6] * 4
    assert found["winner"] == expected["winner"]
    assert scores(found) == pytest.approx(scores(expected), abs=0.01)
    # The trial that lost its worker was trained from its beginning, on the other one.
    assert ("two", trial, "6") not in search.epochs()
    assert [("one", trial, str(n)) in search.epochs() for n in range(1, 7)] == [True] * 6
