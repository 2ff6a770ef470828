"""Hostile inputs of all kinds, which slow a parser down, break it or mislead it."""
