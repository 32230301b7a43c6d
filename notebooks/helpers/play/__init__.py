"""Playgrounds: move a slider and see what a kernel, a pooling, a network, a loss makes of it.

Each is one line in a notebook, for example ``play_kernel(train_images, train_labels)``.
"""

from helpers.play.architecture import play_architecture
from helpers.play.descent import play_learning_rate
from helpers.play.dropout import play_dropout
from helpers.play.features import play_feature_maps
from helpers.play.kernel import play_kernel
from helpers.play.logits import play_logits
from helpers.play.naming import play_naming
from helpers.play.pooling import play_pooling

__all__ = [
    "play_architecture",
    "play_dropout",
    "play_feature_maps",
    "play_kernel",
    "play_learning_rate",
    "play_logits",
    "play_naming",
    "play_pooling",
]
