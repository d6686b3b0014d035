"""Wire formats: what arrives and what leaves, validated here and nowhere else.

A loaded document keeps its wire form (decimals, times and ids are canonical text), so that what was
validated is stored and served as it is, without being made again.
"""
