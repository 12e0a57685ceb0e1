//! The funnel, the time in each status, and the table behind both, as the
//! server draws them.

use domain::view::{FUNNEL, FunnelStep, InsightPage, InsightRow, LEFT, StayView};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::Deserialize;

use crate::ui::badge::StatusBadge;
use crate::ui::empty::Empty;
use crate::ui::select::{Choice, options};

/// What the address asks for; empty means all of them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The month of the first message.
    pub(super) month: String,
    /// The recruiter.
    pub(super) member: String,
}

/// The choice, the funnel, and the tables behind it.
pub(super) fn found(page: InsightPage) -> AnyView {
    let mut query = ParamsMap::new();
    for (name, value) in [("month", &page.month), ("member", &page.member)] {
        if !value.is_empty() {
            query.insert(name, value.clone());
        }
    }
    let csv = format!("/insight.csv{}", query.to_query_string());
    let nobody = page.rows.is_empty();
    view! {
        <form method="get" action="/insight" class="insight-choice">
            {choice("month", "Month of the first message", "The last twelve months", page.months, &page.month)}
            {choice("member", "Recruiter", "Everybody", page.members, &page.member)}
            <button type="submit" class="button">
                "Show"
            </button>
            <a class="button" href=csv rel="external" download="insight.csv">
                "Download as CSV"
            </a>
        </form>
        {if nobody {
            view! {
                <Empty title="Nobody was written to in this time">
                    <p>"The funnel begins with the first message to a candidate."</p>
                </Empty>
            }
                .into_any()
        } else {
            view! {
                {funnel(page.funnel)}
                {stays(page.stays)}
                {table(&page.rows)}
                {medians(page.rows)}
            }
                .into_any()
        }}
    }
    .into_any()
}

fn choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    given: Vec<(String, String)>,
    chosen: &str,
) -> AnyView {
    let mut choices = vec![Choice::new("", all)];
    choices.extend(given.into_iter().map(|(value, label)| Choice::new(value, label)));
    view! {
        <div class="field">
            <label for=name class="visually-hidden">
                {label}
            </label>
            <select id=name name=name>
                {options(choices, chosen)}
            </select>
        </div>
    }
    .into_any()
}

/// Bars: the number says what the length shows.
fn funnel(steps: Vec<FunnelStep>) -> AnyView {
    let bars = steps
        .into_iter()
        .map(|step| {
            let width = step.percent.to_string();
            view! {
                <div class="funnel-step">
                    <dt>
                        <StatusBadge status=step.status />
                    </dt>
                    <dd>
                        <svg class="bar" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none">
                            <rect width=width height="8" />
                        </svg>
                        <span>{format!("{} ({}%)", step.people, step.percent)}</span>
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="funnel">
            <h2 id="funnel">"From first message to hire"</h2>
            <dl class="funnel">{bars}</dl>
        </section>
    }
    .into_any()
}

fn stays(stays: Vec<StayView>) -> AnyView {
    let rows = stays
        .into_iter()
        .map(|stay| {
            view! {
                <tr>
                    <td data-label="Status">
                        <StatusBadge status=stay.status />
                    </td>
                    <td data-label="Median time">{stay.median}</td>
                    <td data-label="People who left it" class="number">
                        {stay.people}
                    </td>
                </tr>
            }
        })
        .collect_view();
    sheet("Time in each status", vec!["Status", "Median time", "People who left it"], rows.into_any())
}

fn table(rows: &[InsightRow]) -> AnyView {
    let mut heads = vec!["Month", "Recruiter"];
    heads.extend(FUNNEL.map(|status| status.label()));
    let rows = rows
        .iter()
        .map(|row| {
            let counts = FUNNEL
                .into_iter()
                .zip(row.people)
                .map(|(status, people)| {
                    view! {
                        <td data-label=status.label() class="number">
                            {people}
                        </td>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <td data-label="Month">{row.month.clone()}</td>
                    <td data-label="Recruiter">{row.recruiter.clone()}</td>
                    {counts}
                </tr>
            }
        })
        .collect_view();
    sheet("By month and recruiter", heads, rows.into_any())
}

/// The same rows, with how long people stayed.
fn medians(rows: Vec<InsightRow>) -> AnyView {
    let mut heads = vec!["Month", "Recruiter"];
    heads.extend(LEFT.map(|status| status.label()));
    let rows = rows
        .into_iter()
        .map(|row| {
            let times = LEFT
                .into_iter()
                .zip(row.medians)
                .map(|(status, median)| match median {
                    Some(median) => view! {
                        <td data-label=status.label() class="number">
                            {median.words}
                        </td>
                    }
                    .into_any(),
                    None => view! { <td></td> }.into_any(),
                })
                .collect_view();
            view! {
                <tr>
                    <td data-label="Month">{row.month}</td>
                    <td data-label="Recruiter">{row.recruiter}</td>
                    {times}
                </tr>
            }
        })
        .collect_view();
    sheet("Median time in each status, by month and recruiter", heads, rows.into_any())
}

/// A table under its heading; all but the first two columns are numbers.
fn sheet(title: &'static str, heads: Vec<&'static str>, rows: AnyView) -> AnyView {
    let heads = heads
        .into_iter()
        .enumerate()
        .map(|(place, head)| {
            let class = if place > 1 { "number" } else { "" };
            view! {
                <th scope="col" class=class>
                    {head}
                </th>
            }
        })
        .collect_view();
    view! {
        <section class="sheet">
            <h2>{title}</h2>
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">{title}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
