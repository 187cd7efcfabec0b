"""Embedders that run on this machine. `open_embedder` is the door; `prepare` does the slow part ahead of time."""

from knowledge.embedders.choice import BackendReport, describe_backends, open_embedder, prepare

__all__ = ["BackendReport", "describe_backends", "open_embedder", "prepare"]
