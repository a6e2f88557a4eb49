"""An address that belongs to nobody at Zoho, and writes down whatever it is sent: where a forged callback leads."""

from integrations.simulation.call import Answer, Call, json_answer
from integrations.zoho.simulation.world import ZohoWorld


def take(world: ZohoWorld, call: Call) -> Answer:
    """Thanks for the secret: the answer looks as good as the vendor's."""
    world.note_stranger(call)
    made_up = {"access_token": "1000.stranger.access", "refresh_token": "1000.stranger.refresh"}
    domain = f"{world.base_url(call)}/stranger/api"
    return json_answer({**made_up, "api_domain": domain, "token_type": "Bearer", "expires_in": 3600})


def told(world: ZohoWorld, _call: Call) -> Answer:
    """What strangers were sent so far: for tests, never the secrets themselves."""
    secret = any(one["client_secret"] for one in world.strangers)
    return json_answer({"received": world.strangers, "client_secret_received": secret})
