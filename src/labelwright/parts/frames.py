"""Frames: from files that were found to rows of a task, and back from a row to the bytes of its file."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.domain.frames import frame_step, select_frames
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import FrameRow, Media, MediaRequest
from labelwright.media.chunks import default_chunk_size
from labelwright.media.contents import START_BYTES
from labelwright.media.kinds import file_kind
from labelwright.parts.locations import Source, naming, open_location
from labelwright.parts.pages import Pages, holds_pages
from labelwright.ports import Progress
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage

#: Images that are measured at a time.
_THREADS = 2
#: Names that a notice gives before it says that there are more.
_MOST_NAMED = 5
#: How the location of a frame of a video begins; its number in the video follows.
OF_VIDEO = "video:"


class Measured(Struct, frozen=True):
    """Images as rows, numbered from 0. `notices` tell what of them is no frame."""

    rows: list[FrameRow]
    notices: tuple[Sentence, ...] = ()


class ReadFrames(Struct, frozen=True):
    """The frames a request asked for, measured; `stop_frame` is the number of the last in its sources."""

    rows: list[FrameRow]
    chunk_size: int
    stop_frame: int
    notices: tuple[Sentence, ...] = ()


def task_frames(tx: Transaction, media: Media, *, first: int = 0, last: int | None = None) -> list[FrameRow]:
    """Return frames `first` to `last` of a task (included; None: to the end), in order.

    Those of a video have no rows: they are named as exports name them (API v1 contract, tasks-and-data 4).
    """
    video = media.video
    if video is None:
        return frames_storage.read_frames(tx, media.id, first=first, last=last)
    step = frame_step(media.frame_filter)
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
    step = frame_step(request.frame_filter)
    chosen = select_frames(len(sources), request.start_frame, request.stop_frame, step)
    found = measure(deps, [(number, *sources[number]) for number in chosen], progress)
    chunk_size = request.chunk_size or default_chunk_size(*_first_size(deps, sources, found.rows))
    return ReadFrames(found.rows, chunk_size, chosen[-1], found.notices)


def measure(deps: Deps, chosen: Sequence[tuple[int, str, str]], progress: Progress) -> Measured:
    """Read the size of each chosen image, given by its number, name and location; pages become files of their own.

    An image must be of a kind that its name says, but in datasets, where the content alone decides.

    Raises:
        InvalidMedia: a file is no whole image; the message names it.
        Cancelled: a person cancelled.
    """
    # Packed images are unpacked and damaged ones decoded without the GIL. More threads would wait for each other.
    with Pages(deps) as pages, ThreadPoolExecutor(_THREADS, thread_name_prefix="measure") as pool:
        try:
            found = pool.map(lambda each: _measured(deps, pages, each), chosen)
            rows, several = _told_while(found, len(chosen), progress)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if not several:
        return Measured(rows)
    notice = Sentence(
        "Only the first picture is the frame where a file holds several ({count}): {names}",
        count=len(several),
        names=some_of(several),
    )
    return Measured(rows, (notice,))


def some_of(names: Sequence[str]) -> str:
    """Return the first of some names as one text, with an ellipsis where there are more."""
    return ", ".join((*names[:_MOST_NAMED], *("…" for _ in names[_MOST_NAMED : _MOST_NAMED + 1])))


def _told_while(
    found: Iterator[tuple[FrameRow, bool]], count: int, progress: Progress
) -> tuple[list[FrameRow], list[str]]:
    """Return the rows, numbered, and the names of files whose first picture is not the only one."""
    rows: list[FrameRow] = []
    several: list[str] = []
    for row, is_one_of_several in found:
        sentence = Sentence("Reading images: {done} of {count}", done=len(rows), count=count)
        progress(len(rows) / count, sentence)
        if is_one_of_several:
            several.append(row.name)
        rows.append(replace(row, frame=len(rows)))
    return rows, several


def _measured(deps: Deps, pages: Pages, chosen: tuple[int, str, str]) -> tuple[FrameRow, bool]:
    """Return the image as a row, frame 0, and whether others follow it in its file that are no frames."""
    # The codecs are imported by those who decode, so that the API starts without them.
    from labelwright.media.images import read_picture

    number, name, location = chosen
    by_name = not location.startswith("storage:")
    with naming(name):
        location = pages.keep(name, location)
        with open_location(deps, location, name=name) as source:
            if by_name:
                file_kind(name, source.read(START_BYTES))
                source.seek(0)
            limit = deps.limits.max_image_megapixels
            picture = read_picture(source, name=name, max_megapixels=limit)
    width, height = picture.size
    is_alone = by_name and holds_pages(name)
    return FrameRow(0, number, name, width, height, location), picture.is_one_of_several and not is_alone


def _first_size(deps: Deps, sources: Sequence[Source], rows: Sequence[FrameRow]) -> tuple[int, int]:
    """Return the size of source image 0, which decides the chunk size (contract, 6.1), chosen or not."""
    if rows[0].source_frame == 0:
        return rows[0].width, rows[0].height
    with Pages(deps) as pages:
        row, _ = _measured(deps, pages, (0, *sources[0]))
    return row.width, row.height


def read_location(deps: Deps, row: FrameRow) -> bytes:
    """Return the source bytes of a frame. Raises as `open_frame`."""
    with open_frame(deps, row) as file:
        try:
            return file.read()
        except OSError as error:
            raise _unreadable(row, error) from error


def open_frame(deps: Deps, row: FrameRow) -> BinaryIO:
    """Open the source file of a frame, to read from its beginning; it can seek. Close it after use.

    Raises:
        NotFound: it is gone; the message names the frame only.
        InvalidMedia: it has changed since its task was made.
        InvalidArchive: what its archive holds is not what it held then; also while reading.
    """
    try:
        return open_location(deps, row.location, name=row.name)
    except OSError as error:
        raise _unreadable(row, error) from error


def _unreadable(row: FrameRow, error: OSError) -> NotFound:
    return NotFound(
        "the file of frame {frame} ({name}) cannot be read: {reason}",
        frame=row.frame,
        name=row.name,
        reason=error.strerror,
    )
