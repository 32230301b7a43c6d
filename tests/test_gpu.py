"""TensorFlow on a GPU: it trains there, and several processes share it.

The tests marked `gpu` need one: `python3 lesson.py test --gpu`. The others say that those are left
out in the open, or fail, and that memory grows from the start.
"""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

import conftest
from conftest import ROOT

NOTEBOOKS = ROOT / "notebooks"
# A process like that of a notebook. It says what it did, and lives on until it is told.
TRAINS = """
import json
from helpers.backstage.quiet import keras
import numpy as np
from helpers.models import create_cnn
from helpers.training import compile_model

model = compile_model(create_cnn((64, 64, 3)))
pictures = np.random.default_rng(1).random((256, 64, 64, 3), dtype="float32")
history = model.fit(pictures, np.arange(256) % 10, epochs=2, verbose=0)
devices = sorted({weight.value.device for weight in model.trainable_weights})
print(json.dumps({"devices": devices, "loss": history.history["loss"]}), flush=True)
input()
"""


def start(code):
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=NOTEBOOKS, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def answer(process):
    line = process.stdout.readline()
    assert line, "it ended before it had trained; the reason stands above"
    return json.loads(line)


def memory(field):
    """Return megabytes of the first card."""
    command = ["nvidia-smi", f"--query-gpu=memory.{field}", "--format=csv,noheader,nounits"]
    return int(subprocess.run(command, capture_output=True, check=True).stdout.split()[0])


@pytest.mark.gpu
def test_two_processes_train_on_the_gpu_and_leave_most_of_it_free():
    before = memory("used")
    processes = [start(TRAINS) for _ in range(2)]
    try:
        for said in map(answer, processes):
            assert said["devices"] and all("GPU" in device for device in said["devices"])
            assert said["loss"][-1] < 3
        # By itself, the first would have taken almost all.
        assert memory("used") - before < memory("total") / 2
    finally:
        for process in processes:
            process.communicate("\n", timeout=60)
    assert [process.returncode for process in processes] == [0, 0]


@pytest.mark.gpu
def test_trainings_side_by_side_are_one_at_a_time():
    """Several would wait for each other on the card."""
    from helpers.backstage.parallel import _processes

    assert _processes(None) == 1


# --- what can be said without one -----------------------------------------------------------------


@pytest.mark.parametrize(("own", "then"), [(None, "true"), ("false", "false")])
def test_memory_grows_from_the_start_unless_somebody_said_otherwise(
    tmp_path, monkeypatch, own, then
):
    """TensorFlow reads it once, while it starts."""
    name = "TF_FORCE_GPU_ALLOW_GROWTH"
    monkeypatch.delenv(name, raising=False)
    if own:
        monkeypatch.setenv(name, own)
    (tmp_path / "keras.py").write_text(f"import os\nprint(os.environ[{name!r}], flush=True)\n1 / 0")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}")
    started = subprocess.run(
        [sys.executable, "-c", "import helpers.backstage.quiet"], cwd=NOTEBOOKS,
        capture_output=True, text=True,
    )  # fmt: skip
    assert "ZeroDivisionError" in started.stderr and started.stdout == f"{then}\n"


MARKED = SimpleNamespace(get_closest_marker=lambda name: name == "gpu" or None)
PLAIN = SimpleNamespace(get_closest_marker=lambda name: None)
CONFIG = SimpleNamespace(invocation_params=SimpleNamespace(args=["tests/test_gpu.py"]))


@pytest.mark.parametrize(
    ("asked", "outcome", "said"),
    [(False, pytest.skip.Exception, "are skipped"), (True, pytest.fail.Exception, "fail")],
)
def test_without_a_gpu_its_tests_are_skipped_and_fail_where_it_was_asked_for(
    monkeypatch, asked, outcome, said
):
    monkeypatch.setattr(conftest, "gpus", list)
    monkeypatch.setattr(conftest, "GPU_ASKED", asked)
    with pytest.raises(outcome, match="TensorFlow sees no GPU"):
        conftest.pytest_runtest_setup(MARKED)
    assert f"NO GPU that TensorFlow sees: the tests of one {said}" in "\n".join(
        conftest.pytest_report_header(CONFIG)
    )
    conftest.pytest_runtest_setup(PLAIN)


@pytest.mark.parametrize("asked", [False, True])
def test_with_a_gpu_its_tests_run(monkeypatch, asked):
    monkeypatch.setattr(conftest, "gpus", lambda: ["GPU:0"])
    monkeypatch.setattr(conftest, "GPU_ASKED", asked)
    conftest.pytest_runtest_setup(MARKED)
    assert "NO GPU" not in "\n".join(conftest.pytest_report_header(CONFIG))


@pytest.mark.parametrize("there", [[], ["GPU:0"]])
def test_only_what_says_so_may_differ_on_a_gpu(tmp_path, monkeypatch, there):
    monkeypatch.setattr(conftest, "gpus", lambda: there)
    items = [
        SimpleNamespace(
            path=tmp_path / "11-new.ipynb",
            options={"check": True},
            cell=SimpleNamespace(source="1 + 1", metadata={"tags": tags}),
        )
        for tags in ([], ["varies-gpu"], ["varies-backend"])
    ]
    monkeypatch.setattr(conftest, "BACKEND", "tensorflow")
    conftest.pytest_collection_modifyitems(items)
    assert [item.options["check"] for item in items] == [True, not there, True]
