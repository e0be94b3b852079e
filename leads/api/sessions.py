from ninja import Router

router = Router(tags=["desk"], by_alias=True)
