"""Execute notebooks in place, each in a fresh kernel, and tidy what they keep.

    python tools/execute.py notebooks/02-convolutional-layers.ipynb ...

Without a name, all notebooks are executed. A notebook is only overwritten when it ran to
its end. Kept: outputs and the order of execution, and, in data/checkpoints, what the cells
made that say "Instead of training: ...". Removed: whatever differs between two runs of the
same notebook without saying anything (times, versions, lines of progress that were
overwritten on the screen, widgets, which a stored notebook cannot show).
"""

import argparse
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbval.plugin import coalesce_streams

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"
INSTEAD = re.compile(r"(?m)^ *# Instead of training: (.+)$")
LOAD = re.compile(r"(?:(?P<to>.+) = )?load_(?P<kind>\w+)\((?P<name>.*)\)")


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Remove what differs between two runs of the same notebook, in place."""
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            # As nbval does before it compares: of a line that rewrites itself, the last text.
            cell.outputs = coalesce_streams(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
            cell.outputs = [out for out in cell.outputs if out.get("data", True)]


def keeping(source: str) -> str:
    """Return the code of a cell, with a last line that keeps what it trained, if it says how."""
    for statement in INSTEAD.findall(source):
        loads = LOAD.fullmatch(statement)
        arguments = ", ".join(filter(None, (loads["name"], loads["to"])))
        source += f"\nimport helpers.backstage.checkpoints as kept; kept.save_{loads['kind']}({arguments})"
    return source


def execute(path: Path) -> None:
    """Run one notebook from top to bottom and write it back, all of it or nothing."""
    notebook = nbformat.read(path, as_version=4)
    sources = [cell.source for cell in notebook.cells]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = keeping(cell.source)
    client = NotebookClient(notebook, timeout=900, resources={"metadata": {"path": path.parent}})
    client.execute()
    for cell, source in zip(notebook.cells, sources, strict=True):
        cell.source = source
    tidy(notebook)
    temporary = path.with_suffix(".ipynb.part")
    nbformat.write(notebook, temporary)
    os.replace(temporary, path)


def main() -> int:
    parser = argparse.ArgumentParser(description="Execute notebooks in place.")
    parser.add_argument("notebooks", nargs="*", type=Path)
    names = parser.parse_args().notebooks or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in names:
        print(f"{path.name} ...", flush=True)
        try:
            execute(path.resolve())
        except CellExecutionError as error:
            print(f"{path.name} stopped, and was left as it was:\n{error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
