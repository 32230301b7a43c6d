"""Draw parts of a set for another process: tasks come in on standard input, pictures go out.

    python -m data.drawing.worker

It ends when its input ends, so it never outlives the process that started it for long.
"""

import pickle
import sys

from data.drawing.sketch_street import draw_part


def main() -> None:
    """Answer each pickled (seed, first, labels[, names]) with what ``draw_part`` returns."""
    while True:
        try:
            task = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(draw_part(*task), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
