"""Tell whether a training went as it usually does, and what may be the matter where it did not.

``data/runs/normal.json`` holds, for each training of the lesson, mean and standard deviation of
every metric after every epoch, over some seeds: ``tools/benchmarks/curves.py`` makes it.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from helpers.backstage.files import DATA_FOLDER, last_title

# Whoever only loads pictures needs no plots.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILE = DATA_FOLDER / "runs" / "normal.json"
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
# In the second half of a training, a curve is usually no more than so many standard deviations from
# the mean. data/README.md says how often a normal training is not.
USUAL = 5.0
# A loss that stays above this part of what it usually begins with has not moved.
STUCK = 0.97
# Who names the largest category each time is right for 0.13 of the pictures.
BLIND = 0.17

REASONS = {
    "not a number": "A loss is no number any more: the learning rate is much too high, or a "
    "picture holds a value that is none.",
    "not scaled": "Pictures were not scaled and go from 0 to 255. Train with scale(images), and "
    "validate with scaled pictures, too.",
    "scaled twice": "Pictures were scaled twice, and are almost black. Call scale() once, on what "
    "load_data() gave you.",
    "softmax": "The last layer has a softmax, and the loss expects logits (from_logits=True). "
    "Leave the activation of the last layer out.",
    "shuffled": "Pictures and labels do not belong together: one was shuffled, sorted or cut "
    "without the other. Load them again, and change both in the same way.",
    "rate too high": "The learning rate is too high.",
    "rate too low": "The learning rate is too low.",
    "dropout left on": "Dropout works in validation, too. Use keras.layers.Dropout, which knows "
    "when a network is trained.",
    "dropout left in": "The network has dropout that the lesson's has not, or more of it.",
    "dropout left out": "The network lacks dropout that the lesson's has.",
    "validation trained on": "It has seen the validation pictures in training. Train a new "
    "network, with the training pictures only.",
    "too few epochs": "It was trained for fewer epochs than in the lesson.",
}


# What the settings of a network show.
SET = {reason for reason in REASONS if reason.startswith(("softmax", "rate", "dropout"))}

# A dictionary has no network, and a network of somebody's own making may lack anything.
UNKNOWN = (AttributeError, LookupError, NotImplementedError, TypeError, ValueError)


class NoRangeError(LookupError):
    """Nobody has measured what is normal here."""


class Verdict(NamedTuple):
    """What can be said about a training.

    Attributes
    ----------
    outside : tuple of str
        The metrics whose curves are not normal.
    reasons : tuple of str
        Keys of `REASONS`; what explains it best comes first.
    """

    outside: tuple[str, ...]
    reasons: tuple[str, ...]


def is_this_normal(name: str, history: object) -> None:
    """Say whether a training went as it usually does, show it, and say what may be the matter.

    Parameters
    ----------
    name : str
        What the lesson calls this training, such as "two blocks".
    history : keras.callbacks.History or mapping
        What ``fit`` or ``train`` returned; or its ``history``, which says less about the causes.

    Raises
    ------
    ValueError
        If the lesson has no training of this name, or there is no history.

    Examples
    --------
    >>> from helpers import is_this_normal
    >>> is_this_normal("two blocks", history)  # doctest: +SKIP
    two blocks: normal. All curves run near those of ten other seeds.
    """
    from IPython.display import display

    values = values_of(history)
    try:
        normal = find_range(name)
        verdict = judge(name, history)
    except NoRangeError as error:
        print(error)
        return
    epochs, seeds = len(values["loss"]), normal["seeds"]
    if verdict.outside:
        found = ", ".join(metric.replace("val_", "validation ") for metric in verdict.outside)
        print(f"{name}: not normal. Far from {seeds} other seeds: {found}.")
    else:
        print(f"{name}: normal. All curves run near those of {seeds} other seeds.")
    if verdict.reasons:
        print("What usually explains it:" if verdict.outside else "What differs from the lesson:")
    elif verdict.outside:
        print("No mistake that is known here explains it. Train once more, with another seed.")
    for reason in verdict.reasons:
        print(f"- {REASONS[reason]}{_details(reason, history, normal, epochs)}")
    figure = draw_range(values, normal)
    display(figure)


def find_range(name: str) -> dict:
    """Return what is normal for a training, with the data that were loaded last.

    Parameters
    ----------
    name : str
        Such as "two blocks".

    Returns
    -------
    dict
        "mean" and "std": for each metric, one value for each epoch; of a loss, those of its
        logarithm. "seeds": how many there were.
        "lengths": for how many epochs the lesson trains. "settings": see `settings_of`. "steps":
        of an epoch.

    Raises
    ------
    NoRangeError
        If nobody has measured it with these data.
    ValueError
        If the lesson has no training of this name; the message says which ones there are.
    """
    title = last_title()
    known = {key: value for key, value in all_ranges().items() if not title or key == title}
    if not known:
        raise NoRangeError(
            f"Nobody has measured what is normal with the data {title}; there are ranges for "
            f"{', '.join(all_ranges())}. Train with some more seeds, and compare with these."
        )
    for trainings in known.values():
        if normal := pick(trainings, str(name)):
            return normal
    names = ", ".join(name for trainings in known.values() for name in trainings)
    raise ValueError(f"There is no range for {str(name)!r}. There are: {names}.")


def pick(trainings: Mapping[str, dict], name: str) -> dict | None:
    """Return what is normal for a training among these, whatever its name is written like."""
    for training, normal in trainings.items():
        if _plain(training) == _plain(name):
            return normal
    return None


def _plain(name: str) -> str:
    return " ".join(name.replace("-", " ").split()).lower()


@cache
def all_ranges() -> dict[str, dict[str, dict]]:
    """Return what is normal: for each data set, for each training."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def values_of(history: object) -> dict[str, list[float]]:
    """Return the curves of a training, from what ``fit`` returned or from its dictionary."""
    values = getattr(history, "history", history)
    if not isinstance(values, Mapping) or "loss" not in values:
        raise ValueError(
            f"A history is expected, found {type(history).__name__}. Give what model.fit(...) or "
            "train(...) returned."
        )
    values = {name: list(map(float, values[name])) for name in METRICS if name in values}
    lengths = {name: len(series) for name, series in values.items()}
    if not values["loss"] or len(set(lengths.values())) > 1:
        raise ValueError(
            f"The history has so many epochs: {lengths}. At least one is expected, and the same "
            "number for each metric. Train again."
        )
    return values


def judge(name: str, history: object) -> Verdict:
    """Compare a training with what is normal for it: see `is_this_normal`."""
    normal, values = find_range(name), values_of(history)
    params = getattr(history, "params", None) or {}
    theirs, ours = _settings_of(history), normal["settings"]
    other = [key for key in SAME if theirs and theirs[key] != ours[key]]
    if other:
        found, expected = (
            ", ".join(f"{key} {part[key]}" for key in other) for part in (theirs, ours)
        )
        raise NoRangeError(
            f"This is not how the lesson trains {name}, and nobody has measured what is normal for "
            f"it. Found: {found}. Expected: {expected}."
        )
    far_off = distances(values, normal)
    outside = _outside(far_off)
    reasons = list(_from_settings(history.model, theirs, ours)) if theirs else []
    if outside:
        found = _from_curves(values, far_off, math.exp(normal["mean"]["loss"][0]))
        # Where the settings are known, nobody need guess them.
        reasons += [reason for reason in found if not (theirs and reason in SET)]
    steps = params.get("steps", normal["steps"])
    if steps != normal["steps"] and "validation trained on" not in reasons:
        raise NoRangeError(
            f"An epoch had {steps} steps, and {normal['steps']} in the lesson: other pictures, or "
            "batches of another size. Nobody has measured what is normal with these."
        )
    # A training that was stopped early was meant to be longer.
    if max(params.get("epochs", 0), len(values["loss"])) < min(normal["lengths"]):
        reasons.append("too few epochs")
    return Verdict(outside, tuple(dict.fromkeys(reasons)))


def remark(model: Any, params: Mapping[str, int], values: Mapping[str, Sequence[float]]) -> str:
    """Return a line on a training of the lesson that is far from normal, and nothing on others.

    Parameters
    ----------
    model : keras.Model
        The network that was trained.
    params : mapping
        As Keras gives them to callbacks.
    values : mapping of str to sequence of float
        One value for each epoch.
    """
    try:
        theirs = settings_of(model)
    except UNKNOWN:
        return ""
    same = [
        name
        for name, normal in all_ranges().get(last_title(), {}).items()
        if all(theirs[key] == normal["settings"][key] for key in (*SAME, "rate", "dropout"))
        and params.get("steps") == normal["steps"]
        and len(values["loss"]) > 1
    ]
    # The same network may be trained with other pictures held out: one of these ranges is enough.
    if not same or not all(_outside(distances(values, find_range(name))) for name in same):
        return ""
    return f"This is far from normal. is_this_normal({same[0]!r}, history) says more."


def distances(values: Mapping[str, Sequence[float]], normal: Mapping) -> dict[str, np.ndarray]:
    """Return how far each value is above the mean, in standard deviations."""
    found = {}
    for metric, series in values.items():
        mean, std = (np.array(normal[key][metric][: len(series)]) for key in ("mean", "std"))
        scaled = spread_of(metric, np.array(series[: len(mean)]))
        found[metric] = np.nan_to_num((scaled - mean) / std, nan=math.inf)
    return found


def _outside(far_off: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """Return the metrics that are not usual in the second half."""
    return tuple(m for m, z in far_off.items() if np.mean(abs(z[len(z) // 2 :])) > USUAL)


def spread_of(metric: str, values: np.ndarray) -> np.ndarray:
    """Return values on the scale on which the seeds spread evenly: losses do by factors."""
    return np.log(np.maximum(values, 1e-6)) if "loss" in metric else values


def _from_curves(
    values: Mapping[str, Sequence[float]], far_off: Mapping[str, np.ndarray], first: float
) -> Iterator[str]:
    """Say what gives such curves; ``first`` is the usual loss after the first epoch."""
    loss = values["loss"]
    higher = {metric: np.median(z[len(z) // 2 :]) for metric, z in far_off.items()}
    slow = higher["loss"] > USUAL / 2
    worse = max(higher.get("val_loss", 0), -higher.get("val_accuracy", 0)) > USUAL / 2
    better = max(-higher.get("val_loss", 0), higher.get("val_accuracy", 0)) > USUAL / 2
    late = values.get("val_accuracy", [1.0])[len(loss) // 2 :]
    if not all(map(math.isfinite, loss)):
        yield "not a number"
    elif max(loss[0], values.get("val_loss", loss)[0]) > 2 * first:
        yield "not scaled"
    elif min(loss) > STUCK * first:
        yield from ("scaled twice", "rate too high", "rate too low")
    elif max(late) < BLIND:
        yield from ("shuffled", "rate too high")
    elif better and not slow:
        yield "validation trained on"
    elif slow and worse:
        yield from ("rate too high", "shuffled")
    elif slow:
        yield from ("rate too low", "dropout left in")
    elif worse:
        yield "dropout left on"
    elif higher["loss"] < -USUAL / 2:
        yield "dropout left out"


def _settings_of(history: object) -> dict[str, Any] | None:
    """Return the settings of the network that was trained, where it is known."""
    try:
        return settings_of(history.model)
    except UNKNOWN:
        return None


def _from_settings(model: Any, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """Say what is set in another way than in the lesson."""
    if theirs["softmax"]:
        yield "softmax"
    picture = np.full((1, *theirs["input"]), 0.5, "float32")
    answers = [model.predict_on_batch(picture) for _ in range(2)]
    if not np.array_equal(*answers):
        yield "dropout left on"
    if sum(theirs["dropout"]) != sum(ours["dropout"]):
        yield f"dropout left {'in' if sum(theirs['dropout']) > sum(ours['dropout']) else 'out'}"
    if not ours["rate"] / 3 < theirs["rate"] < 3 * ours["rate"]:
        yield f"rate too {'high' if theirs['rate'] > ours['rate'] else 'low'}"


def _details(reason: str, history: object, normal: Mapping, epochs: int) -> str:
    if reason.startswith("rate") and (theirs := _settings_of(history)):
        return f" It is {theirs['rate']:g}, in the lesson {normal['settings']['rate']:g}."
    if reason == "too few epochs":
        return f" It has {epochs}, in the lesson {' or '.join(map(str, normal['lengths']))}."
    return ""


# The settings in which two networks must agree to be compared.
SAME = ("input", "layers", "parameters", "optimizer")
ATTRIBUTES = ("filters", "kernel_size", "units", "pool_size", "momentum", "activation")


def settings_of(model: Any) -> dict[str, Any]:
    """Return what tells one training of the lesson from another.

    Parameters
    ----------
    model : keras.Model
        A compiled network.

    Returns
    -------
    dict
        "input": shape of a picture. "layers": those with something to learn or to set, in words.
        "parameters": how many are trained. "optimizer": its name. "rate": the learning rate at the
        beginning. "dropout": the rate of each layer. "softmax": whether it ends in one.
    """
    # Not above: that file imports this one, by way of Progress.
    from helpers.training import flatten

    layers = list(flatten(model))
    rate = model.optimizer.get_config()["learning_rate"]
    if isinstance(rate, Mapping):  # a schedule
        rate = rate["config"]["initial_learning_rate"]
    last = str(getattr(getattr(layers[-1], "activation", None), "__name__", ""))
    softmax = "softmax" in (last, type(layers[-1]).__name__.lower())
    words = [
        " ".join([type(layer).__name__, *_attributes(layer, softmax and layer is layers[-1])])
        for layer in layers
        if any(hasattr(layer, name) for name in ATTRIBUTES)
    ]
    return {
        "input": list(model.input_shape[1:]),
        "layers": words,
        "parameters": sum(math.prod(weight.shape) for weight in model.trainable_weights),
        "optimizer": type(model.optimizer).__name__,
        "rate": float(f"{float(rate):.4g}"),
        "dropout": [layer.rate for layer in layers if "Dropout" in type(layer).__name__],
        "softmax": softmax,
    }


def _attributes(layer: Any, softmax: bool) -> Iterator[str]:
    for name in ATTRIBUTES:
        value = getattr(layer, name, None)
        value = getattr(value, "__name__", value)
        if softmax and name == "activation":
            value = "linear"
        if value is not None:
            yield f"{name}={value}"


def usual(metric: str, normal: Mapping) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest usual value of a metric after each epoch."""
    mean, std = (np.array(normal[key][metric]) for key in ("mean", "std"))
    edges = mean - USUAL * std, mean + USUAL * std
    return tuple(np.exp(edge) if "loss" in metric else edge.clip(0, 1) for edge in edges)


def draw_range(values: Mapping[str, Sequence[float]], normal: Mapping) -> "Figure":
    """Draw the curves of a training over what is normal, which is shaded.

    Parameters
    ----------
    values : mapping of str to sequence of float
        One value for each epoch, under the names that Keras gives.
    normal : mapping
        As `find_range` returns it.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so that no cell shows it twice.
    """
    from matplotlib.figure import Figure

    from helpers.plots import TRAINING, VALIDATION, draw_metric

    figure = Figure(figsize=(8.8, 2.9), layout="constrained")
    n, words = len(values["loss"]), []
    for ax, metric in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for part, color in ((metric, TRAINING), (f"val_{metric}", VALIDATION)):
            band = [edge[:n] for edge in usual(part, normal)]
            ax.fill_between(range(1, len(band[0]) + 1), *band, color=color, alpha=0.2, lw=0)
        words += draw_metric(ax, values, metric, (TRAINING, VALIDATION))
        # A loss far above the others would leave no room for them.
        ax.set_ylim(0, 1 if metric == "accuracy" else 2 * math.exp(normal["mean"]["val_loss"][-1]))
    figure.set_label(f"Curves over {n} epochs, over shaded ranges: {'; '.join(words)}.")
    return figure
