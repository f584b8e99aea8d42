"""A JupyterHub with the class's configuration and no containers, run: sign-in, what keeps people's servers apart,
lessons that follow the course, solutions withheld by choice, collecting.

It is in the lock, and `make test` installs it (the extra `hub`); where it is missing these tests are skipped.
"""

import json
import os
import sys
import time

import pytest
import running_hub
from made_class import HEAD, REWARD, RIGHT, notebook
from running_hub import APART, USERS, Person, asked

from course_lib.teach.classroom.submissions import read_class

pytestmark = [pytest.mark.skipif(not sys.platform.startswith("linux"), reason="JupyterHub runs on Linux"),
              pytest.mark.skipif(running_hub.missing() != "", reason=f"missing: {running_hub.missing()}")]
ANSWERED = notebook(HEAD, f"{REWARD}    {RIGHT}")
FIRST, SECOND = "work/00_start_here.ipynb", "work/01_objective.ipynb"


@pytest.fixture(scope="module")
def hub():
    """The hub; Ann's and Bob's servers run, and Ann has answered an exercise in hers, through its address."""
    with running_hub.running_hub() as held:
        held.ann, held.bob = held.signed_in("ann"), held.signed_in("bob")
        assert held.ann.starts("ann", wait=False) in (201, 202), held.log()[-3000:]
        assert held.bob.starts("bob") in (201, 202) and held.ann.waits("ann")
        assert held.ann.reads("ann") == held.bob.reads("bob") == 200, held.log()[-6000:]
        status, told = held.ann.tells(f"/user/ann/api/contents/{SECOND}", "PUT", {
            "type": "notebook", "format": "json", "content": json.loads(ANSWERED)}, on="/user/ann/")
        assert status == 200, told                           # 201 would say that no lesson was there
        held.bobs_token = token_of(held.bob, "bob")
        yield held


def token_of(person, name) -> dict[str, str]:
    """The header that holds a token which a person asked for; a browser would have to confirm another's server."""
    status, told = person.tells(f"/hub/api/users/{name}/tokens", "POST", {})
    assert status == 201, told
    return {"Authorization": f"token {json.loads(told)['token']}"}


def test_each_signs_in_by_their_own_password_alone(hub):
    words = hub.passwords
    for name, password in (("bob", words["ann"]), ("ann", ""), ("ann", "x" * 16), ("zoe", words["ann"]),
                           ("eva", words["bob"]), ("ann", words["ann"][:-1])):
        assert not Person(hub.address).signs_in(name, password), name
    for name in words:
        assert Person(hub.address).signs_in(name, words[name]), name


@pytest.mark.parametrize("path", [SECOND, "", "work", "../ann/course/work", "%2e%2e/%2e%2e/bob/course",
                                  "%2e%2e%2f%2e%2e%2fbob", "work/%2e%2e/%2e%2e"])
def test_a_person_opens_their_own_files_alone(hub, path):
    own = hub.ann.reads("ann", path)
    assert own == (404 if ".." in path or "%" in path else 200)
    assert hub.bob.reads("ann", path) in (403, 404) and Person(hub.address).reads("ann", path) in (401, 403, 404)


@pytest.mark.parametrize("path", ["lab", f"files/{SECOND}", f"nbconvert/html/{SECOND}", "api/kernels", "api/sessions",
                                  "api/terminals", "api/status", "api/me", "tree", "lab/api/workspaces",
                                  f"view/{SECOND}", "oauth_callback?code=x&state=y"])
def test_nothing_else_of_a_server_is_anothers(hub, path):
    """A browser without a sign-in is sent to the door; what comes back there is not Ann's."""
    for person in (hub.bob, Person(hub.address)):
        status, text, where = person.asks(f"/user/ann/{path}")
        assert status >= 400 or "/hub/login" in where, (status, where)
        assert "np.bincount" not in text
    assert hub.ann.asks("/user/ann/lab")[0] == 200


@pytest.mark.parametrize(("path", "method", "data"), [
    ("/user/ann/api/kernels", "POST", {}), ("/user/ann/api/terminals", "POST", {}),
    (f"/user/ann/api/contents/{SECOND}", "DELETE", None), ("/user/ann/api/shutdown", "POST", {}),
    (f"/user/ann/api/contents/{SECOND}", "PATCH", {"path": "gone.ipynb"}),
    ("/hub/api/users/ann/server", "DELETE", None), ("/hub/api/users/ann/tokens", "POST", {}),
    ("/hub/api/users/ann", "PATCH", {"admin": False}), ("/hub/api/users/bob", "PATCH", {"admin": True}),
    ("/hub/api/users/zoe", "POST", {}), ("/hub/api/shutdown", "POST", {}), ("/hub/api/proxy", "PATCH", {}),
    ("/hub/api/groups/x", "POST", {}), ("/hub/api/services", "GET", None), ("/hub/api/users", "GET", None)])
def test_a_person_changes_nothing_of_anothers(hub, path, method, data):
    """Nor by Bob's token: the sign that guards forms is not asked for there, so that his rights alone are looked at."""
    sign = {**hub.bobs_token, "Content-Type": "application/json"}
    for status, told in (*(hub.bob.tells(path, method, data, on) for on in ("/hub/", "/user/bob/")),
                         asked(hub.address + path, data, method, **sign)[:2]):
        assert status in (403, 404) or (status == 200 and told in ("{}", "[]")), told
    assert hub.ann.reads("ann", SECOND) == 200 and hub.bob.asks("/hub/admin")[0] == 403


def test_a_token_opens_its_owners_server_alone_also_past_the_proxy(hub):
    sign = hub.bobs_token
    routes = asked(f"http://127.0.0.1:{hub.api}/api/routes", Authorization=f"token {hub.token}")
    behind = {name: json.loads(routes[1])[f"/user/{name}"]["target"] for name in ("ann", "bob")}
    for where, bobs in ((hub.address, True), (behind["bob"], True), (hub.address, False), (behind["ann"], False)):
        name = "bob" if bobs else "ann"
        assert (asked(f"{where}/user/{name}/api/contents/{SECOND}", **sign)[0] == 200) is bobs, where
    assert asked(f"{behind['ann']}/user/ann/api/contents")[0] == 403                    # without any
    for name, made in (("bob", 201), ("ann", 403)):
        assert asked(f"{behind[name]}/user/{name}/api/contents/work", {"type": "directory"}, "POST", **sign,
                     **{"Content-Type": "application/json"})[0] == made, name
    assert asked(f"http://127.0.0.1:{hub.api}/api/routes")[0] == 403
    assert asked(f"http://127.0.0.1:{hub.api}/api/routes", **sign)[0] == 403


@pytest.mark.skipif(not APART, reason="without root all servers run as one user of the system")
def test_a_link_to_anothers_file_opens_nothing(hub):
    """Each server is a user of its own, as each container is."""
    place = hub.homes / "bob" / "course" / "work"
    for name, target in (("theirs.ipynb", hub.homes / "ann" / "course" / SECOND), ("theirs", hub.homes / "ann")):
        (place / name).symlink_to(target)
        os.chown(place / name, USERS["bob"], USERS["bob"], follow_symlinks=False)
    for path in ("work/theirs.ipynb", "work/theirs", "work/theirs/course"):
        status, text, _ = hub.bob.asks(f"/user/bob/api/contents/{path}")
        assert status >= 400 and "bincount" not in text, path


def test_collecting_finds_what_both_wrote_and_follows_no_link(hub, tmp_path):
    for name in ("link.ipynb", "b.py"):
        if not os.path.lexists(hub.homes / "bob" / "course" / "work" / name):
            (hub.homes / "bob" / "course" / "work" / name).symlink_to(hub.homes / "ann" / "course" / SECOND)
    for name in ("ann", "bob"):
        done = hub.collect(name, tmp_path)
        assert done.returncode == 0, done.stderr
    assert b"'link.ipynb': a link, not followed" in done.stderr and b"'b.py': a link" in done.stderr
    reading = read_class([tmp_path])
    assert reading.people == ["ann", "bob"] and reading.problems == []
    texts = {who: [held.text for held in reading.submissions if held.person == who] for who in ("ann", "bob")}
    assert texts["ann"][-1].endswith(RIGHT) and len(texts["bob"]) > 5 and "bincount" not in " ".join(texts["bob"])


def test_an_update_of_the_course_leaves_edits_untouched_and_shows_no_solutions(hub):
    course = hub.homes / "ann" / "course"
    edited = (course / SECOND).read_text()
    assert hub.ann.stops("ann") in (202, 204)
    for name in running_hub.LESSONS:
        held = json.loads((course / "notebooks" / f"{name}.ipynb").read_text())
        held["cells"].append({"cell_type": "markdown", "id": "new", "metadata": {}, "source": ["second edition"]})
        (course / "notebooks" / f"{name}.ipynb").write_text(json.dumps(held))
    assert hub.ann.starts("ann") in (201, 202) and hub.ann.reads("ann") == 200
    assert "second edition" in hub.ann.asks(f"/user/ann/api/contents/{FIRST}")[1]
    assert (course / SECOND).read_text() == edited and "second edition" not in edited
    assert hub.ann.reads("ann", "solutions") == 404 and not (course / "solutions").exists()


def test_a_teacher_sees_the_solutions_and_everybodys_work(hub):
    eva = hub.signed_in("eva")
    assert eva.asks("/hub/admin")[0] == 200 and eva.starts("eva") in (201, 202)
    assert eva.reads("eva", "solutions/01_objective.ipynb") == 200
    assert asked(f"{hub.address}/user/ann/api/contents/{SECOND}", **token_of(eva, "eva"))[0] == 200
    assert eva.stops("eva") in (202, 204)


def test_who_is_taken_from_the_list_is_out(hub):
    """The last test: Bob is gone afterwards."""
    hub.people("remove", "bob")
    end = time.monotonic() + 10
    while hub.bob.asks("/hub/home")[2].endswith("/hub/home") and time.monotonic() < end:
        time.sleep(0.5)
    assert not hub.bob.asks("/hub/home")[2].endswith("/hub/home")
    assert not Person(hub.address).signs_in("bob", hub.passwords["bob"])


def test_solutions_are_shown_to_all_by_choice():
    with running_hub.running_hub(CLASS_SOLUTIONS="shown") as held:
        ann = held.signed_in("ann")
        assert ann.starts("ann") in (201, 202)
        assert ann.reads("ann", "solutions/01_objective.ipynb") == 200, held.log()[-3000:]
