"""What must be true of the settings together, or of one beyond its type."""

import re
from typing import TYPE_CHECKING

from labelwright.domain.errors import Invalid

if TYPE_CHECKING:
    from labelwright.settings import Settings

_PREFIX = "LABELWRIGHT_"
_MOST_PORT = 65_535
#: A token that is taken back counts for so long (platform contract, 2.1).
_MOST_CACHE_S = 60
_LEAST_TOKEN = 32
_DATABASES = ("sqlite:///", "postgresql://")


def check_settings(settings: "Settings") -> None:
    """Raise Invalid for what no type can say."""
    if not 0 <= settings.port <= _MOST_PORT:
        raise Invalid("port {port} is none, expected 0 to {most}", port=settings.port, most=_MOST_PORT)
    if settings.workers < 0:
        raise Invalid("{count} workers cannot be, expected 0 or more", count=settings.workers)
    if settings.public_url and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", settings.public_url):
        raise Invalid(
            "{prefix}PUBLIC_URL is {url!r}, expected an address such as https://labels.example.org",
            prefix=_PREFIX,
            url=settings.public_url,
        )
    if settings.smtp_url and not re.fullmatch(
        r"smtps?://([^\s/@]+@)?[^\s/@:]+(:[0-9]{1,5})?/?", settings.smtp_url
    ):
        raise Invalid(
            "{prefix}SMTP_URL is no address of a mail server such as smtp://USER:PASSWORD@HOST:587",
            prefix=_PREFIX,
        )
    if settings.smtp_url and not settings.public_url:
        # The Host header of a request is anybody's word: a mail must not lead where a stranger says.
        raise Invalid("{prefix}SMTP_URL needs {prefix}PUBLIC_URL, for the links in mails", prefix=_PREFIX)
    collector = re.fullmatch(r"(?:\[[0-9a-fA-F:.]+\]|[^\s/@:\[\]]+):([0-9]{1,5})", settings.log_collector)
    if settings.log_collector and (collector is None or not 0 < int(collector[1]) <= _MOST_PORT):
        raise Invalid(
            "{prefix}LOG_COLLECTOR is {address!r}, expected HOST:PORT",
            prefix=_PREFIX,
            address=settings.log_collector,
        )
    _check_platform(settings)
    for name in ("database_url", "operations_url"):
        url = getattr(settings, name)
        if url and not url.startswith(_DATABASES):
            scheme = url.partition(":")[0]
            expected = " or ".join(f"{known}…" for known in _DATABASES)
            raise Invalid(
                "{prefix}{name} begins with {scheme!r}, expected {expected}",
                prefix=_PREFIX,
                name=name.upper(),
                scheme=scheme,
                expected=expected,
            )


def _check_platform(settings: "Settings") -> None:
    """Raise Invalid for what the services of a platform cannot be reached with."""
    for name in ("identity_url", "catalogue_url", "platform_url"):
        url = getattr(settings, name)
        if url and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
            raise Invalid(
                "{prefix}{name} is {url!r}, expected an address such as http://users.example.org/backend",
                prefix=_PREFIX,
                name=name.upper(),
                url=url,
            )
    if settings.identity == "platform":
        for name in ("identity_url", "identity_secret"):
            if not getattr(settings, name):
                raise Invalid(
                    "{prefix}IDENTITY is platform, which needs {prefix}{name}",
                    prefix=_PREFIX,
                    name=name.upper(),
                )
    if settings.service_token and len(settings.service_token) < _LEAST_TOKEN:
        raise Invalid(
            "{prefix}SERVICE_TOKEN has fewer than {count} characters: somebody could guess it",
            prefix=_PREFIX,
            count=_LEAST_TOKEN,
        )
    if settings.identity_cache_s > _MOST_CACHE_S:
        raise Invalid(
            "{prefix}IDENTITY_CACHE_S is {count}, expected {most} at most",
            prefix=_PREFIX,
            count=settings.identity_cache_s,
            most=_MOST_CACHE_S,
        )
    if not re.fullmatch(r"[^\s/\\.][^/\\\0]*", settings.results_folder):
        raise Invalid(
            "{prefix}RESULTS_FOLDER is {name!r}, expected the name of a folder",
            prefix=_PREFIX,
            name=settings.results_folder,
        )
    if settings.path_prefix and not re.fullmatch(r"(/[\w.~-]+)+", settings.path_prefix):
        raise Invalid(
            "{prefix}PATH_PREFIX is {path!r}, expected a path such as /annotations",
            prefix=_PREFIX,
            path=settings.path_prefix,
        )
