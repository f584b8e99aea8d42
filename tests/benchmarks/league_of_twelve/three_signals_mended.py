"""The solved lesson's system after the mend: the choice weighs all three signals."""

from course_lib.teach.capstone.example_systems import three_signals

three_signals.SETTINGS["choose"] = (1, 2, 0.5)          # EASE, taste, rate
System, PLAN = three_signals.System, three_signals.PLAN
