"""A page for each handler, solution and template, so that a link to one shows it."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.parsers import Parser

LANGUAGES = {".py": "python", ".yaml": "yaml", ".json": "json"}


class Listing(Parser):
    """The file as it is, below its path."""

    supported = ("listing",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        path = Path(document["source"])
        where = path.relative_to(document.settings.env.srcdir).as_posix()
        page = nodes.section("", nodes.title("", path.name), ids=["listing"])
        page += nodes.paragraph("", "", nodes.literal("", where))
        page += nodes.literal_block(inputstring, inputstring, language=LANGUAGES[path.suffix])
        document += page


def setup(app: Sphinx) -> dict[str, bool]:
    for suffix in LANGUAGES:
        app.add_source_suffix(suffix, "listing")
    app.add_source_parser(Listing)
    return {"parallel_read_safe": True}
