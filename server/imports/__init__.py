"""Suppliers, products and people from spreadsheets: tried first, then taken as a whole."""
