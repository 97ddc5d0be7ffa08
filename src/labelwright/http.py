"""The one HTTP client to the outside."""
