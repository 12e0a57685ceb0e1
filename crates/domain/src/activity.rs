//! What the activity log is sorted by.

/// What an entry of the log belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Candidates added, their files, their data erased.
    Candidates,
    /// What was written and answered.
    Messages,
    /// The way into Lever.
    Imports,
    /// Changes of a status, and what was decided about them.
    Statuses,
    /// Members, invitations, roles.
    Members,
    /// The connection, its maps, what is compared with Lever.
    Lever,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 6] =
        [Self::Candidates, Self::Messages, Self::Imports, Self::Statuses, Self::Members, Self::Lever];

    /// The topic of a kind of entry. What is new and unknown here is about Lever:
    /// most is.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let begins = |starts: &[&str]| starts.iter().any(|start| kind.starts_with(start));
        if begins(&["message", "answer", "reply", "template"]) {
            Self::Messages
        } else if begins(&["import", "bulk_import"]) {
            Self::Imports
        } else if begins(&["status", "conflict", "unlinked"]) {
            Self::Statuses
        } else if begins(&["candidate", "resume", "eras"]) {
            Self::Candidates
        } else if begins(&["member", "invite", "role", "organisation"]) {
            Self::Members
        } else {
            Self::Lever
        }
    }

    /// The stable text in the database and in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Candidates => "candidates",
            Self::Messages => "messages",
            Self::Imports => "imports",
            Self::Statuses => "statuses",
            Self::Members => "members",
            Self::Lever => "lever",
        }
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Candidates => "Candidates",
            Self::Messages => "Messages",
            Self::Imports => "Imports",
            Self::Statuses => "Statuses",
            Self::Members => "Members",
            Self::Lever => "The connection to Lever",
        }
    }

    /// Reads [`Topic::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

/// Whether a kind of entry tells of something that did not work.
#[must_use]
pub fn is_failure(kind: &str) -> bool {
    kind.ends_with("_failed") || matches!(kind, "key_rejected" | "lever_unavailable")
}

/// Which part of the log is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    #[default]
    Everything,
    /// The audit log: every change that a person made.
    People,
    /// Entries of one topic.
    Topic(Topic),
    /// Deliveries from Lever, and what was decided.
    Deliveries,
    /// Requests to Lever.
    Calls,
}

impl Shown {
    /// Every part, in the order in which they are offered.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Everything, Self::People];
        all.extend(Topic::ALL.map(Self::Topic));
        all.extend([Self::Deliveries, Self::Calls]);
        all
    }

    /// The stable text in addresses; empty for everything.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Everything => "",
            Self::People => "people",
            Self::Topic(topic) => topic.code(),
            Self::Deliveries => "deliveries",
            Self::Calls => "calls",
        }
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Everything => "Everything",
            Self::People => "Audit log",
            Self::Topic(topic) => topic.label(),
            Self::Deliveries => "Deliveries from Lever",
            Self::Calls => "Calls to Lever",
        }
    }

    /// Reads [`Shown::code`] back; nonsense is everything.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::all().into_iter().find(|shown| shown.code() == code).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_log_reads_back() {
        for shown in Shown::all() {
            assert_eq!(Shown::from_code(shown.code()), shown);
        }
        assert_eq!(Shown::from_code("nonsense"), Shown::Everything);
    }

    #[test]
    fn a_kind_tells_its_topic_and_whether_it_failed() {
        for (kind, topic, failed) in [
            ("message_sent", Topic::Messages, false),
            ("message_failed", Topic::Messages, true),
            ("imported", Topic::Imports, false),
            ("import_failed", Topic::Imports, true),
            ("bulk_import_started", Topic::Imports, false),
            ("status_from_lever", Topic::Statuses, false),
            ("resume_kept", Topic::Candidates, false),
            ("member_invited", Topic::Members, false),
            ("key_rejected", Topic::Lever, true),
            ("lever_connected", Topic::Lever, false),
        ] {
            assert_eq!((Topic::of(kind), is_failure(kind)), (topic, failed), "{kind}");
        }
    }
}
