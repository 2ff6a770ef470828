"""Fetched pages become WARC files, and the pages in them documents again."""
