"""Requests nobody sends by accident: answered with the contract's status and a sentence, never with a 5xx."""

import socket

import pytest
from live import LABELS, body, box, new_task

BIG = "9" * 5000
DEEP = "[" * 100_000 + "]" * 100_000


def test_numbers_no_database_holds_are_absent_objects(root):
    for path in (
        "/tasks/{}",
        "/jobs/{}",
        "/tasks/{}/jobs",
        "/tasks/{}/status",
        "/tasks/{}/data/meta",
        "/jobs/{}/annotations",
    ):
        for number in ("99999999999", "99999999999999999999", "-1", "0"):
            answer = root.get(path.format(number))
            assert answer.status_code == 404, (path, number, answer.text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("{", "JSON parse error - ", id="no JSON"),
        pytest.param('{"name": NaN}', "JSON parse error - ", id="NaN"),
        pytest.param('{"name": "\\ud800"}', "JSON parse error - ", id="lone surrogate"),
        pytest.param('{"labels": ' + DEEP + "}", "JSON parse error - ", id="nested deeply"),
        pytest.param(b'{"name": "\xff"}', "JSON parse error - ", id="no UTF-8"),
    ],
)
@pytest.mark.parametrize("path", ["/tasks", "/auth/login", "annotations"])
def test_malformed_json_is_told(live, job, text, says, path):
    client, _, annotations = job
    method, url = ("PATCH", f"{annotations}?action=create") if path == "annotations" else ("POST", path)
    answer = client.request(method, url, content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(says)


def test_a_number_of_5000_digits_is_told(job):
    client, _, annotations = job
    for method, url in (("POST", "/tasks"), ("PUT", annotations), ("POST", "/auth/login")):
        text = f'{{"name": {BIG}, "version": {BIG}, "username": {BIG}}}'
        assert (
            client.request(
                method, url, content=text, headers={"Content-Type": "application/json"}
            ).status_code
            == 400
        )


@pytest.mark.parametrize("text", ["[]", "3", '"text"', "null", "true"])
def test_json_that_is_no_object_is_told(job, text):
    client, _, annotations = job
    for method, url in (("POST", "/tasks"), ("PUT", annotations), ("POST", "/auth/register")):
        answer = client.request(method, url, content=text, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text
        assert answer.json()["non_field_errors"][0].startswith(
            "Invalid data. Expected a dictionary, but got "
        )


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"name": int(BIG[:400])}, id="a name of 400 digits"),
        pytest.param({"segment_size": int(BIG[:400])}, id="a segment of 400 digits"),
        pytest.param({"segment_size": 1e300}, id="a segment of 1e300"),
        pytest.param({"overlap": -1}, id="negative overlap"),
        pytest.param({"name": "\x00"}, id="NUL in the name"),
        pytest.param({"name": {"a": 1}}, id="an object for a name"),
        pytest.param({"name": True}, id="a truth value for a name"),
        pytest.param({"labels": {"name": "x"}}, id="labels no list"),
        pytest.param({"labels": ["x"]}, id="a label no object"),
        pytest.param({"labels": [{"name": "x", "attributes": 3}]}, id="attributes no list"),
        pytest.param({"labels": [{"name": "x\x00"}]}, id="NUL in a label"),
        pytest.param({"labels": [{"name": "x", "color": "red"}]}, id="a colour by name"),
        pytest.param({"owner_id": 10**18}, id="an owner out of range"),
        pytest.param({"owner": [1]}, id="an owner in a list"),
        pytest.param({"assignee": "no such person"}, id="an unknown assignee"),
        pytest.param({"assignee": "\x00"}, id="NUL in an assignee"),
        pytest.param({"assignee_id": True}, id="a truth value for an assignee"),
    ],
)
def test_a_task_of_bad_fields_is_refused_by_field(root, fields):
    answer = root.post("/tasks", json={"name": "bad", "labels": LABELS, **fields})
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) <= set(fields), answer.text


ATTRIBUTE = {"name": "a", "mutable": False, "input_type": "text", "default_value": "", "values": []}


@pytest.mark.parametrize(
    "attribute",
    [
        pytest.param({"values": ["\x00"]}, id="NUL in a value"),
        pytest.param({"values": [{"a": 1}]}, id="an object for a value"),
        pytest.param({"values": "text"}, id="values no list"),
        pytest.param({"values": ["x" * 4097]}, id="a value too long"),
        pytest.param({"default_value": "x" * 129}, id="a default too long"),
        pytest.param({"default_value": [1]}, id="a default in a list"),
        pytest.param({"input_type": "dial"}, id="an unknown input type"),
        pytest.param({"mutable": None}, id="mutable null"),
        pytest.param({"mutable": "maybe"}, id="mutable undecided"),
        pytest.param({"name": ""}, id="no name"),
        pytest.param({"name": "x" * 65}, id="a name too long"),
    ],
)
def test_a_label_of_a_bad_attribute_is_refused_by_field(root, attribute):
    labels = [{"name": "good"}, {"name": "bad", "attributes": [ATTRIBUTE | attribute]}]
    answer = root.post("/tasks", json={"name": "bad", "labels": labels})
    assert answer.status_code == 400, answer.text
    assert answer.json()["labels"][0] == {}
    assert list(answer.json()["labels"][1]) == ["attributes"]


@pytest.mark.parametrize(
    "cookie",
    [
        pytest.param("token-\xb2-\xb2-x", id="digits that are no digits"),
        pytest.param("token-99999999999999999999-99999999999-x", id="a user no database holds"),
        pytest.param(f"token-1-{BIG}-x", id="a time of 5000 digits"),
        pytest.param("token-1-99999999999-\xe9", id="a signature that is no ASCII"),
        pytest.param("token---", id="only dashes"),
        pytest.param("\xff", id="no text"),
    ],
)
def test_a_forged_session_is_nobody(live, cookie):
    with live.client(None) as client:
        answer = client.get("/users/self", headers={"Cookie": f"sessionid={cookie}".encode("latin-1")})
        assert answer.status_code == 401
        assert answer.json() == {"detail": "Authentication credentials were not provided."}


@pytest.mark.parametrize("token", ["", "x", "\xe9", "a b", "0" * 40, BIG])
def test_a_forged_token_is_refused(live, token):
    with live.client(None) as client:
        answer = client.get(
            "/users/self", headers={"Authorization": f"Token {token}".strip().encode("latin-1")}
        )
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Token"
        assert "token" in answer.json()["detail"]


@pytest.mark.parametrize("value", [BIG, "²", "-1", "0", "1e3", "x"])
def test_a_page_that_cannot_be_is_404(root, value):
    answer = root.get("/tasks", params={"page": value})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize("value", [BIG, "²", "-1", "0", "x", ""])
def test_a_page_size_that_cannot_be_is_ten(root, value):
    assert root.get("/users", params={"page_size": value}).status_code == 200


@pytest.mark.parametrize(
    "header",
    [{"If-Match": f'"{BIG}"'}, {"If-Match": "3"}, {"If-Match": '"x"'}, {"Idempotency-Key": "k" * 201}],
)
def test_conditions_that_cannot_be_read_are_refused(job, header):
    client, task, path = job
    answer = client.patch(f"{path}?action=create", json=body(box(task)), headers=header)
    assert answer.status_code == 400, answer.text
    assert client.get(path).json()["shapes"] == []


@pytest.mark.parametrize("host", [b"[", b"[::1", b"a b", b"\xff", b"", b"x:99999999"])
def test_a_strange_host_harms_nobody(live, root, host):
    address, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((address, int(port)), timeout=10) as raw:
        token = live.tokens["root"].encode()
        raw.sendall(
            b"GET /api/v1/users/self HTTP/1.1\r\nHost: "
            + host
            + b"\r\nAuthorization: Token "
            + token
            + b"\r\nConnection: close\r\n\r\n"
        )
        status = raw.recv(64).split(b" ")[1]
    assert not status.startswith(b"5"), status
    assert root.get("/users/self").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "search=%00",
        "name=%ED%A0%80",
        "search=%ff",
        "ordering=%00,-id,__x",
        "id=%D9%A3",
        "owner=%25%5F%27%22",
        "search=a%2C%2C+b",
        "&&=;=&x",
    ],
)
def test_strange_filters_find_nothing_or_are_refused(root, query):
    answer = root.get(f"/tasks?{query}")
    assert answer.status_code in (200, 400), answer.text


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("labels%5B99999999999999999999%5Dname=x&name=t", id="a huge index"),
        pytest.param(f"labels%5B{BIG}%5Dname=x&name=t", id="an index of 5000 digits"),
        pytest.param("labels%5B0%5D=x&labels%5B0%5Dname=y&name=t", id="a value and an object at one index"),
        pytest.param("labels%5B0%5D%5B0%5D%5B0%5D=y&name=t", id="lists in lists"),
        pytest.param("labels=x&labels%5B0%5Dname=y&name=t", id="a value and a list of one name"),
        pytest.param("%00=%00&name=%00", id="NUL"),
        pytest.param("=&=&&;", id="nothing"),
    ],
)
def test_strange_forms_are_read_or_refused(root, form):
    answer = root.post("/tasks", content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (201, 400), answer.text


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        pytest.param("text/plain", b"{}", 415, id="text"),
        pytest.param("application/xml", b"<a/>", 415, id="XML"),
        pytest.param("application/octet-stream", b"x", 415, id="bytes"),
        pytest.param("multipart/form-data", b"x", 400, id="multipart without boundary"),
        pytest.param("multipart/form-data; boundary=x", b"no part", 400, id="multipart without parts"),
        pytest.param(
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nt',
            400,
            id="multipart cut off",
        ),
        pytest.param(
            "multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--\r\n", 400, id="a part without headers"
        ),
        pytest.param("multipart/form-data; boundary=" + "y" * 500, b"", 400, id="a long boundary"),
    ],
)
@pytest.mark.parametrize("path", ["/tasks", "/auth/login", "data"])
def test_bodies_of_other_types_are_refused(root, kind, content, status, path):
    url = f"/tasks/{new_task(root)['id']}/data" if path == "data" else path
    answer = root.post(url, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert "detail" in answer.json()
