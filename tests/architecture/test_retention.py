"""Every kind of row has its term, in one table."""

from django.apps import apps

from desk.retention import TABLE

OURS = (
    "syntharra",
    "accounts",
    "integrations",
    "compliance",
    "notifications",
    "invoices",
    "disputes",
    "calls",
    "billing",
    "desk",
)


def test_every_kind_of_row_has_its_term_and_its_reason() -> None:
    models = {model._meta.label for app in OURS for model in apps.get_app_config(app).get_models()}

    assert set(TABLE) == models - {"accounts.User_groups", "accounts.User_user_permissions"}
    assert all(kept.why for kept in TABLE.values())
    assert all((kept.period is None) == (kept.since == "") for kept in TABLE.values())


def test_what_the_table_counts_from_is_a_field_of_the_row() -> None:
    for label, kept in TABLE.items():
        if kept.since:
            model, *path = [apps.get_model(label), *kept.since.split("__")]
            for name in path:
                field = model._meta.get_field(name)
                model = field.related_model or model
            assert field.get_internal_type() == "DateTimeField", label
