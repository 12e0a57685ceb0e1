//! Which steps there are, and which one this is.

use super::dynamic::dynamic;
use leptos::prelude::*;

/// The names of the steps in order; `current` counts from zero.
#[component]
pub(crate) fn Stepper(names: Vec<&'static str>, #[prop(into)] current: Signal<usize>) -> impl IntoView {
    let count = names.len();
    view! {
        <div class="stepper">
            <p class="stepper-count">{dynamic(move || format!("Step {} of {count}", current.get() + 1))}</p>
            <ol>
                {names
                    .into_iter()
                    .enumerate()
                    .map(|(index, name)| {
                        let here = move || (current.get() == index).then_some("step");
                        let done = move || (index < current.get()).then_some("");
                        view! {
                            <li aria-current=here data-done=done>
                                {name}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </div>
    }
}
