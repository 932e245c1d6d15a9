//! The classes that object languages have beside the operations, and what each of them can do everywhere.
//!
//! They are written by hand, for their habits differ; so this table says what must not: a class, or a member of one, that
//! only some languages have is a fault.

use crate::names::{camel, snake};

/// A class, and those of its members that every language has.
pub struct Class {
    /// Its name.
    pub name: &'static str,
    /// What it can do or tell, in words.
    pub members: &'static [&'static str],
}

/// The classes.
pub static CLASSES: &[Class] = &[
    Class { name: "Store", members: &["mirror", "snapshot", "environment", "call", "close"] },
    Class { name: "Mirror", members: &["show", "update", "snapshot"] },
    Class { name: "Environment", members: &["create", "show", "snapshot", "log", "promote", "rollback"] },
    Class {
        name: "Snapshot",
        members: &[
            "show", "packages", "search", "diff", "filter", "pull", "merge", "fetch", "publish", "choose", "check",
        ],
    },
    Class { name: "Query", members: &["needs stanza", "names", "matches"] },
    Class { name: "Policy", members: &["signers", "threshold", "relax"] },
    Class { name: "Keyring", members: &["certificates", "verify release", "verify message"] },
    Class { name: "Version", members: &[] },
];

/// A language that has the classes.
pub struct ObjectLanguage {
    /// Its name.
    pub name: &'static str,
    /// The files, below the repository's root, in which they are declared.
    pub files: &'static [&'static str],
    class: &'static str,
    member: fn(&str) -> Vec<String>,
}

/// The languages that have the classes. C has functions alone, and Kotlin and Swift have what UniFFI writes.
pub static OBJECT_LANGUAGES: &[ObjectLanguage] = &[
    ObjectLanguage {
        name: "Python",
        files: &[
            "bindings-python/python/reposnap/_store.py",
            "bindings-python/python/reposnap/_keys.py",
            "bindings-python/python/reposnap/keys.py",
            "bindings-python/python/reposnap/_native.pyi",
        ],
        class: "class ",
        member: |name| vec![format!("def {}", snake(name)), format!("self.{}", snake(name))],
    },
    ObjectLanguage {
        name: "Python's event loops",
        // What does not wait is the same class.
        files: &[
            "bindings-python/python/reposnap/aio/_store.py",
            "bindings-python/python/reposnap/_keys.py",
            "bindings-python/python/reposnap/aio/keys.py",
            "bindings-python/python/reposnap/_native.pyi",
        ],
        class: "class ",
        member: |name| ["async def ", "def ", "self."].map(|before| format!("{before}{}", snake(name))).to_vec(),
    },
    ObjectLanguage {
        name: "Node",
        files: &["bindings-node/lib/store.d.cts", "bindings-node/lib/values.d.cts"],
        class: "export declare class ",
        member: |name| vec![camel(name), format!("readonly {}", camel(name))],
    },
    ObjectLanguage {
        name: "Ruby",
        files: &[
            "bindings-uniffi/ruby/lib/reposnap/store.rb",
            "bindings-uniffi/ruby/lib/reposnap/mirror.rb",
            "bindings-uniffi/ruby/lib/reposnap/environment.rb",
            "bindings-uniffi/ruby/lib/reposnap/snapshot.rb",
            "bindings-uniffi/ruby/lib/reposnap/query.rb",
            "bindings-uniffi/ruby/lib/reposnap/policy.rb",
            "bindings-uniffi/ruby/lib/reposnap/keyring.rb",
            "bindings-uniffi/ruby/lib/reposnap/version.rb",
        ],
        class: "class ",
        member: |name| vec![format!("def {}", snake(name)), format!("attr_reader :{}", snake(name))],
    },
];

impl ObjectLanguage {
    /// What `text`, the language's files, lacks of a class: the class itself, or members of it.
    pub fn missing(&self, class: &Class, text: &str) -> Vec<String> {
        let Some(body) = body(text, &format!("{}{}", self.class, class.name)) else {
            return vec![class.name.to_owned()];
        };
        let lacks = |member: &&&str| {
            let ways = (self.member)(member);
            !body.iter().any(|line| ways.iter().any(|way| begins(line.trim_start(), way)))
        };
        class.members.iter().filter(lacks).map(|member| format!("{}: {member}", class.name)).collect()
    }
}

/// The lines of what `head` begins: those that stand further in than it.
fn body<'a>(text: &'a str, head: &str) -> Option<Vec<&'a str>> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.lines().skip_while(|line| !begins(line.trim_start(), head));
    let depth = indentation(lines.next()?);
    Some(lines.take_while(|line| line.trim().is_empty() || indentation(line) > depth).collect())
}

/// Whether a line begins with these words, and not only with a part of the last.
fn begins(line: &str, words: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    line.strip_prefix(words).is_some_and(|rest| !goes_on(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told() {
        let ruby = &OBJECT_LANGUAGES[3];
        let class = Class { name: "Mirror", members: &["show", "update"] };
        let text = "module A\n  class MirrorList\n    def update\n    end\n  end\n\n  class Mirror < Named\n    def shown\n    \
                    end\n\n    def update(now)\n    end\n  end\n\n  def show\n  end\nend\n";
        assert_eq!(ruby.missing(&class, text), ["Mirror: show"]);
        assert_eq!(ruby.missing(&class, "class MirrorList\n"), ["Mirror"]);
    }
}
