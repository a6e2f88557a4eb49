"""`/users/me`: who the owner is, with every membership whatever can be done with it."""

from typing import Any

from integrations.freshbooks.simulation.memberships import IDENTITY_ID, MEMBERSHIPS, Membership
from integrations.freshbooks.simulation.times import zulu
from integrations.freshbooks.simulation.world import FreshBooksWorld
from integrations.simulation.call import Answer, Call, json_answer

type Json = dict[str, Any]


def me(world: FreshBooksWorld, _call: Call) -> Answer:
    """All memberships, whatever can be done with them."""
    born = zulu(world.clock.now())
    return json_answer(
        {
            "response": {
                "id": IDENTITY_ID,
                "identity_id": IDENTITY_ID,
                "identity_uuid": _uuid(IDENTITY_ID),
                "first_name": "Maya",
                "last_name": "Okafor",
                "email": "maya@fieldnote.example",
                "confirmed_at": born,
                "created_at": born,
                "setup_complete": True,
                "phone_numbers": [{"title": "", "phone_number": None}],
                "addresses": [None],
                "profession": None,
                "links": {"me": "/service/auth/api/v1/users?id=1234", "roles": "/service/auth/api/v1/users/role/1234"},
                "permissions": {one.account: {} for one in MEMBERSHIPS if one.account},
                "groups": [_group(number, one) for number, one in enumerate(MEMBERSHIPS, 1)],
                "subscription_statuses": {},
                "integrations": {},
                "business_memberships": [_membership(number, one) for number, one in enumerate(MEMBERSHIPS, 1)],
                "roles": [_role(number, one, born) for number, one in enumerate(MEMBERSHIPS, 1) if one.account],
            }
        }
    )


def _membership(number: int, one: Membership) -> Json:
    return {
        "id": 168_370 + number,
        "role": one.role,
        "unacknowledged_change": False,
        "fasttrack_token": None,
        "business": {
            "id": one.business_id,
            "business_uuid": _uuid(one.business_id),
            "name": one.name,
            "account_id": one.account,
            "date_format": "mm/dd/yyyy",
            "address": {
                "id": one.business_id,
                "street": "1 Elm",
                "city": one.city,
                "province": one.province,
                "country": "United States",
                "postal_code": "78701",
            },
            "phone_number": None,
            "business_clients": [],
        },
    }


def _group(number: int, one: Membership) -> Json:
    return {"id": 168_370 + number, "group_id": one.business_id, "role": one.role, "business_id": one.business_id}


def _role(number: int, one: Membership, born: str) -> Json:
    role = "admin" if one.role in ("owner", "admin") else one.role
    return {
        "id": 682_000 + number,
        "role": role,
        "systemid": one.business_id,
        "userid": 1,
        "created_at": born,
        "accountid": one.account,
        "links": {},
    }


def _uuid(number: int) -> str:
    return f"a0b1c2d3-0000-4000-8000-{number:012d}"
