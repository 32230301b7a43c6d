"""The notebooks, as they are stored: executed, complete, tidy, and of one form.

nbval executes them and compares outputs (see pyproject.toml). It does not see cells that were
never executed, metadata, tags, or text; that is done here.
"""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from execute import METADATA

from helpers.challenges import CHALLENGES

ROOT = Path(__file__).resolve().parent.parent
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in PATHS}
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)

# Why an output cannot repeat; nbval-ignore-output comes with one of them.
REASONS = {"varies-trained-values", "varies-backend"}
TAGS = (
    "challenge",
    "solution",
    "instructor",
    "type",  # typed live
    "skip-when-late",  # a section that an instructor may leave out
    "hide-cell",  # what MyST-NB reads on solutions
    "nbval-ignore-output",
    *sorted(REASONS),
)


def code_cells(name):
    return [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


def texts(name):
    return [cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def test_notebooks_are_numbered_without_a_gap():
    assert [int(name[:2]) for name in NOTEBOOKS] == list(range(1, len(NOTEBOOKS) + 1))


@each_notebook
def test_tags_and_metadata_are_known(name):
    """A typing error in a tag would switch off what the tag stands for, without a word."""
    for cell in NOTEBOOKS[name].cells:
        for tag in tags(cell) - set(TAGS):
            raise AssertionError(
                f"{name}, cell {cell.id}: nobody knows the tag {tag!r}. Known: {', '.join(TAGS)}."
            )
        assert cell.cell_type == "markdown" or "numbers" not in cell.metadata, (
            f"{name}, cell {cell.id}: numbers in code need no source, delete its metadata 'numbers'"
        )
        for field, value in cell.metadata.items():
            kind = METADATA.get(field)
            assert isinstance(value, kind or ()), (
                f"{name}, cell {cell.id}: metadata {field!r} is {value!r}. "
                + (f"Give it a {kind.__name__}." if kind else f"Known: {', '.join(METADATA)}.")
            )


@each_notebook
def test_format_is_valid_and_ids_are_stable(name):
    nbformat.validate(NOTEBOOKS[name])
    ids = [cell.id for cell in NOTEBOOKS[name].cells]
    assert len(ids) == len(set(ids))
    random = [cell_id for cell_id in ids if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell_id)]
    assert not random, "give these cells ids that say what they are"


@each_notebook
def test_every_cell_was_executed_in_order_in_one_kernel(name):
    counts = [cell.execution_count for cell in code_cells(name)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_errors_warnings_or_traces_of_a_machine(name):
    for cell in code_cells(name):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.get("text")
            # Pictures are long and say nothing here.
            text = re.sub(r'src=\\?"data:[^"]*"', "", json.dumps(output))
            assert not re.search(r"\bwarning\b", text, re.IGNORECASE), text
            assert not re.search(r"/(home|root|tmp|Users|work|var)/|[A-Z]:\\\\", text), text


@each_notebook
def test_every_figure_has_a_text_alternative(name):
    for cell in code_cells(name):
        for output in cell.outputs:
            data = output.get("data", {})
            assert "image/png" not in data, "helpers.plots shows figures as HTML with alt text"
            for alt in re.findall(r'<img\b[^>]*?alt="([^"]*)"', data.get("text/html", "")):
                assert len(alt.split()) >= 4, alt
    for text in texts(name):
        for alt in re.findall(r"!\[([^]]*)\]\(", text):
            assert len(alt.split()) >= 4, alt


@each_notebook
def test_metadata_names_no_machine(name):
    metadata = {key: v for key, v in NOTEBOOKS[name].metadata.items() if key != "lesson"}
    assert metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }


@each_notebook
def test_ignored_outputs_say_why(name):
    for cell in NOTEBOOKS[name].cells:
        if "nbval-ignore-output" in tags(cell):
            assert tags(cell) & REASONS, f"{name}, cell {cell.id}: add a tag that says why"


@each_notebook
def test_opening_and_closing(name):
    text = "\n".join(texts(name))
    title, _, rest = texts(name)[0].partition("\n")
    assert re.match(r"# [A-Z][a-z]+ ", title), "a title with a verb"
    assert "![" in rest and "**Time:**" in rest and "**Place in the workflow:**" in rest
    headings = re.findall(r"(?m)^## (.+)$", text)
    opening = ["What you will do", "Questions", "What you will be able to do", "What you need"]
    assert headings[:4] == opening
    assert headings[-1] == "Where next"
    assert {"Key points", "On your own"} <= set(headings)


@each_notebook
def test_challenges_have_a_checker_and_a_hidden_solution(name):
    cells = NOTEBOOKS[name].cells
    asked = []
    for number, cell in enumerate(cells):
        if cell.cell_type != "code" or "challenge" not in tags(cell):
            continue
        assert "challenge" in tags(cells[number - 1]), "the task stands before the check"
        if ast.parse(cell.source).body:
            (call,) = re.findall(r'check\("([\w-]+)", (\w+)\)', cell.source)
            asked.append(call[0])
            stub = rf"(?m)^{call[1]} = \.\.\.$|^def {call[1]}\([\w, ]*\):\n    \.\.\.$"
            assert re.search(stub, cell.source), "a stub gives the name and nothing else"
        else:
            assert cell.source.startswith("# "), "a stub: comments that say how to begin"
        following = [c for c in cells[number + 1 :] if "solution" in tags(c)]
        assert following and following[0].source.startswith("### Solution"), cell.id
    assert len(asked) == len(set(asked))


def test_each_challenge_is_asked_and_each_check_has_an_entry():
    asked = set()
    for name in NOTEBOOKS:
        for cell in code_cells(name):
            for call in re.findall(r"\bcheck\(([^,)]*)", cell.source):
                assert re.fullmatch(r'"[\w-]+"', call), f"{name}: give check a name in quotes"
                asked.add(call.strip('"'))
    assert asked == set(CHALLENGES)


@each_notebook
def test_solutions_and_notes_open_collapsed(name):
    previous = set()
    for cell in NOTEBOOKS[name].cells:
        for tag in ("solution", "instructor"):
            if tag in tags(cell) and tag not in previous:
                assert cell.cell_type == "markdown" and cell.source.startswith("### "), cell.id
                assert cell.metadata.get("jp-MarkdownHeadingCollapsed") is True, cell.id
                # JupyterLab hides the cells below; what stands in the heading's own cell is seen.
                assert "\n" not in cell.source.strip(), f"{cell.id}: only the heading"
            if tag in previous and tag not in tags(cell):
                # JupyterLab hides all cells up to the next heading of the same level or above.
                assert re.match(r"#{1,3} ", cell.source), f"{cell.id} would be hidden, too"
        previous = tags(cell)


def test_options_are_those_that_the_checker_knows():
    text = "\n".join("\n".join(texts(name)) for name in NOTEBOOKS)
    code = "\n".join(cell.source for name in NOTEBOOKS for cell in code_cells(name))
    for challenge, entry in CHALLENGES.items():
        if f'check("{challenge}"' not in code:
            continue
        for letter, option in getattr(entry, "options", {}).items():
            assert f"- {letter}: {option.text}" in text, (challenge, letter)


@each_notebook
def test_cells_are_short_and_parse(name):
    for cell in code_cells(name):
        tree = ast.parse(cell.source)
        assert len(cell.source.splitlines()) <= 26, f"{cell.id} is long: one idea to a cell"
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "summary":
                assert any(keyword.arg == "line_length" for keyword in call.keywords), cell.id
            if isinstance(call.func, ast.Attribute) and call.func.attr == "fit":
                # A tuner of Ray has a fit as well, and says in its settings what it shows.
                assert "verbose=0" in cell.source or ast.unparse(call) == "tuner.fit()", cell.id


@each_notebook
def test_links_between_files_lead_somewhere(name):
    for text in texts(name):
        for target in re.findall(r"\]\((?!https?:|#|attachment:)([^)\s]+)\)", text):
            assert (ROOT / "notebooks" / target.partition("#")[0]).exists(), target


@each_notebook
def test_links_to_the_web_are_secure(name):
    for text in texts(name):
        assert "http://" not in text
