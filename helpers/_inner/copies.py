"""A folder that was copied with its environment, which still has the helpers of the old folder."""

import sys
from pathlib import Path

OURS = Path(__file__).parents[2]
TOLD = "{} came here from another folder, and has the helpers of {}: remove it, and make it anew."


def tell_of_others() -> None:
    """Say so where somebody works in the copy."""
    folders, this = (Path.cwd(), *Path.cwd().parents), Path(__file__).relative_to(OURS)
    here = next((each for each in folders if (each / this).is_file()), OURS)
    environment = here / ".venv"
    if not here.samefile(OURS) and environment.is_dir() and not environment.is_symlink():
        print(TOLD.format(environment, OURS), file=sys.stderr)
