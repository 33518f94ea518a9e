import calendar

import pytest
from leap import days_in_month


@pytest.mark.parametrize("year", [1600, 1700, 1800, 1900, 2000, 2024, 2100, 2400])
def test_february_is_as_long_as_the_calendar_says(year):
    assert days_in_month(year, 2) == calendar.monthrange(year, 2)[1]
