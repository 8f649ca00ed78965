/**
 * Tables for people: aligned by spaces, no lines, no colours.
 *
 * @module
 */
import { displayWidth } from './display-width.ts'

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Numbers stand to the right. @defaultValue 'left' */
  readonly align?: 'left' | 'right'
  /** Where the table is wider than the screen, the column leaves it, and these words stand below the row; `cell`: those of its cell. */
  readonly folded?: 'cell' | ((row: Row) => string | readonly string[])
  /** It leaves the table only where that is too wide without the other columns that fold. */
  readonly foldsLast?: boolean
}

const GAP = '  '

const INDENT = '      '

/** A table that is no wider than the screen where its columns can be folded; on no screen it has one line for each row. */
export function renderTableWithin<Row>(
  width: number | undefined,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const whole = renderTable(columns, rows)
  if (width === undefined || isWithin(width, whole)) return whole
  const widest = Math.floor(width / 2)
  const wide = columns.filter(column => !column.folded || column.foldsLast)
  const kept = isWithin(width, renderTable(wide, rows, widest)) ? wide : columns.filter(column => !column.folded)
  const [head = '', ...lines] = renderTable(kept, rows, widest).split('\n')
  const left = columns.filter(column => !kept.includes(column))
  const below = (row: Row) =>
    left
      .flatMap(({ cell, folded }) => (folded === 'cell' ? cell(row) : (folded?.(row) ?? '')))
      .map(oneLine)
      .filter(words => words !== '')
  return [head, ...lines.map((line, at) => [line, ...wrapped(below(rows[at]!), width)].join('\n'))].join('\n')
}

function isWithin(width: number, table: string): boolean {
  return table.split('\n').every(line => displayWidth(line) <= width)
}

/** A column that stands below the row with its title where the screen is narrow; there nothing stands for an empty cell. */
export function folding<Row>(title: string, cell: (row: Row) => string, align?: Column<Row>['align']): Column<Row> {
  const folded = (row: Row) => (cell(row) === '' ? '' : `${title} ${cell(row)}`)
  return { title, cell, folded, ...(align && { align }) }
}

/** A column that leaves the table after those of {@link folding}. */
export function foldingLast<Row>(title: string, cell: (row: Row) => string, align?: Column<Row>['align']): Column<Row> {
  return { ...folding(title, cell, align), foldsLast: true }
}

/** Words side by side, on as many lines as they take. */
function wrapped(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = []
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ''} · ${word}`
    if (lines.length > 0 && displayWidth(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(`${INDENT}${word}`)
  }
  return lines
}

/**
 * A head and one line for each row; a column without any text is left out.
 *
 * @param widest - A column: what is longer moves its own line only. @defaultValue no bound
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], widest = Infinity): string {
  const cells = columns
    .map(column => ({ column, texts: rows.map(row => oneLine(column.cell(row))) }))
    .filter(({ texts }) => texts.some(text => text !== ''))
    .map(({ column, texts }) => padded(column, [column.title, ...texts], widest))
  const lines = Array.from({ length: rows.length + 1 }, (_, line) => cells.map(column => column[line]).join(GAP))
  return lines.map(line => line.trimEnd()).join('\n')
}

/** Names and values, each pair on a line of its own or, with a value of several, on these; pairs without a value are left out. */
export function renderPairs(pairs: readonly (readonly [name: string, value: string | undefined])[]): string {
  const present = pairs.filter(([, value]) => value !== undefined && value !== '')
  const width = Math.max(0, ...present.map(([name]) => displayWidth(name)))
  const below = `\n${' '.repeat(width)}${GAP}`
  return present
    .map(([name, value = '']) => `${name}${gapTo(width, name)}${GAP}${value.trimEnd().replaceAll('\n', below)}`)
    .join('\n')
}

function padded<Row>({ align }: Column<Row>, texts: readonly string[], widest: number): readonly string[] {
  const width = Math.max(...texts.map(displayWidth).filter(width => width <= widest), 0)
  return texts.map(text => (align === 'right' ? gapTo(width, text) + text : text + gapTo(width, text)))
}

function gapTo(width: number, text: string): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text)))
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, gap => (gap.includes('\n') ? ' ' : gap))
}
