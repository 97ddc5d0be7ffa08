"""Who may in where the platform says who people are, and how its clients ask about people on one machine."""

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from live import PASSWORD, new_task, serve
from platform_server import PlatformServer

from labelwright.compose import open_deps
from labelwright.platform.identity import PlatformIdentity
from labelwright.services import accounts
from labelwright.settings import Settings

RECORDED = json.loads((Path(__file__).parents[1] / "contract" / "recorded-exchanges.json").read_text())
SERVICE_TOKEN = "a service's own token, long enough to be no guess"
PLATFORM, OWN = "/annotations/api/v1", "/api/v1"
CURRENT, EVERYBODY = "/auth/currentUser", "/users/cvat/users?pageNo=1&pageSize=all"


class Inside:
    """A server inside a platform; the answers of the user service are believed for no time."""

    def __init__(self, platform, deps, url):
        self.platform, self.deps, self.url = platform, deps, url

    def ask(self, method, path, *, token=None, cookie=None, **options):
        headers = options.pop("headers", {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if cookie is not None:
            headers["Cookie"] = f"token={cookie}"
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=20, **options)


@contextmanager
def server_inside(folder, template, **settings):
    (folder / "storage").mkdir(parents=True)
    (folder / "labelwright.db").write_bytes(template.read_bytes())
    with PlatformServer(folder / "storage") as platform:
        chosen = {**platform.settings(), "service_token": SERVICE_TOKEN, "identity_cache_s": 0, **settings}
        deps = open_deps(Settings(data=folder, anonymous_per_minute=0, platform_timeout_s=1, **chosen))
        account = accounts.NewAccount(username="admin", password=PASSWORD, password_again=PASSWORD)
        accounts.create_account(deps, account=account, roles=(), is_admin=True)
        with serve(deps) as url:
            yield Inside(platform, deps, url)
        deps.operations.close()
        deps.database.close()


@pytest.fixture(scope="module")
def inside(tmp_path_factory, sqlite_template):
    with server_inside(tmp_path_factory.mktemp("inside"), sqlite_template) as server:
        yield server


@pytest.fixture
def platform(inside):
    yield inside.platform
    inside.platform.fail("people", None)


def test_the_caller_is_whom_the_token_names_with_the_roles_of_the_platform(inside, platform):
    token = platform.issue(
        "admin", uid=30001, permissions=["ANNOTATIONS_ADMIN", "ANNOTATIONS_ANNOTATOR", "MANAGE_USER"]
    )
    found = inside.ask("GET", f"{PLATFORM}/users/self", token=token).json()
    assert found["url"].endswith("/api/v1/users/30001")
    assert (found["id"], found["username"], found["groups"]) == (30001, "admin", ["admin", "annotator"])
    assert (found["is_staff"], found["is_superuser"]) == (True, False)
    platform.issue("admin", permissions=[])
    assert inside.ask("GET", f"{PLATFORM}/users/self", token=token).json()["groups"] == []
    assert inside.ask("GET", f"{PLATFORM}/users/30001", token=token).json()["username"] == "admin"
    assert inside.ask("GET", f"{PLATFORM}/users/self", cookie=token).json()["id"] == 30001


def test_people_are_names_nobody_checks(inside, platform):
    token = platform.issue("maker", permissions=["ANNOTATIONS_USER"])
    with httpx.Client(
        base_url=f"{inside.url}{PLATFORM}", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        task = new_task(client, assignee="李娜")
        assert (task["owner"], task["assignee"]) == ("maker", "李娜")
        changed = client.patch(f"/tasks/{task['id']}", json={"owner": "somebody new"}).json()
        assert changed["owner"] == "somebody new"
        assert client.get(f"/tasks/{task['id']}").status_code == 403  # the maker's no more
    theirs = platform.issue("李娜")
    assert inside.ask("GET", f"{PLATFORM}/tasks/{task['id']}", token=theirs).status_code == 403  # no job yet
    own = inside.ask("GET", f"{PLATFORM}/tasks?assignee=李", token=theirs).json()
    assert [each["id"] for each in own["results"]] == [task["id"]]


def test_a_failing_user_service_is_named_to_the_caller(inside, platform):
    token = platform.issue("waits")
    platform.fail("people", "500")
    answer = inside.ask(
        "GET", f"{PLATFORM}/users/self", token=token, headers={"Labelwright-Language": "zh-CN"}
    )
    assert answer.status_code == 401
    assert answer.json() == {"detail": "现在无法登录：用户服务返回状态码 500。"}
    assert answer.headers["Retry-After"] == "5"
    platform.fail("people", None)
    bad = inside.ask("GET", f"{PLATFORM}/users/self", token="a.b.c")
    assert (bad.status_code, "Retry-After" in bad.headers) == (401, False)
    assert bad.json() == {"detail": "The token is none of the platform's: sign in again."}


def test_a_page_of_another_site_cannot_use_the_cookie(inside, platform):
    token = platform.issue("cookie", permissions=["ANNOTATIONS_USER"])
    host = inside.url.partition("//")[2]
    body = {"name": "a task", "labels": [{"name": "car"}]}

    def post(**headers):
        answer = inside.ask("POST", f"{PLATFORM}/tasks", cookie=token, headers=headers, json=body)
        return answer.status_code

    assert post(Origin=f"http://{host}") == 201
    assert post(**{"Sec-Fetch-Site": "same-origin", "Origin": "https://labels.example.org"}) == 201
    assert post(**{"Origin": "https://labels.example.org", "X-Forwarded-Host": "labels.example.org"}) == 201
    assert post() == post(Origin="null") == post(Origin="https://evil.example.org") == 403
    assert post(**{"Sec-Fetch-Site": "same-site", "Origin": f"http://{host}"}) == 403
    refused = inside.ask("POST", f"{PLATFORM}/tasks", cookie=token, json=body)
    assert refused.json() == {"detail": "CSRF Failed: the request does not come from a page of this server."}


def test_local_accounts_stay_a_fallback_by_password_alone(inside, platform):
    signed = inside.ask(
        "POST", f"{OWN}/auth/login", json={"username": "admin", "password": PASSWORD}, cookie="old"
    )
    assert signed.status_code == 200
    token, session = signed.json()["key"], signed.cookies["sessionid"]
    by_session = inside.ask("GET", f"{OWN}/users/self", headers={"Cookie": f"sessionid={session}; token=old"})
    assert by_session.json()["is_superuser"] is True
    basic = httpx.get(f"{inside.url}{OWN}/users/self", auth=("admin", PASSWORD))
    assert basic.json()["id"] == by_session.json()["id"]
    assert basic.json()["id"] != 30001
    for headers in ({"Authorization": f"Token {token}"}, {"Authorization": f"Bearer {token}"}):
        assert inside.ask("GET", f"{OWN}/users/self", headers=headers).status_code == 401
    path = f"{OWN}/users/self?sign=1-1-{'0' * 64}"
    assert inside.ask("GET", path).json() == {"detail": "Authentication credentials were not provided."}


@pytest.mark.parametrize("path", ["password/change", "signing", "register", "password/reset"])
def test_accounts_are_the_platforms_business(inside, platform, path):
    body = {
        "email": "a@example.org", "username": "new", "password1": PASSWORD, "password2": PASSWORD,
    }  # fmt: skip
    answer = inside.ask("POST", f"{PLATFORM}/auth/{path}", token=platform.issue("any"), json=body)
    assert answer.status_code == 403
    assert "platform" in answer.json()["detail"]


def test_signing_out_takes_the_cookie_back(inside, platform):
    token = platform.issue("leaves")
    answer = inside.ask("POST", f"{PLATFORM}/auth/logout", cookie=token, token=token)
    assert answer.status_code == 200
    gone = [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("token=")]
    assert "Max-Age=0" in gone[0]


def test_users_are_those_of_the_platform_and_nobody_while_it_fails(inside, platform):
    token = platform.issue("lister", uid=41, permissions=["ANNOTATIONS_OBSERVER"])
    platform.issue("listed", uid=42, permissions=["ANNOTATIONS_ANNOTATOR"])
    page = inside.ask("GET", f"{PLATFORM}/users?search=LISTE&ordering=-username", token=token).json()
    assert (page["count"], [user["id"] for user in page["results"]]) == (2, [41, 42])
    assert page["results"][1]["groups"] == ["annotator"]
    first = inside.ask("GET", f"{PLATFORM}/users?search=liste&page_size=1", token=token).json()
    assert (len(first["results"]), first["next"] is not None) == (1, True)
    ours = inside.ask("GET", f"{OWN}/users?search=listed", token=token).json()["results"][0]
    task = inside.ask(
        "POST",
        f"{OWN}/tasks",
        token=platform.issue("boss", permissions=["ANNOTATIONS_ADMIN"]),
        json={"name": "t", "labels": [{"name": "car"}], "assignee_id": ours["id"]},
    ).json()
    assert task["assignee"]["username"] == "listed"
    remembers = PlatformIdentity(
        platform.people_url, secret=platform.secret, timeout_s=1, cache_s=60, clock=inside.deps.clock
    )
    with serve(replace(inside.deps, identity=remembers)) as url:
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{url}{PLATFORM}/users/self", headers=headers).json()["id"] == 41
        platform.fail("people", "malformed")
        answer = httpx.get(f"{url}{PLATFORM}/users", headers=headers)
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_a_service_opens_only_what_is_for_services(inside):
    answer = inside.ask("GET", f"{OWN}/tasks", token=SERVICE_TOKEN)
    assert answer.status_code == 403
    assert answer.json() == {"detail": "The token of a service opens nothing but datasets."}
    assert inside.ask("GET", f"{OWN}/tasks", token=SERVICE_TOKEN + "x").status_code == 401


def test_questions_about_people_are_passed_on(inside, platform):
    token = platform.issue("passed", uid=71, permissions=["ANNOTATIONS_USER"])
    root = "/annotations/custom-user-dashboard-backend"
    assert inside.ask("GET", f"{root}{CURRENT}", token=token).json()["currentVC"] == ["platform"]
    assert platform.calls[-1].path.endswith(CURRENT)
    rows = inside.ask("GET", f"{root}{EVERYBODY}", token=token).json()["result"]
    assert {row["username"] for row in rows} >= {"passed"}
    assert platform.calls[-1].path.endswith(EVERYBODY)
    refused = inside.ask("GET", f"{root}{CURRENT}")
    assert refused.json() == {
        "success": False,
        "message": "Authentication credentials were not provided.",
        "statusCode": 401,
    }


def test_a_user_service_that_comes_back_lets_people_in_again(inside, platform):
    token = platform.issue("patient")
    platform.fail("people", "down")
    assert inside.ask("GET", f"{PLATFORM}/users/self", token=token).status_code == 401
    platform.fail("people", None)
    again = platform.issue(
        "patient", expires_s=3000
    )  # another token: the failure of the first is remembered a second
    assert inside.ask("GET", f"{PLATFORM}/users/self", token=again).status_code == 200


# On one machine


def test_our_own_token_is_a_bearer_token_too(live):
    token = live.tokens["maker"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{live.url}{OWN}/users/self", headers=headers).json()["username"] == "maker"
    cookie = {"Cookie": f"token={token}"}
    assert httpx.get(f"{live.url}{PLATFORM}/users/self", headers=cookie).json()["username"] == "maker"
    assert httpx.get(f"{live.url}{OWN}/users/self", headers={"Authorization": "Bearer x"}).status_code == 401
    other = {"Cookie": "token=another server's", "Authorization": f"Token {token}"}
    assert httpx.get(f"{live.url}{OWN}/users/self", headers=other).json()["username"] == "maker"
    forged = httpx.post(f"{live.url}{OWN}/tasks", headers=cookie, json={"name": "t", "labels": []})
    assert forged.status_code == 403


def recorded(number):
    return RECORDED[number]["response"]


def test_our_own_accounts_answer_as_the_user_service(live):
    with live.client("boss") as client:
        mine = httpx.get(f"{live.url}/custom-user-dashboard-backend{CURRENT}", headers=client.headers).json()
        page = httpx.get(
            f"{live.url}/custom-user-dashboard-backend{EVERYBODY}", headers=client.headers
        ).json()
    assert list(mine) == list(recorded(53))
    assert (mine["userName"], mine["currentRole"]) == ("boss", ["System Admin"])
    assert [name for name in recorded(53)["permissionList"] if name.startswith("ANNOTATIONS_")] == mine[
        "permissionList"
    ]
    assert list(page) == list(recorded(54))
    row = next(row for row in page["result"] if row["username"] == "drawer")
    assert list(row) == list(recorded(54)["result"][0])
    assert row["permissionList"] == ["ANNOTATIONS_ANNOTATOR"]
    assert row["url"] == f"/custom-user-dashboard-backend/users/cvat/user/{row['id']}"
    assert row["date_joined"].isdigit()
    assert "gone" not in {row["username"] for row in page["result"]}


def test_a_page_of_users_is_as_long_as_asked(live):
    with live.client("drawer") as client:
        root = f"{live.url}/annotations/custom-user-dashboard-backend/users/cvat/users"
        page = httpx.get(f"{root}?pageNo=2&pageSize=3", headers=client.headers).json()
        assert (page["count"], len(page["result"])) == (3, 3)
        assert page["total"] > 3
        assert {row["email"] for row in page["result"]} == {None}
        assert httpx.get(f"{root}?pageNo=0", headers=client.headers).status_code == 400
    assert httpx.get(root).status_code == 401
