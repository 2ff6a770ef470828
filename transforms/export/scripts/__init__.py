"""Scripts by which a cloud warehouse follows a lake: files as they are, and generated statements."""
