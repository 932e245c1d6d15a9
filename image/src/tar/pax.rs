//! Extended headers (POSIX.1-2017, pax, "pax Header Block"): records of `length key=value`.

/// What an extended header says of the entry behind it, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) mtime: Option<i64>,
    /// The entry is a sparse file of GNU's.
    pub(super) sparse: bool,
    set: bool,
}

impl Pax {
    /// Adds the records of a header. An empty value takes back what was said before.
    pub(super) fn read(&mut self, mut records: &[u8]) -> Result<(), String> {
        self.set = true;
        while !records.is_empty() {
            let blank = records.iter().take(20).position(|byte| *byte == b' ').ok_or("a pax record has no length")?;
            let length = decimal(&records[..blank]).ok_or("the length of a pax record is not a number")?;
            let length = usize::try_from(length).map_err(|_| "a pax record is too long")?;
            if length <= blank + 1 || length > records.len() || records[length - 1] != b'\n' {
                return Err("the length of a pax record is wrong".to_owned());
            }
            let record = &records[blank + 1..length - 1];
            records = &records[length..];
            let equals = memchr::memchr(b'=', record).ok_or("a pax record has no equals sign")?;
            self.record(&record[..equals], &record[equals + 1..])?;
        }
        Ok(())
    }

    fn record(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        let bytes = || (!value.is_empty()).then(|| value.to_vec());
        match key {
            b"path" => self.path = bytes(),
            b"linkpath" => self.link = bytes(),
            b"size" if value.is_empty() => self.size = None,
            b"size" => self.size = Some(decimal(value).ok_or("the size in a pax record is not a number")?),
            b"mtime" => {
                let negative = value.starts_with(b"-");
                let digits = value.strip_prefix(b"-").unwrap_or(value).split(|byte| *byte == b'.').next();
                let seconds = digits.and_then(decimal).and_then(|seconds| i64::try_from(seconds).ok());
                self.mtime = seconds.map(|seconds| if negative { -seconds } else { seconds });
            }
            // The name in the header is a made-up one then.
            b"GNU.sparse.name" => (self.path, self.sparse) = (bytes(), true),
            _ if key.starts_with(b"GNU.sparse.") => self.sparse = true,
            _ => {}
        }
        Ok(())
    }

    /// Whether a header was read.
    pub(super) fn is_set(&self) -> bool {
        self.set
    }

    /// Whether anything is said that makes another entry of an entry.
    pub(super) fn changes_entries(&self) -> bool {
        self.path.is_some() || self.link.is_some() || self.size.is_some() || self.sparse
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| {
        digit.is_ascii_digit().then(|| value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let mut pax = Pax::default();
        pax.read(b"12 path=a/b\n11 size=12\n23 mtime=-12.123456789\n20 SCHILY.xattr.a=\n\n").unwrap();
        assert_eq!((pax.path.as_deref(), pax.size, pax.mtime), (Some(&b"a/b"[..]), Some(12), Some(-12)));
        pax.read(b"8 path=\n").unwrap();
        assert_eq!(pax.path, None);
        assert!(!Pax::default().is_set() && pax.is_set() && pax.changes_entries() && !pax.sparse);
    }

    #[test]
    fn lengths_that_lie() {
        for records in [
            &b"path=a\n"[..],
            b"99 path=a\n",
            b"8 path=a\n",
            b"2 \n",
            b"0 a=b\n",
            b"-6 a=b\n",
            b"99999999999999999999 a=b\n",
            b"6 a=bc",
            b"5 ab\n",
            b"11 size=-1\n\n",
            b"9 size=x\n",
        ] {
            assert!(Pax::default().read(records).is_err(), "{:?}", String::from_utf8_lossy(records));
        }
    }
}
