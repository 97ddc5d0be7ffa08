"""The permission matrix of the contract (rest-api 7) as tests ask for it: every route × method, and what who may gets.

Written from the contract, not from the code. Requests are built so that whoever may, changes nothing: their bodies or
formats are bad, so the answer is 400 where a body is read. Thus the order of checks is seen too: 401, 403 for a role,
404, 403 for the object, 400. What is deleted is made first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from live import LABELS, PASSWORD, image_parts, job_ids, new_project, new_task, wait_for_media
from sqlalchemy import text

from labelwright.services import accounts

STRANGERS = ("nobody", "drawer", "maker", "watcher", "boss", "root")
RELATED = ("owner", "lead", "worker", "reviewer", "patron", "steward")
CALLERS = (*STRANGERS, *RELATED)
ADMINS = {"boss", "root"}
#: Nobody, and somebody whose account is switched off.
REFUSED = (None, "gone")
ABSENT = 10**6


@dataclass(frozen=True)
class World:
    """A task of two jobs, the first in annotation, the second in validation, of all related people.

    `patron` owns its project, which is assigned to `steward`; without one they are strangers. Each job has an issue,
    drawer's, with a comment, watcher's. `operation` is root's.
    """

    task: int
    jobs: tuple[int, int]
    issues: tuple[int, int]
    comments: tuple[int, int]
    reviews: tuple[int, int]
    operation: str
    project: int | None
    is_assigned: bool
    is_hidden: bool = False

    def ids(self, live, job: int) -> dict[str, object]:
        """What stands for the names in paths and bodies."""
        of_job = {name: getattr(self, f"{name}s")[job] for name in ("job", "issue", "comment", "review")}
        rest = {"user": live.ids["gone"], "number": ABSENT, "name": "x", "upload": "x"}
        return of_job | rest | {"task": self.task, "project": self.project, "operation": self.operation}


#: Name of a world: whether its task is assigned, is in a project, and is asked where visibility is reduced.
WORLDS = {
    "open": (False, False, False),
    "open, hidden": (False, False, True),
    "assigned": (True, False, False),
    "assigned, hidden": (True, False, True),
    "in a project, open": (False, True, False),
    "in a project, open, hidden": (False, True, True),
    "in a project, assigned": (True, True, False),
}


#: Names in paths and bodies, of what the rights are on; all but users belong to a world.
OF_WORLDS = ("task", "job", "project", "issue", "comment", "review", "operation")
OBJECTS = (*OF_WORLDS, "user", "upload")


@dataclass(frozen=True)
class Route:
    """A route, the right it takes, and what the allowed get; on what is absent, 404 unless it says else.

    `make` makes what one caller deletes: ids by name. `role_first`: who lacks the role is not told that it is absent.
    """

    method: str
    path: str
    right: str
    allowed: int
    json: object = None
    make: Callable[..., dict[str, int]] | None = None
    role_first: bool = False
    absent: int = 404

    @property
    def key(self) -> tuple[str, str]:
        """Method and path as the route table names them."""
        return self.method, self.path.partition("?")[0]

    def needs(self, *names: str) -> bool:
        """Whether path or body name one of these."""
        return any(f"{{{name}}}" in f"{self.path} {self.json}" for name in names)

    def filled(self, ids: dict[str, object]) -> tuple[str, object]:
        """Return path and body with `ids` in their places."""
        if not isinstance(self.json, dict):
            return self.path.format(**ids), self.json
        return self.path.format(**ids), {name: value.format(**ids) for name, value in self.json.items()}


def raise_issue(live, job):
    """Have drawer raise an issue in the job, and watcher comment on it."""
    root = live.kept_client("root")
    before = root.get(f"/jobs/{job}").json()
    people = {"reviewer_id": live.ids["drawer"], "status": "validation"}
    assert root.patch(f"/jobs/{job}", json=people).status_code == 200
    review = {"job": job, "status": "rejected", "estimated_quality": 1}
    review["issue_set"] = [{"frame": 0, "position": [1, 2], "comment_set": []}]
    made = live.kept_client("drawer").post("/reviews", json=review).json()
    issue = made["issue_set"][0]["id"]
    comment = live.kept_client("watcher").post("/comments", json={"issue": issue, "message": "hm"}).json()
    root.patch(f"/jobs/{job}", json={"reviewer_id": before["reviewer"], "status": before["status"]})
    return {"review": made["id"], "issue": issue, "comment": comment["id"]}


def _new_issue(live, world):
    return raise_issue(live, world.jobs[0])


def _task_fields(live, is_assigned, project):
    labels = {"labels": LABELS} if project is None else {"project_id": project}
    people = {"owner_id": live.ids["owner"], "assignee_id": live.ids["lead"] if is_assigned else None}
    return {"name": "t", "segment_size": 1, **labels, **people}


def _new_task(live, world):
    fields = _task_fields(live, world.is_assigned, world.project)
    return {"task": live.kept_client("root").post("/tasks", json=fields).json()["id"]}


def _new_project(live, world=None):
    people = {"owner_id": live.ids["patron"], "assignee_id": live.ids["steward"]}
    project = new_project(live.kept_client("root"), **people)["id"]
    new_task(live.kept_client("root"), labels=[], project_id=project, owner_id=live.ids["owner"])
    return {"project": project}


def _new_user(live, world):
    name = f"made-{len(live.ids)}"
    account = accounts.NewAccount(username=name, password=PASSWORD, password_again=PASSWORD)
    live.ids[name] = accounts.create_account(live.deps, account=account, roles=(), is_admin=False).id
    return {"user": live.ids[name]}


def make_world(live, is_assigned, in_project):
    """Make the task with its people, jobs and issues."""
    root = live.kept_client("root")
    project = _new_project(live)["project"] if in_project else None
    task = root.post("/tasks", json=_task_fields(live, is_assigned, project)).json()["id"]
    root.post(f"/tasks/{task}/data", data={"image_quality": "70"}, files=image_parts(2))
    wait_for_media(root, task)
    jobs = job_ids(root.get(f"/tasks/{task}").json())
    issues = [raise_issue(live, job) for job in jobs]
    for job, status in zip(jobs, ("annotation", "validation"), strict=True):
        people = {"assignee_id": live.ids["worker"], "reviewer_id": live.ids["reviewer"], "status": status}
        assert root.patch(f"/jobs/{job}", json=people).status_code == 200
    with live.deps.database.read() as tx:
        found = tx.connection.execute(text("SELECT id FROM operations WHERE task_id = :task"), {"task": task})
        operation = found.scalars().first()
    made = [tuple(issue[name] for issue in issues) for name in ("issue", "comment", "review")]
    return World(task, tuple(jobs), *made, operation, project, is_assigned)


def granted(right: str, world: World, job: int) -> set[str]:
    """Who has the right; `job` 0 is in annotation, 1 in validation."""
    everybody = set() if world.is_assigned or world.is_hidden else set(CALLERS)
    owners = {"owner", "patron"} if world.project else {"owner"}
    leads = ({"lead"} if world.is_assigned else set()) | ({"steward"} if world.project else set())
    annotating = everybody | leads | {"worker"}
    accessing = ADMINS | {"watcher", "reviewer"} | owners | annotating
    working = everybody | leads | ({"worker"} if job == 0 else {"reviewer"})
    return {
        "anonymous": {*CALLERS, None},
        "signed in": set(CALLERS),
        "admin": ADMINS,
        "task create": ADMINS | {"maker"},
        "project create": ADMINS | {"maker"},
        "project access": ADMINS | {"watcher", "patron", "steward"} | annotating,
        "project change": ADMINS | {"patron", "steward"},
        "project delete": ADMINS | {"patron"},
        "task access": accessing,
        "task change": ADMINS | owners | leads,
        "task delete": ADMINS | owners,
        "frame delete": ADMINS | owners | leads | everybody | {"worker", "reviewer"},
        "job access": accessing,
        "job change": ADMINS | owners | working,
        "job review": ADMINS | ({"reviewer"} & working),
        "issue change": ADMINS | owners | {"drawer"} | working,
        "issue delete": ADMINS | {"drawer"},
        "comment change": ADMINS | {"watcher"},
    }[right]


def wording(path: str) -> str:
    """Return a path of the route table with its names as they stand here: `{task_id:int}` is `{task}`."""
    return re.sub(r"{(\w+?)(?:_id)?:\w+}", r"{\1}", path.removeprefix("/api/v1"))


BAD = {"name": "", "status": "zz"}
_OF_TASKS = [
    Route("GET", "/tasks", "signed in", 200),
    Route("POST", "/tasks", "task create", 400, {}),
    Route("GET", "/tasks/{task}", "task access", 200),
    Route("PATCH", "/tasks/{task}", "task change", 400, BAD),
    Route("PUT", "/tasks/{task}", "task change", 400, BAD),
    Route("DELETE", "/tasks/{task}", "task delete", 204, make=_new_task),
    Route("GET", "/tasks/{task}/jobs", "task access", 200),
    Route("GET", "/tasks/{task}/status", "task access", 200),
    Route("GET", "/tasks/{task}/data/meta", "task access", 200),
    Route("PATCH", "/tasks/{task}/data/meta", "frame delete", 400, {}),
    Route("GET", "/tasks/{task}/data?type=preview", "task access", 200),
    Route("GET", "/tasks/{task}/data?type=chunk&number=99", "task access", 400),
    Route("GET", "/tasks/{task}/data?type=frame&number=99", "task access", 400),
    Route("GET", "/tasks/{task}/data?type=nonsense", "task access", 400),
    Route("POST", "/tasks/{task}/data", "task change", 400, {}),
    Route("POST", "/tasks/{task}/data?reload=true", "task change", 409),
    Route("POST", "/tasks/{task}/data?append=true", "task change", 400, {"start_frame": "x"}),
    Route("GET", "/tasks/{task}/uploads", "task change", 200),
    Route("POST", "/tasks/{task}/uploads", "task change", 400, {}),
    Route("GET", "/tasks/{task}/uploads/{upload}", "task change", 404),
    Route("PATCH", "/tasks/{task}/uploads/{upload}", "task change", 404, {}),
    Route("DELETE", "/tasks/{task}/uploads/{upload}", "task change", 404),
    Route("GET", "/datasets", "signed in", 200),
    Route("GET", "/datasets/{number}", "signed in", 404),
    Route("GET", "/tasks/{task}/annotations", "task access", 200),
    Route("GET", "/tasks/{task}/annotations?format=nonsense", "task access", 400),
    Route("GET", "/tasks/{task}/annotations?format=COCO%201.0&action=nonsense", "task access", 400),
    Route("PATCH", "/tasks/{task}/annotations?action=nonsense", "task change", 400, {}),
    Route("PATCH", "/tasks/{task}/annotations?action=create", "task change", 400, {}),
    Route("PUT", "/tasks/{task}/annotations", "task change", 400, {}),
    Route("PUT", "/tasks/{task}/annotations?format=nonsense", "task change", 400, {}),
    Route("DELETE", "/tasks/{task}/annotations", "task change", 204),
    Route("GET", "/tasks/{task}/dataset", "task access", 400),
    Route("GET", "/tasks/{task}/dataset?format=nonsense", "task access", 400),
    Route("GET", "/tasks/{task}/publish", "task change", 409),
    Route("GET", "/tasks/{task}/publish?action=nonsense", "task change", 400),
    Route("GET", "/tasks/{task}/publish?format=nonsense", "task change", 400),
    Route("GET", "/tasks/{task}/save_to_platform", "task change", 201),
    Route("GET", "/tasks/{task}/save_to_platform?format=nonsense", "task change", 400),
    Route("GET", "/datas", "signed in", 200),
]
_OF_JOBS = [
    Route("GET", "/jobs/{job}", "job access", 200),
    Route("PATCH", "/jobs/{job}", "job change", 400, BAD),
    Route("PUT", "/jobs/{job}", "job change", 400, BAD),
    Route("GET", "/jobs/{job}/annotations", "job access", 200),
    Route("GET", "/jobs/{job}/annotations?format=nonsense", "job access", 200),
    Route("PATCH", "/jobs/{job}/annotations?action=nonsense", "job change", 400, {}),
    Route("PATCH", "/jobs/{job}/annotations?action=update", "job change", 400, {}),
    Route("PATCH", "/jobs/{job}/annotations?action=sync", "job change", 400, {}),
    Route("PUT", "/jobs/{job}/annotations", "job change", 400, {}),
    Route("PUT", "/jobs/{job}/annotations?format=nonsense", "job change", 400, {}),
    Route("DELETE", "/jobs/{job}/annotations", "job change", 204),
    Route("GET", "/jobs/{job}/reviews", "job access", 200),
    Route("GET", "/jobs/{job}/issues", "job access", 200),
    Route("POST", "/reviews", "job review", 400, {"job": "{job}", **BAD}),
    Route("DELETE", "/reviews/{review}", "admin", 204, make=_new_issue, role_first=True),
    Route("PATCH", "/issues/{issue}", "issue change", 200, {}),
    Route("DELETE", "/issues/{issue}", "issue delete", 204, make=_new_issue),
    Route("GET", "/issues/{issue}/comments", "job access", 200),
    Route("POST", "/comments", "job access", 400, {"issue": "{issue}", **BAD}),
    Route("PATCH", "/comments/{comment}", "comment change", 400, {"message": ""}),
    Route("DELETE", "/comments/{comment}", "comment change", 204, make=_new_issue),
    Route("GET", "/comments", "admin", 405),
    Route("GET", "/comments/{comment}", "admin", 405, role_first=True, absent=405),
]
_OF_PROJECTS = [
    Route("GET", "/projects", "signed in", 200),
    Route("POST", "/projects", "project create", 400, {}),
    Route("GET", "/projects/{project}", "project access", 200),
    Route("GET", "/projects/{project}?names_only=true", "project access", 200),
    Route("PATCH", "/projects/{project}", "project change", 400, BAD),
    Route("DELETE", "/projects/{project}", "project delete", 204, make=_new_project),
    Route("GET", "/projects/{project}/tasks", "project access", 200),
    Route("GET", "/projects/{project}/tasks?page=9", "project access", 404),
]
_OF_PEOPLE = [
    Route("GET", "/users", "signed in", 200),
    Route("GET", "/users/self", "signed in", 200),
    Route("GET", "/users/{user}", "signed in", 200),
    Route("PATCH", "/users/{user}", "admin", 400, {"username": ""}, role_first=True),
    Route("DELETE", "/users/{user}", "admin", 204, make=_new_user, role_first=True),
    Route("POST", "/auth/login", "anonymous", 400, {}),
    Route("POST", "/auth/register", "anonymous", 400, {}),
    Route("POST", "/auth/password/change", "signed in", 400, {}),
    Route("POST", "/auth/password/reset", "anonymous", 400, {}),
    Route("POST", "/auth/password/reset/confirm", "anonymous", 400, {}),
    Route("POST", "/auth/signing", "signed in", 400, {}),
]
_OF_THE_SERVER = [
    Route("GET", "", "signed in", 200),
    Route("GET", "/server/about", "signed in", 200),
    Route("GET", "/server/plugins", "signed in", 200),
    Route("GET", "/server/annotation/formats", "signed in", 200),
    Route("GET", "/server/share", "signed in", 200),
    Route("POST", "/server/logs", "signed in", 400, {}),
    Route("POST", "/server/exception", "signed in", 400, {}),
    Route("GET", "/restrictions/user-agreements", "anonymous", 200),
    Route("GET", "/restrictions/terms-of-use", "anonymous", 200),
    Route("GET", "/operations", "signed in", 200),
    Route("DELETE", "/operations/{operation}", "task change", 200),
]
#: Whose work they show is another matter: `test_statistics_rights.py`.
_OF_STATISTICS = [
    *(
        Route("GET", f"/statistics/{path}{name}_id={{{name}}}", f"{name} access", 200)
        for path in ("work?", "progress?", "events?", "export?what=work&format=csv&")
        for name in ("project", "task", "job")
    ),
    Route("GET", "/statistics/work?user_id={user}", "signed in", 200),
    Route("GET", "/statistics/work?task_id={task}&by=week", "task access", 400),
    Route("GET", "/statistics/export?task_id={task}&what=jobs", "task access", 400),
]
#: What is not built yet says so to everybody signed in.
_LATER = [
    Route(*route.split(), "signed in", 501)
    for route in (
        "GET /projects/{number}/dataset",
        "GET /projects/{number}/annotations",
        "GET /lambda/functions",
        "GET /lambda/functions/{name}",
        "POST /lambda/functions/{name}",
        "GET /lambda/requests",
        "POST /lambda/requests",
        "GET /lambda/requests/{name}",
        "DELETE /lambda/requests/{name}",
    )
]
ROUTES = [*_OF_TASKS, *_OF_JOBS, *_OF_PROJECTS, *_OF_PEOPLE, *_OF_THE_SERVER, *_OF_STATISTICS, *_LATER]
#: Who signs out has no token afterwards, so `test_anybody_signs_out` asks as somebody made for it.
ASKED_APART = {("POST", "/auth/logout")}
