"""The remote homes of what a platform knows: who people are, which datasets there are."""
