"""Fetch what installing the lesson needs into a folder, for a room without network.

    python3 lesson.py wheels FOLDER [--for linux windows mac] [--python 3.12 3.13]

Without options: for this machine, and the Python of its environment. Each file is compared with the
hashes of the lock. What is in the folder already is not fetched again. Afterwards, on any of those
machines: `python3 lesson.py lab --wheels FOLDER`.
"""

import argparse
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

import lesson  # noqa: E402

# The tags of the wheels of each machine: for systems down to Ubuntu 20.04 and macOS 12.
GLIBC = [f"manylinux_2_{minor}" for minor in range(28, 4, -1)]
GLIBC += ["manylinux2014", "manylinux2010", "manylinux1"]
PLATFORMS = {
    "linux": [f"{tag}_x86_64" for tag in GLIBC],
    "linux-arm": [f"{tag}_aarch64" for tag in GLIBC],
    "mac": ["macosx_12_0_arm64"],
    "windows": ["win_amd64"],
}
SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
# More missing packages than these mean that pip has nowhere to look.
FEW = 5
WHERE = "`python3 -m pip config list` says where. When that is mended"
MISSING = re.compile(r"No matching distribution found for (\S+)")


def markers(machine: str, version: str) -> dict[str, str]:
    """Return what the markers of a lock mean with a Python such as 3.12.1 on another machine."""
    ((system, processor),) = (key for key, name in lesson.MACHINES.items() if name == machine)
    return {
        "sys_platform": SYSTEMS[system],
        "platform_system": system,
        "platform_machine": processor,
        "os_name": "nt" if system == "Windows" else "posix",
        "python_version": version.rpartition(".")[0],
        "python_full_version": version,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def wanted(lock: Path, machine: str, version: str) -> list[str]:
    """Return the lines of a lock that a machine needs, each whole and without its marker.

    pip would decide on the markers by the machine that it runs on.
    """
    lines = []
    for line in lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if not line[:1].isalnum():
            continue
        text, mark, hashes = line.partition(" --hash")
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(markers(machine, version)):
            requirement.marker = None
            lines.append(f"{requirement}{mark}{hashes}")
    return lines


def fetch(lines: list[str], folder: Path, machine: str, version: str) -> list[str]:
    """Fetch wheels for a Python such as 3.12.1; return the names of those not to be had."""
    missing = []
    env = lesson.pip_environ(sys.executable, str(folder))
    command = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command += ["download", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--dest", str(folder), "--python-version", version, "--implementation", "cp"]
    command += ["--abi", "cp" + "".join(version.split(".")[:2])]
    for tag in PLATFORMS[machine]:
        command += ["--platform", tag]
    with tempfile.TemporaryDirectory() as temporary:
        listed, log = Path(temporary) / "requirements.txt", Path(temporary) / "log"
        command += ["--requirement", str(listed), "--log", str(log)]
        while True:
            listed.write_text("\n".join(lines), encoding="utf-8")
            log.write_text("")
            if subprocess.run(command, env=env, stderr=subprocess.DEVNULL).returncode == 0:
                return missing
            said = log.read_text(encoding="utf-8", errors="replace")[-20000:]
            absent = MISSING.search(said)
            causes = [lesson.CAUSES[sign] for sign in lesson.CAUSES if re.search(sign, said)]
            if causes and absent and "{" in causes[0] and len(missing) < FEW:
                missing.append(absent[1])
                lines = [line for line in lines if line.split()[0] != absent[1]]
                continue
            cause = said.strip().splitlines()[-1]
            if causes:
                cause = causes[0].format(package=absent and absent[1], fetch=WHERE)
            lesson.fail(f"The wheels could not be fetched: {cause}, then run it again.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.txt")
    here = lesson.MACHINES[platform.system(), platform.machine()]
    parser.add_argument("--for", dest="machines", nargs="+", choices=PLATFORMS, default=[here])
    own = "{}.{}".format(*sys.version_info)
    parser.add_argument("--python", dest="versions", nargs="+", default=[own])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for machine in options.machines:
        for version in options.versions:
            # A lock may have one version of a package for early releases of a Python, and another
            # for later ones: take both.
            early = wanted(options.lock, machine, f"{version}.0")
            late = [x for x in wanted(options.lock, machine, f"{version}.99") if x not in early]
            print(f"{machine}, Python {version}: {len(early + late)} wheels", flush=True)
            for release, lines in ((f"{version}.0", early), (f"{version}.99", late)):
                names = fetch(lines, options.folder, machine, release) if lines else []
                missing += [f"{name} for {machine}, Python {version}" for name in names]
    files = [path for path in options.folder.iterdir() if path.suffix == ".whl"]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{options.folder} holds {len(files)} wheels, {size:.0f} MB.")
    if missing:
        lesson.fail(f"These are not to be had, so there a network is needed: {'; '.join(missing)}.")
    print(f"Install from it with `python3 lesson.py lab --wheels {options.folder}`.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # what was fetched stays
        sys.exit(130)
