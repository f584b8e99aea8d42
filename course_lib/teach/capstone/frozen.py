"""Read last in the clean process: reads the modules that COURSE_PARTS names, compiles what can be compiled ahead, and
takes all that it then holds out of the search for garbage.

Otherwise each submission's process would read and compile them anew, go through all that libraries keep, and make
copies of the memory that it shares with the others.
"""

import contextlib
import gc
import importlib
import os
import sys

for name in os.environ.pop("COURSE_PARTS", "").split():
    with contextlib.suppress(Exception):                    # then it is the affair of who needs it
        importlib.import_module(name)
for name, module in list(sys.modules.items()):
    if name.startswith("course_lib.stages.") and hasattr(module, "compile_ahead"):
        with contextlib.suppress(Exception):                # it is compiled, or fails, where it is needed
            module.compile_ahead()
gc.collect()
gc.freeze()
