"""A real bare repository on disk, for tests; `git` as its owner would use it."""

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Bare:
    """A bare repository in `folder`, whose HEAD is `head`; empty until something is committed."""

    def __init__(self, folder: Path, *, head: str = "main") -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", "--bare", "-b", head, str(folder)], check=True)

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", f"--git-dir={self.folder}", *arguments],
            input=stdin,
            env={**os.environ, **_ENVIRONMENT},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def commit(self, branch: str, path: str, content: str) -> str:
        """Add a commit to the branch that changes one file; return it."""
        return self.commit_blob(
            branch, path, self.git("hash-object", "-w", "--stdin", stdin=content.encode())
        )

    def commit_blob(self, branch: str, path: str, blob: str) -> str:
        """As `commit`, of a blob that is there."""
        parents = ["-p", self.tip(branch)] if branch in self.branches() else []
        self.git("read-tree", *(parents[1:] or ["--empty"]))
        self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        made = self.git("commit-tree", self.git("write-tree"), *parents, "-m", f"change {path}")
        self.git("update-ref", f"refs/heads/{branch}", made)
        return made

    def merge(self, branch: str, into: str = "main") -> None:
        """Merge as a hosting site does: a commit with two parents and the branch's tree."""
        parents = ["-p", self.tip(into), "-p", self.tip(branch)]
        made = self.git("commit-tree", f"{self.tip(branch)}^{{tree}}", *parents, "-m", f"merge {branch}")
        self.git("update-ref", f"refs/heads/{into}", made)

    def branches(self) -> list[str]:
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def tip(self, branch: str) -> str:
        return self.git("rev-parse", f"refs/heads/{branch}")

    def files(self, branch: str) -> list[str]:
        return self.git("ls-tree", "-r", "--name-only", branch).splitlines()

    def read(self, branch: str, path: str) -> bytes:
        command = ["git", f"--git-dir={self.folder}", "cat-file", "blob", f"{branch}:{path}"]
        return subprocess.run(command, capture_output=True, check=True).stdout
