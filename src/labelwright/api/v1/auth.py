"""Signing in and out, registration (rest-api contract, 3)."""

from typing import Any

import msgspec
from litestar import Response, post
from litestar.background_tasks import BackgroundTask

from labelwright.api.callers import SESSION_COOKIE, address_of, end_session, start_session
from labelwright.api.requests import ApiRequest, asked_language, deps_of, read_fields, run_in_thread, user_of
from labelwright.api.v1.described import described
from labelwright.api.v1.fields import FieldErrors, Fields
from labelwright.domain.errors import Forbidden, Invalid
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import check_email
from labelwright.languages import say
from labelwright.services import accounts, passwords, signing

_LOGGED_OUT = Sentence("Successfully logged out.")
_CHANGED = Sentence("New password has been saved.")
_SENT = Sentence("Password reset e-mail has been sent.")
_RESET = Sentence("Password has been reset with the new password.")


@post("/auth/login", status_code=200, opt={"anonymous": True})
@described("auth_login_create", body="LoginRequest", answers={200: "Key"})
async def login(request: ApiRequest) -> dict[str, str]:
    """Sign in by name and password.

    200 with the API token as `key`, and the cookies of a new session; 400 when the two do not fit; 429 when that
    happened too often.
    """
    fields = Fields(await read_fields(request))
    password = fields.text("password", limit=128, required=True, blank=False, strip=False)
    username = fields.text("username", limit=150)
    fields.finish()
    if not username:
        raise FieldErrors({"non_field_errors": [Sentence('Must include "username" and "password".')]})
    signed_in = await run_in_thread(
        accounts.sign_in,
        deps_of(request),
        username=username,
        password=password,
        address=address_of(request),
    )
    start_session(request, signed_in.session)
    return {"key": signed_in.token}


@post("/auth/logout", status_code=200, opt={"anonymous": True})
@described("auth_logout_create", answers={200: "Detail"})
async def logout(request: ApiRequest) -> dict[str, str]:
    """End the session and the user's token. Anybody may; 200 always."""
    session = request.cookies.get(SESSION_COOKIE)
    await run_in_thread(accounts.sign_out, deps_of(request), user=request.scope["user"], session=session)
    end_session(request)
    return _said(request, _LOGGED_OUT)


@post("/auth/register", status_code=201, opt={"anonymous": True})
@described("auth_register_create", body="RegisterRequest", answers={201: "Registered"}, errors=(409,))
async def register(request: ApiRequest) -> dict[str, Any]:
    """Make an account without a role and sign it in. 201; 400 by field; 403 when switched off."""
    fields = Fields(await read_fields(request))
    account = accounts.NewAccount(
        username=fields.text("username", limit=150, required=True, blank=False),
        email=fields.text("email", limit=254, blank=False),
        first_name=fields.text("first_name", limit=150),
        last_name=fields.text("last_name", limit=150),
        password=fields.text("password1", limit=128, required=True, blank=False, strip=False),
        password_again=fields.text("password2", limit=128, required=True, blank=False, strip=False),
        accepted=frozenset(name for name, value in fields.each("confirmations", _confirmation) if value),
    )
    fields.finish()
    signed_in = await run_in_thread(accounts.register, deps_of(request), account=account)
    start_session(request, signed_in.session)
    return {
        "username": account.username,
        "email": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "email_verification_required": False,
    }


def _confirmation(fields: Fields) -> tuple[str, bool]:
    return fields.text("name", limit=256, required=True), fields.boolean("value")


def _password(fields: Fields, name: str) -> str:
    return fields.text(name, limit=128, required=True, blank=False, strip=False)


def _require_own_accounts(request: ApiRequest) -> None:
    """Raise Forbidden where the platform says who people are: passwords are its business, signatures do not count."""
    if deps_of(request).identity is not None:
        raise Forbidden("People of this server sign in at the platform: there is nothing of the kind here.")


def _said(request: ApiRequest, sentence: Sentence) -> dict[str, str]:
    return {"detail": say(sentence, asked_language(request))}


@post("/auth/password/change", status_code=200)
@described("auth_password_change_create", body="PasswordChange", answers={200: "Detail"})
async def change_password(request: ApiRequest) -> dict[str, str]:
    """Change one's password; one's other sessions end. 200; 400 by field; 429 when the old one was wrong too often."""
    _require_own_accounts(request)
    fields = Fields(await read_fields(request))
    old, new, again = (_password(fields, name) for name in ("old_password", "new_password1", "new_password2"))
    fields.finish()
    await run_in_thread(
        passwords.change_password,
        deps_of(request),
        user=user_of(request),
        old=old,
        new=new,
        new_again=again,
        session=request.cookies.get(SESSION_COOKIE),
        address=address_of(request),
    )
    return _said(request, _CHANGED)


@post("/auth/password/reset", status_code=200, opt={"anonymous": True})
@described("auth_password_reset_create", body="ResetRequest", answers={200: "Detail"})
async def request_reset(request: ApiRequest) -> Response[dict[str, str]]:
    """Mail a link that resets the password to an address. 200, known or not; 400 for what is no address."""
    _require_own_accounts(request)
    fields = Fields(await read_fields(request))
    email = fields.text("email", limit=254, required=True, blank=False)
    fields.finish()
    check_email(email)
    mail = BackgroundTask(
        run_in_thread,
        passwords.send_reset,
        deps_of(request),
        email=email,
        base_url=f"{request.url.scheme}://{request.url.netloc}",
        language=asked_language(request),
    )
    return Response(_said(request, _SENT), background=mail)


@post("/auth/password/reset/confirm", status_code=200, opt={"anonymous": True})
@described("auth_password_reset_confirm_create", body="ResetConfirmation", answers={200: "Detail"})
async def confirm_reset(request: ApiRequest) -> dict[str, str]:
    """Set a new password by the link of a mail. 200; 400 by field."""
    _require_own_accounts(request)
    fields = Fields(await read_fields(request))
    new, again = (_password(fields, name) for name in ("new_password1", "new_password2"))
    uid, token = (fields.text(name, limit=256, required=True, blank=False) for name in ("uid", "token"))
    fields.finish()
    await run_in_thread(
        passwords.reset_password, deps_of(request), uid=uid, token=token, new=new, new_again=again
    )
    return _said(request, _RESET)


@post("/auth/signing", status_code=200)
@described("auth_signing_create", body="SigningRequest", answers={200: "SignedAddress"})
async def sign_url(request: ApiRequest) -> Response[bytes]:
    """Sign an address: who opens it within 30 s is the caller. 200 with the address; 400 for what is none."""
    _require_own_accounts(request)
    url = (await read_fields(request)).get("url")
    if not isinstance(url, str) or not url:
        raise Invalid("Please provide `url` parameter")
    signed = signing.sign_address(
        deps_of(request), user=user_of(request), address=url, base_url=str(request.url)
    )
    return Response(msgspec.json.encode(signed), media_type="application/json")


HANDLERS = (
    login, logout, register, change_password, request_reset, confirm_reset, sign_url,
)  # fmt: skip
