"""What runs behind the stage: nobody need read it to follow the lesson.

======================  ==================================================================
``quiet``               start TensorFlow without its banner
``progress``            what is seen while a cell works
``parallel``            trainings side by side
``checkpoints``         load what was trained before
``catching_up``         bring a notebook to one of its stops
``figures``             the style of plots, and their text alternatives
``checks``              what several helpers demand of what they are given
``arithmetic``          shapes and parameters of a network, without Keras
``files``               find and read the files of a data set
``download``            fetch the photographs of Dollar Street 10
``photos``              photographs of one's own
``more_pictures``       draw more pictures
``practice``            the data of the practice notebook
``cluster``             how far a search on Ray is
======================  ==================================================================
"""
