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
 * `on requests per min (RPM)` and the type `requests` (OpenAI, Groq), `rate limit of 50 requests per minute` (Anthropic), `exceeded call rate
 * limit` (Azure), `Crossed TPM / RPM / Max Parallel Request Limit` (LiteLLM, whichever it was).
 */
const REQUESTS = /\brequests per (?:sec|min|hour|day)|\bcall rate limit|ContentRequestsPer|\bRP[MD]\b|^requests$/i

/**
 * `on tokens per min (TPM)` and the type `tokens` (OpenAI, Groq), `rate limit of 40,000 input tokens per minute` and
 * `Number of request tokens has exceeded your per-minute rate limit` (Anthropic),
 * `GenerateContentInputTokensPerModelPerMinute` (Google), `Too many tokens` (Bedrock), `exceeded token rate limit` (Azure).
 */
const TOKENS = /\btokens? (?:per|rate|limit|has exceeded)|too many tokens|TokensPer|\bTPM\b|^tokens$/i

/** `undefined`: requests, or nobody knows. */
export function limitedBy({ code = '', type = '' }: ClassifiedError, reply: ErrorReply): Evidence['limitedBy'] {
  const fields = errorFields(reply.body)
  const said = [code, type, vendorsWords(fields.message), vendorsWords(handedOnMessage(fields))]
  if (said.some(words => REQUESTS.test(words))) return undefined
  if (said.some(words => CONCURRENCY.test(words))) return 'concurrency'
  return said.some(words => TOKENS.test(words)) || isOutOfTokens(reply.headers) ? 'tokens' : undefined
}

/** Where the words do not tell: no tokens are left of the minute, and requests are, as OpenAI's and Anthropic's headers say it. */
function isOutOfTokens(headers: ErrorReply['headers']): boolean {
  const isNone = (name: string) => headers[name]?.trim() === '0'
  return LEFT.some(isNone) && !LEFT_REQUESTS.some(isNone)
}

const LEFT_REQUESTS = ['x-ratelimit-remaining-requests', 'anthropic-ratelimit-requests-remaining'] as const

const LEFT = [
  'x-ratelimit-remaining-tokens',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-input-tokens-remaining',
  'anthropic-ratelimit-output-tokens-remaining',
] as const
