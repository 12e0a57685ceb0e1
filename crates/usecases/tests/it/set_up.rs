//! The first start.

use std::time::Duration;

use domain::actor::Role;
use domain::problem::{Field, FieldProblem, Problem};
use usecases::set_up::{NewOrganisation, create_organisation, link, open};

use crate::support::{World, demo_world, problem, world};

async fn token(world: &World) -> String {
    let url = link(&world.services).await.unwrap().unwrap();
    let token = url.strip_prefix("http://127.0.0.1:3000/set-up/").unwrap();
    token.to_owned()
}

fn form() -> NewOrganisation {
    NewOrganisation {
        organisation: " Acme ".into(),
        name: "Jo Doe".into(),
        email: "jo@acme.example".into(),
        password: "correct horse".into(),
    }
}

#[tokio::test]
async fn the_link_makes_one_organisation_and_its_super_admin() {
    let world = world().await;
    let token = token(&world).await;
    assert_eq!(open(&world.services, &token).await.unwrap().platform, "CodeSignal");
    let jo = create_organisation(&world.services, &token, form()).await.unwrap();
    let actor = usecases::session::actor(&world.services, jo).await.unwrap().unwrap();
    assert_eq!(actor.role, Role::SuperAdmin);
    let viewer = usecases::session::viewer(&world.services, &actor).await.unwrap();
    assert_eq!(viewer.organisation, "Acme");

    assert_eq!(link(&world.services).await.unwrap(), None);
    assert_eq!(problem(open(&world.services, &token).await), Problem::LinkNotValid);
    assert_eq!(problem(create_organisation(&world.services, &token, form()).await), Problem::LinkNotValid);
    let log = usecases::activity::list(&world.services, &actor, None).await.unwrap();
    assert_eq!(log.rows[0].what, "Created the organisation Acme.");
}

#[tokio::test]
async fn an_organisation_is_practice_in_the_demo_and_real_elsewhere() {
    for (world, practice) in [(world().await, false), (demo_world().await, true)] {
        let token = token(&world).await;
        create_organisation(&world.services, &token, form()).await.unwrap();
        let mut tx = world.services.store.read().await.unwrap();
        let made = store::organisations::all(&mut tx).await.unwrap();
        assert_eq!(made.iter().map(|made| made.practice).collect::<Vec<_>>(), [practice]);
    }
}

#[tokio::test]
async fn a_later_start_makes_earlier_links_void_and_time_does_too() {
    let world = world().await;
    let first = token(&world).await;
    let second = token(&world).await;
    assert_eq!(problem(open(&world.services, &first).await), Problem::LinkNotValid);
    assert!(open(&world.services, &second).await.is_ok());
    world.clock.step(Duration::from_secs(72 * 60 * 60));
    assert_eq!(problem(open(&world.services, &second).await), Problem::LinkNotValid);
    assert_eq!(problem(create_organisation(&world.services, &second, form()).await), Problem::LinkNotValid);
}

#[tokio::test]
async fn every_wrong_field_is_named_and_the_link_stays_good() {
    let world = world().await;
    let token = token(&world).await;
    let wrong = NewOrganisation {
        organisation: " ".into(),
        name: String::new(),
        email: "jo".into(),
        password: "nine char".into(),
    };
    let named = vec![
        FieldProblem::Missing(Field::Organisation),
        FieldProblem::Missing(Field::Name),
        FieldProblem::NotAnEmail(Field::Email),
        FieldProblem::TooShort(Field::Password),
    ];
    let refused = create_organisation(&world.services, &token, wrong).await;
    assert_eq!(problem(refused), Problem::Fields(named));
    assert!(create_organisation(&world.services, &token, form()).await.is_ok());
}

#[tokio::test]
async fn of_two_who_use_the_link_at_once_one_gets_it() {
    let world = world().await;
    let token = token(&world).await;
    let other = NewOrganisation { email: "other@acme.example".into(), ..form() };
    let (a, b) = tokio::join!(
        create_organisation(&world.services, &token, form()),
        create_organisation(&world.services, &token, other),
    );
    assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
    let mut tx = world.services.store.read().await.unwrap();
    assert_eq!(store::organisations::all(&mut tx).await.unwrap().len(), 1);
}
