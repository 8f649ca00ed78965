/**
 * Tells webhooks of the ends of runs: each at least once, by whichever worker of its queue comes first.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { Logger } from '@temporalio/common'
import { isTooLate, type NoticeSettings } from '../../core/notice.ts'
import type { DueNotice, NoticeKey, NoticePort, NoticeTry } from '../../core/ports.ts'
import { passed } from '../passed.ts'
import { GONE } from '../post-json.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { postSigned } from '../webhooks/post-signed.ts'

export interface DeliveryParts {
  /** Those that hold now. Without any, nobody looks into the store. */
  readonly settings: () => readonly NoticeSettings[]
  /** The queue whose runs are told of, see `queueOf`; `undefined` as long as it is not known. */
  readonly queue: () => Promise<string | undefined>
  readonly notices: NoticePort
  readonly now: () => number
  readonly fetch: typeof fetch
  readonly logger: () => Pick<Logger, 'info' | 'warn'>
}

/** A run that ends elsewhere, or is closed by whoever has terminated it, tells no worker. */
const LOOK_EVERY_MS = 2_000

/** So many are posted to one webhook at a time. */
const AT_ONCE = 20

/**
 * Begins to deliver.
 *
 * @returns what ends it, after a last look: nobody else may be there to post what has just ended before the next worker begins. It waits for
 * the posts that are under way.
 */
export function beginDelivery(parts: DeliveryParts): () => Promise<void> {
  const closing = new AbortController()
  // Each webhook has a line of its own: one that does not answer holds up no other.
  const posting = new Map<string, Promise<void>>()
  const failing = new Set<string>()
  const look = (except: ReadonlySet<string>) => {
    for (const { name } of parts.settings()) {
      if (posting.has(name) || except.has(name)) continue
      const posted = postDue({ ...parts, name, failing, closing: closing.signal }).finally(() => posting.delete(name))
      posting.set(name, posted)
    }
  }
  const lookRegularly = async () => {
    do look(NONE)
    while (await passed(LOOK_EVERY_MS, closing.signal, { ref: false }))
  }
  void lookRegularly()
  return async () => {
    closing.abort()
    await Promise.all(posting.values())
    look(failing)
    await Promise.all(posting.values())
  }
}

const NONE: ReadonlySet<string> = new Set()

interface Posting extends DeliveryParts {
  readonly name: string
  /** The names of those whose last try failed here. */
  readonly failing: Set<string>
  readonly closing: AbortSignal
}

/**
 * Posts until nothing is due, or what is posted at a time if it is to end. Where all tries fail, the next look will do: whoever is down is
 * not asked without a pause.
 */
async function postDue(how: Posting): Promise<void> {
  const { notices, name, now, closing } = how
  const queue = await how.queue()
  if (queue === undefined) return
  let goesOn: boolean
  do {
    // If the store is out of reach, other parts of the worker say so.
    const due = await unlessStoreFails(notices.claim({ name, queue }, now(), AT_ONCE), [])
    const taken = await Promise.all(due.map(notice => post(notice, how)))
    goesOn = due.length === AT_ONCE && taken.includes(true)
  } while (goesOn && !closing.aborted)
}

/** Gives whether it was taken. If the store does not learn of that, it is posted once more. */
async function post(notice: DueNotice, how: Posting): Promise<boolean> {
  const { settings, notices, name, now, fetch } = how
  const webhook = settings().find(one => one.name === name)?.webhook
  // A configuration that has just come no longer has it. It stays due, for whoever has it.
  if (!webhook) return false
  const problem = await postSigned(webhook, { id: idOf(notice), body: notice.body, atMs: now() }, fetch)
  const end = { triedAtMs: now(), ...(problem !== undefined && failureOf(notice, problem)) }
  tell(notice, end, how)
  await unlessStoreFails(notices.tried(notice, end), undefined)
  return problem === undefined
}

function failureOf(notice: DueNotice, problem: string): Pick<NoticeTry, 'problem' | 'nextTryAtMs'> {
  const { nextTryAtMs } = notice
  const isGivenUp = problem === GONE || isTooLate(nextTryAtMs, notice)
  return { problem, ...(!isGivenUp && { nextTryAtMs }) }
}

/** One line when a webhook begins to fail, and one when it takes notices again; and one for each that is given up. */
function tell({ name, runId }: DueNotice, { problem, nextTryAtMs }: NoticeTry, { failing, logger }: Posting): void {
  const wasFailing = failing.has(name)
  if (problem === undefined) {
    failing.delete(name)
    if (wasFailing) logger().info('notices are delivered again', { notice: name })
    return
  }
  failing.add(name)
  if (nextTryAtMs === undefined)
    logger().warn('a notice was given up: the webhook was not told of the end of a run', {
      notice: name,
      run: runId,
      problem,
    })
  else if (!wasFailing) logger().warn('notices cannot be delivered, and are tried again', { notice: name, problem })
}

/** The same for all tries, so that a receiver can drop repeats; no dots, which separate the parts of what is signed. */
function idOf({ runKey, name, endedAtMs }: NoticeKey): string {
  return `msg_${createHash('sha256').update(`${runKey} ${name} ${endedAtMs}`).digest('hex').slice(0, 32)}`
}
