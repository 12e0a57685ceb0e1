//! Texts to many, saved texts, and how far messages and mails are.

use std::time::Duration;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::bulk_message::{BulkMessageState, NotWritten};
use domain::ids::OrganisationId;
use domain::mail::{MailFailure, MailState};
use domain::time::Timestamp;
use serde_json::json;
use store::activity::Older;
use store::bulk_imports::Source;
use store::bulk_messages::{self, BulkMessage, Counts};
use store::message_templates::{self, Template};
use store::messages::{self, Mail};
use store::reply_links::{self, ReplyLink};
use store::{Error, Store, Tx, attention, attention_mails, jobs};

use crate::fixtures::{candidate, id, member, message, organisation};

crate::on_both!(
    a_text_to_many_takes_its_turns,
    saved_texts_read_back_by_name,
    how_far_a_message_is_reads_back,
    the_first_of_a_kind_queues_mails_and_the_next_does_not,
    a_refused_answer_is_kept,
);

async fn a_text_to_many_takes_its_turns(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    let theo = candidate(&mut tx, here, "Theo Berg", 11).await;
    let kim = candidate(&mut tx, here, "Kim Lee", 12).await;
    let people = vec![nora.id, theo.id, kim.id];
    let bulk = BulkMessage {
        id: id(),
        written_by: ana.id,
        state: BulkMessageState::Draft,
        source: Source::Candidates(people.clone()),
        read_up_to: Some(String::new()),
        body: "Hi {first name}".into(),
        total: 0,
        created_at: Timestamp(100),
        finished_at: None,
    };
    bulk_messages::insert(&mut tx, here, &bulk).await.unwrap();
    assert_eq!(bulk_messages::get(&mut tx, here, bulk.id).await.unwrap(), Some(bulk.clone()));
    assert_eq!(bulk_messages::get(&mut tx, id(), bulk.id).await.unwrap(), None);
    assert!(bulk_messages::set_body(&mut tx, here, bulk.id, "Hello", Timestamp(101)).await.unwrap());
    assert!(!bulk_messages::set_body(&mut tx, id(), bulk.id, "Mine", Timestamp(101)).await.unwrap());
    assert!(!bulk_messages::hold_running(&mut tx, here, bulk.id, Timestamp(102)).await.unwrap());
    let (draft, running) = (BulkMessageState::Draft, BulkMessageState::Running);
    assert!(bulk_messages::move_state(&mut tx, here, bulk.id, draft, running, Timestamp(103)).await.unwrap());
    assert!(
        !bulk_messages::move_state(&mut tx, here, bulk.id, draft, running, Timestamp(103)).await.unwrap()
    );
    assert!(bulk_messages::hold_running(&mut tx, here, bulk.id, Timestamp(104)).await.unwrap());
    assert!(!bulk_messages::set_body(&mut tx, here, bulk.id, "Late", Timestamp(105)).await.unwrap());
    assert!(!bulk_messages::discard(&mut tx, here, bulk.id).await.unwrap());

    let named = [nora.id, theo.id, nora.id, kim.id];
    let total = bulk_messages::collect(&mut tx, here, &bulk, &named, None, Timestamp(106)).await.unwrap();
    assert_eq!(total, 3, "named twice is once");
    assert_eq!(bulk_messages::next_waiting(&mut tx, here, bulk.id, 2).await.unwrap(), people[..2]);
    let sent = message(&mut tx, here, &nora, &ana, 107).await;
    bulk_messages::turn(&mut tx, here, bulk.id, nora.id, Ok(sent.id)).await.unwrap();
    let gone = Err(NotWritten::Gone);
    bulk_messages::turn(&mut tx, here, bulk.id, theo.id, gone).await.unwrap();
    let counts = bulk_messages::counts(&mut tx, here, bulk.id).await.unwrap();
    assert_eq!(counts, Counts { waiting: 1, outbox: 1, skipped: 1, ..Counts::default() });
    let (failed, why) = (MailState::Failed, Some(MailFailure::AddressRefused));
    messages::set_mail(&mut tx, here, sent.id, failed, why, Timestamp(108)).await.unwrap();
    let counts = bulk_messages::counts(&mut tx, here, bulk.id).await.unwrap();
    assert_eq!(counts, Counts { waiting: 1, failed: 1, skipped: 1, ..Counts::default() });
    let items = bulk_messages::items(&mut tx, here, bulk.id, None, 10).await.unwrap();
    let told: Vec<_> = items.iter().map(|item| (item.name.as_str(), item.mail, item.skipped)).collect();
    assert_eq!(
        told,
        [
            ("Nora Lind", Some(failed), None),
            ("Theo Berg", None, Some(NotWritten::Gone)),
            ("Kim Lee", None, None)
        ]
    );
    assert_eq!(items[0].failure, why);
    assert_eq!(bulk_messages::items(&mut tx, here, bulk.id, Some(1), 10).await.unwrap(), items[2..]);
    assert_eq!(bulk_messages::newest(&mut tx, here, None, 10).await.unwrap()[0].total, 3);
    // Page by page, also within one instant.
    let twin = BulkMessage { id: id(), ..bulk.clone() };
    bulk_messages::insert(&mut tx, here, &twin).await.unwrap();
    let first = bulk_messages::newest(&mut tx, here, None, 1).await.unwrap();
    let after = Some(Older { at: first[0].created_at, id: first[0].id.0 });
    let second = bulk_messages::newest(&mut tx, here, after, 10).await.unwrap();
    let mut both = [first[0].id, second[0].id];
    both.sort();
    let mut expected = [bulk.id, twin.id];
    expected.sort();
    assert_eq!((both, second.len()), (expected, 1));
    let again = bulk_messages::turn(&mut tx, here, bulk.id, nora.id, Ok(sent.id)).await;
    assert!(matches!(again, Err(Error::RowsTouched { .. })), "nobody has two turns");
}

async fn saved_texts_read_back_by_name(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let boss = member(&mut tx, here, "Boss", Role::Admin).await;
    let template = |name: &str| Template {
        id: id(),
        name: name.into(),
        body: "Hi".into(),
        saved_by: boss.id,
        updated_at: Timestamp(10),
    };
    let (b, a) = (template("b"), template("a"));
    message_templates::save(&mut tx, here, &b).await.unwrap();
    message_templates::save(&mut tx, here, &a).await.unwrap();
    assert_eq!(message_templates::list(&mut tx, here, 10).await.unwrap(), [a.clone(), b.clone()]);
    assert_eq!(message_templates::get(&mut tx, elsewhere, a.id).await.unwrap(), None);
    let changed = Template { body: "Hello".into(), updated_at: Timestamp(20), ..a.clone() };
    message_templates::save(&mut tx, here, &changed).await.unwrap();
    assert_eq!(message_templates::get(&mut tx, here, a.id).await.unwrap(), Some(changed.clone()));
    let stolen = message_templates::save(&mut tx, elsewhere, &changed).await;
    assert!(matches!(stolen, Err(Error::RowsTouched { .. })));
    assert!(!message_templates::delete(&mut tx, elsewhere, a.id).await.unwrap());
    assert!(message_templates::delete(&mut tx, here, a.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(message_templates::save(&mut tx, here, &template("b")).await, Err(Error::Taken)));
}

async fn how_far_a_message_is_reads_back(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    let sent = message(&mut tx, here, &nora, &ana, 20).await;
    let outbox = Mail { state: MailState::Outbox, failure: None, sent_at: None };
    assert_eq!(messages::mail(&mut tx, here, sent.id).await.unwrap(), Some(outbox));
    assert!(messages::set_mail(&mut tx, here, sent.id, MailState::Sent, None, Timestamp(30)).await.unwrap());
    assert!(
        !messages::set_mail(&mut tx, id(), sent.id, MailState::Queued, None, Timestamp(31)).await.unwrap()
    );
    let expected = Mail { state: MailState::Sent, failure: None, sent_at: Some(Timestamp(30)) };
    let all = messages::mails(&mut tx, here, nora.id).await.unwrap();
    assert_eq!(all.get(&sent.id), Some(&expected));
    assert!(messages::mails(&mut tx, id(), nora.id).await.unwrap().is_empty());
}

async fn raise(tx: &mut Tx, here: OrganisationId, subject: &str, at: i64) {
    let (kind, detail) = (AttentionKind::ImportFailed, json!({}));
    attention::raise(tx, here, kind, subject, None, &detail, id(), Timestamp(at)).await.unwrap();
}

async fn the_first_of_a_kind_queues_mails_and_the_next_does_not(store: &Store) {
    let kind = AttentionKind::ImportFailed;
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let boss = member(&mut tx, here, "Boss", Role::SuperAdmin).await;
    let now = Timestamp(100);
    member(&mut tx, here, "Other", Role::SuperAdmin).await;
    member(&mut tx, here, "Lee", Role::Admin).await;
    raise(&mut tx, here, "quiet", 10).await;
    let due = Timestamp(i64::MAX);
    assert_eq!(jobs::count_live(&mut tx, here, due).await.unwrap(), 0, "this installation has no mail");
    attention::resolve_all_of(&mut tx, here, kind, Timestamp(11)).await.unwrap();
    tx.commit().await.unwrap();

    let telling = store.clone().telling();
    let mut tx = telling.begin().await.unwrap();
    raise(&mut tx, here, "1", 20).await;
    assert_eq!(jobs::count_live(&mut tx, here, due).await.unwrap(), 2, "one for each Super Admin");
    raise(&mut tx, here, "2", 21).await;
    raise(&mut tx, here, "1", 22).await;
    assert_eq!(jobs::count_live(&mut tx, here, due).await.unwrap(), 2);
    assert!(attention_mails::due(&mut tx, here, boss.id, kind, now).await.unwrap());
    attention_mails::told(&mut tx, here, boss.id, kind, Timestamp(25)).await.unwrap();
    assert!(!attention_mails::due(&mut tx, here, boss.id, kind, now).await.unwrap());
    attention::resolve_all_of(&mut tx, here, kind, Timestamp(30)).await.unwrap();
    assert!(!attention_mails::due(&mut tx, here, boss.id, kind, now).await.unwrap(), "nothing is open");
    raise(&mut tx, here, "3", 40).await;
    assert!(attention_mails::due(&mut tx, here, boss.id, kind, now).await.unwrap());
    attention_mails::told(&mut tx, here, boss.id, kind, Timestamp(41)).await.unwrap();
    assert!(!attention_mails::due(&mut tx, here, boss.id, kind, now).await.unwrap());

    // The question for a permission may come and go.
    let (kind, detail, hour) = (AttentionKind::PermissionMissing, json!({}), Duration::from_secs(60 * 60));
    attention_mails::told(&mut tx, here, boss.id, kind, Timestamp(50)).await.unwrap();
    attention::raise(&mut tx, here, kind, "read", None, &detail, id(), Timestamp(60)).await.unwrap();
    for (hours, tells) in [(1, false), (23, false), (24, true)] {
        let now = Timestamp(50) + hour * hours;
        assert_eq!(attention_mails::due(&mut tx, here, boss.id, kind, now).await.unwrap(), tells, "{hours}");
    }
}

async fn a_refused_answer_is_kept(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    let asked = message(&mut tx, here, &nora, &ana, 20).await;
    let link = ReplyLink {
        id: id(),
        organisation: here,
        candidate: nora.id,
        message: asked.id,
        created_at: Timestamp(20),
        expires_at: Timestamp(90),
        member_opened_at: None,
    };
    reply_links::insert(&mut tx, &link, "hash").await.unwrap();
    assert_eq!(reply_links::draft(&mut tx, here, link.id).await.unwrap(), "");
    reply_links::set_draft(&mut tx, here, link.id, "Yes, and").await.unwrap();
    reply_links::set_draft(&mut tx, id(), link.id, "Mine").await.unwrap();
    assert_eq!(reply_links::draft(&mut tx, here, link.id).await.unwrap(), "Yes, and");
    assert_eq!(reply_links::draft(&mut tx, id(), link.id).await.unwrap(), "");
}
