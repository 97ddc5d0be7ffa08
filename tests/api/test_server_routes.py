"""What the server says of itself, and its share (rest-api contract, 4)."""

import os
from dataclasses import replace

import httpx
import pytest
from live import LABELS, serve

from labelwright import __version__


def test_about_names_the_product(live):
    found = live.kept_client("nobody").get("/server/about").json()
    assert list(found) == ["name", "description", "version"]
    assert (found["name"], found["version"]) == ("Labelwright", __version__)
    chinese = live.kept_client("nobody").get("/server/about", headers={"Labelwright-Language": "zh-CN"})
    assert chinese.json()["description"] == "供团队标注图像的服务器与浏览器标注工作台。"


def test_about_can_be_set_and_fits_what_clients_hold(live):
    deps = replace(
        live.deps, product_name="N" * 200, product_description="D" * 3000, product_version="1.4.0" * 20
    )
    with serve(deps) as url:
        headers = {"Authorization": f"Token {live.tokens['root']}"}
        found = httpx.get(f"{url}/api/v1/server/about", headers=headers, verify=False).json()
    assert [len(text) for text in found.values()] == [128, 2048, 64]


def test_plugins_are_listed_as_the_mount_has_them(live):
    client = live.kept_client("nobody")
    known = {"GIT_INTEGRATION": True, "ANALYTICS": False, "MODELS": False}
    assert list(client.get("/server/plugins").json().items()) == [*known.items(), ("PREDICT", False)]
    platform = client.get(f"{live.url}/annotations/api/v1/server/plugins").json()
    assert list(platform) == list(known)


def test_without_git_there_is_no_git_integration(live):
    with serve(replace(live.deps, git=None)) as url:
        headers = {"Authorization": f"Token {live.tokens['root']}"}
        found = httpx.get(f"{url}/api/v1/server/plugins", headers=headers).json()
        assert found["GIT_INTEGRATION"] is False
        answer = httpx.get(f"{url}/git/repository/meta/get", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {})


@pytest.fixture(scope="module")
def shared(live, tmp_path_factory):
    """Something in the share, and beside it what is nobody's business."""
    root = live.deps.share
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("x")
    beside = root.with_name(f"{root.name}-beside")
    beside.mkdir()
    folder = root / "猫" / "inner"
    folder.mkdir(parents=True)
    (root / "猫" / "a.jpg").write_bytes(b"x")
    (root / "猫" / "inside link").symlink_to(folder)
    (root / "猫" / "outside link").symlink_to(outside)
    (root / "猫" / "outside file").symlink_to(outside / "secret.txt")
    (root / "猫" / "dangling").symlink_to("nowhere")
    (root / "猫" / "loop").symlink_to("loop")
    os.mkfifo(root / "猫" / "pipe")
    (root / "猫" / os.fsdecode(b"\xff.jpg")).write_bytes(b"x")
    return root


@pytest.mark.parametrize("directory", ["/猫", "猫", "/猫/", "猫/inner/..", "/猫/inside link/../"])
def test_a_folder_of_the_share_is_listed(live, shared, directory):
    answer = live.kept_client("nobody").get("/server/share", params={"directory": directory})
    assert (answer.status_code, answer.json()) == (
        200,
        [
            {"name": "a.jpg", "type": "REG"},
            {"name": "inner", "type": "DIR"},
            {"name": "inside link", "type": "DIR"},
        ],
    )


def test_the_root_is_what_is_listed_without_a_name(live, shared):
    client = live.kept_client("nobody")
    answers = [
        client.get(f"/server/share{query}").json()
        for query in ("", "?directory=", "?directory=/", "?directory=.")
    ]
    assert {"name": "猫", "type": "DIR"} in answers[0]
    assert all(answer == answers[0] for answer in answers)
    assert client.get("/server/share?directory=猫/inner").json() == []


@pytest.mark.parametrize(
    "directory",
    [
        "..",
        "/../",
        "//etc",
        "//",
        "猫/../..",
        "猫/outside link",
        "猫/loop",
        "猫/pipe",
        "猫/a.jpg",
        "nowhere",
        "\0",
        "x" * 5000,
        "../{name}-beside",
    ],
)
def test_nothing_outside_the_share_is_listed(live, shared, directory):
    directory = directory.format(name=shared.name)
    answer = live.kept_client("root").get("/server/share", params={"directory": directory})
    said = directory.removeprefix("/")
    assert (answer.status_code, answer.json()) == (400, f"{said} is an invalid directory")


def test_without_a_share_there_is_an_empty_root(live):
    headers = {"Authorization": f"Token {live.tokens['root']}"}
    with (
        serve(replace(live.deps, share=None)) as url,
        httpx.Client(base_url=f"{url}/api/v1", headers=headers, verify=False) as client,
    ):
        assert client.get("/server/share").json() == []
        assert client.get("/server/share?directory=/").json() == []
        assert client.get("/server/share?directory=x").status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [("tasks", {"name": "t", "labels": LABELS}), ("projects", {"name": "p"})],
)
def test_one_owns_no_more_than_the_settings_allow(live, root, path, body):
    owned = root.get(f"/{path}?owner=other&page_size=all").json()["count"]
    limits = replace(live.deps.limits, task_limit=owned + 1, project_limit=owned + 1)
    with serve(replace(live.deps, limits=limits)) as url:

        def make(caller, **more):
            headers = {"Authorization": f"Token {live.tokens[caller]}"}
            return httpx.post(f"{url}/api/v1/{path}", json=body | more, headers=headers, verify=False)

        assert make("other").status_code == 201
        for caller, more in (("other", {}), ("maker", {"owner_id": live.ids["other"]})):
            answer = make(caller, **more)
            assert answer.json() == [f"The user has the maximum number of {path}"]
            assert answer.status_code == 400
        assert make("boss", owner_id=live.ids["other"]).status_code == 201, "administrators may"


@pytest.mark.parametrize("path", ["about", "plugins", "share", "annotation/formats"])
def test_the_server_answers_people_signed_in_alone(live, path):
    assert live.kept_client(None).get(f"/server/{path}").status_code == 401
    for caller in ("nobody", "drawer", "watcher", "boss"):
        assert live.kept_client(caller).get(f"/server/{path}").status_code == 200
