"""Channels: ways to a customer."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol

from acme_notifications.errors import AddressRefused
from acme_notifications.templates import Message

SMS_LENGTH = 160


class Channel(Protocol):
    """Delivers a message. Raises DeliveryFailed (try again) or AddressRefused (do not)."""

    name: str

    def send(self, address: str, message: Message) -> None: ...


class Smtp(Protocol):
    """The part of smtplib.SMTP that we use."""

    def send_message(self, message: EmailMessage) -> object: ...


class EmailChannel:
    """Sends e-mail through a connected SMTP client."""

    name = "email"

    def __init__(self, smtp: Smtp, sender: str) -> None:
        self._smtp = smtp
        self._sender = sender

    def send(self, address: str, message: Message) -> None:
        if "@" not in address:
            raise AddressRefused(address)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, address, message.subject
        mail.set_content(message.body)
        self._smtp.send_message(mail)


def sms_text(message: Message) -> str:
    """The subject, cut to one text message."""
    if len(message.subject) <= SMS_LENGTH:
        return message.subject
    return message.subject[: SMS_LENGTH - 1] + "…"
