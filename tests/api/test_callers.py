"""Who is asking: signed addresses, Basic credentials, the echo in a form, and too many (rest-api contract, 2)."""

import base64
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from live import LABELS, PASSWORD, forget_attempts, serve

from labelwright.services import accounts, signing


def sign(live, url, name="maker"):
    answer = live.kept_client(name).post("/auth/signing", json={"url": url})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/users/self",
        "/api/v1/users?page_size=all&search=ma",
        "/api/v1/users?search=a b&x=%2B+%C3%A9&y=é&z=100%",
        "/api/v1/users/self?sign=1-2-3&x",
        "/annotations/api/v1/users/self",
    ],
)
def test_a_signed_address_says_who_opens_it(live, url):
    signed = sign(live, url)
    assert signed.startswith(live.url)
    answer = httpx.get(signed, verify=False)
    assert answer.status_code == 200, answer.text
    assert "sessionid" not in answer.cookies


def test_a_signed_address_may_be_absolute(live):
    assert httpx.get(sign(live, f"{live.url}/api/v1/users/self"), verify=False).json()["username"] == "maker"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda url: url.replace("users/self", "users/1"), id="another path"),
        pytest.param(lambda url: url.replace("a=1", "a=2"), id="another value"),
        pytest.param(lambda url: url.replace("a=1", "a=1&b=2"), id="one name more"),
        pytest.param(lambda url: url.replace("a=1&", ""), id="one name less"),
        pytest.param(lambda url: url.replace("a=1", "a%3D1"), id="a name with the sign in it"),
        pytest.param(lambda url: url.replace("127.0.0.1", "localhost"), id="another host"),
        pytest.param(lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"), id="forged"),
        pytest.param(lambda url: url.replace("sign=", "sign=1"), id="another user"),
        pytest.param(lambda url: url.partition("sign=")[0] + "sign=x", id="nonsense"),
        pytest.param(lambda url: url.partition("sign=")[0] + "sign=%00%ff", id="no text"),
        pytest.param(lambda url: url.partition("sign=")[0] + "sign=" + "9" * 5000, id="5000 digits"),
    ],
)
def test_a_signature_is_for_one_address_and_one_person(live, change):
    answer = httpx.get(change(sign(live, "/api/v1/users/self?a=1")), verify=False)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid signature."})
    assert answer.headers["www-authenticate"] == "Token"


def test_a_signature_lasts_half_a_minute(live):
    user = accounts.sign_in(live.deps, username="maker", password=PASSWORD).user
    for age, status in ((25, 200), (32, 401)):
        moment = live.deps.clock() - timedelta(seconds=age)
        then = replace(live.deps, clock=lambda moment=moment: moment)
        url = signing.sign_address(then, user=user, address="/api/v1/users/self", base_url=live.url)
        answer = httpx.get(url, verify=False)
        assert answer.status_code == status
    assert answer.json() == {"detail": "This URL has expired."}


def test_whoever_is_switched_off_opens_nothing(live):
    user = accounts.sign_in(live.deps, username="maker", password=PASSWORD).user
    for user_id in (live.ids["gone"], 10**8):
        signer = type(user)(
            **{name: getattr(user, name) for name in user.__struct_fields__ if name != "id"}, id=user_id
        )
        url = signing.sign_address(live.deps, user=signer, address="/api/v1/users/self", base_url=live.url)
        answer = httpx.get(url, verify=False)
        assert (answer.status_code, answer.json()) == (401, {"detail": "User inactive or deleted."})


@pytest.mark.parametrize("body", [{}, {"url": ""}, {"url": None}, {"url": 3}, {"url": ["/x"]}])
def test_signing_needs_an_address(live, body):
    answer = live.kept_client("nobody").post("/auth/signing", json=body)
    assert (answer.status_code, answer.json()) == (400, ["Please provide `url` parameter"])


@pytest.mark.parametrize("url", ["http://[", "javascript:alert(1)", "ftp://x/y"])
def test_what_is_no_address_is_not_signed(live, url):
    answer = live.kept_client("nobody").post("/auth/signing", json={"url": url})
    assert (answer.status_code, answer.json()) == (400, {"url": ["Enter a valid URL."]})


def test_signing_is_for_people_signed_in(live):
    assert live.kept_client(None).post("/auth/signing", json={"url": "/x"}).status_code == 401


def test_a_token_goes_before_a_signature(live):
    answer = live.kept_client("root").get("/users/self", params={"sign": "forged"})
    assert (answer.status_code, answer.json()["username"]) == (200, "root")


def test_name_and_password_may_come_along(live):
    answer = httpx.post(f"{live.url}/api/v1/tasks", json={}, auth=("maker", PASSWORD), verify=False)
    assert answer.status_code == 400, "let in, and told what is missing"
    assert "sessionid" not in answer.cookies
    answer = httpx.get(f"{live.url}/api/v1/users/self", auth=("maker", PASSWORD), verify=False)
    assert answer.json()["username"] == "maker"


@pytest.mark.parametrize(
    ("credentials", "says"),
    [
        pytest.param("", "Invalid basic header. No credentials provided.", id="nothing"),
        pytest.param(
            "a b", "Invalid basic header. Credentials string should not contain spaces.", id="blanks"
        ),
        pytest.param(
            "&&&", "Invalid basic header. Credentials not correctly base64 encoded.", id="no base64"
        ),
        pytest.param(
            base64.b64encode(b"maker").decode(),
            "Invalid basic header. Credentials not correctly base64 encoded.",
            id="no colon",
        ),
        pytest.param(
            base64.b64encode(b"\xff:\xff").decode(),
            "Invalid basic header. Credentials not correctly base64 encoded.",
            id="no text",
        ),
        pytest.param(base64.b64encode(b"maker:x").decode(), "Invalid username/password.", id="wrong"),
        pytest.param(base64.b64encode(b"mak\0er:x").decode(), "Invalid username/password.", id="NUL"),
        pytest.param(base64.b64encode(b":").decode(), "Invalid username/password.", id="empty"),
        pytest.param(
            base64.b64encode(f"gone:{PASSWORD}".encode()).decode(), "User inactive or deleted.", id="inactive"
        ),
    ],
)
def test_wrong_credentials_are_told(live, credentials, says):
    headers = {"Authorization": f"Basic {credentials}".strip()}
    answer = httpx.get(f"{live.url}/api/v1/users/self", headers=headers, verify=False)
    assert (answer.status_code, answer.json()) == (401, {"detail": says})
    assert answer.headers["www-authenticate"] == "Token"


@pytest.fixture
def browser(live):
    with live.client(None) as client:
        answer = client.post("/auth/login", data={"username": "maker", "password": PASSWORD})
        live.tokens["maker"] = answer.json()["key"]
        yield client


FIELDS = {"name": "by form", "labels[0]name": "car"}


@pytest.mark.parametrize(
    ("echo", "status"), [("right", 201), ("wrong", 403), ("", 403), (None, 403)], ids=str
)
@pytest.mark.parametrize("how", ["urlencoded", "multipart", "multipart with a file"])
def test_a_form_may_echo_the_cookie_in_a_field(browser, how, echo, status):
    token = browser.cookies["csrftoken"] if echo == "right" else echo
    fields = FIELDS if token is None else {"csrfmiddlewaretoken": token} | FIELDS
    options = {"data": fields}
    if how != "urlencoded":
        options = {"files": [(name, (None, value)) for name, value in fields.items()]}
    if how == "multipart with a file":
        options["files"].append(("picture", ("x.bin", b"\0" * 3_000_000)))
    answer = browser.post("/tasks", **options)
    assert answer.status_code == status, answer.text
    if status == 201:
        assert (answer.json()["name"], answer.json()["labels"][0]["name"]) == ("by form", "car")
    else:
        assert answer.json() == {"detail": "CSRF Failed: CSRF token missing or incorrect."}


def test_the_echo_in_a_field_is_for_post_alone(browser, live):
    task = live.kept_client("maker").post("/tasks", json={"name": "t", "labels": LABELS}).json()
    fields = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "name": "x"}
    assert browser.patch(f"/tasks/{task['id']}", data=fields).status_code == 403
    assert browser.post("/tasks", json=fields | {"labels": LABELS}).status_code == 403


@pytest.mark.parametrize("body", [b"", b"x", b"--x", b'--x\r\nContent-Disposition: form-data; name="csrfm'])
def test_a_broken_form_echoes_nothing(browser, body):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert browser.post("/tasks", content=body, headers=headers).status_code == 403
    answer = browser.post("/tasks", content=body, headers={"Content-Type": "multipart/form-data"})
    assert answer.status_code in (400, 403)


def now_and_later(deps):
    """A clock that tests move, and the deps of a server that goes by it."""
    moved = [timedelta()]
    return moved, replace(
        deps,
        clock=lambda: deps.clock() + moved[0],
        limits=replace(deps.limits, anonymous_per_minute=100, sign_in_failures_per_minute=4),
    )


def test_the_101st_anonymous_request_in_a_minute_is_throttled(live):
    moved, deps = now_and_later(live.deps)
    with serve(deps) as url, httpx.Client(base_url=f"{url}/api/v1", verify=False) as client:
        for number in range(100):
            assert client.get("/restrictions/user-agreements").status_code == 200, number
        answer = client.get("/restrictions/user-agreements")
        wait = int(answer.headers["retry-after"])
        assert (answer.status_code, 50 <= wait <= 60) == (429, True)
        assert answer.json() == {"detail": f"Request was throttled. Expected available in {wait} seconds."}
        assert client.options("/auth/login").status_code == 429
        assert client.post("/auth/login", json={}).status_code == 429
        assert client.get("/users/self").status_code == 401, "who must sign in is told so first"
        assert httpx.get(f"{url}/", verify=False).status_code in (200, 503), "pages are for everybody"
        signed_in = {"Authorization": f"Token {live.tokens['root']}"}
        assert client.get("/restrictions/user-agreements", headers=signed_in).status_code == 200
        client.cookies.clear()
        moved[0] = timedelta(seconds=wait)
        assert client.get("/restrictions/user-agreements").status_code == 200


def test_sign_ins_that_fail_too_often_are_throttled(live):
    moved, deps = now_and_later(live.deps)
    forget_attempts(deps)
    wrong = {"username": "nobody-such", "password": "x"}
    with serve(deps) as url, httpx.Client(base_url=f"{url}/api/v1", verify=False) as client:
        for _ in range(3):
            assert client.post("/auth/login", json=wrong).status_code == 400
        assert client.get("/users/self", auth=("maker", "x")).status_code == 401
        right = {"username": "worker", "password": PASSWORD}
        answer = client.post("/auth/login", json=right)
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)
        assert client.get("/users/self", auth=("worker", PASSWORD)).status_code == 429
        moved[0] = timedelta(minutes=1)
        assert client.post("/auth/login", json=right).status_code == 200


def test_sessions_end_with_their_time(live, browser):
    client = live.client("worker")
    client.get("/users/self")
    cookies = [browser.cookies["sessionid"], client.cookies["sessionid"]]
    assert [cookie.startswith("token-") for cookie in cookies] == [False, True], "one stored, one signed"
    late = replace(live.deps, clock=lambda: live.deps.clock() + timedelta(days=15))
    with serve(late) as url:
        for cookie in cookies:
            for address, status in ((live.url, 200), (url, 401)):
                answer = httpx.get(
                    f"{address}/api/v1/users/self", headers={"Cookie": f"sessionid={cookie}"}, verify=False
                )
                assert answer.status_code == status


def test_behind_a_proxy_of_this_machine_each_caller_counts_alone(live):
    limits = replace(live.deps.limits, anonymous_per_minute=1)
    with serve(replace(live.deps, limits=limits)) as url:

        def ask(address):
            headers = {"X-Forwarded-For": address}
            return httpx.get(f"{url}/api/v1/restrictions/user-agreements", headers=headers, verify=False)

        addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1", "2001:db8::2", "nonsense"]
        assert [ask(address).status_code for address in addresses] == [200, 200, 429, 200, 429, 200]
