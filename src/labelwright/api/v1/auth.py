"""Signing in and out, registration (rest-api contract, 3)."""

from typing import Any

from litestar import post

from labelwright.api.callers import SESSION_COOKIE, end_session, start_session
from labelwright.api.requests import ApiRequest, asked_language, deps_of, read_fields, run_in_thread
from labelwright.api.v1.fields import FieldErrors, Fields
from labelwright.domain.sentences import Sentence
from labelwright.languages import say
from labelwright.services import accounts

_LOGGED_OUT = Sentence("Successfully logged out.")


@post("/auth/login", status_code=200, opt={"anonymous": True})
async def login(request: ApiRequest) -> dict[str, str]:
    """Sign in by name and password.

    200 with the API token as `key`, and the cookies of a new session; 400 when the two do not fit.
    """
    fields = Fields(await read_fields(request))
    password = fields.text("password", limit=128, required=True, blank=False, strip=False)
    username = fields.text("username", limit=150)
    fields.finish()
    if not username:
        raise FieldErrors({"non_field_errors": [Sentence('Must include "username" and "password".')]})
    signed_in = await run_in_thread(accounts.sign_in, deps_of(request), username=username, password=password)
    start_session(request, signed_in.session)
    return {"key": signed_in.token}


@post("/auth/logout", status_code=200, opt={"anonymous": True})
async def logout(request: ApiRequest) -> dict[str, str]:
    """End the session and the user's token. Anybody may; 200 always."""
    session = request.cookies.get(SESSION_COOKIE)
    await run_in_thread(accounts.sign_out, deps_of(request), user=request.scope["user"], session=session)
    end_session(request)
    return {"detail": say(_LOGGED_OUT, asked_language(request))}


@post("/auth/register", status_code=201, opt={"anonymous": True})
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
