"""How long to wait before trying again."""


def wait(attempt: int) -> int:
    """Seconds before the attempt, counting from 0."""
    return 2**attempt
