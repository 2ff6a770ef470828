"""What is found in an article: its language, entities and topics."""
