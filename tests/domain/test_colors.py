import pytest

from labelwright.domain.colors import default_color, normalize_label_name
from labelwright.domain.palette import PALETTE_INDEX

RECORDED = {
    "bird": "#404040",
    "car": "#2080c0",
    "cat": "#6080c0",
    "dog": "#406040",
    "person": "#c06060",
    "sky": "#508040",
    "block": "#51245a",
    "hd": "#2f069e",
    "louosi": "#227117",
    "lousi": "#2c6d21",
    "other": "#e6f7bb",
    "people": "#b45802",
    "text": "#20cc1c",
    "color": "#55b297",
}
COMPUTED = {
    "label1": "#e8f039",
    "Traffic Light": "#d0a000",
    "traffic-light": "#d0a000",
    "CAR": "#2080c0",
    "person2": "#34d730",
    "1": "#e4af6e",
    "a": "#d63a74",
    "b": "#ffbac1",
    "face": "#db2c45",
}


@pytest.mark.parametrize(("name", "color"), (RECORDED | COMPUTED).items())
def test_a_lone_label_has_the_color_v1_servers_give(name: str, color: str) -> None:
    assert default_color(name, []) == color


@pytest.mark.parametrize(
    ("names", "colors"),
    [
        pytest.param(
            ["car", "Car", "CAR", "car_1"], ["#2080c0", "#b5b36c", "#3533ec", "#064559"], id="palette name"
        ),
        pytest.param(["zzz", "ZZZ", "zzz!"], ["#0f3a86", "#8f3a86", "#0fba86"], id="hashed name"),
        pytest.param(["猫", "狗", "鸟"], ["#1dc799", "#9dc799", "#5d4719"], id="names without ascii letters"),
    ],
)
def test_labels_of_like_names_differ_by_their_place(names: list[str], colors: list[str]) -> None:
    assert [default_color(name, names[:place]) for place, name in enumerate(names)] == colors


def test_unlike_names_before_a_label_leave_its_color_alone() -> None:
    assert default_color("car", ["bird", "zzz", "猫"]) == "#2080c0"


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        pytest.param("  Traffic -- Light ", "traffic_light", id="blanks and dashes"),
        pytest.param("Café №5", "cafe_no5", id="compatibility forms come apart"),
        pytest.param("a/b.c", "abc", id="punctuation goes"),
        pytest.param("snake_case_", "snake_case_", id="underlines stay"),
        pytest.param("猫", "", id="nothing ascii"),
    ],
)
def test_names_are_compared_in_a_normal_form(name: str, normal: str) -> None:
    assert normalize_label_name(name) == normal


def test_the_palette_has_724_normal_names() -> None:
    assert len(PALETTE_INDEX) == 724
    assert [PALETTE_INDEX[name] for name in ("background", "bird", "zucchini")] == [0, 56, 723]
    assert all(normalize_label_name(name) == name for name in PALETTE_INDEX)
