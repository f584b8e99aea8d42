"""What a check leaves behind in the process: nothing that a profiler, a debugger or a thread would stumble over."""

import builtins
import sys
import threading

from toys import TOP_K

from course_lib.teach.checking.check import check


def never_ends(*args, **kwargs):
    while True:
        pass


def _traced(stop_after=50):
    """A few lines under sys.settrace; True where they came to their end."""
    seen = []
    before = sys.gettrace()
    sys.settrace(lambda frame, event, arg: seen.append(event))
    try:
        total = sum(number for number in range(stop_after))
    finally:
        sys.settrace(before)
    return total == sum(range(stop_after)) and bool(seen)


def test_code_can_be_traced_after_a_check():
    check(TOP_K, TOP_K.reference)
    assert _traced()


def test_code_can_be_traced_after_an_answer_that_never_ended():
    assert check(TOP_K, never_ends).mistake == "no answer in time"
    assert _traced()


def test_two_checks_in_two_threads_leave_printing_and_input_alone():
    printing, asking = sys.stdout, builtins.input
    found = []
    threads = [threading.Thread(target=lambda: found.append(check(TOP_K, TOP_K.reference).status)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = builtins.input
    assert found == ["right"] * 4 and sys.stdout is printing and now is asking
