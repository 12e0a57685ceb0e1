//! Somebody was anonymised in Lever: whether their data stays here.

use domain::ids::CandidateId;
use domain::view::CandidateProfile;
use leptos::prelude::*;

use super::api::DecideErasure;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::post_form::{Deed, PostForm};

/// The question, while it is open.
#[component]
pub(super) fn Erasure(
    id: CandidateId,
    profile: RwSignal<CandidateProfile>,
    refresh: Callback<()>,
) -> impl IntoView {
    let action = Deed::new::<DecideErasure>();
    action.after(move || refresh.run(()));
    let choice = move |label: &'static str, keep: bool, says: &'static str| {
        view! {
            <PostForm deed=action class="inline-form">
                <input type="hidden" name="candidate" value=id.to_string() />
                <input type="hidden" name="keep" value=keep.to_string() />
                <Submit label=label pending=action.pending() says=says />
            </PostForm>
        }
    };
    view! {
        <FormBanner refusal=action.refusal() />
        {dynamic(move || {
            profile
                .with(|profile| profile.erasure.clone())
                .map(|erasure| {
                    let due = erasure.due.text;
                    let choices = erasure
                        .may_decide
                        .then(|| {
                            view! {
                                <div class="choices">
                                    {choice("Keep the data", true, "The data is kept")}
                                    {choice("Erase it now", false, "The data is being erased")}
                                </div>
                            }
                        });
                    view! {
                        <section class="banner" data-tone="warn" aria-label="Anonymised in Lever">
                            <p>
                                {format!(
                                    "Their personal data was erased in Lever. Unless a Super Admin keeps it, it is erased here on {due}.",
                                )}
                            </p>
                            {choices}
                        </section>
                    }
                })
        })}
    }
}
