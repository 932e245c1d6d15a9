//! How bad a fault is: in words, and as a score of the Common Vulnerability Scoring System, versions 3.0 and 3.1: the base
//! score of a vector (CVSS v3.1 specification, section 7.1 and appendix A). Version 4 has no formula; its vectors are kept, not
//! scored.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A base score in tenths: 98 is 9.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Score(u8);

impl Score {
    /// A score of so many tenths, 0 to 100.
    pub fn of_tenths(tenths: u8) -> Option<Self> {
        (tenths <= 100).then_some(Self(tenths))
    }

    /// The score in tenths.
    pub fn tenths(self) -> u8 {
        self.0
    }

    /// The base score of a vector such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`. None for other versions, and
    /// where a base metric is missing, given twice or unknown. Metrics of time and environment have no say.
    ///
    /// ```
    /// use reposnap_provenance::severity::Score;
    /// let score = Score::of_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").unwrap();
    /// assert_eq!(score.to_string(), "9.8");
    /// ```
    pub fn of_vector(vector: &str) -> Option<Self> {
        let metrics = vector.strip_prefix("CVSS:3.1/").or_else(|| vector.strip_prefix("CVSS:3.0/"))?;
        if metrics.len() > MAX_VECTOR {
            return None;
        }
        let mut base = [None; 8];
        for metric in metrics.split('/') {
            let (name, value) = metric.split_once(':')?;
            let Some(at) = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"].iter().position(|it| *it == name) else {
                continue;
            };
            if base[at].replace(value).is_some() {
                return None;
            }
        }
        let [av, ac, pr, ui, scope, c, i, a] = base;
        let changed = match scope? {
            "U" => false,
            "C" => true,
            _ => return None,
        };
        let av = pick(av?, &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])?;
        let ac = pick(ac?, &[("L", 0.77), ("H", 0.44)])?;
        let pr = match changed {
            false => pick(pr?, &[("N", 0.85), ("L", 0.62), ("H", 0.27)])?,
            true => pick(pr?, &[("N", 0.85), ("L", 0.68), ("H", 0.5)])?,
        };
        let ui = pick(ui?, &[("N", 0.85), ("R", 0.62)])?;
        let loss = |value: Option<&str>| pick(value?, &[("H", 0.56), ("L", 0.22), ("N", 0.0)]);
        let iss = 1.0 - (1.0 - loss(c)?) * (1.0 - loss(i)?) * (1.0 - loss(a)?);
        let impact = match changed {
            false => 6.42 * iss,
            true => 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02_f64).powi(15),
        };
        if impact <= 0.0 {
            return Some(Self(0));
        }
        let exploitability = 8.22 * av * ac * pr * ui;
        let sum = impact + exploitability;
        Some(Self(tenths_up(if changed { 1.08 * sum } else { sum }.min(10.0))))
    }

    /// The qualitative rating (section 5).
    pub fn urgency(self) -> Urgency {
        match self.0 {
            0 => Urgency::Unimportant,
            1..40 => Urgency::Low,
            40..70 => Urgency::Medium,
            70..90 => Urgency::High,
            90.. => Urgency::Critical,
        }
    }
}

/// The longest vector that is looked at, in bytes; one with every metric of time and environment has 200.
const MAX_VECTOR: usize = 512;

fn pick(value: &str, weights: &[(&str, f64)]) -> Option<f64> {
    weights.iter().find(|(name, _)| *name == value).map(|(_, weight)| *weight)
}

/// The smallest number of tenths that is no less, in the whole numbers of appendix A, so that it is the same everywhere.
fn tenths_up(value: f64) -> u8 {
    let whole = (value * 100_000.0).round() as u32;
    u8::try_from(whole.div_ceil(10_000)).unwrap_or(100).min(100)
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> Self {
        f64::from(score.0) / 10.0
    }
}

impl TryFrom<f64> for Score {
    type Error = String;

    fn try_from(score: f64) -> Result<Self, String> {
        match (0.0..=10.0).contains(&score) {
            true => Ok(Self((score * 10.0).round() as u8)),
            false => Err(format!("{score} is no score: 0 to 10 is")),
        }
    }
}

/// How bad a fault is, in the words that publishers share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Nobody said.
    #[default]
    Unknown,
    /// Of no consequence: `unimportant` of Debian's tracker, `negligible` of Ubuntu's, a score of 0.
    Unimportant,
    /// Low.
    Low,
    /// Medium; `moderate` with others.
    Medium,
    /// High; `important` with others.
    High,
    /// Critical.
    Critical,
}

impl Urgency {
    /// All of them, the least first.
    pub const ALL: [Urgency; 6] =
        [Urgency::Unknown, Urgency::Unimportant, Urgency::Low, Urgency::Medium, Urgency::High, Urgency::Critical];

    /// Of a publisher's word: those of Debian's tracker (`low**`, which it took from the NVD, as well), of Ubuntu's, and of
    /// updateinfo files. Any other is [`Urgency::Unknown`].
    pub fn of_word(word: &str) -> Self {
        match word.trim_end_matches('*').to_ascii_lowercase().as_str() {
            "unimportant" | "negligible" | "none" => Urgency::Unimportant,
            "low" => Urgency::Low,
            "medium" | "moderate" => Urgency::Medium,
            "high" | "important" => Urgency::High,
            "critical" => Urgency::Critical,
            _ => Urgency::Unknown,
        }
    }

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Urgency::Unknown => "unknown",
            Urgency::Unimportant => "unimportant",
            Urgency::Low => "low",
            Urgency::Medium => "medium",
            Urgency::High => "high",
            Urgency::Critical => "critical",
        }
    }
}

impl fmt::Display for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_vector_of_version_3_has_no_score() {
        for vector in [
            "",
            "CVSS:3.1/",
            "CVSS:3.1/AV:N",
            "AV:N/AC:L/Au:N/C:P/I:P/A:P",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ] {
            assert_eq!(Score::of_vector(vector), None, "{vector}");
        }
    }

    #[test]
    fn ratings() {
        let rate = |tenths| Score::of_tenths(tenths).unwrap().urgency();
        assert_eq!(
            [0, 1, 39, 40, 69, 70, 89, 90, 100].map(rate),
            [
                Urgency::Unimportant,
                Urgency::Low,
                Urgency::Low,
                Urgency::Medium,
                Urgency::Medium,
                Urgency::High,
                Urgency::High,
                Urgency::Critical,
                Urgency::Critical
            ]
        );
        assert_eq!(Score::of_tenths(101), None);
    }
}
