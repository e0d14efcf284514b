"""A document's zip may lie, hold too much or be packed oddly: refused before it takes memory."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from fuzz.readers import SKELETONS, pack
from fuzz.seed_documents import ODF, WORD

from microtune_collectors.formats import office_zip
from microtune_collectors.readers import Unreadable, read

MAIN = {".docx": "word/document.xml", ".odt": "content.xml"}
WHOLE = {".docx": WORD, ".odt": ODF}
BODY = {".docx": "</w:body>", ".odt": "</o:text>"}


def document(
    suffix: str, more: str = "", method: int = zipfile.ZIP_DEFLATED, **parts: bytes
) -> bytes:
    """A document with this XML at the end of its body."""
    xml = WHOLE[suffix].replace(BODY[suffix], more + BODY[suffix]).encode()
    data = io.BytesIO(pack(parts, SKELETONS[suffix]))
    with zipfile.ZipFile(data, "a", method) as packed:
        packed.writestr(MAIN[suffix], xml)
    return data.getvalue()


def refusal(suffix: str, data: bytes) -> tuple[str, str]:
    with pytest.raises(Unreadable) as refused:
        read(Path(f"a{suffix}"), data)
    return refused.value.reason, refused.value.detail


@pytest.mark.parametrize("suffix", MAIN)
@pytest.mark.parametrize("said", [1000, 0xFFFFFFFE])
def test_what_the_zip_says_of_a_size_is_not_believed(suffix: str, said: int) -> None:
    """48 KB that unpack to 48 MB, and are said to be a kilobyte, or 4 GB."""
    data = bytearray(document(suffix, " " * (48 << 20)))
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<I", data, at + 24, said)
    tracemalloc.start()
    try:
        reason, _ = refusal(suffix, bytes(data))
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()
    assert reason in ("too large", "damaged file")


@pytest.mark.parametrize("suffix", MAIN)
def test_a_million_elements_are_too_many(suffix: str) -> None:
    assert refusal(suffix, document(suffix, "<a/>" * office_zip.MOST_NODES))[0] == "too large"
    assert (
        refusal(suffix, document(suffix, "<a " + 'b=""' * office_zip.MOST_NODES))[0] == "too large"
    )


@pytest.mark.parametrize("suffix", MAIN)
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_bound_is_refused(suffix: str, method: int) -> None:
    assert "packed by method" in refusal(suffix, document(suffix, method=method))[1]


@pytest.mark.parametrize("suffix", MAIN)
def test_thousands_of_parts_are_too_many(suffix: str) -> None:
    parts = {f"part{number}": b"" for number in range(office_zip.MOST_PARTS)}
    assert refusal(suffix, document(suffix, **parts))[0] == "too large"


@pytest.mark.parametrize("suffix", MAIN)
def test_pictures_are_not_unpacked(suffix: str) -> None:
    whole = read(Path(f"a{suffix}"), document(suffix))
    data = io.BytesIO(document(suffix))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/media/a.bmp", bytes(48 << 20))
    tracemalloc.start()
    try:
        assert read(Path(f"a{suffix}"), data.getvalue()) == whole
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>', "XML with definitions"),
        ('<!DOCTYPE a [<!ENTITY a "b">]><a/>'.encode("utf-16"), "XML with definitions"),
        (b'<?xml version="1.0" encoding="utf-7"?>+ADw-a/+AD4-', "no XML in a usual encoding"),
        (
            '<?xml version="1.0" encoding="cp037"?><a/>'.encode("cp037"),
            "no XML in a usual encoding",
        ),
        (b"words", "no XML in a usual encoding"),
    ],
)
def test_xml_that_cannot_be_counted_is_refused(content: bytes, detail: str) -> None:
    assert refusal(".odt", pack({"content.xml": content}, SKELETONS[".odt"]))[1] == detail
    assert refusal(".docx", document(".docx", **{"word/styles.xml": content}))[1] == detail


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("suffix", MAIN)
def test_usual_encodings_are_read(suffix: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n{WHOLE[suffix]}'
    data = pack({MAIN[suffix]: declared.encode(encoding)}, SKELETONS[suffix])
    assert "five" in read(Path(f"a{suffix}"), data).text


def test_a_word_document_that_says_nothing_of_itself_has_no_title_and_date() -> None:
    """python-docx would call it "Word Document", written now."""
    text = read(Path("a.docx"), document(".docx"))
    assert (text.title, text.author, text.written) == ("", "", None)
