from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import alert_phones, facts, texts, webhooks

        facts.register()
        texts.register()
        alert_phones.register()
        webhooks.register()
