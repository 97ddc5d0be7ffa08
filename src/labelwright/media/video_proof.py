"""Proving that the frames of a video task are the frames of its file.

`add_hashes` decodes the whole file once and gives an index its hashes; frame numbers stay as they are.
`verify_index` decodes it again, and reads every frame as clients get it, from its own start.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from labelwright.domain.errors import InvalidMedia
from labelwright.media.planes import hash_planes
from labelwright.media.video import VideoReader
from labelwright.media.video_files import check_size_bytes
from labelwright.media.video_index import NO_PICTURE, Difference, FrameIndex, Proof, VideoLimits
from labelwright.media.video_scan import Heard, walk

_TELL_EVERY = 64


def add_hashes(
    path: Path, index: FrameIndex, *, name: str, limits: VideoLimits, threads: int, heard: Heard
) -> FrameIndex:
    """Return `index` with the hash of every frame, `NO_PICTURE` for those that bring out none.

    Raises:
        InvalidMedia: the file is no longer the one that was indexed.
        Exception: whatever `heard` raises.
    """
    check_size_bytes(path, index.size_bytes, name=name)
    walked = walk(path, name=name, limits=limits, threads=threads, heard=heard)
    return replace(index, hashes=_hashes_by_packet(index, walked), faults=walked.faults)


def verify_index(
    path: Path, index: FrameIndex, *, name: str, limits: VideoLimits, threads: int, heard: Heard
) -> Proof:
    """Tell every frame that is not the frame of the file, as it was indexed and as it is read now.

    Raises:
        InvalidMedia: the file is no longer the one that was indexed, or is no video any more.
        Exception: whatever `heard` raises.
    """
    check_size_bytes(path, index.size_bytes, name=name)
    walked = walk(path, name=name, limits=limits, threads=threads, heard=lambda share: heard(share / 2))
    truth = _split(_hashes_by_packet(index, walked))
    indexed = _split(index.hashes) if index.hashes else truth
    differences = [
        Difference(number, expected, found)
        for number, (expected, found) in enumerate(zip(indexed, truth, strict=True))
        if expected != found
    ]
    with VideoReader(path, index, name=name, limits=limits, threads=threads) as reader:
        for number, found in enumerate(_read_apart(reader, index)):
            if number % _TELL_EVERY == 0:
                heard(0.5 + number / len(index) / 2)
            if found != truth[number]:
                differences.append(Difference(number, truth[number], found))
    missing = tuple(number for number, found in enumerate(truth) if found == NO_PICTURE)
    spare = len(walked) - (len(index) - len(missing))
    return Proof(len(index), missing, spare, tuple(differences))


def _read_apart(reader: VideoReader, index: FrameIndex) -> Iterator[bytes]:
    """Yield the hash of each frame as read; where another start begins, everything is opened anew."""
    previous = -1
    for number, origin in enumerate(index.origins.tolist()):
        if origin != previous:
            reader.close()
            previous = origin
        try:
            ((_, frame),) = reader.read((number,))
        except InvalidMedia:
            frame = None
        yield NO_PICTURE if frame is None else hash_planes(frame)


def _hashes_by_packet(index: FrameIndex, walked: FrameIndex) -> bytes:
    """Return the hashes of `walked` for the frames of `index`, told by packet and place in it."""
    hashes, packet, place = bytearray(), -1, 0
    for current in index.packets.tolist():
        place = place + 1 if current == packet else 0
        packet = current
        number = walked.number_of(packet, place)
        hashes += NO_PICTURE if number is None else walked.hash_of(number) or NO_PICTURE
    return bytes(hashes)


def _split(hashes: bytes) -> list[bytes]:
    size = len(NO_PICTURE)
    return [hashes[at : at + size] for at in range(0, len(hashes), size)]
