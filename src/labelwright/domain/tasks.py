"""Tasks, their media and their jobs, as values; and the status that follows from the jobs."""

from collections.abc import Iterable
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from labelwright.domain.labels import Label, LabelSpec
from labelwright.domain.requests import NamedPerson
from labelwright.domain.users import Person

Status = Literal["annotation", "validation", "completed"]
STATUSES: tuple[Status, ...] = ("annotation", "validation", "completed")


ChunkType = Literal["imageset", "video"]
#: How a single frame is encoded.
PictureType = Literal["jpeg", "png"]
Quality = Literal["compressed", "original"]


class Video(Struct, frozen=True, kw_only=True):
    """The one video a task was made of.

    `width` and `height` are a frame's, upright; `frames` counts those of the file, chosen or not; `faults` the
    places where decoding it met damage. `location` as in `FrameRow`; `index_key` is the blob of its frame index.
    Once it `is_proved` the index has a hash of every frame, by which each frame that is read is checked.
    """

    name: str
    location: str
    width: int
    height: int
    frames: int
    index_key: str
    faults: int = 0
    is_proved: bool = False


class Media(Struct, frozen=True, kw_only=True):
    """The body of frames of a task: images, which have rows, or one `video`, whose frames have none.

    `chunk_size` is None until the frames are known. `compressed_type` says what its compressed chunks are, zips of
    JPEGs or videos. `deleted_frames` are out of the work, ascending; no number shifts.
    `published_path` is the folder the task was last published to, None before.
    """

    id: int
    task_id: int
    chunk_size: int | None
    size: int
    image_quality: int
    start_frame: int
    stop_frame: int
    frame_filter: str
    published_path: str | None = None
    published_utc: str | None = None
    compressed_type: ChunkType = "imageset"
    video: Video | None = None
    deleted_frames: tuple[int, ...] = ()

    @property
    def is_unproved(self) -> bool:
        """Whether it is a video whose frames have no hashes yet (decision 0017)."""
        return self.video is not None and not self.video.is_proved

    @property
    def original_type(self) -> ChunkType:
        """What original chunks are."""
        return "imageset" if self.video is None else "video"


class MediaRequest(Struct, frozen=True, kw_only=True):
    """What `POST …/data` asked for, kept as it was accepted.

    `client_files` are names of uploaded files, in the order sent; `uploads` their blob keys, same order.
    `remote_files` are addresses that the server fetches.
    `folder` is a folder whose images are read where they lie, with the `names` (paths below it) chosen.
    `dataset_ids` are datasets of the catalogue, `platform_files` folders below the storage root: both read in place.
    `token` tells one request from another that asks for the same.
    """

    image_quality: int = 70
    chunk_size: int | None = None
    start_frame: int = 0
    stop_frame: int | None = None
    frame_filter: str = ""
    copy_data: bool = False
    client_files: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    server_files: tuple[str, ...] = ()
    remote_files: tuple[str, ...] = ()
    use_zip_chunks: bool = False
    use_cache: bool = False
    dataset_ids: tuple[int, ...] = ()
    platform_files: tuple[str, ...] = ()
    folder: str | None = None
    names: tuple[str, ...] = ()
    token: str = ""


class FrameRow(Struct, frozen=True):
    """One frame.

    `location` is `blob:KEY` in the object store, `file:PATH` read in place, `storage:PATH` and `share:PATH` read in
    place below the storage root and the share, one of these behind `seen:SIZE,MODIFIED_NS:`, which tells the file from
    another of its name, or any of them with `#PLACE` (`archives.places`) behind `packed:`, where an archive holds it;
    `video:NUMBER` is a frame of the task's video, which has no row.
    """

    frame: int
    source_frame: int
    name: str
    width: int
    height: int
    location: str


class RelatedImage(Struct, frozen=True):
    """An image people look at beside frame `frame`, the `position`th of it; `location` as in `FrameRow`."""

    frame: int
    position: int
    name: str
    location: str


class Origin(Struct, frozen=True):
    """How many frames a task has, and of which dataset, at which revision of its content, or of which video."""

    size: int
    dataset_id: int | None
    dataset_tag: str
    video: Video | None


class Job(Struct, frozen=True, kw_only=True):
    """The work on one segment: task frames `first_frame` to `last_frame`, both included."""

    id: int
    task_id: int
    first_frame: int
    last_frame: int
    assignee: Person | None
    reviewer: Person | None
    status: Status
    revision: int


class Task(Struct, frozen=True, kw_only=True):
    """A task with all that API v1 shows of it. Times are ISO-8601 UTC text; labels by id, jobs by id.

    `annotation_type` is one of `catalogue.ANNOTATION_TYPES`, or "". `dataset_tag` is the revision of the dataset that
    the frames were read from, "" without one.
    """

    id: int
    project_id: int | None
    name: str
    mode: str
    owner: Person | None
    assignee: Person | None
    bug_tracker: str
    subset: str
    overlap: int | None
    segment_size: int
    status: Status
    created_utc: str
    updated_utc: str
    labels: tuple[Label, ...]
    jobs: tuple[Job, ...]
    media: Media | None
    annotation_type: str = ""
    dataset_id: int | None = None
    dataset_tag: str = ""


class TaskSpec(Struct, frozen=True, kw_only=True):
    """A task somebody asks for. `owner` None means the caller. In a project it has the project's labels."""

    name: str
    labels: tuple[LabelSpec, ...] = ()
    project_id: int | None = None
    owner: NamedPerson | None = None
    assignee: NamedPerson | None = None
    bug_tracker: str = ""
    subset: str = ""
    overlap: int | None = None
    segment_size: int = 0
    annotation_type: str = ""


class TaskChange(Struct, frozen=True, kw_only=True):
    """What of a task to change; UNSET stays as it is, an assignee or owner of None is taken away.

    With `project_id`, the project to move it to, `labels` say by which name of a label there each goes on.
    """

    name: str | UnsetType = UNSET
    labels: tuple[LabelSpec, ...] = ()
    project_id: int | None = None
    owner: NamedPerson | None | UnsetType = UNSET
    assignee: NamedPerson | None | UnsetType = UNSET
    bug_tracker: str | UnsetType = UNSET
    subset: str | UnsetType = UNSET
    annotation_type: str | UnsetType = UNSET


class TaskFilter(Struct, frozen=True, kw_only=True):
    """Which tasks to list. Texts match anywhere in any case, `subset` as a whole.

    `visible_to` is a user's id, None for all.
    """

    visible_to: int | None = None
    unassigned_visible: bool = True
    id: int | None = None
    project_id: int | None = None
    dataset_id: int | None = None
    project: str = ""
    name: str = ""
    owner: str = ""
    assignee: str = ""
    mode: str = ""
    status: str = ""
    subset: str = ""
    words: tuple[str, ...] = ()


class JobChange(Struct, frozen=True, kw_only=True):
    """What of a job to change; UNSET stays as it is."""

    assignee: NamedPerson | None | UnsetType = UNSET
    reviewer: NamedPerson | None | UnsetType = UNSET
    status: Status | UnsetType = UNSET


def derive_status(jobs: Iterable[Status]) -> Status:
    """Return a task's status: the earliest of its jobs', `annotation` without jobs (API v1 contract, 9)."""
    present = set(jobs)
    return next((status for status in STATUSES if status in present), "annotation")
