"""A Mermaid diagram, which the browser draws with the site's own copy of Mermaid."""

from html import escape

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx


class Mermaid(Directive):
    """The diagram's source; it is readable where no script runs."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        source = escape("\n".join(self.content))
        return [nodes.raw("", f'<pre class="mermaid">{source}</pre>', format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True}


def add_scripts(
    app: Sphinx, page: str, template: str, context: object, tree: nodes.document | None
) -> None:
    """Mermaid is large: only pages with a diagram load it."""
    if tree and any('class="mermaid"' in raw.astext() for raw in tree.findall(nodes.raw)):
        app.add_js_file("mermaid.min.js", loading_method="defer")
        app.add_js_file("draw.js", loading_method="defer")
