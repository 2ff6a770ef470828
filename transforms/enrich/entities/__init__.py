"""Named entities: which spaCy pipeline serves which language, and what it finds in an article."""
