"""Errors of the notification service."""


class NotificationError(Exception):
    """Base of all errors of this service."""


class UnknownTemplate(NotificationError):
    """There is no template of that name in that language, nor in English."""


class MissingValue(NotificationError):
    """A template names a value that it was not given."""


class DeliveryFailed(NotificationError):
    """The channel could not deliver; another try may help."""


class AddressRefused(NotificationError):
    """The channel will never deliver to this address."""
