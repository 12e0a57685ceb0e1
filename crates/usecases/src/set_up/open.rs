//! The set-up page.

use domain::problem::Problem;
use domain::view::SetUpView;
use store::invites::{self, InviteKind};

use crate::capability::token_hash;
use crate::{Result, Services};

/// Whether the link is valid, and what its page shows.
///
/// # Errors
/// [`Problem::LinkNotValid`], also once an organisation exists.
pub async fn open(services: &Services, token: &str) -> Result<SetUpView> {
    let mut tx = services.store.read().await?;
    let link = invites::open(&mut tx, InviteKind::SetUp, &token_hash(token), services.now()).await?;
    if link.is_none() || store::organisations::any(&mut tx).await? {
        return Err(Problem::LinkNotValid.into());
    }
    Ok(SetUpView { platform: services.settings.platform.clone() })
}
