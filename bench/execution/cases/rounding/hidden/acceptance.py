from money import gross, vat

for net, cents in [(50, 1), (250, 3), (350, 4), (450, 5), (249, 2)]:
    assert vat(net, 1) == cents, net
assert gross(10**17 + 50, 1) == 10**17 + 50 + 10**15 + 1
