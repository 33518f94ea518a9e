from pages import pages

for entries, count in [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (10**20 + 1, 10**19 + 1)]:
    assert pages(entries, 10) == count, entries
