/**
 * Refuses a definition with a key that does not exist: a misspelt `needsApproval` would be a tool that runs unasked.
 *
 * @module
 */
import type { KeysOf } from '../core/keys-of.ts'
import { SETTING_KEYS } from '../core/settings/setting-keys.ts'
import { didYouMean, thereAre } from '../core/words/did-you-mean.ts'
import { nearest } from '../core/words/nearest.ts'

export type { KeysOf }

/** What the AI SDK, OpenAI's Agents SDK, LangGraph and Mastra call what is here: no letters of it are near. */
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
 * The compiler finds such a key where a definition is written out; it does not where one is put together, nor in JavaScript.
 *
 * @throws TypeError that names the key and the nearest that exists.
 */
export function refuseUnknown<Definition extends object>(
  owner: string,
  definition: Definition,
  keys: KeysOf<Definition>,
): void {
  const known = Object.keys(keys)
  const unknown = Object.keys(definition).find(key => !known.includes(key))
  if (unknown === undefined) return
  const advice = didYouMean(meant(unknown, known), thereAre(known.toSorted()))
  throw new TypeError(`${owner} has '${unknown}', which does not exist${advice}`)
}

function meant(unknown: string, known: readonly string[]): string | undefined {
  const theirs = Object.hasOwn(OTHERS_WORDS, unknown) ? OTHERS_WORDS[unknown]! : []
  return [theirs].flat().find(name => known.includes(name)) ?? nearest(unknown, known)
}
