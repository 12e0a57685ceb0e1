//! What an organisation wants of its deliveries.

use std::time::Duration;

/// How long the body of a delivery is kept. What happened, and what came of it,
/// is kept for longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodiesKept {
    /// 7 days.
    Week,
    /// 30 days.
    #[default]
    Month,
    /// 90 days.
    Quarter,
}

impl BodiesKept {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Quarter];

    /// In days: the stable number in the database and in forms.
    #[must_use]
    pub fn days(self) -> u32 {
        match self {
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// Reads [`BodiesKept::days`] back.
    #[must_use]
    pub fn from_days(days: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.days() == days)
    }

    /// As a time.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.days()) * 24 * 60 * 60)
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Week => "7 days",
            Self::Month => "30 days",
            Self::Quarter => "90 days",
        }
    }
}

/// What becomes of a body that was kept for so long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Afterwards {
    /// It goes.
    #[default]
    Scrub,
    /// It stays, and only a Super Admin can open it.
    Seal,
}

impl Afterwards {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Scrub, Self::Seal];

    /// The stable text in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Scrub => "scrub",
            Self::Seal => "seal",
        }
    }

    /// Reads [`Afterwards::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Scrub => "Scrub them",
            Self::Seal => "Seal them",
        }
    }
}

/// What an organisation wants of the bodies of its deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bodies {
    /// How long they can be read.
    pub kept: BodiesKept,
    /// What becomes of them then.
    pub then: Afterwards,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_afterwards_reads_back() {
        for choice in Afterwards::ALL {
            assert_eq!(Afterwards::from_code(choice.code()), Some(choice));
        }
        assert_eq!(Afterwards::from_code(""), None);
    }

    #[test]
    fn days_read_back_and_others_are_none() {
        for choice in BodiesKept::ALL {
            assert_eq!(BodiesKept::from_days(choice.days()), Some(choice));
        }
        assert_eq!(BodiesKept::from_days(0), None);
        assert_eq!(BodiesKept::from_days(8), None);
    }
}
