"""API v1 on its two mounts: one route table, two dialects of the same wire."""
