//! The activity page.

use std::time::Duration;

use domain::actor::Role;
use domain::problem::Problem;
use usecases::activity::list;

use crate::support::{another_organisation, candidate, member, member_of, problem, world};

#[tokio::test]
async fn the_log_is_paged_and_an_admins() {
    let world = world().await;
    let admin = member(&world, Role::Admin).await;
    let ana = member(&world, Role::Recruiter).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::Admin).await;
    for number in 0..150 {
        world.clock.step(Duration::from_millis(number % 2));
        candidate(&world, &ana, &format!("Candidate {number}")).await;
    }
    assert_eq!(problem(list(&world.services, &ana, None).await), Problem::NotAllowed);
    assert_eq!(list(&world.services, &stranger, None).await.unwrap().rows, []);
    let first = list(&world.services, &admin, None).await.unwrap();
    assert_eq!(first.rows.len(), 100);
    assert_eq!((first.rows[0].what.as_str(), &first.rows[0].who), ("Added Candidate 149.", &ana.name));
    let second = list(&world.services, &admin, first.next.as_deref()).await.unwrap();
    assert_eq!((second.rows.len(), second.next), (50, None));
    let mut texts: Vec<String> = first.rows.iter().chain(&second.rows).map(|row| row.what.clone()).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 150);
    assert_eq!(list(&world.services, &admin, Some("rubbish")).await.unwrap(), first);
}
