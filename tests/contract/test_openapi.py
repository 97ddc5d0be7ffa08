"""The description of the API: whole, valid, and in the names its clients know (rest-api contract, 15)."""

import re
import subprocess
import sys

import httpx
import pytest
import schemathesis
from conforming import NotAsDescribed, check_answer

from labelwright.api.v1.described import description_of
from labelwright.api.v1.dialects import DIALECTS, MAY_2021
from labelwright.api.v1.manual import describe
from labelwright.api.v1.openapi import Undescribed
from labelwright.api.v1.repositories import make_git_routers
from labelwright.api.v1.routes import HANDLERS, make_routers

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def document(dialect=MAY_2021):
    return describe(mount="/api/v1", dialect=dialect, product="Labelwright", version="1")


def operations(found):
    return {
        (method.upper(), path): operation
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if "operationId" in operation
    }


def routed():
    """Method and path of every route the server has, as the document spells them."""
    return {
        (method, re.sub(r"\{\w+:\w+\}", "{}", route.path.removeprefix("/api/v1")))
        for router in (make_routers()[0], make_git_routers()[0])
        for route in router.routes
        for handler in route.route_handlers
        for method in METHODS & set(handler.http_methods)
        if handler.include_in_schema is not False
    }


def without_spare_methods(routes):
    """The git routes take any method; the description names the one that clients use."""
    used = {("POST", path) if "create" in path else ("GET", path) for _, path in routes if "/git/" in path}
    return {each for each in routes if "/git/" not in each[1]} | used


def test_every_route_and_nothing_else_is_described():
    described = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in operations(document())}
    assert described == without_spare_methods(routed())


def test_a_route_that_says_nothing_of_itself_is_named(monkeypatch):
    handler = next(each for each in HANDLERS if description_of(each))
    monkeypatch.delattr(handler.fn, "__described__")
    with pytest.raises(Undescribed, match=f"{next(iter(handler.paths))} lacks its @described"):
        document()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_the_document_is_valid_openapi(dialect):
    schemathesis.openapi.from_dict(document(dialect)).validate()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_reference_leads_somewhere_and_every_component_is_used(dialect):
    found = document(dialect)
    used = set(re.findall(r"'#/components/(\w+/[\w.-]+)'", str(found)))
    known = {f"{kind}/{name}" for kind, each in found["components"].items() for name in each}
    assert used <= known
    assert {name for name in known - used if not name.startswith("securitySchemes")} == set()


def test_operations_bear_the_names_clients_know():
    found = {operation["operationId"] for operation in operations(document()).values()}
    assert len(found) == len(operations(document())), "each id once"
    assert found >= {
        *("tasks_list", "tasks_create", "tasks_read", "tasks_update", "tasks_partial_update", "tasks_delete"),
        *("tasks_annotations_read", "tasks_annotations_update", "tasks_annotations_partial_update"),
        *("tasks_annotations_delete", "tasks_data_read", "tasks_data_create", "tasks_data_data_info"),
        *("tasks_dataset_export", "tasks_jobs", "tasks_status", "jobs_read", "projects_list", "server_about"),
        *("users_self", "lambda_functions_list", "lambda_requests_create", "restrictions_terms_of_use"),
        "auth_login_create",
    }
    for (_, path), operation in operations(document()).items():
        assert operation["operationId"].startswith(f"{path.split('/')[1]}_")
        assert operation["tags"] == [path.split("/")[1]]


@pytest.mark.parametrize(
    ("path", "answer", "problem"),
    [
        pytest.param("/users/self", {"status_code": 418, "json": {}}, "no such status", id="a status"),
        pytest.param("/tasks/7", {"status_code": 200, "text": "a"}, "text/plain, described are", id="a type"),
        pytest.param("/jobs/7", {"status_code": 200, "json": {"id": 7}}, "required property", id="no key"),
        pytest.param("/server/about", {"status_code": 200, "content": b""}, "0 bytes", id="no body"),
        pytest.param(
            "/server/plugins",
            {
                "status_code": 200,
                "json": {"GIT_INTEGRATION": 0, "ANALYTICS": True, "MODELS": True, "PREDICT": True},
            },
            "0 is not of type",
            id="a wrong value",
        ),
        pytest.param(
            "/tasks/7/status",
            {"status_code": 200, "json": {"state": "Queued", "message": "", "more": 1}},
            "more",
            id="a key too many",
        ),
    ],
)
def test_an_answer_that_is_not_as_described_is_seen(path, answer, problem):
    request = httpx.Request("GET", f"http://here/annotations/api/v1{path}")
    with pytest.raises(NotAsDescribed, match=problem):
        check_answer(httpx.Response(**answer, request=request), dialects={"/annotations/api/v1": "may-2021"})


def test_nobody_who_starts_a_server_waits_for_the_description():
    code = "import sys, labelwright.app; sys.exit('labelwright.api.v1.openapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
