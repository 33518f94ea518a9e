import pytest

from acme_notifications.digest import digest
from acme_notifications.templates import Message


def test_digest_lists_subjects():
    message = digest([Message("Your order", ""), Message("On its way", "")])
    assert message.body == "- Your order\n- On its way\n"


def test_long_digest_counts_the_rest():
    message = digest([Message(f"News {number}", "") for number in range(23)])
    assert message.subject == "23 news from Acme"
    assert message.body.endswith("- News 19\n… and 3 more\n")


def test_empty_digest_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        digest([])
