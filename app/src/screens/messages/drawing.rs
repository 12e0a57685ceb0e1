//! Messages to many, as the server draws them.

use domain::bulk_message::{BulkMessageDeed, BulkMessageState};
use domain::problem::Field;
use domain::view::{
    BulkMessageItemView, BulkMessagePage, BulkMessageView, Count, Listed, NewMessagePage, PreviewView,
    WhomView,
};
use leptos::prelude::*;

use super::address::Asked;
use super::api::{BeginMessage, DiscardMessage, SaveMessageText, SteerMessage};
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::field::Problems;
use crate::ui::hidden::hidden;
use crate::ui::kept::kept;
use crate::ui::pager::{Pager, older};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::raw_text::raw_text;
use crate::ui::select::{Choice, options};
use crate::ui::time::When;

/// What can be filled in, said below the text.
pub(super) const FIELDS: &str = "Filled in for each candidate: {first name}, {name}, {company} and {my name}. Each message ends with a link to answer.";

/// A page of them, newest first.
pub(super) fn runs(page: Listed<BulkMessageView>) -> AnyView {
    if page.rows.is_empty() && !page.is_later {
        return view! {
            <Empty title="None yet">
                <p>
                    "Choose " <a href="/candidates">"candidates"</a> " in the list and write to them together."
                </p>
            </Empty>
        }
        .into_any();
    }
    let pages = older(&page, "/messages", "before", &[], "Pages");
    let runs = page.rows.into_iter().map(line).collect_view();
    view! {
        <ul class="items">{runs}</ul>
        {pages}
    }
    .into_any()
}

fn line(run: BulkMessageView) -> impl IntoView {
    let title = match run.state {
        BulkMessageState::Draft => "Draft".to_owned(),
        state => format!("{}, {}", Count::Exactly(run.total).of_candidates(), state.label().to_lowercase()),
    };
    view! {
        <li class="panel">
            <a href=format!("/messages/{}", run.id)>{title}</a>
            <p class="excerpt" dir="auto">
                {run.text}
            </p>
            <p class="quiet">
                "By " <bdi>{run.written_by}</bdi> ", " <When moment=run.begun />
                {run.counts.into_iter().map(|count| format!(" · {count}")).collect_view()}
            </p>
        </li>
    }
}

/// Nobody was chosen yet.
pub(super) fn nobody() -> AnyView {
    view! {
        <Empty title="Nobody is chosen">
            <p>
                "Choose " <a href="/candidates">"candidates"</a>
                " in the list, or narrow the list down, and write to all of them."
            </p>
        </Empty>
    }
    .into_any()
}

/// For whom it is.
fn whom(whom: &WhomView) -> AnyView {
    let before = |place| if place == 0 { ": " } else { ", " };
    let name = |(place, name): (usize, &String)| view! { {before(place)} <bdi>{name.clone()}</bdi> };
    let names = whom.first.iter().enumerate().map(name).collect_view();
    let more = (whom.more && !whom.first.is_empty()).then_some(" and more");
    view! {
        <p>
            <strong>"To "</strong>
            {whom.count.clone()}
            {names}
            {more}
        </p>
    }
    .into_any()
}

/// Where one is begun.
pub(super) fn begun(page: NewMessagePage, asked: Asked) -> AnyView {
    let begin = Deed::new::<BeginMessage>();
    let again = asked.clone();
    let templates = (!page.templates.is_empty()).then(|| {
        let mut choices = vec![Choice::new("", "None")];
        choices.extend(page.templates.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)));
        let chosen = page.chosen.map(|id| id.to_string()).unwrap_or_default();
        view! {
            <form method="get" action="/messages/new" class="template-form">
                {carried(again, str::to_owned)}
                <div class="field">
                    <label for="template">"Begin with a template"</label>
                    <div class="field-row">
                        <select id="template" name="template">
                            {options(choices, &chosen)}
                        </select>
                        <button type="submit" class="button">
                            "Use"
                        </button>
                    </div>
                </div>
            </form>
        }
    });
    view! {
        <section class="panel narrow-text" aria-label="Message">
            {whom(&page.whom)}
            {templates}
            <PostForm deed=begin>
                {carried(asked, |name| format!("matching[{name}]"))}
                {text_area(page.text, Vec::new())}
                <div class="form-end">
                    <Submit label="Preview" look="primary" pending=begin.pending() />
                    <span class="quiet">"Nobody is written to yet."</span>
                </div>
            </PostForm>
        </section>
    }
    .into_any()
}

/// Whom it is for, as fields that are not shown; `named` says how those of the filter
/// are called.
fn carried(asked: Asked, named: fn(&str) -> String) -> AnyView {
    let candidates = asked.candidates.into_iter().map(|id| ("candidates[]".to_owned(), id.to_string()));
    let all = asked.all.then(|| ("all".to_owned(), "1".to_owned()));
    let matching = asked.matching.to_pairs().into_iter().map(|(name, value)| (named(name), value));
    hidden(candidates.chain(all).chain(matching))
}

fn text_area(text: String, problems: Vec<String>) -> AnyView {
    let text = kept("text").unwrap_or(text);
    let invalid = (!problems.is_empty()).then_some("true");
    view! {
        <div class="field">
            <label for="text">"Message"</label>
            <textarea
                id="text"
                name="text"
                rows="10"
                autocomplete="off"
                spellcheck="true"
                aria-describedby="text-hint text-problems"
                aria-invalid=invalid
                dir="auto"
            >
                {raw_text(text)}
            </textarea>
            <p class="hint" id="text-hint">
                {FIELDS}
            </p>
            <Problems id="text-problems".to_owned() texts=Signal::stored(problems) code=Field::Message.code() />
        </div>
    }
    .into_any()
}

/// A draft, or how far it is.
pub(super) fn run(page: BulkMessagePage) -> AnyView {
    if page.run.state == BulkMessageState::Draft { draft(page) } else { standing(page) }
}

fn draft(page: BulkMessagePage) -> AnyView {
    let BulkMessagePage { run, whom: for_whom, problems, previews, mails, .. } = page;
    let (save, send, discard) =
        (Deed::new::<SaveMessageText>(), Deed::new::<SteerMessage>(), Deed::new::<DiscardMessage>());
    let id = run.id;
    let to = format!("Send to {}", for_whom.count);
    let can_be_sent = problems.is_empty() && run.may_steer;
    let buttons = can_be_sent.then(|| {
        view! {
            <PostForm deed=send class="inline-form">
                <input type="hidden" name="message" value=id.to_string() />
                <input type="hidden" name="deed" value=BulkMessageDeed::Send.code() />
                <Submit label=to look="primary" pending=send.pending() says="The messages are on their way" />
            </PostForm>
        }
    });
    let discard = run.may_steer.then(|| {
        view! {
            <PostForm deed=discard class="inline-form">
                <input type="hidden" name="message" value=id.to_string() />
                <Submit label="Discard" pending=discard.pending() says="Draft discarded" />
            </PostForm>
        }
    });
    let how = if mails {
        "Each candidate gets a mail of their own."
    } else {
        "No mail is configured: the messages stay in the outbox, each with its link to answer."
    };
    view! {
        <section class="panel narrow-text" aria-label="Message">
            {whom(&for_whom)}
            <PostForm deed=save>
                <input type="hidden" name="message" value=id.to_string() />
                {text_area(run.text, problems)}
                <div class="form-end">
                    <Submit label="Preview" pending=save.pending() />
                </div>
            </PostForm>
        </section>
        {(!previews.is_empty()).then(|| preview_of(previews))}
        <section class="panel narrow-text" aria-label="Send">
            <p class="quiet">{how}</p>
            <div class="buttons">{buttons} {discard}</div>
        </section>
    }
    .into_any()
}

fn preview_of(previews: Vec<PreviewView>) -> AnyView {
    let previews = previews
        .into_iter()
        .map(|preview| {
            let text = match preview.text {
                Some(text) => view! {
                    <blockquote class="message-body" dir="auto">
                        {text}
                    </blockquote>
                }
                .into_any(),
                None => {
                    view! { <p class="quiet">"Left out: their company is not known, which the text names."</p> }
                        .into_any()
                }
            };
            view! {
                <li>
                    <h3>
                        <bdi>{preview.name}</bdi>
                    </h3>
                    {text}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel narrow-text" aria-labelledby="preview-title">
            <h2 id="preview-title">"Preview"</h2>
            <ol class="previews">{previews}</ol>
        </section>
    }
    .into_any()
}

fn standing(page: BulkMessagePage) -> AnyView {
    let BulkMessagePage { run, items, next, .. } = page;
    let steer = Deed::new::<SteerMessage>();
    let id = run.id;
    let stop = (run.state == BulkMessageState::Running && run.may_steer).then(|| {
        view! {
            <PostForm deed=steer class="inline-form">
                <input type="hidden" name="message" value=id.to_string() />
                <input type="hidden" name="deed" value=BulkMessageDeed::Stop.code() />
                <Submit label="Stop" pending=steer.pending() />
            </PostForm>
        }
    });
    let total = if run.collecting { format!("{} so far", run.total) } else { run.total.to_string() };
    let mut words = vec![format!("{}: {} of {total}", run.state.label(), run.ended)];
    words.extend(run.counts);
    let next = next.map(|after| (format!("/messages/{id}?after={after}"), "Next"));
    let rows = items.into_iter().map(row).collect_view();
    view! {
        <section class="panel bulk">
            <progress max=run.total.max(1) value=run.ended aria-label="Progress"></progress>
            <p role="status">{words.join(" · ")}</p>
            <p class="quiet">
                "By " <bdi>{run.written_by}</bdi> ", " <When moment=run.begun />
            </p>
            <details>
                <summary>"The text"</summary>
                <blockquote class="message-body" dir="auto">
                    {run.text}
                </blockquote>
            </details>
            {stop.map(|stop| view! { <div class="buttons">{stop}</div> })}
        </section>
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Candidates"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Message"</th>
                        <th scope="col">"Reason"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager previous=None next=next />
    }
    .into_any()
}

fn row(item: BulkMessageItemView) -> impl IntoView {
    let reason = (!item.reason.is_empty()).then_some("Reason");
    view! {
        <tr>
            <th scope="row" data-label="Name">
                <a href=format!("/candidates/{}", item.candidate)><bdi>{item.name}</bdi></a>
            </th>
            <td data-label="Message">{item.state}</td>
            <td data-label=reason>{item.reason}</td>
        </tr>
    }
}
