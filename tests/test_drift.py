"""tools/drift.py on made-up notebooks: each kind of difference is reported, and nothing else."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import drift
import nbformat
import pytest
from benchmarks import curves
from nbformat import v4
from packaging.version import Version

from conftest import ROOT

# --- what is different ----------------------------------------------------------------------------


def cell(text="", *, name="a-cell", tags=(), error="", warning="", html=""):
    """Return a code cell that has printed and shown something."""
    outputs = [v4.new_output("stream", name="stdout", text=text)] if text else []
    if warning:
        outputs.append(v4.new_output("stream", name="stderr", text=warning))
    if html:
        data = {"text/plain": "<Figure size 700x400 with 1 Axes>", "text/html": html}
        outputs.append(v4.new_output("display_data", data))
    if error:
        outputs.append(v4.new_output("error", ename="ValueError", evalue=error, traceback=[]))
    return v4.new_code_cell("1 + 1", id=name, outputs=outputs, metadata={"tags": list(tags)})


def compared(before, after, skipped=()):
    stored, new = (v4.new_notebook(cells=[v4.new_markdown_cell("# A"), c]) for c in (before, after))
    found = drift.Findings()
    drift.compare_notebooks(stored, new, "01", set(skipped), found)
    return found


STORED = "shape (2, 3)\nloss ≈ 2.30, below 3: True\n"
SAME = {"crashes": [], "claims": [], "outputs": [], "warnings": [], "numbers": [], "bad": False}
PICTURE = '<img alt="{}" src="data:image/png;base64,{}">'


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (cell(STORED), {}),
        (
            cell(STORED, error="no such layer"),
            {"crashes": [("01 a-cell", "ValueError: no such layer")], "bad": True},
        ),
        (
            cell(STORED.replace("(2, 3)", "(2, 4)")),
            {
                "outputs": [
                    (
                        "01 a-cell",
                        "@@ -1,2 +1,2 @@\n-shape (2, 3)\n+shape (2, 4)\n loss ≈ …, below 3: True",
                    )
                ],
                "bad": True,
            },
        ),
        (
            cell(STORED.replace("2.30", "3.10").replace("True", "False")),
            {"claims": [("01 a-cell", "loss ≈ …, below 3: False")], "bad": True},
        ),
        (
            cell(STORED.replace("2.30", "−2.31")),
            {"numbers": [("01 a-cell", "loss ≈ 2.30, below 3: True", "2.30", "−2.31")]},
        ),
        (
            cell(STORED, warning="FutureWarning: soon gone\n"),
            {"warnings": [("01 a-cell", "FutureWarning: soon gone")]},
        ),
    ],
)
def test_each_difference_is_reported_and_nothing_else(new, expected):
    found = compared(cell(STORED), new)
    assert {name: getattr(found, name) for name in SAME} == SAME | expected


def test_pictures_may_differ_and_what_a_page_shows_beside_them_may_not():
    before = cell(html=PICTURE.format("a\nb", "x") + "<p>3 rows</p>")
    assert not compared(before, cell(html=PICTURE.format("c", "y") + "<p>3 rows</p>")).bad
    assert compared(before, cell(html=PICTURE.format("a\nb", "x") + "<p>4 rows</p>")).outputs


def test_a_claim_that_turned_where_another_line_is_new_is_another_output():
    found = compared(cell("a: True\nb: True\n"), cell("a: False\nc: True\n"))
    assert found.outputs and not found.claims
    assert not compared(cell("a: False\n"), cell("a: True\n")).outputs


def test_outputs_that_cannot_repeat_are_left_alone_and_their_crashes_are_not():
    tags = ["nbval-ignore-output", "varies-trained-values"]
    assert not compared(cell("1", tags=tags), cell("2", tags=tags)).bad
    assert not compared(cell("1"), cell("Loaded"), skipped=["a-cell"]).bad
    assert compared(cell("1", tags=tags), cell("", tags=tags, error="no")).crashes
    assert compared(cell("1"), cell("", error="no"), skipped=["a-cell"]).crashes


def test_a_long_difference_is_short_in_the_report():
    said = drift.difference(list(map(str, range(100))), ["x" * 999])
    assert said.splitlines()[-1] == "… and 82 more lines" and max(map(len, said.split("\n"))) <= 200


def test_an_error_with_errors_in_it_is_told_by_its_ends():
    said = compared(cell(), cell(error="not loaded\n\nconfig\n\nbecause\nno such argument")).crashes
    assert said == [("01 a-cell", "ValueError: not loaded\n…\nno such argument")]
    assert compared(cell(), cell(error="two\nlines")).crashes[0][1] == "ValueError: two\nlines"


# --- what is normal -------------------------------------------------------------------------------

RANGES = {
    "three-blocks": {
        "mean": {"accuracy": [0.1, 0.4], "loss": [1.0, 0.0]},
        "std": {"accuracy": [0.05, 0.1], "loss": [0.5, 0.5]},
    }
}


@pytest.mark.parametrize(("accuracy", "far"), [(0.5, 1.0), (0.0, -4.0), (2.0, 16.0)])
def test_the_distance_is_in_standard_deviations_after_as_many_epochs(accuracy, far):
    history = {"loss": [3.0, 1.0], "accuracy": [0.1, accuracy]}
    found = drift.distances(RANGES, "05 train", "three blocks", history)
    assert [(each.metric, each.epoch) for each in found] == [("accuracy", 2), ("loss", 2)]
    assert [each.deviations for each in found] == pytest.approx([far, 0.0])
    assert drift.Findings(distances=found).bad == (abs(far) > drift.normal.USUAL)


def test_a_loss_that_is_no_number_is_far():
    found = drift.distances(RANGES, "05 train", "three blocks", {"loss": [float("nan")]})
    assert drift.Findings(distances=found).far


def test_a_training_without_ranges_is_named(tmp_path):
    (tmp_path / "winner.json").write_text('{"loss": [2.0], "accuracy": [0.2]}')
    (tmp_path / "rates.json").write_text('{"three-blocks": {"loss": [2.0]}, "x": {"loss": [1]}}')
    (tmp_path / "sweep.json").write_text("[1.0, 2.0]")
    found = drift.Findings()
    names = {"a": "winner", "b": "rates", "c": "sweep", "d": "", "e": "crashed-before"}
    drift.judge(RANGES, tmp_path, names, "06", found)
    assert found.unknown == ["winner (06 a)", "x (06 b)"]
    assert [each.training for each in found.distances] == ["three blocks"]


def test_each_history_that_the_lesson_keeps_is_known_but_for_two():
    """Which dropout rate wins is not known before, and the best takes too long for many seeds."""
    known = {name.replace("-", " ") for name in curves.TRAININGS}
    kept = {}
    for path in (ROOT / "data" / "checkpoints").glob("*.json"):
        results = json.loads(path.read_text())
        kept |= drift.histories(results, path.stem.replace("-", " "))
    assert set(kept) - known == {"best", "winner"}
    assert {"learning rate 0.1", "momentum 0.9", "two blocks", "fine tuned"} < set(kept)


# --- the whole way --------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small lesson, and an empty folder for what is temporary; nothing is installed."""
    for name in drift.FOLDERS:
        (tmp_path / "lesson" / name).mkdir(parents=True)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(drift, "ROOT", tmp_path / "lesson")
    monkeypatch.setattr(drift.tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(drift, "install", lambda folder, python, versions: sys.executable)
    return tmp_path


def write(tree, *codes, stored=""):
    cells = [v4.new_code_cell(code, id=f"cell-{n}") for n, code in enumerate(codes)]
    for each in cells[:-1] if stored else []:
        each.outputs = []
    if stored:
        cells[-1].outputs = [v4.new_output("stream", name="stdout", text=stored)]
    path = tree / "lesson" / "notebooks" / "01-a.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


def drifted(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["drift.py", *words])
    return drift.main(), capsys.readouterr().out


def test_a_notebook_goes_on_after_a_crash_and_the_tree_stays_as_it_is(tree, monkeypatch, capsys):
    codes = ["open('../data/new', 'w').close()\nprint(1 / 0)", "print('loss ≈ 2.5')"]
    path = write(tree, *codes, stored="loss ≈ 2.0\n")
    before = path.read_bytes()
    status, said = drifted(monkeypatch, capsys, "keras==3.12.4")
    assert status == 1 and "**Look at this**: 1 crashed, 1 numbers moved." in said
    assert "01 cell-0\n\n    ZeroDivisionError: division by zero\n" in said
    assert "| 01 cell-1 | loss ≈ 2.0 | 2.0 | 2.5 |" in said
    assert path.read_bytes() == before and not list((tree / "lesson/data").iterdir())
    assert not list((tree / "temporary").iterdir())


def test_numbers_alone_are_no_reason_to_look(tree, monkeypatch, capsys):
    write(tree, "print('loss ≈ 2.5')", stored="loss ≈ 2.0\n")
    status, said = drifted(monkeypatch, capsys, "newest")
    assert status == 0 and "# Drift: newest\n\n**Nothing to do**: 1 numbers moved." in said


def test_a_kernel_that_dies_is_a_crash(tree, monkeypatch, capsys):
    write(tree, "1", "import os\nos._exit(1)", "1")
    status, said = drifted(monkeypatch, capsys, "newest")
    assert status == 1 and "01 cell-1\n\n    DeadKernelError: the kernel died\n" in said


def test_the_newest_come_first_then_the_oldest_then_what_is_named(tree, monkeypatch, capsys):
    def install(folder, python, versions):
        raise drift.CannotRun("they are not there.")

    monkeypatch.setattr(drift, "install", install)
    for words, titles in {
        (): ["newest", "oldest"],
        ("oldest",): ["oldest"],
        ("keras==3.12.4", "numpy==2.3.0"): ["keras==3.12.4 numpy==2.3.0"],
    }.items():
        status, said = drifted(monkeypatch, capsys, *words)
        assert status == 1
        none = "# Drift: {}\n\n**Nothing was run.** they are not there.\n"
        assert said == "".join(none.format(title) + "\n" for title in titles)


@pytest.mark.skipif(os.name == "nt", reason="signals are those of Unix")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_behind_when_it_is_interrupted(tree, how):
    write(tree, f"import os, time\nopen({str(tree / 'pid')!r}, 'w').write(str(os.getpid()))"
          "\ntime.sleep(600)")  # fmt: skip
    code = f"""
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.path[:0] = [{str(ROOT / "tools")!r}]
        import drift
        drift.ROOT = drift.Path({str(tree / "lesson")!r})
        drift.install = lambda *any: sys.executable
        sys.argv = ["drift.py", "newest"]
        try:
            drift.main()
        except KeyboardInterrupt:
            sys.exit(130)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stderr=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": str(tree / "temporary")},
    )  # fmt: skip
    try:
        wait_for(lambda: (tree / "pid").exists() and (tree / "pid").read_text())
        process.send_signal(how)
        assert process.wait(timeout=60) == 130
    finally:
        process.kill()
    assert not list((tree / "temporary").iterdir())
    wait_for(lambda: not Path("/proc", (tree / "pid").read_text()).exists())


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)


# --- which versions -------------------------------------------------------------------------------


def test_the_newest_have_no_pins_but_for_the_drawn_pictures():
    newest, pillow = drift.wanted(["newest"]), drift.direct()["pillow"]
    assert [text for text in newest if "=" in text] == [f"pillow{pillow.specifier}"]
    assert {"keras", "numpy", "jupyterlab"} < set(newest)


def test_what_is_named_takes_the_place_of_a_pin_and_the_rest_stays(monkeypatch):
    needed = drift.direct()
    named = drift.wanted(["Keras==3.12.4", "h5py==3.12.1"])
    assert "keras==3.12.4" in named and "h5py==3.12.1" in named
    assert f"numpy{needed['numpy'].specifier}" in named and len(named) == len(needed) + 1
    monkeypatch.setattr(drift, "direct", lambda: {"tensorflow-cpu": needed["numpy"]})
    assert drift.wanted(["tensorflow==2.20.0"]) == ["tensorflow-cpu==2.20.0"]


def test_the_oldest_are_older_than_the_pins():
    pins = {name.removesuffix("-cpu"): each for name, each in drift.direct().items()}
    for text in drift.PROJECT["tool"]["drift"]["oldest"]:
        name, version = text.split("==")
        (pin,) = pins[name].specifier
        assert Version(version) < Version(pin.version)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keras=3.12.4", "Write such as keras==3.12.4"),
        ("kears==3.12.4", "the lesson has no package kears"),
        ("keras", "names no version"),
    ],
)
def test_what_names_no_version_of_the_lesson_is_answered_in_words(text, words):
    with pytest.raises(drift.CannotRun, match=words):
        drift.wanted([text])


def wheel(folder, name, version, needs=""):
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{info}/METADATA", about + f"Requires-Dist: {needs}\n" * bool(needs))
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two packages, one of which needs the other, and nothing else that pip could find."""
    lock = wheel(tmp_path, "upper", "1.0", "lower") + wheel(tmp_path, "lower", "1.0")
    wheel(tmp_path, "upper", "2.0", "lower==2.0")
    wheel(tmp_path, "lower", "2.0")
    (tmp_path / "lock.txt").write_text(lock)
    project = {"dependencies": ["upper==1.0"], "optional-dependencies": {"cpu": []}}
    tool = {"drift": {"fixed": [], "oldest": []}}
    monkeypatch.setattr(drift, "LOCK", tmp_path / "lock.txt")
    monkeypatch.setattr(drift, "PROJECT", {"project": project, "tool": tool})
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path / "env"


@pytest.mark.parametrize(
    ("versions", "said"),
    [(["newest"], "upper 1.0 → 2.0, lower 1.0 → 2.0"), (["lower==2.0"], "lower 1.0 → 2.0")],
)
def test_pip_installs_what_was_asked_for_and_changes_no_more_than_it_must(packages, versions, said):
    python = drift.install(packages, sys.executable, versions)
    assert drift.what_changed(drift.installed(python)) == said


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        (["upper==3.0"], r"pip found no upper==3.0 for Python 3\.\d+\. .* found: 1.0, 2.0\."),
        (["upper==2.0", "lower==1.0"], r"do not go together: .*upper 2.0 depends on lower==2.0"),
    ],
)
def test_versions_that_cannot_be_had_are_answered_in_words(packages, versions, words):
    with pytest.raises(drift.CannotRun, match=words):
        drift.install(packages, sys.executable, versions)


def test_a_python_that_is_not_there_is_answered_in_words(tmp_path):
    with pytest.raises(drift.CannotRun, match="python3.99 does not run here"):
        drift.install(tmp_path, "python3.99", ["newest"])
