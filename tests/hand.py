"""Somebody at the git routes, signed in by token with the CSRF pair, as clients of v1 are; and a server for them."""

import pytest
from live import run_server, until

DONE = {"status": "finished"}


@pytest.fixture(scope="session")
def git_house(tmp_path_factory, sqlite_template):
    """A server that may use repositories in a folder, and hosts called 127.0.0.1."""
    root = tmp_path_factory.mktemp("repositories")
    settings = {"git_root": str(root), "git_hosts": "127.0.0.1", "git_timeout_s": 20}
    for live in run_server(tmp_path_factory.mktemp("git"), sqlite_template, **settings):
        live.root = root
        yield live


class Hand:
    """Somebody at the git routes, signed in by token with the CSRF pair, as v1's clients are."""

    def __init__(self, live, name="root", mount=""):
        self.live = live
        self.http = live.client(name)
        self.http.cookies.set("csrftoken", "x" * 32)
        self.http.headers["X-CSRFToken"] = "x" * 32
        self.url = f"{live.url}{mount}/git/repository"

    def get(self, path, **options):
        return self.http.get(f"{self.url}/{path}", **options)

    def create(self, task, location, **fields):
        return self.http.post(
            f"{self.url}/create/{task['id']}", json={"path": location, "tid": task["id"], **fields}
        )

    def finish(self, rq_id):
        return until(
            lambda: self.get(f"check/{rq_id}").json(), lambda found: found["status"] in ("finished", "failed")
        )

    def connect(self, task, location, **fields):
        answer = self.create(task, location, **fields)
        assert (answer.status_code, answer.text) == (200, f'{{"rq_id":"git.create.{task["id"]}"}}')
        return self.finish(f"git.create.{task['id']}")

    def push(self, task):
        answer = self.get(f"push/{task['id']}")
        assert (answer.status_code, answer.text) == (200, f'{{"rq_id":"git.push.{task["id"]}"}}')
        return self.finish(f"git.push.{task['id']}")

    def state(self, task):
        return self.get(f"get/{task['id']}").json()["status"]
