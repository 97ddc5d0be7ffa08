"""The process that decodes one video for `video_process`: `python -m labelwright.media.video_decoder`.

Its first line of standard input names the file, each further line is an order, until the input ends. FFmpeg is
loaded here alone: a file on which it crashes, or wants more memory than there may be, ends this process only.
"""

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import msgspec
from msgspec import Struct

from labelwright.domain.errors import LabelwrightError
from labelwright.domain.sentences import pack
from labelwright.media.video_index import FrameIndex, VideoLimits

if TYPE_CHECKING:
    from labelwright.media.video import VideoReader

#: Address space of this process: reading 8K with its threads takes some 3 GB of it.
MEMORY_BYTES = 6 << 30

Wish = Literal[
    "index", "hashes", "verify", "jpeg", "png", "preview", "jpeg chunk", "compressed chunk", "original chunk"
]


_CHUNKS = ("jpeg chunk", "compressed chunk", "original chunk")


class Opening(Struct, frozen=True):
    """The file, its limits, and how many bytes of its stored index follow (0: it has none yet)."""

    path: bytes
    name: str
    max_megapixels: float
    max_frames: int
    threads: int
    index_bytes: int


class Order(Struct, frozen=True):
    """What is wanted, of which frames, in which quality (0..100)."""

    wish: Wish
    numbers: tuple[int, ...] = ()
    quality: int = 70


class Answer(Struct, frozen=True):
    """How far the work is, or what came of it: so many bytes, or the packed sentence of an `InvalidMedia`."""

    share: float | None = None
    size_bytes: int = 0
    problem: str = ""


def main() -> None:
    """Read the opening, then carry out orders."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    opening = msgspec.json.decode(source.readline(), type=Opening)
    stored = source.read(opening.index_bytes)
    decoder = _Decoder(opening, FrameIndex.from_bytes(stored) if stored else None, target)
    for line in source:
        try:
            content = decoder.carry_out(msgspec.json.decode(line, type=Order))
        except LabelwrightError as error:
            _say(target, Answer(problem=pack(error.message)))
        else:
            _say(target, Answer(size_bytes=len(content)), content)


def _say(target: BinaryIO, answer: Answer, content: bytes = b"") -> None:
    target.write(msgspec.json.encode(answer) + b"\n")
    target.write(content)
    target.flush()


class _Decoder:
    """What is known of the file, and its reader, which stays open between orders."""

    def __init__(self, opening: Opening, index: FrameIndex | None, target: BinaryIO) -> None:
        self.path, self.name, self.threads = Path(os.fsdecode(opening.path)), opening.name, opening.threads
        self.limits = VideoLimits(opening.max_megapixels, opening.max_frames)
        self.target = target
        self.index = index
        self._reader: VideoReader | None = None

    def carry_out(self, order: Order) -> bytes:
        if order.wish == "index":
            return self._make_index()
        index = self.index
        assert index is not None
        if order.wish == "hashes":
            return self._add_hashes(index)
        if order.wish == "verify":
            return self._verify(index)
        return self._pictures(order, index)

    def _make_index(self) -> bytes:
        from labelwright.media.video_scan import make_index

        self.index = make_index(
            self.path, name=self.name, limits=self.limits, threads=self.threads, heard=self._tell
        )
        return self.index.to_bytes()

    def _add_hashes(self, index: FrameIndex) -> bytes:
        from labelwright.media.video_proof import add_hashes

        self.index = add_hashes(
            self.path, index, name=self.name, limits=self.limits, threads=self.threads, heard=self._tell
        )
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        return self.index.to_bytes()

    def _verify(self, index: FrameIndex) -> bytes:
        from labelwright.media.video_proof import verify_index

        proof = verify_index(
            self.path, index, name=self.name, limits=self.limits, threads=self.threads, heard=self._tell
        )
        return msgspec.msgpack.encode(proof)

    def _tell(self, share: float) -> None:
        _say(self.target, Answer(share=share))

    def _pictures(self, order: Order, index: FrameIndex) -> bytes:
        from labelwright.media import video_chunks, video_pictures
        from labelwright.media.video import VideoReader

        if self._reader is None:
            self._reader = VideoReader(
                self.path, index, name=self.name, limits=self.limits, threads=self.threads
            )
        # In a chunk one bad frame must not take the others with it.
        frames = self._reader.read(order.numbers, grey_if_wrong=order.wish in _CHUNKS)
        if order.wish == "jpeg chunk":
            return video_chunks.write_jpeg_chunk(frames, index, quality=order.quality, threads=self.threads)
        if order.wish == "compressed chunk":
            return video_chunks.write_compressed_mp4(frames, index, quality=order.quality)
        if order.wish == "original chunk":
            return video_chunks.write_original_mp4(frames, index)
        ((_, frame),) = frames
        single: dict[str, Callable[[], bytes]] = {
            "jpeg": lambda: video_pictures.frame_to_jpeg(frame, index, quality=order.quality),
            "png": lambda: video_pictures.frame_to_png(frame, index),
            "preview": lambda: video_pictures.frame_to_preview(frame, index),
        }
        return single[order.wish]()


if __name__ == "__main__":
    main()
