"""A phone without a screen: everything a client of Yanshou must do, and nothing more.

It keeps its records and its outbox in a file of its own, writes both in one transaction, and may be
killed between any two lines. Client authors may read it as an example.
"""
