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
  const { attempts, failed, inputTokens, outputTokens } = sum
  return { attempts, failed, inputTokens, outputTokens, ...costJson(sum) }
}

const FIGURES = ['attempts', 'inputTokens', 'outputTokens', 'costLowUsd', 'costHighUsd', 'unpriced'] as const

/** RFC 4180: a head, one line for each row, lines ended by CR LF. Amounts are exact decimals. */
export function statementCsv(by: readonly SpendKey[], { fromMs }: Period, { rows }: SpendReport): string {
  const month = new Date(fromMs).toISOString().slice(0, 7)
  const lines = rows.map(row => {
    const sum = sumJson(row)
    return [month, ...row.keys.map(key => key ?? ''), ...FIGURES.map(figure => String(sum[figure]))]
  })
  return [['month', ...by, ...FIGURES], ...lines].map(line => `${line.map(field).join(',')}\r\n`).join('')
}

/** A name that a spreadsheet would run as a formula is kept a text. */
function field(text: string): string {
  const plain = /^[=+@\t\r-]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
