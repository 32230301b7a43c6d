"""The plots and contact sheets that only the site shows, each made from what is stored in data/."""

import io
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from helpers.backstage.figures import figure_as_html, set_up
from helpers.backstage.files import DATA_FOLDER
from helpers.backstage.normal import all_ranges, draw_range
from helpers.data import class_names
from helpers.plots import TRAINING, VALIDATION, plot_dropout_sweep, plot_ladder

RUNS = DATA_FOLDER / "runs"
COLUMNS = 16


def shown(figure: Figure) -> str:
    """Return a figure as an HTML image, and forget it."""
    page = figure_as_html(figure)
    plt.close(figure)
    return page


def ladder(table: str, column: str) -> str:
    """Return accuracies, from the lowest to the highest: of networks, and of simple models."""
    runs = pd.read_csv(RUNS / table)
    means = runs.groupby("network", sort=False)[column].agg(["mean", "std"])
    means.index = means.index.str.replace(r"\b(\d)(\d{3})\b", r"\1,\2", regex=True)
    scores = {name: tuple(row) for name, row in zip(means.index, means.to_numpy(), strict=True)}
    if column == "score_accuracy":
        simple = pd.read_csv(RUNS / "baselines.csv").set_index("network")[column]
        scores |= {f"{name} (no network)": score for name, score in simple.items()}
    ax = plot_ladder(scores)
    ax.margins(y=0.01)
    return shown(ax.figure)


def learning_curve() -> str:
    """Return the accuracy of one network against the number of pictures that it learned from."""
    runs = pd.read_csv(RUNS / "ladder.csv")
    part = runs[runs.network.str.fullmatch(r"\d+ pictures")].groupby("pictures")
    table = part[["accuracy", "score_accuracy"]].agg(["mean", "std"])
    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for column, name, color in (
        ("accuracy", "on the pictures it learned from", TRAINING),
        ("score_accuracy", "on other pictures", VALIDATION),
    ):
        ax.errorbar(
            table.index, table[column, "mean"], table[column, "std"],
            marker="o", capsize=3, color=color, label=name,
        )  # fmt: skip
    ax.set(xscale="log", xlabel="training pictures", ylabel="accuracy", ylim=(0, 1))
    ax.set_xticks(table.index, [f"{n:,}" for n in table.index])
    ax.minorticks_off()
    ax.legend()
    rises = ", ".join(f"{n:,}: {m:.2f}" for n, m in table["score_accuracy", "mean"].items())
    figure.set_label(f"Accuracy on other pictures rises with the training pictures. {rises}.")
    return shown(figure)


def dropout_sweep() -> str:
    """Return the validation loss against the dropout rate."""
    runs = pd.read_csv(RUNS / "runs.csv")
    part = runs[runs.network.str.startswith("sweep ")]
    rates = part.network.str.removeprefix("sweep ").astype(float)
    return shown(
        plot_dropout_sweep(part.assign(dropout_rate=rates, val_loss=part.best_val_loss)).figure
    )


def normal_ranges() -> dict[str, list[tuple[str, int, str]]]:
    """Return by data set and training: how many seeds, and the mean curves over their range."""
    pages = {}
    for title, trainings in all_ranges().items():
        rows = pages.setdefault(title, [])
        for name, normal in trainings.items():
            mean = {
                metric: [math.exp(v) if "loss" in metric else v for v in values]
                for metric, values in normal["mean"].items()
            }
            figure = draw_range(mean, normal)
            figure.set_label(f"{name}. Mean curves. {figure.get_label()}")
            rows.append((name, normal["seeds"], shown(figure)))
    return pages


def contact_sheets() -> list[tuple[str, int, bytes, int, int]]:
    """Return for each category: name, pictures, a sheet of all of them as WebP, width, height.

    Those for training come first.
    """
    folder = DATA_FOLDER / "sketch-street-10"
    images, labels = (
        np.concatenate([np.load(folder / f"{part}_{kind}.npy") for part in ("train", "test")])
        for kind in ("images", "labels")
    )
    sheets = []
    for label, name in enumerate(class_names("sketch-street-10")):
        chosen = images[labels == label]
        height, width = chosen.shape[1:3]
        opaque = np.full((height, width), 255, "uint8")
        rows = math.ceil(len(chosen) / COLUMNS)
        sheet = np.zeros((rows * height, COLUMNS * width, 4), "uint8")  # clear where none is left
        for place, picture in enumerate(chosen):
            row, column = divmod(place, COLUMNS)
            top, left = row * height, column * width
            sheet[top : top + height, left : left + width] = np.dstack([picture, opaque])
        buffer = io.BytesIO()
        Image.fromarray(sheet).save(buffer, "WEBP", quality=80)
        sheets.append((name, len(chosen), buffer.getvalue(), sheet.shape[1], sheet.shape[0]))
    return sheets


set_up([TRAINING, VALIDATION])
