"""Repositories over HTTP: git's own server program behind a sign-in, on a port of this machine."""

import base64
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bare import Bare

from labelwright.domain.errors import Unreachable
from labelwright.domain.repositories import read_address

_SIGN_IN = f"Basic {base64.b64encode(b'labels:pass word').decode()}"


def keep_on(_fraction, _message):
    """Nobody cancels."""


class _Handler(BaseHTTPRequestHandler):
    """Gives each request to `git http-backend`, as a web server would, if it is signed."""

    root = ""
    asked: list[str]

    def do_GET(self):
        type(self).asked.append(self.headers["Host"])
        if self.headers["Authorization"] != _SIGN_IN:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        content = self._body()
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": self.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers["Git-Protocol"] or "",
            "REMOTE_USER": "labels",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers["Content-Type"] or "",
            "HTTP_CONTENT_ENCODING": self.headers["Content-Encoding"] or "",
            "CONTENT_LENGTH": str(len(content)),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=content, env=environment, capture_output=True, check=True
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def _body(self):
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def served(tmp_path):
    """A repository, the address it is served at, and the hosts it was asked for as."""
    bare = Bare(tmp_path / "served" / "r.git")
    bare.commit("main", "README.md", "kept")
    bare.git("config", "uploadpack.allowFilter", "true")
    handler = type("Handler", (_Handler,), {"root": str(tmp_path / "served"), "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield bare, f"localhost:{server.server_port}", handler.asked
        server.shutdown()


def test_a_push_signs_in_by_the_file_of_credentials(make_program, new_commit, served, tmp_path):
    bare, host, asked = served
    credentials = tmp_path / "a file of credentials"
    credentials.write_text(f"http://labels:pass%20word@{host}\n")
    program = make_program(hosts=("localhost",), credentials=credentials)
    address = read_address(f"http://{host}/r.git")
    program.reach(address, keep_on)
    made = program.push(address, *new_commit, keep_on)
    assert bare.tip("cvat_7_street") == made.commit
    assert (
        program.look(address, branch="cvat_7_street", commit=made.commit, seen_tip=made.tip).remote == "sync"
    )
    bare.merge("cvat_7_street")
    assert (
        program.look(address, branch="cvat_7_street", commit=made.commit, seen_tip=made.tip).remote
        == "merged"
    )
    assert set(asked) == {host}


@pytest.mark.parametrize("content", [None, "http://labels:wrong@{host}\n"], ids=["none", "wrong"])
def test_without_good_credentials_nobody_is_asked_for_any(make_program, served, tmp_path, content):
    _, host, _ = served
    credentials = tmp_path / "credentials"
    credentials.write_text((content or "").format(host=host))
    program = make_program(hosts=("localhost",), credentials=credentials if content else None)
    with pytest.raises(Unreachable, match=r"(Authentication failed|could not read Username)") as raised:
        program.reach(read_address(f"http://{host}/r.git"), keep_on)
    assert "wrong" not in str(raised.value)
    assert credentials.read_text() == (content or "").format(host=host), "git erases what is refused"
