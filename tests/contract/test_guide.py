"""The guide: no login, both languages, and nothing in it that the product does not do."""

import html
import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from live import image_parts, job_ids, until, wait_for_media

ROOT = Path(__file__).parents[2]
PAGES = ["user_guide.html", "xml_format.html"]
LANGUAGES = ["en", "zh-CN"]


@pytest.fixture
def reader(live):
    """Somebody who has not signed in."""
    with httpx.Client(base_url=live.url) as client:
        yield client


def text_of(name, language):
    return (ROOT / f"src/labelwright/guide/{name.removesuffix('.html')}.{language}.html").read_text("utf-8")


@pytest.mark.parametrize("mount", ["", "/annotations"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_everybody_reads_the_guide_in_both_languages(reader, name, language, mount):
    for how in ({"params": {"language": language}}, {"headers": {"Accept-Language": f"fr,{language};q=0.8"}}):
        answer = reader.get(f"{mount}/documentation/{name}", **how)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert f'<html lang="{language}">' in answer.text
        assert re.search(r"<h1>(.+)</h1>", text_of(name, language))[1] in answer.text


def test_the_guide_begins_at_its_first_page_and_holds_no_other(reader):
    for path in ("/documentation", "/documentation/", "/annotations/documentation/"):
        answer = reader.get(path)
        assert (answer.status_code, answer.headers["location"]) == (
            302,
            f"{'/annotations' if path.startswith('/a') else ''}/documentation/user_guide.html",
        )
    for name in ("none.html", "..%2fchinese.json", "user_guide.en.html", "user_guide"):
        assert reader.get(f"/documentation/{name}").status_code == 404


def test_the_guide_bears_the_name_of_the_product(live, reader):
    before = live.deps.product_name
    object.__setattr__(live.deps, "product_name", "Box & <er>")
    try:
        page = reader.get("/documentation/user_guide.html").text
    finally:
        object.__setattr__(live.deps, "product_name", before)
    assert "Box &amp; &lt;er&gt; is a workbench" in page
    assert "{product}" not in page


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_say_as_much(name):
    shape = [
        re.findall(r"<(h[123]|li|tr|kbd|pre|code|p)\b|(id=\"\w+\")", text_of(name, each))
        for each in LANGUAGES
    ]
    assert shape[0] == shape[1]
    keys = [re.findall("<kbd>(.*?)</kbd>", text_of(name, each)) for each in LANGUAGES]
    assert keys[0] == keys[1]


def test_links_of_the_guide_lead_somewhere(reader):
    for name in PAGES:
        for language in LANGUAGES:
            page = text_of(name, language)
            for target in re.findall(r'href="#([^"]+)"', page):
                assert f'id="{target}"' in page
            for target in re.findall(r'href="(?!#)([^"]+)"', page):
                assert reader.get(f"/documentation/{target}").status_code in (200, 301)


def test_every_key_of_the_guide_is_one_of_the_workbench():
    commands = "".join(
        (ROOT / f"web/src/ui/workbench/{name}.ts").read_text("utf-8")
        for name in ("commands", "mode-commands", "review-commands")
    )
    known = set(re.findall(r'"([^"\n]+)"', commands))
    assert set(re.findall("<kbd>(.*?)</kbd>", text_of("user_guide.html", "en"))) <= known


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("zh-CN", "zh-CN")])
def test_every_name_the_guide_shows_in_bold_is_one_of_the_pages(language, locale):
    said = {
        text
        for file in (ROOT / f"web/src/locales/{locale}").glob("*.json")
        for text in json.loads(file.read_text("utf-8")).values()
    }
    # A notion is in bold where it is told of first.
    notions = {"task", "jobs", "project", "attributes", "任务", "作业", "项目", "属性"}
    assert set(re.findall("<b>(.*?)</b>", text_of("user_guide.html", language))) - notions <= said


def example():
    page = text_of("xml_format.html", "en")
    return ElementTree.fromstring(
        html.unescape(re.search(r"<code>(<\?xml.*?|&lt;\?xml.*?)</code></pre>", page, re.DOTALL)[1]).encode()
    )


def test_the_example_is_the_same_in_both_languages():
    found = [
        re.search(r'<pre id="whole">.*?</pre>', text_of("xml_format.html", each), re.DOTALL)[0]
        for each in LANGUAGES
    ]
    assert found[0] == found[1]


def labels_of(root):
    return [
        {
            "name": label.findtext("name"),
            "color": label.findtext("color"),
            "attributes": [
                {
                    "name": each.findtext("name"),
                    "mutable": each.findtext("mutable") == "True",
                    "input_type": each.findtext("input_type"),
                    "default_value": each.findtext("default_value"),
                    "values": each.findtext("values").split("\n"),
                }
                for each in label.iter("attribute")
            ],
        }
        for label in root.iter("label")
    ]


def exported(root, task):
    path = f"/tasks/{task['id']}/annotations"
    query = {"format": "CVAT for images 1.1"}
    until(lambda: root.get(path, params=query).status_code, lambda status: status == 201)
    content = root.get(path, params={**query, "action": "download"}).content
    return ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("annotations.xml"))


def imported(root, task, content):
    path = f"/tasks/{task['id']}/annotations"
    query = {"format": "CVAT 1.1"}
    root.put(path, params=query, files={"annotation_file": ("a.xml", content)})
    until(lambda: root.put(path, params=query).status_code, lambda status: status == 201)


def test_the_example_is_what_is_read_and_written(root):
    """Imported into a task as it describes and exported again, it comes back to the last coordinate."""
    shown = example()
    task = root.post("/tasks", json={"name": "Street", "labels": labels_of(shown)}).json()
    root.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(2))
    wait_for_media(root, task["id"])
    imported(root, task, ElementTree.tostring(shown))
    assert len(job_ids(root.get(f"/tasks/{task['id']}").json())) == 1
    found = exported(root, task)
    assert outline(found) == outline(shown)
    assert [plain(each) for each in found.iter("image")] == [plain(each) for each in shown.iter("image")]
    assert plain(found.find(".//labels")) == plain(shown.find(".//labels"))


def outline(element):
    """The names of all elements and of what they carry, as they nest."""
    return (
        element.tag,
        sorted(element.attrib),
        [outline(each) for each in element if each.tag not in ("username", "email")],
    )


def plain(element):
    return element.tag, element.attrib, (element.text or "").strip(), [plain(each) for each in element]
