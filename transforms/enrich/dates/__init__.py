"""Dates that a text mentions."""
