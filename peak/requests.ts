/**
 * What the first vendor was asked, by its own meter.
 *
 * @module
 */
import { FIRST, type Stage } from './stage.ts'

export interface Request {
  readonly atMs: number
  readonly answered: boolean
}

/** In a span of time, `toMs` exclusive. */
export function requestsAt({ vendors }: Stage, fromMs: number, toMs = Number.POSITIVE_INFINITY): readonly Request[] {
  return vendors
    .meter()
    .filter(({ vendor, atMs }) => vendor === FIRST && atMs >= fromMs && atMs < toMs)
    .map(({ atMs, outcome }) => ({ atMs, answered: outcome === 'answered' }))
}
