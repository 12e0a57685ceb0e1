//! A connected Fulcrum whose candidates are in Lever, and deliveries about them.

use anyhow::{Context, Result, ensure};
use domain::time::Timestamp;
use hyper::body::Bytes;
use lever::webhook::{SigningToken, sign};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::opportunities::Opportunity;
use usecases::{Random as _, SeededRandom};

use super::load::Target;
use crate::parties::{Fulcrum, PracticeLever, Programs, Seeded, Start, answered, now};

/// A candidate and the opportunity in Lever.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    /// Who.
    pub(super) candidate: Seeded,
    /// Lever's id.
    pub(super) opportunity: String,
    /// Whether it is archived in Lever, where a stage then says nothing.
    pub(super) archived: bool,
}

/// Fulcrum, its Lever, and candidates who are in both.
#[derive(Debug)]
pub(super) struct Scene {
    /// Signed in as a recruiter.
    pub(super) fulcrum: Fulcrum,
    /// Its practice Lever; it sends nothing by itself.
    pub(super) lever: PracticeLever,
    /// Everybody, the newest in the list first.
    pub(super) people: Vec<Linked>,
    /// Where deliveries are posted to.
    pub(super) target: Target,
    signing: SigningToken,
}

impl Scene {
    /// Connects a fresh Fulcrum and links `count` candidates to opportunities,
    /// as imports link them.
    ///
    /// # Errors
    /// What stood in the way.
    pub(super) async fn set(programs: &Programs, count: usize) -> Result<Self> {
        let lever = PracticeLever::start(&programs.lever_sim, count).await?;
        // What is delivered is sent from here, so that the instant of sending is known.
        lever.set(&json!({ "delivery_drop": 1.0 })).await?;
        let flags = ["--reconcile-seconds", "3600"].map(str::to_owned).to_vec();
        let start = Start { flags, ..Start::default() };
        let mut fulcrum = Fulcrum::start(&programs.fulcrum, &lever.url, start).await?;
        fulcrum.browser.sign_in("admin@demo.example").await?;
        fulcrum.browser.post("connect_practice", &[]).await?;
        fulcrum.browser.sign_in("ana@demo.example").await?;
        fulcrum.kill().await?;
        let people = link(&fulcrum, &lever, count).await?;
        fulcrum.start_again().await?;
        let events = lever.ask(Method::GET, "events", None).await?;
        let hook = &events["events"]["candidateStageChange"]["webhooks"][0];
        let url = hook["url"].as_str().context("no webhook is registered in Lever")?;
        let (address, path) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once('/'))
            .context("the webhook is not on this machine")?;
        let target = Target { address: address.to_owned(), path: format!("/{path}") };
        let token = hook["signing_token"].as_str().context("the webhook has no signing token")?;
        let signing = SigningToken::new(&SecretString::from(token));
        Ok(Self { fulcrum, lever, people, target, signing })
    }

    /// A delivery about one of the candidates, as Lever signs it. Each number
    /// is a token of its own.
    #[must_use]
    pub(super) fn delivery(&self, person: usize, number: usize) -> Bytes {
        stage_change(&self.signing, &self.people[person % self.people.len()].opportunity, now(), number)
    }
}

/// *Candidate Stage Change*, signed. As Lever's, tokens come in no order.
pub(super) fn stage_change(signing: &SigningToken, opportunity: &str, at: Timestamp, number: usize) -> Bytes {
    let mut drawn = [0; 24];
    SeededRandom::new(number as u64).fill(&mut drawn);
    let token = drawn.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let signature = sign(signing, &token, &at.0.to_string());
    let body = json!({
        "id": format!("event-{number}"),
        "event": "candidateStageChange",
        "triggeredAt": at.0,
        "token": token,
        "signature": signature,
        "data": { "opportunityId": opportunity, "contactId": "c-1", "toStageId": "s-1", "fromStageId": "s-2" },
    });
    Bytes::from(body.to_string())
}

async fn link(fulcrum: &Fulcrum, lever: &PracticeLever, count: usize) -> Result<Vec<Linked>> {
    let opportunities: Vec<Value> = lever.opportunities().await?;
    ensure!(opportunities.len() == count, "Lever has {} opportunities", opportunities.len());
    let store = fulcrum.store().await?;
    let candidates = answered(&store, "ana@demo.example", count).await?;
    let mut people = Vec::with_capacity(count);
    let mut tx = store.begin().await?;
    let organisation = store::organisations::all(&mut tx).await?.first().context("no organisation")?.id;
    for (candidate, opportunity) in candidates.into_iter().zip(opportunities) {
        let id = opportunity["id"].as_str().context("an opportunity without an id")?.to_owned();
        let row = Opportunity {
            id: id.clone(),
            candidate: candidate.id,
            contact: None,
            url: format!("https://lever.example/{id}"),
            stage: None,
            archived_reason: None,
            archived_at: None,
            held: false,
            lever_updated_at: None,
            read_at: now(),
            unlinked_at: None,
        };
        ensure!(
            store::opportunities::link(&mut tx, organisation, &row).await?,
            "{id} stands for two candidates"
        );
        people.push(Linked { candidate, opportunity: id, archived: opportunity["archived"].is_object() });
    }
    tx.commit().await?;
    store.close().await;
    Ok(people)
}
