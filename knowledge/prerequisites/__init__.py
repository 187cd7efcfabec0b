"""Which of two ideas comes first: signals read from a library, and one transparent way to weigh them.

`usage` reads where a name stands, `signals` compares two usages, `weights` joins signals into a probability, `levels`
generalises to names that no course holds, `scorer` scores any pair of names, `judge` asks a chat model about what is
in doubt. Edges are stored by ingest; nothing here writes.
"""
