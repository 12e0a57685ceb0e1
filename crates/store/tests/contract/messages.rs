//! Threads and reply links.

use domain::actor::Role;
use domain::time::Timestamp;
use store::Store;
use store::messages::{self, Message};
use store::reply_links::{self, ReplyLink};

use crate::fixtures::{candidate, id, member, message, organisation};

crate::on_both!(a_thread_reads_back_oldest_first, answers_count_by_message_and_age, a_reply_link_reads_back);

async fn a_thread_reads_back_oldest_first(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    let other = candidate(&mut tx, here, "Other", 11).await;
    let asked = message(&mut tx, here, &nora, &ana, 20).await;
    message(&mut tx, here, &other, &ana, 21).await;
    let answer = Message {
        id: id(),
        candidate: nora.id,
        inbound: true,
        author: None,
        body: "Gladly.".into(),
        answers: Some(asked.id),
        created_at: Timestamp(30),
    };
    messages::insert(&mut tx, here, &answer).await.unwrap();
    assert_eq!(messages::list(&mut tx, here, nora.id).await.unwrap(), [asked.clone(), answer.clone()]);
    assert_eq!(messages::list(&mut tx, id(), nora.id).await.unwrap(), []);
    assert_eq!(messages::get(&mut tx, here, answer.id).await.unwrap(), Some(answer));
    assert_eq!(messages::get(&mut tx, id(), asked.id).await.unwrap(), None);
}

async fn answers_count_by_message_and_age(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    let asked = message(&mut tx, here, &nora, &ana, 20).await;
    let unanswered = message(&mut tx, here, &nora, &ana, 20).await;
    for at in [30, 40] {
        let answer = Message {
            id: id(),
            inbound: true,
            author: None,
            answers: Some(asked.id),
            created_at: Timestamp(at),
            ..asked.clone()
        };
        messages::insert(&mut tx, here, &answer).await.unwrap();
    }
    assert!(messages::answered(&mut tx, here, &asked).await.unwrap());
    assert!(!messages::answered(&mut tx, here, &unanswered).await.unwrap());
    for (since, rank, expected) in [(0, 0, Some(40)), (0, 1, Some(30)), (0, 2, None), (30, 1, None)] {
        let at = messages::nth_newest_answer(&mut tx, here, &asked, Timestamp(since), rank).await.unwrap();
        assert_eq!(at, expected.map(Timestamp), "{since} {rank}");
    }
}

async fn a_reply_link_reads_back(store: &Store) {
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
    assert_eq!(reply_links::open(&mut tx, "hash", Timestamp(89)).await.unwrap(), Some(link.clone()));
    assert_eq!(reply_links::open(&mut tx, "hash", Timestamp(90)).await.unwrap(), None);
    assert_eq!(reply_links::open(&mut tx, "other", Timestamp(50)).await.unwrap(), None);
    assert!(!reply_links::set_member_opened(&mut tx, id(), link.id, Timestamp(50)).await.unwrap());
    assert!(reply_links::set_member_opened(&mut tx, here, link.id, Timestamp(50)).await.unwrap());
    assert!(!reply_links::set_member_opened(&mut tx, here, link.id, Timestamp(60)).await.unwrap());
    let opened = ReplyLink { member_opened_at: Some(Timestamp(50)), ..link };
    assert_eq!(reply_links::list(&mut tx, here, nora.id).await.unwrap(), [opened]);
    assert_eq!(reply_links::list(&mut tx, id(), nora.id).await.unwrap(), []);
}
