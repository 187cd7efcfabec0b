"""The library: documents, chunks, concepts and their order, and how a question finds them."""
