"""Videos of tasks: the frames a request takes out of one, and decoders that stay open for whoever reads on."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain.errors import NotFound
from labelwright.domain.frames import frame_step, select_frames
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import ChunkType, Media, MediaRequest, Video
from labelwright.media.chunks import default_chunk_size
from labelwright.parts.locations import local_path
from labelwright.ports import Progress

if TYPE_CHECKING:
    from labelwright.media.video_index import FrameIndex, Proof
    from labelwright.media.video_process import VideoProcess

#: Frames of a chunk that is a video, when nobody chose (API v1 contract, tasks-and-data 6.1).
_VIDEO_CHUNK = 36


class ReadVideo(Struct, frozen=True):
    """The frames a request asked for: `chosen` are their numbers in the video."""

    video: Video
    chosen: range
    chunk_size: int
    compressed_type: ChunkType


def read_video(
    deps: Deps, media: Media, request: MediaRequest, source: tuple[str, str], progress: Progress
) -> ReadVideo:
    """Index the video, given by name and location, and return the frames that `request` takes out of it.

    Its decoder stays open for `borrow`.

    Raises:
        NotFound: the file is gone.
        InvalidMedia: it cannot be decoded, or no frame is left; the message names it.
        Cancelled: a person cancelled.
    """
    name, location = source
    key = f"{video_folder(media)}index-1"

    def heard(share: float) -> None:
        progress(share, Sentence("Reading the video: {percent}%", percent=int(100 * share)))

    with deps.videos.borrow((media.id, key), partial(_open, deps, name, location, None)) as process:
        try:
            index = process.make_index(heard)
        except BaseException:
            process.close()
            raise
    step = frame_step(request.frame_filter)
    chosen = select_frames(len(index), request.start_frame, request.stop_frame, step)
    deps.blobs.put(key, index.to_bytes())
    video = Video(
        name=name,
        location=location,
        width=index.width,
        height=index.height,
        frames=len(index),
        index_key=key,
        faults=index.faults,
    )
    is_zip = request.use_zip_chunks
    usual = default_chunk_size(index.width, index.height) if is_zip else _VIDEO_CHUNK
    compressed: ChunkType = "imageset" if is_zip else "video"
    return ReadVideo(video, chosen, request.chunk_size or usual, compressed)


def video_folder(media: Media) -> str:
    """Return the prefix of the blobs that hold what is known of the video of `media`; another try has another."""
    return f"tasks/{media.task_id}/video/{media.id}/"


@contextmanager
def borrow(deps: Deps, media: Media) -> Iterator["VideoProcess"]:
    """Give a decoder of the video of `media` to one thread until the body ends; it stays open for the next.

    Frames are asked of it by their number in the video (`FrameRow.source_frame`).

    Raises:
        NotFound: the file of the video is gone.
        InvalidMedia: another file lies in its place.
    """
    video = media.video
    assert video is not None
    # A decoder that stayed open does not see what became of the file.
    local_path(deps, video.location, name=video.name)
    with deps.videos.borrow((media.id, video.index_key), partial(_reopen, deps, media)) as process:
        yield process


def let_go(deps: Deps, media: Media) -> None:
    """End the decoder that `borrow` left open in this process, where nobody will read on: it holds some 150 MB."""
    assert media.video is not None
    deps.videos.end((media.id, media.video.index_key))


def hash_video(deps: Deps, media: Media, heard: Callable[[float], None]) -> Video:
    """Decode the whole video and return it with an index that has the hash of every frame; the old one stays.

    One thread does it: nobody waits for it, and others want the cores.

    Raises:
        NotFound, InvalidMedia: the video is gone, or another file lies in its place.
        Exception: whatever `heard`, which is told shares from 0 to 1, raises.
    """
    assert media.video is not None
    with _reopen(deps, media, threads=1) as process:
        index = process.add_hashes(heard)
    key = _proved_key(media)
    deps.blobs.put(key, index.to_bytes())
    return replace(media.video, index_key=key, faults=index.faults, is_proved=True)


def prove_video(deps: Deps, media: Media, heard: Callable[[float], None]) -> "Proof":
    """Decode the whole video, read every frame as clients do, and return which are not the frames of the file.

    Raises as `hash_video`.
    """
    with _reopen(deps, media) as process:
        return process.verify(heard)


def _proved_key(media: Media) -> str:
    return f"{video_folder(media)}index-2"


def _reopen(deps: Deps, media: Media, *, threads: int | None = None) -> "VideoProcess":
    from labelwright.media.video_index import FrameIndex  # with numpy, which the API starts without

    video = media.video
    assert video is not None
    try:
        stored = deps.blobs.get(video.index_key)
    except NotFound:  # hashes came since `media` was read; frames are found by the one index as by the other
        stored = deps.blobs.get(_proved_key(media))
    return _open(deps, video.name, video.location, FrameIndex.from_bytes(stored), threads=threads)


def _open(
    deps: Deps, name: str, location: str, index: "FrameIndex | None", *, threads: int | None = None
) -> "VideoProcess":
    """Start a decoder with one thread a core, or with `threads`."""
    from labelwright.media.video_index import VideoLimits
    from labelwright.media.video_process import VideoProcess

    limits = VideoLimits(deps.limits.max_image_megapixels, deps.limits.max_video_frames)
    path = local_path(deps, location, name=name)
    return VideoProcess(path, index, name=name, limits=limits, threads=threads or os.cpu_count() or 1)
