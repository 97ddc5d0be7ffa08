"""The description of the API as it is served: documents, Swagger UI, the view to read (rest-api contract, 15)."""

import json
from dataclasses import replace

import httpx
import pytest
import schemathesis
import yaml
from live import serve

from labelwright.api.v1.dialects import MAY_2021
from labelwright.api.v1.manual import describe
from labelwright.api.v1.openapi import reading
from labelwright.api.v1.openapi.swagger import to_swagger
from labelwright.api.v1.openapi.yaml import to_yaml

MOUNTS = ["/api", "/annotations/api"]
ADDRESSES = ["/openapi.json", "/swagger.json", "/swagger.yaml", "/swagger/", "/docs/"]


@pytest.fixture
def browser(live):
    """Somebody signed in, at the root of the server."""
    headers = {"Authorization": f"Token {live.tokens['worker']}"}
    with httpx.Client(base_url=live.url, headers=headers) as client:
        yield client


def document():
    return describe(mount="/api/v1", dialect=MAY_2021, product="Labelwright", version="1")


@pytest.mark.parametrize("mount", MOUNTS)
def test_each_mount_describes_itself(browser, mount):
    found = browser.get(f"{mount}/openapi.json")
    assert found.headers["content-type"] == "application/json"
    assert found.json()["openapi"] == "3.1.0"
    assert found.json()["servers"] == [{"url": f"{mount}/v1"}]
    person = found.json()["components"]["schemas"]["Person"]["anyOf"][0]
    assert person == ({"$ref": "#/components/schemas/BasicUser"} if mount == "/api" else {"type": "string"})


@pytest.mark.parametrize("mount", MOUNTS)
def test_clients_of_v1_find_a_swagger_document(browser, mount):
    found = browser.get(f"{mount}/swagger.json").json()
    assert (found["swagger"], found["basePath"]) == ("2.0", f"{mount}/v1")
    assert (found["info"]["title"], found["info"]["version"]) == ("CVAT REST API", "v1")
    schemathesis.openapi.from_dict(found).validate()
    asked = browser.get(f"{mount}/swagger/", params={"format": "openapi"})
    assert asked.headers["content-type"] == "application/openapi+json"
    assert asked.json() == found
    as_yaml = browser.get(f"{mount}/swagger.yaml")
    assert as_yaml.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(as_yaml.text) == found


def test_both_documents_name_the_same_operations():
    found, older = document()["paths"], to_swagger(document())["paths"]
    assert {path: set(found[path]) for path in older} == {path: set(older[path]) for path in older}
    assert {path.split("/")[1] for path in found.keys() - older.keys()} == {"git"}, "what stands beside v1"


def test_a_swagger_document_takes_a_body_as_json_or_as_fields_of_a_form():
    paths = to_swagger(document())["paths"]
    made = [each for each in paths["/tasks"]["post"]["parameters"] if each["in"] == "body"]
    assert made == [{"name": "data", "in": "body", "required": True, "schema": made[0]["schema"]}]
    assert made[0]["schema"] == {"$ref": "#/definitions/TaskRequest"}
    sent = {each["name"]: each for each in paths["/tasks/{id}/data"]["post"]["parameters"]}
    assert (sent["client_files"]["type"], sent["image_quality"]["required"]) == ("file", True)
    assert paths["/tasks/{id}/data"]["post"]["consumes"] == ["multipart/form-data"]


def test_what_may_be_null_says_so_in_the_older_document_too():
    definitions = to_swagger(document())["definitions"]
    assert definitions["Task"]["properties"]["overlap"]["x-nullable"] is True
    assert definitions["Person"]["x-nullable"] is True
    assert "anyOf" not in json.dumps(definitions)


@pytest.mark.parametrize(
    "value",
    [
        {"a": [], "b": {}, "c": None, "d": [[1, 2], [{"x": 1, "y": [True]}]]},
        {"yes": "no", "404": "on", "with: colon": "a\nb # c", "": '"', "- x": "\u2028中"},
        ["plain", 1.5, {"nested": {"deeper": ["a"]}}],
        "a text",
    ],
    ids=["empty and nested", "keys and texts that look like something else", "a list", "a text"],
)
def test_yaml_reads_as_what_was_written(value):
    assert yaml.safe_load(to_yaml(value)) == value


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("mount", MOUNTS)
def test_strangers_are_sent_to_sign_in_and_led_back(live, mount, address):
    answer = httpx.get(f"{live.url}{mount}{address}?a=b")
    ui = mount.removesuffix("/api")
    assert answer.status_code == 301
    assert answer.headers["location"] == f"{ui}/login?next=/api{address}%3Fa%3Db"
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_token_is_told_so(live):
    answer = httpx.get(f"{live.url}/api/swagger/", headers={"Authorization": "Token 0123"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})


@pytest.mark.parametrize("mount", MOUNTS)
def test_swagger_ui_comes_in_a_frame_of_ours_and_names_its_document(browser, mount):
    page = browser.get(f"{mount}/swagger/")
    assert page.headers["content-type"].startswith("text/html")
    assert f'<div id="swagger" data-document="{mount}/openapi.json"></div>' in page.text
    assert "<script>" not in page.text
    assert "unsafe-eval" not in page.headers["content-security-policy"]


def test_the_view_to_read_shows_every_operation_and_object(browser):
    page = browser.get("/api/docs/").text
    for methods in document()["paths"].values():
        for operation in methods.values():
            assert "operationId" not in operation or f'<section id="{operation["operationId"]}">' in page
    for name in document()["components"]["schemas"]:
        assert f'<h3 id="{name}">' in page
        assert page.count(f'href="#{name}"') >= 1


def test_no_text_of_the_description_becomes_markup():
    found = document()
    found["info"]["description"] = "<script>alert(1)</script> `<b>`"
    page = reading.to_page(found)
    assert "<script>" not in page
    assert "<code>&lt;b&gt;</code>" in page


@pytest.mark.parametrize(
    ("language", "shown", "other"),
    [("en", "Try the API", "zh-CN"), ("zh-CN", "试用 API", "en")],
)
def test_the_bar_speaks_the_language_asked_for_and_offers_the_other(browser, language, shown, other):
    for how in ({"params": {"language": language}}, {"headers": {"Accept-Language": f"{language},fr;q=0.3"}}):
        page = browser.get("/annotations/api/docs/", **how).text
        assert f'<html lang="{language}">' in page
        assert f">{shown}</a>" in page
        assert f'href="/annotations/api/docs/?language={other}"' in page


def test_without_built_web_files_the_page_says_so(live, browser, monkeypatch, tmp_path):
    monkeypatch.setattr("labelwright.api.pages.STATIC", tmp_path)
    assert browser.get("/api/docs/").status_code == 503
    assert browser.get("/api/openapi.json").status_code == 200


def test_the_address_of_v1_lists_its_lists(live, browser):
    for path in ("/api/v1/", "/api/v1", "/annotations/api/v1/"):
        found = browser.get(path).json()
        assert list(found) == ["projects", "tasks", "users", "reviews", "comments"]
        assert found["tasks"] == f"{live.url}/api/v1/tasks"
    assert httpx.get(f"{live.url}/api/v1/").status_code == 401


def test_a_server_of_another_dialect_describes_that(live, browser):
    with serve(replace(live.deps, dialect="2020")) as url:
        schemas = browser.get(f"{url}/api/openapi.json").json()["components"]["schemas"]
    assert schemas["Person"]["anyOf"][0]["type"] == "integer"
    assert "color" not in schemas["Label"]["properties"]
