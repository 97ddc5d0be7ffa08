"""The pages of projects: making one, its labels, its tasks, moving a task into it, deleting it."""

import pytest
from live import body, box, job_ids, new_project, task_in, until
from pictures import photograph
from playwright.sync_api import expect
from texts import like, text
from visits import pick_option

LOCALES = ["en-US", "zh-CN"]


def add_label(page, name, locale="en-US"):
    field = page.get_by_label(text("labels.add.name", locale))
    field.fill(name)
    field.press("Enter")


def label_names(client, project):
    return [label["name"] for label in client.get(f"/projects/{project['id']}").json()["labels"]]


@pytest.fixture
def project(root):
    """A project with a task of two photographs in it, a box on the first."""
    project = new_project(root, name="streets")
    task = task_in(root, project, 2, name="morning", subset="Train")
    root.put(f"/tasks/{task['id']}/annotations", json=body(box(task))).raise_for_status()
    return project | {"task": task}


def shapes(client, task):
    return client.get(f"/tasks/{task['id']}/annotations").json()["shapes"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_project_is_made_with_its_labels(visit, root, locale):
    page = visit(locale=locale).go("/projects")
    page.get_by_role("link", name=text("projects.create", locale)).first.click()
    page.get_by_label(text("create-project.name", locale)).fill(f"made {locale}")
    add_label(page, "car", locale)
    add_label(page, "行人", locale)
    page.get_by_role("button", name=text("create-project.start", locale)).click()
    page.get_by_role("heading", name=f"made {locale}").wait_for()
    (found,) = root.get("/projects", params={"name": f"made {locale}"}).json()["results"]
    assert label_names(root, found) == ["car", "行人"]
    assert page.url.endswith(f"/projects/{found['id']}")


def test_a_task_is_made_in_a_project_with_its_labels_and_a_subset(visit, root, tmp_path):
    project = new_project(root, name="with a task")
    (tmp_path / "a.jpg").write_bytes(photograph())
    page = visit().go(f"/projects/{project['id']}")
    page.get_by_role("link", name=text("tasks.create")).first.click()
    page.get_by_role("button", name=f"{text('create.project')}: with a task").wait_for()
    page.get_by_label(text("create.name"), exact=True).fill("in it")
    page.get_by_label(text("create.subset"), exact=True).fill("Test")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "a.jpg")
    page.get_by_role("button", name=text("create.start")).click()
    page.get_by_text(text("create.done", name="in it")).wait_for()
    (task,) = root.get("/tasks", params={"project_id": project["id"]}).json()["results"]
    assert (task["subset"], task["size"]) == ("Test", 1)
    assert [label["id"] for label in task["labels"]] == [label["id"] for label in project["labels"]]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_label_is_renamed_and_what_is_drawn_keeps_it(visit, root, project, locale):
    page = visit(locale=locale).go(f"/projects/{project['id']}")
    page.get_by_role("button", name=text("labels.edit", locale, name="car")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(text("labels.name", locale), exact=True).first.fill("汽车")
    dialog.get_by_role("button", name=text("save", locale)).click()
    page.get_by_role("button", name=text("labels.edit", locale, name="汽车")).wait_for()
    assert label_names(root, project) == ["汽车", "dog"]
    (shape,) = shapes(root, project["task"])
    assert shape["label_id"] == project["labels"][0]["id"]


def test_a_label_is_deleted_after_a_question_that_says_what_goes_with_it(visit, root, project):
    page = visit().go(f"/projects/{project['id']}")
    page.get_by_role("button", name=text("labels.remove", name="car")).click()
    question = page.get_by_role("alertdialog")
    question.get_by_text(text("labels.remove.lost.project.one", count=1)).wait_for()
    page.keyboard.press("Escape")
    question.wait_for(state="detached")
    assert len(shapes(root, project["task"])) == 1
    page.get_by_role("button", name=text("labels.remove", name="car")).click()
    question.get_by_role("button", name=text("labels.remove.action")).click()
    page.get_by_role("button", name=text("labels.remove", name="car")).wait_for(state="detached")
    assert (label_names(root, project), shapes(root, project["task"])) == (["dog"], [])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_task_moves_into_a_project_by_names_chosen_for_its_labels(visit, root, make_task, project, locale):
    task = make_task(1, labels=[{"name": "Car"}, {"name": "tram"}], name=f"to move {locale}")
    root.put(f"/tasks/{task['id']}/annotations", json=body(box(task), box(task, label=1))).raise_for_status()
    page = visit(locale=locale).go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("task.menu", locale, name=task["name"])).click()
    page.get_by_role("menuitem", name=text("task.move", locale)).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=text("move.choose", locale)).click()
    page.get_by_role("combobox", name=text("projects.search", locale)).fill("streets")
    pick_option(page, "streets")
    target = dialog.get_by_label(text("move.target", locale, name="Car"))
    assert target.input_value() == "=car"
    dialog.get_by_label(text("move.target", locale, name="tram")).select_option("new")
    dialog.get_by_role("button", name=text("move.action", locale)).click()
    page.get_by_text(text("task.labels-of-project", locale)).wait_for()
    moved = root.get(f"/tasks/{task['id']}").json()
    names = {label["id"]: label["name"] for label in moved["labels"]}
    assert sorted(names[shape["label_id"]] for shape in shapes(root, task)) == ["car", "tram"]


def test_a_move_waits_until_every_label_has_a_new_name(visit, root, make_task, project):
    task = make_task(1, labels=[{"name": "tram"}], name="to stay")
    page = visit().go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("task.menu", name="to stay")).click()
    page.get_by_role("menuitem", name=text("task.move")).click()
    dialog = page.get_by_role("dialog")
    move = dialog.get_by_role("button", name=text("move.action"))
    move.click()
    dialog.get_by_text(text("move.no-project")).wait_for()
    dialog.get_by_role("button", name=text("move.choose")).click()
    pick_option(page, "streets")
    dialog.get_by_label(text("move.target", name="tram")).wait_for()
    move.click()
    dialog.get_by_text(text("move.unmapped", name="tram")).wait_for()
    page.keyboard.press("Escape")
    assert root.get(f"/tasks/{task['id']}").json()["project_id"] is None


def test_tasks_of_a_project_are_narrowed_to_a_subset(visit, root, project):
    task_in(root, project, name="evening", subset="Test")
    page = visit().go(f"/projects/{project['id']}")
    page.get_by_role("link", name="evening", exact=True).wait_for()
    page.get_by_label(text("task.subset"), exact=True).select_option("Train")
    page.get_by_role("link", name="evening", exact=True).wait_for(state="detached")
    page.get_by_role("link", name="morning", exact=True).wait_for()


def test_a_project_is_deleted_with_its_tasks_after_a_question_that_counts_them(visit, root, project):
    new_project(root, name="to stay")
    page = visit().go("/projects")
    page.get_by_role("button", name=text("task.menu", name="streets")).first.click()
    page.get_by_role("menuitem", name=text("project.delete")).click()
    question = page.get_by_role("alertdialog")
    question.get_by_text(text("project.delete.text.one", count=1)).wait_for()
    question.get_by_role("button", name=text("project.delete.action.one", count=1)).click()
    page.get_by_text(like("task.deleted")).wait_for()
    until(lambda: page.evaluate("document.activeElement.closest('.task-row') !== null"), bool)
    assert root.get(f"/projects/{project['id']}").status_code == 404
    assert root.get(f"/tasks/{project['task']['id']}").status_code == 404


def test_who_may_not_change_a_project_sees_it_as_it_is(visit, root, live, project):
    root.patch(
        f"/jobs/{job_ids(project['task'])[0]}", json={"assignee_id": live.ids["worker"]}
    ).raise_for_status()
    page = visit("worker").go(f"/projects/{project['id']}")
    page.get_by_role("heading", name="streets").wait_for()
    assert page.get_by_label(text("labels.add.name")).count() == 0
    assert page.get_by_role("button", name=text("task.rename")).count() == 0
    assert page.get_by_role("button", name=f"{text('task.assignee')}: {text('person.nobody')}").is_disabled()
    page.get_by_role("button", name=text("task.menu", name="streets")).click()
    deletion = page.get_by_role("menuitem", name=text("project.delete"))
    assert deletion.get_attribute("aria-disabled") == "true"


def test_a_project_that_is_not_there_says_so(visit):
    visited = visit()
    visited.expect("status of 404")
    visited.go("/projects/999999").get_by_role("heading", name=text("not-found.title")).wait_for()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def focused(page):
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )


def tab_to(page, name):
    """Press Tab until what has the focus is called `name`."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"no Tab leads to {name!r}")


def test_a_project_is_made_and_renamed_by_key_alone(visit, root):
    page = visit().go("/projects")
    page.get_by_role("heading", name=text("projects"), exact=True).wait_for()
    tab_to(page, text("projects.create"))
    press(page, "Enter")
    expect(page.get_by_label(text("create-project.name"))).to_be_focused()
    page.keyboard.type("by key")
    tab_to(page, text("labels.add.name"))
    page.keyboard.type("car")
    press(page, "Enter")
    page.get_by_role("button", name=text("labels.edit", name="car")).wait_for()
    tab_to(page, text("create-project.start"))
    press(page, "Enter")
    page.get_by_role("heading", name="by key").wait_for()
    tab_to(page, text("task.rename"))
    press(page, "Enter")
    page.keyboard.type("by key, renamed")
    press(page, "Enter")
    page.get_by_role("heading", name="by key, renamed").wait_for()
    until(lambda: focused(page), lambda name: name == text("task.rename"))
    assert root.get("/projects").json()["results"][0]["name"] == "by key, renamed"


def test_focus_comes_back_after_a_question_and_yes_deletes(visit, root):
    project = new_project(root, name="focus")
    page = visit().go(f"/projects/{project['id']}")
    menu = text("task.menu", name="focus")
    page.get_by_role("button", name=menu).wait_for()
    tab_to(page, menu)
    press(page, "Enter", "ArrowUp", "Enter")
    question = page.get_by_role("alertdialog")
    question.wait_for()
    assert focused(page) == text("cancel")
    press(page, "Escape")
    question.wait_for(state="detached")
    assert focused(page) == menu
    press(page, "Enter", "ArrowUp", "Enter")
    question.wait_for()
    press(page, "Tab", "Enter")
    page.wait_for_url("**/projects")
    assert root.get(f"/projects/{project['id']}").status_code == 404
