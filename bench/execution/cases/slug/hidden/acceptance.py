from slug import slug

assert slug("Crème brûlée") == "creme-brulee"
assert slug("Ñandú É") == "nandu-e"
assert slug(" - Été - ") == "ete"
assert slug("Apple  pie") == "apple-pie"
