"""Passwords changed and reset, and what one agrees to (rest-api contract, 3.3 to 3.6 and 5)."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import httpx
import pytest
from live import PASSWORD, forget_attempts, serve, until

from labelwright.domain.agreements import read_agreements
from labelwright.services import accounts

NEW = "another long pass phrase"


@pytest.fixture
def person(live, request):
    """Somebody of this test's own: name, address, and a client with their session and its echo."""
    name = f"p{abs(hash(request.node.name)) % 10**9}"
    account = accounts.NewAccount(
        username=name, password=PASSWORD, password_again=PASSWORD, email=f"{name}@example.org"
    )
    accounts.create_account(live.deps, account=account, roles=(), is_admin=False)
    with live.client(None) as client:
        sign_in(client, name, PASSWORD)
        yield name, client


def sign_in(client, name, password):
    answer = client.post("/auth/login", json={"username": name, "password": password}, headers={"Cookie": ""})
    if answer.status_code == 200:
        client.headers["X-CSRFTOKEN"] = client.cookies["csrftoken"]
    return answer


def change(client, **fields):
    return client.post(
        "/auth/password/change",
        data={"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW} | fields,
    )


def test_a_password_is_changed_and_other_sessions_end(live, person):
    name, client = person
    with live.client(None) as elsewhere:
        token = sign_in(elsewhere, name, PASSWORD).json()["key"]
        answer = change(client)
        assert (answer.status_code, answer.json()) == (200, {"detail": "New password has been saved."})
        assert client.get("/users/self").status_code == 200
        assert elsewhere.get("/users/self").status_code == 401
        elsewhere.cookies.clear()
        headers = {"Authorization": f"Token {token}"}
        assert elsewhere.get("/users/self", headers=headers).status_code == 200, "the token stays"
        elsewhere.cookies.clear()
        assert sign_in(elsewhere, name, PASSWORD).status_code == 400
        assert sign_in(elsewhere, name, NEW).status_code == 200


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({"old_password": "x"}, {"old_password": ["Invalid password"]}, id="wrong"),
        pytest.param(
            {"new_password2": "x"},
            {"new_password2": ["The two password fields didn’t match."]},
            id="mismatch",
        ),
        pytest.param(
            {"new_password1": "pass", "new_password2": "pass"},
            {
                "new_password2": [
                    "This password is too short. It must contain at least 8 characters.",
                    "This password is too common.",
                ]
            },
            id="weak",
        ),
        pytest.param({"old_password": ""}, {"old_password": ["This field may not be blank."]}, id="blank"),
        pytest.param(
            {"new_password1": "x" * 129},
            {"new_password1": ["Ensure this field has no more than 128 characters."]},
            id="long",
        ),
    ],
)
def test_a_change_has_its_rules(live, person, fields, says):
    name, client = person
    answer = change(client, **fields)
    assert (answer.status_code, answer.json()) == (400, says)
    with live.client(None) as elsewhere:
        assert sign_in(elsewhere, name, PASSWORD).status_code == 200


def test_a_change_asks_for_three_fields_and_somebody_signed_in(live, person):
    answer = person[1].post("/auth/password/change", json={})
    assert list(answer.json()) == ["old_password", "new_password1", "new_password2"]
    assert answer.json()["old_password"] == ["This field is required."]
    assert change(live.kept_client(None)).status_code == 401


def test_the_old_password_is_not_to_be_guessed(live, person):
    forget_attempts(live.deps)
    limits = replace(live.deps.limits, sign_in_failures_per_minute=3)
    with serve(replace(live.deps, limits=limits)) as url:
        client = person[1]
        client.base_url = f"{url}/api/v1"
        got = [change(client, old_password=f"guess {number}").status_code for number in range(4)]
        assert got == [400, 400, 400, 429]
        assert change(client).status_code == 429


def mails(deps, address, count=1):
    folder = deps.scratch.parent / "mail"

    def found():
        files = sorted(folder.glob("*.eml"))
        read = [(file, message_from_bytes(file.read_bytes(), policy=default)) for file in files]
        return [(file, mail) for file, mail in read if mail["To"] == address]

    return until(found, lambda mails: len(mails) >= count)


def link_of(mail):
    return dict(re.search(r"\?uid=(?P<uid>\S+)&token=(?P<token>\S+)", mail.get_content()).groupdict())


def ask_reset(live, name, **headers):
    answer = live.kept_client(None).post(
        "/auth/password/reset", data={"email": f"{name.upper()}@example.org"}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.json()["detail"] in ("Password reset e-mail has been sent.", "重置密码的邮件已发送。")


def confirm(client, link, **fields):
    return client.post(
        "/auth/password/reset/confirm", json=link | {"new_password1": NEW, "new_password2": NEW} | fields
    )


def test_a_mail_resets_the_password_once(live, person):
    name, client = person
    ask_reset(live, name)
    file, mail = mails(live.deps, f"{name}@example.org")[0]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert f"{live.url}/auth/password/reset/confirm?uid=" in mail.get_content()
    with live.client(None) as anybody:
        answer = confirm(anybody, link_of(mail))
        assert (answer.status_code, answer.json()) == (
            200,
            {"detail": "Password has been reset with the new password."},
        )
        assert client.get("/users/self").status_code == 401, "sessions have ended"
        assert confirm(anybody, link_of(mail)).json() == {"token": ["Invalid value"]}
        assert sign_in(anybody, name, NEW).status_code == 200


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({"uid": "x"}, {"uid": ["Invalid value"]}, id="no uid"),
        pytest.param({"uid": "\xff\0".strip("\0")}, {"uid": ["Invalid value"]}, id="no ASCII"),
        pytest.param({"uid": "OTk5OTk5OTk5OTk5"}, {"uid": ["Invalid value"]}, id="a uid out of range"),
        pytest.param({"uid": "OTk5OTk5"}, {"uid": ["Invalid value"]}, id="an unknown uid"),
        pytest.param({"uid": "MQ"}, {"token": ["Invalid value"]}, id="somebody else"),
        pytest.param({"token": "x"}, {"token": ["Invalid value"]}, id="no token"),
        pytest.param({"token": "ffffffff-" + "0" * 64}, {"token": ["Invalid value"]}, id="forged"),
        pytest.param({"token": ""}, {"token": ["This field may not be blank."]}, id="blank"),
        pytest.param(
            {"new_password2": "x"},
            {"new_password2": ["The two password fields didn’t match."]},
            id="mismatch",
        ),
        pytest.param(
            {"new_password1": "12345678901", "new_password2": "12345678901"},
            {"new_password2": ["This password is too common.", "This password is entirely numeric."]},
            id="weak",
        ),
    ],
)
def test_a_reset_has_its_rules(live, person, fields, says):
    name, _ = person
    ask_reset(live, name)
    link = link_of(mails(live.deps, f"{name}@example.org")[0][1])
    answer = confirm(live.kept_client(None), link, **fields)
    assert answer.status_code == 400
    if "new_password1" in fields:
        assert answer.json()["new_password2"][-1] == says["new_password2"][-1]
    else:
        assert answer.json() == says


def test_a_link_grows_old_and_is_void_after_signing_in(live, person):
    name, client = person
    ask_reset(live, name)
    link = link_of(mails(live.deps, f"{name}@example.org")[0][1])
    late = replace(live.deps, clock=lambda: live.deps.clock() + timedelta(hours=25))
    with serve(late) as url:
        answer = httpx.post(
            f"{url}/api/v1/auth/password/reset/confirm",
            json=link | {"new_password1": NEW, "new_password2": NEW},
            verify=False,
        )
    assert (answer.status_code, answer.json()) == (400, {"token": ["Invalid value"]})
    sign_in(client, name, PASSWORD)
    assert confirm(live.kept_client(None), link).json() == {"token": ["Invalid value"]}


def test_nobody_learns_who_has_an_account_nor_gets_many_mails(live, person):
    name, _ = person
    ask_reset(live, "somebody-unknown")
    for _ in range(5):
        ask_reset(live, name)
    ask_reset(live, name, **{"Labelwright-Language": "zh-CN"})
    assert len(mails(live.deps, f"{name}@example.org", 3)) == 3
    answer = live.kept_client(None).post("/auth/password/reset", json={"email": "no address"})
    assert (answer.status_code, answer.json()) == (400, {"email": ["Enter a valid email address."]})
    assert live.kept_client(None).post("/auth/password/reset", json={}).json() == {
        "email": ["This field is required."]
    }


def test_the_mail_speaks_chinese_and_leads_where_the_setting_says(live, person):
    name, _ = person
    with serve(replace(live.deps, public_url="https://labels.example.org/x")) as url:
        httpx.post(
            f"{url}/api/v1/auth/password/reset",
            json={"email": f"{name}@example.org"},
            headers={"Labelwright-Language": "zh-CN", "Host": "evil.example"},
            verify=False,
        )
        _, mail = mails(live.deps, f"{name}@example.org")[0]
    assert mail["Subject"] == "标匠：设置新密码"
    assert "https://labels.example.org/x/auth/password/reset/confirm?uid=" in mail.get_content()
    assert "evil.example" not in mail.get_content()


AGREEMENTS = """[
  {"name": "rules", "url": "/rules", "required": true, "displayText": "I keep the <b>rules</b>"},
  {"name": "news", "value": true}
]"""


@pytest.fixture
def agreeing(live):
    """A server with an agreement that is required and one that is not, and terms of use."""
    deps = replace(live.deps, agreements=read_agreements(AGREEMENTS), terms_of_use="<h1>Be kind</h1>")
    with serve(deps) as url, httpx.Client(base_url=f"{url}/api/v1", verify=False) as client:
        yield client


def test_agreements_and_terms_are_read_before_registering(agreeing, live):
    assert agreeing.get("/restrictions/user-agreements").json() == [
        {
            "name": "rules",
            "url": "/rules",
            "required": True,
            "value": False,
            "displayText": "I keep the <b>rules</b>",
        },
        {"name": "news", "url": "", "required": False, "value": False, "displayText": ""},
    ]
    terms = agreeing.get("/restrictions/terms-of-use")
    assert (terms.headers["content-type"], terms.text) == ("text/html; charset=utf-8", "<h1>Be kind</h1>")
    assert live.kept_client(None).get("/restrictions/user-agreements").json() == []
    assert "no terms of use" in live.kept_client(None).get("/restrictions/terms-of-use").text


@pytest.mark.parametrize(
    ("confirmations", "status"),
    [
        pytest.param(None, 400, id="absent"),
        pytest.param([], 400, id="empty"),
        pytest.param([{"name": "news", "value": True}], 400, id="another"),
        pytest.param([{"name": "rules", "value": False}], 400, id="refused"),
        pytest.param([{"name": "rules", "value": True}, {"name": "x", "value": False}], 201, id="given"),
    ],
)
def test_who_registers_agrees_to_what_is_required(agreeing, confirmations, status):
    fields = {"username": "agreeing", "password1": NEW, "password2": NEW}
    if confirmations is not None:
        fields["confirmations"] = confirmations
    answer = agreeing.post("/auth/register", json=fields)
    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.json() == {"non_field_errors": ["Agreement rules must be accepted"]}


def test_agreeing_by_form_takes_indexed_names(agreeing):
    fields = {"username": "by.form", "password1": NEW, "password2": NEW}
    fields |= {"confirmations[0]name": "rules", "confirmations[0]value": "true"}
    assert agreeing.post("/auth/register", data=fields).status_code == 201


@pytest.mark.parametrize(
    "value", ["x", ["rules"], [{"name": "rules", "value": "perhaps"}], [{"value": True}]]
)
def test_confirmations_of_another_shape_are_told(agreeing, value):
    fields = {"username": "shapely", "password1": NEW, "password2": NEW, "confirmations": value}
    answer = agreeing.post("/auth/register", json=fields)
    assert (answer.status_code, list(answer.json())) == (400, ["confirmations"])
