"""Files that were sent for a task before it was said what to make of them."""

from collections.abc import Sequence

import msgspec

from labelwright.domain.catalogue import check_path
from labelwright.domain.errors import Invalid
from labelwright.domain.sent_files import sent_id, sent_prefix
from labelwright.domain.tasks import MediaRequest
from labelwright.storage import Transaction
from labelwright.storage import sent_files as storage
from labelwright.storage.uploads import Upload


class SentUpload(Upload):
    """The files of one request, each with its path."""

    def open_file(self, name: str) -> None:
        check_path(name)
        super().open_file(name)


def take_sent(tx: Transaction, task_id: int, ids: Sequence[str], request: MediaRequest) -> MediaRequest:
    """Return `request` for the sent files `ids`, in this order, before the uploads it has already.

    Raises:
        Invalid: there is no such file, it is not whole, or it is named twice.
    """
    known = {sent.id: sent for sent in storage.list_sent(tx, task_id)} if ids else {}
    chosen = []
    for each in ids:
        sent = known.pop(each, None)
        if sent is None:
            raise Invalid("there is no sent file {id}, or it is named twice", id=each, field="uploads")
        if not sent.is_whole:
            raise Invalid(
                "{path} is not whole: {received} of {size} bytes have come",
                path=sent.path,
                received=sent.received_bytes,
                size=sent.size_bytes,
                field="uploads",
            )
        chosen.append(sent)
    return msgspec.structs.replace(
        request,
        client_files=(*(each.path for each in chosen), *request.client_files),
        uploads=(*(each.key for each in chosen), *request.uploads),
    )


def keep_sent(tx: Transaction, task_id: int, request: MediaRequest) -> None:
    """Forget that the files of `request` were sent: they belong to frames now, and are swept no more.

    In the transaction that makes the frames.
    """
    prefix = sent_prefix(task_id)
    storage.delete_sent(tx, (sent_id(key) for key in request.uploads if key.startswith(prefix)))
