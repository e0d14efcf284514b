"""The mail of the benchmark of many messages: the same for the same seed, of every kind, kept."""

import json
import mailbox
import random
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from microtune.curation.curator import Curator
from microtune.preview import NothingKept
from microtune.sifting import Kept, Sifter
from microtune.words import Found, Skip, Source
from microtune_collectors.mbox import MboxCollector
from tests.house.files import ROOT
from tests.microtune.invented import letter

BENCH = ROOT / "scripts" / "bench"
COUNT = 300


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records as a corpus has them."""
    path = tmp_path_factory.mktemp("texts") / "letters.jsonl"
    path.write_text(
        "".join(json.dumps({"text": letter(number, 20)}) + "\n" for number in range(300))
    )
    return path


def composed(texts: Path, folder: Path) -> tuple[Path, list[str]]:
    command = [sys.executable, BENCH / "composed_mail.py", folder, "--messages", COUNT]
    more = ["--maildir", 3, "--notes", 2, "--later", 2, "--texts", texts, "--seed", 5]
    done = subprocess.run(map(str, command + more), capture_output=True, text=True, check=True)
    return folder, json.loads(done.stdout)["me"]


@pytest.fixture(scope="module")
def mail(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    return composed(texts, tmp_path_factory.mktemp("mail"))


def test_the_same_seed_makes_the_same_bytes(
    texts: Path, mail: tuple[Path, list[str]], tmp_path: Path
) -> None:
    again, _ = composed(texts, tmp_path / "again")
    made = {path.relative_to(mail[0]): path for path in mail[0].rglob("*") if path.is_file()}
    assert len(made) == 1 + 3 + 2 + 3 * 2
    for place, path in made.items():
        assert (again / place).read_bytes() == path.read_bytes()


def test_messages_are_laid_out_in_all_the_usual_ways(mail: tuple[Path, list[str]]) -> None:
    with closing(mailbox.mbox(mail[0] / "sent.mbox")) as box:
        messages = list(box)
    assert len(messages) == COUNT
    assert len({message["Message-ID"] for message in messages}) == COUNT
    assert all(message["Date"] and message["To"] and message["Subject"] for message in messages)
    kinds = Counter(message.get_content_type() for message in messages)
    assert set(kinds) == {"text/plain", "multipart/alternative"}
    encodings = {message["Content-Transfer-Encoding"] for message in messages}
    assert encodings == {None, "8bit", "base64", "quoted-printable"}
    assert 0.3 < sum("In-Reply-To" in message for message in messages) / COUNT < 0.7


def test_nearly_all_survive_and_others_go_for_many_reasons(mail: tuple[Path, list[str]]) -> None:
    folder, me = mail
    sifter = Sifter(NothingKept(), Curator())
    source = Source("mbox", str(folder / "sent.mbox"), tuple(me))
    outcomes = [
        sifter.sift(source.id, item) if isinstance(item, Found) else item
        for item in MboxCollector(source).collect({})
    ]
    reasons = Counter(item.reason for item in outcomes if isinstance(item, Skip))
    assert set(reasons) >= {"too short", "machine-made", "only quoted or forwarded"}
    kept = [item.document.text for item in outcomes if isinstance(item, Kept)]
    assert 0.8 < len(kept) / COUNT < 0.95
    assert not any("wrote:" in text or "Mill Lane" in text for text in kept)
    assert len(random.Random(1).choice(kept).split()) >= 15


def test_the_tables_set_both_archives_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from many_messages_tables import markdown

    page = markdown({"few": archive(200, 1.0), "many": archive(2000, 1.5)})
    assert "An mbox of 4 MB with 2000 messages, of which 1800 documents stay" in page
    assert "| the mbox | 10.0 | 200 | 0.40 | 90 | 1800 | 12.0 |" in page
    assert "| a note: s until stored | 1.00 (2.00) | 1.50 (3.00) | 1.50 | < 2 |" in page
    assert "Dropped of the mbox: 7 too short." in page


def archive(messages: int, seconds: float) -> dict[str, Any]:
    """The figures of one archive, invented."""
    one = {"seconds": 10.0, "peak_mb": 90, "database_mb": 12.0, "skipped": {"too short": 7}}
    collected = {**one, "bytes": 2000 * messages, "new": messages * 9 // 10, "total": messages}
    spread = {"median": seconds, "longest": 2 * seconds}
    names = ("seconds", "cpu_s", "read_mb", "peak_mb", "daemon_s")
    return {
        "messages": messages,
        "files": {"maildir": messages // 10, "notes": messages // 100},
        **dict.fromkeys(("archive", "others", "nothing"), collected),
        "plain": spread,
        "events": {"a note": dict.fromkeys(names, spread)},
    }
