"""The package ``benchmarks`` for a benchmark that is run as a file, ``python benchmarks/NAME.py``.

Python looks for modules beside such a file, where it finds this one, and not in the checkout. This module has the
checkout searched instead, and steps aside for the package itself.
"""

import importlib
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])
del sys.modules[__name__]
importlib.import_module(__name__)
