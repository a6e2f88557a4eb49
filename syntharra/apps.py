from django.apps import AppConfig


class SyntharraConfig(AppConfig):
    name = "syntharra"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from syntharra import checks  # noqa: F401  (registers the start-up checks)
