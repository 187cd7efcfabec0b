"""The lab's trained models: the files are those that were committed, and they do what the lessons say of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from lab import model, scenes, tasks, weights, zero_shot

from knowledge.embedders.torchvision_guard import import_torchvision


@pytest.fixture(scope="module")
def clip() -> model.Clip:
    import_torchvision()
    torch.set_num_threads(1)
    return model.load()


# --- words and files ---


def test_every_caption_can_be_tokenised_and_unknown_words_are_named() -> None:
    rng = np.random.default_rng(0)
    rows = model.tokenize([scenes.caption(scenes.random_scene(rng), rng) for _ in range(500)])
    assert rows.shape == (500, model.CONTEXT)
    assert (rows.max(dim=1).values == rows.max()).all(), "every sentence has the end mark, the highest number"
    with pytest.raises(ValueError, match="'dog'"):
        model.tokenize(["a red dog"])
    with pytest.raises(ValueError, match="has 30 words"):
        model.tokenize([" ".join(["red"] * 30)])


def copied(folder: Path) -> Path:
    for path in weights.FOLDER.glob("*"):
        shutil.copy(path, folder)
    return folder


def test_weights_are_small_and_as_promised() -> None:
    files = list(weights.FOLDER.glob("*.safetensors"))
    assert files
    assert sum(path.stat().st_size for path in files) < 8 << 20
    promises = json.loads((weights.FOLDER / "weights.json").read_text(encoding="utf-8"))
    assert set(promises) == {path.stem for path in files}


def test_a_changed_or_missing_file_of_weights_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    with pytest.raises(weights.WeightsUnusable, match="does not fit the model"):
        weights.read("clip", {"other": (1,)}, folder)
    path = folder / "clip.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(weights.WeightsUnusable, match="is not the file that was committed"):
        weights.read("clip", {}, folder)
    path.unlink()
    with pytest.raises(weights.WeightsUnusable, match=r"train_lab\.py"):
        weights.read("clip", {}, folder)


def test_published_weights_are_looked_for_on_the_disk_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert model.published("ViT-B-32") is None


# --- training ---


@pytest.mark.slow
def test_a_step_in_two_threads_leaves_the_loss_and_gradients_of_one_thread_to_the_last_bit(clip: model.Clip) -> None:
    from lab import training
    from open_clip.loss import ClipLoss

    pictures, said = tasks.captioned(16, seed=9)
    images, words = model.as_batch(pictures), model.tokenize(said)
    whole, parted = (model.build(seed=4).train() for _ in range(2))
    pooled, _ = whole.visual(images)
    towers = torch.nn.functional.normalize(pooled, dim=-1), whole.encode_text(words, normalize=True)
    expected = ClipLoss()(*towers, whole.logit_scale.exp())
    expected.backward()
    assert torch.equal(training.backward_in_two_threads(parted, images, words), expected)
    for (name, one), other in zip(whole.named_parameters(), parted.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad), name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_batches_drawn_by_a_process_ahead_are_those_that_would_be_drawn_here() -> None:
    from lab import training

    plan = training.Plan(pictures=40, epochs=2, batch=16, seed=3)
    here, ahead = list(training.batches(plan)), list(training.drawn_ahead(plan))
    assert len(here) == len(ahead) == training.steps_of(plan)
    for one, other in zip(here, ahead, strict=True):
        assert all(torch.equal(*pair) for pair in zip(one, other, strict=True))


# --- what the models can do ---


@pytest.mark.slow
def test_combinations_never_seen_are_named(clip: model.Clip) -> None:
    asked = tasks.never_seen(300, seed=11)
    classes = zero_shot.ensemble(zero_shot.sentence_vectors(clip, tasks.NAMES))
    hits = zero_shot.hits(clip.images(asked.pictures), classes, asked.kinds)
    assert hits.mean() > 0.88, "chance is 1 in 120"


@pytest.mark.slow
def test_the_network_is_an_open_clip_and_the_same_for_the_same_seed(clip: model.Clip) -> None:
    from open_clip.model import CLIP

    assert isinstance(clip.network, CLIP)
    first, second = (model.build(3).state_dict() for _ in range(2))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert torch.equal(clip.texts(["a red circle"]), model.load().texts(["a red circle"]))


@pytest.mark.slow
def test_vectors_have_unit_length(clip: model.Clip) -> None:
    pictures, _ = zero_shot.single_pictures(3, scenes.SEEN, seed=0)
    for vectors in (clip.images(pictures), clip.texts(tasks.NAMES[:3])):
        assert torch.allclose(vectors.norm(dim=1), torch.ones(3), atol=1e-5)


def test_the_probe_is_the_least_squares_solution_of_the_stacked_system() -> None:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(40, 6, generator=generator, dtype=torch.float64)
    targets = torch.randint(0, 3, (40,), generator=generator)
    counts = torch.rand(40, generator=generator, dtype=torch.float64) + 0.5
    found = zero_shot.fit_probe(features, targets, 3, counts, ridge=0.3)
    rows = np.hstack([features.numpy(), np.ones((40, 1))]) * np.sqrt(counts.numpy())[:, None]
    wanted = np.eye(3)[targets.numpy()] * np.sqrt(counts.numpy())[:, None]
    stacked = np.vstack([rows, np.sqrt(0.3) * np.eye(7)]), np.vstack([wanted, np.zeros((7, 3))])
    assert np.allclose(found.numpy(), np.linalg.lstsq(*stacked, rcond=None)[0], atol=1e-9)


def test_recall_counts_the_ranks_of_the_partners() -> None:
    table = torch.tensor([[0.9, 0.1, 0.2], [0.8, 0.5, 0.1], [0.9, 0.8, 0.7]])
    assert [round(zero_shot.recall_at(table, k), 3) for k in (1, 2, 3)] == [0.333, 0.667, 1.0]


@pytest.mark.slow
def test_pacl_marks_things_far_better_than_plain_patches(clip: model.Clip) -> None:
    from lab import pacl

    rng = np.random.default_rng(12)
    pairs = [scenes.draw(scenes.random_scene(rng, scenes.HELD_OUT, pair_share=1.0), rng) for _ in range(40)]
    pixels = [pair.pixels for pair in pairs]
    plain = pacl.ious(clip, pacl.plain_patches(clip, pixels), pairs)
    aligned = pacl.ious(clip, pacl.aligned_patches(clip, pacl.load(), pixels), pairs)
    assert aligned.mean() > plain.mean() + 0.2


def test_pacl_compatibility_is_attention_with_the_sentence_as_query() -> None:
    from lab import pacl

    generator = torch.Generator().manual_seed(0)
    patches, texts = torch.randn(2, 9, 8, generator=generator), torch.randn(3, 8, generator=generator)
    found = pacl.compatibility(patches, texts)
    for n in range(2):
        attend = torch.nn.functional.scaled_dot_product_attention
        pooled = attend(texts[None], patches[n : n + 1], patches[n : n + 1], scale=pacl.SHARPNESS)[0]
        assert torch.allclose(found[n], (pooled * texts).sum(dim=1), atol=1e-5)


def test_mean_iou_agrees_with_a_count_by_hand() -> None:
    from lab import pacl

    found, truth = np.array([[0, 0], [1, 1]]), np.array([[0, 1], [1, 1]])
    assert pacl.mean_iou(found, truth, 3) == pytest.approx((1 / 2 + 2 / 3) / 2)
