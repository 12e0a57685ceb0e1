//! Members and invitations.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::problem::{Field, FieldProblem, Problem};
use usecases::members::{change_role, invite, join, list, open_invite, remove, revoke_invite};
use usecases::session::{actor, sign_in};

use crate::support::{World, another_organisation, member, member_of, problem, world};

const PASSWORD: &str = "correct horse";

async fn token(world: &World, by: &Actor, email: &str, role: Role) -> String {
    let made = invite(&world.services, by, email, role.code()).await.unwrap();
    made.url.strip_prefix("http://127.0.0.1:3000/invite/").unwrap().to_owned()
}

async fn roles(world: &World, viewer: &Actor) -> Vec<(String, Role)> {
    let page = list(&world.services, viewer).await.unwrap();
    page.members.into_iter().map(|row| (row.name, row.role)).collect()
}

#[tokio::test]
async fn who_is_invited_joins_with_that_address_and_role() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let token = token(&world, &boss, " Zoe@Acme.Example ", Role::Admin).await;
    let open = list(&world.services, &boss).await.unwrap().invites;
    assert_eq!((open.len(), open[0].email.as_str(), open[0].role), (1, "zoe@acme.example", Role::Admin));
    assert_eq!(open[0].expires.text, "26 Nov, 20:22");

    let shown = open_invite(&world.services, &token).await.unwrap();
    assert_eq!((shown.email.as_str(), shown.role), ("zoe@acme.example", Role::Admin));
    let zoe = join(&world.services, &token, "Zoe", PASSWORD.into()).await.unwrap();
    let zoe = actor(&world.services, zoe).await.unwrap().unwrap();
    assert_eq!(zoe.organisation, boss.organisation);
    assert_eq!(
        sign_in(&world.services, "zoe@acme.example", PASSWORD.into(), "peer").await.unwrap(),
        zoe.member
    );

    assert_eq!(problem(open_invite(&world.services, &token).await), Problem::LinkNotValid);
    assert_eq!(problem(join(&world.services, &token, "Zoe", PASSWORD.into()).await), Problem::LinkNotValid);
    assert_eq!(list(&world.services, &zoe).await.unwrap().invites, []);
    assert_eq!(roles(&world, &zoe).await, [(boss.name, Role::SuperAdmin), ("Zoe".into(), Role::Admin)]);
}

#[tokio::test]
async fn an_invitation_ends_by_time_by_revocation_and_by_a_newer_one() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let late = token(&world, &boss, "late@acme.example", Role::Recruiter).await;
    world.clock.step(Duration::from_secs(72 * 60 * 60));
    let old = token(&world, &boss, "zoe@acme.example", Role::Recruiter).await;
    let new = token(&world, &boss, "zoe@acme.example", Role::Admin).await;
    let page = list(&world.services, &boss).await.unwrap();
    assert_eq!(page.invites.len(), 1);
    assert!(open_invite(&world.services, &new).await.is_ok());
    revoke_invite(&world.services, &boss, page.invites[0].id).await.unwrap();
    assert_eq!(problem(revoke_invite(&world.services, &boss, page.invites[0].id).await), Problem::NotFound);
    for token in [late, old, new, "guess".into()] {
        assert_eq!(problem(open_invite(&world.services, &token).await), Problem::LinkNotValid);
        assert_eq!(
            problem(join(&world.services, &token, "Zoe", PASSWORD.into()).await),
            Problem::LinkNotValid
        );
    }
}

#[tokio::test]
async fn one_address_is_one_member_of_one_organisation() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
    let taken = Problem::field(FieldProblem::Taken(Field::Email));
    assert_eq!(problem(invite(&world.services, &boss, &stranger.email, "recruiter").await), taken);

    // Invited by both: who comes first.
    let here = token(&world, &boss, "zoe@acme.example", Role::Recruiter).await;
    let there = token(&world, &stranger, "zoe@acme.example", Role::Recruiter).await;
    join(&world.services, &there, "Zoe", PASSWORD.into()).await.unwrap();
    assert_eq!(problem(join(&world.services, &here, "Zoe", PASSWORD.into()).await), taken);
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said_beside_the_field() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let wrong = vec![FieldProblem::NotAnEmail(Field::Email), FieldProblem::NotAChoice(Field::Role)];
    assert_eq!(problem(invite(&world.services, &boss, "zoe", "owner").await), Problem::Fields(wrong));
    let empty = Problem::field(FieldProblem::Missing(Field::Email));
    assert_eq!(problem(invite(&world.services, &boss, "", "recruiter").await), empty);
    let token = token(&world, &boss, "zoe@acme.example", Role::Recruiter).await;
    let wrong = vec![FieldProblem::Missing(Field::Name), FieldProblem::TooShort(Field::Password)];
    assert_eq!(problem(join(&world.services, &token, " ", "nine char".into()).await), Problem::Fields(wrong));
    let long = Problem::field(FieldProblem::TooLong(Field::Password));
    assert_eq!(problem(join(&world.services, &token, "Zoe", "x".repeat(201).into()).await), long);
    assert!(join(&world.services, &token, "Zoe", "ten chars!".into()).await.is_ok());
}

#[tokio::test]
async fn nobody_manages_above_their_own_role() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let admin = member(&world, Role::Admin).await;
    let ana = member(&world, Role::Recruiter).await;
    let services = &world.services;

    assert_eq!(problem(list(services, &ana).await), Problem::NotAllowed);
    assert_eq!(problem(invite(services, &ana, "zoe@acme.example", "recruiter").await), Problem::NotAllowed);
    assert_eq!(problem(change_role(services, &ana, ana.member, "admin").await), Problem::NotAllowed);
    assert_eq!(problem(remove(services, &ana, admin.member).await), Problem::NotAllowed);

    assert_eq!(
        problem(invite(services, &admin, "zoe@acme.example", "super_admin").await),
        Problem::NotAllowed
    );
    assert_eq!(problem(change_role(services, &admin, ana.member, "super_admin").await), Problem::NotAllowed);
    assert_eq!(problem(change_role(services, &admin, boss.member, "recruiter").await), Problem::NotAllowed);
    assert_eq!(problem(remove(services, &admin, boss.member).await), Problem::NotAllowed);
    token(&world, &boss, "yan@acme.example", Role::SuperAdmin).await;
    let page = list(services, &admin).await.unwrap();
    assert_eq!(problem(revoke_invite(services, &admin, page.invites[0].id).await), Problem::NotAllowed);
    let may: Vec<bool> = page.members.iter().map(|row| row.can_change).collect();
    assert_eq!(may, [false, true, true]);
    assert_eq!(page.grantable, [Role::Recruiter, Role::Admin]);

    change_role(services, &admin, ana.member, "admin").await.unwrap();
    let after = [(boss.name, Role::SuperAdmin), (admin.name.clone(), Role::Admin), (ana.name, Role::Admin)];
    assert_eq!(roles(&world, &admin).await, after);
    let wrong = Problem::field(FieldProblem::NotAChoice(Field::Role));
    assert_eq!(problem(change_role(services, &admin, ana.member, "owner").await), wrong);
}

#[tokio::test]
async fn the_last_super_admin_stays() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let services = &world.services;
    assert_eq!(problem(remove(services, &boss, boss.member).await), Problem::LastSuperAdmin);
    assert_eq!(problem(change_role(services, &boss, boss.member, "admin").await), Problem::LastSuperAdmin);
    change_role(services, &boss, boss.member, "super_admin").await.unwrap();

    let second = member(&world, Role::SuperAdmin).await;
    // Each removes the other at the same moment.
    let (a, b) = tokio::join!(
        remove(services, &boss, second.member),
        change_role(services, &second, boss.member, "recruiter"),
    );
    assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn a_removed_member_frees_the_address_and_leaves_a_trace() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let admin = member(&world, Role::Admin).await;
    let invited = token(&world, &admin, "zoe@acme.example", Role::Recruiter).await;
    remove(&world.services, &boss, admin.member).await.unwrap();
    assert_eq!(problem(remove(&world.services, &boss, admin.member).await), Problem::NotFound);
    assert_eq!(problem(change_role(&world.services, &boss, admin.member, "admin").await), Problem::NotFound);
    assert_eq!(problem(open_invite(&world.services, &invited).await), Problem::LinkNotValid);
    assert_eq!(roles(&world, &boss).await, [(boss.name.clone(), Role::SuperAdmin)]);
    let log = usecases::activity::list(&world.services, &boss, None).await.unwrap();
    assert_eq!(log.rows[0].what, format!("Removed {} ({}).", admin.name, admin.email));
    assert_eq!(log.rows[0].who, boss.name);

    let again = token(&world, &boss, &admin.email, Role::Recruiter).await;
    assert!(join(&world.services, &again, "Back Again", PASSWORD.into()).await.is_ok());
}

#[tokio::test]
async fn members_of_another_organisation_do_not_exist() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
    let other = member_of(&world, elsewhere, Role::Recruiter).await;
    token(&world, &stranger, "zoe@acme.example", Role::Recruiter).await;
    let theirs = list(&world.services, &stranger).await.unwrap().invites[0].id;
    assert_eq!(problem(remove(&world.services, &boss, other.member).await), Problem::NotFound);
    assert_eq!(problem(change_role(&world.services, &boss, other.member, "admin").await), Problem::NotFound);
    assert_eq!(problem(revoke_invite(&world.services, &boss, theirs).await), Problem::NotFound);
    assert_eq!(roles(&world, &boss).await.len(), 1);
}
