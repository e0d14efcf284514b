"""The token that other programs show: a file in the home that its owner alone can read."""

import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home

FILE = "serve.token"
ANEW = "Run `microtune serve --new-token` for another, and give that one to your programs."


@dataclass(frozen=True, slots=True)
class Bearer:
    """Read anew for each request, so a token that was replaced is refused at once."""

    path: Path

    @classmethod
    def of(cls, home: Home, anew: bool = False) -> "Bearer":
        """The token of a home, made where there is none or `anew`. Raises `MicrotuneError`."""
        path = home.create().path / FILE
        try:
            if anew or not path.exists():
                replace_file(path, secrets.token_urlsafe(32) + "\n")
            mode = path.stat().st_mode
        except OSError as error:
            raise MicrotuneError(f"cannot use {path} ({error.strerror})", ANEW) from error
        if mode & 0o077:
            raise MicrotuneError(f"others on this machine can read {path}", ANEW)
        if not cls(path)._token():
            raise MicrotuneError(f"{path} holds no token", ANEW)
        return cls(path)

    def opens(self, authorization: str) -> bool:
        """Whether the header holds the token. Takes as long for one that is nearly right."""
        scheme, _, given = authorization.partition(" ")
        token = self._token()
        right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token)
        return scheme.lower() == "bearer" and bool(token) and right

    def _token(self) -> bytes:
        try:
            return self.path.read_bytes().strip()
        except OSError:
            return b""
