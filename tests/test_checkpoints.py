"""What the training cells made is kept, still fits the code, and takes their place."""

import ast
import json
import re
import shutil
import sys
import zipfile

import execute
import keras_tuner
import nbformat
import numpy as np
import pytest
from execute import INSTEAD, LOAD, keeping
from nbclient import NotebookClient

from conftest import NOTEBOOKS, all_loaded, draw_few, printed
from helpers import models, training
from helpers.backstage import checkpoints
from helpers.backstage.checkpoints import FOLDER, load_checkpoint, load_results, load_search
from helpers.backstage.quiet import keras
from helpers.data import load_data, scale
from helpers.models import create_cnn, create_dense
from helpers.training import compile_model

CODE = {
    path: [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    for path in NOTEBOOKS
}
# Of each cell that can be loaded: its notebook, its number, and the statement in its place.
CELLS = [
    (path, number, statement)
    for path, sources in CODE.items()
    for number, source in enumerate(sources)
    for statement in INSTEAD.findall(source)
]
NETWORKS = [cell for cell in CELLS if "load_checkpoint" in cell[2]]
TRAINED = sorted({path for path, _, _ in CELLS})


def name_of(cell):
    """Return the name under which it is kept: a search has it from its tuner."""
    path, number, statement = cell
    if "load_search" in statement:
        behind = execute.code_behind(CODE[path], number)
        return re.findall(r"project_name='(\w+)'", behind)[-1]
    return ast.literal_eval(LOAD.fullmatch(statement)["name"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    return tmp_path


# --- what is in the repository ----------------------------------------------------------------


def test_each_file_is_used_by_a_cell_whose_code_is_the_same_still():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 15e6
    made_by = json.loads((FOLDER / "made-by.json").read_text())
    assert {path.stem for path in FOLDER.iterdir()} == {"made-by"} | set(made_by)
    marks = {name_of(cell): execute.mark(CODE[cell[0]], cell[1]) for cell in CELLS}
    assert made_by == marks, "execute the notebook: tools/execute.py"


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: path.stem)
def test_where_one_training_can_be_skipped_all_can(path):
    for source in CODE[path]:
        trains = re.search(r"\.fit\(|side_by_side\(|^search\(", source, re.MULTILINE)
        if trains and not source.startswith("def "):
            assert INSTEAD.search(source) or "line.fit" in source, source


@pytest.mark.parametrize("cell", NETWORKS, ids=name_of)
def test_a_stored_network_is_the_one_that_the_cell_builds_and_gives_the_stored_score(
    cell, monkeypatch
):
    source = CODE[cell[0]][cell[1]]
    # Everything but the training.
    monkeypatch.setattr(keras.Model, "fit", lambda *data, **settings: None)
    names = vars(models) | vars(training) | {"keras": keras, "input_shape": (64, 64, 3)}
    names |= {"training": training, "train": lambda *data, **settings: None}
    names |= dict.fromkeys(("validation", "many", "train_labels", "val_scaled", "val_labels"))
    names["train_scaled"] = np.empty((0, 64, 64, 3))
    exec(source, names)
    built = names[cell[2].partition(",")[0]]
    model, history = load_checkpoint(name_of(cell))
    if cell[0].name.startswith("08-"):  # layers of layers have names that count up
        assert [n.name for n in model.layers] == [n.name for n in built.layers]
        assert [w.shape for w in model.weights] == [w.shape for w in built.weights]
    else:
        assert [n.get_config() for n in model.layers] == [n.get_config() for n in built.layers]

    restored = "restore_best_weights=True" in source
    final = int(np.argmin(history.history["val_loss"])) if restored else -1
    parts = load_data("sketch-street-10", test_fraction=0.5 if "final" in source else None)
    images, labels = parts[1]
    loss, accuracy = model.evaluate(scale(images), labels, verbose=0)
    # 16 bits, perhaps, where it was trained, and 32 here.
    assert loss == pytest.approx(history.history["val_loss"][final], abs=0.05)
    assert accuracy == pytest.approx(history.history["val_accuracy"][final], abs=0.021)


# 07 takes long, and of 08 the default run loads nearly all anyway: see LOADED in conftest.py.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.weekly if path.name[:2] in ("07", "08") else ())
        for path in TRAINED
    ],
    ids=lambda path: path.stem,
)
def test_a_notebook_says_the_same_when_everything_is_loaded(path):
    """With each training replaced by its line, all claims and checks print what they did."""
    stored, notebook = nbformat.read(path, as_version=4), all_loaded(path)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": path.parent}}).execute()
    for before, after in zip(stored.cells, notebook.cells, strict=True):
        if draw_few(before.source) != before.source:
            continue
        if before.source != after.source:
            assert printed(after).startswith("Loaded, not trained here: "), after.source
        elif "nbval-ignore-output" not in before.metadata.get("tags", []):
            assert printed(after) == printed(before), before.source


# --- keeping and loading ----------------------------------------------------------------------


def test_a_network_comes_back_without_its_optimizer(folder):
    data = np.random.default_rng(1).random((8, 20, 20, 3), dtype=np.float32), np.arange(8) % 3
    model = compile_model(create_cnn((20, 20, 3), n_blocks=1, filters=4, n_classes=3))
    history = model.fit(*data, epochs=2, validation_data=data, verbose=0)
    checkpoints.save_checkpoint("small", model, history)
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


def test_a_search_comes_back_without_the_weights_of_its_trials(folder, tmp_path_factory):
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


# What git has in place of a file that it has not fetched, and what half a download leaves.
@pytest.mark.parametrize("content", [b"version https://git-lfs.github.com/spec/v1", b"PK\3\4", b""])
def test_a_damaged_file_is_named_with_the_way_to_get_it_back(folder, content):
    for name in ("n.keras", "n.json"):
        (folder / name).write_bytes(content)
    for load in (load_checkpoint, load_results):
        with pytest.raises(ValueError, match=r"n\.\w+ is damaged. `git checkout -- data/check"):
            load("n")


@pytest.mark.parametrize("content", ["[]", "{}", "null", '{"loss": 3}', '{"accuracy": [1]}'])
def test_a_history_that_is_none_is_named_with_the_way_to_get_it_back(folder, content):
    shutil.copy(FOLDER / "two-blocks.keras", folder / "n.keras")
    (folder / "n.json").write_text(content)
    with pytest.raises(ValueError, match=r"n\.json cannot be loaded .*`git checkout -- data/check"):
        load_checkpoint("n")


@pytest.mark.parametrize("kept", [[], ["config.json", "metadata.json"]])
def test_a_network_that_is_none_is_named_with_the_way_to_get_it_back(folder, kept):
    (folder / "n.json").write_text('{"loss": [1]}')
    with (
        zipfile.ZipFile(FOLDER / "two-blocks.keras") as whole,
        zipfile.ZipFile(folder / "n.keras", "w") as part,
    ):
        for name in kept:
            part.writestr(name, whole.read(name))
    with pytest.raises(ValueError, match=r"n\.keras cannot be loaded .*`git checkout -- data/chec"):
        load_checkpoint("n")


@pytest.mark.parametrize("damage", ["a trial", "a list", "the list"])
def test_a_search_with_a_part_missing_is_named(folder, tmp_path_factory, damage):
    shutil.copytree(FOLDER / "random", folder / "random")
    if damage == "a trial":
        (folder / "random" / "trial_2" / "trial.json").unlink()
    elif damage == "a list":
        (folder / "random" / "oracle.json").write_text("{}")
    else:
        (folder / "random" / "oracle.json").unlink()
    tuner = keras_tuner.RandomSearch(
        lambda hp: create_cnn((64, 64, 3)), objective="val_loss", project_name="random",
        directory=str(tmp_path_factory.mktemp("search")),
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"random is damaged. `git checkout -- data/checkpoints`"):
        load_search(tuner)


def test_without_the_folder_the_advice_is_the_same(folder):
    folder.rmdir()
    for load in (load_checkpoint, load_results):
        with pytest.raises(ValueError, match=r"There are: none\. .*`git checkout -- data/check"):
            load("two-blocks")


def test_only_other_code_or_damage_replaces_what_is_kept(folder):
    path = folder / "r.json"

    def kept(value, **how):
        checkpoints.keep("results", "r", [value], **how)
        return load_results("r") == [value]

    assert kept(1, code="a")
    assert not kept(2, code="a")
    assert kept(3, code="b")
    assert kept(4, code="b", anew=True)
    path.write_text("[4")
    assert kept(5, code="b")
    path.unlink()
    assert kept(6, code="b") and not kept(7, code="b")


# --- executing and tidying notebooks ----------------------------------------------------------

DEFINITION = "import numpy\ndef train(x):\n    return [x]"
TRAINING = '# Instead of training: x = load_results("kept")\nx = train(1.5)\nprint(x)'


def test_text_is_no_code_and_what_a_training_cell_calls_is():
    mark = execute.mark([DEFINITION, "y = 2", TRAINING], 2)
    comment = TRAINING.replace("\nx", "\n# Something else.\nx").replace("(1.5)", "( 1.5 )")
    assert execute.mark(["import keras\n" + DEFINITION, "y = 3", comment], 2) == mark
    assert execute.mark([DEFINITION.replace("[x]", "[2 * x]"), "y = 2", TRAINING], 2) != mark
    assert execute.mark([DEFINITION, "y = 2", TRAINING.replace("1.5", "2.5")], 2) != mark


def test_executing_a_notebook_keeps_results_and_leaves_the_code_as_it_was(tmp_path):
    first = "from helpers.backstage import checkpoints\ncheckpoints.FOLDER = checkpoints.Path('.')"
    cells = [nbformat.v4.new_code_cell(text) for text in (first, DEFINITION, TRAINING)]
    (tmp_path / "helpers").symlink_to(execute.NOTEBOOKS / "helpers")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "n.ipynb")
    execute.execute(tmp_path / "n.ipynb")
    done = nbformat.read(tmp_path / "n.ipynb", as_version=4)
    assert done.cells[2].source == TRAINING and done.cells[2].outputs[0].text == "[1.5]\n"
    assert json.loads((tmp_path / "kept.json").read_text()) == [1.5]


def test_each_kind_of_cell_keeps_what_it_says_it_can_load():
    network = keeping(['# Instead of training: a, b = load_checkpoint("x")'], 0)
    assert "\nimport helpers.backstage.checkpoints as kept; " in network
    assert "kept.keep('checkpoint', \"x\", a, b, code=" in network
    search = keeping(["# Instead of training: load_search(t)\nsearch(t)"], 0)
    assert "kept.keep('search', t, code=" in search
    assert keeping(["a = 1"], 0) == "a = 1"


def test_a_notebook_that_jupyterlab_saved_is_tidied_and_not_executed(tmp_path, monkeypatch, capsys):
    widget = {execute.WIDGET: {"model_id": "0f", "version_major": 2, "version_minor": 0}}
    shown = {"editable": True, "slideshow": {"slide_type": ""}, "execution": {"idle": "12:00"}}
    lesson = {"minutes": 20, "steps": ["data"]}
    cells = [
        {"id": "title", "cell_type": "markdown", "source": "# A", "metadata": {"tags": []}},
        {"id": "note", "cell_type": "markdown", "source": "### Note",
         "metadata": {**shown, "tags": ["instructor"], "jp-MarkdownHeadingCollapsed": False}},
        {"id": "3f9c2b7e-8d4a-4c1b-9a58-0c5d1d2f6b11", "cell_type": "code", "execution_count": 7,
         "source": "raise SystemExit", "metadata": {"numbers": ["12"], "collapsed": False},
         "outputs": [
            {"output_type": "display_data", "data": widget, "metadata": {}},
            {"output_type": "stream", "name": "stdout", "text": "Epoch 1\r       \r"},
            {"output_type": "stream", "name": "stdout", "text": "Training finished.\n"}]},
        {"id": "aa11bb22", "cell_type": "code", "execution_count": None, "source": "",
         "metadata": {"trusted": True}, "outputs": []},
    ]  # fmt: skip
    metadata = {
        "kernelspec": {"display_name": "lesson", "language": "python", "name": "lesson"},
        "language_info": {"name": "python", "version": "3.12.1", "file_extension": ".py"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        "lesson": lesson,
    }
    path = tmp_path / "n.ipynb"
    saved = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(saved), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["execute.py", "--tidy", str(path)])
    assert execute.main() == 0
    said = capsys.readouterr().out
    assert "not executed from top to bottom" in said and cells[2]["id"] in said

    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert notebook.metadata["language_info"] == {"name": "python"}
    assert set(notebook.metadata) == {"kernelspec", "language_info", "lesson"}
    assert notebook.metadata["lesson"] == lesson
    collapsed = {"tags": ["instructor"], "jp-MarkdownHeadingCollapsed": True}
    assert [cell.metadata for cell in notebook.cells] == [{}, collapsed, {"numbers": ["12"]}]
    (output,) = notebook.cells[2].outputs
    assert output["text"] == "Training finished.\n" and notebook.cells[2].execution_count == 7

    before = path.read_bytes()
    assert execute.main() == 0 and path.read_bytes() == before
