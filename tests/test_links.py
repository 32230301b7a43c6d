"""The check of links to elsewhere tells what is dead from what may answer tomorrow."""

import http.server
import socket
import threading
import time

import pytest
import yaml

from tools import links

SECONDS = 1


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers as the path of the request says."""

    def do_GET(self):
        self.server.asked.append(self.path)
        name = self.path.strip("/").partition("-")[0]
        if name == "slow":
            time.sleep(2 * SECONDS)
        if name == "broken":
            return  # no answer at all
        once = name == "busy" and self.server.asked.count(self.path) == 1
        self.send_response({"moved": 301, "later": 302, "round": 302}.get(name) or (
            503 if once else int(name) if name.isdigit() else 200))  # fmt: skip
        targets = {"moved": "/fine", "later": "/404-behind", "round": self.path}
        if name in targets:
            self.send_header("Location", targets[name])
        if name == "429":
            self.send_header("Retry-After", "86400")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Lets all that ask at the same moment in."""

    request_queue_size = 64


@pytest.fixture
def server():
    with Server(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads, server.asked = True, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def check(server, *names):
    base = f"http://127.0.0.1:{server.server_port}/"
    page, dead = links.report({base + name: ["PAGE.md"] for name in names}, seconds=SECONDS, wait=0)
    by_state = {part.split("\n")[0]: part for part in page.split("\n## ")[1:]}
    listed = {
        state: {name for name in names if f"<{base}{name}> (PAGE.md): " in part}
        for state, part in by_state.items()
    }
    return listed, dead, page


def test_each_kind_of_answer(server):
    fine = ("fine", "moved", "busy")
    gone = ("404", "410", "later")
    unsure = ("401", "403", "405", "429", "500", "503", "slow", "broken", "round")
    listed, dead, page = check(server, *fine, *gone, *unsure)
    assert listed == {links.DEAD: {*gone}, links.BY_HAND: {*unsure}}
    assert dead and "404 Not Found" in page and "timed out" in page and "network" not in page
    # Nobody is asked in vain more often than was said, and nothing that is fine twice.
    times = {name: server.asked.count(f"/{name}") for name in ("fine", "busy", "403", "slow")}
    # /fine is also where /moved leads.
    assert times == {"fine": 2, "busy": 2, "403": links.ATTEMPTS, "slow": links.ATTEMPTS}


def test_only_a_dead_link_fails(server):
    listed, dead, _ = check(server, "429", "403")
    assert not dead and listed[links.BY_HAND] == {"429", "403"}


@pytest.mark.parametrize(
    "number, state", [(socket.EAI_NONAME, links.DEAD), (socket.EAI_AGAIN, links.BY_HAND)]
)
def test_a_name_that_nobody_has_is_dead_and_a_busy_name_server_is_not(monkeypatch, number, state):
    def resolve(*_, **__):
        raise socket.gaierror(number, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert links.look("https://gone.example", wait=0) == (state, f"[Errno {number}] no such name")
    page, dead = links.report({"https://gone.example": ["PAGE.md"]}, wait=0)
    assert dead == (state == links.DEAD) and "connected to a network?" in page


def test_a_machine_that_is_switched_off_is_not_dead():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert links.look(f"http://127.0.0.1:{port}/", wait=0)[0] == links.BY_HAND


def test_an_address_that_cannot_be_asked_for_stops_nothing():
    assert links.look("https://127.0.0.1/ä", wait=0)[0] == links.BY_HAND


def test_links_are_found_where_people_read_them(tmp_path, monkeypatch):
    monkeypatch.setattr(links, "ROOT", tmp_path)
    (tmp_path / "tests").mkdir()
    text = "[a](https://keras.io/api/), <https://arxiv.org/abs/1906.02659>. 'https://nbval.org/x_'"
    text += " (https://w.org/Kernel_(image_processing)), [b](https://w.org/a_(b))"
    text += "; http://127.0.0.1:8888/lab http://localhost/ https://example.org/a https://hub/{name}"
    (tmp_path / "PAGE.md").write_text(text, encoding="utf-8")
    (tmp_path / "tests" / "test_a.py").write_text("# https://dead.org", encoding="utf-8")
    found = links.links([tmp_path / "PAGE.md", tmp_path / "tests" / "test_a.py"])
    expected = ["https://arxiv.org/abs/1906.02659", "https://keras.io/api/", "https://nbval.org/x_"]
    expected += ["https://w.org/Kernel_(image_processing)", "https://w.org/a_(b)"]
    assert found == {address: ["PAGE.md"] for address in expected}


def test_workflow_runs_it_by_itself_and_shows_what_it_says():
    workflow = yaml.safe_load((links.ROOT / ".github/workflows/links.yml").read_text("utf-8"))
    assert set(workflow[True]) == {"schedule", "workflow_dispatch"}
    (job,) = workflow["jobs"].values()
    assert job["steps"][-1]["run"] == 'python3 tools/links.py | tee -a "$GITHUB_STEP_SUMMARY"'
    assert job["steps"][-1]["shell"] == "bash"  # which fails where the first of two programs does
