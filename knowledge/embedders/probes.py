"""Fixed texts that a runtime is tried on: what questions and course chunks look like, and what trips tokenizers."""

from __future__ import annotations

QUESTIONS = (
    "What is contrastive learning?",
    "Why does CLIP divide the similarities by a temperature, and what happens if it is learned?",
    "How do I warp an image by an optical flow field in PyTorch?",
    "explain attention like I'm new to it",
    "difference between batch norm and layer norm",
    "IoU",
)
"""Short texts, as people ask them."""

PASSAGES = (
    "Gradient descent moves each parameter a small step against the gradient of the loss. The learning rate sets the "
    "length of the step: too small and training crawls, too large and the loss jumps about or grows. Schedules start "
    "with larger steps and shrink them, so that the last epochs settle into a minimum instead of circling above it.",
    "Loss › Symmetric cross-entropy\nGiven unit vectors $u_i$ and $v_j$, the logits are $s_{ij} = \\tau\\, u_i^\\top "
    "v_j$ and the loss is\n\n$$\n\\mathcal{L} = -\\frac{1}{2N} \\sum_{i=1}^{N} \\left[ \\log \\frac{e^{s_{ii}}}"
    "{\\sum_j e^{s_{ij}}} + \\log \\frac{e^{s_{ii}}}{\\sum_j e^{s_{ji}}} \\right].\n$$\n\nRows ask which caption fits "
    "an image; columns ask which image fits a caption.",
    "Code › Attention\n```python\nclass Head(nn.Module):\n    def __init__(self, width: int, head: int) -> None:\n"
    "        super().__init__()\n        self.key = nn.Linear(width, head, bias=False)\n        self.query = "
    "nn.Linear(width, head, bias=False)\n        self.value = nn.Linear(width, head, bias=False)\n\n    def "
    "forward(self, x: Tensor) -> Tensor:  # (B, T, C)\n        k, q, v = self.key(x), self.query(x), self.value(x)"
    "\n        weight = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5  # (B, T, T)\n        weight = "
    "weight.softmax(dim=-1)\n        return weight @ v  # (B, T, head)\n```",
    "| layer | output | parameters |\n|---|---|---|\n| conv1, 7×7, 64, stride 2 | 112×112 | 9,408 |\n| max pool, 3×3 | "
    "56×56 | 0 |\n| block 1 (×3) | 56×56 | 215,808 |\n| block 2 (×4) | 28×28 | 1,219,584 |\n| average pool | 1×1 | 0 |",
    'Traceback (most recent call last):\n  File "train.py", line 41, in <module>\n    loss.backward()\nRuntimeError: '
    "one of the variables needed for gradient computation has been modified by an inplace operation: "
    "[torch.FloatTensor [64, 10]], which is output 0 of AddmmBackward0, is at version 2; expected version 1.",
    "L'apprentissage par transfert réutilise un réseau déjà entraîné. Das letzte Layer wird ersetzt. "
    "注意力机制让模型关注输入的不同部分。 Свёрточная сеть. 한국어 문장. 🙂 ﬁne-tuning café naïve",
    "see https://example.org/"
    + "a1b2c3d4/" * 30
    + "notebook.ipynb#cell-7 for the embedded image "
    + "iVBORw0KGgo" * 20,
    "epoch 1 loss 2.3026 acc 0.0981\nepoch 2 loss 1.8722 acc 0.3140\nepoch 3 loss 1.5011 acc 0.4526\n" * 6,
)
"""Texts of about the length of a chunk, the last ones longer than the model reads."""

LONG_PASSAGES = tuple(f"{first}\n{then}" for first in PASSAGES[1:3] for then in (PASSAGES[0], *PASSAGES[3:6]))
"""Chunks that fill what the model reads, to measure speed on."""

PROBES = (*QUESTIONS, *PASSAGES, *LONG_PASSAGES)
