"""What lies in the warehouse."""


class OutOfStock(Exception):
    """There is less than was asked for."""


class Stock:
    def __init__(self, pieces: dict[str, int]) -> None:
        self._pieces = dict(pieces)

    def available(self, article: str) -> int:
        return self._pieces.get(article, 0)

    def reserve(self, article: str, count: int) -> None:
        self._pieces[article] = self.available(article) - count

    def release(self, article: str, count: int) -> None:
        self._pieces[article] = self.available(article) + count
