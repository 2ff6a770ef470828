"""Who said what: quotations of a text with their speakers."""
