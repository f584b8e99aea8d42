"""What a slot is worth to a shop: a sale that may not be kept, of an item of which there may not be enough."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, as_numbers


def slot_worth(p_sale, margin, p_return, return_cost: float, stock, demand) -> np.ndarray:
    """Money that showing each item is expected to keep, in the shop's currency.

    p_sale: float (C,), chance that the person buys when it is shown. margin: float (C,), money kept from a sale.
    p_return: float (C,), chance that a sale comes back. return_cost: money that handling a return costs. stock: (C,),
    pieces left. demand: float (C,), sales expected before the shelf is filled again. Any of them may be (B, C), a row a
    request. Returns float (C,) or (B, C): p_sale · ((1 − p_return) · margin − p_return · return_cost) · min(1, stock /
    demand); 0 where nothing is left. Below 0 where returns eat the margin. Raises ArgumentError for chances outside
    [0, 1] or a stock or demand below 0, ShapeError for shapes that do not go together.
    """
    p_sale, margin, p_return, stock, demand = (
        as_numbers(name, value) for name, value in (("p_sale", p_sale), ("margin", margin), ("p_return", p_return),
                                                    ("stock", stock), ("demand", demand)))
    as_numbers("return_cost", return_cost)
    shapes = [a.shape for a in (p_sale, margin, p_return, stock, demand)]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError as error:
        raise ShapeError(f"p_sale, margin, p_return, stock, demand have shapes {shapes}; expected (C,) each, or (B, C) "
                         f"for a batch of requests.") from error
    for name, chance in (("p_sale", p_sale), ("p_return", p_return)):
        if ((chance < 0) | (chance > 1)).any():
            raise ArgumentError(f"{name} holds {chance[(chance < 0) | (chance > 1)].ravel()[0]}; expected chances in "
                                f"[0, 1].")
    if (stock < 0).any() or (demand < 0).any():
        raise ArgumentError("stock or demand is below 0; expected pieces and expected sales of at least 0.")
    kept = (1 - p_return) * margin - p_return * return_cost
    enough = np.where(demand > stock, stock / np.maximum(demand, 1e-12), np.where(stock > 0, 1.0, 0.0))
    return p_sale * kept * enough
