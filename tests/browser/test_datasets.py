"""Datasets in the browser: made of what is dropped, looked through, labelled in tasks, published, deleted."""

import re
from contextlib import contextmanager

import pytest
from live import until
from pictures import photograph
from texts import like, text

LOCALES = ["en-US", "zh-CN"]


@pytest.fixture
def photos(tmp_path):
    """A folder of photographs, one of them in a folder of its own, called as a platform and people call them."""
    folder = tmp_path / "street 街景"
    (folder / "night").mkdir(parents=True)
    for number, name in enumerate(["SU1HXzAwMDE.jpg", "行人 2.jpg", "night/1.jpg"]):
        (folder / name).write_bytes(photograph(number))
    return folder


@pytest.fixture
def make_dataset(live, root):
    """Make a dataset of photographs of the given names; returns it as the catalogue shows it."""
    names = iter(range(1000))

    def make(*pictures, **fields):
        files = [
            (f"files[{n}]", (name, photograph(n), "image/jpeg"))
            for n, name in enumerate(pictures or ("1.jpg", "2.jpg", "3.jpg"))
        ]
        asked = {"name": f"made {next(names)}", "annotType": "object_detection"} | fields
        answer = root.post(f"{live.url}/dataset_manager/api/cv_datasets", data=asked, files=files)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    return make


@pytest.fixture
def make_task_of(root):
    """Make a task of a dataset; returns it once its frames are there."""

    def make(dataset, labels=("car",)):
        named = [{"name": name, "attributes": []} for name in labels]
        task = root.post("/tasks", json={"name": f"of {dataset['name']}", "labels": named}).json()
        asked = {"dataset_ids[0]": str(dataset["id"]), "image_quality": "70"}
        root.post(f"/tasks/{task['id']}/data", data=asked).raise_for_status()
        until(
            lambda: root.get(f"/tasks/{task['id']}/status").json(),
            lambda found: found["state"] in ("Finished", "Failed"),
        )
        return root.get(f"/tasks/{task['id']}").json()

    return make


def read(root, live, dataset):
    return root.get(f"{live.url}/dataset_manager/api/cv_datasets/id/{dataset['id']}").json()["data"]


def drop(page, target, *paths):
    """Drop files and folders of this machine on `target`, as a person does from a window beside the browser's."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 20}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "data": data, **place})
    session.detach()


@contextmanager
def answered(page, key):
    """Agree to the question that what is done within leads to."""
    yield
    page.get_by_role("alertdialog").get_by_role("button", name=text(key), exact=True).click()


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_dropped_becomes_a_dataset_and_a_task_of_it(visit, photos, live, root, locale):
    visited = visit(locale=locale)
    page = visited.go("/datasets/create")

    def button(key):
        return page.get_by_role("button", name=text(key, locale), exact=True)

    drop(page, page.get_by_role("region", name=text("dataset.files", locale)), photos)
    page.get_by_text(text("dataset.files.count.other", locale, count=3)).wait_for()
    name = page.get_by_label(text("dataset.name", locale))
    assert name.input_value() == "street 街景"
    page.get_by_label(text("annotation-type", locale)).select_option("ocr_recognition")
    assert page.get_by_label(text("dataset.format", locale)).input_value() == "OCR RECOGNITION 1.0"
    button("create-dataset.start").click()
    page.wait_for_url(re.compile(r"/datasets/\d+$"))
    shown = page.get_by_role("list", name=text("files", locale)).get_by_role("button")
    page.get_by_role("button", name=text("item.open", locale, name="IMG_0001.jpg")).wait_for()
    assert shown.count() == 6  # to look at each, and to delete it
    page.get_by_role("button", name=text("item.open", locale, name="IMG_0001.jpg")).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog")
    first = viewer.get_by_role("heading").text_content()
    viewer.get_by_role("img", name=first).wait_for()
    page.keyboard.press("ArrowRight")
    viewer.get_by_text(text("item.of", locale, at=3, all=3)).wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("main").get_by_role("link", name=text("tasks.create", locale), exact=True).click()
    page.wait_for_url(re.compile(r"/tasks/create/\d+$"))
    name = page.get_by_label(text("create.name", locale))
    assert name.is_disabled()
    assert name.input_value() == "street_街景_ocr_recognition_OCR_RECOGNITION_1.0"
    button("create.start").click()
    page.get_by_role("link", name=text("create.open-task", locale)).click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    task = root.get(
        f"/tasks/{page.url.rsplit('/', 1)[1]}", headers={"Labelwright-Dialect": "labelwright"}
    ).json()
    assert task["annotation_type"] == "ocr_recognition"
    assert task["size"] == 3
    (label,) = task["labels"]
    (attribute,) = label["attributes"]
    assert (label["name"], label["color"]) == ("text", "#20cc1c")
    assert (attribute["name"], attribute["input_type"], attribute["mutable"]) == ("value", "text", False)
    page.get_by_role("link", name=text("dataset.of-task", locale, name="street 街景")).click()
    page.get_by_role("list", name=text("tasks", locale)).get_by_role("heading", name=task["name"]).wait_for()


def test_a_dataset_with_tasks_is_not_deleted_and_the_page_says_why(
    visit, make_dataset, make_task_of, live, root
):
    dataset = make_dataset()
    task = make_task_of(dataset)
    visited = visit()
    visited.expect(r"status of 409")
    page = visited.go(f"/datasets/{dataset['id']}")

    def delete():
        page.get_by_role("button", name=text("task.menu", name=dataset["name"]), exact=True).click()
        with answered(page, "dataset.delete"):
            page.get_by_role("menuitem", name=text("dataset.delete"), exact=True).click()

    delete()
    page.get_by_text(re.compile(rf"{like('task.delete.failed').pattern}.*{task['id']}")).wait_for()
    assert read(root, live, dataset)["annotStatus"] == "labeling"
    root.delete(f"/tasks/{task['id']}").raise_for_status()
    delete()
    page.wait_for_url("**/datasets")
    assert root.get(f"{live.url}/dataset_manager/api/cv_datasets/id/{dataset['id']}").status_code == 404


def test_images_are_deleted_and_added_and_the_task_is_told_and_reads_them_again(
    visit, make_dataset, make_task_of, tmp_path, root
):
    dataset = make_dataset("a.jpg", "b.jpg", "c.jpg")
    task = make_task_of(dataset)
    page = visit().go(f"/datasets/{dataset['id']}")
    page.get_by_role("button", name=text("item.open", name="b.jpg"), exact=True).focus()
    with answered(page, "item.delete.action"):
        page.keyboard.press("Delete")
    page.get_by_role("button", name=text("item.open", name="b.jpg"), exact=True).wait_for(state="detached")
    page.get_by_role("button", name=text("items.add"), exact=True).click()
    added = tmp_path / "d.jpg"
    added.write_bytes(photograph(9))
    dialog = page.get_by_role("dialog")
    drop(page, dialog.get_by_role("region", name=text("dataset.files")), added)
    dialog.get_by_text(text("dataset.files.count.one", count=1)).wait_for()
    dialog.get_by_role("button", name=text("items.add.start"), exact=True).click()
    page.get_by_role("button", name=text("item.open", name="d.jpg"), exact=True).wait_for()
    until(lambda: root.get(f"/tasks/{task['id']}/status").json(), lambda found: "dataset" in found)
    page.goto(f"/tasks/{task['id']}")
    page.get_by_text(text("dataset.changed")).wait_for()
    with answered(page, "reload.action"):
        page.get_by_role("button", name=text("reload.again"), exact=True).click()
    page.get_by_text(text("reload.done", name=task["name"])).wait_for()
    page.get_by_text(text("dataset.changed")).wait_for(state="detached")
    frames = root.get(f"/tasks/{task['id']}/data/meta").json()["frames"]
    assert [frame["name"] for frame in frames] == ["a.jpg", "c.jpg", "d.jpg"]


def test_annotations_are_published_to_the_end_and_objects_cut_out(
    visit, make_dataset, make_task_of, live, root
):
    dataset = make_dataset()
    task = make_task_of(dataset, labels=("car", "dog"))
    label = task["labels"][0]["id"]
    boxes = [
        {
            "type": "rectangle",
            "points": [40 * n, 40, 40 * n + 30, 80],
            "frame": n,
            "label_id": label,
            "group": 0,
        }
        | {"occluded": False, "z_order": 0, "source": "manual", "attributes": []}
        for n in range(3)
    ]
    job = task["segments"][0]["jobs"][0]["id"]
    made = {"version": 0, "tags": [], "shapes": boxes, "tracks": []}
    root.patch(f"/jobs/{job}/annotations?action=create", json=made).raise_for_status()
    root.patch(f"/jobs/{job}", json={"status": "completed"}).raise_for_status()
    page = visit().go(f"/tasks/{task['id']}")
    page.get_by_text(text("publish.never")).wait_for()
    page.get_by_role("button", name=text("publish"), exact=True).click()
    page.get_by_text(text("publish.done", name=task["name"])).wait_for()
    page.get_by_text(text("publish.never")).wait_for(state="detached")
    found = read(root, live, dataset)
    assert (found["annotStatus"], found["isPublished"], found["annotCount"]) == ("labeled", True, 3)
    assert found["labelList"] == ["car", "dog"]
    page.get_by_role("button", name=text("task.menu", name=task["name"]), exact=True).click()
    page.get_by_role("menuitem", name=text("crop.menu"), exact=True).click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label(text("crop.label"), exact=True).input_value() == "car"
    dialog.get_by_label(text("crop.padding")).fill("10")
    dialog.get_by_label(text("crop.name")).fill("cars cut out")
    dialog.get_by_role("button", name=text("crop.start"), exact=True).click()
    dialog.get_by_text(text("crop.done", name="cars cut out")).wait_for()
    dialog.get_by_role("link", name=text("dataset.create-task")).click()
    page.wait_for_url(re.compile(r"/tasks/create/\d+$"))
    name = page.get_by_label(text("create.name"))
    assert name.input_value() == "cars_cut_out_image_classification_ImageNet_1.0"
    page.get_by_text(text("task.images.other", count=3)).wait_for()


def test_a_failure_of_publishing_is_told_in_the_servers_words(visit, make_dataset, make_task_of, root):
    dataset = make_dataset(cvDatasetFormat="No Such 1.0")
    task = make_task_of(dataset)
    visited = visit()
    visited.expect(r"status of 500")
    page = visited.go(f"/tasks/{task['id']}")
    page.get_by_role("button", name=text("publish"), exact=True).click()
    page.get_by_text(re.compile(rf"{like('publish.failed').pattern}.*No Such 1\.0")).wait_for()


def test_annotators_get_no_datasets(visit):
    page = visit("drawer").go("/datasets")
    page.get_by_text(text("datasets.forbidden")).wait_for()
    sections = page.get_by_role("navigation", name=text("pages"))
    assert sections.get_by_role("link", name=text("tasks")).count() == 1
    assert sections.get_by_role("link", name=text("datasets")).count() == 0


def test_the_list_is_searched_and_paged_by_its_address(visit, make_dataset):
    word = "needle 针"
    found = [make_dataset("1.jpg", name=f"{word} {number}") for number in range(13)]
    page = visit().go(f"/datasets?search={word}&page=2")
    listed = page.get_by_role("list", name=text("datasets")).get_by_role("heading")
    page.get_by_role("heading", name=found[0]["name"]).wait_for()
    assert listed.count() == 1  # newest first, twelve a page
    page.get_by_role("searchbox").fill("no dataset is called so")
    page.get_by_text(text("datasets.none-found")).wait_for()
    assert "page=" not in page.url
    page.get_by_role("searchbox").fill(word)
    page.get_by_role("heading", name=found[12]["name"]).wait_for()
    assert listed.count() == 12
