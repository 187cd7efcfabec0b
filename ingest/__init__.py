"""Course material in: readers, chunking, concept extraction, and the pipeline that stores them."""
