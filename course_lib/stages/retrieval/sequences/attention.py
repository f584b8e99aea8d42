"""Causal self-attention, written out: each item of a history looks at itself and at what came before it.

Axis letters: B histories, T tokens of each (the oldest first), H heads, d width. A block is
torch.nn.TransformerEncoderLayer with norm_first=True and a causal mask; a test holds the two together.
"""

from __future__ import annotations

import torch
from torch import nn

from course_lib.contracts import ArgumentError


class CausalAttention(nn.Module):
    """Every token becomes a weighted mean of what it and the tokens before it hold.

    width: d, a multiple of heads. Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
    """

    def __init__(self, width: int, heads: int, dropout: float = 0.0):
        super().__init__()
        if heads < 1 or width % heads:
            raise ArgumentError(f"heads is {heads}, width {width}; expected a width that the heads divide.")
        self.heads = heads
        self.into_three, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        """(B, T, d) → (B, T, d)."""
        query, key, value = self._parts(x)
        mixed = self.dropout(_weights(query, key)) @ value                      # (B, H, T, d / H)
        return self.out(mixed.transpose(1, 2).flatten(2))

    def weights(self, x):
        """float (B, H, T, T): how much each token (row) takes from each (column); rows sum to 1, 0 above the diagonal.
        """
        query, key, _ = self._parts(x)
        return _weights(query, key)

    def _parts(self, x):
        """Query, key and value, (B, H, T, d / H) each."""
        return [part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.into_three(x).chunk(3, -1)]


def _weights(query, key):
    score = query @ key.transpose(-2, -1) / key.shape[-1] ** 0.5                # (B, H, T, T)
    later = torch.ones(score.shape[-2:], dtype=torch.bool, device=score.device).triu(1)
    return score.masked_fill(later, -torch.inf).softmax(-1)


class Block(nn.Module):
    """Attention, then two linear layers on each token by itself; both are added to what came in.

    Source: Kang & McAuley 2018, arXiv:1808.09781, section 3.
    Departs: normalised before each part for queries, keys and values alike; SASRec's code leaves keys and values as
    they are.
    """

    def __init__(self, width: int, heads: int, dropout: float = 0.0):
        super().__init__()
        self.attention = CausalAttention(width, heads, dropout)
        self.before_attention, self.before_feed = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        """(B, T, d) → (B, T, d)."""
        x = x + self.dropout(self.attention(self.before_attention(x)))
        return x + self.dropout(self.feed(self.before_feed(x)))
