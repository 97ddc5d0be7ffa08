"""Git repositories that keep the annotations of tasks: their addresses, what is known of them, the words of a push.

What may be typed is API v1's (rest-api contract, 14), and paths and `ssh://` besides. An address that reaches the
`git` program has gone through `read_address`: no options, no other transports, no passwords, nothing that hides.
"""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, unquote

from msgspec import Struct

from labelwright.domain.errors import Invalid

Transport = Literal["file", "ssh", "http", "https"]
#: Not pushed as it is now; being pushed; on the task's branch; contained in the default branch.
Standing = Literal["!sync", "syncing", "sync", "merged"]

SUFFIXES = (".zip", ".xml", ".json")
#: Bytes a name may have on common file systems, less some for what git appends to a branch.
_NAME_BYTES = 240
_NAME_LIMIT = 100
_URL_LIMIT = 500
_MOST_PORT = 65_535
_HOST = r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)"
_USER = r"(?P<user>[A-Za-z0-9_][\w.+-]{0,99})"
_PORT = r"(?::(?P<port>[0-9]{1,5}))?"
_FORMS = (
    re.compile(r"(?:file://)?(?P<path>/.*)"),
    re.compile(rf"(?P<transport>ssh|https?)://(?:{_USER}@)?{_HOST}{_PORT}(?P<path>/.+)", re.ASCII),
    re.compile(rf"{_USER}@{_HOST}:(?P<path>[^/].*)", re.ASCII),
    re.compile(rf"{_HOST}(?P<path>/[^/]+/.+)", re.ASCII),
)
_LOCATION = re.compile(r"([^\s\[\]]+)\s*(?:\[(.*)\])?", re.DOTALL)
#: What v1 replaces in a task's name, and what git besides refuses in the name of a branch.
_UNFIT_FILE = re.compile(r'[\\/*?:"<>|\s\x00-\x1f\x7f]')
_UNFIT_BRANCH = re.compile(r"[~^\[\]{}@]|\.(?=\.|$|lock$)")
#: What git takes for no part of a name when it stands at either end.
_CRUD = "".join(map(chr, range(33))) + ".,:;<>\"\\'"
_LFS = "filter=lfs diff=lfs merge=lfs -text"


class Address(Struct, frozen=True, kw_only=True):
    """Where a repository is. `path` is absolute, but for `user@host:path`, where it begins in the user's home."""

    transport: Transport
    path: str
    host: str = ""
    port: int | None = None
    user: str = ""

    @property
    def url(self) -> str:
        """The address as the `git` program takes it."""
        if self.transport == "file":
            return f"file://{quote(self.path)}"
        user = f"{self.user}@" if self.user else ""
        if not self.path.startswith("/"):
            return f"{user}{self.host}:{self.path}"
        port = "" if self.port is None else f":{self.port}"
        return f"{self.transport}://{user}{self.host}{port}{self.path}"

    def over_ssh(self) -> "Address":
        """The same repository as v1 reaches an http address: over SSH, as the user `git`."""
        return Address(transport="ssh", path=self.path.lstrip("/"), host=self.host, user="git")


class Connection(Struct, frozen=True, kw_only=True):
    """What somebody asks for: the address as typed, the file in the repository, and how to fill it.

    `format` is an exporter's name, "" for API v1's of the task's mode.
    """

    url: str
    path: str
    lfs: bool
    format: str = ""


class Repository(Struct, frozen=True, kw_only=True):
    """The repository of a task, and what was pushed there last.

    `pushed_revisions` are those of the task's jobs then, by job id; `pushed_commit` is None before the first push.
    `remote` is how the branch was found at the last look, and `seen_tip` the commit of the default branch then.
    """

    task_id: int
    url: str
    path: str
    lfs: bool
    format: str
    branch: str
    pushed_commit: str | None = None
    pushed_utc: str | None = None
    pushed_revisions: Mapping[int, int] = {}
    remote: Literal["!sync", "sync", "merged"] = "!sync"
    seen_tip: str = ""

    def standing(self, revisions: Mapping[int, int], *, is_pushing: bool) -> Standing:
        """How the repository stands to a task whose jobs are at `revisions`."""
        if is_pushing:
            return "syncing"
        return self.remote if self.is_pushed(revisions) else "!sync"

    def is_pushed(self, revisions: Mapping[int, int]) -> bool:
        """Whether the last push holds what the task is now."""
        return self.pushed_commit is not None and self.pushed_revisions == revisions


class NewCommit(Struct, frozen=True, kw_only=True):
    """A commit to make on top of the default branch and to push as `branch`, over what that branch was.

    All of it is known before, its time too, so that a push that is repeated makes the same commit.
    """

    branch: str
    path: str
    lfs: bool
    message: str
    author_name: str
    author_email: str
    at_utc: str


class Look(Struct, frozen=True):
    """What was found: the branch's `remote` standing, and the commit at the tip of the default branch."""

    remote: Literal["!sync", "sync", "merged"]
    tip: str


class Pushed(Struct, frozen=True):
    """The commit that was pushed, and the tip of the default branch it stands on."""

    commit: str
    tip: str


class Work(Struct, frozen=True):
    """What was done since the last push: objects created, updated, deleted, and hours as clients measured them."""

    created: int
    updated: int
    deleted: int
    hours: float


def read_location(text: str) -> tuple[str, str | None]:
    """Take `URL [path/in/repo.zip]` apart; the path is None when it is not said. Raises Invalid."""
    match = _LOCATION.fullmatch(text.strip())
    if match is None:
        raise Invalid("{text!r} is no address of a repository", text=text[:_URL_LIMIT])
    return match[1], None if match[2] is None or not match[2].strip() else match[2].strip()


def read_address(text: str) -> Address:
    """Return what the address names: a folder, `user@host:path`, `ssh://`, `http(s)://`, or `host/owner/repo`.

    Raises:
        Invalid: it is none of these, holds a password, or could be read as something else.
    """
    if re.search(r":\/\/[^/@]*:[^/@]*@", text):
        raise Invalid("an address of a repository must hold no password: everybody who sees the task sees it")
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    refused = len(text) > _URL_LIMIT or re.search(r"[\x00-\x20\x7f\\?#\[\]]|::", text) or text.startswith("-")
    if match is None or refused or not _is_plain(match["path"]):
        raise Invalid(
            "{text!r} is no address of a repository, expected user@host:owner/repo.git, "
            "https://host/owner/repo.git, ssh://host/path or a folder of the server",
            text=text[:_URL_LIMIT],
        )
    found = match.groupdict()
    port = int(found["port"]) if found.get("port") else None
    if port is not None and not 0 < port <= _MOST_PORT:
        raise Invalid("port {port} is none, expected 1 to {most}", port=port, most=_MOST_PORT)
    return Address(
        transport=_transport(found),
        path=unquote(found["path"]) if text.startswith("file://") else found["path"],
        host=(found.get("host") or "").lower(),
        port=port,
        user=found.get("user") or "",
    )


def _transport(found: Mapping[str, str | None]) -> Transport:
    """Name the transport of an address that was matched."""
    if found.get("host") is None:
        return "file"
    named: dict[str | None, Transport] = {"ssh": "ssh", "http": "http", "https": "https"}
    return named.get(found.get("transport")) or ("ssh" if found.get("user") else "https")


def _is_plain(path: str) -> bool:
    """Whether a path leads nowhere but down and is no option, also once its %XX are read."""
    parts = unquote(path).split("/")
    return not any(part in (".", "..") or part.startswith("-") or "\x00" in part for part in parts)


def check_file(path: str) -> str:
    """Return the path of a file in a repository, from its top. Raises Invalid for what is none, or no annotations."""
    path = path.removeprefix("/")
    parts = path.split("/")
    unfit = any(
        part.lower().rstrip(". ") in ("", ".git") or len(part.encode("utf-8", "replace")) > _NAME_BYTES
        for part in parts
    )
    if unfit or re.search(r"[\x00-\x1f\x7f\\]", path) or len(path) > _URL_LIMIT:
        raise Invalid("{path!r} is no file in a repository", path=path[:_URL_LIMIT])
    if not path.lower().endswith(SUFFIXES):
        raise Invalid(
            "{path!r} ends in none of {suffixes}: only these are pushed",
            path=path,
            suffixes=", ".join(SUFFIXES),
        )
    return path


def default_file(task_name: str) -> str:
    """Return where the annotations of a task of that name go when nobody says."""
    return f"annotation/{_clean(task_name)}.zip"


def branch_of(task_id: int, task_name: str) -> str:
    """Return the branch of a task: v1's name for it, without what git refuses in a branch."""
    return f"cvat_{task_id}_{_UNFIT_BRANCH.sub('_', _clean(task_name))}"


def _clean(name: str) -> str:
    """Return v1's form of a task's name, cut to what a file may be called."""
    cleaned = _UNFIT_FILE.sub("_", name)[:_NAME_LIMIT]
    return cleaned.encode("utf-8", "replace")[: _NAME_BYTES - 20].decode("utf-8", "ignore")


def choose_default(head: str | None, branches: Mapping[str, str]) -> str | None:
    """Return the default branch: what HEAD names if it is there, else `main`, `master`, or the only one.

    None: there is none yet. Branches of tasks are none. Raises Invalid when it cannot be told.
    """
    if head in branches:
        return head
    others = [name for name in branches if not re.match(r"cvat_\d+_", name)]
    for name in ("main", "master", *others[: len(others) == 1]):
        if name in others:
            return name
    if others:
        raise Invalid(
            "the default branch of the repository cannot be told: its HEAD names none of its {count} branches",
            count=len(others),
        )
    return None


def with_lfs(attributes: str, path: str) -> str:
    """Return the text of `.gitattributes` with the patterns of LFS that it lacks: `*.xml`, `*.zip`, and the file's."""
    patterns = dict.fromkeys(("*.xml", "*.zip", f"*.{path.rpartition('.')[2]}"))
    known = {line.split()[0] for line in attributes.splitlines() if "filter=lfs" in line.split()}
    missing = [f"{pattern} {_LFS}\n" for pattern in patterns if pattern not in known]
    between = "\n" if missing and attributes and not attributes.endswith("\n") else ""
    return f"{attributes}{between}{''.join(missing)}"


def author_name(username: str) -> str:
    """Return the name as git takes one, "somebody" where nothing of it is left."""
    return re.sub(r"[<>\x00-\x1f\x7f]", "", username).strip(_CRUD) or "somebody"


def write_message(*, author: str, task_name: str, address: str, bug_tracker: str, work: Work) -> str:
    """Return the message of a commit: who, which task and where, and what was done since the last push."""
    title = " ".join(task_name.split())
    lines = [f"Annotations of {title} by {author}", "", f"Task URL: {address}"]
    if bug_tracker:
        lines.append(f"Issue tracker: {bug_tracker}")
    lines.append(
        f"Objects since the last push: {work.created} created, {work.updated} updated, {work.deleted} deleted"
    )
    if work.hours > 0:
        lines.append(f"Working time: {work.hours:.2f} hours")
    return "\n".join(lines) + "\n"
