from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self) -> None:
        from compliance import number_keys  # noqa: F401  (its check of the database at start-up)
