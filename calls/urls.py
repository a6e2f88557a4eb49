"""Where the carrier finds us, and a customer's signed page."""

from django.urls import path

from calls import signed, webhooks

urlpatterns = [
    path("l/<str:token>/no-email", signed.no_email, name="no_email"),
    path("webhooks/twilio/voice/<uuid:attempt_id>", webhooks.voice, name="twilio_voice"),
    path("webhooks/twilio/status/<uuid:attempt_id>", webhooks.status, name="twilio_status"),
    path("webhooks/twilio/amd/<uuid:attempt_id>", webhooks.amd, name="twilio_amd"),
    path("webhooks/twilio/recording/<uuid:attempt_id>", webhooks.recording, name="twilio_recording"),
    path("webhooks/twilio/after-relay/<uuid:attempt_id>", webhooks.after_relay, name="twilio_after_relay"),
]
