//! The seeded generator behind every id, token and key of the account.
//!
//! Its whole state is one number, which is saved with the account, so the same
//! seed and the same calls give the same ids, across restarts too. That makes
//! keys and tokens guessable: right for practice, wrong anywhere else.

use serde::{Deserialize, Serialize};

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `bound` (0 gives 0).
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        match u64::try_from(bound) {
            Ok(0) | Err(_) => 0,
            Ok(bound) => usize::try_from(self.next() % bound).unwrap_or(0),
        }
    }

    /// A number in [0, 1).
    pub(crate) fn fraction(&mut self) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A UUID, version 4 in form.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0x0fff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff,
        )
    }

    /// 48 hexadecimal characters: the form of Lever's signing tokens and of the
    /// token in a delivery (recorded traffic).
    pub(crate) fn token(&mut self) -> String {
        format!("{:016x}{:016x}{:016x}", self.next(), self.next(), self.next())
    }

    /// The text of an API key: so many of these characters, of which there must
    /// be one. Length and alphabet of Lever's are not published.
    pub(crate) fn key(&mut self, length: usize, alphabet: &str) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet.as_bytes()))).collect()
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_others() {
        let ids = |seed| {
            let mut random = Random::new(seed);
            [random.uuid(), random.token(), random.key(40, "abc012")]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
    }

    #[test]
    fn ids_have_the_forms_lever_uses() {
        let mut random = Random::new(1);
        let id = random.uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        let token = random.token();
        assert!(token.len() == 48 && token.bytes().all(|b| b.is_ascii_hexdigit()));
        let fraction = random.fraction();
        assert!((0.0..1.0).contains(&fraction));
    }
}
