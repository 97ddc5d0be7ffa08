"""Signing in, out and up; sessions with their CSRF check; one-time addresses (rest-api contract, 2 and 3)."""

from dataclasses import replace

import httpx
import pytest
from live import PASSWORD, serve
from sqlalchemy import text

from labelwright.domain.errors import SignInFailed
from labelwright.services import accounts

WRONG = {"non_field_errors": ["Unable to log in with provided credentials."]}


@pytest.fixture
def anonymous(live):
    with live.client(None) as client:
        yield client


@pytest.fixture
def browser(live, anonymous):
    """A client with a session and no token; `X-CSRFTOKEN` is the test's business."""
    answer = anonymous.post("/auth/login", data={"username": "other", "password": PASSWORD})
    assert answer.status_code == 200
    live.tokens["other"] = answer.json()["key"]
    return anonymous


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        pytest.param({"username": "maker", "password": PASSWORD}, 200, None, id="right"),
        pytest.param(
            {"username": "maker", "password": "x", "email": "a@b.c"}, 400, WRONG, id="wrong password"
        ),
        pytest.param({"username": "MAKER", "password": PASSWORD}, 400, WRONG, id="name in another case"),
        pytest.param({"username": "nobody-such", "password": PASSWORD}, 400, WRONG, id="unknown name"),
        pytest.param({"username": "gone", "password": PASSWORD}, 400, WRONG, id="inactive"),
        pytest.param({"username": "maker"}, 400, {"password": ["This field is required."]}, id="no password"),
        pytest.param(
            {"password": "x"},
            400,
            {"non_field_errors": ['Must include "username" and "password".']},
            id="no name",
        ),
        pytest.param(
            {"username": "", "password": "x"},
            400,
            {"non_field_errors": ['Must include "username" and "password".']},
            id="blank name",
        ),
        pytest.param(
            {"username": "maker", "password": ""},
            400,
            {"password": ["This field may not be blank."]},
            id="blank password",
        ),
    ],
)
@pytest.mark.parametrize("how", ["form", "json", "multipart"])
def test_signing_in_answers_as_the_contract_says(anonymous, fields, status, says, how):
    options = {
        "form": {"data": fields},
        "json": {"json": fields},
        "multipart": {"files": {n: (None, v) for n, v in fields.items()}},
    }
    answer = anonymous.post("/auth/login", **options[how])
    assert answer.status_code == status, answer.text
    if says is None:
        assert len(answer.json()["key"]) == 40
        assert {"sessionid", "csrftoken"} <= set(answer.cookies)
    else:
        assert answer.json() == says


def test_the_token_stays_until_its_user_signs_out(live, anonymous):
    keys = {
        anonymous.post(
            "/auth/login", data={"username": "drawer", "password": PASSWORD}, headers={"Cookie": ""}
        ).json()["key"]
        for _ in range(2)
    }
    assert keys == {live.tokens["drawer"]}
    old = {"Authorization": f"Token {keys.pop()}"}
    with httpx.Client(base_url=anonymous.base_url, verify=False) as client:
        assert client.post("/auth/logout", headers=old).json() == {"detail": "Successfully logged out."}
        client.cookies.clear()
        answer = client.get("/users/self", headers=old)
        assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})
        live.tokens["drawer"] = client.post(
            "/auth/login", data={"username": "drawer", "password": PASSWORD}
        ).json()["key"]
    assert old["Authorization"] != f"Token {live.tokens['drawer']}"


def test_anybody_may_sign_out(anonymous):
    answer = anonymous.post("/auth/logout")
    assert (answer.status_code, answer.json()) == (200, {"detail": "Successfully logged out."})


def test_a_session_ends_with_signing_out(browser):
    session = browser.cookies["sessionid"]
    assert (
        browser.post("/auth/logout", headers={"X-CSRFTOKEN": browser.cookies["csrftoken"]}).status_code == 200
    )
    assert "sessionid" not in browser.cookies
    assert browser.get("/users/self", headers={"Cookie": f"sessionid={session}"}).status_code == 401


@pytest.mark.parametrize(
    ("cookie", "header", "status", "says"),
    [
        pytest.param(True, "echo", 400, None, id="echoed"),
        pytest.param(True, "", 403, "CSRF Failed: CSRF token missing or incorrect.", id="not echoed"),
        pytest.param(
            True, "wrong", 403, "CSRF Failed: CSRF token missing or incorrect.", id="echoed wrongly"
        ),
        pytest.param(False, "x", 403, "CSRF Failed: CSRF cookie not set.", id="no cookie"),
    ],
)
def test_a_session_needs_its_csrf_cookie_echoed(browser, cookie, header, status, says):
    token = browser.cookies["csrftoken"]
    if not cookie:
        del browser.cookies["csrftoken"]
    headers = {"X-CSRFTOKEN": token if header == "echo" else header} if header else {}
    for path in ("/tasks", "/auth/login"):
        answer = browser.post(path, json={}, headers=headers)
        assert answer.status_code == status, answer.text
        assert says is None or answer.json() == {"detail": says}
    assert browser.get("/users/self").status_code == 200


def test_a_valid_token_needs_no_csrf_and_an_invalid_one_is_refused_beside_a_session(live, browser):
    good, bad = ({"Authorization": f"Token {token}"} for token in (live.tokens["other"], "0" * 40))
    assert browser.post("/tasks", json={}, headers=good).status_code == 400
    assert browser.get("/users/self", headers=bad).status_code == 401
    assert browser.post("/auth/login", headers=bad).status_code == 401


def test_a_token_brings_a_session_that_ends_with_it(live):
    with live.client("watcher") as client:
        client.get("/users/self")
        session = dict(client.cookies)
        assert {"sessionid", "csrftoken"} <= set(session)
    with live.client(None) as plain:
        plain.cookies.update(session)
        assert plain.get("/users/self").json()["username"] == "watcher"
        assert plain.post("/tasks", json={}).json() == {
            "detail": "CSRF Failed: CSRF token missing or incorrect."
        }


def test_an_inactive_user_is_told(live):
    with live.client("gone") as client:
        answer = client.get("/users/self")
    assert (answer.status_code, answer.json()) == (401, {"detail": "User inactive or deleted."})
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_a_session_of_an_account_switched_off_is_nobodys(live, browser):
    switch = text("UPDATE users SET is_active = :on WHERE username = 'other'")
    try:
        with live.deps.database.write() as tx:
            tx.connection.execute(switch, {"on": False})
        assert browser.get("/users/self").status_code == 401
    finally:
        with live.deps.database.write() as tx:
            tx.connection.execute(switch, {"on": True})
    assert browser.get("/users/self").status_code == 200


NEW = {"username": "new.person", "password1": "plum 7 orchard", "password2": "plum 7 orchard"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"username": None}, {"username": ["This field is required."]}, id="no name"),
        pytest.param({"username": ""}, {"username": ["This field may not be blank."]}, id="blank name"),
        pytest.param(
            {"username": "a b"},
            {
                "username": [
                    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
                ]
            },
            id="name with a blank",
        ),
        pytest.param(
            {"username": "x" * 151},
            {"username": ["Ensure this field has no more than 150 characters."]},
            id="name too long",
        ),
        pytest.param(
            {"username": "MAKER"},
            {"username": ["A user with that username already exists."]},
            id="name taken in another case",
        ),
        pytest.param({"email": ""}, {"email": ["This field may not be blank."]}, id="blank address"),
        pytest.param({"email": "no address"}, {"email": ["Enter a valid email address."]}, id="no address"),
        pytest.param(
            {"password2": "else"},
            {"non_field_errors": ["The two password fields didn't match."]},
            id="two passwords",
        ),
        pytest.param({"password1": None}, {"password1": ["This field is required."]}, id="no password"),
        pytest.param(
            {"password1": "k7!x", "password2": "k7!x"},
            {"password1": ["This password is too short. It must contain at least 8 characters."]},
            id="short",
        ),
        pytest.param(
            {"password1": "password", "password2": "password"},
            {"password1": ["This password is too common."]},
            id="common",
        ),
        pytest.param(
            {"password1": "9183746502847", "password2": "9183746502847"},
            {"password1": ["This password is entirely numeric."]},
            id="digits",
        ),
        pytest.param(
            {"password1": "new.person1", "password2": "new.person1"},
            {"password1": ["The password is too similar to the username."]},
            id="like the name",
        ),
    ],
)
def test_registration_has_its_rules(anonymous, change, says):
    fields = {name: value for name, value in (NEW | change).items() if value is not None}
    answer = anonymous.post("/auth/register", json=fields)
    assert (answer.status_code, answer.json()) == (400, says)


def test_who_registers_has_no_role_and_is_signed_in(live, anonymous):
    fields = NEW | {"email": "New.Person@example.com", "first_name": "Nova", "last_name": "Person"}
    answer = anonymous.post("/auth/register", data=fields)
    assert answer.status_code == 201, answer.text
    assert list(answer.json().items()) == [
        ("username", "new.person"),
        ("email", "New.Person@example.com"),
        ("first_name", "Nova"),
        ("last_name", "Person"),
        ("email_verification_required", False),
    ]
    assert anonymous.get("/users/self").json()["groups"] == []
    with live.client(None) as another:
        again = another.post(
            "/auth/register", data=fields | {"username": "another", "email": "NEW.person@EXAMPLE.com"}
        )
    assert again.json() == {"email": ["A user is already registered with this e-mail address."]}


def test_registration_can_be_switched_off(live):
    with serve(replace(live.deps, register=False)) as url:
        answer = httpx.post(f"{url}/api/v1/auth/register", json=NEW | {"username": "late"}, verify=False)
    assert answer.status_code == 403
    assert "LABELWRIGHT_REGISTER" in answer.json()["detail"]


def test_a_sign_in_address_works_once_and_says_so_after(live):
    secret = accounts.make_sign_in_link(live.deps, username="maker")
    with httpx.Client(base_url=live.url, verify=False) as client:
        first = client.get("/sign-in", params={"token": secret})
        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert client.get("/api/v1/users/self").json()["username"] == "maker"
        again = client.get("/sign-in", params={"token": secret})
    assert again.status_code == 400
    assert "already used" in again.text
    assert "已使用过" in again.text


def test_a_sign_in_address_that_is_unknown_or_too_old_is_refused(live):
    late = replace(live.deps, limits=replace(live.deps.limits, sign_in_link_minutes=-1))
    old = accounts.make_sign_in_link(late, username="maker")
    for secret, words in (
        (old, "too old"),
        ("x", "not known"),
        ("", "not known"),
        ("\0<script>", "not known"),
    ):
        answer = httpx.get(f"{live.url}/sign-in", params={"token": secret}, verify=False)
        assert answer.status_code == 400
        assert words in answer.text
        assert "sessionid" not in answer.cookies
    with pytest.raises(SignInFailed, match="not known"):
        accounts.sign_in_by_link(live.deps, secret="nonsense")


def test_every_answer_carries_the_headers_of_the_contract(live, root):
    expected = {
        "vary": "Accept, Origin, Cookie",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }
    with live.client(None) as nobody:
        answers = [
            root.get("/users/self"),
            root.get("/tasks/999999"),
            nobody.get("/tasks"),
            root.post("/tasks", json={}),
            root.put("/tasks"),
        ]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in expected} == expected, answer.status_code
