"""How a package is installed that newsmill can do without."""

import importlib.metadata
import os
import shlex
import sys
from pathlib import Path


def install_command(requirement: str, *, extra: str | None = None) -> str:
    """Return the command that installs a package into the Python that runs, which need not be the first in PATH.

    Args:
        requirement: as pip takes it.
        extra: the extra of newsmill that has it. It is named where newsmill was installed by pip: a checkout that
            ``run.sh`` starts is not, and no index need know it.
    """
    is_installed = extra is not None and _is_distribution("newsmill")
    pip = Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin") / "pip"
    command = shlex.quote(str(pip)) if sys.prefix != sys.base_prefix and pip.exists() else "pip"
    return f"{command} install {shlex.quote(f'newsmill[{extra}]' if is_installed else requirement)}"


def _is_distribution(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
