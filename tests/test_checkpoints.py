"""What the training cells made is kept, still fits the code, and takes their place."""

import ast
import json
import re

import keras_tuner
import nbformat
import numpy as np
import pytest
from helpers.quiet import keras
from execute import INSTEAD, LOAD, NOTEBOOKS, execute, keeping, tidy
from nbclient import NotebookClient

from helpers import checkpoints
from helpers.checkpoints import FOLDER, load_checkpoint, load_results, load_search
from helpers.data import load_data, scale
from helpers.models import create_cnn, create_dense
from helpers.training import compile_model

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
# (notebook, id of the cell, its code, the statement that takes its place)
CELLS = [
    (path.stem, cell.id, cell.source, statement)
    for path in PATHS
    for cell in nbformat.read(path, as_version=4).cells
    if cell.cell_type == "code"
    for statement in INSTEAD.findall(cell.source)
]
NETWORKS = [cell for cell in CELLS if "load_checkpoint" in cell[3]]


def name_of(statement):
    return ast.literal_eval(LOAD.fullmatch(statement)["name"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    return tmp_path


# --- what is in the repository ----------------------------------------------------------------


def test_all_together_are_small():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 15e6


def test_each_file_is_used_by_a_cell_and_each_cell_has_its_file():
    used = {name_of(cell[3]) for cell in CELLS if "load_search" not in cell[3]}
    sources = "\n".join(
        cell.source for path in PATHS for cell in nbformat.read(path, as_version=4).cells
    )
    used |= set(re.findall(r'project_name="(\w+)"', sources))
    assert used == {path.stem for path in FOLDER.iterdir()}
    assert len(NETWORKS) >= 8


def test_every_training_of_the_lesson_can_be_skipped():
    """Each cell that trains on the pictures says how; what the learner does alone need not."""
    for path in PATHS[:7]:
        for cell in nbformat.read(path, as_version=4).cells:
            trains = re.search(r"\.fit\(|side_by_side\(|^search\(", cell.source, re.MULTILINE)
            if cell.cell_type == "code" and trains and not cell.source.startswith("def "):
                assert INSTEAD.search(cell.source) or "line.fit" in cell.source, cell.source


@pytest.mark.parametrize("cell", NETWORKS, ids=lambda cell: cell[1])
def test_a_stored_network_is_the_one_that_the_cell_builds_and_gives_the_stored_score(cell, capsys):
    _, _, source, statement = cell
    call = next(
        node for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("create_")
    )  # fmt: skip
    names = {"create_cnn": create_cnn, "create_dense": create_dense, "input_shape": (64, 64, 3)}
    built = eval(ast.unparse(call), names)
    model, history = load_checkpoint(name_of(statement))
    assert "Loaded, not trained here: " in capsys.readouterr().out

    def form(network):
        layers = [layer["config"] for layer in network.get_config()["layers"]]
        # The precision is the processor's; stored networks have 32 bits.
        return [{k: v for k, v in layer.items() if k != "dtype"} for layer in layers]

    assert form(model) == form(built)
    assert [w.shape for w in model.get_weights()] == [w.shape for w in built.get_weights()]
    assert all(layer.compute_dtype == "float32" for layer in model.layers)

    epochs = len(history.epoch)
    assert {len(values) for values in history.history.values()} == {epochs}
    restored = "restore_best_weights=True" in source
    final = int(np.argmin(history.history["val_loss"])) if restored else -1
    parts = load_data("sketch-street-10", test_fraction=0.5 if "final" in statement else None)
    images, labels = parts[1]
    loss, accuracy = model.evaluate(scale(images), labels, verbose=0)
    # 16 bits at most when it was trained, 32 when it is loaded.
    assert loss == pytest.approx(history.history["val_loss"][final], abs=0.05)
    assert accuracy == pytest.approx(history.history["val_accuracy"][final], abs=0.021)


@pytest.mark.parametrize("path", [p for p in PATHS if any(c[0] == p.stem for c in CELLS)],
                         ids=lambda path: path.stem)  # fmt: skip
@pytest.mark.filterwarnings("default")  # those of the client that starts the kernel
def test_a_notebook_says_the_same_when_everything_is_loaded(path):
    """With each training replaced by its line, all claims and checks print what they did."""
    stored = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and (statement := INSTEAD.search(cell.source)):
            cell.source = statement[1]
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=600, resources=folder).execute()
    tidy(notebook)
    for before, after in zip(stored.cells, notebook.cells, strict=True):
        if before.cell_type != "code" or "nbval-ignore-output" in before.metadata.get("tags", []):
            continue
        text = "".join(out.get("text", "") for out in after.outputs)
        if before.source != after.source:
            assert text.startswith("Loaded, not trained here: "), text
        else:
            assert text == "".join(out.get("text", "") for out in before.outputs), before.source


# --- keeping and loading ----------------------------------------------------------------------


def test_a_network_comes_back_without_its_optimizer(folder):
    data = np.random.default_rng(1).random((8, 20, 20, 3), dtype=np.float32), np.arange(8) % 3
    model = compile_model(create_cnn((20, 20, 3), n_blocks=1, filters=4, n_classes=3))
    history = model.fit(*data, epochs=2, validation_data=data, verbose=0)
    checkpoints.save_checkpoint("small", model, history)
    assert {path.name for path in folder.iterdir()} == {"small.keras", "small.json"}
    loaded, again = load_checkpoint("small")
    for kept, trained in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, trained)
    assert int(loaded.optimizer.iterations) == 0
    assert again.history["val_loss"] == pytest.approx(history.history["val_loss"], abs=1e-5)
    assert again.epoch == [0, 1]
    loaded.fit(*data, verbose=0)  # it can be trained further


def test_results_come_back_with_five_digits(folder):
    checkpoints.save_results("r", {"sgd": {"loss": [2.1234567, np.float32(1)]}, "list": (1, 2.5)})
    assert load_results("r") == {"sgd": {"loss": [2.12346, 1.0]}, "list": [1.0, 2.5]}


def test_a_search_comes_back_without_the_weights_of_its_trials(folder, tmp_path_factory, capsys):
    def build(hp):
        return compile_model(create_dense((2, 2, 1), units=(hp.Int("units", 1, 3),), n_classes=3))

    def tuner():
        return keras_tuner.GridSearch(
            build, objective="val_loss", overwrite=True, seed=1, project_name="small_search",
            directory=str(tmp_path_factory.mktemp("search")),
        )  # fmt: skip

    data = np.zeros((6, 2, 2, 1), dtype="float32"), np.arange(6) % 3
    searched, loaded = tuner(), tuner()
    searched.search(*data, epochs=1, validation_data=data, verbose=0)
    checkpoints.save_search(searched)
    assert not [path for path in folder.rglob("*") if "checkpoint" in path.name]
    assert not re.search(r"/(home|root|tmp)/", (folder / "small_search/oracle.json").read_text())
    load_search(loaded)
    assert "3 trials of the search small_search" in capsys.readouterr().out
    scores = [
        {trial.hyperparameters["units"]: trial.score for trial in t.oracle.trials.values()}
        for t in (searched, loaded)
    ]
    assert scores[0] == scores[1] and len(scores[0]) == 3
    # Nothing is left to be done.
    loaded.search(*data, epochs=1, validation_data=data, verbose=0)
    assert len(loaded.oracle.trials) == 3


@pytest.mark.parametrize("name", ["", "nothing", "../README", "two_blocks"])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    with pytest.raises(ValueError, match=r"There are: .*two-blocks.*\. Write the name as in"):
        load_checkpoint(name)
    with pytest.raises(ValueError, match=r"No checkpoint .*There are: .*optimizers"):
        load_results(name)


# --- executing notebooks ----------------------------------------------------------------------


def test_a_cell_keeps_what_it_says_it_can_load():
    source = '# Instead of training: a, b = load_checkpoint("x")\na, b = 1, 2'
    assert keeping(source).endswith('\nimport helpers.checkpoints as kept; '
                                    'kept.save_checkpoint("x", a, b)')  # fmt: skip
    assert keeping("# Instead of training: load_search(t)\n1").endswith("kept.save_search(t)")
    assert keeping('    # Instead of training: s = load_results("s")').endswith(
        'kept.save_results("s", s)'
    )
    assert keeping("a = 1") == "a = 1"


@pytest.mark.filterwarnings("default")
def test_executing_a_notebook_keeps_results_and_leaves_the_code_as_it_was(tmp_path):
    source = '# Instead of training: x = load_results("kept")\nx = [1.5]\nprint(x)'
    first = "import helpers.checkpoints, pathlib\nhelpers.checkpoints.FOLDER = pathlib.Path('.')"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(text) for text in (first, source)]
    )
    (tmp_path / "helpers").symlink_to(NOTEBOOKS / "helpers")
    nbformat.write(notebook, tmp_path / "n.ipynb")
    execute(tmp_path / "n.ipynb")
    done = nbformat.read(tmp_path / "n.ipynb", as_version=4)
    assert done.cells[1].source == source and done.cells[1].outputs[0].text == "[1.5]\n"
    assert json.loads((tmp_path / "kept.json").read_text()) == [1.5]
