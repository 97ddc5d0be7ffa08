"""What is known of a task stands on its page and is changed in place: owner, assignee, subset, issue tracker."""

import pytest
from live import new_project, new_task, task_in
from texts import text
from visits import pick_option

LOCALES = ["en-US", "zh-CN"]


def pick(page, label, name, locale="en-US"):
    page.get_by_role("button", name=f"{label}:").click()
    page.get_by_role("combobox", name=text("person.search", locale)).fill(name)
    pick_option(page, name)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_assignee_is_chosen_and_taken_away(visit, root, locale):
    task = new_task(root, name="to be assigned")
    page = visit(locale=locale).go(f"/tasks/{task['id']}")
    label = text("task.assignee", locale)
    pick(page, label, "drawer", locale)
    page.get_by_role("button", name=f"{label}: drawer").wait_for()
    assert root.get(f"/tasks/{task['id']}").json()["assignee"]["username"] == "drawer"
    page.get_by_role("button", name=f"{label}: drawer").click()
    pick_option(page, text("person.nobody", locale))
    page.get_by_role("button", name=f"{label}: {text('person.nobody', locale)}").wait_for()
    assert root.get(f"/tasks/{task['id']}").json()["assignee"] is None


def test_who_gives_a_task_away_is_asked_first(visit, live, root):
    with live.client("maker") as maker:
        task = new_task(maker, name="to be given")
    visited = visit("maker")
    # The page asks on for what the new owner alone may see.
    visited.expect("status of 403")
    page = visited.go(f"/tasks/{task['id']}")
    pick(page, text("task.owner"), "other")
    question = page.get_by_role("alertdialog", name=text("owner.give.title", name="other"))
    question.get_by_role("button", name=text("cancel")).click()
    assert root.get(f"/tasks/{task['id']}").json()["owner"]["username"] == "maker"
    pick(page, text("task.owner"), "other")
    question.get_by_role("button", name=text("owner.give")).click()
    page.get_by_role("button", name=f"{text('task.owner')}: other").wait_for()
    assert page.get_by_role("button", name=f"{text('task.owner')}: other").is_disabled()
    assert root.get(f"/tasks/{task['id']}").json()["owner"]["username"] == "other"


@pytest.mark.parametrize("locale", LOCALES)
def test_an_issue_tracker_is_a_web_address_or_none(visit, root, locale):
    task = new_task(root, name="tracked")
    page = visit(locale=locale).go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("task.bug-tracker.edit", locale)).click()
    field = page.get_by_label(text("advanced.bug-tracker", locale))
    field.fill("javascript:alert(1)")
    field.press("Enter")
    page.get_by_text(text("advanced.problem.address", locale)).wait_for()
    field.fill("https://issues.example/7")
    field.press("Enter")
    link = page.get_by_role("link", name=text("task.bug-tracker", locale))
    assert link.get_attribute("href") == "https://issues.example/7"
    assert root.get(f"/tasks/{task['id']}").json()["bug_tracker"] == "https://issues.example/7"


def test_a_subset_is_edited_in_place_and_esc_leaves_it(visit, root):
    task = task_in(root, new_project(root, name="in parts"), name="part", subset="Train")
    page = visit().go(f"/tasks/{task['id']}")
    edit = page.get_by_role("button", name=text("task.subset.edit"))
    edit.press("Enter")
    page.keyboard.type("Nonsense")
    page.keyboard.press("Escape")
    page.get_by_text("Train", exact=True).wait_for()
    edit.press("Enter")
    page.keyboard.type("Test")
    page.keyboard.press("Enter")
    page.get_by_text("Test", exact=True).wait_for()
    assert root.get(f"/tasks/{task['id']}").json()["subset"] == "Test"


def test_an_owner_of_a_project_may_do_with_its_tasks_what_their_owners_may(visit, live, root):
    project = new_project(root, name="maker's", owner_id=live.ids["maker"])
    task = task_in(root, project, 1, name="of root in it")
    page = visit("maker").go(f"/tasks/{task['id']}")
    page.get_by_role("link", name="maker's").first.wait_for()
    page.get_by_role("button", name=text("task.rename")).wait_for()
    page.get_by_role("button", name=text("task.menu", name="of root in it")).click()
    deletion = page.get_by_role("menuitem", name=text("task.delete"))
    assert deletion.get_attribute("aria-disabled") == "false"
