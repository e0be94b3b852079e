from typing import Literal

from ninja import Schema


class WebhookOut(Schema):
    status: Literal["success", "ok"]
