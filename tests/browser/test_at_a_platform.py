"""Signing in at a platform from the browser: there, back, in the middle of work, and as somebody it does not know."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from live import image_parts, new_task, run_server, wait_for_media
from platform_server import PlatformServer
from texts import text
from visits import Visit
from workbench import Workbench


class SignInPage:
    """The platform's page to sign in: whoever comes gets the token of `gives`, and is sent back with it at once."""

    def __init__(self):
        self.gives = ""
        self.came: list[str] = []
        handler = type("Handler", (_Handler,), {"page": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/user/login"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    page: SignInPage

    def log_message(self, *_):
        """Tests tell of visits through `came`."""

    def do_GET(self):
        wanted = parse_qs(urlsplit(self.path).query)["redirect"][0]
        self.page.came.append(wanted)
        self.send_response(302)
        self.send_header("Location", f"{wanted}{'&' if '?' in wanted else '?'}token={self.page.gives}")
        self.end_headers()


@pytest.fixture(scope="module")
def entrance():
    page = SignInPage()
    yield page
    page.close()


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with PlatformServer(tmp_path_factory.mktemp("storage")) as server:
        yield server


@pytest.fixture(scope="module")
def inside(tmp_path_factory, sqlite_template, platform, entrance):
    settings = {**platform.settings(), "sign_in_page": entrance.url, "identity_cache_s": 0}
    yield from run_server(tmp_path_factory.mktemp("inside"), sqlite_template, test_mode=True, **settings)


@pytest.fixture(scope="module")
def task(inside, platform):
    """A task of two photographs, made by somebody of the platform."""
    token = platform.issue("maker", permissions=["ANNOTATIONS_USER"])
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{inside.url}/api/v1", headers=headers, timeout=60) as client:
        made = new_task(client)
        client.post(f"/tasks/{made['id']}/data", data={"image_quality": "70"}, files=image_parts(2))
        wait_for_media(client, made["id"])
        return client.get(f"/tasks/{made['id']}").json()


@pytest.fixture
def visit(browser, inside, entrance, visits):
    """A browser that the platform does not know yet."""
    visits.append(Visit(browser, inside.url))
    visits[-1].expect("status of 401")
    visits[-1].expect(f"request to another server: {entrance.url}")
    entrance.came.clear()
    return visits[-1]


def address_of(task):
    return f"/tasks/{task['id']}/jobs/{task['segments'][0]['jobs'][0]['id']}"


def test_one_signs_in_there_and_comes_back_to_the_same_address(visit, inside, platform, entrance):
    entrance.gives = token = platform.issue("王芳", permissions=["ANNOTATIONS_USER"])
    page = visit.go("/tasks?search=x")
    page.get_by_role("button", name=text("user-menu", name="王芳")).wait_for()
    assert entrance.came == [f"{inside.url}/tasks?search=x"]
    assert page.url == f"{inside.url}/tasks?search=x"
    assert page.evaluate("localStorage.getItem('token')") == token
    cookies = {cookie["name"]: cookie["value"] for cookie in visit.context.cookies()}
    assert (cookies["token"], cookies["language"]) == (token, "en-US")
    page.get_by_role("button", name=text("user-menu", name="王芳")).click()
    assert page.get_by_role("menuitem", name=text("account")).count() == 0
    assert page.get_by_role("link", name=text("users")).count() == 0
    page.get_by_role("menuitem", name=text("sign-out")).click()
    page.get_by_role("button", name=text("sign-in.at-platform")).wait_for()
    assert page.evaluate("localStorage.getItem('token')") is None
    assert "token" not in {cookie["name"] for cookie in visit.context.cookies()}
    page.get_by_role("button", name=text("sign-in.at-platform")).click()
    page.get_by_role("button", name=text("user-menu", name="王芳")).wait_for()
    assert page.url == f"{inside.url}/tasks"


def test_a_landing_lets_in_whom_the_platform_knows_and_nobody_else(visit, inside, platform, entrance):
    page = visit.go(f"/annotations/auth/login?token={platform.issue('lander')}")
    page.wait_for_url("**/annotations/tasks")
    page.get_by_role("button", name=text("user-menu", name="lander")).wait_for()
    assert entrance.came == []
    entrance.gives = "none.of.theirs"
    page.goto("/annotations/auth/login?token=a.bad.one")
    page.get_by_text("The token is none of the platform's").wait_for()
    assert page.get_by_role("button", name=text("sign-in.at-platform")).is_visible()
    page.wait_for_timeout(500)
    assert entrance.came == [f"{inside.url}/annotations/auth/login"]
    assert page.evaluate("localStorage.getItem('token')") is None


def test_a_token_revoked_in_the_middle_of_work_loses_nothing(visit, inside, platform, entrance, task):
    visit.expect("status of 401|ERR_|401 ")
    entrance.gives = first = platform.issue("drawer", permissions=["ANNOTATIONS_ANNOTATOR"])
    page = visit.go(address_of(task))
    headers = {"Authorization": f"Bearer {platform.issue('maker', permissions=['ANNOTATIONS_USER'])}"}
    job = task["segments"][0]["jobs"][0]["id"]
    with httpx.Client(base_url=f"{inside.url}/api/v1", headers=headers) as client:
        workbench = Workbench(visit, client, task, job)
        workbench.ready()
        workbench.draw_box(5, 5, 25, 20)
        visit.until(lambda: len(workbench.server_shapes()) == 1)
        platform.fail("people", "500")  # for a while nobody can be asked: that is no reason to sign in again
        workbench.draw_box(30, 5, 45, 20)
        page.wait_for_timeout(1500)
        assert page.get_by_role("button", name=text("sign-in.at-platform")).count() == 0
        platform.fail("people", None)
        visit.until(lambda: len(workbench.server_shapes()) == 2)
        platform.revoke(first)
        workbench.draw_box(5, 25, 25, 40)
        entrance.gives = platform.issue("drawer", permissions=["ANNOTATIONS_ANNOTATOR"], expires_s=9000)
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name=text("sign-in.at-platform")).click()
        dialog.wait_for(state="detached")  # the other tab has done its work, and is closed
        workbench.idle()
        visit.until(lambda: visit.context.pages == [page])
        assert len(workbench.server_shapes()) == 3
        workbench.press("Control+Z").idle()  # the page is the same one, with all that was done
        assert len(workbench.server_shapes()) == 2
    assert entrance.came == [f"{inside.url}{address_of(task)}", f"{inside.url}/auth/login"]


def test_a_page_left_and_opened_anew_sends_what_it_could_not(visit, inside, platform, entrance, task):
    visit.expect("status of 401|ERR_")
    entrance.gives = first = platform.issue("leaver", permissions=["ANNOTATIONS_ANNOTATOR"])
    job = task["segments"][0]["jobs"][0]["id"]
    page = visit.go(address_of(task))
    headers = {"Authorization": f"Bearer {platform.issue('maker', permissions=['ANNOTATIONS_USER'])}"}
    with httpx.Client(base_url=f"{inside.url}/api/v1", headers=headers) as client:
        workbench = Workbench(visit, client, task, job).ready()
        before = len(workbench.server_shapes())
        platform.revoke(first)
        workbench.take("rectangle").draw_box(30, 25, 45, 40)
        page.get_by_role("dialog").get_by_role("button", name=text("sign-in.at-platform")).wait_for()
        entrance.gives = platform.issue("leaver", permissions=["ANNOTATIONS_ANNOTATOR"], expires_s=9000)
        page.on("dialog", lambda asked: asked.accept())  # the browser asks whether to leave
        page.reload()
        visit.until(lambda: len(workbench.server_shapes()) == before + 1)
    assert urlsplit(page.url).path == address_of(task)
    assert len(entrance.came) == 2
