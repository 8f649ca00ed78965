/**
 * The vendor's own record of what it was asked and what it bills: one row for every request that reached it.
 *
 * @module
 */
import type { FaultScriptKind } from './fault-rule.ts'
import type { VendorUsage } from './reply.ts'

/** `open`: not ended yet. `rejected`: an error status, or no answer at all. `cut`: the vendor broke it off. `aborted`: the asker did. */
export type MeterOutcome = 'open' | 'answered' | 'rejected' | 'cut' | 'aborted'

/** One request. A row is written when the request arrives, with state `open`; usage and bill stand in it once it is closed. */
export interface MeterRow extends Partial<VendorUsage> {
  readonly vendor: string
  /** The vendor's id of the request, also sent as a response header. */
  readonly requestId: string
  /** The asker's id, from `x-client-request-id`. */
  readonly clientRequestId?: string
  readonly model: string
  readonly stream: boolean
  readonly state: 'open' | 'closed'
  readonly outcome: MeterOutcome
  readonly status?: number
  readonly fault?: FaultScriptKind
  /** A whole number of pico-dollars (1e-12 USD). */
  readonly billedPico: string
  readonly atMs: number
  readonly endedAtMs?: number
  readonly answerDigest?: string
  /** The `match` of the behaviour that said what to answer. Absent: none matches. */
  readonly behaviour?: string
  /** The request asked the vendor to store nothing. */
  readonly keptNothing?: boolean
  /** It came in a batch, and was billed at half the price. */
  readonly inBatch?: true
}

/** What becomes known of a request while it is served. */
type MeterNote = Partial<Omit<MeterRow, 'vendor' | 'requestId' | 'state'>>

/** How a row ends. */
export type MeterEnd = MeterNote & { readonly outcome: MeterOutcome }

export interface Meter {
  /** Writes a row; the number tells it apart from then on. */
  open(row: Pick<MeterRow, 'requestId' | 'clientRequestId' | 'model' | 'stream' | 'inBatch' | 'atMs'>): number
  note(row: number, note: MeterNote): void
  /** Closes a row once; what comes after is ignored. */
  close(row: number, end: MeterEnd): void
  rows(): readonly MeterRow[]
}

export function createMeter(vendor: string): Meter {
  const rows: MeterRow[] = []
  const change = (place: number, note: MeterNote, state: MeterRow['state']) => {
    const row = rows[place]
    if (row?.state === 'open') rows[place] = { ...row, ...note, state }
  }
  return {
    open: row => rows.push({ vendor, ...row, state: 'open', outcome: 'open', billedPico: '0' }) - 1,
    note: (place, note) => change(place, note, 'open'),
    close: (place, end) => change(place, end, 'closed'),
    rows: () => rows,
  }
}
