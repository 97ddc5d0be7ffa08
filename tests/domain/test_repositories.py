import re
import subprocess

import pytest

from labelwright.domain.errors import Invalid
from labelwright.domain.repositories import (
    Repository,
    Work,
    author_name,
    branch_of,
    check_file,
    choose_default,
    default_file,
    read_address,
    read_location,
    with_lfs,
    write_message,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/srv/git/a.git", ("file", "file:///srv/git/a.git", ""), id="a folder"),
        pytest.param("/srv/a 100%.git", None, id="a folder with a blank"),
        pytest.param("file:///srv/50%25.git", ("file", "file:///srv/50%25.git", ""), id="a file address"),
        pytest.param("git@h.example:o/r.git", ("ssh", "git@h.example:o/r.git", "h.example"), id="scp"),
        pytest.param("ssh://git@H.example:22/o/r", ("ssh", "ssh://git@h.example:22/o/r", "h.example"), id="ssh"),
        pytest.param("https://h.example/o/r.git", ("https", "https://h.example/o/r.git", "h.example"), id="https"),
        pytest.param("http://h.example/o/r", ("http", "http://h.example/o/r", "h.example"), id="http"),
        pytest.param("h.example/o/r.git", ("https", "https://h.example/o/r.git", "h.example"), id="v1's short form"),
    ],
)  # fmt: skip
def test_an_address_is_read_as_v1_and_git_write_it(text, expected):
    if expected is None:
        with pytest.raises(Invalid):
            read_address(text)
        return
    found = read_address(text)
    assert (found.transport, found.url, found.host) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("repo", id="a bare word"),
        pytest.param("a/b", id="too few parts"),
        pytest.param("--upload-pack=touch /tmp/x", id="an option"),
        pytest.param("-oProxyCommand=x@h:a/b", id="an option as the user"),
        pytest.param("ssh://-oProxyCommand=x/a/b", id="an option as the host"),
        pytest.param("git@-oProxyCommand=x:a/b", id="an option as the host of scp"),
        pytest.param("git@h.example:-x/r", id="an option as the path"),
        pytest.param("ext::sh -c id", id="ext with blanks"),
        pytest.param("ext::id", id="ext"),
        pytest.param("git@h.example:ext::id", id="ext behind a host"),
        pytest.param("git://h.example/o/r", id="git's own transport"),
        pytest.param("ftp://h.example/o/r", id="ftp"),
        pytest.param("file://host/o/r", id="a file on a host"),
        pytest.param("/srv/../etc", id="a folder above"),
        pytest.param("file:///srv/%2e%2e/etc", id="a folder above, hidden"),
        pytest.param("https://h.example/../r/x", id="an address above"),
        pytest.param("https://h.example/o/r?x=1", id="a query"),
        pytest.param("https://h.example/o/r#x", id="a fragment"),
        pytest.param("https://u:p@h.example/o/r", id="a password"),
        pytest.param("https://h.example:99999/o/r", id="no port"),
        pytest.param("https://h.example\n/o/r", id="a line feed"),
        pytest.param("https://h.example/o/\x00r", id="a NUL"),
        pytest.param("https://h\u0435.example/o/r", id="a letter of another script"),
        pytest.param("https://[::1]/o/r", id="IPv6 literally"),
        pytest.param("\\\\host\\share", id="backslashes"),
        pytest.param("https://h.example/" + "x" * 600, id="too long"),
    ],
)
def test_what_is_no_address_never_reaches_git(text):
    with pytest.raises(Invalid):
        read_address(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("git@h:o/r.git", ("git@h:o/r.git", None)),
        ("  git@h:o/r.git  ", ("git@h:o/r.git", None)),
        ("git@h:o/r.git [a/b c.zip]", ("git@h:o/r.git", "a/b c.zip")),
        ("git@h:o/r.git[a.xml]", ("git@h:o/r.git", "a.xml")),
        ("git@h:o/r.git [ ]", ("git@h:o/r.git", None)),
        ("git@h:o/r.git [photos [1].zip]", ("git@h:o/r.git", "photos [1].zip")),
    ],
)
def test_the_file_stands_in_brackets_behind_the_address(text, expected):
    assert read_location(text) == expected


@pytest.mark.parametrize("text", ["", "[a.zip]", "a b", "git@h:o/r [a.zip] b"])
def test_a_text_that_is_no_location_is_refused(text):
    with pytest.raises(Invalid):
        read_location(text)


@pytest.mark.parametrize("path", ["a.zip", "/a.zip", "a/b/c.XML", "标注/一.json", "a b.zip"])
def test_a_file_of_annotations_is_accepted(path):
    assert check_file(path) == path.removeprefix("/")


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "a", "a.txt", ".git/a.zip", "x/.GIT/a.zip", ".git./a.zip", "../a.zip", "a/../b.zip", "a//b.zip"),
        *("a\\b.zip", "a\nb.zip", "./a.zip", "x" * 250 + ".zip", "a/" * 300 + "b.zip"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_annotations_is_refused(path):
    with pytest.raises(Invalid):
        check_file(path)


@pytest.mark.parametrize(
    "name",
    [
        *("street", "a b/c*d?e", "..", "x..y", "x.lock", "a.", "~^:[]{}@", "-", "标" * 100, "x\ty", "\x7f"),
        *("a.lock.lock", "\U0001f600" * 70, ".lock", "@", "q" * 256),
    ],
)  # fmt: skip
def test_every_task_name_makes_a_branch_git_takes_and_a_file(name):
    branch = branch_of(7, name)
    assert branch.startswith("cvat_7_")
    subprocess.run(["git", "check-ref-format", "--branch", branch], check=True, capture_output=True)
    assert len(f"{branch}.lock".encode()) < 255
    assert check_file(default_file(name)) == default_file(name)


def test_names_are_cleaned_as_v1_cleans_them():
    assert default_file('a\\b/c*d?e:f"g<h>i|j k') == "annotation/a_b_c_d_e_f_g_h_i_j_k.zip"
    assert branch_of(3, "my task") == "cvat_3_my_task"


@pytest.mark.parametrize(
    ("head", "branches", "expected"),
    [
        ("trunk", ["trunk", "main"], "trunk"),
        (None, ["dev", "main"], "main"),
        ("gone", ["dev", "master"], "master"),
        (None, ["dev"], "dev"),
        (None, ["cvat_1_x", "dev"], "dev"),
        (None, ["cvat_1_x"], None),
        ("main", [], None),
    ],
)
def test_the_default_branch_is_found(head, branches, expected):
    assert choose_default(head, dict.fromkeys(branches, "0")) == expected


def test_a_default_branch_that_cannot_be_told_is_not_guessed():
    with pytest.raises(Invalid, match="none of its 2 branches"):
        choose_default(None, {"one": "0", "two": "0"})


def test_patterns_of_lfs_are_added_once():
    once = with_lfs("*.png binary", "a.json")
    assert re.findall(r"^\S+", once, re.MULTILINE) == ["*.png", "*.xml", "*.zip", "*.json"]
    assert with_lfs(once, "a.json") == once


@pytest.mark.parametrize(
    ("fields", "revisions", "pushing", "expected"),
    [
        ({}, {1: 2}, False, "!sync"),
        ({}, {1: 2}, True, "syncing"),
        ({"pushed_commit": "c", "pushed_revisions": {1: 2}, "remote": "sync"}, {1: 2}, False, "sync"),
        ({"pushed_commit": "c", "pushed_revisions": {1: 2}, "remote": "merged"}, {1: 2}, False, "merged"),
        ({"pushed_commit": "c", "pushed_revisions": {1: 2}, "remote": "merged"}, {1: 3}, False, "!sync"),
        ({"pushed_commit": "c", "pushed_revisions": {1: 2}, "remote": "sync"}, {1: 2}, True, "syncing"),
    ],
)
def test_how_a_repository_stands(fields, revisions, pushing, expected):
    repository = Repository(task_id=1, url="u", path="p", lfs=False, format="", branch="b", **fields)
    assert repository.standing(revisions, is_pushing=pushing) == expected


def test_a_message_tells_what_was_done():
    message = write_message(
        author="ada", task_name="a\nb", address="http://h/tasks/9", bug_tracker="http://t/1", work=Work(3, 2, 1, 0.5)
    )  # fmt: skip
    assert message.splitlines()[0] == "Annotations of a b by ada"
    assert "Task URL: http://h/tasks/9\nIssue tracker: http://t/1\n" in message
    assert "3 created, 2 updated, 1 deleted\nWorking time: 0.50 hours\n" in message


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("ada", "ada"),
        ("<ada>\n", "ada"),
        (". ada .", "ada"),
        ("标 匠", "标 匠"),
        ("<>", "somebody"),
        ("", "somebody"),
    ],
)
def test_a_name_is_one_git_takes(username, expected):
    assert author_name(username) == expected
