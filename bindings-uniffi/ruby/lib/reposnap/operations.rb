# Made from the table of operations; `UPDATE=1 cargo test -p reposnap-faces --test generated` writes it anew.
# frozen_string_literal: true

module Reposnap
  class Store
    # Adds a mirror of an APT repository. With the same settings again, nothing happens.
    #
    # @param name [String] The mirror's name.
    # @param url [String] The repository's base URL: http, https or file.
    # @param suites [Array<String>] The suites; one that ends with `/` is a flat repository.
    # @param signed_by [Array<String>] The keys that sign the repository: keyring files, or armored blocks.
    # @param components [Array<String>] The components; all of the repository's where there are none.
    # @param architectures [Array<String>] The architectures; this machine's own where there are none.
    # @param signers [Array<String>] Of the keyring, the fingerprints that count; `!` at the end means just that subkey.
    # @param threshold [Integer] How many of the keys must have signed; 1 by default.
    # @param packages ['all', 'on-demand', 'none'] When to fetch packages; `all`, with each update, by default.
    # @param filter [String] Keep only the packages that pass a query.
    # @param sources [Boolean] Mirror source packages too.
    # @param translations [Array<String>] Mirror the translations of these languages too.
    # @param contents [Boolean] Mirror the Contents indexes too.
    # @param relax [Array<String>] Relax rules of verification, by their names.
    # @param max_age [Integer] The greatest age, in days, of a Release without Valid-Until.
    # @param replace [Boolean] Give a mirror of this name these settings, where it has others.
    # @param dry_run [Boolean] Say what would change, and change nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return mirror add
    def mirror_add(name, url, suites, signed_by, components: nil, architectures: nil, signers: nil, threshold: nil, packages: nil, filter: nil, sources: false, translations: nil, contents: false, relax: nil, max_age: nil, replace: false, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.mirror_add(plain(name), plain(url), plain(suites), plain(signed_by), plain(components), plain(architectures), plain(signers), threshold, plain(packages), plain(filter), sources ? true : false, plain(translations), contents ? true : false, plain(relax), max_age, replace ? true : false, dry_run ? true : false) }
    end

    # Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.
    #
    # @param name [String] The mirror's name.
    # @param root [String] The root folder of the machine; `/` by default.
    # @param replace [Boolean] Give a mirror of this name these settings, where it has others.
    # @param dry_run [Boolean] Say what would change, and change nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return mirror add-system
    def mirror_add_system(name, root: nil, replace: false, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.mirror_add_system(plain(name), plain(root), replace ? true : false, dry_run ? true : false) }
    end

    # Adds a mirror of a folder of packages.
    #
    # @param name [String] The mirror's name.
    # @param directory [String] The folder.
    # @param component [String] The component to put the packages in; `main` by default.
    # @param replace [Boolean] Give a mirror of this name these settings, where it has others.
    # @param dry_run [Boolean] Say what would change, and change nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return mirror add-folder
    def mirror_add_folder(name, directory, component: nil, replace: false, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.mirror_add_folder(plain(name), plain(directory), plain(component), replace ? true : false, dry_run ? true : false) }
    end

    # Updates a mirror; what it made is a new snapshot.
    #
    # @param name [String] The mirror's name.
    # @param dry_run [Boolean] Say whether there is something new, and write nothing: of an APT repository, only the Release files are asked for.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return mirror update
    def mirror_update(name, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.mirror_update(plain(name), dry_run ? true : false) }
    end

    # Lists the mirrors.
    #
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of mirror show
    def mirror_list(cancel: nil, &progress)
      watched(cancel, progress) { |native| native.mirror_list }
    end

    # Shows a mirror.
    #
    # @param name [String] The mirror's name.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return mirror show
    def mirror_show(name, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.mirror_show(plain(name)) }
    end

    # Lists the snapshots of the store, and what leads to each.
    #
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of Listed
    def snapshot_list(cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_list }
    end

    # Shows what a snapshot is.
    #
    # @param rev [String] The snapshot.
    # @param packages [Boolean] List its packages too.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return snapshot show
    def snapshot_show(rev, packages: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_show(plain(rev), packages ? true : false) }
    end

    # Finds the snapshot that a REV names.
    #
    # @param rev [String] An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or the first digits of a digest.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return snapshot resolve
    def snapshot_resolve(rev, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_resolve(plain(rev)) }
    end

    # Tells what differs between two snapshots.
    #
    # @param before [String] The first snapshot.
    # @param after [String] The second snapshot.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return snapshot diff
    def snapshot_diff(before, after, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_diff(plain(before), plain(after)) }
    end

    # Merges snapshots into a new one.
    #
    # @param revs [Array<String>] The snapshots; by the rule `precedence`, the first that has a package wins.
    # @param rule ['precedence', 'newest', 'all'] Which versions to keep; `precedence` by default.
    # @param name [String] A name for the result.
    # @param dry_run [Boolean] Tell what would come out, and write nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return snapshot merge
    def snapshot_merge(revs, rule: nil, name: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_merge(plain(revs), plain(rule), plain(name), dry_run ? true : false) }
    end

    # Keeps the packages of a snapshot that pass a query, as a new one.
    #
    # @param rev [String] The snapshot.
    # @param query [String] The query.
    # @param name [String] A name for the result.
    # @param dry_run [Boolean] Tell what would come out, and write nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return snapshot filter
    def snapshot_filter(rev, query, name: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_filter(plain(rev), plain(query), plain(name), dry_run ? true : false) }
    end

    # Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.
    #
    # @param into [String] The snapshot to alter; it stays as it is.
    # @param from [String] The snapshot that has the packages.
    # @param queries [Array<String>] Which packages, as queries.
    # @param with_deps [Boolean] Take along what they need, and what has to move with them so that all that could be installed still can.
    # @param name [String] A name for the result.
    # @param dry_run [Boolean] Tell what would come out, and write nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return snapshot pull
    def snapshot_pull(into, from, queries, with_deps: false, name: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.snapshot_pull(plain(into), plain(from), plain(queries), with_deps ? true : false, plain(name), dry_run ? true : false) }
    end

    # Creates an environment.
    #
    # @param name [String] Its name.
    # @param rev [String] The snapshot that it begins with.
    # @param dry_run [Boolean] Tell what the entry would be, and write nothing.
    # @param message [String] Why.
    # @param key [String] The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param password_file [String] The file with the password of the key file.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env create
    def env_create(name, rev, dry_run: false, message: nil, key: nil, password_file: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_create(plain(name), plain(rev), dry_run ? true : false, plain(message), plain(key), plain(password_file)) }
    end

    # Lists the environments, each with its newest entry.
    #
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of env create
    def env_list(cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_list }
    end

    # Shows the newest entry of an environment.
    #
    # @param name [String] The environment.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env create
    def env_show(name, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_show(plain(name)) }
    end

    # Shows the history of an environment, newest first.
    #
    # @param name [String] The environment.
    # @param limit [Integer] How many entries; 50 by default.
    # @param verify [Boolean] Judge each of them again: signatures, evidence, ages, checks and the chain between them.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of env create
    def env_log(name, limit: nil, verify: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_log(plain(name), limit, verify ? true : false) }
    end

    # Moves an environment to a snapshot, or takes over some of its packages.
    #
    # @param name [String] The environment.
    # @param rev [String] The snapshot.
    # @param packages [Array<String>] Take over only the packages that pass one of these queries.
    # @param with_deps [Boolean] Take along what these need, and what has to move with them so that all that could be installed still can.
    # @param create [Boolean] Begin the environment where there is none.
    # @param dry_run [Boolean] Tell what would change, and change nothing.
    # @param message [String] Why.
    # @param evidence [Array<String>] What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE` or `file:NAME=FILE`.
    # @param override_reason [String] Do it although something is missing, for this reason, where the policy allows that.
    # @param key [String] The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param password_file [String] The file with the password of the key file.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env promote
    def env_promote(name, rev, packages: nil, with_deps: false, create: false, dry_run: false, message: nil, evidence: nil, override_reason: nil, key: nil, password_file: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_promote(plain(name), plain(rev), plain(packages), with_deps ? true : false, create ? true : false, dry_run ? true : false, plain(message), plain(evidence), plain(override_reason), plain(key), plain(password_file)) }
    end

    # Moves an environment back.
    #
    # @param name [String] The environment.
    # @param to [String] Where to; by default the state before. Done again and again, that goes back further and further.
    # @param dry_run [Boolean] Tell what the entry would be, and write nothing.
    # @param message [String] Why.
    # @param evidence [Array<String>] What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`.
    # @param override_reason [String] Do it although something is missing, for this reason, where the policy allows that.
    # @param key [String] The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param password_file [String] The file with the password of the key file.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env rollback
    def env_rollback(name, to: nil, dry_run: false, message: nil, evidence: nil, override_reason: nil, key: nil, password_file: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_rollback(plain(name), plain(to), dry_run ? true : false, plain(message), plain(evidence), plain(override_reason), plain(key), plain(password_file)) }
    end

    # Sets the policy of an environment: what has to be there before it moves. It is in force from that entry of its log on.
    #
    # @param name [String] The environment.
    # @param file [String] The file with the policy; it may have those of other environments too.
    # @param text [String] The policy itself, instead of a file.
    # @param dry_run [Boolean] Tell what the entry would be, and write nothing.
    # @param message [String] Why.
    # @param key [String] The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param password_file [String] The file with the password of the key file.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env create
    def env_policy_set(name, file: nil, text: nil, dry_run: false, message: nil, key: nil, password_file: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_policy_set(plain(name), plain(file), plain(text), dry_run ? true : false, plain(message), plain(key), plain(password_file)) }
    end

    # Takes the policy of an environment away.
    #
    # @param name [String] The environment.
    # @param dry_run [Boolean] Tell what the entry would be, and write nothing.
    # @param message [String] Why.
    # @param key [String] The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param password_file [String] The file with the password of the key file.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env create
    def env_policy_remove(name, dry_run: false, message: nil, key: nil, password_file: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_policy_remove(plain(name), dry_run ? true : false, plain(message), plain(key), plain(password_file)) }
    end

    # Shows the policy that is in force.
    #
    # @param name [String] The environment.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env policy show
    def env_policy_show(name, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_policy_show(plain(name)) }
    end

    # Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions find it.
    #
    # @param name [String] The environment.
    # @param rev [String] The snapshot that may go there; of packages that are taken over, the result, which a dry run of the promotion tells.
    # @param key [String] The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement is told, to be signed elsewhere with `gpg --clearsign`.
    # @param password_file [String] The file with the password of the key file.
    # @param role [String] As what you speak, such as `qa`.
    # @param comment [String] What there is to say, in one line.
    # @param dry_run [Boolean] Sign, and keep nothing in the store.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return env approve
    def env_approve(name, rev, key: nil, password_file: nil, role: nil, comment: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.env_approve(plain(name), plain(rev), plain(key), plain(password_file), plain(role), plain(comment), dry_run ? true : false) }
    end

    # Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in a bucket.
    #
    # @param to [String] The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
    # @param suite [String] The suite, such as `stable`.
    # @param key [String] The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param revs [Array<String>] The snapshots; each package stays in its component.
    # @param components [Hash{String => String}] Snapshots by component: all packages of one go into that component.
    # @param password_file [String] The file with the password of the key file.
    # @param codename [String] The Codename; none by default.
    # @param origin [String] The Origin.
    # @param label [String] The Label.
    # @param description [String] The Description.
    # @param suite_version [String] The Version of the suite.
    # @param valid_for [Integer] For how many days the Release is valid.
    # @param not_automatic [Boolean] Have apt install from it only when asked to.
    # @param but_automatic_upgrades [Boolean] With `not_automatic`, have apt upgrade what was installed from it.
    # @param sign_field [Boolean] Name the key in the Release, for apt to hold on to.
    # @param architectures [Array<String>] Architectures to name beside those that the snapshots have.
    # @param compress [Array<String>] The compressions of indexes: `gz`, `xz`, `zst`.
    # @param allow_missing [Boolean] Publish though packages are missing in the store.
    # @param resign [Boolean] Sign again though nothing changed.
    # @param invalidate [String] A program that tells a cache what changed: run where something was published, with the paths on its standard input, one on each line.
    # @param dry_run [Boolean] Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return Publication
    def publish(to, suite, key, revs: nil, components: nil, password_file: nil, codename: nil, origin: nil, label: nil, description: nil, suite_version: nil, valid_for: nil, not_automatic: false, but_automatic_upgrades: false, sign_field: false, architectures: nil, compress: nil, allow_missing: false, resign: false, invalidate: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.publish(plain(to), plain(suite), plain(key), plain(revs), plain(components), plain(password_file), plain(codename), plain(origin), plain(label), plain(description), plain(suite_version), valid_for, not_automatic ? true : false, but_automatic_upgrades ? true : false, sign_field ? true : false, plain(architectures), plain(compress), allow_missing ? true : false, resign ? true : false, plain(invalidate), dry_run ? true : false) }
    end

    # Publishes an upstream's own indexes and signature, byte for byte.
    #
    # @param rev [String] The snapshot of a mirror.
    # @param to [String] The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
    # @param allow_missing [Boolean] Publish though packages are missing in the store.
    # @param invalidate [String] A program that tells a cache what changed: run where something was published, with the paths on its standard input, one on each line.
    # @param dry_run [Boolean] Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of Publication
    def publish_verbatim(rev, to, allow_missing: false, invalidate: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.publish_verbatim(plain(rev), plain(to), allow_missing ? true : false, plain(invalidate), dry_run ? true : false) }
    end

    # Finds the packages of a snapshot that pass a query.
    #
    # @param rev [String] The snapshot.
    # @param query [String] The query.
    # @param stanzas [Boolean] Give their stanzas too.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of Found
    def search(rev, query, stanzas: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.search(plain(rev), plain(query), stanzas ? true : false) }
    end

    # Fetches packages that a mirror left where they are.
    #
    # @param rev [String] The snapshot.
    # @param query [String] Which packages; all by default.
    # @param dry_run [Boolean] Say how much would be fetched, and fetch nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return fetch
    def fetch(rev, query: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.fetch(plain(rev), plain(query), dry_run ? true : false) }
    end

    # Finds the versions that packages bring along, as apt would choose.
    #
    # @param rev [String] The snapshot.
    # @param names [Array<String>] The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
    # @param solver ['apt-classic', 'apt-3', 'closure'] How to choose; `apt-classic` by default.
    # @param no_recommends [Boolean] Do without what is only recommended.
    # @param also [Array<String>] Further snapshots whose packages may be taken, as by further lines of sources.list.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param status [String] What is installed already: a status file of dpkg. Nothing by default.
    # @param pins [Array<String>] Files of preferences (apt_preferences(5)), the first one first.
    # @param default_release [String] The release whose packages are preferred (`APT::Default-Release`).
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return resolve
    def resolve(rev, names, solver: nil, no_recommends: false, also: nil, architecture: nil, foreign: nil, status: nil, pins: nil, default_release: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.resolve(plain(rev), plain(names), plain(solver), no_recommends ? true : false, plain(also), plain(architecture), plain(foreign), plain(status), plain(pins), plain(default_release)) }
    end

    # Tells why a package comes along with others: the relations that lead to it.
    #
    # @param rev [String] The snapshot.
    # @param name [String] The package to explain.
    # @param names [Array<String>] The packages that are asked for, as for `resolve`.
    # @param solver ['apt-classic', 'apt-3', 'closure'] How to choose; `apt-classic` by default.
    # @param no_recommends [Boolean] Do without what is only recommended.
    # @param also [Array<String>] Further snapshots whose packages may be taken, as by further lines of sources.list.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param status [String] What is installed already: a status file of dpkg. Nothing by default.
    # @param pins [Array<String>] Files of preferences (apt_preferences(5)), the first one first.
    # @param default_release [String] The release whose packages are preferred (`APT::Default-Release`).
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return why
    def why(rev, name, names, solver: nil, no_recommends: false, also: nil, architecture: nil, foreign: nil, status: nil, pins: nil, default_release: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.why(plain(rev), plain(name), plain(names), plain(solver), no_recommends ? true : false, plain(also), plain(architecture), plain(foreign), plain(status), plain(pins), plain(default_release)) }
    end

    # Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.
    #
    # @param rev [String] The snapshot.
    # @param full [Boolean] Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by default neither (`apt-get upgrade`).
    # @param no_recommends [Boolean] Do without what is only recommended.
    # @param also [Array<String>] Further snapshots whose packages may be taken, as by further lines of sources.list.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param status [String] What is installed already: a status file of dpkg. Nothing by default.
    # @param pins [Array<String>] Files of preferences (apt_preferences(5)), the first one first.
    # @param default_release [String] The release whose packages are preferred (`APT::Default-Release`).
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return upgrade
    def upgrade(rev, full: false, no_recommends: false, also: nil, architecture: nil, foreign: nil, status: nil, pins: nil, default_release: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.upgrade(plain(rev), full ? true : false, no_recommends ? true : false, plain(also), plain(architecture), plain(foreign), plain(status), plain(pins), plain(default_release)) }
    end

    # Finds the versions that building source packages needs, as `apt-get build-dep` would choose.
    #
    # @param rev [String] The snapshot; it must have the sources.
    # @param names [Array<String>] The source packages: `name` or `name=version`.
    # @param solver ['apt-classic', 'apt-3', 'closure'] How to choose; `apt-classic` by default.
    # @param profiles [Array<String>] The build profiles that are on, such as `nocheck`.
    # @param arch_only [Boolean] Build the packages of an architecture alone.
    # @param indep_only [Boolean] Build the packages for all architectures alone.
    # @param also [Array<String>] Further snapshots whose packages may be taken, as by further lines of sources.list.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param status [String] What is installed already: a status file of dpkg. Nothing by default.
    # @param pins [Array<String>] Files of preferences (apt_preferences(5)), the first one first.
    # @param default_release [String] The release whose packages are preferred (`APT::Default-Release`).
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return resolve
    def build_deps(rev, names, solver: nil, profiles: nil, arch_only: false, indep_only: false, also: nil, architecture: nil, foreign: nil, status: nil, pins: nil, default_release: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.build_deps(plain(rev), plain(names), plain(solver), plain(profiles), arch_only ? true : false, indep_only ? true : false, plain(also), plain(architecture), plain(foreign), plain(status), plain(pins), plain(default_release)) }
    end

    # Tells what packages depend on, or what depends on them: as a document, a count or a picture.
    #
    # @param rev [String] The snapshot.
    # @param names [Array<String>] The packages, or names that packages provide: `name` or `name:architecture`.
    # @param reverse [Boolean] Who depends on them, instead of what they depend on.
    # @param to [String] The shortest chains to this package, instead of all around; with `reverse`, from it.
    # @param depth [Integer] How many relations away at most; no limit by default.
    # @param kinds [Array<String>] Which relations, by the names of their fields; `pre-depends` and `depends` by default.
    # @param format ['json', 'counts', 'dot', 'mermaid', 'svg'] How it is given; `json` by default.
    # @param also [Array<String>] Further snapshots whose packages may be taken, as by further lines of sources.list.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param status [String] What is installed already: a status file of dpkg. Nothing by default.
    # @param pins [Array<String>] Files of preferences (apt_preferences(5)), the first one first.
    # @param default_release [String] The release whose packages are preferred (`APT::Default-Release`).
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return graph
    def graph(rev, names, reverse: false, to: nil, depth: nil, kinds: nil, format: nil, also: nil, architecture: nil, foreign: nil, status: nil, pins: nil, default_release: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.graph(plain(rev), plain(names), reverse ? true : false, plain(to), depth, plain(kinds), plain(format), plain(also), plain(architecture), plain(foreign), plain(status), plain(pins), plain(default_release)) }
    end

    # Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks and repairs.
    #
    # @param rev [String] The snapshot.
    # @param against [String] A snapshot to compare with, such as the environment before a promotion: only what could be installed from it, or was not there, is told.
    # @param all_versions [Boolean] Look at all versions, not only at the newest of each package.
    # @param also [Array<String>] Further snapshots whose packages may be taken, as by further lines of sources.list.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return check
    def check(rev, against: nil, all_versions: false, also: nil, architecture: nil, foreign: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.check(plain(rev), plain(against), all_versions ? true : false, plain(also), plain(architecture), plain(foreign)) }
    end

    # Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return image match
    def image_match(reference, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.image_match(plain(reference), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Tells from which snapshots an image and each of its layers can be, by their packages.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return image date
    def image_date(reference, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.image_date(plain(reference), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Holds an image against an environment: what is outdated and since when, what is from nowhere, and who holds it back.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param rev [String] The environment, or any other name of a snapshot.
    # @param advisories [Array<String>] Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo files.
    # @param vex [Array<String>] OpenVEX documents that state which of them don't concern the image, by path or URL.
    # @param release [String] The release that updateinfo files are of, such as `fedora:41`.
    # @param own_mirrors [Array<String>] The mirrors of one's own packages: that no advisories are about those is no doubt.
    # @param at [Time, String] The moment that ages are counted to; now by default.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return Report
    def image_audit(reference, rev, advisories: nil, vex: nil, release: nil, own_mirrors: nil, at: nil, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.image_audit(plain(reference), plain(rev), plain(advisories), plain(vex), plain(release), plain(own_mirrors), plain(at), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Attests what is in an image and from which snapshots, signed; attached to the image where that is asked for.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param key [String] The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or `gpg:FINGERPRINT` for one that gpg-agent has.
    # @param rev [String] The environment that the image is held against; its verdict goes into the attestation.
    # @param builder [String] Who built the image, as a URI: SLSA provenance is attested as well.
    # @param build_parameters [Hash{String => String}] For SLSA provenance, what the build was given.
    # @param store_url [String] Where others find the store, as a URL, for the snapshots in SLSA provenance.
    # @param attach [Boolean] Attach what was attested to the image.
    # @param password_file [String] A file with the OpenPGP key's password.
    # @param at [Time, String] When it is attested; now by default.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return image attest
    def image_attest(reference, key, rev: nil, builder: nil, build_parameters: nil, store_url: nil, attach: false, password_file: nil, at: nil, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.image_attest(plain(reference), plain(key), plain(rev), plain(builder), plain(build_parameters), plain(store_url), attach ? true : false, plain(password_file), plain(at), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Tells whether a policy accepts an image, by what trusted keys attested of it.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param policy [String] The policy's file.
    # @param attestations [Array<String>] Attestations, beside those that are attached to the image: files, or the JSON of a bundle, an envelope or several, line by line, which a `{` begins.
    # @param at [Time, String] The moment that ages are counted to; now by default.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return image verify
    def image_verify(reference, policy, attestations: nil, at: nil, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.image_verify(plain(reference), plain(policy), plain(attestations), plain(at), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Records an image in the store, under a name. What is recorded stays.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param name [String] The name; the image's reference by default.
    # @param dry_run [Boolean] Tell what would be recorded, and record nothing.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return fleet add
    def fleet_add(reference, name: nil, dry_run: false, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.fleet_add(plain(reference), plain(name), dry_run ? true : false, plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Lists the names of the recorded images, and the images that they are now.
    #
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of FleetImage
    def fleet_list(cancel: nil, &progress)
      watched(cancel, progress) { |native| native.fleet_list }
    end

    # Finds the images that have a package in an older version than one that mends it.
    #
    # @param name [String] The binary or source package.
    # @param version [String] The version that mends it; for a source package, the source's.
    # @param by ['any', 'binary', 'source'] What the name is the name of: `binary`, `source`, or `any`, which is the default.
    # @param family ['deb', 'rpm'] Whose package it is: `deb`, which is the default, or `rpm`.
    # @param system [String] Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of StaleImage
    def fleet_affected(name, version, by: nil, family: nil, system: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.fleet_affected(plain(name), plain(version), plain(by), plain(family), plain(system)) }
    end

    # Finds the images that have a package in an older version than a snapshot.
    #
    # @param rev [String] The snapshot, such as an environment.
    # @param since [String] A snapshot before it: only what is newer than there counts.
    # @param system [String] Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return array of StaleImage
    def fleet_stale(rev, since: nil, system: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.fleet_stale(plain(rev), plain(since), plain(system)) }
    end

    # Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends something.
    #
    # @param rev [String] The snapshot, such as an environment.
    # @param since [String] A snapshot before it: only what is newer than there counts. For an environment's last promotion: `stable~1`.
    # @param name [String] Instead of a snapshot: the binary or source package that is mended.
    # @param version [String] And the version that mends it.
    # @param by ['any', 'binary', 'source'] What the name is the name of: `binary`, `source`, or `any`, which is the default.
    # @param family ['deb', 'rpm'] Whose package it is: `deb`, which is the default, or `rpm`.
    # @param system [String] Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return fleet plan
    def fleet_plan(rev: nil, since: nil, name: nil, version: nil, by: nil, family: nil, system: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.fleet_plan(plain(rev), plain(since), plain(name), plain(version), plain(by), plain(family), plain(system)) }
    end

    # Locks exactly what packages bring along: every version, its file's digest, and what brought it.
    #
    # @param rev [String] The snapshot.
    # @param names [Array<String>] The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
    # @param solver ['apt-classic', 'apt-3', 'closure'] How to choose; `apt-classic` by default.
    # @param no_recommends [Boolean] Do without what is only recommended.
    # @param architecture [String] The machine's architecture; the snapshot's, or this machine's, by default.
    # @param foreign [Array<String>] Architectures that the machine takes packages of besides.
    # @param status [String] What is installed already: a status file of dpkg. Nothing by default.
    # @param pins [Array<String>] Files of preferences (apt_preferences(5)), the first one first.
    # @param default_release [String] The release whose packages are preferred (`APT::Default-Release`).
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return lock
    def lock_create(rev, names, solver: nil, no_recommends: false, architecture: nil, foreign: nil, status: nil, pins: nil, default_release: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.lock_create(plain(rev), plain(names), plain(solver), no_recommends ? true : false, plain(architecture), plain(foreign), plain(status), plain(pins), plain(default_release)) }
    end

    # Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.
    #
    # @param lock [String] The lock's text.
    # @param rev [String] The newer snapshot.
    # @param only [Array<String>] Source or binary packages; everything by default.
    # @param status [String] The status file of the system that the packages go on top of, where the lock has such a base.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return lock update
    def lock_update(lock, rev, only: nil, status: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.lock_update(plain(lock), plain(rev), plain(only), plain(status)) }
    end

    # Tells whether the snapshots still have what a lock says.
    #
    # @param lock [String] The lock's text.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return lock verify
    def lock_verify(lock, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.lock_verify(plain(lock)) }
    end

    # Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.
    #
    # @param lock [String] The lock's text.
    # @param format ['apt-pins', 'apt-install', 'uris', 'curl', 'sha256sums', 'cyclonedx', 'spdx'] `cyclonedx` or `spdx`.
    # @param base [String] The URL that the files lie below.
    # @param published [Boolean] They lie where `publish` puts them, not where upstream has them.
    # @param name [String] What it is about.
    # @param vendor [String] The vendor in the packages' purls; `debian` by default.
    # @param distro [String] The release in the packages' purls, such as `bookworm`.
    # @param created [Time, String] When it was made; now by default.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return text
    def lock_bill(lock, format, base: nil, published: false, name: nil, vendor: nil, distro: nil, created: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.lock_bill(plain(lock), plain(format), plain(base), published ? true : false, plain(name), plain(vendor), plain(distro), plain(created)) }
    end

    # Tells how the packages that are installed on a machine stand to a snapshot.
    #
    # @param rev [String] The snapshot.
    # @param root [String] The root folder of the machine; `/` by default.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return system compare
    def system_compare(rev, root: nil, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.system_compare(plain(rev), plain(root)) }
    end

    # Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago and still is not needed. Rules of retention say which entries of environments and mirrors keep their snapshots; without any, all do. The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot that has a package of a recorded image.
    #
    # @param keep_last [Integer] Keep the snapshots of so many of the newest entries of each environment and mirror.
    # @param keep_daily [Integer] Keep the newest snapshot of each of so many days that have one.
    # @param keep_weekly [Integer] Keep the newest snapshot of each of so many weeks that have one.
    # @param keep_monthly [Integer] Keep the newest snapshot of each of so many months that have one.
    # @param keep_within [String] Keep what was in force at any time of this duration before the newest entry, such as `30d`.
    # @param keep [Array<String>] Snapshots to keep besides.
    # @param locks [Array<String>] Lock files whose snapshots are kept.
    # @param grace [String] How long a plan waits before it is swept, `24h` by default: longer than twice the longest update, merge or promotion. With `0s`, what is planned is swept at once.
    # @param dry_run [Boolean] Tell what would be planned, and write nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return store gc
    def store_gc(keep_last: nil, keep_daily: nil, keep_weekly: nil, keep_monthly: nil, keep_within: nil, keep: nil, locks: nil, grace: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.store_gc(keep_last, keep_daily, keep_weekly, keep_monthly, plain(keep_within), plain(keep), plain(locks), plain(grace), dry_run ? true : false) }
    end

    # Checks the store: every log unbroken, every snapshot readable, every object that one needs there. What is wrong can be put right on the way.
    #
    # @param data [Boolean] Read every byte of packs and packages too, and verify every stanza.
    # @param repair_from [String] Another store, a directory or a URL, to put back from what is missing or altered.
    # @param repair_upstream [Boolean] Put back missing and altered packages from where their snapshots say that they came from.
    # @param dry_run [Boolean] Tell what would be put back, and write nothing; nothing is fetched from upstream.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return store check
    def store_check(data: false, repair_from: nil, repair_upstream: false, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.store_check(data ? true : false, plain(repair_from), repair_upstream ? true : false, dry_run ? true : false) }
    end

    # Counts what the store has.
    #
    # @param garbage [Boolean] Count what nothing needs, too.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return store stats
    def store_stats(garbage: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.store_stats(garbage ? true : false) }
    end

    # Copies the store into another one, or some environments with all that they need: what is missing there, each object verified, and entries of logs last. Done again, it goes on. Nothing in the other store is ever replaced.
    #
    # @param to [String] The other store, a directory or a URL, which is made where there is none.
    # @param environments [Array<String>] The environments; all that the store has where none is named.
    # @param dry_run [Boolean] Tell what would be copied, and write nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return store copy
    def store_copy(to, environments: nil, dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.store_copy(plain(to), plain(environments), dry_run ? true : false) }
    end

    # Tells the format of the store, and brings it to the newest that this version knows.
    #
    # @param dry_run [Boolean] Tell what would be done, and write nothing.
    # @param cancel [Cancel] What ends the work.
    # @yieldparam event [Progress] A step of it.
    # @return store migrate
    def store_migrate(dry_run: false, cancel: nil, &progress)
      watched(cancel, progress) { |native| native.store_migrate(dry_run ? true : false) }
    end
  end

  class << self
    # Removes the packages of a published directory or bucket that neither the last nor the last but one publication of any suite names.
    #
    # @param directory [String] The published directory, or the URL of the bucket.
    # @param dry_run [Boolean] Say what would be removed, and remove nothing.
    # @return prune
    def publish_prune(directory, dry_run: false)
      guard { ReposnapUniffi.publish_prune(plain(directory), dry_run ? true : false) }
    end

    # Looks into an image, a root folder or a machine: its packages and the layers that brought them. Nothing is unpacked.
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @return Inventory
    def image_inspect(reference, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false)
      guard { ReposnapUniffi.image_inspect(plain(reference), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and files of simple signing (containers-signature(5)).
    #
    # @param reference [String] The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    # @param keys [Array<String>] Files with the public keys (PEM) and OpenPGP certificates that are trusted.
    # @param expected [String] The name that must have been signed: a repository, or one with a tag. Any by default, so that whoever signed one image can pass it off as another.
    # @param signatures [Array<String>] Files of simple signing.
    # @param at [Time, String] The moment at which it is judged; now by default.
    # @param platform [String] Which image of an index, such as `linux/arm64`; this machine's by default.
    # @param files [Boolean] Compare every file with what its package says of it; all of the image is hashed then.
    # @param rpm_keys [Array<String>] Keyrings of those who sign the rpms.
    # @param plain_http [Boolean] Talk to the registry without TLS where it has none, though others may listen.
    # @param no_cache [Boolean] Read all layers, also those that were read before.
    # @return image signatures
    def image_signatures(reference, keys, expected: nil, signatures: nil, at: nil, platform: nil, files: false, rpm_keys: nil, plain_http: false, no_cache: false)
      guard { ReposnapUniffi.image_signatures(plain(reference), plain(keys), plain(expected), plain(signatures), plain(at), plain(platform), files ? true : false, plain(rpm_keys), plain_http ? true : false, no_cache ? true : false) }
    end

    # Writes reports of audits for people, for what shows the results of checks, or as bills of materials.
    #
    # @param reports [String] The reports, JSON as `image audit` gives it: an array, or one.
    # @param format ['text', 'json', 'sarif', 'junit', 'cyclonedx', 'spdx', 'html'] As what.
    # @return text
    def image_report(reports, format)
      guard { ReposnapUniffi.image_report(plain(reports), plain(format)) }
    end

    # Reads a lock.
    #
    # @param lock [String] The lock's text.
    # @return lock
    def lock_show(lock)
      guard { ReposnapUniffi.lock_show(plain(lock)) }
    end

    # Tells what differs between two locks.
    #
    # @param before [String] The first lock's text.
    # @param after [String] The second lock's text.
    # @return lock diff
    def lock_diff(before, after)
      guard { ReposnapUniffi.lock_diff(plain(before), plain(after)) }
    end

    # Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.
    #
    # @param lock [String] The lock's text.
    # @param format ['apt-pins', 'apt-install', 'uris', 'curl', 'sha256sums', 'cyclonedx', 'spdx'] In which words.
    # @param base [String] The URL that the files lie below; needed for `uris` and `curl`.
    # @param published [Boolean] They lie where `publish` puts them, not where upstream has them.
    # @param exclusive [Boolean] Pins: refuse every package that is not locked.
    # @param name [String] Bills of materials: what they are about.
    # @param vendor [String] The vendor in the packages' purls; `debian` by default.
    # @param distro [String] The release in the packages' purls, such as `bookworm`.
    # @param created [Time, String] When the bill was made; needed for `spdx`.
    # @return text
    def lock_export(lock, format, base: nil, published: false, exclusive: false, name: nil, vendor: nil, distro: nil, created: nil)
      guard { ReposnapUniffi.lock_export(plain(lock), plain(format), plain(base), published ? true : false, exclusive ? true : false, plain(name), plain(vendor), plain(distro), plain(created)) }
    end

    # Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.
    #
    # @param file [String] The file.
    # @param keyring [Array<String>] The keys: keyring files, or armored blocks.
    # @param signature [String] The signature file, where it stands apart.
    # @param at [Time, String] The time to verify at, instead of now.
    # @param signers [Array<String>] The fingerprints that count; all of the keyring's by default.
    # @param threshold [Integer] How many of the keys must have signed; 1 by default.
    # @param relax [Array<String>] Relax rules of verification, by their names.
    # @return verify release
    def verify_release(file, keyring, signature: nil, at: nil, signers: nil, threshold: nil, relax: nil)
      guard { ReposnapUniffi.verify_release(plain(file), plain(keyring), plain(signature), plain(at), plain(signers), threshold, plain(relax)) }
    end

    # Verifies a signed text: a cleartext message, or any text with a signature that stands apart.
    #
    # @param message [String] The text.
    # @param keyring [Array<String>] The keys: keyring files, or armored blocks.
    # @param signature [String] The armored signature, where it stands apart.
    # @param at [Time, String] The time to verify at, instead of now.
    # @param signers [Array<String>] The fingerprints that count; all of the keyring's by default.
    # @param threshold [Integer] How many of the keys must have signed; 1 by default.
    # @param relax [Array<String>] Relax rules of verification, by their names.
    # @return verify message
    def verify_message(message, keyring, signature: nil, at: nil, signers: nil, threshold: nil, relax: nil)
      guard { ReposnapUniffi.verify_message(plain(message), plain(keyring), plain(signature), plain(at), plain(signers), threshold, plain(relax)) }
    end

    # Shows the certificates of a keyring.
    #
    # @param keyring [Array<String>] The keys: keyring files, or armored blocks.
    # @param at [Time, String] The time to judge them at, instead of now.
    # @return array of Certificate
    def keyring_show(keyring, at: nil)
      guard { ReposnapUniffi.keyring_show(plain(keyring), plain(at)) }
    end

    # Generates an Ed25519 signing key into a new file that its owner alone may read.
    #
    # @param user_id [String] Whose key, such as `Example archive <archive@example.org>`.
    # @param output [String] The file to write; it must not exist.
    # @return key generate
    def key_generate(user_id, output)
      guard { ReposnapUniffi.key_generate(plain(user_id), plain(output)) }
    end

    # Signs a text, as a cleartext message or apart from it.
    #
    # @param text [String] The text.
    # @param key [String] The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    # @param password_file [String] The file with the password of the key file.
    # @param detached [Boolean] Make a signature that stands apart.
    # @return key sign
    def key_sign(text, key, password_file: nil, detached: false)
      guard { ReposnapUniffi.key_sign(plain(text), plain(key), plain(password_file), detached ? true : false) }
    end

    # Compares two versions as dpkg does.
    #
    # @param a [String] The first version.
    # @param b [String] The second version.
    # @param operator [String] A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`.
    # @return version compare
    def version_compare(a, b, operator: nil)
      guard { ReposnapUniffi.version_compare(plain(a), plain(b), plain(operator)) }
    end

    # Reads stanzas, as control files and indexes have them (deb822(5)).
    #
    # @param text [String] The text.
    # @return array of array of Field
    def stanza_parse(text)
      guard { ReposnapUniffi.stanza_parse(plain(text)) }
    end

    # Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).
    #
    # @param value [String] The value.
    # @return array of array of Relation
    def relation_parse(value)
      guard { ReposnapUniffi.relation_parse(plain(value)) }
    end

    # Reads an apt source file (sources.list(5)), in either format.
    #
    # @param file [String] The file's name: one that ends in `.sources` has stanzas, another has lines.
    # @param text [String] Its text.
    # @param architecture [String] What `$(ARCH)` stands for: the machine's architecture.
    # @return array of SourceEntry
    def sources_parse(file, text, architecture)
      guard { ReposnapUniffi.sources_parse(plain(file), plain(text), plain(architecture)) }
    end

    # Reads a query and tells it in its plainest form.
    #
    # @param query [String] The query.
    # @return query parse
    def query_parse(query)
      guard { ReposnapUniffi.query_parse(plain(query)) }
    end

    # Reads a binary package (deb(5)): its control file, and what else its control part has.
    #
    # @param file [String] The package file.
    # @param contents [Boolean] List the members of its data part too.
    # @return deb show
    def deb_show(file, contents: false)
      guard { ReposnapUniffi.deb_show(plain(file), contents ? true : false) }
    end
  end
end
