#!/usr/bin/env python3
"""The OpenAPI 3.1 description of the API, which the server serves at /v1/openapi.json and tests hold against every answer.

    openapi.py OUTPUT.cpp   writes it as a C++ source (the build does)
    openapi.py              prints it

One line per operation: what it takes, what it answers, and which problems it may answer with.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import error_codes  # noqa: E402
import openapi_support  # noqa: E402

SCHEMAS = {}


def ref(name):
    return {"$ref": "#/components/schemas/" + name}


def obj(properties, required=None, **more):
    o = {"type": "object", "properties": properties, "additionalProperties": False}
    if required is None:
        required = list(properties)
    if required:
        o["required"] = required
    o.update(more)
    return o


text = {"type": "string"}
flag = {"type": "boolean"}
integer = {"type": "integer"}
time = {"type": "string", "description": "RFC 3339"}


def described(what, base=text):
    return {**base, "description": what}


SCHEMAS["Problem"] = obj(
    {
        "type": {
            **text,
            "description": "stable; docs/errors.md says what each means",
            "enum": sorted({"urn:syncwell:problem:" + entry.name for entries in error_codes.read() for entry in entries}),
        },
        "title": text,
        "status": integer,
        "detail": described("for people: what was wrong and what to do"),
    },
    description="RFC 9457 problem details",
)
subscription = {
    "id": text,
    "url": text,
    "types": described("public event types; empty: all", {"type": "array", "items": text}),
    "status": {"enum": ["active", "disabled"]},
    "disabledBecause": text,
    "createdAt": time,
}
SCHEMAS["EventSubscription"] = obj(subscription, ["id", "url", "types", "status", "createdAt"])
SCHEMAS["EventSubscriptions"] = obj(
    {"eventSubscriptions": {"type": "array", "items": ref("EventSubscription")}}, ["eventSubscriptions"]
)
SCHEMAS["NewEventSubscription"] = obj(
    {
        "url": described("https; http only to the server's own machine"),
        "types": {"type": "array", "items": text},
    },
    ["url"],
)
SCHEMAS["NewEventSubscriptionMade"] = obj(
    {**subscription, "secret": described("signs what is sent; shown this once")},
    ["id", "url", "types", "status", "createdAt", "secret"],
)
SCHEMAS["Replay"] = obj({"since": time}, ["since"])
SCHEMAS["Replayed"] = obj({"replayed": integer}, ["replayed"])
SCHEMAS["ErrorCodes"] = obj(
    {
        "errorCodes": {
            "type": "array",
            "items": obj({"code": text, "status": integer, "retryClass": text, "meaning": text, "advice": text}),
        }
    },
    ["errorCodes"],
)
SCHEMAS["User"] = obj(
    {
        "id": described("usr_…: stable, says nothing about who it is"),
        "tier": {"enum": ["FREE", "PRO"]},
        "paused": described("no sync of this person is scheduled", flag),
        "timeZone": text,
        "locale": text,
        "hasContactEmail": flag,
        "contactOptOut": flag,
        "version": integer,
        "createdAt": time,
    },
    ["id", "tier", "paused", "timeZone", "locale", "hasContactEmail", "contactOptOut", "version"],
)
SCHEMAS["Settings"] = obj(
    {
        "paused": flag,
        "timeZone": described("IANA name, like Europe/Berlin"),
        "locale": described("BCP 47 tag, like de-DE"),
        "contactEmail": described("where to write when a sync fails; sealed, never shown; empty removes it, absent keeps it"),
        "contactOptOut": described("no mail about failed syncs", flag),
    },
    [],
)
SCHEMAS["Erasing"] = obj({"status": {"const": "erasing"}})
SCHEMAS["Provider"] = obj(
    {
        "key": text,
        "name": text,
        "kind": {"enum": ["cloud", "file"]},
        "readingNeedsConsent": flag,
        "terms": text,
        "dataTypes": {
            "type": "array",
            "items": obj(
                {
                    "type": text,
                    "read": flag,
                    "write": flag,
                    "overwrite": {"enum": ["none", "own_records", "any_record"]},
                    "delete": flag,
                }
            ),
        },
    },
    ["key", "name", "kind", "readingNeedsConsent", "dataTypes"],
)
SCHEMAS["Providers"] = obj({"providers": {"type": "array", "items": ref("Provider")}})
SCHEMAS["AuthorizationUrl"] = obj(
    {"url": described("where the person's browser goes"), "state": described("comes back with the code")}
)
SCHEMAS["Connection"] = obj(
    {"id": text, "provider": text, "status": {"enum": ["active", "needs_reauth"]}, "createdAt": time}
)
SCHEMAS["Connections"] = obj(
    {"connections": {"type": "array", "items": ref("Connection")}, "next": text}, ["connections"]
)
SCHEMAS["NewConnection"] = obj(
    {
        "provider": text,
        "code": described("from the redirect, with codeVerifier and state: an account"),
        "codeVerifier": text,
        "state": text,
        "path": described("instead: files on the server, below a folder that its operator allows"),
    },
    ["provider"],
)
SCHEMAS["Reauthorization"] = obj({"code": text, "codeVerifier": text, "state": text})
strategy = {"enum": ["source_wins", "dest_wins", "newest_wins"]}
cfg = {
    "sourceConnectionId": text,
    "destinationConnectionId": text,
    "dataType": described("one of GET /v1/providers"),
    "conflictResolutionStrategy": strategy,
    "readingConsent": described("the person accepts that a source's terms make copying from it doubtful", flag),
    "paused": described("not scheduled; a manual sync still runs", flag),
    "pollIntervalMinutes": described("how often to look, where no webhook tells; at least the tier's floor", integer),
    "since": time,
    "until": time,
}
SCHEMAS["SyncConfig"] = obj(
    {"id": text, **cfg, "version": integer, "createdAt": time, "lastSyncTime": time, "nextSyncAt": time},
    [
        "id",
        "sourceConnectionId",
        "destinationConnectionId",
        "dataType",
        "conflictResolutionStrategy",
        "readingConsent",
        "version",
        "createdAt",
    ],
)
SCHEMAS["SyncConfigs"] = obj(
    {"syncConfigs": {"type": "array", "items": ref("SyncConfig")}, "next": text}, ["syncConfigs"]
)
SCHEMAS["NewSyncConfig"] = obj(cfg, ["sourceConnectionId", "destinationConnectionId", "dataType"])
SCHEMAS["Counts"] = obj(
    {k: integer for k in ["read", "written", "deleted", "unchanged", "skipped", "conflicts", "failed", "warnings"]}
)
SCHEMAS["JobStatus"] = {
    "enum": [
        "accepted",
        "queued",
        "running",
        "delayed",
        "retrying",
        "succeeded",
        "needs_reauth",
        "dead_lettered",
        "cancelled",
    ]
}
SCHEMAS["SyncJob"] = obj(
    {
        "id": text,
        "syncConfigId": text,
        "dataType": text,
        "status": ref("JobStatus"),
        "cause": {"enum": ["manual", "webhook", "schedule"]},
        "windowFrom": time,
        "windowUntil": time,
        "attempts": described("attempts that have failed", integer),
        "partial": described("the source was damaged: what was sound travelled", flag),
        "correlationId": text,
        "createdAt": time,
        "updatedAt": time,
        "counts": ref("Counts"),
        "error": obj(
            {
                "code": text,
                "message": text,
                "meaning": described("what the code means, from the dictionary of errors"),
                "advice": described("what to do"),
            },
            ["code", "message"],
        ),
    },
    [
        "id",
        "syncConfigId",
        "dataType",
        "status",
        "attempts",
        "partial",
        "correlationId",
        "createdAt",
        "updatedAt",
        "counts",
    ],
)
SCHEMAS["SyncJobs"] = obj({"syncJobs": {"type": "array", "items": ref("SyncJob")}, "next": text}, ["syncJobs"])
SCHEMAS["NewSyncJob"] = obj({"syncConfigId": text, "priority": {"enum": ["high", "medium", "low"]}}, ["syncConfigId"])
SCHEMAS["AcceptedJob"] = obj(
    {
        "id": described("job_ and a UUID; the same for the same Idempotency-Key"),
        "syncConfigId": text,
        "status": ref("JobStatus"),
    }
)
SCHEMAS["Decision"] = obj(
    {
        "recordId": described("as the source calls it"),
        "action": {"enum": ["create", "update", "delete", "skip"]},
        "reason": text,
    }
)
SCHEMAS["Decisions"] = obj(
    {
        "syncJobId": text,
        "decisions": {"type": "array", "items": ref("Decision")},
        "truncated": described("there were more than are kept", flag),
        "next": text,
    },
    ["syncJobId", "decisions", "truncated"],
)
SCHEMAS["NewPreview"] = obj({"syncConfigId": text}, ["syncConfigId"])
SCHEMAS["Preview"] = obj(
    {
        "syncConfigId": text,
        "counts": ref("Counts"),
        "partial": flag,
        "decisions": {"type": "array", "items": ref("Decision")},
        "truncated": flag,
        "warnings": {"type": "array", "items": obj({"where": text, "what": text})},
    }
)
SCHEMAS["ExportJob"] = obj(
    {
        "id": text,
        "status": {"const": "ready"},
        "url": described("a ZIP; good for an hour, for whoever has it"),
        "expiresAt": time,
    }
)
SCHEMAS["NewUser"] = obj({"tier": {"enum": ["FREE", "PRO"]}}, [])
SCHEMAS["NewToken"] = obj({"lifetimeMinutes": integer}, [])
SCHEMAS["Token"] = obj({"token": text, "expiresAt": time})
PATHS = {}


def content(schema, kind="application/json"):
    return {kind: {"schema": schema}}


problem = {"description": "what was wrong (RFC 9457)", "content": content(ref("Problem"), "application/problem+json")}
page = [
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer"},
        "description": "items per page, 1 to 200; 50 where nothing is said",
    },
    {"name": "after", "in": "query", "schema": text, "description": "the `next` of the page before"},
]
key = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": text,
    "description": "a value that you draw anew for every new call; the same key and body give the same answer for 24 hours",
}
ifmatch = {"name": "If-Match", "in": "header", "schema": text, "description": "the ETag that you have seen"}


def route(
    method, path, tag, summary, ok, errors=(), body=None, params=(), security="bearer", description=None, kinds=None
):
    op = {
        "tags": [tag],
        "summary": summary,
        "operationId": method.lower()
        + "".join(
            w.capitalize()
            for w in path.replace("{", "").replace("}", "").replace("-", "/").replace(".", "/").split("/")
            if w not in ("", "v1")
        ),
    }
    if description:
        op["description"] = description
    ps = [
        {"name": n[1:-1], "in": "path", "required": True, "schema": text} for n in path.split("/") if n.startswith("{")
    ] + list(params)
    if ps:
        op["parameters"] = ps
    if body:
        op["requestBody"] = {"required": True, "content": content(ref(body))}
    r = {}
    for status, schema in ok.items():
        r[str(status)] = (
            {"description": "done"}
            if schema is None
            else {
                "description": "done",
                "content": content(ref(schema)) if not isinstance(schema, tuple) else content(text, schema[0]),
            }
        )
    for e in errors:
        r[str(e)] = problem
    if security == "bearer":
        for e in (401, 403, 429, 503):
            r[str(e)] = problem
        op["security"] = [{"user": []}]
    elif security == "admin":
        for e in (401, 403, 503):
            r[str(e)] = problem
        op["security"] = [{"operator": []}]
    else:
        op["security"] = []
    op["responses"] = dict(sorted(r.items()))
    PATHS.setdefault(path, {})[method.lower()] = op


ACCOUNT = "account"
CONNECTIONS = "connections"
CONFIGS = "sync configs"
JOBS = "sync jobs"
OPERATION = "operation"
OPERATOR = "for the operator"
WEBHOOKS = "webhooks"
route("GET", "/healthz", OPERATION, "the process runs", {200: ("text/plain",)}, security=None)
route("GET", "/readyz", OPERATION, "the store answers", {200: ("text/plain",)}, [503], security=None)
route("GET", "/metrics", OPERATION, "Prometheus metrics", {200: ("text/plain",)}, security=None)
route("GET", "/v1/openapi.json", OPERATION, "this document", {200: ("application/json",)}, security=None)
route("GET", "/v1/error-codes", OPERATION, "what each error code means", {200: "ErrorCodes"}, security=None)
route("GET", "/v1/docs", OPERATION, "this document as a page", {200: ("text/html",)}, security=None)
route("GET", "/v1/users/me", ACCOUNT, "who I am here", {200: "User"})
route("PUT", "/v1/users/me/settings", ACCOUNT, "change my settings", {200: "User"}, [400, 412], "Settings", [ifmatch])
route(
    "DELETE",
    "/v1/users/me",
    ACCOUNT,
    "forget me",
    {202: "Erasing"},
    description="Revokes every grant and erases everything that is known of the caller.",
)
route(
    "POST",
    "/v1/export-jobs",
    ACCOUNT,
    "what is held about me",
    {201: "ExportJob"},
    [400, 409, 422],
    params=[key],
    description="A ZIP of JSON files. Health data is not in it, because none is kept.",
)
route("GET", "/v1/export-jobs/{id}", ACCOUNT, "an export and its link", {200: "ExportJob"}, [404])
route(
    "GET",
    "/v1/exports/{id}",
    ACCOUNT,
    "the ZIP itself; the link is the permission",
    {200: ("application/zip",)},
    [404],
    security=None,
    params=[{"name": "token", "in": "query", "required": True, "schema": text}],
)
route("GET", "/v1/providers", CONNECTIONS, "what can be connected, and what each can do", {200: "Providers"})
route(
    "GET",
    "/v1/providers/{provider}/authorization-url",
    CONNECTIONS,
    "begin to connect an account",
    {200: "AuthorizationUrl"},
    [400, 404, 422],
    params=[
        {"name": "redirectUri", "in": "query", "required": True, "schema": text},
        {"name": "codeChallenge", "in": "query", "required": True, "schema": text, "description": "RFC 7636, S256"},
    ],
)
route("GET", "/v1/connections", CONNECTIONS, "my connections", {200: "Connections"}, [400], params=page)
route(
    "POST",
    "/v1/connections",
    CONNECTIONS,
    "connect an account or files",
    {201: "Connection"},
    [400, 404, 409, 413, 422, 502, 504],
    "NewConnection",
    [key],
)
route("GET", "/v1/connections/{id}", CONNECTIONS, "one connection", {200: "Connection"}, [404])
route(
    "DELETE",
    "/v1/connections/{id}",
    CONNECTIONS,
    "disconnect",
    {204: None},
    [404, 409],
    description="Revokes the grant at the provider and erases tokens and every sync of this connection.",
)
route(
    "POST",
    "/v1/connections/{id}/reauth",
    CONNECTIONS,
    "new consent for a connection that needs it",
    {200: "Connection"},
    [400, 404, 409, 413, 422, 502, 504],
    "Reauthorization",
    [key],
)
route("GET", "/v1/sync-configs", CONFIGS, "my syncs", {200: "SyncConfigs"}, [400], params=page)
route(
    "POST", "/v1/sync-configs", CONFIGS, "new sync", {201: "SyncConfig"}, [400, 409, 413, 422], "NewSyncConfig", [key]
)
route("GET", "/v1/sync-configs/{id}", CONFIGS, "one sync", {200: "SyncConfig"}, [404])
route(
    "PUT",
    "/v1/sync-configs/{id}",
    CONFIGS,
    "change a sync",
    {200: "SyncConfig"},
    [400, 404, 412, 422],
    "NewSyncConfig",
    [ifmatch],
)
route(
    "DELETE",
    "/v1/sync-configs/{id}",
    CONFIGS,
    "end a sync; what it wrote stays where it is",
    {204: None},
    [400, 404, 412],
    params=[ifmatch],
)
route("POST", "/v1/sync-jobs", JOBS, "sync now", {202: "AcceptedJob"}, [400, 404, 422], "NewSyncJob", [key])
route("GET", "/v1/sync-jobs", JOBS, "my latest jobs, newest first", {200: "SyncJobs"}, [400], params=page)
route("GET", "/v1/sync-jobs/{id}", JOBS, "one job", {200: "SyncJob"}, [404])
route(
    "GET",
    "/v1/sync-jobs/{id}/events",
    JOBS,
    "one job as it goes on",
    {200: ("text/event-stream",)},
    [404],
    description="`event: job` with a SyncJob as `data`, at once and whenever it changes; the last one when the job is over. "
    "Comments keep the connection open. Ends after 10 minutes: ask again.",
)
route(
    "GET",
    "/v1/sync-jobs/{id}/decisions",
    JOBS,
    "what was decided for each record, and why",
    {200: "Decisions"},
    [400, 404],
    params=page,
    description="Ids and reasons only: no values are kept. Records that were synced before and did not change are left out.",
)
route(
    "POST",
    "/v1/sync-previews",
    JOBS,
    "what a sync would do",
    {200: "Preview"},
    [400, 404, 409, 422, 502, 504],
    "NewPreview",
    description="Reads both sides, writes nothing and keeps nothing.",
)
hook = [{"name": "provider", "in": "path", "required": True, "schema": text}]
for m in ("GET", "POST"):
    route(
        m,
        "/webhooks/{provider}",
        WEBHOOKS,
        "a provider's " + ("handshake" if m == "GET" else "notification"),
        {200: ("application/json",), 201: None, 204: None},
        [400, 401, 403, 404, 413, 503],
        security=None,
    )
route(
    "PUT",
    "/admin/users/{id}",
    OPERATOR,
    "add a person of the built-in issuer, or change a tier",
    {200: "User", 201: "User"},
    [400, 409],
    "NewUser",
    security="admin",
)
route("DELETE", "/admin/users/{id}", OPERATOR, "erase a person", {202: "Erasing"}, [404], security="admin")
route(
    "POST",
    "/admin/users/{id}/tokens",
    OPERATOR,
    "a token of the built-in issuer",
    {201: "Token"},
    [400, 404, 409],
    "NewToken",
    security="admin",
)
route(
    "POST",
    "/admin/identity/invalidate",
    OPERATOR,
    "believe no token and no key that was believed before",
    {204: None},
    security="admin",
)
openapi_support.add(SCHEMAS, route, ref, obj, page)
series = {
    "name": described("jobsSucceeded, jobP95, providerErrors/<key> …"),
    "unit": {"enum": ["1/s", "ms", "s", ""]},
    "points": described(
        "[unix seconds, value], oldest first, at most 360; a percentile has none where nothing happened",
        {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
    ),
}
SCHEMAS["History"] = obj({"stepSeconds": integer, "series": {"type": "array", "items": obj(series)}})
budget = {"scope": {"const": "app"}, "rule": text, "window": text, "used": integer, "limit": integer}
shown_provider = {
    "key": text,
    "name": text,
    "mode": {"enum": ["normal", "read_only", "disabled"]},
    "breaker": {"enum": ["closed", "open", "half_open"]},
    "calls": described("in the last hour", integer),
    "errors": described("of these: no answer, or one that is neither 2xx nor 3xx", integer),
    "latencyP50Ms": described("absent where there was no call", integer),
    "latencyP95Ms": integer,
    "rateBudget": described("the limits that all people share", {"type": "array", "items": obj(budget)}),
    "openIncidents": integer,
}
optional = ("latencyP50Ms", "latencyP95Ms")
SCHEMAS["ShownProviders"] = obj(
    {"providers": {"type": "array", "items": obj(shown_provider, [name for name in shown_provider if name not in optional])}}
)
setting = {"name": text, "value": described("secrets masked"), "origin": text, "meaning": text, "live": flag}
SCHEMAS["ServerSettings"] = obj({"settings": {"type": "array", "items": obj(setting)}})
route("GET", "/admin/history", OPERATOR, "the last hour in figures", {200: "History"}, [404], security="admin")
route("GET", "/admin/providers", OPERATOR, "how the providers are", {200: "ShownProviders"}, [404], security="admin")
route(
    "GET",
    "/admin/configuration",
    OPERATOR,
    "the configuration in force, and where each value comes from",
    {200: "ServerSettings"},
    [404],
    security="admin",
)
route(
    "GET",
    "/admin/event-subscriptions",
    OPERATOR,
    "who is told what happens",
    {200: "EventSubscriptions"},
    security="admin",
)
route(
    "POST",
    "/admin/event-subscriptions",
    OPERATOR,
    "tell somebody what happens",
    {201: "NewEventSubscriptionMade"},
    [400, 413],
    "NewEventSubscription",
    security="admin",
    description="CloudEvents, signed after Standard Webhooks; docs/events.md.",
)
route(
    "DELETE",
    "/admin/event-subscriptions/{id}",
    OPERATOR,
    "tell them no more",
    {204: None},
    [404],
    security="admin",
)
route(
    "POST",
    "/admin/event-subscriptions/{id}/enable",
    OPERATOR,
    "go on telling a subscriber that was given up",
    {200: "EventSubscription"},
    [404, 409],
    security="admin",
)
route(
    "POST",
    "/admin/event-subscriptions/{id}/replay",
    OPERATOR,
    "tell again what happened since a time of the last week",
    {202: "Replayed"},
    [400, 404, 409],
    "Replay",
    security="admin",
)
document = {
    "openapi": "3.1.0",
    "info": {
        "title": "SyncWell",
        "version": "1",
        "description": "Moves a person's health data between platforms, without losing, duplicating or keeping any. State-changing POST calls carry an Idempotency-Key; errors are problem details (RFC 9457); lists come in pages.",
        "license": {"name": "see the LICENSE file of the project"},
    },
    "servers": [{"url": "/"}],
    "tags": [{"name": n} for n in (ACCOUNT, CONNECTIONS, CONFIGS, JOBS, WEBHOOKS, OPERATOR, OPERATION)],
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            "user": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "operator": {"type": "http", "scheme": "bearer"},
        },
    },
}


def as_cpp(document):
    """A constant in pieces, since compilers bound the length of one literal."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    pieces = [text[i : i + 8000] for i in range(0, len(text), 8000)]
    literals = "\n".join(f'R"openapi({piece})openapi"' for piece in pieces)
    return (
        '#include "api/openapi.hpp"\n\nnamespace syncwell::api {\n\n'
        f"const std::string_view openapi_document =\n{literals};\n\n}}  // namespace syncwell::api\n"
    )


if len(sys.argv) > 1:
    with open(sys.argv[1], "w", encoding="utf-8") as output:
        output.write(as_cpp(document))
else:
    print(json.dumps(document, indent=1, ensure_ascii=False))
