"""Every public function that answers an interval has rows in a table of coverage, or passes on the interval of one that
has, or says in its docstring that it promises no cover: intervals_apart.toml says which."""

import ast

import pytest
import test_coverage
import test_coverage_elsewhere
import test_coverage_of_the_printed
from interval_functions import all_found, apart

COVERED, FOUND = apart()["covered"], all_found()
ROWS = {**test_coverage.COVERS, **test_coverage_of_the_printed.COVERS, **test_coverage_elsewhere.COVERS}
NONE = "none: "


def test_every_function_that_answers_an_interval_is_in_the_register_and_nobody_else():
    assert sorted(set(FOUND) - set(COVERED)) == [], "name the rows of a coverage table, or whose interval it passes on"
    assert sorted(set(COVERED) - set(FOUND)) == []


@pytest.mark.parametrize("name", sorted(COVERED))
def test_the_rows_are_there_or_the_one_whose_interval_it_is_has_them(name):
    by, seen = COVERED[name], [name]
    while by in COVERED:
        assert by not in seen, f"{name} passes on its own interval"
        seen.append(by)
        by = COVERED[by]
    assert by.startswith(NONE) or any(row.startswith(by) for row in ROWS), by


@pytest.mark.parametrize("name", sorted(name for name, by in COVERED.items() if by.startswith(NONE)))
def test_who_has_no_rows_says_so_where_it_is_looked_up(name):
    told = ast.get_docstring(FOUND[name]) or ""
    assert len(COVERED[name]) > len(NONE) + 20 and "cover" in told, f"{name}: its docstring says nothing of its cover"


def test_no_two_tables_share_a_row():
    tables = (test_coverage.COVERS, test_coverage_of_the_printed.COVERS, test_coverage_elsewhere.COVERS)
    assert sum(map(len, tables)) == len(ROWS)
