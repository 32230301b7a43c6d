"""What people read is spelled as in America: pages, notebooks, alternatives, messages, comments.

A dictionary refuses what it does not know, and codespell what Britain writes another way, which
the dictionary knows in part. Words of the subject stand in words.txt, one to a line.
"""

import ast
import io
import random
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from spellchecker import SpellChecker
from test_repository import kept_files

ROOT = Path(__file__).resolve().parent.parent
WORDS = Path(__file__).with_name("words.txt")
# Code, formulas, addresses, and comments that nobody sees. Of a picture, its alternative is left.
NO_PROSE = re.compile(
    r"(?s:```.*?```|``.*?``|`[^`]*`|\$\$.*?\$\$|<!--.*?-->|<style.*?</style>|\{[{%].*?[%}]\})"
    r"|\$[^$\n]*\$|https?://\S+|\]\([^)]*\)|<(?!img)[^>]*>|&\w+;|\{[^{}]*\}"
    r'|\b(?:src|width|height|style|class|id|href)="[^"]*"'
)
CODE_OF_A_PAGE = re.compile(r"(?m)^    .*$")
CODE_OF_A_DOCSTRING = re.compile(r"(?m)^ *(?:>>>|\.\.\.) .*$|^[\w, *]+ : .*$|^=+[ =]*$")
# Comments that speak to programs.
TO_PROGRAMS = re.compile(r"# (?:noqa|fmt|ruff|type):|#!")
# Neither a part of a name, such as that of a file, nor one with capitals inside.
WORD = re.compile(
    r"(?<![\w./@#=<\\'])(?<!(?<!\w)-)[^\W\d_²][^\W\d_²A-Z]+(?:['’][a-z]+)?(?![\w/=(\\]|\.\w)"
)


def of_python(source: str, messages: bool) -> Iterator[str]:
    """Return docstrings, comments and, where asked for, all strings that are like a sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield CODE_OF_A_DOCSTRING.sub("", ast.get_docstring(node) or "")
        elif messages and isinstance(node, ast.Constant | ast.JoinedStr):
            parts = [getattr(part, "value", "") for part in getattr(node, "values", [node])]
            text = "".join(part if isinstance(part, str) else "{}" for part in parts)
            if re.search(r"[a-z,] (?:[a-z]+|\{\}) [a-z]", text):
                yield text
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not TO_PROGRAMS.match(token.string):
            yield token.string


def of_file(file: Path) -> Iterator[tuple[str, str]]:
    """Return the texts of a file, each with where it stands."""
    place = file.relative_to(ROOT).as_posix()
    if file.suffix == ".ipynb":
        for cell in nbformat.read(file, as_version=4).cells:
            code = cell.cell_type == "code"
            for text in of_python(cell.source, messages=True) if code else [cell.source]:
                yield f"{place}, cell {cell.id}", text
    elif file.suffix == ".py":
        # Sentences of tests are often such as a program has to refuse.
        for text in of_python(file.read_text("utf-8"), messages=file.parent.name != "tests"):
            yield place, text
    elif file.suffix in (".md", ".html"):
        yield place, CODE_OF_A_PAGE.sub("", file.read_text("utf-8"))
    elif file.suffix in (".yml", ".yaml", ".toml", ".cff"):
        comment = r"(?m)(?:^|\s)# (.*)|^[ -]*(?:name|title|description|label|value|message): (.*)"
        found = re.findall(comment, file.read_text("utf-8"))
        yield place, "\n".join(map(" ".join, found))


@cache
def prose() -> list[tuple[str, str]]:
    """Return each text without what is no prose, in one line, and with where it stands."""
    texts = [text for file in kept_files() for text in of_file(file)]
    return [(place, " ".join(NO_PROSE.sub(" ", text).split())) for place, text in texts]


@cache
def dictionary() -> SpellChecker:
    return SpellChecker(distance=1)


def known() -> list[str]:
    return WORDS.read_text(encoding="utf-8").split()


def refused(texts: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the words that are not spelled as in America, each with where it stands."""
    found = set()
    for place, text in texts:
        words = {word.replace("’", "'").removesuffix("'s") for word in WORD.findall(text)}
        found |= {(word, place) for word in dictionary().unknown(words)}
    command = [sys.executable, "-m", "codespell_lib", "--builtin", "en-GB_to_en-US", "-"]
    lines = "\n".join(text for _, text in texts)
    checked = subprocess.run(command, input=lines, capture_output=True, encoding="utf-8")
    assert checked.returncode in (0, 65), checked.stderr  # 65: it has found something
    for line, word in re.findall(r"(?m)^(\d+): .*\n\t(\w+) ==>", checked.stdout):
        found.add((word.lower(), texts[int(line) - 1][0]))
    return found


def test_every_word_is_known():
    wrong = sorted(f"{place}: {word}" for word, place in refused(prose()) if word not in known())
    assert not wrong, "mend them, or add to tests/words.txt what is right:\n" + "\n".join(wrong)


def test_list_of_words_is_sorted_and_needed():
    assert known() == sorted(set(known()))
    unused = set(known()) - {word for word, _ in refused(prose())}
    assert not unused, "no text has them, or the dictionary knows them: take them out"


CELLS = [
    nbformat.v4.new_markdown_cell("Pictures are `convld` in %s."),
    nbformat.v4.new_markdown_cell('<img src="teh.svg" alt="A curve that goes %s.">'),
    nbformat.v4.new_markdown_cell("![A curve that goes %s](teh.svg)"),
    nbformat.v4.new_code_cell("x = 1  # which is %s"),
]


@pytest.mark.parametrize(
    "name, source",
    [
        ("PAGE.md", "# A title\n\nSomebody asks for %s things.\n\n    teh code\n"),
        ("helpers/a.py", '"""Do something.\n\nNotes\n-----\nIt is %s.\n"""\n'),
        ("helpers/b.py", 'def add():\n    raise ValueError(f"Give it {n} %s things.")\n'),
        ("tests/c.py", "# Here we have %s things.\n"),
        (".github/form.yml", "name: A thing\ndescription: Say what is %s here\nid: teh\n"),
        *[(f"{n}.ipynb", nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
          for n, cell in enumerate(CELLS)],
    ],
)  # fmt: skip
def test_a_fault_is_found_in_each_kind_of_text(tmp_path, monkeypatch, name, source):
    monkeypatch.setattr("test_spelling.ROOT", tmp_path)
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(source.replace("%s", "labelled wiht hand-writen, Colour"), encoding="utf-8")
    monkeypatch.setattr("test_spelling.kept_files", lambda: [file])
    found = {word for word, _ in refused(prose.__wrapped__())}
    assert found == {"colour", "labelled", "wiht", "writen"}


def test_most_typing_errors_are_found():
    """Letters swapped, left out and doubled; what is left are other words, such as form."""
    chance = random.Random(13)
    words = sorted({w for _, text in prose() for w in WORD.findall(text) if w.islower()})
    mistyped = []
    for word in chance.sample([word for word in words if len(word) > 3], 200):
        place = chance.randrange(len(word) - 1)
        pair = word[place : place + 2]
        other = chance.choice([pair[::-1], pair[0], pair[0] * 2 + pair[1]])
        mistyped.append(word[:place] + other + word[place + 2 :])
    wrong = [word for word in mistyped if word not in words]
    missed = set(wrong) - {word for word, _ in refused([(word, word) for word in wrong])}
    assert len(missed) < 0.15 * len(wrong), missed
