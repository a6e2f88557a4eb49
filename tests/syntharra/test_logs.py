"""Logs carry no people: addresses, numbers, tokens and words are masked wherever they stand."""

from syntharra import logs


def test_people_are_kept_out_of_the_logs() -> None:
    event = {
        "event": "mailed ap@harborcafe.example about +16145550103",
        "path": "/l/AbCdEfGhIjKlMnOpQrStUvWxYz0",
        "to": "Ana Reyes",
        "nested": {"phone": "614", "note": ["ask ana@x.example"], "reason": "HOURS_HOUSE"},
        "count": 3,
    }

    assert logs.without_personal_data(None, "info", event) == {
        "event": "mailed <mail> about <phone>",
        "path": "/l/<token>",
        "to": "<dropped>",
        "nested": {"phone": "<dropped>", "note": ["ask <mail>"], "reason": "HOURS_HOUSE"},
        "count": 3,
    }


def test_what_opens_books_or_an_address_of_ours_is_kept_out_of_the_logs() -> None:
    event = {
        "event": "Unauthorized: /webhooks/zoho/eci_dneQDuNWZyUiIrachQNMr7TxDBF7",
        "request": "GET /connections/zoho/callback?state=s-1_2&location=us&code=1000.abc-_.def&accounts-server=x",
    }

    assert logs.without_personal_data(None, "info", event) == {
        "event": "Unauthorized: /webhooks/zoho/<token>",
        "request": "GET /connections/zoho/callback?state=<token>&location=us&code=<token>&accounts-server=x",
    }


def test_one_id_runs_through_what_is_caused() -> None:
    with logs.correlated("c-1"):
        inside = logs.correlation_id()

    assert inside == "c-1"
    assert logs.correlation_id() != "c-1"
