/**
 * The alerts that have begun, here or at another worker, and what ends them.
 *
 * @module
 */
import { type Alert, type AlertKind, alertKey } from '../../core/alert.ts'
import { providerIn } from '../../core/endpoint-id.ts'
import type { BegunAlert, SaidAgain } from '../../core/ports.ts'
import { UNAUTHENTICATED_MS } from '../../core/routing/health.ts'

/**
 * Workers may have different keys. One with calls tries a refused key again after half of this time, so once this time has passed without
 * a refusal, no such worker has that key any more.
 */
const REFUSED_BY_NONE_MS = 2 * UNAUTHENTICATED_MS

/** Of refusals within this time only the first is written down: many attempts may have been under way by the same key. */
const SAID_AGAIN_AFTER_MS = 60_000

export interface AlertListener {
  /** Once when it begins and once when it ends, not for the attempts in between. */
  alert?(alert: Alert, unless?: SaidAgain): void
  /** One that has begun, here or elsewhere, is still so: what keeps others from ending it. */
  again?(alert: Alert): void
}

export interface BegunAlerts {
  begin(alert: Alert): void
  /** An endpoint has answered an attempt that left then. */
  end(endpointId: string, leftAtMs: number): void
  /** No configuration names them any more. */
  leave(subjects: readonly string[]): void
  learn(alerts: readonly BegunAlert[]): void
}

export function createBegunAlerts(listener: AlertListener, now: () => number): BegunAlerts {
  let begun = new Map<string, number>()
  /** Providers that refuse this worker's own key, and when they did so last. */
  const refusedHere = new Map<string, number>()
  const isOthers = ({ kind, subject }: Alert, begunAtMs: number) =>
    kind === 'key-rejected' && !refusedHere.has(subject) && now() - begunAtMs < REFUSED_BY_NONE_MS
  return {
    begin(alert) {
      const key = alertKey(alert)
      const begunAtMs = begun.get(key)
      const isOfKey = alert.kind === 'key-rejected'
      if (isOfKey) refusedHere.set(alert.subject, now())
      if (begunAtMs !== undefined && !(isOfKey && now() - begunAtMs > SAID_AGAIN_AFTER_MS)) return
      begun.set(key, now())
      if (begunAtMs === undefined) listener.alert?.(alert)
      else listener.again?.(alert)
    },
    end(id, leftAtMs) {
      for (const [key, begunAtMs] of begun) {
        const alert = endOf(key, id, now())
        // Of a provider's other endpoints what was under way when its key was refused still comes to its end.
        if (!alert || (alert.subject !== id && leftAtMs < begunAtMs) || isOthers(alert, begunAtMs)) continue
        begun.delete(key)
        const wasHere = alert.kind !== 'key-rejected' || refusedHere.has(alert.subject)
        // Another worker may have been refused in the seconds since this one has heard.
        listener.alert?.(alert, wasHere ? undefined : { saidSinceMs: begunAtMs })
      }
      // Also where another worker has ended the alert meanwhile: the next one is of another key.
      if (leftAtMs >= (refusedHere.get(providerIn(id)) ?? 0)) refusedHere.delete(providerIn(id))
    },
    leave(subjects) {
      for (const subject of subjects) refusedHere.delete(subject)
      for (const key of begun.keys()) {
        const [kind, subject] = partsOf(key)
        if (!subjects.includes(subject)) continue
        begun.delete(key)
        const message = `${subject} is no longer configured`
        listener.alert?.({ kind, state: 'ended', subject, message, at: new Date(now()).toISOString() })
      }
    },
    learn(alerts) {
      begun = new Map(alerts.map(({ alert, atMs }) => [alert, Math.max(atMs, begun.get(alert) ?? 0)]))
    },
  }
}

const ENDED: Readonly<Partial<Record<AlertKind, string>>> = {
  'breaker-open': 'answers again',
  'key-rejected': 'accepts its key again',
  'quota-gone': 'has quota again',
}

/** Of an {@link alertKey}. */
function partsOf(key: string): readonly [kind: AlertKind, subject: string] {
  const at = key.indexOf(' ')
  return [key.slice(0, at) as AlertKind, key.slice(at + 1)]
}

/** The end that an answer of an endpoint means for an alert, if it means one. */
function endOf(key: string, id: string, nowMs: number): Alert | undefined {
  const [kind, subject] = partsOf(key)
  const words = ENDED[kind]
  if (words === undefined || (subject !== id && subject !== providerIn(id))) return undefined
  return {
    kind,
    state: 'ended',
    subject,
    message: `${subject} ${words}`,
    at: new Date(nowMs).toISOString(),
    endpoint: id,
  }
}
