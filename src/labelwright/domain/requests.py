"""What a request says of itself, whatever it asks for."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct


class RequestKey(Struct, frozen=True):
    """An `Idempotency-Key`, and the digest of method, path and body that it stands for."""

    key: str
    digest: str


class NamedPerson(Struct, frozen=True):
    """Somebody a request names, by id or by user name. Exactly one of them is set."""

    id: int | None = None
    username: str | None = None
    #: The field it came in, for the error.
    field: str = "assignee_id"


def pack_ids(ids: Sequence[int]) -> list[int] | list[list[int]]:
    """Return `ids` as [[first, count]] when they follow each other, else as they are."""
    if len(ids) > 2 and all(after == before + 1 for before, after in pairwise(ids)):
        return [[ids[0], len(ids)]]
    return list(ids)


def unpack_ids(packed: list[int] | list[list[int]]) -> list[int]:
    """Undo `pack_ids`."""
    if packed and isinstance(packed[0], list):
        first, count = packed[0]
        return list(range(first, first + count))
    return [int(item) for item in packed if isinstance(item, int)]
