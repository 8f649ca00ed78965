/**
 * Gemini's generateContent and streamGenerateContent.
 *
 * @module
 */
import type { Arrival, Dialect } from '../dialect.ts'
import type { Refusal } from '../refusal.ts'
import { createContentBatches } from './batches.ts'
import { generateError } from './errors.ts'
import { readGenerateRequest } from './read-request.ts'
import { BLOCKED_PROMPT, writeGenerateStream, writeGenerateWhole } from './write-reply.ts'

const MODEL_PATH = /^\/v1beta\/models\/(.+):(generateContent|streamGenerateContent)$/

export function createGoogleDialect(): Dialect {
  return {
    basePath: '/v1beta',
    modelPath: '/v1beta/models/<model>:generateContent',
    requestIdHeader: 'x-request-id',
    toolOrder: 'next-turn',
    leastOutput: 1,
    spelling: { name: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/ },
    cacheMode: 'all',
    countsWrites: false,
    retryAfterIn: 'body',
    isModelPath: path => MODEL_PATH.test(path),
    keyOf: apiKeyOf,
    modelOf: (_body, arrival) => placeOf(arrival).model,
    read: (body, arrival, canThink) => readGenerateRequest(body, { ...placeOf(arrival), canThink }),
    refuse,
    writeWhole: writeGenerateWhole,
    writeStream: writeGenerateStream,
    batches: createContentBatches(),
  }
}

function placeOf({ path }: Arrival): { model: string; stream: boolean } {
  const [, model = '', verb] = MODEL_PATH.exec(path) ?? []
  return { model: decoded(model), stream: verb === 'streamGenerateContent' }
}

/** As it came where it is no encoding of anything: then it is the name of no model. */
function decoded(model: string): string {
  try {
    return decodeURIComponent(model)
  } catch {
    return model
  }
}

function apiKeyOf({ headers, query }: Arrival): string | undefined {
  const key = headers['x-goog-api-key']
  return typeof key === 'string' ? key : (query.get('key') ?? undefined)
}

function refuse(refusal: Refusal) {
  return refusal.kind === 'content-filter' ? { status: 200, body: BLOCKED_PROMPT } : generateError(refusal)
}
