//! What is known about the candidate.

use crate::ui::dynamic::dynamic;
use domain::view::CandidateProfile;
use leptos::prelude::*;

/// Addresses, numbers, links, skills, score, owner.
#[component]
pub(super) fn Facts(profile: RwSignal<CandidateProfile>) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="facts-title">
            <h2 id="facts-title">"About"</h2>
            <dl class="facts">
                {dynamic(move || {
                    let profile = profile.get();
                    let plain = |texts: Vec<String>| texts.into_iter().map(|text| view! { <dd dir="auto">{text}</dd> }.into_any());
                    let mut facts: Vec<(&'static str, Vec<AnyView>)> = vec![
                        ("E-mail", profile.emails.into_iter().map(address).collect()),
                        ("Phone", plain(profile.phones).collect()),
                        ("Links", profile.links.into_iter().map(link).collect()),
                        ("Skills", plain(joined(profile.skills)).collect()),
                        ("Coding score", plain(profile.row.score.map(|score| score.to_string()).into_iter().collect()).collect()),
                        ("Owner", plain(profile.row.owner.into_iter().collect()).collect()),
                    ];
                    facts.retain(|(_, values)| !values.is_empty());
                    facts
                        .into_iter()
                        .map(|(term, values)| {
                            view! {
                                <div>
                                    <dt>{term}</dt>
                                    {values}
                                </div>
                            }
                        })
                        .collect_view()
                })}
            </dl>
            <a href=format!("/candidates/{}/reach", profile.with_untracked(|profile| profile.row.id))>"Change contact details"</a>
        </section>
    }
}

/// An address, which breaks before its host if it must.
fn address(address: String) -> AnyView {
    let at = address.rfind('@').unwrap_or_default();
    let (name, host) = address.split_at(at);
    view! {
        <dd>
            {name.to_owned()}
            <wbr />
            {host.to_owned()}
        </dd>
    }
    .into_any()
}

fn joined(texts: Vec<String>) -> Vec<String> {
    if texts.is_empty() { texts } else { vec![texts.join(", ")] }
}

fn link(url: String) -> AnyView {
    let shown = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest).trim_end_matches('/').to_owned();
    view! {
        <dd>
            <a href=url target="_blank" rel="noopener noreferrer">
                {shown}
            </a>
        </dd>
    }
    .into_any()
}
