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
import { otherPackage } from './packages/dialect.ts'
import { KNOWN_PACKAGES } from './packages/known-packages.ts'

const DIALECTS: Readonly<Record<string, Dialect>> = {
  openai,
  'openai-responses': openaiResponses,
  anthropic,
  google,
  'openai-compatible': openaiCompatible,
  ...KNOWN_PACKAGES,
}

/** The protocol's own dialect; any other protocol names a package. */
export function dialectOf(protocol: Protocol): Dialect {
  return DIALECTS[protocol] ?? otherPackage
}
