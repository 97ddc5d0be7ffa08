"""What a client written for API v1 could notice, sentence by sentence (rest-api contract, 1): one table a sentence."""

import json

import httpx
import pytest
from live import LABELS, new_task

DEFAULT_SIZE = 10


@pytest.fixture(scope="module")
def paged(live):
    """Twelve tasks that a filter finds."""
    client = live.kept_client("root")
    return [new_task(client, name=f"letter {n:02}")["id"] for n in range(12)]


def read(root, path, **query):
    """The ids on the page, None for a page that is none."""
    answer = root.get(path, params=query)
    if answer.status_code == 404:
        assert answer.json() == {"detail": "Invalid page."}
        return None
    return [each["id"] for each in answer.json()["results"]]


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ("5", 5),
        (" 5 ", 5),
        ("005", 5),
        ("all", 12),
        ("1000000000", 12),
        ("9" * 20, 12),
        ("9" * 10_000, 12),
        *dict.fromkeys(["", "0", "-1", "x", "ALL", "5.0", "1e9", "\x00", "5,5", "٥"], DEFAULT_SIZE).items(),
    ],
)
def test_a_page_has_the_size_asked_for_or_ten(root, paged, size, count):
    assert len(read(root, "/tasks", name="letter", page_size=size)) == count


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("", 0),
        ("1", 0),
        ("2", 10),
        (" 2 ", 10),
        ("02", 10),
        *dict.fromkeys(["3", "0", "-1", "x", "1.0", "last", "9" * 20, "9" * 10_000, "\x00", "٢"]).items(),
    ],
)
def test_a_page_that_cannot_be_is_not_found(root, paged, page, first):
    found = read(root, "/tasks", name="letter", page=page)
    assert found == (None if first is None else paged[::-1][first : first + DEFAULT_SIZE])


@pytest.mark.parametrize("path", ["/tasks", "/projects", "/users"])
@pytest.mark.parametrize("number", ["-1", "0", "1.5", "9" * 30, "-" + "9" * 30, "1." + "0" * 200])
def test_a_number_that_is_nothings_id_finds_nothing(root, path, number):
    answer = root.get(path, params={"id": number})
    expected = (400, {"id": ["Enter a number."]}) if len(number) > 200 else (200, None)
    assert (answer.status_code, answer.json() if expected[1] else None) == expected
    if expected[0] == 200:
        assert answer.json()["results"] == []


@pytest.mark.parametrize("spelled", ["{}", " {} ", "+{}", "{}.0", "{}.", "00{}"])
def test_a_numeric_filter_takes_a_number_however_spelled(root, paged, spelled):
    assert read(root, "/tasks", id=spelled.format(paged[0])) == paged[:1]


@pytest.mark.parametrize("path", ["/tasks", "/projects"])
@pytest.mark.parametrize("name", ["name", "owner", "assignee", "status"])
def test_a_text_filter_takes_any_text_but_nul(root, path, name):
    for text in ("x" * 10_000, "猫" * 300, "%", "_", "\\", "'", "\u3000", "null"):
        assert root.get(path, params={name: text}).status_code == 200
    answer = root.get(path, params={name: "a\x00b"})
    assert (answer.status_code, answer.json()) == (400, {name: ["Null characters are not allowed."]})


def test_nul_in_a_search_is_passed_over(root, paged):
    assert read(root, "/tasks", search="let\x00ter,\x00 01") == [paged[1]]


@pytest.mark.parametrize(
    ("ordering", "is_reverse"),
    [("", False), ("id", False), ("-id", True), ("-id,username", True), ("email,-id", True), ("--id", False)],
)
def test_users_are_ordered_by_names_that_are_known(live, root, ordering, is_reverse):
    found = read(root, "/users", page_size="all", ordering=ordering)
    assert found == sorted(found, reverse=is_reverse)


def test_users_are_ordered_by_name(root):
    answer = root.get("/users", params={"page_size": "all", "ordering": "-username"}).json()
    names = [user["username"] for user in answer["results"]]
    assert names == sorted(names, reverse=True)


# Paths


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1//tasks",
        "/api//v1/tasks",
        "//api/v1/tasks",
        "/api/v1/tasks//1",
        "/api/v1/tasks/",
        "/annotations/api/v1//tasks",
        "/annotations//api/v1/tasks",
        "/admin",
        "/admin/",
        "/admin/login/",
        "/django-rq/",
        "/opencv/opencv.js",
        "/analytics/app/kibana",
        "/annotations/analytics/app",
    ],
)
def test_what_v1_does_not_route_or_is_not_here_is_a_404_page(live, path):
    for headers in ({}, {"Authorization": f"Token {live.tokens['root']}"}):
        answer = httpx.get(f"{live.url}{path}", headers=headers, verify=False)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/tasks?action=import", 501),
        ("POST", "/tasks?action=nonsense", 400),
        ("GET", "/tasks/{}?action=export", 501),
        ("GET", "/tasks/{}?action=DOWNLOAD", 501),
        ("GET", "/tasks/{}?action=import", 400),
        ("GET", "/tasks/{}?action=", 200),
    ],
)
def test_an_action_that_is_none_is_refused(root, paged, method, path, status):
    body = {"name": "t", "labels": LABELS}
    answer = root.request(method, path.format(paged[0]), json=body if method == "POST" else None)
    assert answer.status_code == status
    if status == 400:
        assert answer.json() == ["Unexpected action specified for the request"]
    absent = root.request("GET", "/tasks/1000000?action=export")
    assert absent.status_code == 404, "it is looked for first"


# Bodies


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"is_active": ""}, {"is_active": ["Must be a valid boolean."]}),
        ({"is_staff": 2}, {"is_staff": ["Must be a valid boolean."]}),
        ({"is_superuser": None}, {"is_superuser": ["This field may not be null."]}),
        ({"groups": None}, {"groups": ["This field may not be null."]}),
        ({"groups": "admin"}, {"groups": ['Expected a list of items but got type "str".']}),
        ({"groups": ["x", 1]}, {"groups": [f"Object with name={n} does not exist." for n in ("x", 1)]}),
        ({"groups": [["admin"]]}, {"groups": ["Object with name=['admin'] does not exist."]}),
    ],
    ids=str,
)
def test_a_user_is_changed_by_what_can_be_meant_only(live, root, body, errors):
    path = f"/users/{live.ids['other']}"
    before = root.get(path).json()
    answer = root.patch(path, json=body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert root.get(path).json() == before


_ATTRIBUTE = {"name": "a", "mutable": False, "input_type": "text"}


@pytest.mark.parametrize(
    ("label", "errors"),
    [
        ({"name": "l", "color": False}, {"color": ["Not a valid string."]}),
        ({"name": "l", "color": []}, {"color": ["Not a valid string."]}),
        ({"name": "l", "deleted": ""}, {"deleted": ["Must be a valid boolean."]}),
        (
            {"name": "l", "attributes": [_ATTRIBUTE | {"values": None}]},
            {"attributes": [{"values": ["This field may not be null."]}]},
        ),
        (
            {"name": "l", "attributes": [_ATTRIBUTE | {"mutable": ""}]},
            {"attributes": [{"mutable": ["Must be a valid boolean."]}]},
        ),
    ],
    ids=str,
)
def test_a_label_is_made_of_what_can_be_meant_only(root, label, errors):
    answer = root.post("/tasks", json={"name": "t", "labels": [{"name": "good"}, label]})
    assert (answer.status_code, answer.json()) == (400, {"labels": [{}, errors]})


@pytest.mark.parametrize("color", [None, "", "   "])
def test_no_colour_is_computed(root, color):
    task = new_task(root, labels=[{"name": "car", "color": color}])
    assert task["labels"][0]["color"] == "#2080c0"


@pytest.mark.parametrize(
    ("form", "depth"), [("multipart", 9), ("multipart", 100), ("urlencoded", 9), ("urlencoded", 5000)]
)
def test_lists_in_lists_of_a_form_without_end_are_refused(root, form, depth):
    name = "labels" + "[0]a" * depth
    sent = {"files": {name: (None, "x")}} if form == "multipart" else {"data": {name: "x"}}
    answer = root.post("/tasks", **sent)
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "the names of the form are nested more than 8 deep"},
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"name": "\xff"}',
        b'{"name": NaN}',
        b'{"overlap": 1e999}',
        b'{"overlap": ' + b"9" * 10_000 + b"}",
        b"{" * 100_000,
        b"[" * 100_000,
        b"{",
        b"{} {}",
        b"{'name': 1}",
        b'{"name": 1,}',
        b'{"name": "\\ud800"}',
        b"\x00",
    ],
    ids=lambda content: repr(content[:20]),
)
@pytest.mark.parametrize(
    "path", ["/tasks", "/projects", "/reviews", "/comments", "/auth/login", "/auth/register"]
)
def test_what_is_no_json_says_so(root, path, content):
    answer = root.post(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith("JSON parse error - ")


@pytest.mark.parametrize("value", [[], None, "x", 1, True])
@pytest.mark.parametrize("path", ["/tasks", "/projects", "/reviews", "/auth/login"])
def test_json_that_is_no_object_says_so(root, path, value):
    answer = root.post(path, content=json.dumps(value))
    kind = type(value).__name__
    message = f"Invalid data. Expected a dictionary, but got {kind}."
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [message]})


def test_the_last_of_a_key_twice_in_json_counts(root):
    body = b'{"name": "first", "labels": [{"name": "car"}], "name": "second"}'
    assert root.post("/tasks", content=body).json()["name"] == "second"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/vnd.api+json", "application/json, text/plain", "x"]
)
def test_a_body_of_another_type_is_415(root, kind):
    answer = root.post("/tasks", content=b"{}", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (
        415,
        {"detail": f'Unsupported media type "{kind}" in request.'},
    )


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "application/vnd.cvat+json", "nonsense", ""]
)
def test_answers_are_json_whatever_is_accepted(root, accept):
    answer = root.get("/users/self?format=api", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "path", ["/users/self", "/tasks/1000000", "/tasks?id=x", "/auth/login", "/nonsense", "/tasks/x"]
)
def test_every_answer_has_the_headers_of_v1(root, path):
    headers = root.get(path).headers
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert headers["referrer-policy"] == "same-origin"
    if headers["content-type"] == "application/json":
        assert headers["vary"] == "Accept, Origin, Cookie"
