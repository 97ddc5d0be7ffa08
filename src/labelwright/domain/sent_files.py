"""Files people have sent for a task, whole or on their way: what frames will be made of, kept until they are."""

from msgspec import Struct


class SentFile(Struct, frozen=True, kw_only=True):
    """A file sent for a task. `path` is the one its sender gave it, with folders: the name of its frame, later."""

    id: str
    task_id: int
    path: str
    size_bytes: int
    received_bytes: int

    @property
    def is_whole(self) -> bool:
        return self.received_bytes == self.size_bytes

    @property
    def key(self) -> str:
        """Where its bytes lie in the blob store, those that have come so far."""
        return sent_key(self.task_id, self.id)


def sent_key(task_id: int, sent_id: str) -> str:
    """Return the blob key of a sent file. Files of one request share a folder: `3f…-000001` is `3f…/000001`."""
    return sent_prefix(task_id) + sent_id.replace("-", "/")


def sent_id(key: str) -> str:
    """Return the id of the sent file whose bytes lie under `key`."""
    return key.split("/", 3)[3].replace("/", "-")


def sent_prefix(task_id: int) -> str:
    """What the keys of all files sent for a task begin with."""
    return f"tasks/{task_id}/sent/"
