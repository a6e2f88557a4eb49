"""Where books are connected and where their vendors ring."""

from django.urls import path

from integrations import views, webhooks
from integrations.stripe import views as card_views

urlpatterns = [
    path("connections/cards/connect", card_views.connect_cards, name="connect_cards"),
    path("connections/cards/callback", card_views.card_callback, name="card_callback"),
    path("connections/<slug:provider>/connect", views.connect_books, name="connect_books"),
    path("connections/<slug:provider>/callback", views.books_callback, name="books_callback"),
    path("connections/choose/<uuid:pending_id>", views.choose_books, name="choose_books"),
    path("connections/<uuid:connection_id>/disconnect", views.disconnect_books, name="disconnect_books"),
    path("connections/<uuid:connection_id>/sync", views.sync_books, name="sync_books"),
    path("connections/<uuid:connection_id>/webhook", views.make_webhook, name="make_webhook"),
    path("connections/<uuid:connection_id>/reminders/", views.say_reminders, name="say_reminders"),
    path("webhooks/<slug:provider>", webhooks.app_door, name="books_webhook"),
    path("webhooks/<slug:provider>/<str:token>", webhooks.connection_door, name="books_webhook_of"),
]
