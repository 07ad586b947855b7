"""The support desk's part of the API's description (SUP-2 to SUP-6): what openapi.py adds to the rest."""

text = {"type": "string"}
flag = {"type": "boolean"}
integer = {"type": "integer"}
time = {"type": "string", "description": "RFC 3339"}
TAG = "support desk"


def array(items):
    return {"type": "array", "items": items}


def query(name, description):
    return {"name": name, "in": "query", "schema": text, "description": description}


def add_schemas(schemas, ref, obj):
    case = {
        "id": {**text, "description": "the job's id"},
        "state": {"enum": ["open", "redriven", "resolved", "archived"]},
        "category": {"enum": ["outage", "bad_data", "authentication", "unknown"]},
        "rule": text,
        "code": text,
        "provider": text,
        "httpStatus": integer,
        "message": {**text, "description": "metadata only, never a health value"},
        "dataType": text,
        "userId": text,
        "syncConfigId": text,
        "sourceConnectionId": text,
        "destinationConnectionId": text,
        "jobId": text,
        "correlationId": text,
        "attempts": integer,
        "redrives": integer,
        "firstFailedAt": time,
        "diedAt": time,
        "incidentId": text,
        "contact": obj({"state": ref("ContactState"), "dueAt": time}),
    }
    always = ["id", "state", "category", "rule", "code", "message", "attempts", "redrives", "firstFailedAt", "diedAt"]
    always += ["incidentId", "contact"]
    schemas["ContactState"] = {
        "enum": ["running", "half", "late", "overdue", "contacted", "not_needed", "opted_out"],
        "description": "half: 50 % of the time has passed, late: 80 %, overdue: all of it",
    }
    schemas["DeadLetter"] = obj(case, always)
    schemas["DeadLetters"] = obj({"deadLetters": array(ref("DeadLetter")), "next": text}, ["deadLetters"])
    step = {"at": time, "kind": text, "code": text, "provider": text, "httpStatus": integer, "text": text, "by": text}
    schemas["OpenedDeadLetter"] = obj(
        {
            **case,
            "meaning": text,
            "advice": text,
            "playbook": text,
            "statusPage": text,
            "timeline": array(obj({**step, "count": integer}, ["at", "kind"])),
        },
        always + ["playbook", "timeline"],
    )
    schemas["Redriven"] = obj({"redriven": integer})
    schemas["RedriveFilter"] = obj({"provider": text, "category": text, "code": text, "incident": text}, [])
    schemas["Annotation"] = obj({"text": text})
    incident = {
        "id": text,
        "state": {"enum": ["open", "resolved"]},
        "rule": text,
        "category": text,
        "action": {"enum": ["redrive", "ticket", "reconnect", "page"]},
        "provider": text,
        "code": text,
        "message": text,
        "playbook": text,
        "statusPage": text,
        "entries": integer,
        "open": integer,
        "redriven": integer,
        "resolved": integer,
        "archived": integer,
        "exhausted": {**integer, "description": "redriven as often as they may be by themselves"},
        "openedAt": time,
        "lastEntryAt": time,
        "resolvedAt": time,
        "nextRedriveAt": time,
        "ticket": obj({"state": {"enum": ["open", "solved"]}, "id": text}),
    }
    optional = ("statusPage", "resolvedAt", "nextRedriveAt", "ticket")
    schemas["Incident"] = obj(incident, [name for name in incident if name not in optional])
    schemas["Incidents"] = obj({"incidents": array(ref("Incident")), "next": text}, ["incidents"])
    alarm = {"key": text, "severity": {"enum": ["info", "warning", "error", "critical"]}, "summary": text, "since": time}
    alarm |= {"consolePath": text, "playbook": text}
    channel = {"channel": text, "state": {"enum": ["told", "queued", "undelivered"]}}
    schemas["Overview"] = obj(
        {
            "queue": obj(
                {"visible": integer, "inFlight": integer, "delayed": integer, "dead": integer, "oldestAgeSeconds": integer}
            ),
            "openEntries": integer,
            "redrivenEntries": integer,
            "openIncidents": integer,
            "contactsDue": obj({"running": integer, "half": integer, "late": integer, "overdue": integer}),
            "undelivered": integer,
            "alarms": array(obj({**alarm, "channels": array(obj(channel))})),
        }
    )
    notice = {"id": text, "channel": text, "subject": text, "state": {"enum": ["queued", "sent", "undelivered"]}}
    notice |= {"attempts": integer, "lastError": text, "updatedAt": time}
    schemas["Notices"] = obj(
        {"notices": array(obj(notice, [name for name in notice if name != "lastError"])), "next": text}, ["notices"]
    )
    schemas["Queued"] = obj({"state": {"const": "queued"}})
    contact = {"entryId": text, "userId": text, "provider": text, "state": ref("ContactState")}
    contact |= {"firstFailedAt": time, "dueAt": time}
    message = {"template": text, "locale": text, "at": time}
    message["state"] = {"enum": ["queued", "sending", "sent", "unknown", "refused", "opted_out", "no_address"]}
    contact["messages"] = array(obj(message))
    schemas["Contacts"] = obj(
        {"contacts": array(obj(contact, [name for name in contact if name != "provider"])), "next": text}, ["contacts"]
    )
    templates = {"enum": ["initial", "resolved", "action_needed"]}
    schemas["Template"] = obj({"template": templates})
    schemas["PreviewOfMessage"] = obj({"template": templates, "locale": text}, ["template"])
    schemas["Message"] = obj({"template": templates, "locale": text, "subject": text, "body": text})
    role = {"enum": ["viewer", "support", "admin"]}
    schemas["Me"] = obj({"name": text, "role": role})
    member = {"id": text, "name": text, "role": role, "createdAt": time}
    schemas["Staff"] = obj({"staff": array(obj(member))})
    schemas["NewStaffMember"] = obj({"name": text, "role": role})
    schemas["StaffMemberMade"] = obj({**member, "token": {**text, "description": "shown this once"}})
    entry = {"sequence": integer, "at": time, "who": text, "role": text, "action": text, "target": text, "hash": text}
    schemas["Audit"] = obj(
        {"audit": array(obj({**entry, "purpose": text, "detail": text}, list(entry))), "next": text}, ["audit"]
    )
    schemas["AuditVerdict"] = obj(
        {"intact": flag, "entries": integer, "head": text, "brokenAt": integer, "reason": text},
        ["intact", "entries", "head"],
    )
    schemas["BreakGlass"] = obj({"userId": {**text, "description": "usr_…, or an id of the built-in issuer"}, "purpose": text})
    job = {"jobId": text, "correlationId": text, "status": text, "createdAt": time}
    schemas["JobsThroughGlass"] = obj(
        {"id": text, "expiresAt": time, "userId": text, "jobs": array(obj({**job, "errorCode": text}, list(job)))}
    )


def add_case_routes(staff, page):
    filters = [
        query("state", "open, redriven, resolved or archived; none: all"),
        query("provider", "of the call that failed"),
        query("category", "outage, bad_data, authentication or unknown"),
        query("code", "an error code"),
        query("incident", "an incident's id"),
        query("user", "usr_…"),
        query("job", "a job's id"),
    ]
    one = "/admin/dlq/{id}"
    purpose = [query("purpose", "what it is looked at for; kept in the audit log")]
    staff("GET", "/admin/dlq", "dead letters, newest first, metadata only", {200: "DeadLetters"}, [400], params=page + filters)
    staff("POST", "/admin/dlq/redrive", "send all that fit back", {202: "Redriven"}, [400], body="RedriveFilter")
    staff("GET", one, "one of them, with what happened to it", {200: "OpenedDeadLetter"}, [400, 404], params=purpose)
    staff("POST", one + "/redrive", "send one back", {202: "Redriven"}, [404, 409])
    staff("POST", one + "/archive", "put one away", {200: "DeadLetter"}, [404, 409])
    staff("POST", one + "/annotations", "write something to it", {201: "DeadLetter"}, [400, 404], body="Annotation")
    confirm = [query("confirm", "the same id once more")]
    staff("DELETE", one, "delete one for good", {204: None}, [400, 404, 409], params=confirm)


def add_incident_routes(staff, page):
    state = [query("state", "open (where nothing is said) or resolved")]
    one = "/admin/incidents/{id}"
    staff("GET", "/admin/overview", "the desk at a glance", {200: "Overview"})
    staff("GET", "/admin/incidents", "what dead letters have in common", {200: "Incidents"}, [400], params=page + state)
    staff("GET", one, "one incident", {200: "Incident"}, [404])
    staff("POST", one + "/redrive", "send all of it back", {202: "Redriven"}, [404])
    which = [query("state", "undelivered (where nothing is said), queued or sent")]
    staff("GET", "/admin/notices", "what the world outside is told", {200: "Notices"}, [400], params=page + which)
    staff("POST", "/admin/notices/{id}/retry", "tell it once more", {202: "Queued"}, [404])


def add_contact_routes(staff, page):
    state = [query("state", "a ContactState; none: all open cases")]
    one = "/admin/contacts/{id}"
    staff("GET", "/admin/contacts", "who has to hear of a failed sync, and by when", {200: "Contacts"}, [400], params=page + state)
    staff("POST", one + "/preview", "a message as it would be sent", {200: "Message"}, [400, 404], body="PreviewOfMessage")
    staff("POST", one + "/send", "write to the person of a case", {202: "Queued"}, [400, 404, 409], body="Template")


def add_staff_routes(staff, page):
    head = [query("head", "a hash that was kept elsewhere and must be in the chain")]
    staff("GET", "/admin/me", "who calls, and with which role", {200: "Me"})
    staff("GET", "/admin/staff", "who works at the desk", {200: "Staff"})
    staff("POST", "/admin/staff", "let somebody in", {201: "StaffMemberMade"}, [400, 413], body="NewStaffMember")
    staff("DELETE", "/admin/staff/{id}", "let somebody in no more", {204: None}, [404])
    staff("GET", "/admin/audit", "who did what, newest first", {200: "Audit"}, [400], params=page)
    staff("GET", "/admin/audit/verify", "whether the audit log is untouched", {200: "AuditVerdict"}, [400], params=head)
    staff("POST", "/admin/break-glass", "from a person to their jobs", {201: "JobsThroughGlass"}, [400], body="BreakGlass")
    staff("GET", "/admin/break-glass/{id}", "the same again, within its time", {200: "JobsThroughGlass"}, [404])


def add(schemas, route, ref, obj, page):
    def staff(method, path, summary, ok, errors=(), **more):
        route(method, path, TAG, summary, ok, errors, security="admin", **more)

    add_schemas(schemas, ref, obj)
    add_case_routes(staff, page)
    add_incident_routes(staff, page)
    add_contact_routes(staff, page)
    add_staff_routes(staff, page)
