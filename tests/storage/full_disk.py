"""Stores more than a small disk holds: run inside a mount namespace of its own, with the folder to mount as argument.

Prints what was raised, and what stands afterwards, as JSON.
"""

import json
import subprocess
import sys
from pathlib import Path

from labelwright.deps import Limits
from labelwright.domain.annotations import Doc
from labelwright.domain.errors import StorageFull
from labelwright.domain.labels import AttributeRules
from labelwright.storage import Database, annotations
from labelwright.storage.blobs import FolderBlobs
from labelwright.storage.cache import DiskCache
from labelwright.storage.migrate import migrate
from labelwright.storage.uploads import Upload

RULES = {1: AttributeRules(frozenset(), ())}


def write(database, first, count):
    docs = [Doc(first + n, 0, 1, "rectangle", "x" * 1000) for n in range(count)]
    with database.write() as tx:
        annotations.write_docs(tx, "shapes", docs, job_id=1, revision=1, rules=RULES)


def refused(function, *arguments):
    try:
        function(*arguments)
    except StorageFull as error:
        return error.message
    return None


def upload(blobs, scratch):
    with Upload(blobs, prefix="u/", scratch=scratch, limits=Limits()) as sent:
        sent.open_file("a")
        for _ in range(40):
            sent.write(bytes(1_000_000))
        sent.close_file()


def main():
    folder = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=True)
    database, blobs = Database(f"sqlite:///{folder / 'l.db'}"), FolderBlobs(folder / "blobs")
    migrate(database)
    write(database, 1, 10)
    said = {
        "save": refused(write, database, 11, 20_000),
        "blob": refused(blobs.put, "a", bytes(20_000_000)),
        "upload": refused(upload, blobs, folder),
    }
    DiskCache(folder / "cache", limit_bytes=10**9).put("k", bytes(20_000_000))
    write(database, 11, 10)
    with database.read() as tx:
        rows = len(annotations.read_docs(tx, "shapes", 1, rules=RULES))
    files = sorted(
        path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith("l.db")
    )
    print(json.dumps({"said": said, "rows": rows, "files": files}))
    database.close()


if __name__ == "__main__":
    main()
