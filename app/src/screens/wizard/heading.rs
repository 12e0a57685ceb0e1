//! The heading of a step: where reading goes on after *Next* and *Back*.

use domain::connection::SetUpStep;
use leptos::html;
use leptos::prelude::*;

/// The heading. It takes the keyboard's place when nothing else has it, for
/// example because the button that was pressed is gone.
#[component]
pub(super) fn Heading(step: SetUpStep) -> impl IntoView {
    let heading = NodeRef::<html::H3>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            request_animation_frame(move || {
                let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
                if lost {
                    // Focusing fails for detached elements only.
                    drop(heading.focus());
                }
            });
        }
    });
    view! {
        <h3 tabindex="-1" autofocus=true node_ref=heading>
            {step.heading()}
        </h3>
    }
}
