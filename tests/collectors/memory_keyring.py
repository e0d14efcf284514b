"""A real back end of the keyring library that keeps passwords in memory. Knows nothing of mail."""

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    priority = 0.5  # never found by itself; the class attribute is raised on instances
    kept: dict[tuple[str, str], str]

    def __init__(self, trust: float = 5) -> None:
        super().__init__()
        self.kept = {}
        self.priority = trust

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError(username)
        del self.kept[service, username]
