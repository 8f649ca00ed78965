/**
 * What stands beside a call's messages, where vendors count it and keep a prompt by it: its tools and its reasoning.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { FunctionTool } from '../../src/core/messages.ts'
import { knownBeside } from '../../src/core/routing/warmth.ts'
import type { Prepared } from './prepared.ts'

/** 36 bits: two lists that share one cost a plan or a reservation that is off, once in some ten thousand million. */
const DIGEST_CHARACTERS = 6

/** Of their names, their words and their schemas, in their order. */
export function digestOf(tools: readonly FunctionTool[]): string {
  if (tools.length === 0) return '-'
  return createHash('sha256').update(JSON.stringify(tools)).digest('base64url').slice(0, DIGEST_CHARACTERS)
}

/** What the run knows of the call's prompt as it is sent in this class, with the digest of what stands beside it. */
export function knownIn({
  input,
  taskClass,
  toolsDigest,
}: Pick<Prepared, 'input' | 'taskClass' | 'toolsDigest'>): Pick<Prepared, 'beside' | 'known'> {
  const { reasoning = '' } = { ...taskClass, ...input.settings }
  const beside = `${toolsDigest}${reasoning.slice(0, 2)}`
  const known = knownBeside(input.memory.known, beside)
  return { beside, ...(known && { known }) }
}
