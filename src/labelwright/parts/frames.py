"""Frames: from files that were found to rows of a task, and back from a row to the bytes of its file."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.domain.frames import parse_frame_filter, select_frames
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import FrameRow, Media, MediaRequest
from labelwright.folders import Folder
from labelwright.media.chunks import default_chunk_size
from labelwright.ports import Progress
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage

#: Name and location of a file that will be a frame.
Source = tuple[str, str]
#: How the location of a frame of a video begins; its number in the video follows.
OF_VIDEO = "video:"


class ReadFrames(Struct, frozen=True):
    """The frames a request asked for, measured; `stop_frame` is the number of the last in its sources."""

    rows: list[FrameRow]
    chunk_size: int
    stop_frame: int


def task_frames(tx: Transaction, media: Media, *, first: int = 0, last: int | None = None) -> list[FrameRow]:
    """Return frames `first` to `last` of a task (included; None: to the end), in order.

    Those of a video have no rows: they are named as exports name them (API v1 contract, tasks-and-data 4).
    """
    video = media.video
    if video is None:
        return frames_storage.read_frames(tx, media.id, first=first, last=last)
    step = parse_frame_filter(media.frame_filter) if media.frame_filter else 1
    stop = media.size if last is None else min(last + 1, media.size)
    return [
        FrameRow(frame, number, f"frame_{number:06d}", video.width, video.height, f"{OF_VIDEO}{number}")
        for frame in range(first, stop)
        for number in (media.start_frame + frame * step,)
    ]


def image_suffix(row: FrameRow) -> str:
    """Return what the name of the frame lacks to be that of an image file."""
    return ".PNG" if row.location.startswith(OF_VIDEO) else ""


def read_frames(
    deps: Deps, request: MediaRequest, sources: Sequence[Source], progress: Progress
) -> ReadFrames:
    """Return the frames that `request` takes out of `sources`.

    Raises:
        InvalidMedia: a file is no whole image, or there are none; the message names it.
        Cancelled: a person cancelled.
    """
    if not sources:
        raise InvalidMedia("No media data found")
    step = parse_frame_filter(request.frame_filter) if request.frame_filter else 1
    chosen = select_frames(len(sources), request.start_frame, request.stop_frame, step)
    rows = measure(deps, [(number, *sources[number]) for number in chosen], progress)
    chunk_size = request.chunk_size or default_chunk_size(*_first_size(deps, sources, rows))
    return ReadFrames(rows, chunk_size, chosen[-1])


def measure(deps: Deps, chosen: Sequence[tuple[int, str, str]], progress: Progress) -> list[FrameRow]:
    """Read the size of each chosen image; a file that is no whole image ends it with a sentence."""
    rows = []
    for index, (number, name, location) in enumerate(chosen):
        sentence = Sentence("Reading images: {done} of {count}", done=index, count=len(chosen))
        progress(index / len(chosen), sentence)
        width, height = _image_size(deps, name, location)
        rows.append(FrameRow(index, number, name, width, height, location))
    return rows


def _image_size(deps: Deps, name: str, location: str) -> tuple[int, int]:
    # The codecs are imported by those who decode, so that the API starts without them.
    from labelwright.media.images import read_image_size

    try:
        with _open(deps, location) as source:
            size = read_image_size(source, name=name, max_megapixels=deps.limits.max_image_megapixels)
    except OSError as error:
        raise InvalidMedia("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error
    return size.width, size.height


def _first_size(deps: Deps, sources: Sequence[Source], rows: Sequence[FrameRow]) -> tuple[int, int]:
    """Return the size of source image 0, which decides the chunk size (contract, 6.1), chosen or not."""
    if rows[0].source_frame == 0:
        return rows[0].width, rows[0].height
    return _image_size(deps, *sources[0])


@contextmanager
def _open(deps: Deps, location: str) -> Iterator[BinaryIO]:
    """Open the file a location names, to read. Raises OSError, also where a link would be gone through."""
    scheme, _, rest = location.partition(":")
    if scheme == "storage":
        with Folder(deps.platform.storage_root.resolve()) as root, root.open_file(rest) as file:
            yield file
        return
    path = Path(rest) if scheme == "file" else deps.blobs.local_path(rest)
    if path is None:
        yield BytesIO(deps.blobs.get(rest))
        return
    with path.open("rb") as file:
        yield file


@contextmanager
def open_frame(deps: Deps, row: FrameRow) -> Iterator[BinaryIO]:
    """Open the source file of a frame, to read from its beginning. Raises NotFound when it is gone."""
    with ExitStack() as opened:
        try:
            file = opened.enter_context(_open(deps, row.location))
        except OSError as error:
            raise _unreadable(row, error) from error
        yield file


def read_location(deps: Deps, row: FrameRow) -> bytes:
    """Return the source bytes of a frame. Raises NotFound when the file is gone, naming the frame only."""
    with open_frame(deps, row) as file:
        try:
            return file.read()
        except OSError as error:
            raise _unreadable(row, error) from error


def _unreadable(row: FrameRow, error: OSError) -> NotFound:
    return NotFound(
        "the file of frame {frame} ({name}) cannot be read: {reason}",
        frame=row.frame,
        name=row.name,
        reason=error.strerror,
    )
