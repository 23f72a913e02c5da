//! Bytes → [`BtfExt`].

use super::{
    BtfExt, COLUMN_BITS, CoreRelo, CoreReloKind, FUNC_LEN, FuncInfo, LINE_LEN, LineInfo, RELO_LEN,
    SHORT_HEADER_LEN, SectionInfo,
};
use crate::Endian;
use crate::btf::{self, Btf, BtfError, Strings, TypeId};
use crate::bytes::{ByteReader, part};

/// Decodes the contents of a `.BTF` section and the `.BTF.ext` section beside it.
pub fn read(btf: &[u8], ext: &[u8]) -> Result<(Btf, BtfExt), BtfError> {
    let (btf, strings) = btf::read_with_strings(btf)?;
    let ext = read_tables(ext, &strings)?;
    Ok((btf, ext))
}

/// Decodes the contents of `.BTF.ext` with the strings of `.BTF`.
fn read_tables(bytes: &[u8], strings: &Strings<'_>) -> Result<BtfExt, BtfError> {
    let endian = btf::endian_of(bytes)?;
    let (mut header, body) = btf::split_header(bytes, endian, SHORT_HEADER_LEN)?;
    let funcs = table_in(&mut header, body)?;
    let lines = table_in(&mut header, body)?;
    let relos = table_in(&mut header, body)?;

    let mut reader = TableReader {
        endian,
        strings,
        ext: BtfExt::default(),
    };
    reader.table(funcs, FUNC_LEN, |record, _, section| {
        section.funcs.push(func(record)?);
        Ok(())
    })?;
    reader.table(lines, LINE_LEN, |record, strings, section| {
        section.lines.push(line(record, strings)?);
        Ok(())
    })?;
    reader.table(relos, RELO_LEN, |record, strings, section| {
        section.relos.push(relo(record, strings)?);
        Ok(())
    })?;
    Ok(reader.ext)
}

/// The table that the next two words of the header describe; an empty one if the header ends before them.
fn table_in<'a>(header: &mut ByteReader<'_>, body: &'a [u8]) -> Result<&'a [u8], BtfError> {
    if header.is_empty() {
        return Ok(&[]);
    }
    Ok(part(body, header.u32()?, header.u32()?)?)
}

struct TableReader<'a> {
    endian: Endian,
    strings: &'a Strings<'a>,
    ext: BtfExt,
}

impl TableReader<'_> {
    /// Hands each record of a table to `take_record`. Newer writers may append words to a record; they are skipped.
    fn table(
        &mut self,
        table: &[u8],
        least: u32,
        take_record: fn(ByteReader<'_>, &Strings<'_>, &mut SectionInfo) -> Result<(), BtfError>,
    ) -> Result<(), BtfError> {
        if table.is_empty() {
            return Ok(());
        }
        let mut input = ByteReader::new(self.endian, table);
        let size = input.u32()?;
        if size < least || size % 4 != 0 {
            return Err(BtfError::BadRecordSize { size, least });
        }
        while !input.is_empty() {
            let name = self.strings.get(input.u32()?)?;
            let count = input.u32()?;
            let section = self.ext.section_mut(&name);
            for _ in 0..count {
                take_record(input.sub_reader(size)?, self.strings, section)?;
            }
        }
        Ok(())
    }
}

fn func(mut record: ByteReader<'_>) -> Result<FuncInfo, BtfError> {
    Ok(FuncInfo {
        offset: record.u32()?,
        func: TypeId(record.u32()?),
    })
}

fn line(mut record: ByteReader<'_>, strings: &Strings<'_>) -> Result<LineInfo, BtfError> {
    let offset = record.u32()?;
    let file = strings.get(record.u32()?)?;
    let text = strings.get(record.u32()?)?;
    let position = record.u32()?;
    Ok(LineInfo {
        offset,
        file,
        text,
        line: position >> COLUMN_BITS,
        column: position & ((1 << COLUMN_BITS) - 1),
    })
}

fn relo(mut record: ByteReader<'_>, strings: &Strings<'_>) -> Result<CoreRelo, BtfError> {
    let offset = record.u32()?;
    let root = TypeId(record.u32()?);
    let access = strings.get(record.u32()?)?;
    let number = record.u32()?;
    Ok(CoreRelo {
        offset,
        root,
        access,
        kind: CoreReloKind::from_number(number).ok_or(BtfError::UnknownCoreRelo(number))?,
    })
}
