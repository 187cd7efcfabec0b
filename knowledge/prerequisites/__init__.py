"""Which of two ideas comes first: signals read from a library, and one transparent way to weigh them.

`usage` reads where a name stands, `company` among what, `signals` compares two usages, `weights` joins signals into a
probability, `levels` and `spaces` generalise to names that no list holds, `scorer` scores any pair of names, `judge`
asks a chat model about what is in doubt. Edges are stored by ingest; nothing here writes.
"""
