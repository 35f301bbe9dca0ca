//! What a token says, and whether it counts here and now (RFC 7519, section 4.1; RFC 9068, section 4).

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use super::{fault::Fault, strict_json::Object};

/// How much clocks may differ.
const LEEWAY: Duration = Duration::from_secs(60);
/// The last moment that a date may name: the year 9999.
const LAST: f64 = 253_402_300_799.0;

impl Object {
    /// A claim that is a text; `None`: it is not there.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Fault> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Fault::Claims),
        }
    }

    /// Whom it is meant for: a text, or a list of them (RFC 7519, section 4.1.3).
    pub(super) fn audiences(&self) -> Result<Vec<&str>, Fault> {
        match self.0.get("aud") {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => {
                let texts = several.iter().map(Value::as_str);
                texts.collect::<Option<_>>().ok_or(Fault::Claims)
            }
            Some(_) => Err(Fault::Claims),
        }
    }

    /// Refuses what is meant for somebody else, which includes what says nothing of it.
    pub(super) fn is_for(&self, accepted: &[String]) -> Result<(), Fault> {
        let audiences = self.audiences()?;
        let fits = |audience: &&str| accepted.iter().any(|own| own == audience);
        match audiences.iter().any(fits) {
            true => Ok(()),
            false => Err(Fault::Audience),
        }
    }

    /// The time in which it counts.
    pub(super) fn validity(&self) -> Result<Range<SystemTime>, Fault> {
        let end = self.date("exp")?.ok_or(Fault::NoExpiry)?;
        let start = self.date("nbf")?;
        let issued = self.date("iat")?;
        let start = start.max(issued).unwrap_or(SystemTime::UNIX_EPOCH);
        Ok(start.checked_sub(LEEWAY).unwrap_or(SystemTime::UNIX_EPOCH)..end + LEEWAY)
    }

    /// Seconds since 1970, perhaps with a fraction (RFC 7519, section 2, NumericDate).
    fn date(&self, name: &str) -> Result<Option<SystemTime>, Fault> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let seconds = value.as_f64().ok_or(Fault::Claims)?;
        if !(0.0..=LAST).contains(&seconds) {
            return Err(Fault::Claims);
        }
        Ok(Some(
            SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds),
        ))
    }
}

/// Refuses what does not count at this moment.
pub(super) fn counts(validity: &Range<SystemTime>, now: SystemTime) -> Result<(), Fault> {
    if now >= validity.end {
        return Err(Fault::Expired);
    }
    match now < validity.start {
        true => Err(Fault::Early),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Object {
        Object::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn it_counts_from_its_start_to_its_end() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for (json, now, expected) in [
            (r#"{"exp":1000}"#, 999, Ok(())),
            (r#"{"exp":1000}"#, 1059, Ok(())),
            (r#"{"exp":1000}"#, 1060, Err(Fault::Expired)),
            (r#"{"exp":1000.5}"#, 1060, Ok(())),
            (r#"{"exp":9000,"nbf":1000}"#, 940, Ok(())),
            (r#"{"exp":9000,"nbf":1000}"#, 939, Err(Fault::Early)),
            (r#"{"exp":9000,"iat":1000}"#, 939, Err(Fault::Early)),
            (
                r#"{"exp":9000,"iat":500,"nbf":1000}"#,
                939,
                Err(Fault::Early),
            ),
            (r#"{}"#, 0, Err(Fault::NoExpiry)),
            (r#"{"exp":null}"#, 0, Err(Fault::Claims)),
            (r#"{"exp":"1000"}"#, 0, Err(Fault::Claims)),
            (r#"{"exp":-1}"#, 0, Err(Fault::Claims)),
            (r#"{"exp":1e300}"#, 0, Err(Fault::Claims)),
            (r#"{"exp":18446744073709551615}"#, 0, Err(Fault::Claims)),
            (r#"{"exp":1000,"nbf":"soon"}"#, 0, Err(Fault::Claims)),
        ] {
            let validity = claims(json).validity();
            let counts = validity.and_then(|validity| counts(&validity, at(now)));
            assert_eq!(counts, expected, "{json} at {now}");
        }
    }

    #[test]
    fn it_is_meant_for_whom_it_names_to_the_letter() {
        let own = ["https://docs.example.com/mcp".to_owned()];
        for (aud, expected) in [
            (r#""https://docs.example.com/mcp""#, Ok(())),
            (r#"["account","https://docs.example.com/mcp"]"#, Ok(())),
            (r#""https://docs.example.com/mcp?x""#, Err(Fault::Audience)),
            (r#""HTTPS://docs.example.com/mcp""#, Err(Fault::Audience)),
            (r#""https://docs.example.com""#, Err(Fault::Audience)),
            (r#"[]"#, Err(Fault::Audience)),
            (r#""""#, Err(Fault::Audience)),
            (r#"null"#, Err(Fault::Claims)),
            (r#"["https://docs.example.com/mcp",1]"#, Err(Fault::Claims)),
            (r#"{"https://docs.example.com/mcp":1}"#, Err(Fault::Claims)),
        ] {
            let claims = claims(&format!(r#"{{"aud":{aud}}}"#));
            assert_eq!(claims.is_for(&own), expected, "{aud}");
        }
        assert_eq!(claims("{}").is_for(&own), Err(Fault::Audience));
    }
}
