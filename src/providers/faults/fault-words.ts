/**
 * Our own sentences about faults: what happened, at which endpoint, what to do. They hold codes and numbers, never a
 * key and never content.
 *
 * @module
 */
import type { AttemptFaultKind, Evidence, Fault } from '../../core/faults/fault.ts'
import { countOf } from '../../core/words/count-of.ts'
import { formatDuration } from '../../core/words/format-duration.ts'
import { own } from '../json.ts'

const WORDS: Readonly<Record<AttemptFaultKind, readonly [happened: string, advice: string]>> = {
  'rate-limited': [
    'was rate limited',
    'Add another model to the class, or let its calls wait longer with `outlast`; have the vendor raise the limit if this happens often.',
  ],
  overloaded: ['is overloaded or failing', 'It is asked again later; check the vendor’s status page if it persists.'],
  unreachable: ['could not be reached', 'Check its base URL, the network, DNS and TLS.'],
  'timed-out': [
    'did not answer in time',
    'If it is slow by nature, raise the deadline under `timeouts` of its provider.',
  ],
  'cut-off': [
    'stopped in the middle of its answer',
    'If it persists, check what lies between, such as proxies that cut off long answers, and add another model to the class.',
  ],
  'malformed-reply': ['sent something that is not an answer in its protocol', 'Check its protocol and base URL.'],
  unauthenticated: ['refused the key', 'Check the key of this provider and its rights.'],
  'quota-exhausted': ['says that its quota or balance is used up', 'Check the plan and billing at the vendor.'],
  'context-too-long': ['cannot take a prompt of this length', 'Use a class with a larger context window.'],
  unsupported: ['lacks something that was asked for', 'Correct its abilities in the configuration.'],
  refused: ['refused because of its content policy', 'Change the prompt, or let the class reroute refusals.'],
  'invalid-request': [
    'rejected the request as invalid',
    'Compare its base URL, protocol, model id and options with the vendor’s documentation.',
  ],
  cancelled: ['was cancelled', 'Nothing needs to be done.'],
}

/** OpenAI's models that reason, under a name that does not say so. */
const OTHER_LIMIT =
  'If it is a model of OpenAI’s, call it openai/gpt-… with the id on the wire as its `upstream`, or give its provider `protocol: openai-responses`.'

/** Nobody was there: one that is slow by nature connects as fast as any other. */
const UNCONNECTED =
  'Check its base URL and the network: a firewall may drop what goes out, or want it by a proxy (HTTPS_PROXY). If it is far away, raise `timeouts.connect` of its provider.'

/** Where the parameter says what else to do than to correct an ability. */
const NEXT: Readonly<Record<string, string>> = {
  max_tokens: OTHER_LIMIT,
  credits: 'Add credit at the vendor, or ask for less at once, for example with `maxOutputTokens` of the class.',
  output_tokens: 'Set `maxOutput` of the model to how much it gives at once.',
  tokens_per_minute: 'Have the vendor raise its limit of tokens per minute, or ask for less at once.',
}

/**
 * Puts a fault into words.
 *
 * @param where - The endpoint's id.
 * @param detail - More of what happened: our words or a vendor's template without content.
 */
export function faultOf(where: string, kind: AttemptFaultKind, evidence: Evidence = {}, detail?: string): Fault {
  const [happened, advice] = WORDS[kind]
  const seen = [
    evidence.status !== undefined && `status ${evidence.status}`,
    evidence.code !== undefined && `code ${evidence.code}`,
    evidence.code === undefined && evidence.type !== undefined && `type ${evidence.type}`,
    evidence.parameter !== undefined && `parameter ${evidence.parameter}`,
    evidence.mostOutputTokens !== undefined && `at most ${countOf(evidence.mostOutputTokens, 'token')} of output`,
    evidence.deadline !== undefined && `${evidence.deadline} deadline`,
    evidence.transport,
    evidence.retryAfterMs !== undefined && `retry after ${formatDuration(evidence.retryAfterMs)}`,
  ].filter(Boolean)
  const facts = [seen.join(', '), detail].filter(Boolean).join('; ')
  const told = kind === 'unsupported' ? own(NEXT, evidence.parameter) : undefined
  const next = evidence.deadline === 'connect' ? UNCONNECTED : (told ?? advice)
  return { kind, message: `${where} ${happened}${facts ? ` (${facts})` : ''}. ${next}`, evidence }
}
