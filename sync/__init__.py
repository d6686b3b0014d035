"""The offline protocol: pure functions over ports, standard library only.

Knows no entity, no HTTP, no SQL, no clock and no randomness. ``push`` and ``pull`` are the two
operations, ``ports`` says what they need, ``memory`` is a store that shows what is meant.
"""
