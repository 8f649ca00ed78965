import { definedOnly } from '../../core/defined-only.ts'
import type { Message } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'
import { cachesOnlyMarked, markPlaces } from '../../core/routing/cache/cache-marks.ts'
import { cacheTtlOf } from '../../core/routing/cache/cache-ttl.ts'
import { LONG_TTL_MS } from '../../core/routing/cache/warmth.ts'
import type { ClassifiedError, ErrorReply, Markable, Reported } from '../dialect.ts'
import { errorFields } from '../faults/error-body.ts'
import { fit as withSystemFirst } from '../google/fit-prompt.ts'
import { countOf, listOf, recordOf } from '../json.ts'
import { classifyError } from '../openai-compatible/classify-error.ts'
import type { PackageDialect } from './dialect.ts'
import { withToolsInWords } from './tools-in-words.ts'

/** Amazon Bedrock's Converse, for the models of all its authors. Without a key its package signs by the account's own. */
export const bedrock: PackageDialect = {
  signs: 'set AWS_BEARER_TOKEN_BEDROCK, or both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  // Its package throws of system words between the turns, as Google's does.
  fit: (prompt, { tools }) => withSystemFirst(tools.length > 0 ? prompt : withToolsInWords(prompt)),
  // Converse cannot be told to call none; the package would leave out the tools, and with them all that tools have given.
  choosesItself: ({ toolChoice }) => toolChoice === 'none',
  mark,
  /** Thinking is inside: the package adds its budget. */
  outputLimit: body => countOf(recordOf(recordOf(body).inferenceConfig).maxTokens),
  storedBy: body =>
    /"cachePoint":\{[^{}]*"ttl":"1h"/.test(JSON.stringify(body)) ? 'extended cache retention is on' : undefined,
  classifyError: reply => ofTheDay(reply, classifyError(withType(reply))),
  readUsage,
  /** Its counts come behind the word for its end. */
  isLast: chunk => recordOf(chunk).metadata !== undefined,
}

/** It throttles for a day under the same type as for a minute. */
function ofTheDay({ body }: ErrorReply, classified: ClassifiedError): ClassifiedError {
  const isOfDay = /^Too many tokens per day/.test(errorFields(body).message)
  return classified.kind === 'rate-limited' && isOfDay ? { ...classified, kind: 'quota-exhausted' } : classified
}

/** An error's type stands in a header, with an address behind it; in a stream it is the name of the event. */
function withType(reply: ErrorReply): ErrorReply {
  const [type] = (reply.headers['x-amzn-errortype'] ?? '').split(':')
  return type ? { ...reply, body: { error: { ...recordOf(reply.body), type } } } : reply
}

/**
 * `metadata` of a stream, or the top of a whole body. `inputTokens` excludes what was read from or written to the cache; here
 * the parts are in the sum; a sum of nothing was not counted. `cacheDetails` says how much was written for how long.
 */
function readUsage(chunk: unknown, before: Reported): Reported {
  const fields = recordOf(chunk)
  const usage = recordOf(recordOf(fields.metadata).usage ?? fields.usage)
  const plain = countOf(usage.inputTokens)
  if (plain === undefined) return before
  const cacheReadTokens = countOf(usage.cacheReadInputTokens)
  const cacheWriteTokens = countOf(usage.cacheWriteInputTokens)
  const hour = listOf(usage.cacheDetails)
    .map(recordOf)
    .find(({ ttl }) => ttl === '1h')
  return {
    usage: definedOnly({
      inputTokens: plain + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) || undefined,
      cacheReadTokens,
      cacheWriteTokens,
      cacheWriteHourTokens: countOf(hour?.inputTokens),
      outputTokens: countOf(usage.outputTokens),
    }),
  }
}

/**
 * Claude's caches end where the prompt says so. What is marked in it by hand (`providerOptions.bedrock.cachePoint` of a message) stands
 * alone; models that are not known to have a cache are not asked for one, and refuse to be. Tools stand before the system message, and are
 * cached with it.
 */
function mark({ endpoint, caching, zdr }: Ask, plain: Markable): Markable {
  const ttlMs = cacheTtlOf(endpoint)
  const hasCache = cachesOnlyMarked(endpoint) && endpoint.price?.cacheWrite !== undefined
  if (!caching || ttlMs === 0 || !hasCache || plain.prompt.some(isMarked)) return plain
  const places = markPlaces(plain.prompt, caching.recurring)
  const point = { type: 'default', ...(ttlMs >= LONG_TTL_MS && !zdr && { ttl: '1h' }) }
  return {
    ...plain,
    prompt: plain.prompt.map((message, at) => (places.includes(at) ? marked(message, point) : message)),
  }
}

function isMarked({ providerOptions }: Message): boolean {
  return (providerOptions?.bedrock?.cachePoint ?? providerOptions?.amazonBedrock?.cachePoint) !== undefined
}

function marked<T extends Message>(message: T, cachePoint: { type: string }): T {
  const bedrock = { ...message.providerOptions?.bedrock, cachePoint: { ...cachePoint } }
  return { ...message, providerOptions: { ...message.providerOptions, bedrock } }
}
