"""The messages of PLAIN, XOAUTH2 and OAUTHBEARER, against the examples in their specifications.

`test_imap_tokens.py` logs in with the latter two.
"""

from base64 import b64encode

from microtune_collectors.imap_account import Account
from microtune_collectors.imap_login import oauthbearer, plain, xoauth2

REFUSAL = b'{"status":"invalid_token"}'


def test_plain() -> None:
    """RFC 4616, section 4."""
    assert plain("tim", "tanstaaftanstaaf") == b"\0tim\0tanstaaftanstaaf"
    assert plain("zoë", "schlüssel") == b"\0zo\xc3\xab\0schl\xc3\xbcssel"


def test_xoauth2() -> None:
    """The example of Google's "OAuth 2.0 Mechanism"."""
    respond = xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    assert b64encode(respond(b"")) == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRj"
        b"Mk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )
    assert respond(REFUSAL) == b""


def test_oauthbearer() -> None:
    """RFC 7628, section 4.1; "=" and "," in a name are escaped as RFC 5801 has it."""
    account = Account("imap", "user@example.com", "server.example.com", 143)
    respond = oauthbearer(account, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
    assert b64encode(respond(b"")) == (
        b"bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQz"
        b"AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9"
        b"PQEB"
    )
    assert respond(REFUSAL) == b"\x01"
    odd = oauthbearer(Account("imap", "a=b,c", "x.org", 143), "t")
    assert odd(b"").startswith(b"n,a=a=3Db=2Cc,\x01")
