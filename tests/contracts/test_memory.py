"""Nothing is asked for that is not there."""

import threading

import pytest

from course_lib.contracts import BudgetError, check_memory, free_memory, memory


def test_what_does_not_fit_is_refused_with_both_sizes_and_a_remedy():
    check_memory("a byte", 1, "Wait.")
    with pytest.raises(BudgetError, match=r"a matrix would take 1,024\.0 GiB.*GiB are free\. Take fewer items\."):
        check_memory("a matrix", 2.0**40, "Take fewer items.")
    assert free_memory() > 2**20


@pytest.fixture
def system(monkeypatch):
    """A clock that moves when told to, what the system would say, and how often it was asked."""
    class System:
        now, free, asked = 100.0, 1000.0, 0

        def read(self):
            self.asked += 1
            return self.free

    made = System()
    monkeypatch.setattr(memory, "_answer", memory._Answer())
    monkeypatch.setattr(memory, "_read_free", made.read)
    monkeypatch.setattr(memory.time, "monotonic", lambda: made.now)
    return made


def test_the_system_is_asked_once_a_second_for_what_is_small(system):
    for _ in range(50):
        check_memory("scores", 10, "Wait.")
    assert system.asked == 1 and free_memory() == 1000
    system.free, system.now = 5.0, 100.9
    check_memory("scores", 10, "Wait.")
    system.now = 101.0
    with pytest.raises(BudgetError, match="scores would take"):
        check_memory("scores", 10, "Wait.")
    assert free_memory() == 5


def test_what_is_large_is_held_against_what_is_free_now(system):
    check_memory("a matrix", 900, "Wait.")
    system.free = 100.0                                      # the matrix was made in the same second
    with pytest.raises(BudgetError, match="another matrix"):
        check_memory("another matrix", 900, "Wait.")


def test_threads_that_ask_at_once_get_one_answer(system, monkeypatch):
    together, inside = threading.Barrier(8), threading.Event()

    def slow():
        inside.wait(0.05)
        return system.read()

    monkeypatch.setattr(memory, "_read_free", slow)
    found = []

    def ask():
        together.wait()
        found.append(free_memory())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1000.0] * 8 and system.asked == 1
