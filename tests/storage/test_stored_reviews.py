"""Reviews, issues and comments as both databases keep them."""

import pytest
from sqlalchemy import text

from labelwright.domain.errors import Conflict
from labelwright.domain.reviews import IssueSpec
from labelwright.domain.users import Person
from labelwright.storage import reviews, tasks

NOW = "2026-11-22T05:00:00.000000Z"
LATER = "2026-11-22T06:00:00.000000Z"
BOX = (10.5, 20.0, 1e300, -0.25)


@pytest.fixture
def review(database, add_user, add_task):
    """Ada's review of the first job of a task, Bob's then, with an issue of two comments and one without."""
    ada, bob = add_user("ada", first_name="Ada"), add_user("bob")
    job = add_task().jobs[0]
    with database.write() as tx:
        review_id = reviews.insert_review(
            tx,
            job_id=job,
            reviewer_id=ada.id,
            assignee_id=bob.id,
            verdict="rejected",
            estimated_quality=3.5,
            now_utc=NOW,
        )
        specs = [IssueSpec(4, BOX, ("too loose", "喵 🐱")), IssueSpec(2, (1.0,), ())]
        reviews.insert_issues(tx, specs, job_id=job, review_id=review_id, owner_id=ada.id, now_utc=NOW)
        return reviews.read_review(tx, review_id)


def issues_of(database, review):
    with database.read() as tx:
        return reviews.list_issues(tx, review.job_id)


def execute(database, query):
    with database.write() as tx:
        return tx.connection.execute(text(query))


def test_a_review_is_read_with_all_that_belongs_to_it(database, review):
    ada = review.reviewer
    assert (ada.username, ada.first_name, review.assignee.username) == ("ada", "Ada", "bob")
    assert (review.verdict, review.estimated_quality) == ("rejected", 3.5)
    with database.read() as tx:
        assert reviews.list_reviews(tx, review.job_id) == [review]
        assert reviews.issues_of_review(tx, review.id) == reviews.list_issues(tx, review.job_id)
        first, second = reviews.list_issues(tx, review.job_id)
        assert reviews.read_issue(tx, first.id) == first
        assert reviews.read_comment(tx, first.comments[0].id) == first.comments[0]
    assert (first.position, first.frame, first.owner, first.resolver) == (BOX, 4, ada, None)
    assert (first.created_utc, first.resolved_utc, first.review_id) == (NOW, None, review.id)
    assert [comment.message for comment in first.comments] == ["too loose", "喵 🐱"]
    assert {comment.author for comment in first.comments} == {ada}
    assert (second.frame, second.comments) == (2, ())


def test_what_is_not_there_is_none_or_empty(database):
    with database.read() as tx:
        assert (
            reviews.read_review(tx, 99) is reviews.read_issue(tx, 99) is reviews.read_comment(tx, 99) is None
        )
        assert reviews.list_reviews(tx, 99) == reviews.list_issues(tx, 99) == []


def test_thousands_of_issues_keep_their_order_and_their_comments(database, review):
    specs = [IssueSpec(n, (float(n),), (f"a{n}", f"b{n}")) for n in range(3000)]
    with database.write() as tx:
        owner = review.reviewer.id
        job = review.job_id
        reviews.insert_issues(tx, specs, job_id=job, review_id=review.id, owner_id=owner, now_utc=NOW)
    found = issues_of(database, review)[2:]
    assert [issue.frame for issue in found] == list(range(3000))
    assert all(
        [comment.message for comment in issue.comments] == [f"a{issue.frame}", f"b{issue.frame}"]
        for issue in found
    )


def test_issues_outlive_their_review(database, review):
    before = issues_of(database, review)
    with database.write() as tx:
        reviews.delete_review(tx, review.id)
        assert reviews.list_reviews(tx, review.job_id) == []
    after = issues_of(database, review)
    assert [issue.review_id for issue in after] == [None, None]
    assert [issue.comments for issue in after] == [issue.comments for issue in before]


def test_comments_go_with_their_issue(database, review):
    first, second = issues_of(database, review)
    with database.write() as tx:
        reviews.delete_issue(tx, first.id)
        assert reviews.read_comment(tx, first.comments[0].id) is None
    assert issues_of(database, review) == [second]


def test_all_goes_with_the_task(database, review):
    with database.write() as tx:
        tasks.delete_task(tx, tasks.read_job(tx, review.job_id).task_id)
    for table in ("reviews", "issues", "comments"):
        with database.read() as tx:
            assert tx.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_deleted_accounts_leave_all_they_wrote(database, review):
    first = issues_of(database, review)[0]
    with database.write() as tx:
        reviews.update_issue(tx, first.id, resolver_id=review.assignee.id, resolved_utc=LATER)
    assert issues_of(database, review)[0].resolver == Person(review.assignee.id, "bob", "", "")
    execute(database, "DELETE FROM users")
    with database.read() as tx:
        found = reviews.read_review(tx, review.id)
        assert (found.reviewer, found.assignee) == (None, None)
        issue = reviews.read_issue(tx, first.id)
    assert (issue.owner, issue.resolver, issue.resolved_utc) == (None, None, LATER)
    assert [(comment.author, comment.message) for comment in issue.comments] == [
        (None, "too loose"),
        (None, "喵 🐱"),
    ]


def test_a_comment_is_added_written_anew_and_deleted(database, review):
    issue = issues_of(database, review)[1]
    bob = review.assignee
    with database.write() as tx:
        added = reviews.insert_comment(tx, issue.id, author_id=bob.id, message="why?", now_utc=NOW)
        reviews.update_comment(tx, added, message="why?!", updated_utc=LATER)
        comment = reviews.read_comment(tx, added)
        assert (comment.author, comment.message, comment.issue_id) == (bob, "why?!", issue.id)
        assert (comment.created_utc, comment.updated_utc) == (NOW, LATER)
        reviews.delete_comment(tx, added)
        assert reviews.read_comment(tx, added) is None
        again = reviews.insert_comment(tx, issue.id, author_id=bob.id, message="again", now_utc=NOW)
    assert again > added, "no id is given out twice"


def test_what_refers_to_somebody_deleted_meanwhile_is_refused(database, review):
    issue = issues_of(database, review)[1]
    with pytest.raises(Conflict, match="deleted at the same moment"), database.write() as tx:
        reviews.insert_comment(tx, issue.id, author_id=99, message="!", now_utc=NOW)
    assert issues_of(database, review)[1] == issue
