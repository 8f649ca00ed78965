/**
 * Calls that begin alike start one after the other: the first writes their beginning to the vendor's cache, the others read it.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { FunctionTool, Message } from '../../../src/core/messages.ts'
import type { Lead } from '../../../src/core/ports.ts'
import { cachesOnlyMarked } from '../../../src/core/routing/cache/cache-marks.ts'
import { cacheTtlOf } from '../../../src/core/routing/cache/cache-ttl.ts'
import { SHARED_CHARACTERS, SHARED_TOKENS, waitForFirstMs } from '../../../src/core/routing/cache/shared-prefix.ts'
import { SECONDS_WORTH } from '../../../src/core/routing/call/call-ahead.ts'
import { USUAL } from '../../../src/core/routing/health/measured.ts'
import { waitUnlessTold } from '../../told-to-end.ts'
import { interruptWait } from '../walk/records.ts'
import { type Walk, warmTokensAt } from '../walk/walk.ts'

/**
 * Lets one call write a prompt's beginning to the vendor's cache, so that the others that begin alike can read it there. If
 * another call of this worker with the same beginning is on its way to this endpoint, waits for its first token and returns
 * `undefined`. It returns that too when the worker is told to end meanwhile. If there is no such call, or it fails meanwhile, returns the
 * lead: the others wait for this call.
 *
 * Only calls with a long prompt take part that begin a transcript, or fork one of which nothing is warm. For all others the
 * beginning is warm already, or not worth the wait.
 */
export async function leadOrWait(walk: Walk, endpoint: Endpoint): Promise<Lead | undefined> {
  const { ports, prepared, plan, activity } = walk
  const { known } = prepared
  const { sumsUpFor } = prepared.input
  const ttlMs = cacheTtlOf(endpoint)
  if (ttlMs === 0 || plan.promptTokens < SHARED_TOKENS || sumsUpFor !== undefined) return undefined
  if (known && !(known.forked && warmTokensAt(walk, endpoint, ports.now()) === 0)) return undefined
  const beginning = beginningOf(walk, endpoint)
  if (beginning === undefined) return undefined
  const { secondsWorth = SECONDS_WORTH } = prepared.taskClass
  const { firstTokenMs } = ports.health.of(endpoint.id).measured ?? USUAL
  const atMostMs = waitForFirstMs({ price: endpoint.price, secondsWorth, firstTokenMs })
  const lead = await waitUnlessTold(activity, ports, signal =>
    ports.prefixes.join(`${endpoint.id} ${beginning}`, { ttlMs, atMostMs, signal }),
  )
  if (!activity.cancellationSignal.aborted) return lead
  lead?.ended()
  return interruptWait(walk)
}

/** A digest of the prompt's beginning, as far as others may share it; `undefined` if that is short. */
function beginningOf({ prepared, prompt }: Walk, endpoint: Endpoint): string | undefined {
  // Such a cache ends at a mark. In a call that begins its transcript, the last message is not shared with others.
  const shared = cachesOnlyMarked(endpoint) ? prompt.slice(0, -1) : prompt
  const text = textOf(prepared.tools, shared)
  return text.length < SHARED_CHARACTERS ? undefined : createHash('sha256').update(text).digest('base64')
}

/** No longer than is compared. */
function textOf(tools: readonly FunctionTool[], messages: readonly Message[]): string {
  let text = tools.length > 0 ? JSON.stringify(tools) : ''
  for (const { role, content } of messages) {
    if (text.length >= SHARED_CHARACTERS) break
    text += role + JSON.stringify(content)
  }
  return text.slice(0, SHARED_CHARACTERS)
}
