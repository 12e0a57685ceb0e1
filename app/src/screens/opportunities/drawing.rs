//! The list, as the server draws it.

use domain::view::{OpportunitiesView, OpportunityRow};
use leptos::prelude::*;

use super::api::{FollowOpportunity, LookForOpportunities};
use crate::ui::button::Submit;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// Every known opportunity, the one that counts first.
pub(super) fn all(view: OpportunitiesView) -> AnyView {
    let (look, follow) = (Deed::new::<LookForOpportunities>(), Deed::new::<FollowOpportunity>());
    let candidate = view.candidate.to_string();
    let several = view.rows.len() > 1;
    let chosen = view.chosen.map(|chosen| format!("Chosen {chosen}."));
    let rows = view.rows.into_iter().map(|row| line(row, several, candidate.clone(), follow)).collect_view();
    let asking = view.can_look.then(|| {
        view! {
            <PostForm deed=look class="inline-form">
                <input type="hidden" name="candidate" value=candidate.clone() />
                <Submit label="Look in Lever" pending=look.pending() says="Read from Lever" />
            </PostForm>
        }
    });
    view! {
        <section class="opportunities" aria-labelledby="opportunities-title">
            <h3 id="opportunities-title">"Opportunities of this contact"</h3>
            <p class="quiet">
                {if several {
                    "One of them counts: the status follows it, and is written to it."
                } else {
                    "Only this one is known."
                }} " " {chosen}
            </p>
            <ul class="items">{rows}</ul>
            {asking}
        </section>
    }
    .into_any()
}

fn line(row: OpportunityRow, several: bool, candidate: String, follow: Deed) -> AnyView {
    let name = row.posting.clone().unwrap_or_else(|| "No posting".to_owned());
    let mut about = vec![format!("Stage {}", row.stage)];
    about.extend(row.archived.map(|archived| format!("archived: {archived}")));
    about.push(format!("owner: {}", row.owner.unwrap_or_else(|| "nobody known".to_owned())));
    let which = format!("Follow this one: {name}, stage {}", row.stage);
    let said = format!("The status follows {name} now");
    let standing = if row.counts {
        several.then(|| view! { <strong>"Counts"</strong> }).into_any()
    } else if row.of_another {
        view! { <span class="quiet">"Counts for another candidate"</span> }.into_any()
    } else {
        view! {
            <PostForm deed=follow class="inline-form">
                <input type="hidden" name="candidate" value=candidate />
                <input type="hidden" name="opportunity" value=row.id />
                <Submit
                    label="Follow this one"
                    name=which
                    pending=follow.pending()
                    says=said
                />
            </PostForm>
        }
        .into_any()
    };
    view! {
        <li>
            <a href=row.url target="_blank" rel="noopener">
                {name}
            </a>
            <p>{about.join(" · ")}</p>
            <p class="quiet">"Read " <When moment=row.read /></p>
            {standing}
        </li>
    }
    .into_any()
}
