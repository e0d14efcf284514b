"""Messages that went to many, told by their headers: nobody waits for an answer to them.

Those that a program sent by itself are told in `exclusions`.
"""

from microtune_collectors.headers import Headers

LIST = ("list-id", "list-post", "mailing-list", "x-mailing-list")
NEWSLETTER = ("list-unsubscribe", "feedback-id", "x-csa-complaints", "x-campaign-id")
MANY = ("bulk", "list", "junk")  # of Precedence


def reason(headers: Headers) -> str:
    """Why nobody waits, in a few words; "" where somebody may."""
    if any(name in headers for name in LIST):
        return "a mailing list"
    if any(name in headers for name in NEWSLETTER):
        return "a newsletter"
    precedence = headers.get("precedence").strip().lower()
    return "sent to many" if precedence in MANY else ""
