"""A page, a plain text or a feed entry comes in; an Article goes out."""
