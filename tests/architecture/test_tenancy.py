"""The net beneath every page: no business sees another's rows, and silence is never mistaken for an empty ledger."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from syntharra.tenancy import OPEN, NoBusiness, TenantModel


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


@pytest.mark.django_db
def test_every_table_is_isolated_or_open_for_a_reason() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public' "
            "AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        bare = {name for (name,) in cursor.fetchall()}

    assert bare == set(OPEN)
    assert all(OPEN.values())


@pytest.mark.django_db
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_without_a_business_nothing_is_read_and_the_orm_says_so(model: type[TenantModel]) -> None:
    with pytest.raises(NoBusiness):
        model.objects.count()

    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_app_is_a_plain_role() -> None:
    call_command("check", databases=["default"])

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
