"""The catalogue: what it promises of each base, and which names mean one."""

import re

import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.bases import pocket_path
from microtune_adapters.catalogue import CATALOGUE, Entry, find, known
from microtune_adapters.gguf_inspect import ARCHITECTURES, inspect_base

TO_DOWNLOAD = [entry for entry in CATALOGUE if not entry.packaged]


@pytest.mark.parametrize("entry", TO_DOWNLOAD, ids=lambda entry: entry.name)
def test_an_entry_pins_one_file_that_can_serve(entry: Entry) -> None:
    assert entry.architecture in ARCHITECTURES
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
    assert re.fullmatch(r"[\w.-]+\.gguf", entry.file)
    assert re.fullmatch(r"[0-9a-f]{40}", entry.revision)
    assert re.fullmatch(r"[0-9a-f]{64}", entry.sha256 or "")
    assert entry.licence
    assert entry.expect.endswith(".")
    # Q4_K_M takes about 0.6 bytes for a weight, Q8_0 1.06, and the tokenizer some megabytes
    assert 0.55 < entry.bytes / entry.parameters < 1.1


def test_names_and_hashes_are_of_one_base_each_and_sizes_rise() -> None:
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE)
    assert len({entry.sha256 for entry in TO_DOWNLOAD}) == len(TO_DOWNLOAD)
    assert [entry.name for entry in CATALOGUE if entry.packaged] == [CATALOGUE[0].name]


@pytest.mark.skipif(not pocket_path().exists(), reason="pocket is not in this checkout")
def test_pockets_entry_is_of_the_pocket_that_is_shipped() -> None:
    entry, base = find("pocket"), inspect_base(pocket_path())
    assert (entry.bytes, entry.parameters) == (base.bytes, base.parameters)
    assert (entry.architecture, entry.vocabulary) == (base.architecture, base.vocabulary)


def test_a_name_is_found_however_it_is_written() -> None:
    assert find("Qwen2.5-0.5B").name == "qwen2.5-0.5b"


def test_another_file_on_the_hub_can_be_named() -> None:
    entry = find("hf:Ann/Some.Model-GGUF/q8/Some.Model-Q8_0.gguf")
    assert (entry.repository, entry.file) == ("Ann/Some.Model-GGUF", "q8/Some.Model-Q8_0.gguf")
    assert entry.name == "ann--some.model-gguf--q8--some.model-q8_0"
    assert entry.sha256 is None


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4",
        "ann/model/file.gguf",  # a path, for all that anybody knows
        "hf:ann/model",
        "hf:ann/model/file.bin",
        "hf:ann/model/../../file.gguf",
        "hf:../model/file.gguf",
        "hf:ann/model/.gguf",
        "hf:ann/model//file.gguf",
        "hf:ann/mo del/file.gguf",
        "hf:ann/model/file.gguf\n",
        "",
    ],
)
def test_any_other_name_means_nothing(name: str) -> None:
    assert known(name) is None
    with pytest.raises(MicrotuneError, match="has no base called"):
        find(name)
