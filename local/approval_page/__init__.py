"""docs/approval.md: every message of the gate, as text in the page and as pictures of the Slack stand-in's page."""
