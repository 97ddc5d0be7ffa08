"""Events of clients reach a collector of logs, and nobody waits for it."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from labelwright.collector import Collector
from labelwright.compose import open_deps
from labelwright.domain.errors import Invalid
from labelwright.settings import Settings, read_settings


@contextmanager
def collecting(*statuses, port=0):
    """A collector that answers with each of `statuses` in turn, then 200; yields its address and what it got."""
    got, answers = [], list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status = answers.pop(0) if answers else 200
            got.append((status, self.headers["content-type"], body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_for(reached):
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lines(*numbers):
    return [{"name": "猫", "n": number} for number in numbers]


def test_lines_arrive_in_order_as_arrays_of_json():
    with collecting() as (address, got):
        collector = Collector(address)
        for n in range(0, 2000, 2):
            collector.write(lines(n, n + 1), is_error=False)
        wait_for(lambda: sum(len(body) for _, _, body in got) == 2000)
    assert {kind for _, kind, _ in got} == {"application/json"}
    assert [line for _, _, body in got for line in body] == lines(*range(2000))
    assert max(len(body) for _, _, body in got) <= 500


@pytest.mark.parametrize("status", [500, 503, 429])
def test_what_a_collector_cannot_take_now_it_gets_again(status):
    with collecting(status, status) as (address, got):
        Collector(address, pause_s=0.01).write(lines(1), is_error=True)
        wait_for(lambda: len(got) == 3)
    assert [(each, body) for each, _, body in got] == [
        (status, lines(1)),
        (status, lines(1)),
        (200, lines(1)),
    ]


def test_what_a_collector_refuses_is_told_once_and_passed_over(caplog):
    with collecting(400) as (address, got):
        collector = Collector(address)
        collector.write(lines(1), is_error=False)
        wait_for(lambda: got)
        collector.write(lines(2), is_error=False)
        wait_for(lambda: len(got) == 2)
    assert [body for _, _, body in got] == [lines(1), lines(2)]
    assert [record.getMessage() for record in caplog.records] == [
        f"the collector of logs at {address}: it answers 400"
    ]


def test_a_name_that_is_no_hosts_ends_nothing(caplog):
    collector = Collector(f"{'x' * 70}..b:80", pause_s=0.01)
    collector.write(lines(1), is_error=False)
    wait_for(lambda: caplog.records)
    assert "UnicodeError" in caplog.records[0].getMessage()


def test_lines_wait_for_a_collector_that_comes_back_and_only_so_many():
    with collecting() as (address, _):
        pass
    collector = Collector(address, most_waiting=100, pause_s=0.01)
    begun = time.monotonic()
    for n in range(100):
        collector.write(lines(n), is_error=False)
    assert time.monotonic() - begun < 5, "nobody waits"
    held = 100 // len('{"name":"猫","n":0}'.encode())
    with collecting(port=int(address.rpartition(":")[2])) as (_, got):
        wait_for(lambda: sum(len(body) for _, _, body in got) == held)
    assert [line for _, _, body in got for line in body] == lines(*range(held))


@pytest.mark.parametrize(
    "address", ["collector", "http://c:80", "c:port", "a b:80", "user@c:80", "::1:80", "c:0", "c:70000"]
)
def test_an_address_of_a_collector_is_host_and_port(address):
    with pytest.raises(Invalid, match=r"LABELWRIGHT_LOG_COLLECTOR is .*, expected HOST:PORT"):
        read_settings({"LABELWRIGHT_LOG_COLLECTOR": address})


def test_the_setting_opens_the_collector(tmp_path, sqlite_url):
    with collecting() as (address, got):
        deps = open_deps(Settings(data=tmp_path / "data", database_url=sqlite_url, log_collector=address))
        deps.client_log.write(lines(7), is_error=False)
        wait_for(lambda: got)
        deps.database.close()
    assert got == [(200, "application/json", lines(7))]
