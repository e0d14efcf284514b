"""Admits a found text as the person's own words, or says in a few words why not.

Knows neither files nor the store; near and exact duplicates are the caller's to find.
"""

from dataclasses import replace

from microtune.curation import reasons
from microtune.curation.normalise import normalise, tidy
from microtune.curation.own_words import read_mail
from microtune.curation.quality import objection
from microtune.curation.secrets import Masked, mask
from microtune.curation.unwrapping import unwrap
from microtune.words import Found, Own, Skip

_MOST_PASSES = 6  # each pass only takes away, and hardly any mail needs more than two
_LONGEST_MAIL = 200_000  # characters; what comes after them in a mail is pasted


class Curator:
    """Keeps the own words of mails and texts. Deterministic; keeps nothing between calls."""

    def admit(self, found: Found) -> Own | Skip:
        """The person's own words in `found`, with secrets masked, or a `Skip` with its reason.

        Admitting the result's text again gives the same text. Never raises, whatever the text.
        """
        text, answered, had_foreign = _own_words(found)
        if not text and had_foreign:
            return Skip(found.place, reasons.ONLY_FOREIGN)
        reason = objection(text, found.kind, found.subject)
        if reason:
            return Skip(found.place, reason)
        masked = _masked(found, text)
        # With its secrets gone there may be too few words left.
        reason = objection(masked.text, found.kind, found.subject) if masked.count else None
        if reason:
            return Skip(found.place, reason)
        return Own(masked.text, mask(answered).text, masked.count)


def _masked(found: Found, text: str) -> Masked:
    """The own text of `found` with its secrets masked.

    A placeholder is longer or shorter than its secret: a line can look wrapped now, or like code.
    """
    masked = mask(text)
    count = masked.count
    for _ in range(_MOST_PASSES if count else 0):
        again = _own_words(replace(found, text=masked.text, answered=""))[0]
        if again == masked.text:
            break
        masked = mask(again)
        count += masked.count
    return Masked(masked.text, count)


def _own_words(found: Found) -> tuple[str, str, bool]:
    """Own text, answered text, and whether there was anybody else's."""
    if found.kind != "mail":
        answered = tidy(normalise(found.answered))
        return unwrap(tidy(normalise(found.text))), answered, False
    text = normalise(found.text[:_LONGEST_MAIL])
    mail = read_mail(text, found.subject)
    own, answered, had_foreign = mail.own, mail.answered, mail.had_foreign
    # What is taken away can bring lines together that were apart, so look until nothing changes.
    for _ in range(_MOST_PASSES):
        again = read_mail(own, found.subject).own
        if again == own:
            break
        own = again
    return own, answered, had_foreign
