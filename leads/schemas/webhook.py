from typing import Literal

from ninja import Schema


class TakenWebhookOut(Schema):
    status: Literal["success", "ok"]
