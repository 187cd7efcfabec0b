from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.ui.site import DEADLINE_S, Site


@pytest.fixture
def site(tmp_path: Path):
    import streamlit as st

    st.cache_resource.clear()
    made = Site(tmp_path)
    yield made
    made.jobs.close()
    made.conversations.close()
    st.cache_resource.clear()


@pytest.fixture
def slow(tmp_path: Path):
    """A site whose answer waits after 40 words until the gate opens."""
    import streamlit as st

    st.cache_resource.clear()
    gate, waiting, pieces = threading.Event(), threading.Event(), iter(range(10_000))

    def between() -> None:
        if next(pieces) == 40:
            waiting.set()
            assert gate.wait(DEADLINE_S)

    made = Site(tmp_path, between)
    made.gate, made.waiting = gate, waiting
    yield made
    gate.set()
    made.jobs.close()
    st.cache_resource.clear()
