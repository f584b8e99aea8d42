"""Other seeds for a whole lesson at once, without touching its source.

Every call in a lesson's code goes through one place, `SeedShift.through`, which adds `replicate × STRIDE` to the seeds
that leave the lesson: what a function outside it takes as `seed`, `seeds` or `random_state` (for the course's own
functions also where the lesson leaves them to their default), and what numpy, torch and Lightning are seeded with. A
function that the lesson itself defines is left alone, for the seed that it hands on is shifted where it leaves.
Replicate 0 changes nothing.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from functools import partial
from types import FunctionType

import numpy as np

from course_lib.contracts import ArgumentError

STRIDE = 1_000_000      # so that no replicate comes upon another's seeds: lessons count theirs from 0 to some thousands
MOST = 2_000            # replicates, so that every seed stays within the 31 bits that LightGBM takes
SEED_NAMES = ("seed", "seeds", "random_state")
SEEDERS = ("default_rng", "RandomState", "SeedSequence", "seed_everything", "manual_seed")
LESSON = "__main__"
HOOK = "__seeds_of__"


class _CallsThrough(ast.NodeTransformer):
    """f(x) → __seeds_of__(f, False)(x); True where a seed is given by name. Built-in names are called as they are."""

    def visit_Call(self, node):
        node = self.generic_visit(node)
        named = any(word.arg in SEED_NAMES or word.arg is None for word in node.keywords)
        if isinstance(node.func, ast.Name) and hasattr(builtins, node.func.id) and not named:
            return node
        hook = ast.Call(ast.Name(HOOK, ast.Load()), [node.func, ast.Constant(named)], [])
        node.func = ast.copy_location(hook, node.func)
        return node


def calls_through(tree: ast.Module) -> ast.Module:
    """The tree with every call led through HOOK. Lines stay, so that an error names the lesson's line."""
    return ast.fix_missing_locations(_CallsThrough().visit(tree))


class SeedShift:
    """Shifts the seeds of one replicate. replicate: int from 0; 0 is the lesson as it was published.

    Raises ArgumentError for a replicate below 0 or above 2,000.
    """

    def __init__(self, replicate: int):
        if not 0 <= replicate <= MOST:
            raise ArgumentError(f"replicate is {replicate}; expected 0 to {MOST:,}, so that seeds stay in 31 bits.")
        self.shift = int(replicate) * STRIDE
        self._signatures: dict = {}

    def seed(self, value):
        """A seed shifted; each of several; what is no number (None, a Generator) stays."""
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            return int(value) + self.shift
        if isinstance(value, (list, tuple, range)):
            return [self.seed(part) for part in value]
        return value

    def through(self, function, named: bool):
        """The function as it is, or one in its place that hands on shifted seeds. named: is a seed given by name?"""
        module = getattr(function, "__module__", "") or ""
        if self.shift == 0 or module == LESSON:
            return function
        if _seeds_a_generator(function, module):
            return partial(self._with_first, function)
        if module.startswith("course_lib"):
            signature = self._signature(function)
            if signature is not None:
                return partial(self._with_defaults, function, signature)
        return partial(self._with_named, function) if named else function

    def _signature(self, function):
        """The signature of a function that takes a seed, else None. Kept by function, never by bound method: that
        would keep its object alive."""
        key = getattr(function, "__func__", function)
        keep = isinstance(key, (FunctionType, type))
        bound = key is not function
        if keep and (key, bound) in self._signatures:
            return self._signatures[key, bound]
        try:
            found = inspect.signature(function)
        except (TypeError, ValueError):
            found = None
        if found is not None and not set(SEED_NAMES) & set(found.parameters):
            found = None
        if keep:
            self._signatures[key, bound] = found
        return found

    def _with_first(self, function, *args, **words):
        if args:
            return function(self.seed(args[0]), *args[1:], **words)
        return self._with_named(function, **words)

    def _with_named(self, function, *args, **words):
        shifted = {name: self.seed(value) if name in SEED_NAMES else value for name, value in words.items()}
        return function(*args, **shifted)

    def _with_defaults(self, function, signature, *args, **words):
        try:
            bound = signature.bind(*args, **words)
        except TypeError:
            return function(*args, **words)             # it says itself what is wrong with its arguments
        bound.apply_defaults()
        for name in SEED_NAMES:
            if name in bound.arguments:
                bound.arguments[name] = self.seed(bound.arguments[name])
        return function(*bound.args, **bound.kwargs)


def _seeds_a_generator(function, module: str) -> bool:
    """np.random.default_rng and its like, and the functions `seed` of numpy.random and of Python's random."""
    name = getattr(function, "__name__", "")
    if name == "seed":
        return "random" in module or "random" in type(getattr(function, "__self__", None)).__name__.lower()
    return name in SEEDERS
