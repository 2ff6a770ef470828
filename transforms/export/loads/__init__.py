"""Loads: the rows of a lake in databases, which follow it commit by commit."""
