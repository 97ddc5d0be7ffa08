"""The frame index: which picture of a video file is frame N, for every client and for ever.

Frame N is the Nth picture that decoding the first video stream from its beginning brings out, counted from 0:
what `ffmpeg -map 0:V:0 -fps_mode passthrough` writes, edit lists kept, nothing doubled or dropped. An index is
made once, when a task takes the video in, and never changes afterwards; hashes are added to it later.
"""

import zlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

HASH_BYTES = 16
#: In the place of the hash of a frame that the decoder brings out no picture for.
NO_PICTURE = bytes(HASH_BYTES)

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """What a video may ask of us: millions of pixels a frame, and frames."""

    max_megapixels: float
    max_frames: int = 2_000_000


@dataclass(frozen=True)
class FrameIndex:
    """What is kept of a video so that its frames can be found; arrays are by frame, or by start.

    A packet's number is its place among the packets of the stream in the order of the file, from 0. A start is
    a packet from which decoding may begin; the first start is always packet 0, whatever it holds.
    """

    #: Pixels of a frame as people see it, upright; `orientation` (EXIF, 1..8) tells how the decoded one lies.
    width: int
    height: int
    orientation: int
    codec: str
    pixel_format: str
    time_base: Fraction
    #: Bytes of the file: another length is another file.
    size_bytes: int
    #: When frame N is shown, in `time_base`.
    times: Numbers
    #: The packet that frame N is decoded from.
    packets: Numbers
    #: The place in `starts` from which frame N must be decoded.
    origins: Numbers
    #: The packets from which decoding may begin.
    starts: Numbers
    #: The time by which each start is found in the file: presentation time, else decoding time.
    anchors: Numbers
    #: How often the file could not be read or decoded when it was walked; such a file is decoded without threads.
    faults: int
    #: True when every frame was decoded to make this index, False when the file's own tables were believed.
    is_walked: bool
    #: Of each frame the first 16 bytes of the SHA-256 of its decoded planes, as `ffmpeg -f framehash` has it;
    #: `NO_PICTURE` where the decoder brought out none. Empty until the file has been walked.
    hashes: bytes = b""

    def __len__(self) -> int:
        return len(self.packets)

    def hash_of(self, number: int) -> bytes | None:
        """Return the hash of a frame, None while it is not known."""
        return self.hashes[number * HASH_BYTES :][:HASH_BYTES] or None

    def time_s(self, number: int) -> float:
        """Return the seconds from the first frame to this one."""
        return float((int(self.times[number]) - int(self.times[0])) * self.time_base)

    def is_key(self, number: int) -> bool:
        """Return whether decoding may begin at this very frame."""
        return bool(self.starts[self.origins[number]] == self.packets[number])

    @cached_property
    def first_frame_of_packet(self) -> Numbers:
        """The first frame each packet brings out, -1 where it brings out none."""
        found = np.full(int(self.packets.max(initial=-1)) + 2, -1, dtype=np.int64)
        # Written backwards, so that of several frames of a packet the first stays.
        found[self.packets[::-1]] = np.arange(len(self.packets) - 1, -1, -1)
        return found

    def number_of(self, packet: int, place: int) -> int | None:
        """Return the number of the frame that is at `place`, from 0, among those of a packet."""
        known = self.first_frame_of_packet
        first = int(known[packet]) if 0 <= packet < len(known) else -1
        number = first + place
        if first < 0 or number >= len(self) or self.packets[number] != packet:
            return None
        return number

    def to_bytes(self) -> bytes:
        """Return the index as bytes for storage: about 20 bytes a frame, nearly all of it hashes."""
        return msgspec.msgpack.encode(
            _Stored(
                width=self.width,
                height=self.height,
                orientation=self.orientation,
                codec=self.codec,
                pixel_format=self.pixel_format,
                time_base=(self.time_base.numerator, self.time_base.denominator),
                size_bytes=self.size_bytes,
                times=_pack(self.times),
                packets=_pack(self.packets),
                origins=_pack(self.origins),
                starts=_pack(self.starts),
                anchors=_pack(self.anchors),
                faults=self.faults,
                is_walked=self.is_walked,
                hashes=self.hashes,
            )
        )

    @classmethod
    def from_bytes(cls, stored: bytes) -> "FrameIndex":
        """Return the index that `to_bytes` made these bytes of."""
        found = msgspec.msgpack.decode(stored, type=_Stored)
        assert found.version == _VERSION
        return cls(
            width=found.width,
            height=found.height,
            orientation=found.orientation,
            codec=found.codec,
            pixel_format=found.pixel_format,
            time_base=Fraction(*found.time_base),
            size_bytes=found.size_bytes,
            times=_unpack(found.times),
            packets=_unpack(found.packets),
            origins=_unpack(found.origins),
            starts=_unpack(found.starts),
            anchors=_unpack(found.anchors),
            faults=found.faults,
            is_walked=found.is_walked,
            hashes=found.hashes,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A frame that is not what it should be, by its hashes; `NO_PICTURE` stands for none at all."""

    number: int
    expected: bytes
    found: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at every frame found: `missing` frames bring out no picture, `spare` pictures are no frame's."""

    frames: int
    missing: tuple[int, ...]
    spare: int
    differences: tuple[Difference, ...]

    @property
    def is_good(self) -> bool:
        return not self.missing and not self.spare and not self.differences


_VERSION = 1


class _Stored(msgspec.Struct):
    width: int
    height: int
    orientation: int
    codec: str
    pixel_format: str
    size_bytes: int
    faults: int
    is_walked: bool
    hashes: bytes
    time_base: tuple[int, int]
    times: bytes
    packets: bytes
    origins: bytes
    starts: bytes
    anchors: bytes
    version: int = _VERSION


def _pack(values: Numbers) -> bytes:
    """Return the differences between neighbours, deflated: even times come to nearly nothing."""
    return zlib.compress(np.diff(values, prepend=0).astype("<i8").tobytes(), 6)


def _unpack(packed: bytes) -> Numbers:
    return np.cumsum(np.frombuffer(zlib.decompress(packed), "<i8"), dtype=np.int64)


@dataclass(frozen=True)
class Starts:
    """Packets at which decoding may begin, by number, with the times that find them."""

    packets: Numbers
    anchors: Numbers


def choose_starts(packets: Numbers, candidates: Starts) -> Starts:
    """Return the candidates that bring out a frame and that can be told apart by time, packet 0 before all.

    `packets` are those of the frames in the order they are shown.
    """
    keep = np.isin(candidates.packets, packets) & (candidates.packets > 0)
    numbers, anchors = candidates.packets[keep], candidates.anchors[keep]
    _, which, counts = np.unique(anchors, return_index=True, return_counts=True)
    unique = np.sort(which[counts == 1])
    return Starts(np.concatenate(([0], numbers[unique])), np.concatenate(([0], anchors[unique])))


def find_origins(packets: Numbers, starts: Numbers) -> Numbers:
    """Return for each frame the last start from which it can be decoded, as its place in `starts`.

    That start stands before the frame in the file and is shown not after it: pictures shown before the key
    picture they follow lean on what came before that (leading pictures of an open GOP; ITU-T H.265, 3.80).
    """
    order = np.full(int(max(packets.max(initial=0), starts.max())) + 1, -1, dtype=np.int64)
    order[packets[::-1]] = np.arange(len(packets) - 1, -1, -1)
    shown_at = order[starts]
    shown_at[0] = -1  # packet 0 leads to every frame
    origins = np.searchsorted(starts, packets, side="right") - 1
    numbers = np.arange(len(packets))
    while (too_late := shown_at[origins] > numbers).any():
        origins[too_late] -= 1
    return origins
