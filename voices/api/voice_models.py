"""Voice models: seen, changed, linked, deleted."""

from ninja import Router

router = Router(tags=["voice models"])
