//! Writing to the candidate.

use domain::ids::CandidateId;
use domain::problem::Field;
use leptos::html;
use leptos::prelude::*;

use super::api::SendMessage;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::field::TextArea;
use crate::ui::post_form::{Deed, PostForm};

/// The form; it is emptied once the message is on its way, and only then.
#[component]
pub(super) fn MessageForm(id: CandidateId, refresh: Callback<()>) -> impl IntoView {
    let action = Deed::new::<SendMessage>();
    let refusal = action.refusal();
    let area = NodeRef::<html::Textarea>::new();
    let sent = action.done();
    action.after(move || {
        if let Some(area) = area.get_untracked() {
            area.set_value("");
        }
        refresh.run(());
    });
    view! {
        <div class="panel">
            <FormBanner refusal=refusal />
            <PostForm deed=action>
                <input type="hidden" name="candidate" value=id.to_string() />
                <TextArea label="Message" name="text" field=Field::Message refusal=refusal rows=5 node_ref=area />
                <div class="form-end">
                    <Submit label="Send message" look="primary" pending=action.pending() />
                    <span role="status" class="quiet">
                        {dynamic(move || (sent.get() && !action.pending().get()).then_some("Message sent"))}
                    </span>
                </div>
            </PostForm>
        </div>
    }
}
