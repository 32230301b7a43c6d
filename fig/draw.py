"""Draw the figures that explain concepts.

    python fig/draw.py            draw all figures into this folder
    python fig/draw.py FOLDER     draw them into another folder

Nothing here is a measurement: figures that show results are made where the results are, in
the notebooks.
"""

import argparse
from pathlib import Path

import images
import learning
import matplotlib
import networks
from canvas import SETTINGS

# What a figure says to someone who cannot see it. It becomes the title inside the file, and
# the same words stand in README.md, from where notebooks take them.
ALT = {
    "workflow": "The ten steps of a deep-learning project as a path: 1 frame the problem, "
    "2 identify inputs and outputs, 3 prepare data, 4 choose a pretrained model or build an "
    "architecture, 5 choose loss function and optimizer, 6 train, 7 predict, 8 measure "
    "performance, 9 refine, 10 share. Notebook 01 treats steps 1 to 3, notebooks 02 and 03 "
    "step 4, notebook 04 steps 5 and 6 with a first look at 8, notebooks 05 and 06 step 9, "
    "notebook 07 steps 7, 8 and 10.",
    "splits": "All pictures are divided into three groups. The large training set teaches the "
    "network and changes its weights. The validation set is looked at again and again and guides "
    "your choices. The test set is looked at once, at the very end, and changes nothing.",
    "image-array": "A picture 4 pixels high and 5 wide is an array of three grids of numbers, "
    "for red, green and blue: shape (4, 5, 3). Six such pictures stacked make a batch of shape "
    "(6, 4, 5, 3): pictures, height, width, channels.",
    "layers": "Five panels in a row, with arrows from each to the next: a picture of a table "
    "lamp, layer 1 with edges, layer 2 with the lamp's parts, layer 3 with the whole lamp, and "
    "the output with a long bar at the class lamp and short bars at plate and sign.",
    "neuron": "Diagram of one neuron: the inputs 2, 1 and 3 times the weights 0.5, −1 and 0.4 are "
    "summed with the bias 0.3, which gives 1.5; the activation ReLU passes 1.5 on as the output.",
    "network": "Three columns of circles, input, hidden, output; arrows run from every circle to "
    "every circle in the next column.",
    "dense-layer": "Every one of 4 input circles is connected to every one of 3 units of the "
    "dense layer; the 4 lines to one unit are thick. Inputs times units gives 12 weights, and "
    "3 biases make 15 parameters.",
    "convolution": "Number grid of a picture that is dark above and light below, with a red 3×3 "
    "window, the kernel, and the output grid with the one red cell that they give: the nine "
    "products sum to 21. The output is large only where dark meets light.",
    "padding": "Left, valid padding: a 3×3 window stays inside a 5×5 picture and gives a 3×3 "
    "output. Right, same padding: with a border of zeros around the picture the output is 5×5, "
    "as large as before.",
    "channels": "Above: one filter of 3×3×3 numbers reads a window through all three channels of "
    "a picture and gives one number of one feature map. Below: four filters, A to D, give four "
    "feature maps, A to D.",
    "max-pooling": "4×4 grid in four colored and hatched blocks with the largest number of each "
    "block circled, and the 2×2 grid of these maxima: 5, 4, 2 and 8.",
    "receptive-field": "How many pixels of a row one number of the last layer depends on: "
    "3 after one convolution of size 3, 5 after two, and 8 after a convolution, a pooling of "
    "size 2 and another convolution.",
    "cnn": "The network as a row of boxes: input 64×64×3; convolution 62×62×50 with 1,400 "
    "parameters; max pooling 31×31×50; convolution 29×29×50 with 22,550; max pooling 14×14×50; "
    "flatten 9,800; dense 50 with 490,050; dense output 10 with 510: 514,510 in all.",
    "softmax": "The logits 0.4, 2.0, 1.0 and −0.8 of four classes as bars, e to the power of "
    "each, and, divided by their sum, the shares 0.12, 0.61, 0.23 and 0.04, which sum to 1.",
    "learning-rate": "Eight steps of gradient descent on a bowl-shaped loss, from the same start. "
    "Too small a rate ends far from the bottom, the right one at the bottom, and too large a rate "
    "jumps from side to side, higher each time.",
    "overfitting": "Sketch of two curves over the epochs of training: training loss keeps falling; "
    "validation loss falls at first, reaches its lowest point, and rises from there on, where "
    "overfitting begins.",
    "dropout": "Left: full network; right: the same with several nodes crossed out and their "
    "connections removed.",
    "early-stopping": "Sketch of validation loss per epoch: it is lowest in epoch 7; three epochs, "
    "the patience, pass without a better one, training stops after epoch 10, and the weights of "
    "epoch 7 are restored.",
    "search": "Two squares of dropout rate against learning rate with nine runs each. Grid "
    "search: a regular grid that tries 3 values of each. Random search: scattered points that "
    "try 9 values of each.",
    "many-machines": "Six trials, of which 1 and 2 are done, a head that hands them out, and three "
    "workers. Two of the workers train trials 3 and 4. The third was killed while it trained trial "
    "5; an arrow leads back to the head, where trial 5 waits for another worker.",
    "confusion": "Confusion matrix of three classes, rows true, columns predicted. The diagonal "
    "holds 8, 9 and 7, so 24 of 30 pictures are right. The row of true signs reads 2 called "
    "plate, 1 called lamp, 7 found.",
    "precision-recall": "The same confusion matrix of the digits 3, 5 and 8 twice. Precision: "
    "the column of what was called 8 is framed; it reads 1, 1, 7, so 7 of 9 are eights, 0.78. "
    "Recall: the row of the true eights is framed; it reads 2, 1, 7, so 7 of 10 were found, 0.70.",
}

FIGURES = {**learning.FIGURES, **images.FIGURES, **networks.FIGURES}


def draw(folder: Path) -> None:
    """Draw all figures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(SETTINGS):
        for name, alt in ALT.items():
            FIGURES[name]().save(folder / f"{name}.svg", alt)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).resolve().parent
    parser.add_argument("folder", nargs="?", type=Path, default=here)
    draw(parser.parse_args().folder)
