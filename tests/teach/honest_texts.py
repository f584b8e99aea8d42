"""The honest answers of classroom/honest/*.txt: `=== 1.2 the style`, then a notebook's cells, divided by `# %%`."""

from pathlib import Path

import made_class

TEXTS = {part.partition("\n")[0]: part.partition("\n")[2] for path in sorted((
    Path(__file__).parent / "classroom" / "honest").glob("*.txt"))
    for part in path.read_text(encoding="utf-8").split("=== ")[1:]}


def cells(text: str) -> list[str]:
    """The cells of a notebook that holds one of them."""
    return [made_class.HEAD, *(part.strip("\n") + "\n" for part in text.split("# %%\n"))]


def people(count: int, remark: str = "") -> dict[str, tuple[str, list[str]]]:
    """So many people, "honest 0" and on: exercise id, cells. The first two answer exercise 1.1, as some attackers do.

    remark: stands in each one's notebook, with the person's number, so that no two hand in the same.
    """
    first = {f"1.1 plain {n}": f"{made_class.REWARD}    {made_class.RIGHT}" for n in range(2)}
    chosen = list((first | TEXTS).items())
    step = len(chosen) // count
    chosen = chosen[:2] + chosen[2::step][:count - 2]
    return {f"honest {n}": (name.split()[0], [*cells(text)[:-1], f"{cells(text)[-1]}# {remark} {n}\n"])
            for n, (name, text) in enumerate(chosen)}
