"""The part of the class page on wrong answers that no card names: each group, and what to write about it."""

from __future__ import annotations

from course_lib.teach.classroom.escaping import esc, title_of

MOST_GROUPS, MOST_NAMES, CUT = 100, 60, 4000
WHAT = ("<p class=small>Answers that give the same values on all cases stand together. Write one sentence for a group "
        "into <code>mistakes.toml</code> beside the notebooks: the next run tells it to everybody in the group, and "
        "the file is yours to keep. Answers that raise an error on every case, or whose values are right, are not "
        "grouped: their row says what is wrong.</p>")


def groups_section(results) -> str:
    """The section of ClassResults, "" where nothing was left without a name."""
    groups, unmet = results.groups, results.unmet
    if not groups and not unmet:
        return ""
    several = [group for group in groups if len(group.people) > 1]
    alone = [group for group in groups if len(group.people) == 1]
    parts = ["<h2>Wrong answers that no card names</h2>", WHAT, *map(_group, several[:MOST_GROUPS])]
    if alone:
        parts += [f"<details><summary>{len(alone)} more, each of one person</summary>",
                  *map(_group, alone[:MOST_GROUPS]), "</details>"]
    left = max(len(several) - MOST_GROUPS, 0) + max(len(alone) - MOST_GROUPS, 0)
    parts += [f"<p class=small>{left} more groups are not shown.</p>"] * (left > 0)
    parts += [_unmet(unmet)] * bool(unmet)
    return "".join(parts)


def _group(group) -> str:
    count = len(group.people)
    names = ", ".join(esc(person, 80) for person in group.people[:MOST_NAMES])
    names += f" and {count - MOST_NAMES} more" if count > MOST_NAMES else ""
    acts = group.sample["acts"]
    rows = "".join(f"<tr><td>{esc(label, 80)}</td><td><pre>{esc(text, 600)}</pre></td></tr>"
                   for label, text in acts["shows"])
    return (f"<section class=group><h3>{count}× {esc(group.card_id)} {esc(title_of(group.card_id))}</h3>"
            f"<p>{_sentence(group)}</p><p class=small>Given by {names}</p>"
            f"<p class=small>First wrong on “{esc(acts['case'], 120)}”. {esc(acts['where'], 300)}</p>"
            f"<table>{rows}</table><details><summary>the code of {esc(group.people[0], 80)}</summary>"
            f"<pre>{esc(group.sample['text'], CUT)}</pre></details></section>")


def _sentence(group) -> str:
    """What the instructor said of it, or the lines that wait for a sentence."""
    if group.said is not None:
        name = f"<b>{esc(group.said.name, 80)}</b> " if group.said.name else ""
        return f"{name}{esc(group.said.says, 1500)}"
    lines = f'[[mistake]]\nexercise = "{group.card_id}"\ngroup = "{group.key}"\nsays = ""'
    return f"<pre>{esc(lines)}</pre>"


def _unmet(unmet) -> str:
    told = "".join(f"<li>{esc(one.card_id)} {esc(one.key, 40)}: {esc(one.says, 300)}</li>" for one in unmet)
    return ("<details><summary>In mistakes.toml, and met by no answer here</summary>"
            f"<ul class=small>{told}</ul></details>")
