"""`python -m helpers.cures`: the cure book as a page."""

from helpers.cures import page

print(page(), end="")
