from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import evidence, hangups
        from calls.facts import register
        from calls.wording_model import configured  # noqa: F401  # its start-up check
        from invoices.giving_way import gives_way_when

        register()
        evidence.register()
        gives_way_when(hangups.somebody_talks)
