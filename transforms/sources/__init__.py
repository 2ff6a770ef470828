"""Reading of inputs: the links, documents and further sources in them."""
