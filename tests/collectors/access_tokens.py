"""Access tokens as an authority hands them out: JSON Web Tokens signed with HMAC (RFC 7519).

Knows nothing of servers.
"""

import hmac
import json
import time
from base64 import urlsafe_b64encode


def access_token(user: str, key: bytes, lifetime_s: float = 3600) -> str:
    """A token for `user`, issued a moment ago; a negative lifetime is over."""
    now = int(time.time()) - 1  # a server whose clock is a little behind takes none of the future
    claims = {"sub": user, "iat": now, "exp": int(now + lifetime_s)}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64(hmac.digest(key, signed.encode(), 'sha256'))}"


def _part(content: dict[str, object]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
