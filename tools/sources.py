"""Numbers in text, and what each of them comes from.

Every number that a page prints has a source: a Python expression that gives its value. Sources
stand in the order of their numbers:

- of a notebook's cell in its metadata: ``"numbers": ["runs('two blocks', 'val_accuracy')"]``
- of a page such as README.md in a comment behind the paragraph or table, which covers all that
  stands between the comment before it and itself: ``<!-- numbers: channels * size**2; train -->``
- of a challenge in its field ``numbers``.

`Sources` says what an expression may use. A number that no computation gives is repeated, with a
comment that says from where: ``0.18  # the Carpentries lesson, dense``.

What needs no source: numbers in code, in addresses, in text alternatives of figures (these have to
be those of fig/), in names such as Keras 3, in list markers, small numbers in words, and what
tools/refresh.py writes.
"""

import ast
import csv
import json
import math
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

from fig.draw import learning  # noqa: E402
from helpers.backstage.arithmetic import count_layers  # noqa: E402
from helpers.challenges import CHALLENGES  # noqa: E402

# Names that hold a digit.
NAMES = (
    r"Keras 3|(?:16|32|64)-bit|b?float(?:16|32|64)|u?int(?:8|16|32|64)|x86-64|avx512_bf16|WSL2"
    r"|Sketch Street 10|Dollar Street 10|record 10970014|CC BY 4\.0|LeNet-5|Conv2D"
)
SMALL = "one two three four five six seven eight nine".split()
TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: number for number, word in enumerate(TEENS, start=13)}
WORDS |= {word: 10 * number for number, word in enumerate(TENS, start=2)}
WORDS |= {
    f"{ten}-{one}": 10 * i + j
    for i, ten in enumerate(TENS, start=2)
    for j, one in enumerate(SMALL, start=1)
}
WORDS |= {"hundred": 100, "thousand": 1000, "million": 1_000_000}
PARTS = {"thirds": 3, "quarters": 4, "fifths": 5, "sixths": 6, "tenths": 10}
UNITS = {word: number for number, word in enumerate(SMALL, start=1)}
SKIPPED = re.compile(
    r"(?s)```.*?```|`[^`\n]*`"  # code
    # What tools/refresh.py writes.
    r"|<!-- made by tools/refresh\.py.*?<!-- end -->"
    r"|\*\*(?:Time:|Minutes\.|Place in the workflow:)\*\* [^.]*\."
    r"|(?m:^#+ (?:The short course: \d+ minutes|Notebook \d\d: \d+ minutes|With \d+ minutes))"
    # A heading of a notebook that is quoted; tests/test_teaching.py looks for it.
    r"|\*Step \d+: [^*]*\*"
    # A link to a notebook that names its number, figures, other addresses.
    r"|\[[^]\d]*\d+[^]\d]*\]\((?:notebooks/)?\d\d-[^)]*\)"
    r"|\[Keras\]\([^)]*\) 3"
    r"|<!--.*?-->|!\[[^]]*\]\([^)]*\)|<img\b[^>]*>|<https?:[^>]*>|\]\([^)]*\)"
    rf"|\b(?:{NAMES})\b"
)
NUMBER = re.compile(
    r"(?<![\d.,])[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?: ?%)?"
    rf"|\b(?:{'|'.join(UNITS)}) (?:{'|'.join(PARTS)})\b"
    rf"|\b(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
# In what a cell prints, a digit behind a letter belongs to a name.
PRINTED = re.compile(r"(?<![\w.,])[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?: ?%)?(?!\d)")
PAGES = (
    "README.md", "TEACHING.md", "data/README.md", "data/body/README.md", "notebooks/cheat-sheet.md",
    "notebooks/glossary.md",
)  # fmt: skip
COMMENT = re.compile(r"(?s)<!-- numbers: (.*?) -->")
ANSI = re.compile(r"\x1b\[[\d;]*m")


class Found(NamedTuple):
    """A number in a text: how it is written, and where."""

    text: str
    start: int


def numbers(text: str) -> list[Found]:
    """Return the numbers of a text that need a source, in order."""
    return [Found(match[0], match.start()) for match in NUMBER.finditer(visible(text))]


def visible(text: str) -> str:
    """Return a text with blanks in place of all that needs no source."""
    blank = SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    lines, in_list, in_code, in_clock, after_blank = [], False, False, False, True
    for line, shown in zip(text.split("\n"), blank.split("\n"), strict=True):
        marker = re.match(r"\s*(?:\d+\.|[-*]) ", line)
        starts_list = marker and (after_blank or in_list)
        in_list = bool(starts_list or (in_list and not (after_blank and re.match(r"\S", line))))
        in_code = line.startswith("    ") and not in_list and (after_blank or in_code)
        clock = re.match(r"\| (start|minutes) \|", line)
        in_clock = bool(clock) or (in_clock and line.startswith("|"))
        if in_code:
            shown = " " * len(line)
        elif starts_list:
            shown = " " * marker.end() + shown[marker.end() :]
        elif in_clock:  # refresh.py writes these cells, or works with them
            shown = re.sub(r"(?<=\|) *[\d:]+ *(?=\|)", lambda m: " " * len(m[0]), shown)
        after_blank = not line.strip()
        lines.append(shown)
    return "\n".join(lines)


def value(text: str) -> float:
    """Return what a written number means: "1,800", "98.7%", "−2", "three quarters", "twenty"."""
    words = text.casefold().split()
    if words[-1] in PARTS:
        return UNITS[words[0]] / PARTS[words[-1]]
    if words[0] in WORDS:
        return WORDS[words[0]]
    number = float(text.rstrip(" %").replace(",", "").replace("−", "-"))
    return number / 100 if text.endswith("%") else number


def written(text: str, source: float) -> str:
    """Return the value of a source in the form in which the text writes its number."""
    if re.fullmatch(r"0\d", text):  # the number of a notebook
        return f"{source:02.0f}"
    if text[0].isalpha():
        return text if math.isclose(value(text), source) else f"{source:g}"
    if "e" in text:
        return text if value(text) == source else f"{source:g}"
    ending = re.search(r" ?%$|$", text)[0]
    source = source * 100 if ending else source
    decimals = len(text.removesuffix(ending).partition(".")[2])
    # A float such as 28.999999999999996 means 29.
    result = f"{round(source, 9):{',' if ',' in text or '.' not in text else ''}.{decimals}f}"
    if "," not in text and not (source >= 10_000 and "," in result):
        result = result.replace(",", "")
    return result.replace("-", text[0] if text[0] in "−-" else "−") + ending


def faults(text: str, sources: list[str], known: "Sources") -> list[str]:
    """Say what is wrong with the numbers of a text: one line for each."""
    found, result = numbers(text), []
    for place, (number, start) in enumerate(found):
        around = " ".join(text[max(0, start - 40) : start + len(number) + 25].split())
        if place >= len(sources):
            result.append(f"{number!r} (… {around} …) has no source")
            continue
        try:
            form = written(number, known.evaluate(sources[place]))
        except SourceError as error:
            result.append(f"{number!r} (… {around} …): {error}")
            continue
        if form != number:
            result.append(f"{number!r} (… {around} …): its source {sources[place]!r} gives {form}")
    for match in re.finditer(r"\d", NUMBER.sub(lambda m: " " * len(m[0]), visible(text))):
        around = text[max(0, match.start() - 20) : match.start() + 20]
        result.append(f"a number in {around!r} cannot be read: write it as 0.5, 1,000 or `code`")
    if len(sources) > len(found):
        result.append(f"{len(sources)} sources for {len(found)} numbers: too many")
    return result


def pages() -> Iterator[tuple[str, str, list[str], "Sources"]]:
    """Return all texts: where each stands, the text, its sources, and what these may use."""
    for path in paths():
        known = Sources(path.name[:2])
        for name, cell in cells(path.name[:2]).items():
            if cell["cell_type"] == "markdown":
                sources = cell["metadata"].get("numbers", [])
                yield f"{path.name}, cell {name}", cell["source"], sources, known
    known = Sources()
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        start = 0
        for comment in [*COMMENT.finditer(text), None]:
            end = comment.start() if comment else len(text)
            sources = " ".join(comment[1].split()).split(";") if comment else []
            line = text.count("\n", 0, start) + 1
            yield f"{page}, from line {line}", text[start:end], [s.strip() for s in sources], known
            start = comment.end() if comment else end
    for name, challenge in CHALLENGES.items():
        place = f"notebooks/helpers/challenges, entry {name!r}"
        yield place, "\n".join(challenge.texts()), list(challenge.numbers), known


class SourceError(ValueError):
    """A source that cannot be computed; the message says why."""


class Sources:
    """What the sources of a page may use.

    Parameters
    ----------
    notebook : str
        Number of the notebook whose cells are meant, such as "04"; "" for other pages.
    """

    def __init__(self, notebook: str = "") -> None:
        self.notebook = notebook
        names = [name for name in vars(Sources) if not name.startswith("_") and name != "evaluate"]
        self._names = {name: getattr(self, name) for name in names}
        self._names |= {name: getattr(math, name) for name in ("ceil", "floor", "exp", "prod")}
        self._names |= {"ln": math.log, "sqrt": math.sqrt, "round": round, "abs": abs, "sum": sum}
        self._names |= {
            "min": min,
            "max": max,
            "len": len,
            "range": range,
            "float": float,
            **facts(),
        }
        self._known: dict[str, float] = {}

    def evaluate(self, source: str) -> float:
        """Return the value of an expression."""
        if source not in self._known:
            self._known[source] = self._compute(source)
        return self._known[source]

    def _compute(self, source: str) -> float:
        try:
            tree = ast.parse(source, mode="eval").body
            named = any(isinstance(node, ast.Name) for node in ast.walk(tree))
            if not named and "#" not in source:
                raise SourceError(f"{source!r} is a bare number; say after a # where it is from")
            result = eval(source, {"__builtins__": {}, **self._names})
            return float(result)
        except SourceError:
            raise
        except Exception as error:
            known = ", ".join(sorted(self._names))
            raise SourceError(
                f"its source {source!r} is gone: {error!r}. Name another one, made of: {known}"
            ) from error

    def output(self, cell: str, index: int = 0, notebook: str = "") -> float:
        """Return a number that a cell prints, the first or another one."""
        outputs = cells(notebook or self.notebook)[cell]["outputs"]
        text = "\n".join(map(printed, outputs))
        return value(PRINTED.findall(text)[index])

    def code(self, cell: str, name: str | int, notebook: str = "") -> float:
        """Return a number in a cell's code: an argument or a name by its name, or the nth."""
        tree = ast.parse(cells(notebook or self.notebook)[cell]["source"])
        return constant(tree, name)

    def constant(self, path: str, name: str | int) -> float:
        """Return a number that a program of this project names."""
        return constant(ast.parse((ROOT / path).read_text(encoding="utf-8")), name)

    def runs(self, network: str, column: str, statistic: str = "mean", table: str = "runs"):
        """Return a statistic over the seeds: mean, std, min, max, or how many there are."""
        rows = [row for row in read_table(table) if row["network"] == network]
        values = [float(row[column]) for row in rows]
        if not values:
            networks = ", ".join(dict.fromkeys(row["network"] for row in read_table(table)))
            raise SourceError(f"data/runs/{table}.csv has no network {network!r}, only {networks}")
        functions = {"mean": statistics.fmean, "std": statistics.stdev, "count": len}
        functions |= {"min": min, "max": max}
        return functions[statistic](values)

    def parameters(self, layer: str = "", size: int = 64, channels: int = 3, **network) -> int:
        """Return the parameters of the lesson's network, or of one of its layers."""
        layers = self._layers(size, channels, **network)
        return sum(part.parameters for part in layers if layer in ("", part.name))

    def shape(self, layer: str, axis: int = 0, size: int = 64, channels: int = 3, **network) -> int:
        """Return a length of what a layer of the lesson's network gives."""
        (found,) = [part for part in self._layers(size, channels, **network) if part.name == layer]
        return found.shape[axis]

    def _layers(self, size, channels, blocks: int = 2, **network):
        network = {"pools": [True] * blocks} | network
        return count_layers((size, size, channels), **network)[0]

    def dense(self, inputs: int, units: int) -> int:
        """Return the parameters of a dense layer."""
        return (inputs + 1) * units

    def conv(self, kernel: int, channels: int, filters: int) -> int:
        """Return the parameters of a convolution."""
        return (kernel**2 * channels + 1) * filters

    def minutes(self, notebook: str, part: str) -> int:
        """Return the minutes of a notebook: "teaching", "challenges" or "optional"."""
        return read_notebook(notebook)["metadata"]["lesson"][part]

    def version(self, package: str) -> float:
        """Return the version of a package that requirements.txt has: 2.21 of "2.21.0"."""
        text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
        return float(re.search(rf"(?m)^{package}==(\d+\.\d+)", text)[1])

    def megabytes(self, path: str) -> float:
        """Return the size of a folder of this project."""
        return sum(file.stat().st_size for file in (ROOT / path).rglob("*")) / 1e6

    def together(self, *notebooks: str) -> int:
        """Return the minutes of several notebooks, without what is optional."""
        return sum(self.minutes(n, "teaching") + self.minutes(n, "challenges") for n in notebooks)

    def here(self, name: str) -> int:
        """Return the number of the notebook whose file name has these words."""
        (number,) = [path.name[:2] for path in paths() if name in path.name]
        return int(number)

    def step(self, word: str) -> int:
        """Return the number of the step of the workflow whose name has this word."""
        (found,) = [n for n, name in enumerate(WORKFLOW, start=1) if word in name.split()]
        return found


WORKFLOW = [" ".join(step.lower().split()) for step in learning.STEPS]


def constant(tree: ast.AST, name: str | int) -> float:
    """Return a number in code: an argument or a name by its name, or the nth number."""
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == name
        or isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    if isinstance(name, int):
        constants = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        ]
        constants.sort(key=lambda node: (node.lineno, node.col_offset))
        found = [constants[name]]
    values = [v for v in map(literal, found) if v is not None]
    if not values or values.count(values[0]) < len(values):
        raise SourceError(f"{name!r} is no single number in this code, found: {values}")
    return values[0]


def literal(node: ast.expr) -> object:
    """Return the value of an expression without names, None for any other."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def printed(output: dict) -> str:
    """Return what an output says in text, without colors."""
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    return ANSI.sub("", "".join(text))


@cache
def paths() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))


@cache
def read_notebook(number: str) -> dict:
    (path,) = [path for path in paths() if path.name.startswith(number)]
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def cells(number: str) -> dict[str, dict]:
    """Return the cells of a notebook by their ids, each source as one text."""
    found = read_notebook(number)["cells"]
    return {cell["id"]: cell | {"source": "".join(cell["source"])} for cell in found}


@cache
def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in data/runs."""
    with (ROOT / "data" / "runs" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def facts() -> dict[str, object]:
    """Return what the shipped pictures are: how many, of which size, in how many classes."""
    folder = ROOT / "data" / "sketch-street-10"
    labels = {part: np.load(folder / f"{part}_labels.npy") for part in ("train", "test")}
    height, width, channels = np.load(folder / "test_images.npy", mmap_mode="r").shape[1:]
    assert height == width
    return {
        "train": len(labels["train"]),
        "val": len(labels["test"]),
        "size": height,
        "channels": channels,
        "features": height * width * channels,
        "classes": len(set(labels["train"].tolist())),
        "train_counts": np.bincount(labels["train"]).tolist(),
        "val_counts": np.bincount(labels["test"]).tolist(),
    }
