//! One row of the list. It stays in place while what it shows changes, so that
//! the keyboard's place is kept.

use domain::view::{CandidatePage, CandidateRow};
use leptos::prelude::*;
use leptos_router::components::A;

use super::import_cell::ImportCell;
use crate::screens::bulk::CHOSEN;
use crate::ui::badge::StatusBadge;
use crate::ui::dynamic::dynamic;
use crate::ui::time::When;

/// The candidate as of the last answer.
#[component]
pub(super) fn Row(
    /// The candidate when the row came.
    first: CandidateRow,
    /// The page it belongs to.
    page: RwSignal<CandidatePage>,
    /// Asks for the list again.
    refresh: Callback<()>,
) -> impl IntoView {
    let id = first.id;
    let row = Memo::new(move |before: Option<&CandidateRow>| {
        page.with(|page| page.rows.iter().find(|candidate| candidate.id == id).cloned())
            .or_else(|| before.cloned())
            .unwrap_or_else(|| first.clone())
    });
    let status = Signal::derive(move || row.with(|row| row.status));
    let import = Signal::derive(move || row.with(|row| row.import.clone()));
    let name = Signal::derive(move || row.with(|row| row.name.clone()));
    let company = row.with_untracked(|row| (!row.company.is_empty()).then_some("Company"));
    let score = row.with_untracked(|row| row.score.map(|_| "Score"));
    view! {
        <tr>
            <th scope="row" data-label="Name">
                {dynamic(move || {
                    row.with(|row| row.import.can_be_chosen())
                        .then(|| {
                            view! {
                                <input
                                    type="checkbox"
                                    class="choose"
                                    name="candidates[]"
                                    value=id.to_string()
                                    form=CHOSEN
                                    aria-label=format!("Choose {}", name.get())
                                />
                            }
                        })
                })}
                <A href=format!("/candidates/{id}") attr:class="row-link">
                    {dynamic(move || name.get())}
                </A>
                <span class="sub">{dynamic(move || row.with(|row| row.headline.clone()))}</span>
            </th>
            <td data-label=company class="company">{dynamic(move || row.with(|row| row.company.clone()))}</td>
            <td data-label=score class="number score">
                {dynamic(move || row.with(|row| row.score))}
            </td>
            <td data-label="Owner" class="owner">{dynamic(move || row.with(|row| row.owner.clone()))}</td>
            <td data-label="Status">
                <StatusBadge status=status />
            </td>
            <td data-label="Since" class="since">
                {dynamic(move || view! { <When moment=row.with(|row| row.status_since.clone()) /> })}
            </td>
            <td data-label="Lever" class="lever-cell">
                <ImportCell id=id name=name import=import refresh=refresh />
            </td>
        </tr>
    }
}
