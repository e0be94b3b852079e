from django.apps import AppConfig


class Leads(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from leads import owned

        owned.register()
