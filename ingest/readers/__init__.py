"""One module per format: bytes in, text with exact places out."""
