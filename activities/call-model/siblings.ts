/**
 * Calls that begin alike start one after the other: the first writes their beginning to the vendor's cache, the others read it.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { FunctionTool, Message } from '../../src/core/messages.ts'
import type { Lead } from '../../src/core/ports.ts'
import { SECONDS_WORTH } from '../../src/core/routing/ahead.ts'
import { cachesOnlyMarked } from '../../src/core/routing/cache-marks.ts'
import { USUAL } from '../../src/core/routing/measured.ts'
import { cacheTtlOf } from '../../src/core/routing/roster.ts'
import { SHARED_CHARACTERS, SHARED_TOKENS, waitForFirstMs } from '../../src/core/routing/shared-prefix.ts'
import { Interrupted, type Walk, warmTokensAt } from './walk.ts'

/**
 * Waits for the first token of a call of this worker that begins alike and is on its way to the same endpoint. Gives the lead where
 * there is none, or where it failed meanwhile; `undefined` where there is nothing to lead. Only a call that begins a transcript, or
 * forks it where nothing of it is warm, is looked at, and only a long one: of all others the beginning is warm, or not worth it.
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
  const signal = activity.cancellationSignal
  const lead = await ports.prefixes.join(`${endpoint.id} ${beginning}`, { ttlMs, atMostMs, signal })
  if (!signal.aborted) return lead
  lead?.ended()
  throw new Interrupted(walk.ended)
}

/** A digest of what the prompt begins with, as far as the vendor may have it in its cache; `undefined` where that is short. */
function beginningOf({ prepared, prompt }: Walk, endpoint: Endpoint): string | undefined {
  // There the cache ends at a mark, and of a call that begins its transcript the last message is its own.
  const shared = cachesOnlyMarked(endpoint) ? prompt.slice(0, -1) : prompt
  const text = textUpTo(SHARED_CHARACTERS, prepared.tools, shared)
  return text.length < SHARED_CHARACTERS ? undefined : createHash('sha256').update(text).digest('base64')
}

function textUpTo(characters: number, tools: readonly FunctionTool[], messages: readonly Message[]): string {
  let text = tools.length > 0 ? JSON.stringify(tools) : ''
  for (const { role, content } of messages) {
    if (text.length >= characters) break
    text += role + JSON.stringify(content)
  }
  return text.slice(0, characters)
}
