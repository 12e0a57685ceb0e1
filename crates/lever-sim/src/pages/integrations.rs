//! Settings > Integrations: partner tiles, and how one is switched on.

use axum::{
    extract::{Path, State as Shared},
    http::StatusCode,
};
use maud::html;

use super::{
    Page,
    layout::{Here, layout, press, switch as toggle, told},
};
use crate::{
    routes::endpoint::{self, Endpoint, Group},
    simulator::Simulator,
    state::partner::PLATFORM,
};

/// Partners beside the platform; invented.
const OTHERS: [(&str, &str); 2] = [("talent-pond", "Talent Pond"), ("lead-garden", "Lead Garden")];

fn name_of(simulator: &Simulator, partner: &str) -> Option<String> {
    if partner == PLATFORM {
        return Some(simulator.settings().platform_name.clone());
    }
    OTHERS.iter().find(|(id, _)| *id == partner).map(|(_, name)| (*name).to_owned())
}

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Page {
    let tiles: Vec<(String, String, bool)> = simulator.read(|state, _| {
        [PLATFORM]
            .into_iter()
            .chain(OTHERS.iter().map(|(id, _)| *id))
            .filter_map(|id| {
                let name = name_of(&simulator, id)?;
                Some((id.to_owned(), name, state.partner_is_on(id)))
            })
            .collect()
    });
    Page::Shown(layout(
        "Integrations",
        Here::Integrations,
        &html! {
            h1 { "Integrations" }
            (told(None))
            section aria-labelledby="sourcing" {
                h2 #sourcing { "Sourcing" }
                p.quiet { "Partners that bring candidates into this account. Switching one off revokes its key." }
                div.tiles {
                    @for (id, name, on) in &tiles {
                        @let label = format!("partner-{id}");
                        div.sheet {
                            div.heading {
                                h3 id=(label) { (name) }
                                (toggle(&format!("/settings/integrations/{id}/switch"), &label, *on))
                            }
                            p.quiet {
                                @if *on { "On. The partner has an API key." } @else { "Off." }
                            }
                        }
                    }
                }
            }
        },
    ))
}

/// Off: to what it would authorise. On: off, and its key revoked.
pub(crate) async fn switch(
    Shared(simulator): Shared<Simulator>,
    Path(partner): Path<String>,
) -> Result<Page, Page> {
    if name_of(&simulator, &partner).is_none() {
        return Err(Page::missing("There is no such partner."));
    }
    if !simulator.read(|state, _| state.partner_is_on(&partner)) {
        return Ok(Page::to(&format!("/settings/integrations/{partner}")));
    }
    simulator.change(|state, now| state.switch_partner_off(&partner, now)).await?;
    Ok(Page::to("/settings/integrations"))
}

/// What a key for the partner authorises, exactly, before it is made.
pub(crate) async fn permissions(
    Shared(simulator): Shared<Simulator>,
    Path(partner): Path<String>,
) -> Result<Page, Page> {
    let name = name_of(&simulator, &partner).ok_or_else(|| Page::missing("There is no such partner."))?;
    let behaviour = simulator.behaviour();
    let confidential = behaviour.partner_key_confidential;
    let list = |group: Group| -> Vec<&'static Endpoint> {
        behaviour
            .partner_key_permissions
            .iter()
            .filter_map(|name| endpoint::by_name(name))
            .filter(|endpoint| endpoint.group == group)
            .collect()
    };
    Ok(Page::Shown(layout(
        &format!("Switch on {name}"),
        Here::Integrations,
        &html! {
            h1 { "Switch on " (name) }
            (told(None))
            div.sheet {
                p { "The key that is generated here authorises " (name) " to do exactly this:" }
                @for (title, group) in [("Read", Group::Read), ("Write", Group::Write)] {
                    h2 { (title) }
                    ul.ticks {
                        @for endpoint in list(group) { li { (endpoint.label) } }
                    }
                }
                p {
                    @if confidential {
                        "It may read confidential opportunities and postings."
                    } @else {
                        "It may not read confidential opportunities and postings."
                    }
                }
                div.row {
                    (press(&format!("/settings/integrations/{partner}/key"), "Generate API key", "main"))
                    a.button href="/settings/integrations" { "Cancel" }
                }
            }
        },
    )))
}

/// Makes the key; the page that shows it is next.
pub(crate) async fn generate(
    Shared(simulator): Shared<Simulator>,
    Path(partner): Path<String>,
) -> Result<Page, Page> {
    let Some(name) = name_of(&simulator, &partner) else {
        return Err(Page::Refused(StatusCode::NOT_FOUND, "There is no such partner.".to_owned()));
    };
    let reveal = simulator.change(|state, now| state.make_partner_key(&partner, &name, now)).await?;
    Ok(Page::to(&format!("/settings/keys/{reveal}")))
}
