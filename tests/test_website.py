"""The site: complete without a network, light, accessible, and what the notebooks say."""

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from pathlib import Path

import editions
import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from editions import tags
from playwright.sync_api import expect, sync_playwright
from test_repository import kept_files

from conftest import CHROMIUM, NOTEBOOKS, ROOT

in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
# Wide and by day, as narrow as at a zoom of 400 % and by night; weekly, also the other way round.
VIEWS = [
    (1280, "light"),
    (320, "dark"),
    pytest.param(1280, "dark", marks=pytest.mark.weekly),
    pytest.param(320, "light", marks=pytest.mark.weekly),
]
# Until the first screen can be read, everything that is asked for: the page, styles, scripts,
# pictures.
MOST_BYTES = 1_000_000
MOST_REQUESTS = 40
# Google's bound for "good" is 0.1.
MOST_SHIFT = 0.02
SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => resolve(sum), 100);
})"""

# What the margins of the cheat sheet leave of a sheet of paper, in pixels.
WIDTHS = {"A4": (210 - 16) * 96 / 25.4, "Letter": (215.9 - 16) * 96 / 25.4}
# What has the focus joins what was reached; where it lies outside the window, what it is. (The
# switches themselves are not seen: their labels are.)
CHOSEN = """() => {
  const chosen = document.activeElement;
  if (chosen === document.body) return '';
  reached.add(chosen);
  const box = chosen.getBoundingClientRect();
  const seen = box.width > 0 && box.left >= -1 && box.right <= innerWidth + 1;
  return seen || chosen.type === 'checkbox' ? '' : chosen.outerHTML.slice(0, 150);
}"""
ON_PAPER = """() => {
  const faults = [], sheet = document.querySelector('#cheat-sheet');
  const right = sheet.getBoundingClientRect().right + 1;
  for (const part of sheet.querySelectorAll('*')) {
    const size = parseFloat(getComputedStyle(part).fontSize), box = part.getBoundingClientRect();
    const own = [...part.childNodes].some(node => node.nodeType == 3 && node.data.trim());
    if (own && box.width && size < 8 * 96 / 72 - .01) faults.push('too small: ' + part.outerHTML);
    if (box.right > right) faults.push('cut off: ' + part.outerHTML);
    if (['PRE', 'TABLE', 'DIV'].includes(part.tagName) && part.scrollWidth > part.clientWidth + 1)
      faults.push('wider than its column: ' + part.outerHTML);
  }
  for (const box of sheet.querySelectorAll('section > section')) {
    const edge = box.getBoundingClientRect();
    for (const part of box.querySelectorAll('td, pre, p'))
      if (part.getBoundingClientRect().right > edge.right + 1)
        faults.push('out of its box: ' + part.outerHTML);
  }
  return faults;
}"""


@functools.cache
def read(path):
    return nbformat.read(path, as_version=4)


def page_of(site, path):
    return (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")


def all_pages(site):
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


def words(html):
    """Return the words of a page."""
    return " ".join(re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]*>", " ", html).split())


# --- what is in it ------------------------------------------------------------------------------

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each_notebook
def test_a_notebook_is_there_with_its_outputs_and_folded_solutions(site, path):
    page, cells = page_of(site, path), read(path).cells
    shown = [cell for cell in cells if "instructor" not in tags(cell)]
    assert f"<h1>{path.name[:2]} " in page and "Not answered yet" not in page
    assert page.count("cell_input docutils") == sum(cell.cell_type == "code" for cell in shown)
    solutions = sum(cell.source.startswith("### Solution") for cell in shown)
    assert page.count('<details class="solution">') == solutions
    before = page.split("<details")[0]
    for cell in shown:
        if "solution" in tags(cell):
            break
    assert before.count('class="cell ') == sum(
        c.cell_type == "code" for c in shown[: shown.index(cell)]
    )
    pictures = sum(
        len(re.findall("<img ", out.get("data", {}).get("text/html", "")))
        for cell in shown
        for out in cell.get("outputs", [])
    )
    assert len(re.findall(r'<img [^>]*src="\.\./pictures/', page)) == pictures
    assert "data:image/png" not in page
    playgrounds = sum(bool(re.search(r"(?m)^play_\w+\(", cell.source)) for cell in shown)
    assert page.count("move it in JupyterLab") == playgrounds
    assert "BEGIN SOLUTION" not in page


@each_notebook
def test_notes_for_instructors_have_pages_of_their_own(site, path):
    notes = [cell for cell in read(path).cells if "instructor" in tags(cell)]
    page = (site / "teaching" / f"{path.stem}.html").read_text(encoding="utf-8")
    learners, instructors = words(page_of(site, path)).casefold(), words(page).casefold()
    runs = [
        run.casefold()
        for cell in notes
        # Words without any marks, as they stand on a page.
        for run in re.findall(r"(?:\b[A-Za-z]+ ){4}[a-z]+", cell.source.replace("For inst", ""))
    ]
    assert len(runs) > 5
    assert [run for run in runs if run not in instructors] == []
    others = " ".join(cell.source for cell in read(path).cells if cell not in notes)
    quoted = " ".join(others.replace("*", "").casefold().split())
    assert [run for run in runs if run in learners and run not in quoted] == []
    assert f"../run-sheets/{path.stem}.html" in page
    sheet = (site / "run-sheets" / f"{path.stem}.html").read_text(encoding="utf-8")
    assert f'<a href="../notebooks/{path.stem}.html">notebook</a>' in sheet


@each_notebook
def test_buttons_lead_to_the_learners_notebook_and_to_binder(site, path):
    page = page_of(site, path)
    assert f'href="../downloads/{path.name}"' in page
    assert f"/v2/gh/somebody/lesson/HEAD?urlpath=lab/tree/notebooks/{path.name}" in page
    got = nbformat.read(site / "downloads" / path.name, as_version=4)
    assert got == editions.edition("learner", read(path))
    # Terms lead to the glossary on the page and in the notebook, the same ones.
    links = [cell.source.count("](glossary.md#") for cell in got.cells]
    own = page.count('href="glossary.html#')
    assert own >= sum(links) > 0


def test_the_learners_lesson_can_be_taken_from_it(site):
    with zipfile.ZipFile(site / "downloads" / "layer-by-layer-learner.zip") as archive:
        names = set(archive.namelist())
    assert {f"layer-by-layer-learner/notebooks/{path.name}" for path in NOTEBOOKS} <= names
    assert "layer-by-layer-learner/lesson.py" in names


def test_the_archive_is_the_site(site):
    with zipfile.ZipFile(site / "layer-by-layer-site.zip") as archive:
        packed = {Path(*Path(info.filename).parts[1:]): info for info in archive.infolist()}
    files = {path.relative_to(site): path for path in site.rglob("*") if path.is_file()}
    del files[Path("layer-by-layer-site.zip")]
    assert set(packed) == set(files)
    assert all(packed[name].file_size == path.stat().st_size for name, path in files.items())


def test_each_page_says_which_version_it_is(site):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for path in all_pages(site):
        if path.parent.name != "run-sheets":
            assert f"Layer by Layer {version}." in path.read_text(encoding="utf-8"), path


def test_formulas_are_mathml_and_stand_there_once(site):
    page = page_of(site, NOTEBOOKS[2])
    assert page.count("<math") == 4 and "<mo>⌊</mo>" in page.replace(' stretchy="true"', "")
    shown = words(re.sub(r"(?s)<annotation.*?</annotation>", "", page))
    assert "\\lfloor" not in shown and "A row of n numbers" in shown


def test_every_category_has_its_contact_sheet_and_every_training_its_range(site):
    sheets = (site / "data" / "pictures.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<img alt="\d+ small drawn pictures', sheets)) == 10
    from helpers.backstage.normal import all_ranges

    page = (site / "results" / "normal.html").read_text(encoding="utf-8")
    for trainings in all_ranges().values():
        for name in trainings:
            assert f'alt="{name}. Mean curves.' in page


# --- what stops it ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lesson(site, tmp_path_factory):
    """A copy of the lesson with all that the site is built from, to damage."""
    folder = tmp_path_factory.mktemp("damaged") / "lesson"
    for path in kept_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return folder


@pytest.fixture
def damaged(lesson):
    """Change a file of the copy until the test ends: damaged(name, change)."""
    before = {}

    def change(name, how):
        path = lesson / name
        before.setdefault(path, path.read_bytes())
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            how({cell.id: cell for cell in notebook.cells})
            nbformat.write(notebook, path)
        else:
            path.write_text(how(path.read_text(encoding="utf-8")), encoding="utf-8")

    yield change
    for path, content in before.items():
        path.write_bytes(content)


def built(lesson, folder, *options):
    scripts = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    command = [str(ROOT / ".venv-site" / scripts), str(lesson / "tools" / "website.py")]
    command += [str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=600)


def test_what_a_reader_would_stumble_over_stops_it_with_file_and_cell(lesson, damaged, tmp_path):
    def spoil(cells):
        cells["load"].execution_count = None
        cells["look"].outputs[0].data["text/html"] = '<img src="data:image/png;base64,AAAA">'
        cells["shapes"].outputs = [nbformat.v4.new_output("error", ename="KeyError", traceback=[])]
        cells["look-after"].source += "\n\n![](../fig/splits.svg)"
        cells["counts-after"].source += "\n\n[there](../data/nothing.md)"
        cells["splits"].source += "\n\n![A picture](../fig/nothing.svg)"
        cells["range-after"].source += "\n\n```{include} /etc/hostname\n```"
        script = {"application/javascript": "alert(1)", "text/plain": ""}
        cells["range"].outputs = [nbformat.v4.new_output("display_data", data=script)]
        script = {"text/html": "<script src='https://a.example'></script>", "text/plain": ""}
        cells["names"].outputs = [nbformat.v4.new_output("display_data", data=script)]
        outside = {"text/html": '<img alt="A plot." src="../fig/splits.svg">', "text/plain": ""}
        cells["labels"].outputs = [nbformat.v4.new_output("display_data", data=outside)]

    damaged("notebooks/01-data-loading.ipynb", spoil)
    damaged("TEACHING.md", lambda text: text + "\n[there](nowhere.md)\n")
    done = built(lesson, tmp_path / "site")
    assert done.returncode == 1 and not (tmp_path / "site").exists()
    first = "notebooks/01-data-loading.ipynb, cell "
    for line in (
        first + "load: it was not executed. python tools/execute.py",
        first + "look: the picture data:image/png;base64,AAAA has no text alternative.",
        first + "shapes: it ended with KeyError.",
        first + "look-after: the picture ../fig/splits.svg has no text alternative.",
        first + "counts-after: the link to ../data/nothing.md leads nowhere.",
        first + "splits: there is no picture ../fig/nothing.svg.",
        first + "range-after: Sphinx would run its block",
        first + "range: it shows application/javascript, text/plain, and the site text and HTML.",
        first + "names: what it shows would run or fetch something.",
        first + "labels: its picture is not stored in the output.",
        "TEACHING.md: the link to nowhere.md leads nowhere.",
    ):
        assert line in done.stderr
    assert len(done.stderr.splitlines()) == 11


def test_what_sphinx_warns_of_stops_it_with_file_and_cell(lesson, damaged, tmp_path):
    def spoil(cells):
        cells["dense-cost"].source += "\n\n##### Too deep\n\nText."
        cells["border-after"].source += "\n\n[there](03-pooling-layers.ipynb#no-such-heading)"
        cells["color"].source += "\n\nThis is $\\foo$."

    damaged("notebooks/02-convolutional-layers.ipynb", spoil)
    # As /tmp is on a Mac; and in a folder whose name holds what settings are split at.
    (tmp_path / "a, b").mkdir()
    folder = tmp_path / "link"
    if sys.platform == "win32":  # where not everybody may make one
        folder = tmp_path / "a, b"
    else:
        folder.symlink_to(tmp_path / "a, b", target_is_directory=True)
    done = built(lesson, folder / "site")
    assert done.returncode == 1 and not (tmp_path / "site").exists()
    file = "notebooks/02-convolutional-layers.ipynb, cell "
    assert re.search(file + "dense-cost: WARNING: Non-consecutive header level", done.stderr)
    assert re.search(file + "border-after: WARNING: .*no-such-heading", done.stderr)
    assert re.search(file + "color: WARNING: the formula cannot be shown: .*foo", done.stderr)
    assert str(tmp_path) not in done.stderr and len(done.stderr.splitlines()) == 3


def test_a_folder_that_holds_something_else_is_left_alone(lesson, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = built(lesson, tmp_path)
    assert done.returncode == 1 and "holds something else. Name another folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    done = built(lesson, tmp_path / "site", "--repository", "https://host/owner/name")
    assert done.returncode == 1 and "Write OWNER/NAME." in done.stderr


def test_built_again_it_replaces_the_old_one(site, lesson, damaged, tmp_path):
    def harmless(cells):
        cells["for-instructors-questions-body"].source += (
            "\n\n[Notebook](04-compile-and-train.ipynb) of `<!-- a comment -->`\n"
            "\n% this line stays\n\n(so)=\n\nThe end."
        )

    damaged("notebooks/03-pooling-layers.ipynb", harmless)
    folder = tmp_path / "layer-by-layer"
    folder.mkdir()
    (folder / ".layer-by-layer-site").touch()
    (folder / "old.html").touch()
    done = built(lesson, folder)
    assert done.returncode == 0, done.stderr
    assert not (folder / "old.html").exists()
    notes = (folder / "teaching" / f"{NOTEBOOKS[2].stem}.html").read_text(encoding="utf-8")
    assert 'href="../notebooks/04-compile-and-train.html"' in notes
    for kept in ("&lt;!--", "% this line stays", "(so)=", "The end."):
        assert kept in notes
    page = page_of(folder, NOTEBOOKS[0])
    # Without the name of the repository there are no links to it.
    assert "mybinder.org" not in page and "github.com/somebody" not in page
    with_links = page_of(site, NOTEBOOKS[0])
    link = re.compile(r'<a class="button" href="https://mybinder[^>]*>[^<]*</a>\s*')
    assert " ".join(link.sub("", with_links).split()) == " ".join(page.split())


# --- in a browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(site):
    """Where the site is served: at an address below another one."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Quiet, directory=str(site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{site.name}/"
        server.shutdown()


def opened(browser, width=1280, scheme="light"):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.faults, page.asked = [], []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("requestfailed", lambda request: page.faults.append(f"failed: {request.url}"))
    page.on("response", lambda got: got.status >= 400 and page.faults.append(f"none: {got.url}"))
    page.on("request", lambda request: page.asked.append(request.url))
    return page


@in_a_browser
@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_every_page_can_be_read_by_everybody(site, browser, width, scheme):
    """As axe sees it; and nothing is wider than the window, as at a zoom of 400 %."""
    page, faults = opened(browser, width, scheme), []
    for path in all_pages(site):
        page.goto(path.as_uri())
        name = path.relative_to(site)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{name} is wider than {width} pixels")
        for fault in Axe().run(page).response["violations"]:
            html = [node["html"][:150] for node in fault["nodes"][:3]]
            faults.append(f"{name}: {fault['help']}: {html}")
    assert not faults


@in_a_browser
def test_from_disk_no_page_asks_for_anything_elsewhere(site, browser):
    page = opened(browser)
    for path in all_pages(site):
        page.goto(path.as_uri())
        page.evaluate("for (const p of document.images) p.loading = 'eager'")
        page.wait_for_function("[...document.images].every(p => p.complete && p.naturalWidth > 0)")
    assert {url.split("#")[0] for url in page.asked if not url.startswith(site.as_uri())} == set()
    assert not page.faults


@in_a_browser
def test_below_an_address_every_page_is_light_and_stands_still(site, address, browser):
    heavy = []
    for path in all_pages(site):
        page = opened(browser)
        sizes = []
        page.on("response", lambda got, sizes=sizes: sizes.append(len(got.body())))
        page.goto(address + path.relative_to(site).as_posix(), wait_until="load")
        shift = page.evaluate(SHIFT)
        if sum(sizes) > MOST_BYTES or len(sizes) > MOST_REQUESTS or shift > MOST_SHIFT:
            heavy.append((path.name, sum(sizes), len(sizes), shift))
        assert all(url.startswith(address) for url in page.asked)
        assert not page.faults
        page.context.close()
    assert not heavy


def test_every_link_of_the_site_leads_to_a_place_of_it(site):
    """Links that Sphinx does not see, too: buttons, cards, run sheets."""
    ids, lost = {}, []
    for path in all_pages(site):
        ids[path] = set(re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8")))
    for path in ids:
        for link in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', path.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", link):
                continue
            target, _, place = link.partition("#")
            there = (path.parent / target).resolve() if target else path
            if not there.is_file() or (place and place not in ids.get(there, {place})):
                lost.append((path.relative_to(site).as_posix(), link))
    assert not lost


@in_a_browser
def test_with_the_keyboard_alone_from_the_start_to_a_solution_of_notebook_04(site, browser):
    page = opened(browser)
    page.goto((site / "index.html").as_uri())

    def press_until(matches, most, key="Tab"):
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate(f"(() => {{ const e = document.activeElement; return {matches} }})()"):
                outline = page.evaluate(
                    "(() => { const s = getComputedStyle(document.activeElement);"
                    " return s.outlineStyle + s.boxShadow + s.backgroundColor })()"
                )
                assert "auto" in outline or "solid" in outline, "nobody sees what is chosen"
                return
        raise AssertionError(f"{most} times {key}, and not there: {matches}")

    press_until("e.textContent.startsWith('04 Compile')", 30)
    page.keyboard.press("Enter")
    page.wait_for_url("**/04-compile-and-train.html")
    # The first stop of a page goes past the list of all others.
    press_until("e.getAttribute('href') === '#furo-main-content'", 3)
    page.keyboard.press("Enter")
    press_until("e.tagName === 'SUMMARY'", 60)
    solution = page.locator("details.solution").first
    expect(solution).not_to_have_attribute("open", "")
    page.keyboard.press("Enter")
    expect(solution).to_have_attribute("open", "")
    expect(solution.locator("pre").first).to_be_visible()


@in_a_browser
@pytest.mark.parametrize(
    "width", [320, *(pytest.param(width, marks=pytest.mark.weekly) for width in (1280, 1600))]
)
def test_the_keyboard_reaches_all_that_is_there_and_nothing_else(site, browser, width):
    """Also the lists of pages and of headings, which are folded away where there is no room."""
    page = opened(browser, width)
    page.goto((site / "notebooks" / "05-dropout.html").as_uri())
    page.evaluate("window.reached = new Set()")

    def tab_to_the_end():
        """Go once around the page, and say what of it is chosen out of sight."""
        lost = []
        for _ in range(400):
            page.keyboard.press("Tab")
            if outside := page.evaluate(CHOSEN):
                lost.append(outside)
            if page.evaluate("document.activeElement === document.body"):
                return lost
        raise AssertionError("the end of the page was not reached")

    assert not tab_to_the_end()
    for name in ("__navigation", "__toc"):
        switch = page.locator(f"button[data-opens={name}]:visible")
        if switch.count():
            switch.focus()
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)  # it slides in
            assert page.locator(f"#{name}").is_checked() and not tab_to_the_end()
            page.keyboard.press("Escape")
            page.wait_for_timeout(400)
            assert not page.locator(f"#{name}").is_checked()
    never = page.evaluate(
        "[...document.querySelectorAll('a[href], button, summary, input')]"
        ".filter(e => !reached.has(e) && getComputedStyle(e).display !== 'none'"
        " && e.checkVisibility() && !e.closest('details:not([open]) > :not(summary)'))"
        ".map(e => e.outerHTML.slice(0, 150))"
    )
    assert not never


@in_a_browser
def test_the_search_finds_without_a_server(site, browser):
    page = opened(browser)
    page.goto((site / "index.html").as_uri())
    page.locator(".sidebar-search").fill("dropout")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li").first).to_be_visible()
    assert "Fight overfitting with dropout" in page.locator("#search-results").inner_text()
    # And once more, from the page itself: on a phone, the other box is folded away.
    again = page.locator(".search-again input")
    expect(again).to_have_value("dropout")
    again.fill("equivariance")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results")).to_contain_text("Glossary > equivariance")


@in_a_browser
def test_on_paper_solutions_are_open_and_nothing_is_there_to_press(site, browser):
    page = opened(browser)
    page.goto((site / "notebooks" / "04-compile-and-train.html").as_uri())
    code = page.locator("details.solution pre").first
    shown = "e => e.getBoundingClientRect().height > 0 && e.checkVisibility()"
    assert not code.evaluate(shown)
    page.emulate_media(media="print")
    assert code.evaluate(shown)
    for gone in (".buttons", ".sidebar-drawer", ".toc-drawer", ".skip-to-content"):
        for part in page.locator(gone).all():
            expect(part).to_be_hidden()


@in_a_browser
def test_by_night_it_is_dark_until_somebody_wants_it_light(site, browser):
    page = opened(browser, scheme="dark")
    page.goto((site / "index.html").as_uri())
    color = "getComputedStyle(document.body).backgroundColor"

    def light():
        return sum(map(int, re.findall(r"\d+", page.evaluate(color))[:3])) > 600

    assert not light()
    button = page.locator(".theme-toggle:visible").first
    for _ in range(3):
        button.click()
        if light():
            break
    assert light()
    page.goto((site / "notebooks" / "04-compile-and-train.html").as_uri())
    assert light(), "what was chosen is forgotten on the next page"


@in_a_browser
@pytest.mark.parametrize("paper", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_cheat_sheet_fills_two_pages_on_which_all_can_be_read(site, browser, paper, scheme):
    page = opened(browser, scheme=scheme)
    page.goto((site / "notebooks" / "cheat-sheet.html").as_uri())
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))
    assert len(pages) == 2, f"{len(pages)} pages on {paper}"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(WIDTHS[paper]), "height": 1000})
    faults = page.evaluate(ON_PAPER)
    assert not faults, faults


@in_a_browser
@pytest.mark.parametrize("width", [1280, 375])
def test_on_a_screen_the_cheat_sheet_has_one_column(site, browser, width):
    page = opened(browser, width)
    page.goto((site / "notebooks" / "cheat-sheet.html").as_uri())
    places = [box.bounding_box() for box in page.locator("#cheat-sheet > section").all()]
    assert len({place["x"] for place in places}) == 1
    tops = [place["y"] for place in places]
    assert tops == sorted(tops)
