import type { KeyColumns } from './spend-keys.ts'

/** A time, and how many rows of it one statement adds up. */
export type Slice = { fromMs: number; untilMs: number; offset: number }

/** What was spent of what the columns say. */
export interface Spent {
  readonly of: KeyColumns
  readonly sums: Sums
}

/** Sums while they grow, money as integers. */
export type Sums = ReturnType<typeof newSums>

export function newSums() {
  return {
    lowPico: 0n,
    highPico: 0n,
    exactPico: 0n,
    unpriced: 0,
    attempts: 0,
    pricedToolCalls: 0,
    failed: 0,
    inputTokens: 0,
    outputTokens: 0,
  }
}

export function addSums(sums: Sums, more: Readonly<Sums>): void {
  sums.lowPico += more.lowPico
  sums.highPico += more.highPico
  sums.exactPico += more.exactPico
  sums.unpriced += more.unpriced
  sums.attempts += more.attempts
  sums.pricedToolCalls += more.pricedToolCalls
  sums.failed += more.failed
  sums.inputTokens += more.inputTokens
  sums.outputTokens += more.outputTokens
}
