//! Instants, as the server wrote them.

use domain::time::Moment;
use leptos::prelude::*;

/// An instant for people and for machines.
#[component]
pub(crate) fn When(moment: Moment) -> impl IntoView {
    view! {
        <time datetime=moment.iso title="UTC">
            {moment.text}
        </time>
    }
}
