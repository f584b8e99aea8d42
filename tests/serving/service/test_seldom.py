"""Of what fails a thousand times a minute, somebody reads one line in a while."""

import logging

from course_lib.serving.service.seldom import Seldom


def test_one_line_in_a_while_is_printed_with_its_traceback(caplog):
    now = [5.0]
    seldom = Seldom("here", every_s=10.0, clock=lambda: now[0])
    for moment in (5.0, 6.0, 14.9, 15.0, 15.1):
        now[0] = moment
        seldom.warning("It failed at %s.", moment, exc_info=ValueError("why"))
    assert [record.getMessage()[:17] for record in caplog.records] == ["It failed at 5.0.", "It failed at 15.0"]
    assert {record.levelno for record in caplog.records} == {logging.WARNING} and "ValueError: why" in caplog.text
