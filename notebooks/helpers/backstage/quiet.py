"""Start TensorFlow without its banner. Import this before keras.

TensorFlow writes a few lines about the processor while it is being imported. They come
from C++ code, differ from machine to machine, and say nothing that this lesson needs.
The environment variable silences later messages; the first ones come before it is read,
so the error stream leads nowhere while the import runs. A real failure still arrives as
a Python exception.

A later message is left out as well: that a function of TensorFlow was traced anew, as happens
wherever a notebook makes one small network after another.

The user's own ``keras.json`` decides nothing: pictures have their channels last, numbers 32 bits,
and the backend is TensorFlow unless ``KERAS_BACKEND`` names another one.

The tables of ``model.summary()`` have the color of all text. Keras prints numbers in pale green and
blue, which many people cannot read on white, and has no setting for it.

On a GPU, TensorFlow takes memory as it needs it. By itself it would take all of it at once, and the
next notebook, or a search with trainings side by side, would find none.
"""

import importlib.util
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
_stderr = os.dup(2)
_nowhere = os.open(os.devnull, os.O_WRONLY)
try:
    os.dup2(_nowhere, 2)
    import keras
    from keras.src.utils import summary_utils

    # Keras on another backend imports it later, for what it does with data.
    if keras.backend.backend() != "tensorflow" and importlib.util.find_spec("tensorflow"):
        importlib.import_module("tensorflow")
finally:
    os.dup2(_stderr, 2)
    os.close(_stderr)
    os.close(_nowhere)

keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
summary_utils.highlight_number = summary_utils.highlight_symbol = str

logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in record.getMessage())

__all__ = ["has_gpu", "keras"]


def has_gpu() -> bool:
    """Return whether Keras computes on a graphics card."""
    if keras.backend.backend() == "torch":  # there, Keras cannot list devices
        return keras.ops.zeros(()).device.type != "cpu"
    return bool(keras.distribution.list_devices("gpu"))
