/**
 * The alerts that have begun, here or at another worker, and what ends them.
 *
 * @module
 */
import { type Alert, type AlertKind, alertKey } from '../../core/alert.ts'
import { providerIn } from '../../core/endpoint-id.ts'
import type { BegunAlert, SaidAgain } from '../../core/ports.ts'
import { UNAUTHENTICATED_MS } from '../../core/routing/health/record-outcome.ts'

/**
 * After this time without a refusal, an answer ends an alert about a key that another worker began. Workers may have different
 * keys, and one that has calls tries a refused key again after half of this time. So if none has been refused for so long, none
 * has the bad key any more.
 */
const REFUSED_BY_NONE_MS = 2 * UNAUTHENTICATED_MS

/** Further refusals within this time are not written down: many attempts may have been under way with the same key. */
const SAID_AGAIN_AFTER_MS = 60_000

export interface AlertListener {
  /** Called once when an alert begins and once when it ends. */
  alert?(alert: Alert, unless?: SaidAgain): void
  /** Called when an alert that has begun, here or at another worker, is still true. This keeps other workers from ending it. */
  again?(alert: Alert): void
}

export interface BegunAlerts {
  begin(alert: Alert): void
  /**
   * Ends what an answer of an endpoint disproves.
   *
   * @param leftAtMs - When the answered attempt had left.
   */
  end(endpointId: string, leftAtMs: number): void
  /** Ends the alerts of endpoints and providers that no configuration names any more. */
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
        // An attempt at another endpoint of the provider may have left before its key was refused, so its answer proves nothing.
        if (!alert || (alert.subject !== id && leftAtMs < begunAtMs) || isOthers(alert, begunAtMs)) continue
        begun.delete(key)
        const wasHere = alert.kind !== 'key-rejected' || refusedHere.has(alert.subject)
        // Another worker may have been refused since this one last heard of refusals. Then the alert does not end.
        listener.alert?.(alert, wasHere ? undefined : { saidSinceMs: begunAtMs })
      }
      // Forgotten even if another worker has ended the alert meanwhile: the next refusal is of another key.
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

/** Takes an {@link alertKey} apart. */
function partsOf(key: string): readonly [kind: AlertKind, subject: string] {
  const at = key.indexOf(' ')
  return [key.slice(0, at) as AlertKind, key.slice(at + 1)]
}

/** The alert that ends if this endpoint answers; `undefined` if its answer says nothing about it. */
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
