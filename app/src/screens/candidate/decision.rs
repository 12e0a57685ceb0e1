//! Somebody with this address is in Lever already: which one is it?

use domain::ids::CandidateId;
use domain::view::{CandidateProfile, ImportView, MatchView};
use leptos::prelude::*;

use super::api::Decide;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// What is said once somebody decided.
const DECIDED: &str = "The decision is being carried out";

/// The check sheet and the choices, while a decision is needed.
#[component]
pub(super) fn Decision(
    id: CandidateId,
    profile: RwSignal<CandidateProfile>,
    refresh: Callback<()>,
) -> impl IntoView {
    let action = Deed::new::<Decide>();
    action.after(move || refresh.run(()));
    let needed = move || {
        profile.with(|profile| {
            let needed = matches!(profile.row.import, ImportView::NeedsDecision { .. });
            needed.then(|| (profile.row.name.clone(), profile.matches.clone()))
        })
    };
    view! {
        <FormBanner refusal=action.refusal() />
        {dynamic(move || needed().map(|(name, matches)| view! { <Sheet id=id name=name matches=matches action=action /> }))}
    }
}

#[component]
fn Sheet(id: CandidateId, name: String, matches: Vec<MatchView>, action: Deed) -> impl IntoView {
    let found = !matches.is_empty();
    view! {
        <section class="panel decision" id="decision" aria-labelledby="decision-title">
            <h2 id="decision-title">{format!("Decide about {name}")}</h2>
            <p>
                "Somebody in Lever may be this person. Link the candidate to what is there, add a new opportunity to the same contact, or say that it is somebody else: you are not asked again."
            </p>
            {found
                .then(|| {
                    view! {
                        <div class="table-wrap">
                            <table class="table">
                                <caption class="visually-hidden">"Opportunities in Lever"</caption>
                                <thead>
                                    <tr>
                                        <th scope="col">"In Lever"</th>
                                        <th scope="col">"Stage"</th>
                                        <th scope="col">"Posting"</th>
                                        <th scope="col">"Owner"</th>
                                        <th scope="col">"Archived"</th>
                                        <th scope="col">"Last activity"</th>
                                        <th scope="col">"Choice"</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {matches
                                        .into_iter()
                                        .map(|known| view! { <Match id=id known=known action=action /> })
                                        .collect_view()}
                                </tbody>
                            </table>
                        </div>
                    }
                })}
            <div class="deeds">
                <PostForm deed=action class="inline-form">
                    <input type="hidden" name="candidate" value=id.to_string() />
                    <Submit label="Add an opportunity" pending=action.pending() says=DECIDED />
                </PostForm>
                <PostForm deed=action class="inline-form">
                    <input type="hidden" name="candidate" value=id.to_string() />
                    <input type="hidden" name="not_same" value="1" />
                    <Submit label="Not the same person" pending=action.pending() says=DECIDED />
                </PostForm>
            </div>
        </section>
    }
}

#[component]
fn Match(id: CandidateId, known: MatchView, action: Deed) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" data-label="In Lever">
                <a href=known.url target="_blank" rel="noopener">
                    <bdi>{known.name}</bdi>
                </a>
                <span class="quiet sub">{known.known_by}</span>
            </th>
            <td data-label="Stage">
                <bdi>{known.stage}</bdi>
            </td>
            <td data-label="Posting">{if known.postings.is_empty() { "None".to_owned() } else { known.postings }}</td>
            <td data-label="Owner">{known.owner.unwrap_or_else(|| "Nobody".into())}</td>
            <td data-label="Archived">{known.archived.unwrap_or_else(|| "No".into())}</td>
            <td data-label="Last activity">{known.last_activity.map(|moment| view! { <When moment=moment /> })}</td>
            <td data-label="Choice">
                <PostForm deed=action class="inline-form">
                    <input type="hidden" name="candidate" value=id.to_string() />
                    <input type="hidden" name="opportunity" value=known.opportunity />
                    <Submit label="Link to this one" look="primary" pending=action.pending() says=DECIDED />
                </PostForm>
            </td>
        </tr>
    }
}
