"""Fields of a request, read one by one; what is wrong with them is gathered and told at once, in v1's words."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import isfinite, nan
from typing import Any

from labelwright.api.requests import FormValues
from labelwright.domain.errors import LabelwrightError
from labelwright.domain.sentences import Sentence
from labelwright.domain.times import utc_text

_TRUE = {"true", "True", "TRUE", "1", "on", "yes", "t", "T", "y", "Y"}
_FALSE = {"false", "False", "FALSE", "0", "off", "no", "f", "F", "n", "N"}
MAX_INT = 2**31 - 1
#: From the year 1000 on: earlier ones would be written with fewer digits, and sorted wrongly.
_MOMENT = re.compile(
    r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NO_MOMENT = Sentence(
    "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
#: Digits, with the empty fraction that spreadsheets and scripts append.
_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,20})(?:\.0*)?\s*", re.ASCII)


class FieldErrors(LabelwrightError):
    """Fields that will not do: messages by field, nested as the fields are."""

    def __init__(self, errors: Any) -> None:
        super().__init__("fields will not do: {errors}", errors=errors)
        self.errors = errors


class Fields:
    """The fields of one JSON object or form. Read what you need, then call `finish`."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.errors: dict[str, Any] = {}
        self._is_form = isinstance(values, FormValues)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def fail(self, name: str, sentence: Sentence) -> None:
        """Note that the field will not do."""
        self.errors.setdefault(name, []).append(sentence)

    def finish(self) -> None:
        """Raise FieldErrors when anything was noted."""
        if self.errors:
            raise FieldErrors(self.errors)

    def _present(self, name: str, *, required: bool, nullable: bool, takes_blank: bool = False) -> bool:
        """Whether there is a value to look at; notes what is missing. In a form, an empty field is left out."""
        if name not in self.values or (self._is_form and not takes_blank and self.values[name] == ""):
            if required:
                self.fail(name, Sentence("This field is required."))
            return False
        if self.values[name] is None:
            if not nullable:
                self.fail(name, Sentence("This field may not be null."))
            return False
        return True

    def text(
        self,
        name: str,
        default: str = "",
        *,
        limit: int | None,
        required: bool = False,
        blank: bool = True,
        strip: bool = True,
    ) -> str:
        """Return a text of at most `limit` characters, None for any count; numbers are text, as in forms."""
        if not self._present(name, required=required, nullable=False, takes_blank=True):
            return default
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fail(name, Sentence("Not a valid string."))
            return default
        text = str(value).strip() if strip else str(value)
        if "\x00" in text:
            self.fail(name, Sentence("Null characters are not allowed."))
        if not text and not blank:
            self.fail(name, Sentence("This field may not be blank."))
        if limit is not None and len(text) > limit:
            self.fail(name, Sentence("Ensure this field has no more than {limit} characters.", limit=limit))
        return text

    def integer(
        self,
        name: str,
        default: int | None = None,
        *,
        least: int = 0,
        most: int = MAX_INT,
        required: bool = False,
        nullable: bool = False,
    ) -> int | None:
        """Return a whole number from `least` to `most`; digits in a text count."""
        if not self._present(name, required=required, nullable=nullable):
            return default
        value = self.values[name]
        if nullable and value == "":
            return default
        number = read_whole(value)
        if number is None:
            self.fail(name, Sentence("A valid integer is required."))
            return default
        if number < least:
            self.fail(name, Sentence("Ensure this value is greater than or equal to {least}.", least=least))
        if number > most:
            self.fail(name, Sentence("Ensure this value is less than or equal to {most}.", most=most))
        return number

    def reference(self, name: str) -> int | None:
        """Return the id of the thing the request is about, which must be named; None when that is no id at all.

        What is a number and no id is 0, the id of nothing: to be not found is no error of the field.
        """
        if not self._present(name, required=True, nullable=False):
            return None
        number = read_whole(self.values[name])
        if number is None:
            self.fail(name, Sentence("A valid integer is required."))
            return None
        return number if 0 < number <= MAX_INT else 0

    def number(self, name: str) -> float:
        """Return a finite number, which must be there; its spelling in a text counts."""
        if not self._present(name, required=True, nullable=False):
            return 0.0
        number = _number(self.values[name])
        if not isfinite(number):
            self.fail(name, Sentence("A valid number is required."))
        return number

    def numbers(self, name: str) -> list[float]:
        """Return finite numbers, as `number`: at least one must be there."""
        if not self._present(name, required=True, nullable=False):
            return []
        values = self.values[name]
        if not isinstance(values, list):
            kind = type(values).__name__
            self.fail(name, Sentence('Expected a list of items but got type "{kind}".', kind=kind))
            return []
        if not values:
            self.fail(name, Sentence("This list may not be empty."))
        numbers = [_number(value) for value in values]
        if not all(isfinite(number) for number in numbers):
            self.fail(name, Sentence("A valid number is required."))
        return numbers

    def moment(self, name: str) -> str:
        """Return a moment, which must be there, as `utc_text` writes it; one without a zone is UTC."""
        if not self._present(name, required=True, nullable=False):
            return ""
        value = self.values[name]
        match = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
        try:
            if match is None:
                raise ValueError(value)
            moment = datetime.fromisoformat(match[0].replace("Z", "+00:00"))
            return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except ValueError:
            self.fail(name, _NO_MOMENT)
        except OverflowError:
            self.fail(name, Sentence("Datetime value out of range."))
        return ""

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object of JSON, empty when there is none."""
        if not self._present(name, required=False, nullable=False):
            return {}
        value = self.values[name]
        if not isinstance(value, dict):
            kind = type(value).__name__
            self.fail(name, Sentence('Expected a dictionary of items but got type "{kind}".', kind=kind))
            return {}
        return value

    def boolean(self, name: str, default: bool = False, *, required: bool = False) -> bool:
        """Return a truth value, in JSON or spelled."""
        if not self._present(name, required=required, nullable=False):
            return default
        value = self.values[name]
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE | _FALSE:
            return str(value) in _TRUE
        self.fail(name, Sentence("Must be a valid boolean."))
        return default

    def items(self, name: str) -> list[Any]:
        """Return a list of anything, empty when there is none."""
        if not self._present(name, required=False, nullable=False):
            return []
        value = self.values[name]
        if isinstance(value, list):
            return value
        kind = type(value).__name__
        self.fail(name, Sentence('Expected a list of items but got type "{kind}".', kind=kind))
        return []

    def choice(self, name: str, choices: Sequence[str], default: str, *, required: bool = False) -> str:
        """Return one of `choices`."""
        if not self._present(name, required=required, nullable=False):
            return default
        value = self.values[name]
        if value not in choices:
            self.fail(name, Sentence('"{value}" is not a valid choice.', value=value))
            return default
        return str(value)

    def each(self, name: str, read: Callable[["Fields"], Any], *, required: bool = False) -> list[Any]:
        """Return a list of objects, each read by `read`; their errors stand in a list of the same length."""
        if not self._present(name, required=required, nullable=False):
            return []
        value = self.values[name]
        if not isinstance(value, list):
            self.errors[name] = [
                Sentence('Expected a list of items but got type "{kind}".', kind=type(value).__name__)
            ]
            return []
        found, errors = [], []
        for element in value:
            if not isinstance(element, dict):
                kind = type(element).__name__
                errors.append(
                    {
                        "non_field_errors": [
                            Sentence("Invalid data. Expected a dictionary, but got {kind}.", kind=kind)
                        ]
                    }
                )
                continue
            fields = Fields(element)
            found.append(read(fields))
            errors.append(fields.errors)
        if any(errors):
            self.errors[name] = errors
        return found


def _number(value: Any) -> float:
    """Return a number or its spelling as a float, NaN for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return nan


def read_whole(value: Any) -> int | None:
    """Return a whole number, or one spelled in a text; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    match = _WHOLE.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else int(match[1])
