"""Word documents (.docx, ISO 29500): the paragraphs of the body; tables stay out."""

import io

from microtune_collectors import dates
from microtune_collectors.encoding import tidy
from microtune_collectors.formats.office_zip import opened
from microtune_collectors.formats.text import Text


def read_docx(data: bytes) -> Text:
    """The text of a Word document. Raises `Unreadable`."""
    with opened(data):
        import docx
        from docx.text.paragraph import Paragraph

        document = docx.Document(io.BytesIO(data))
        blocks = (b.text for b in document.iter_inner_content() if isinstance(b, Paragraph))
        text = "\n\n".join(block.strip() for block in blocks if block.strip())
        said = document.core_properties
        title, author, written = said.title, said.author, said.modified
    return Text(tidy(text), title or "", author or "", dates.from_value(written))
