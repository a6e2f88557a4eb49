from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        from invoices import entries, facts, notices

        facts.register()
        entries.register()
        notices.register()
