"""List the links to elsewhere that are dead, of all files of the lesson.

    python tools/links.py

A link is dead when its page is known to be gone, or no machine has its name; then the exit status
is 1. Who refuses a program may answer a person, and who is busy or slow may answer tomorrow: such
links are listed to be opened by hand, and fail nothing. (The ``linkcheck`` of Sphinx calls all of
these broken, waits as long as a server asks, and sees the pages of the site only.) Any supported
Python runs it, without packages.
"""

import http.client
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(
    r"https?://(?:[^\s\"'`<>()\[\]{}\\|]|\([^\s\"'`<>()]*\))*(?:[\w/]|\([^\s\"'`<>()]*\))"
)
# What is not meant to be opened: this machine, examples, names in XML, what a program goes on with.
NO_LINK = re.compile(
    r"https?://(?:[^./]+(?:/|$)|127\.|[^/]*\bexample\.|www\.w3\.org/\d|mybinder\.org/|github\.com/$)"
)
# Their addresses are made up, or written by programs.
LEFT_OUT = ("tests/", "tools/locks/", "requirements.txt", "deploy/requirements-hub.txt")
# Some servers refuse what does not look like a browser.
HEADERS = {"User-Agent": "Mozilla/5.0 (check of the links of a lesson)", "Accept": "*/*"}
# For an answer, between two attempts, and how many of these.
SECONDS, WAIT, ATTEMPTS = 20, 10, 3
DEAD, BY_HAND, FINE = "Dead", "To open by hand", "Fine"
# Other failures to find a machine pass: the network is down, or its name server is busy.
NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


def links(files: list[Path]) -> dict[str, list[str]]:
    """Return the addresses in files, each with where it stands."""
    found: dict[str, list[str]] = {}
    for file in files:
        place = file.relative_to(ROOT).as_posix()
        if not place.startswith(LEFT_OUT):
            text = file.read_bytes().decode("utf-8", errors="ignore")
            for address in sorted({*ADDRESS.findall(text)}):
                if not NO_LINK.match(address):
                    found.setdefault(address, []).append(place)
    return found


def look(address: str, seconds: float = SECONDS, wait: float = WAIT) -> tuple[str, str]:
    """Return whether a link is dead, and what was said. One failure says little: try again."""
    request = urllib.request.Request(address, headers=HEADERS)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(wait)
        try:
            with urllib.request.urlopen(request, timeout=seconds):
                return FINE, ""
        except urllib.error.HTTPError as answer:
            state = DEAD if answer.code in (404, 410) else BY_HAND
            said = f"{answer.code} {answer.reason}"
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            gone = isinstance(reason, socket.gaierror) and reason.errno in NO_SUCH_NAME
            state, said = DEAD if gone else BY_HAND, str(reason) or type(reason).__name__
    return state, said


def report(found: dict[str, list[str]], **patience: float) -> tuple[str, bool]:
    """Return a page on which links need a person, and whether one of them is dead."""
    with ThreadPoolExecutor(8) as several:
        results = [*several.map(lambda address: look(address, **patience), found)]
    lines = [f"# {len(found)} links to elsewhere"]
    if FINE not in dict(results):
        lines += ["", "None of them is fine: is this machine connected to a network?"]
    for wanted in (DEAD, BY_HAND):
        lines += ["", f"## {wanted}", ""]
        for (address, places), (state, said) in zip(found.items(), results, strict=True):
            if state == wanted:
                lines.append(f"- <{address}> ({', '.join(places)}): {said}")
    return "\n".join(lines), DEAD in dict(results)


def main() -> int:
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [ROOT / name for name in listed.split("\0")]
    page, dead = report(links([file for file in files if file.is_file()]))
    print(page)
    return int(dead)


if __name__ == "__main__":
    sys.exit(main())
