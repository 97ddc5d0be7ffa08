"""The page `docs/settings.md`, made from the settings themselves; a test keeps it so."""

from dataclasses import fields

from labelwright.settings import PREFIX, Settings


def settings_page() -> str:
    """Return what `docs/settings.md` holds."""
    return f"{_PAGE}\n{settings_table()}"


_PAGE = """# Settings

Each setting is one environment variable. `labelwright up` and its sisters take the most used as flags too, which go
before the environment: `--data`, `--host`, `--port`, `--workers`. `labelwright doctor` shows the values in force and
where each comes from. A variable `LABELWRIGHT_…` that is no setting stops the start: it would be a slip of the pen.

This page is made from `src/labelwright/settings/__init__.py`; a test keeps it so.
"""


def settings_table() -> str:
    """Return the settings as a Markdown table, for `docs/settings.md`."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    plain = {"data": "~/.local/share/labelwright", "workers": "one a core"}
    defaults = Settings()
    for item in fields(Settings):
        default = plain.get(item.name, str(getattr(defaults, item.name)))
        rows.append(
            f"| `{PREFIX}{item.name.upper()}` | {f'`{default}`' if default else '–'} | {item.metadata['help']} |"
        )
    return "\n".join(rows) + "\n"
