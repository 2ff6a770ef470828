"""What identifies an element in the work of a run."""

from typing import Any

from schemas.documents import Retrieved
from schemas.outcomes import Subject
from transforms.identity import digest
from transforms.letters.make import url_of
from transforms.letters.replay_element import origin_of


def subject_of(element: Any) -> Subject:
    """Return what a dead letter about an element names: the source of what was retrieved, else the element."""
    subject: Subject = element.source if isinstance(element, Retrieved) else element
    return subject


def work_key(stage: str, element: Any) -> str:
    """Return the key of an element in the work of one stage; a pure function of where it came from."""
    subject = subject_of(element)
    origin = origin_of(subject)
    return digest(stage, type(subject).__name__, origin.uri, str(origin.position), url_of(subject) or "")
