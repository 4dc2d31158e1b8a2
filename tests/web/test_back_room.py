"""The threads behind a site go on, whatever happens to them."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

import pytest
from support.collector import RunningSite

from cryptostamp.web import server
from cryptostamp.web.server import BackRoom


def test_an_error_nobody_foresaw(
    running_site: RunningSite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader of events that fails is logged and begun again: it is not gone until the site is started anew."""
    tried, again = threading.Semaphore(0), threading.Event()

    def fails(*_: object, **__: object) -> None:
        tried.release()
        if again.is_set():
            return
        raise KeyError("a secret of a stranger")

    monkeypatch.setattr(server, "follow", fails)
    settings = replace(running_site.settings, relays=False)
    with caplog.at_level(logging.ERROR, logger="cryptostamp.web"), BackRoom(settings, pause_s=0.01):
        assert tried.acquire(timeout=10)
        assert tried.acquire(timeout=10)
        again.set()
    assert {record.exc_info[0] for record in caplog.records if record.exc_info} == {KeyError}
