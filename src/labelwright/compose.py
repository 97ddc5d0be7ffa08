"""Opens what a process needs from its settings: one Deps."""

import secrets
import shutil
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from labelwright import __version__
from labelwright.collector import Collector, PlainLog
from labelwright.deps import Deps, Limits, PlatformRules
from labelwright.domain.agreements import read_agreements
from labelwright.domain.errors import Invalid
from labelwright.git import GitProgram, GitRules
from labelwright.mail import FolderMail, SmtpMail
from labelwright.media.video_pool import VideoPool
from labelwright.operations import Queue
from labelwright.parts.ahead import Ahead
from labelwright.plugins import find_formats
from labelwright.ports import Catalogue, Identity, Mail
from labelwright.services.catalogue import EmbeddedCatalogue
from labelwright.settings import Settings
from labelwright.storage import Database
from labelwright.storage.blobs import FolderBlobs
from labelwright.storage.cache import DiskCache
from labelwright.storage.migrate import migrate

if TYPE_CHECKING:
    from labelwright.http.fetching import Fetcher

_MEGABYTE = 1_000_000


def open_deps(settings: Settings) -> Deps:
    """Return the bundle services work with: folders made, database at the newest schema.

    Raises:
        Invalid: the data folder or the share cannot be used.
    """
    scratch = settings.data / "scratch"
    try:
        scratch.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid(
            "the data folder {folder} cannot be used: {reason}", folder=settings.data, reason=error.strerror
        ) from error
    share = Path(settings.share).expanduser().absolute() if settings.share else None
    if share is not None and not share.is_dir():
        raise Invalid("LABELWRIGHT_SHARE is {share}, which is no folder", share=share)
    platform = _platform_rules(settings)
    database = Database(settings.resolved_database_url, sqlite_synchronous=settings.sqlite_synchronous)
    migrate(database)
    return Deps(
        database=database,
        blobs=FolderBlobs(settings.data / "blobs"),
        cache=DiskCache(settings.data / "cache", limit_bytes=settings.cache_mb * _MEGABYTE),
        operations=Queue(settings.resolved_operations_url),
        formats=find_formats(),
        catalogue=_catalogue(settings, database, platform.storage_root),
        platform=platform,
        clock=_now,
        limits=Limits(**{item.name: getattr(settings, item.name) for item in fields(Limits)}),
        secret=_secret(settings),
        scratch=scratch,
        share=share,
        reduce_task_visibility=settings.reduce_task_visibility,
        register=settings.register,
        product_name=settings.product_name,
        product_name_zh=settings.product_name_zh,
        product_description=settings.product_description,
        product_version=settings.product_version or __version__,
        public_url=settings.public_url.rstrip("/"),
        mail=_mail(settings),
        client_log=Collector(settings.log_collector) if settings.log_collector else PlainLog(),
        agreements=read_agreements(_read_file("USER_AGREEMENTS", settings.user_agreements)),
        terms_of_use=_read_file("TERMS_OF_USE", settings.terms_of_use),
        statistics_visibility=settings.statistics_visibility,
        dialect=settings.dialect,
        platform_dialect=settings.platform_dialect,
        videos=VideoPool(settings.video_processes),
        ahead=Ahead(),
        fetcher=cache(partial(_fetcher, settings)),
        git=_git(settings, scratch),
        identity=_identity(settings),
        test_mode=settings.test_mode,
    )


def close_deps(deps: Deps) -> None:
    """End what an API process keeps open besides its files."""
    deps.ahead.close()
    deps.videos.close()
    deps.database.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _platform_rules(settings: Settings) -> PlatformRules:
    """Return how we stand inside a platform; the storage root is made when it is our own. Raises Invalid."""
    root = Path(settings.storage_root).expanduser().absolute() if settings.storage_root else None
    if root is None:
        root = settings.data / "storage"
        root.mkdir(exist_ok=True)
    elif not root.is_dir():
        raise Invalid("LABELWRIGHT_STORAGE_ROOT is {root}, which is no folder", root=root)
    elif settings.data.resolve().is_relative_to(root.resolve()):
        raise Invalid(
            "LABELWRIGHT_STORAGE_ROOT is {root}, which holds the data folder {data}: whoever makes datasets could "
            "read the images of all tasks",
            root=root,
            data=settings.data,
        )
    named = {
        item.name: getattr(settings, item.name)
        for item in fields(PlatformRules)
        if item.name != "storage_root"
    }
    return PlatformRules(storage_root=root, **named)


def _catalogue(settings: Settings, database: Database, root: Path) -> Catalogue:
    """Return the way to datasets: the platform's dataset manager where the settings name one, else our own."""
    if settings.catalogue_url:
        from labelwright.platform.catalogue import RemoteCatalogue  # with the HTTP client: 0.1 s to load

        return RemoteCatalogue(
            settings.catalogue_url,
            token=settings.catalogue_token,
            timeout_s=settings.platform_timeout_s,
            root=root,
        )
    return EmbeddedCatalogue(database, root=root, results_folder=settings.results_folder, clock=_now)


def _identity(settings: Settings) -> Identity | None:
    """Return the way to the platform's people, None where people are our own accounts."""
    if settings.identity == "embedded":
        return None
    from labelwright.platform.identity import PlatformIdentity  # as above

    return PlatformIdentity(
        settings.identity_url,
        secret=settings.identity_secret,
        timeout_s=settings.platform_timeout_s,
        cache_s=settings.identity_cache_s,
        clock=_now,
    )


def _mail(settings: Settings) -> Mail:
    if settings.smtp_url:
        return SmtpMail(settings.smtp_url, sender=settings.mail_from, clock=_now)
    return FolderMail(settings.data / "mail", sender=settings.mail_from, clock=_now)


def _fetcher(settings: Settings) -> "Fetcher":
    from labelwright.http.fetching import Fetcher, Rules  # with the HTTP client: 0.1 s to load

    return Fetcher(
        Rules(
            hosts=_hosts(settings.remote_hosts),
            max_mb=settings.max_upload_mb,
            timeout_s=settings.remote_timeout_s,
        )
    )


def _hosts(text: str) -> tuple[str, ...]:
    """Return the hosts that a setting names, parted by commas."""
    hosts = (host.strip().lower() for host in text.split(","))
    return tuple(host for host in hosts if host)


def _git(settings: Settings, scratch: Path) -> GitProgram | None:
    """Return the way to git repositories, None where git is not installed. Raises Invalid for a setting."""
    program = shutil.which("git")
    if program is None:
        return None
    root = Path(settings.git_root).expanduser().absolute() if settings.git_root else None
    if root is not None and not root.is_dir():
        raise Invalid("LABELWRIGHT_GIT_ROOT is {root}, which is no folder", root=root)
    rules = GitRules(
        root=root,
        hosts=_hosts(settings.git_hosts),
        ssh_key=_file("GIT_SSH_KEY", settings.git_ssh_key),
        credentials=_file("GIT_CREDENTIALS", settings.git_credentials),
        timeout_s=settings.git_timeout_s,
        max_mb=settings.git_max_mb,
        committer=(settings.product_name, settings.mail_from),
    )
    return GitProgram(program, home=settings.data / "git", scratch=scratch, rules=rules)


def _file(name: str, path: str) -> Path | None:
    """Return the file a setting names, None when it names none. Raises Invalid."""
    if not path:
        return None
    found = Path(path).expanduser().absolute()
    if not found.is_file():
        raise Invalid("LABELWRIGHT_{name} is {path}, which is no file", name=name, path=path)
    return found


def _read_file(name: str, path: str) -> str:
    """Return the text of the file a setting names, "" when it names none. Raises Invalid."""
    if not path:
        return ""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "LABELWRIGHT_{name} is {path}, which cannot be read: {reason}",
            name=name,
            path=path,
            reason=getattr(error, "strerror", None) or error,
        ) from error


def _secret(settings: Settings) -> bytes:
    """Return the secret behind tokens and sessions: the setting, or one made once and kept for its owner only."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data / "secret"
    if not path.exists():
        aside = path.with_name(f".secret.{secrets.token_hex(4)}")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_bytes()
