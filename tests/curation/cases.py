"""The shape of an invented mail and what curation is expected to make of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """A mail body with its subject, the own words in it and the message it answers."""

    name: str
    text: str
    own: str
    answered: str = ""
    subject: str = ""


def ids(case: Case) -> str:
    return case.name
