"""Servers that speak a vendor's public API at the vendor's own paths, so that everything around them is real."""
