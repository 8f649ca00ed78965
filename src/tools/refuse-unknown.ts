/**
 * Refuses unknown keys in definitions and options. With a misspelt `needsApproval`, for example, a tool would run without approval.
 *
 * @module
 */
import type { KeysOf } from '../core/keys-of.ts'
import { SETTING_KEYS } from '../core/settings/setting-keys.ts'
import { didYouMean, thereAre } from '../core/words/did-you-mean.ts'
import { nearest } from '../core/words/nearest.ts'

export type { KeysOf }

/** Keys of the AI SDK, OpenAI's Agents SDK, LangGraph and Mastra, and what they are called here. Their spelling is too different to guess. */
const OTHERS_WORDS: Readonly<Record<string, string | readonly string[]>> = {
  execute: 'run',
  func: 'run',
  inputSchema: 'input',
  parameters: 'input',
  id: 'name',
  model: 'taskClass',
  system: 'instructions',
  systemPrompt: 'instructions',
  prompt: ['instructions', 'input'],
  messages: 'input',
  metadata: 'labels',
  threadId: 'id',
  maxSteps: 'limits',
  maxTurns: 'limits',
  stopWhen: 'limits',
  modelSettings: 'settings',
  ...Object.fromEntries(Object.keys(SETTING_KEYS).map(key => [key, 'settings'])),
  output: 'schema',
  outputType: 'schema',
  responseFormat: 'schema',
  handoffs: 'agents',
  subagents: 'agents',
}

/**
 * Refuses an object with a key that is not in `keys`. TypeScript finds such keys only in object literals, and in JavaScript nobody does.
 *
 * @param owner - Begins the message, e.g. "Tool 'look_up'".
 * @param advice - Ends it, if no existing key was probably meant.
 * @throws TypeError that names the key and the existing one that was probably meant.
 */
export function refuseUnknown<Definition extends object>(
  owner: string,
  definition: Definition,
  keys: KeysOf<Definition>,
  advice?: string,
): void {
  const known = Object.keys(keys)
  const unknown = Object.keys(definition).find(key => !known.includes(key))
  if (unknown === undefined) return
  const otherwise = [thereAre(known.toSorted()), advice].filter(text => text !== undefined).join('; ')
  throw new TypeError(`${owner} has '${unknown}', which does not exist${didYouMean(meant(unknown, known), otherwise)}`)
}

function meant(unknown: string, known: readonly string[]): string | undefined {
  const theirs = Object.hasOwn(OTHERS_WORDS, unknown) ? OTHERS_WORDS[unknown]! : []
  return [theirs].flat().find(name => known.includes(name)) ?? nearest(unknown, known)
}
