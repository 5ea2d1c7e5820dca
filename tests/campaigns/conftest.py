"""A campaign, and the administrator's browser that sets it up."""

from __future__ import annotations

import pytest

from app.campaigns.models import Campaign
from tests.factories import CampaignFactory


@pytest.fixture
def campaign(app) -> Campaign:
    return CampaignFactory()


@pytest.fixture
def admin(browser, administrator):
    return browser.as_(administrator)
