"""Tasks of files that lie on the server: its folders are opened one by one, files and folders chosen."""

import pytest
from live import until
from pictures import photograph
from texts import text


@pytest.fixture(scope="module", autouse=True)
def filled(share):
    """Two folders with pictures, a picture beside them, and what is no picture."""
    (share / "街景" / "day").mkdir(parents=True)
    for number, name in enumerate(
        ("街景/day/a.jpg", "街景/day/b.jpg", "街景/night.jpg", "1.jpg", "10.jpg", "2.jpg")
    ):
        (share / name).write_bytes(photograph(number))
    (share / "notes.txt").write_text("no picture")
    (share / "void").mkdir()


@pytest.fixture
def tree(visit):
    """The dialog with the server's folders, on the page on which a task is made."""

    def open_tree(locale="en-US"):
        page = visit(locale=locale).go("/tasks/create")
        page.get_by_role("button", name=text("files.share", locale)).click()
        page.get_by_role("treeitem", name="1.jpg").wait_for()
        return page

    return open_tree


def lines(page):
    return [line.strip() for line in page.get_by_role("treeitem").all_inner_texts()]


def checked(page):
    found = page.locator("[role=treeitem][aria-checked=true]").all_inner_texts()
    return [name.strip() for name in found]


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def open_folder(page, name, first):
    page.get_by_role("treeitem", name=name, exact=True).click()
    page.get_by_role("treeitem", name=first, exact=True).wait_for()


def create(page, name):
    page.get_by_role("button", name=text("share.choose")).click()
    page.get_by_label(text("create.name"), exact=True).fill(name)
    page.get_by_label(text("labels.add.name")).fill("car")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=text("create.start")).click()
    page.get_by_text(text("create.done", name=name)).wait_for()


def frames_of(root, name):
    (task,) = root.get("/tasks", params={"name": name}).json()["results"]
    return [frame["name"] for frame in root.get(f"/tasks/{task['id']}/data/meta").json()["frames"]]


def test_a_task_is_made_of_a_folder_and_a_file_of_the_server(tree, root):
    page = tree()
    open_folder(page, "街景", "night.jpg")
    for name in ("day", "2.jpg"):
        page.get_by_role("treeitem", name=name, exact=True).locator(".share-check").click()
    create(page, "of the share")
    assert frames_of(root, "of the share") == ["2.jpg", "街景/day/a.jpg", "街景/day/b.jpg"]


def test_all_but_one_file_of_a_folder_is_chosen_by_key(tree, root):
    page = tree()
    press(page, "ArrowDown", "ArrowDown", "ArrowRight")
    page.get_by_role("treeitem", name="night.jpg").wait_for()
    press(page, "Space", "ArrowRight", "ArrowRight")
    page.get_by_role("treeitem", name="a.jpg").wait_for()
    assert checked(page) == ["街景", "day", "a.jpg", "b.jpg", "night.jpg"]
    press(page, "ArrowRight", "Space")
    assert checked(page) == ["b.jpg", "night.jpg"]
    press(page, "ArrowLeft", "ArrowLeft")
    until(lambda: "a.jpg" in lines(page), lambda is_there: not is_there)
    create(page, "of most of the share")
    assert frames_of(root, "of most of the share") == ["街景/day/b.jpg", "街景/night.jpg"]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_folders_stand_first_and_what_cannot_be_chosen_says_why(tree, locale):
    page = tree(locale)
    notes = f"notes.txt\n{text('files.problem.not-image', locale)}"
    assert lines(page)[1:] in (
        ["void", "街景", "1.jpg", "2.jpg", "10.jpg", notes],
        ["街景", "void", "1.jpg", "2.jpg", "10.jpg", notes],
    )
    page.get_by_role("treeitem", name="void").click()
    page.get_by_text(text("share.folder-empty", locale), exact=True).wait_for()
    # It says that it is disabled, so that no hand of a test would press it.
    page.get_by_role("treeitem", name="notes.txt").click(force=True)
    assert checked(page) == []


def test_a_range_is_chosen_with_shift(tree):
    page = tree()
    page.get_by_role("treeitem", name="1.jpg", exact=True).click()
    page.get_by_role("treeitem", name="10.jpg", exact=True).click(modifiers=["Shift"])
    assert checked(page) == ["1.jpg", "2.jpg", "10.jpg"]
    page.get_by_text(text("files.chosen.other", count=3)).wait_for()


def test_a_choice_is_found_again_and_esc_leaves_it(tree):
    page = tree()
    open_folder(page, "街景", "night.jpg")
    page.get_by_role("treeitem", name="night.jpg").click()
    page.get_by_role("button", name=text("share.choose")).click()
    page.get_by_text("街景/night.jpg").wait_for()
    opener = page.get_by_role("button", name=text("files.share"))
    opener.click()
    page.get_by_role("treeitem", name="night.jpg").wait_for()
    assert checked(page) == ["night.jpg"]
    page.get_by_role("treeitem", name="1.jpg", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("tree").wait_for(state="detached")
    assert page.get_by_text("1.jpg", exact=True).count() == 0
    assert opener.evaluate("button => button === document.activeElement")


def test_a_folder_that_cannot_be_read_is_asked_for_again(visit, tree, visits):
    page = tree()
    visits[-1].expect("status of 400")
    page.route("**/server/share?*", lambda route: route.fulfill(status=400, json=["no such folder"]))
    page.get_by_role("treeitem", name="街景").click()
    failed = page.get_by_role("treeitem", name="no such folder")
    failed.wait_for()
    page.unroute("**/server/share?*")
    failed.click()
    page.get_by_role("treeitem", name="night.jpg").wait_for()
