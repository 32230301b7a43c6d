"""The files that describe the project say the same, and what they say is so."""

import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import lesson

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "cpu": ROOT / "requirements.txt",
    "gpu": ROOT / "tools/locks/gpu.txt",
    "ray": ROOT / "tools/locks/ray.txt",
    "jax": ROOT / "tools/locks/jax.txt",
    "torch": ROOT / "tools/locks/torch.txt",
    "site": ROOT / "tools/locks/site.txt",
}
# What of pyproject.toml is in each of them.
EXTRAS = {"cpu": ["cpu", "test"], "gpu": ["gpu", "test"], "site": ["site"]} | {
    kind: ["cpu", "test", kind] for kind in ("ray", "jax", "torch")
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
TESTING, AUDIT = (ROOT / ".github" / "workflows" / name for name in ("test.yml", "audit.yml"))
PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")]


def kept_files() -> list[Path]:
    """Return the files that git keeps, or would keep once they are added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout, or no git")
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


def locked(build: str | Path) -> list[tuple[Requirement, str]]:
    """Return the requirements of a lock file, each with the text of its hashes."""
    text = LOCKS.get(build, build).read_text(encoding="utf-8")
    lines = re.sub(r"(?m)^\s*#.*\n", "", text).replace("\\\n", " ").splitlines()
    halves = [line.partition("--hash") for line in lines]
    return [(Requirement(line), mark + hashes) for line, mark, hashes in halves]


def environments(build: str) -> list[dict[str, str]]:
    """Return the marker values of the machines that a lock file is for."""
    return [
        {
            "python_version": python,
            "python_full_version": f"{python}.9",
            "sys_platform": system,
            "platform_machine": machine,
            "os_name": "nt" if system == "win32" else "posix",
            "implementation_name": "cpython",
            "extra": "",
        }
        for python in PYTHONS
        for system, machine in (PLATFORMS[:1] if build == "gpu" else PLATFORMS)
    ]


def chosen(requirements: list[Requirement], environment: dict[str, str]) -> dict[str, str]:
    """Return name and version of what the markers leave on a machine; a name comes once."""
    versions: dict[str, str] = {}
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name not in versions, f"{name} twice for {environment}"
            versions[name] = str(requirement.specifier)
    return versions


def declared(*extras: str) -> list[Requirement]:
    """Return the direct requirements of pyproject.toml, with those of some extras."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def test_direct_dependencies_are_exact():
    for requirement in declared("cpu", "gpu", "ray", "jax", "torch", "test"):
        assert re.fullmatch(r"==[\d.]+", str(requirement.specifier)), requirement


@pytest.mark.parametrize("build", LOCKS)
def test_lock_holds_what_pyproject_names(build):
    requirements = [requirement for requirement, _ in locked(build)]
    for environment in environments(build):
        versions = chosen(requirements, environment)
        direct = chosen(declared(*EXTRAS[build]), environment)
        assert direct.items() <= versions.items(), environment


@pytest.mark.parametrize("build", LOCKS)
def test_lock_is_exact_and_hashed_and_says_how_it_was_compiled(build):
    for requirement, hashes in locked(build):
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement
        assert re.fullmatch(r"(--hash=sha256:[0-9a-f]{64}\s*)+", hashes), requirement
    command = LOCKS[build].read_text(encoding="utf-8").splitlines()[1].lstrip("# ")
    words = shlex.split(command)
    assert words[:4] == ["uv", "pip", "compile", "pyproject.toml"]
    assert {"--universal", "--generate-hashes", "--no-emit-index-url"} < set(words)
    assert words[words.index("--python-version") + 1] == PYTHONS[0]
    extras = {words[i + 1] for i, word in enumerate(words) if word == "--extra"}
    assert extras == {*EXTRAS[build]}
    assert words[-2:] == ["-o", LOCKS[build].relative_to(ROOT).as_posix()]


def test_one_build_of_tensorflow_on_each_machine():
    for build in LOCKS:
        for environment in environments(build):
            versions = chosen([requirement for requirement, _ in locked(build)], environment)
            linux = (environment["sys_platform"], environment["platform_machine"]) == PLATFORMS[0]
            wanted = "tensorflow-cpu" if linux and build != "gpu" else "tensorflow"
            # Nothing is trained for the site.
            builds = set() if build == "site" else {wanted}
            assert {"tensorflow", "tensorflow-cpu"} & set(versions) == builds


@pytest.mark.parametrize("extra", ["gpu", "ray", "jax", "torch"])
def test_an_extra_adds_packages_and_changes_none(extra):
    for environment in environments(extra):
        cpu, more = (
            chosen([requirement for requirement, _ in locked(build)], environment)
            for build in ("cpu", extra)
        )
        if extra == "gpu":
            assert cpu.pop("tensorflow-cpu") == more["tensorflow"]
        assert cpu.items() < more.items()


def test_the_site_is_built_with_the_versions_of_the_lesson():
    for environment in environments("site"):
        cpu, site = (
            chosen([requirement for requirement, _ in locked(build)], environment)
            for build in ("cpu", "site")
        )
        shared = set(cpu) & set(site)
        assert {"nbformat", "matplotlib", "numpy", "pillow"} < shared
        assert {name: cpu[name] for name in shared} == {name: site[name] for name in shared}


def test_tests_run_with_the_locked_versions():
    """What is installed here is what the lock says, where the launcher made the environment."""
    if Path(sys.prefix).name not in (".venv", *(f".venv{kind}" for kind in lesson.KINDS)):
        pytest.skip("not in the launcher's environment")
    for requirement in declared("test"):
        assert version(requirement.name) in requirement.specifier


def test_python_versions_agree():
    supported = SpecifierSet(PROJECT["requires-python"])
    minors = [f"3.{minor}" for minor in range(6, 30)]
    assert sorted(lesson.SUPPORTED) == PYTHONS == list(supported.filter(minors))
    matrix = yaml.safe_load(TESTING.read_text())["jobs"]["cpu"]["strategy"]["matrix"]
    tried = set(matrix["python"]) | {job["python"] for job in matrix["include"]}
    assert sorted(tried) == PYTHONS


def test_conda_environment_takes_python_and_the_lock():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    environment = yaml.safe_load(text)
    python, pip, packages = environment["dependencies"]
    assert environment["name"] == PROJECT["name"]
    assert python == f"python{PROJECT['requires-python']}"
    assert (pip, packages) == ("pip", {"pip": ["--requirement requirements.txt"]})
    assert LOCKS["gpu"].relative_to(ROOT).as_posix() in text


def test_what_runs_the_checks_runs_the_commands_of_the_pages():
    """And each file that a command names is there: pytest would say so only on the server."""
    jobs = [yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"] for file in WORKFLOWS]
    steps = {
        step["run"] for each in jobs for job in each.values() for step in job["steps"]
        if step.get("run", "").startswith("python3 lesson.py test")
    }  # fmt: skip
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == 'python3 lesson.py test "$@" < /dev/null'
    pages = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md")}
    ray = "python3 lesson.py test --ray tests/test_ray.py notebooks/10-beyond-one-machine.ipynb"
    weekly = "python3 lesson.py test -m weekly"
    parts = f"{weekly} ${{{{ matrix.which }}}}"
    assert {"python3 lesson.py test", "python3 lesson.py test --gpu", parts, ray} < steps
    assert "\n    python3 lesson.py test\n" in pages["README.md"]
    assert weekly in pages["CONTRIBUTING.md"] and ray in pages["CONTRIBUTING.md"]
    for step in steps:
        for name in re.findall(r"(?:tests|notebooks)[\w/.-]*", step):
            assert (ROOT / name).exists(), step


def test_workflow_covers_the_three_systems_weekly():
    workflow = yaml.safe_load(TESTING.read_text(encoding="utf-8"))
    systems = workflow["jobs"]["cpu"]["strategy"]["matrix"]["os"]
    assert [system.split("-")[0] for system in systems] == ["ubuntu", "macos", "windows"]
    triggers = workflow[True]  # YAML 1.1 reads the key `on` so
    assert {"push", "pull_request", "schedule"} <= set(triggers)
    assert workflow["permissions"] == {"contents": "read"}


def test_audit_reads_every_lock_and_takes_no_silence_for_an_answer():
    workflow = yaml.safe_load(AUDIT.read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    script = job["steps"][-1]["run"]
    read = {
        file for pattern in re.search(r"for lock in (.*); do", script)[1].split()
        for file in ROOT.glob(pattern)
    }  # fmt: skip
    assert read == {*LOCKS.values(), ROOT / "deploy" / "requirements-hub.txt"}
    assert {"--strict", "--require-hashes", "--disable-pip"} < set(script.split())
    triggers = workflow[True]
    for event in ("push", "pull_request"):
        changed = [pattern for pattern in triggers[event]["paths"] if pattern.endswith(".txt")]
        assert {file for pattern in changed for file in ROOT.glob(pattern)} == read
    assert "schedule" in triggers and workflow["permissions"] == {"contents": "read"}


def test_actions_are_pinned_to_a_commit():
    for file in WORKFLOWS:
        for used in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", used), used


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
        ("vendor.github-issue-forms", sorted(ROOT.glob(".github/ISSUE_TEMPLATE/[0-9]-*.yml"))),
    ],
)
def test_file_follows_its_published_schema(schema, files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_shell_script_can_be_started():
    script = ROOT / ".ci" / "run"
    assert script.read_bytes().startswith(b"#!/usr/bin/env bash\n")
    if sys.platform != "win32":
        assert script.stat().st_mode & 0o111
        subprocess.run(["bash", "-n", script], check=True)


def test_no_file_names_the_host_of_a_registry():
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "--index" + "-url http", "npmjs" + ".")
    for file in kept_files():
        text = file.read_bytes().decode("utf-8", errors="ignore")
        assert not [host for host in hosts if host in text], file


# What would run a program out of a file, or make markup of text; and what others could reach.
UNSAFE = re.compile(
    r"allow_pickle=True|safe_mode=False|enable_unsafe_deserialization|read_pickle|joblib\.load"
    r"|yaml\.load\(|shell=True|autoescape=False|0\.0\.0\.0"
)
# Their processes have been started by the lesson itself, and answer through pipes.
PICKLE = {"more_pictures.py", "parallel.py", "worker.py"}


def test_nothing_is_read_in_a_way_that_could_run_a_program():
    files = [file for file in kept_files() if file.suffix in (".py", ".ipynb")]
    for file in files:
        if file.parent == ROOT / "tests":
            continue
        text = file.read_text(encoding="utf-8")
        assert not UNSAFE.findall(text), file
        assert file.name in PICKLE or not re.search(r"\b(cloud)?pickle\.load", text), file
    assert len(files) > 100


def test_six_folders_and_each_is_on_the_map():
    tops = {file.relative_to(ROOT).parts[0] for file in kept_files() if file.parent != ROOT}
    visible = {top for top in tops if not top.startswith(".")}
    assert visible == {"notebooks", "data", "fig", "tests", "tools", "deploy"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not {top for top in visible if f"| `{top}/`" not in readme}
