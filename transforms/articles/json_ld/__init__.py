"""The JSON-LD of a page."""
