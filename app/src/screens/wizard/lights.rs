//! The three lights: one for each event of Lever's webhooks.

use crate::ui::dynamic::dynamic;
use domain::connection::Light;
use domain::view::LightView;
use leptos::prelude::*;

/// The lights, as text that a screen reader announces when one turns.
#[component]
pub(crate) fn Lights(#[prop(into)] lights: Signal<Vec<LightView>>) -> impl IntoView {
    view! {
        <div role="status" class="lights">
            <ul>
                {dynamic(move || {
                    lights
                        .get()
                        .into_iter()
                        .map(|light| {
                            view! { <li class="light" data-light=light.light.code()>{light.text()}</li> }
                        })
                        .collect_view()
                })}
            </ul>
        </div>
    }
}

/// Whether any light has not turned yet.
pub(super) fn any_waiting(lights: &[LightView]) -> bool {
    lights.iter().any(|light| light.light == Light::Waiting)
}
