"""The routes and words of the AI platform that stand beside API v1 (platform contract)."""
