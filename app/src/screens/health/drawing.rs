//! The page, as the server draws it.

use domain::view::{HealthPage, HourView, LeverAnswers, QueueView};
use leptos::prelude::*;

use crate::ui::chart::{Bar, bars};
use crate::ui::time::When;

/// The page.
pub(super) fn page(health: HealthPage) -> AnyView {
    let (arrived, slowest) = (deliveries(&health.hours), delays(&health.hours));
    view! {
        <section class="panel" aria-labelledby="lever">
            <h2 id="lever">"Lever"</h2>
            <dl class="facts wide">
                <div>
                    <dt>"Answers"</dt>
                    <dd>{answers(health.lever)}</dd>
                </div>
                <div>
                    <dt>"Last delivery"</dt>
                    <dd>
                        {match health.last_delivery {
                            Some(moment) => view! { <When moment=moment /> }.into_any(),
                            None => "None within 24 hours".into_any(),
                        }}
                    </dd>
                </div>
                <div>
                    <dt>"Rate"</dt>
                    <dd>
                        {format!("{} requests a second; {}", health.rate, waiting(health.requests_waiting))}
                    </dd>
                </div>
            </dl>
        </section>
        <div class="charts">{arrived} {slowest}</div>
        {queue(health.queue, health.running, health.given_up)}
    }
    .into_any()
}

fn waiting(requests: u32) -> String {
    match requests {
        0 => "none waits for its turn".to_owned(),
        1 => "1 waits for its turn".to_owned(),
        many => format!("{many} wait for their turn"),
    }
}

fn answers(lever: LeverAnswers) -> AnyView {
    match lever {
        LeverAnswers::NotAsked => "Not asked: Lever is not connected".into_any(),
        LeverAnswers::Yes => "Yes".into_any(),
        LeverAnswers::Failing(failures) => format!("The last {failures} requests failed").into_any(),
        LeverAnswers::Resting(since, until) => view! {
            "Failing since "
            <When moment=since />
            "; asked again at "
            <When moment=until />
        }
        .into_any(),
    }
}

fn deliveries(hours: &[HourView]) -> AnyView {
    let total: u64 = hours.iter().map(|hour| u64::from(hour.received)).sum();
    let summary = match hours.iter().max_by_key(|hour| hour.received) {
        Some(most) if total > 0 => {
            format!("{total} in 24 hours; the most, {}, in the hour from {}.", most.received, most.label)
        }
        _ => "None in 24 hours.".to_owned(),
    };
    let each = hours.iter().map(|hour| Bar {
        label: hour.label.clone(),
        value: hour.received.into(),
        text: hour.received.to_string(),
    });
    bars("deliveries", "Deliveries by the hour (UTC)", summary, each.collect())
}

fn delays(hours: &[HourView]) -> AnyView {
    let summary = match hours.iter().filter_map(|hour| hour.slowest).max() {
        Some(slowest) => format!("From arrival to the status here, the slowest took {}.", seconds(slowest)),
        None => "No delivery was applied in 24 hours.".to_owned(),
    };
    let each = hours.iter().map(|hour| Bar {
        label: hour.label.clone(),
        value: hour.slowest.unwrap_or(0),
        text: hour.slowest.map_or_else(|| "none applied".to_owned(), seconds),
    });
    bars("delays", "Slowest delivery of each hour (UTC)", summary, each.collect())
}

fn seconds(milliseconds: u64) -> String {
    if milliseconds < 10_000 {
        format!("{:.2} s", milliseconds as f64 / 1000.0)
    } else {
        format!("{} s", milliseconds / 1000)
    }
}

fn queue(queue: Vec<QueueView>, running: u32, given_up: u32) -> AnyView {
    let nothing = queue.is_empty();
    let rows = queue
        .into_iter()
        .map(|waiting| {
            view! {
                <tr>
                    <th scope="row" data-label="Work">
                        {waiting.what}
                    </th>
                    <td data-label="Due" class="number">
                        {waiting.due}
                    </td>
                    {if waiting.waits.is_empty() {
                        view! { <td></td> }.into_any()
                    } else {
                        view! { <td data-label="Waits for">{waiting.waits}</td> }.into_any()
                    }}
                    <td data-label="Later" class="number">
                        {waiting.later}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let given_up = (given_up > 0).then(|| {
        view! {
            <p>
                {format!("{given_up} given up: see ")} <a href="/attention">"Needs attention"</a> "."
            </p>
        }
    });
    view! {
        <section class="sheet" aria-labelledby="queue">
            <h2 id="queue">"Work that waits"</h2>
            <p class="quiet">
                {if running == 0 { "Nothing is running now.".to_owned() } else { format!("{running} running now.") }}
            </p>
            {given_up}
            {if nothing {
                view! { <p class="quiet">"Nothing waits."</p> }.into_any()
            } else {
                view! {
                    <div class="table-wrap">
                        <table class="table">
                            <caption class="visually-hidden">"Work that waits"</caption>
                            <thead>
                                <tr>
                                    <th scope="col">"Work"</th>
                                    <th scope="col" class="number">
                                        "Due"
                                    </th>
                                    <th scope="col">"Waits for"</th>
                                    <th scope="col" class="number">
                                        "Later"
                                    </th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_told_as_finely_as_they_matter() {
        assert_eq!(seconds(42), "0.04 s");
        assert_eq!(seconds(61_300), "61 s");
    }

    #[test]
    fn requests_that_wait_are_counted_in_words() {
        assert_eq!(waiting(0), "none waits for its turn");
        assert_eq!(waiting(1), "1 waits for its turn");
        assert_eq!(waiting(12), "12 wait for their turn");
    }
}
