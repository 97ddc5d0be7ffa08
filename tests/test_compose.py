"""What is opened from settings, and what of them stops the start."""

import pytest

from labelwright import __version__
from labelwright.compose import open_deps
from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.mail import FolderMail, SmtpMail
from labelwright.settings import Settings


@pytest.fixture
def opened(tmp_path, sqlite_url):
    made = []

    def open_(**settings):
        made.append(open_deps(Settings(data=tmp_path / "data", database_url=sqlite_url, **settings)))
        return made[-1]

    yield open_
    for deps in made:
        deps.operations.close()
        deps.database.close()


def test_files_and_addresses_of_settings_are_read(opened, tmp_path):
    (tmp_path / "agreements.json").write_text('[{"name": "规则", "required": true}]', encoding="utf-8")
    (tmp_path / "terms.html").write_text("<p>友善</p>", encoding="utf-8")
    deps = opened(
        user_agreements=str(tmp_path / "agreements.json"),
        terms_of_use=str(tmp_path / "terms.html"),
        public_url="https://labels.example.org/",
        smtp_url="smtp://mail.example.org",
        product_version="1.4.0",
    )
    assert [each.name for each in deps.agreements] == ["规则"]
    assert (deps.terms_of_use, deps.public_url) == ("<p>友善</p>", "https://labels.example.org")
    assert (type(deps.mail), deps.product_version) == (SmtpMail, "1.4.0")


def test_files_are_fetched_of_the_hosts_that_are_named_alone(opened, tmp_path):
    fetcher = opened(remote_hosts=" A.example.org ,*.b.example, ").fetcher()
    for host in ("b.example", "labels.example.org"):
        with pytest.raises(InvalidMedia, match="LABELWRIGHT_REMOTE_HOSTS"):
            fetcher.fetch(f"http://{host}/a.jpg", tmp_path / "a")


def test_without_settings_mails_are_kept_and_nothing_is_agreed_to(opened):
    deps = opened()
    assert (type(deps.mail), deps.agreements, deps.terms_of_use) == (FolderMail, (), "")
    assert deps.product_version == __version__


@pytest.mark.parametrize("name", ["user_agreements", "terms_of_use"])
@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"\xff", "cannot be read: .*utf-8")],
    ids=["absent", "no text"],
)
def test_a_file_that_cannot_be_read_stops_the_start(opened, tmp_path, name, content, says):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Invalid, match=f"LABELWRIGHT_{name.upper()} is .*{says}"):
        opened(**{name: str(path)})


@pytest.mark.parametrize("name", ["git_ssh_key", "git_credentials", "git_root"])
def test_what_git_needs_must_be_there(opened, tmp_path, name):
    with pytest.raises(Invalid, match=f"LABELWRIGHT_{name.upper()} is {tmp_path}/none, which is no"):
        opened(**{name: str(tmp_path / "none")})


def test_without_git_there_is_none(opened, tmp_path, monkeypatch):
    assert opened().git is not None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert opened().git is None


@pytest.mark.parametrize(
    ("root", "says"),
    [
        ("absent", "which is no folder"),
        (".", "which holds the data folder"),
        ("link", "which holds the data folder"),
    ],
)
def test_a_storage_root_that_will_not_do_stops_the_start(opened, tmp_path, root, says):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(Invalid, match=f"LABELWRIGHT_STORAGE_ROOT is .*{says}"):
        opened(storage_root=str(tmp_path / root))
    (tmp_path / "beside").mkdir()
    assert opened(storage_root=str(tmp_path / "beside")).platform.storage_root == tmp_path / "beside"
