"""Reading of inputs: bytes go in, links, documents and further sources come out."""
