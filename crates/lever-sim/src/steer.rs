//! What a test or a host in the same process may do to the account, as a person
//! at its pages would.

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultPlan},
    requests::Received,
    routes::endpoint,
    settings::Behaviour,
    simulator::{Simulator, machine_ms},
    state::{
        State,
        act::{Act, Door},
        problem::Problem,
    },
};

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The full name.
    pub name: String,
    /// The e-mail address; new to the account.
    pub email: String,
    /// `super admin`, `admin`, `team member`, `limited team member` or `interviewer`.
    pub access_role: String,
}

impl Simulator {
    /// Every opportunity in full: the fields of the API plus `creator` (the user's
    /// name), `contactRecord`, `notes` and, once deleted, `deletedAt`.
    #[must_use]
    pub fn opportunities(&self) -> Vec<Value> {
        let app_url = self.app_url();
        self.read_indexed(|state, _| crate::admin::opportunities::dump(state, &app_url))
    }

    /// Moves an opportunity to a stage, by the stage's id or text.
    ///
    /// # Errors
    /// No such opportunity or stage, or the change could not be saved.
    pub async fn set_stage(&self, opportunity: &str, stage: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| {
            let id = state
                .pipeline()
                .iter()
                .find(|known| known.id == stage || known.text == stage)
                .map(|known| known.id.clone())
                .ok_or_else(|| Problem::reference("stages", stage))?;
            state.move_stage(opportunity, &id, act)
        })
        .await
    }

    /// Archives an opportunity, by the reason's id or text.
    ///
    /// # Errors
    /// No such opportunity or reason, or the change could not be saved.
    pub async fn archive(&self, opportunity: &str, reason: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| {
            let id = state
                .reasons()
                .iter()
                .find(|known| known.id == reason || known.text == reason)
                .map(|known| known.id.clone())
                .ok_or_else(|| Problem::reference("archive_reasons", reason))?;
            state.archive(opportunity, Some(&id), act)
        })
        .await
    }

    /// Un-archives an opportunity.
    ///
    /// # Errors
    /// No such opportunity, or the change could not be saved.
    pub async fn unarchive(&self, opportunity: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| state.archive(opportunity, None, act)).await
    }

    /// Archives an opportunity with the hired reason.
    ///
    /// # Errors
    /// No such opportunity, or the change could not be saved.
    pub async fn hire(&self, opportunity: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| {
            let reason =
                state.hired_reason().ok_or_else(|| Problem::invalid("There is no reason of type hired"))?;
            state.archive(opportunity, Some(&reason), act)
        })
        .await
    }

    /// Makes an opportunity confidential: keys without the grant are refused it.
    ///
    /// # Errors
    /// No such opportunity, or the change could not be saved.
    pub async fn conceal(&self, opportunity: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| state.conceal(opportunity, act)).await
    }

    /// Deletes an opportunity.
    ///
    /// # Errors
    /// No such opportunity, or the change could not be saved.
    pub async fn delete(&self, opportunity: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| state.delete_opportunity(opportunity, act)).await
    }

    /// Erases the personal data of an opportunity's contact.
    ///
    /// # Errors
    /// No such opportunity, or the change could not be saved.
    pub async fn anonymise(&self, opportunity: &str) -> anyhow::Result<()> {
        self.as_person(|state, act| {
            let contact = state
                .opportunities
                .get(opportunity)
                .map(|opportunity| opportunity.contact.clone())
                .ok_or_else(|| Problem::missing("opportunities", opportunity))?;
            state.anonymise_contact(&contact, act)
        })
        .await
    }

    /// Adds a user and returns the id.
    ///
    /// # Errors
    /// The e-mail is taken, or the change could not be saved.
    pub async fn add_user(&self, user: NewUser) -> anyhow::Result<String> {
        self.as_person(|state, act| state.add_user(&user.name, &user.email, &user.access_role, act.at)).await
    }

    /// Deactivates a user (or takes them back).
    ///
    /// # Errors
    /// No such user, or the change could not be saved.
    pub async fn set_user_active(&self, user: &str, active: bool) -> anyhow::Result<()> {
        self.as_person(|state, act| state.set_user_deactivated(user, (!active).then_some(act.at))).await
    }

    /// Replaces the faults that are switched on.
    ///
    /// # Errors
    /// A fault makes no sense, or the change could not be saved.
    pub async fn set_faults(&self, faults: Vec<Fault>) -> anyhow::Result<()> {
        let known = |name: &str| endpoint::by_name(name).is_some();
        if let Some(problem) = faults.iter().find_map(|fault| fault.problem(known)) {
            anyhow::bail!(problem);
        }
        self.change(|state, _| *state.faults.edit() = FaultPlan { faults }).await
    }

    /// The account's behaviour.
    #[must_use]
    pub fn behaviour(&self) -> Behaviour {
        self.read(|state, _| state.behaviour.get().clone())
    }

    /// Replaces the account's behaviour.
    ///
    /// # Errors
    /// It makes no sense, or the change could not be saved.
    pub async fn set_behaviour(&self, behaviour: Behaviour) -> anyhow::Result<()> {
        if let Some(problem) = behaviour.problem() {
            anyhow::bail!(problem);
        }
        self.change(|state, _| {
            let reindex = state.behaviour.get().canonical_email != behaviour.canonical_email;
            *state.behaviour.edit() = behaviour;
            if reindex {
                state.reindex_contacts();
            }
        })
        .await
    }

    /// Changes the settings that are named; the inner error says why nothing was
    /// changed.
    pub(crate) async fn change_behaviour(
        &self,
        changes: Map<String, Value>,
    ) -> anyhow::Result<Result<(), String>> {
        let mut merged = serde_json::to_value(self.behaviour())?;
        if let Value::Object(fields) = &mut merged {
            fields.extend(changes);
        }
        let behaviour: Behaviour = match serde_json::from_value(merged) {
            Ok(behaviour) => behaviour,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if let Some(problem) = behaviour.problem() {
            return Ok(Err(problem));
        }
        self.set_behaviour(behaviour).await?;
        Ok(Ok(()))
    }

    /// What the Data API was asked since the start, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.requests().since(0)
    }

    /// Forgets what the Data API was asked.
    pub fn forget_received(&self) {
        self.requests().clear();
    }

    /// Stops the account's clock at an instant, or where it stands.
    ///
    /// # Errors
    /// The change could not be saved.
    pub async fn freeze(&self, at: Option<i64>) -> anyhow::Result<i64> {
        self.change(|state, _| {
            state.meta.edit().clock.freeze(at, machine_ms());
            state.meta.get().clock.now(machine_ms())
        })
        .await
    }

    /// Moves the account's clock, frozen or not.
    ///
    /// # Errors
    /// The change could not be saved.
    pub async fn step(&self, ms: i64) -> anyhow::Result<i64> {
        self.change(|state, _| {
            state.meta.edit().clock.step(ms);
            state.meta.get().clock.now(machine_ms())
        })
        .await
    }

    /// Lets the clock run again from where it stands.
    ///
    /// # Errors
    /// The change could not be saved.
    pub async fn run_clock(&self) -> anyhow::Result<i64> {
        self.change(|state, _| {
            state.meta.edit().clock.run(machine_ms());
            state.meta.get().clock.now(machine_ms())
        })
        .await
    }

    /// The deliveries of the history, oldest first, as the admin API shows them.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Value> {
        self.read(|state, _| state.deliveries.values().map(|delivery| json!(delivery)).collect())
    }

    /// Does something in the name of the user the pages act as.
    pub(crate) async fn as_person<T>(
        &self,
        deed: impl FnOnce(&mut State, &Act<'_>) -> Result<T, Problem>,
    ) -> anyhow::Result<T> {
        self.change(|state, now| by_page_user(state, now, deed))
            .await?
            .map_err(|problem| anyhow::anyhow!(problem.message()))
    }
}

/// Does something in the name of the user the pages act as.
pub(crate) fn by_page_user<T>(
    state: &mut State,
    now: i64,
    deed: impl FnOnce(&mut State, &Act<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let user = state.meta.get().page_user.clone();
    let act = Act { at: now, by: Some(&user), door: Door::Page };
    deed(state, &act)
}
