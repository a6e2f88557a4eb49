from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk import agency_file, stale_books

        stale_books.register()
        agency_file.register()
