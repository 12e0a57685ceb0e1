//! Every server function, counted: strangers are refused, other sites are
//! refused, nothing is changed by GET. A new function fails these tests until
//! it stands in the table.

use std::collections::{BTreeMap, BTreeSet};

use app::AppError;
use domain::problem::Problem;
use leptos::prelude::FromServerFnError as _;
use reqwest::{Method, StatusCode};

use crate::support::{ADMIN, RECRUITER, TestApp};

const ID: &str = "00000000-0000-7000-8000-000000000001";

/// What a stranger may call: nobody is signed in yet, or the link is the proof.
const OPEN: [&str; 9] = [
    "answer_reply",
    "create_organisation",
    "join",
    "open_invite",
    "open_reply",
    "open_set_up",
    "platform",
    "sign_in",
    "sign_out",
];

/// What a Recruiter may not call.
const ADMINS: [&str; 18] = [
    "draw_changes",
    "delete_template",
    "save_template",
    "draw_health",
    "draw_receiving",
    "draw_runs",
    "draw_stages",
    "draw_users",
    "change_role",
    "invite_member",
    "draw_activity",
    "draw_delivery",
    "list_members",
    "remove_member",
    "replay_delivery",
    "revoke_invite",
    "sync_now",
    "connect_step",
];

/// What only a Super Admin may call.
const SUPER_ADMINS: [&str; 19] = [
    "apply_changes",
    "check_key",
    "connect_practice",
    "decide_erasure",
    "discard_stages",
    "disconnect",
    "preview_changes",
    "preview_stages",
    "draw_way_back",
    "register_webhooks",
    "rotate_webhook",
    "open_body",
    "save_bodies_kept",
    "save_connection",
    "save_stages",
    "save_tokens",
    "save_users",
    "save_way_back",
    "discard_way_back",
];

/// The functions that are called by GET.
const READ_BY_GET: [&str; 0] = [];

/// The candidate answers from wherever the link was opened.
const FROM_ANYWHERE: &str = "answer_reply";

/// Each function with fields that it can read, so that a refusal is the guard's.
fn table() -> BTreeMap<&'static str, Vec<(&'static str, &'static str)>> {
    let candidate = ("candidate", ID);
    BTreeMap::from([
        ("add_candidate", vec![("name", "Noor Haddad"), ("email", "noor@people.example")]),
        ("answer_reply", vec![("token", "none"), ("text", "Yes")]),
        ("change_reach", vec![candidate, ("emails", "noor@people.example")]),
        ("begin_message", vec![("candidates[0]", ID), ("text", "Hello")]),
        ("change_role", vec![("member", ID), ("role", "admin")]),
        ("check_key", vec![("environment", "practice"), ("api_key", "none")]),
        ("connect_practice", vec![]),
        (
            "create_organisation",
            vec![
                ("token", "none"),
                ("organisation", "Else"),
                ("name", "A"),
                ("email", "a@b.example"),
                ("password", "long enough"),
            ],
        ),
        ("current_viewer", vec![]),
        ("decide", vec![candidate, ("opportunity", "")]),
        ("delete_template", vec![("template", ID)]),
        ("discard_message", vec![("message", ID)]),
        ("disconnect", vec![]),
        ("fresh_invite_link", vec![]),
        ("import_chosen", vec![candidate]),
        ("import_matching", vec![("search", "")]),
        ("import_selected", vec![("candidates[0]", ID)]),
        ("invite_member", vec![("email", "new@demo.example"), ("role", "recruiter")]),
        ("join", vec![("token", "none"), ("name", "A"), ("password", "long enough")]),
        ("draw_activity", vec![("address", "")]),
        ("draw_delivery", vec![("delivery", ID)]),
        ("draw_health", vec![]),
        ("draw_attention", vec![("address", "")]),
        ("draw_opportunities", vec![candidate]),
        ("draw_reach", vec![candidate]),
        ("draw_way_back", vec![]),
        ("look_for_opportunities", vec![candidate]),
        ("follow_opportunity", vec![candidate, ("opportunity", "o-1")]),
        ("draw_message", vec![("address", "")]),
        ("draw_messages", vec![]),
        ("draw_new_message", vec![("address", "")]),
        ("draw_template_choice", vec![candidate]),
        ("draw_templates", vec![("address", "")]),
        ("draw_bulk_imports", vec![]),
        ("draw_candidates", vec![("address", "")]),
        ("draw_import_sheet", vec![("address", "")]),
        ("draw_styleguide", vec![]),
        ("draw_insight", vec![]),
        ("list_members", vec![]),
        ("open_invite", vec![("token", "none")]),
        ("open_reply", vec![("token", "none")]),
        ("open_set_up", vec![("token", "none")]),
        ("platform", vec![]),
        ("draw_bulk_import", vec![("address", "")]),
        ("draw_resume", vec![candidate]),
        ("read_candidate", vec![candidate]),
        ("read_card", vec![]),
        ("read_settings", vec![]),
        ("register_webhooks", vec![("environment", "practice"), ("api_key", "none")]),
        ("remove_member", vec![("member", ID)]),
        ("replay_delivery", vec![("delivery", ID)]),
        ("remove_resume", vec![candidate]),
        ("request_import", vec![candidate]),
        ("resolve_conflict", vec![candidate, ("take_levers", "true")]),
        ("retry_attention", vec![("item", ID)]),
        ("retry_message", vec![("message", ID)]),
        ("revoke_invite", vec![("invite", ID)]),
        (
            "save_connection",
            vec![("api_key", "none"), ("signing_tokens", "none"), ("environment", "practice")],
        ),
        ("save_message_text", vec![("message", ID), ("text", "Hello")]),
        ("save_template", vec![("template", ""), ("name", "Hello"), ("text", "Hello")]),
        ("save_settings", vec![("known_person", "ask"), ("on_reply", "off")]),
        ("save_stages", vec![("stages[lead-new]", "keep")]),
        ("save_users", vec![("fallback", "")]),
        ("save_way_back", vec![("is_on", "off")]),
        ("send_message", vec![candidate, ("text", "Shall we talk?")]),
        ("set_status", vec![candidate, ("status", "contacted")]),
        ("sign_in", vec![("email", "nobody@demo.example"), ("password", "wrong")]),
        ("sign_out", vec![]),
        ("steer_message", vec![("message", ID), ("deed", "send")]),
        ("steer_bulk_import", vec![("bulk", ID), ("deed", "pause")]),
        ("sync_now", vec![]),
        ("undo_import", vec![candidate]),
        ("apply_changes", vec![("stages[id-a]", "keep")]),
        ("connect_step", vec![]),
        ("decide_erasure", vec![candidate, ("keep", "true")]),
        ("discard_stages", vec![]),
        ("discard_way_back", vec![]),
        ("draw_changes", vec![]),
        ("draw_receiving", vec![]),
        ("draw_runs", vec![("address", "")]),
        ("draw_stages", vec![("address", "")]),
        ("draw_users", vec![("address", "")]),
        ("preview_changes", vec![("stages[id-a]", "keep")]),
        ("preview_stages", vec![("stages[id-a]", "keep")]),
        ("retry_all_attention", vec![("kind", "import_failed")]),
        ("rotate_webhook", vec![("event", "candidateHired")]),
        ("open_body", vec![("delivery", ID)]),
        ("save_bodies_kept", vec![("days", "30"), ("then", "scrub")]),
        ("save_tokens", vec![("signing_tokens", "none")]),
    ])
}

fn registered() -> BTreeMap<&'static str, Method> {
    // The router registers them; a function that is nowhere used would be missing.
    let functions = server_fn::axum::server_fn_paths();
    functions
        .map(|(path, method)| {
            let name = path.strip_prefix("/api/").unwrap_or_else(|| panic!("{path} is not below /api/"));
            (name, method)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_whole() {
    let app = TestApp::start().await;
    let registered = registered();
    let in_table: BTreeSet<&str> = table().into_keys().collect();
    assert_eq!(registered.keys().copied().collect::<BTreeSet<_>>(), in_table);
    for (name, method) in registered {
        let expected = if READ_BY_GET.contains(&name) { Method::GET } else { Method::POST };
        assert_eq!(method, expected, "{name}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_refused() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for (name, fields) in table() {
        if OPEN.contains(&name) {
            continue;
        }
        let answer = stranger.call(name, &fields).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{name}");
        let refusal = AppError::de(answer.bytes().await.unwrap());
        assert_eq!(refusal, AppError::Problem(Problem::SignedOut), "{name}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_function_gives_a_stranger_nothing_without_its_proof() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let table = table();
    for name in OPEN {
        let answer = stranger.call(name, &table[name]).await;
        let status = answer.status();
        match name {
            "platform" | "sign_out" => assert_eq!(status, StatusCode::OK, "{name}"),
            "sign_in" => assert_eq!(status, StatusCode::UNAUTHORIZED),
            // Pages of a link that is not valid say so; acting by it is refused.
            "open_invite" | "open_set_up" | "open_reply" => {
                assert!(status == StatusCode::OK || status.is_client_error(), "{name}: {status}");
            }
            _ => assert!(status.is_client_error(), "{name}: {status}"),
        }
        assert!(!answer.headers().contains_key("set-cookie"), "{name} began a session");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_refused_what_is_above_it() {
    let app = TestApp::start().await;
    let (recruiter, admin) = (app.member(RECRUITER).await, app.member("lead@demo.example").await);
    let table = table();
    let both = ADMINS.iter().chain(&SUPER_ADMINS).map(|name| (&recruiter, *name));
    for (member, name) in both.chain(SUPER_ADMINS.iter().map(|name| (&admin, *name))) {
        let answer = member.call(name, &table[name]).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {}", answer.text().await.unwrap());
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_are_refused() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    for (name, fields) in table() {
        for site in ["cross-site", "same-site"] {
            let answer = admin
                .request(Method::POST, &format!("/api/{name}"))
                .header("accept", "application/x-postcard")
                .header("sec-fetch-site", site)
                .form(&fields)
                .send()
                .await
                .unwrap();
            let refused = answer.status() == StatusCode::FORBIDDEN;
            assert_eq!(refused, name != FROM_ANYWHERE, "{name}: {}", answer.status());
        }
    }
    // Nothing of all that was done.
    assert_eq!(admin.get("/candidates").await.status(), StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_by_get() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    for name in table().into_keys().filter(|name| !READ_BY_GET.contains(name)) {
        let answer = admin.get(&format!("/api/{name}")).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{name}");
    }
    app.stop().await;
}
