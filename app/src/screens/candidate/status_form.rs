//! Setting the status by hand.

use domain::ids::CandidateId;
use domain::problem::Field;
use domain::status::Status;
use leptos::ev::Event;
use leptos::prelude::*;

use super::api::SetStatus;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::{Problems, invalid, problems};
use crate::ui::post_form::{Deed, PostForm};

/// What is said once it is set.
const SET: &str = "Status set";

/// The select follows the status, and sets it as soon as another is chosen; the
/// button does the same where no program runs.
#[component]
pub(super) fn StatusForm(id: CandidateId, status: Signal<Status>, refresh: Callback<()>) -> impl IntoView {
    let action = Deed::new::<SetStatus>();
    let refusal = action.refusal();
    let texts = problems(refusal, Field::Status);
    action.after(move || refresh.run(()));
    let first = status.get_untracked();
    let choose = move |event: Event| {
        let status = event_target_value(&event);
        action.send_from(&event, &[("candidate", &id.to_string()), ("status", &status)]);
    };
    view! {
        <section class="panel" aria-labelledby="status-title">
            <h2 id="status-title" class="visually-hidden">
                "Status by hand"
            </h2>
            <FormBanner refusal=refusal />
            <PostForm deed=action>
                <input type="hidden" name="candidate" value=id.to_string() />
                <div class="field">
                    <label for="status">"Status"</label>
                    <div class="field-row">
                        <select
                            id="status"
                            name="status"
                            aria-describedby="status-problems"
                            aria-invalid=invalid(texts)
                            data-says=SET
                            prop:value=move || status.get().code()
                            on:change=choose
                        >
                            {Status::ALL
                                .map(|choice| {
                                    view! {
                                        <option value=choice.code() selected=choice == first>
                                            {choice.label()}
                                        </option>
                                    }
                                })
                                .into_iter()
                                .collect_view()}
                        </select>
                        <Submit label="Set status" pending=action.pending() says=SET />
                    </div>
                    <Problems id="status-problems".to_owned() texts=texts />
                </div>
            </PostForm>
        </section>
    }
}
