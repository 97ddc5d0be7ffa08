"""What a request for frames names, sorted into what frames are made of: images, or one video."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import MediaRequest
from labelwright.media.kinds import is_image
from labelwright.parts.frames import Source
from labelwright.ports import Progress


class Collected(Struct, frozen=True):
    """The files that frames are made of: `images` in the order of frames, or one `video`.

    `notices` tell what was left out, and why.
    """

    images: list[Source]
    video: Source | None = None
    notices: tuple[Sentence, ...] = ()


def collect(deps: Deps, task_id: int, request: MediaRequest, progress: Progress) -> Collected:
    """Return what frames of task `task_id` are made of, by name in the order of code points (contract, 4).

    Raises:
        InvalidMedia: a file cannot be used, or two have one name; the message names it.
        Cancelled: a person cancelled.
    """
    found: list[Source] = []
    if request.folder is not None:
        folder = Path(request.folder)
        found += [(name, f"file:{folder / name}") for name in request.names]
    for name, key in zip(request.client_files, request.uploads, strict=True):
        found.append((name, f"blob:{key}"))
    if request.server_files:
        found += _share_files(
            deps, request.server_files, copy_to=f"tasks/{task_id}/share/" if request.copy_data else None
        )
    images = sorted((name, location) for name, location in found if is_image(name))
    names = [name for name, _ in images]
    if len(set(names)) != len(names):
        twice = next(name for index, name in enumerate(names[1:]) if names[index] == name)
        raise InvalidMedia("two files are named {twice}; rename one of them", twice=twice)
    return Collected(images)


def _share_files(deps: Deps, names: Sequence[str], *, copy_to: str | None) -> list[Source]:
    """Return the chosen files of the share, folders expanded, parents of other choices dropped (contract, 2)."""
    if deps.share is None:
        raise InvalidMedia("this server has no share (LABELWRIGHT_SHARE): server_files cannot be used")
    root = deps.share.resolve()
    chosen = [name.lstrip("/").rstrip("/") for name in names]
    chosen = [name for name in chosen if not any(_is_parent(name, other) for other in chosen)]
    found: dict[str, Path] = {}
    for name in chosen:
        if ".." in Path(name).parts:
            raise InvalidMedia("Don't use '..' inside file paths: {name}", name=name)
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.exists():
            raise InvalidMedia("{name} is not in the share", name=name)
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and is_image(file.name) and file.resolve().is_relative_to(root):
                found[PurePosixPath(name, file.relative_to(path)).as_posix()] = file
    if copy_to is None:
        return [(name, f"file:{path}") for name, path in found.items()]
    for index, path in enumerate(found.values()):
        deps.blobs.put_file(f"{copy_to}{index:06d}", path)
    return [(name, f"blob:{copy_to}{index:06d}") for index, name in enumerate(found)]


def _is_parent(name: str, other: str) -> bool:
    """Whether path `name` of the share, "" its root, holds the path `other`."""
    return other != name and (not name or other.startswith(f"{name}/"))
