"""AdamW that pays for the rows a batch touches, not for the table; and an average of the weights at the same price.

A table's gradient is sparse: rows and their values. Each row has a clock of its own, the number of its updates; its
moments forget, and its weight decays, when it is touched. Between two touches a weight stands still, so its moving
average has a closed form, and is exact. Where every step touches every row this is AdamW, number for number. So it is
where several processes train, whose gradients are dense (processes.py): there a step does cost the table.
"""

from __future__ import annotations

import contextlib

import torch

from course_lib.stages.retrieval.towers.row_update import update_rows

ROWS = 65_536  # exchanged at a time, so that a swap takes no third copy of a table


class LazyAdamW(torch.optim.Optimizer):
    """AdamW with row-sparse updates and, besides, an exponential average of all weights.

    params: as for any optimiser, float32 on the CPU; a gradient may be dense or sparse (rows of a table). keep: share
    of the average that a step keeps, in [0, 1); 0 averages nothing and takes no memory. It holds two numbers beside
    each weight, three with the average.

    Source: Loshchilov & Hutter 2019, arXiv:1711.05101; lazy moments as in torch.optim.SparseAdam.
    Departs: moments, bias correction and decay of a row run on its own clock.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, keep=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})
        self.keep, self.steps = keep, 0

    @torch.no_grad()
    def step(self, closure=None):
        """One update of every parameter that has a gradient. closure: as for any optimiser. Returns its loss."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.steps += 1
        for group in self.param_groups:
            for weight in group["params"]:
                self._step_one(weight, group)
        return loss

    def _step_one(self, weight, group) -> None:
        state = self._state(weight)
        if weight.grad is None:
            return
        if weight.grad.is_sparse:
            self._step_rows(weight, state, group)
            return
        if self.keep:
            self._catch_up(weight, state, self.steps - 1)
        state["clock"] += 1
        _adamw(weight, weight.grad, state["mean"], state["square"], float(state["clock"][0]), group)
        if self.keep:
            state["average"].lerp_(_rows(weight), 1 - self.keep)
            state["at"].fill_(self.steps)

    def _step_rows(self, weight, state, group) -> None:
        rows, values = _each_once(weight.grad)
        average = state.get("average", weight[:0])
        arrays = [tensor.detach().numpy() for tensor in (
            weight, state["mean"], state["square"], average, state["clock"], state["at"], rows, values)]
        update_rows(*arrays, self.steps, group["lr"], group["weight_decay"], *group["betas"], group["eps"], self.keep)

    def _state(self, weight) -> dict:
        state = self.state[weight]
        if not state:
            n_rows = len(_rows(weight))
            state["mean"], state["square"] = torch.zeros_like(weight), torch.zeros_like(weight)
            state["clock"] = torch.zeros(n_rows)
            state["at"] = torch.full((n_rows,), self.steps - 1)  # the step that each row's average stands at
            if self.keep:
                state["average"] = _rows(weight).detach().clone()
        return state

    def _catch_up(self, weight, state, step: int) -> None:
        """Bring the average forward to `step` in rows whose weight stood still since."""
        late = torch.nonzero(state["at"] < step).flatten()
        for rows in late.split(ROWS):
            still = torch.pow(self.keep, (step - state["at"][rows]).float()).unsqueeze(1)
            state["average"][rows] = torch.lerp(_rows(weight)[rows], state["average"][rows], still)
        state["at"][late] = step

    @contextlib.contextmanager
    def averaged(self):
        """Within, the parameters hold their averages. What has no average is left as it is."""
        self.swap()
        try:
            yield
        finally:
            self.swap()

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange weights and averages; twice leaves all as it was. No step may come in between."""
        for group in self.param_groups if self.keep else ():
            for weight in group["params"]:
                if self.state.get(weight):
                    self._swap_one(_rows(weight), self.state[weight])

    def _swap_one(self, weight, state) -> None:
        self._catch_up(weight, state, self.steps)
        for start in range(0, len(weight), ROWS):
            part = slice(start, start + ROWS)
            aside = weight[part].clone()
            weight[part] = state["average"][part]
            state["average"][part] = aside


def _each_once(gradient) -> tuple[torch.Tensor, torch.Tensor]:
    """(rows, values) of a sparse gradient, no row twice. Autograd forgets that they are in order; looking is cheaper
    than sorting again."""
    rows = gradient._indices()[0]
    if not (rows[1:] > rows[:-1]).all():
        gradient = gradient.coalesce()
    return gradient._indices()[0], gradient._values()


def _rows(weight) -> torch.Tensor:
    """A view (N, d) of any parameter: a vector as N rows of one number, a scalar as one."""
    return weight.view(len(weight) if weight.dim() else 1, -1)


def _adamw(weight, gradient, mean, square, clock: float, group) -> None:
    """One dense step in place; clock: how many updates there have been, this one included."""
    one, two = group["betas"]
    weight.mul_(1 - group["lr"] * group["weight_decay"])
    mean.lerp_(gradient, 1 - one)
    square.mul_(two).addcmul_(gradient, gradient, value=1 - two)
    step, scale = group["lr"] / (1 - one ** clock), (1 - two ** clock) ** 0.5
    weight.sub_((mean * step).div_((square.sqrt() / scale).add_(group["eps"])))
