"""Lists in pages."""


def pages(entries: int, size: int) -> int:
    """How many pages it takes."""
    return entries // size
