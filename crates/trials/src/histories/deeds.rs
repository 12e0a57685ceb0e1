//! What happens: drawn from the seed, one deed after the other, sometimes
//! several at once.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::mapping::Target;
use domain::status::Status;
use lever::webhook::{SigningToken, sign};
use lever_sim::{Fault, FaultKind, When};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use secrecy::SecretString;
use serde_json::{Value, json};
use usecases::webhooks::{Receipt, receive};
use usecases::{candidates, worker};

use super::Tally;
use super::world::{World, usecase};

/// Tokens from here on are those of the echoes of our own requests.
const ECHOES: usize = 2_000_000;

/// A change in Lever.
#[derive(Clone, Debug)]
enum Change {
    Move(String),
    Archive(String),
    Unarchive,
    Hire,
    Delete,
    Anonymise,
}

impl Change {
    fn event(&self) -> &'static str {
        match self {
            Self::Move(_) | Self::Anonymise => "candidateStageChange",
            Self::Archive(_) | Self::Unarchive => "candidateArchiveChange",
            Self::Hire => "candidateHired",
            Self::Delete => "candidateDeleted",
        }
    }
}

/// One life for all, from the first deed to the last.
pub(super) async fn live(world: &mut World, seed: u64) -> Result<Tally> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut tally = Tally { histories: world.people.len(), ..Tally::default() };
    let mut turns: Vec<usize> = (0..world.people.len())
        .flat_map(|person| {
            let deeds = chance.random_range(3..=8);
            std::iter::repeat_n(person, deeds)
        })
        .collect();
    turns.shuffle(&mut chance);
    for (turn, person) in turns.into_iter().enumerate() {
        deed(world, &mut chance, &mut tally, person, turn).await?;
        let pause = [0, 0, 0, 1, 7, 1_000, 40_000].choose(&mut chance).copied().unwrap_or_default();
        if pause > 0 {
            world.step(Duration::from_millis(pause)).await?;
        }
        match turn % 60 {
            12 | 24 | 36 | 48 => world.work(chance.random_range(1..20)).await?,
            59 => of_all(world, &mut chance, &mut tally).await?,
            _ => {}
        }
    }
    Ok(tally)
}

/// Something about one candidate.
async fn deed(
    world: &mut World,
    chance: &mut StdRng,
    tally: &mut Tally,
    person: usize,
    turn: usize,
) -> Result<()> {
    match chance.random_range(0..100) {
        0..45 => {
            let change = draw_change(world, chance)?;
            carry_out(world, tally, person, change, turn).await?;
        }
        45..66 => deliver(world, tally, person, usize::MAX).await?,
        66..75 => {
            let hints = world.people[person].hints.len().max(1);
            let which = chance.random_range(0..hints);
            deliver(world, tally, person, which).await?;
        }
        75..80 => forge(world, chance, tally, person, turn).await?,
        80..87 => set_by_hand(world, chance, tally, person).await?,
        87..92 => decide(world, chance, tally, person).await?,
        _ => {
            if world.way_back && chance.random_bool(0.5) {
                set_by_hand(world, chance, tally, person).await?;
            }
            at_once(world, chance, tally, person, turn).await?;
        }
    }
    Ok(())
}

fn draw_change(world: &World, chance: &mut StdRng) -> Result<Change> {
    Ok(match chance.random_range(0..100) {
        0..52 => Change::Move(world.stages.choose(chance).context("Lever has no stages")?.clone()),
        52..74 => Change::Archive(world.reasons.choose(chance).context("Lever has no reasons")?.clone()),
        74..88 => Change::Unarchive,
        88..96 => Change::Hire,
        96..99 => Change::Delete,
        _ => Change::Anonymise,
    })
}

/// Changes Lever; the delivery about it may come later, or never.
async fn carry_out(
    world: &mut World,
    tally: &mut Tally,
    person: usize,
    change: Change,
    turn: usize,
) -> Result<()> {
    let hint = {
        let world = &*world;
        let id = world.people[person].opportunity.as_str();
        // Deleted ones cannot be changed any more.
        if !in_lever(world, id, &change).await {
            return Ok(());
        }
        delivery(world, change.event(), turn, &json!({ "opportunityId": id, "contactId": "c-1" }))
    };
    tally.changes += 1;
    let person = &mut world.people[person];
    person.hints.push(hint);
    person.story.push(format!("{turn}: in Lever: {change:?}"));
    Ok(())
}

async fn in_lever(world: &World, id: &str, change: &Change) -> bool {
    match change {
        Change::Move(stage) => world.lever.set_stage(id, stage).await,
        Change::Archive(reason) => world.lever.archive(id, reason).await,
        Change::Unarchive => world.lever.unarchive(id).await,
        Change::Hire => world.lever.hire(id).await,
        Change::Delete => world.lever.delete(id).await,
        Change::Anonymise => world.lever.anonymise(id).await,
    }
    .is_ok()
}

/// A delivery as Lever signs it.
fn delivery(world: &World, event: &str, number: usize, data: &Value) -> Vec<u8> {
    let token = format!("{number:048x}");
    let at = world.services.now().0;
    let signing = SigningToken::new(&SecretString::from(world.token.as_str()));
    let signature = sign(&signing, &token, &at.to_string());
    json!({
        "id": format!("event-{number}"),
        "event": event,
        "triggeredAt": at,
        "token": token,
        "signature": signature,
        "data": data,
    })
    .to_string()
    .into_bytes()
}

/// Posts one of the deliveries there are about a candidate; again, if it was
/// posted before.
async fn deliver(world: &mut World, tally: &mut Tally, person: usize, which: usize) -> Result<()> {
    let hints = &world.people[person].hints;
    let which = which.min(hints.len().saturating_sub(1));
    let Some(hint) = hints.get(which).cloned() else { return Ok(()) };
    let receipt = receive(&world.services, &world.path, &hint).await;
    ensure!(
        matches!(receipt, Receipt::Accepted | Receipt::NotVerified),
        "a delivery was answered {receipt:?}"
    );
    tally.deliveries += 1;
    world.people[person].story.push(format!("   delivered number {which}: {receipt:?}"));
    Ok(())
}

/// Posts what Lever never sent: a body changed after signing, a stranger's
/// signature, or no opportunity of ours.
async fn forge(
    world: &mut World,
    chance: &mut StdRng,
    tally: &mut Tally,
    person: usize,
    turn: usize,
) -> Result<()> {
    let id = world.people[person].opportunity.clone();
    let ids = json!({ "opportunityId": id, "contactId": "c-1", "toStageId": "offer" });
    let body = match chance.random_range(0..3) {
        // Signed, and says something that is not so.
        0 => delivery(world, "candidateHired", turn, &ids),
        1 => {
            let body = delivery(world, "candidateStageChange", turn, &ids);
            String::from_utf8_lossy(&body).replace("\"signature\":\"", "\"signature\":\"0").into_bytes()
        }
        _ => delivery(world, "candidateStageChange", turn, &json!({ "opportunityId": "nobody" })),
    };
    let receipt = receive(&world.services, &world.path, &body).await;
    ensure!(
        matches!(receipt, Receipt::Accepted | Receipt::NotVerified),
        "a forged delivery was answered {receipt:?}"
    );
    tally.deliveries += 1;
    Ok(())
}

async fn set_by_hand(world: &mut World, chance: &mut StdRng, tally: &mut Tally, person: usize) -> Result<()> {
    let status = *Status::ALL.choose(chance).context("there are statuses")?;
    let candidate = world.people[person].candidate;
    candidates::set_status(&world.services, &world.admin, candidate, status.code()).await.map_err(usecase)?;
    tally.by_hand += 1;
    if world.way_back {
        // What our own request makes Lever send: early, late, twice or never.
        let id = world.people[person].opportunity.clone();
        let echo = delivery(
            world,
            "candidateStageChange",
            ECHOES + tally.by_hand,
            &json!({ "opportunityId": id, "contactId": "c-1" }),
        );
        world.people[person].hints.push(echo);
    }
    note_decision(world, person, Some(status)).await
}

/// What a member decided, as the oracle remembers it.
async fn note_decision(world: &mut World, person: usize, set: Option<Status>) -> Result<()> {
    let (organisation, who) = (world.admin.organisation, &world.people[person]);
    let mut tx = world.services.store.read().await?;
    let candidate = store::candidates::get(&mut tx, organisation, who.candidate)
        .await?
        .context("a candidate vanished")?;
    let row = store::opportunities::get(&mut tx, organisation, &who.opportunity)
        .await?
        .context("an opportunity vanished here")?;
    drop(tx);
    let person = &mut world.people[person];
    // The status they had already is no decision.
    if let Some(status) = set
        && candidate.cause == domain::status::StatusCause::Hand
        && candidate.status == status
        && person.by_hand != Some(status)
    {
        person.by_hand = Some(status);
        person.decided = row.stage.map(|stage| (stage, row.archived_reason));
        if status.is_open() {
            person.own = status;
        }
        person.story.push(format!("   set by hand: {status:?}, with Lever at {:?}", person.decided));
    }
    Ok(())
}

/// Decides about a conflict, if there is one.
async fn decide(world: &mut World, chance: &mut StdRng, tally: &mut Tally, person: usize) -> Result<()> {
    let (organisation, who) = (world.admin.organisation, &world.people[person]);
    let (before, row) = {
        let mut tx = world.services.store.read().await?;
        let candidate = store::candidates::get(&mut tx, organisation, who.candidate)
            .await?
            .context("a candidate vanished")?;
        let row = store::opportunities::get(&mut tx, organisation, &who.opportunity)
            .await?
            .context("an opportunity vanished here")?;
        (candidate, row)
    };
    if before.conflict.is_none() {
        return Ok(());
    }
    let take = chance.random_bool(0.5);
    candidates::resolve_conflict(&world.services, &world.admin, before.id, take).await.map_err(usecase)?;
    tally.by_hand += 1;
    let person = &mut world.people[person];
    if take {
        person.by_hand = None;
    } else {
        person.decided = row.stage.map(|stage| (stage, row.archived_reason));
    }
    person.story.push(format!("   decided: take Lever's {take}"));
    Ok(())
}

/// A change in Lever, its delivery, and workers, all at the same time.
async fn at_once(
    world: &mut World,
    chance: &mut StdRng,
    tally: &mut Tally,
    person: usize,
    turn: usize,
) -> Result<()> {
    let first = draw_change(world, chance)?;
    let second = draw_change(world, chance)?;
    let yields: [u32; 4] = std::array::from_fn(|_| chance.random_range(0..12));
    let (before, after) = {
        let world = &*world;
        let id = world.people[person].opportunity.as_str();
        let ids = json!({ "opportunityId": id });
        let before = delivery(world, first.event(), turn, &ids);
        // The token of a turn is used once; another for the second delivery.
        let after = delivery(world, second.event(), turn + 1_000_000, &ids);
        let later = async |turns: u32| {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        let changed = async {
            let first = in_lever(world, id, &first).await;
            let taken = receive(&world.services, &world.path, &before).await;
            later(yields[0]).await;
            let second = in_lever(world, id, &second).await;
            (first, taken, second)
        };
        let work = async |turns: u32| {
            later(turns).await;
            worker::step(&world.services).await
        };
        let ((first, _, second), one, two, three) =
            tokio::join!(changed, work(yields[1]), work(yields[2]), work(yields[3]));
        for worked in [one, two, three] {
            worked.map_err(usecase)?;
        }
        (first.then_some(before), second.then_some(after))
    };
    tally.at_once += 1;
    tally.changes += usize::from(before.is_some()) + usize::from(after.is_some());
    let person = &mut world.people[person];
    person.story.push(format!(
        "{turn}: at once: {first:?} ({}), {second:?} ({})",
        before.is_some(),
        after.is_some()
    ));
    person.hints.extend(before);
    person.hints.extend(after);
    Ok(())
}

/// Something that concerns everybody.
async fn of_all(world: &mut World, chance: &mut StdRng, tally: &mut Tally) -> Result<()> {
    match chance.random_range(0..8) {
        0 => {
            // By the clock, beside a worker that applies deliveries.
            world.step(world.services.settings.timing.reconcile_every).await?;
            worker::tick(&world.services).await.map_err(usecase)?;
            let everybody = world.people.len();
            let moving = chance.random_range(0..everybody);
            let stage = world.stages.choose(chance).context("Lever has no stages")?.clone();
            let id = world.people[moving].opportunity.clone();
            let (one, two, moved) = tokio::join!(
                worker::step(&world.services),
                worker::step(&world.services),
                world.lever.set_stage(&id, &stage),
            );
            one.map_err(usecase)?;
            two.map_err(usecase)?;
            if moved.is_ok() {
                tally.changes += 1;
                world.people[moving].story.push(format!("   moved to {stage} during a reconciliation"));
            }
            world.work(usize::MAX).await?;
        }
        1 => {
            let number = chance.random_range(0..1_000_000);
            let text = format!("New stage {number}");
            let added = world.practice(reqwest::Method::POST, "stages", json!({ "text": text })).await?;
            world.stages.push(added["id"].as_str().context("a stage without an id")?.to_owned());
        }
        2 => {
            let stage = world.stages.choose(chance).context("Lever has no stages")?;
            let text = format!("Renamed {}", chance.random_range(0..1_000_000));
            // New lead refuses it.
            drop(change_stage(world, stage, json!({ "text": text })).await);
        }
        3 => {
            let at = chance.random_range(0..world.stages.len());
            // The fixed ones refuse it.
            if change_stage(world, &world.stages[at], json!({ "active": false })).await.is_ok() {
                world.stages.remove(at);
            }
        }
        4 => {
            // Somebody says what the new ones mean, and that one means something else.
            let step = world.stages_step().await?;
            let other = step.stages.choose(chance).map(|row| row.id.clone()).unwrap_or_default();
            let meant = *[Target::Set(Status::Interviewing), Target::Set(Status::Screening), Target::Keep]
                .choose(chance)
                .context("there are targets")?;
            world
                .save_stages(|row| match row.target {
                    None => Some(meant),
                    // A kept stage stays one: what it keeps is what was there.
                    Some(Target::Set(_)) if row.id == other => Some(Target::Set(Status::Offer)),
                    mapped => mapped,
                })
                .await?;
        }
        5 => {
            let mut faults = vec![
                Fault::new(
                    "opportunities.get",
                    FaultKind::Unavailable,
                    When::Count(chance.random_range(1..6)),
                ),
                Fault::new(
                    "opportunities.list",
                    FaultKind::DropMidBody,
                    When::Count(chance.random_range(0..3)),
                ),
                Fault::new(
                    "opportunities.deleted",
                    FaultKind::InternalError,
                    When::Count(chance.random_range(0..2)),
                ),
            ];
            if world.way_back {
                for endpoint in ["opportunities.stage", "opportunities.archived"] {
                    let kind = [
                        FaultKind::DropAfter,
                        FaultKind::AppliedThenError,
                        FaultKind::DropBefore,
                        FaultKind::Unavailable,
                    ]
                    .choose(chance)
                    .cloned()
                    .context("there are faults")?;
                    faults.push(Fault::new(endpoint, kind, When::Count(chance.random_range(0..4))));
                }
            }
            world.lever.set_faults(faults).await?;
        }
        6 => {
            // The account gets another signing token; somebody pastes it later.
            if world.token == super::world::TOKEN {
                world.token = "ffeeddccbbaa99887766554433221100ffeeddccbbaa9988".to_owned();
            } else {
                world.paste_token().await?;
            }
        }
        _ => world.work(usize::MAX).await?,
    }
    Ok(())
}

async fn change_stage(world: &World, stage: &str, change: Value) -> Result<Value> {
    world.practice(reqwest::Method::PUT, &format!("stages/{stage}"), change).await
}
