//! Checking what a key may do.

use std::time::Duration;

use lever::{BaseUrl, Need, ProbeOutcome};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Play, Script, client};

fn works() -> Play {
    Play::json(200, &json!({ "data": [{ "odd": 1 }], "hasNext": true, "next": "x" }))
}

#[tokio::test]
async fn each_read_is_tried_and_each_write_is_listed() {
    let forbidden = Play::error(403, "ForbiddenError", "no");
    let script = Script::play([
        works(),
        forbidden.clone(),
        works(),
        forbidden.clone(),
        works(),
        Play::text(503, "text/html", "<h1>Maintenance</h1>"),
        forbidden,
        Play::json(200, &json!({ "data": [] })),
    ])
    .await;
    let probes = script.client().probe().await;
    let outcomes: Vec<(Need, ProbeOutcome)> =
        probes.into_iter().map(|probe| (probe.need, probe.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            (Need::ListUsers, ProbeOutcome::Works),
            (Need::ListStages, ProbeOutcome::Forbidden),
            (Need::ListArchiveReasons, ProbeOutcome::Works),
            (Need::ListPostings, ProbeOutcome::Forbidden),
            (Need::ListOpportunities, ProbeOutcome::Works),
            (
                Need::ListDeletedOpportunities,
                ProbeOutcome::Failed(
                    "check permission: Lever is not available at the moment (status 503)".to_owned()
                )
            ),
            (Need::ConfidentialData, ProbeOutcome::Forbidden),
            (Need::ListWebhooks, ProbeOutcome::Works),
            (Need::CreateOpportunity, ProbeOutcome::NotProbed),
            (Need::AddNote, ProbeOutcome::NotProbed),
            (Need::ListNotes, ProbeOutcome::NotProbed),
            (Need::UploadFile, ProbeOutcome::NotProbed),
            (Need::ListFiles, ProbeOutcome::NotProbed),
            (Need::MoveStage, ProbeOutcome::NotProbed),
            (Need::Archive, ProbeOutcome::NotProbed),
            (Need::UpdateContact, ProbeOutcome::NotProbed),
            (Need::AddLinks, ProbeOutcome::NotProbed),
            (Need::CreateWebhook, ProbeOutcome::NotProbed),
        ]
    );
    assert_eq!(
        script.lines(),
        [
            "GET /v1/users?limit=1",
            "GET /v1/stages?limit=1",
            "GET /v1/archive_reasons?limit=1",
            "GET /v1/postings?limit=1",
            "GET /v1/opportunities?limit=1",
            "GET /v1/opportunities/deleted?limit=1",
            "GET /v1/opportunities?limit=1&confidentiality=all",
            "GET /v1/webhooks",
        ]
    );
}

#[tokio::test]
async fn a_wrong_key_is_asked_about_once() {
    let script =
        Script::play([Play::error(401, "UnauthorizedError", "The request requires authentication.")]).await;
    let probes = script.client().probe().await;
    assert_eq!(script.lines().len(), 1);
    assert_eq!(probes.len(), Need::ALL.len());
    for probe in probes {
        let expected = match probe.need {
            Need::CreateOpportunity
            | Need::AddNote
            | Need::ListNotes
            | Need::UploadFile
            | Need::ListFiles
            | Need::MoveStage
            | Need::Archive
            | Need::UpdateContact
            | Need::AddLinks
            | Need::CreateWebhook => ProbeOutcome::NotProbed,
            _ => ProbeOutcome::Unauthorized,
        };
        assert_eq!(probe.outcome, expected, "{:?}", probe.need);
    }
}

#[tokio::test]
async fn an_unreachable_lever_is_said_to_be_unreachable() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let base = BaseUrl::parse_override(&format!("http://{address}")).unwrap();
    let probes = client(&base, Duration::from_secs(5)).probe().await;
    assert_eq!(
        probes[0].outcome,
        ProbeOutcome::Unreachable("check permission: Lever could not be reached".to_owned())
    );
}

#[test]
fn every_need_has_its_own_words() {
    let ticks: std::collections::BTreeSet<_> = Need::ALL.iter().map(|need| need.tick_in_lever()).collect();
    let purposes: std::collections::BTreeSet<_> = Need::ALL.iter().map(|need| need.needed_for()).collect();
    assert_eq!(ticks.len(), Need::ALL.len());
    assert_eq!(purposes.len(), Need::ALL.len());
}
