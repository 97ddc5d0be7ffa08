"""The pages of tasks: the list, making a task of files, what is wrong with a file, the task with its jobs."""

import pytest
from pictures import photograph, video
from PIL import Image
from texts import like, text

LOCALES = ["en-US", "zh-CN"]


@pytest.fixture
def folder(tmp_path):
    """Three photographs, one of them in a folder below."""
    folder = tmp_path / "street"
    (folder / "night").mkdir(parents=True)
    for number, name in enumerate(("a.jpg", "b.jpg", "night/c.jpg")):
        (folder / name).write_bytes(photograph(number))
    return folder


@pytest.fixture
def form(visit):
    """The page on which a task is made."""

    def open_form(locale="en-US"):
        page = visit(locale=locale).go("/tasks/create")
        page.get_by_role("heading", name=text("create.title", locale)).wait_for()
        return page

    return open_form


def add_label(page, name, locale="en-US"):
    field = page.get_by_label(text("labels.add.name", locale))
    field.fill(name)
    field.press("Enter")


def add_files(page, *paths, locale="en-US"):
    page.locator("input[type=file]").first.set_input_files(paths)
    page.get_by_text(paths[-1].name).first.wait_for()


def create(page, locale="en-US"):
    page.get_by_role("button", name=text("create.start", locale)).click()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_task_is_made_of_files_and_drawn_on(form, folder, root, locale):
    page = form(locale)
    page.get_by_label(text("create.name", locale), exact=True).fill(f"street {locale}")
    add_label(page, "car", locale)
    add_label(page, "行人", locale)
    add_files(page, folder / "a.jpg", folder / "b.jpg")
    create(page, locale)
    page.get_by_role("link", name=text("task.start", locale)).click()
    page.wait_for_function("() => window.__workbench !== undefined")
    (task,) = root.get("/tasks", params={"name": f"street {locale}"}).json()["results"]
    assert [label["name"] for label in task["labels"]] == ["car", "行人"]
    assert task["size"] == 2


def test_a_folder_gives_the_task_its_name_and_the_frames_theirs(form, folder, root):
    page = form()
    page.locator("input[type=file][webkitdirectory]").set_input_files(folder)
    page.get_by_text("c.jpg").first.wait_for()
    name = page.get_by_label(text("create.name"), exact=True)
    assert name.input_value() == "street"
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7")
    add_files(page, folder / "plan.pdf")
    assert name.input_value() == "street"
    page.get_by_role("radio", name="plan.pdf").check()
    assert name.input_value() == "plan"
    page.get_by_role("radio").first.check()
    add_label(page, "car")
    create(page)
    page.get_by_text(text("create.done", name="street")).wait_for()
    task = root.get("/tasks").json()["results"][0]
    frames = root.get(f"/tasks/{task['id']}/data/meta").json()["frames"]
    assert [frame["name"] for frame in frames] == ["a.jpg", "b.jpg", "night/c.jpg"]


def test_a_folder_of_mixed_files_and_a_video_make_a_task_each(form, folder, root):
    (folder / "notes.txt").write_text("no image")
    phone = folder.parent / "phone.mp4"
    phone.write_bytes(video(6))
    page = form()
    page.locator("input[type=file][webkitdirectory]").set_input_files(folder)
    add_files(page, phone)
    add_label(page, "car")
    page.get_by_role("radio", name=text("files.count.other", count=3)).wait_for()
    create(page)
    page.get_by_text(text("create.done", name="street")).wait_for()
    page.get_by_role("button", name=text("create.rest.one")).click()
    assert page.get_by_label(text("create.name"), exact=True).input_value() == "phone"
    create(page)
    page.get_by_text(text("create.done", name="phone")).wait_for()
    of_video, of_images = root.get("/tasks").json()["results"][:2]
    assert [(task["mode"], task["size"]) for task in (of_images, of_video)] == [
        ("annotation", 3),
        ("interpolation", 6),
    ]


def test_an_upload_goes_on_after_a_lost_connection(visit, folder, root):
    Image.new("RGB", (1400, 1100)).save(folder / "large.bmp")
    browser = visit()
    browser.expect("net::ERR_FAILED")
    page = browser.go("/tasks/create")
    page.get_by_label(text("create.name"), exact=True).fill("through a gap")
    add_label(page, "car")
    add_files(page, folder / "a.jpg", folder / "large.bmp")
    lost = []

    def lose(route):
        if len(lost) < 2 and route.request.method == "PATCH":
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/*", lose)
    create(page)
    page.get_by_text(text("create.lost")).wait_for()
    page.get_by_text(text("create.done", name="through a gap")).wait_for()
    assert len(set(lost)) == 1
    assert root.get("/tasks").json()["results"][0]["size"] == 2


def test_what_is_no_image_is_named_and_left_out(form, folder, root):
    (folder / "notes.txt").write_text("no image")
    (folder / "liar.jpg").write_text("no image either")
    page = form()
    page.get_by_label(text("create.name"), exact=True).fill("half good")
    add_label(page, "car")
    add_files(page, folder / "a.jpg", folder / "notes.txt", folder / "liar.jpg")
    page.get_by_text(text("files.problem.not-image"), exact=True).wait_for()
    page.get_by_text(text("files.problem.disguised")).wait_for()
    create(page)
    page.get_by_text(text("create.done", name="half good")).wait_for()
    assert root.get("/tasks").json()["results"][0]["size"] == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_an_image_the_server_cannot_read_is_named_and_can_be_left_out(form, folder, root, locale):
    (folder / "torn.jpg").write_bytes(photograph()[:150])
    page = form(locale)
    page.get_by_label(text("create.name", locale), exact=True).fill("torn")
    add_label(page, "car", locale)
    add_files(page, folder / "a.jpg", folder / "torn.jpg")
    create(page, locale)
    failed = page.get_by_role("alert").filter(has_text="torn.jpg")
    failed.wait_for()
    assert any("一" <= letter <= "鿿" for letter in failed.locator("p").first.inner_text()) == (
        locale == "zh-CN"
    )
    if locale == "zh-CN":  # what was sent is on the task's page too, and waits there for another try
        page.get_by_role("link", name=text("create.open-task", locale)).click()
        page.get_by_text(text("files.sent", locale), exact=True).nth(1).wait_for()
    page.get_by_role("button", name=text("create.leave-out", locale, name="torn.jpg")).click()
    page.get_by_role("link", name=text("task.start", locale)).wait_for()
    assert root.get("/tasks").json()["results"][0]["size"] == 1


def test_what_is_missing_is_told_at_its_place(form):
    page = form()
    create(page)
    for key in ("field.required", "create.no-labels", "create.no-files"):
        page.get_by_text(text(key)).first.wait_for()


def test_a_label_is_named_once(form):
    page = form()
    add_label(page, "car")
    add_label(page, "car")
    page.get_by_text(text("labels.known", name="car")).wait_for()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_list_leads_to_a_task_and_the_task_to_its_jobs(visit, make_task, locale):
    task = make_task(4, segment_size=2, name=f"listed {locale}")
    page = visit(locale=locale).go("/tasks")
    page.get_by_role("link", name=f"listed {locale}", exact=True).click()
    page.wait_for_url(f"**/tasks/{task['id']}")
    page.get_by_text(text("task.jobs.done.other", locale, done=0, count=2)).first.wait_for()
    second = task["segments"][1]["jobs"][0]["id"]
    page.locator(f"a[href$='/jobs/{second}']").first.click()
    page.wait_for_function("() => window.__workbench?.frame === 2")


def test_search_finds_a_task_by_its_name(visit, make_task):
    make_task(1, name="a needle")
    make_task(1, name="hay")
    page = visit().go("/tasks")
    page.get_by_label(text("tasks.search")).fill("needle")
    page.get_by_role("link", name="a needle", exact=True).wait_for()
    page.get_by_role("link", name="hay", exact=True).wait_for(state="detached")
    page.get_by_label(text("tasks.search")).fill("no such task")
    page.get_by_text(text("tasks.none-found"), exact=True).wait_for()


def test_a_task_is_deleted_after_a_question(visit, make_task, root):
    task = make_task(1, name="short-lived")
    page = visit().go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("task.menu", name="short-lived")).click()
    page.get_by_role("menuitem", name=text("task.delete")).click()
    page.get_by_role("alertdialog").get_by_role("button", name=text("task.delete")).click()
    page.get_by_text(like("task.deleted")).wait_for()
    assert root.get(f"/tasks/{task['id']}").status_code == 404


def test_annotations_are_exported_from_the_page(visit, make_task):
    task = make_task(1, name="to be taken home")
    page = visit().go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("task.menu", name="to be taken home")).click()
    page.get_by_role("menuitem", name=text("task.export")).click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name=text("export.start"), exact=True).click()
    assert download.value.path().read_bytes()[:2] == b"PK"


def test_a_task_that_is_not_there_says_so(visit):
    visited = visit()
    visited.expect("status of 404")
    visited.go("/tasks/999999").get_by_role("heading", name=text("not-found.title")).wait_for()


def test_who_may_not_make_tasks_is_told(visit):
    page = visit("watcher").go("/tasks/create")
    page.get_by_text(text("create.forbidden")).wait_for()


@pytest.mark.parametrize("locale", LOCALES)
def test_images_are_added_to_a_task_but_those_it_has(visit, root, make_task, tmp_path, locale):
    task = make_task([("a.jpg", photograph(0))], name="to grow")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(photograph(1))
    page = visit(locale=locale).go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("add-images", locale), exact=True).click()
    dialog = page.get_by_role("dialog", name=text("add-images.title", locale, name="to grow"))
    add_files(page, *(tmp_path / name for name in ("c.jpg", "b.jpg", "a.jpg")), locale=locale)
    dialog.get_by_text(text("files.problem.known", locale)).wait_for()
    dialog.get_by_role("button", name=text("add-images.start", locale), exact=True).click()
    page.get_by_text(text("add-images.done.other", locale, count=2, name="to grow")).wait_for()
    after = root.get(f"/tasks/{task['id']}").json()
    assert (after["size"], len(after["segments"])) == (3, 2)
    names = [each["name"] for each in root.get(f"/tasks/{task['id']}/data/meta").json()["frames"]]
    assert names == ["a.jpg", "b.jpg", "c.jpg"]
