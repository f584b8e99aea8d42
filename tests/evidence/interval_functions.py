"""Which functions of the course answer an interval, found by reading their source."""

import ast
import re
import tomllib
from pathlib import Path

import course_lib

PACKAGE = Path(course_lib.__file__).parent
MAKERS = {"Estimate", "t_estimate", "normal_estimate"}


def apart() -> dict[str, dict[str, str]]:
    """The register of what is not asked of an interval, and why."""
    return tomllib.loads(Path(__file__).with_name("intervals_apart.toml").read_text(encoding="utf-8"))


def called(node) -> set[str]:
    """The bare names of all that is called in a function."""
    return {getattr(part.func, "id", getattr(part.func, "attr", "")) for part in ast.walk(node)
            if isinstance(part, ast.Call)}


def mentioned(node) -> set[str]:
    """The names of all that is called or looked up in a function."""
    return called(node) | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def makes_a_table_of_ends(node) -> bool:
    """Whether a dict or a list in a function's body names "low" and "high": keys, or columns of a table."""
    for part in ast.walk(node):
        named = part.keys if isinstance(part, ast.Dict) else part.elts if isinstance(part, ast.List) else ()
        words = [word.value for word in named if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        if all(any(re.search(f"(^|_){end}$", word) for word in words) for end in ("low", "high")):
            return True
    return False


def answers_an_interval(node) -> bool:
    """Whether a function's annotation says Estimate, its body makes one or a table of ends, or it returns numbers and
    speaks of an interval in its name or in the first line of its docstring."""
    returns = ast.unparse(node.returns) if node.returns else ""
    first = (ast.get_docstring(node) or "").partition("\n")[0]
    return "Estimate" in returns or bool(called(node) & MAKERS) or makes_a_table_of_ends(node) or bool(
        returns.startswith("tuple[float, float") and re.search("interval|its ends|low, high", f"{node.name} {first}"))


def found_in(tree, name: str) -> dict[str, ast.FunctionDef]:
    """{name: function} of a module's public functions and methods that answer an interval."""
    held = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            held |= found_in(node, f"{name}.{node.name}")
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and answers_an_interval(node):
            held[f"{name}.{node.name}"] = node
    return held


def all_found() -> dict[str, ast.FunctionDef]:
    """All such functions of the package, by module and name below course_lib."""
    held = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "stimate" in text or "interval" in text or "low" in text:
            held |= found_in(ast.parse(text), ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    return held
