"""Where the carrier finds us, and a customer's signed page."""

from django.urls import path

from calls import signed, webhooks

urlpatterns = [
    path("l/<str:token>/no-email", signed.no_email, name="no_email"),
    path("webhooks/twilio/voice/<uuid:line_id>", webhooks.voice, name="twilio_voice"),
    path("webhooks/twilio/status/<uuid:line_id>", webhooks.status, name="twilio_status"),
    path("webhooks/twilio/amd/<uuid:line_id>", webhooks.amd, name="twilio_amd"),
    path("webhooks/twilio/recording/<uuid:line_id>", webhooks.recording, name="twilio_recording"),
    path("webhooks/twilio/after-relay/<uuid:line_id>", webhooks.after_relay, name="twilio_after_relay"),
    path("webhooks/twilio/gather/<uuid:line_id>/<int:turn>", webhooks.gather, name="twilio_gather"),
    path("webhooks/twilio/growing/<uuid:line_id>/<int:turn>", webhooks.growing, name="twilio_growing"),
    path("webhooks/twilio/after-person/<uuid:line_id>", webhooks.after_person, name="twilio_after_person"),
    path("webhooks/twilio/inbound/call", webhooks.inbound_call, name="twilio_inbound"),
    path("webhooks/twilio/inbound/fallback", webhooks.inbound_fallback, name="twilio_inbound_fallback"),
    path("webhooks/twilio/inbound/status", webhooks.inbound_status, name="twilio_inbound_status"),
    path("webhooks/twilio/inbound/word/<uuid:line_id>", webhooks.inbound_word, name="twilio_inbound_word"),
    path("webhooks/twilio/fallback/<uuid:line_id>", webhooks.fallback, name="twilio_fallback"),
]
