//! Rows of the list, made from what the store gives.

use std::collections::HashMap;

use domain::actor::Actor;
use domain::connection::ConnectionState;
use domain::ids::CandidateId;
use domain::time::Timestamp;
use domain::view::CandidateRow;
use store::Tx;
use store::candidate_list::Listed;
use store::connections::{self, Connection};
use store::held_imports;
use store::imports::Import;
use store::opportunities::Opportunity;

use crate::imports::import_view;
use crate::{Result, Services, integration};

/// What every row of a page needs to know about Lever.
pub(super) struct Lever {
    /// The organisation's connection.
    pub(super) connection: Option<Connection>,
    /// The name of the Lever user who would be credited with the viewer's click.
    credited: Option<String>,
    /// Imports that begin by themselves, and when.
    held: HashMap<CandidateId, Timestamp>,
}

impl Lever {
    /// Reads it, once a page.
    pub(super) async fn read(tx: &mut Tx, actor: &Actor) -> Result<Self> {
        let connection = connections::find(tx, actor.organisation).await?;
        let credited = match &connection {
            Some(connection) if connection.state.accepts_imports() => {
                integration::credited(tx, connection, actor.member).await?.map(|user| user.name)
            }
            _ => None,
        };
        let held = held_imports::all(tx, actor.organisation).await?;
        Ok(Self { connection, credited, held })
    }

    /// Where the connection stands.
    pub(super) fn state(&self) -> ConnectionState {
        self.connection.as_ref().map_or(ConnectionState::NotConnected, |connection| connection.state)
    }

    /// A row.
    pub(super) fn row(
        &self,
        services: &Services,
        listed: Listed,
        import: Option<&Import>,
        opportunity: Option<&Opportunity>,
    ) -> CandidateRow {
        let Listed { candidate, email, owner } = listed;
        let held = self.held.get(&candidate.id).map(|until| services.moment(*until));
        let import = import_view(
            &candidate,
            import,
            opportunity,
            self.connection.as_ref(),
            self.credited.as_deref(),
            held,
        );
        CandidateRow {
            id: candidate.id,
            name: candidate.name,
            headline: candidate.headline,
            company: candidate.company,
            email,
            score: candidate.score,
            owner,
            status: candidate.status,
            status_since: services.moment(candidate.status_at),
            import,
        }
    }
}
