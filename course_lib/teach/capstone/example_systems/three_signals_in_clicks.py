"""The same system for the shop, which learns from long clicks there too."""

from course_lib.launch.launch_plan import SHOP_GUARDRAILS, LaunchPlan
from course_lib.teach.capstone.example_systems import three_signals

three_signals.SETTINGS.update(choose=(1, 2, 0.5))
System = three_signals.System
PLAN = LaunchPlan("ten days, by spend", steps=((0.05, 1), (0.5, 9)), primary="spend per user", doubts_from=4,
                  guardrails=dict(SHOP_GUARDRAILS))
