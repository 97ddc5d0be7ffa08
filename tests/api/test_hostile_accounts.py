"""Bodies nobody sends by accident, to everything about accounts: refused with a sentence, never a 5xx."""

import json

import pytest

BIG = "9" * 5000
STRANGE = [
    None,
    True,
    3,
    -1,
    1e300,
    "",
    " ",
    "\0",
    "x" * 100_000,
    "\u202e",
    "😀",
    [],
    [1],
    {},
    {"a": {}},
    [[[]]],
]
ROUTES = [
    ("POST", "/auth/login", ("username", "password")),
    (
        "POST",
        "/auth/register",
        ("username", "email", "first_name", "password1", "password2", "confirmations"),
    ),
    ("POST", "/auth/password/change", ("old_password", "new_password1", "new_password2")),
    ("POST", "/auth/password/reset", ("email",)),
    ("POST", "/auth/password/reset/confirm", ("uid", "token", "new_password1", "new_password2")),
    ("POST", "/auth/signing", ("url",)),
    ("PATCH", "/users/{drawer}", ("username", "first_name", "email", "groups", "is_staff", "is_active")),
]
SOUND = {
    "username": "drawer",
    "email": "drawer@example.org",
    "uid": "MQ",
    "token": "ffffffff-" + "0" * 64,
    "url": "/api/v1/users",
    "groups": ["annotator"],
    "is_staff": False,
    "is_active": True,
    "first_name": "",
    "confirmations": [],
}


@pytest.mark.parametrize(
    ("method", "path", "names"), ROUTES, ids=lambda each: each if isinstance(each, str) else ""
)
def test_strange_values_are_refused_or_taken(live, method, path, names):
    client = live.kept_client("root")
    for name in names:
        for value in STRANGE:
            sound = {other: SOUND.get(other, "wrong") for other in names}
            answer = client.request(method, path.format(**live.ids), json=sound | {name: value})
            assert answer.status_code in (200, 400), (name, value, answer.text)
            assert answer.status_code == 200 or answer.json()
    restored = {
        "username": "drawer",
        "email": "",
        "first_name": "",
        "groups": ["annotator"],
        "is_active": True,
    }
    assert client.patch(f"/users/{live.ids['drawer']}", json=restored).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "names"), ROUTES, ids=lambda each: each if isinstance(each, str) else ""
)
@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"null", 400),
        ("application/json", b'{"username": "\\ud800", "url": "\\ud800"}', 400),
        ("application/json", b'{"url": ' + BIG.encode() + b"}", 400),
        (
            "application/x-www-form-urlencoded",
            b"%00=%00&url=%00&groups[0]=%ff&groups[" + BIG.encode() + b"]=x",
            400,
        ),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n", 400),
        ("text/plain", b"url=/x", 415),
    ],
    ids=str,
)
def test_strange_bodies_are_refused(live, method, path, names, kind, content, status):
    answer = live.kept_client("root").request(
        method, path.format(**live.ids), content=content, headers={"Content-Type": kind}
    )
    assert answer.status_code in (status, 200 if "urlencoded" in kind else status), answer.text
    assert json.loads(answer.content)


@pytest.mark.parametrize("sign", ["\0", "1-1-x", "-" * 5000, "1-1-" + "f" * 64, "９-1-" + "f" * 64, "%s%n"])
def test_strange_signatures_are_nobodys(live, sign):
    answer = live.kept_client(None).get("/users/self", params={"sign": sign})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid signature."})
