"""A class compared: seconds and memory at N people × M exercises, honest answers in many styles, no two texts the same.

python tests/benchmarks/bench_class.py [N [M]]   (20 × 10; a large class is 300 × 20). Time should grow with N × M.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

TEACH = Path(__file__).resolve().parents[1] / "teach"
sys.path.insert(0, str(TEACH))
import made_class  # noqa: E402

from course_lib.teach.classroom import page as classpage  # noqa: E402
from course_lib.teach.classroom.page_html import page  # noqa: E402

# Exercises whose honest answers train a model: they measure that, and not the class.
LEFT_OUT = ("3.2", "3.6", "3.8")


def styles() -> dict[str, list[str]]:
    """Exercise id -> the texts of honest answers to it, cells divided by `# %%`."""
    found: dict[str, list[str]] = {}
    for path in sorted((TEACH / "classroom" / "honest").glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("=== ")[1:]:
            head, _, text = part.partition("\n")
            if head.split()[0] not in LEFT_OUT:
                found.setdefault(head.split()[0], []).append(text)
    return found


def hand_in(folder: Path, people: int, exercises: int) -> None:
    """Write a notebook for each person."""
    texts = list(styles().values())[:exercises]
    for person in range(people):
        cells = [made_class.HEAD]
        for held in texts:
            cells += [f"{part.strip()}\n# {person}\n" for part in held[person % len(held)].split("# %%\n")]
        (folder / f"p{person:03d}.ipynb").write_text(made_class.notebook(*cells))


def main(people: int = 20, exercises: int = 10) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "class"
        folder.mkdir()
        hand_in(folder, people, exercises)
        results = classpage.compare_class([folder], workers=2, effect_seconds=0)
        began = time.monotonic()
        text = page(results)
    wrong = [(who, row["mistake"], row["says"][:80]) for who, row in results.rows.items() if row["status"] != "right"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    count = max(len(results.rows), 1)
    print(f"{people} people, {count} answers, {len(wrong)} not right: {results.seconds:.1f} s, "
          f"{1000 * results.seconds / count:.0f} ms an answer; {used.ru_utime + used.ru_stime:.0f} s of work outside, "
          f"{time.process_time():.0f} s here")
    print(f"page: {len(text) / 1e6:.1f} MB in {time.monotonic() - began:.1f} s")
    print(f"memory: largest process {used.ru_maxrss / 1000:.0f} MB, this one "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")
    for line in wrong[:10]:
        print(line)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
