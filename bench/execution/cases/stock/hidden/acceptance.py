from stock import OutOfStock, Stock

for article, count in [("cup", 6), ("pot", 1)]:
    stock = Stock({"cup": 5})
    before = stock.available(article)
    try:
        stock.reserve(article, count)
    except OutOfStock:
        assert stock.available(article) == before
    else:
        raise AssertionError(f"{count} of {before} {article} were reserved")
stock = Stock({"cup": 5})
stock.reserve("cup", 5)
assert stock.available("cup") == 0
