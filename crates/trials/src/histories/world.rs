//! A connected organisation, its candidates, and the Lever they are in.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::connection::{Environment, SetUpStep};
use domain::ids::CandidateId;
use domain::mapping::Target;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use domain::view::{PlaceRow, StagesStep, Wizard};
use lever::{BaseUrl, RateConfig, Transport};
use lever_sim::testing::Running;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::candidates::Candidate;
use store::members::Member;
use store::opportunities::Opportunity;
use store::organisations::Organisation;
use store::testing::Fresh;
use usecases::integration::{self, ConnectForm};
use usecases::way_back::WayBackForm;
use usecases::webhooks::{Inbox, Unverified};
use usecases::{
    CapabilityKey, Changes, Ids, LeverAccess, Mailer, SealingKey, SeededRandom, Services, Settings,
    SteppedClock, Timing, Vault, worker,
};

use super::truth::Difference;

/// 2026-11-23T20:22:00Z
const START: Timestamp = Timestamp(1_795_465_320_000);
/// A key the practice Lever knows from the start.
const KEY: &str = "practice-key-1a2b";
/// The signing token of the account at first.
pub(super) const TOKEN: &str = "00112233445566778899aabbccddeeff0011223344556677";

/// A candidate and what the history remembers of them.
pub(crate) struct Person {
    pub(super) candidate: CandidateId,
    pub(crate) opportunity: String,
    /// How often Lever had moved it when it was linked.
    pub(super) landed_moves: usize,
    /// The status that a member set, until somebody takes Lever's.
    pub(super) by_hand: Option<Status>,
    /// Where Lever stood, as we knew, when a member decided last.
    pub(super) decided: Option<(String, Option<String>)>,
    /// The last open status that is not from Lever.
    pub(super) own: Status,
    /// What Lever would have sent, or has.
    pub(super) hints: Vec<Vec<u8>>,
    /// What happened, for the story of a failure.
    pub(super) story: Vec<String>,
}

/// Everything that takes part.
pub(crate) struct World {
    pub(crate) services: Services,
    pub(super) lever: Running,
    pub(crate) admin: Actor,
    pub(crate) path: String,
    pub(crate) people: Vec<Person>,
    /// The token that signs what Lever sends now.
    pub(crate) token: String,
    /// The stages one can be moved to, and the reasons one can be archived for.
    pub(super) stages: Vec<String>,
    pub(super) reasons: Vec<String>,
    /// Whether statuses set here are written to Lever.
    pub(super) way_back: bool,
    clock: Arc<SteppedClock>,
    http: reqwest::Client,
    _fresh: Fresh,
}

impl World {
    /// An organisation connected with every seeded opportunity linked.
    pub(crate) async fn new(fresh: Fresh, seed: u64, people: usize) -> Result<Self> {
        let lever = lever_sim::testing::start(lever_sim::Settings {
            seed,
            key: Some(KEY.into()),
            opportunities: people,
            ..lever_sim::Settings::default()
        })
        .await?;
        let behaviour = lever_sim::Behaviour { rate_per_second: 1e9, rate_burst: 1e9, ..lever.behaviour() };
        lever.set_behaviour(behaviour).await?;
        lever.freeze(Some(START.0)).await?;

        let settings = Settings {
            public_url: "http://127.0.0.1:3000".into(),
            platform: "CodeSignal".into(),
            demo: false,
            timing: Timing::default(),
        };
        let rate = RateConfig { per_second: 1e9, burst: u32::MAX };
        let transport = Transport::new(settings.timing.lever_deadline)?;
        let base = BaseUrl::parse_override(&lever.api_url)?;
        let random = Arc::new(SeededRandom::new(seed));
        let key = SealingKey::generate(&*random);
        let clock = Arc::new(SteppedClock::new(START));
        let services = Services {
            store: fresh.store.clone(),
            vault: Vault::new(key.clone()),
            capabilities: CapabilityKey::new(key),
            lever: LeverAccess::at_rate(transport, Some(base), None, rate),
            mail: Mailer::default(),
            changes: Changes::default(),
            clock: clock.clone(),
            ids: Ids::default(),
            random,
            settings: Arc::new(settings),
            inbox: Inbox::default(),
            unverified: Unverified::default(),
            wake: Arc::default(),
        };
        let admin = settle_in(&services).await?;
        let path = connect(&services, &admin).await?;
        let people = link_all(&services, &lever, &admin).await?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let step = stages_of(&services, &admin).await?;
        let ids = |rows: Vec<PlaceRow>| rows.into_iter().filter(|row| row.active).map(|row| row.id).collect();
        let world = Self {
            stages: ids(step.stages),
            reasons: ids(step.reasons),
            services,
            lever,
            admin,
            path,
            people,
            token: TOKEN.to_owned(),
            way_back: false,
            clock,
            http,
            _fresh: fresh,
        };
        world.step(Duration::from_secs(1)).await?;
        integration::sync_now(&world.services, &world.admin).await.map_err(usecase)?;
        world.work(usize::MAX).await?;
        world.lever.forget_received();
        world.step(Duration::from_secs(1)).await?;
        Ok(world)
    }

    /// Statuses set here are written to Lever from now on: each to the first place
    /// that means it, the new ones to New lead.
    pub(super) async fn switch_the_way_back_on(&mut self) -> Result<()> {
        let step = match integration::wizard(&self.services, &self.admin, SetUpStep::Users)
            .await
            .map_err(usecase)?
        {
            Wizard::Users(step) => step,
            other => anyhow::bail!("{other:?} is not the second step"),
        };
        let somebody = step.lever_users.into_iter().find(|user| user.active).context("Lever has no users")?;
        integration::save_users(&self.services, &self.admin, Default::default(), Some(somebody.id))
            .await
            .map_err(usecase)?;
        let step = self.stages_step().await?;
        let leads_to = |status: Status| {
            let rows = if status.is_open() { &step.stages } else { &step.reasons };
            let wanted = if status == Status::New { Target::Keep } else { Target::Set(status) };
            rows.iter().find(|row| row.active && row.target == Some(wanted)).map(|row| row.id.clone())
        };
        let places = Status::ALL
            .into_iter()
            .filter_map(|status| Some((status.code().to_owned(), leads_to(status)?)))
            .collect();
        let form = WayBackForm { is_on: true, places, version: None };
        usecases::way_back::save_way_back(&self.services, &self.admin, form).await.map_err(usecase)?;
        self.way_back = true;
        Ok(())
    }

    /// How many requests have written a status to Lever.
    pub(super) fn written(&self) -> usize {
        let writes = ["opportunities.stage", "opportunities.archived"];
        self.lever
            .received()
            .iter()
            .filter(|received| {
                received.endpoint.as_deref().is_some_and(|endpoint| writes.contains(&endpoint))
            })
            .count()
    }

    /// Moves both clocks on.
    pub(super) async fn step(&self, by: Duration) -> Result<()> {
        self.clock.step(by);
        self.lever.step(i64::try_from(by.as_millis())?).await?;
        Ok(())
    }

    /// Runs at most so many due jobs.
    pub(super) async fn work(&self, most: usize) -> Result<()> {
        for _ in 0..most {
            if !worker::step(&self.services).await.map_err(usecase)? {
                break;
            }
        }
        Ok(())
    }

    /// Asks the practice Lever's admin API.
    pub(super) async fn practice(&self, method: reqwest::Method, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/_practice/{path}", self.lever.base_url);
        let answer = self.http.request(method, &url).json(&body).send().await?;
        ensure!(answer.status().is_success(), "{url} answered {}", answer.status());
        Ok(answer.json().await?)
    }

    /// Pastes the signing token that Lever uses now.
    pub(super) async fn paste_token(&self) -> Result<()> {
        let form = ConnectForm {
            api_key: SecretString::from(""),
            signing_tokens: SecretString::from(self.token.as_str()),
            environment: Environment::Operator,
        };
        integration::save_connection(&self.services, &self.admin, form).await.map_err(usecase)
    }

    /// Job Stage Mapping as the Super Admin sees it.
    pub(super) async fn stages_step(&self) -> Result<StagesStep> {
        stages_of(&self.services, &self.admin).await
    }

    /// *Save* with what `choose` says of each row.
    pub(super) async fn save_stages(&self, choose: impl Fn(&PlaceRow) -> Option<Target>) -> Result<()> {
        let step = self.stages_step().await?;
        let codes = |rows: Vec<PlaceRow>| {
            rows.into_iter()
                .map(|row| {
                    let code = choose(&row).map_or("", Target::code).to_owned();
                    (row.id, code)
                })
                .collect()
        };
        let (stages, reasons) = (codes(step.stages), codes(step.reasons));
        integration::save_stages(&self.services, &self.admin, stages, reasons).await.map_err(usecase)
    }

    /// Lets one period pass and reconciles, by the clock or in full, until
    /// nothing is left to do.
    pub(super) async fn reconcile(&mut self, in_full: bool) -> Result<()> {
        self.lever.set_faults(Vec::new()).await?;
        self.step(self.services.settings.timing.reconcile_every).await?;
        worker::tick(&self.services).await.map_err(usecase)?;
        self.settle().await?;
        if in_full {
            integration::sync_now(&self.services, &self.admin).await.map_err(usecase)?;
            self.settle().await?;
        }
        // Where many were deleted a person says that it is right.
        let (organisation, kind) = (self.admin.organisation, AttentionKind::TooManyUnlinked);
        let asked = {
            let mut tx = self.services.store.read().await?;
            store::attention::open_of(&mut tx, organisation, kind, None, u32::MAX).await?
        };
        for item in asked {
            usecases::attention::retry(&self.services, &self.admin, item.id).await.map_err(usecase)?;
            self.settle().await?;
        }
        Ok(())
    }

    /// Works and lets time pass until nothing is queued for the next day. Who was
    /// anonymised is erased after a week: that is left alone.
    async fn settle(&self) -> Result<()> {
        for _ in 0..400 {
            self.work(usize::MAX).await?;
            let mut tx = self.services.store.read().await?;
            let tomorrow = self.services.now() + Duration::from_secs(86_400);
            if store::jobs::count_live(&mut tx, self.admin.organisation, tomorrow).await? == 0 {
                return Ok(());
            }
            drop(tx);
            self.step(Duration::from_secs(30)).await?;
        }
        anyhow::bail!("jobs do not come to an end")
    }

    /// What happened to those who differ.
    pub(super) fn story_of(&mut self, differences: &[Difference]) -> String {
        let mut told = String::new();
        for difference in differences.iter().filter(|found| found.person.is_some()).take(2) {
            if let Some(person) = difference.person.and_then(|index| self.people.get(index)) {
                told.push_str(&format!("\nThe history of {}:\n  ", person.opportunity));
                told.push_str(&person.story.join("\n  "));
            }
        }
        told
    }

    pub(crate) async fn close(self) {
        self.services.store.close().await;
    }
}

/// An error of a use case with its inside.
pub(crate) fn usecase(error: usecases::Error) -> anyhow::Error {
    let outside = error.to_string();
    match std::error::Error::source(&error) {
        Some(inside) => anyhow::anyhow!("{outside}: {inside}"),
        None => anyhow::anyhow!(outside),
    }
}

async fn settle_in(services: &Services) -> Result<Actor> {
    let now = services.now();
    let organisation =
        Organisation { id: services.new_id(), name: "Acme".into(), practice: false, created_at: now };
    let member = Member {
        id: services.new_id(),
        organisation: organisation.id,
        email: "admin@acme.example".into(),
        name: "Avery Admin".into(),
        role: Role::SuperAdmin,
        active: true,
        created_at: now,
    };
    let mut tx = services.store.begin().await?;
    store::organisations::insert(&mut tx, &organisation).await?;
    store::members::insert(&mut tx, &member, "").await?;
    tx.commit().await?;
    Ok(Actor {
        organisation: organisation.id,
        member: member.id,
        role: member.role,
        name: member.name,
        email: member.email,
    })
}

async fn stages_of(services: &Services, admin: &Actor) -> Result<StagesStep> {
    match integration::wizard(services, admin, SetUpStep::Stages).await.map_err(usecase)? {
        Wizard::Stages(step) => Ok(step),
        other => anyhow::bail!("{other:?} is not the third step"),
    }
}

/// The whole wizard with what it suggests; gives the secret part of the address.
async fn connect(services: &Services, admin: &Actor) -> Result<String> {
    let form = ConnectForm {
        api_key: SecretString::from(KEY),
        signing_tokens: SecretString::from(TOKEN),
        environment: Environment::Operator,
    };
    integration::save_connection(services, admin, form).await.map_err(usecase)?;
    integration::save_users(services, admin, Default::default(), None).await.map_err(usecase)?;
    let step = stages_of(services, admin).await?;
    let codes = |rows: Vec<PlaceRow>| {
        rows.into_iter().map(|row| (row.id, row.target.map_or("", Target::code).to_owned())).collect()
    };
    let (stages, reasons) = (codes(step.stages), codes(step.reasons));
    integration::save_stages(services, admin, stages, reasons).await.map_err(usecase)?;
    match integration::wizard(services, admin, SetUpStep::Connect).await.map_err(usecase)? {
        Wizard::Connect(step) => {
            Ok(step.webhook_url.rsplit('/').next().context("no webhook address")?.to_owned())
        }
        other => anyhow::bail!("{other:?} is not the first step"),
    }
}

/// A candidate for every opportunity, linked as an import links them.
async fn link_all(services: &Services, lever: &Running, admin: &Actor) -> Result<Vec<Person>> {
    let now = services.now();
    let mut people = Vec::new();
    let mut tx = services.store.begin().await?;
    for (number, found) in lever.opportunities().into_iter().enumerate() {
        let id = found["id"].as_str().context("an opportunity without an id")?.to_owned();
        let candidate = Candidate {
            id: services.new_id(),
            organisation: admin.organisation,
            name: format!("Candidate {number}"),
            headline: String::new(),
            company: String::new(),
            location: String::new(),
            phones: Vec::new(),
            links: Vec::new(),
            skills: Vec::new(),
            score: None,
            owner: Some(admin.member),
            status: Status::Responded,
            cause: StatusCause::Reply,
            status_at: now,
            last_open: Status::Responded,
            conflict: None,
            messaged_at: Some(now),
            answered_at: Some(now),
            created_at: now,
        };
        let emails = [format!("c{number}@people.example")];
        store::candidates::insert(&mut tx, admin.organisation, &candidate, &emails).await?;
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
            read_at: now,
            unlinked_at: None,
        };
        ensure!(
            store::opportunities::link(&mut tx, admin.organisation, &row).await?,
            "{id} stands for two candidates"
        );
        people.push(Person {
            candidate: candidate.id,
            landed_moves: super::truth::moves(&found),
            opportunity: id,
            by_hand: None,
            decided: None,
            own: Status::Responded,
            hints: Vec::new(),
            story: vec![format!("linked at {} {}", found["stage"], json!(found["archived"]))],
        });
    }
    tx.commit().await?;
    Ok(people)
}
