from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls.facts import register
        from calls.wording_model import configured  # noqa: F401  # its start-up check

        register()
