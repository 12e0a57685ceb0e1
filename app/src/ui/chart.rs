//! Small charts, drawn by the server: bars over time. The numbers stand beside
//! them as a table, for those who read rather than see.

use leptos::prelude::*;

/// The height of the tallest bar, in the chart's own units.
const HEIGHT: f64 = 56.0;
/// From one bar to the next.
const STEP: usize = 10;

/// One bar.
pub(crate) struct Bar {
    /// When, as people say it.
    pub(crate) label: String,
    /// How tall.
    pub(crate) value: u64,
    /// What it says, for the table and for whoever points at it.
    pub(crate) text: String,
}

/// What there is room for at most: as tall a bar fills the chart.
pub(crate) struct Limit {
    /// How tall.
    pub(crate) value: u64,
    /// What it is, beside the line at the top.
    pub(crate) text: String,
}

/// Bars over time under a heading, with what they say together. Without a limit
/// the tallest fills the chart.
pub(crate) fn bars(
    id: &'static str,
    title: &'static str,
    summary: String,
    limit: Option<Limit>,
    bars: Vec<Bar>,
) -> AnyView {
    let most = limit.as_ref().map_or(0, |limit| limit.value);
    let tallest = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(most).max(1);
    let is_limited = limit.is_some();
    let limit = limit.map(|limit| {
        view! {
            <p class="chart-limit" aria-hidden="true">
                {limit.text}
            </p>
        }
    });
    let width = bars.len() * STEP;
    let (first, last) = (bars.first().map(label), bars.last().map(label));
    let drawn = bars
        .iter()
        .enumerate()
        .map(|(place, bar)| {
            let height = match bar.value {
                0 => 0.0,
                // Whatever there is can be seen.
                value => (HEIGHT * value as f64 / tallest as f64).max(1.0),
            };
            view! {
                <rect
                    x=(place * STEP + 1).to_string()
                    y=format!("{:.1}", HEIGHT - height)
                    width=(STEP - 2).to_string()
                    height=format!("{height:.1}")
                >
                    <title>{format!("{}: {}", bar.label, bar.text)}</title>
                </rect>
            }
        })
        .collect_view();
    let rows = bars
        .into_iter()
        .map(|bar| {
            view! {
                <tr>
                    <th scope="row">{bar.label}</th>
                    <td>{bar.text}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel chart" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <p>{summary}</p>
            {limit}
            <svg
                class="bars"
                data-limited=is_limited.then_some("")
                aria-hidden="true"
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
            >
                {drawn}
            </svg>
            <p class="chart-ends" aria-hidden="true">
                <span>{first}</span>
                <span>{last}</span>
            </p>
            <details>
                <summary>"As a table"</summary>
                <table class="table">
                    <caption class="visually-hidden">{title}</caption>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}

fn label(bar: &Bar) -> String {
    bar.label.clone()
}
