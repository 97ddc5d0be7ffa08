"""A small AI platform for tests: its user service and its dataset manager over real HTTP, with faults on demand.

It speaks the recorded shapes (platform contract 2.1, 2.5, 3 and entries 53, 54, 57 of the recorded exchanges) and, like
the platform, stores items as `<base64url of the stem>.<ext>`. It shares no code with the server it is asked by.
"""

import base64
import hashlib
import hmac
import io
import json
import re
import shutil
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from multipart import MultipartParser

#: "unbind" is the part of "datasets" that publishing ends with.
Part = Literal["people", "datasets", "unbind"]
#: "slow" answers after 8 s, "drip" a byte each half second; "nonsense" is JSON of another shape.
Fault = Literal["slow", "drip", "500", "malformed", "nonsense", "down"]

PEOPLE = "/custom-user-dashboard-backend"
DATASETS = "/dataset_manager/api/cv_datasets"
TRANSLATED = "/ai_arts/api/dataset_management/set_translated"
_FOLDER = "dataset-images/dataset-manager/storage"
_SLOW_S = 8.0
_IMAGES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"}
#: The annotation words of the platform, and others, as it hands them out (recorded).
_OTHER_PERMISSIONS = ("SUBMIT_TRAINING_JOB", "AI_ARTS_ALL", "VIEW_VC")


class Call(NamedTuple):
    """A request that came in; `body` is decoded JSON, the names of a form's parts, or None."""

    method: str
    path: str
    authorization: str
    body: Any


class Person(NamedTuple):
    uid: int
    username: str
    permissions: tuple[str, ...]


class PlatformServer:
    """The platform, from `with` to its end. `calls` is all it was asked, `datasets` its rows as it shows them."""

    def __init__(self, storage_root: Path) -> None:
        self.storage_root = storage_root
        self.secret = "the platform's secret, 32 bytes or more"
        self.service_token = "the token of the annotation service"
        self.calls: list[Call] = []
        self.datasets: dict[int, dict[str, Any]] = {}
        self.bindings: dict[int, int] = {}
        self.people: dict[str, Person] = {}
        self.translated: list[str] = []
        self.revoked: set[str] = set()
        self.faults: dict[str, Fault] = {}
        self._next_id = 56
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self._doors: dict[str, _Door] = {}

    def __enter__(self) -> "PlatformServer":
        for part in ("people", "datasets"):
            self._doors[part] = _Door(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for door in self._doors.values():
            door.close()

    @property
    def url(self) -> str:
        """The address of the platform. Each part has a port too, so that one of them can be down."""
        return self._doors["datasets"].url

    @property
    def people_url(self) -> str:
        return f"{self._doors['people'].url}{PEOPLE}"

    @property
    def datasets_url(self) -> str:
        return f"{self._doors['datasets'].url}/dataset_manager"

    def settings(self) -> dict[str, Any]:
        """The settings of a server inside this platform."""
        return {
            "identity": "platform",
            "identity_url": self.people_url,
            "identity_secret": self.secret,
            "catalogue_url": self.datasets_url,
            "catalogue_token": self.service_token,
            "storage_root": str(self.storage_root),
            "platform_url": self.url,
        }

    def fail(self, part: Part, how: Fault | None) -> None:
        """From now on `part` fails in that way; None: it works again, at the address it had."""
        with self.lock:
            if how is None:
                self.faults.pop(part, None)
            else:
                self.faults[part] = how
        if part in self._doors:
            if how == "down":
                self._doors[part].close()
            else:
                self._doors[part].open()

    # People

    def issue(
        self, username: str, *, uid: int = 0, permissions: Sequence[str] = (), expires_s: float = 3600
    ) -> str:
        """Return a token of `username`, who is known from now on, with exactly these permissions."""
        with self.lock:
            known = self.people.get(username)
            uid = uid or (known.uid if known else 30_001 + len(self.people))
            self.people[username] = Person(uid, username, tuple(permissions))
        return self.sign({"uid": uid, "userName": username, "exp": int(time.time() + expires_s)})

    def sign(self, claims: dict[str, Any], *, secret: str = "", algorithm: str = "HS256") -> str:
        """Return any claims as a token of the platform, or of another `secret`."""
        head = _base64({"alg": algorithm, "typ": "JWT"})
        text = f"{head}.{_base64(claims)}"
        return f"{text}.{self._signature(text, secret or self.secret)}"

    def revoke(self, token: str) -> None:
        """The token is good no more, though it is signed and not yet over."""
        self.revoked.add(token)

    def person_of(self, token: str) -> Person | None:
        """Return whose good token it is."""
        text, _, signature = token.rpartition(".")
        if token in self.revoked or not hmac.compare_digest(signature, self._signature(text, self.secret)):
            return None
        part = text.partition(".")[2]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return self.people.get(claims["userName"]) if claims["exp"] > time.time() else None

    def _signature(self, text: str, secret: str) -> str:
        made = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    # Datasets

    def add_dataset(
        self,
        *,
        name: str,
        folder: Path | None = None,
        annotType: str = "object_detection",
        cvDatasetFormat: str = "COCO 1.0",
        description: str = "",
        encode: bool = False,
    ) -> int:
        """Know a dataset of the files of `folder`, copied, or in place where it lies below the storage root.

        With `encode` the copies of items are named as the platform names what is uploaded.
        """
        code = str(uuid4())
        target = self.storage_root / _FOLDER / str(uuid4())
        if folder is not None and folder.resolve().is_relative_to(self.storage_root.resolve()):
            target = folder
        elif folder is not None:
            shutil.copytree(folder, target)
        target.mkdir(parents=True, exist_ok=True)
        if encode:
            for path in [path for path in target.rglob("*") if path.is_file()]:
                path.rename(path.with_name(stored_name(path.name)))
        now = int(time.time() * 1000)
        with self.lock:
            number = self._next_id = self._next_id + 1
            self.bindings[number] = 0
            self.datasets[number] = {
                "id": number,
                "createdAt": now,
                "updatedAt": now,
                "deletedAt": None,
                "cvDatasetFormat": cvDatasetFormat,
                "annotScene": "image",
                "annotType": annotType,
                "annotStatus": "unlabeled",
                "extType": "",
                "datasetCode": code,
                "name": name,
                "description": description,
                "version": "0.1",
                "tag": 1,
                "sourceType": "upload_from_page",
                "sourceDetail": None,
                "storageType": "cluster_fs",
                "storagePath": target.resolve().relative_to(self.storage_root.resolve()).as_posix(),
                "storageDetail": None,
                "itemCount": sum(path.suffix.lower() in _IMAGES for path in target.rglob("*")),
                "annotCount": 0,
                "isPublished": False,
                "isLatest": True,
                "jobStatus": "completed",
                "labelList": None,
                "versionCount": "",
            }
        return number

    def folder_of(self, number: int) -> Path:
        return self.storage_root / self.datasets[number]["storagePath"]

    def raise_tag(self, number: int) -> None:
        """Say that the content of a dataset has changed."""
        with self.lock:
            self.datasets[number]["tag"] += 1


def stored_name(name: str) -> str:
    """Return the name the platform stores an uploaded file under (platform contract, 3.3)."""
    stem, dot, extension = name.rpartition(".")
    return f"{_base64(stem if dot else name)}{dot}{extension if dot else ''}"


def _base64(value: Any) -> str:
    content = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class _Door:
    """One port of the platform. It keeps its number when it is closed and opened again."""

    def __init__(self, platform: PlatformServer) -> None:
        self._handler = type("Handler", (_Handler,), {"platform": platform})
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        if self._server is None:
            server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler)
            server.daemon_threads = True
            self._port = server.server_address[1]
            self._server = server
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers what the platform is asked; see `PlatformServer`."""

    platform: PlatformServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Tests tell of requests through `calls`."""

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_DELETE = do_GET

    def _answer(self) -> None:
        content = self._read_body()
        path = urlsplit(self.path).path
        part = "people" if path.startswith(PEOPLE) else "datasets"
        if path.endswith("/unbind") and part not in self.platform.faults:
            part = "unbind"
        form = self._read_form(content)
        body: Any = sorted(form) if form is not None else json.loads(content) if content else None
        authorization = self.headers.get("Authorization", "")
        with self.platform.lock:
            self.platform.calls.append(Call(self.command, self.path, authorization, body))
        fault = self.platform.faults.get(part)
        if fault == "down":  # a connection kept from before
            self.close_connection = True
        elif fault == "malformed":
            self._send(200, b"<html><body>502 Bad Gateway</body></html>", "text/html")
        elif fault == "nonsense":
            self._send_json(200, {"code": 0, "msg": "success", "data": ["?"], "success": True, "result": 7})
        elif fault == "500":
            self._send_json(500, {"code": 500, "msg": "internal server error", "data": None})
        else:
            if fault == "slow" and self.platform.closing.wait(_SLOW_S):
                return
            status, answer = self._route(path, authorization.removeprefix("Bearer "), body, form)
            self._send_json(status, answer, drip=fault == "drip")

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def _read_form(self, content: bytes) -> dict[str, Any] | None:
        kind = self.headers.get("Content-Type", "")
        if kind == "application/x-www-form-urlencoded":
            found = parse_qs(content.decode(), keep_blank_values=True)
            return {name: (None, values[-1].encode()) for name, values in found.items()}
        if not kind.startswith("multipart/form-data"):
            return None
        boundary = kind.partition("boundary=")[2].strip('"')
        parser = MultipartParser(io.BytesIO(content), boundary, len(content), part_limit=100_000)
        return {part.name: (part.filename, part.raw) for part in parser}

    def _send(self, status: int, content: bytes, kind: str, *, drip: bool = False) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not drip:
                self.wfile.write(content)
                return
            for letter in content:
                self.wfile.write(bytes([letter]))
                if self.platform.closing.wait(0.5):
                    return
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the caller has given up

    def _send_json(self, status: int, answer: Any, *, drip: bool = False) -> None:
        self._send(status, json.dumps(answer, ensure_ascii=False).encode(), "application/json", drip=drip)

    def _route(self, path: str, token: str, body: Any, form: dict[str, Any] | None) -> tuple[int, Any]:
        person = self.platform.person_of(token) if token.count(".") == 2 else None
        if path.startswith(PEOPLE):
            if person is None:
                return 401, {"success": False, "message": "Unauthorized", "statusCode": 401}
            return self._people(path.removeprefix(PEOPLE), person)
        if person is None and token != self.platform.service_token:
            return _refuse(401, "token is invalid")
        with self.platform.lock:
            if path == TRANSLATED and self.command == "POST":
                self.platform.translated.append(body["path"])
                return _tell(None)
            if path == DATASETS:
                return self._create(form or {}) if self.command == "POST" else self._list()
            return self._dataset(path, body)

    def _people(self, path: str, person: Person) -> tuple[int, Any]:
        if path == "/auth/currentUser":
            return 200, _current_user(person)
        if path == "/users/cvat/users":
            everybody = [_user_row(one) for one in self.platform.people.values()]
            return 200, {"count": len(everybody), "total": len(everybody), "result": everybody}
        return 404, {"statusCode": 404, "message": "Not Found"}

    def _list(self) -> tuple[int, Any]:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        page, size = int(query.get("pageNum", 1)), int(query.get("pageSize", 10))
        rows = [
            row for row in self.platform.datasets.values() if query.get("name", "") in (row["name"] or "")
        ][::-1]
        items = rows[(page - 1) * size : page * size]
        return _tell({"items": items, "total": len(rows), "pageNum": page, "pageSize": size})

    def _create(self, form: dict[str, Any]) -> tuple[int, Any]:
        fields = {name: content.decode() for name, (filename, content) in form.items() if filename is None}
        if not fields.get("name"):
            return _refuse(400, "name is required")
        named = {name: fields[name] for name in ("name", "description", "annotType", "cvDatasetFormat")}
        place = self.platform.storage_root / fields["storagePath"] if fields.get("storagePath") else None
        number = self.platform.add_dataset(**named, folder=place)
        folder = self.platform.folder_of(number)
        for filename, content in form.values():
            if filename is not None:
                path = folder / unquote(filename)
                path = path.with_name(stored_name(path.name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        row = self.platform.datasets[number]
        row["itemCount"] = sum(path.suffix.lower() in _IMAGES for path in folder.rglob("*"))
        return _tell(row, status=201)

    def _dataset(self, path: str, body: Any) -> tuple[int, Any]:
        found = re.fullmatch(rf"{DATASETS}/id/(\d+)(/bind|/unbind)?", path)
        row = self.platform.datasets.get(int(found[1])) if found else None
        if found is None or row is None:
            return _refuse(404, "dataset not found")
        number, bindings = row["id"], self.platform.bindings
        if self.command == "GET" and not found[2]:
            return _tell(row)
        if self.command == "DELETE" and not found[2]:
            if bindings[number]:
                return _refuse(409, "dataset is in use")
            del self.platform.datasets[number]
            return _tell(None)
        if self.command != "POST" or not found[2]:
            return _refuse(405, "method not allowed")
        if found[2] == "/bind":
            bindings[number] += 1
            row["annotStatus"] = "labeling"
            return _tell(None)
        if not isinstance(body, dict) or not isinstance(body.get("labelList"), list):
            return _refuse(400, "labelList is required")
        bindings[number] = max(0, bindings[number] - 1)
        if body["labelList"]:
            row.update(labelList=body["labelList"], annotStatus="labeled", isPublished=True)
            row["tag"] += 1
        return _tell(None)


def _tell(data: Any, *, status: int = 200) -> tuple[int, Any]:
    return status, {"code": 0, "msg": "success", "data": data}


def _refuse(status: int, message: str) -> tuple[int, Any]:
    return status, {"code": status, "msg": message, "data": None}


def _current_user(person: Person) -> dict[str, Any]:
    return {
        "success": True,
        "id": person.uid,
        "userName": person.username,
        "phone": None,
        "registerType": "Account",
        "email": None,
        "openId": None,
        "microsoftId": None,
        "wechatId": None,
        "nickName": None,
        "currentRole": ["System Admin"] if "ANNOTATIONS_ADMIN" in person.permissions else [],
        "permissionList": [*_OTHER_PERMISSIONS, *person.permissions],
        "currentVC": ["platform"],
        "jobMaxTimeSecond": None,
    }


def _user_row(person: Person) -> dict[str, Any]:
    return {
        "permissionList": [*_OTHER_PERMISSIONS, *person.permissions],
        "username": person.username,
        "date_joined": "1619435497051",
        "id": person.uid,
        "email": None,
        "url": f"/custom-user-dashboard-backend/users/cvat/user/{person.uid}",
    }
