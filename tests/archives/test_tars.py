import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
from contextlib import suppress

import pytest

from labelwright.archives import MEGABYTE, Limits, is_tar_header, open_place, parse_place, read_tar
from labelwright.domain.errors import InvalidArchive, TooLarge

PACKERS = {"tar": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


def tarred(*members, format=tarfile.PAX_FORMAT):
    """Return a tar of (name or TarInfo, bytes) pairs."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for name, content in members:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def special(name, kind, **values):
    entry = tarfile.TarInfo(name)
    entry.type = kind
    for key, value in values.items():
        setattr(entry, key, value)
    return entry


def read_all(content, **limits):
    members = read_tar(io.BytesIO(content), name="up.tar", limits=Limits(**limits))
    return [(member.name, member.stream.read()) for member in members]


def header(name=b"a", size=b"0", kind=b"0"):
    """Return a header by hand, with a right sum, for what no program writes."""
    block = bytearray(
        name.ljust(100, b"\0") + b"0000644\0" * 3 + size.ljust(12, b"\0") + b"0".ljust(12, b"\0")
    )
    block += b" " * 8 + kind + bytes(100) + b"ustar\x0000" + bytes(247)
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
@pytest.mark.parametrize(
    "format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["ustar", "GNU", "pax"]
)
def test_files_come_in_order_folders_left_out(pack, format):
    photo = bytes(range(256)) * 500
    content = tarred(
        (special("b", tarfile.DIRTYPE), b""), ("b/2.jpg", photo), ("空.txt", b""), ("a", b"x"), format=format
    )
    assert read_all(pack(content)) == [("b/2.jpg", photo), ("空.txt", b""), ("a", b"x")]


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["GNU", "pax"])
def test_a_long_name_is_whole(format):
    name = "folder/" * 40 + "照片.jpg"
    assert read_all(tarred((name, b"1"), ("b", b"2"), format=format)) == [(name, b"1"), ("b", b"2")]


def test_ustar_puts_folders_into_the_prefix():
    name = "p" * 90 + "/" + "n" * 90
    assert read_all(tarred((name, b"1"), format=tarfile.USTAR_FORMAT)) == [(name, b"1")]


def test_the_dot_of_the_folder_that_was_packed_is_no_part_of_names():
    content = tarred((special(".", tarfile.DIRTYPE), b""), ("./a.jpg", b"1"), ("./b/./c.jpg", b"2"))
    assert read_all(content) == [("a.jpg", b"1"), ("b/c.jpg", b"2")]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_a_name_of_chinese_windows_is_read(encoding):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding=encoding) as archive:
        archive.addfile(tarfile.TarInfo("标注/猫.jpg"))
    assert read_all(buffer.getvalue()) == [("标注/猫.jpg", b"")]


def test_what_is_not_read_of_a_member_is_passed_over():
    content = tarred(("a", b"a" * 5000), ("b", b"b" * 70_000), ("c", b"c"))
    for pack in PACKERS.values():
        members = read_tar(io.BytesIO(pack(content)), name="up.tar")
        assert [(member.name, member.stream.read(3)) for member in members] == [
            ("a", b"aaa"),
            ("b", b"bbb"),
            ("c", b"c"),
        ]


def test_members_of_a_plain_archive_are_found_again_by_their_places():
    file = io.BytesIO(tarred(("a", b"first" * 100), ("b", b"second")))
    places = {member.name: str(member.place) for member in read_tar(file, name="up.tar")}
    assert open_place(file, parse_place(places["b"]), where="b").read() == b"second"
    assert open_place(file, parse_place(places["a"]), where="a").read() == b"first" * 100
    packed = gzip.compress(file.getvalue())
    assert [member.place for member in read_tar(io.BytesIO(packed), name="up.tar")] == [None, None]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "C:/x", "a\\..\\x"])
@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["GNU", "pax"])
def test_names_that_lead_elsewhere_are_refused(name, format):
    with pytest.raises(InvalidArchive, match=r"^up.tar: the member name .*(leads out|absolute|backslash)"):
        read_all(tarred(("fine", b"1"), (name, b"x"), format=format))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"A"],
    ids=["symbolic link", "hard link", "character device", "block device", "pipe", "unheard of"],
)
def test_only_files_and_folders_are_taken(kind):
    content = tarred(("fine", b"1"), (special("x", kind, linkname="/etc/passwd"), b""))
    with pytest.raises(InvalidArchive, match=r"^up.tar: 'x' is a link or a device, only files are taken$"):
        read_all(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(header(kind=b"S"), id="of GNU tar"),
        pytest.param(
            tarred((special("x", tarfile.REGTYPE, pax_headers={"GNU.sparse.major": "1"}), b"")), id="in pax"
        ),
    ],
)
def test_sparse_files_are_refused(content):
    with pytest.raises(InvalidArchive, match="holds sparse files, pack it without --sparse"):
        read_all(content)


@pytest.mark.parametrize("kind", [b"x", b"L"], ids=["pax", "long name"])
def test_a_header_does_not_say_how_much_memory_it_takes(kind):
    content = gzip.compress(header(size=b"%011o" % (50 * MEGABYTE), kind=kind) + bytes(50 * MEGABYTE))
    tracemalloc.start()
    with pytest.raises(InvalidArchive, match=r"^up.tar is damaged$"):
        read_all(content, ratio=10_000)
    assert tracemalloc.get_traced_memory()[1] < 2 * MEGABYTE
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("kind", "pack"),
    [
        pytest.param(b"0", gzip.compress, id="file in gzip"),
        pytest.param(b"0", bz2.compress, id="file in bzip2"),
        pytest.param(b"0", lambda content: lzma.compress(content, preset=0), id="file in xz"),
        pytest.param(b"g", gzip.compress, id="header that is passed over"),
    ],
)
def test_a_bomb_is_refused_by_its_ratio(kind, pack):
    content = pack(header(size=b"%011o" % (66 * MEGABYTE), kind=kind) + bytes(66 * MEGABYTE))
    with pytest.raises(TooLarge, match=r"unpacks to \d+ times its size, at most 200 .*MAX_ARCHIVE_RATIO"):
        read_all(content)


def test_more_unpacked_bytes_than_allowed_are_refused_before_they_are_read():
    content = tarred(("a", bytes(2 * MEGABYTE)), ("b", bytes(2 * MEGABYTE)))
    for pack in PACKERS.values():
        with pytest.raises(TooLarge, match=r"up.tar unpacks to more than 3 MB .*LABELWRIGHT_MAX_ARCHIVE_MB"):
            read_all(pack(content), unpacked_bytes=3 * MEGABYTE)


def test_more_members_than_allowed_are_refused():
    content = tarred(*((f"{number}", b"") for number in range(51)), format=tarfile.USTAR_FORMAT)
    assert len(read_all(content, members=51)) == 51
    with pytest.raises(TooLarge, match=r"more than 50 members .*LABELWRIGHT_MAX_ARCHIVE_MEMBERS"):
        read_all(content, members=50)


@pytest.mark.parametrize("size", [b"-1", b"0o17", b"1_0", b"\xff" * 12, b"99", b"\x80" + b"\xff" * 11])
def test_a_size_that_cannot_be_is_refused(size):
    with pytest.raises((InvalidArchive, TooLarge), match=r"^up.tar (is damaged|unpacks to more)"):
        read_all(header(size=size) + bytes(1024))


@pytest.mark.parametrize("pax", [b"99 path=x\n", b"x path=y\n", b"11 size=-5\n", b"1 ", b"0 \n", b"\xff" * 9])
def test_an_extended_header_that_cannot_be_is_refused(pax):
    content = header(size=b"%o" % len(pax), kind=b"x") + pax.ljust(512, b"\0") + header() + bytes(1024)
    with pytest.raises(InvalidArchive, match=r"^up.tar is damaged"):
        read_all(content)


def test_the_sum_at_the_end_of_a_packed_archive_is_looked_at():
    content = bytearray(gzip.compress(tarred(("a", b"1"))))
    content[-6] ^= 1
    with pytest.raises(InvalidArchive, match=r"^up.tar is damaged .*incorrect data check"):
        read_all(bytes(content))


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_an_archive_cut_anywhere_is_refused(pack):
    whole = pack(tarred(("a", bytes(range(256)) * 40), ("b", b"x" * 700), format=tarfile.USTAR_FORMAT))
    end = 512 * 24 if pack is bytes else len(whole)  # behind it a plain archive has only zeros
    for length in range(0, end, max(1, end // 60)):
        with pytest.raises(InvalidArchive, match=r"^up.tar is (cut off|damaged|no tar|a single packed)"):
            read_all(whole[:length])


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_flipped_bytes_give_members_or_a_sentence(pack):
    content = pack(tarred(("a", b"a" * 900), ("b/c", b"x" * 700), ("空", b"")))
    for place in range(0, len(content), max(1, len(content) // 150)):
        changed = bytearray(content)
        changed[place] ^= 0x41
        with suppress(InvalidArchive, TooLarge):
            assert read_all(bytes(changed))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "is no tar archive", id="empty"),
        pytest.param(b"no archive " * 100, "is no tar archive", id="text"),
        pytest.param(
            gzip.compress(b"a photo" * 200), "is a single packed file, no tar archive", id="gzip alone"
        ),
        pytest.param(lzma.compress(bytes(2000)), "is a single packed file", id="xz of zeros"),
    ],
)
def test_what_is_no_tar_is_refused_by_name(content, sentence):
    with pytest.raises(InvalidArchive, match=f"^up.tar {sentence}"):
        read_all(content)


def test_an_archive_without_members_is_empty():
    assert read_all(tarred()) == []
    assert not is_tar_header(tarred())
    assert is_tar_header(tarred(("a", b"")))


def test_packed_files_one_behind_the_other_are_one_archive():
    content = tarred(("a", b"1" * 3000), ("b", b"2"))
    halves = (content[:1700], content[1700:])
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert read_all(b"".join(map(pack, halves))) == [("a", b"1" * 3000), ("b", b"2")]


def test_an_archive_within_an_archive_stays_packed():
    inner = tarred(("a", b"1"))
    assert read_all(tarred(("inner.tar", inner))) == [("inner.tar", inner)]
