"""Lists what no reader has judged yet, and takes a reader's judgements: judge.py SET [FILE.json]

SET: first, second or third. Without a file, a JSON list is printed: place, cause (what is wrong, by its writer), says (what
the check said), shows. With one, a list of {place, judged} is read, judged being named, vague or misleading, and put
into judged_SET.json.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = 3                        # sentences of one solution
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[2])]

import blind_sets as blind  # noqa: E402


def pending(which: str, held: dict) -> list[dict]:
    """What is wrong, was refused, and has no judgement of the sentence that is said today."""
    return [{"place": place, "exercise": solution.exercise, "cause": solution.about, "says": result.says,
             "shows": [list(pair) for pair in result.shows], "known": result.known}
            for place, (solution, result) in blind.outcomes(which).items()
            if not solution.right and result.status == "wrong" and blind.judgement(place, result, held) == "not judged"]


def main(arguments: list[str]) -> None:
    which, *files = arguments or ["first"]
    target = blind.judged_file(which)
    held = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    if not files:
        print(json.dumps(pending(which, held), indent=1, ensure_ascii=False))
        return
    results = {place: result for place, (_, result) in blind.outcomes(which).items()}
    for told in json.loads(Path(files[0]).read_text(encoding="utf-8")):
        if told["judged"] not in blind.WORDS:
            raise SystemExit(f"{told['place']}: judged {told['judged']!r}; expected one of {', '.join(blind.WORDS)}.")
        says = blind.told_cause(results[told["place"]].says)
        others = [known for known in held.get(told["place"], []) if known["says"] != says]
        held[told["place"]] = [*others[-KEPT + 1:], {"judged": told["judged"], "says": says}]
    known = {place: held[place] for place in sorted(held) if place in results}
    target.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
