"""Price lists of suppliers: ``article;price`` on each line."""


def prices(text: str) -> dict[str, int]:
    """Cents by article; a line without a price is left out."""
    found = {}
    for line in text.splitlines():
        article, _, price = line.partition(";")
        try:
            found[article] = round(float(price) * 100)
        except ValueError:
            continue
    return found
