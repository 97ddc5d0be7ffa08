"""The one tree of errors people can cause or meet.

Raise the most precise, with the value that was wrong and what was expected. Each dialect maps this
tree to its own statuses and bodies in one table (`api/v1/errors.py`).

An error takes the template of its sentence and then the values in it, by name (`sentences.py`):
`raise TooLarge("{count} objects, at most {limit} fit", count=count, limit=limit)`. Names that mean something to an
error, and so cannot be a value's: `field` of `Invalid`, `index` and `key` of `InvalidLabel`.
"""

from labelwright.domain.sentences import Sentence


class LabelwrightError(Exception):
    """Anything Labelwright reports in a sentence instead of a traceback."""

    def __init__(self, template: str, /, **values: object) -> None:
        self.message = Sentence(template, **values)
        super().__init__(self.message)


class Invalid(LabelwrightError):
    """A value is not acceptable. `field` names it when it came in a named field."""

    def __init__(self, template: str, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(template, **values)
        self.field = field


class InvalidAnnotation(Invalid):
    """An annotation does not fit its task: unknown label or attribute, frame outside, bad points."""


class InvalidMedia(Invalid):
    """A file cannot become frames: no image, truncated, too large; the message names the file."""


class InvalidArchive(Invalid):
    """An archive or annotation file cannot be read; the message names the member or line."""


class NoAnnotations(InvalidArchive):
    """What is to be imported holds no file that the format reads."""


class ImportMismatch(Invalid):
    """An annotation file does not fit the task: unmatched frame, unknown label, bad object."""


class SignInFailed(Invalid):
    """Name and password, or a one-time address, do not sign anybody in."""


class NotSignedIn(LabelwrightError):
    """The request names nobody, or names them wrongly."""


class IdentityDown(NotSignedIn):
    """Whoever says who people are does not answer now: the same token may be good after `wait_s` seconds."""

    wait_s = 5


class Forbidden(LabelwrightError):
    """The caller is known and may not do this."""


class NotFound(LabelwrightError):
    """The thing asked for does not exist. The message may be empty when the address says it all."""


class FormatDisabled(NotFound):
    """The format is known, but this machine lacks what it needs."""


class Conflict(LabelwrightError):
    """The request contradicts the present state."""


class RevisionMoved(LabelwrightError):
    """`If-Match` named a revision that is no longer the newest."""

    def __init__(self, *, expected: int, current: int) -> None:
        super().__init__(
            "the job is at revision {current}, the request expected {expected}",
            current=current,
            expected=expected,
        )
        self.expected = expected
        self.current = current


class KeyReused(LabelwrightError):
    """An `Idempotency-Key` came back with another request."""


class TooLarge(LabelwrightError):
    """A body or file is over a limit; the message names the limit and its setting."""


class TooManyRequests(LabelwrightError):
    """The caller asks more often than is allowed; after `wait_s` seconds they may again."""

    def __init__(self, *, wait_s: int) -> None:
        super().__init__("Request was throttled. Expected available in {seconds} seconds.", seconds=wait_s)
        self.wait_s = wait_s


class StorageFull(LabelwrightError):
    """The disk under the data folder or the database is full."""


class Unreachable(LabelwrightError):
    """Something beside this process that it needs does not answer."""


class NotBuilt(LabelwrightError):
    """The route or value belongs to a part of Labelwright that is not built yet."""


class Cancelled(LabelwrightError):
    """A person cancelled the operation; its steps stop at their next look."""


class OperationFailed(Exception):
    """An operation the caller asks about has failed; `error` is the class of what stopped it, "" where the caller
    cannot help it, whatever it was.
    """

    def __init__(self, message: Sentence, error: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.error = error
