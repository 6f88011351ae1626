/** Columns of text, padded to their widest cell; the first row is the head. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  const isNumber = rows[0].map((_, column) =>
    rows.slice(1).every((row) => /^[\d.,%\s–-]+$/.test(String(row[column] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? String(cell).padStart(widths[column]) : String(cell).padEnd(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
