"""What a machine has, and which bases suit it."""

import os
from pathlib import Path

import pytest

from microtune_adapters import machine as machines
from microtune_adapters.catalogue import CATALOGUE, find
from microtune_adapters.machine import Gpu, Machine, this_machine
from microtune_adapters.suiting import advised, drafting_mb, suit, training_mb


def a_machine(memory_gb: float, cores: int = 8, disk_mb: int = 500_000) -> Machine:
    memory = int(memory_gb * 1000)
    return Machine(memory, memory - 2000, cores, None, disk_mb)


def test_this_machine_is_read(tmp_path: Path) -> None:
    here = this_machine(tmp_path / "not" / "there" / "yet")
    assert 0 < here.available_mb <= here.memory_mb
    assert here.cores >= 1
    assert here.disk_mb > 0
    assert f"{here.memory_mb / 1e3:.1f} GB of memory" in here.line


@pytest.mark.parametrize(
    ("says", "gpu"),
    [
        (
            "echo 'NVIDIA H100 80GB HBM3, 81559'; echo 'Other, 1'",
            Gpu("NVIDIA H100 80GB HBM3", 85520),
        ),
        ("echo 'Odd, Name, 100'", Gpu("Odd, Name", 104)),
        ("echo 'NVIDIA GB10, [N/A]'", None),
        ("echo 'Failed to initialize NVML'", None),
        ("echo 'NVIDIA H100, 81559'; exit 9", None),
        ("exec sleep 600", None),
    ],
)
def test_a_graphics_processor_is_what_nvidia_smi_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, gpu: Gpu | None
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(machines, "PATIENCE_S", 0.5 if "sleep" in says else 60.0)
    assert this_machine(tmp_path).gpu == gpu


def test_more_memory_never_has_a_smaller_base_advised() -> None:
    chosen = [advised(a_machine(gb)).entry for gb in (1, 2, 4, 8, 16, 32, 64, 128)]
    places = [CATALOGUE.index(entry) for entry in chosen]
    assert places == sorted(places)
    assert chosen[0].name == "pocket"
    assert chosen[-1] == CATALOGUE[-1]


def test_what_is_advised_trains_within_the_memory_and_writes_no_thoughts() -> None:
    for gb in (4, 8, 16, 32, 64, 128):
        entry = advised(a_machine(gb)).entry
        assert training_mb(entry) < gb * 1000
        assert drafting_mb(entry) < gb * 1000
        assert not entry.thinks


def test_few_cores_have_a_base_advised_that_a_night_is_enough_for() -> None:
    few, many = advised(a_machine(128, cores=1)), advised(a_machine(128, cores=16))
    assert few.entry.parameters < many.entry.parameters
    assert few.larger
    assert "a night's training is too short on 1 core." in few.why


def test_one_sentence_says_why_and_what_the_next_one_lacks() -> None:
    advice = advised(a_machine(3))
    assert advice.why.startswith("pocket suits this machine: it trains within 0.7 GB of the 2.2 GB")
    assert "The next larger, smollm2-360m, drafts with 1.1 GB of memory" in advice.why
    assert advice.drafts_only
    assert advice.drafts_only.entry.name == "qwen2.5-1.5b"
    assert advised(a_machine(128)).larger is advised(a_machine(128)).drafts_only is None


def test_a_base_that_is_here_needs_no_more_disk() -> None:
    entry, full = find("qwen2.5-0.5b"), a_machine(64, disk_mb=1000)
    assert suit(full, entry).why == "needs 2.7 GB of free disk"
    assert suit(full, entry).fits == "no"
    assert suit(full, entry, here=True).fits == "trains"
    assert suit(full, find("pocket")).fits == "trains"


def test_a_small_machine_is_told_what_is_too_large_to_draft_with() -> None:
    assert suit(a_machine(2), find("qwen3-4b")).why.startswith("needs 3.2 GB of memory to draft")
