"""Why a text is not taken. `collect` counts its skips under these few short strings."""

TOO_SHORT = "too short"  # too few own words to carry a voice
ONLY_FOREIGN = "only quoted or forwarded"  # nothing of one's own beside others' text
MACHINE_MADE = "machine-made"  # invitations, receipts, bounces, automatic replies
NOT_PROSE = "not prose"  # tables, logs, lists of links or codes
EXACT_DUPLICATE = "exact duplicate"  # the same text is in the store (counted by the caller)
NEAR_DUPLICATE = "near duplicate"  # most of its word triples are in the store (by the caller)
FORGOTTEN = "forgotten"  # its owner had it erased (by the caller)

MEANING = {
    TOO_SHORT: "fewer own words than carry a voice",
    ONLY_FOREIGN: "others' text with nothing of your own beside it",
    MACHINE_MADE: "an invitation, receipt, bounce or automatic reply",
    NOT_PROSE: "a table, a log, or a list of links or codes",
    EXACT_DUPLICATE: "word for word the same as a text already kept",
    NEAR_DUPLICATE: "almost the same as a text already kept",
    FORGOTTEN: "you had it forgotten",
}
