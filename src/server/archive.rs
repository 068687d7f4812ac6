//! A ZIP that leaves while it is made: pieces come in over a channel, and what is written goes on at once. In memory are a few pieces
//! and the names of the files. Called by `services::everything` through whoever carries the bytes: the browser's answer, or a file.

use std::io::{self, Write};
use tokio::sync::mpsc;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// What comes in. An archive whose pieces stop without [`Part::End`] was broken off, and is not finished: nobody takes it for whole.
#[derive(Debug)]
pub enum Part {
    /// A file begins, under this path.
    File(String),
    /// More of the file.
    Bytes(Vec<u8>),
    End,
}

/// Writes what comes until its end: to be run where waiting is allowed.
pub fn write<W: Write>(mut parts: mpsc::Receiver<Part>, out: W) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    loop {
        match parts.blocking_recv() {
            Some(Part::File(path)) => zip.start_file(path, options).map_err(io::Error::other)?,
            Some(Part::Bytes(bytes)) => zip.write_all(&bytes)?,
            Some(Part::End) => break,
            None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive was broken off")),
        }
    }
    zip.finish().map_err(io::Error::other)?.into_inner().flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};
    use zip::ZipArchive;

    fn written(parts: Vec<Part>) -> io::Result<Vec<u8>> {
        let (sender, receiver) = mpsc::channel(parts.len().max(1));
        for part in parts {
            sender.try_send(part).expect("room");
        }
        drop(sender);
        let mut out = Vec::new();
        write(receiver, &mut out)?;
        Ok(out)
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let parts = vec![
            Part::File("everything.json".into()),
            Part::Bytes(b"{".to_vec()),
            Part::Bytes(b"}".to_vec()),
            Part::File("documents/A.pdf".into()),
            Part::Bytes(vec![7; 100_000]),
            Part::End,
        ];
        let mut zip = ZipArchive::new(Cursor::new(written(parts).expect("is written"))).expect("a ZIP");
        let mut json = String::new();
        zip.by_name("everything.json").expect("the file").read_to_string(&mut json).expect("is read");
        assert_eq!(json, "{}");
        let mut pdf = Vec::new();
        zip.by_name("documents/A.pdf").expect("the file").read_to_end(&mut pdf).expect("is read");
        assert_eq!(pdf, vec![7; 100_000]);
    }

    #[test]
    fn what_breaks_off_is_no_archive() {
        assert!(written(vec![Part::File("everything.json".into()), Part::Bytes(b"{".to_vec())]).is_err());
    }
}
