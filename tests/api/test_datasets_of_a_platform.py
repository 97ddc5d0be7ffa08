"""The dataset manager's routes where the platform's own dataset manager answers, over real HTTP on both sides."""

import time
from dataclasses import replace

import httpx
import pytest
from live import jpeg, serve
from platform_server import PlatformServer

from labelwright.platform.catalogue import RemoteCatalogue

ROOT = "/annotations/dataset_manager/api/cv_datasets"
TIMEOUT_S = 0.6


@pytest.fixture(scope="module")
def place(live):
    """The platform, and a client of `maker` at a server that asks it for datasets."""
    with PlatformServer(live.deps.platform.storage_root) as platform:
        catalogue = RemoteCatalogue(
            platform.datasets_url,
            token=platform.service_token,
            timeout_s=TIMEOUT_S,
            root=platform.storage_root,
        )
        with (
            serve(replace(live.deps, catalogue=catalogue)) as url,
            httpx.Client(base_url=f"{url}{ROOT}", timeout=20) as http,
        ):
            http.headers["Authorization"] = f"Token {live.tokens['maker']}"
            yield platform, http


@pytest.fixture
def platform(place):
    yield place[0]
    place[0].fail("datasets", None)


@pytest.fixture
def http(place):
    return place[1]


def test_a_dataset_is_made_and_looked_through_at_the_platform(platform, http):
    files = [("files[0]", ("图 1.jpg", jpeg())), ("files[1]", ("b.jpg", jpeg(shade=1)))]
    made = http.post("", data={"name": "狗", "annotType": "object_detection"}, files=files)
    assert (made.status_code, made.json()["data"]["itemCount"]) == (201, 2)
    number = made.json()["data"]["id"]
    shown = http.get(f"/id/{number}").json()["data"]
    assert shown == platform.datasets[number]
    assert http.get("", params={"pageSize": 1}).json()["data"]["items"] == [shown]
    items = http.get(f"/id/{number}/items").json()["data"]["items"]
    assert [each["displayName"] for each in items] == ["图 1.jpg", "b.jpg"]
    assert http.get(f"/id/{number}/items/file", params={"path": items[0]["path"]}).content == jpeg()
    assert http.get(f"/id/{number}/items/preview", params={"path": items[0]["path"]}).status_code == 200
    (platform.folder_of(number) / "new.jpg").write_bytes(jpeg())
    platform.raise_tag(number)
    assert http.get(f"/id/{number}/items").json()["data"]["total"] == 3
    assert http.get("/id/1000000").status_code == 404


@pytest.mark.parametrize(
    ("tag", "shown"),
    [(7, 7), ("7", 7), ("007", "007"), ("v2", "v2"), (10**25, str(10**25)), ("9" * 5000, "9" * 5000)],
)
def test_a_tag_is_a_number_where_every_client_can_read_it_as_one(platform, http, tag, shown):
    number = platform.add_dataset(name="x")
    platform.datasets[number]["tag"] = tag
    assert http.get(f"/id/{number}").json()["data"]["tag"] == shown
    assert http.get("", params={"pageSize": 1000}).status_code == 200
    del platform.datasets[number]


def test_what_only_administrators_may_and_what_the_platform_cannot(live, platform, http):
    number = platform.add_dataset(name="x")
    token = {"Authorization": f"Token {live.tokens['boss']}"}
    calls = (
        ("POST", "/bind", 200),
        ("DELETE", "", 409),
        ("PATCH", "", 501),
        ("POST", "/unbind", 200),
        ("DELETE", "", 200),
    )
    for method, path, status in calls:
        body = {"name": "y", "labelList": ["a"]}
        sent = {"json": body} if method != "DELETE" else {}
        assert http.request(method, f"/id/{number}{path}", **sent).status_code == 403
        answer = http.request(method, f"/id/{number}{path}", headers=token, **sent)
        assert answer.status_code == status, answer.text
    assert number not in platform.datasets


@pytest.mark.parametrize("how", ["slow", "500", "malformed", "nonsense", "down"])
def test_a_platform_that_fails_is_named_soon_and_nothing_else_fails(live, platform, http, how):
    number = platform.add_dataset(name="x")
    platform.fail("datasets", how)
    for method, path in (("GET", ""), ("GET", f"/id/{number}"), ("GET", f"/id/{number}/items")):
        started = time.monotonic()
        answer = http.request(method, path, headers={"Labelwright-Language": "zh-CN"})
        assert (answer.status_code, answer.json()["code"]) == (503, 503), answer.text
        assert "数据集管理服务" in answer.json()["msg"]
        assert time.monotonic() - started < TIMEOUT_S + 2
    assert live.kept_client("maker").get("/tasks").status_code == 200
    platform.fail("datasets", None)
    assert http.get(f"/id/{number}").status_code == 200
