/**
 * What a call sends beside its messages: its tools, its answer's schema, its reasoning, and options for single vendors. Vendors count
 * these as part of the prompt, and their caches depend on them.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { FunctionTool } from '../../../src/core/messages.ts'
import { knownBeside } from '../../../src/core/routing/cache/warmth.ts'
import type { Prepared } from './prepared.ts'

/** 36 bits: two lists with one digest, a chance of one in tens of billions, make a plan or a reservation inexact. */
const DIGEST_CHARACTERS = 6

/** A digest of the tools as vendors are told of them: names, descriptions and schemas, in order. */
export function digestOf(tools: readonly FunctionTool[]): string {
  return tools.length === 0 ? '-' : digest(JSON.stringify(tools))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARACTERS)
}

/** What the run knows of the call's prompt as it is sent in this class, with the digest of what stands beside it. */
export function knownIn({
  input,
  taskClass,
  toolsDigest,
}: Pick<Prepared, 'input' | 'taskClass' | 'toolsDigest'>): Pick<Prepared, 'beside' | 'known'> {
  const { reasoning = '', providerOptions = {} } = { ...taskClass, ...input.settings }
  // All options count, because vendors add new ones all the time. To take two prompts for the same that are not costs more than
  // the other mistake: a prompt of 61,000 tokens at $3 a million is then planned 16 to 21 cents too cheap, while a needless
  // difference makes one plan too careful. The choice of tools counts too: under another one, Claude reads no messages from its
  // cache (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
  const options = Object.keys(providerOptions).length === 0 ? '' : JSON.stringify(providerOptions)
  const more = options + (input.toolChoice ?? '') + (input.schema ?? '')
  const named = more === '' ? toolsDigest : digest(toolsDigest + more)
  const beside = `${named}${reasoning.slice(0, 2)}`
  const known = knownBeside(input.memory.known, beside)
  return { beside, ...(known && { known }) }
}
