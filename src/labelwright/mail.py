"""Mail: handed to a mail server, or kept in a folder and told in the log for an administrator to pass on."""

import logging
import secrets
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from labelwright.domain.errors import Invalid
from labelwright.domain.times import utc_text
from labelwright.ports import Clock

if TYPE_CHECKING:
    import smtplib

logger = logging.getLogger("labelwright.mail")

#: Seconds a mail server has for each answer.
_PATIENCE_S = 20
_THIS_MACHINE = ("localhost", "127.0.0.1")


def write_message(*, sender: str, to: str, subject: str, text: str, clock: Clock) -> EmailMessage:
    """Return the mail as it goes over the wire. Raises Invalid when `to` is no single address."""
    message = EmailMessage()
    message["From"] = sender
    try:
        message["To"] = Address(addr_spec=to)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Invalid("no mail can be sent to {address!r}", address=to) from error
    message["Subject"] = subject
    message["Date"] = clock()
    message.set_content(text)
    return message


class FolderMail:
    """Writes each mail into a file of `folder`, for its owner's eyes alone, and its text into the log."""

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, *, to: str, subject: str, text: str) -> None:
        message = write_message(sender=self._sender, to=to, subject=subject, text=text, clock=self._clock)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        moment = utc_text(self._clock()).replace(":", "-")
        path = self._folder / f"{moment}-{secrets.token_hex(4)}.eml"
        path.touch(mode=0o600)
        path.write_bytes(message.as_bytes())
        # A warning, because nobody sees the lesser ones: somebody waits for this mail.
        logger.warning("no mail server is set; the mail to %s is in %s:\n%s", to, path, text)


class SmtpMail:
    """Hands each mail to the mail server at `url`, `smtp://` or `smtps://`, with name and password if it has them.

    Over `smtp://` the connection is encrypted when the server offers it, and no password goes over the network
    when it does not.
    """

    def __init__(self, url: str, *, sender: str, clock: Clock) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._clock = clock

    def send(self, *, to: str, subject: str, text: str) -> None:
        message = write_message(sender=self._sender, to=to, subject=subject, text=text, clock=self._clock)
        with self._open() as server:
            self._encrypt(server)
            if self._url.username is not None:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.send_message(message)

    def _open(self) -> "smtplib.SMTP":
        import smtplib  # most servers have no use for it
        import ssl

        host, port = self._url.hostname or "", self._url.port or 0
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=_PATIENCE_S, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=_PATIENCE_S)

    def _encrypt(self, server: "smtplib.SMTP") -> None:
        import ssl

        if self._url.scheme == "smtps" or self._url.hostname in _THIS_MACHINE:
            return
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif self._url.username is not None:
            raise OSError(f"{self._url.hostname} offers no encryption, so it is not told the password")
