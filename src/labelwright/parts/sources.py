"""What a request for frames names, sorted into what frames are made of: images, or one video."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.catalogue import check_paths
from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import MediaRequest
from labelwright.media.contents import START_BYTES
from labelwright.media.kinds import MediaKind, file_kind, is_unread_picture, media_kind
from labelwright.media.members import is_clutter, may_be_frame
from labelwright.parts.archived import unpack_archive
from labelwright.parts.fetched import fetch_files
from labelwright.parts.frames import some_of
from labelwright.parts.locations import Source, blob_key, keep_stream, naming, open_location, seen
from labelwright.parts.pages import find_pdf_pages, find_tiff_pages
from labelwright.parts.related import part_related
from labelwright.parts.share import find_share_files
from labelwright.ports import Progress

#: Reasons of single files that are told; the others are named together.
_MOST_NAMED = 5
_MANIFEST = "manifest.jsonl"


class Collected(Struct, frozen=True):
    """The files that frames are made of: `images` in the order of frames, or one `video`.

    `related` are images that are no frames and belong to the frame of a name. `notices` tell what was left out, and
    why. Locations of images are for `parts.frames` to measure, which puts away what is yet to be drawn.
    """

    images: list[Source]
    video: Source | None = None
    related: Mapping[str, Sequence[Source]] = {}
    notices: tuple[Sentence, ...] = ()


class _File(Struct, frozen=True):
    """A file that was found. `is_chosen` says that it was named or sent, not found in a folder with others."""

    name: str
    location: str
    is_chosen: bool = True


class _Sorted(Struct):
    """Files by what they are for us. Of `singles` one is a whole task; `spare` are those found in folders.

    `unread` are pictures of kinds that are not read, found in folders: others beside them can be frames all the same.
    """

    images: list[_File] = []
    singles: list[tuple[MediaKind, _File]] = []
    spare: list[tuple[MediaKind, _File]] = []
    unread: list[str] = []
    skipped: list[str] = []
    notices: list[Sentence] = []


def collect(deps: Deps, task_id: int, request: MediaRequest, progress: Progress) -> Collected:
    """Return what frames of task `task_id` are made of, by name in the order of code points (contract, 4).

    What is put away on the way is dropped by `drop_unused`, once frames are made or have failed.

    Raises:
        InvalidMedia, InvalidArchive, TooLarge: a file cannot be used; the message names it.
        Invalid: a name no frame can have, or two of one name.
        Cancelled: a person cancelled.
    """
    prefix = _prefix(task_id, request)
    found = _sort(deps, _find(deps, prefix, request, progress), request, progress)
    kind, single = _single(deps, found)
    notices = (*_told(found.skipped), *found.notices)
    match kind:
        case "video":
            return Collected([], single, notices=notices)
        case "pdf":
            return Collected(find_pdf_pages(deps, prefix, single), notices=notices)
        case "zip" | "archive":
            images, found.unread = unpack_archive(deps, prefix, single, kind, progress)
        case _:
            images = [(file.name, file.location) for file in found.images]
    frames, related, strays = part_related(sorted(images))
    notices = (*_told_unread(found.unread), *notices, *strays)
    if not frames:
        raise _nothing(notices)
    paged: list[Source] = []
    for image in frames:
        progress(0.0, Sentence("Sorting the files: {count} so far", count=len(paged)))
        paged += find_tiff_pages(deps, prefix, image)
    check_paths(name for name, _ in paged)
    return Collected(paged, related=related, notices=notices)


def drop_unused(deps: Deps, task_id: int, request: MediaRequest, used: Iterable[str]) -> None:
    """Delete what was sent with `request`, or made of it for frames, and lies at none of the locations `used`."""
    keys = {blob_key(location) for location in used}
    made = (*request.uploads, *deps.blobs.list_keys(_prefix(task_id, request)))
    deps.blobs.delete([key for key in made if key not in keys])


def _prefix(task_id: int, request: MediaRequest) -> str:
    """Return where blobs made of a request's files lie: the same when its reading is tried again."""
    digest = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
    return f"tasks/{task_id}/made/{digest[:16]}/"


def _find(deps: Deps, prefix: str, request: MediaRequest, progress: Progress) -> Iterator[_File]:
    """Yield all files that the request names, whatever they are."""
    for name in request.names:
        is_chosen = len(request.names) == 1 or media_kind(name) != "image"  # many are what a folder holds
        yield _File(name, _in_folder(request.folder, name), is_chosen)
    for name, key in zip(request.client_files, request.uploads, strict=True):
        yield _File(name, f"blob:{key}")
    if request.server_files:
        files = find_share_files(deps, request.server_files, progress)
        for index, file in enumerate(files):
            location = file.location
            if request.copy_data:
                progress(index / len(files), Sentence("Data are being copied from share.."))
                location = _copied(deps, f"{prefix}share/{index:06d}", file.name, location)
            yield _File(file.name, location, file.is_chosen)
    for name, location in fetch_files(deps, prefix, request.remote_files, progress):
        yield _File(name, location)


def _in_folder(folder: str | None, name: str) -> str:
    """Return the location of a file of a folder. Only its size counts: what copies folders changes times."""
    assert folder is not None
    path = Path(folder) / name
    with naming(name):
        return seen(f"file:{path}", size_bytes=path.stat().st_size, modified_ns=None)


def _copied(deps: Deps, key: str, name: str, location: str) -> str:
    """Copy a file that frames can be made of; what will be left out stays where it is."""
    if media_kind(name) in ("other", "pointcloud"):
        return location
    with naming(name), open_location(deps, location, name=name) as file:
        keep_stream(deps, key, file)
    return f"blob:{key}"


def _sort(deps: Deps, files: Iterable[_File], request: MediaRequest, progress: Progress) -> _Sorted:
    found = _Sorted()
    for count, file in enumerate(files):
        progress(0.0, Sentence("Sorting the files: {count} so far", count=count))
        if is_clutter(file.name):
            continue
        if PurePosixPath(file.name).name == _MANIFEST and file.is_chosen:
            if not request.use_cache:
                raise InvalidMedia(
                    "File with meta information can be uploaded if 'Use cache' option is also selected"
                )
            continue
        _add(deps, found, file)
    return found


def _add(deps: Deps, found: _Sorted, file: _File) -> None:
    """Sort a file in. What images hold is looked at when they are measured."""
    named = media_kind(file.name)
    is_found = not file.is_chosen and may_be_frame(file.name)
    if is_found and is_unread_picture(file.name, _start_of(deps, file)):
        found.unread.append(file.name)
    elif named == "image":
        found.images.append(file)
    elif named in ("other", "pointcloud"):
        reason = file_kind(file.name, b"").skipped
        if reason is None or len(found.notices) == _MOST_NAMED:
            found.skipped.append(file.name)
        else:
            found.notices.append(reason)
    elif file.is_chosen:
        found.singles.append((_kind_of(deps, file), file))
    else:
        found.spare.append((named, file))


def _kind_of(deps: Deps, file: _File) -> MediaKind:
    return file_kind(file.name, _start_of(deps, file)).kind


def _start_of(deps: Deps, file: _File) -> bytes:
    with naming(file.name), open_location(deps, file.location, name=file.name) as content:
        return content.read(START_BYTES)


def _single(deps: Deps, found: _Sorted) -> tuple[MediaKind, Source]:
    """Return kind and source of the one file a task is made of; of images the kind alone counts.

    Raises InvalidMedia: there are others beside it.
    """
    chosen = found.singles
    if found.images or chosen:
        found.skipped += [file.name for _, file in found.spare]
    else:
        chosen = found.spare[:]
    if chosen and (found.images or len(chosen) > 1):
        counts = Counter(kind for kind, _ in chosen)
        counts.update({"image": len(found.images)} if found.images else {})
        raise InvalidMedia(
            "Only one video, archive, pdf, zip or many image, directory can be used simultaneously, but {count} found.",
            count=", ".join(f"{number} {kind}(s)" for kind, number in counts.items()),
        )
    if not chosen:
        return "image", ("", "")
    ((_, file),) = chosen
    return _kind_of(deps, file), (file.name, file.location)


def _told_unread(unread: Sequence[str]) -> tuple[Sentence, ...]:
    if not unread:
        return ()
    return (
        Sentence(
            "Left out, because HEIC, JPEG XL, SVG and raw pictures are not read ({count}): {names}. "
            "Save them as JPEG, PNG or TIFF to label them",
            count=len(unread),
            names=some_of(sorted(unread)),
        ),
    )


def _told(skipped: Sequence[str]) -> tuple[Sentence, ...]:
    if not skipped:
        return ()
    return (
        Sentence(
            "Left out, because there is nothing in them to label ({count}): {names}",
            count=len(skipped),
            names=some_of(skipped),
        ),
    )


def _nothing(notices: Sequence[Sentence]) -> InvalidMedia:
    if not notices:
        return InvalidMedia("No media data found")
    return InvalidMedia("{problem}: {reason}", problem=Sentence("No media data found"), reason=notices[0])
