from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import evidence
        from calls.facts import register
        from calls.wording_model import configured  # noqa: F401  # its start-up check

        register()
        evidence.register()
