import os
import random
import shutil
from contextlib import suppress
from dataclasses import replace

import pytest

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.media import video_scan
from labelwright.media.planes import hash_planes
from labelwright.media.video import VideoReader
from labelwright.media.video_index import NO_PICTURE, VideoLimits
from labelwright.media.video_proof import add_hashes, verify_index
from labelwright.media.video_scan import make_index, walk

LIMITS = VideoLimits(10)
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile '%s'\n"


def options(path, limits=LIMITS):
    return {"name": path.name, "limits": limits, "threads": 2, "heard": lambda share: None}


def index_of(path, limits=LIMITS):
    return make_index(path, **options(path, limits))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no video\n" * 1000, id="text"),
        pytest.param(b"\0" * 100_000, id="zeros"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", id="header alone"),
        pytest.param(b"RIFF\xff\xff\xff\xffAVI LIST", id="AVI header alone"),
        pytest.param(b"\x1a\x45\xdf\xa3" * 500, id="Matroska's first bytes"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, id="picture"),
    ],
)
def test_what_is_no_video_is_refused_by_name(content, tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(InvalidMedia, match=r"clip\.mp4 is no video that can be read"):
        index_of(path)


@pytest.mark.parametrize("text", [PLAYLIST, CONCAT], ids=["playlist", "list of files"])
def test_list_of_other_files_is_not_followed(text, plain_clip, tmp_path):
    path = tmp_path / "list.mp4"
    path.write_bytes(text % str(plain_clip).encode())
    with pytest.raises(InvalidMedia, match="is no video that can be read"):
        index_of(path)


def test_mp4_without_its_tables_is_refused(plain_clip, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(plain_clip.read_bytes()[:20_000])
    with pytest.raises(InvalidMedia, match=r"cut\.mp4 is no video"):
        index_of(path)


def test_sound_alone_is_refused(make_clip):
    path = make_clip("sound.m4a", before=("-f", "lavfi", "-i", "sine=d=1"))
    with pytest.raises(InvalidMedia, match=r"sound\.m4a holds no video"):
        index_of(path)


def test_codec_that_is_not_read_is_named(make_clip):
    path = make_clip("old.avi", "-c:v", "zmbv")
    with pytest.raises(InvalidMedia, match=r"old\.avi is a video of kind zmbv"):
        index_of(path)


def test_frames_over_the_limit_are_refused(plain_clip):
    with pytest.raises(InvalidMedia, match=r"is 160×120 .* over the limit of 0\.01 megapixels"):
        index_of(plain_clip, VideoLimits(0.01))


def test_frame_that_turns_out_huge_is_not_decoded(make_clip, tmp_path):
    content = bytearray(make_clip("small.ivf", "-c:v", "libvpx", "-g", "10").read_bytes())
    at = content.find(b"\x9d\x01\x2a", content.find(b"\x9d\x01\x2a") + 3)
    content[at + 3 : at + 7] = b"\xff\x3f\xff\x3f"  # 16383×16383, in the second key picture
    path = tmp_path / "bomb.ivf"
    path.write_bytes(content)
    index = index_of(path)
    assert (index.width, index.height) == (160, 120)
    assert index.faults > 0


def test_endless_stream_ends_at_the_limit_of_frames(plain_clip):
    with pytest.raises(InvalidMedia, match="more than 20 frames"):
        index_of(plain_clip, VideoLimits(10, max_frames=20))


def test_work_ends_when_it_is_cancelled(plain_clip):
    def cancel(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_index(plain_clip, **options(plain_clip) | {"heard": cancel})


def test_damage_makes_a_walk_repeatable_and_equal_to_ffmpeg_without_threads(plain_clip, ffmpeg, tmp_path):
    content = bytearray(plain_clip.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 200] = b"\xff" * 200
    path = tmp_path / "damaged.mp4"
    path.write_bytes(content)
    walked = walk(path, **options(path))
    asked = ("-threads", "1", "-i", path, "-fps_mode", "passthrough", "-f", "framehash", "-")
    lines = ffmpeg(*asked, check=False).decode().splitlines()
    expected = [line.rpartition(",")[2].strip()[:32] for line in lines if not line.startswith("#")]
    assert walked.faults > 0
    assert [walked.hash_of(number).hex() for number in range(len(walked))] == expected


def test_file_of_another_length_is_another_file(plain_clip, tmp_path):
    path = tmp_path / "plain.mp4"
    shutil.copy(plain_clip, path)
    index = index_of(path)
    path.write_bytes(path.read_bytes() + b"more")
    with (
        pytest.raises(InvalidMedia, match="has changed"),
        VideoReader(path, index, **reading(path)) as reader,
    ):
        next(reader.read([0]))


def reading(path):
    return {"name": path.name, "limits": LIMITS, "threads": 1}


def test_frame_that_is_not_the_indexed_one_is_never_given_out(plain_clip):
    index = add_hashes(plain_clip, index_of(plain_clip), **options(plain_clip))
    other = replace(index, hashes=index.hashes[:160] + b"another picture!" + index.hashes[176:])
    with VideoReader(plain_clip, other, **reading(plain_clip)) as reader:
        assert next(reader.read([9]))[1] is not None
        with pytest.raises(InvalidMedia, match=r"frame 10 of plain\.mp4 is not the picture it was"):
            next(reader.read([10]))


def test_frame_behind_the_last_is_refused(plain_clip):
    with VideoReader(plain_clip, index_of(plain_clip), **reading(plain_clip)) as reader:
        for number in (-1, 75):
            with pytest.raises(Invalid, match=f"Incorrect requested frame number: {number}"):
                next(reader.read([number]))


def test_proof_tells_good_from_bad(plain_clip):
    index = index_of(plain_clip)
    hashed = add_hashes(plain_clip, index, **options(plain_clip))
    forged = replace(hashed, hashes=hashed.hashes[:16] + NO_PICTURE + hashed.hashes[32:])
    assert verify_index(plain_clip, index, **options(plain_clip)).is_good
    assert verify_index(plain_clip, hashed, **options(plain_clip)).is_good
    found = verify_index(plain_clip, forged, **options(plain_clip))
    assert not found.is_good
    assert {difference.number for difference in found.differences} == {1}


def test_start_that_misleads_is_mended(make_clip, monkeypatch):
    clip = ("-c:v", "libx264", "-bf", "2", "-g", "25", "-x264-params", "intra-refresh=1")
    path = make_clip("intra-refresh.mp4", *clip)
    assert len(index_of(path).starts) == 1
    monkeypatch.setattr(video_scan, "is_exact_start", lambda packet, extradata: True)
    index = walk(path, **options(path))
    number = int(index.first_frame_of_packet[index.starts[1]])
    assert number > 0
    for known in (index, replace(index, hashes=b"")):
        with VideoReader(path, known, **reading(path)) as reader:
            assert hash_planes(next(reader.read([number]))[1]) == index.hash_of(number)


def _damage(content, drawn):
    """Change some bytes, more often near the beginning, and sometimes cut the end off."""
    damaged = bytearray(content)
    for _ in range(drawn.choice((1, 3, 20, 200))):
        reach = len(damaged) if drawn.random() < 0.6 else min(2000, len(damaged))
        damaged[drawn.randrange(reach)] = drawn.randrange(256)
    return damaged[: drawn.randrange(len(damaged))] if drawn.random() < 0.3 else damaged


@pytest.mark.parametrize("seed", range(int(os.environ.get("FUZZ_EXAMPLES", "24"))))
def test_damaged_bytes_are_read_or_refused_in_a_sentence(seed, make_clip, tmp_path):
    drawn = random.Random(seed)
    name, codec = drawn.choice(
        (("a.mp4", "libx264"), ("a.avi", "mpeg4"), ("a.webm", "libvpx"), ("a.ts", "libx264"))
    )
    path = tmp_path / name
    path.write_bytes(_damage(make_clip(name, "-c:v", codec, "-g", "12").read_bytes(), drawn))
    with suppress(InvalidMedia):
        index = add_hashes(path, index_of(path), **options(path))
        verify_index(path, index, **options(path))
        with VideoReader(path, index, **reading(path)) as reader:
            numbers = [drawn.randrange(len(index)) for _ in range(4)]
            assert [number for number, _ in reader.read(numbers, grey_if_wrong=True)] == numbers
