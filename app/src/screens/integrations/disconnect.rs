//! Asking before the connection is switched off.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::A;

use super::api::Disconnect;
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dialog::Dialog;

/// What stops, what stays, what is in flight.
#[component]
pub(super) fn AskDisconnect() -> impl IntoView {
    let action = ServerAction::<Disconnect>::new();
    view! {
        <Dialog title="Disconnect Lever?" back="/integrations">
            <div class="dialog-body">
                <FormBanner refusal=refusal(action) />
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
                        <dd>"A request that Lever has already begun is finished. Queued imports wait for a new key."</dd>
                    </div>
                </dl>
                <div class="form-end">
                    <ActionForm action=action attr:class="inline-form">
                        <Submit label="Disconnect Lever" look="danger" pending=action.pending() />
                    </ActionForm>
                    <A href="/integrations" attr:class="button">
                        "Stay connected"
                    </A>
                </div>
            </div>
        </Dialog>
    }
}
