import io
import zipfile

import pytest

from labelwright.archives import Place, open_place, open_zip, parse_place
from labelwright.domain.errors import InvalidArchive

PHOTO = bytes(range(256)) * 999


def zip_with_places(method=zipfile.ZIP_DEFLATED):
    """Return a zip archive and the places of its members by name."""
    file = io.BytesIO(b"something before")
    file.seek(0, 2)
    with zipfile.ZipFile(file, "a", method) as archive:
        for name, content in (("a.jpg", PHOTO), ("空.jpg", b""), ("b.jpg", b"x")):
            archive.writestr(name, content)
    with open_zip(file, name="up.zip") as reader:
        return file, {member.name: reader.place(member) for member in reader.members}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_a_member_is_found_again_by_its_place(method):
    file, places = zip_with_places(method)
    found = {name: open_place(file, place, where=name).read() for name, place in places.items()}
    assert found == {"a.jpg": PHOTO, "空.jpg": b"", "b.jpg": b"x"}
    with open_place(file, places["a.jpg"], where="a.jpg") as stream:
        assert b"".join(iter(lambda: stream.read(1000), b"")) == PHOTO


def test_a_place_is_a_text_and_back():
    for place in (Place(7, 5, 9, "deflated", 123), Place(0, 5, 5, "stored", None)):
        assert parse_place(str(place)) == place
    for text in ("", "1,2,3,stored", "1,2,3,lzma,", "a,2,3,stored,"):
        with pytest.raises(ValueError):  # noqa: PT011  # nobody sees its words
            parse_place(text)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
@pytest.mark.parametrize("at", [0.0, 0.5, 0.99])
def test_an_archive_that_changed_is_noticed(method, at):
    file, places = zip_with_places(method)
    place = places["a.jpg"]
    file.getbuffer()[place.offset + int(place.packed_bytes * at)] ^= 0x55
    with pytest.raises(InvalidArchive, match=r"^a is damaged, or its archive has changed$"):
        open_place(file, place, where="a").read()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_an_archive_that_was_cut_is_noticed(method):
    file, places = zip_with_places(method)
    file.truncate(places["a.jpg"].offset + 30)
    with pytest.raises(InvalidArchive, match="its archive has changed"):
        open_place(file, places["a.jpg"], where="a").read()


@pytest.mark.parametrize("offset", [-9, 1, 10**9], ids=["before the start", "beside", "behind the end"])
def test_a_member_that_is_not_where_the_directory_says_has_no_place(offset):
    file, _ = zip_with_places()
    with open_zip(file, name="up.zip") as reader:
        reader.members[0].entry.header_offset = offset
        with pytest.raises(InvalidArchive, match=r"^up\.zip: 'a\.jpg' is damaged"):
            reader.place(reader.members[0])


def test_a_place_never_gives_more_bytes_than_it_states():
    file, places = zip_with_places()
    shorter = places["a.jpg"]._replace(size_bytes=10, crc32=None)
    assert open_place(file, shorter, where="a").read() == PHOTO[:10]
