"""Every notebook as a person uses it: the README's command, JupyterLab, a real browser.

Chromium is needed (``apt-get install chromium``); without it these tests are skipped, and the
head of the report says so. In the default run trainings are replaced by the line that loads
their result (nbval executes them in full); with LESSON_SLOW=1 nothing is replaced. With
LESSON_SCREENSHOTS=/a/folder pictures of each notebook are kept there: light and dark, 1280 and
800 pixels wide.
"""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from conftest import CHROMIUM, NEED_RAY, NOTEBOOKS, ROOT, SLOW, all_loaded

PLAY = re.compile(r'"play_\w+\(')
# One with a playground that imports no TensorFlow, one with two of them, one whose playground has a
# network: the others show little more that nbval has not compared. The environment of the README's
# command has no Ray.
QUICK = ("01", "03", "05")
PARAMS = [
    pytest.param(path.stem, marks=() if path.name[:2] in QUICK else pytest.mark.weekly)
    for path in NOTEBOOKS
    if path not in NEED_RAY
]
TOKEN = "a-token-for-this-test"
SETTINGS = {
    # All cells are in the page, not only those in sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# What the browser knows of each cell of the notebook in front.
CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.map(cell => ({
  id: cell.model.id, type: cell.model.type, count: cell.model.executionCount ?? null,
  outputs: cell.model.outputs?.toJSON() ?? [], visible: cell.node.offsetParent !== null,
  tags: cell.model.getMetadata('tags') ?? [],
}))"""
PANEL = ".jp-NotebookPanel .jp-WindowedPanel-outer"
LOADED = "[...document.querySelectorAll('.jp-Notebook img')].every(image => image.complete)"
# In milliseconds: a busy machine may stand still for long.
PATIENCE = 300_000
IDLE = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A copy of the lesson, as a learner has it."""
    folder = tmp_path_factory.mktemp("learner") / "lesson"
    others = (".git", ".venv*", ".pytest_cache", "__pycache__", ".ruff_cache")
    others += ("dollar-street-10", "drawn")
    shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns(*others))
    # Pictures that are drawn are the same for all, and drawing them takes minutes.
    drawn = ROOT / "data" / "drawn"
    drawn.mkdir(exist_ok=True)
    (folder / "data" / "drawn").symlink_to(drawn, target_is_directory=True)
    if (ROOT / ".venv").is_dir():
        (folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
    if not SLOW:
        for path in (folder / "notebooks").glob("*.ipynb"):
            nbformat.write(all_loaded(path), path)
    return folder


@pytest.fixture(scope="module")
def server(lesson, tmp_path_factory):
    """Address of JupyterLab, started by the README's command."""
    home, port = tmp_path_factory.mktemp("jupyter"), free_port()
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    (home / "config").mkdir()
    options = {"IdentityProvider": {"token": TOKEN}, "LabApp": {"expose_app_in_browser": True}}
    (home / "config" / "jupyter_lab_config.json").write_text(json.dumps(options))
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    command = [sys.executable, "lesson.py", "lab", "--no-browser", "--port", str(port)]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=lesson, env=env, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 300
    while True:
        try:
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5)
            break
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < end, (home / "log").read_text()
            time.sleep(0.5)
    yield address
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=60)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=PARAMS)
def page(request, server, browser):
    """A notebook in JupyterLab after Run All; with its console errors in ``page.faults``."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.name, page.faults = request.param, []
    page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server}/lab/tree/notebooks/{page.name}.ipynb?token={TOKEN}&reset")
    page.wait_for_function(IDLE)
    page.evaluate("""async () => { const notebook = jupyterapp.shell.currentWidget;
        await notebook.context.ready; await notebook.revealed; }""")
    page.collapsed = page.evaluate(CELLS)
    page.set_default_timeout(1_200_000)
    page.ran = page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.set_default_timeout(PATIENCE)
    page.wait_for_function(IDLE)
    page.wait_for_function(LOADED)
    page.cells = page.evaluate(CELLS)
    keep_screenshots(page)
    yield page
    page.evaluate("jupyterapp.commands.execute('kernelmenu:shutdown')")
    page.close()


def settle(page):
    """Wait until JupyterLab has drawn what was changed."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(LOADED)


def keep_screenshots(page):
    folder = os.environ.get("LESSON_SCREENSHOTS")
    change = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
    scroll = f"y => {{ document.querySelector('{PANEL}').scrollTop = y }}"
    for theme in ("Dark", "Light") if folder else ():
        page.evaluate(change, f"JupyterLab {theme}")
        for width in (800, 1280):
            page.set_viewport_size({"width": width, "height": 1000})
            settle(page)
            height = page.evaluate(f"document.querySelector('{PANEL}').scrollHeight")
            for number in range(height // 900 + 1):
                page.evaluate(scroll, number * 900)
                settle(page)
                name = f"{page.name[:2]}-{theme.lower()}-{width}-{number:02}.png"
                page.screenshot(path=Path(folder) / name)


def test_run_all_reaches_the_end_without_an_error(page):
    assert page.ran is True
    code = [cell for cell in page.cells if cell["type"] == "code"]
    assert [cell["count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", (cell["id"], output)
            assert output.get("name") != "stderr", (cell["id"], output)


def test_every_picture_is_there(page):
    pictures = page.evaluate("""() => [...document.querySelectorAll('.jp-Notebook img')].map(i =>
        [i.complete && i.naturalWidth > 0, i.alt, i.getAttribute('src').slice(0, 60)])""")
    assert pictures and not [p for p in pictures if not p[0]]
    assert not [p for p in pictures if len(p[1].split()) < 3]


def test_solutions_and_notes_are_collapsed_and_open_on_click(page):
    cells = page.collapsed
    hidden = [
        cell["id"] for before, cell in itertools.pairwise(cells)
        if {"solution", "instructor"} & set(cell["tags"]) & set(before["tags"])
    ]  # fmt: skip
    assert hidden
    seen = {cell["id"] for cell in cells if cell["visible"]}
    assert not seen & set(hidden)
    assert len(seen) == len(cells) - len(hidden), "something else is hidden, too"
    number = next(i for i, cell in enumerate(cells) if cell["id"] == hidden[0])
    head = cells[number - 1]["id"]
    page.evaluate(
        """id => { const cell = jupyterapp.shell.currentWidget.content.widgets.find(
             c => c.model.id === id); cell.node.scrollIntoView();
             cell.node.querySelector('.jp-collapseHeadingButton').click(); }""",
        head,
    )
    page.wait_for_function(f"id => ({CELLS})().find(c => c.id === id).visible", arg=hidden[0])


def test_every_playground_follows_its_controls(page):
    source = (ROOT / "notebooks" / f"{page.name}.ipynb").read_text(encoding="utf-8")
    playgrounds = page.locator(".jp-Notebook .playground")
    assert playgrounds.count() == len(PLAY.findall(source))
    for number in range(playgrounds.count()):
        playground = playgrounds.nth(number)
        playground.scroll_into_view_if_needed()
        picture = playground.locator("img").first
        assert picture.get_attribute("alt")
        sliders = playground.locator(".noUi-handle:visible")
        assert sliders.count() > 0
        before = picture.get_attribute("src")
        # A slider that stands at its right end can only be moved to the left.
        handle = sliders.first
        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        handle.focus()
        page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        expect(picture, "a slider was moved and the picture stayed").not_to_have_attribute(
            "src", before, timeout=PATIENCE
        )
        assert playground.locator(".playground-line").inner_text().strip()


def test_no_error_in_the_console(page):
    assert not page.faults


def test_no_serious_hurdle_for_people_who_cannot_see_or_point(page):
    """Of the notebook's content; JupyterLab's own menus are not ours."""
    found = Axe().run(
        page,
        context={"include": [[".jp-RenderedMarkdown"], [".jp-OutputArea-output"]]},
        options={"resultTypes": ["violations"]},
    )
    serious = [
        (v["id"], v["help"], [node["html"][:200] for node in v["nodes"][:3]])
        for v in found.response["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert not serious


def test_a_playground_says_that_its_kernel_was_restarted(page):
    """The last test of a notebook: after it, nothing is left of what was run."""
    playgrounds = page.locator(".jp-Notebook .playground")
    if not playgrounds.count():
        pytest.skip("no playground in this notebook")
    for number in range(playgrounds.count()):
        expect(playgrounds.nth(number).locator(".playground-gone")).to_be_hidden()
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    for number in range(playgrounds.count()):
        said, words = map(
            playgrounds.nth(number).locator, (".playground-gone", ".playground-words")
        )
        expect(said).to_be_visible(timeout=PATIENCE)
        expect(said).to_contain_text("The kernel was restarted")
        expect(words).to_be_hidden()
