"""The `git` program, which nothing else runs: looks at repositories of others and pushes branches to them.

Addresses, repositories and servers are strangers'. So each call names its one transport, takes no settings but ours,
asks nobody, runs no hook, has bounds of time and disk, and ends with all it started. A host is looked up once: it must
be one the settings name, or have public addresses only, and git is given the address that was looked at, so that it
cannot come to mean another one in between. What git says is told without names of our own files.

git-lfs is never run: the server of an LFS store may name any address to send files to.
"""

import os
import shlex
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from labelwright.domain.errors import Invalid, Unreachable
from labelwright.domain.repositories import Address, Look, NewCommit, Pushed, choose_default
from labelwright.domain.sentences import Sentence
from labelwright.git.errand import Errand, Manner
from labelwright.hosts import find_addresses, is_named
from labelwright.ports import Progress

#: Seconds a look at a repository may take: somebody waits for the answer.
_LOOK_S = 15.0
#: Seconds the first visit may take: a host that never answers must not keep a worker from others for long.
_REACH_S = 30.0
#: Looks at a time, so that slow hosts do not take all threads of a server. Who comes later is told the last state.
_LOOKS = 8
#: Tries to begin an empty repository, which others may begin at the same moment.
_TRIES = 3
#: Seconds after which a folder of an errand is one that a killed process left.
_LEFT_S = 86_400.0
#: All settings git has besides those of its new repository. `safe.directory`: a person named the folder below which
#: repositories may lie.
_CONFIG = """[core]
\thooksPath = /dev/null
\tprotectHFS = true
\tprotectNTFS = true
\tfsmonitor = false
\tquotePath = false
[safe]
\tdirectory = *
[http]
\tfollowRedirects = false
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
[fetch]
\trecurseSubmodules = false
[push]
\trecurseSubmodules = no
\tfollowTags = false
"""


class GitRules(Struct, frozen=True, kw_only=True):
    """What the settings allow, and what git signs in with.

    `root` is the folder below which repositories may lie, None: nowhere. `hosts` are the only ones that are asked,
    empty: all with public addresses; `*.example.org` is every host below. `committer` is a name and an address.
    """

    root: Path | None
    hosts: tuple[str, ...]
    ssh_key: Path | None
    credentials: Path | None
    timeout_s: int
    max_mb: int
    committer: tuple[str, str]


class GitProgram:
    """`program`, run with its settings and known hosts in `home`; implements `ports.Git`. Making one is free."""

    def __init__(self, program: str, *, home: Path, scratch: Path, rules: GitRules) -> None:
        self._program = program
        self._home = home
        self._scratch = scratch / "git"
        self._rules = rules
        self._looks = threading.BoundedSemaphore(_LOOKS)

    def check(self, address: Address) -> None:
        """See whether the settings let the server go there. Nobody is asked. Raises Invalid."""
        if address.transport == "file":
            self._folder(address)
        elif self._rules.hosts and not is_named(address.host, self._rules.hosts):
            raise Invalid(
                "repositories on {host} are not allowed on this server (LABELWRIGHT_GIT_HOSTS)",
                host=address.host,
            )
        elif self._spoken(address).transport == "ssh" and self._rules.ssh_key is None:
            raise Invalid("this server has no key for SSH (LABELWRIGHT_GIT_SSH_KEY)")

    def _addresses(self, host: str) -> list[str]:
        return find_addresses(host, self._rules.hosts, setting="LABELWRIGHT_GIT_HOSTS")

    def reach(self, address: Address, progress: Progress) -> None:
        """See whether the repository can be read and has, or can be given, a default branch.

        Raises:
            Invalid: it is not allowed, or its default branch cannot be told.
            Unreachable: it cannot be read.
        """
        sentence = Sentence("Looking at the repository")
        timeout_s = min(_REACH_S, self._rules.timeout_s)
        with self._errand(address, timeout_s, lambda: progress(0.5, sentence)) as errand:
            choose_default(*errand.heads())

    def look(self, address: Address, *, branch: str, commit: str, seen_tip: str) -> Look:
        """Return how `branch`, pushed as `commit`, is found now. Merged: the default branch contains the commit.

        A default branch that is still at `seen_tip` does not contain it. Raises as `reach`.
        """
        if not self._looks.acquire(blocking=False):
            raise Unreachable("too many repositories are being looked at; try again later")
        try:
            with self._errand(address, _LOOK_S, lambda: None) as errand:
                head, branches = errand.heads()
                default = choose_default(head, branches)
                tip = "" if default is None else branches[default]
                if default is not None and tip != seen_tip and errand.contains(default, commit):
                    return Look("merged", tip)
                return Look("sync" if branches.get(branch) == commit else "!sync", tip)
        finally:
            self._looks.release()

    def push(self, address: Address, commit: NewCommit, file: Path, progress: Progress) -> Pushed:
        """Put `file` on top of the default branch as one commit and make that the branch.

        A repository without a default branch gets one first. Repeated, it makes the same commit, unless the default
        branch moved on. Raises as `reach`.
        """
        done, sentence = 0.1, Sentence("Pushing the annotations")
        with self._errand(address, self._rules.timeout_s, lambda: progress(done, sentence)) as errand:
            tip = _fetch_tip(errand, commit)
            done = 0.5
            made = errand.commit(tip, commit, file)
            errand.push(f"+{made}:refs/heads/{commit.branch}")
            return Pushed(made, tip)

    def _spoken(self, address: Address) -> Address:
        """The address as it is asked: with no sign-in for http but a key, over SSH, as v1 asks."""
        by_key = self._rules.ssh_key is not None and self._rules.credentials is None
        return address.over_ssh() if by_key and address.transport in ("http", "https") else address

    def _folder(self, address: Address) -> Path:
        root = self._rules.root
        if root is None:
            raise Invalid("repositories in folders of the server are not allowed here (LABELWRIGHT_GIT_ROOT)")
        try:
            folder = Path(address.path).resolve()
            inside = folder.is_relative_to(root.resolve()) and folder.is_dir()
        except (OSError, RuntimeError):  # a loop of links
            inside = False
        if not inside:
            raise Invalid("{path} is no folder below the one for repositories", path=address.path)
        return folder

    @contextmanager
    def _errand(self, address: Address, timeout_s: float, tick: Callable[[], None]) -> Iterator[Errand]:
        self.check(address)
        spoken = self._spoken(address)
        environment, settings = self._environment(spoken.transport), list[str]()
        if spoken.transport == "file":
            spoken = Address(transport="file", path=str(self._folder(spoken)))
        elif spoken.transport == "ssh":
            command = self._ssh(spoken, self._addresses(spoken.host))
            environment |= {"GIT_SSH_VARIANT": "ssh", "GIT_SSH_COMMAND": command}
        else:
            settings = self._http(spoken, self._addresses(spoken.host))
        self._prepare()
        secrets = (self._home, *filter(None, (self._rules.ssh_key, self._rules.credentials)))
        manner = Manner(
            program=self._program,
            environment=environment,
            settings=settings,
            timeout_s=timeout_s,
            max_mb=self._rules.max_mb,
            secrets=[str(name) for name in secrets],
            public_key=_public_half(self._rules.ssh_key),
            tick=tick,
        )
        with tempfile.TemporaryDirectory(dir=self._scratch, ignore_cleanup_errors=True) as folder:
            yield Errand(Path(folder), spoken, manner)

    def _environment(self, transport: str) -> dict[str, str]:
        name, mail = self._rules.committer
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._home),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self._home / "config"),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "GIT_ALLOW_PROTOCOL": transport,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": mail,
        }

    def _prepare(self) -> None:
        """Make the folders, write the settings, drop what killed processes left."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._scratch.mkdir(parents=True, exist_ok=True)
        config = self._home / "config"
        if not config.is_file() or config.read_text() != _CONFIG:
            aside = config.with_name(f"config.{os.getpid()}.{threading.get_ident()}")
            aside.write_text(_CONFIG)
            aside.replace(config)
        for folder in self._scratch.iterdir():
            with suppress(OSError):
                if folder.stat().st_mtime < time.time() - _LEFT_S:
                    shutil.rmtree(folder, ignore_errors=True)

    def _ssh(self, address: Address, found: Sequence[str]) -> str:
        """The command git connects with: one key, no other settings; a new host's key is kept and held to."""
        options = {
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "BatchMode": "yes",
            "StrictHostKeyChecking": "accept-new",
            "UserKnownHostsFile": f'"{self._home / "known_hosts"}"',
            "HostName": found[0],
            "HostKeyAlias": address.host,
            "ConnectTimeout": "15",
            "ServerAliveInterval": "15",
            "ClearAllForwardings": "yes",
        }
        named = (f"-o{name}={value}" for name, value in options.items())
        return shlex.join(["ssh", "-F", "none", "-i", str(self._rules.ssh_key), *named])

    def _http(self, address: Address, found: Sequence[str]) -> list[str]:
        """The settings of git that pin the host to the addresses found, and name the file with credentials."""
        port = address.port or {"http": 80, "https": 443}[address.transport]
        shown = ",".join(f"[{each}]" if ":" in each else each for each in found)
        settings = [f"http.curloptResolve={address.host}:{port}:{shown}", "credential.helper="]
        if self._rules.credentials is not None:
            # Only `get`: git would erase what a host refused once.
            file = shlex.quote(str(self._rules.credentials))
            helper = f'test "$1" = get && exec git credential-store --file={file} get'
            settings.append(f"credential.helper=!f() {{ {helper}; }}; f")
        return settings


def _fetch_tip(errand: Errand, commit: NewCommit) -> str:
    """Fetch the tip of the default branch, which is begun if there is none; return its commit."""
    for tries_left in reversed(range(_TRIES)):
        default = choose_default(*errand.heads())
        if default is not None:
            return errand.fetch(default)
        try:
            errand.begin(commit)
        except Unreachable:  # somebody else may have been first: then there is one now
            if not tries_left:
                raise
    raise Unreachable("the default branch of the repository was begun and is gone again")


def _public_half(key: Path | None) -> str:
    """Return the public half of the key where it lies beside it, else ""."""
    if key is None:
        return ""
    try:
        return key.with_name(f"{key.name}.pub").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
