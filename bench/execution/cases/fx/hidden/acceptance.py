from fx import convert

found = convert(100, "1.25"), convert(50, "0.01"), convert(10, "0.25"), convert(100)
assert found == (125, 1, 3, 100), found
