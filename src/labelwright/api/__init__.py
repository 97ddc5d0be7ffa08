"""What the dialects share: who is asking, how a body is read, how a list is cut into pages."""
