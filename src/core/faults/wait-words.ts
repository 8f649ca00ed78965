/**
 * Why an endpoint is not asked yet, for people who look at a waiting run.
 *
 * @module
 */
import { providerIn } from '../endpoint-id.ts'
import type { Closed } from '../routing/health/endpoint-health.ts'
import type { Fault, FaultKind } from './fault.ts'

/** Faults that are said in words, because their status says little or people have to repair them. */
const PLAIN: Partial<Record<FaultKind, string>> = {
  unauthenticated: 'refuses the key',
  'quota-exhausted': 'has no quota or balance left',
}

/** Faults without a reply, and so without a status. */
const SILENT: ReadonlySet<FaultKind> = new Set(['unreachable', 'timed-out'])

/** `acme answered 429`, `acme could not be reached`, `acme refuses the key`. */
export function waitWords(endpoint: string, { kind, evidence: { status } }: Fault): string {
  const silent = status === undefined && SILENT.has(kind)
  return `${providerIn(endpoint)} ${PLAIN[kind] ?? (silent ? 'could not be reached' : `answered ${status ?? kind}`)}`
}

/** The same of an endpoint that is closed to all calls: `acme is cooling down after a 429`. */
export function closedWords(endpoint: string, closed: Closed): string {
  if (closed.rule === 'breaker-open' && closed.fault) return waitWords(endpoint, closed.fault)
  return `${providerIn(endpoint)} ${closed.rule === 'cooling' ? 'is cooling down after a 429' : 'is out of service'}`
}
