"""The class page: one self-contained HTML file without a script; everything that came from others is escaped."""

from __future__ import annotations

import time
from collections import Counter

from course_lib.contracts import UnknownIdError
from course_lib.teach import cards
from course_lib.teach.checking.comparison import difference
from course_lib.teach.checking.texts import source
from course_lib.teach.classroom.escaping import esc, title_of
from course_lib.teach.classroom.gradebook import by_person
from course_lib.teach.classroom.groups_html import groups_section

CUT = 12_000
SIGNS = {"right": "✓", "wrong": "✗", "todo": "○", "": "·"}
LAYERS = {"network": ("no network", "the network was refused in Python only"),
          "sockets": ("no sockets", "sockets in the file system can be reached"),
          "files": ("no change to files outside an empty folder", "changing files was refused in Python only"),
          "rights": ("no change to the rights and times of others' files",
                     "rights and times of files that are yours can be changed"),
          "reading": ("no reading outside Python, the course, its data and that folder",
                      "answers can read what you can read"),
          "signals": ("no signals to other processes", "signalling other processes was refused in Python only"),
          "others": ("no hold on other processes' limits, priority or processors",
                     "other processes' limits and priority can be changed"),
          "processes": ("no further processes", "starting processes was refused in Python only"),
          "programs": ("no other programs", "another program can take the process's place"),
          "memory": ("a limit on memory", "memory was not limited"),
          "file_size": ("a limit on the size of files", "the size of files was not limited")}
STYLE = """
:root{color-scheme:light dark;--line:#8884;--good:#009E73;--bad:#D55E00;--quiet:#888}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:1200px}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem}
.wide{overflow-x:auto}table{border-collapse:collapse}th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;
text-align:left;vertical-align:top}thead th{vertical-align:bottom}
.matrix td{min-width:8.5rem;max-width:13rem;font-size:.86rem}
.matrix th[scope=row]{position:sticky;left:0;background:Canvas;overflow-wrap:anywhere;max-width:14rem}
td.right{box-shadow:inset 4px 0 var(--good)}td.wrong{box-shadow:inset 4px 0 var(--bad)}
td.todo{box-shadow:inset 4px 0 #8886;color:var(--quiet)}
.right b{color:var(--good)}.wrong b{color:var(--bad)}a{color:inherit}.small{font-size:.86rem;color:var(--quiet)}
.bar{display:flex;width:12rem;height:.9rem;background:#8882}.bar i{display:block}.bar .r{background:var(--good)}
.bar .w{background:var(--bad)}
section.detail{display:none;border:1px solid var(--line);padding:.8rem 1rem;margin:1rem 0}
section.detail:target{display:block}.two{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
section.group{border-left:4px solid var(--bad);padding:.1rem 1rem;margin:1rem 0}h3{font-size:1rem;margin:.4rem 0}
pre{overflow-x:auto;background:#8881;padding:.6rem;font-size:.8rem;white-space:pre-wrap;
overflow-wrap:anywhere;margin:.2rem 0}@media(max-width:800px){.two{grid-template-columns:1fr}}
"""


def page(results) -> str:
    """The whole page of ClassResults."""
    people = results.reading.people
    body = [f"<h1>{len(people)} people, {len(results.card_ids)} exercises</h1>",
            f'<p class="small">{time.strftime("%Y-%m-%d %H:%M")} · {results.seconds:.0f} s · {_ran(results)}</p>',
            "<h2>What most got wrong</h2>", _most_wrong(results), groups_section(results),
            "<h2>Exercises × people</h2>", _legend(),
            _matrix(results), _details(results)]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width"><title>Class comparison</title>'
            f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>")


def _ran(results) -> str:
    if not results.enforced:
        return "The code of others ran in separate processes with a time limit; other limits could not be tested here."
    held = [words[0] for key, words in LAYERS.items() if results.enforced.get(key)]
    weak = [words[1] for key, words in LAYERS.items() if not results.enforced.get(key)]
    return ("The code of others ran on this machine, each answer in a process of its own with a time limit; the system "
            f"enforced {', '.join(held) or 'nothing more'}." + (f" Not so here: {', '.join(weak)}." if weak else "")
            + " Whether an answer is right was decided outside its process, by the values that it returned; why one is "
              "wrong is what its own process says. This page is for a debrief, not for marks: an answer may call the "
              "reference, since the course's library holds it, so read the code.")


def _legend() -> str:
    return ('<p class="small">✓ right, with the time against the reference\'s (below 1 is faster) · ✗ not right, '
            'with the '
            "diagnosis · ○ not attempted · · not in the notebook. A click opens the code beside the reference.</p>")


def _most_wrong(results) -> str:
    rows = []
    for card_id in results.card_ids:
        held = [row for (_, i), row in results.rows.items() if i == card_id]
        told = Counter(row["status"] for row in held)
        tried = told["right"] + told["wrong"]
        mistakes = Counter((row.get("mistake") or "other", row.get("says", "")) if row.get("known") else (
            row.get("mistake") or "other", "") for row in held if row["status"] == "wrong")
        rows.append((told["wrong"] / max(tried, 1), told, mistakes, card_id))
    lines = []
    for share, told, mistakes, card_id in sorted(rows, key=lambda row: -row[1]["wrong"]):
        tried = told["right"] + told["wrong"]
        bar = "".join(f'<i class="{k}" style="width:{100 * n / max(tried, 1):.0f}%"></i>' for k, n in (
            ("r", told["right"]), ("w", told["wrong"])))
        top = "".join(f"<div>{n}× <b>{esc(name, 80)}</b> {esc(says, 300)}</div>" for (name, says), n in
                      mistakes.most_common(3))
        lines.append(f"<tr><th>{esc(card_id)} {esc(title_of(card_id))}</th><td><div class=bar>{bar}</div><span "
                     f"class=small>{told['right']} right, {told['wrong']} not right ({share:.0%}), {told['todo']} not "
                     f"attempted</span></td><td class=wrong style='box-shadow:none'>{top}</td></tr>")
    return ("<div class=wide><table><thead><tr><th>exercise</th><th>of those who tried</th><th>the most common "
            f"diagnoses</th></tr></thead><tbody>{''.join(lines)}</tbody></table></div>")


def _matrix(results) -> str:
    head = "".join(f"<th>{esc(i)}<br><span "
                   f"class=small>{esc(title_of(i), 60)}</span>{_effect_of_reference(results, i)}</th>"
                   for i in results.card_ids)
    rows, told = [], by_person([*results.reading.problems, *results.reading.notes])
    for p, person in enumerate(results.reading.people):
        cells = "".join(_cell(results.rows.get((person, i)), f"p{p}-e{e}") for e, i in enumerate(results.card_ids))
        why = "".join(f"<br><span class=small>{esc(file, 60)}: {esc(text, 200)}</span>"
                      for file, text in told.get(person, ()))
        rows.append(f"<tr><th scope=row>{esc(person, 80)}{why}</th>{cells}</tr>")
    return ("<div class=wide id=top><table "
            f"class=matrix><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>")


def _effect_of_reference(results, card_id) -> str:
    told = results.reference_effect.get(card_id)
    return f"<br><span class=small>reference: {esc(told, 60)}</span>" if told else ""


def _cell(row, anchor) -> str:
    if row is None:
        return "<td class=small>·</td>"
    status = row["status"]
    told = {"right": f"{row['ratio']:.1f}× time" if row.get("ratio") else "", "todo": "not attempted",
            "wrong": row.get("mistake") or row.get("stage", "")}[status]
    effect = f"<br><span class=small>{esc(row['effect'], 60)}</span>" if row.get("effect") else ""
    return (f'<td class={status}><a href="#{anchor}"><b>{SIGNS[status]}</b> {esc(told, 70)}</a>{effect}</td>')


def _details(results) -> str:
    references = {i: _reference(i) for i in results.card_ids}
    parts = ["<h2>The code</h2><p class=small>Click a cell above.</p>"]
    for p, person in enumerate(results.reading.people):
        for e, card_id in enumerate(results.card_ids):
            row = results.rows.get((person, card_id))
            if row is not None:
                parts.append(_detail(person, card_id, row, references[card_id], f"p{p}-e{e}"))
    return "".join(parts)


def _reference(card_id) -> str:
    try:
        return source(cards.card(card_id).reference)
    except UnknownIdError:
        return ""


def _detail(person, card_id, row, reference, anchor) -> str:
    shown = "".join(f"<tr><td>{esc(label, 80)}</td><td><pre>{esc(text, 2000)}</pre></td></tr>"
                    for label, text in row.get("shows", []))
    printed = f"<p class=small>printed:</p><pre>{esc(row['printed'], 2000)}</pre>" if row.get("printed") else ""
    code = esc(row.get("code", ""), 200)
    line = f"<p class=small>line {esc(row['line'], 10)}: <code>{code}</code></p>" if row.get("line") else ""
    changes = esc(difference(row["text"][:CUT], reference), CUT)
    whose = f"{esc(person, 80)}, {esc(row['notebook'], 80)}"
    both = (f"<div class=two><div><div class=small>{whose}</div><pre>{esc(row['text'], CUT)}</pre></div>"
            f"<div><div class=small>reference</div><pre>{esc(reference, CUT)}</pre></div></div>"
            f"<details><summary>difference</summary><pre>{changes}</pre></details>")
    return (f'<section class="detail {row["status"]}" id="{anchor}"><h3>{esc(person, 80)} · {esc(card_id)} '
            f"{esc(title_of(card_id))} · <b>{SIGNS[row['status']]}</b></h3>"
            f"<p>{esc(row.get('says', ''), 1500)}</p>{line}"
            f"<table>{shown}</table>{printed}{both}<p class=small><a href='#top'>back to the table</a></p></section>")
