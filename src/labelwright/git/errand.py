"""An errand to one repository: the `git` program, run in a new bare repository that is thrown away.

Nothing is ever checked out: a commit is made of the tree that is there and one file, and the other files stay away.
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from msgspec import Struct

from labelwright.domain.errors import Unreachable
from labelwright.domain.repositories import Address, NewCommit, with_lfs

#: Seconds between two looks at a running git: whether it ended, is wanted, has room.
_TICK_S = 0.1
_MEGABYTE = 1_000_000
#: Letters of git's own words that are told.
_SAID = 1_000
#: Bytes that are read of what git prints: all branches, all commits of a history. More is no honest answer.
_MOST_PRINTED = 64 * _MEGABYTE
_FIRST_BRANCH = "main"
_README = b"# Annotations\n\nEvery task has a branch of its own here. Merge it to keep what it holds.\n"
#: The other end of an errand to a folder is a git of ours too: it runs no hook and no command of that repository.
_RECEIVE = (
    "git -c core.hooksPath=/dev/null -c core.alternateRefsCommand=true -c receive.autogc=false receive-pack"
)
_UPLOAD = "git -c core.hooksPath=/dev/null -c core.alternateRefsCommand=true upload-pack"


class Manner(Struct, frozen=True, kw_only=True):
    """How git is run: its environment, settings, bounds. `secrets` are names of files that are told to nobody.

    `tick` is called many times a second while git runs and may raise.
    """

    program: str
    environment: Mapping[str, str]
    settings: Sequence[str]
    timeout_s: float
    max_mb: int
    secrets: Sequence[str]
    public_key: str
    tick: Callable[[], None]


class Errand:
    """An errand to `address`, with its own repository made in the empty `folder`."""

    def __init__(self, folder: Path, address: Address, manner: Manner) -> None:
        self._folder = folder
        self._repository = folder / "repository"
        self._address = address
        self._manner = manner
        self._deadline_s = time.monotonic() + manner.timeout_s
        self._outside("init", "--quiet", "--bare", "--template=", str(self._repository))
        self._run("config", "remote.origin.url", address.url)
        if address.transport == "file":
            self._run("config", "remote.origin.uploadpack", _UPLOAD)
            self._run("config", "remote.origin.receivepack", _RECEIVE)

    def heads(self) -> tuple[str | None, dict[str, str]]:
        """Return the branch HEAD names, None when it names none that is there, and every branch with its commit."""
        head, branches = None, {}
        for line in self._run("ls-remote", "--symref", "origin", "HEAD", "refs/heads/*").splitlines():
            what, _, name = line.partition("\t")
            if name == "HEAD" and what.startswith("ref: refs/heads/"):
                head = what.removeprefix("ref: refs/heads/")
            elif name.startswith("refs/heads/"):
                branches[name.removeprefix("refs/heads/")] = what
        return head, branches

    def fetch(self, branch: str) -> str:
        """Bring the newest commit of the branch without its files; return it."""
        kind = ("--quiet", "--no-tags", "--depth=1", "--filter=blob:none")
        self._run("fetch", *kind, "origin", f"refs/heads/{branch}")
        return self._run("rev-parse", "FETCH_HEAD").strip()

    def contains(self, branch: str, commit: str) -> bool:
        """Whether the history of the branch holds the commit; brings all its commits, without trees."""
        self._run("fetch", "--quiet", "--no-tags", "--filter=tree:0", "origin", f"refs/heads/{branch}")
        return commit in self._run("rev-list", "FETCH_HEAD").split()

    def begin(self, commit: NewCommit) -> None:
        """Give an empty repository its default branch, of the name its HEAD has, with a first commit."""
        self._run("read-tree", "--empty")
        self._add("README.md", _README)
        first = self._commit_tree(commit, "Begin a repository of annotations\n")
        self.push(f"{first}:refs/heads/{self._unborn_head()}")

    def commit(self, tip: str, commit: NewCommit, file: Path) -> str:
        """Make the commit on top of `tip`: its tree with the file, and patterns of LFS if asked for."""
        self._run("read-tree", tip)
        if commit.lfs:
            found = self._run("ls-tree", tip, "--", ".gitattributes")
            before = self._run("cat-file", "blob", f"{tip}:.gitattributes") if " blob " in found else ""
            self._add(".gitattributes", with_lfs(before, commit.path).encode("utf-8", "surrogateescape"))
        with file.open("rb") as content:
            self._add(commit.path, content)
        return self._commit_tree(commit, commit.message, "-p", tip)

    def push(self, refspec: str) -> None:
        """Push what `refspec` names, `+` over what was there."""
        self._run("push", "--quiet", "--no-verify", "origin", refspec)

    def _add(self, path: str, content: bytes | IO[bytes]) -> None:
        blob = self._run("hash-object", "-w", "--stdin", stdin=content).strip()
        self._run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")

    def _commit_tree(self, commit: NewCommit, message: str, *parents: str) -> str:
        tree = self._run("write-tree", "--missing-ok").strip()
        moment = f"@{int(datetime.fromisoformat(commit.at_utc).timestamp())} +0000"
        people = {
            "GIT_AUTHOR_NAME": commit.author_name,
            "GIT_AUTHOR_EMAIL": commit.author_email,
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_DATE": moment,
        }
        return self._run("commit-tree", tree, *parents, stdin=message.encode(), environment=people).strip()

    def _unborn_head(self) -> str:
        """Return the name HEAD has in a repository without commits; servers that do not tell it get our own."""
        asked = self._folder / "empty"
        shape = ("--quiet", "--bare", "--template=", "--no-tags", "--depth=1", "--filter=blob:none")
        upload = (f"--upload-pack={_UPLOAD}",) if self._address.transport == "file" else ()
        self._outside("clone", *shape, *upload, "--", self._address.url, str(asked))
        name = (asked / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")
        return name if re.fullmatch(r"[\w./-]+", name) else _FIRST_BRANCH

    def _run(
        self,
        *arguments: str,
        stdin: bytes | IO[bytes] = b"",
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run git in the repository to its end; return what it printed.

        Raises:
            Unreachable: it failed, with what it says; or took too long, or too much room.
        """
        return self._outside(
            f"--git-dir={self._repository}", *arguments, stdin=stdin, environment=environment
        )

    def _outside(
        self,
        *arguments: str,
        stdin: bytes | IO[bytes] = b"",
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run git as `_run` does, in no repository."""
        with ExitStack() as stack:
            given, out, said = (
                stack.enter_context(tempfile.TemporaryFile(dir=self._folder)) for _ in range(3)
            )
            if isinstance(stdin, bytes):
                given.write(stdin)
                given.seek(0)
            settings = [part for setting in self._manner.settings for part in ("-c", setting)]
            process = subprocess.Popen(
                [self._manner.program, *settings, *arguments],
                stdin=given if isinstance(stdin, bytes) else stdin,
                stdout=out,
                stderr=said,
                cwd=self._folder,
                env={**self._manner.environment, **(environment or {})},
                start_new_session=True,
            )
            try:
                self._wait(process, (out, said))
            except BaseException:
                _end_group(process)
                raise
            out.seek(0)
            said.seek(0)
            if process.returncode != 0:
                raise self._failure(said.read(_MOST_PRINTED).decode("utf-8", "replace"))
            return out.read(_MOST_PRINTED).decode("utf-8", "surrogateescape")

    def _wait(self, process: "subprocess.Popen[bytes]", printed: Sequence[IO[bytes]]) -> None:
        """Wait for the end. Raises Unreachable when it takes too long, or what came takes too much room."""
        while True:
            try:
                process.wait(timeout=_TICK_S)
                is_over = True
            except subprocess.TimeoutExpired:
                is_over = False
                self._manner.tick()
            if any(os.fstat(file.fileno()).st_size > _MOST_PRINTED for file in printed):
                raise Unreachable("{url} names too many branches or commits", url=self._address.url)
            if _size_of(self._folder) > self._manner.max_mb * _MEGABYTE:
                raise Unreachable(
                    "{url} sends more than {limit} MB (LABELWRIGHT_GIT_MAX_MB)",
                    url=self._address.url,
                    limit=self._manner.max_mb,
                )
            if is_over:
                return
            if time.monotonic() > self._deadline_s:
                raise Unreachable(
                    "{url} did not answer in full within {seconds} seconds",
                    url=self._address.url,
                    seconds=round(self._manner.timeout_s),
                )

    def _failure(self, said: str) -> Unreachable:
        url, key = self._address.url, self._manner.public_key
        reason = in_short(said, (*self._manner.secrets, str(self._folder)))
        if key and self._address.transport == "ssh" and "Permission denied" in reason:
            return Unreachable(
                "{url} cannot be used: {reason} The repository must let this key write: {key}",
                url=url,
                reason=reason,
                key=key,
            )
        return Unreachable("{url} cannot be used: {reason}", url=url, reason=reason)


def in_short(said: str, secrets: Sequence[str]) -> str:
    """Return what git says of its failure in one line: no hints, no passwords, none of the names in `secrets`."""
    lines = [re.sub(r"[\x00-\x1f\x7f]+", " ", line).strip() for line in said.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("hint:", "warning:"))] or lines
    text = " ".join(kept[-8:]) or "it ended without a word."
    for name in secrets:
        text = text.replace(name, "…")
    return re.sub(r"://[^/@\s]*@", "://…@", text)[:_SAID]


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End git and all it started, and wait for it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _size_of(folder: Path) -> int:
    """Return the bytes of the files below the folder; those that go meanwhile do not count."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size
    return total
