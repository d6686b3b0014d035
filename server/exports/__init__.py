"""Every list as a spreadsheet: one registry, one way of making files of them."""
