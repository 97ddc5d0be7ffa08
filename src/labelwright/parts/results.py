"""Results of a task, written into the folder of its dataset as one (platform contract, 5 and 5.2)."""

import errno
import hashlib
import shutil
from collections.abc import Callable
from os.path import relpath, splitext
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.errors import Conflict, FormatDisabled, Invalid, NotFound, StorageFull
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import Task
from labelwright.folders import Folder, find_below
from labelwright.folders.results import new_results, read_manifest
from labelwright.formats import FolderArchive, Format, write_dataset
from labelwright.formats.ocr_recognition import LIST, read_list
from labelwright.parts.frames import task_frames
from labelwright.parts.task_datasets import fingerprint_of, frame_names, open_dataset
from labelwright.ports import Progress
from labelwright.storage import Transaction
from labelwright.storage import tasks as tasks_storage

_CVAT = "CVAT for images 1.1"
#: How the names of formats begin that are images in folders; the format whose texts have their images beside them.
_WITH_IMAGES, _LINKED = "imagenet", "OCR RECOGNITION"
#: The manifest lists here what no import reads: it is there in another form.
_COPIES = ""
_INSTANCES, _INSTANCE = "instances_default.json", "instance.json"
#: Share of the work that is the format chosen.
_FIRST_SHARE = 0.6
_COPY_BYTES = 1 << 20
_MOST_NAME_BYTES = 255
_FULL = (errno.ENOSPC, errno.EDQUOT)


class PublishRequest(Struct, frozen=True, kw_only=True):
    """What to publish. `format` "" is that of the dataset; `server_url` what addresses in files begin with."""

    task_id: int
    format: str
    manner: Literal["publish", "save"] = "publish"
    server_url: str = ""

    @property
    def is_saving(self) -> bool:
        return self.manner == "save"

    @property
    def key(self) -> str:
        """What makes two requests ask for the same: a task is published once, whatever the format."""
        return f"{self.manner}/{self.task_id}"


class Place(Struct, frozen=True, kw_only=True):
    """The folder to publish to, below the storage root, and the format to do it in."""

    folder: str
    format: str


def write_results(deps: Deps, request: PublishRequest, place: Place, progress: Progress) -> dict[str, Any]:
    """Write the task's results, unless they are there already; return where, of which state, and what was lost.

    Raises:
        NotFound: there is no such folder below the storage root.
        Invalid, FormatDisabled: there is no such format, or it cannot be used here.
        Conflict: something in the folder is in the way, or it cannot be written to.
        StorageFull: the disk is full.
    """
    chosen = _exporter(deps, place.format)
    above = find_below(deps.platform.storage_root, place.folder)
    name = deps.platform.results_folder
    losses: dict[str, int] = {}
    try:
        with (
            Folder(above) as folder,
            new_results(folder, name, wait=_waiting(progress)) as new,
            deps.database.read() as tx,
        ):
            task = tasks_storage.read_task(tx, request.task_id)
            if task is None:
                raise NotFound("Not found.")
            fingerprint = fingerprint_of(task)
            state = hashlib.sha256(f"{request.manner}\0{place.format}\0{fingerprint}".encode()).hexdigest()
            if not _are_there(folder, name, task=task.id, state=state):
                work = _Work(deps, tx, task, request.server_url, new.folder, above / name, progress)
                files = work.save(chosen) if request.is_saving else work.publish(chosen)
                new.show(task=task.id, state=state, files=files)
                losses = work.losses
    except OSError as error:
        sentence = Sentence(
            "the results cannot be written to {folder}: {reason}",
            folder=f"{place.folder}/{name}",
            reason=error.strerror or error,
        )
        raise (StorageFull if error.errno in _FULL else Conflict)(sentence) from error
    return {"path": str(above / name), "fingerprint": fingerprint, "losses": losses}


def _exporter(deps: Deps, format_name: str) -> Format:
    try:
        found = deps.formats.exporter(format_name)
    except Invalid as error:
        raise Invalid(
            "the dataset is of the format {format!r}, which cannot be written", format=format_name
        ) from error
    if not found.enabled:
        raise FormatDisabled("{format} cannot be used on this server", format=format_name)
    return found


def _waiting(progress: Progress) -> Callable[[], None]:
    return lambda: progress(0.0, Sentence("Waiting for another task of this dataset that is being published"))


def _are_there(folder: Folder, name: str, *, task: int, state: str) -> bool:
    """Whether the results in the folder are these, and none of their files is gone."""
    found = folder.entry(name)
    if found is None or found.kind != "folder":
        return False
    with Folder(name, parent=folder) as results:
        manifest = read_manifest(results)
        return (
            manifest is not None
            and (manifest.task, manifest.state) == (task, state)
            and all(results.entry(each) is not None for each in manifest.names())
        )


class _Work:
    """The writing of one task's results to `folder`, which will be found under `path`."""

    def __init__(
        self,
        deps: Deps,
        tx: Transaction,
        task: Task,
        server_url: str,
        folder: Folder,
        path: Path,
        progress: Progress,
    ) -> None:
        self._deps = deps
        self._tx = tx
        self._task = task
        self._server_url = server_url
        self._folder = folder
        self._path = path
        self._progress = progress
        self.losses: dict[str, int] = {}

    def publish(self, chosen: Format) -> dict[str, list[str]]:
        """Write the chosen format, with images only for those that are nothing without, and CVAT's beside it."""
        with_images = chosen.name.lower().startswith(_WITH_IMAGES)
        names = self._write(chosen, with_images=with_images, first=0.0, last=_FIRST_SHARE)
        if chosen.name == _LINKED:
            names += self._link_images()
        cvat = self._deps.formats.exporter(_CVAT)
        copies = self._write(cvat, rename=lambda name: f"cvat_{name}", first=_FIRST_SHARE, last=1.0)
        return {chosen.display_name: names, _COPIES if chosen is cvat else _CVAT: copies}

    def save(self, chosen: Format) -> dict[str, list[str]]:
        """Write the chosen format as the first generation laid it out: COCO's file under two names."""
        names = self._write(chosen, rename=lambda name: name.removeprefix("annotations/"))
        copies = []
        if _INSTANCES in names:
            copies.append(_INSTANCE)
            with self._folder.open_file(_INSTANCES) as source, self._folder.new_file(_INSTANCE) as target:
                shutil.copyfileobj(source, target, _COPY_BYTES)
        return {chosen.display_name: names, _COPIES: copies}

    def _write(
        self,
        chosen: Format,
        *,
        with_images: bool = False,
        rename: Callable[[str], str] = str,
        first: float = 0.0,
        last: float = 1.0,
    ) -> list[str]:
        archive = FolderArchive(self._folder, rename=rename)
        dataset = open_dataset(
            self._tx,
            self._deps,
            self._task,
            with_images=with_images,
            server_url=self._server_url,
            progress=lambda done, message: self._progress(first + done * (last - first), message),
        )
        write_dataset(chosen, dataset, archive)
        for reason, count in archive.losses.counts.items():
            self.losses[f"{chosen.display_name}: {reason}"] = count
        return archive.names

    def _link_images(self) -> list[str]:
        """Link the image of each text beside it, under the same name.

        Images that lie elsewhere have none, nor have those whose own name ends in a way that the link's cannot.
        """
        assert self._task.media is not None
        rows = task_frames(self._tx, self._task.media)
        places = {name: row.location for name, row in zip(frame_names(rows), rows, strict=True)}
        root = self._deps.platform.storage_root.resolve()
        with self._folder.open_file(LIST) as file:
            listed = read_list(file.read())
        names = []
        for each in listed:
            scheme, _, place = places[each.frame].partition(":")
            name = splitext(each.file)[0] + splitext(place)[1]
            if scheme == "storage" and name != each.file and len(name.encode()) <= _MOST_NAME_BYTES:
                self._folder.new_link(name, relpath(root / place, self._path))
                names.append(name)
        return names
