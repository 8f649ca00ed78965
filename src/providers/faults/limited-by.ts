/**
 * What a 429 says there is too much of.
 *
 * @module
 */
import type { Evidence } from '../../core/faults/fault.ts'
import type { ClassifiedError, ErrorReply } from '../dialect.ts'
import { errorFields, handedOnMessage } from './error-body.ts'
import { vendorsWords } from './vendors-words.ts'

/**
 * `Number of concurrent connections has exceeded your rate limit` (Anthropic), `request reached organization max concurrency: 3` (Moonshot),
 * `High concurrency usage of this API`, `并发数过高` (Zhipu), `Max parallel request limit reached` (LiteLLM).
 */
const CONCURRENCY = /concurren|parallel request|simultaneous|并发/i

/**
 * `on tokens per min (TPM)` and the type `tokens` (OpenAI, Groq), `rate limit of 40,000 input tokens per minute` (Anthropic),
 * `GenerateContentInputTokensPerModelPerMinute` (Google), `Too many tokens` (Bedrock), `exceeded token rate limit` (Azure).
 */
const TOKENS = /\btokens? (?:per|rate|limit)|too many tokens|TokensPer|\bTPM\b|^tokens$/i

/** `undefined`: requests, or nobody knows. */
export function limitedBy({ code = '', type = '' }: ClassifiedError, reply: ErrorReply): Evidence['limitedBy'] {
  const fields = errorFields(reply.body)
  const said = [code, type, vendorsWords(fields.message), vendorsWords(handedOnMessage(fields))]
  if (said.some(words => CONCURRENCY.test(words))) return 'concurrency'
  return said.some(words => TOKENS.test(words)) || isOutOfTokens(reply.headers) ? 'tokens' : undefined
}

/** Where the words do not tell: no tokens are left of the minute, as OpenAI's and Anthropic's headers say it. */
function isOutOfTokens(headers: ErrorReply['headers']): boolean {
  return LEFT.some(name => headers[name]?.trim() === '0')
}

const LEFT = [
  'x-ratelimit-remaining-tokens',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-input-tokens-remaining',
  'anthropic-ratelimit-output-tokens-remaining',
] as const
