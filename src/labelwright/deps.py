"""Deps: the one bundle services are given. `compose.py` opens it; tests open a real one too."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from labelwright.domain.access import Visibility
    from labelwright.domain.agreements import Agreement
    from labelwright.http.fetching import Fetcher
    from labelwright.media.video_pool import VideoPool
    from labelwright.plugins import Formats
    from labelwright.ports import (
        Ahead,
        Blobs,
        Cache,
        Catalogue,
        ClientLog,
        Clock,
        Git,
        Identity,
        Mail,
        OperationQueue,
    )
    from labelwright.storage import Database


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The settings that bound what services accept. Names and units as in `settings`."""

    max_body_mb: int = 105
    max_upload_mb: int = 20_000
    max_upload_files: int = 100_000
    max_image_megapixels: int = 500
    max_chunk_megapixels: int = 100
    max_chunk_frames: int = 2_000
    max_video_frames: int = 2_000_000
    max_pdf_pages: int = 10_000
    upload_days: int = 7
    max_archive_mb: int = 10_000
    max_archive_ratio: int = 200
    max_archive_members: int = 200_000
    max_shapes: int = 1_000_000
    max_events: int = 5_000
    cache_mb: int = 2_000
    export_hours: int = 10
    idempotency_hours: int = 48
    events_kept_days: int = 400
    session_days: int = 14
    sign_in_link_minutes: int = 60
    reset_hours: int = 24
    anonymous_per_minute: int = 100
    sign_in_failures_per_minute: int = 20
    task_limit: int = 0
    project_limit: int = 0


@dataclass(frozen=True, kw_only=True)
class PlatformRules:
    """How the server stands inside a platform. Names as in `settings`; paths are absolute."""

    storage_root: Path
    results_folder: str = "annotations"
    sign_in_page: str = ""
    path_prefix: str = ""
    labelling_roles: bool = False
    service_token: str = ""
    open_reads: bool = False
    publish_by_readers: bool = False
    reload_changed_datasets: bool = False
    catalogue_token: str = field(default="", repr=False)
    platform_url: str = ""
    platform_timeout_s: int = 5


@dataclass(frozen=True, kw_only=True)
class Deps:
    """What a service may use besides its arguments.

    `scratch` is a local folder for temporary files and caches; `share` the folder of `server_files`,
    None when there is none; `secret` what tokens are derived from; `public_url` where people reach the server,
    "" when nobody said; `terms_of_use` an HTML page, "" when there is none; `dialect` and `platform_dialect` name
    how `/api/v1` and `/annotations/api/v1` answer; `videos` keeps decoders open; `ahead` makes what will be
    asked for; `fetcher` gives the way to files of `remote_files`, whose HTTP client takes a while to load; `git` is
    None where it is not installed; `identity` is None where people are our own accounts alone.
    """

    database: "Database"
    blobs: "Blobs"
    cache: "Cache"
    operations: "OperationQueue"
    formats: "Formats"
    catalogue: "Catalogue"
    platform: PlatformRules
    clock: "Clock"
    limits: Limits
    secret: bytes
    scratch: Path
    share: Path | None
    reduce_task_visibility: bool
    register: bool
    product_name: str
    product_name_zh: str
    product_description: str
    product_version: str
    public_url: str
    mail: "Mail"
    client_log: "ClientLog"
    videos: "VideoPool"
    ahead: "Ahead"
    fetcher: "Callable[[], Fetcher]"
    agreements: tuple["Agreement", ...]
    terms_of_use: str
    statistics_visibility: "Visibility" = "owners"
    dialect: str = "may-2021"
    platform_dialect: str = "platform"
    git: "Git | None" = None
    identity: "Identity | None" = None
    test_mode: bool = False
