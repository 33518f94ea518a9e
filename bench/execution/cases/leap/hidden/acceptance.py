import calendar

from leap import days_in_month

for year in [1600, 1700, 1800, 1900, 2000, 2024, 2100, 2400]:
    assert days_in_month(year, 2) == calendar.monthrange(year, 2)[1], year
