"""The git repository of a task: connected, pushed and followed on the task's page, and asked for when it is made."""

import itertools

import pytest
from bare import Bare
from pictures import photograph
from texts import like, text

LOCALES = ["en-US", "zh-CN"]
NUMBERS = itertools.count()


@pytest.fixture
def bare(git_root):
    made = Bare(git_root / f"r{next(NUMBERS)}.git")
    made.commit("main", "README.md", "kept")
    return made


@pytest.fixture
def task(make_task):
    return make_task(1, name="street")


def section(page, locale="en-US"):
    return page.get_by_role("region", name=text("repository", locale), exact=True)


def connect(page, address, locale="en-US"):
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(text("repository.address", locale), exact=True).fill(str(address))
    dialog.get_by_role("button", name=text("repository.save", locale), exact=True).click()
    return dialog


@pytest.mark.parametrize("locale", LOCALES)
def test_a_repository_is_connected_and_pushed_to(visit, task, bare, locale):
    page = visit(locale=locale).go(f"/tasks/{task['id']}")
    section(page, locale).get_by_role("button", name=text("repository.connect", locale)).click()
    connect(page, bare.folder, locale).wait_for(state="detached")
    part = section(page, locale)
    part.get_by_text(text("repository.state.new", locale)).wait_for()
    part.get_by_role("button", name=text("repository.push", locale)).click()
    part.get_by_text(text("repository.state.sync", locale)).wait_for()
    assert bare.files(f"cvat_{task['id']}_street") == ["README.md", "annotation/street.zip"]
    bare.merge(f"cvat_{task['id']}_street")
    page.reload()
    section(page, locale).get_by_text(text("repository.state.merged", locale)).wait_for()


def test_what_is_wrong_with_an_address_is_said_where_it_is_typed(visit, task, bare):
    visitor = visit()
    visitor.expect("400")
    page = visitor.go(f"/tasks/{task['id']}")
    section(page).get_by_role("button", name=text("repository.connect")).click()
    dialog = connect(page, "")
    dialog.get_by_text(text("field.required")).wait_for()
    connect(page, "ext::sh")
    dialog.get_by_role("alert").filter(has_text="'ext::sh' is no address of a repository").wait_for()
    connect(page, bare.folder.parent)
    dialog.get_by_role("alert").filter(has_text="does not appear to be a git repository").wait_for()
    connect(page, bare.folder).wait_for(state="detached")
    section(page).get_by_text(str(bare.folder)).wait_for()


def test_a_push_that_fails_says_why_and_can_be_tried_again(visit, task, bare):
    page = visit().go(f"/tasks/{task['id']}")
    section(page).get_by_role("button", name=text("repository.connect")).click()
    connect(page, bare.folder).wait_for(state="detached")
    bare.commit("main", "annotation", "a file in the way")
    push = section(page).get_by_role("button", name=text("repository.push"))
    push.click()
    section(page).get_by_role("alert").filter(has_text=like("repository.failed")).wait_for()
    section(page).get_by_role("button", name=text("repository.change")).click()
    page.get_by_role("dialog").get_by_label(text("repository.file"), exact=True).fill("other/place.xml")
    connect(page, bare.folder).wait_for(state="detached")
    push.click()
    section(page).get_by_text(text("repository.state.sync")).wait_for()
    assert "other/place.xml" in bare.files(f"cvat_{task['id']}_street")


def test_who_may_not_change_the_task_sees_and_pushes_but_does_not_connect(visit, task, bare, root):
    page = visit().go(f"/tasks/{task['id']}")
    section(page).get_by_role("button", name=text("repository.connect")).click()
    connect(page, bare.folder).wait_for(state="detached")
    page = visit("watcher").go(f"/tasks/{task['id']}")
    section(page).get_by_role("button", name=text("repository.push")).wait_for()
    assert section(page).get_by_role("button", name=text("repository.change")).count() == 0


@pytest.mark.parametrize("good", [True, False], ids=["reached", "not there"])
def test_a_new_task_is_connected_or_says_why_not(visit, bare, tmp_path, good):
    (tmp_path / "a.jpg").write_bytes(photograph(0))
    page = visit().go("/tasks/create")
    page.get_by_label(text("create.name"), exact=True).fill("made")
    label = page.get_by_label(text("labels.add.name"))
    label.fill("car")
    label.press("Enter")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "a.jpg")
    page.get_by_text(text("advanced"), exact=True).click()
    address = f"{bare.folder} [a.zip]" if good else str(bare.folder.parent)
    page.get_by_label(text("repository.new"), exact=True).fill(address)
    page.get_by_role("button", name=text("create.start")).click()
    page.get_by_text(text("create.done", name="made")).wait_for()
    assert page.get_by_role("alert").filter(has_text=like("repository.not-connected")).count() == (not good)
    page.get_by_role("link", name=text("create.open-task")).click()
    found = section(page).get_by_text(f"{bare.folder}" if good else text("repository.none"))
    found.wait_for()
