/**
 * Removes what a vendor repeats of the request: no fault and no record may contain a key, a header or a word of the prompt, even
 * if an error has one in place of its code.
 *
 * @module
 */
import { textsOf } from '../../core/content/texts.ts'
import { definedOnly } from '../../core/defined-only.ts'
import type { ProviderSettings } from '../../core/endpoints.ts'
import type { Ask, ReplyAnswer, ReplyFault } from '../../core/ports.ts'

/** Shorter words, such as `none` or a status, give nothing away. */
const LEAST_LENGTH = 6

const HIDDEN = '[hidden]'

/** The fields whose words a vendor chooses. */
const CHOSEN = ['code', 'type', 'parameter', 'requestId'] as const

export function withoutSaidBack<Reply extends ReplyAnswer | ReplyFault>(
  reply: Reply,
  ask: Ask,
  settings: ProviderSettings,
): Reply {
  const evidence = reply.kind === 'fault' ? reply.fault.evidence : {}
  const chosen = [reply.requestId, ...CHOSEN.map(name => evidence[name])].filter(word => word !== undefined)
  const saidBack = new Set(chosen.filter(word => isOfRequest(word, ask, settings)))
  if (saidBack.size === 0) return reply
  const hide = (word: string | undefined) => (word !== undefined && saidBack.has(word) ? HIDDEN : word)
  const hidden = { ...reply, ...definedOnly({ requestId: hide(reply.requestId) }) }
  if (reply.kind !== 'fault') return hidden
  const message = [...saidBack].reduce((text, word) => text.replaceAll(word, HIDDEN), reply.fault.message)
  const words = definedOnly(Object.fromEntries(CHOSEN.map(name => [name, hide(evidence[name])])))
  return { ...hidden, fault: { ...reply.fault, message, evidence: { ...evidence, ...words } } }
}

/** Whether the word is a key, a header or in a text of the prompt. Only texts are searched: names of parameters stand in tools too. */
function isOfRequest(word: string, { prompt, endpoint }: Ask, { apiKey = '', headers }: ProviderSettings): boolean {
  if (word.length < LEAST_LENGTH || word === endpoint.upstream) return false
  const secrets = [apiKey, ...Object.values(headers)].filter(secret => secret.length >= LEAST_LENGTH)
  if (secrets.some(secret => word.includes(secret) || secret.includes(word))) return true
  return textsOf(prompt).some(text => text.includes(word))
}
