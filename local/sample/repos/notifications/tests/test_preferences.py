from acme_notifications.preferences import Preferences


def test_campaigns_are_off_unless_asked_for():
    assert not Preferences().wants("campaign")
    assert Preferences(muted=frozenset()).wants("campaign")


def test_order_confirmation_cannot_be_muted():
    assert Preferences(muted=frozenset({"order_confirmed"})).wants("order_confirmed")
