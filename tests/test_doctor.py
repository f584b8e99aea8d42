"""The doctor names what is missing and the remedy, and is quiet where all is well."""

from course_lib import doctor


def test_a_python_is_lacking_where_it_is_too_old_or_too_new():
    for version, why in (((3, 10, 4), "too old"), ((3, 15, 0), "too new")):
        found = doctor.python_version(version)
        assert found.state == doctor.LACKS and why in found.says and "3.11 to 3.14" in found.says
        assert "PYTHON=python3.11" in found.remedy
    assert doctor.python_version((3, 11, 0)).state == doctor.OK
    assert "tested with 3.11" in doctor.python_version((3, 14, 9)).says


def test_a_missing_package_is_named():
    found = doctor.packages({}, ["numpy", "no-such-package"])
    assert found.state == doctor.LACKS and "no-such-package" in found.says and found.remedy == "make lab"


def test_a_version_that_is_not_the_locked_one_is_named_with_both():
    found = doctor.packages({"numpy": "0.1"}, ["numpy"])
    assert found.state == doctor.NOTE and "locked 0.1" in found.says


def test_the_local_part_of_a_version_does_not_count():
    from importlib.metadata import version

    assert doctor.packages({"torch": version("torch").split("+")[0]}, ["torch"]).state == doctor.OK


def test_names_are_compared_as_pip_compares_them():
    from importlib.metadata import version

    assert doctor.packages({"Scikit_Learn": version("scikit-learn")}, ["SciKit.learn"]).state == doctor.OK


def test_spinning_threads_are_named(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert any("=passive" in f.remedy for f in doctor.openmp("Linux"))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert any("OMP_NUM_THREADS=1" in f.remedy for f in doctor.openmp("Darwin"))


def test_whatever_is_not_well_has_a_remedy_and_fits_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    found = doctor.findings()
    assert {"python", "packages", "jupyter", "disk", "data"} <= {f.what for f in found}
    assert all(f.remedy for f in found if f.state != doctor.OK)
    assert all("\n" not in str(f) for f in found)
    assert any(f.what == "data" and "ml100k" in f.says and f.state == doctor.NOTE for f in found)


def test_only_what_is_lacking_fails(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "findings", lambda: [doctor.Finding("x", doctor.NOTE, "less", "do")])
    assert doctor.main() == 0
    monkeypatch.setattr(doctor, "findings", lambda: [doctor.Finding("x", doctor.LACKS, "gone", "do")])
    assert doctor.main(quiet=True) == 1
    assert "Remedy: do" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "findings", lambda: [doctor.Finding("x", doctor.OK, "fine")])
    assert doctor.main(quiet=True) == 0
    assert capsys.readouterr().out == "nothing is missing\n"
