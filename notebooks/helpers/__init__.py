"""What the notebooks of the lesson share.

==================  ======================================================================
``data``            the pictures
------------------  ----------------------------------------------------------------------
`load_data`         load a data set from disk
`load_photos`       load photographs of your own
`draw_more`         draw more pictures like those of Sketch Street 10
`class_names`       the names of its classes
`scale`             bring pixel values from 0...255 to 0...1
------------------  ----------------------------------------------------------------------
``models``          the networks
------------------  ----------------------------------------------------------------------
`create_dense`      a network of dense layers only
`create_cnn`        a convolutional network
`create_body`       convolution with batch normalization, without a head
`load_body`         such a body, trained on other kinds of things
`add_head`          a body and a head make a network
------------------  ----------------------------------------------------------------------
``training``        training them
------------------  ----------------------------------------------------------------------
`compile_model`     give a network its loss, its optimizer and its metric
`Progress`          show how far a training is
`train`             train it, after a look at what it is given
------------------  ----------------------------------------------------------------------
``plots``           looking at things
------------------  ----------------------------------------------------------------------
`plot_images`       pictures in a grid, with their categories
`plot_class_counts` how many pictures each category has
`plot_history`      how a metric went in a training
`plot_histories`    the same, of several trainings
`apply_kernel`      slide a kernel over a picture
`plot_kernel`       a picture, a kernel, and what comes out
`plot_dropout_sweep` validation loss against dropout rate
`plot_search`       the result of a search over two hyperparameters
`plot_confusion`    true against predicted categories
`plot_ladder`       accuracies, from the lowest to the highest
`plot_reliability`  how often answers are right, against how sure they are
------------------  ----------------------------------------------------------------------
`catch_up`          define what stands above a stop: ``from helpers import catch_up``
`is_this_normal`    whether a training went as it usually does, and why not: likewise
==================  ======================================================================

Beside these: ``challenges`` looks at answers, ``play`` has the playgrounds, and ``backstage``
is what runs behind the stage; nobody need read it to follow the lesson.
"""

# As short as it can be typed by someone who has fallen behind. It imports no TensorFlow.
from helpers.backstage.catching_up import catch_up

__all__ = ["catch_up", "is_this_normal"]


def __getattr__(name: str) -> object:
    # Not imported before it is asked for: it needs NumPy, and this file nothing.
    if name == "is_this_normal":
        from helpers.backstage.normal import is_this_normal

        return is_this_normal
    raise AttributeError(f"helpers has no {name!r}.")
