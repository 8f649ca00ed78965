/**
 * What is known of packages that are no dependency of ours: which format each speaks, and where it counts what was used.
 *
 * @module
 */
import { anthropic } from '../anthropic/dialect.ts'
import type { Dialect } from '../dialect.ts'
import { google } from '../google/dialect.ts'
import { openai } from '../openai/dialect.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import { bedrock } from './bedrock.ts'
import { cohere } from './cohere.ts'
import { packaged } from './dialect.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { modelBehindArn } from './model-behind-arn.ts'
import { openrouter } from './openrouter.ts'
import { xai } from './xai.ts'

const VERTEX_SIGNS =
  'set GOOGLE_APPLICATION_CREDENTIALS to the path of a file of credentials, run on a machine at Google that has a service account, or log in with `gcloud auth application-default login`'

/** By the package's name, which is the protocol's too. */
export const KNOWN_PACKAGES: Readonly<Record<string, Dialect>> = {
  '@ai-sdk/amazon-bedrock': packaged(bedrock, { model: modelBehindArn }),
  // Its own default is Responses, which Azure keeps unless told otherwise.
  '@ai-sdk/azure': packaged(openai, { model: (provider, id) => (provider.chat ?? provider.languageModel)(id) }),
  '@ai-sdk/cerebras': packaged(openaiCompatible, { asksNoUsage: true }),
  '@ai-sdk/cohere': packaged(cohere),
  '@ai-sdk/deepinfra': packaged(openaiCompatible, { asksNoUsage: true }),
  // Vertex takes the formats of both, signed by the account's own credentials.
  '@ai-sdk/google-vertex': packaged({ ...google, signs: VERTEX_SIGNS }),
  '@ai-sdk/google-vertex/anthropic': packaged({ ...anthropic, signs: VERTEX_SIGNS }),
  '@ai-sdk/groq': packaged(groq),
  '@ai-sdk/mistral': packaged(mistral),
  '@ai-sdk/togetherai': packaged(openaiCompatible),
  '@ai-sdk/xai': packaged(xai),
  // `strict` asks for the usage of streams, and the body for its cost.
  '@openrouter/ai-sdk-provider': packaged(openrouter, {
    settings: { compatibility: 'strict', extraBody: { usage: { include: true } } },
  }),
}
