"""CONTRIBUTING.md shows the house as it stands: every room is on its plan, every path it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLAN = PAGE.split("<!-- rooms -->")[1].split("<!-- /rooms -->")[0]


def rooms_on_the_plan() -> dict[str, str]:
    """{path below course_lib: what it is for} as drawn, by indentation."""
    found, path = {}, {}
    for line in PLAN.splitlines():
        drawn = re.match(r"^( *)([a-z_]+(?:/|\.py))\s+(\S.*)$", line)
        if drawn:
            depth = len(drawn[1]) // 2
            path = {level: name for level, name in path.items() if level < depth} | {depth: drawn[2]}
            found["".join(path[level] for level in sorted(path) if level).strip("/")] = drawn[3]
        elif match := re.match(r"^( *)([a-z_]+/)$", line):
            depth = len(match[1]) // 2
            path = {level: name for level, name in path.items() if level < depth} | {depth: match[2]}
    return found


def test_every_room_is_on_the_plan_and_every_place_on_the_plan_exists():
    house = ROOT / "course_lib"
    drawn = rooms_on_the_plan()
    assert [place for place in drawn if not (house / place).exists()] == []
    rooms = {str(path.parent.relative_to(house)) for path in house.rglob("__init__.py")} - {"."}
    lessons = {room for room in rooms if room.startswith("teach/cards/")}
    outer = {"stages", "teach"}                                         # drawn without a word of their own
    assert rooms - lessons - outer - set(drawn) == set()


def test_every_path_that_the_page_names_exists():
    rooms = "course_lib|stages|evidence|serving|launch|teach|data|world|tests|solutions"
    named = set(re.findall(rf"`((?:{rooms})/[\w./-]+)`", PAGE))
    there = [place for place in named
             if not any((base / place).exists() for base in (ROOT, ROOT / "course_lib"))
             and "NN_name" not in place]
    assert len(named) > 15 and there == []


def test_the_floors_are_those_that_are_held():
    held = re.search(r"layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.DOTALL)[1]
    floors = re.findall(r"\b(teach|launch|trial|serving|stages|evidence|data|world|contracts)\b", held)
    table = PAGE.split("## The floors")[1].split("## The rooms")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    told = [name for row in rows for name in sorted(re.findall(r"`(\w+)`", row), key=floors.index)]
    assert told == floors
