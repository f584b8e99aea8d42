"""decide("1.8", choice): plays the choice out beside named policies and says what it cost and what spoke against it."""

from __future__ import annotations

import time

from course_lib.contracts import CourseError
from course_lib.teach import progress
from course_lib.teach.cards import decision as find_decision
from course_lib.teach.definitions.choice import in_words, shortly
from course_lib.teach.definitions.decision import Decision
from course_lib.teach.played.playing import Played, play_out
from course_lib.teach.show.notices import Notice, code_marks, show


def decide(decision_id: str, choice=..., **given):
    """Play a choice out and judge it by its regret. Returns the choice, for the notebook to go on with.

    choice: as the decision's card says; Ellipsis or None for none yet. given: what the card asks the lesson to hand in,
    such as feed=feed. Where nothing was chosen, or what was chosen cannot be read or played, that is shown and the
    stand-in of the decision comes back, so the notebook runs on.
    Raises UnknownIdError for an id that no decision has.
    """
    decision = find_decision(decision_id)
    stand_in = decision.policies[decision.until_chosen]
    if choice is None or choice is ...:
        progress.record("attempt", decision.id, "todo")
        show(_not_chosen(decision))
        return stand_in
    begun = time.perf_counter()
    try:
        read = decision.choice.read(choice)
        played = play_out(decision, read, given)
    except CourseError as error:
        return _not_played(decision, choice, str(error), stand_in)
    except Exception as error:  # noqa: BLE001 - what the lesson handed in may raise anything
        return _not_played(decision, choice, f"it could not be played out, {type(error).__name__}: {error}", stand_in)
    status = "right" if played.own.low <= 0 else "wrong"
    progress.record("attempt", decision.id, status, time.perf_counter() - begun, choice=in_words(read),
                    regret=played.own.value)
    show(outcome(decision, played))
    return read


def _not_chosen(decision: Decision) -> Notice:
    task = "\n".join([decision.task.strip(), "", *decision.choice.lines()])
    return Notice("todo", f"Decision {decision.id}",
                  ("Put your choice in the place of `...`. Until then the notebook goes on with one of the policies.",),
                  folded=[("The task", code_marks(task.replace("\n", "\n\n")), task)], word="nothing chosen yet")


def _not_played(decision, choice, why, stand_in):
    progress.record("attempt", decision.id, "wrong", choice=shortly(choice), problem=why[:300])
    show(Notice("wrong", f"Decision {decision.id}", (
        f"Your choice was not played: {why}", "The notebook goes on with one of the policies."),
        word="not a choice that can be played"))
    return stand_in


def outcome(decision: Decision, played: Played) -> Notice:
    """What the learner sees of a choice that was played: its regret, what spoke against it, and all policies."""
    against = decision.spoke_against(played.choice).strip()
    spoke = against and f"What {'spoke' if played.own.low > 0 else 'still speaks'} against it: {against}"
    status = "right" if played.own.low <= 0 else "wrong"
    word = "it costs something" if status == "wrong" else "as good as the best" if played.tied else "better than all"
    folded = [("Why it is so", code_marks(decision.why.strip()), decision.why.strip())]
    return Notice(status, f"Decision {decision.id}: {in_words(played.choice)}",
                  (_cost(decision, played), spoke, _level(played)), _table(decision, played), folded,
                  word=word)


def _cost(decision, played) -> str:
    """The regret in words, with its interval and the number of seeds."""
    own, best, spec = played.own, played.best, decision.spec
    rival = f"the best named policy, \"{best}\""
    seeds = f"over {own.n} seeds"
    if played.choice == decision.policies[best]:
        return f"Your choice is {rival}: regret 0 {seeds}."
    if own.value == own.low == own.high == 0:
        return f"Your choice is worth the same as {rival}, under each of the {own.n} seeds: regret 0."
    size = f"{abs(own.value):{spec}}"
    if own.low > 0:
        return (f"Your choice costs {own:{spec}} {decision.unit} against {rival}, {seeds}: {size} less than "
                f"{played.worth[best].value:{spec}}.")
    if own.high < 0:
        return f"Your choice is worth {size} {decision.unit} more than {rival}, {seeds} (regret {own:{spec}})."
    return (f"Your choice cannot be told apart from {rival}: regret {own:{spec}} {decision.unit}, {seeds}. The "
            "interval holds 0, so this is a tie.")


def _level(played) -> str:
    """Which other named policies cannot be told apart from the best."""
    level = [name for name, regret in played.regret.items()
             if name not in ("", played.best) and not regret.excludes(0.0)]
    if not level:
        return ""
    return (f"Not told apart from \"{played.best}\" on these seeds: {', '.join(map(repr, level))}. A tie is no order.")


def _table(decision, played) -> list[tuple[str, str]]:
    """A line for the choice and each policy, the best first: worth and regret with their intervals."""
    spec, rows = decision.spec, [("yours", "")]
    ordered = sorted(decision.policies, key=lambda name: -played.worth[name].value)
    rows += [(name, name) for name in ordered]
    return [("policy", f"worth, {decision.unit}  |  regret against \"{played.best}\"")] + [
        (label, f"{played.worth[name]:{spec}}  |  {played.regret[name]:{spec}}") for label, name in rows]
