//! News from the server on an open screen: one stream of server-sent events for
//! a visible tab. A message says that something changed, never what to show;
//! the screen then asks again, as the signed-in member may.
//!
//! The stream is closed while the tab is hidden, and whenever it opens the
//! screen asks for everything once, so that nothing missed stays missed.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use domain::event::Change;
use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent, VisibilityState};

use crate::ask::{Asking, Sent, ask};
use crate::problem::AppError;

/// Where the stream comes from.
const ADDRESS: &str = "/events";
/// How long a line may be down before anybody is told.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before a refused stream is tried again, at first.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// How long at most.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Counters that go up when something changed, and what went wrong last.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    candidate: RwSignal<(u32, Option<CandidateId>)>,
    bulk_imports: RwSignal<u32>,
    connection: RwSignal<u32>,
    attention: RwSignal<u32>,
    members: RwSignal<u32>,
    told: RwSignal<u32>,
    trouble: RwSignal<Option<AppError>>,
    cut: RwSignal<bool>,
}

impl Live {
    /// Starts listening for as long as the calling component lives, and lets
    /// everything below it ask with [`Live::here`].
    pub(crate) fn provide() -> Self {
        let live = Self::silent();
        provide_context(live);
        live.listen();
        live
    }

    /// The listener of the frame around this screen.
    pub(crate) fn here() -> Self {
        use_context().unwrap_or_else(Self::silent)
    }

    fn silent() -> Self {
        Self {
            candidate: RwSignal::new((0, None)),
            bulk_imports: RwSignal::new(0),
            connection: RwSignal::new(0),
            attention: RwSignal::new(0),
            members: RwSignal::new(0),
            told: RwSignal::new(0),
            trouble: RwSignal::new(None),
            cut: RwSignal::new(false),
        }
    }

    /// Goes up when any candidate changed.
    pub(crate) fn candidates(self) -> Signal<u32> {
        Signal::derive(move || self.candidate.get().0)
    }

    /// Goes up when this candidate changed.
    pub(crate) fn candidate(self, id: CandidateId) -> Signal<u32> {
        Memo::new(move |before: Option<&u32>| {
            let (count, which) = self.candidate.get();
            match (which, before) {
                (Some(which), Some(before)) if which != id => *before,
                _ => count,
            }
        })
        .into()
    }

    /// Goes up when an import of many is further on.
    pub(crate) fn bulk_imports(self) -> Signal<u32> {
        self.bulk_imports.into()
    }

    /// Goes up when the connection to Lever changed.
    pub(crate) fn connection(self) -> Signal<u32> {
        self.connection.into()
    }

    /// Goes up when attention items came or went.
    pub(crate) fn attention(self) -> Signal<u32> {
        self.attention.into()
    }

    /// Goes up when members or invitations changed.
    pub(crate) fn members(self) -> Signal<u32> {
        self.members.into()
    }

    /// Goes up when anything changed.
    pub(crate) fn everything(self) -> Signal<u32> {
        self.told.into()
    }

    /// How much has been told so far.
    pub(crate) fn told(self) -> u32 {
        self.told.try_get_untracked().unwrap_or_default()
    }

    /// Why the screen could not be brought up to date last.
    pub(crate) fn trouble(self) -> Signal<Option<AppError>> {
        self.trouble.into()
    }

    /// Whether the server has not been reached for a while.
    pub(crate) fn cut(self) -> Signal<bool> {
        self.cut.into()
    }

    /// Spreads one change.
    pub(crate) fn tell(self, change: &Change) {
        up(self.told);
        match change {
            Change::Candidate { id } => self.tell_candidate(Some(*id)),
            Change::BulkImport { .. } => up(self.bulk_imports),
            Change::Connection => up(self.connection),
            Change::Attention => up(self.attention),
            Change::Members => up(self.members),
            Change::All => {
                self.tell_candidate(None);
                up(self.bulk_imports);
                up(self.connection);
                up(self.attention);
                up(self.members);
            }
        }
    }

    fn tell_candidate(self, which: Option<CandidateId>) {
        self.candidate.try_maybe_update(|now| {
            *now = (now.0.wrapping_add(1), which);
            (true, ())
        });
    }

    fn listen(self) {
        // An effect runs in the browser only.
        Effect::new(move |_| {
            let stream = StoredValue::new_local(None);
            if is_visible() {
                open(self, stream, FIRST_WAIT);
            }
            let watch = window_event_listener_untyped("visibilitychange", move |_| {
                if is_visible() {
                    open(self, stream, FIRST_WAIT);
                } else {
                    drop(stream.try_update_value(Option::take));
                }
            });
            // The browser knows first that it is offline; that it is online again does not say
            // that the server answers, which opening the stream finds out.
            let offline = window_event_listener_untyped("offline", move |_| {
                self.cut.try_set(true);
            });
            let online = window_event_listener_untyped("online", move |_| {
                if is_visible() {
                    open(self, stream, FIRST_WAIT);
                }
            });
            on_cleanup(move || {
                watch.remove();
                offline.remove();
                online.remove();
            });
        });
    }
}

/// Counts up, unless the screen is gone already.
fn up(counter: RwSignal<u32>) {
    counter.try_maybe_update(|count| {
        *count = count.wrapping_add(1);
        (true, ())
    });
}

/// An open stream; closed when dropped.
struct Stream {
    source: EventSource,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

type Slot = StoredValue<Option<Stream>, LocalStorage>;

fn open(live: Live, slot: Slot, wait: Duration) {
    let Ok(source) = EventSource::new(ADDRESS) else { return };
    let on_open = Closure::<dyn FnMut(Event)>::new(move |_| {
        live.cut.try_set(false);
        live.tell(&Change::All);
    });
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let data = message.data().as_string().unwrap_or_default();
        live.tell(&Change::read(&data));
    });
    let failing = source.clone();
    let on_error = Closure::<dyn FnMut(Event)>::new(move |_| {
        if failing.ready_state() == EventSource::CONNECTING {
            let broken = failing.clone();
            set_timeout(
                move || {
                    if broken.ready_state() == EventSource::CONNECTING && is_visible() {
                        live.cut.try_set(true);
                    }
                },
                PATIENCE,
            );
        }
        // The browser reconnects by itself after a broken line, but not after a refusal.
        if failing.ready_state() == EventSource::CLOSED {
            live.tell(&Change::All);
            let next = (wait * 2).min(LONGEST_WAIT);
            let closed = failing.clone();
            set_timeout(
                move || {
                    let still_ours =
                        slot.try_with_value(|slot| slot.as_ref().is_some_and(|s| s.source == closed));
                    if still_ours == Some(true) && is_visible() {
                        open(live, slot, next);
                    }
                },
                wait,
            );
        }
    });
    source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let stream = Stream { source, _on_open: on_open, _on_message: on_message, _on_error: on_error };
    slot.try_set_value(Some(stream));
}

/// How much had been told when the page around a screen was asked for. What was told
/// since may not be in the answer, and was told before the screen listened.
#[derive(Clone, Copy)]
pub(crate) struct AskedAfter(pub(crate) u32);

/// Whether anybody can see the page.
pub(crate) fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// What the page was rendered with, asked for again whenever `version` changes.
/// Changes that come while an answer is awaited, the page's own too, are answered by one
/// more request.
pub(crate) fn kept_fresh<S>(
    first: S::Output,
    version: Signal<u32>,
    question: impl Fn() -> S + 'static,
) -> RwSignal<S::Output>
where
    S: ServerFn<Error = AppError> + Serialize + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    kept_fresh_part(first, version, question, Some)
}

/// As [`kept_fresh`], of the part of an answer that `take` takes; an answer
/// without it changes nothing.
pub(crate) fn kept_fresh_part<S, T>(
    first: T,
    version: Signal<u32>,
    question: impl Fn() -> S + 'static,
    take: fn(S::Output) -> Option<T>,
) -> RwSignal<T>
where
    S: ServerFn<Error = AppError> + Serialize + 'static,
    S::Output: Serialize + DeserializeOwned + 'static,
    T: Send + Sync + 'static,
{
    let data = RwSignal::new(first);
    let ask = move || -> Asking { Box::pin(ask(question())) };
    let show = move |sent: Sent| {
        if let Some(fresh) = take(sent.read()?) {
            data.try_set(fresh);
        }
        Ok(())
    };
    keep(version, Rc::new(ask), Rc::new(show));
    data
}

type Ask = Rc<dyn Fn() -> Asking>;
type Show = Rc<dyn Fn(Sent) -> Result<(), AppError>>;

fn keep(version: Signal<u32>, ask: Ask, show: Show) {
    let (live, asked) = (Live::here(), use_context::<AskedAfter>());
    let asking = Rc::new(Cell::new(false));
    let again = Rc::new(Cell::new(false));
    Effect::new(move |before: Option<u32>| {
        let now = version.get();
        let is_news = match before {
            Some(before) => before != now,
            None => asked.is_some_and(|AskedAfter(told)| told != live.told()),
        };
        if is_news {
            if asking.replace(true) {
                again.set(true);
            } else {
                let (ask, show, asking, again) = (ask.clone(), show.clone(), asking.clone(), again.clone());
                spawn_local(async move {
                    loop {
                        let trouble = ask().await.and_then(|sent| show(sent)).err();
                        live.trouble.try_set(trouble);
                        if !again.replace(false) {
                            break;
                        }
                    }
                    asking.set(false);
                });
            }
        }
        now
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(number: u8) -> CandidateId {
        let id = format!("00000000-0000-0000-0000-0000000000{number:02}");
        id.parse().unwrap()
    }

    #[test]
    fn a_change_reaches_the_screen_it_concerns() {
        let owner = Owner::new();
        owner.with(|| {
            let live = Live::silent();
            let (list, page) = (live.candidates(), live.candidate(candidate(1)));
            let (list_before, page_before) = (list.get_untracked(), page.get_untracked());
            live.tell(&Change::Candidate { id: candidate(2) });
            assert_ne!(list.get_untracked(), list_before);
            assert_eq!(page.get_untracked(), page_before);
            live.tell(&Change::Candidate { id: candidate(1) });
            assert_ne!(page.get_untracked(), page_before);
        });
    }

    #[test]
    fn catching_up_concerns_every_screen() {
        let owner = Owner::new();
        owner.with(|| {
            let live = Live::silent();
            let page = live.candidate(candidate(1));
            assert_eq!(page.get_untracked(), 0);
            live.tell(&Change::All);
            assert_eq!(page.get_untracked(), 1);
            assert_eq!(live.connection().get_untracked(), 1);
            assert_eq!(live.attention().get_untracked(), 1);
            assert_eq!(live.members().get_untracked(), 1);
        });
    }
}
