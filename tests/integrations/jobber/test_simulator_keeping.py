"""The simulator under a prefix, and its world found again after a restart."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.jobber.simulator import LATEST_VERSION, JobberSimConfig, create_app
from tests.integrations.jobber.simulator import REDIRECT_URI, SECRET, Jobber, authorization, running_simulator
from tests.integrations.simulation.server import SimControl, running


def test_a_restart_finds_connections_refunds_and_notes_again(tmp_path: Path) -> None:
    file = str(tmp_path / "jobber.json")
    note = 'mutation($id: EncodedId!) { invoiceCreateNote(invoiceId: $id, input: { message: "Promised Friday" }) { userErrors { path } } }'
    with running_simulator(state_file=file) as url:
        first = Jobber(url).connect()
        id = first.case_id("Tom Okafor")
        first.ask(note, id=id)
        before = (first.invoice(id), first.sim.truth(first.account))

    with running_simulator(state_file=file) as url:
        second = Jobber(url, tokens=first.tokens)
        after = (second.invoice(id), second.sim.truth(second.account))
        kinds = [one["adjustmentType"] for one in after[0]["paymentRecords"]["nodes"]]
        refreshed = second.refresh(first.tokens["refresh_token"]).status_code

    assert after == before
    assert kinds == ["PAYMENT", "REFUND"]
    assert refreshed == 200


def test_the_simulator_works_under_a_prefix() -> None:
    config = JobberSimConfig(redirect_uris=(REDIRECT_URI,), client_secret=SECRET, invoices=20)
    with running(Starlette(routes=[Mount("/jobber", create_app(config))])) as url:
        jobber = Jobber(url)
        jobber.tokens = SimControl(url, prefix="/jobber").connect(jobber.account)
        headers = {
            "Authorization": f"Bearer {jobber.tokens['access_token']}",
            "X-JOBBER-GRAPHQL-VERSION": LATEST_VERSION,
        }
        page = jobber.http.get("/jobber/api/oauth/authorize", params=authorization())
        answer = jobber.http.post("/jobber/api/graphql", json={"query": "{ account { id } }"}, headers=headers)
        nothing = jobber.http.get("/jobber/api/rest/v1/clients")

    assert page.status_code == 200
    assert answer.json()["data"] == {"account": {"id": jobber.account}}
    assert (nothing.status_code, nothing.json()) == (404, {"message": "Not found"})
