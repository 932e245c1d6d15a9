//! Names as languages have them.

/// `mirror add-system` as `mirror_add_system`.
pub fn snake(name: &str) -> String {
    name.to_lowercase().replace([' ', '-'], "_")
}

/// `mirror add-system` as `mirrorAddSystem`.
pub fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut letters = pascal.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// `mirror add-system` as `MirrorAddSystem`.
pub fn pascal(name: &str) -> String {
    name.split([' ', '-', '_'])
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_of_languages() {
        assert_eq!(snake("mirror add-system"), "mirror_add_system");
        assert_eq!(camel("mirror add-system"), "mirrorAddSystem");
        assert_eq!(pascal("Change rolled-back"), "ChangeRolledBack");
        assert_eq!(camel("dry_run"), "dryRun");
    }
}
