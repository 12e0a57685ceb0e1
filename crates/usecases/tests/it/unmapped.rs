//! Members whom nobody in Lever stands for.

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::view::{AttentionRow, Mend};
use usecases::members::{change_role, invite, join, remove};
use usecases::{attention, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene_on};

async fn asked(scene: &Scene) -> Option<AttentionRow> {
    scene.asked_about(AttentionKind::MemberUnmapped).await
}

/// Somebody who is not in Lever joins.
async fn joins(scene: &Scene, name: &str, role: Role) -> Actor {
    let email = format!("{}@acme.example", name.to_lowercase().replace(' ', "."));
    let made = invite(scene.services(), &scene.admin, &email, role.code()).await.unwrap();
    let token = made.url.rsplit('/').next().unwrap();
    let member = join(scene.services(), token, name, "correct horse".into()).await.unwrap();
    usecases::session::actor(scene.services(), member).await.unwrap().unwrap()
}

/// Maps a member to a Lever user, or to nobody with `""`.
async fn map(scene: &Scene, member: &Actor, user: &str, fallback: Option<&str>) {
    let users = [(member.member.to_string(), user.to_owned())].into();
    let fallback = fallback.map(str::to_owned);
    integration::save_users(scene.services(), &scene.admin, users, fallback).await.unwrap();
}

#[tokio::test]
async fn whoever_joins_without_a_lever_user_is_asked_about_until_somebody_is_credited() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let services = scene.services();
        assert_eq!(scene.attention().await, [], "recruiters are mapped, and a Super Admin need not be");
        let step = users_step(&scene.world, &scene.admin).await;
        let free = |name: &str| {
            step.lever_users.iter().find(|user| user.label.starts_with(name)).unwrap().id.clone()
        };
        let (jonas, mara) = (free("Jonas Weber"), free("Mara Lindqvist"));

        let mut heard = services.changes.listen();
        let cy = joins(&scene, "Cy New", Role::Recruiter).await;
        let mut told = Vec::new();
        while let Ok(one) = heard.try_recv() {
            told.push(one.change);
        }
        assert!(told.contains(&Change::Attention));
        let item = asked(&scene).await.unwrap();
        assert_eq!(item.title, "Cy New has no Lever user");
        assert!(item.reason.contains("There is no fallback either"), "{}", item.reason);
        let mend = Mend::Open {
            label: "Open User Account Mapping".into(),
            href: "/integrations/lever?step=users".into(),
        };
        assert_eq!(item.mend, Some(mend));
        // An Admin is told who can; a Recruiter is not shown it.
        let shown = attention::list(services, &scene.lee, "").await.unwrap().items.rows;
        assert_eq!((shown[0].who_can.as_str(), &shown[0].mend), ("A Super Admin can", &None));
        assert_eq!(attention::count(services, &scene.ana).await.unwrap(), 0);

        let di = joins(&scene, "Di Newer", Role::Admin).await;
        let both = asked(&scene).await.unwrap();
        assert_eq!((both.id, both.title.as_str()), (item.id, "2 members have no Lever user"));
        assert!(both.reason.contains("imports of Cy New, Di Newer fail"), "{}", both.reason);
        // Another Super Admin is not asked about, whoever leaves neither.
        joins(&scene, "Vi Super", Role::SuperAdmin).await;
        remove(services, &scene.admin, di.member).await.unwrap();
        assert_eq!(asked(&scene).await.unwrap().title, "Cy New has no Lever user");
        change_role(services, &scene.admin, cy.member, Role::SuperAdmin.code()).await.unwrap();
        assert_eq!(asked(&scene).await, None);
        change_role(services, &scene.admin, cy.member, Role::Recruiter.code()).await.unwrap();
        assert!(asked(&scene).await.is_some());

        map(&scene, &cy, "", Some(&mara)).await;
        assert_eq!(asked(&scene).await, None, "the fallback is credited");
        map(&scene, &cy, "", None).await;
        assert!(asked(&scene).await.is_some());
        map(&scene, &cy, &jonas, None).await;
        assert_eq!(asked(&scene).await, None, "they are mapped");
        map(&scene, &cy, "", None).await;
        assert!(asked(&scene).await.is_some());
        // It is there again, and no other, when Lever's users were read.
        read_catalogue(&scene.world, &scene.admin).await;
        assert!(asked(&scene).await.is_some());
        integration::disconnect(services, &scene.admin).await.unwrap();
        assert_eq!(asked(&scene).await, None);
        joins(&scene, "Al Later", Role::Recruiter).await;
        assert_eq!(asked(&scene).await, None, "nothing is imported meanwhile");
        services.store.close().await;
    }
}

#[tokio::test]
async fn it_is_asked_once_the_set_up_is_complete() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    named_member(&world, "Nia New", "nia@acme.example", Role::Recruiter).await;
    let admin = connected(&world).await;
    let page = attention::list(&world.services, &admin, "").await.unwrap();
    let titles: Vec<_> = page.items.rows.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["Nia New has no Lever user"]);
}
