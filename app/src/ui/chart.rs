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

/// Bars over time under a heading, with what they say together.
pub(crate) fn bars(id: &'static str, title: &'static str, summary: String, bars: Vec<Bar>) -> AnyView {
    let tallest = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let width = bars.len() * STEP;
    let (first, last) = (bars.first().map(label), bars.last().map(label));
    let drawn = bars
        .iter()
        .enumerate()
        .map(|(place, bar)| {
            let height = HEIGHT * bar.value as f64 / tallest as f64;
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
            <svg
                class="bars"
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
