"""Execute notebooks in place, each in a fresh kernel, and tidy what they keep.

    python tools/execute.py notebooks/02-convolutional-layers.ipynb ...
    python tools/execute.py --tidy notebooks/02-convolutional-layers.ipynb ...

Without a name, all notebooks are executed. A notebook is only overwritten when it ran to
its end. Removed is whatever differs between two runs of the same notebook without saying
anything: times, versions, lines of progress that were overwritten on the screen, widgets, which
a stored notebook cannot show, and what JupyterLab remembers of how it was looked at.

With --tidy nothing is executed: that is for a notebook that was run in JupyterLab from its top
("Restart Kernel and Run All Cells") and saved there.

Executing also keeps in data/checkpoints what the cells made that say "Instead of training: ...".
Each of these is written when its code has changed (the cell's, and that of the cells above on
whose names it depends), when its files are gone or damaged, and with --checkpoints always: for
when the data or a helper has changed.
"""

import argparse
import ast
import hashlib
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbval.plugin import coalesce_streams

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

from helpers.backstage.catching_up import INSTEAD  # noqa: E402

WIDGET = "application/vnd.jupyter.widget-view+json"
LOAD = re.compile(r"(?:(?P<to>.+) = )?load_(?P<kind>\w+)\((?P<name>.*)\)")
# What a cell's metadata may hold.
METADATA = {
    "tags": list,
    "jp-MarkdownHeadingCollapsed": bool,
    "numbers": list,  # where the numbers of the text come from, see tools/sources.py
    "stop": int,  # a place for catching up
}
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def tidy(notebook: nbformat.NotebookNode) -> list[str]:
    """Remove what differs between two runs of the same notebook; return what is left to do."""
    lesson = {"lesson": notebook.metadata["lesson"]} if "lesson" in notebook.metadata else {}
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
        **lesson,
    }
    # Running the last cell with Shift-Enter adds an empty one.
    while notebook.cells and not notebook.cells[-1].source.strip():
        notebook.cells.pop()
    for cell in notebook.cells:
        # Not if empty: JupyterLab writes `false` or `[]` where something was taken back.
        for key, value in list(cell.metadata.items()):
            if key not in METADATA or not value:
                del cell.metadata[key]
        # Whoever has looked at a solution has opened it.
        if {"solution", "instructor"} & set(cell.metadata.get("tags", [])):
            if cell.cell_type == "markdown" and cell.source.startswith("### "):
                cell.metadata["jp-MarkdownHeadingCollapsed"] = True
        if cell.cell_type == "code":
            # As nbval does before it compares: of a line that rewrites itself, the last text.
            cell.outputs = coalesce_streams(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
            cell.outputs = [out for out in cell.outputs if out.get("data", True)]
    return faults(notebook)


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what only a person can mend."""
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("not executed from top to bottom in a fresh kernel: do that, and save it.")
    ids = [cell.get("id", "none") for cell in notebook.cells]
    random = [name for name in ids if re.fullmatch(r"none|[0-9a-f]{8}(-[0-9a-f-]+)?", name)]
    if random:
        found.append(f"give these cells ids that say what they are: {', '.join(random)}")
    return found


def code_behind(sources: list[str], number: int) -> str:
    """Return the code of a cell, and of those above that make the names it uses.

    In one form, without comments and imports, so that a network counts and the text about it
    does not. A cell only uses what stands above it, so that it is enough to go back once.
    """
    wanted: set[str] = set()
    parts: list[str] = []
    for source in reversed(sources[: number + 1]):
        used, made = set(), set()
        body = [part for part in ast.parse(source).body if not isinstance(part, IMPORTS)]
        for statement in body:
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
            used |= {name.id for name in names} - stored - made
            made |= {statement.name} if isinstance(statement, DEFINITIONS) else stored
        if not parts or made & wanted:
            wanted = wanted - made | used
            parts.append("\n".join(map(ast.unparse, body)))
    return "\n".join(reversed(parts))


def mark(sources: list[str], number: int) -> str:
    """Return a few letters that change when the code behind a cell does."""
    # Which quotes are around an f-string depends on the version of Python.
    code = code_behind(sources, number).replace('"', "'")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def keeping(sources: list[str], number: int, anew: bool = False) -> str:
    """Return the code of a cell, with a last line that keeps what it trained, if it says how."""
    source = sources[number]
    for statement in INSTEAD.findall(source):
        loads = LOAD.fullmatch(statement)
        how = f"code={mark(sources, number)!r}, anew={anew}"
        what = [repr(loads["kind"]), loads["name"], loads["to"], how]
        source += "\nimport helpers.backstage.checkpoints as kept; "
        source += f"kept.keep({', '.join(filter(None, what))})"
    return source


def load_instead(notebook: nbformat.NotebookNode) -> None:
    """Replace each training by the line that loads what it made, in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and (statement := INSTEAD.search(cell.source)):
            cell.source = statement[1]


def execute(path: Path, anew: bool = False) -> list[str]:
    """Run one notebook from top to bottom and write it back, all of it or nothing."""
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    sources = [cell.source for cell in cells]
    for number, cell in enumerate(cells):
        cell.outputs, cell.execution_count = [], None
        cell.source = keeping(sources, number, anew)
    client = NotebookClient(notebook, timeout=900, resources={"metadata": {"path": path.parent}})
    with tempfile.TemporaryDirectory() as folder:  # what the author has solved is not shown
        os.environ["LESSON_PROGRESS"] = str(Path(folder) / "progress.json")
        client.execute()
    for cell, source in zip(cells, sources, strict=True):
        cell.source = source
    return write(notebook, path)


def write(notebook: nbformat.NotebookNode, path: Path) -> list[str]:
    """Tidy a notebook and write it; return what is left to do."""
    left = tidy(notebook)
    temporary = path.with_suffix(".ipynb.part")
    nbformat.write(notebook, temporary)
    os.replace(temporary, path)
    return left


def main() -> int:
    parser = argparse.ArgumentParser(description="Execute notebooks in place, and tidy them.")
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--tidy", action="store_true", help="only tidy, execute nothing")
    parser.add_argument("--checkpoints", action="store_true", help="write all that trainings made")
    options = parser.parse_args()
    for path in options.notebooks or sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")):
        print(f"{path.name} ...", flush=True)
        try:
            if options.tidy:
                left = write(nbformat.read(path, as_version=4), path.resolve())
            else:
                left = execute(path.resolve(), options.checkpoints)
        except CellExecutionError as error:
            print(f"{path.name} stopped, and was left as it was:\n{error}", file=sys.stderr)
            return 1
        for fault in left:
            print(f"{path.name}: {fault}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
