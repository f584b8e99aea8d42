"""What one person's files may cost the page that reads them, in counts: bytes, characters of code, statements, steps.

The page reads in its own process and without a clock, so each count has a bound; what lies beyond is named and left
out. All of it is far above what the lessons' own notebooks hold (16,000 characters of code, 170 statements).
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_BYTES = 20_000_000             # of one file, unpacked
MOST_PARTS = 3_000_000                 # of one notebook's JSON, by its commas and brackets: memory goes by them
NOTEBOOK_SIGNS, PERSON_SIGNS = 200_000, 1_000_000         # characters of code, before any is parsed
MOST_STATEMENTS = 10_000               # of one notebook
PERSON_BYTES, PERSON_FILES = 100_000_000, 1_000
PERSON_STEPS = 5_000_000               # names, statements and characters looked at to find what the answers lean on
LEANS_ON = 100_000                     # characters of an answer's cell and of all that it leans on
TOGETHER = "not read: this person's files together hold more than"


@dataclass
class Spent:
    """What one person's files have cost so far."""

    files: int = 0
    bytes: int = 0
    signs: int = 0
    steps: int = 0

    def no_more_files(self) -> bool:
        """Take note of one more file. Is it one too many?"""
        self.files += 1
        return self.files > PERSON_FILES

    def bytes_left(self) -> int:
        return max(PERSON_BYTES - self.bytes, 0)

    def steps_left(self) -> int:
        return max(PERSON_STEPS - self.steps, 0)

    def refuse_code(self, signs: int) -> str:
        """Why code of this length is not parsed, "" where it is, which is then taken note of."""
        if signs > NOTEBOOK_SIGNS:
            return f"more than {NOTEBOOK_SIGNS:,} characters of code, not read"
        if self.signs + signs > PERSON_SIGNS:
            return f"{TOGETHER} {PERSON_SIGNS:,} characters of code"
        self.signs += signs
        return ""
