//! The pages about Lever, so that nobody is lost among them.

use leptos::prelude::*;
use leptos_router::components::A;

/// Where they are.
const PAGES: [(&str, &str); 5] = [
    ("/integrations", "Connection"),
    ("/integrations/receiving", "Receiving"),
    ("/integrations/changes", "Changes"),
    ("/integrations/runs", "Reconciliation"),
    ("/integrations/health", "Health"),
];

/// A link to each of them.
#[component]
pub(crate) fn Sections() -> impl IntoView {
    view! {
        <nav class="sections" aria-label="About Lever">
            <ul>
                {PAGES
                    .map(|(href, name)| {
                        view! {
                            <li>
                                <A href=href exact=true>
                                    {name}
                                </A>
                            </li>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </ul>
        </nav>
    }
}
