/**
 * Which folder speaks which protocol. The packages themselves load when a model is first asked.
 *
 * @module
 */
import type { Protocol } from '../core/endpoints.ts'
import { anthropic } from './anthropic/dialect.ts'
import type { Dialect } from './dialect.ts'
import { google } from './google/dialect.ts'
import { openai } from './openai/dialect.ts'
import { openaiCompatible } from './openai-compatible/dialect.ts'
import { openaiResponses } from './openai-responses/dialect.ts'
import { packageDialect } from './packages/dialect.ts'

const DIALECTS: Readonly<Record<string, Dialect>> = {
  openai,
  'openai-responses': openaiResponses,
  anthropic,
  google,
  'openai-compatible': openaiCompatible,
}

/** The protocol's own dialect; any other protocol names an `@ai-sdk/*` package. */
export function dialectOf(protocol: Protocol): Dialect {
  return DIALECTS[protocol] ?? packageDialect
}
