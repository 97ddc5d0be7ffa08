"""`labelwright doctor`: what is installed, what is missing and what that costs, and every setting in force."""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from labelwright import __version__
from labelwright.cli.server import holder, is_held
from labelwright.cli.words import in_words, say
from labelwright.domain.errors import LabelwrightError
from labelwright.settings import PREFIX, Settings, read_settings
from labelwright.storage import Database
from labelwright.storage.migrate import HEAD, schema_version

#: Packages everything needs: name on the index, module.
_NEEDED = (
    ("alembic", "alembic"),
    ("argon2-cffi", "argon2"),
    ("av", "av"),
    ("dbos", "dbos"),
    ("httptools", "httptools"),
    ("litestar", "litestar"),
    ("msgspec", "msgspec"),
    ("multipart", "multipart"),
    ("numpy", "numpy"),
    ("obstore", "obstore"),
    ("pillow", "PIL.Image"),
    ("pypdfium2", "pypdfium2"),
    ("scipy", "scipy"),
    ("shapely", "shapely"),
    ("simplejpeg", "simplejpeg"),
    ("sqlalchemy", "sqlalchemy"),
    ("uvicorn", "uvicorn"),
    ("zxcvbn", "zxcvbn"),
)
#: Packages some things need: name on the index, module, what goes without it.
_USEFUL = (
    ("uvloop", "uvloop", "the server answers fewer requests a second"),
    ("psycopg", "psycopg", "only SQLite can be the database, not PostgreSQL"),
    ("scikit-image", "skimage", "fewer sample photographs, or none (extra `sample`)"),
    ("scikit-learn", "sklearn", "fewer sample photographs, or none (extra `sample`)"),
)
_STATIC = Path(__file__).parent.parent / "static"
_SECRETS = {"admin_password", "secret_key", "identity_secret", "catalogue_token", "service_token"}
#: Free space below this is worth a word.
_LITTLE_BYTES = 1_000_000_000


class _Report:
    """Prints line after line and counts what is broken."""

    def __init__(self) -> None:
        self.broken = 0

    def head(self, key: str) -> None:
        print(f"\n{say(key)}")

    def line(self, state: str, name: str, text: str) -> None:
        self.broken += state == "broken"
        print(f"  {say(state):8} {name:22} {text}".rstrip())


def examine(*, data: str | None) -> int:
    """Print the report; 1 when something that is needed is broken, else 0."""
    report = _Report()
    print(say("doctor versions"))
    report.line("ok", "labelwright", __version__)
    report.line("ok", "Python", f"{platform.python_version()}, {sys.executable}")
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    report.line("ok", "system", f"{system}, {os.cpu_count()} cores")
    _packages(report)
    report.head("doctor places")
    environ = dict(os.environ)
    try:
        settings = read_settings(data=data)
    except LabelwrightError as error:
        report.line("broken", "settings", in_words(error.message))
        environ = {}
        settings = read_settings(environ, data=data)
    _places(report, settings)
    report.head("doctor settings")
    for name, value, source in _values(settings, environ, data):
        print(f"  {PREFIX}{name.upper():22} {value:32} {say(source)}")
    print("\n" + (say("not well", count=report.broken) if report.broken else say("all well")))
    return 1 if report.broken else 0


def _packages(report: _Report) -> None:
    report.head("doctor packages")
    for package, module in _NEEDED:
        try:
            import_module(module)
            report.line("ok", package, metadata.version(package))
        except (ImportError, OSError) as error:  # a wheel may lack a library of the system
            report.line("broken", package, str(error))
    report.head("doctor extras")
    for package, module, cost in _USEFUL:
        if find_spec(module) is None:
            report.line("missing", package, cost)
        else:
            report.line("ok", package, metadata.version(package))
    _programs(report)
    _codecs(report)
    if (_STATIC / "index.html").is_file():
        report.line("ok", "web app", "")
    else:
        report.line(
            "missing", "web app", "the API answers, pages do not: run `make up`, or `npm run build` in web/"
        )


def _programs(report: _Report) -> None:
    program = shutil.which("git")
    if program is None:
        report.line("missing", "git", "annotations cannot be pushed to repositories")
        return
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    report.line("ok", "git", said.stdout.strip().removeprefix("git version "))


def _codecs(report: _Report) -> None:
    try:
        from labelwright.media.video_chunks import can_write_mp4
    except (ImportError, OSError):
        return  # told among the packages
    if can_write_mp4():
        report.line("ok", "x264", "")
    else:
        report.line("missing", "x264", "chunks of videos are zips alone, not MP4")


def _places(report: _Report, settings: Settings) -> None:
    data = settings.data
    exists = next(folder for folder in (data, *data.parents) if folder.exists())
    if not (exists.is_dir() and os.access(exists, os.W_OK | os.X_OK)):
        report.line("broken", "data folder", f"{data} cannot be written to")
    else:
        report.line(
            "ok", "data folder", f"{data}" if exists == data else f"{data}, to be made at the first start"
        )
    free = shutil.disk_usage(exists).free
    report.line("ok" if free > _LITTLE_BYTES else "broken", "disk", f"{free / 1e9:.1f} GB free")
    if data.exists() and is_held(data):
        running = holder(data)
        report.line("ok", "server", f"runs: process {running.pid}, {running.address}".rstrip(", "))
    _databases(report, settings)
    share = settings.share
    if share and not Path(share).expanduser().is_dir():
        report.line("broken", "share", f"{share} is no folder")
    root = settings.git_root
    if root and not Path(root).expanduser().is_dir():
        report.line("broken", "git_root", f"{root} is no folder")
    for name in ("user_agreements", "terms_of_use", "git_ssh_key", "git_credentials"):
        file = getattr(settings, name)
        if file and not Path(file).expanduser().is_file():
            report.line("broken", name, f"{file} is no file")


def _databases(report: _Report, settings: Settings) -> None:
    """Ask the databases without making or changing anything."""
    for name, url in (
        ("database", settings.resolved_database_url),
        ("operations", settings.resolved_operations_url),
    ):
        shown = _masked(url)
        if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
            report.line("ok", name, f"{shown}, to be made at the first start")
            continue
        try:
            version = schema_version(Database(url))
        except (LabelwrightError, ImportError) as error:
            report.line("broken", name, str(error))
            continue
        if name == "operations":
            report.line("ok", name, shown)
        elif version is None or version <= HEAD:
            known = "no tables yet" if version is None else f"schema {version}"
            report.line(
                "ok", name, f"{shown}, {known}{'' if version == HEAD else f', {HEAD} at the next start'}"
            )
        else:
            report.line(
                "broken", name, f"{shown} is at schema {version}, newer than this program knows ({HEAD})"
            )


def _values(
    settings: Settings, environ: Mapping[str, str], data: str | None
) -> Iterator[tuple[str, str, str]]:
    """Yield name, value as it may be shown, and source of each setting."""
    for item in fields(Settings):
        value = str(getattr(settings, item.name))
        shown = "…" if item.name in _SECRETS and value else _masked(value)
        source = "from environment" if environ.get(PREFIX + item.name.upper()) else "from default"
        if item.name == "data" and data is not None:
            source = "from command line"
        yield item.name, shown or "–", source


def _masked(text: str) -> str:
    """Return the text without the password of an address in it."""
    return re.sub(r"(://[^/@:]*:)[^/@]*@", r"\1…@", text)
