"""Requests are sent without Beam."""

import subprocess
import sys

from tests.support.paths import ROOT

TRANSFORMS = {"fetch", "host_dofn", "retrieve"}
"""The modules of transforms/web that define PTransforms and DoFns."""


def test_only_transforms_load_beam() -> None:
    names = sorted(path.stem for path in (ROOT / "transforms" / "web").glob("*.py") if path.stem != "__init__")
    assert set(names) > TRANSFORMS
    modules = ", ".join(f"transforms.web.{name}" for name in names if name not in TRANSFORMS)
    code = f"import sys; import {modules}; print('apache_beam' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
