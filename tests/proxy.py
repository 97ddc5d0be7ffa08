"""A reverse proxy as stands before a platform: what lies below one prefix goes to a server, all else is not found."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

#: Said anew by whoever passes an answer on (RFC 9110, 7.6.1).
_OWN = {"connection", "transfer-encoding", "content-length", "date", "server"}


@contextmanager
def run_proxy(target: str, *, prefix: str, strips: bool, names_prefix: bool = False):
    """Pass what begins with `prefix` on to the server `target`, without it when it `strips`; yields our address."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if not self.path.startswith(f"{prefix}/"):
                self._answer(404, [("content-type", "text/plain")], b"not of this server")
                return
            path = self.path.removeprefix(prefix) if strips else self.path
            headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _OWN]
            if names_prefix:
                headers.append(("X-Forwarded-Prefix", prefix))
            answer = client.request(self.command, f"{target}{path}", headers=headers, content=body)
            kept = [
                (name, value)
                for name, value in answer.headers.multi_items()
                if name.lower() not in {*_OWN, "content-encoding"}
            ]
            self._answer(answer.status_code, kept, answer.content)

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    with httpx.Client(timeout=60.0, follow_redirects=False) as client:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()
