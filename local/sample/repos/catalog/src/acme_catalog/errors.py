"""Errors of the catalog."""


class CatalogError(Exception):
    """Base of all errors of the catalog."""


class UnknownProduct(CatalogError):
    """No product has this item number."""


class DuplicateProduct(CatalogError):
    """The item number is already taken."""


class BadRow(CatalogError):
    """A row of a supplier's file cannot be read; the text has the row number."""


class OutOfStock(CatalogError):
    """Fewer pieces are there than were asked for."""
