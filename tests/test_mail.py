"""Mails: into a folder, or to a mail server."""

import socket
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from labelwright.domain.errors import Invalid
from labelwright.mail import FolderMail, SmtpMail

NOW = datetime(2026, 11, 22, 5, 6, 7, tzinfo=UTC)
MAIL = {"to": "you@example.org", "subject": "新密码", "text": "Öffne:\n\nhttps://x/?a=b&c=d\n"}


def check(content):
    mail = message_from_bytes(content, policy=default)
    assert (mail["From"], mail["To"], mail["Subject"]) == ("we@example.org", MAIL["to"], MAIL["subject"])
    assert mail["Date"].datetime == NOW
    assert mail.get_content().replace("\r\n", "\n") == MAIL["text"]


def test_a_mail_is_kept_for_its_owner_and_told_in_the_log(tmp_path, caplog):
    folder = tmp_path / "data" / "mail"
    FolderMail(folder, sender="we@example.org", clock=lambda: NOW).send(**MAIL)
    (file,) = folder.iterdir()
    assert file.name.startswith("2026-11-22T05-06-07.000000Z-")
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    check(file.read_bytes())
    assert MAIL["text"] in caplog.text
    assert str(file) in caplog.text


@pytest.mark.parametrize(
    "to", ["", "a, b@example.org", "a@b\nBcc: c@d", "<a@b>", "a@", "@b", "a b@c", "ü@example.org"]
)
def test_a_mail_goes_to_one_address_or_nowhere(tmp_path, to):
    with pytest.raises(Invalid, match="no mail can be sent to"):
        FolderMail(tmp_path, sender="we@example.org", clock=lambda: NOW).send(**MAIL | {"to": to})
    assert list(tmp_path.iterdir()) == []


class Server(threading.Thread):
    """A mail server for one mail: it takes what comes, and offers what it is told to."""

    def __init__(self, *offers):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.offers = offers
        self.lines, self.content = [], b""

    def run(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            self.say(stream, b"220 here")
            while line := stream.readline():
                self.lines.append(line.decode().strip())
                word = line[:4].upper().strip()
                if word == b"EHLO":
                    for offer in (b"here", *self.offers):
                        self.say(stream, b"250-" + offer)
                if word == b"DATA":
                    self.say(stream, b"354 go on")
                    while (line := stream.readline()) != b".\r\n":
                        self.content += line
                self.say(stream, {b"AUTH": b"235 yes", b"QUIT": b"221 bye"}.get(word, b"250 fine"))

    @staticmethod
    def say(stream, line):
        stream.write(line + b"\r\n")
        stream.flush()


@pytest.fixture
def mail_server():
    servers = []

    def start(*offers):
        servers.append(Server(*offers))
        servers[0].start()
        return servers[0]

    yield start
    servers[0].listener.close()
    servers[0].join(5)


def test_a_mail_server_is_handed_the_mail(mail_server):
    server = mail_server(b"AUTH PLAIN")
    url = f"smtp://me%40x:p%3As@127.0.0.1:{server.port}"
    SmtpMail(url, sender="we@example.org", clock=lambda: NOW).send(**MAIL)
    server.join(5)
    assert any(line.upper().startswith("RCPT TO:<YOU@EXAMPLE.ORG>") for line in server.lines)
    assert any(line.startswith("AUTH PLAIN AG1lQHgAcDpz") for line in server.lines), "me@x and p:s"
    check(server.content)


def test_no_password_goes_over_the_network_in_the_open(mail_server, monkeypatch):
    server = mail_server(b"AUTH PLAIN")
    monkeypatch.setattr("labelwright.mail._THIS_MACHINE", ())
    mail = SmtpMail(f"smtp://me:secret@127.0.0.1:{server.port}", sender="we@example.org", clock=lambda: NOW)
    with pytest.raises(OSError, match="offers no encryption"):
        mail.send(**MAIL)
    server.join(5)
    assert not any("AUTH" in line for line in server.lines)


def test_a_mail_server_that_is_not_there_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        SmtpMail(f"smtp://127.0.0.1:{port}", sender="we@example.org", clock=lambda: NOW).send(**MAIL)
