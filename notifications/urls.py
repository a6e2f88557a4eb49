"""Where the carrier tells of texts on their way."""

from django.urls import path

from notifications import webhooks

urlpatterns = [
    path("webhooks/twilio/text-status/<uuid:message_id>", webhooks.text_status, name="twilio_text_status"),
]
