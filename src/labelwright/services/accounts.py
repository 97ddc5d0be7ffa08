"""Signing in and out, accounts, and who a token or a session is."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.agreements import missing_agreement
from labelwright.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn, SignInFailed
from labelwright.domain.users import ROLES, User, check_email, check_username
from labelwright.hashing import NOBODY, check_password, digest, hash_password, password_matches
from labelwright.services import guess_bounds, note_guess, now_utc, refuse_guesses
from labelwright.storage import Transaction
from labelwright.storage import users as storage

ADMIN = "admin"
#: How the sessions begin that are signed instead of stored.
_SIGNED = "token-"
_SIGNED_PARTS = re.compile(r"token-(?P<user>[0-9]{1,9})-(?P<expires>[0-9]{1,12})-(?P<signature>[0-9a-f]{64})")


class SignedIn(Struct, frozen=True):
    """A person who has just signed in: the API token, and the secret of a new browser session."""

    user: User
    token: str
    session: str


class NewAccount(Struct, frozen=True, kw_only=True):
    """What registration asks for; `accepted` names the agreements that were said yes to."""

    username: str
    password: str
    password_again: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    accepted: frozenset[str] = frozenset()


def sign_in(deps: Deps, *, username: str, password: str, address: str = "") -> SignedIn:
    """Sign a person in by name and password. `address` is where the request came from, "" for this machine.

    Raises:
        SignInFailed: the two do not fit, or the account is switched off.
        TooManyRequests: that failed too often for the name or from the address.
    """
    user = _find(deps, username=username, password=password, address=address)
    if user is None or not user.is_active:
        raise _not_signed_in()
    with deps.database.write() as tx:
        return _open(tx, deps, user)


def user_of_basic(deps: Deps, *, username: str, password: str, address: str) -> User:
    """Return whose name and password these are, for a request that brings them along.

    Raises:
        NotSignedIn: the two do not fit, or the account is switched off.
        TooManyRequests: as when signing in.
    """
    user = _find(deps, username=username, password=password, address=address)
    if user is None:
        raise NotSignedIn("Invalid username/password.")
    if not user.is_active:
        raise NotSignedIn("User inactive or deleted.")
    return user


def _find(deps: Deps, *, username: str, password: str, address: str) -> User | None:
    """Return the user of this name and password, however long that takes; what fails is counted."""
    bounds = guess_bounds(deps, username=username, address=address)
    with deps.database.read() as tx:
        refuse_guesses(tx, deps, bounds)
        user = storage.find_user(tx, username)
        stored = NOBODY if user is None else storage.read_password_hash(tx, user.id)
    matches = password_matches(stored, password)
    if user is None or not matches or not user.is_active:
        note_guess(deps, bounds)
    return user if matches else None


def _not_signed_in() -> SignInFailed:
    return SignInFailed("Unable to log in with provided credentials.")


def sign_in_by_link(deps: Deps, *, secret: str) -> SignedIn:
    """Sign a person in by a one-time address.

    Raises:
        SignInFailed: the address is unknown, used or too old, said in so many words.
    """
    with deps.database.write() as tx:
        found = storage.use_sign_in_link(tx, digest(secret), now_utc(deps))
        if found is None:
            raise SignInFailed("This sign-in address is not known; take the newest one the terminal printed.")
        user_id, expires_utc, used_utc = found
        if used_utc is not None:
            raise SignInFailed(
                "This sign-in address was already used; it works once. Run `labelwright up` again for a new one."
            )
        if expires_utc < now_utc(deps):
            raise SignInFailed("This sign-in address is too old; run `labelwright up` again for a new one.")
        user = storage.read_user(tx, user_id)
        assert user is not None, "links go with their user"
        return _open(tx, deps, user)


def make_sign_in_link(deps: Deps, *, username: str) -> str:
    """Return the secret of a new one-time address for the user. Raises NotFound."""
    secret = secrets.token_urlsafe(24)
    expires = now_utc(deps, ago=timedelta(minutes=-deps.limits.sign_in_link_minutes))
    with deps.database.write() as tx:
        user = storage.find_user(tx, username)
        if user is None:
            raise NotFound("there is no user named {name}", name=username)
        storage.insert_sign_in_link(
            tx, digest=digest(secret), user_id=user.id, expires_utc=expires, now_utc=now_utc(deps)
        )
    return secret


def _open(tx: Transaction, deps: Deps, user: User) -> SignedIn:
    """Give the user a session and the one token they have until they sign out.

    Raises SignInFailed when the account was deleted meanwhile.
    """
    # First: it holds the user's row, so that two who sign in at once do not both make the token.
    if not storage.write_last_login(tx, user.id, now_utc(deps)):
        raise _not_signed_in()
    return SignedIn(user, _token(tx, deps, user.id), _new_session(tx, deps, user.id))


def _new_session(tx: Transaction, deps: Deps, user_id: int) -> str:
    session = secrets.token_urlsafe(32)
    expires = now_utc(deps, ago=timedelta(days=-deps.limits.session_days))
    storage.insert_session(
        tx, digest=digest(session), user_id=user_id, expires_utc=expires, now_utc=now_utc(deps)
    )
    return session


def session_of_token(deps: Deps, *, user: User, token: str) -> str:
    """Return a session for somebody who came with a token, so that plain links work in their browser.

    It is signed, not stored, so that a script's request writes nothing; it ends with its time or the token.
    """
    expires = int(deps.clock().timestamp()) + deps.limits.session_days * 86_400
    return f"{_SIGNED}{user.id}-{expires}-{_sign(deps, token, expires)}"


def _sign(deps: Deps, token: str, expires: int) -> str:
    return hmac.new(deps.secret, f"session:{token}:{expires}".encode(), hashlib.sha256).hexdigest()


def _user_of_signed(deps: Deps, session: str) -> User | None:
    match = _SIGNED_PARTS.fullmatch(session)
    if match is None or int(match["expires"]) < deps.clock().timestamp():
        return None
    user_id, signature = int(match["user"]), match["signature"]
    with deps.database.read() as tx:
        nonce = storage.read_token_nonce(tx, user_id)
        if nonce is None:
            return None
        expected = _sign(deps, _derive(deps.secret, user_id, nonce), int(match["expires"]))
        return storage.read_user(tx, user_id) if hmac.compare_digest(signature, expected) else None


def _token(tx: Transaction, deps: Deps, user_id: int) -> str:
    """Return the user's token, made on first use. It is derived, so that the database never holds it."""
    nonce = storage.read_token_nonce(tx, user_id)
    if nonce is None:
        nonce = secrets.token_hex(16)
        token = _derive(deps.secret, user_id, nonce)
        storage.insert_token(tx, user_id, nonce=nonce, digest=digest(token))
        return token
    return _derive(deps.secret, user_id, nonce)


def _derive(secret: bytes, user_id: int, nonce: str) -> str:
    return hmac.new(secret, f"token:{user_id}:{nonce}".encode(), hashlib.sha256).hexdigest()[:40]


def sign_out(deps: Deps, *, user: User | None, session: str | None) -> None:
    """End the session and the user's token: every client that used it is signed out."""
    with deps.database.write() as tx:
        if session is not None:
            storage.delete_session(tx, digest(session))
        if user is not None:
            storage.delete_token(tx, user.id)


def user_of_token(deps: Deps, *, token: str) -> User:
    """Return whose token it is. Raises NotSignedIn."""
    with deps.database.read() as tx:
        user = storage.find_token_user(tx, digest(token))
    if user is None:
        raise NotSignedIn("Invalid token.")
    if not user.is_active:
        raise NotSignedIn("User inactive or deleted.")
    return user


def user_of_session(deps: Deps, *, session: str) -> User | None:
    """Return whose session it is, None when it has ended or the account is switched off."""
    if session.startswith(_SIGNED):
        user = _user_of_signed(deps, session)
    else:
        with deps.database.read() as tx:
            user = storage.find_session_user(tx, digest(session), now_utc(deps))
    return user if user is not None and user.is_active else None


def register(deps: Deps, *, account: NewAccount) -> SignedIn:
    """Make an account without a role and sign it in.

    Raises:
        Forbidden: registration is switched off, or the platform's.
        Invalid, WeakPassword: a value is taken or will not do.
    """
    if deps.identity is not None:
        raise Forbidden("Accounts are the platform's: register there.")
    if not deps.register:
        raise Forbidden("Registration is switched off on this server (LABELWRIGHT_REGISTER).")
    check_username(account.username)
    if account.email:
        check_email(account.email)
    missing = missing_agreement(deps.agreements, account.accepted)
    if missing is not None:
        raise Invalid("Agreement {name} must be accepted", name=missing.name, field="non_field_errors")
    if account.password != account.password_again:
        raise Invalid("The two password fields didn't match.", field="non_field_errors")
    check_password(
        account.password,
        username=account.username,
        first_name=account.first_name,
        last_name=account.last_name,
        email=account.email,
        field="password1",
    )
    password_hash = hash_password(account.password)
    with deps.database.write() as tx:
        if storage.username_taken(tx, account.username):
            raise Invalid("A user with that username already exists.", field="username")
        if account.email:
            storage.hold_email(tx, account.email)
            if storage.find_by_email(tx, account.email):
                raise Invalid("A user is already registered with this e-mail address.", field="email")
        user = _insert(tx, deps, account, password_hash=password_hash, roles=(), is_admin=False)
        return _open(tx, deps, user)


def _insert(
    tx: Transaction,
    deps: Deps,
    account: NewAccount,
    *,
    password_hash: str,
    roles: tuple[str, ...],
    is_admin: bool,
) -> User:
    return storage.insert_user(
        tx,
        username=account.username,
        email=account.email,
        first_name=account.first_name,
        last_name=account.last_name,
        password_hash=password_hash,
        roles=("admin",) if is_admin else roles,
        is_staff=is_admin,
        is_superuser=is_admin,
        now_utc=now_utc(deps),
    )


def create_account(deps: Deps, *, account: NewAccount, roles: tuple[str, ...], is_admin: bool) -> User:
    """Make an account as an administrator at the command line does: any password of at least one character.

    Raises:
        Conflict: the name is taken.
        Invalid: name, role or password will not do.
    """
    check_username(account.username)
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise Invalid(
            "there is no role {name!r}, expected one of {roles}", name=unknown[0], roles=", ".join(ROLES)
        )
    if not account.password:
        raise Invalid("a password needs at least one character")
    password_hash = hash_password(account.password)
    with deps.database.write() as tx:
        if storage.username_taken(tx, account.username):
            raise Conflict("there is already a user named {name}", name=account.username)
        return _insert(tx, deps, account, password_hash=password_hash, roles=roles, is_admin=is_admin)


def set_password(deps: Deps, *, username: str, password: str) -> None:
    """Set the user's password and end their sessions. Raises NotFound, Invalid."""
    if not password:
        raise Invalid("a password needs at least one character")
    password_hash = hash_password(password)
    with deps.database.write() as tx:
        user = storage.find_user(tx, username)
        if user is None:
            raise NotFound("there is no user named {name}", name=username)
        storage.write_password_hash(tx, user.id, password_hash)
        storage.delete_sessions_of(tx, user.id)


def ensure_admin(deps: Deps, *, password: str) -> User:
    """Return the account `admin`, made when it is missing; a non-empty `password` becomes its password."""
    with deps.database.read() as tx:
        user = storage.find_user(tx, ADMIN)
        stored = "" if user is None else storage.read_password_hash(tx, user.id)
    if user is None:
        chosen = password or secrets.token_urlsafe(24)
        account = NewAccount(username=ADMIN, password=chosen, password_again=chosen)
        return create_account(deps, account=account, roles=(), is_admin=True)
    if password and not password_matches(stored, password):
        set_password(deps, username=ADMIN, password=password)
    if not (user.is_superuser and user.is_staff and user.is_active and "admin" in user.roles):
        with deps.database.write() as tx:
            storage.make_admin(tx, user.id)
            user = storage.read_user(tx, user.id) or user
    return user
