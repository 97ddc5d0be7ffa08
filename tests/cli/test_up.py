"""`labelwright up` as a process: starting, signing in, ending."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_printed_address_signs_in_once_and_says_why_not_twice(start):
    link = start().link()
    with httpx.Client() as browser:
        answer = browser.get(link)
        assert answer.status_code == 303
        assert {"sessionid", "csrftoken"} <= set(browser.cookies)
        self_url = httpx.URL(link).join("/api/v1/users/self")
        assert browser.get(self_url).json()["username"] == "admin"
        assert httpx.get(self_url).status_code == 401
    again = httpx.get(link)
    assert again.status_code == 400
    assert "already used" in again.text


def test_the_administrators_password_is_a_setting_that_workers_do_not_see(start):
    server = start(LABELWRIGHT_ADMIN_PASSWORD="walk-8080-walk")
    link = httpx.URL(server.link())
    login = {"username": "admin", "password": "walk-8080-walk"}
    assert httpx.post(link.join("/api/v1/auth/login"), data=login).status_code == 200
    (worker,) = server.workers(1)
    with open(f"/proc/{worker}/environ") as environment:
        assert "walk-8080-walk" not in environment.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_server_and_workers_soon_and_with_success(start, number):
    server = start("--workers", "2")
    server.link()
    workers = server.workers(2)
    began = time.monotonic()
    assert server.end(number) == 0
    assert time.monotonic() - began < 5.0
    assert not any(is_alive(pid) for pid in workers)
    assert server.process.stderr.read() == ""


def test_an_open_connection_does_not_keep_the_server(start):
    server = start()
    link = httpx.URL(server.link())
    with socket.create_connection((link.host, link.port)) as idle:
        idle.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        time.sleep(0.2)
        began = time.monotonic()
        assert server.end() == 0
        assert time.monotonic() - began < 5.0


def test_workers_end_with_a_server_that_was_killed(start):
    server = start("--workers", "2")
    server.link()
    workers = server.workers(2)
    server.end(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_server_leaves_no_lock(start):
    first = start()
    first.link()
    first.end(signal.SIGKILL)
    assert start().link()


def test_a_data_folder_has_one_server_and_the_second_is_told_the_way_in(start, run):
    first = start()
    first.link()
    second = run("up", "--no-browser", "--port", "0")
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"(process {first.process.pid})" in second.stderr
    assert httpx.get(second.stderr.split()[-1]).status_code == 303


def test_a_taken_port_is_named_with_the_way_out(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("up", "--no-browser", "--port", str(port))
    assert answer.returncode == 1
    assert (
        answer.stderr
        == f"labelwright: port {port} is taken; choose another with --port, or --port 0 for a free one\n"
    )


def test_listening_on_the_network_warns(start):
    server = start("--host", "0.0.0.0")
    assert server.link().startswith("http://127.0.0.1:")
    server.end()
    assert "0.0.0.0 is open to the network" in server.process.stderr.read()


def test_a_host_that_is_not_this_machines_is_refused(run):
    answer = run("up", "--host", "203.0.113.7", "--port", "0")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "203.0.113.7 is no address of this machine" in answer.stderr


def test_a_data_folder_that_is_a_file_is_refused(run, tmp_path):
    (tmp_path / "file").touch()
    answer = run("up", "--data", str(tmp_path / "file"), "--port", "0")
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"labelwright: the data folder {tmp_path / 'file'} cannot be used: ")


def test_a_database_that_does_not_answer_is_named_without_its_password(run):
    answer = run("up", "--port", "0", LABELWRIGHT_DATABASE_URL="postgresql://u:secret@127.0.0.1:1/x")
    assert answer.returncode == 1
    assert "127.0.0.1:1/x cannot be used: " in answer.stderr
    assert "secret" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_console_speaks_chinese_where_the_language_is(start):
    server = start(LC_ALL="zh_CN.UTF-8")
    server.link()
    assert any("请打开此地址" in line for line in server.heard)


def test_serve_answers_without_workers_and_without_an_address_that_signs_in(environ):
    command = [sys.executable, "-m", "labelwright", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        assert line.startswith("Labelwright answers at http://127.0.0.1:")
        assert httpx.get(f"{line.split()[-1]}/api/v1/users/self").status_code == 401
        server.terminate()
        assert server.wait(10) == 0
