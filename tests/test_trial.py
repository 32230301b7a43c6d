"""A trial lesson: notebooks 02 to 04 of the live edition, in JupyterLab and a real browser.

One person types what is left blank, one falls behind and catches up, one restarts the kernel. They
look at a projector that shows 1280 x 720 pixels at 150 %. Text is typed at the pace of the run
sheets, times LESSON_PACE, which is 20 if not set (1 is real time). With LESSON_SLOW=1 trainings
are waited for. With LESSON_SCREENSHOTS=/a/folder pictures are kept there: at 100 % and at 150 %,
light and dark. With ``-rP`` pytest shows how long everything took.
"""

import difflib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import editions
import pytest
from test_browser import IDLE, PATIENCE, SLOW, TOKEN, browser, server, settle  # noqa: F401

from conftest import CHROMIUM, NOTEBOOKS, ROOT
from helpers.backstage.catching_up import INSTEAD

pytestmark = [
    pytest.mark.weekly,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
PACE = float(os.environ.get("LESSON_PACE", 20))
SECONDS_A_KEY = 60 / editions.CHARACTERS_A_MINUTE / PACE
# At 150 % a page has two thirds of the pixels; all pictures are taken with 1.5 dots to a pixel.
SIZES = {"100": {"width": 1280, "height": 720}, "150": {"width": 853, "height": 480}}
# The last one is how pages are shown when no pictures are taken.
LOOKS = [("Dark", "100"), ("Dark", "150"), ("Light", "100"), ("Light", "150")]
WIDGETS = "jupyterapp.shell.currentWidget.content.widgets"


@dataclass
class Cell:
    """What the page knows of a cell."""

    id: str
    type: str
    source: str
    code: str  # what is typed into it, whole; "" for a cell that stands there
    stop: int | None


# --- the classroom ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The live edition, as somebody unpacks it; `server` starts JupyterLab there."""
    folder = tmp_path_factory.mktemp("classroom") / "live"
    editions.make_edition("live", folder, "9:00")
    # Installing and drawing take minutes, and what comes out is the same for all.
    for shared in (".venv", "data/drawn"):
        if (ROOT / shared).is_dir():
            (folder / shared).symlink_to(ROOT / shared, target_is_directory=True)
    return folder


@pytest.fixture
def visit(lesson, server, browser):  # noqa: F811
    """Open a notebook of the working copy: by its number, and its name if it is a copy."""
    pages = []

    def open_notebook(number, copy=""):
        name = next(path.name for path in NOTEBOOKS if path.name.startswith(number))
        path = lesson / "work-live" / name
        if copy:
            # Beside the other, so that figures are found; JupyterLab saves that one now and then.
            path = path.with_name(f"{number}-{copy}.ipynb")
            shutil.copy(lesson / "notebooks" / name, path)
        page = browser.new_page(viewport=SIZES["150"], device_scale_factor=1.5)
        pages.append(page)
        page.name, page.faults = f"{number}{copy and '-' + copy}", []
        page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.set_default_timeout(1_200_000 if SLOW else PATIENCE)
        page.goto(f"{server}/lab/tree/work-live/{path.name}?token={TOKEN}&reset")
        page.wait_for_function(IDLE)
        page.evaluate("""async () => { const notebook = jupyterapp.shell.currentWidget;
            await notebook.context.ready; await notebook.revealed;
            jupyterapp.shell.collapseLeft(); }""")
        settle(page)
        return page

    yield open_notebook
    for page in pages:
        page.evaluate("jupyterapp.commands.execute('kernelmenu:shutdown')")
        page.close()


def cells_of(page):
    found = page.evaluate(f"""() => {WIDGETS}.map(cell => ({{
        id: cell.model.id, type: cell.model.type, source: cell.model.sharedModel.getSource(),
        code: cell.model.getMetadata('code') ?? '',
        stop: cell.model.getMetadata('stop') ?? null, }}))""")
    return [Cell(**values) for values in found]


def place(page, cell):
    return [other.id for other in cells_of(page)].index(cell.id)


def source(page, cell):
    return cells_of(page)[place(page, cell)].source


def keep_screenshots(page, name, cell, block="center", looks=LOOKS):
    """Keep what is on the screen when a cell is in the middle of it, or where `block` says."""
    folder = os.environ.get("LESSON_SCREENSHOTS")
    if not folder:
        return
    for theme, size in looks:
        page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {theme}",
        )
        page.set_viewport_size(SIZES[size])
        settle(page)
        page.evaluate(
            f"([n, block]) => {WIDGETS}[n].node.scrollIntoView({{block}})",
            [place(page, cell), block],
        )
        settle(page)
        page.screenshot(path=Path(folder) / f"{page.name}-{name}-{theme.lower()}-{size}.png")


# --- what people do -----------------------------------------------------------------------------


def enter(page, cell):
    """Click into the code of a cell."""
    number = place(page, cell)
    page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".cm-content").click()


def run(page, cell):
    """Run a cell with Shift+Enter, and wait for it."""
    enter(page, cell)
    page.keyboard.press("Shift+Enter")
    ran = f"n => {WIDGETS}[n].model.executionCount !== null"
    page.wait_for_function(ran, arg=place(page, cell))
    page.wait_for_function(IDLE)


def fill(page, cell, code):
    page.evaluate(
        f"([n, code]) => {WIDGETS}[n].model.sharedModel.setSource(code)", [place(page, cell), code]
    )


def instead(code):
    """Return what loads the result of a training, or the code itself where nothing trains."""
    found = INSTEAD.search(code)
    return found[1] if found and not SLOW else code


class Typist:
    """Somebody who types with two keys a second, times LESSON_PACE."""

    def __init__(self, page):
        self.page, self.keys, self.seconds, self.mended = page, 0, 0.0, []

    def write(self, text):
        """Type text; JupyterLab puts in what it wants at the beginning of a line."""
        start, keys = time.monotonic(), 0

        def press(key):
            nonlocal keys
            keys += 1
            # Not a pause after each key: on a busy machine a key itself takes long.
            time.sleep(max(0.0, start + keys * SECONDS_A_KEY - time.monotonic()))
            self.page.keyboard.press(key)

        first, *lines = text.split("\n")
        for letter in first:
            press(letter)
        for line in lines:
            press("Enter")
            if not line:
                continue
            stripped = line.lstrip()
            indent = line[: len(line) - len(stripped)]
            if (given := self.indent()) != indent:
                self.mended.append(f"{len(given)} spaces before {line!r}")
                press("Shift+Home")
                press("Delete")
                stripped = line
            for letter in stripped:
                press(letter)
        self.keys += keys
        self.seconds += time.monotonic() - start

    def indent(self):
        """Return what stands before the cursor."""
        return self.page.evaluate("""() => {
            const { editor } = jupyterapp.shell.currentWidget.content.activeCell;
            const { line, column } = editor.getCursorPosition();
            return editor.getLine(line).slice(0, column); }""")

    def complete(self, cell):
        """Type what is missing in a cell, from its top to its bottom."""
        enter(self.page, cell)
        old, new = cell.source.split("\n"), cell.code.split("\n")
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for what, i, end, j, stop in matcher.get_opcodes():
            if what == "equal":
                continue
            # Above this, all is as it will be. Three dots are written over.
            text = "\n".join(new[j:stop])
            self.page.keyboard.press("Control+Home")
            for _ in range(j - (what == "insert")):
                self.page.keyboard.press("ArrowDown")
            if what == "insert":
                self.page.keyboard.press("End")
                text = "\n" + text
            else:
                assert end == i + 1 and old[i].strip() == "...", (cell.id, old[i:end])
                self.page.keyboard.press("Home")
                self.page.keyboard.press("Shift+End")
                assert text.startswith(old[i][: old[i].index(".")]), (cell.id, text)
                text = text.lstrip()
            self.write(text)


def too_wide(page, cell):
    """Tell whether code of a cell, or what it prints, can only be seen by scrolling to the side."""
    return page.evaluate(
        f"""n => {{ const area = {WIDGETS}[n].editor.host.querySelector('.cm-scroller');
            const areas = [area, ...{WIDGETS}[n].outputArea.node.querySelectorAll('pre')];
            return areas.some(part => part.scrollWidth > part.clientWidth); }}""",
        place(page, cell),
    )


def stop_is_covered(page, cell):
    """Tell whether something lies over the number of a stop when its cell is the active one."""
    page.evaluate(
        """n => { const notebook = jupyterapp.shell.currentWidget.content;
             notebook.activeCellIndex = n; notebook.mode = 'command';
             notebook.widgets[n].node.scrollIntoView(); }""",
        place(page, cell),
    )
    settle(page)
    return page.evaluate(
        f"""([n, label]) => {{
            const parts = [...{WIDGETS}[n].node.querySelectorAll('small')];
            const found = parts.find(part => part.innerText === label);
            const {{ x, y, width, height }} = found.getBoundingClientRect();
            return [0.1, 0.5, 0.9].some(part => !found.contains(
              document.elementFromPoint(x + part * width, y + height / 2))); }}""",
        [place(page, cell), f"stop {cell.stop}"],
    )


def code_after(page, stop=None):
    """Return the code cells, or those after a stop."""
    cells = cells_of(page)
    first = next(i for i, cell in enumerate(cells) if stop in (None, cell.stop))
    return [cell for cell in cells[first:] if cell.type == "code"]


def catch_up(page, stop):
    """Type a call into a new cell above a stop; return what it says."""
    heading = next(cell for cell in cells_of(page) if cell.stop == stop)
    page.evaluate(
        """n => { const notebook = jupyterapp.shell.currentWidget.content;
             notebook.activeCellIndex = n; notebook.mode = 'command'; notebook.activate(); }""",
        place(page, heading),
    )
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    above = cells_of(page)[place(page, heading) - 1]
    Typist(page).write(f"from helpers import catch_up\ncatch_up({stop})")
    run(page, above)
    keep_screenshots(page, "caught-up", above)
    outputs = page.evaluate(f"n => {WIDGETS}[n].model.outputs.toJSON()", place(page, above))
    return "".join(output.get("text", "") for output in outputs)


def go_on(page, cells):
    """Run cells, with what is missing put in."""
    for cell in cells:
        fill(page, cell, instead(cell.code or cell.source))
        run(page, cell)


def all_is_well(page):
    """No error in any output, and none in the browser's console."""
    outputs = page.evaluate(f"""() => {WIDGETS}.flatMap(cell => (cell.model.outputs?.toJSON() ?? [])
        .map(output => [cell.model.id, output]))""")
    wrong = [
        (name, output) for name, output in outputs
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]  # fmt: skip
    assert not wrong
    assert not page.faults


# --- the lesson ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["02", "03", "04"])
def test_what_is_left_blank_can_be_typed_and_runs(visit, number):
    start = time.monotonic()
    page = visit(number)
    typist, other, wide, covered = Typist(page), [], [], []
    keep_screenshots(page, "start", cells_of(page)[0], "start")
    for cell in cells_of(page):
        if cell.stop:
            covered += [cell.id] * stop_is_covered(page, cell)
            keep_screenshots(page, f"stop-{cell.stop}", cell)
        if cell.type != "code":
            continue
        # How one cell looks is looked at closely, of the others what a class sees.
        looks = LOOKS if not typist.keys else LOOKS[-1:]
        if cell.code:
            enter(page, cell)
            keep_screenshots(page, f"{cell.id}-1-blank", cell, looks=looks)
            typist.complete(cell)
            keep_screenshots(page, f"{cell.id}-2-typed", cell, looks=looks)
            if source(page, cell) != cell.code:
                other.append((cell.id, source(page, cell)))
        if too_wide(page, cell):
            wide.append(cell.id)
        # A training takes minutes, and looks like any other cell that runs.
        if instead(source(page, cell)) != source(page, cell):
            fill(page, cell, instead(source(page, cell)))
        run(page, cell)
        if too_wide(page, cell):
            wide.append(cell.id)
        if cell.code:
            keep_screenshots(page, f"{cell.id}-3-ran", cell, looks=looks)
    minutes = (time.monotonic() - start) / 60
    print(
        f"notebook {number}: {typist.keys} keys in {typist.seconds / 60:.1f} minutes, at "
        f"{PACE:g} times the pace; {minutes:.1f} minutes in all; JupyterLab put "
        + (", ".join(typist.mended) or "in what was wanted")
    )
    assert typist.keys > 0
    assert not other, "typed, but not what the lesson has"
    assert not covered, "the number of a stop cannot be read"
    assert not wide, "at 150 % the code is cut off"
    all_is_well(page)


def test_who_falls_behind_catches_up_and_goes_on(visit):
    page = visit("04", copy="behind")
    cells = code_after(page)
    go_on(page, cells[: len(cells) - len(code_after(page, stop=1))])
    said = catch_up(page, 2)
    assert said.startswith("Caught up to stop 2"), said
    go_on(page, code_after(page, stop=2))
    all_is_well(page)


def test_who_restarts_the_kernel_catches_up_and_goes_on(visit):
    page = visit("03", copy="restarts")
    cells = code_after(page)
    go_on(page, cells[: len(cells) - len(code_after(page, stop=2))])
    page.evaluate("""() => { window.restarted = false;
        jupyterapp.commands.execute('notebook:restart-kernel')
          .then(() => { window.restarted = true; }); }""")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.wait_for_function("window.restarted")
    page.wait_for_function(IDLE)
    said = catch_up(page, 2)
    assert said.startswith("Caught up to stop 2"), said
    go_on(page, code_after(page, stop=2))
    all_is_well(page)
