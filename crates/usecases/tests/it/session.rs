//! Signing in.

use std::time::Duration;

use domain::actor::Role;
use domain::ids::MemberId;
use domain::problem::{Field, FieldProblem, Problem};
use usecases::session::{actor, sign_in, viewer};
use usecases::set_up::NewOrganisation;

use crate::support::{World, member, problem, world};

const PASSWORD: &str = "correct horse";

/// The first Super Admin, jo@acme.example.
async fn jo(world: &World) -> MemberId {
    let url = usecases::set_up::link(&world.services).await.unwrap().unwrap();
    let new = NewOrganisation {
        organisation: "Acme".into(),
        name: "Jo Doe".into(),
        email: "Jo@Acme.example".into(),
        password: PASSWORD.into(),
    };
    let token = url.rsplit('/').next().unwrap();
    usecases::set_up::create_organisation(&world.services, token, new).await.unwrap()
}

#[tokio::test]
async fn a_member_signs_in_whatever_the_case_of_the_address() {
    let world = world().await;
    let jo = jo(&world).await;
    let signed_in = sign_in(&world.services, " JO@acme.EXAMPLE ", PASSWORD.into(), "peer").await.unwrap();
    assert_eq!(signed_in, jo);
    let actor = actor(&world.services, signed_in).await.unwrap().unwrap();
    assert_eq!((actor.name.as_str(), actor.role), ("Jo Doe", Role::SuperAdmin));
    let viewer = viewer(&world.services, &actor).await.unwrap();
    assert_eq!(viewer.organisation, "Acme");
    assert_eq!(viewer.email, "jo@acme.example");
    assert_eq!(viewer.platform, "CodeSignal");
    assert_eq!(viewer.attention, 0);
    assert!(!viewer.demo);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let world = world().await;
    jo(&world).await;
    for (email, password) in
        [("jo@acme.example", "wrong horse"), ("nobody@acme.example", PASSWORD), ("no address", PASSWORD)]
    {
        let refused = sign_in(&world.services, email, password.into(), "peer").await;
        assert_eq!(problem(refused), Problem::WrongCredentials, "{email}");
    }
    let empty = sign_in(&world.services, " ", "".into(), "peer").await;
    let both = vec![FieldProblem::Missing(Field::Email), FieldProblem::Missing(Field::Password)];
    assert_eq!(problem(empty), Problem::Fields(both));
}

#[tokio::test]
async fn ten_failures_close_an_account_for_a_while_and_a_success_forgives_them() {
    let world = world().await;
    let jo = jo(&world).await;
    let attempt = async |peer: &str, password: &str| {
        sign_in(&world.services, "jo@acme.example", password.into(), peer).await
    };
    for number in 0..9 {
        let refused = attempt(&format!("peer {number}"), "wrong horse").await;
        assert_eq!(problem(refused), Problem::WrongCredentials);
    }
    assert_eq!(attempt("peer", PASSWORD).await.unwrap(), jo);
    for number in 0..10 {
        world.clock.step(Duration::from_secs(30));
        let refused = attempt(&format!("peer {number}"), "wrong horse").await;
        assert_eq!(problem(refused), Problem::WrongCredentials);
    }
    let closed = Problem::TooManyTries { minutes: 11 };
    assert_eq!(problem(attempt("another peer", PASSWORD).await), closed);
    world.clock.step(Duration::from_secs(11 * 60));
    assert_eq!(attempt("another peer", PASSWORD).await.unwrap(), jo);
}

#[tokio::test]
async fn many_accounts_tried_by_one_peer_close_the_peer_only() {
    let world = world().await;
    let jo = jo(&world).await;
    for number in 0..30 {
        let refused =
            sign_in(&world.services, &format!("{number}@acme.example"), PASSWORD.into(), "bad").await;
        assert_eq!(problem(refused), Problem::WrongCredentials);
    }
    let closed = sign_in(&world.services, "jo@acme.example", PASSWORD.into(), "bad").await;
    assert_eq!(problem(closed), Problem::TooManyTries { minutes: 15 });
    assert_eq!(sign_in(&world.services, "jo@acme.example", PASSWORD.into(), "good").await.unwrap(), jo);
}

#[tokio::test]
async fn tries_at_the_same_moment_count_before_they_end() {
    let world = world().await;
    jo(&world).await;
    let attempt = || sign_in(&world.services, "jo@acme.example", "wrong horse".into(), "peer");
    let tries = (
        tokio::join!(attempt(), attempt(), attempt(), attempt(), attempt(), attempt()),
        tokio::join!(attempt(), attempt(), attempt(), attempt(), attempt(), attempt()),
    );
    let ((a, b, c, d, e, f), (g, h, i, j, k, l)) = tries;
    let shown: Vec<Problem> = [a, b, c, d, e, f, g, h, i, j, k, l].into_iter().map(problem).collect();
    assert_eq!(shown.iter().filter(|shown| **shown == Problem::WrongCredentials).count(), 10);
    assert_eq!(shown.iter().filter(|shown| **shown == Problem::TooManyTries { minutes: 15 }).count(), 2);
}

#[tokio::test]
async fn a_removed_member_is_nobody() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let ana = member(&world, Role::Recruiter).await;
    assert_eq!(actor(&world.services, ana.member).await.unwrap(), Some(ana.clone()));
    usecases::members::remove(&world.services, &boss, ana.member).await.unwrap();
    assert_eq!(actor(&world.services, ana.member).await.unwrap(), None);
}
