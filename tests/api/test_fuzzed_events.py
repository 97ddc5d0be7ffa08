"""Events and queries no client would send: stored whole or refused, answered or refused; never a mistake of ours."""

import json

from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, QUICK
from sqlalchemy import text

EVENT = {
    "name": "Draw object",
    "time": "2026-05-06T01:57:42.142Z",
    "client_id": 7,
    "is_active": True,
    "job_id": 1,
    "message": "m",
    "payload": {"count": 1, "duration": 5, "working_time": 6},
}
EXCEPTION = {
    **{"system": "s", "client": "c", "time": EVENT["time"], "client_id": 7, "message": "m"},
    **{"filename": "http://h/a.js", "line": 1, "column": 2, "stack": "", "task_id": 1},
}
PAYLOADS = st.dictionaries(st.sampled_from(["count", "duration", "working_time", "x"]), JUNK, max_size=3)


def mutations(names):
    one = st.dictionaries(st.sampled_from([*names, "x"]), JUNK, max_size=3)
    return st.just({}) | one | st.fixed_dictionaries({"payload": PAYLOADS})


def send(client, path, body, *, ascii_only):
    content = json.dumps(body, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    return client.post(path, content=content, headers={"Content-Type": "application/json"})


def count(live):
    with live.deps.database.read() as tx:
        return tx.connection.execute(text("SELECT count(*) FROM events")).scalar()


@QUICK
@given(changes=st.lists(mutations(EVENT) | JUNK, max_size=3), ascii_only=st.booleans())
def test_events_that_are_nearly_right_are_all_stored_or_none(live, root, changes, ascii_only):
    body = [EVENT | each if isinstance(each, dict) else each for each in changes]
    before = count(live)
    answer = send(root, "/server/logs", body, ascii_only=ascii_only)
    assert answer.status_code in (201, 400), (answer.status_code, answer.text)
    if answer.status_code == 201:
        assert (len(answer.json()), count(live)) == (len(body), before + len(body))
    else:
        assert count(live) == before
        assert "detail" in answer.json() or len(answer.json()) == len(body)


@QUICK
@given(change=mutations(EXCEPTION), ascii_only=st.booleans())
def test_exceptions_that_are_nearly_right_are_stored_or_refused(live, root, change, ascii_only):
    before = count(live)
    answer = send(root, "/server/exception", EXCEPTION | change, ascii_only=ascii_only)
    assert answer.status_code in (201, 400), (answer.status_code, answer.text)
    assert count(live) == before + (answer.status_code == 201)


WORDS = st.text(max_size=12) | st.sampled_from(
    [
        *(
            "1",
            "0",
            "-1",
            "1e3",
            "999999999999",
            "all",
            "day",
            "user,day",
            ",",
            "UTC",
            "Asia/Shanghai",
            "right/UTC",
        ),
        *(
            "tzdata.zi",
            "posixrules",
            "/",
            ".",
            "..",
            "2026-01-01",
            "2026-13-01",
            "1000-01-01",
            "9998-12-31",
            "\x00",
        ),
        *("work", "events", "csv", "parquet", "x" * 5000),
    ]
)
QUERIES = st.dictionaries(
    st.sampled_from(
        [
            *(
                "by",
                "project_id",
                "task_id",
                "job_id",
                "user_id",
                "from",
                "to",
                "zone",
                "name",
                "page",
                "page_size",
            ),
            *("what", "format"),
        ]
    ),
    WORDS,
    max_size=4,
)


@QUICK
@given(path=st.sampled_from(["work", "progress", "events", "export"]), query=QUERIES)
def test_any_query_of_statistics_is_answered_or_refused(root, path, query):
    answer = root.get(f"/statistics/{path}", params=query)
    assert answer.status_code in (200, 400, 404), (answer.status_code, answer.text)
