"""Files at addresses that people give, brought into the object store (decision 0015)."""

import re
import secrets
from collections.abc import Iterator, Sequence

from labelwright.deps import Deps
from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.parts.locations import Source
from labelwright.ports import Progress
from labelwright.storage.uploads import check_upload

_MEGABYTE = 1_000_000
_LONGEST_SHOWN = 200


def fetch_files(deps: Deps, prefix: str, urls: Sequence[str], progress: Progress) -> Iterator[Source]:
    """Fetch the files at `urls`, one after the other; each is then a blob below `prefix`.

    Raises:
        InvalidMedia: one cannot be had, or two have one name; the message names it.
        TooLarge: together they are over the limit of an upload.
        Cancelled: a person cancelled.
    """
    if not urls:
        return
    fetcher = deps.fetcher()
    names: set[str] = set()
    total_bytes = 0
    for index, url in enumerate(urls):
        target = deps.scratch / f"remote-{secrets.token_hex(8)}"
        try:
            fetched = fetcher.fetch(url, target, _Heard(progress, url, index, len(urls)))
            total_bytes += fetched.size_bytes
            check_upload(deps.limits, size_bytes=total_bytes)
            if fetched.name in names:
                raise InvalidMedia("filename collision: two addresses end in {name}", name=fetched.name)
            deps.blobs.put_file(f"{prefix}remote/{index:06d}", target)
        finally:
            target.unlink(missing_ok=True)
        names.add(fetched.name)
        yield fetched.name, f"blob:{prefix}remote/{index:06d}"


class _Heard:
    """Tells how much of all addresses is here."""

    def __init__(self, progress: Progress, url: str, index: int, count: int) -> None:
        self._progress, self._index, self._count = progress, index, count
        self._url = re.split(r"[?#]", url)[0][:_LONGEST_SHOWN]  # what follows is often a secret

    def __call__(self, done: int, total: int | None) -> None:
        share = min(1.0, done / total) if total else 0.0
        self._progress(
            (self._index + share) / self._count,
            Sentence(
                "{url} is being downloaded.. {megabytes} MB", url=self._url, megabytes=done // _MEGABYTE
            ),
        )
