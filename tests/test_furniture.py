"""Files for those who work on the lesson do what they say, and name one version."""

import json
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from test_repository import PROJECT, PYTHONS, ROOT

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]-*.yml"))
TEXTS = [
    ROOT / ".github" / "pull_request_template.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CODE_OF_CONDUCT.md",
]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
CONTAINER = ROOT / ".devcontainer"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version():
    version = PROJECT["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    headings = re.findall(r"(?m)^## (.*)$", read("CHANGELOG.md"))
    newest, _, date = headings[0].partition(", ")
    assert newest == version
    numbers = [[int(n) for n in heading.partition(",")[0].split(".")] for heading in headings]
    assert numbers == sorted(numbers, reverse=True), "the newest comes first"
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == version
    if date == "in preparation":
        assert "date-released" not in citation
    else:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", date), headings[0]
        assert str(citation["date-released"]) == date
    # Only the newest version can be in preparation.
    assert all(re.fullmatch(r"[\d.]+, \d{4}-\d\d-\d\d", heading) for heading in headings[1:])


def test_image_has_the_version():
    pages = [read(name) for name in (".binder/Dockerfile", "deploy/README.md")]
    names = re.findall(r"layer-by-layer:(\S+)", "".join(pages))
    assert len(names) >= 4 and set(names) == {PROJECT["version"]}
    values = yaml.safe_load(read("deploy/jupyterhub-values.yaml"))
    assert values["singleuser"]["image"]["tag"] == PROJECT["version"]


def test_forms_ask_for_what_there_is():
    """A form that names a command or a page names one that is there."""
    assert len(FORMS) == 4
    texts = {file.stem: file.read_text(encoding="utf-8") for file in FORMS}
    assert "`python3 lesson.py doctor`" in texts["2-software"]
    pages = set(re.findall(r"\b[A-Z]+\.md\b", "".join([*texts.values(), read(TEXTS[0])])))
    assert {"CHANGELOG.md", "TEACHING.md"} <= pages
    assert all((ROOT / page).is_file() for page in pages)
    example = yaml.safe_load(texts["1-text"])["body"][0]["attributes"]["placeholder"]
    number, heading = example.split(", ")
    (notebook,) = (ROOT / "notebooks").glob(f"{number}-*.ipynb")
    assert re.search(rf'"## {heading}(\\n)?"', notebook.read_text(encoding="utf-8"))


def test_links_between_pages_lead_somewhere():
    for page in TEXTS[1:]:
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)


def test_hooks_run_what_the_environment_has():
    """And nothing that would have to be fetched: no `repo` of others, no language of their own."""
    config = yaml.safe_load(read(".pre-commit-config.yaml"))
    assert [part["repo"] for part in config["repos"]] == ["local"]
    assert {hook["language"] for hook in HOOKS} == {"system"}
    for hook in HOOKS:
        program, *words = shlex.split(hook["entry"])
        assert program == "python"
        for word in words:
            assert "/" not in word or (ROOT / word).is_file(), hook["entry"]
        if "files" in hook:
            matching = [p for p in (ROOT / "notebooks").iterdir()
                        if re.search(hook["files"], p.relative_to(ROOT).as_posix())]  # fmt: skip
            assert len(matching) == len(list((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")))


@pytest.mark.parametrize("hook", HOOKS[:2], ids=lambda hook: hook["id"])
def test_hook_of_ruff_mends_a_file(hook, tmp_path):
    """With the options of the hook, which would otherwise be tried by nobody."""
    file = tmp_path / "a.py"
    file.write_text("import os\nx = [1,\n  2]\n", encoding="utf-8")
    command = shlex.split(hook["entry"].replace("python", shlex.quote(sys.executable), 1))
    subprocess.run([*command, "--config", ROOT / "pyproject.toml", file], cwd=ROOT, check=True)
    text = file.read_text(encoding="utf-8")
    assert ("import os" not in text) if hook["id"] == "ruff-check" else ("x = [1, 2]" in text)


def test_container_runs_the_launcher():
    settings = json.loads((CONTAINER / "devcontainer.json").read_text(encoding="utf-8"))
    recipe = (CONTAINER / settings["build"]["dockerfile"]).read_text(encoding="utf-8")
    assert re.search(r"(?m)^FROM python:(\S+)-bookworm$", recipe)[1] in PYTHONS
    # JupyterLab listens on the port that is forwarded, for somebody whom the image knows.
    port = int(re.search(r'"--port", .*default=(\d+)', read("lesson.py"))[1])
    assert settings["forwardPorts"] == [port]
    assert f"USER {settings['remoteUser']}" in recipe and f" {settings['remoteUser']}\n" in recipe
    for name in ("postCreateCommand", "postAttachCommand"):
        program, file, command, option = settings[name].split()
        assert (program, file) == ("python3", "lesson.py")
        asked = subprocess.run(
            [sys.executable, ROOT / file, command, "--help"], capture_output=True, text=True
        )
        assert asked.returncode == 0 and re.search(rf"{option}\b", asked.stdout)


def test_notebooks_have_a_diff_of_their_own():
    """Which git uses where nbdime is set up; what it leaves out are fields of the format."""
    command = ["git", "check-attr", "diff", "merge", "--", "notebooks/05-dropout.ipynb"]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout, or no git")
    assert said.count(": jupyternotebook\n") == 2
    assert "nbdime config-git --enable" in read("CONTRIBUTING.md")
    ignored = json.loads(read("nbdime_config.json"))["Diff"]["Ignore"]
    notebook = json.loads(read("notebooks/05-dropout.ipynb"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    there = {"/cells/*": code[0], "/metadata": notebook["metadata"]}
    assert set(there) < set(ignored)
    assert all(set(ignored[path]) <= set(there[path]) for path in there)
