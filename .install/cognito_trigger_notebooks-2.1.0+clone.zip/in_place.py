"""Build a link to the clone, whether or not pip was told `--editable`."""

from hatchling.build import *  # noqa: F403
from hatchling.build import build_editable as build_wheel  # noqa: F401
