//! Writing down what came of deliveries: what Lever said of the opportunity that
//! they told of, and what was decided. All that one reading was for say the same.

use domain::ids::DeliveryId;
use domain::time::Timestamp;
use lever::Opportunity;
use store::connections::Connection;
use store::deliveries::{self, Application, Reading};
use store::{Tx, catalogue};

use super::apply_opportunity::{Applied, last_change, place_name};
use crate::{Result, Services};

/// Deliveries that one reading was for.
pub(super) struct Together<'a> {
    pub(super) services: &'a Services,
    pub(super) connection: &'a Connection,
    pub(super) told: &'a [DeliveryId],
    /// When Lever was asked.
    pub(super) read_at: Timestamp,
    /// How many attempts it took.
    pub(super) attempts: u32,
}

impl Together<'_> {
    /// The opportunity was read and applied; to nobody where it is no longer linked.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn applied(
        &self,
        tx: &mut Tx,
        read: &Opportunity,
        applied: Option<&Applied>,
    ) -> Result<()> {
        let place = match applied {
            Some(applied) => place_name(tx, self.connection, &applied.is).await?,
            None => "Not looked at: it stands for nobody here any more".to_owned(),
        };
        let mover = match last_change(read).0 {
            Some(user) => self.name_of(tx, user).await?,
            None => None,
        };
        let outcome = applied.map_or("not one of ours", |applied| applied.outcome);
        let status = applied.map(|applied| applied.status);
        self.settle(tx, outcome, Reading { at: self.read_at, place, mover, others: self.others(), status })
            .await
    }

    /// The opportunity was deleted in Lever, by `user` where Lever says so.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn deleted(&self, tx: &mut Tx, user: Option<&str>) -> Result<()> {
        let mover = match user {
            Some(user) => self.name_of(tx, user).await?,
            None => None,
        };
        let place = "Not found, and listed as deleted".to_owned();
        let reading = Reading { at: self.read_at, place, mover, others: self.others(), status: None };
        self.settle(tx, "deleted in Lever", reading).await
    }

    fn others(&self) -> u32 {
        u32::try_from(self.told.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    async fn name_of(&self, tx: &mut Tx, user: &str) -> Result<Option<String>> {
        let (organisation, connection) = (self.connection.organisation, self.connection.id);
        Ok(catalogue::user(tx, organisation, connection, user).await?.map(|user| user.name))
    }

    async fn settle(&self, tx: &mut Tx, outcome: &str, reading: Reading) -> Result<()> {
        let at = self.services.now();
        let application = Application { outcome, at, attempts: self.attempts, reading };
        Ok(deliveries::applied(tx, self.connection.organisation, self.told, &application).await?)
    }
}
