"""OPTIONS and HEAD on every route, wrong methods and paths that are none (rest-api contract, 1 and 17)."""

import re

import httpx
import pytest
from live import new_task

from labelwright.api.v1.routes import make_routers

ROUTES = sorted(
    {
        (route.path.removeprefix("/api/v1"), handler.opt.get("anonymous", False))
        for route in make_routers()[0].routes
        for handler in route.route_handlers
        if "OPTIONS" not in handler.http_methods
    }
)


@pytest.mark.parametrize(("path", "is_open"), ROUTES, ids=str)
def test_every_route_answers_options(live, path, is_open):
    address = re.sub("{[^}]+}", "1", path)
    answer = live.kept_client("nobody").options(address)
    assert answer.status_code == 200, address
    assert answer.headers["allow"].endswith("OPTIONS")
    assert list(answer.json()) == ["name", "description", "renders", "parses"]
    assert live.kept_client(None).options(address).status_code == (200 if is_open else 401)


@pytest.mark.parametrize(
    "path",
    [
        "/auth/password",
        "/auth/password/nonsense",
        "/auth/login/",
        "/cloudstorages",
        "/predict/status",
        "/tasks/x",
    ],
)
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_a_path_that_is_no_route_is_404_by_any_method(live, method, path):
    for caller in ("root", None):
        answer = live.kept_client(caller).request(method, path)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/tasks", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/tasks/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("GET", "/auth/login", "POST, OPTIONS"),
        ("HEAD", "/auth/login", "POST, OPTIONS"),
        ("GET", "/auth/logout", "POST, OPTIONS"),
        ("POST", "/users", "GET, HEAD, OPTIONS"),
        ("GET", "/reviews", "POST, OPTIONS"),
        ("HEAD", "/reviews", "POST, OPTIONS"),
        ("PUT", "/comments", "POST, OPTIONS"),
        ("POST", "/issues/1", "PATCH, DELETE, OPTIONS"),
        ("POST", "/users/self", "GET, HEAD, OPTIONS"),
        ("PUT", "/users/1", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("DELETE", "/server/about", "GET, HEAD, OPTIONS"),
        ("TRACE", "/tasks", "GET, POST, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_405_and_says_which_would_do(live, method, path, allow):
    answer = live.kept_client("root").request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    is_open = path.startswith("/auth/") or method == "TRACE"
    nobody = live.kept_client(None).request(method, path)
    assert nobody.status_code == (405 if is_open else 401), "who asks is looked at first"
    if method != "HEAD":
        assert answer.json() == {"detail": f'Method "{method}" not allowed.'}


def test_head_is_get_without_the_body(live, root):
    task = new_task(root)["id"]
    for path in ("/users/self", f"/tasks/{task}", f"/tasks/{task}/jobs", "/tasks?page=99", "/tasks/9999999"):
        got, headed = root.get(path), root.head(path)
        assert headed.content == b""
        assert headed.status_code == got.status_code
        for name in ("content-length", "content-type", "vary"):
            assert headed.headers[name] == got.headers[name]
    assert live.kept_client(None).head("/users/self").status_code == 401
    assert httpx.head(f"{live.url}/", verify=False).headers["content-type"].startswith("text/html")


def test_pages_take_get_alone(live):
    answer = httpx.post(f"{live.url}/tasks/1", verify=False)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    for path in ("/api", "/api/nonsense", "/assets/nonsense.js"):
        assert httpx.get(f"{live.url}{path}", verify=False).status_code == 404
