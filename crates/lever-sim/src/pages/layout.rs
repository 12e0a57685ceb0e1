//! The frame of every page: banner, navigation, and small shared pieces.

use maud::{DOCTYPE, Markup, html};

/// Which link of the navigation is the current page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Here {
    Candidates,
    Integrations,
    ApiCredentials,
    Webhooks,
    Faults,
    Behaviour,
    Account,
    Elsewhere,
}

const SETTINGS: [(&str, &str, Here); 3] = [
    ("/settings/integrations", "Integrations", Here::Integrations),
    ("/settings/api-credentials", "API credentials", Here::ApiCredentials),
    ("/settings/webhooks", "Webhooks", Here::Webhooks),
];

const PRACTICE: [(&str, &str, Here); 3] = [
    ("/practice/faults", "Faults", Here::Faults),
    ("/practice/behaviour", "Behaviour", Here::Behaviour),
    ("/practice/account", "Account", Here::Account),
];

/// A whole page.
pub(crate) fn layout(title: &str, here: Here, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - Practice Lever" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/assets/practice.css";
                script src="/assets/copy.js" defer {}
            }
            body {
                a.skip href="#content" { "Skip to content" }
                header.top {
                    p.banner { "Practice Lever: nothing here is real" }
                    nav aria-label="Main" {
                        span.name { "Practice Lever" }
                        ul {
                            li { (link("/candidates", "Candidates", here == Here::Candidates)) }
                            li { (link("/settings", "Settings", false)) }
                            @for (address, name, place) in SETTINGS {
                                li { (link(address, name, here == place)) }
                            }
                        }
                        ul.practice aria-label="Make it misbehave" {
                            @for (address, name, place) in PRACTICE {
                                li { (link(address, name, here == place)) }
                            }
                        }
                    }
                }
                main #content { (content) }
            }
        }
    }
}

fn link(address: &str, name: &str, current: bool) -> Markup {
    html! {
        a href=(address) aria-current=[current.then_some("page")] { (name) }
    }
}

/// A button that sends a form of its own.
pub(crate) fn press(address: &str, name: &str, class: &str) -> Markup {
    html! {
        form method="post" action=(address) {
            button class=(class) { (name) }
        }
    }
}

/// A switch named by the element `labelled_by`.
pub(crate) fn switch(address: &str, labelled_by: &str, on: bool) -> Markup {
    html! {
        form method="post" action=(address) {
            button role="switch" aria-checked=(on) aria-labelledby=(labelled_by) {}
        }
    }
}

/// A read-only field that can be copied.
pub(crate) fn copyable(id: &str, name: &str, text: &str) -> Markup {
    html! {
        div.row {
            div.grow {
                label for=(id) { (name) }
                input #(id) type="text" readonly value=(text) autocomplete="off" spellcheck="false";
            }
            button type="button" data-copy=(id) { "Copy" }
        }
    }
}

/// What a redirect came to tell; also where *Copy* reports.
pub(crate) fn told(text: Option<&str>) -> Markup {
    html! {
        p #told role="status" class=[text.map(|_| "told")] { (text.unwrap_or("")) }
    }
}
