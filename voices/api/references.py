"""Recordings that voice models are made of."""

from ninja import Router

router = Router(tags=["voice models"])
