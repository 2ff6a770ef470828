"""The verbs of newsmill: what is done to a document, and the Beam transforms that do it."""
