"""Other people's servers live beside the product, never in it."""

import json
from pathlib import Path

import pytest
from _stack import peers
from _stack.setup.progress import StepFailed


def test_a_peer_counts_as_made_only_from_the_very_packages_we_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERS", str(tmp_path))
    python = peers.python("tac")
    python.parent.mkdir(parents=True)
    python.touch()
    stamp = tmp_path / "tac" / "peer.json"

    found = []
    for packages in (["twilio-agent-connect[server]==2.4.0"], list(peers.PEERS["tac"].packages)):
        stamp.write_text(json.dumps({"packages": packages}))
        found.append(peers.is_made("tac"))

    assert found == [False, True]


def test_a_peer_nobody_knows_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(StepFailed) as refusal:
        peers.main(["vapi"])

    assert str(refusal.value) == "no peer is called vapi"
    assert refusal.value.advice.startswith("there are: tac")
