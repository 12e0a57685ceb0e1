//! Asking before the connection is switched off.

use domain::view::IntegrationCard;
use leptos::prelude::*;
use leptos_router::components::A;

use super::api::Disconnect;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dialog::Dialog;
use crate::ui::dynamic::dynamic;
use crate::ui::post_form::{Deed, PostForm};

/// What stops, what stays, what is in flight.
#[component]
pub(super) fn AskDisconnect(card: RwSignal<IntegrationCard>) -> impl IntoView {
    let action = Deed::new::<Disconnect>();
    let in_flight = move || card.with(|card| card.in_flight.clone());
    let webhooks = move || {
        if card.with(|card| card.removes_webhooks) {
            "Those registered from here are removed from Lever. Others stay there; what they send is answered and ignored."
        } else {
            "None was registered from here. What Lever goes on sending is answered and ignored."
        }
    };
    view! {
        <Dialog title="Disconnect Lever?" back="/integrations">
            <div class="dialog-body">
                <FormBanner refusal=action.refusal() />
                <dl class="facts">
                    <div>
                        <dt>"Stops"</dt>
                        <dd>"Imports, and news from Lever. The API key and the signing tokens are forgotten."</dd>
                    </div>
                    <div>
                        <dt>"Stays"</dt>
                        <dd>"Candidates with their statuses and links, User Account Mapping and Job Stage Mapping."</dd>
                    </div>
                    <div>
                        <dt>"In flight"</dt>
                        <dd>{dynamic(in_flight)}</dd>
                    </div>
                    <div>
                        <dt>"Webhooks"</dt>
                        <dd>{dynamic(webhooks)}</dd>
                    </div>
                </dl>
                <div class="form-end">
                    <PostForm deed=action class="inline-form">
                        <Submit
                            label="Disconnect Lever"
                            look="danger"
                            pending=action.pending()
                            says="Lever is disconnected"
                        />
                    </PostForm>
                    <A href="/integrations" attr:class="button">
                        "Stay connected"
                    </A>
                </div>
            </div>
        </Dialog>
    }
}
