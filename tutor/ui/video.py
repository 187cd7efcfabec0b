"""A talk as a lesson: its player, once the learner asks for it, what to keep of it, and its words by chapters.

Nothing is loaded from a video's provider before somebody presses the button that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import streamlit as st

from knowledge.model import clock
from knowledge.videos import FILE, VIMEO, YOUTUBE, Video, link_at
from knowledge.wording import counted
from tutor.classroom import Classroom
from tutor.markdown import escape
from tutor.standing import stands_alone
from tutor.ui.ways import Ways
from tutor.video_lesson import Chapter, Moment, Passage, VideoLesson

PROVIDERS = {YOUTUBE: "YouTube", VIMEO: "Vimeo"}
PLAYER_HOSTS = {YOUTUBE: "www.youtube-nocookie.com", VIMEO: "player.vimeo.com"}
_PLAYER_HEIGHT = 400


def draw(room: Classroom, ways: Ways, talk: VideoLesson) -> None:
    """Draw the lesson that a transcript makes."""
    length_s = talk.chapters[-1].end_s
    st.markdown(f":gray[A talk of {escape(clock(length_s))}, in {counted(len(talk.chapters), 'chapter')}.]")
    with st.container(key="player"):  # so that what stands below keeps its place, and a press on it is not lost
        _player(room, talk)
    if talk.summary:
        st.markdown("## In short", anchors=False)
        st.markdown(" ".join(escape(moment.text) for moment in talk.summary))
    if talk.takeaways:
        st.markdown("## Key takeaways", anchors=False)
        with st.container(key="takeaways", gap="xsmall"):
            for number, moment in enumerate(talk.takeaways):
                _said(talk, moment, f"takeaway-{number}")
    st.markdown("## Transcript by chapters", anchors=False)
    for number, chapter in enumerate(talk.chapters):
        _chapter(ways, talk, chapter, number)


def player_address(video: Video, at_s: float) -> str:
    """Return the provider's own address of a player that begins at this second; empty where there is none.

    YouTube's address without cookies takes `start`; Vimeo's takes a fragment `t`, and `dnt` asks not to track.
    """
    second, key = max(0, int(at_s)), quote(video.key, safe="")
    match video.provider:
        case "youtube":
            return f"https://{PLAYER_HOSTS[YOUTUBE]}/embed/{key}?start={second}&autoplay=1"
        case "vimeo":
            return f"https://{PLAYER_HOSTS[VIMEO]}/video/{key}?dnt=1&autoplay=1#t={second}s"
        case _:
            return ""


def _player(room: Classroom, talk: VideoLesson) -> None:
    video = talk.video
    if video is None:
        st.markdown(":gray[No video of it is known; its words are here with their times.]")
        return
    local = room.media_file(talk.document, video) if video.provider == FILE else None
    playing: float | None = st.session_state.get(_at(talk))
    if local is not None:
        st.video(str(local), start_time=int(playing or 0))
    elif playing is None:
        _offer(talk, video)
    else:
        st.iframe(player_address(video, playing), height=_PLAYER_HEIGHT)
        if st.button("Close the player", type="tertiary", key="player-close"):
            st.session_state.pop(_at(talk))
            st.rerun()


def _offer(talk: VideoLesson, video: Video) -> None:
    name = PROVIDERS.get(video.provider, "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="player-offer"):
        host = PLAYER_HOSTS.get(video.provider)
        if host is not None:
            if st.button("Play it here", type="primary", key="player-open"):
                st.session_state[_at(talk)] = 0.0
                st.rerun()
            st.link_button(f"Open on {name}", link_at(video, 0))
            st.markdown(f":gray[:small[Loads from `{host}` once you press it.]]", width="content")
        elif video.key.startswith(("https://", "http://")):
            st.link_button("Open the recording", link_at(video, 0))
        else:
            st.markdown(":gray[The recording is not where the course says it is; its words are here with their times.]")


def _at(talk: VideoLesson) -> str:
    """Return the key in the session under which the second stands from which the player of this talk runs."""
    return f"playing {talk.document.id}"


def _said(talk: VideoLesson, moment: Moment, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"said-{key}"):
        _time(talk, moment.start_s, key)
        st.markdown(escape(moment.text), width="stretch")


def _time(talk: VideoLesson, start_s: float, key: str) -> None:
    """Draw a time: while the player is here it takes the player there, else it is a link to the second."""
    video = talk.video
    if st.session_state.get(_at(talk)) is not None or (video is not None and video.provider == FILE):
        if st.button(clock(start_s), key=f"time-{key}", type="tertiary", help="Play from here"):
            st.session_state[_at(talk)] = start_s
            st.rerun()
    elif video is not None and video.provider in PROVIDERS:
        st.markdown(f"[{escape(clock(start_s))}]({link_at(video, start_s)})", width="content")
    else:
        st.markdown(f":gray[{escape(clock(start_s))}]", width="content")


def _chapter(ways: Ways, talk: VideoLesson, chapter: Chapter, number: int) -> None:
    label = f":gray[{escape(clock(chapter.start_s))}] {escape(chapter.title)}"
    box = st.expander(label, key=f"chapter-{talk.document.id}-{number}", on_change="rerun", expanded=number == 0)
    if not box.open:
        return
    with box:
        for index, passage in enumerate(chapter.passages):
            _passage(ways.ask, talk, passage, f"{number}-{index}")


def _passage(ask: Callable[[str], None], talk: VideoLesson, passage: Passage, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"passage-{key}"):
        _time(talk, passage.start_s, key)
        with st.container(gap="xsmall"):
            st.markdown(escape(passage.text))
            if st.button("Explain this moment", key=f"explain-{key}", type="tertiary"):
                ask(question_about(passage))


def question_about(passage: Passage) -> str:
    """Return the question that asks the chat to explain a passage: its concept, by a sentence that stands alone."""
    concept = passage.concept
    whole = [moment.text for moment in passage.moments if stands_alone(moment.text)]
    if concept is None:
        return f"Explain this: {(whole or [passage.moments[0].text])[0]}"
    naming = [text for text in whole if concept.name.casefold() in text.casefold()]
    return f"Explain {concept.name}: {naming[0]}" if naming else f"What is {concept.name}?"
