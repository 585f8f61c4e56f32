"""A page for each file of code that a page links to, so that the link shows it."""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.parsers import Parser

LANGUAGES = {".py": "python", ".yaml": "yaml", ".json": "json"}
LINK = re.compile(r"\]\(([\w./-]+\.(?:py|yaml|json))\)")


def linked(project: Path, patterns: list[str]) -> list[str]:
    """The files of code to which the pages link."""
    pages = [page for pattern in patterns for page in project.glob(pattern.replace("**.", "**/*."))]
    files = {page.parent / link for page in pages for link in LINK.findall(page.read_text("utf-8"))}
    return sorted({file.resolve().relative_to(project).as_posix() for file in files})


class Listing(Parser):
    """The file as it is, below its path."""

    supported = ("listing",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        env = document.settings.env
        env.metadata[env.current_document.docname]["orphan"] = True  # in no table of contents
        path = Path(document["source"])
        where = path.relative_to(env.srcdir).as_posix()
        page = nodes.section("", nodes.title("", path.name), ids=["listing"])
        page += nodes.paragraph("", "", nodes.literal("", where))
        page += nodes.literal_block(inputstring, inputstring, language=LANGUAGES[path.suffix])
        document += page


def setup(app: Sphinx) -> dict[str, bool]:
    for suffix in LANGUAGES:
        app.add_source_suffix(suffix, "listing")
    app.add_source_parser(Listing)
    return {"parallel_read_safe": True}
