from duration import seconds

for text in ["5x", "", "5", "1h 5x", "h"]:
    try:
        found = seconds(text)
    except ValueError:
        continue
    raise AssertionError(f"{text!r} is {found} seconds")
assert (seconds("45s"), seconds("1h 30m"), seconds("2h15m10s")) == (45, 5400, 8110)
