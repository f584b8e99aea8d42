"""A user tower that reads a history in its order: SASRec's network, with one table for items read and items scored.

Axis letters: B users, T tokens, N items, d width. Token N stands before everybody's first item, so that an empty
history has a vector and the first item is predicted as well.
"""

from __future__ import annotations

import torch
from torch import nn

from course_lib.stages.retrieval.sequences.attention import Block

AT_ONCE = 512  # histories encoded at a time when nothing is learnt: (512, H, T, T) weights


class SequenceNet(nn.Module):
    """Tokens → item vectors plus learnt positions → blocks → one vector a token, which scores what comes next.

    max_length: tokens that are read, the latest; T is at most this. item: what gives a token, 0 … N, its vector; None:
    a table with a row for each.
    Source: Kang & McAuley 2018, arXiv:1808.09781.
    Departs: a token before the first item; pads stand behind, not in front, and causality keeps them from being seen.
    """

    recency = content = item_content = None  # what a tower of features would have

    def __init__(self, n_users: int, n_items: int, width: int, *, max_length=50, blocks=2, heads=1, dropout=0.2,
                 item=None):
        super().__init__()
        self.n_users, self.n_items, self.max_length = n_users, n_items, max_length
        self.item = item_table(n_items + 1, width) if item is None else item
        self.position = item_table(max_length, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(blocks))
        self.norm, self.dropout = nn.LayerNorm(width), nn.Dropout(dropout)

    def read(self, token):
        """(B, T, d): tokens, int (B, T), as they enter the first block."""
        scale = self.position.embedding_dim ** 0.5
        return self.dropout(self.item(token) * scale + self.position.weight[:token.shape[1]])

    def forward(self, token):
        """(B, T, d): at every token, the vector of a user who has come so far."""
        x = self.read(token)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def attention(self, token):
        """float (blocks, B, H, T, T): who looks at whom, block after block."""
        x, seen = self.read(token), []
        for block in self.blocks:
            seen.append(block.attention.weights(block.before_attention(x)))
            x = block(x)
        return torch.stack(seen)

    def embed_user(self, user, history, offset, length):
        """(B, d). history: items of all, in one line; user b's start at offset[b]. length: float (B,). As in Towers."""
        if len(length) == 0:
            return self.position.weight.new_zeros(0, self.position.embedding_dim)
        parts = torch.arange(len(length)).split(AT_ONCE)
        return torch.cat([self._last(history, offset[part], length[part].long()) for part in parts])

    def _last(self, history, offset, length):
        token, size = tokens_of(history, offset, length, self.max_length, self.n_items)
        return self(token)[torch.arange(len(size)), size - 1]

    def embed_item(self, item, recency=None, content=None):
        """(M, d): rows of the table that histories are read with. item: int (M,)."""
        return self.item.weight[item]


def item_table(rows: int, width: int) -> nn.Embedding:
    """A table of vectors whose length is about 1 at first."""
    table = nn.Embedding(rows, width)
    nn.init.normal_(table.weight, std=width ** -0.5)
    return table


def tokens_of(history, offset, length, limit: int, start: int):
    """The latest `limit` tokens of each history with `start` before its first item: (int (B, T), sizes int (B,)).

    Pads stand behind and are `start` as well: no token before them sees them.
    """
    size = (length + 1).clamp(max=limit)
    place = torch.arange(int(size.max()))
    number = (length + 1 - size)[:, None] + place                               # 0: before the first item
    line = torch.cat([history, history.new_full((1,), start)])                  # so that an empty line can be read
    token = line[(offset[:, None] + number - 1).clamp(0, len(line) - 1)]
    return torch.where((number > 0) & (place < size[:, None]), token, start), size
