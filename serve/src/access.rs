//! Which operations are served, to whom, and with which parameters.
//!
//! Both lists are explicit. A caller is somewhere else, so whatever reads or writes files of the server, or signs with its
//! keys, is not served; and a parameter that a later version of an operation takes is refused until it stands here.

use crate::tokens::Role;

/// An operation that is served.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Its name.
    pub operation: &'static str,
    /// What a caller must be allowed.
    pub role: Role,
    /// The parameters that it takes here.
    pub parameters: &'static [&'static str],
    /// Whether it only reads with `dry_run`, so that reading is enough.
    pub rehearses: bool,
}

const fn read(operation: &'static str, parameters: &'static [&'static str]) -> Served {
    Served { operation, role: Role::Read, parameters, rehearses: false }
}

const fn mirror(operation: &'static str, parameters: &'static [&'static str]) -> Served {
    Served { operation, role: Role::Mirror, parameters, rehearses: false }
}

const fn promote(operation: &'static str, parameters: &'static [&'static str]) -> Served {
    Served { operation, role: Role::Promote, parameters, rehearses: true }
}

/// The operations that are served.
pub const SERVED: &[Served] = &[
    mirror(
        "mirror add",
        &[
            "name",
            "url",
            "suites",
            "signed_by",
            "components",
            "architectures",
            "signers",
            "threshold",
            "packages",
            "filter",
            "sources",
            "translations",
            "contents",
            "relax",
            "max_age",
            "replace",
            "dry_run",
        ],
    ),
    mirror("mirror update", &["name", "dry_run"]),
    read("mirror list", &[]),
    read("mirror show", &["name"]),
    read("snapshot list", &[]),
    read("snapshot show", &["rev", "packages"]),
    read("snapshot resolve", &["rev"]),
    read("snapshot diff", &["before", "after"]),
    promote("snapshot merge", &["revs", "rule", "name", "dry_run"]),
    promote("snapshot filter", &["rev", "query", "name", "dry_run"]),
    promote("snapshot pull", &["into", "from", "queries", "with_deps", "name", "dry_run"]),
    promote("env create", &["name", "rev", "dry_run", "message"]),
    read("env list", &[]),
    read("env show", &["name"]),
    read("env log", &["name", "limit", "verify"]),
    promote(
        "env promote",
        &["name", "rev", "packages", "with_deps", "create", "dry_run", "message", "override_reason"],
    ),
    promote("env rollback", &["name", "to", "dry_run", "message", "override_reason"]),
    promote("env policy set", &["name", "text", "dry_run", "message"]),
    promote("env policy remove", &["name", "dry_run", "message"]),
    read("env policy show", &["name"]),
    read("search", &["rev", "query", "stanzas"]),
    mirror("fetch", &["rev", "query", "dry_run"]),
    read("resolve", &["rev", "names", "solver", "no_recommends", "also", "architecture", "foreign", "default_release"]),
    read(
        "why",
        &["rev", "name", "names", "solver", "no_recommends", "also", "architecture", "foreign", "default_release"],
    ),
    read("check", &["rev", "against", "all_versions", "also", "architecture", "foreign"]),
    read("fleet list", &[]),
    read("fleet affected", &["name", "version", "by", "family", "system"]),
    read("fleet stale", &["rev", "since", "system"]),
    read("fleet plan", &["rev", "since", "name", "version", "by", "family", "system"]),
    read("store stats", &[]),
    read("lock show", &["lock"]),
    read("lock diff", &["before", "after"]),
    read("lock verify", &["lock"]),
    read("lock export", &["lock", "format", "base", "published", "exclusive", "name", "vendor", "distro", "created"]),
    read("version compare", &["a", "b", "operator"]),
    read("stanza parse", &["text"]),
    read("relation parse", &["value"]),
    read("sources parse", &["file", "text", "architecture"]),
    read("query parse", &["query"]),
    read("keyring show", &["keyring", "at"]),
    read("verify message", &["message", "keyring", "signature", "at", "signers", "threshold", "relax"]),
];

/// The operations that are not served, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("mirror add-system", "it reads the sources of the server's own machine"),
    ("mirror add-folder", "it reads a folder of the server"),
    ("env approve", "it signs with keys of the server; an approval is made where the approver's key is"),
    ("publish", "it writes a directory of the server and signs with its keys"),
    ("publish verbatim", "it writes a directory of the server"),
    ("publish prune", "it deletes files of a directory of the server"),
    ("store check", "it repairs from stores that the server can open, and its work grows with the whole store"),
    ("store copy", "it opens stores by the paths of the server"),
    ("store gc", "it deletes what nothing needs; run it beside the store"),
    ("store migrate", "it changes the format of the store; run it beside the store"),
    ("upgrade", "it reads the status file of a machine, which would be the server's"),
    ("build-deps", "it reads files that describe a source package, which would be the server's"),
    ("graph", "its work grows with the whole snapshot; run it beside the store"),
    ("image inspect", "it opens images and folders of the server, and registries with its passwords"),
    ("image match", "it opens images and folders of the server, and registries with its passwords"),
    ("image date", "it opens images and folders of the server, and registries with its passwords"),
    ("image audit", "it opens images and folders of the server, and registries with its passwords"),
    ("image attest", "it signs with keys of the server"),
    ("image verify", "it opens images and files of the server"),
    ("image signatures", "it opens images and files of the server"),
    ("image report", "it works on reports alone, which need no server"),
    ("fleet add", "it opens images and folders of the server, and registries with its passwords"),
    ("lock create", "it reads the status file and the preferences of a machine, which would be the server's"),
    ("lock update", "it reads the status file of a machine, which would be the server's"),
    ("lock bill", "it works beside the store"),
    ("system compare", "it reads the root of the server's own machine"),
    ("verify release", "it reads files of the server"),
    ("key generate", "it writes a key on the server"),
    ("key sign", "it signs with keys of the server"),
    ("deb show", "it reads a file of the server"),
];

/// Parameters whose texts may name a file, and what they have to begin with here.
pub const CONTENT_ONLY: &[(&str, &[&str], &str)] = &[
    ("url", &["http://", "https://"], "give an http or https URL"),
    ("signed_by", &["-----BEGIN PGP PUBLIC KEY BLOCK-----"], "give the armored certificate itself"),
    ("keyring", &["-----BEGIN PGP PUBLIC KEY BLOCK-----"], "give the armored certificate itself"),
];

/// The operation behind a word of the path, such as `env-log` for `env log`.
pub fn served(word: &str) -> Option<&'static Served> {
    SERVED.iter().find(|served| path_word(served.operation) == word)
}

/// Why an operation is not served.
pub fn left_out(word: &str) -> Option<&'static str> {
    LEFT_OUT.iter().find(|(operation, _)| path_word(operation) == word).map(|(_, why)| *why)
}

/// The word of the path for an operation.
pub fn path_word(operation: &str) -> String {
    operation.replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_decided_on() {
        for operation in reposnap_api::OPERATIONS {
            let served = SERVED.iter().filter(|served| served.operation == operation.name).count();
            let left_out = LEFT_OUT.iter().filter(|(name, _)| *name == operation.name).count();
            assert_eq!(served + left_out, 1, "{}", operation.name);
        }
        let known = |name: &str| reposnap_api::OPERATIONS.iter().find(|operation| operation.name == name);
        for (name, _) in LEFT_OUT {
            assert!(known(name).is_some(), "{name}");
        }
        for served in SERVED {
            let operation = known(served.operation).unwrap_or_else(|| panic!("{}", served.operation));
            for parameter in served.parameters {
                assert!(
                    operation.parameters.iter().any(|known| known.name == *parameter),
                    "{} {parameter}",
                    served.operation
                );
            }
            for required in operation.parameters.iter().filter(|parameter| parameter.required) {
                assert!(served.parameters.contains(&required.name), "{} {}", served.operation, required.name);
            }
            assert!(!served.rehearses || served.parameters.contains(&"dry_run"), "{}", served.operation);
        }
    }

    #[test]
    fn no_parameter_that_names_a_file_is_taken() {
        for served in SERVED {
            for parameter in ["key", "password_file", "evidence", "pins", "status", "root", "directory", "to", "output"]
            {
                let is_path = parameter != "to" || served.operation != "env rollback";
                assert!(!is_path || !served.parameters.contains(&parameter), "{} {parameter}", served.operation);
            }
        }
    }
}
