"""Removal of what is not part of an article from its text, each removal under the name of a rule."""
