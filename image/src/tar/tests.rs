use super::*;

/// A header of ustar, with its checksum.
fn header(name: &[u8], flag: u8, size: u64, link: &[u8]) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[136..147].copy_from_slice(b"14500000000");
    block[156] = flag;
    block[157..157 + link.len()].copy_from_slice(link);
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].fill(b' ');
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn member(name: &[u8], flag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, flag, content.len() as u64, b"");
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<(Entry, Vec<u8>)>> {
    let mut entries = Entries::new(bytes);
    let mut found = Vec::new();
    while let Some(entry) = entries.next()? {
        let content = entries.content()?;
        found.push((entry, content));
    }
    Ok(found)
}

fn whole(members: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = members.concat();
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    bytes
}

fn names(members: &[Vec<u8>]) -> Vec<String> {
    let entries = read(&whole(members)).unwrap();
    entries.iter().map(|(entry, _)| String::from_utf8_lossy(&entry.path).into_owned()).collect()
}

#[test]
fn names_have_one_form() {
    assert_eq!(
        names(&[member(b"./", b'5', b""), member(b"/a//./b", b'0', b"x"), member(b"c/", 0, b"")]),
        ["", "a/b", "c"]
    );
    for bad in [&b"../x"[..], b"a/../../x", b"a/..", b".."] {
        let error = read(&whole(&[member(bad, b'0', b"")])).unwrap_err();
        assert_eq!(error.kind(), Kind::Malformed);
        assert!(error.message().contains("leads out of the image"), "{error}");
    }
}

#[test]
fn long_names_and_pax_headers() {
    let long = [b"d/".repeat(150).as_slice(), b"f\0"].concat();
    let name = String::from_utf8_lossy(&long[..long.len() - 1]).into_owned();
    assert_eq!(names(&[member(b"././@LongLink", b'L', &long), member(b"x", b'0', b"1")]), [name]);
    let entries = read(&whole(&[
        member(b"pax", b'x', b"12 path=a/b\n9 size=3\n"),
        [header(b"x", b'0', 0, b""), b"abc".to_vec(), vec![0; 509]].concat(),
        member(b"y", b'0', b"z"),
    ]))
    .unwrap();
    assert_eq!(entries[0].0.path, b"a/b");
    assert_eq!(entries[0].1, b"abc");
    assert_eq!((entries[1].0.path.as_slice(), entries[1].1.as_slice()), (&b"y"[..], &b"z"[..]));
    // A header for nobody.
    assert!(read(&whole(&[member(b"pax", b'x', b"12 path=a/b\n")])).unwrap_err().message().contains("the last"));
    // A comment for all is no harm; a path for all is.
    assert_eq!(names(&[member(b"pax", b'g', b"14 comment=ab\n"), member(b"x", b'0', b"")]), ["x"]);
    assert!(read(&whole(&[member(b"pax", b'g', b"12 path=a/b\n"), member(b"x", b'0', b"")])).is_err());
}

#[test]
fn headers_beyond_all_measure() {
    let mut huge = header(b"pax", b'x', MAX_PAX + 1, b"");
    huge.extend_from_slice(b"1");
    assert_eq!(read(&huge).unwrap_err().kind(), Kind::Limit);
    assert_eq!(read(&header(b"l", b'L', 1 << 30, b"")).unwrap_err().kind(), Kind::Limit);
    assert!(read(&member(b"pax", b'x', b"34 size=99999999999999999999999999\n")).is_err());
    let error = read(&whole(&[member(b"pax", b'x', b"28 size=9223372036854775807\n"), header(b"x", b'0', 0, b"")]));
    assert!(error.unwrap_err().message().contains("beyond all measure"));
}

#[test]
fn what_was_cut_off_is_told() {
    let bytes = whole(&[member(b"a", b'0', b"1"), member(b"b", b'0', &[7; 1000])]);
    let end = bytes.len() - 2 * BLOCK;
    for length in 0..=end {
        let error = read(&bytes[..length]).unwrap_err();
        assert_eq!(error.kind(), Kind::Malformed, "{length}: {error}");
    }
    for length in [end + BLOCK, end + 2 * BLOCK] {
        assert_eq!(read(&bytes[..length]).unwrap().len(), 2);
    }
    assert!(read(&bytes[..end + 1]).is_err());
    assert_eq!(read(&[bytes.clone(), vec![0; 9000]].concat()).unwrap().len(), 2);
    let error = read(&[bytes.clone(), bytes].concat()).unwrap_err();
    assert!(error.message().contains("bytes follow its end"), "{error}");
}

#[test]
fn entries_that_readers_would_take_in_different_ways() {
    for bytes in [
        header(b"l", b'2', 0, b""),
        [header(b"l", b'1', 5, b"a"), vec![0; 512]].concat(),
        [header(b"d/", b'5', 5, b""), vec![0; 512]].concat(),
        header(b"x", b'V', 0, b""),
        header(b"", b'0', 0, b""),
    ] {
        assert!(read(&whole(&[bytes])).is_err());
    }
    let mut wrong = member(b"a", b'0', b"");
    wrong[0] = b'b';
    assert!(read(&whole(&[wrong])).unwrap_err().message().contains("checksum"));
}

#[test]
fn sparse_files_are_passed_over_rightly() {
    let mut sparse = header(b"s", b'S', 512, b"");
    sparse[482] = 1;
    sparse[148..156].fill(b' ');
    let sum: u64 = sparse.iter().map(|byte| u64::from(*byte)).sum();
    sparse[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut map = vec![0; 1024];
    map[504] = 1;
    let entries = read(&whole(&[[sparse, map, vec![9; 512]].concat(), member(b"b", b'0', b"1")])).unwrap();
    assert_eq!((entries[0].0.kind, entries[0].1.len()), (EntryKind::Sparse, 512));
    assert_eq!(entries[1].0.path, b"b");
}
