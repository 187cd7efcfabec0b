"""A small retrieval made by hand: three concepts, six passages, as the retriever would give them."""

from __future__ import annotations

from knowledge.model import (
    Cell,
    Chunk,
    ChunkKind,
    Concept,
    ExpandedConcept,
    Heading,
    Hit,
    Page,
    Quote,
    Retrieval,
    RetrievalSettings,
    SeedConcept,
    SourceDocument,
    SourceKind,
    TimeSpan,
)


def document(name: str, position: int, kind: SourceKind = SourceKind.MARKDOWN) -> SourceDocument:
    uri = f"/course/{name}"
    return SourceDocument(
        SourceDocument.id_for(uri), "course", name, uri, f"Lesson {name}", kind, "", "0" * 64, position
    )


LESSON = document("05-clip.md", 5)
BASICS = document("01-basics.md", 1)
NOTEBOOK = document("clip.ipynb", 6, SourceKind.NOTEBOOK)
TALK = document("clip.vtt", 7, SourceKind.TRANSCRIPT)
HANDOUT = document("handout.pdf", 8, SourceKind.PDF)


def chunk(
    source: SourceDocument, position: int, text: str, locator: object, *headings: str, code: bool = False
) -> Chunk:
    path = (source.title, *headings)
    return Chunk(
        id=Chunk.id_for(source.id, path, text, 0),
        document_id=source.id,
        position=position,
        start=0,
        end=len(text),
        text=text,
        locator=locator,  # type: ignore[arg-type]  # any member of the union
        heading_path=path,
        kind=ChunkKind.CODE if code else ChunkKind.PROSE,
        language="python" if code else "",
        tokens=len(text.split()),
    )


EMBEDDING = chunk(
    BASICS,
    0,
    "An embedding is a vector that stands for an object, such as a word or an image. "
    "Two embeddings are close when the objects are alike. As we saw above, this matters.",
    Heading((BASICS.title, "Embeddings"), "embeddings"),
    "Embeddings",
)
CONTRASTIVE = chunk(
    BASICS,
    1,
    "Contrastive learning is a way of training an encoder so that matching pairs lie close and other pairs lie apart. "
    "The loss of contrastive learning is\n\n$$\n-\\log \\frac{\\exp(s/\\tau)}{\\sum_j \\exp(s_j/\\tau)}\n$$\n",
    Heading((BASICS.title, "Contrastive learning"), "contrastive-learning"),
    "Contrastive learning",
)
CLIP_WHY = chunk(
    LESSON,
    0,
    "CLIP is a model that learns a common space for images and texts from 400 million pairs. "
    "CLIP matters because it recognises classes that no one labelled for it. It does so by comparing.",
    Heading((LESSON.title, "Why CLIP"), "why-clip"),
    "Why CLIP",
)
CLIP_HOW = chunk(
    LESSON,
    1,
    "CLIP computes the cosine of every image embedding with every text embedding of a batch. "
    "During training the loss of CLIP pulls matching pairs together in both directions.",
    Page(7),
    "How CLIP works",
)
CLIP_USE = chunk(
    TALK,
    0,
    "CLIP is used for zero-shot classification, image retrieval and captioning of photographs.",
    TimeSpan(754.0, 790.0),
    "Applications",
)
CLIP_CODE = chunk(NOTEBOOK, 3, "logits = image @ text.T\nprint(logits.shape)", Cell(5), code=True)
ZERO_SHOT = chunk(
    HANDOUT, 0, "Zero-shot classification is choosing the class whose description fits an image best.", Page(2)
)
CHUNKS = (EMBEDDING, CONTRASTIVE, CLIP_WHY, CLIP_HOW, CLIP_USE, CLIP_CODE, ZERO_SHOT)
DOCUMENTS = {d.id: d for d in (LESSON, BASICS, NOTEBOOK, TALK, HANDOUT)}


def concept(name: str, introduced: tuple[int, int], definition: Chunk | None = None, *aliases: str) -> Concept:
    quote = Quote(definition.id, definition.text.split(". ")[0].rstrip(".") + ".") if definition else None
    return Concept(Concept.id_for(name.lower()), name, aliases, quote, 0.8, 0.4, introduced)


EMBEDDINGS = concept("Embedding", (1, 0), EMBEDDING)
CONTRAST = concept("Contrastive learning", (1, 1), CONTRASTIVE)
CLIP = concept("CLIP", (5, 0), CLIP_WHY, "Contrastive Language-Image Pre-training")
ZERO = concept("Zero-shot classification", (8, 0), ZERO_SHOT)


def retrieval(**changes: object) -> Retrieval:
    values: dict[str, object] = {
        "question": "What is CLIP and how is it used?",
        "settings": RetrievalSettings(),
        "hits": tuple(
            Hit(c, 0.03 / rank, 0.7 / rank, rank, 5.0 / rank, rank)
            for rank, c in enumerate((CLIP_WHY, CLIP_USE, CLIP_HOW, CLIP_CODE), start=1)
        ),
        "seeds": (SeedConcept(CLIP, 0.9, "named in the question"),),
        "order": (
            ExpandedConcept(EMBEDDINGS, 2, (CONTRAST.id,)),
            ExpandedConcept(CONTRAST, 1, (CLIP.id,)),
            ExpandedConcept(CLIP, 0, ()),
        ),
        "related": (),
        "left_out": (),
        "unlocks": (ZERO,),
        "passages": {
            EMBEDDINGS.id: (EMBEDDING,),
            CONTRAST.id: (CONTRASTIVE,),
            CLIP.id: (CLIP_WHY, CLIP_HOW, CLIP_USE, CLIP_CODE),
            ZERO.id: (ZERO_SHOT,),
        },
        "documents": DOCUMENTS,
        "coverage": 0.9,
        "covered": True,
    }
    return Retrieval(**{**values, **changes})  # type: ignore[arg-type]  # the fields of Retrieval, by name
