//! A part of a view that changes. Every such part written as a closure of its
//! own would be a type of its own, with its own copy of the code that renders
//! and wakes up a view; through here they share one.

use std::sync::Arc;

use leptos::prelude::*;

/// What `part` shows, now and whenever it changes.
pub(crate) fn dynamic<V: IntoView>(part: impl Fn() -> V + Send + Sync + 'static) -> AnyView {
    shared(Arc::new(move || part().into_any()))
}

fn shared(part: Arc<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    (move || part()).into_any()
}
