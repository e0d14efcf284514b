"""Word documents (.docx, ISO 29500): the paragraphs of the body; tables stay out."""

import io
from datetime import datetime
from typing import Any

from microtune_collectors import dates
from microtune_collectors.encoding import tidy
from microtune_collectors.formats.office_zip import opened, xml_only
from microtune_collectors.formats.text import Text


def read_docx(data: bytes) -> Text:
    """The text of a Word document. Raises `Unreadable`."""
    with opened(data) as packed:
        import docx
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.text.paragraph import Paragraph

        document = docx.Document(io.BytesIO(xml_only(packed)))
        blocks = document.iter_inner_content()
        # Asking a paragraph for its text is slow; most that have none have no element in them.
        texts = (b.text.strip() for b in blocks if isinstance(b, Paragraph) and len(b._element))
        text = "\n\n".join(filter(None, texts))
        try:  # `document.core_properties` makes some up where there are none
            said = document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES)
            title, author, written = _said(said.core_properties)
        except (KeyError, AttributeError):
            title, author, written = "", "", None
    return Text(tidy(text), title, author, dates.from_value(written))


def _said(properties: Any) -> tuple[str, str, datetime | None]:
    return properties.title or "", properties.author or "", properties.modified
