"""A decoder that writes an item's codes one after the other, and beam search over the ids that exist.

Axis letters: B users, W beams, R rows, d width, S codes of a level.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from course_lib.stages.retrieval.sequences.semantic_ids import PrefixTree
from course_lib.stages.retrieval.sequences.sequence_net import SequenceNet, item_table


class CodeTable(nn.Module):
    """The vector of an item that is read: the sum of its codes' vectors. codes: int (N, L). A token N stands for the
    place before the first item."""

    def __init__(self, codes, sizes, width: int):
        super().__init__()
        self.each, self.first = nn.ModuleList(item_table(size, width) for size in sizes), item_table(1, width)
        self.register_buffer("codes", torch.as_tensor(codes))

    def forward(self, token):
        """(…, d). token: int (…)."""
        real = token < len(self.codes)
        code = self.codes[token.clamp(max=len(self.codes) - 1)]                  # (…, L)
        total = sum(table(code[..., level]) for level, table in enumerate(self.each))
        return torch.where(real[..., None], total * len(self.each) ** -0.5, self.first.weight[0])


class CodeNet(nn.Module):
    """History → user vector (SequenceNet over sums of codes) → chance of each code, given those before it.

    tree: the ids that exist. Chances are shared among codes that may follow, so that those of all items sum to 1.
    Source: Rajput et al. 2023, arXiv:2305.05065 (TIGER).
    Departs: the history is read an item at a time, not a code at a time, and a GRU cell writes the codes.
    """

    def __init__(self, codes, sizes, width: int, **settings):
        super().__init__()
        self.sizes = list(sizes)
        self.reader = SequenceNet(0, len(codes), width, item=CodeTable(codes, sizes, width), **settings)
        self.written = nn.ModuleList(item_table(size, width) for size in sizes[:-1])
        self.cell = nn.GRUCell(width, width)
        self.head = nn.ModuleList(nn.Linear(width, size) for size in sizes)
        self.know(codes)

    def know(self, codes) -> None:
        """Take these items, int (N, L), in place of those before; what was learnt stays."""
        self.tree = PrefixTree(codes, self.sizes)
        self.following = [torch.as_tensor(table) for table in self.tree.children]
        self.edges = [torch.as_tensor(edge) for edge in self.tree.edges]
        self.path = torch.as_tensor(self.tree.path)
        self.reader.n_items, self.reader.item.codes = len(codes), torch.as_tensor(codes)

    def log_chance(self, level: int, state, node):
        """float (…, S): of each code at this level; −inf where no item goes on so. state: (…, d). node: int (…)."""
        logit = self.head[level](state)
        return logit.masked_fill(self.following[level][node] < 0, -torch.inf).log_softmax(-1)

    def after(self, level: int, state, code):
        """(…, d): the state once this code is written."""
        flat = self.cell(self.written[level](code).flatten(0, -2), state.flatten(0, -2))
        return flat.view_as(state)

    def loss(self, token, target):
        """Mean nats of the items that came next. token, target: int (B, T), −1 in target where there is none."""
        place = target >= 0
        state, item = self.reader(token)[place], target[place]                    # (R, d), (R,)
        total = 0.0
        for level in range(len(self.sizes)):
            code = self.reader.item.codes[item, level]
            chance = self.log_chance(level, state, self.path[item, level])
            total = total - chance.gather(1, code[:, None]).mean()
            state = self.after(level, state, code) if level < len(self.written) else state
        return total

    def every_item(self, vector):
        """float (B, N): log chance of every item. vector: (B, d). Costs a step of the decoder for each node."""
        chance, state = vector.new_zeros(len(vector), 1), vector[:, None]
        for level, (parent, code) in enumerate(edge.T for edge in self.edges):
            node = torch.arange(chance.shape[1])
            step = self.log_chance(level, state, node)                            # (B, nodes, S)
            chance = chance[:, parent] + step[:, parent, code]
            if level < len(self.written):
                state = self.after(level, state[:, parent].contiguous(), code.expand(len(vector), -1))
        return chance[:, self.path[:, -1]]

    def beam(self, vector, width: int, allowed=None, leave_out=None):
        """The items that beam search finds: (int (B, W), log chance float (B, W)), best first, −1 and −inf pads.

        vector: (B, d). width: beams that are kept at each level. allowed: int (M,), items that may be found, None for
        all. leave_out: bool (B, N), what a user may not get: struck out at the last level alone. Never an id that does
        not exist; with as many beams as items, what every_item puts first.
        """
        below = None if allowed is None else [torch.as_tensor(b) for b in self.tree.leading_to(np.asarray(allowed))]
        chance, state = vector.new_zeros(len(vector), 1), vector[:, None]
        node = torch.zeros(len(vector), 1, dtype=torch.long)
        for level, table in enumerate(self.following):
            following = table[node]                                            # (B, W, S)
            total = chance[..., None] + self.log_chance(level, state, node)
            if below is not None:
                total = total.masked_fill(~below[level][following.clamp(min=0)], -torch.inf)
            if leave_out is not None and level == len(self.sizes) - 1:
                item = torch.as_tensor(self.tree.item)[following.clamp(min=0)]
                out = torch.as_tensor(leave_out).gather(1, item.flatten(1)).view_as(item)
                total = total.masked_fill(out, -torch.inf)
            line = total.flatten(1)
            chance, place = line.topk(min(width, line.shape[1]))
            parent, code = place // table.shape[1], place % table.shape[1]
            node = following.flatten(1).gather(1, place).clamp(min=0)
            if level < len(self.written):
                rows = state.gather(1, parent[..., None].expand(-1, -1, state.shape[-1]))
                state = self.after(level, rows, code)
        item = torch.as_tensor(self.tree.item)[node]
        return torch.where(chance > -torch.inf, item, -1), chance
