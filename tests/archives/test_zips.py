import io
import stat
import struct
import zipfile

import pytest

from labelwright.archives import MEGABYTE, Limits, check_name, is_zip, open_zip
from labelwright.domain.errors import InvalidArchive, TooLarge


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    """Return a zip of (name or ZipInfo, bytes) pairs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content, method)
    return buffer.getvalue()


def read_all(content, **limits):
    with open_zip(io.BytesIO(content), name="up.zip", limits=Limits(**limits)) as archive:
        return {member.name: archive.open(member).read() for member in archive.members}


def linked(name, mode):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (mode | 0o777) << 16
    return entry


def with_flag(content, flag):
    """Set a bit in the flags of the first member, in its own header and in the directory."""
    changed = bytearray(content)
    changed[6] |= flag
    changed[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


def test_members_are_read_as_often_as_wanted_folders_left_out():
    content = zipped(("a/", b""), ("a/b.txt", b"hello"), ("人.txt", b""))
    assert read_all(content) == {"a/b.txt": b"hello", "人.txt": b""}
    with open_zip(io.BytesIO(content), name="up.zip") as archive:
        first, second = archive.open(archive.members[0]), archive.open(archive.members[0])
        assert (first.read(2), second.read(), first.read()) == (b"he", b"hello", b"llo")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        pytest.param("标注/猫.xml", "gbk", id="GBK"),
        pytest.param("標註/誠.xml", "gbk", id="GBK with a backslash inside a character"),
        pytest.param("𠮷.txt", "gb18030", id="GB18030"),
        pytest.param("标注/猫.xml", "utf-8", id="UTF-8 that is not marked"),
        pytest.param("café.txt", "cp437", id="code page 437, where it cannot be GBK"),
    ],
)
def test_names_that_are_not_marked_as_utf_8_are_read(name, encoding):
    raw = name.encode(encoding)
    stand_in = "x" * len(raw)
    content = zipped((stand_in, b"hello")).replace(stand_in.encode(), raw)
    assert read_all(content) == {name: b"hello"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("../x", "leads out of the archive", id="parent"),
        pytest.param("a/../../x", "leads out of the archive", id="parent inside"),
        pytest.param("/etc/passwd", "is absolute", id="absolute"),
        pytest.param("C:/x", "is absolute", id="drive letter"),
        pytest.param("a\\..\\x", "holds a backslash", id="backslash"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("a\0b", "NUL", id="NUL"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name, sentence):
    with pytest.raises(InvalidArchive, match=f"^up.zip: the member name .*{sentence}"):
        check_name(name, "up.zip")


def test_names_are_checked_before_anything_is_read():
    for name in (b"../x", b"a\\bc", b"a\0bc", b"/abc"):
        content = zipped(("abcd", b"1")).replace(b"abcd", name)
        with pytest.raises(InvalidArchive, match="the member name"):
            read_all(content)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR], ids=["link", "pipe", "device"])
def test_only_files_and_folders_are_taken(mode):
    with pytest.raises(InvalidArchive, match="'x' is a link or a device"):
        read_all(zipped((linked("x", mode), b"/etc/passwd")))


def test_encrypted_members_are_refused():
    with pytest.raises(InvalidArchive, match="'x' is encrypted"):
        read_all(with_flag(zipped(("x", b"secret")), 1))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_methods_that_unpack_without_bound_are_refused(method):
    with pytest.raises(InvalidArchive, match=f"packed by method {method}, only store and deflate"):
        read_all(zipped(("x", b"1"), method=method))


def test_a_million_tiny_members_are_refused_before_they_become_objects():
    content = zipped(*((f"{number}", b"") for number in range(501)))
    assert len(read_all(content, members=501)) == 501
    with pytest.raises(
        TooLarge, match=r"up.zip holds more than 500 members .*LABELWRIGHT_MAX_ARCHIVE_MEMBERS"
    ):
        read_all(content, members=500)


def test_the_number_of_members_in_the_last_record_is_not_believed():
    content = bytearray(zipped(*((f"{number}", b"") for number in range(50))))
    struct.pack_into("<HH", content, len(content) - 14, 1, 1)
    with pytest.raises(TooLarge, match="more than 49 members"):
        read_all(bytes(content), members=49)


def test_a_bomb_is_refused_by_its_ratio():
    content = zipped(("zeros", bytes(65 * MEGABYTE)))
    with pytest.raises(
        TooLarge, match=r"unpacks to \d+ times its size, at most 200 .*LABELWRIGHT_MAX_ARCHIVE_RATIO"
    ):
        read_all(content)
    assert len(read_all(content, ratio=2000)["zeros"]) == 65 * MEGABYTE


def test_more_unpacked_bytes_than_allowed_are_refused():
    content = zipped(("a", bytes(2 * MEGABYTE)), ("b", bytes(2 * MEGABYTE)))
    with pytest.raises(TooLarge, match=r"unpacks to 4 MB, at most 3 MB .*LABELWRIGHT_MAX_ARCHIVE_MB"):
        read_all(content, unpacked_bytes=3 * MEGABYTE)


@pytest.mark.parametrize("stated", [10, 10 * MEGABYTE], ids=["less", "more"])
def test_bytes_are_counted_as_they_come_not_as_the_header_states(stated):
    content = bytearray(zipped(("zeros", bytes(MEGABYTE))))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, stated)
    with pytest.raises(InvalidArchive, match=r"^up.zip: 'zeros' is (damaged|not of the size)"):
        read_all(bytes(content))


def test_members_lying_over_each_other_are_refused():
    content = bytearray(zipped(("a", b"x" * 99), ("b", b"y" * 99), method=zipfile.ZIP_STORED))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", content, second + 42, 0)
    with pytest.raises(InvalidArchive, match="'a' and 'b' lie over each other"):
        read_all(bytes(content))


def test_a_bomb_within_an_archive_stays_packed():
    bomb = zipped(("zeros", bytes(65 * MEGABYTE)))
    assert read_all(zipped(("inner.zip", bomb))) == {"inner.zip": bomb}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no archive at all", id="text"),
        pytest.param(zipped(("a", b"1"))[:-5], id="cut off"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="start alone"),
    ],
)
def test_what_is_no_archive_is_refused_by_name(content):
    with pytest.raises(InvalidArchive, match=r"^up.zip is not a zip archive"):
        read_all(content)


def test_a_damaged_member_is_refused_by_name():
    content = bytearray(zipped(("a", b"x" * 99), method=zipfile.ZIP_STORED))
    content[60] ^= 1
    with pytest.raises(InvalidArchive, match=r"^up.zip: 'a' is damaged"):
        read_all(bytes(content))


def test_an_archive_is_known_by_its_content():
    assert is_zip(io.BytesIO(zipped(("a", b"1"))))
    assert is_zip(io.BytesIO(zipped()))
    assert not is_zip(io.BytesIO(b'{"images": []}'))
