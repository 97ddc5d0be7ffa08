"""What people are told in the language they ask for (decision 0007), over real HTTP."""

import pytest
from live import LABELS, body, box, image_parts, new_task, task_with_images, until, wait_for_media

from labelwright.domain.sentences import Sentence
from labelwright.domain.times import utc_text
from labelwright.services import new_operation
from labelwright.storage import operations as rows

CHINESE = {"Labelwright-Language": "zh-CN"}


@pytest.fixture
def chinese(live):
    with live.client("root", **CHINESE) as client:
        yield client


def test_v1_is_english_whatever_the_browser_speaks(root):
    for headers in ({}, {"Accept-Language": "zh-CN,zh;q=0.9"}, {"Labelwright-Language": "en-US"}):
        answer = root.get("/tasks/999999", headers=headers)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
        assert "content-language" not in answer.headers


@pytest.mark.parametrize("tag", ["zh-CN", "zh", "zh-Hans-CN", "ZH-cn"])
def test_who_asks_for_chinese_gets_it_and_is_told_so(root, tag):
    answer = root.get("/tasks/999999", headers={"Labelwright-Language": tag})
    assert (answer.status_code, answer.json()) == (404, {"detail": "未找到。"})
    assert answer.headers["content-language"] == "zh-CN"


@pytest.mark.parametrize(
    ("fields", "english", "chinese"),
    [
        pytest.param(
            {"labels": LABELS, "name": "x" * 257},
            {"name": ["Ensure this field has no more than 256 characters."]},
            {"name": ["此字段不能超过 256 个字符。"]},
            id="by field",
        ),
        pytest.param(
            {"name": "t", "labels": [{"name": "a"}, {"color": "#000000"}]},
            {"labels": [{}, {"name": ["This field is required."]}]},
            {"labels": [{}, {"name": ["此字段必填。"]}]},
            id="by field of an element",
        ),
        pytest.param(
            {"name": "t", "labels": [{"name": "a"}, {"name": "b", "color": "red"}]},
            {"labels": [{}, {"color": ["color 'red' of label b is not #rrggbb"]}]},
            {"labels": [{}, {"color": ["标签 b 的颜色 'red' 不是 #rrggbb 格式"]}]},
            id="of a label",
        ),
        pytest.param(
            {"name": "t"},
            ["Label set or project_id must be present"],
            ["必须提供标签或 project_id"],
            id="of none",
        ),
        pytest.param(
            {"name": "t", "labels": LABELS, "project_id": 1},
            ["Project must have only one of Label set or project_id"],
            ["标签与 project_id 只能提供其一"],
            id="of both",
        ),
    ],
)
def test_bodies_keep_their_shape(root, fields, english, chinese):
    answers = [root.post("/tasks", json=fields, headers=headers) for headers in ({}, CHINESE)]
    assert [answer.json() for answer in answers] == [english, chinese]
    assert len({answer.status_code for answer in answers}) == 1


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "detail"),
    [
        ("GET", "/tasks/1", {"headers": {"Authorization": "Token wrong"}}, 401, "令牌无效。"),
        ("DELETE", "/tasks", {}, 405, "不允许使用方法“DELETE”。"),
        ("POST", "/tasks", {"content": "<a/>", "headers": {"Content-Type": "text/xml"}}, 415, None),
        ("POST", "/tasks", {"content": "{"}, 400, None),
        ("GET", "/tasks?page=0", {}, 404, "页码无效。"),
        ("GET", "/projects/1/dataset", {}, 501, "尚不支持：项目导出。"),
    ],
)
def test_what_the_framework_and_the_door_refuse_is_said_too(chinese, method, path, options, status, detail):
    answer = chinese.request(method, path, **options)
    assert answer.status_code == status
    found = answer.json()["detail"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found)
    assert detail in (None, found)


def test_nobody_and_a_forgotten_csrf_cookie_are_told(live):
    with live.client(None, **CHINESE) as anonymous:
        assert anonymous.get("/tasks").json() == {"detail": "尚未登录。"}
        wrong = anonymous.post("/auth/login", json={"username": "root", "password": "wrong"})
        assert wrong.json() == {"non_field_errors": ["用户名或密码不正确。"]}
        short = {"username": "someone-new", "password1": "123", "password2": "123"}
        answer = anonymous.post("/auth/register", json=short).json()
        assert answer == {"password1": ["密码太短，至少需要 8 个字符。", "密码不能全是数字。"]}
    with live.client("root", **CHINESE) as client:
        client.get("/users/self")
        del client.headers["Authorization"]
        assert client.post("/tasks", json={}).json() == {"detail": "CSRF 校验失败：CSRF 令牌缺失或不正确。"}


def test_the_page_of_nowhere_is_in_both_languages(live, root):
    english, chinese = (root.get(f"{live.url}/api/v1/none", headers=headers) for headers in ({}, CHINESE))
    assert (english.status_code, chinese.status_code) == (404, 404)
    assert "<h1>Not found</h1><p>There is nothing at this address.</p>" in english.text
    assert "<h1>未找到</h1><p>此地址没有任何内容。</p>" in chinese.text


def test_a_failure_that_a_worker_kept_is_said_in_each_asker_s_language(root, chinese):
    task = new_task(root)
    files = [*image_parts(1), ("client_files[1]", ("猫{0}.jpg", b""))]
    root.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=files)
    english = wait_for_media(root, task["id"])
    assert english == {
        "state": "Failed",
        "message": "猫{0}.jpg is no image that can be read: the file is empty",
    }
    found = chinese.get(f"/tasks/{task['id']}/status").json()
    assert found == {"state": "Failed", "message": "猫{0}.jpg 不是可读取的图片：文件为空"}


def test_an_import_that_failed_is_said_in_chinese(job, chinese):
    _, _, path = job
    content = b'{"images": [], "categories": [], "annotations": ['
    ask = {"url": path, "params": {"format": "COCO 1.0"}}
    assert chinese.put(**ask, files={"annotation_file": ("a.json", content)}).status_code == 202
    poll = {"content": b"--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}
    answer = until(lambda: chinese.put(**ask, **poll), lambda each: each.status_code != 202)
    assert answer.status_code == 400
    assert answer.json().startswith("a.json，第 1 行第 ")


def test_objects_that_do_not_fit_are_said_in_chinese(job, chinese):
    _, task, path = job
    wrong = body(box(task, points=[1, 2, 3]))
    assert chinese.put(path, json=wrong).json() == "rectangle 需要 4 个数字，实际为 3 个（帧 0）"
    moved = chinese.put(path, json=body(), headers={"If-Match": '"99999"'})
    assert moved.status_code == 412
    assert moved.json()["detail"].startswith("作业当前为修订版 ")


@pytest.fixture
def waiting(live, root):
    """Puts an operation of a new task into the table, with no worker for it: (kind, key) -> (task id, operation id)."""

    def put(kind, key):
        task_id = new_task(root)["id"] if kind == "media" else task_with_images(root, 1)["id"]
        operation = new_operation(
            live.deps,
            kind=kind,
            key=key.format(task_id),
            task_id=task_id,
            user_id=live.ids["root"],
        )
        with live.deps.database.write() as tx:
            rows.insert_operation(tx, operation)
        return task_id, operation.id

    return put


def test_operations_at_work_tell_how_far_they_are(live, root, chinese, waiting):
    _, operation_id = waiting("export", "export/{}/none")
    reading = Sentence("Reading images: {done} of {count}", done=120, count=500)
    with live.deps.database.write() as tx:
        rows.report_progress(
            tx, operation_id, fraction=0.24, message=reading, now_utc=utc_text(live.deps.clock())
        )
    said = []
    for client in (root, chinese):
        shown = next(each for each in client.get("/operations").json() if each["id"] == operation_id)
        said.append((shown["progress"], shown["message"]))
    assert said == [(0.24, "Reading images: 120 of 500"), (0.24, "正在读取图片：120/500")]
    assert chinese.delete(f"/operations/{operation_id}").json()["state"] == "cancelled"


def test_a_task_whose_reading_was_cancelled_says_so(root, chinese, waiting):
    task_id, operation_id = waiting("media", "media/{}")
    assert root.delete(f"/operations/{operation_id}").status_code == 200
    status = f"/tasks/{task_id}/status"
    assert root.get(status).json() == {
        "state": "Failed",
        "message": "the reading of the images was cancelled",
    }
    assert chinese.get(status).json() == {"state": "Failed", "message": "读取图片已取消"}
