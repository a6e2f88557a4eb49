"""An encoder in torch as it was published (BERT's form), one pooled vector, one head for all outputs. Only for building."""

from typing import Any

import torch
from torch import nn

WIDTH, HEADS, INNER = 384, 12, 1536
Tensor = Any


class Layer(nn.Module):  # type: ignore[misc]
    """One block of attention and feed-forward, normalized after each, as BERT has it."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        # Written out: torch's own fused form costs as much backward on a processor as all the rest together.
        scores = (q @ k.transpose(-1, -2)) / (WIDTH // HEADS) ** 0.5 + mask
        seen = scores.softmax(-1).to(v.dtype) @ v
        seen = seen.transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.norm1(x + self.drop(self.out(seen)))
        return self.norm2(x + self.drop(self.outer(nn.functional.gelu(self.inner(x)))))


class Encoder(nn.Module):  # type: ignore[misc]
    """Token ids in, one logit an output out. Id 0 is padding."""

    def __init__(self, outputs: int, vocabulary: int, layers: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, outputs)

    def forward(self, ids: Tensor) -> Tensor:
        present = ids != 0
        x = self.words(ids) + self.places.weight[: ids.shape[1]] + self.kind
        x = self.drop(self.norm(x))
        mask = torch.zeros(present.shape, dtype=x.dtype).masked_fill(~present, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        share = present.float().unsqueeze(-1)
        pooled = (x.float() * share).sum(1) / share.sum(1)
        return self.head(self.drop(pooled))


def published(weights: dict[str, Any], layers: int, outputs: int, dropout: float = 0.1) -> Encoder:
    """The lowest layers of an encoder with these weights, named as BERT names them; the head starts anew."""
    found = {name: torch.from_numpy(value) for name, value in weights.items()}
    net = Encoder(outputs, found["embeddings.word_embeddings.weight"].shape[0], layers, dropout)
    with torch.no_grad():
        net.words.weight.copy_(found["embeddings.word_embeddings.weight"])
        net.places.weight.copy_(found["embeddings.position_embeddings.weight"])
        net.kind.copy_(found["embeddings.token_type_embeddings.weight"][0])
        _norm(net.norm, found, "embeddings.LayerNorm")
        for number, layer in enumerate(net.layers):
            base = f"encoder.layer.{number}"
            parts = [found[f"{base}.attention.self.{name}.weight"] for name in ("query", "key", "value")]
            layer.qkv.weight.copy_(torch.cat(parts))
            parts = [found[f"{base}.attention.self.{name}.bias"] for name in ("query", "key", "value")]
            layer.qkv.bias.copy_(torch.cat(parts))
            _linear(layer.out, found, f"{base}.attention.output.dense")
            _norm(layer.norm1, found, f"{base}.attention.output.LayerNorm")
            _linear(layer.inner, found, f"{base}.intermediate.dense")
            _linear(layer.outer, found, f"{base}.output.dense")
            _norm(layer.norm2, found, f"{base}.output.LayerNorm")
    return net


def _linear(into: Any, found: dict[str, Tensor], name: str) -> None:
    into.weight.copy_(found[f"{name}.weight"])
    into.bias.copy_(found[f"{name}.bias"])


_norm = _linear
