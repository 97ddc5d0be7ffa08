"""The git program against real repositories on disk."""

import contextlib
import os
import socket
import stat
import threading
import time
from pathlib import Path

import msgspec
import pytest

from labelwright.domain.errors import Cancelled, Invalid, Unreachable
from labelwright.domain.repositories import Address, read_address
from labelwright.domain.sentences import Sentence


def keep_on(_fraction, _message):
    """Nobody cancels."""


@pytest.mark.parametrize("head", ["main", "master", "trunk"])
def test_a_push_puts_one_commit_on_top_of_the_default_branch(make_program, make_bare, new_commit, head):
    bare, address = make_bare(head=head)
    base = bare.commit(head, "README.md", "kept")
    commit, file = new_commit
    made = make_program().push(address, commit, file, keep_on).commit
    assert bare.tip("cvat_7_street") == made
    assert bare.tip(head) == base
    assert bare.git("rev-parse", f"{made}^") == base
    assert bare.files(made) == ["README.md", "annotation/street.zip"]
    assert bare.read(made, "annotation/street.zip") == b"PK of annotations"
    assert bare.git("log", "-1", "--format=%an <%ae> %cn %at %ct%n%B", made) == (
        "ada <ada@example.org> Labelwright 1795341600 1795341600\n"
        "Annotations of street by ada\n\nTask URL: http://h/tasks/7"
    )


@pytest.mark.parametrize("head", ["main", "master", "trunk"])
def test_an_empty_repository_gets_the_default_branch_its_head_names(
    make_program, make_bare, new_commit, head
):
    bare, address = make_bare(head=head)
    program = make_program()
    program.reach(address, keep_on)
    made = program.push(address, *new_commit, keep_on).commit
    assert bare.branches() == sorted(["cvat_7_street", head])
    assert bare.files(head) == ["README.md"]
    assert bare.git("rev-parse", f"{made}^") == bare.tip(head)


def test_a_push_that_is_repeated_makes_the_same_commit(make_program, make_bare, new_commit):
    bare, address = make_bare()
    first = make_program().push(address, *new_commit, keep_on).commit
    assert make_program().push(address, *new_commit, keep_on).commit == first
    assert bare.tip("cvat_7_street") == first


def test_a_branch_that_others_wrote_is_made_anew_from_the_default_branch(make_program, make_bare, new_commit):
    bare, address = make_bare()
    base = bare.commit("main", "README.md", "kept")
    bare.commit("cvat_7_street", "stray", "of others")
    made = make_program().push(address, *new_commit, keep_on).commit
    assert bare.git("rev-list", "cvat_7_street").split() == [made, base]


def test_the_other_branches_are_left_alone(make_program, make_bare, new_commit):
    bare, address = make_bare()
    before = {name: bare.commit(name, "x", name) for name in ("main", "cvat_8_other", "feature/one")}
    make_program().push(address, *new_commit, keep_on)
    assert {name: bare.tip(name) for name in before} == before


def test_a_branch_in_the_way_of_the_tasks_own_fails_with_gits_words(make_program, make_bare, new_commit):
    bare, address = make_bare()
    bare.commit("main", "x", "y")
    bare.commit("cvat_7_street/deeper", "x", "y")
    with pytest.raises(Unreachable, match="cvat_7_street"):
        make_program().push(address, *new_commit, keep_on)


def test_a_file_where_a_folder_would_be_fails_with_gits_words(make_program, make_bare, new_commit):
    bare, address = make_bare()
    bare.commit("main", "annotation", "a file")
    with pytest.raises(Unreachable, match="annotation"):
        make_program().push(address, *new_commit, keep_on)
    assert bare.branches() == ["main"]


def test_patterns_of_lfs_are_added_to_those_that_are_there(make_program, make_bare, new_commit):
    bare, address = make_bare()
    bare.commit("main", ".gitattributes", "*.png binary")
    commit, file = new_commit
    made = make_program().push(address, msgspec.structs.replace(commit, lfs=True), file, keep_on).commit
    assert bare.read(made, ".gitattributes").decode().splitlines() == [
        "*.png binary",
        "*.xml filter=lfs diff=lfs merge=lfs -text",
        "*.zip filter=lfs diff=lfs merge=lfs -text",
    ]
    assert bare.read(made, "annotation/street.zip") == b"PK of annotations"


def test_attributes_in_no_known_script_are_kept_byte_by_byte(make_program, make_bare, new_commit):
    bare, address = make_bare()
    before = b"*.caf\xe9 binary\n"
    blob = bare.git("hash-object", "-w", "--stdin", stdin=before)
    bare.commit_blob("main", ".gitattributes", blob)
    commit, file = new_commit
    made = make_program().push(address, msgspec.structs.replace(commit, lfs=True), file, keep_on)
    assert bare.read(made.commit, ".gitattributes").startswith(before)


def test_a_repository_that_sends_too_much_is_given_up(make_program, make_bare, new_commit, tmp_path):
    bare, address = make_bare()
    blob = bare.git("hash-object", "-w", "--stdin", stdin=os.urandom(3_000_000))
    bare.commit_blob("main", "large", blob)
    with pytest.raises(Unreachable, match="sends more than 1 MB"):
        make_program(max_mb=1).push(address, *new_commit, keep_on)
    assert bare.branches() == ["main"]
    assert list((tmp_path / "scratch" / "git").iterdir()) == []


def test_large_files_stay_away_where_the_server_can_leave_them_out(make_program, make_bare, new_commit):
    bare, address = make_bare()
    blob = bare.git("hash-object", "-w", "--stdin", stdin=os.urandom(3_000_000))
    bare.commit_blob("main", "large", blob)
    bare.git("config", "uploadpack.allowFilter", "true")
    made = make_program(max_mb=1).push(address, *new_commit, keep_on)
    assert bare.files(made.commit) == ["annotation/street.zip", "large"]


def look(program, address, made, seen_tip=""):
    return program.look(address, branch="cvat_7_street", commit=made, seen_tip=seen_tip)


def test_a_pushed_branch_is_seen_to_be_there_then_merged_then_still_merged(
    make_program, make_bare, new_commit
):
    bare, address = make_bare()
    program = make_program()
    made = program.push(address, *new_commit, keep_on).commit
    bare.commit("main", "other", "work")
    seen = look(program, address, made)
    assert (seen.remote, seen.tip) == ("sync", bare.tip("main"))
    bare.merge("cvat_7_street")
    bare.commit("main", "later", "work")
    assert look(program, address, made, seen.tip).remote == "merged"
    bare.git("update-ref", "-d", "refs/heads/cvat_7_street")
    assert look(program, address, made, seen.tip).remote == "merged"


def test_a_branch_merged_by_moving_the_default_branch_to_it_is_merged(make_program, make_bare, new_commit):
    bare, address = make_bare(head="master")
    made = make_program().push(address, *new_commit, keep_on).commit
    bare.git("update-ref", "refs/heads/master", made)
    assert look(make_program(), address, made).remote == "merged"


@pytest.mark.parametrize("how", ["moved", "deleted"])
def test_a_branch_that_others_changed_is_no_longer_what_was_pushed(make_program, make_bare, new_commit, how):
    bare, address = make_bare()
    made = make_program().push(address, *new_commit, keep_on).commit
    if how == "moved":
        bare.commit("cvat_7_street", "x", "y")
    else:
        bare.git("update-ref", "-d", "refs/heads/cvat_7_street")
    assert look(make_program(), address, made).remote == "!sync"


def test_hooks_and_commands_of_a_repository_in_a_folder_do_not_run(
    make_program, make_bare, new_commit, tmp_path
):
    bare, address = make_bare()
    bare.commit("main", "x", "y")
    for name in (
        "pre-receive",
        "update",
        "post-receive",
        "post-update",
        "reference-transaction",
        "push-to-checkout",
    ):
        hook = bare.folder / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
        hook.chmod(stat.S_IRWXU)
    bare.git("config", "core.hooksPath", str(bare.folder / "hooks"))
    bare.git("config", "core.alternateRefsCommand", f"touch {tmp_path / 'ran'}")
    bare.git("config", "core.fsmonitor", f"touch {tmp_path / 'ran'}")
    bare.git("config", "uploadpack.packObjectsHook", f"touch {tmp_path / 'ran'}")
    (bare.folder / "objects" / "info" / "alternates").write_text(f"{bare.folder}/objects\n")
    made = make_program().push(address, *new_commit, keep_on).commit
    assert look(make_program(), address, made).remote == "sync"
    assert not (tmp_path / "ran").exists()


def test_nothing_of_an_errand_stays_on_disk(make_program, make_bare, new_commit, tmp_path):
    _, address = make_bare()
    make_program().push(address, *new_commit, keep_on)
    assert list((tmp_path / "scratch" / "git").iterdir()) == []
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("{tmp}/outside", id="outside"),
        pytest.param("{tmp}/root/link", id="a link that leads out"),
        pytest.param("{tmp}/root/loop", id="a loop of links"),
        pytest.param("{tmp}/root/none", id="nothing there"),
        pytest.param("{tmp}/root/file", id="a file"),
        pytest.param("{tmp}/rootless", id="a name that begins as the folder's does"),
        pytest.param("{tmp}/root/../outside", id="up and out"),
    ],
)
def test_a_folder_outside_the_one_for_repositories_is_refused(make_program, tmp_path, path):
    program = make_program()
    for name in ("outside", "rootless"):
        (tmp_path / name).mkdir()
    (tmp_path / "root" / "file").write_text("")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root" / "loop")
    with pytest.raises(Invalid, match="no folder below"):
        program.check(Address(transport="file", path=path.format(tmp=tmp_path)))


def test_folders_are_refused_where_no_setting_allows_them(make_program, make_bare):
    _, address = make_bare()
    with pytest.raises(Invalid, match="LABELWRIGHT_GIT_ROOT"):
        make_program(root=None).check(address)


def test_a_folder_that_is_no_repository_cannot_be_used(make_program, tmp_path):
    program = make_program()
    (tmp_path / "root" / "empty").mkdir()
    with pytest.raises(Unreachable, match="not appear to be a git repository") as raised:
        program.reach(Address(transport="file", path=str(tmp_path / "root" / "empty")), keep_on)
    assert str(tmp_path / "scratch") not in str(raised.value)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "10.0.0.1", "192.168.1.1"),
        *("172.16.0.1", "169.254.169.254", "100.64.0.1"),
    ],
)  # fmt: skip
def test_hosts_inside_are_asked_only_when_named(make_program, host):
    with pytest.raises(Invalid, match="inside the network"):
        make_program().reach(read_address(f"https://{host}/o/r.git"), keep_on)


def test_only_named_hosts_are_asked_where_some_are_named(make_program):
    program = make_program(hosts=("git.example.org", "*.labs.example"), ssh_key=None)
    program.check(read_address("https://git.example.org/o/r"))
    program.check(read_address("https://a.labs.example/o/r"))
    for host in ("labs.example", "evil.example", "git.example.org.evil.example"):
        with pytest.raises(Invalid, match="LABELWRIGHT_GIT_HOSTS"):
            program.check(read_address(f"https://{host}/o/r"))


def test_a_port_where_nobody_listens_is_told_in_gits_words(make_program):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match=r"cannot be used: .*(refused|connect)"):
        make_program(hosts=("127.0.0.1",)).reach(read_address(f"http://127.0.0.1:{port}/o/r.git"), keep_on)


@pytest.fixture
def silent_host():
    """An address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield read_address(f"http://127.0.0.1:{listener.getsockname()[1]}/o/r.git")


def test_a_silent_host_is_waited_for_no_longer_than_the_setting_says(make_program, silent_host):
    began = time.monotonic()
    with pytest.raises(Unreachable, match="within 1 seconds"):
        make_program(hosts=("127.0.0.1",), timeout_s=1).reach(silent_host, keep_on)
    assert time.monotonic() - began < 10
    assert talkers(silent_host) == []


def test_a_cancelled_errand_ends_git_and_all_it_started(make_program, silent_host):
    def cancel(_fraction, _message):
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        make_program(hosts=("127.0.0.1",)).reach(silent_host, cancel)
    assert talkers(silent_host) == []


def talkers(address):
    """The programs that still talk to the address: their process ids."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if address.url.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def test_a_redirect_is_not_followed(make_program):
    """A host that is allowed must not send git to one that is not."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as inner:
        to = f"http://127.0.0.1:{inner.getsockname()[1]}/o/r.git/info/refs?service=git-upload-pack"
        answer = (
            f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )

        def redirect():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=redirect, daemon=True)
        thread.start()
        address = read_address(f"http://127.0.0.1:{listener.getsockname()[1]}/o/r.git")
        with pytest.raises(Unreachable):
            make_program(hosts=("127.0.0.1",)).reach(address, keep_on)
        thread.join(5)
        inner.settimeout(0.2)
        with pytest.raises(TimeoutError):
            inner.accept()


#: Stands in for OpenSSH at the edge of the process: it writes down how it was called and runs git's command here.
_SSH = """#!/bin/sh
printf '%s\\n' "$@" > {log}
for last; do :; done
exec sh -c "$(printf %s "$last" | sed "s#'o/r.git'#{folder}#")"
"""


@pytest.fixture
def fake_ssh(tmp_path, monkeypatch, make_bare):
    """Put a program called ssh before the real one; returns the repository it leads to, and its log."""
    bare, _ = make_bare()
    bare.commit("main", "x", "y")
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "ssh.log"
    (folder / "ssh").write_text(_SSH.format(log=log, folder=bare.folder))
    (folder / "ssh").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    key = tmp_path / "key"
    key.write_text("secret")
    return bare, log, key


@pytest.mark.parametrize("text", ["git@127.0.0.1:o/r.git", "https://127.0.0.1/o/r.git", "127.0.0.1/o/r.git"])
def test_ssh_uses_the_servers_key_alone_and_http_goes_over_it_where_there_is_no_other(
    make_program, new_commit, fake_ssh, text
):
    bare, log, key = fake_ssh
    program = make_program(hosts=("127.0.0.1",), ssh_key=key)
    made = program.push(read_address(text), *new_commit, keep_on).commit
    assert bare.tip("cvat_7_street") == made
    said = log.read_text().splitlines()
    assert said[:4] == ["-F", "none", "-i", str(key)]
    options = {
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "BatchMode=yes",
        "StrictHostKeyChecking=accept-new",
    }
    assert {f"-o{option}" for option in options} <= set(said)
    assert "git@127.0.0.1" in said


def test_without_a_key_there_is_no_ssh(make_program):
    with pytest.raises(Invalid, match="LABELWRIGHT_GIT_SSH_KEY"):
        make_program().check(read_address("git@example.org:o/r.git"))


def test_a_refused_key_is_shown_for_the_owner_of_the_repository_to_allow(make_program, fake_ssh, tmp_path):
    _, _, key = fake_ssh
    (tmp_path / "key.pub").write_text("ssh-ed25519 AAAA labels\n")
    said = (
        f'#!/bin/sh\necho "Load key {key}" >&2\necho "git@h: Permission denied (publickey)." >&2\nexit 255\n'
    )
    (tmp_path / "bin" / "ssh").write_text(said)
    program = make_program(hosts=("127.0.0.1",), ssh_key=key)
    with pytest.raises(Unreachable, match="let this key write: ssh-ed25519 AAAA labels") as raised:
        program.reach(read_address("git@127.0.0.1:o/r.git"), keep_on)
    assert isinstance(raised.value.message, Sentence)
    assert str(key) not in str(raised.value)


def test_the_environment_of_the_server_is_not_gits(
    make_program, make_bare, new_commit, monkeypatch, tmp_path
):
    bare, address = make_bare()
    for name in ("GIT_SSH_COMMAND", "GIT_PROXY_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_PARAMETERS"):
        monkeypatch.setenv(name, f"touch {tmp_path / 'ran'}")
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    made = make_program().push(address, *new_commit, keep_on).commit
    monkeypatch.undo()
    assert bare.tip("cvat_7_street") == made
    assert not (tmp_path / "ran").exists()
