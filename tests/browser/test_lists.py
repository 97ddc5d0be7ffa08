"""The lists of tasks and projects: what narrows them stands in the address, and is there again on the way back."""

import pytest
from live import new_project, task_in, until
from texts import text
from visits import pick_option


@pytest.fixture(scope="module")
def project(live):
    """A project with twelve tasks, every other of them for `drawer`; and one task elsewhere."""
    with live.client() as root:
        project = new_project(root, name="of a dozen")
        for number in range(12):
            assignee = live.ids["drawer"] if number % 2 else None
            task_in(root, project, name=f"enlisted {number:02}", assignee_id=assignee)
        task_in(root, new_project(root, name="elsewhere"), name="enlisted elsewhere")
        return project


def names(page):
    page.locator(".task-row").first.wait_for()
    return page.locator(".task-row h2 a").all_inner_texts()


def wait_for_count(page, count, key="tasks.count"):
    form = "one" if count == 1 else "other"
    page.get_by_text(text(f"{key}.{form}", count=count), exact=True).wait_for()


def choose(page, label, search, name):
    """Choose `name` of the list that the button `label` opens."""
    page.get_by_role("button", name=f"{label}:").click()
    page.get_by_role("combobox", name=text(search)).fill(name)
    pick_option(page, name)


def test_filters_stand_in_the_address_and_are_kept_on_the_way_back(visit, project):
    page = visit().go("/tasks")
    page.get_by_label(text("tasks.search")).fill("enlisted")
    choose(page, text("task.assignee"), "person.search", "drawer")
    choose(page, text("task.project"), "projects.search", "of a dozen")
    page.get_by_label(text("list.order"), exact=True).select_option("name")
    until(lambda: names(page), [f"enlisted {number:02}" for number in range(1, 12, 2)].__eq__)
    page.get_by_role("link", name="enlisted 03", exact=True).click()
    page.get_by_role("heading", name="enlisted 03").wait_for()
    page.go_back()
    wait_for_count(page, 6)
    assert names(page)[0] == "enlisted 01"
    assert page.get_by_label(text("tasks.search")).input_value() == "enlisted"
    page.reload()
    wait_for_count(page, 6)
    page.get_by_role("button", name=text("list.filters.clear")).click()
    wait_for_count(page, 13)


def test_each_page_of_a_list_has_an_address(visit, project):
    page = visit().go(f"/tasks?project={project['id']}&order=name")
    wait_for_count(page, 12)
    page.get_by_role("link", name=text("pages.next")).press("Enter")
    page.get_by_text(text("pages.of", page=2, last=2)).wait_for()
    assert page.evaluate("document.activeElement.textContent") == text("pages.previous")
    page.get_by_role("link", name="enlisted 11", exact=True).wait_for()
    page.go_back()
    page.get_by_role("link", name="enlisted 00", exact=True).wait_for()
    page.go_forward()
    page.get_by_role("link", name="enlisted 11", exact=True).wait_for()


def test_an_address_beyond_the_last_page_shows_the_last(visit, project):
    visited = visit()
    visited.expect("status of 404")
    page = visited.go(f"/tasks?project={project['id']}&order=name&page=40")
    page.get_by_role("link", name="enlisted 11", exact=True).wait_for()
    page.get_by_text(text("pages.of", page=2, last=2)).wait_for()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_ones_own_tasks_are_one_choice_away(visit, project, locale):
    visited = visit("drawer", locale=locale)
    # Whoever is to work on a task sees more of it than its name once it has jobs.
    visited.expect("status of 403")
    page = visited.go(f"/tasks?project={project['id']}")
    page.get_by_text(text("tasks.count.other", locale, count=12), exact=True).wait_for()
    page.get_by_text(text("list.scope.assigned", locale), exact=True).click()
    page.get_by_text(text("tasks.count.other", locale, count=6), exact=True).wait_for()
    assert "assignee=drawer" in page.url


def test_terms_of_the_search_narrow_as_filters_do(visit, project):
    page = visit().go("/tasks")
    page.get_by_label(text("tasks.search")).fill("name: enlisted AND assignee: drawer AND project: dozen")
    wait_for_count(page, 6)


def test_what_nothing_passes_is_told_and_left_by_one_button(visit, project):
    page = visit().go("/tasks?search=enlisted&status=completed")
    page.get_by_role("heading", name=text("tasks.none-found")).wait_for()
    page.get_by_role("button", name=text("list.show-all")).click()
    page.locator(".task-row").first.wait_for()
    assert page.url.endswith("/tasks")


def test_a_list_that_cannot_be_had_is_asked_for_again(visit, project):
    visited = visit()
    visited.expect("status of 500")
    visited.page.route("**/api/v1/projects?*", lambda route: route.fulfill(status=500, body=""))
    page = visited.go("/projects")
    page.get_by_role("heading", name=text("projects.failed")).wait_for()
    page.unroute("**/api/v1/projects?*")
    page.get_by_role("button", name=text("retry")).click()
    page.get_by_role("link", name="of a dozen", exact=True).wait_for()


def test_a_project_tells_its_tasks_and_labels_in_the_list(visit, project):
    page = visit().go("/projects?search=of+a+dozen")
    row = page.locator(".task-row").filter(has_text="of a dozen")
    row.get_by_text(text("tasks.count.other", count=12)).wait_for()
    assert row.get_by_role("list").get_by_role("listitem").all_inner_texts() == ["car", "dog"]


def test_a_name_typed_and_entered_at_once_is_waited_for(visit, project):
    page = visit().go("/tasks?search=enlisted")
    page.get_by_role("button", name=f"{text('task.project')}:").click()
    field = page.get_by_role("combobox", name=text("projects.search"))
    field.fill("no such project")
    page.get_by_text(text("picker.none-found")).wait_for()
    field.press("Enter")
    field.fill("elsewhere")
    field.press("Enter")
    wait_for_count(page, 1)
    assert names(page) == ["enlisted elsewhere"]
