"""The lines of a page that name the authors of its article."""
