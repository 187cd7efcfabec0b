"""The page of the concept map in process: what it sends to its component, what it says beside it, what it decides."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from knowledge.decision_files import DECISIONS_NAME
from tests.ui.map_site import DENIAL, DOUBTS, HOSTILE, course_map
from tests.ui.site import DEADLINE_S, Site, shown
from tutor.concept_map import ConceptMap, Reach, Standing
from tutor.markdown import escape
from tutor.ui import serve


@pytest.fixture
def graph(tmp_path: Path) -> ConceptMap:
    return course_map(tmp_path)


def map_page(graph, read_only) -> None:  # AppTest runs the bare source: annotations would name what it lacks
    from tutor.ui import concept_map

    concept_map.draw(graph, read_only=read_only)


def opened(graph: ConceptMap, concept: str = "", *, read_only: bool = False, **state: Any) -> AppTest:
    page = AppTest.from_function(map_page, default_timeout=DEADLINE_S, args=(graph, read_only))
    for key, value in state.items():
        page.session_state[key.replace("_", " ")] = value
    if concept:
        page.query_params["concept"] = the(graph, concept)
    return page.run()


def the(graph: ConceptMap, name: str) -> str:
    return graph.search(name)[0].id


def sent(page: AppTest) -> dict[str, Any]:
    return json.loads(page.get("bidi_component")[0].proto.json)


def pressed(page: AppTest, label: str) -> AppTest:
    [button] = [one for one in page.button if one.label == label]
    return button.click().run()


def decisions(tmp_path: Path) -> list[str]:
    return (tmp_path / "course" / DECISIONS_NAME).read_text().splitlines()[2:]


# --- the map ---


def test_without_a_concept_the_main_ones_are_shown_in_teaching_order(graph):
    whole = sent(opened(graph))
    names = [node["name"].casefold() for node in whole["nodes"]]
    assert names.index("vector") < names.index("embedding") < names.index("contrastive learning") < names.index("clip")
    ids = {node["id"] for node in whole["nodes"]}
    assert whole["edges"]
    assert all(edge["source"] in ids and edge["target"] in ids for edge in whole["edges"])


def test_a_link_to_a_concept_shows_what_it_needs_and_its_sheet(graph):
    page = opened(graph, "CLIP")
    whole = sent(page)
    assert [node["name"] for node in whole["nodes"] if node["centre"]] == ["CLIP"]
    assert HOSTILE not in [node["name"] for node in whole["nodes"]]
    text = shown(page)
    assert "## CLIP" in text
    assert "trained by contrastive learning" in text
    assert "(?source=" in text
    assert "Contrastive Language" in text


def test_the_other_direction_shows_what_it_unlocks(graph):
    page = opened(graph, "CLIP")
    page.get("button_group")[0].set_value(Reach.UNLOCKS).run()
    assert {node["name"] for node in sent(page)["nodes"]} == {"CLIP", HOSTILE}


def test_a_concept_that_is_gone_is_said_to_be_gone(graph):
    page = AppTest.from_function(map_page, default_timeout=DEADLINE_S, args=(graph, False))
    page.query_params["concept"] = "0" * 20
    page.run()
    assert not page.exception
    assert "not in the course any more" in page.info[0].value


def test_a_name_from_a_course_file_stays_text(graph):
    page = opened(graph, "gradient")
    assert escape(HOSTILE) in shown(page)
    assert "<img" not in shown(page).replace(escape(HOSTILE), "")


def test_what_is_marked_as_known_changes_what_is_ready(graph):
    clip, learning = the(graph, "CLIP"), the(graph, "contrastive learning")
    page = opened(graph, "CLIP")
    needed = {edge.source_id for edge in graph.sheet(clip).needs}
    known = opened(graph, "CLIP", map_known=needed)
    standings = {node["id"]: node["standing"] for node in sent(known)["nodes"]}
    assert (standings[clip], standings[learning]) == (Standing.READY, Standing.KNOWN)
    assert {node["standing"] for node in sent(page)["nodes"]} == {Standing.NEW}
    marked = pressed(page, "I know this")
    assert next(node for node in sent(marked)["nodes"] if node["id"] == clip)["standing"] == Standing.KNOWN


def test_an_edge_opens_with_its_evidence_and_the_place_of_each_sentence(graph):
    page = opened(graph, "CLIP")
    box = next(one for one in page.expander if "contrastive learning" in one.label)
    page.session_state[f"map-edge-{the(graph, 'contrastive learning')}-{the(graph, 'CLIP')}"] = True
    text = shown(page.run())
    assert box.label.split(":gray")[0].strip() == "contrastive learning"
    assert "(?source=" in text
    assert "“" in text.split("**Needs**")[1]


# --- decisions ---


def edge_key(graph: ConceptMap) -> str:
    return f"map-edge-{the(graph, 'contrastive learning')}-{the(graph, 'CLIP')}"


def test_a_rejected_edge_is_written_down_gone_from_the_map_and_back_after_undo(graph, tmp_path):
    page = opened(graph, "CLIP")
    before = sent(page)["edges"]
    page.session_state[edge_key(graph)] = True
    page = pressed(page.run(), "Reject")
    assert 'reject prerequisite "contrastive learning" -> "CLIP"' in decisions(tmp_path)[0]
    learning = the(graph, "contrastive learning")
    clip = the(graph, "CLIP")
    assert (learning, clip) not in [(edge["source"], edge["target"]) for edge in sent(page)["edges"]]
    assert "in force" in page.success[0].value
    page = pressed(page, "Undo")
    assert sent(page)["edges"] == before
    assert len(decisions(tmp_path)) == 2


def test_a_concept_is_renamed_merged_and_removed_with_reason_and_author(graph, tmp_path):
    clip = the(graph, "CLIP")
    page = opened(graph, "CLIP", **{"map-correct": True})
    page.text_input(key="map-reason").set_value("clearer")
    page.text_input(key="map-author").set_value("Anna B.")
    page.text_input(key=f"map-name-{clip}").set_value("Contrastive pre-training").run()
    page = pressed(page, "Rename")
    assert decisions(tmp_path)[0].endswith('"Anna B." rename "CLIP" to "Contrastive pre-training" because "clearer"')
    assert graph.concept(clip).name == "Contrastive pre-training"
    page.selectbox(key=f"Is another name of-{clip}").set_value(the(graph, "embedding")).run()
    page = pressed(page, "Merge")
    assert graph.concept(clip) is None
    assert "## Embedding" in shown(page) or "## embedding" in shown(page)
    page = pressed(page, "Remove the concept")
    assert graph.search("embedding") == []
    assert not page.exception


def test_a_definition_is_chosen_among_words_of_the_course(graph, tmp_path):
    clip = the(graph, "CLIP")
    page = opened(graph, "CLIP", **{"map-correct": True})
    assert "trained by contrastive learning" in page.text_area(key=f"map-words-{clip}").value
    words = "such as a word or an image"
    page.text_area(key=f"map-words-{clip}").set_value(words).run()
    refused = pressed(page, "Define")
    assert "do not stand in" in refused.error[0].value.replace("\\", "")
    vector = the(graph, "embedding")
    page = opened(graph, "embedding", **{"map-correct": True})
    page.text_area(key=f"map-words-{vector}").set_value(f"  {words} ").run()
    page = pressed(page, "Define")
    assert f'define "embedding" as "{words}" at "02-embeddings.md"' in decisions(tmp_path)[0]
    assert graph.concept(vector).definition.text == words


def test_definitions_that_contradict_each_other_are_shown_and_one_is_made_to_count(tmp_path):
    graph = course_map(tmp_path, {"05-again.md": DENIAL})
    clip = the(graph, "CLIP")
    page = opened(graph, "CLIP")
    assert "contradicts itself" in page.warning[0].value
    assert "is not trained by contrastive learning" in shown(page)
    assert not opened(graph, "CLIP", read_only=True).warning
    page.button(key="map-settle-0-1").click()
    page = page.run()
    assert "is not trained" in graph.concept(clip).definition.text
    assert not [one for one in page.warning if "contradicts" in one.value]
    assert "CLIP is a model that is not trained by contrastive" in decisions(tmp_path)[0]


def test_a_decision_that_cannot_stand_is_refused_with_its_reason(graph, tmp_path):
    page = opened(graph, "CLIP", **{"map-correct": True})
    clip = the(graph, "CLIP")
    page.selectbox(key=f"Also needs-{clip}").set_value(the(graph, "gradient")).run()
    page = pressed(page, "Add the prerequisite")
    assert "would close the cycle" in page.error[0].value.replace("\\", "")
    assert decisions(tmp_path) == []


def test_nothing_can_be_decided_on_a_page_that_is_for_reading(graph):
    page = opened(graph, "CLIP", read_only=True)
    labels = {button.label for button in page.button}
    assert "Undo" not in labels
    assert "Correct this concept" not in [box.label for box in page.expander]
    page.session_state[edge_key(graph)] = True
    assert not {"Approve", "Reject"} & {button.label for button in page.run().button}
    assert serve.arguments(1, browser=False, read_only=True)[-2:] == ["--", "--read-only"]


def test_lines_written_by_hand_are_carried_out_when_the_page_opens_and_named_when_wrong(graph, tmp_path):
    with (tmp_path / "course" / DECISIONS_NAME).open("a") as file:
        file.write("2026-11-05 anna remove concept vector\nnonsense\n")
    page = opened(graph)
    assert graph.search("vector") == []
    assert "no date" in page.warning[0].value.replace("\\", "")


def test_the_page_is_there_when_there_is_a_map_and_lessons_lead_to_it(site: Site, graph):
    site.services = replace(site.services, concept_map=graph)
    page = site.ask(site.open())
    assert "[on the map](concepts?concept=" in shown(page)


def test_a_large_library_is_searched_instead_of_listed(graph, monkeypatch):
    monkeypatch.setattr("tutor.concept_map.MOST_NAMED", 2)
    page = opened(graph, "CLIP")
    page.text_input(key="map-search").set_value("contrast").run()
    assert len(page.selectbox(key="map-concept").options) == 2


def test_topics_group_what_belongs_together(graph):
    found = graph.topics()
    assert found
    assert all(len(topic.concept_ids) >= 3 for topic in found)
    page = opened(graph)
    page.selectbox(key="map-topic").set_value(1).run()
    assert {node["id"] for node in sent(page)["nodes"]} == set(found[0].concept_ids)


# --- the review ---


def test_the_review_is_made_when_it_is_opened_and_decided_entry_after_entry(tmp_path):
    graph = course_map(tmp_path, DOUBTS)
    page = opened(graph)
    assert not [one for one in page.button if str(one.key).startswith("map-review")]
    page = opened(graph, **{"map-review": True})
    asked = graph.review()
    assert escape(asked[0].why[1:]) in shown(page)
    assert asked[0].quotes[0].text in shown(page)
    assert asked[0].commands[1] == ("reject", *asked[0].names)

    page = page.button(key="map-review-0-1").click().run()
    assert f'reject prerequisite "{asked[0].names[0]}" -> "{asked[0].names[1]}"' in decisions(tmp_path)[0]
    assert "in force" in page.success[0].value
    page = page.button(key="map-review-0-0").click().run()  # the next one stands where that one stood
    assert f'approve prerequisite "{asked[1].names[0]}" -> "{asked[1].names[1]}"' in decisions(tmp_path)[1]
    assert graph.review() == asked[2:]
    page = page.button(key="map-undo-review").click().run()
    page = page.button(key="map-undo-review").click().run()
    assert graph.review() == asked
    page = page.button(key="map-review-0-show").click().run()
    assert sent(page)["selected"] == the(graph, asked[0].names[1])


def test_contradictions_stand_in_the_review_with_both_quotes_and_one_is_made_to_count(tmp_path):
    graph = course_map(tmp_path, {"09.md": DENIAL})
    place, item = next((place, item) for place, item in enumerate(graph.review()) if item.matter == "contradiction")
    page = opened(graph, **{"map-review": True})
    assert all(quote.where in shown(page) for quote in item.quotes)
    page.button(key=f"map-review-{place}-1").click().run()
    assert ' define "CLIP" as "CLIP is a model that is not trained' in decisions(tmp_path)[0]
    assert "contradiction" not in [one.matter for one in graph.review()]


def test_who_may_only_read_has_no_review(graph):
    page = opened(graph, read_only=True, **{"map-review": True})
    assert not [one for one in page.expander if one.label.startswith("Review")]
