"""The page of a trial: what was found, the tables, two pictures; one file that asks for nothing outside itself."""

from __future__ import annotations

import html
import os
import tempfile
from pathlib import Path

import numpy as np

from course_lib.contracts import DataError
from course_lib.trial import scoreboard, sketch
from course_lib.trial.contest import Contest

STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:1120px}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #8884;padding:.3rem .7rem;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}.system td{font-weight:600}.quiet{color:#777}
svg{width:100%;max-width:760px;font:13px system-ui,sans-serif;fill:currentColor}
"""


def page(name: str, found: list[str], contests: list[Contest], share: np.ndarray) -> str:
    """HTML. name: of the file. found: sentences on the table. share: as in findings.concentration."""
    body = [f"<h1>{_safe(name)}: who recommends best</h1>",
            *(f"<p>{_safe(verdict)}</p>" for contest in contests for verdict in _verdicts(contest)),
            sketch.recalls(contests, {kind: f"Split {words}" for kind, words in scoreboard.PARTS.items()}),
            '<p class="quiet">Blue: peers. Orange: systems of this course.</p>',
            *(part for contest in contests for part in _contest(contest)),
            "<h2>What the columns say</h2>",
            *(f"<p>{_safe(sentence)}</p>" for sentence in scoreboard.how(contests[0].k)),
            "<h2>What the table holds</h2><ul>", *(f"<li>{_safe(sentence)}</li>" for sentence in found), "</ul>",
            sketch.shares(share),
            '<p class="quiet">Dashed: what it would be if all items were taken alike.</p>']
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            f'<meta name="viewport" content="width=device-width"><title>{_safe(name)}</title>'
            f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>")


def write(path: Path, text: str) -> Path:
    """Write the page whole or not at all. Raises DataError where the folder is missing or cannot be written."""
    path, aside = Path(path), None
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".trial-",
                                         delete=False) as file:
            aside = file.name
            file.write(text)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror}). Name another file with --out.") from error
    finally:
        if aside and os.path.exists(aside):
            os.unlink(aside)
    return path


def _verdicts(contest: Contest) -> list[str]:
    return [f"Split {scoreboard.PARTS[contest.kind]}: {verdict}" for verdict in scoreboard.verdicts(contest)]


def _contest(contest: Contest) -> list[str]:
    head = "".join(f"<th>{_safe(name)}</th>" for name in scoreboard.heads(contest))
    rows = "".join(f'<tr class="{"" if row.peer else "system"}">'
                   + "".join(f"<td>{_safe(cell)}</td>" for cell in scoreboard.cells(row)) + "</tr>"
                   for row in contest.rows)
    notes = [sentence for sentence in scoreboard.remarks(contest) if sentence not in scoreboard.verdicts(contest)]
    return [f"<h2>Split {scoreboard.PARTS[contest.kind]}</h2>",
            f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>',
            *(f'<p class="quiet">{_safe(sentence)}</p>' for sentence in notes if sentence)]


def _safe(text: str) -> str:
    return html.escape("".join(c if c.isprintable() else "�" for c in str(text)))
