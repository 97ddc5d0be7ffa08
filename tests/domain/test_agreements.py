"""What people agree to."""

import pytest

from labelwright.domain.agreements import missing_agreement, read_agreements
from labelwright.domain.errors import Invalid

TWO = '[{"name": "a", "required": true, "url": "/a", "displayText": "A"}, {"name": "b", "required": true}]'


def test_nothing_is_agreed_to_by_default():
    assert read_agreements(" \n") == ()
    assert missing_agreement((), ["x"]) is None


def test_what_is_required_is_asked_for_in_order():
    found = read_agreements(TWO)
    assert [(each.name, each.display_text, each.value) for each in found] == [
        ("a", "A", False),
        ("b", "", False),
    ]
    assert missing_agreement(found, []).name == "a"
    assert missing_agreement(found, ["a", "x"]).name == "b"
    assert missing_agreement(found, ["b", "a"]) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read"),
        ("{}", "cannot be read"),
        ('[{"url": "x"}]', "missing required field `name`"),
        ('[{"name": 3}]', "cannot be read"),
        ('[{"name": "a"}, {"name": "a"}]', "one name"),
    ],
)
def test_a_list_that_is_none_is_told(text, says):
    with pytest.raises(Invalid, match=says):
        read_agreements(text)
