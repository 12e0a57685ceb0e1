//! What the key may do: needed for, works, what to tick in Lever.

use domain::view::{PermissionRow, PermissionWorks};
use leptos::prelude::*;

use crate::ui::badge::Badge;
use crate::ui::dynamic::dynamic;

/// The table, once a key was tested.
#[component]
pub(crate) fn Permissions(#[prop(into)] rows: Signal<Vec<PermissionRow>>) -> impl IntoView {
    dynamic(move || {
        let rows = rows.get();
        (!rows.is_empty()).then(|| {
            let broken = rows.iter().any(|row| row.works == PermissionWorks::No && !row.optional);
            view! {
                <details class="permissions" open=broken>
                    <summary>
                        {if broken { "A permission is missing" } else { "What the key may do" }}
                    </summary>
                    <div class="table-wrap">
                        <table class="table">
                            <caption class="visually-hidden">"Permissions of the API key"</caption>
                            <thead>
                                <tr>
                                    <th scope="col">"Needed for"</th>
                                    <th scope="col">"Works"</th>
                                    <th scope="col">"Tick in Lever"</th>
                                </tr>
                            </thead>
                            <tbody>
                                {rows
                                    .into_iter()
                                    .map(|row| {
                                        let (tone, text) = works(&row);
                                        view! {
                                            <tr>
                                                <td data-label="Needed for">{row.needed_for}</td>
                                                <td data-label="Works">
                                                    <Badge tone=tone text=text />
                                                </td>
                                                <td data-label="Tick in Lever">{row.tick}</td>
                                            </tr>
                                        }
                                    })
                                    .collect_view()}
                            </tbody>
                        </table>
                    </div>
                </details>
            }
        })
    })
}

fn works(row: &PermissionRow) -> (&'static str, &'static str) {
    match (row.works, row.optional) {
        (PermissionWorks::Yes, _) => ("good", "Yes"),
        (PermissionWorks::No, true) => ("quiet", "No, optional"),
        (PermissionWorks::No, false) => ("bad", "No"),
        (PermissionWorks::NotTried, _) => ("quiet", "Tried at the first import"),
        (PermissionWorks::Unknown, _) => ("warn", "Lever did not answer"),
    }
}
