from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations import inbox, reading
        from integrations.models import Provider

        for provider in Provider.values:
            inbox.reads(provider, reading.read_hints)
