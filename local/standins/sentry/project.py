"""The detailed view of a project. Sentry's document requires about seventy fields; Ferry reads slug, name, platform."""

from __future__ import annotations

from typing import Any

_OFF = (
    "isBookmarked", "firstTransactionEvent", "hasFeedbacks", "hasFlags", "hasMinifiedStackTrace", "hasMonitors",
    "hasNewFeedbacks", "hasProfiles", "hasReplays", "hasSessions", "hasInsightsHttp", "hasInsightsDb",
    "hasInsightsAssets", "hasInsightsAppStart", "hasInsightsScreenLoad", "hasInsightsVitals", "hasInsightsCaches",
    "hasInsightsQueues", "hasInsightsAgentMonitoring", "hasInsightsMCP", "hasLogs", "hasTraceMetrics", "isInternal",
    "isPublic", "scrubIPAddresses", "enableAutoReleaseCreation", "isDynamicallySampled", "tempestFetchScreenshots",
    "seerScannerAutomation", "scmSourceContextEnabled",
)  # fmt: skip
_ON = ("isMember", "hasAccess", "dataScrubber", "dataScrubberDefaults", "verifySSL", "scrapeJavaScript")
_EMPTY_LISTS = (
    "features", "teams", "safeFields", "sensitiveFields", "highlightTags", "builtinSymbolSources",
    "dynamicSamplingBiases",
)  # fmt: skip
_EMPTY_TEXTS = (
    "subjectPrefix", "groupingConfig", "derivedGroupingEnhancements", "groupingEnhancements", "fingerprintingRules",
    "symbolSources", "securityToken",
)  # fmt: skip
_UNSET = (
    "firstEvent", "latestRelease", "storeCrashReports", "securityTokenHeader", "secondaryGroupingConfig",
    "defaultEnvironment", "relayPiiConfig", "debugFilesRole", "seerNightshiftTweaks",
)  # fmt: skip
_CREATED = "2026-01-01T00:00:00.000000Z"


def project_details(url: str, organization: str, project: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(_OFF, False),
        **dict.fromkeys(_ON, True),
        **{name: [] for name in _EMPTY_LISTS},
        **dict.fromkeys(_EMPTY_TEXTS, ""),
        **dict.fromkeys(_UNSET),
        "id": "1",
        "slug": project,
        "name": project.title(),
        "platform": "python",
        "platforms": ["python"],
        "dateCreated": _CREATED,
        "access": ["project:read", "event:read"],
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
        "color": "#3f70bf",
        "status": "active",
        "options": {},
        "digestsMinDelay": 180,
        "digestsMaxDelay": 600,
        "allowedDomains": ["*"],
        "resolveAge": 0,
        "subjectTemplate": "$shortID - $title",
        "highlightContext": {},
        "highlightPreset": {"tags": [], "context": {}},
        "secondaryGroupingExpiry": 0,
        "processingIssues": 0,
        "autofixAutomationTuning": "off",
        "organization": _organization(url, organization),
    }


def _organization(url: str, slug: str) -> dict[str, Any]:
    return {
        "id": "1",
        "slug": slug,
        "status": {"id": "active", "name": "active"},
        "name": slug.title(),
        "dateCreated": _CREATED,
        "isEarlyAdopter": False,
        "require2FA": False,
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
        "links": {"organizationUrl": f"{url}/organizations/{slug}/", "regionUrl": url},
        "hasAuthProvider": False,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": True,
        "allowSuperuserAccess": False,
        "features": [],
    }
