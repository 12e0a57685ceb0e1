//! The page that shows a new key, until *Done*; after that nobody can see it again.

use axum::extract::{Path, State as Shared};
use maud::html;

use super::{
    Page,
    layout::{Here, copyable, layout, press, told},
};
use crate::simulator::Simulator;

fn place(partner: bool) -> (Here, &'static str) {
    if partner {
        (Here::Integrations, "/settings/integrations")
    } else {
        (Here::ApiCredentials, "/settings/api-credentials")
    }
}

pub(crate) async fn show(Shared(simulator): Shared<Simulator>, Path(id): Path<String>) -> Result<Page, Page> {
    let (text, partner) = simulator
        .read(|state, _| {
            let reveal = state.reveals.get(&id)?;
            Some((reveal.text.clone(), reveal.partner.is_some()))
        })
        .ok_or_else(|| Page::missing("This key has been shown; it cannot be shown again."))?;
    let (here, _) = place(partner);
    Ok(Page::Shown(layout(
        "New API key",
        here,
        &html! {
            h1 { "New API key" }
            (told(None))
            div.sheet {
                p { "Copy it now: after " em { "Done" } " it is never shown again." }
                (copyable("api-key", "API key", &text))
                (press(&format!("/settings/keys/{id}/done"), "Done", "main"))
            }
        },
    )))
}

/// Forgets the text; a partner's tile turns green.
pub(crate) async fn done(Shared(simulator): Shared<Simulator>, Path(id): Path<String>) -> Result<Page, Page> {
    let partner = simulator
        .change(|state, _| {
            let reveal = state.reveals.remove(&id)?;
            if let Some(partner) = &reveal.partner {
                state.switch_partner_on(partner);
            }
            Some(reveal.partner.is_some())
        })
        .await?;
    // Pressed twice, or after Back: the key is done already.
    let (_, address) = place(partner.unwrap_or(true));
    Ok(Page::to(address))
}
