"""What describes a seat, for Binder and JupyterHub, agrees with the lesson and the measurement.

Nothing is built or started here: deploy/README.md says what was tried, and how.
"""

import re
import runpy
import shlex
import subprocess
import sys

import pytest
import yaml
from test_repository import LOCKS, PROJECT, PYTHONS, ROOT, chosen, environments, locked

from conftest import NEED_RAY, NOTEBOOKS

README = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / ".binder" / "Dockerfile").read_text(encoding="utf-8")
SCRIPT = ROOT / "deploy" / "seat.sh"
BENCHMARK = runpy.run_path(str(ROOT / "tools" / "benchmarks" / "seat.py"))
HUB_LOCK = ROOT / "deploy" / "requirements-hub.txt"
VALUES = {
    file.name: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "deploy").glob("*.yaml"))
}
SEAT = VALUES["jupyterhub-values.yaml"]["singleuser"]
PHOTOGRAPHS = VALUES["photographs-values.yaml"]["singleuser"]
on_linux = pytest.mark.skipif(sys.platform == "win32", reason="a shell script, for Linux")


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file, continued lines in one."""
    lines = re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE).replace("\\\n", " ").splitlines()
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines if line.strip()]


def arguments(instruction: str) -> list[str]:
    return [rest for name, rest in instructions() if name == instruction]


def size(memory: str) -> float:
    """Return the bytes that JupyterHub takes "3G" for: its units are powers of 1024."""
    number, unit = re.fullmatch(r"(\d+)([MG])", memory).groups()
    return int(number) * 1024 ** {"M": 2, "G": 3}[unit]


def measured() -> dict[str, dict[str, float]]:
    """Return the table of tools/benchmarks/seat.py that deploy/README.md holds."""
    header, _, *rows = re.search(r"(?m)^\| notebook \|(.*\n\|)*.*", README)[0].splitlines()
    names, *rows = ([cell.strip() for cell in row.split("|")[1:-1]] for row in (header, *rows))
    return {
        name: {n: float(cell) for n, cell in zip(names[1:], cells, strict=True) if cell}
        for name, *cells in rows
    }


def test_image_installs_the_locks_with_hashes():
    (base,) = arguments("FROM")
    assert re.fullmatch(r"python:(3\.\d+)-slim(@sha256:[0-9a-f]{64})?", base)[1] in PYTHONS
    installs = [rest for rest in arguments("RUN") if rest.startswith("pip install")]
    copied = " ".join(arguments("COPY"))
    for install, lock in zip(installs, (LOCKS["cpu"], HUB_LOCK), strict=True):
        words = shlex.split(install)
        assert {"--require-hashes", "--only-binary=:all:", "--no-cache-dir"} < set(words)
        assert words[words.index("--requirement") + 1] == f"/opt/seat/{lock.name}"
        assert lock.relative_to(ROOT).as_posix() in copied


def test_lock_of_the_hub_keeps_the_versions_of_the_lesson():
    words = shlex.split(HUB_LOCK.read_text(encoding="utf-8").splitlines()[1].lstrip("# "))
    python = arguments("FROM")[0].partition(":")[2].partition("-")[0]
    assert words[:4] == ["uv", "pip", "compile", "deploy/requirements-hub.in"]
    assert words[words.index("--constraint") + 1] == LOCKS["cpu"].name
    assert words[words.index("--python-version") + 1] == python
    assert words[-2:] == ["-o", "deploy/requirements-hub.txt"]
    assert all("--hash=sha256:" in hashes for _, hashes in locked(HUB_LOCK))
    linux = environments("cpu")[PYTHONS.index(python) * 4]
    lesson, hub = (chosen([r for r, _ in locked(lock)], linux) for lock in ("cpu", HUB_LOCK))
    assert {name: hub[name] for name in hub.keys() & lesson.keys()}.items() <= lesson.items()
    wanted = (ROOT / "deploy" / "requirements-hub.in").read_text(encoding="utf-8")
    for line in re.findall(r"(?m)^[^#\s].*$", wanted):
        name, _, version = line.partition("==")
        assert hub[name] == f"=={version}"


def test_hub_and_chart_versions_are_named_together():
    """The chart decides on the hub's version; who changes one has to see the other."""
    wanted = (ROOT / "deploy" / "requirements-hub.in").read_text(encoding="utf-8")
    charts = set()
    for text in (wanted, README, (ROOT / "deploy" / "jupyterhub-values.yaml").read_text()):
        charts |= set(re.findall(r"(?:chart|version) (\d+\.\d+\.\d+)", text))
    assert len(charts) == 1
    hub = re.search(r"(?m)^jupyterhub==(.*)$", wanted)[1]
    assert f"JupyterHub {hub}" in README


def test_user_is_the_one_that_binder_and_the_chart_expect():
    user = dict(rest.split("=") for rest in arguments("ARG"))
    assert list(user) == ["NB_USER", "NB_UID"] and user["NB_UID"] == "1000"
    assert SEAT["storage"]["homeMountPath"] == f"/home/{user['NB_USER']}"
    assert arguments("USER") == ["${NB_UID}"]
    # What is copied into the image belongs to root, and is not given away.
    assert "--chown" not in DOCKERFILE and "chown" not in " ".join(arguments("RUN"))


def test_a_seat_has_no_rights_that_it_does_not_need():
    hub = VALUES["jupyterhub-values.yaml"]["hub"]["config"]["KubeSpawner"]
    rights = hub["container_security_context"]
    assert rights["runAsNonRoot"] is True and rights["capabilities"] == {"drop": ["ALL"]}
    assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
    assert SEAT["uid"] == 1000 and SEAT["allowPrivilegeEscalation"] is False
    assert SEAT["networkPolicy"]["enabled"] is True
    assert set(SEAT["networkPolicy"]["egressAllowRules"].values()) == {False}
    assert SEAT["cloudMetadata"]["blockWithIptables"] is False  # its container runs as root
    # JupyterLab refuses to be root, and makes a token, unless it is told otherwise.
    (command,) = arguments("CMD")
    assert "allow-root" not in command and "token" not in command
    for text in (README, re.sub(r"(?m)^# ?", "", DOCKERFILE)):
        runs = re.findall(r"docker run (.*)", text.replace("\\\n", " "))
        assert runs
        for run in runs:
            assert {"--cap-drop ALL", "--security-opt no-new-privileges"} == set(
                re.findall(r"--cap-drop ALL|--security-opt no-new-privileges", run)
            )
            assert "--publish 127.0.0.1:" in run


def test_seat_opens_a_notebook_that_exists():
    (command,) = arguments("CMD")
    binder = re.search(r"urlpath=([\w/.-]+)", README)[1]
    for address in (SEAT["defaultUrl"], re.search(r"default_url=([^\"]+)", command)[1], binder):
        assert (ROOT / address.lstrip("/").removeprefix("lab/tree/")) == NOTEBOOKS[0]


def test_image_of_the_values_is_the_one_that_is_built():
    image = f"{SEAT['image']['name']}:{SEAT['image']['tag']}"
    assert image == f"{PROJECT['name']}:{PROJECT['version']}"
    build = f"docker build --file .binder/Dockerfile --tag {image} ."
    assert build in DOCKERFILE and build in README
    # No registry: whoever builds it has one.
    images = [*arguments("FROM"), SEAT["image"]["name"]]
    assert not [name for name in images if "/" in name or "." in name.partition(":")[0]]


def test_the_image_gets_what_a_seat_needs_and_no_more():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    ignored = {line.strip("/") for line in lines if line and not line.startswith("#")}
    assert {".*", "**/__pycache__", "tests", "tools"} <= ignored
    assert not ignored & {"notebooks", "data", "fig", "deploy", "requirements.txt", "README.md"}


@on_linux
def test_script_lays_out_a_seat_and_keeps_what_is_there(tmp_path):
    lesson, home = tmp_path / "lesson", tmp_path / "home"
    for folder in ("notebooks/helpers", "data", "fig"):
        (lesson / folder).mkdir(parents=True)
    (lesson / "notebooks" / "01.ipynb").write_text("new")
    (lesson / "notebooks" / "helpers" / "data.py").write_text("helper")
    (lesson / "data" / "picture").write_text("shared")
    (lesson / "fig" / "figure").write_text("svg")
    (home / "notebooks").mkdir(parents=True)
    (home / "notebooks" / "01.ipynb").write_text("the learner's")
    script = SCRIPT.read_text(encoding="utf-8")
    place = arguments("COPY")[-1].split()[1]
    assert arguments("ENTRYPOINT") == [f'["sh", "{place}/deploy/seat.sh"]']
    assert f"lesson={place}\n" in script
    script = script.replace(f"lesson={place}\n", f"lesson='{lesson}'\n")
    for _ in range(2):  # as on the second day
        done = subprocess.run(
            ["sh", "-c", script, "seat.sh", "echo", "two words"],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (0, "two words\n"), done.stderr
        assert (home / "notebooks" / "01.ipynb").read_text() == "the learner's"
        assert (home / "notebooks" / "helpers" / "data.py").read_text() == "helper"
        assert (home / "data").is_symlink()
        assert (home / "data" / "picture").read_text() == "shared"
        # tornado serves nothing through a link that leads out of the home folder.
        assert not (home / "fig").is_symlink() and (home / "fig" / "figure").read_text() == "svg"


def lay_out(lesson, home, *more, script=None):
    """Run the script on a lesson and a home folder; return the file of a notebook."""
    (lesson / "notebooks").mkdir(parents=True, exist_ok=True)
    for folder in ("data", "fig"):
        (lesson / folder).mkdir(exist_ok=True)
    (lesson / "data" / "picture").write_text("shared")
    (lesson / "notebooks" / "01.ipynb").write_text("new" * 100_000)
    home.mkdir(exist_ok=True)
    script = SCRIPT.read_text(encoding="utf-8").replace(
        "/srv/layer-by-layer", shlex.quote(str(lesson))
    )
    done = subprocess.run(
        ["sh", "-c", "".join(more) + script, "seat.sh", "echo", "started"],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr
    return home / "notebooks" / "01.ipynb", done.stderr


@on_linux
def test_a_full_home_costs_no_start_and_leaves_no_stump(tmp_path):
    lesson, home = tmp_path / "lesson", tmp_path / "home"
    # No file may grow beyond 50 kB: to cp that is what a full disk is, with a signal besides.
    notebook, said = lay_out(lesson, home, "trap '' XFSZ; ulimit -f 100\n")
    assert list(notebook.parent.iterdir()) == [] and f"no {notebook} at this start" in said
    assert (home / "data" / "picture").read_text() == "shared"
    notebook, said = lay_out(lesson, home)  # once there is room
    assert notebook.read_text() == "new" * 100_000 and said == ""


@on_linux
def test_a_start_that_was_killed_leaves_nothing_that_later_ones_keep(tmp_path):
    lesson, home = tmp_path / "lesson", tmp_path / "home"
    notebook, _ = lay_out(lesson, home)
    notebook.rename(f"{notebook}.new")
    (home / "notebooks" / "01.ipynb.new").write_text("half")
    lay_out(lesson, home)
    assert notebook.read_text() == "new" * 100_000
    assert list(notebook.parent.iterdir()) == [notebook]


@on_linux
@pytest.mark.parametrize("kind", ["file", "folder", "link", "link to nothing"])
def test_what_a_learner_has_under_the_name_of_the_data_is_kept(tmp_path, kind):
    lesson, home = tmp_path / "lesson", tmp_path / "home"
    (home / "elsewhere").mkdir(parents=True)
    data, kept = home / "data", home / "data-of-mine-2"
    (home / "data-of-mine-1").touch()  # of an earlier time
    if kind == "file":
        data.write_text("mine")
    elif kind == "folder":
        data.mkdir()
        (data / "mine").write_text("mine")
    else:
        data.symlink_to("elsewhere" if kind == "link" else "nowhere")
    for _ in range(2):
        _, said = lay_out(lesson, home)
        assert data.is_symlink() and (data / "picture").read_text() == "shared"
    assert said == ""  # the second time nothing is in the way
    assert (kind == "file") == kept.is_file() and (kind == "folder") == (kept / "mine").is_file()
    assert kind[:4] != "link" or kept.is_symlink()
    assert not (home / "data-of-mine-3").exists()


@on_linux
def test_a_file_where_the_notebooks_have_to_lie_is_kept(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "notebooks").write_text("mine")
    notebook, said = lay_out(tmp_path / "lesson", tmp_path / "home")
    assert notebook.read_text() == "new" * 100_000
    assert (tmp_path / "home" / "notebooks-of-mine-1").read_text() == "mine"
    assert "notebooks is now" in said


@on_linux
def test_a_home_that_cannot_be_written_costs_no_start(tmp_path):
    home = tmp_path / "home"
    home.touch()  # not even root can write into that
    done = subprocess.run(
        ["sh", SCRIPT, "echo", "started"],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "started\n")


def test_threads_match_the_cores_of_a_seat():
    assert SEAT["extraEnv"] == BENCHMARK["SEAT"]
    threads = {key: v for key, v in BENCHMARK["SEAT"].items() if key != "LESSON_DATA"}
    assert set(threads.values()) == {str(SEAT["cpu"]["limit"])}
    image = dict(pair.split("=", 1) for rest in arguments("ENV") for pair in shlex.split(rest))
    assert threads.items() <= image.items()
    # Kubernetes takes only text, and YAML makes a number of a bare 2.
    assert all(isinstance(value, str) for value in PHOTOGRAPHS["extraEnv"].values())


def test_every_notebook_without_ray_was_measured():
    measurable = [path for path in NOTEBOOKS if path not in NEED_RAY]
    assert measurable == BENCHMARK["NOTEBOOKS"]
    assert set(measured()) == {path.stem[:2] for path in measurable} | {"JupyterLab"}


def test_a_seat_holds_what_was_measured_and_the_text_says_so():
    table = measured()
    lab, row = table.pop("JupyterLab")["peak"], table["06"]
    peaks = {name: row["peak"] for name, row in table.items()}
    left_open = max(row["at rest"] for row in table.values())
    most = lab + max(peaks.values())
    guarantee, limit = (size(SEAT["memory"][key]) / 1e6 for key in ("guarantee", "limit"))
    assert most <= guarantee and most + left_open <= limit
    text = re.sub(r"\s+", " ", README)
    for words in (
        f"{lab:.0f} + {max(peaks.values()):.0f} = {most:.0f} MB",
        f"{left_open:.0f} MB: {most + left_open:.0f} MB",
        f"`guarantee: {SEAT['memory']['guarantee']}`, {guarantee:.0f} MB",
        f"`limit: {SEAT['memory']['limit']}`, {limit:.0f} MB",
        f"06 costs {row['seconds']:.0f} × {row['cores']} seconds, about "
        f"{row['seconds'] * row['cores'] / 60:.0f} minutes",
        f"`guarantee: {SEAT['cpu']['guarantee']}`",
        f"`limit: {SEAT['cpu']['limit']}`",
    ):
        assert words in text
    peaks.pop("06")
    smaller = re.search(r"Where 06 is only shown, `guarantee: (\w+)`", text)[1]
    assert lab + max(peaks.values()) <= size(smaller) / 1e6


def test_seats_of_a_machine_are_right():
    """By memory, by cores, and the smaller one."""
    kept = re.search(r"if (\d+) GiB and (\d+) core of it go to the system", README)
    rows = re.findall(r"(?m)^\| (\d+) cores, (\d+) GiB \| (\d+) \| (\d+) \| (\d+) \|$", README)
    assert len(rows) >= 3
    for cores, memory, by_memory, by_cores, seats in (map(int, row) for row in rows):
        left = (memory - int(kept[1])) * 1024**3
        assert by_memory == left // size(SEAT["memory"]["guarantee"])
        assert by_cores == (cores - int(kept[2])) // SEAT["cpu"]["guarantee"]
        assert seats == min(by_memory, by_cores)


def test_photographs_are_one_volume_that_nobody_can_write():
    (volume,) = PHOTOGRAPHS["storage"]["extraVolumes"]
    (mount,) = PHOTOGRAPHS["storage"]["extraVolumeMounts"]
    assert volume["name"] == mount["name"]
    assert mount["readOnly"] is True and volume["persistentVolumeClaim"]["readOnly"] is True
    name = PHOTOGRAPHS["extraEnv"]["LESSON_DATA"]
    assert mount["mountPath"] == f"/srv/layer-by-layer/data/{name}"


def test_what_the_readme_names_is_there():
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / "deploy" / name).exists(), name
    for name in re.findall(r"--values ([\w/.-]+)", README):
        assert (ROOT / name).is_file(), name
