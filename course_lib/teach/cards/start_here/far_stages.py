"""Cases of lesson {{start_here}} with long funnels and large ids: what a narrow type or a fixed length would hide."""

import numpy as np

from course_lib.teach.definitions.card import Case

_MANY = [(f"stage {place}", np.arange(400 - 3 * place)) for place in range(120)]
LOST = [
    Case("item 50, lost at the 118th of 120 stages", (50, _MANY)), Case("item 10, shown after 120 stages", (10, _MANY)),
    Case("item 330, lost at the 25th of 120 stages", (330, _MANY)), Case("item 240, lost at the 55th of 120 stages", (240, _MANY)),
    Case("item 70001, beside one 65,536 below", (70_001, [("gather", np.array([4_465, 12]))])),
    Case("item 4465, beside one 65,536 above", (4_465, [("gather", np.array([70_001, 12]))])),
]
