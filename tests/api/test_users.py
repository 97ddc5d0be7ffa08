"""Users read, changed, deleted, listed (rest-api contract, 6)."""

import pytest
from live import LABELS, PASSWORD, job_ids, task_with_images

from labelwright.services import accounts

CALLERS = ("nobody", "drawer", "maker", "watcher", "boss", "root")
BASIC = ["url", "id", "username", "first_name", "last_name"]
FULL = [*BASIC, "email", "groups", "is_staff", "is_superuser", "is_active", "last_login", "date_joined"]


@pytest.fixture
def somebody(live, request):
    """Somebody of this test's own: id and a client with their token."""
    name = f"u{abs(hash(request.node.name)) % 10**9}"
    account = accounts.NewAccount(username=name, password=PASSWORD, password_again=PASSWORD)
    made = accounts.create_account(live.deps, account=account, roles=("user",), is_admin=False)
    live.tokens[name] = accounts.sign_in(live.deps, username=name, password=PASSWORD).token
    with live.client(name) as client:
        yield made.id, client


def test_who_may_read_change_and_delete_users(live, somebody):
    user_id, client = somebody
    for caller in CALLERS:
        may = {"root", "boss"}
        asker = live.kept_client(caller)
        assert list(asker.get(f"/users/{user_id}").json()) == (FULL if caller == "root" else BASIC)
        change = asker.patch(f"/users/{user_id}", json={"username": ""})
        assert change.status_code == (400 if caller in may else 403)
        assert asker.delete("/users/9999999").status_code == (404 if caller in may else 403)
        if caller not in may:
            assert asker.delete(f"/users/{user_id}").status_code == 403
    assert list(client.get(f"/users/{user_id}").json()) == FULL
    assert client.patch(f"/users/{user_id}", json={"username": ""}).status_code == 400
    nobody = live.kept_client(None)
    for method in ("GET", "PATCH", "DELETE"):
        assert nobody.request(method, f"/users/{user_id}").status_code == 401
        assert live.kept_client("root").request(method, "/users/9999999", json={}).status_code == 404


def test_staff_changes_all_there_is(live, root, somebody):
    user_id, _ = somebody
    change = {
        "username": f"changed.{user_id}",
        "first_name": "Ada",
        "last_name": "",
        "email": f"ada{user_id}@example.org",
        "groups": ["observer", "annotator", "observer"],
        "is_staff": True,
        "is_active": False,
        "last_login": "2020-01-01T00:00:00Z",
        "password": "ignored",
        "id": 1,
    }
    answer = root.patch(f"/users/{user_id}", json=change)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert list(found) == FULL
    assert found == found | {name: change[name] for name in ("username", "first_name", "last_name", "email")}
    assert (found["id"], found["groups"], found["is_active"]) == (user_id, ["annotator", "observer"], False)
    assert found["last_login"] != change["last_login"]
    promoted = root.patch(f"/users/{user_id}", data={"is_superuser": "true", "groups[0]": "user"}).json()
    assert (promoted["is_superuser"], promoted["groups"]) == (True, ["admin", "user"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            {"groups": ["user", "kings"]}, {"groups": ["Object with name=kings does not exist."]}, id="role"
        ),
        pytest.param(
            {"groups": [["x"]]}, {"groups": ["Object with name=['x'] does not exist."]}, id="a list"
        ),
        pytest.param(
            {"groups": "user"}, {"groups": ['Expected a list of items but got type "str".']}, id="no list"
        ),
        pytest.param({"groups": None}, {"groups": ["This field may not be null."]}, id="null"),
        pytest.param({"is_staff": "perhaps"}, {"is_staff": ["Must be a valid boolean."]}, id="no truth"),
        pytest.param({"is_active": None}, {"is_active": ["This field may not be null."]}, id="null truth"),
        pytest.param(
            {"username": "MAKER"}, {"username": ["A user with that username already exists."]}, id="taken"
        ),
        pytest.param({"username": ""}, {"username": ["This field may not be blank."]}, id="blank"),
        pytest.param(
            {"username": "x" * 151},
            {"username": ["Ensure this field has no more than 150 characters."]},
            id="long",
        ),
        pytest.param({"username": {"a": 1}}, {"username": ["Not a valid string."]}, id="an object"),
        pytest.param({"first_name": "\0"}, {"first_name": ["Null characters are not allowed."]}, id="NUL"),
        pytest.param({"email": "nobody"}, {"email": ["Enter a valid email address."]}, id="no address"),
    ],
)
def test_a_change_that_will_not_do_is_told_by_field(root, somebody, change, says):
    user_id, client = somebody
    before = client.get(f"/users/{user_id}").json()
    answer = root.patch(f"/users/{user_id}", json={"last_name": "New"} | change)
    assert (answer.status_code, answer.json()) == (400, says)
    assert client.get(f"/users/{user_id}").json() == before


def test_an_address_is_one_persons(root, live, somebody):
    user_id, _ = somebody
    email = f"one{user_id}@example.org"
    assert root.patch(f"/users/{user_id}", json={"email": email}).status_code == 200
    assert root.patch(f"/users/{user_id}", json={"email": email.upper()}).status_code == 200
    answer = root.patch(f"/users/{live.ids['drawer']}", json={"email": email})
    assert answer.json() == {"email": ["A user is already registered with this e-mail address."]}


def test_others_change_their_own_names_alone(somebody):
    user_id, client = somebody
    answer = client.patch(f"/users/{user_id}", json={"first_name": "Eva", "id": 1, "url": "x"})
    assert (answer.status_code, list(answer.json())) == (200, BASIC)
    assert (answer.json()["first_name"], answer.json()["id"]) == ("Eva", user_id)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "a@b.c"}, "Got unknown fields: {'email'}"),
        ({"x": 1, "email": ""}, "Got unknown fields: {'email', 'x'}"),
        (
            {"is_superuser": True},
            "You do not have permissions to access some of these fields: {'is_superuser'}",
        ),
        (
            {"groups": [], "email": "", "username": "x"},
            "You do not have permissions to access some of these fields: {'email', 'groups'}",
        ),
    ],
)
def test_nobody_makes_themselves_more_than_they_are(live, somebody, change, says):
    user_id, client = somebody
    for asker in (client, live.kept_client("boss")):
        answer = asker.patch(f"/users/{user_id}", json=change)
        assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [says]})
    assert client.get("/users/self").json()["groups"] == ["user"]


def test_deleting_somebody_ends_their_sessions_and_frees_their_work(live, root, somebody):
    user_id, client = somebody
    task = task_with_images(root, 1, owner_id=user_id, assignee_id=user_id)
    people = {"assignee_id": user_id, "reviewer_id": user_id}
    root.patch(f"/jobs/{job_ids(task)[0]}", json=people)
    client.get("/users/self")
    assert "sessionid" in client.cookies
    assert client.delete(f"/users/{user_id}").status_code == 204, "oneself, too"
    assert client.get("/users/self").json() == {"detail": "Invalid token."}
    del client.headers["Authorization"]
    assert client.get("/users/self").status_code == 401
    found = root.get(f"/tasks/{task['id']}").json()
    job = found["segments"][0]["jobs"][0]
    assert [found["owner"], found["assignee"], job["assignee"], job["reviewer"]] == [None] * 4
    assert root.get(f"/users/{user_id}").status_code == 404
    assert root.delete(f"/users/{user_id}").status_code == 404
    gone = root.post("/tasks", json={"name": "t", "labels": LABELS, "owner_id": user_id})
    assert gone.json() == {"owner_id": [f'Invalid pk "{user_id}" - object does not exist.']}


def test_lists_are_filtered_searched_and_paged(live, root):
    everybody = root.get("/users", params={"page_size": "all"}).json()
    assert everybody["count"] == len(everybody["results"]) >= len(live.ids)
    assert [each["id"] for each in everybody["results"]] == sorted(
        each["id"] for each in everybody["results"]
    )
    page = root.get("/users", params={"page": 2, "page_size": 3}).json()
    assert page["results"] == everybody["results"][3:6]
    assert page["previous"] == f"{live.url}/api/v1/users?page_size=3"
    one = root.get("/users", params={"id": live.ids["maker"]}).json()
    assert [each["username"] for each in one["results"]] == ["maker"]
    assert [each["username"] for each in root.get("/users?search=MAK,er").json()["results"]] == ["maker"]
    idle = root.get("/users?is_active=false&page_size=all").json()["results"]
    assert "gone" in [each["username"] for each in idle]
    assert not any(each["is_active"] for each in idle)
    assert root.get("/users?id=x").json() == {"id": ["Enter a number."]}
    assert root.get("/users?id=99999999").json()["results"] == []
    assert root.get("/users?page=99").json() == {"detail": "Invalid page."}
