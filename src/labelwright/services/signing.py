"""Signed addresses: a link that says for half a minute who opens it (rest-api contract, 3.7)."""

import hashlib
import hmac
import json
import re
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from labelwright.deps import Deps
from labelwright.domain.errors import Invalid, NotSignedIn
from labelwright.domain.users import User
from labelwright.storage import users as storage

#: The name the signature has in a query.
QUERY_NAME = "sign"
_VALID_S = 30
_PARTS = re.compile(r"(?P<user>[0-9]{1,9})-(?P<signed>[0-9]{1,12})-(?P<signature>[0-9a-f]{64})")
#: What may stand in an address as it is.
_LEGAL = "/%:@!$&'()*+,;=~?"


def sign_address(deps: Deps, *, user: User, address: str, base_url: str) -> str:
    """Return `address`, made absolute by `base_url`, with a signature at the end of its query.

    Raises:
        Invalid: it is no address.
    """
    try:
        scheme, host, path, query, _ = urlsplit(urljoin(base_url, address))
        if scheme not in ("http", "https") or not host:
            raise ValueError("another scheme")
        signed = int(deps.clock().timestamp())
        sign = (
            f"{user.id}-{signed}-{_signature(deps, user.id, signed, urlunsplit(('', host, path, query, '')))}"
        )
    except ValueError as error:
        raise Invalid("Enter a valid URL.", field="url") from error
    kept = [pair for pair in query.split("&") if pair and not _is_sign(pair)]
    query = "&".join([*kept, f"{QUERY_NAME}={sign}"])
    return urlunsplit((scheme, host, quote(path, safe=_LEGAL), quote(query, safe=_LEGAL), ""))


def user_of_signature(deps: Deps, *, sign: str, address: str) -> User:
    """Return who signed `address`, which begins with `//host`.

    Raises:
        NotSignedIn: the signature is wrong, too old, or of nobody who may sign in.
    """
    match = _PARTS.fullmatch(sign)
    if match is None:
        raise NotSignedIn("Invalid signature.")
    user_id, signed = int(match["user"]), int(match["signed"])
    if not hmac.compare_digest(match["signature"], _signature(deps, user_id, signed, address)):
        raise NotSignedIn("Invalid signature.")
    if deps.clock().timestamp() - signed > _VALID_S:
        raise NotSignedIn("This URL has expired.")
    with deps.database.read() as tx:
        user = storage.read_user(tx, user_id)
    if user is None or not user.is_active:
        raise NotSignedIn("User inactive or deleted.")
    return user


def _signature(deps: Deps, user_id: int, signed: int, address: str) -> str:
    """Sign what the address means: percent signs and an older signature apart, nothing may differ.

    The scheme is left out: a server behind a proxy often cannot tell.
    """
    parts = urlsplit(address)
    query = [
        _spelled(pair.replace("+", " ")) for pair in parts.query.split("&") if pair and not _is_sign(pair)
    ]
    meant = json.dumps([user_id, signed, parts.netloc.lower(), _spelled(parts.path), query])
    return hmac.new(deps.secret, f"address:{meant}".encode(), hashlib.sha256).hexdigest()


def _spelled(text: str) -> list[str]:
    """Return name and value, or the path alone, each spelled the one way."""
    return [quote(unquote_to_bytes(part), safe="") for part in text.split("=", 1)]


def _is_sign(pair: str) -> bool:
    return unquote_to_bytes(pair.partition("=")[0]) == QUERY_NAME.encode()
