//! The sheet, as the server draws it.

use domain::import::ImportFailure;
use domain::problem::Field;
use domain::view::{ImportSheet, SheetOption};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use serde::Deserialize;

use super::api::ImportChosen;
use crate::problem::AppError;
use crate::screens::candidates::import_cell::on_the_way;
use crate::ui::banner::Banner;
use crate::ui::field::{Problems, invalid, problems};
use crate::ui::icon::{LeverIcon, OutIcon};
use crate::ui::post_form::Deed;
use crate::ui::select::{Choice, options};

/// More postings than this are found by a filter.
const MANY: usize = 10;

/// What the address asks for: of whom the sheet is, and while postings are
/// filtered, what stands in the form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The candidate.
    pub(super) of: String,
    /// Words of the posting.
    pub(super) search: Option<String>,
    /// The chosen posting.
    posting: Option<String>,
    /// The chosen stage.
    stage: Option<String>,
    /// The chosen followers.
    followers: Vec<String>,
}

/// The whole sheet.
pub(super) fn page(mut sheet: ImportSheet, asked: Asked) -> AnyView {
    if let Some(why) = sheet.blocked {
        return view! {
            <Banner tone="quiet">
                <span>{why}</span>
                {sheet
                    .url
                    .map(|url| {
                        view! {
                            <a class="out" href=url target="_blank" rel="noopener">
                                {format!("View {} in Lever", sheet.name)}
                                <OutIcon />
                            </a>
                        }
                    })}
            </Banner>
        }
        .into_any();
    }
    if asked.search.is_some() {
        choose_again(&mut sheet.postings, asked.posting.as_slice());
        choose_again(&mut sheet.stages, asked.stage.as_slice());
        choose_again(&mut sheet.followers, &asked.followers);
    }
    view! {
        {warnings(&sheet)}
        <div class="columns">
            {sent(&mut sheet)}
            {choices(sheet, asked.search)}
        </div>
    }
    .into_any()
}

/// What was chosen before the postings were filtered stays chosen.
fn choose_again(options: &mut [SheetOption], chosen: &[String]) {
    for option in options {
        option.chosen = chosen.contains(&option.id);
    }
}

/// Why the last try failed, and why this one would.
fn warnings(sheet: &ImportSheet) -> AnyView {
    let failed = sheet.failed.clone().map(|reason| {
        view! {
            <Banner tone="bad">
                <span>{format!("The last try failed. {reason}")}</span>
            </Banner>
        }
    });
    let there = sheet.may_be_there.then(|| {
        view! {
            <Banner tone="warn">
                <span>
                    "The last try may have reached Lever. If so, what it made there is taken as it was chosen then, and nothing is made twice."
                </span>
            </Banner>
        }
    });
    let nobody = sheet.credited_to.is_none().then(|| {
        view! {
            <Banner tone="warn">
                <span>{ImportFailure::NobodyToCredit.text()}</span>
            </Banner>
        }
    });
    view! {
        {failed}
        {there}
        {nobody}
    }
    .into_any()
}

/// What goes to Lever whatever is chosen.
fn sent(sheet: &mut ImportSheet) -> AnyView {
    let lines = std::mem::take(&mut sheet.sent).into_iter().filter(|(_, values)| !values.is_empty());
    let lines = lines.map(|(term, values)| {
        let values = values.into_iter().map(|value| view! { <dd>{value}</dd> }).collect_view();
        view! {
            <div>
                <dt>{term}</dt>
                {values}
            </div>
        }
    });
    let credited = sheet.credited_to.clone().map(|user| {
        view! {
            <div>
                <dt>"Credited to"</dt>
                <dd>{user}</dd>
            </div>
        }
    });
    view! {
        <section class="panel" aria-labelledby="sent-title">
            <h2 id="sent-title">"What is sent"</h2>
            <dl class="facts">{lines.collect_view()} {credited}</dl>
            <p class="hint sheet-hint">
                "Beside the tags goes one by which the import is found again, so that nothing is made twice."
            </p>
        </section>
    }
    .into_any()
}

/// Posting, stage, followers, and the button.
fn choices(sheet: ImportSheet, search: Option<String>) -> AnyView {
    let deed = Deed::new::<ImportChosen>();
    let refusal = deed.refusal();
    let name = sheet.name;
    let label = if sheet.failed.is_some() {
        format!("Retry import of {name}")
    } else {
        format!("Import {name} into Lever")
    };
    let here = format!("/candidates/{}/import", sheet.candidate);
    view! {
        <form method="post" action=ImportChosen::PATH class="panel import-choices" aria-label="Import">
            <input type="hidden" name="candidate" value=sheet.candidate.to_string() />
            {posting(sheet.postings, search, here, refusal)}
            {stage(sheet.stages, refusal)}
            {followers(sheet.followers, refusal)}
            <button type="submit" class="button" data-look="primary" aria-label=label data-says=on_the_way(&name)>
                <LeverIcon />
                {if sheet.failed.is_some() { "Retry" } else { "Import" }}
            </button>
        </form>
    }
    .into_any()
}

/// The postings. Where there are many a filter comes first, whose button asks
/// with all that the form holds.
fn posting(
    postings: Vec<SheetOption>,
    search: Option<String>,
    here: String,
    refusal: Signal<Option<AppError>>,
) -> AnyView {
    let filter = (postings.len() > MANY || search.is_some()).then(|| {
        view! {
            <div class="field">
                <label for="search">"Find a posting"</label>
                <div class="field-row">
                    <input id="search" name="search" type="search" autocomplete="off" value=search.clone() />
                    <button type="submit" class="button" formmethod="get" formaction=here>
                        "Filter"
                    </button>
                </div>
            </div>
        }
    });
    let all = postings.len();
    let words: Vec<String> =
        search.unwrap_or_default().to_lowercase().split_whitespace().map(str::to_owned).collect();
    let found = |posting: &SheetOption| {
        let label = posting.label.to_lowercase();
        words.iter().all(|word| label.contains(word))
    };
    let matching = postings.iter().filter(|posting| found(posting)).count();
    let shown = postings.into_iter().filter(|posting| posting.chosen || found(posting)).collect();
    let hint = match (all, words.is_empty()) {
        (0, _) => Some("Lever has no published posting that the API key may list.".to_owned()),
        (_, false) => Some(format!("{matching} of {all} postings match.")),
        (_, true) => None,
    };
    view! {
        {filter}
        {select("Posting", "posting", Field::Posting, Some("No posting"), shown, hint, refusal)}
    }
    .into_any()
}

fn stage(stages: Vec<SheetOption>, refusal: Signal<Option<AppError>>) -> AnyView {
    select("Stage", "stage", Field::Stage, None, stages, None, refusal)
}

/// A labelled select with what is wrong with it.
fn select(
    label: &'static str,
    name: &'static str,
    field: Field,
    none: Option<&'static str>,
    given: Vec<SheetOption>,
    hint: Option<String>,
    refusal: Signal<Option<AppError>>,
) -> AnyView {
    let chosen = given.iter().find(|option| option.chosen).map(|option| option.id.clone());
    let mut choices: Vec<Choice> = none.map(|none| Choice::new("", none)).into_iter().collect();
    choices.extend(given.into_iter().map(|option| Choice::new(option.id, option.label)));
    let code = field.code();
    let texts = problems(refusal, field);
    let problems_id = format!("{name}-problems");
    let hint_id = format!("{name}-hint");
    let described_by = if hint.is_some() { format!("{hint_id} {problems_id}") } else { problems_id.clone() };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name aria-describedby=described_by aria-invalid=invalid(texts)>
                {options(choices, &chosen.unwrap_or_default())}
            </select>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Problems id=problems_id texts=texts code=code />
        </div>
    }
    .into_any()
}

/// A box to tick for each Lever user of another member.
fn followers(users: Vec<SheetOption>, refusal: Signal<Option<AppError>>) -> AnyView {
    if users.is_empty() {
        return ().into_any();
    }
    let boxes = users.into_iter().map(|user| {
        view! {
            <p class="tick">
                <label>
                    <input type="checkbox" name="followers[]" value=user.id checked=user.chosen />
                    {user.label}
                </label>
            </p>
        }
    });
    view! {
        <fieldset class="group" aria-describedby="followers-problems">
            <legend>"Followers"</legend>
            <p class="hint">"Whoever is credited follows anyway."</p>
            {boxes.collect_view()}
            <Problems
                id="followers-problems".to_owned()
                texts=problems(refusal, Field::Followers)
                code=Field::Followers.code()
            />
        </fieldset>
    }
    .into_any()
}
