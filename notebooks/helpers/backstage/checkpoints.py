"""Keep what was trained, and load it in place of a training.

The files in ``data/checkpoints/`` come from the notebooks themselves: whoever executes them with
``tools/execute.py`` keeps what each training cell made. All were trained on Sketch Street 10.

==========================  ================================================================
File                        What is in it
==========================  ================================================================
``NAME.keras``              a network, with its weights, without the state of its optimizer
``NAME.json``               its history, or other results of trainings, with 5 digits
``NAME/``                   the finished trials of a search, as KerasTuner writes them
``made-by.json``            for each name, which code made it: see `keep`
==========================  ================================================================
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.backstage.quiet import keras
from helpers.data import DATA_FOLDER
from helpers.training import compile_model

if TYPE_CHECKING:
    import keras_tuner

FOLDER = DATA_FOLDER / "checkpoints"
AGAIN = "`git checkout -- data/checkpoints` brings back what is stored there."


def load_checkpoint(name: str) -> tuple[keras.Model, keras.callbacks.History]:
    """Load a trained network and its history, in place of training it.

    Parameters
    ----------
    name : str
        Name of the checkpoint, as it stands in the notebook.

    Returns
    -------
    model : keras.Model
        Compiled as :func:`helpers.training.compile_model` does, so that it can be evaluated or
        trained further.
    history : keras.callbacks.History
        As ``fit`` returned it.

    Raises
    ------
    ValueError
        If there is no checkpoint of this name, or its files are damaged.

    Examples
    --------
    >>> model, history = load_checkpoint("two-blocks")
    Loaded, not trained here: the network two-blocks, after 10 epochs, made with Sketch Street 10.
    """
    network, record = _find(name, ".keras"), _find(name, ".json")
    with _loading(network):
        model = compile_model(keras.models.load_model(network))
    # As after a training; a network that is saved without this complains when it is loaded again.
    model.optimizer.build(model.trainable_variables)
    history = keras.callbacks.History()
    with _loading(record):
        history.history = json.loads(record.read_text(encoding="utf-8"))
        history.epoch = list(range(len(history.history["loss"])))
    history.set_model(model)
    _say(f"the network {name}, after {len(history.epoch)} epochs")
    return model, history


def load_results(name: str) -> Any:
    """Load results of trainings, such as a list of losses, in place of training.

    Parameters
    ----------
    name : str
        Name of the results, as it stands in the notebook.

    Returns
    -------
    list or dict
        What the training cell would have made.

    Raises
    ------
    ValueError
        If there are no results of this name, or their file is damaged.

    Examples
    --------
    >>> histories = load_results("optimizers")
    Loaded, not trained here: the results optimizers, made with Sketch Street 10.
    >>> list(histories)
    ['sgd', 'rmsprop', 'adam']
    """
    results = json.loads(_find(name, ".json").read_text(encoding="utf-8"))
    _say(f"the results {name}")
    return results


def load_search(tuner: "keras_tuner.Tuner") -> None:
    """Give a tuner the trials of a stored search, in place of searching.

    Parameters
    ----------
    tuner : keras_tuner.Tuner
        Its ``project_name`` says which search. Trials it has already finished are replaced.

    Raises
    ------
    ValueError
        If no search of this name is stored, or its files are damaged.

    Examples
    --------
    >>> import keras_tuner, tempfile
    >>> from helpers.models import create_cnn
    >>> tuner = keras_tuner.GridSearch(
    ...     lambda hp: compile_model(create_cnn((64, 64, 3), n_blocks=hp.Int("n_blocks", 1, 3))),
    ...     objective="val_loss",
    ...     project_name="blocks_and_dropout",
    ...     directory=tempfile.mkdtemp(),
    ... )
    >>> load_search(tuner)
    Loaded, not trained here: 6 trials of the search blocks_and_dropout, made with Sketch Street 10.
    """
    folder = _find(tuner.project_name, "")
    with _loading(folder):
        shutil.copytree(folder, tuner.project_dir, dirs_exist_ok=True)
        tuner.reload()
    _say(f"{len(tuner.oracle.trials)} trials of the search {tuner.project_name}")


def save_checkpoint(name: str, model: keras.Model, history: keras.callbacks.History) -> None:
    """Keep a trained network and its history for :func:`load_checkpoint`."""
    # A copy that was never compiled, since the optimizer's state would make the file three times as
    # big, and in 32 bits, since many processors cannot compute in 16, or only slowly.
    config = model.get_config()
    for layer in config["layers"]:
        layer["config"]["dtype"] = "float32"
    copy = model.__class__.from_config(config)
    copy.set_weights(model.get_weights())
    copy.save(FOLDER / f"{name}.keras")
    save_results(name, history.history)


def save_results(name: str, results: Any) -> None:
    """Keep lists and dictionaries of numbers for :func:`load_results`."""
    text = json.dumps(_round(results))
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def save_search(tuner: "keras_tuner.Tuner") -> None:
    """Keep a search for :func:`load_search`, without the weights of its trials."""
    folder = FOLDER / tuner.project_name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tuner.project_dir, folder, ignore=shutil.ignore_patterns("checkpoint*"))


# What a cell can keep: how, and the endings of what is then there.
_KINDS = {
    "checkpoint": (save_checkpoint, (".keras", ".json")),
    "results": (save_results, (".json",)),
    "search": (save_search, ("",)),
}


def keep(kind: str, *what: Any, code: str, anew: bool = False) -> None:
    """Save what a cell made, unless the same code made what is stored.

    A training repeats itself up to rounding only: files would change whenever a notebook is
    executed because its text has changed.

    Parameters
    ----------
    kind : str
        "checkpoint", "results" or "search".
    *what
        What the function ``save_...`` of this kind takes.
    code : str
        A mark of the code, as ``tools/execute.py`` makes it.
    anew : bool
        Whether to save in any case.
    """
    save, endings = _KINDS[kind]
    name = getattr(what[0], "project_name", what[0])
    table = FOLDER / "made-by.json"
    made_by = json.loads(table.read_text(encoding="utf-8")) if table.exists() else {}
    whole = all(is_whole(FOLDER / f"{name}{ending}") for ending in endings)
    if anew or not whole or made_by.get(name) != code:
        save(*what)
        text = json.dumps(made_by | {name: code}, indent=1, sort_keys=True)
        table.write_text(text + "\n", encoding="utf-8")


def _find(name: str, ending: str) -> Path:
    path = FOLDER / f"{name}{ending}"
    if not path.exists() or not name:
        known = {p.stem for p in FOLDER.glob("*") if p.suffix == ending} - {"made-by"}
        raise ValueError(
            f"No checkpoint {path.name} in data/checkpoints. There are: "
            f"{', '.join(sorted(known)) or 'none'}. Write the name as in the notebook. {AGAIN}"
        )
    if not is_whole(path):
        raise ValueError(f"The checkpoint {path.name} is damaged. {AGAIN}")
    return path


@contextmanager
def _loading(path: Path) -> Iterator[None]:
    """Say what to do where a file is whole, and holds something else than it should."""
    try:
        yield
    # Keras and KerasTuner raise almost anything.
    except Exception as error:
        raise ValueError(
            f"The checkpoint {path.name} cannot be loaded ({error}). {AGAIN}"
        ) from error


def is_whole(path: Path) -> bool:
    """Return whether a file, or each one of a search, is there and can be read."""
    try:
        if path.is_dir():
            oracle = json.loads((path / "oracle.json").read_text(encoding="utf-8"))
            trials = [path / f"trial_{trial}" / "trial.json" for trial in oracle["start_order"]]
            return all(map(is_whole, [*trials, *path.rglob("*.json")]))
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as file:
                return file.testzip() is None
        json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, LookupError, zipfile.BadZipFile):
        return False
    return True


def _round(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _round(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_round(part) for part in value]
    return round(float(value), 5)


def _say(what: str) -> None:
    print(f"Loaded, not trained here: {what}, made with Sketch Street 10.")
