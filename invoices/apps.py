from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        from invoices import card_money, entries, facts, notices, number_checks, plans, promises, verification

        facts.register()
        entries.register()
        notices.register()
        number_checks.register()
        plans.register()
        promises.register()
        verification.register()
        card_money.register()
