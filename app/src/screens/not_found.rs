//! An address that leads nowhere.

use leptos::prelude::*;

use crate::ui::page_title::PageTitle;

/// The page for every other address. The server answers it with 404.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! {
        <PageTitle text="Not found" />
        <main class="card-page">
            <h1>"Not found"</h1>
            <p>"There is nothing at this address."</p>
            <p>
                <a href="/candidates">"Go to the start"</a>
            </p>
        </main>
    }
}
