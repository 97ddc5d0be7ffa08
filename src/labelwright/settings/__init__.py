"""Every setting: its environment variable, default, unit and one line of help.

A field `max_body_mb` is the variable `LABELWRIGHT_MAX_BODY_MB`. Nothing else reads the environment.
`docs/settings.md` is made from this file and a test keeps it so.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from labelwright.domain.access import Visibility
from labelwright.domain.errors import Invalid
from labelwright.settings.checks import check_settings

PREFIX = "LABELWRIGHT_"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _default_data() -> Path:
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "labelwright"


def _setting(default: Any, help_text: str, *, choices: tuple[str, ...] = ()) -> Any:
    metadata = {"help": help_text, "choices": choices}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one process. Paths are absolute; an empty text means "the embedded default"."""

    data: Path = _setting(
        _default_data, "Folder for everything Labelwright keeps: database, uploads, caches."
    )
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8080, "Port the server listens on; 0 takes a free one.")
    workers: int = _setting(
        lambda: os.cpu_count() or 1, "Worker processes `labelwright up` starts; default one a core."
    )
    database_url: str = _setting(
        "", "Database, sqlite:///PATH or postgresql://…; empty: SQLite in the data folder."
    )
    operations_url: str = _setting(
        "", "Where operations are kept, sqlite:///PATH or postgresql://…; empty: SQLite in the data folder."
    )
    sqlite_synchronous: str = _setting(
        "FULL",
        "SQLite's synchronous pragma: FULL keeps every acknowledged save through a power cut.",
        choices=("NORMAL", "FULL", "EXTRA"),
    )
    dialect: str = _setting(
        "may-2021",
        "How `/api/v1` answers: may-2021 (people as objects), platform (as user names) or 2020 (as ids). "
        "It takes every spelling.",
        choices=("may-2021", "platform", "2020"),
    )
    platform_dialect: str = _setting(
        "platform", "How `/annotations/api/v1` answers, likewise.", choices=("may-2021", "platform", "2020")
    )
    product_name: str = _setting("Labelwright", "The product name people see.")
    product_name_zh: str = _setting("标匠", "The product name people see in Chinese.")
    product_description: str = _setting("", "What `/server/about` says of the product; empty: our own words.")
    product_version: str = _setting(
        "", "The version `/server/about` tells, for clients that want one they know; empty: Labelwright's."
    )
    public_url: str = _setting(
        "", "Address people reach the server at, for links in mails; empty: the one a request came to."
    )
    mail_from: str = _setting("labelwright@localhost", "Sender of mails.")
    smtp_url: str = _setting(
        "",
        "Mail server, smtp://USER:PASSWORD@HOST:587 (encrypted when it offers) or smtps://…; empty: mails are kept in "
        "the data folder and told in the log. Needs public_url.",
    )
    user_agreements: str = _setting(
        "",
        "JSON file of what people agree to when they register: a list of "
        '{"name", "url", "required", "displayText"}; empty: nothing.',
    )
    terms_of_use: str = _setting("", "HTML file of the terms of use; empty: none.")
    admin_password: str = _setting(
        "", "Fixes the password of the account `admin`; empty: as it was, random at first."
    )
    secret_key: str = _setting(
        "", "Secret behind tokens and sessions; empty: made once, kept in the data folder."
    )
    share: str = _setting("", "Folder whose files people may make tasks of (server_files); empty: none.")
    storage_root: str = _setting(
        "", "Folder below which all datasets lie, the platform's too; empty: `storage` in the data folder."
    )
    results_folder: str = _setting(
        "annotations", "Folder of a dataset that published annotations are written to."
    )
    identity: str = _setting(
        "embedded",
        "Who says who people are: embedded (our own accounts) or platform (its user service at identity_url, by tokens "
        "signed with identity_secret).",
        choices=("embedded", "platform"),
    )
    identity_url: str = _setting(
        "", "Base address of the platform's user service, such as http://users.example.org/backend."
    )
    identity_secret: str = _setting("", "Secret the platform signs its tokens with (HS256).")
    identity_cache_s: int = _setting(
        60, "Seconds an answer of the user service about a token is believed; at most 60; 0: asked each time."
    )
    labelling_roles: bool = _setting(
        False,
        "People to whom the platform gives none of its annotation permissions get roles by those of its first "
        "labelling system (LABELING_IMAGE, DISPATCH_LABELING_TASK, REVIEW_LABELING_TASK).",
    )
    sign_in_page: str = _setting(
        "/custom-user-dashboard/user/login",
        "Where people of the platform sign in; `redirect` and the address they wanted are added.",
    )
    catalogue_url: str = _setting(
        "",
        "Base address of the platform's dataset manager, such as http://datasets.example.org/dataset_manager, to which "
        "/api/cv_datasets is added; empty: our own catalogue.",
    )
    catalogue_token: str = _setting("", "Token the dataset manager knows this server by.")
    service_token: str = _setting(
        "",
        "Token by which services of the platform read and bind datasets here, without a person; 32 characters or more. "
        "Empty: none may.",
    )
    platform_url: str = _setting(
        "",
        "Base address of the platform's backend that is told of results written for it; empty: nobody is told.",
    )
    platform_timeout_s: int = _setting(5, "Seconds a service of the platform may take to answer.")
    path_prefix: str = _setting(
        "",
        "Path people reach the server below where a proxy strips it from requests, such as /annotations. A proxy that "
        "names it in X-Forwarded-Prefix, or leaves it in, needs no setting.",
    )
    open_reads: bool = _setting(
        False, "`GET datas` and `GET datasets/{id}` answer without signing in, as the original's did."
    )
    publish_by_readers: bool = _setting(
        False, "Whoever may read a task may publish it, as in the original; otherwise who may change it."
    )
    reload_changed_datasets: bool = _setting(
        False,
        "Asking for a task's status reads a changed dataset anew, as the original did; otherwise it is told, and done "
        "on request.",
    )
    reduce_task_visibility: bool = _setting(
        False, "Tasks without an assignee are no longer open to everybody."
    )
    session_days: int = _setting(14, "Days a sign-in in the browser lasts.")
    sign_in_link_minutes: int = _setting(60, "Minutes a one-time sign-in address can be used.")
    reset_hours: int = _setting(24, "Hours a link that resets a password can be used.")
    anonymous_per_minute: int = _setting(
        100,
        "API requests a minute one address may make without signing in, by each server process; 0: any number. "
        "Behind a proxy on another machine, name the proxy in FORWARDED_ALLOW_IPS.",
    )
    sign_in_failures_per_minute: int = _setting(
        20,
        "Sign-ins a minute that may fail from one address, and five times as many for one name; 0: any number.",
    )
    task_limit: int = _setting(0, "Tasks one person may own, administrators apart; 0: any number.")
    project_limit: int = _setting(0, "Projects one person may own, administrators apart; 0: any number.")
    register: bool = _setting(
        True, "Anybody who reaches the server may register an account (it starts without a role)."
    )
    max_body_mb: int = _setting(105, "MB a request body may have, uploaded files apart; v1's is 100 MiB.")
    max_upload_mb: int = _setting(20_000, "MB one upload of files may have.")
    max_upload_files: int = _setting(100_000, "Files one upload may have.")
    max_image_megapixels: int = _setting(500, "Megapixels an image, or a frame of a video, may have.")
    max_chunk_megapixels: int = _setting(
        100, "Megapixels from which on people see a picture scaled down; its original stays as it is."
    )
    max_chunk_frames: int = _setting(
        2_000, "Frames a chunk may have; those of a video pass through memory together."
    )
    max_video_frames: int = _setting(2_000_000, "Frames a video may have.")
    max_pdf_pages: int = _setting(10_000, "Pages a PDF may have.")
    video_processes: int = _setting(
        2, "Video decoders each process keeps open for the next frame, some 100 MB each; 0: none."
    )
    upload_days: int = _setting(7, "Days files that were sent are kept while no task is made of them.")
    remote_hosts: str = _setting(
        "",
        "The only hosts whose files tasks may be made of (remote_files), parted by commas; `*.example.org` is all "
        "below. Hosts named here may lie inside the server's own network. Empty: every host with public addresses.",
    )
    remote_timeout_s: int = _setting(3_600, "Seconds it may take to fetch one file of remote_files.")
    max_archive_mb: int = _setting(10_000, "MB an uploaded archive may unpack to.")
    max_archive_ratio: int = _setting(200, "Times its own size an archive member may unpack to.")
    max_archive_members: int = _setting(200_000, "Members an uploaded archive may have.")
    max_shapes: int = _setting(1_000_000, "Shapes and tags one request may carry.")
    max_events: int = _setting(5_000, "Events of clients one request may carry.")
    cache_mb: int = _setting(2_000, "MB of disk the cache of chunks may take.")
    export_hours: int = _setting(10, "Hours an export is kept.")
    git_hosts: str = _setting(
        "",
        "The only hosts whose git repositories tasks may use, parted by commas; `*.example.org` is all below. "
        "Hosts named here may lie inside the server's own network. Empty: every host with public addresses.",
    )
    git_root: str = _setting(
        "",
        "Folder below which repositories may lie on the server itself (their hooks do not run); empty: none.",
    )
    git_ssh_key: str = _setting(
        "", "File of the private key, without a passphrase, that git signs in with over SSH; empty: no SSH."
    )
    git_credentials: str = _setting(
        "",
        "File in git's credential-store format, for repositories over HTTP. Without it, and with an SSH key, "
        "http(s) addresses are reached over SSH as the user git, as in API v1.",
    )
    git_timeout_s: int = _setting(300, "Seconds a push to a repository may take.")
    git_max_mb: int = _setting(2_000, "MB a repository may send for a push.")
    idempotency_hours: int = _setting(48, "Hours an Idempotency-Key is remembered.")
    events_kept_days: int = _setting(
        400, "Days the events of clients are kept, of which statistics of work are made; 0: for ever."
    )
    statistics_visibility: Visibility = _setting(
        "owners",
        "Who sees the statistics of others' work: owners (and assignees of a project or task, of the work in it; "
        "observers of all), self (nobody) or everyone. Administrators see all, everybody their own.",
        choices=("owners", "self", "everyone"),
    )
    log_collector: str = _setting(
        "",
        "Collector of logs, HOST:PORT, that the events of clients are also sent to over HTTP; empty: none.",
    )
    test_mode: bool = _setting(
        False, "For tests: the page shows what it holds to scripts, as `window.__workbench`."
    )
    stale_worker_s: int = _setting(
        30, "Seconds without a heartbeat after which a worker's operations move on."
    )

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'labelwright.db'}"

    @property
    def resolved_operations_url(self) -> str:
        return self.operations_url or f"sqlite:///{self.data / 'operations.db'}"


def read_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Return the settings of `environ` (default: the process's), `overrides` by field name on top.

    Raises:
        Invalid: a value cannot be read, or a `LABELWRIGHT_…` variable names no setting.
    """
    environ = os.environ if environ is None else environ
    known = {PREFIX + item.name.upper(): item for item in fields(Settings)}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known | _FOREIGN)
    if unknown:
        raise Invalid(
            "{name} is no setting of Labelwright; `labelwright doctor` lists them all", name=unknown[0]
        )
    values: dict[str, object] = {}
    for variable, item in known.items():
        if environ.get(variable):
            values[item.name] = _read(variable, environ[variable], item.type, item.metadata["choices"])
    values.update({name: value for name, value in overrides.items() if value is not None})
    if "data" in values:
        values["data"] = Path(str(values["data"])).expanduser().absolute()
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was read by its field's type
    check_settings(settings)
    return settings


#: Variables of the tests and of child processes, which are no settings.
_FOREIGN = dict.fromkeys(
    ("LABELWRIGHT_ORACLES_PYTHON", "LABELWRIGHT_TEST_CHROMIUM", "LABELWRIGHT_TEST_POSTGRES_URL")
)


def _read(variable: str, text: str, kind: object, choices: tuple[str, ...]) -> object:
    """Return `text` as a value of `kind`, or say what was expected."""
    if choices:
        return _chosen(variable, text, choices)
    if kind is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise Invalid("{variable} is {text!r}, expected true or false", variable=variable, text=text)
    if kind is int:
        if text.isascii() and text.isdigit():
            return int(text)
        raise Invalid("{variable} is {text!r}, expected a whole number", variable=variable, text=text)
    return text


def _chosen(variable: str, text: str, choices: tuple[str, ...]) -> str:
    """Return the choice that `text` spells in any case."""
    for choice in choices:
        if choice.lower() == text.lower():
            return choice
    raise Invalid(
        "{variable} is {text!r}, expected one of {choices}",
        variable=variable,
        text=text,
        choices=", ".join(choices),
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that make `read_settings` give `settings` again: what a child process is started with."""
    return {PREFIX + item.name.upper(): str(getattr(settings, item.name)) for item in fields(Settings)}
