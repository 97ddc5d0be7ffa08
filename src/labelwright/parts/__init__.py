"""What several rooms of `services` do in the same way: read frames where they lie, stage annotations, find folders.

Rooms do not know each other, so what two of them need stands here, one floor below. Nothing here asks who calls.
"""
