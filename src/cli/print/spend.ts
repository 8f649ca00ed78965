/**
 * Spendings as programs and spreadsheets read them.
 *
 * @module
 */
import type { SpendKey, SpendReport, SpendSum } from '../../runtime/store/records.ts'
import type { Period } from '../parse/time-span.ts'
import { costJson } from './money.ts'

export function spendJson(by: readonly SpendKey[], { fromMs, untilMs }: Period, { rows, total }: SpendReport) {
  return {
    by,
    since: new Date(fromMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    rows: rows.map(row => ({
      ...Object.fromEntries(by.map((key, at) => [key, row.keys[at] ?? null])),
      ...sumJson(row),
    })),
    total: sumJson(total),
  }
}

function sumJson(sum: SpendSum) {
  const { attempts, failed, inputTokens, outputTokens, pricedToolCalls } = sum
  return { attempts, failed, inputTokens, outputTokens, pricedToolCalls, ...costJson(sum) }
}

const FIGURES = [
  'attempts',
  'inputTokens',
  'outputTokens',
  'costLowUsd',
  'costHighUsd',
  'unpriced',
  'pricedToolCalls',
] as const

/** As {@link spendCsv}, with the month in place of a time. */
export function statementCsv(by: readonly SpendKey[], { fromMs }: Period, { rows }: SpendReport): string {
  return csvOf({ month: new Date(fromMs).toISOString().slice(0, 7) }, by, rows)
}

/** RFC 4180: a head, one line for each row, lines ended by CR LF. Amounts are exact decimals. */
export function spendCsv(by: readonly SpendKey[], { fromMs, untilMs }: Period, { rows }: SpendReport): string {
  return csvOf({ since: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() }, by, rows)
}

function csvOf(when: Readonly<Record<string, string>>, by: readonly SpendKey[], rows: SpendReport['rows']): string {
  const lines = rows.map(row => {
    const sum = sumJson(row)
    return [...Object.values(when), ...row.keys.map(key => key ?? ''), ...FIGURES.map(figure => String(sum[figure]))]
  })
  const head = [...Object.keys(when), ...by, ...FIGURES]
  return [head, ...lines].map(line => `${line.map(field).join(',')}\r\n`).join('')
}

/** A name that a spreadsheet would run as a formula is kept a text. */
function field(text: string): string {
  const plain = /^[=+@\t\r-]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
