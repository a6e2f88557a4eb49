"""Where books are connected and where their vendors ring."""

from django.urls import path

from integrations import views, webhooks

urlpatterns = [
    path("connections/quickbooks/connect", views.connect_books, name="connect_books"),
    path("connections/quickbooks/callback", views.quickbooks_callback, name="quickbooks_callback"),
    path("connections/<uuid:connection_id>/disconnect", views.disconnect_books, name="disconnect_books"),
    path("connections/<uuid:connection_id>/sync", views.sync_books, name="sync_books"),
    path("webhooks/quickbooks", webhooks.quickbooks, name="quickbooks_webhook"),
]
