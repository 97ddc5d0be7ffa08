"""Reviews and comments no person would write: stored whole and readable, or refused; never a mistake of ours."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, NUMBER, QUICK
from live import job_ids, task_with_images

COMMENTS = st.lists(st.fixed_dictionaries({"message": st.text(min_size=1, max_size=9)}), max_size=2)
ISSUES = st.builds(
    dict.__or__,
    st.fixed_dictionaries(
        {
            "frame": st.integers(0, 9),
            "position": st.lists(st.integers(-9, 9) | st.floats(0, 9), min_size=1, max_size=5),
            "comment_set": COMMENTS,
        }
    ),
    st.just({})
    | st.dictionaries(
        st.sampled_from(["frame", "position", "comment_set", "id", "x"]),
        JUNK | st.lists(NUMBER, max_size=4) | st.lists(st.fixed_dictionaries({"message": JUNK}), max_size=2),
        max_size=1,
    ),
)
NAMES = ("job", "status", "estimated_quality", "reviewer_id", "issue_set", "x")
MUTATIONS = st.just({}) | st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=2)
REVIEWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["accepted", "rejected", "review_further"]),
        "estimated_quality": st.integers(0, 5) | st.just("3.5"),
        "reviewer_id": st.just("reviewer") | JUNK,
        "issue_set": st.lists(ISSUES, max_size=3),
    }
)


@pytest.fixture(scope="module")
def job(live):
    """A job whose reviews nobody else looks at."""
    with live.client() as client:
        return job_ids(task_with_images(client, 1))[0]


def send(client, method, path, body, *, ascii_only):
    content = json.dumps(body, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    return client.request(method, path, content=content, headers={"Content-Type": "application/json"})


@QUICK
@given(body=REVIEWS, mutations=MUTATIONS, ascii_only=st.booleans())
def test_reviews_that_are_nearly_right_are_stored_whole_or_not_at_all(root, job, body, mutations, ascii_only):
    before = root.get(f"/jobs/{job}/issues").json()
    answer = send(root, "POST", "/reviews", {"job": job} | body | mutations, ascii_only=ascii_only)
    assert answer.status_code in (201, 400, 404), (answer.status_code, answer.text)
    made = answer.json()["issue_set"] if answer.status_code == 201 else []
    if made:
        assert len(made) == len(body["issue_set"])
    assert root.get(f"/jobs/{job}/issues").json() == before + made


@QUICK
@given(value=JUNK, other=JUNK, ascii_only=st.booleans())
def test_values_of_any_kind_never_break_issues_and_comments(root, job, value, other, ascii_only):
    review = {"job": job, "status": "rejected", "estimated_quality": 1, "issue_set": []}
    review["issue_set"] = [{"frame": 0, "position": [0], "comment_set": [{"message": "x"}]}]
    (issue,) = root.post("/reviews", json=review).json()["issue_set"]
    requests = (
        ("POST", "/comments", {"issue": value, "message": other}),
        ("POST", "/comments", {"issue": issue["id"], "message": value}),
        ("PATCH", f"/comments/{issue['comment_set'][0]['id']}", {"message": value}),
        ("PATCH", f"/issues/{issue['id']}", {"resolver_id": value}),
    )
    for method, path, body in requests:
        answer = send(root, method, path, body, ascii_only=ascii_only)
        assert answer.status_code in (200, 201, 400, 404), (path, answer.status_code, answer.text)
    assert root.get(f"/issues/{issue['id']}/comments").status_code == 200
    assert root.delete(f"/issues/{issue['id']}").status_code == 204
