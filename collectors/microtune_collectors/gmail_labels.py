"""What Gmail's labels, which Takeout writes into X-Gmail-Labels, say against a message.

They are in the language of the account. Knows nothing of the rest of a message.
"""

from collections.abc import Iterable

from microtune_collectors.sent_mail import is_sent_name

CHATS = {"chat", "chats", "чат", "чаты", "チャット", "聊天", "채팅"}
DELETED = {
    "trash", "bin", "papierkorb", "corbeille", "papelera", "cestino", "lixeira", "lixo",
    "prullenbak", "papperskorgen", "papirkurv", "kosz", "корзина", "ゴミ箱", "已删除邮件",
}  # fmt: skip
DRAFTS = {
    "draft", "drafts", "entwürfe", "brouillons", "borradores", "bozze", "rascunhos", "concepten",
    "utkast", "kladder", "wersje robocze", "черновики", "下書き", "草稿",
}  # fmt: skip

NOT_SENT = ("not labelled as sent", "")


def reason_against(labels: Iterable[str]) -> tuple[str, str] | None:
    """Why a message with these labels is not the owner's sent mail (reason, detail), or None."""
    names = {label.casefold() for label in labels}
    if names & CHATS:
        return "chat", ""
    if names & DELETED:
        return "deleted", ""
    if names & DRAFTS:
        return "machine-made", "draft"
    return None if any(map(is_sent_name, names)) else NOT_SENT
