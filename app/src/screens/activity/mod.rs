//! Activity: the log of what was done, sent, received and decided, and the
//! deliveries in it.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod delivery;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{DrawActivity, DrawDelivery};
use crate::live::Live;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The log, a page at a time.
#[component]
pub(crate) fn Activity() -> impl IntoView {
    view! {
        <PageTitle text="Activity" />
        <header class="page-head">
            <h1>"Activity"</h1>
            <a href="/activity?what=people">"Audit log"</a>
        </header>
        {drawn(asked(), Live::here().everything(), |address| DrawActivity { address })}
    }
}

/// A delivery that was opened.
#[component]
pub(crate) fn Delivery() -> impl IntoView {
    let params = use_params_map();
    let delivery = Signal::derive(move || params.read().get("id").unwrap_or_default());
    view! {
        <PageTitle text="Delivery" />
        <header class="page-head">
            <h1>"Delivery"</h1>
            <a href="/activity?what=deliveries">"All deliveries"</a>
        </header>
        {drawn(delivery, Live::here().everything(), |delivery| DrawDelivery { delivery })}
    }
}
