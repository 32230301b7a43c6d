"""Run sheets say what the notebook and its challenges say, and their minutes sum up."""

import csv
import functools
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import nbformat
import pytest
import run_sheets
from axe_playwright_python.sync_playwright import Axe
from benchmarks import cell_seconds
from editions import CHARACTERS_A_MINUTE, tags, typed
from playwright.sync_api import sync_playwright
from run_sheets import RunSheetError, run_sheet

from conftest import CHROMIUM, NOTEBOOKS
from helpers.challenges import CHALLENGES

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
START = "9:10"


@functools.cache
def read(path):
    return nbformat.read(path, as_version=4)


@functools.cache
def sheet(path):
    return run_sheet(read(path), START, number_of_notebook=path.stem[:2])


def minutes(time):
    hours, rest = time.split(":")
    return 60 * int(hours) + int(rest)


class Page(HTMLParser):
    """What a page shows, and what it links to."""

    def __init__(self, page):
        super().__init__()
        self.open, self.text, self.typed, self.clocks = [], [], [], []
        self.names, self.links, self.ids = set(), [], set()
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"
        self.words = " ".join("".join(self.text).split())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.names |= {tag, *attrs}
        self.ids |= {attrs["id"]} if "id" in attrs else set()
        self.links += [attrs["href"]] if "href" in attrs else []
        if tag in ("dt", "dd", "p", "li", "td", "h1", "h2", "h3"):
            self.text.append(" ")
        if tag not in ("meta", "br", "hr"):
            self.open.append((tag, attrs.get("class")))
        if self.open[-1] == ("pre", "typed"):
            self.typed.append("")
        if self.open[-1] == ("span", "clock"):
            self.clocks.append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if ("style", None) in self.open:
            return
        self.text.append(data)
        if ("pre", "typed") in self.open:
            self.typed[-1] += data
        if self.open and self.open[-1] == ("span", "clock"):
            self.clocks[-1] += data


def words(markdown):
    """Return markdown as a page shows it."""
    return " ".join(run_sheets.render(markdown).striptags().split())


# --- every notebook -----------------------------------------------------------------------------


@each_notebook
def test_minutes_sum_up(path):
    parts, _ = run_sheets.parts_of(read(path), {})
    lesson = read(path).metadata["lesson"]
    run_sheets.share_minutes(parts, lesson, path.stem)
    run_sheets.set_clock(parts)
    for kind in ("teaching", "challenge"):
        total = lesson[kind if kind == "teaching" else "challenges"]
        there = [p.minutes for p in parts if p.kind == kind and not p.optional]
        assert math.isclose(sum(there), total)
        assert min(there) >= 0
    assert sum(p.minutes for p in parts if p.optional) == pytest.approx(lesson.get("optional", 0))
    whole = lesson["teaching"] + lesson["challenges"]
    assert sum(p.lasts for p in parts if not p.optional) == whole
    assert sum(n for part, n in run_sheets.timetable(parts) if not part.optional) == whole


@each_notebook
def test_the_clock_goes_forward(path):
    page, lesson = Page(sheet(path)), read(path).metadata["lesson"]
    times = [minutes(clock) for clock in page.clocks if clock != "extra"]
    assert times == sorted(times) and times[0] == minutes(START)
    end = minutes(START) + lesson["teaching"] + lesson["challenges"]
    assert times[-1] <= end
    assert f"9:10 to {end // 60}:{end % 60:02}" in page.words


@each_notebook
def test_all_that_is_typed_is_there_character_for_character(path):
    cells = [cell for cell in read(path).cells if "type" in tags(cell)]
    page = Page(sheet(path))
    assert page.typed == [typed(cell.source) for cell in cells]
    for code in page.typed:
        took = f"{len(code)} characters · {len(code) / CHARACTERS_A_MINUTE:.1f} min to type"
        assert took in page.words
    assert ("Green notes up if it runs" in page.words) == bool(cells)


@each_notebook
def test_typing_and_running_fit_into_the_minutes(path):
    # Half of the teaching minutes for typing: with the seconds of the reference machine, a sheet
    # is made without an error, and something is left to say what is done.
    parts, _ = run_sheets.parts_of(read(path), {})
    typing = sum(part.typing for part in parts if not part.optional)
    assert typing <= read(path).metadata["lesson"]["teaching"] / 2
    assert sheet(path)


@each_notebook
def test_each_challenge_says_what_to_expect_and_why(path):
    page = Page(sheet(path))
    names = re.findall(r'check\("([\w-]+)"', "".join(cell.source for cell in read(path).cells))
    for name in names:
        challenge = CHALLENGES[name]
        assert words(challenge.expect) in page.words
        assert words(challenge.right) in page.words
        for _, why in run_sheets.mistakes(challenge):
            assert " ".join(why.split()) in page.words
    assert ("Hands up for each letter" in page.words) == any(
        isinstance(CHALLENGES[name], run_sheets.Choice) for name in names
    )


@each_notebook
def test_notes_stops_and_sections_to_skip(path):
    page = Page(sheet(path))
    for cell in read(path).cells:
        if "instructor" in tags(cell) and not cell.source.startswith("### "):
            assert words(cell.source) in page.words
        if stop := cell.metadata.get("stop"):
            assert f"catch_up({stop})" in page.words and f"stop {stop}" in page.words
        heading = run_sheets.heading_of(cell.source)[1]
        if "skip-when-late" in tags(cell) and not heading.startswith("Optional"):
            assert re.search(rf"{re.escape(heading)} \(saves (\d+|<1) min\)", page.words)


@each_notebook
def test_a_sheet_needs_nothing_but_itself(path):
    page = Page(sheet(path))
    assert not page.names & {"script", "link", "img", "iframe", "object", "src", "onclick"}
    assert not re.search(r"url\(|@import", sheet(path))
    for link in page.links:
        assert link.startswith("https://") or link.removeprefix("#") in page.ids, link


def test_the_table_of_seconds_knows_the_cells():
    with run_sheets.SECONDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == cell_seconds.HEADER
    cells = {
        (path.stem[:2], cell.id)
        for path in NOTEBOOKS
        for cell in read(path).cells
        if cell.cell_type == "code"
    }
    for row in rows:
        assert (row["notebook"], row["cell"]) in cells, f"measure anew: {row}"
        assert float(row["seconds"]) >= cell_seconds.LEAST and float(row["epochs"]) > 0


# --- notebooks made here -----------------------------------------------------------------------


def markdown(source, *marks, **metadata):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(marks), **metadata})


def code(source, *marks, name="some"):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(marks)})
    cell.id = name
    return cell


def notebook(*cells, **lesson):
    made = nbformat.v4.new_notebook(cells=[markdown("# Look"), *cells])
    made.metadata["lesson"] = {"teaching": 10, "challenges": 0, **lesson}
    return made


def challenge(name, heading="A vote"):
    return [
        markdown(f"## Challenge: {heading}\n\nWhat is it?", "challenge"),
        code(
            f'answer = ...\ncheck("{name}", answer)', "challenge", name=re.sub(r"\W", "-", heading)
        ),
    ]


def test_text_never_becomes_markup():
    evil = '<script>alert(1)</script><img src="https://example.org/x">'
    page = Page(
        run_sheet(
            notebook(
                markdown(f"## Evil {evil}\n\nSay {evil}. Is it [so](javascript:alert) {evil}?"),
                markdown("### For instructors: care", "instructor"),
                markdown(f"**{evil}** [x](https://example.org)", "instructor"),
                markdown(f"![{evil}](../fig/x.svg)"),
                code(f"# Goal {evil}\nprint('{evil}')", "type"),
                code(f"print('{evil}')", name="run"),
                markdown(f"> **Box** {evil}"),
            )
        )
    )  # fmt: skip
    assert not page.names & {"script", "img", "src"}
    assert page.words.count("<script>alert(1)</script>") >= 6
    assert page.typed == [f"print('{evil}')"]
    assert [link for link in page.links if ":" in link] == ["https://example.org"]


def test_a_sheet_says_what_to_do():
    page = Page(
        run_sheet(
            notebook(
                markdown("## One\n\nFirst. Second. How many?\n\n![A](../fig/cat.svg)", stop=1),
                code("# Goal.\nx = 1", "type", name="typed"),
                markdown("## Two\n\nMuch to say here.", "skip-when-late"),
                code("# Instead of training: model = load_checkpoint('a')\nfit()", name="train"),
                *challenge("when-to-convolve"),
                markdown("### For instructors: what they will ask", "instructor"),
                markdown("**Why?** Because.", "instructor"),
                challenges=4,
            ),
            "13:30",
        )
    )
    for said in (
        "13:30 to 13:44, 14 minutes: 10 teaching, 4 challenges",
        "Show the figure cat. Say First. Ask How many? Type Goal.",
        "Skip Two (saves",
        "catch_up(1) brings",
        "Run fit() · train · to load instead: model = load_checkpoint('a')",
        "Ask What is it? Hands Hands up for each letter",
        "What they will ask: answers are at the end",
        "Questions that come Why? Because.",
    ):
        assert said in page.words, said


def how(n_votes, n_tasks, total):
    tasks = [challenge("accuracy", f"Task {i}") for i in range(n_tasks)]
    votes = [challenge("features", f"Vote {i}") for i in range(n_votes)]
    cells = [cell for pair in (*tasks, *votes) for cell in pair]
    made = notebook(*cells, challenges=total)
    parts, _ = run_sheets.parts_of(made, {})
    run_sheets.share_minutes(parts, made.metadata["lesson"], "made")
    return [(part.how, round(part.minutes, 2)) for part in parts if part.kind == "challenge"]


@pytest.mark.parametrize(
    ("n_votes", "n_tasks", "total", "expected"),
    [
        (1, 0, 4, [("vote", 4)]),
        (1, 2, 20, [("write", 8), ("write", 8), ("vote", 4)]),
        (1, 3, 15, [("write", 4.5), ("write", 4.5), ("show", 2), ("vote", 4)]),
        (1, 4, 15, [("write", 5), ("show", 2), ("show", 2), ("show", 2), ("vote", 4)]),
        (2, 0, 10, [("vote", 5), ("vote", 5)]),
        (1, 1, 6, [("write", 2), ("vote", 4)]),
        (2, 1, 6, [("write", 2), ("vote", 2), ("vote", 2)]),
    ],
)
def test_votes_take_four_minutes_and_few_tasks_are_written(n_votes, n_tasks, total, expected):
    assert how(n_votes, n_tasks, total) == expected


def test_seconds_are_those_of_the_machine(tmp_path, monkeypatch):
    table = tmp_path / "seconds.csv"
    table.write_text("notebook,cell,seconds,epochs\n01,fit,30.0,20.00\n02,fit,900.0,600.00\n")
    monkeypatch.setattr(run_sheets, "SECONDS", table)
    made = notebook(markdown("## Train\n\nLook at it."), code("model.fit()", name="fit"))
    assert "30 s on the reference machine" in Page(run_sheet(made, number_of_notebook="01")).words
    slow = Page(run_sheet(made, epoch_seconds=4, number_of_notebook="01")).words
    assert "80 s on this machine" in slow and "reference" not in slow
    too_slow = Page(run_sheet(made, epoch_seconds=50, number_of_notebook="01")).words
    assert "load what would be trained" in too_slow and "load what would" not in slow
    table.unlink()
    monkeypatch.setattr(run_sheets, "ROOT", tmp_path)
    with pytest.raises(RunSheetError, match="seconds.csv is missing"):
        run_sheet(made, number_of_notebook="01")


def test_more_typing_than_minutes_is_an_error():
    made = notebook(markdown("## A\n\nB."), code("x = 1\n" * 250, "type"))
    with pytest.raises(RunSheetError, match=r"Look: typing takes 12\.5 minutes, .*tag type"):
        run_sheet(made)


@pytest.mark.parametrize("start", ["", "9", "9.00", "9:60", "24:00", "-1:00", "9:00 am", "９:00"])
def test_a_start_that_is_no_time(start):
    with pytest.raises(RunSheetError, match="is no time. Write hours and minutes"):
        run_sheet(notebook(markdown("## A\n\nB.")), start)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_an_epoch_that_takes_no_time(seconds):
    with pytest.raises(RunSheetError, match="Give a number above 0"):
        run_sheet(notebook(markdown("## A\n\nB.")), epoch_seconds=seconds)


def test_faults_of_a_notebook():
    with pytest.raises(RunSheetError, match=r"lesson\.challenges is 5 minutes, and nothing"):
        run_sheet(notebook(markdown("## A\n\nB."), challenges=5))
    with pytest.raises(RunSheetError, match="checks 'no-such', which is no challenge"):
        run_sheet(notebook(*challenge("no-such"), challenges=5))


def test_a_challenge_without_expectation(monkeypatch):
    monkeypatch.setitem(CHALLENGES, "features", replace(CHALLENGES["features"], expect=""))
    with pytest.raises(RunSheetError, match="'features' does not say what to expect"):
        run_sheet(notebook(*challenge("features"), challenges=5))


# --- surveys, and what is written --------------------------------------------------------------

SURVEY = (
    "## In the room\n\n### Survey: before\n\nPrint it.\n\n1. Who <b>are</b> you?\n2. Why?\n\n"
    "<!-- numbers: 3 -->\n\n### Survey: after\n\n1. What was *best*?\n\n## Next\n\nNo.\n"
)


def test_the_survey_is_what_stands_in_teaching():
    page = Page(run_sheets.survey(SURVEY))
    asks = "course Please leave your name out."
    assert f"Survey before the {asks} Who <b>are</b> you? Why?" in page.words
    assert f"Survey after the {asks} What was best?" in page.words
    assert "No." not in page.words and "Print it" not in page.words and "numbers" not in page.words
    with pytest.raises(RunSheetError, match="no section ### Survey: after"):
        run_sheets.survey(SURVEY.partition("### Survey: after")[0])
    with pytest.raises(RunSheetError, match="### Survey: before has no questions"):
        run_sheets.survey(SURVEY.replace("1. Who", "Who").replace("2. ", ""))


def test_the_command(tmp_path, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["run_sheets.py", str(tmp_path / "sheets"), *arguments])
        return run_sheets.main()

    assert run("--start", "noon") == 2
    assert "'noon' is no time" in capsys.readouterr().err
    assert run("--notebooks", "99") == 2
    assert "There is no notebook '99'. Write: 01, " in capsys.readouterr().err
    assert not (tmp_path / "sheets").exists()
    assert run("--notebooks", "01", "--start", "13:10", "--epoch-seconds", "1.1") == 0
    written = {path.name for path in (tmp_path / "sheets").iterdir()}
    assert written == {"01-data-loading.html", "index.html", "survey.html"}
    index = Page((tmp_path / "sheets" / "index.html").read_text(encoding="utf-8"))
    assert set(index.links) == written - {"index.html"}
    page = Page((tmp_path / "sheets" / "01-data-loading.html").read_text(encoding="utf-8"))
    assert page.clocks[0] == "13:10" and "on this machine" in page.words


# --- in a browser ---------------------------------------------------------------------------


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_sheets_fit_a_phone_and_can_be_read(tmp_path):
    files = [tmp_path / f"{path.stem}.html" for path in NOTEBOOKS]
    for path, file in zip(NOTEBOOKS, files, strict=True):
        file.write_text(sheet(path), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme=scheme)
            asked = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            for file in files:
                page.goto(file.as_uri())
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= 375, f"{file.name} is {wide} pixels wide"
            assert asked == [file.as_uri() for file in files]
            page.goto(files[3].as_uri())
            faults = Axe().run(page).response["violations"]
            assert not faults, [(fault["id"], fault["nodes"][0]["html"]) for fault in faults]
        browser.close()


# --- how the seconds are measured ----------------------------------------------------------


def test_cells_are_timed_in_epochs(tmp_path):
    execution = {
        "iopub.status.busy": "2026-11-21T09:00:00.500000Z",
        "shell.execute_reply": "2026-11-21T09:00:04.000000Z",
    }
    assert cell_seconds.seconds(execution) == 3.5
    rows = cell_seconds.rows_of("05", [("quick", 0.5), ("fit", 3.5)], epoch=2.0)
    assert rows == [{"notebook": "05", "cell": "fit", "seconds": "3.5", "epochs": "1.75"}]


def test_measuring_one_notebook_keeps_the_others(tmp_path):
    table = tmp_path / "seconds.csv"
    for number, name in (("05", "b"), ("02", "z"), ("05", "a"), ("05", "c")):
        cell_seconds.merge(table, number, cell_seconds.rows_of(number, [(name, 2.0)], 1.0))
    assert table.read_text().splitlines() == [
        "notebook,cell,seconds,epochs", "02,z,2.0,2.00", "05,c,2.0,2.00",
    ]  # fmt: skip


def test_the_time_of_a_cell_is_that_which_passes(tmp_path):
    made = nbformat.v4.new_notebook(
        cells=[code("import time"), markdown("..."), code("time.sleep(0.8)", name="slow")]
    )
    (_, quick), (name, slow) = cell_seconds.time_cells(made, tmp_path)
    assert name == "slow" and quick < 0.8 <= slow
