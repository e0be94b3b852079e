"""Echos: characters with a voice."""

from ninja import Router

router = Router(tags=["echos"])
