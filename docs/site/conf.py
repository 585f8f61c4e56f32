"""The site, from the repository as it is: make site.

Pages lie where they lie on GitHub, so that their links hold there and here.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import listings

project = "Cognito's Lambda triggers, in Python"
project_copyright = "the project's authors, Apache-2.0"
language = "en"
root_doc = "README"
include_patterns = [
    "*.md",
    "cognito_sandbox/README.md",
    "docs/**.md",
    "docs/**.rst",
    "notebooks/**.ipynb",
]
exclude_patterns = [".*", "benchmarks", "build", "dist", "docs/site", "tests"]
include_patterns += listings.linked(Path(__file__).parents[2], include_patterns)

extensions = [
    "myst_nb",
    "autoapi.extension",
    "sphinx.ext.viewcode",
    "listings",
    "mermaid",
    "pages",
    "reference",
]

# The notebooks are shown with the outputs that are kept in them.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["colon_fence"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
suppress_warnings = ["autoapi.python_import_resolution"]  # of what is not shown

# Read, not imported: the site needs nothing of what a reader installs.
autoapi_dirs = ["helpers", "cognito_sandbox"]
autoapi_options = ["members", "special-members"]
autoapi_ignore = ["*/_inner/*", "*/store/*"]
autoapi_generate_api_docs = False
autoapi_add_toctree_entry = False
default_role = "code"

html_theme = "furo"
html_title = project
html_static_path = ["_static", "../../.venv/site/static"]
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
