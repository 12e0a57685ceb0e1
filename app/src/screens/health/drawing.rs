//! The page, as the server draws it.

use domain::view::{HealthPage, HourView, LeverAnswers, MinuteView, QueueView};
use leptos::prelude::*;

use crate::ui::chart::{Bar, Limit, bars};
use crate::ui::time::When;

/// The page.
pub(super) fn page(health: HealthPage) -> AnyView {
    let (arrived, slowest) = (deliveries(&health.hours), delays(&health.hours));
    let (waited, requests) = (backlog(&health.hours), budget(&health.minutes, health.rate));
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
        <div class="charts">{arrived} {slowest} {waited} {requests}</div>
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
    bars("deliveries", "Deliveries by the hour (UTC)", summary, None, each.collect())
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
    bars("delays", "Slowest delivery of each hour (UTC)", summary, None, each.collect())
}

/// The queue over time: of deliveries it is known when each came and when it was done.
fn backlog(hours: &[HourView]) -> AnyView {
    let now = match hours.last().map_or(0, |hour| hour.waited) {
        0 => "None waits now".to_owned(),
        1 => "1 waits now".to_owned(),
        many => format!("{many} wait now"),
    };
    let over = hours.split_last().and_then(|(_, over)| over.iter().max_by_key(|hour| hour.waited));
    let summary = match over {
        Some(most) if most.waited > 0 => {
            format!("{now}; the most, {}, at the end of the hour from {}.", most.waited, most.label)
        }
        _ => format!("{now}; none at the end of any hour."),
    };
    let each = hours.iter().map(|hour| Bar {
        label: hour.label.clone(),
        value: hour.waited.into(),
        text: hour.waited.to_string(),
    });
    bars("backlog", "Deliveries still waiting at the end of each hour (UTC)", summary, None, each.collect())
}

/// How much of Lever's rate was used.
fn budget(minutes: &[MinuteView], rate: u32) -> AnyView {
    let allowed = u64::from(rate) * 60;
    let total: u64 = minutes.iter().map(|minute| u64::from(minute.requests)).sum();
    let summary = match minutes.iter().max_by_key(|minute| minute.requests) {
        Some(most) if total > 0 => {
            let used = (u64::from(most.requests) * 100).div_ceil(allowed.max(1));
            format!(
                "{total} requests in 60 minutes; the most, {} at {}, {used}% of the {allowed} Lever allows a minute.",
                most.requests, most.label
            )
        }
        _ => format!("None in 60 minutes; Lever allows {allowed} a minute."),
    };
    let each = minutes.iter().map(|minute| Bar {
        label: minute.label.clone(),
        value: minute.requests.into(),
        text: minute.requests.to_string(),
    });
    let limit = Limit { value: allowed, text: format!("{allowed} a minute") };
    bars("budget", "Requests to Lever by the minute (UTC)", summary, Some(limit), each.collect())
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

    fn hour(label: &str, received: u32, slowest: Option<u64>, waited: u32) -> HourView {
        HourView { label: label.to_owned(), received, slowest, waited }
    }

    fn minute(label: &str, requests: u32) -> MinuteView {
        MinuteView { label: label.to_owned(), requests }
    }

    /// The part of the page under the heading with this id.
    fn section<'a>(html: &'a str, id: &str) -> &'a str {
        let begin = html.find(&format!("aria-labelledby=\"{id}\"")).unwrap();
        let length = html[begin..].find("</section>").unwrap();
        &html[begin..begin + length]
    }

    #[test]
    fn each_chart_draws_its_numbers_and_says_them() {
        let health = HealthPage {
            lever: LeverAnswers::Yes,
            last_delivery: None,
            hours: vec![
                hour("12:00", 40, Some(250), 0),
                hour("13:00", 10, Some(61_000), 6),
                hour("14:00", 0, None, 3),
            ],
            minutes: vec![minute("14:02", 300), minute("14:03", 150), minute("14:04", 0)],
            queue: Vec::new(),
            running: 0,
            given_up: 0,
            requests_waiting: 0,
            rate: 10,
        };
        // Without the marks by which Leptos tells texts apart.
        let html = Owner::new().with(|| page(health).to_html()).replace("<!>", "");
        for (id, summary, heights, rows) in [
            (
                "deliveries",
                "50 in 24 hours; the most, 40, in the hour from 12:00.",
                ["56.0", "14.0", "0.0"],
                [("12:00", "40"), ("13:00", "10"), ("14:00", "0")],
            ),
            (
                "delays",
                "From arrival to the status here, the slowest took 61 s.",
                ["1.0", "56.0", "0.0"],
                [("12:00", "0.25 s"), ("13:00", "61 s"), ("14:00", "none applied")],
            ),
            (
                "backlog",
                "3 wait now; the most, 6, at the end of the hour from 13:00.",
                ["0.0", "56.0", "28.0"],
                [("12:00", "0"), ("13:00", "6"), ("14:00", "3")],
            ),
            (
                // Of what Lever allows, not of the fullest minute.
                "budget",
                "450 requests in 60 minutes; the most, 300 at 14:02, 50% of the 600 Lever allows a minute.",
                ["28.0", "14.0", "0.0"],
                [("14:02", "300"), ("14:03", "150"), ("14:04", "0")],
            ),
        ] {
            let shown = section(&html, id);
            assert!(shown.contains(summary), "{id}: {shown}");
            let drawn: Vec<&str> = shown
                .split("<rect")
                .skip(1)
                .map(|rect| {
                    let from = rect.find(" height=\"").unwrap() + " height=\"".len();
                    &rect[from..from + rect[from..].find('"').unwrap()]
                })
                .collect();
            assert_eq!(drawn, heights, "{id}");
            for (label, text) in rows {
                assert!(shown.contains(&format!("<title>{label}: {text}</title>")), "{id} {label}: {shown}");
            }
        }
        assert!(section(&html, "budget").contains("600 a minute"));
    }

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
