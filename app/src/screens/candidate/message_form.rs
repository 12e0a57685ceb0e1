//! Writing to the candidate.

use domain::ids::CandidateId;
use domain::problem::Field;
use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;

use super::after_success;
use super::api::SendMessage;
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::TextArea;

/// The form; it is emptied once the message is on its way, and only then.
#[component]
pub(super) fn MessageForm(id: CandidateId, refresh: Callback<()>) -> impl IntoView {
    let action = ServerAction::<SendMessage>::new();
    let refusal = refusal(action);
    let value = action.value();
    let area = NodeRef::<html::Textarea>::new();
    let sent = Signal::derive(move || value.with(|value| matches!(value, Some(Ok(())))));
    after_success(action.version(), sent, move || {
        if let Some(area) = area.get_untracked() {
            area.set_value("");
        }
        refresh.run(());
    });
    view! {
        <div class="panel">
            <FormBanner refusal=refusal />
            <ActionForm action=action>
                <input type="hidden" name="candidate" value=id.to_string() />
                <TextArea label="Message" name="text" field=Field::Message refusal=refusal rows=5 node_ref=area />
                <div class="form-end">
                    <Submit label="Send message" look="primary" pending=action.pending() />
                    <span role="status" class="quiet">
                        {move || (sent.get() && !action.pending().get()).then_some("Message sent")}
                    </span>
                </div>
            </ActionForm>
        </div>
    }
}
