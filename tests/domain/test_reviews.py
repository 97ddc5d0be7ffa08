import pytest

from labelwright.domain.reviews import job_status_after


@pytest.mark.parametrize("status", ["annotation", "validation", "completed"])
@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("accepted", "completed"), ("rejected", "annotation"), ("review_further", None)],
)
def test_a_verdict_moves_the_job_or_leaves_it(verdict, status, expected):
    assert job_status_after(verdict, status) == (expected or status)
