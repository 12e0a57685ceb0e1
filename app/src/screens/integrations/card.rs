//! The card for Lever: where the connection stands, and what this member may do.

use std::time::Duration;

use domain::connection::{ConnectionState, SetUpStep};
use domain::view::IntegrationCard;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::{ConnectPractice, ReadCard, SyncNow};
use super::disconnect::AskDisconnect;
use super::health::Health;
use crate::live::{Live, kept_fresh};
use crate::ui::badge::Badge;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::get_form::GetForm;
use crate::ui::icon::LeverIcon;
use crate::ui::post_form::{Deed, PostForm};

/// How often the card asks again while a reconciliation runs.
const WHILE_SYNCING: Duration = Duration::from_secs(2);

/// What is said once a reconciliation was asked for.
pub(crate) const SYNCING: &str = "Candidates are compared with Lever";

/// The card, kept fresh.
#[component]
pub(super) fn Card(card: IntegrationCard) -> impl IntoView {
    let live = Live::here();
    let sync = Deed::new::<SyncNow>();
    let practice = Deed::new::<ConnectPractice>();
    let (synced, connected) = (sync.version(), practice.version());
    let nudge = RwSignal::new(0_u32);
    let version = Signal::derive(move || {
        let done = synced.get().wrapping_add(connected.get());
        live.connection().get().wrapping_add(nudge.get()).wrapping_add(done)
    });
    let card = kept_fresh(card, version, || ReadCard {});
    let syncing = Memo::new(move |_| card.with(|card| card.sync.as_ref().is_some_and(|sync| sync.running)));
    Effect::new(move |_| {
        if syncing.get() {
            let again = move || nudge.update(|n| *n = n.wrapping_add(1));
            if let Ok(timer) = set_interval_with_handle(again, WHILE_SYNCING) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    let query = use_query_map();
    let asking = Memo::new(move |_| {
        let asked = query.read().get_str("disconnect").is_some();
        asked && card.with(|card| card.can_manage && may_disconnect(card.state))
    });
    let state = Memo::new(move |_| card.with(|card| card.state));
    view! {
        <section class="panel integration" aria-labelledby="lever-title">
            <header class="integration-head">
                <LeverIcon />
                <div>
                    <h2 id="lever-title">"Lever"</h2>
                    <p class="quiet">"Bring candidates who answered into Lever, and what happens there back here."</p>
                </div>
                {dynamic(move || view! { <Badge tone=tone(state.get()) text=state.get().label() /> })}
            </header>
            {dynamic(move || matters(&card.read()))}
            <FormBanner refusal=sync.refusal() />
            <FormBanner refusal=practice.refusal() />
            {dynamic(move || card.with(|card| view! { <Deeds card=card.clone() sync=sync practice=practice /> }))}
            {dynamic(move || asking.get().then(|| view! { <AskDisconnect card=card /> }))}
            {dynamic(move || has_health(state.get()).then(|| view! { <Health card=card /> }))}
        </section>
    }
}

/// What is the matter, each with the way to mend it.
fn matters(card: &IntegrationCard) -> AnyView {
    let changed = card.changed.then(|| {
        let text = "Something changed in Lever, and nobody has said what it means here.".to_owned();
        (text, Some(("/integrations/changes".to_owned(), "Look at the changes")))
    });
    let reason = card.reason.clone().map(|reason| (reason, card.mend.clone().zip(Some("Look at receiving"))));
    let matter = |(text, mend): (String, Option<(String, &'static str)>)| {
        let link = mend.map(|(href, words)| view! { <a href=href>{words}</a> });
        view! { <p class="reason">{text} " " {link}</p> }
    };
    reason.into_iter().chain(changed).map(matter).collect_view().into_any()
}

/// What this member may press now.
#[component]
fn Deeds(card: IntegrationCard, sync: Deed, practice: Deed) -> impl IntoView {
    let live = card.state.accepts_imports();
    let first_step = card.resume.unwrap_or(SetUpStep::Connect);
    let set_up = (card.can_manage && !live).then(|| {
        view! {
            <GetForm action="/integrations/lever">
                <input type="hidden" name="step" value=first_step.code() />
                <button type="submit" id="integrate" class="button" data-look="primary">
                    "Integrate"
                </button>
            </GetForm>
        }
    });
    let offer = (card.can_manage && card.practice_offer && !live).then(|| {
        view! {
            <PostForm deed=practice class="inline-form">
                <Submit
                    label="Connect the practice Lever"
                    pending=practice.pending()
                    says="The practice Lever is connected"
                />
            </PostForm>
        }
    });
    let sync_now = (live && card.can_sync).then(|| {
        view! {
            <PostForm deed=sync class="inline-form">
                <Submit label="Sync now" pending=sync.pending() says=SYNCING />
            </PostForm>
        }
    });
    let reconnect = (live && card.can_manage).then(|| {
        view! {
            <GetForm action="/integrations/lever">
                <input type="hidden" name="step" value=SetUpStep::Connect.code() />
                <button type="submit" id="reconnect" class="button">
                    "Reconnect"
                </button>
            </GetForm>
        }
    });
    let disconnect = (may_disconnect(card.state) && card.can_manage).then(|| {
        view! {
            <GetForm action="/integrations">
                <input type="hidden" name="disconnect" value="ask" />
                <button type="submit" id="disconnect" class="button" data-look="danger">
                    "Disconnect"
                </button>
            </GetForm>
        }
    });
    let maps = (live && card.can_read_maps).then(|| {
        [SetUpStep::Users, SetUpStep::Stages]
            .map(|step| {
                let id = format!("open-{}", step.code());
                view! {
                    <A href=format!("/integrations/lever?step={}", step.code()) attr:id=id>
                        {step.heading()}
                    </A>
                }
            })
            .into_iter()
            .collect_view()
    });
    let settings = card.can_manage.then(|| view! { <A href="/settings">"Import settings"</A> });
    let way_back =
        (live && card.can_manage).then(|| view! { <A href="/integrations/way-back">"The way back"</A> });
    let managers = (!card.can_manage).then(|| {
        let names = card.managers.join(", ");
        let text = if names.is_empty() {
            "A Super Admin sets this up.".to_owned()
        } else {
            format!("A Super Admin sets this up: {names}.")
        };
        view! { <p class="quiet">{text}</p> }
    });
    view! {
        <div class="deeds">
            {set_up} {offer} {sync_now} {reconnect} {disconnect} {managers}
        </div>
        {(card.can_manage || (live && card.can_read_maps))
            .then(|| view! { <p class="deeds">{maps} {way_back} {settings}</p> })}
    }
}

fn may_disconnect(state: ConnectionState) -> bool {
    state.accepts_imports()
}

fn has_health(state: ConnectionState) -> bool {
    !matches!(state, ConnectionState::NotConnected | ConnectionState::SetUpUnfinished)
}

fn tone(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Connected => "good",
        ConnectionState::SetUpUnfinished | ConnectionState::NeedsAttention => "warn",
        ConnectionState::CredentialsRejected => "bad",
        ConnectionState::NotConnected | ConnectionState::Disconnected => "quiet",
    }
}
