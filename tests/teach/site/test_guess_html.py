"""A prediction's form holds what the lesson's own run measured, and stands only where a guess was asked."""

import json

from bs4 import BeautifulSoup

from course_lib.teach.cards import claims
from course_lib.teach.definitions.claim import DIAL
from course_lib.teach.ledger.verdict import MIME, Row
from course_lib.teach.site.guess_html import guess_form, measured_rows

CLAIM = next(held for held in claims() if held.kind != DIAL)


def asked(claim_id, status="todo"):
    return f'<div class="course-notice" data-about="Prediction {claim_id}" data-status="{status}">…</div>'


def row(value, on="world"):
    return {"data": {MIME: Row(CLAIM.id, on, value, value - 1, value + 1).as_dict()}}


def test_the_form_holds_every_place_and_what_was_measured_last():
    rows = measured_rows([row(5.0), {"output_type": "stream", "text": "no data"}, row(7.0, "ml100k"), row(6.0)])
    form = BeautifulSoup(guess_form(asked(CLAIM.id), rows), "html.parser").form
    held = json.loads(form["data-held"])
    assert [(part["where"], part["value"]) for part in held["rows"]] == [("On world: ", 6.0), ("On ml100k: ", 7.0)]
    assert held["claim"] == CLAIM.id and held["rows"][0]["low"] == 5.0 and form.has_attr("hidden")
    assert form.label["for"] == form.input["id"] and CLAIM.id in form.label.text
    assert form.find(id=form.input["aria-describedby"]) is not None
    alone = BeautifulSoup(guess_form(asked(CLAIM.id), measured_rows([row(5.0)])), "html.parser").form
    assert json.loads(alone["data-held"])["rows"][0]["where"] == ""


def test_there_is_no_form_without_a_question_or_without_a_measurement():
    rows = measured_rows([row(5.0)])
    assert guess_form(asked(CLAIM.id, "note"), rows) == "" and guess_form("<p>words</p>", rows) == ""
    assert guess_form(asked(CLAIM.id), {}) == ""
