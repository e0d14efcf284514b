"""An authorship verifier: is a text by this person? It learns what likeness means on other people.

A text is compared with a person's reference texts and with those of everybody else, the impostors
(Koppel and Winter, 2014, "Determining if two documents are written by the same author"): what
counts is by how much it is nearer to the person. The measures of nearness are cosines of character
n-grams, as in the baseline of PAN 2020 (Kestemont et al., 2020), taken of disguised texts, and of
standardised frequencies of function words (Smith and Aldridge, 2011, "cosine delta"). A logistic
regression weighs them; it never meets a text of the person whom it is asked about.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from .spaces import Characters, FunctionWords, Space, cosines, length_of_mean

NEAREST = 5  # of the reference texts
STRONGEST = 3  # of the impostors


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody's texts: `references` show how they write, of `practice` a verifier learns."""

    name: str
    kind: str
    references: tuple[str, ...]
    practice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A text by `writer` ("" for a program) that is asked to be by `claimed`."""

    text: str
    claimed: str
    writer: str


class Verifier:
    """Asks about one person, having learned on all the others."""

    def __init__(self, authors: Sequence[Author], person: str, seed: int = 0) -> None:
        self.person = person
        self._others = [author for author in authors if author.name != person]
        spaces: tuple[Space, ...] = (Characters(), FunctionWords())
        shown = [text for author in self._others for text in author.references]
        self._spaces = [space.fitted(shown) for space in spaces]
        self._references = {
            author.name: [space.vectors(author.references) for space in self._spaces]
            for author in authors
        }
        cases = list(practice(self._others, seed))
        self._judge: Pipeline = make_pipeline(
            StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000)
        )
        self._judge.fit(
            self._features(cases, leave_out=person), [c.claimed == c.writer for c in cases]
        )

    def log_odds(self, texts: Sequence[str], writers: Sequence[str]) -> list[float]:
        """For each text how likely the person is to have written it; above 0 it is accepted.

        A true writer is no impostor of their own text; that of a program's text is "".
        """
        cases = [Case(t, self.person, w) for t, w in zip(texts, writers, strict=True)]
        if not cases:
            return []
        return [float(odds) for odds in self._judge.decision_function(self._features(cases))]

    def _features(self, cases: Sequence[Case], leave_out: str = "") -> Any:
        """[cases, 2 × measures + 1]: leads over the impostors, and the text's length."""
        names = list(self._references)
        near = self._nearness([case.text for case in cases])  # [cases, people, measures]
        rows = []
        for case, row in zip(cases, near, strict=True):
            nobody = {case.claimed, case.writer, leave_out}
            impostors = np.sort(row[[i for i, name in enumerate(names) if name not in nobody]], 0)
            own = row[names.index(case.claimed)]
            leads = (own - impostors.mean(0), own - impostors[-STRONGEST:].mean(0))
            rows.append(np.concatenate((*leads, [np.log(1 + len(case.text.split()))])))
        return np.array(rows)

    def _nearness(self, texts: Sequence[str]) -> Any:
        """To each person: the cosine with their mean text, and with their nearest texts."""
        asked = [space.vectors(texts) for space in self._spaces]
        people = []
        for references in self._references.values():
            measures = []
            for mine, theirs in zip(asked, references, strict=True):
                near = cosines(mine, theirs)
                nearest = np.sort(near, 1)[:, -NEAREST:]
                measures += [near.mean(1) / length_of_mean(theirs), nearest.mean(1)]
            people.append(np.stack(measures, 1))
        return np.stack(people, 1)


def practice(authors: Sequence[Author], seed: int) -> Iterator[Case]:
    """Everybody's own texts, and as many of others who write the same kind, if there are any."""
    rng = random.Random(seed)
    for author in authors:
        others = [one for one in authors if one.name != author.name]
        same = [one for one in others if one.kind == author.kind] or others
        strangers = [Case(t, author.name, one.name) for one in same for t in one.practice]
        yield from (Case(text, author.name, author.name) for text in author.practice)
        yield from rng.sample(strangers, min(len(strangers), len(author.practice)))
