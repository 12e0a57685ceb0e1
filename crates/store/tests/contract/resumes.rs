//! Résumés, and how they stand in Lever.

use domain::actor::Role;
use domain::resume::{Attachment, ResumeKind};
use domain::time::Timestamp;
use store::attachments::{self, Attached};
use store::resumes::{self, Resume};
use store::{Store, imports};

use crate::fixtures::{candidate, id, member, organisation};
use crate::on_both;

on_both!(a_file_is_kept_replaced_and_removed, an_attachment_moves_on);

async fn a_file_is_kept_replaced_and_removed(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, acme, "Ana", Role::Recruiter).await.id;
    let jo = candidate(&mut tx, acme, "Jo", 1).await.id;
    let mo = candidate(&mut tx, acme, "Mo", 2).await.id;
    // More than one part, and no round number of them.
    let long: Vec<u8> = (0..2_500_000_u32).map(|n| (n % 251) as u8).collect();
    let first = Resume {
        id: id(),
        candidate: jo,
        name: "Jo.pdf".into(),
        kind: ResumeKind::Pdf,
        size: 2_500_000,
        uploaded_by: ana,
        uploaded_at: Timestamp(5),
    };
    assert!(!resumes::keep(&mut tx, acme, &first, &long).await.unwrap());
    let of_mo = Resume { id: id(), candidate: mo, name: "Mo.txt".into(), size: 2, ..first.clone() };
    assert!(!resumes::keep(&mut tx, acme, &of_mo, b"Mo").await.unwrap());
    assert_eq!(resumes::find(&mut tx, acme, jo).await.unwrap(), Some(first.clone()));
    assert!(resumes::content(&mut tx, acme, first.id).await.unwrap() == Some(long));

    // Nothing of it is another organisation's.
    assert_eq!(resumes::find(&mut tx, other, jo).await.unwrap(), None);
    assert_eq!(resumes::content(&mut tx, other, first.id).await.unwrap(), None);
    assert!(!resumes::remove(&mut tx, other, jo).await.unwrap());

    let second = Resume { id: id(), kind: ResumeKind::Text, size: 5, ..first.clone() };
    assert!(resumes::keep(&mut tx, acme, &second, b"Jo P.").await.unwrap());
    assert_eq!(resumes::find(&mut tx, acme, jo).await.unwrap(), Some(second.clone()));
    assert_eq!(resumes::content(&mut tx, acme, first.id).await.unwrap(), None);
    assert_eq!(resumes::content(&mut tx, acme, second.id).await.unwrap(), Some(b"Jo P.".to_vec()));

    assert!(resumes::remove(&mut tx, acme, jo).await.unwrap());
    assert!(!resumes::remove(&mut tx, acme, jo).await.unwrap());
    assert_eq!(resumes::find(&mut tx, acme, jo).await.unwrap(), None);
    assert_eq!(resumes::content(&mut tx, acme, second.id).await.unwrap(), None);
    assert_eq!(resumes::content(&mut tx, acme, of_mo.id).await.unwrap(), Some(b"Mo".to_vec()));
}

async fn an_attachment_moves_on(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, acme, "Ana", Role::Recruiter).await.id;
    let jo = candidate(&mut tx, acme, "Jo", 1).await.id;
    let import = id();
    imports::request(&mut tx, acme, import, jo, ana, "m", Timestamp(5)).await.unwrap();
    assert_eq!(attachments::find(&mut tx, acme, import).await.unwrap(), None);
    let sending = Attached {
        name: "Jo.pdf".into(),
        size: 7,
        state: Attachment::Sending,
        look_at: Some(Timestamp(9)),
        at: Timestamp(6),
    };
    attachments::save(&mut tx, acme, import, &sending).await.unwrap();
    assert_eq!(attachments::find(&mut tx, acme, import).await.unwrap(), Some(sending.clone()));
    let attached = Attached { state: Attachment::Attached, look_at: None, at: Timestamp(7), ..sending };
    attachments::save(&mut tx, acme, import, &attached).await.unwrap();
    attachments::save(&mut tx, other, import, &Attached { size: 8, ..attached.clone() }).await.unwrap();
    attachments::forget(&mut tx, other, import).await.unwrap();
    assert_eq!(attachments::find(&mut tx, acme, import).await.unwrap(), Some(attached));
    assert_eq!(attachments::find(&mut tx, other, import).await.unwrap(), None);
    attachments::forget(&mut tx, acme, import).await.unwrap();
    assert_eq!(attachments::find(&mut tx, acme, import).await.unwrap(), None);
}
