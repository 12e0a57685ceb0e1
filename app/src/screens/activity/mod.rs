//! Activity: the log of what was done, sent, received and decided.

pub(crate) mod api;

use domain::view::ActivityPage;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use self::api::ListActivity;
use crate::ask::Page;
use crate::ui::empty::Empty;
use crate::ui::page_title::PageTitle;
use crate::ui::pager::Pager;
use crate::ui::shown::shown;
use crate::ui::time::When;

/// The log, a page at a time.
#[component]
pub(crate) fn Activity() -> impl IntoView {
    let query = use_query_map();
    let before = Memo::new(move |_| query.read().get("before").unwrap_or_default());
    let page = Page::new(before, move || ListActivity { before: before.get_untracked() });
    let log = shown(page, move |page| {
        view! { <Log page=page newest=before.with_untracked(String::is_empty) /> }.into_any()
    });
    view! {
        <PageTitle text="Activity" />
        <header class="page-head">
            <h1>"Activity"</h1>
        </header>
        {log}
    }
}

#[component]
fn Log(page: ActivityPage, newest: bool) -> impl IntoView {
    let older = page.next.map(|cursor| {
        let mut query = ParamsMap::new();
        query.insert("before", cursor);
        (format!("/activity{}", query.to_query_string()), "Older")
    });
    let back = (!newest).then(|| ("/activity".to_owned(), "Newest"));
    if page.rows.is_empty() {
        return view! {
            <Empty title="Nothing yet">
                <p>"What people do here, and what Lever sends, is written down as it happens."</p>
            </Empty>
        }
        .into_any();
    }
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
                <tbody>
                    {page
                        .rows
                        .into_iter()
                        .map(|row| {
                            view! {
                                <tr>
                                    <td data-label="When" class="since">
                                        <When moment=row.at />
                                    </td>
                                    <td data-label="Who">{row.who}</td>
                                    <td data-label="What">
                                        {match row.candidate {
                                            Some(id) => {
                                                view! { <A href=format!("/candidates/{id}")>{row.what}</A> }.into_any()
                                            }
                                            None => view! { <span>{row.what}</span> }.into_any(),
                                        }}
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
        <Pager previous=back next=older />
    }
    .into_any()
}
