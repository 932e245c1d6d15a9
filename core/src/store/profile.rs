//! Profiles of Amazon's tools: names for the credentials in `~/.aws/credentials` and the settings in `~/.aws/config`.
//!
//! Of a profile are taken keys, a token, a region and an endpoint; what variables say themselves goes first. A profile that has
//! its credentials made by others (roles, programs, single sign-on) is refused with words.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::variables::Variables;
use crate::error::{Error, Kind, Result};

/// The name of the profile.
const PROFILE: &str = "AWS_PROFILE";
/// The profile that is meant where none is named.
const DEFAULT: &str = "default";
/// The largest file that is read, in bytes.
const LARGEST_FILE: u64 = 1 << 20;
/// Who we are: a setting, and the variable that says the same.
const CREDENTIALS: [(&str, &str); 3] = [
    ("aws_access_key_id", "AWS_ACCESS_KEY_ID"),
    ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
    ("aws_session_token", "AWS_SESSION_TOKEN"),
];
/// Variables that tell who we are in another way.
const OTHER_WAYS: [&str; 4] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];
/// Where the bucket is: a setting, and the variables that say the same, the first of which it becomes.
const PLACES: [(&str, &[&str]); 2] = [
    ("region", &["AWS_REGION", "AWS_DEFAULT_REGION"]),
    ("endpoint_url", &["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"]),
];
/// Settings by which others make the credentials.
const MADE_BY_OTHERS: [&str; 5] =
    ["role_arn", "credential_process", "sso_session", "sso_start_url", "credential_source"];

/// The settings of a profile.
type Settings = BTreeMap<String, String>;

/// The variables, and what the profile says besides.
pub(super) fn complete(variables: &Variables) -> Result<Variables> {
    let name = variables.get(PROFILE).unwrap_or(DEFAULT);
    let credentials = settings(variables, "AWS_SHARED_CREDENTIALS_FILE", "credentials", |heading| heading == name)?;
    let config = settings(variables, "AWS_CONFIG_FILE", "config", |heading| {
        let named = heading.strip_prefix("profile").filter(|rest| rest.starts_with(char::is_whitespace));
        named.map(str::trim) == Some(name) || (heading == DEFAULT && name == DEFAULT)
    })?;
    if variables.get(PROFILE).is_some() && credentials.is_none() && config.is_none() {
        return Err(Error::new(Kind::Usage, format!("there is no profile {name:?}")).field(PROFILE).help(
            "name one of ~/.aws/credentials or ~/.aws/config, or of the files that AWS_SHARED_CREDENTIALS_FILE and \
                 AWS_CONFIG_FILE name",
        ));
    }
    // Keys of the credentials file go before those of the other.
    let mut found = config.unwrap_or_default();
    found.extend(credentials.unwrap_or_default());
    let mut added = Vec::new();
    if OTHER_WAYS.iter().all(|variable| variables.get(variable).is_none()) {
        let is_made = |setting: &&&str| found.contains_key(**setting);
        if let Some(setting) = MADE_BY_OTHERS.iter().find(is_made)
            && !found.contains_key(CREDENTIALS[0].0)
        {
            return Err(Error::new(
                Kind::Unsupported,
                format!("the profile {name:?} has its credentials made by {setting}"),
            )
            .field(PROFILE)
            .help("`aws configure export-credentials --format env` gives the variables that are read here"));
        }
        added.extend(CREDENTIALS.iter().filter_map(|(setting, variable)| Some((*variable, found.get(*setting)?))));
    }
    for (setting, known) in PLACES {
        if let Some(value) = found.get(setting).filter(|_| known.iter().all(|name| variables.get(name).is_none())) {
            added.push((known[0], value));
        }
    }
    Ok(variables.with(added.into_iter().map(|(name, value)| (name.to_owned(), value.clone()))))
}

/// What the sections with a certain heading say; nothing where there is none, or no file.
fn settings(
    variables: &Variables,
    variable: &str,
    usual: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<Option<Settings>> {
    let home = || variables.get("HOME").map(|home| Path::new(home).join(".aws").join(usual));
    let Some(file) = variables.get(variable).map(PathBuf::from).or_else(home) else { return Ok(None) };
    let mut text = String::new();
    match std::fs::File::open(&file).and_then(|opened| opened.take(LARGEST_FILE + 1).read_to_string(&mut text)) {
        Ok(_) if text.len() as u64 > LARGEST_FILE => Err(Error::new(Kind::Limit, "the file of profiles is too large")
            .path(file.display().to_string())
            .mismatch(format!("at most {LARGEST_FILE} bytes"), "more")),
        Ok(_) => Ok(parse(&text, is_meant)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && variables.get(variable).is_none() => Ok(None),
        Err(error) => Err(Error::io(file.display(), error).field(variable)),
    }
}

/// Lines `setting = value` below lines `[heading]`. Lines that begin with a blank belong to the setting above, and none of those
/// that are read here has any.
fn parse(text: &str, is_meant: impl Fn(&str) -> bool) -> Option<Settings> {
    let (mut found, mut is_in) = (None::<Settings>, false);
    for line in text.lines().filter(|line| !line.starts_with(['#', ';', ' ', '\t'])) {
        if let Some((heading, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            is_in = is_meant(heading.trim());
            if is_in {
                found.get_or_insert_default();
            }
        } else if let (Some(settings), true, Some((setting, value))) = (&mut found, is_in, line.split_once('=')) {
            settings.insert(setting.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS_FILE: &str = "\
# a comment
[default]
aws_access_key_id = one
aws_secret_access_key=two=three
[ work ]
aws_access_key_id = four
aws_secret_access_key = five
aws_session_token = six
";
    const CONFIG_FILE: &str = "\
[default]
region = eu-west-1
s3 =
  endpoint_url = https://not-read
[profile work]
region = eu-central-1
endpoint_url = https://work.example.org
[profile role]
role_arn = arn:aws:iam::1:role/x
source_profile = default
[profiles]
region = none
";

    fn of(given: &[(&str, &str)]) -> Result<Variables> {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/credentials"), CREDENTIALS_FILE).unwrap();
        std::fs::write(home.path().join(".aws/config"), CONFIG_FILE).unwrap();
        let home = ("HOME", home.path().to_str().unwrap());
        complete(&Variables::new([&[home][..], given].concat()))
    }

    #[test]
    fn profiles_fill_in_what_variables_leave_out() {
        let default = of(&[]).unwrap();
        assert_eq!(default.get("AWS_SECRET_ACCESS_KEY"), Some("two=three"));
        assert_eq!((default.get("AWS_REGION"), default.get("AWS_ENDPOINT_URL")), (Some("eu-west-1"), None));
        let work = of(&[(PROFILE, "work"), ("AWS_DEFAULT_REGION", "us-east-1")]).unwrap();
        assert_eq!(work.get("AWS_SESSION_TOKEN"), Some("six"));
        assert_eq!((work.get("AWS_REGION"), work.get("AWS_ENDPOINT_URL")), (None, Some("https://work.example.org")));
        let own = of(&[(PROFILE, "work"), ("AWS_ACCESS_KEY_ID", "me"), ("AWS_SECRET_ACCESS_KEY", "hunter2")]).unwrap();
        assert_eq!((own.get("AWS_ACCESS_KEY_ID"), own.get("AWS_SESSION_TOKEN")), (Some("me"), None));
        assert_eq!(own.get("AWS_REGION"), Some("eu-central-1"));
    }

    #[test]
    fn what_is_not_there_or_not_read_is_told() {
        let error = of(&[(PROFILE, "nobody")]).unwrap_err();
        assert_eq!((error.kind(), error.at_field()), (Kind::Usage, Some(PROFILE)));
        let error = of(&[(PROFILE, "role")]).unwrap_err();
        assert!(error.kind() == Kind::Unsupported && error.message().contains("role_arn"), "{error}");
        let error = of(&[("AWS_CONFIG_FILE", "/nonexistent")]).unwrap_err();
        assert_eq!(error.at_field(), Some("AWS_CONFIG_FILE"));
        let nothing = complete(&Variables::new([("AWS_REGION", "x")])).unwrap();
        assert_eq!(nothing.get("AWS_ACCESS_KEY_ID"), None);
    }
}
