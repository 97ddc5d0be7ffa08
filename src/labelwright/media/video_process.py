"""A video file in a process of its own: what the rest of Labelwright reads videos through.

FFmpeg is large, and a video is made by whoever sends it. So it is decoded in `video_decoder`, in bounded memory; a
crash, a hang or a bomb there becomes an `InvalidMedia` that names the file, and neither the API nor a worker loads
FFmpeg. A process stays open between calls: the next frame costs no more than decoding and encoding it.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.domain.sentences import Sentence, unpack
from labelwright.media.child import Child, ChildFailed
from labelwright.media.video_decoder import Answer, Opening, Order, Wish
from labelwright.media.video_index import FrameIndex, Proof, VideoLimits

#: Seconds that opening a file, a chunk, or a step of longer work may take.
SILENCE_S = 120.0
#: What an answer may be long for each frame of the video or pixel of a picture: nothing the process says is believed.
_BYTES_A_FRAME, _BYTES_A_PIXEL, _BYTES_BESIDE = 256, 8, 1 << 20

Heard = Callable[[float], None]


class VideoProcess:
    """One video file, read in a process of its own. For one thread at a time; close it after use.

    `index` is None until `make_index` made one. `threads` decode and encode.
    """

    def __init__(
        self,
        path: Path,
        index: FrameIndex | None,
        *,
        name: str,
        limits: VideoLimits,
        threads: int,
        silence_s: float = SILENCE_S,
    ) -> None:
        self.index, self._name, self._limits = index, name, limits
        self._child = Child("labelwright.media.video_decoder", silence_s=silence_s)
        stored = b"" if index is None else index.to_bytes()
        opening = Opening(
            os.fsencode(path.absolute()), name, limits.max_megapixels, limits.max_frames, threads, len(stored)
        )
        try:
            self._child.say(msgspec.json.encode(opening), stored)
        except ChildFailed as failure:
            self.close()
            raise InvalidMedia(self._why(failure)) from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._child.close()

    @property
    def is_alive(self) -> bool:
        """Return whether it can still be asked: no failure has ended it."""
        return self._child.is_alive

    @property
    def process_id(self) -> int:
        return self._child.process_id

    def make_index(self, heard: Heard) -> FrameIndex:
        """Return the index of the file, see `video_scan.make_index`. Raises InvalidMedia, and what `heard` raises."""
        self.index = FrameIndex.from_bytes(self._ask(Order("index"), self._limits.max_frames, heard))
        return self.index

    def add_hashes(self, heard: Heard) -> FrameIndex:
        """Return the index with hashes, see `video_proof.add_hashes`. Raises as `make_index`."""
        self.index = FrameIndex.from_bytes(self._ask(Order("hashes"), len(self._known()), heard))
        return self.index

    def verify(self, heard: Heard) -> Proof:
        """Return what became of every frame, see `video_proof.verify_index`. Raises as `make_index`."""
        found = self._ask(Order("verify"), len(self._known()), heard)
        return msgspec.msgpack.decode(found, type=Proof)

    def read_jpeg(self, number: int, *, quality: int) -> bytes:
        """Return frame `number` as an RGB JPEG, upright, of full size. Raises Invalid, InvalidMedia."""
        return self._picture("jpeg", (number,), quality)

    def read_png(self, number: int) -> bytes:
        """Return frame `number` as an RGB PNG, of 16 bits a channel for more than 8. Raises as `read_jpeg`."""
        return self._picture("png", (number,))

    def read_preview(self, number: int) -> bytes:
        """Return frame `number` as a JPEG of 256x256 at most. Raises as `read_jpeg`."""
        return self._picture("preview", (number,))

    def read_jpeg_chunk(self, numbers: Iterable[int], *, quality: int) -> bytes:
        """Return these frames as a zip of JPEGs. Raises as `read_jpeg`."""
        return self._picture("jpeg chunk", tuple(numbers), quality)

    def read_compressed_mp4(self, numbers: Iterable[int], *, quality: int) -> bytes:
        """Return these frames as v1's compressed video chunk. Raises as `read_jpeg`."""
        return self._picture("compressed chunk", tuple(numbers), quality)

    def read_original_mp4(self, numbers: Iterable[int]) -> bytes:
        """Return these frames as v1's original video chunk. Raises as `read_jpeg`."""
        return self._picture("original chunk", tuple(numbers))

    def _known(self) -> FrameIndex:
        assert self.index is not None, "make the index first"
        return self.index

    def _picture(self, wish: Wish, numbers: tuple[int, ...], quality: int = 70) -> bytes:
        index = self._known()
        for number in numbers:
            if not 0 <= number < len(index):
                raise Invalid("Incorrect requested frame number: {number}", number=number)
        pixels = index.width * index.height * len(numbers)
        return self._ask(Order(wish, numbers, quality), pixels * _BYTES_A_PIXEL // _BYTES_A_FRAME)

    def _ask(self, order: Order, frames: int, heard: Heard | None = None) -> bytes:
        """Send an order and return its bytes, as many as `frames` frames may take."""
        try:
            answer, content = self._answered(order, frames, heard)
        except ChildFailed as failure:
            self.close()
            raise InvalidMedia(self._why(failure)) from failure
        except BaseException:
            # `heard` broke off in the middle of an answer: whoever asked next would hear the rest of it.
            self.close()
            raise
        if answer.problem:
            raise InvalidMedia(self._what_was_said(answer))
        return content

    def _answered(self, order: Order, frames: int, heard: Heard | None) -> tuple[Answer, bytes]:
        self._child.say(msgspec.json.encode(order))
        while (answer := self._hear()).share is not None:
            if heard is not None:
                heard(answer.share)
        if answer.size_bytes > frames * _BYTES_A_FRAME + _BYTES_BESIDE:
            raise ChildFailed(is_silent=False)
        return answer, self._child.hear_bytes(answer.size_bytes)

    def _hear(self) -> Answer:
        try:
            return msgspec.json.decode(self._child.hear_line(), type=Answer)
        except msgspec.DecodeError as error:
            raise ChildFailed(is_silent=False) from error

    def _what_was_said(self, answer: Answer) -> Sentence:
        return unpack(answer.problem)

    def _why(self, failure: ChildFailed) -> Sentence:
        if failure.is_silent:
            return Sentence(
                "{name} cannot be decoded within {seconds} s",
                name=self._name,
                seconds=f"{self._child.silence_s:g}",
            )
        return Sentence(
            "{name} cannot be decoded: FFmpeg stopped, or wanted more memory than it may have",
            name=self._name,
        )
