"""The policies of enrichments, found without loading what these need."""

import importlib
import importlib.util
import pkgutil

from schemas.policy import POLICIES
from transforms import enrich
from transforms.enrich.policy import EnrichPolicy


def enrichment_policies() -> tuple[type, ...]:
    """Find EnrichPolicy, and what packages of enrichments declare in a module ``policy``, by name of the package."""
    packages = sorted(found.name for found in pkgutil.iter_modules(enrich.__path__) if found.ispkg)
    names = [f"{enrich.__name__}.{package}.policy" for package in packages]
    modules = [name for name in names if importlib.util.find_spec(name)]
    for module in modules:
        importlib.import_module(module)
    return (EnrichPolicy, *(policy for module in modules for policy in POLICIES if policy.__module__ == module))
