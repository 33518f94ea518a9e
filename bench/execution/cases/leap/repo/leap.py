"""The length of months."""

LONG = {1, 3, 5, 7, 8, 10, 12}


def days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 else 28
    return 31 if month in LONG else 30
