/**
 * Tells people of what closes endpoints: once for each change, over all workers of a store.
 *
 * @module
 */
import type { Logger } from '@temporalio/common'
import { type Alert, type AlertSettings, alertKey } from '../../core/alert.ts'
import type { AlertPort, HealthPort, SaidAgain } from '../../core/ports.ts'
import type { Directory } from '../../core/task-class.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { postPatiently } from './post-patiently.ts'
import { createHealthWatch } from './watch-health.ts'

export interface AlarmParts {
  /** The settings that hold now; `undefined` where nobody is to be told. A worker that begins without any never tells anybody. */
  readonly settings: () => AlertSettings | undefined
  readonly alerts: AlertPort
  readonly now: () => number
  readonly fetch: typeof fetch
  readonly logger: () => Pick<Logger, 'warn'>
}

export interface Alarms {
  /** Wraps the health so that alerts hear of it. Returns it unchanged if nobody wants alerts. */
  over<Health extends HealthPort>(health: Health): Health
  begin(): Promise<void>
  /** Ends the alerts of what one configuration has and the next has not. */
  swap(before: Directory, next: Directory): void
  close(): Promise<void>
}

const SILENT: Alarms = { over: health => health, begin: async () => {}, swap() {}, close: async () => {} }

/** How often a worker reads which alerts others have begun, so that it can end them if the worker that began one is gone. */
const LOOK_EVERY_MS = 30_000

export function createAlarms(parts: AlarmParts): Alarms {
  const { settings, alerts, now } = parts
  if (!settings()) return SILENT
  const closing = new AbortController()
  // The sends of one alert run one after another: an end that overtook its beginning would leave the alert standing for ever.
  const last = new Map<string, Promise<void>>()
  const tell = (what: Alert, isAgain: boolean, unless?: SaidAgain) => {
    const current = settings()
    if (!current?.on.includes(what.kind)) return
    const key = alertKey(what)
    const before = last.get(key) ?? Promise.resolve()
    const sent = before
      .then(() => send({ what, isAgain, unless, ...current }, parts, closing.signal))
      .finally(() => last.get(key) === sent && last.delete(key))
    last.set(key, sent)
  }
  const alert = (what: Alert, unless?: SaidAgain) => tell(what, false, unless)
  const again = (what: Alert) => tell(what, true)
  const watch = createHealthWatch({ alert, again }, now)
  const learn = async () => watch.learn(await alerts.begun())
  let timer: NodeJS.Timeout | undefined
  return {
    over: health => watch.over(health),
    async begin() {
      await learn()
      // If the store is out of reach, other parts of the worker say so.
      timer = setInterval(() => void unlessStoreFails(learn(), undefined), LOOK_EVERY_MS).unref()
    },
    swap(before, next) {
      const staying = new Set(subjectsOf(next))
      watch.leave(subjectsOf(before).filter(subject => !staying.has(subject)))
    },
    async close() {
      clearInterval(timer)
      closing.abort()
      await Promise.all(last.values())
    },
  }
}

/** The subjects that alerts can have in a configuration: its endpoints and their providers. */
function subjectsOf({ endpoints }: Directory): readonly string[] {
  return [...new Set(endpoints.flatMap(({ id, provider }) => [id, provider]))]
}

interface Change {
  readonly what: Alert
  readonly isAgain: boolean
  readonly unless: SaidAgain | undefined
}

/**
 * Records and posts one change. It never rejects, because nobody waits for it: what fails is logged, without the webhook's
 * address, which may contain a secret.
 */
async function send(
  { what, isAgain, unless, webhook }: Change & Pick<AlertSettings, 'webhook'>,
  { alerts, now, fetch, logger }: AlarmParts,
  closing: AbortSignal,
): Promise<void> {
  const { kind, state, subject, message } = what
  const isFirst = await unlessStoreFails(alerts.mark(alertKey(what), state, now(), unless), !isAgain)
  if (!isFirst) return
  logger().warn(message, { alert: kind, state, subject })
  const problem = await postPatiently(webhook, what, closing, fetch)
  if (problem !== undefined) logger().warn('alert webhook failed', { alert: kind, subject, problem })
}
