//! The log, as the server draws it.

use domain::view::{ActivityPage, ActivityRow};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::Deserialize;

use crate::ui::empty::Empty;
use crate::ui::pager::Pager;
use crate::ui::time::When;

/// What the address asks for.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    /// The cursor of a page; without it the newest one.
    pub(super) before: Option<String>,
}

/// One page of the log.
pub(super) fn log(page: ActivityPage, newest: bool) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <Empty title="Nothing yet">
                <p>"What people do here, and what Lever sends, is written down as it happens."</p>
            </Empty>
        }
        .into_any();
    }
    let older = page.next.map(|cursor| {
        let mut query = ParamsMap::new();
        query.insert("before", cursor);
        (format!("/activity{}", query.to_query_string()), "Older")
    });
    let back = (!newest).then(|| ("/activity".to_owned(), "Newest"));
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Activity, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                    </tr>
                </thead>
                <tbody>{page.rows.into_iter().map(line).collect_view()}</tbody>
            </table>
        </div>
        <Pager previous=back next=older />
    }
    .into_any()
}

fn line(row: ActivityRow) -> AnyView {
    let what = match row.candidate {
        Some(id) => view! { <a href=format!("/candidates/{id}")>{row.what}</a> }.into_any(),
        None => row.what.into_any(),
    };
    view! {
        <tr>
            <td data-label="When" class="since">
                <When moment=row.at />
            </td>
            <td data-label="Who">{row.who}</td>
            <td data-label="What">{what}</td>
        </tr>
    }
    .into_any()
}
