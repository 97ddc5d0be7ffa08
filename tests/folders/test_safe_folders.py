"""Folders of strangers: no link leads out of them, names are made safe, texts are read in their own encoding."""

import os

import pytest

from labelwright.domain.errors import NotFound
from labelwright.folders import Folder, decode_text, find_below, safe_name, shown_name


@pytest.fixture
def root(tmp_path):
    """A storage root with a dataset, a file beside the root, and links to all of it."""
    (tmp_path / "secret.txt").write_text("secret")
    dataset = tmp_path / "root" / "sets" / "a"
    dataset.mkdir(parents=True)
    (dataset / "in.txt").write_text("in")
    (dataset / "out").symlink_to(tmp_path)
    (dataset / "file").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "root" / "also").symlink_to("sets/a")
    return tmp_path / "root"


@pytest.mark.parametrize("path", ["sets/a", "sets/a/", "also", "{root}/sets/a"])
def test_what_lies_below_the_root_is_found_by_its_real_place(root, path):
    assert find_below(root, path.format(root=root)) == (root / "sets/a").resolve()


@pytest.mark.parametrize(
    "path",
    ["", ".", "/", "..", "sets/../sets/a", "sets/a/out", "sets/b", "/etc", "sets/a/file", "a\0b", "{root}"],
)
def test_what_does_not_is_absent_in_the_same_words(root, path):
    with pytest.raises(NotFound, match="is not below the storage root"):
        find_below(root, path.format(root=root))


@pytest.mark.parametrize(
    "name", ["file", "out/secret.txt", "../a/in.txt", "/etc/passwd", "out/root/sets/a/in.txt"]
)
def test_nothing_is_read_or_written_through_a_link(root, name):
    with Folder(root / "sets/a") as folder:
        with pytest.raises(OSError), folder.open_file(name) as file:  # noqa: PT011 - each system has its own word
            file.read()
        with pytest.raises(OSError), folder.new_file(name) as file:  # noqa: PT011
            file.write(b"x")
        assert {entry.name: entry.kind for entry in folder.entries()} == {
            "in.txt": "file", "out": "link", "file": "link",
        }  # fmt: skip
    assert (root.parent / "secret.txt").read_text() == "secret"


def test_a_pipe_is_no_file_and_nobody_waits_for_it(root):
    os.mkfifo(root / "sets/a/pipe")
    with Folder(root / "sets/a") as folder, pytest.raises(OSError), folder.open_file("pipe") as file:  # noqa: PT011
        file.read()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("plain 标匠 100%", "plain 标匠 100%"),
        ("a/b\\c", "a%2Fb%5Cc"),
        (".", "%2E"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("a%2Fb", "a%252Fb"),
        ('<>:"|?*\n', "%3C%3E%3A%22%7C%3F%2A%0A"),
        ("", ""),
    ],
)
def test_a_text_becomes_a_name_only_where_it_must(text, name):
    assert safe_name(text) == name


def test_long_texts_are_cut_between_characters_and_told_apart():
    first, second = safe_name("标" * 500), safe_name("标" * 501)
    assert first != second
    assert all(180 <= len(name.encode()) <= 200 and name.startswith("标标") for name in (first, second))


def test_names_and_texts_of_chinese_windows_are_read():
    assert decode_text("标注".encode("gbk")) == decode_text("标注".encode()) == "标注"
    assert shown_name(os.fsdecode("标注.xml".encode("gbk"))) == "标注.xml"
    assert decode_text(b"\xff\xff") != ""
