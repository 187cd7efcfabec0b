"""Who is at the page: a name for this browser, so that its cells and variables are found again after a reload.

A random word in a session cookie of the browser, no account and nothing about a person. Whoever has it has the
variables of its cells.
"""

from __future__ import annotations

import re
import secrets

import streamlit as st

_COOKIE = "erica_student"
_WORD = re.compile(r"[0-9a-f]{32}")


def student() -> str:
    """Return the word of this browser; one that has none yet is given one."""
    known = st.session_state.get(_COOKIE)
    if known is not None:
        return str(known)
    told = str(st.context.cookies.get(_COOKIE, ""))
    word = told if _WORD.fullmatch(told) else secrets.token_hex(16)
    st.session_state[_COOKIE] = word
    return word


def remember() -> None:
    """Draw what keeps the word in the browser, until the browser sends it."""
    if st.context.cookies.get(_COOKIE) != student():
        script = f"document.cookie = '{_COOKIE}={student()}; path=/; SameSite=Strict'"
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
