"""Passwords changed by those who know the old one, and reset by those who get the mail (rest-api contract, 3.4-3.6)."""

import base64
import binascii
import hashlib
import hmac
import logging
import re
from datetime import timedelta
from urllib.parse import urlencode

from labelwright.deps import Deps
from labelwright.domain.errors import Invalid, LabelwrightError
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import User
from labelwright.hashing import check_password, digest, hash_password, password_matches
from labelwright.languages import Language, say
from labelwright.services import ATTEMPTS_KEPT, guess_bounds, note_guess, now_utc, refuse_guesses
from labelwright.storage import Transaction, attempts
from labelwright.storage import users as storage

logger = logging.getLogger("labelwright.services")

#: Where the page is that a link in a mail opens.
_PAGE = "/auth/password/reset/confirm"
_TOKEN = re.compile(r"(?P<expires>[0-9a-f]{1,10})-(?P<signature>[0-9a-f]{64})")
#: Mails one address gets while attempts are kept: more would be somebody else's mischief.
_MOST_MAILS = 3


def change_password(
    deps: Deps, *, user: User, old: str, new: str, new_again: str, session: str | None, address: str
) -> None:
    """Change the user's password and end their other sessions; the API token stays.

    Raises:
        Invalid, WeakPassword: the old one is wrong, or the new one will not do.
        TooManyRequests: the old one was wrong too often.
    """
    bounds = guess_bounds(deps, username=user.username, address=address)
    with deps.database.read() as tx:
        refuse_guesses(tx, deps, bounds)
        stored = storage.read_password_hash(tx, user.id)
    if not password_matches(stored, old):
        note_guess(deps, bounds)
        raise Invalid("Invalid password", field="old_password")
    password_hash = _hash_new(user, new, new_again)
    with deps.database.write() as tx:
        storage.write_password_hash(tx, user.id, password_hash)
        storage.delete_sessions_of(tx, user.id, but="" if session is None else digest(session))


def _hash_new(user: User, new: str, new_again: str) -> str:
    if new != new_again:
        raise Invalid("The two password fields didn’t match.", field="new_password2")
    check_password(
        new,
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        field="new_password2",
    )
    return hash_password(new)


def send_reset(deps: Deps, *, email: str, base_url: str, language: Language) -> None:
    """Mail a link that resets the password to every active user of the address; to nobody when there is none.

    `base_url` is where the request came to, for servers whose `public_url` nobody set. It is done after the answer,
    so that nobody learns from its time or its failure who has an account: what fails goes to the log.
    """
    now, since = now_utc(deps), now_utc(deps, ago=ATTEMPTS_KEPT)
    key = f"reset for {email.lower()}"
    try:
        with deps.database.write() as tx:
            users = [user for user in storage.find_by_email(tx, email) if user.is_active]
            for user in users:
                storage.lock_user(tx, user.id)
            if not users or len(attempts.read_attempts(tx, key, since)) >= _MOST_MAILS:
                return
            attempts.insert_attempt(tx, [key], now_utc=now, oldest_utc=since)
            tokens = [_token(tx, deps, user) for user in users]
        for user, token in zip(users, tokens, strict=True):
            _mail(deps, user, token, base_url=deps.public_url or base_url, language=language)
    except (OSError, LabelwrightError) as error:
        logger.error("the mail that resets a password cannot be sent: %s", error)


def _mail(deps: Deps, user: User, token: str, *, base_url: str, language: Language) -> None:
    product = deps.product_name_zh if language == "zh-CN" else deps.product_name
    query = urlencode({"uid": _uid(user), "token": token})
    subject = Sentence("A new password for {product}", product=product)
    text = Sentence(
        "Somebody, probably you, wants to set a new password for the account {username} at {product}.\n\n"
        "Open this address to set it; it works once, within {hours} hours:\n\n{address}\n\n"
        "If it was not you, leave it alone: nothing has changed.\n",
        username=user.username,
        product=product,
        hours=deps.limits.reset_hours,
        address=f"{base_url}{_PAGE}?{query}",
    )
    deps.mail.send(to=user.email, subject=say(subject, language), text=say(text, language))


def reset_password(deps: Deps, *, uid: str, token: str, new: str, new_again: str) -> None:
    """Set the password of whom the mail went to, and end their sessions and their API token.

    Raises:
        Invalid: the link is forged, used or too old.
        WeakPassword: the new password will not do.
    """
    with deps.database.read() as tx:
        user = _checked(tx, deps, uid=uid, token=token)
    password_hash = _hash_new(user, new, new_again)
    with deps.database.write() as tx:
        storage.lock_user(tx, user.id)
        _checked(tx, deps, uid=uid, token=token)  # another may have used the link meanwhile
        storage.write_password_hash(tx, user.id, password_hash)
        storage.delete_sessions_of(tx, user.id)
        storage.delete_token(tx, user.id)


def _checked(tx: Transaction, deps: Deps, *, uid: str, token: str) -> User:
    user = storage.read_user(tx, _user_id(uid))
    if user is None or not user.is_active:
        raise Invalid("Invalid value", field="uid")
    match = _TOKEN.fullmatch(token)
    expires = int(match["expires"], 16) if match else 0
    if expires < deps.clock().timestamp() or not hmac.compare_digest(
        token.encode(), _sign(tx, deps, user, expires).encode()
    ):
        raise Invalid("Invalid value", field="token")
    return user


def _token(tx: Transaction, deps: Deps, user: User) -> str:
    expires = deps.clock() + timedelta(hours=deps.limits.reset_hours)
    return _sign(tx, deps, user, int(expires.timestamp()))


def _sign(tx: Transaction, deps: Deps, user: User, expires: int) -> str:
    """The password and the last sign-in are part of it: once either changes, the link is void."""
    about = [user.id, storage.read_password_hash(tx, user.id), user.last_login, user.email, expires]
    signature = hmac.new(deps.secret, f"reset:{about}".encode(), hashlib.sha256).hexdigest()
    return f"{expires:x}-{signature}"


def _uid(user: User) -> str:
    return base64.urlsafe_b64encode(str(user.id).encode()).decode().rstrip("=")


def _user_id(uid: str) -> int:
    """Return the id a link names, 0 for what is none."""
    try:
        text = base64.urlsafe_b64decode(uid + "=" * (-len(uid) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        return 0
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
