//! The pages, by plain forms, as a browser without JavaScript sends them.

use lever_sim::{Settings, TokenMode, signature};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Lever, Receiver, settings};

/// The text between two marks, from the first place where both are.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start}")) + start.len();
    let to = text[from..].find(end).unwrap() + from;
    &text[from..to]
}

/// The value of the read-only field with this label.
fn field<'a>(page: &'a str, label: &str) -> &'a str {
    let after =
        &page[page.find(&format!(">{label}</label>")).unwrap_or_else(|| panic!("no field {label}"))..];
    between(after, "value=\"", "\"")
}

/// The group of an event on the Webhooks page.
fn group<'a>(page: &'a str, event: &str) -> &'a str {
    between(page, &format!("id=\"{event}\" role=\"group\""), "</section>")
}

#[tokio::test]
async fn the_platforms_tile_is_switched_on_with_a_key_that_is_shown_until_done() {
    let lever = Lever::start(Settings { platform_name: "Acme Talent".to_owned(), ..settings(3) }).await;
    let page = lever.show("/settings/integrations").await;
    assert!(page.contains("Sourcing") && page.contains("Acme Talent"));
    assert!(page.contains("aria-checked=\"false\" aria-labelledby=\"partner-platform\""));

    let grant = lever.press("/settings/integrations/platform/switch", &[]).await;
    let page = lever.show(&grant).await;
    assert!(page.contains("Create an opportunity") && page.contains("Generate API key"));
    let reveal = lever.press("/settings/integrations/platform/key", &[]).await;
    let page = lever.show(&reveal).await;
    let key = field(&page, "API key").to_owned();
    assert!(page.contains(">Copy</button>") && page.contains(">Done</button>"));
    // A reload shows it again; it is not on yet.
    assert_eq!(field(&lever.show(&reveal).await, "API key"), key);
    assert!(!lever.show("/settings/integrations").await.contains("aria-checked=\"true\""));
    let back = lever.press(&format!("{reveal}/done"), &[]).await;
    let page = lever.show(&back).await;
    assert!(page.contains("aria-checked=\"true\" aria-labelledby=\"partner-platform\""));
    let gone = lever.page(Method::GET, &reveal, &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(!gone.text.contains(&key));

    let partner = Lever { key, ..lever };
    assert_eq!(partner.all("/opportunities", 100).await.len(), 3);
    for path in ["/users", "/stages", "/archive_reasons", "/postings", "/webhooks"] {
        assert_eq!(partner.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(partner.get("/audit_events").await.status, StatusCode::FORBIDDEN);

    // Off again: the key is revoked.
    partner.press("/settings/integrations/platform/switch", &[]).await;
    assert_eq!(partner.get("/users").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_is_made_with_ticked_permissions_and_revoked() {
    let lever = Lever::with(0).await;
    let form = lever.show("/settings/api-credentials/new?all=1").await;
    assert!(form.contains("Find all users") && form.contains("checked"));
    let reveal = lever
        .press(
            "/settings/api-credentials/new",
            &[("name", "Two boxes"), ("permission", "users.list"), ("permission", "stages.list")],
        )
        .await;
    let page = lever.show(&reveal).await;
    let key = field(&page, "API key").to_owned();
    lever.press(&format!("{reveal}/done"), &[]).await;
    let page = lever.show("/settings/api-credentials").await;
    assert!(page.contains("Two boxes") && page.contains(&key[key.len() - 4..]));
    assert!(!page.contains(&key));
    let id =
        between(&page[page.find("Two boxes").unwrap()..], "/settings/api-credentials/", "/revoke").to_owned();
    let narrow = Lever { key, ..lever };
    assert_eq!(narrow.get("/users").await.status, StatusCode::OK);
    assert_eq!(narrow.get("/tags").await.status, StatusCode::FORBIDDEN);
    narrow.press(&format!("/settings/api-credentials/{id}/revoke"), &[]).await;
    assert_eq!(narrow.get("/users").await.status, StatusCode::UNAUTHORIZED);

    let nothing = narrow.page(Method::POST, "/settings/api-credentials/new", &[("name", "Empty")]).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

/// On, Add webhook, paste, Verify Connection; returns the group afterwards.
async fn verify_on_page(lever: &Lever, event: &str, url: &str) -> String {
    lever.press(&format!("/settings/webhooks/events/{event}/switch"), &[]).await;
    lever.press(&format!("/settings/webhooks/events/{event}/add"), &[]).await;
    let page = lever.show("/settings/webhooks").await;
    let action = between(group(&page, event), "action=\"/settings/webhooks/hooks/", "\"").to_owned();
    let origins = ["applied", "sourced", "referred", "university", "internal", "agency"];
    let mut form = vec![("url", url)];
    form.extend(origins.iter().map(|origin| ("origin", *origin)));
    lever.press(&format!("/settings/webhooks/hooks/{action}"), &form).await;
    let page = lever.show("/settings/webhooks").await;
    group(&page, event).to_owned()
}

#[tokio::test]
async fn three_webhooks_are_verified_and_the_accounts_token_stands_at_the_foot() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    let events = [
        ("candidateHired", "Candidate Hired"),
        ("candidateStageChange", "Candidate Stage Change"),
        ("candidateArchiveChange", "Candidate Archive State Change"),
    ];
    for (event, title) in events {
        let group = verify_on_page(&lever, event, &receiver.url).await;
        assert!(group.contains(title));
        assert!(group.contains("aria-checked=\"true\""));
        assert!(group.contains(">Verified</button>"), "{group}");
        assert!(!group.contains("Verify Connection</button>"));
        let posted = receiver.next().await.body();
        assert_eq!(posted["event"], event);
        assert_eq!(posted["data"], json!({}));
        let page = lever.show("/settings/webhooks").await;
        let token = field(&page, "Signing token");
        assert_eq!(page.matches(">Signing token</label>").count(), 1);
        assert_eq!(
            posted["signature"],
            signature(token, posted["token"].as_str().unwrap(), posted["triggeredAt"].as_i64().unwrap())
        );
    }
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    assert_eq!(receiver.next().await.body()["event"], "candidateStageChange");
}

#[tokio::test]
async fn with_a_token_per_webhook_each_row_has_its_own() {
    let lever = Lever::start(Settings { tokens: TokenMode::PerWebhook, ..settings(0) }).await;
    let mut receiver = Receiver::start().await;
    let hired = verify_on_page(&lever, "candidateHired", &receiver.url).await;
    let moved = verify_on_page(&lever, "candidateStageChange", &receiver.url).await;
    assert_ne!(field(&hired, "Signing token"), field(&moved, "Signing token"));
    for row in [&hired, &moved] {
        let posted = receiver.next().await.body();
        assert_eq!(
            posted["signature"],
            signature(
                field(row, "Signing token"),
                posted["token"].as_str().unwrap(),
                posted["triggeredAt"].as_i64().unwrap()
            )
        );
    }
}

#[tokio::test]
async fn a_failed_verification_says_why_and_does_not_disable_the_webhook() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    receiver.answer(&[401]);
    let group = verify_on_page(&lever, "candidateStageChange", &receiver.url).await;
    assert!(group.contains("Verify Connection</button>"));
    assert!(group.contains("the URL answered 401"), "{group}");
    receiver.next().await;
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    assert_eq!(receiver.next().await.body()["data"]["toStageId"], "offer");

    let group = verify_on_page(&lever, "candidateHired", "http://example.com/plain").await;
    assert!(group.contains("must start with https://"), "{group}");
}

#[tokio::test]
async fn the_history_shows_request_and_answer_and_reruns_with_the_old_token() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let first = receiver.next().await;
    let page = lever.show("/settings/webhooks").await;
    let rerun = between(&page[page.find("id=\"history\"").unwrap()..], "action=\"", "\"").to_owned();
    let detail = lever.show(rerun.trim_end_matches("/rerun")).await;
    assert!(detail.contains("candidateStageChange"));
    assert!(detail.contains("answered 200") && detail.contains("Attempt 1"));
    lever.press(&rerun, &[]).await;
    assert_eq!(receiver.next().await.text, first.text);
}

#[tokio::test]
async fn a_candidate_is_moved_archived_unarchived_hired_and_deleted_by_buttons() {
    let lever = Lever::with(5).await;
    let made = lever
        .create(json!({"name": "Rae Page", "emails": ["rae@example.com"], "sources": ["CodeSignal"]}))
        .await;
    let id = made["data"]["id"].as_str().unwrap();
    let home = format!("/candidates/{id}");
    assert!(lever.show("/candidates").await.contains(">Rae Page</a>"));
    assert!(lever.show("/candidates?q=RAE%40").await.contains(">Rae Page</a>"));
    let page = lever.show(&home).await;
    for (term, text) in [("Source", "CodeSignal"), ("Creator", "Ana Ruiz"), ("Stage", "New lead")] {
        assert_eq!(between(&page, &format!("<dt>{term}</dt><dd>"), "</dd>"), text);
    }
    assert!(!page.contains(">Unarchive</button>"));

    let screen = lever.stage_id("Recruiter screen").await;
    lever.press(&format!("{home}/move"), &[("stage", &screen)]).await;
    let page = lever.show(&home).await;
    assert_eq!(between(&page, "<dt>Stage</dt><dd>", "</dd>"), "Recruiter screen");

    assert!(page.contains("No notes."));
    lever.press(&format!("{home}/note"), &[("value", "Spoke <today>")]).await;
    assert!(lever.show(&home).await.contains("Spoke &lt;today&gt;"));
    let notes = lever.data(&format!("/opportunities/{id}/notes")).await;
    assert_eq!(notes[0]["fields"][0]["value"], "Spoke <today>");
    let empty = lever.page(Method::POST, &format!("{home}/note"), &[("value", " ")]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);

    // From the board a plain button moves to the next stage.
    let board = lever.show("/candidates").await;
    assert!(board.contains("aria-label=\"Move to Phone interview: Rae Page\""));
    let phone = lever.stage_id("Phone interview").await;
    let back = lever.press(&format!("{home}/move"), &[("stage", &phone), ("back", "board")]).await;
    assert!(lever.show(&back).await.contains("The candidate was moved."));
    assert_eq!(lever.data(&format!("/opportunities/{id}")).await["stage"], *phone);

    let reason = lever.reason_id("Timing").await;
    lever.press(&format!("{home}/archive"), &[("reason", &reason)]).await;
    let page = lever.show(&home).await;
    assert!(between(&page, "<dt>Archived</dt><dd>", "</dd>").starts_with("Timing, "));
    assert!(page.contains(">Unarchive</button>"));
    lever.press(&format!("{home}/unarchive"), &[]).await;
    lever.press(&format!("{home}/hire"), &[]).await;
    let archived = lever.data(&format!("/opportunities/{id}")).await["archived"].clone();
    assert_eq!(archived["reason"], lever.reason_id("Hired").await);

    let away = lever.press(&format!("{home}/delete"), &[]).await;
    assert!(lever.show(&away).await.contains("The candidate was deleted."));
    assert_eq!(lever.get(&format!("/opportunities/{id}")).await.refusal().0, 404);
    let wrong = lever.page(Method::POST, &format!("{home}/move"), &[("stage", "offer")]).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_says_that_nothing_is_real_and_carries_safe_headers() {
    let lever = Lever::with(120).await;
    for path in [
        "/candidates",
        "/candidates?stage=lead-new&page=1",
        "/candidates?archived=true",
        "/settings/integrations",
        "/settings/integrations/platform",
        "/settings/api-credentials",
        "/settings/api-credentials/new",
        "/settings/webhooks",
        "/settings/webhooks/deliveries",
        "/practice/faults",
        "/practice/behaviour",
        "/practice/account",
    ] {
        let answer = lever.page(Method::GET, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text.contains("Practice Lever: nothing here is real"));
        assert!(answer.text.contains("<html lang=\"en\">"));
        for name in ["Settings", "Integrations", "API credentials", "Webhooks", "Candidates"] {
            assert!(answer.text.contains(&format!(">{name}</a>")), "{path}: {name}");
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(!answer.headers.contains_key("set-cookie"));
        assert!(!answer.text.contains("onclick"));
    }
    let missing = lever.page(Method::GET, "/candidates/nobody", &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_and_changes_nothing() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://127.0.0.1:3000"),
    ] {
        let answer = lever
            .http
            .post(format!("{}/candidates/{id}/delete", lever.running.base_url))
            .header(name, value)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(lever.get(&format!("/opportunities/{id}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn names_are_escaped() {
    let lever = Lever::with(0).await;
    lever.create(json!({"name": "<script>alert(1)</script>", "tags": ["\"><b>"]})).await;
    let page = lever.show("/candidates").await;
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;"));
}

#[tokio::test]
async fn a_fault_is_switched_on_shown_and_switched_off_by_plain_forms() {
    let lever = Lever::with(0).await;
    lever.running.freeze(None).await.unwrap();
    let faults = "/practice/faults";
    let form = [
        ("endpoint", "stages.list"),
        ("kind", "too-many-requests"),
        ("retry_after", "7"),
        ("when", "schedule"),
        ("calls", "2, 3"),
    ];
    lever.press("/practice/faults/add", &form).await;
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
    assert_eq!(lever.get("/stages").await.headers["retry-after"], "7");
    let page = lever.show(faults).await;
    for text in ["GET /v1/stages", "429 with Retry-After: 7", "On calls 2, 3", "1 of 2"] {
        assert!(page.contains(text), "{text}");
    }
    lever.press("/practice/faults/0/remove", &[]).await;
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);

    for (name, value) in [("probability", "1"), ("count", "1"), ("from", "0")] {
        let when = if name == "from" { "window" } else { name };
        let form =
            [("endpoint", "*"), ("kind", "internal-error"), ("when", when), (name, value), ("for", "60")];
        lever.press("/practice/faults/add", &form).await;
        assert_eq!(lever.get("/stages").await.refusal().0, 500, "{when}");
        lever.press("/practice/faults/clear", &[]).await;
        assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
    }

    lever.press("/practice/faults/maintenance", &[("minutes", "5")]).await;
    assert_eq!(lever.get("/stages").await.status, StatusCode::SERVICE_UNAVAILABLE);
    lever.running.step(5 * 60_000).await.unwrap();
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
    assert!(lever.show(faults).await.contains(">Over</td>"));
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_told_and_what_was_typed_is_kept() {
    let lever = Lever::with(0).await;
    let good = [
        ("endpoint", "users.list"),
        ("kind", "slow"),
        ("when", "probability"),
        ("probability", "0.5"),
        ("delay", "10"),
        ("calls", "1"),
        ("from", "0"),
        ("for", "1"),
        ("count", "1"),
    ];
    for (name, value, why) in [
        ("probability", "2", "a probability lies between 0 and 1"),
        ("probability", "often", "The probability must be a number."),
        ("delay", "-1", "The delay cannot be negative."),
        ("kind", "meteor", "Choose what goes wrong."),
        ("when", "never", "Choose when it goes wrong."),
        ("endpoint", "moon.list", "there is no endpoint called moon.list"),
    ] {
        let form = good.map(|(field, usual)| (field, if field == name { value } else { usual }));
        let answer = lever.page(Method::POST, "/practice/faults/add", &form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert!(answer.text.contains(why), "{name}={value}");
        assert!(answer.text.contains("role=\"alert\""));
        if name == "probability" {
            assert!(answer.text.contains(&format!("value=\"{value}\"")), "kept");
        }
    }
    let shown = lever.admin(Method::GET, "/faults", None).await.json();
    assert_eq!(shown["faults"], json!([]));
}

#[tokio::test]
async fn every_setting_has_a_field_and_a_group_is_saved_by_a_plain_form() {
    let lever = Lever::with(0).await;
    let page = lever.show("/practice/behaviour").await;
    let settings = lever.admin(Method::GET, "/settings", None).await.json();
    for name in settings.as_object().unwrap().keys() {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}");
    }
    // A form as the browser would send it, with three changes.
    let deliveries = [
        ("group", "Deliveries"),
        ("retry_token", "new"),
        ("retry_mode", "fast"),
        ("retry_pauses_ms", "1000, 2000"),
        ("fast_retry_pauses_ms", "20, 40, 80, 160, 320"),
        ("attempt_timeout_ms", "10000"),
        ("disable_after_failures", ""),
        ("delivery_delay_ms", "0"),
        ("delivery_reverse", "true"),
        ("delivery_reverse_window_ms", "300"),
        ("delivery_duplicate", "0.25"),
        ("delivery_drop", "0"),
    ];
    lever.press("/practice/behaviour", &deliveries).await;
    let changed = lever.running.behaviour();
    assert_eq!(changed.retry_token, lever_sim::RetryToken::New);
    assert_eq!(changed.retry_pauses_ms, [1_000, 2_000]);
    assert!(changed.delivery_reverse && changed.delivery_duplicate == 0.25);
    assert_eq!(changed.rate_burst, 100_000.0, "other groups stay");
    assert!(lever.show("/practice/behaviour").await.contains("Changed; the default is same."));

    for (name, value, why) in [
        ("delivery_drop", "7", "delivery_drop must be between 0 and 1"),
        ("retry_pauses_ms", "1, soon", "retry_pauses_ms must be a number"),
        ("retry_token", "old", "unknown variant"),
    ] {
        let form = deliveries.map(|(field, usual)| (field, if field == name { value } else { usual }));
        let answer = lever.page(Method::POST, "/practice/behaviour", &form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text.contains(why) && answer.text.contains("Not changed"), "{name}");
    }
    assert_eq!(lever.running.behaviour(), changed, "nothing of a refused form");
}

#[tokio::test]
async fn stages_reasons_users_and_the_clock_are_changed_by_plain_forms() {
    let lever = Lever::with(0).await;
    let screen = lever.stage_id("Recruiter screen").await;
    let base = "/practice/account";
    lever.press(&format!("{base}/stages/{screen}/rename"), &[("text", "Quick call")]).await;
    lever.press(&format!("{base}/stages/add"), &[("text", "Team day"), ("after", &screen)]).await;
    let names = crate::support::texts(&lever.data("/stages").await, "text");
    assert_eq!(names[4..6], ["Quick call", "Team day"]);
    lever.press(&format!("{base}/stages/{screen}/deactivate"), &[]).await;
    assert_eq!(crate::support::texts(&lever.data("/stages").await, "text")[4], "Team day");
    let fixed = lever.page(Method::POST, &format!("{base}/stages/lead-new/rename"), &[("text", "X")]).await;
    assert_eq!(fixed.status, StatusCode::BAD_REQUEST);

    let timing = lever.reason_id("Timing").await;
    lever.press(&format!("{base}/reasons/{timing}/rename"), &[("text", "Bad timing")]).await;
    lever.press(&format!("{base}/reasons/{timing}/deactivate"), &[]).await;
    let reason = lever.data(&format!("/archive_reasons/{timing}")).await;
    assert_eq!((&reason["text"], &reason["status"]), (&json!("Bad timing"), &json!("inactive")));
    lever.press(&format!("{base}/reasons/add"), &[("text", "Moved away")]).await;
    lever.reason_id("Moved away").await;

    let ana = lever.user("ana@demo.example").await;
    lever.press(&format!("{base}/users/{ana}/deactivate"), &[]).await;
    assert_eq!(lever.data("/users?email=ana@demo.example").await, json!([]));
    lever.press(&format!("{base}/users/{ana}/reactivate"), &[]).await;
    let new = [("name", "New Hand"), ("email", "hand@corp.example"), ("role", "admin")];
    lever.press(&format!("{base}/users/add"), &new).await;
    assert_eq!(lever.data("/users?email=hand@corp.example").await[0]["accessRole"], "admin");

    lever.press(&format!("{base}/clock/freeze"), &[]).await;
    let frozen = lever.running.now();
    lever.press(&format!("{base}/clock/step"), &[("seconds", "90")]).await;
    assert_eq!(lever.running.now(), frozen + 90_000);
    assert!(lever.show(base).await.contains("Let it run"));
    lever.press(&format!("{base}/clock/run"), &[]).await;
    lever.press(&format!("{base}/reset"), &[]).await;
    assert_eq!(crate::support::texts(&lever.data("/stages").await, "text")[4], "Recruiter screen");
}

#[tokio::test]
async fn the_pages_that_make_it_misbehave_answer_this_machine_only() {
    let lever = Lever::with(0).await;
    for path in ["/practice/faults", "/practice/behaviour", "/practice/account"] {
        let url = format!("{}{path}", lever.running.base_url);
        let answer = lever.http.get(url).header("host", "rebound.example").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}
