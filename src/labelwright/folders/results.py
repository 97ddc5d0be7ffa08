"""What Labelwright writes into the folder of a dataset: results of its own, replaced as one.

They lie in a results folder that others may write to as well. Beside them lies a manifest, hidden, that says which
files are ours; by it the next results take the place of these, and a reader of the folder finds them.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from labelwright.folders import Entry, Folder

MANIFEST = ".labelwright.json"
#: Most a manifest may weigh; ours of 200,000 files weighs some 20 MB.
_MANIFEST_BYTES = 256 * 1024 * 1024
#: From where nobody can be at work on it any more, should the file system know no locks.
_ABANDONED_S = 24 * 3600.0
_AT_CWD_FREE = -1
_RENAME_EXCHANGE = 2


class Manifest(Struct, frozen=True, kw_only=True):
    """What the last results were. `token` is their own; `files` are paths in the results folder, by format.

    `state` is what they were made of: equal states have equal results.
    """

    token: str
    task: int
    state: str
    files: Mapping[str, Sequence[str]]

    def names(self) -> set[str]:
        """Return the paths of all files that are ours, the manifest too."""
        return {MANIFEST, *(name for names in self.files.values() for name in names)}

    def written_as(self, format_name: str) -> Sequence[str]:
        """Return the files an importer of that name reads: `CVAT 1.1` those of `CVAT for images 1.1`."""
        name, _, version = format_name.rpartition(" ")
        for written, names in self.files.items():
            if written == format_name or (written.startswith(f"{name} for ") and written.endswith(version)):
                return names
        return ()


def read_manifest(results: Folder) -> Manifest | None:
    """Return the manifest of a results folder; None without one that makes sense, for others can write it too."""
    try:
        with results.open_file(MANIFEST) as file:
            found = msgspec.json.decode(file.read(_MANIFEST_BYTES), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None
    return found if all(_is_inside(name) for name in found.names()) else None


def _is_inside(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in PurePosixPath(name).parts


def files_to_read(
    folder: Folder, *, format_name: str, results_folder: str, most: int
) -> tuple[str, list[Entry]]:
    """Return the files of a dataset's folder to read in that format, sorted by name, and the folder they lie in.

    Results of ours in that format are all there is to read, and lie in `results_folder`; without any, it is
    everything but results of ours, and the folder is "". What begins with a dot is passed over. Of more than `most`
    files one too many is returned.
    """
    ours: set[str] = set()
    found = folder.entry(results_folder)
    if found is not None and found.kind == "folder":
        with Folder(results_folder, parent=folder) as results:
            manifest = read_manifest(results)
            if manifest is not None:
                wanted = (results.entry(name) for name in manifest.written_as(format_name))
                if mine := [entry for entry in wanted if entry is not None and entry.kind == "file"]:
                    return results_folder, sorted(mine, key=lambda entry: entry.name)
                ours = {f"{results_folder}/{name}" for name in manifest.names()}
    kept = (entry for entry in folder.entries() if entry.kind == "file" and entry.name not in ours)
    shown = (entry for entry in kept if not any(part.startswith(".") for part in entry.name.split("/")))
    return "", sorted(islice(shown, most + 1), key=lambda entry: entry.name)
