//! What two people do at the same moment, on both databases.

use domain::actor::Role;
use domain::problem::Problem;
use domain::status::Status;
use lever::{BaseUrl, Transport};
use store::testing::Fresh;
use usecases::LeverAccess;
use usecases::candidates::{profile, send_message};
use usecases::members::{change_role, list, remove};
use usecases::replies::answer;
use usecases::set_up::{NewOrganisation, create_organisation, link};

use crate::support::{DEAD_LEVER, World, candidate, member, reply_token, settings, world_on};

fn world(fresh: Fresh) -> World {
    let settings = settings();
    let transport = Transport::new(settings.timing.lever_deadline).unwrap();
    world_on(
        fresh,
        settings,
        LeverAccess::new(transport, Some(BaseUrl::parse_override(DEAD_LEVER).unwrap()), None),
    )
}

macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::world(store::testing::sqlite().await)).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::world(store::testing::postgres().await)).await;
            })*
        }
    };
}

on_both!(
    two_super_admins_cannot_remove_one_another,
    a_set_up_link_makes_one_organisation,
    two_first_messages_make_one_change_of_status,
    thirty_answers_at_once_are_twenty,
);

async fn two_super_admins_cannot_remove_one_another(world: World) {
    let (jo, zoe) = (member(&world, Role::SuperAdmin).await, member(&world, Role::SuperAdmin).await);
    for round in 0..5 {
        let (a, b) = if round % 2 == 0 {
            tokio::join!(
                change_role(&world.services, &jo, zoe.member, "admin"),
                change_role(&world.services, &zoe, jo.member, "admin"),
            )
        } else {
            tokio::join!(
                change_role(&world.services, &zoe, zoe.member, "recruiter"),
                change_role(&world.services, &jo, jo.member, "recruiter"),
            )
        };
        let refused: Vec<Problem> =
            [a, b].into_iter().filter_map(|done| done.err()).map(|e| e.problem().clone()).collect();
        assert_eq!(refused, [Problem::LastSuperAdmin]);
        let left = list(&world.services, &jo).await.unwrap().members;
        assert_eq!(left.iter().filter(|row| row.role == Role::SuperAdmin).count(), 1);
        for member in [jo.member, zoe.member] {
            change_role(&world.services, &jo, member, "super_admin").await.unwrap();
        }
    }
    let (a, b) =
        tokio::join!(remove(&world.services, &jo, zoe.member), remove(&world.services, &zoe, jo.member),);
    assert!(a.is_ok() != b.is_ok());
}

async fn a_set_up_link_makes_one_organisation(world: World) {
    let url = link(&world.services).await.unwrap().unwrap();
    let token = url.rsplit('/').next().unwrap();
    let create = |email: &str| {
        let new = NewOrganisation {
            organisation: "Acme".into(),
            name: "Jo Doe".into(),
            email: email.into(),
            password: "correct horse".into(),
        };
        create_organisation(&world.services, token, new)
    };
    let (a, b, c) =
        tokio::join!(create("a@acme.example"), create("b@acme.example"), create("c@acme.example"));
    let done: Vec<bool> = [&a, &b, &c].iter().map(|done| done.is_ok()).collect();
    assert_eq!(done.iter().filter(|done| **done).count(), 1);
    let mut tx = world.services.store.read().await.unwrap();
    assert_eq!(store::organisations::all(&mut tx).await.unwrap().len(), 1);
}

async fn two_first_messages_make_one_change_of_status(world: World) {
    let (ana, ben) = (member(&world, Role::Recruiter).await, member(&world, Role::Recruiter).await);
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    let (a, b) = tokio::join!(
        send_message(&world.services, &ana, nora, "Hello from Ana"),
        send_message(&world.services, &ben, nora, "Hello from Ben"),
    );
    a.unwrap();
    b.unwrap();
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!((shown.thread.len(), shown.history.len()), (2, 1));
    assert_eq!(shown.row.status, Status::Contacted);
}

async fn thirty_answers_at_once_are_twenty(world: World) {
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    let mut answers = tokio::task::JoinSet::new();
    for number in 0..30 {
        let (services, token) = (world.services.clone(), token.clone());
        answers.spawn(async move { answer(&services, &token, &format!("Answer {number}")).await.is_ok() });
    }
    let taken = answers.join_all().await.into_iter().filter(|taken| *taken).count();
    assert_eq!(taken, 20);
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!((shown.thread.len(), shown.history.len()), (21, 2));
}
