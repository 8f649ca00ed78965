/**
 * Sees when an endpoint is closed and when it answers again, from what attempts report to health.
 *
 * @module
 */
import type { Alert } from '../../core/alert.ts'
import { providerIn } from '../../core/endpoint-id.ts'
import type { BegunAlert, HealthPort } from '../../core/ports.ts'
import type { HealthOutcome } from '../../core/routing/health/health-state.ts'
import { thisProcess } from '../../store/index.ts'
import { isRefusedKey } from '../health/refused-keys.ts'
import { type AlertListener, createBegunAlerts } from './begun-alerts.ts'

export interface HealthWatch {
  /** The same health, seen by the listener. An attempt's end costs it two looks into a table. */
  over<Health extends HealthPort>(health: Health): Health
  /** Ends what has begun of endpoints and providers that the configuration names no more: no attempt will. */
  leave(subjects: readonly string[]): void
  /** Which alerts have begun, of all workers: this one tells of their end too. */
  learn(begun: readonly BegunAlert[]): void
}

export function createHealthWatch(listener: AlertListener, now: () => number): HealthWatch {
  const begun = createBegunAlerts(listener, now)
  return {
    leave: begun.leave,
    learn: begun.learn,
    over: health => ({
      ...health,
      record(id: string, outcome: HealthOutcome) {
        const wasOpen = isShut(health, id)
        health.record(id, outcome)
        const isShutNow = isShut(health, id)
        // What was under way when the breaker opened ends nothing: it stays open.
        if (outcome.kind === 'answered' && !isShutNow) return begun.end(id, now() - (outcome.totalMs ?? 0))
        if (outcome.kind !== 'fault' || !isShutNow || (wasOpen && !isRefusedKey(outcome))) return
        begun.begin(beginningOf(id, outcome, health, now()))
      },
    }),
  }
}

function isShut(health: HealthPort, id: string): boolean {
  return health.of(id).closed?.rule === 'breaker-open'
}

/** A key and a quota are the provider's: one alert for all of its endpoints. */
function beginningOf(
  id: string,
  { fault }: Extract<HealthOutcome, { kind: 'fault' }>,
  health: HealthPort,
  nowMs: number,
): Alert {
  const provider = providerIn(id)
  const untilMs = health.of(id).closed?.untilMs
  const until = untilMs === undefined ? {} : { closedUntil: new Date(untilMs).toISOString() }
  const base = { state: 'begun' as const, at: new Date(nowMs).toISOString(), endpoint: id, fault: fault.kind, ...until }
  if (fault.kind === 'unauthenticated')
    return {
      ...base,
      kind: 'key-rejected',
      subject: provider,
      message: `${provider} rejects the key of ${thisProcess()}: replace it`,
    }
  if (fault.kind === 'quota-exhausted')
    return { ...base, kind: 'quota-gone', subject: provider, message: `the quota at ${provider} is used up: raise it` }
  const time = untilMs === undefined ? 'for a while' : `until ${new Date(untilMs).toISOString().slice(11, 19)} UTC`
  return {
    ...base,
    kind: 'breaker-open',
    subject: id,
    message: `${id} fails (${fault.kind}) and is not called ${time}`,
  }
}
