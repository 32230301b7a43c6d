"""The challenges of notebook 9: a network of one's own."""

import re

from helpers.challenges.entries.common import (
    DIGIT,
    LOGITS,
    NO_FLATTEN,
    PHOTO,
    add,
    flaws_of_training,
    network,
)
from helpers.challenges.forms import Flaw, Network

add(
    "practice",
    Network,
    answer=(
        network("CPCPFDO", DIGIT),
        network("CPCPCPFDO", DIGIT),
        network("CPCPGDO", DIGIT),
        network("CAFO", DIGIT, hidden="tanh"),
    ),
    tempting=(
        Flaw(
            lambda facts: "C" not in facts.kinds,
            "Your network has no convolution. Dense layers alone can read simple pictures too, "
            "but here you practice what you learned: begin with a block of convolution and "
            "pooling.",
            network("FDO", DIGIT),
        ),
        Flaw(
            lambda facts: facts.input_shape == PHOTO,
            "Your network is the one for color pictures of 64 × 64 pixels. Layers can stay as "
            "they are, the input cannot. Look at the shape of one of the new pictures.",
            network("CPCPFDO"),
        ),
        Flaw(
            lambda facts: facts.input_shape[-1:] != (1,),
            "Your network does not expect gray pictures. They have one value at each pixel, "
            "and the number of channels stands last in the shape.",
            network("CPCPFDO", (28, 28, 3)),
        ),
        Flaw(
            lambda facts: facts.input_shape != DIGIT,
            "The input of your network does not fit the new pictures. Print their shape, and "
            "compare it with the input of your network.",
            network("CPFDO", (8, 8, 1)),
        ),
        Flaw(
            lambda facts: not re.search("[PAG]", facts.kinds),
            "Your network has no pooling. It would train, but with a very long vector after "
            "Flatten. Look at what follows each convolution in the lesson's network.",
            network("CFDO", DIGIT),
        ),
        Flaw(
            lambda facts: bool(re.match("[^FG]*D", facts.kinds)), NO_FLATTEN, network("CPDO", DIGIT)
        ),
        Flaw(
            lambda facts: facts.output_shape != (10,),
            "The last layer of your network has another size than it needs: one unit for each "
            "category. Count the different labels.",
            network("CPFDO", DIGIT, n_outputs=1),
        ),
        Flaw(
            lambda facts: "linear" in facts.activations[:-1],
            "A hidden layer has no activation. Two layers with nothing between them can do no "
            "more than one. Look at what each convolution and the hidden dense layer of the "
            "lesson's network has.",
            network("CPCPFDO", DIGIT, hidden=None),
        ),
        Flaw(
            lambda facts: facts.activations[-1] != "linear",
            LOGITS,
            network("CPCPFDO", DIGIT, last="softmax"),
        ),
        *flaws_of_training("CPFD", DIGIT),
    ),
    hint="print the shape of one picture after you gave it a channel axis, and use it as the "
    "shape of the input. Then come blocks of convolution and pooling, Flatten, and dense "
    "layers. The last one has a unit for each category.",
    right="Your network fits the new pictures. Built like the lesson's, it has 86,110 "
    "parameters with two blocks, and 48,660 with three. What if you add a fourth block? "
    "After three, 1 × 1 is left, and a kernel of 3 × 3 has no room. Now compile and train it, "
    "and look at both curves.",
    secrets=("86,?110", "48,?660"),
    numbers="size; size; parameters(size=28, channels=1);"
    "parameters(size=28, channels=1, blocks=3); shape('pool 3', size=28, channels=1, blocks=3);"
    "shape('pool 3', 1, size=28, channels=1, blocks=3); 3  # kernel_size of create_cnn;"
    "3  # kernel_size of create_cnn",
)
