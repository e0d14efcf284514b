"""What is masked, what must not be, and that masking twice is masking once.

The secrets here are made up; they are put together so that no scanner takes them for real ones.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.curation.secrets import Masked, mask

RANDOM = "q7Zp2Lx9Vb4Nc8Rt1Ws6Yd3K"
SECRETS = [
    ("password: hunter2", "password: [password]"),
    ("Password = 'open sesame'? No: Password = 'opensesame'", "Password = [password]"),
    ("The password is swordfish.", "The password is [password]."),
    ("my pw is Tr0ub4dor&3, don't tell", "my pw is [password], don't tell"),
    ("das Passwort lautet g3heim!", "das Passwort lautet [password]!"),
    ("mot de passe : soleil77", "mot de passe : [password]"),
    ("PIN: 4821", "PIN: [password]"),
    ("api_key=abc123def456", "api_key=[token]"),
    ("AKIA" + "ABCDEFGHIJKLMNOP", "[token]"),
    ("ghp_" + "a1B2" * 9, "[token]"),
    ("xoxb-" + "123456789012-abcdef", "[token]"),
    ("sk_live_" + "0123456789abcdef", "[token]"),
    ("eyJhbGciOi1." + "eyJzdWIiOiIx." + "abcdefgh12", "[token]"),
    ("https://ida:geheim@kiln.example/x", "https://ida:[password]@kiln.example/x"),
    ("https://kiln.example/x?token=abcdefgh12&y=1", "https://kiln.example/x?token=[token]&y=1"),
    ("pay to NO93 8601 1117 947 PLEASE", "pay to [iban] PLEASE"),
    ("DE89370400440532013000", "[iban]"),
    ("card 4111 1111 1111 1111, exp 12/27", "card [card], exp 12/27"),
    ("3782-822463-10005", "[card]"),
    ("SSN 078-05-1120", "SSN [ssn]"),
    (f"it is {RANDOM} now", "it is [key] now"),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA1234567890abcdef\n"
        "-----END RSA PRIVATE KEY-----",
        "[key]",
    ),
    (
        "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA1234567890abcdef\n\nand so on",
        "[key]\n\nand so on",
    ),
]
HARMLESS = [
    "The password is wrong, and the token is not the issue.",
    "Your password is required when you log in again.",
    "She changed the password; the password was changed by her.",
    "A password is always kept by somebody who forgets it.",
    "Call me at +47 22 12 34 56 or 713-555-0199, extension 3-7376.",
    "The order 4111 1111 1111 1112 has no valid checksum.",
    "We met on 2001-03-04 at 10:15, room 1234, invoice 20010304-17.",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 broke it",
    "see twisted.internet.interfaces.IReactorProcess and /usr/lib/python3/dist-packages/foo2",
    "AnExtraordinarilyLongClassNameVersion2ForTheOldWheel",
    "The idea of hashed passwords was around before that.",
    "He is the token Norwegian on a board of five.",
    "https://kiln.example/a/very/long/path/with/Words2and/Numbers3",
    "pin the note to the door",
    "[password] and [key] stand here already: password: [password]",
]


@pytest.mark.parametrize(("text", "expected"), SECRETS)
def test_secret_is_masked(text: str, expected: str) -> None:
    masked = mask(text)
    assert masked.text.endswith(expected)
    assert masked.count >= 1


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_unchanged(text: str) -> None:
    assert mask(text) == Masked(text, 0)


def test_every_secret_is_counted() -> None:
    assert mask(f"password: hunter2, card 4111111111111111\n{RANDOM}").count == 3


pieces = st.sampled_from([text for text, _ in SECRETS] + HARMLESS) | st.text(max_size=30)


@given(st.lists(pieces, max_size=6), st.sampled_from([" ", "\n", ""]))
def test_masking_again_changes_nothing(parts: list[str], between: str) -> None:
    once = mask(between.join(parts))
    again = mask(once.text)
    assert (again.text, again.count) == (once.text, 0)


@given(st.lists(pieces, max_size=6))
def test_nothing_but_secrets_changes(parts: list[str]) -> None:
    """Between its placeholders the masked text is the original, in order."""
    text = "\n".join(parts)
    at = 0
    for kept in re.split(r"\[(?:password|token|key|iban|card|ssn)\]", mask(text).text):
        found = text.find(kept, at)
        assert found >= 0
        at = found + len(kept)
