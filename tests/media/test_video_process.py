import io
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.media.video import VideoReader
from labelwright.media.video_chunks import write_compressed_mp4, write_jpeg_chunk, write_original_mp4
from labelwright.media.video_index import VideoLimits
from labelwright.media.video_pictures import frame_to_jpeg, frame_to_png, frame_to_preview
from labelwright.media.video_process import VideoProcess
from labelwright.media.video_scan import make_index

LIMITS = VideoLimits(100)
NUMBERS = range(2, 30, 3)


def quiet(share):
    pass


@pytest.fixture
def clip(plain_clip):
    """An open process on the plain clip, and a reader of our own to compare with."""
    index = make_index(plain_clip, name="plain.mp4", limits=LIMITS, threads=1, heard=quiet)
    with (
        VideoProcess(plain_clip, index, name="plain.mp4", limits=LIMITS, threads=1) as process,
        VideoReader(plain_clip, index, name="plain.mp4", limits=LIMITS, threads=1) as reader,
    ):
        yield process, reader, index


def test_process_gives_what_reading_here_gives(clip):
    process, reader, index = clip
    ((_, frame),) = reader.read([40])
    assert process.read_jpeg(40, quality=60) == frame_to_jpeg(frame, index, quality=60)
    assert process.read_png(40) == frame_to_png(frame, index)
    assert process.read_preview(40) == frame_to_preview(frame, index)
    assert process.read_jpeg_chunk(NUMBERS, quality=60) == write_jpeg_chunk(
        reader.read(NUMBERS), index, quality=60, threads=1
    )
    assert process.read_compressed_mp4(NUMBERS, quality=60) == write_compressed_mp4(
        reader.read(NUMBERS), index, quality=60
    )
    assert process.read_original_mp4(NUMBERS) == write_original_mp4(reader.read(NUMBERS), index)


def test_index_made_there_is_the_index_made_here(plain_clip, clip):
    shares = []
    with VideoProcess(plain_clip, None, name="plain.mp4", limits=LIMITS, threads=1) as process:
        made = process.make_index(shares.append)
        assert made.to_bytes() == clip[2].to_bytes()
        hashed = process.add_hashes(shares.append)
        assert len(hashed.hashes) == 16 * 75
        assert process.verify(shares.append).is_good
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_wrong_files_and_frames_are_told_as_they_are_here(clip, tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("no video")
    with (
        VideoProcess(path, None, name="text.mp4", limits=LIMITS, threads=1) as process,
        pytest.raises(InvalidMedia, match=r"text\.mp4 is no video that can be read: its content") as told,
    ):
        process.make_index(quiet)
    assert told.value.message.template == "{name} is no video that can be read: {reason}"
    with pytest.raises(Invalid, match="Incorrect requested frame number: 75"):
        clip[0].read_jpeg(75, quality=70)
    assert clip[0].is_alive


def test_names_that_are_no_utf_8_and_look_like_addresses_are_files(plain_clip, tmp_path):
    for name in (b"\xca\xd3\xc6\xb5.mp4", b"http:\xe4\xbd\xa0 %d?.mp4", b"-i.mp4"):
        path = tmp_path / os.fsdecode(name)
        shutil.copy(plain_clip, path)
        with VideoProcess(path, None, name="clip", limits=LIMITS, threads=1) as process:
            assert len(process.make_index(quiet)) == 75
            assert process.read_jpeg(74, quality=70)


def test_crash_is_a_sentence_that_names_the_file(clip):
    process = clip[0]
    os.kill(process.process_id, signal.SIGSEGV)
    with pytest.raises(InvalidMedia, match=r"plain\.mp4 cannot be decoded: FFmpeg stopped"):
        process.read_jpeg(3, quality=70)
    assert not process.is_alive


def test_hang_is_a_sentence_that_names_the_file(plain_clip, clip):
    with VideoProcess(
        plain_clip, clip[2], name="plain.mp4", limits=LIMITS, threads=1, silence_s=0.3
    ) as process:
        os.kill(process.process_id, signal.SIGSTOP)
        with pytest.raises(InvalidMedia, match=r"plain\.mp4 cannot be decoded within 0\.3 s"):
            process.read_jpeg(3, quality=70)
        assert not process.is_alive


def test_process_knows_nothing_of_our_environment(clip):
    assert clip[0].read_jpeg(0, quality=70)
    environment = Path(f"/proc/{clip[0].process_id}/environ")
    if not environment.exists():
        pytest.skip("only Linux shows the environment of a process")
    names = {entry.partition(b"=")[0] for entry in environment.read_bytes().split(b"\0")}
    assert names <= {b"", b"LANG", b"PATH", b"OPENBLAS_NUM_THREADS"}


def test_who_asks_a_process_does_not_load_ffmpeg():
    script = "import sys, labelwright.media.video_process; print('av' in sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "False"


def test_frame_that_is_not_the_indexed_one_is_grey_in_a_chunk_and_an_error_alone(plain_clip, clip):
    with VideoProcess(plain_clip, None, name="plain.mp4", limits=LIMITS, threads=1) as process:
        process.make_index(quiet)
        index = process.add_hashes(quiet)
    forged = replace(index, hashes=index.hashes[:80] + b"another picture!" + index.hashes[96:])
    with VideoProcess(plain_clip, forged, name="plain.mp4", limits=LIMITS, threads=1) as process:
        chunk = process.read_jpeg_chunk(range(4, 7), quality=70)
        with pytest.raises(InvalidMedia, match=r"frame 5 of plain\.mp4 is not the picture it was"):
            process.read_png(5)
    with zipfile.ZipFile(io.BytesIO(chunk)) as archive:
        found = [archive.read(name) for name in archive.namelist()]
    expected = [frame for _, frame in clip[1].read((4, 6))]
    assert found == [frame_to_jpeg(frame, index, quality=70) for frame in (expected[0], None, expected[1])]
