//! The signature of a delivery: the hex form of HMAC-SHA-256, keyed with the signing token *as
//! text*, over the delivery's `token` directly followed by `triggeredAt` in decimal.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::Envelope;

/// The block size of SHA-256, in bytes.
const BLOCK: usize = 64;

/// The token with which Lever signs deliveries: one for the account in older accounts, one for
/// each webhook since 2021. Blanks around it, as they come with copying, are removed.
#[derive(Clone)]
pub struct SigningToken(SecretString);

impl SigningToken {
    /// Wraps the text a person copied from Lever. It is not judged by its shape.
    pub fn new(text: &SecretString) -> SigningToken {
        SigningToken(SecretString::from(text.expose_secret().trim()))
    }

    /// Whether nothing is left without the blanks. An empty token verifies nothing.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether Lever made this delivery's token and time with this signing token. The comparison
    /// takes the same time wherever the signatures differ. Upper-case hex digits are accepted,
    /// since they mean the same bytes.
    pub fn verifies(&self, envelope: &Envelope) -> bool {
        if self.is_empty() {
            return false;
        }
        let Some(signature) = &envelope.signature else {
            return false;
        };
        let Ok(signature) = hex::decode(signature) else {
            return false;
        };
        self.mac(&envelope.token, envelope.triggered_at.as_str()).verify_slice(&signature).is_ok()
    }

    fn mac(&self, delivery_token: &str, triggered_at: &str) -> Hmac<Sha256> {
        // A key becomes a block of its own length or, when longer, of its hash, filled up with
        // zeros (RFC 2104, section 2).
        let key = self.expose().as_bytes();
        let mut block = [0_u8; BLOCK];
        if key.len() <= BLOCK {
            block[..key.len()].copy_from_slice(key);
        } else {
            let hash = Sha256::digest(key);
            block[..hash.len()].copy_from_slice(&hash);
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(delivery_token.as_bytes());
        mac.update(triggered_at.as_bytes());
        mac
    }
}

impl fmt::Debug for SigningToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningToken([redacted])")
    }
}

/// Signs as Lever does, in lower-case hex. For tests, and for checking an installation.
pub fn sign(token: &SigningToken, delivery_token: &str, triggered_at: &str) -> String {
    hex::encode(token.mac(delivery_token, triggered_at).finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::parse;

    const KEY: &str = "00112233445566778899aabbccddeeff0011223344556677";
    const TOKEN: &str = "be58f711f349c7780e4579cd7c63341ac6f881e4dccc3154";
    const TIME: &str = "1431454330072";
    // Computed apart from this code: `printf %s "$TOKEN$TIME" | openssl dgst -sha256 -hmac "$KEY"`.
    const SIGNATURE: &str = "79d1b38035b86b71663a28e2eb1e275db010403850d9690c1c63f00861f00aee";

    fn token(text: &str) -> SigningToken {
        SigningToken::new(&SecretString::from(text))
    }

    fn verifies(key: &str, delivery_token: &str, time: &str, signature: &str) -> bool {
        let body = format!(
            r#"{{"event":"candidateHired","triggeredAt":{time},"token":"{delivery_token}","signature":"{signature}","data":{{}}}}"#
        );
        token(key).verifies(&parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn the_known_vector_verifies() {
        assert_eq!(sign(&token(KEY), TOKEN, TIME), SIGNATURE);
        assert!(verifies(KEY, TOKEN, TIME, SIGNATURE));
    }

    #[test]
    fn blanks_around_a_pasted_token_do_not_matter() {
        assert!(verifies(&format!(" \t{KEY}\r\n"), TOKEN, TIME, SIGNATURE));
    }

    #[test]
    fn upper_case_hex_means_the_same_bytes() {
        assert!(verifies(KEY, TOKEN, TIME, &SIGNATURE.to_uppercase()));
    }

    #[test]
    fn an_altered_part_does_not_verify() {
        let key = KEY.replacen("00", "01", 1);
        assert!(!verifies(&key, TOKEN, TIME, SIGNATURE));
        let delivery_token = TOKEN.replacen("be", "bf", 1);
        assert!(!verifies(KEY, &delivery_token, TIME, SIGNATURE));
        assert!(!verifies(KEY, TOKEN, "1431454330073", SIGNATURE));
        // Every digit of the signature counts.
        for (position, digit) in SIGNATURE.char_indices() {
            let other = if digit == '0' { "1" } else { "0" };
            let mut signature = SIGNATURE.to_owned();
            signature.replace_range(position..=position, other);
            assert!(!verifies(KEY, TOKEN, TIME, &signature), "{position}");
        }
        // The key is text: its bytes are another key.
        let bytes: String = hex::decode(&KEY[..32])
            .unwrap()
            .iter()
            .filter(|byte| byte.is_ascii())
            .map(|&byte| char::from(byte))
            .collect();
        assert!(!verifies(&bytes, TOKEN, TIME, SIGNATURE));
        // A common mistake: comparing the delivery's token with the signing token.
        assert!(!verifies(KEY, KEY, TIME, KEY));
    }

    /// The signature covers token and time without a border between them, so a captured delivery
    /// would verify under other tokens, were a time of another length accepted.
    #[test]
    fn the_border_between_token_and_time_cannot_be_moved() {
        let whole = format!("{TOKEN}{TIME}");
        for border in (1..whole.len()).filter(|&border| border != TOKEN.len()) {
            let (delivery_token, time) = whole.split_at(border);
            let body = format!(
                r#"{{"event":"candidateHired","triggeredAt":{time},"token":"{delivery_token}","signature":"{SIGNATURE}","data":{{}}}}"#
            );
            let refused = parse(body.as_bytes()).map_or(true, |envelope| !token(KEY).verifies(&envelope));
            assert!(refused, "{delivery_token} {time}");
        }
    }

    #[test]
    fn a_part_of_a_signature_does_not_verify() {
        for length in [0, 1, 2, 32, 62, 63] {
            assert!(!verifies(KEY, TOKEN, TIME, &SIGNATURE[..length]), "{length}");
        }
        assert!(!verifies(KEY, TOKEN, TIME, &format!("{SIGNATURE}00")));
        assert!(!verifies(KEY, TOKEN, TIME, &format!("{SIGNATURE}{SIGNATURE}")));
        assert!(!verifies(KEY, TOKEN, TIME, &format!(" {SIGNATURE}")));
        assert!(!verifies(KEY, TOKEN, TIME, &"z".repeat(64)));
    }

    #[test]
    fn an_empty_signing_token_verifies_nothing() {
        for blank in ["", " \n"] {
            let signature = sign(&token(blank), TOKEN, TIME);
            assert!(!verifies(blank, TOKEN, TIME, &signature));
        }
    }

    #[test]
    fn a_delivery_without_signature_never_verifies() {
        let body =
            format!(r#"{{"event":"candidateHired","triggeredAt":{TIME},"token":"{TOKEN}","data":{{}}}}"#);
        let envelope = parse(body.as_bytes()).unwrap();
        assert!(!token(KEY).verifies(&envelope));
    }

    #[test]
    fn keys_longer_than_a_block_are_hashed_first() {
        // RFC 4231, test case 6 has such a key, but of bytes that are not text. This one was
        // computed with OpenSSL like the vector above.
        let long = "k".repeat(131);
        assert_eq!(
            sign(&token(&long), "token", "1"),
            "38a87412332f054e75e3a244963461387ee7b8d997ca80d36632fd006ca06140"
        );
        let block = "k".repeat(64);
        assert_eq!(
            sign(&token(&block), "token", "1"),
            "b83ea756b0719618325aa690bf79454ad015253354b76567a82276fd40010b7a"
        );
    }

    #[test]
    fn the_token_never_shows() {
        assert_eq!(format!("{:?}", token("hush")), "SigningToken([redacted])");
    }
}
