"""Put one shipped picture of each category side by side, for the top of README.md.

python fig/contact_sheet.py [FOLDER]
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data" / "sketch-street-10"
NUMBERS = (8, 7, 3, 8, 1, 3, 3, 3, 1, 4)  # which picture of each category, counted from 0


def main() -> None:
    images, labels = np.load(DATA / "train_images.npy"), np.load(DATA / "train_labels.npy")
    chosen = [images[labels == label][number] for label, number in enumerate(NUMBERS)]
    rows = [np.concatenate(chosen[start : start + 5], axis=1) for start in (0, 5)]
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fig"
    Image.fromarray(np.concatenate(rows)).save(folder / "sketch-street.png", optimize=True)


if __name__ == "__main__":
    main()
