"""Removal of articles from an output."""
