"""What `test_fuzzed_api.py` fuzzes: a server with one of everything, and requests made to be about it.

Ids in a generated request are mostly replaced by those of things that are there, or all would end at 404.
"""

from typing import Any

import httpx
import requests
from conforming import check_answer
from live import LABELS, PASSWORD, box, image_parts, job_ids, wait_for_media

from labelwright.domain.errors import LabelwrightError
from labelwright.services import accounts

#: Names of fields that hold the id of something, and of what.
FIELDS = {
    "job": "job",
    "job_id": "job",
    "issue": "issue",
    "task_id": "task",
    "project_id": "project",
    "proj_id": "project",
    "owner_id": "user",
    "assignee_id": "user",
    "reviewer_id": "user",
    "resolver_id": "user",
    "user_id": "user",
    "label_id": "label",
    "spec_id": "attribute",
}
#: Which thing a path's `{id}` is of, by its first part.
THINGS = {
    "tasks": "task",
    "jobs": "job",
    "projects": "project",
    "users": "user",
    "reviews": "review",
    "issues": "issue",
    "comments": "comment",
    "git": "task",
}
#: What stands beside v1 wants it in header and cookie, even with a token.
CSRF = "0123"
#: Where what stands beside API v1 is.
BESIDE = "/git/"
#: What takes a task that has no data yet, and a new one each time it succeeds.
UPLOAD = "POST /tasks/{id}/data"
FORMAT = "CVAT for images 1.1"
ISSUE = {"frame": 0, "position": [1, 1, 9, 9], "comment_set": [{"message": "too loose"}]}
ROLES = {"admin": ("admin",), "user": ("user",)}


class World:
    """A server, two people who ask, and one of everything, made anew when a request has deleted it."""

    def __init__(self, live):
        self.live = live
        self.ids: dict[str, int] = {}
        self._people: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._made = 0
        self._session = requests.Session()

    def prepare(self) -> None:
        """See that everything is there, owned by the one who is no admin."""
        admin = self._client("admin")
        if not self.ids or any(admin.get(path).status_code != 200 for path in self._paths()):
            self._make()

    def _paths(self) -> list[str]:
        ids = self.ids
        return [f"/projects/{ids['project']}", f"/tasks/{ids['task']}/data/meta", f"/users/{ids['user']}"]

    def _make(self) -> None:
        client = self._client("user")
        label = LABELS[0] | {"name": "car"}
        project = client.post("/projects", json={"name": "p", "labels": [label]}).json()
        task = client.post("/tasks", json={"name": "t", "labels": LABELS}).json()
        client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(3))
        wait_for_media(client, task["id"])
        task = client.get(f"/tasks/{task['id']}").json()
        job = job_ids(task)[0]
        shapes = {"version": 0, "tags": [], "shapes": [box(task)], "tracks": []}
        client.patch(f"/jobs/{job}/annotations", params={"action": "create"}, json=shapes)
        review = {"job": job, "status": "rejected", "estimated_quality": 3, "issue_set": [ISSUE]}
        review = self._client("admin").post("/reviews", json=review).json()
        issue = review["issue_set"][0]
        self.ids = {
            "project": project["id"],
            "task": task["id"],
            "job": job,
            "label": task["labels"][0]["id"],
            "attribute": task["labels"][0]["attributes"][0]["id"],
            "review": review["id"],
            "issue": issue["id"],
            "comment": issue["comment_set"][0]["id"],
            "user": self.live.ids["other"],
            "empty": self._empty_task(),
        }

    def _client(self, who: str) -> httpx.Client:
        return self.live.client(None, Authorization=f"Token {self.token(who)}")

    def token(self, who: str) -> str:
        """A token of the admin or the user that holds: a request may have ended the last one, or its owner."""
        token = self._tokens.get(who)
        if token is None or not self._holds(token):
            token = self._tokens[who] = self._sign_in(who)
        return token

    def _holds(self, token: str) -> bool:
        try:
            accounts.user_of_token(self.live.deps, token=token)
        except LabelwrightError:
            return False
        return True

    def _sign_in(self, who: str) -> str:
        name = self._people.get(who)
        try:
            return accounts.sign_in(self.live.deps, username=name or "", password=PASSWORD).token
        except LabelwrightError:
            self._made += 1
            name = self._people[who] = f"{who}-{self._made}"
            account = accounts.NewAccount(username=name, password=PASSWORD, password_again=PASSWORD)
            accounts.create_account(
                self.live.deps, account=account, roles=ROLES[who], is_admin=who == "admin"
            )
            return accounts.sign_in(self.live.deps, username=name, password=PASSWORD).token

    def send(self, case, who: str, ui: str) -> httpx.Response:
        """Send the case as `who` to the mount below `ui`; an answer that the description does not know is an error."""
        token = self.token(who)
        self._session.cookies.clear()
        sent = case.call(
            base_url=f"{self.live.url}{ui}{'' if case.path.startswith(BESIDE) else '/api/v1'}",
            session=self._session,
            headers={"Authorization": f"Token {token}", "X-CSRFTOKEN": CSRF},
            cookies={"csrftoken": CSRF},
            timeout=60,
        )
        asked = {
            name: str(value).encode("latin-1", "replace") for name, value in sent.request.headers.items()
        }
        request = httpx.Request(case.method, sent.request.url, headers=asked)
        headers = {name: value[0] for name, value in sent.headers.items() if name != "content-encoding"}
        answer = httpx.Response(sent.status_code, headers=headers, content=sent.content, request=request)
        deps = self.live.deps
        check_answer(answer, dialects={"/api/v1": deps.dialect, "/annotations/api/v1": deps.platform_dialect})
        if case.operation.label == UPLOAD and answer.status_code == 202:
            self.ids["empty"] = self._empty_task()
        return answer

    def _empty_task(self) -> int:
        return self._client("user").post("/tasks", json={"name": "e", "labels": LABELS}).json()["id"]


def about(case, ids: dict[str, int]) -> None:
    """Make the case a request about things that are there."""
    thing = "empty" if case.operation.label == UPLOAD else THINGS.get(case.path.split("/")[1])
    if thing in ids and isinstance(case.path_parameters, dict) and "id" in case.path_parameters:
        case.path_parameters["id"] = ids[thing]
    case.query = _replaced(case.query, ids)
    if case.method == "GET" and "format" in (case.query or {}) and thing == "task":
        case.query["format"] = FORMAT
    case.body = _replaced(case.body, ids)


def _replaced(value: Any, ids: dict[str, int]) -> Any:
    if isinstance(value, list):
        return [_replaced(each, ids) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: ids.get(FIELDS[key], each)
        if key in FIELDS and isinstance(each, int) and not isinstance(each, bool)
        else _replaced(each, ids)
        for key, each in value.items()
    }
