//! The funnel, from the use cases that make the history.

use std::time::Duration;

use domain::actor::Role;
use usecases::candidates::{send_message, set_status};
use usecases::insight::{csv, read};

use crate::support::{
    World, another_organisation, answered_candidate, candidate, member, member_of, postgres_world, world,
};

#[tokio::test]
async fn the_funnel_follows_people_from_the_first_message_to_the_hire_on_sqlite() {
    the_funnel_follows_people_from_the_first_message_to_the_hire(world().await).await;
}

#[tokio::test]
async fn the_funnel_follows_people_from_the_first_message_to_the_hire_on_postgres() {
    the_funnel_follows_people_from_the_first_message_to_the_hire(postgres_world().await).await;
}

async fn the_funnel_follows_people_from_the_first_message_to_the_hire(world: World) {
    let services = &world.services;
    let ana = member(&world, Role::Recruiter).await;
    let ben = member(&world, Role::Recruiter).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::Admin).await;

    candidate(&world, &ana, "Never Written").await;
    let silent = candidate(&world, &ana, "Silent One").await;
    send_message(services, &ana, silent, "Would you like to talk?").await.unwrap();
    let hired = answered_candidate(&world, &ana, "Hired One").await;
    world.clock.step(Duration::from_secs(3 * 86_400));
    set_status(services, &ana, hired, "offer").await.unwrap();
    world.clock.step(Duration::from_secs(3_600));
    set_status(services, &ana, hired, "hired").await.unwrap();
    let turned_down = answered_candidate(&world, &ben, "Turned Down").await;
    set_status(services, &ben, turned_down, "rejected").await.unwrap();
    // A month later: the months of the first messages stay apart.
    world.clock.step(Duration::from_secs(20 * 86_400));
    answered_candidate(&world, &ben, "Later One").await;

    let all = read(services, &ana, "", "").await.unwrap();
    let funnel = |page: &domain::view::InsightPage| {
        page.funnel.iter().map(|step| (step.people, step.percent)).collect::<Vec<_>>()
    };
    assert_eq!(funnel(&all), [(4, 100), (3, 75), (1, 25), (1, 25), (1, 25), (1, 25)]);
    let rows: Vec<_> = all
        .rows
        .iter()
        .map(|row| (row.month.as_str(), row.recruiter.as_str(), row.people[..3].to_vec()))
        .collect();
    assert_eq!(
        rows,
        [
            ("December 2026", ben.name.as_str(), vec![1, 1, 0]),
            ("November 2026", ana.name.as_str(), vec![2, 1, 1]),
            ("November 2026", ben.name.as_str(), vec![1, 1, 0]),
        ]
    );
    let medians: Vec<Vec<&str>> = all
        .rows
        .iter()
        .map(|row| {
            row.medians.iter().map(|median| median.as_ref().map_or("", |median| &median.words)).collect()
        })
        .collect();
    assert_eq!(
        medians,
        [
            ["under a minute", "", "", "", ""],
            ["under a minute", "3 days", "", "", "1 hour"],
            ["under a minute", "under a minute", "", "", ""],
        ]
    );
    let stays: Vec<_> =
        all.stays.iter().map(|stay| (stay.status.label(), stay.median.as_str(), stay.people)).collect();
    assert!(stays.contains(&("Offer", "1 hour", 1)), "{stays:?}");

    let of_ben = read(services, &ana, "2026-11", &ben.member.to_string()).await.unwrap();
    assert_eq!(funnel(&of_ben)[..3], [(1, 100), (1, 100), (0, 0)]);
    assert_eq!(of_ben.month, "2026-11");
    let unknown = read(services, &ana, "1999-01", "nobody").await.unwrap();
    assert_eq!(unknown, all, "what cannot be read means all");
    assert_eq!(read(services, &stranger, "", "").await.unwrap().rows, []);

    let table = String::from_utf8(csv(services, &ana, "2026-11", "").await.unwrap()).unwrap();
    assert_eq!(
        table,
        format!(
            "Month,Recruiter,Contacted,Responded,Screening,Interviewing,Offer,Hired,Median days in Contacted,\
             Median days in Responded,Median days in Screening,Median days in Interviewing,Median days in Offer\n\
             November 2026,{},2,1,1,1,1,1,0.00,3.00,,,0.04\n\
             November 2026,{},1,1,0,0,0,0,0.00,0.00,,,\n",
            ana.name, ben.name
        )
    );
}
