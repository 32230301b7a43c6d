"""Fetching Dollar Street 10, end to end, from a server on this machine that plays the archive.

The server answers for doi.org and zenodo.org, as those two did when pooch asked them; only the
host names are mapped to it. A test tells it which fault to play. Run as a program, this file
downloads through that server in a process of its own, so that a test can kill it.
"""

import errno
import gc
import hashlib
import http.server
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests.sessions
from requests.adapters import HTTPAdapter

from helpers.backstage import download
from helpers.backstage.download import download_dollar_street
from helpers.data import FILES, DataError, load_data

# pooch leaves connections open when a transfer fails; Python closes them.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

RECORD = "10970014"
API = f"/zenodo.org/api/records/{RECORD}"
BIG = "train_images.npy"
TIMEOUT = 0.5


def use_server(port, patch=setattr):
    """Send every request for doi.org and zenodo.org to the server on this machine."""

    class Adapter(HTTPAdapter):
        def send(self, request, **options):
            asked = request.url
            parts = urlsplit(asked)
            assert parts.scheme == "https" and parts.netloc in ("doi.org", "zenodo.org"), asked
            # Verification must never be switched off; timeouts must never be left out.
            assert options["verify"] is not False and options["timeout"]
            options |= {"proxies": {}, "timeout": TIMEOUT}
            request.url = f"http://127.0.0.1:{port}/{parts.netloc}{parts.path}"
            try:
                response = super().send(request, **options)
            finally:
                request.url = asked
            response.url = asked
            return response

    patch(requests.sessions, "HTTPAdapter", Adapter)


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


class Archive(http.server.ThreadingHTTPServer):
    """The record with its four files. `faults` maps the end of a path to what goes wrong there."""

    daemon_threads = True

    def __init__(self):
        rng = np.random.default_rng(1)
        self.files = {
            "train_images.npy": npy(rng.integers(0, 256, (20, 8, 8, 3)).astype("int32")),
            "train_labels.npy": npy(np.arange(20) % 10),
            "test_images.npy": npy(rng.integers(0, 256, (10, 8, 8, 3)).astype("int32")),
            "test_labels.npy": npy(np.arange(10)),
        }
        self.record = {"id": int(RECORD), "files": [self.entry(name) for name in self.files]}
        self.faults = {}
        self.sent = []
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), Answer)

    def entry(self, name):
        return {
            "key": name,
            "size": len(self.files[name]),
            "checksum": f"md5:{hashlib.md5(self.files[name]).hexdigest()}",
            "links": {"self": f"https://zenodo.org/api/records/{RECORD}/files/{name}/content"},
        }

    def handle_error(self, request, client_address):
        """A client that went away is part of the game."""


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        archive = self.server
        fault = next((f for end, f in archive.faults.items() if self.path.endswith(end)), None)
        if callable(fault):
            fault = fault()
        if isinstance(fault, int):
            self.answer(fault, b"<html>no</html>")
        elif isinstance(fault, bytes):
            self.answer(200, fault)
        elif fault == "silence":
            archive.closing.wait(300)
        elif fault == "hang up":
            self.close_connection = True
        elif fault == "in a circle":
            self.answer(302, location=f"https://zenodo.org{self.path.removeprefix('/zenodo.org')}")
        elif self.path == f"/doi.org/{download.DOI}":
            self.answer(302, location=f"https://zenodo.org/doi/{download.DOI}")
        elif self.path == f"/zenodo.org/doi/{download.DOI}":
            self.answer(302, location=f"https://zenodo.org/records/{RECORD}")
        elif self.path == f"/zenodo.org/records/{RECORD}":
            self.answer(200, b"<html>the record's page</html>")
        elif self.path == API:
            self.answer(200, json.dumps(archive.record).encode())
        elif self.path.startswith(f"{API}/files/") and self.path.endswith("/content"):
            self.send_file(self.path.split("/")[-2], fault)
        else:
            self.answer(404, b"not found")

    def send_file(self, name, fault):
        archive = self.server
        archive.sent.append(name)
        body = archive.files[name]
        if fault == "other bytes":
            body = bytes(reversed(body))
        if fault in ("cut", "stall"):
            self.answer(200, body, send=len(body) // 2)
            self.wfile.flush()
            if fault == "stall":
                archive.closing.wait(300)
            self.close_connection = True
        elif fault == "drip":
            self.answer(200, body, send=0)
            for first in range(0, len(body), 500):
                self.wfile.write(body[first : first + 500])
                self.wfile.flush()
                archive.closing.wait(0.1)
        elif fault == "says that it is shorter":
            self.answer(200, body[: len(body) // 2])
        elif fault == "says that it is packed":
            self.answer(200, body, packed=True)
        else:
            self.answer(200, body)

    def answer(self, status, body=b"", location=None, send=None, packed=False):
        self.send_response(status)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body[:send])

    def log_message(self, *arguments):
        """Keep the test's output free of access logs."""


@pytest.fixture
def archive(monkeypatch):
    server = Archive()
    use_server(server.server_port, monkeypatch.setattr)
    # Without the pauses between attempts: a second try stays part of every test.
    monkeypatch.setattr("pooch.core.time", SimpleNamespace(sleep=lambda seconds: None))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()
    gc.collect()  # here, where the warnings above are expected


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "dollar-street-10"


def content(folder):
    """Give every file below a folder, hidden ones too, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def expect_failure(target, *words):
    """The download fails in one message, with these words, and changes nothing on disk."""
    before = content(target.parent) if target.parent.exists() else {}
    with pytest.raises(DataError) as caught:
        download_dollar_street(target)
    message = str(caught.value)
    for word in ("was not downloaded", *words, download.RECORD_PAGE, str(target), *FILES):
        assert word in message
    assert "\n" not in message
    assert content(target.parent) == before


# --- it works ---------------------------------------------------------------------------------


@pytest.mark.parametrize("empty_folder", [False, True])
def test_a_fresh_download(archive, target, capsys, empty_folder):
    if empty_folder:
        target.mkdir(parents=True)
    assert download_dollar_street(target) == target
    assert content(target.parent) == {"dollar-street-10": None} | {
        f"dollar-street-10/{name}": body for name, body in archive.files.items()
    }
    out, err = capsys.readouterr()
    assert "Dollar Street 10 is ready" in out and "20 training and 10 held-out" in out
    assert [line.split()[1] for line in out.splitlines()[:-1]] == list(FILES)
    assert "100%" in err, "no progress bar"
    (train_images, _), _ = load_data(target)
    assert train_images.dtype == np.uint8
    if os.name == "posix":  # others on the machine may read the files
        assert all(path.stat().st_mode & 0o044 == 0o044 for path in target.iterdir())


def test_a_second_time_nothing_is_downloaded(archive, target, capsys):
    download_dollar_street(target)
    times = {path: path.stat().st_mtime_ns for path in target.iterdir()}
    archive.sent.clear()
    capsys.readouterr()
    download_dollar_street(target)
    assert archive.sent == []
    assert "already complete" in capsys.readouterr().out
    assert times == {path: path.stat().st_mtime_ns for path in target.iterdir()}
    archive.faults["doi.org/" + download.DOI] = "hang up"  # a complete set needs no network
    download_dollar_street(target)
    assert "checksums were not compared" in capsys.readouterr().out


@pytest.mark.parametrize("fault", [500, "hang up", "cut", "other bytes"])
def test_one_fault_on_the_way_is_overcome(archive, target, fault):
    faults = [fault]
    archive.faults[f"{BIG}/content"] = lambda: faults.pop() if faults else None
    download_dollar_street(target)
    assert faults == [] and content(target) == archive.files


def cut_short(path):
    path.write_bytes(path.read_bytes()[:100])


def change_a_pixel(path):
    path.write_bytes(path.read_bytes()[:-4] + b"\x01\x02\x00\x00")


@pytest.mark.parametrize("damage", [Path.unlink, cut_short, change_a_pixel])
def test_a_damaged_set_is_mended_and_other_files_stay(archive, target, damage):
    download_dollar_street(target)
    damage(target / BIG)
    (target / "my notes.txt").write_text("mine", encoding="utf-8")
    archive.sent.clear()
    download_dollar_street(target)
    assert archive.sent == [BIG]
    assert content(target) == archive.files | {"my notes.txt": b"mine"}


# --- it fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_the_archive_answers_with_an_error(archive, target, status):
    archive.faults[f"{BIG}/content"] = status
    expect_failure(target, "error", str(status), "Try again later")
    archive.faults = {f"doi.org/{download.DOI}": status}
    expect_failure(target, "error", str(status), "Try again later")


@pytest.mark.parametrize("where", [f"{BIG}/content", f"doi.org/{download.DOI}", API])
@pytest.mark.parametrize("fault", ["silence", "hang up"])
def test_no_answer(archive, target, where, fault, monkeypatch):
    monkeypatch.setattr(download, "RETRIES", 0)
    archive.faults[where] = fault
    expect_failure(target, "no connection", "Check the network")


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_a_transfer_that_breaks_off(archive, target, fault, monkeypatch):
    monkeypatch.setattr(download, "RETRIES", 0)
    archive.faults["test_images.npy/content"] = fault
    expect_failure(target, "broke off", "Check the network")


def test_bytes_that_drip_are_waited_for(archive, target):
    """However long it takes in all: what counts is that something comes."""
    archive.faults[f"{BIG}/content"] = "drip"
    start = time.monotonic()
    download_dollar_street(target)
    assert time.monotonic() - start > TIMEOUT and content(target) == archive.files


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("says that it is shorter", "MD5"),
        ("says that it is packed", "not what was expected"),
        ("in a circle", "not what was expected"),
        (b"<html>Log in to this network</html>", "MD5"),
    ],
)
def test_an_archive_that_lies(archive, target, fault, words):
    archive.faults["test_labels.npy/content"] = fault
    expect_failure(target, words, "Try again later")


def test_a_wrong_checksum(archive, target):
    archive.faults["test_labels.npy/content"] = "other bytes"
    expect_failure(target, "MD5", "test_labels.npy")
    assert archive.sent.count("test_labels.npy") == 1 + download.RETRIES
    archive.faults[f"{BIG}/content"] = archive.files[BIG][:200]
    expect_failure(target, "MD5", BIG)


def test_a_record_that_does_not_list_a_file_with_its_checksum(archive, target):
    archive.record["files"][0]["checksum"] = None
    expect_failure(target, "lists no train_images.npy")
    del archive.record["files"][:2]
    expect_failure(target, "lists no train_images.npy, train_labels.npy")
    assert archive.sent == []


@pytest.mark.parametrize(
    "record",
    [
        b"<html>we are being repaired</html>",
        b"null",
        b'{"status": 404, "message": "PID does not exist."}',
        b'{"files": [null]}',
        b'{"files": [{"key": "train_images.npy"}]}',
        b'{"files": [{"key": "train_images.npy", "checksum": 3}]}',
        b'{"files": [{"key": "train_images.npy", "checksum": "crossword:1234"}]}',
    ],
)
def test_a_record_that_makes_no_sense(archive, target, record):
    archive.faults[API] = record
    expect_failure(target, "not what was expected")


def test_right_checksums_on_wrong_arrays(archive, target):
    archive.files[BIG] = npy(np.zeros((20, 8, 8, 3), "float32"))
    archive.record["files"][0] = archive.entry(BIG)
    expect_failure(target, "float32", "Expected whole numbers")


def test_the_certificate_cannot_be_verified(target, monkeypatch):
    def refuse(*arguments, **options):
        raise requests.exceptions.SSLError("certificate verify failed")

    monkeypatch.setattr(HTTPAdapter, "send", refuse)
    expect_failure(target, "certificate", "certifi", "Never switch the verification off")


def test_a_failed_mending_changes_nothing(archive, target):
    download_dollar_street(target)
    cut_short(target / BIG)
    (target / "test_labels.npy").unlink()
    archive.faults["test_labels.npy/content"] = 500
    expect_failure(target, "error")


def test_the_disk_is_full(archive, target, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pooch.downloaders.HTTPDownloader.__call__", full)
    expect_failure(target, "could not be written", "No space left", "Make room")


@pytest.mark.parametrize("name", FILES)
def test_a_folder_stands_where_a_file_should_be(archive, target, name):
    download_dollar_street(target)
    for old in FILES:  # all of them would be replaced
        (target / old).write_bytes(b"old")
    (target / name).unlink()
    (target / name).mkdir()
    (target / name / "mine").write_text("kept", encoding="utf-8")
    archive.sent.clear()
    expect_failure(target, "could not be written", f"{name} is a folder", "free the folder")
    assert archive.sent == []


def test_a_file_stands_where_a_folder_should_be(archive, target):
    target.parent.mkdir()
    target.write_text("in the way", encoding="utf-8")
    expect_failure(target, "could not be written")
    target.unlink()
    target.parent.rmdir()
    target.parent.write_text("in the way", encoding="utf-8")
    with pytest.raises(DataError, match="could not be written"):
        download_dollar_street(target)
    assert target.parent.read_text(encoding="utf-8") == "in the way"


def test_pooch_is_not_installed(target, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    expect_failure(target, "package pooch is missing", "lesson.py data")


# --- as a program -----------------------------------------------------------------------------


@pytest.fixture
def default_target(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "DATA_FOLDER", tmp_path / "data")
    return tmp_path / "data" / "dollar-street-10"


def test_exit_status_and_where_the_messages_go(archive, default_target, capsys):
    archive.faults[API] = b"{}"
    assert download.main() == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "was not downloaded" in err
    archive.faults.clear()
    assert download.main() == 0
    assert content(default_target) == archive.files


def test_stopped_from_the_keyboard(archive, default_target, monkeypatch, capsys):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("pooch.downloaders.HTTPDownloader.__call__", stop)
    assert download.main() == 130
    assert "Stopped" in capsys.readouterr().err
    assert content(default_target.parent) == {}


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_a_message_begins_on_a_line_of_its_own(archive, default_target, fault, monkeypatch, capsys):
    monkeypatch.setattr(download, "RETRIES", 0)
    archive.faults["test_images.npy/content"] = fault
    assert download.main() == 1
    shown, message = capsys.readouterr().err.rstrip().rsplit("\n", 1)
    assert message.startswith("Dollar Street 10 was not downloaded.")
    assert "%|" in shown and "not downloaded" not in shown


def in_the_middle(archive, target):
    """Start the program, and return it once it waits for the rest of a file."""
    archive.faults["test_images.npy/content"] = "stall"
    program = start_program(archive.server_port, target.parent)
    wait_for(lambda: find_partial(target), program)
    return program


def wait_for(condition, program):
    deadline = time.monotonic() + 300
    while not condition():
        if program.poll() is not None or time.monotonic() > deadline:
            program.kill()
            pytest.fail(program.communicate()[0])
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="nobody is asked to end there, only made to")
def test_asked_to_end_in_the_middle_it_leaves_nothing(archive, default_target):
    program = in_the_middle(archive, default_target)
    program.terminate()
    out, _ = program.communicate(timeout=300)
    assert program.returncode == 130 and out.endswith("start it again when you like.\n")
    assert content(default_target.parent) == {}


@contextmanager
def two_downloads(archive, target):
    """Start a download in the middle of another; at the end the files are there, and no more."""
    programs = in_the_middle(archive, target), start_program(archive.server_port, target.parent)
    try:
        yield programs
    finally:
        for program in programs:
            program.kill()
            program.communicate()
    assert content(target) == archive.files
    assert [path.name for path in target.parent.iterdir()] == ["dollar-street-10"]


def test_a_second_download_waits_for_the_first_and_finds_its_work_done(archive, default_target):
    with two_downloads(archive, default_target) as (first, second):
        said = second.stdout.readline()
        assert "under way: waiting for it" in said
        # Nothing of the first one's was cleared away.
        assert find_partial(default_target) and first.poll() is None
        archive.faults.clear()
        archive.closing.set()  # the stalled transfer breaks off, and is tried again
        assert first.wait(300) == 0
        assert "already complete" in second.communicate(timeout=300)[0]


def test_a_killed_download_does_not_keep_others_waiting(archive, default_target):
    with two_downloads(archive, default_target) as (first, second):
        assert "waiting for it" in second.stdout.readline()
        archive.faults.clear()
        first.kill()
        out = second.communicate(timeout=300)[0]
        assert second.returncode == 0, out


def start_program(port, folder):
    return subprocess.Popen(
        [sys.executable, __file__, str(port), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(download.__file__).parents[2])},
    )


@pytest.mark.parametrize("fresh", [True, False])
def test_killed_in_the_middle_then_started_again(archive, default_target, fresh):
    before = {}
    if not fresh:
        download_dollar_street()
        cut_short(default_target / "test_images.npy")
        before = content(default_target)
    archive.faults["test_images.npy/content"] = "stall"
    program = start_program(archive.server_port, default_target.parent)
    try:
        deadline = time.monotonic() + 300
        while not find_partial(default_target) and time.monotonic() < deadline:
            assert program.poll() is None, program.communicate()[0]
            time.sleep(0.01)
        assert find_partial(default_target), "the download never reached its middle"
    finally:
        program.kill()
        program.communicate(timeout=300)
    if os.name == "posix":
        assert program.returncode == -signal.SIGKILL
    assert (content(default_target) if default_target.exists() else {}) == before

    archive.faults.clear()
    program = start_program(archive.server_port, default_target.parent)
    out, _ = program.communicate(timeout=300)
    assert program.returncode == 0, out
    assert content(default_target) == archive.files
    assert [path.name for path in default_target.parent.iterdir()] == ["dollar-street-10"]


def find_partial(target):
    """Tell whether a file is being written: one of pooch's temporary names, with bytes in it."""
    temporary = target.parent.glob(f"{target.name}-download-*/{target.name}/tmp*")
    return any(path.stat().st_size > 0 for path in temporary)


if __name__ == "__main__":
    # A stalled transfer has to last until the test kills it.
    TIMEOUT = 300
    download.DATA_FOLDER = Path(sys.argv[2])
    use_server(int(sys.argv[1]))
    sys.exit(download.main())
