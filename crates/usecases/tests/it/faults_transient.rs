//! Import and delivery come out right while Lever, the network or our own
//! answers fail one time in five: each fault in turn, on both databases.

use domain::status::Status;
use lever_sim::{Behaviour, Fault, FaultKind, When};
use serde_json::json;
use store::testing::Fresh;

use crate::faults_world::{Answers, FaultsWorld};
use crate::lever_world::*;

/// One in five.
const SHARE: f64 = 0.2;

/// What is wrong while a story is told.
struct Trouble {
    /// With every call of the API.
    fault: Option<FaultKind>,
    /// With the account and its deliveries.
    behaviour: fn(Behaviour) -> Behaviour,
    /// With our answers to deliveries.
    answers: Answers,
    /// Deliveries never arrive: only a reconciliation can know.
    lossy: bool,
    /// How many candidates there are; fewer where each fault takes its time.
    people: usize,
}

const NONE: Trouble = Trouble {
    fault: None,
    behaviour: |behaviour| behaviour,
    answers: Answers::Arrive,
    lossy: false,
    people: WAYS.len(),
};

/// Where the candidates end, each by a way of its own.
const WAYS: [Status; 6] = [
    Status::Offer,
    Status::Withdrawn,
    Status::Hired,
    Status::Responded,
    Status::Interviewing,
    Status::Responded,
];

fn fault(kind: FaultKind) -> Trouble {
    Trouble { fault: Some(kind), ..NONE }
}

fn behaviour(behaviour: fn(Behaviour) -> Behaviour) -> Trouble {
    Trouble { behaviour, ..NONE }
}

/// A fault that takes its time, each time.
fn slow_fault(kind: FaultKind) -> Trouble {
    Trouble { people: 3, ..fault(kind) }
}

/// Candidates are imported, and go their ways through Lever's pipeline.
async fn story(fresh: Fresh, trouble: Trouble) {
    let world = FaultsWorld::new(fresh, trouble.people, trouble.answers).await;
    let lever = &world.scene.lever;
    lever.set_behaviour((trouble.behaviour)(lever.behaviour())).await.unwrap();
    if let Some(kind) = &trouble.fault {
        let fault = Fault::new("*", kind.clone(), When::Probability(SHARE));
        lever.set_faults(vec![fault]).await.unwrap();
    }

    world.click_all().await;
    world.settle().await;
    world.all_imported_once().await;

    let ids: Vec<String> = (0..trouble.people).map(|number| world.only_of(number)).collect();
    for (number, id) in ids.iter().enumerate() {
        match number {
            0..3 => lever.set_stage(id, "Recruiter screen").await.unwrap(),
            3 => lever.archive(id, "Underqualified").await.unwrap(),
            _ => {}
        }
    }
    world.settle().await;
    for (number, id) in ids.iter().enumerate() {
        match number {
            0 => lever.set_stage(id, "Offer").await.unwrap(),
            1 => lever.archive(id, "Withdrew").await.unwrap(),
            2 => lever.hire(id).await.unwrap(),
            3 => lever.unarchive(id).await.unwrap(),
            4 => {
                // Two changes while nobody has looked at the first.
                lever.set_stage(id, "Offer").await.unwrap();
                lever.set_stage(id, "On-site interview").await.unwrap();
            }
            _ => {}
        }
    }
    world.settle().await;
    if trouble.lossy {
        world.reconcile().await;
    }

    world.all_imported_once().await;
    world.all_as(&WAYS[..trouble.people]).await;

    if trouble.fault.is_some() {
        let struck = &practice(lever, "GET", "faults", &json!({})).await["faults"][0]["struck"];
        assert!(struck.as_u64().unwrap() > 0, "the fault was never met");
    }
    if trouble.answers != Answers::Arrive {
        let again = lever.deliveries().iter().any(|made| made["attempts"].as_array().unwrap().len() > 1);
        assert!(again, "nothing was delivered again");
    }
    world.scene.services().store.close().await;
}

/// Each trouble on both databases.
macro_rules! each_on_both {
    ($($name:ident: $trouble:expr;)*) => { $(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn on_sqlite() {
                story(store::testing::sqlite().await, $trouble).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                story(store::testing::postgres().await, $trouble).await;
            }
        }
    )* };
}

each_on_both! {
    nothing_at_all: NONE;

    too_many_requests: slow_fault(FaultKind::TooManyRequests { retry_after_seconds: None });
    too_many_requests_with_a_pause: slow_fault(FaultKind::TooManyRequests { retry_after_seconds: Some(1) });
    internal_errors: fault(FaultKind::InternalError);
    unavailable_in_html: fault(FaultKind::Unavailable);
    slow_answers: fault(FaultKind::Slow { delay_ms: 100 });
    answers_slower_than_the_deadline: slow_fault(FaultKind::Slow { delay_ms: 2_000 });
    dropped_before_anything_was_read: fault(FaultKind::DropBefore);
    dropped_after_it_was_applied: fault(FaultKind::DropAfter);
    dropped_in_mid_body: fault(FaultKind::DropMidBody);
    applied_and_answered_500: fault(FaultKind::AppliedThenError);
    wrong_content_type: fault(FaultKind::WrongContentType);
    fields_nobody_knows: fault(FaultKind::ExtraFields);

    lists_that_lag: Trouble {
        behaviour: |behaviour| Behaviour { list_lag_ms: 5_000, ..behaviour },
        ..fault(FaultKind::AppliedThenError)
    };

    deliveries_made_twice: behaviour(|behaviour| Behaviour { delivery_duplicate: SHARE, ..behaviour });
    deliveries_never_made: Trouble {
        lossy: true,
        ..behaviour(|behaviour| Behaviour { delivery_drop: SHARE, ..behaviour })
    };
    deliveries_in_reverse: behaviour(|behaviour| Behaviour { delivery_reverse: true, ..behaviour });
    deliveries_that_are_late: behaviour(|behaviour| Behaviour { delivery_delay_ms: 60_000, ..behaviour });
    deliveries_without_ids_and_sides: behaviour(|behaviour| Behaviour {
        envelope_id: false,
        absent_sides: lever_sim::AbsentSide::Absent,
        hire_order: lever_sim::HireOrder::ArchiveFirst,
        ..behaviour
    });
    deliveries_refused_and_made_again: Trouble { answers: Answers::Refuse, ..NONE };
    deliveries_refused_and_made_again_with_new_tokens: Trouble {
        answers: Answers::Refuse,
        ..behaviour(|behaviour| Behaviour { retry_token: lever_sim::RetryToken::New, ..behaviour })
    };
    deliveries_whose_answer_is_lost: Trouble { answers: Answers::GetLost, ..NONE };
    deliveries_whose_answer_is_lost_with_new_tokens: Trouble {
        answers: Answers::GetLost,
        ..behaviour(|behaviour| Behaviour { retry_token: lever_sim::RetryToken::New, ..behaviour })
    };
}
