"""`microtune serve` through `llm`, the command-line tool, as its own users set it up."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.running import PATIENCE_S
from tests.cli.servers import WRITE, Server, say, serving

MODELS = """
- model_id: me
  model_name: me
  api_base: "{url}"
  api_key_name: microtune
"""


def llm(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "llm", *arguments],
        env={**os.environ, "LLM_USER_PATH": str(folder)},
        capture_output=True,
        timeout=PATIENCE_S,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def set_up(folder: Path, server: Server) -> None:
    folder.mkdir()
    (folder / "extra-openai-models.yaml").write_text(MODELS.format(url=server.url))
    llm(folder, "keys", "set", "microtune", "--value", server.token)


def test_llm_asks_me(trained: Path, tmp_path: Path) -> None:
    options = ["-o", "seed", "3", "-o", "max_tokens", "12"]
    with serving() as server, server.client() as client:
        set_up(tmp_path / "llm", server)
        assert "me" in llm(tmp_path / "llm", "models")
        streamed = llm(tmp_path / "llm", "-m", "me", *options, WRITE)
        whole = llm(tmp_path / "llm", "-m", "me", "--no-stream", *options, WRITE)
        assert streamed.strip() == whole.strip() == say(client).strip()
