//! What was just done, said once and out of the way, to eyes and to screen
//! readers. For deeds whose place in the screen changes with them.

use std::time::Duration;

use leptos::prelude::*;

use super::dynamic::dynamic;

/// How long it can be read.
const READ: Duration = Duration::from_secs(5);

/// What is said now, and how often something was said.
#[derive(Clone, Copy)]
struct Said(RwSignal<(u32, Option<String>)>);

/// A voice, for a component to keep. Outside the frame nobody hears it.
#[derive(Clone, Copy)]
pub(crate) struct Speaker(Option<Said>);

/// The region; everything below the calling component can say something in it through [`speaker`].
pub(crate) fn region() -> AnyView {
    let said = use_context::<Said>();
    view! {
        <div class="toasts" role="status">
            {dynamic(move || said?.0.get().1.map(|text| view! { <p class="toast">{text}</p> }))}
        </div>
    }
    .into_any()
}

/// Provides the region's words, for the frame.
pub(crate) fn provide() {
    provide_context(Said(RwSignal::new((0, None))));
}

/// The way to say something.
pub(crate) fn speaker() -> Speaker {
    Speaker(use_context())
}

impl Speaker {
    /// Says it; what was said before is over.
    pub(crate) fn say(self, text: String) {
        let Some(Said(said)) = self.0 else { return };
        let Some((count, _)) = said.try_get_untracked() else { return };
        let count = count.wrapping_add(1);
        said.try_set((count, Some(text)));
        set_timeout(
            move || {
                if said.try_get_untracked().is_some_and(|(now, _)| now == count) {
                    said.try_set((count, None));
                }
            },
            READ,
        );
    }
}
