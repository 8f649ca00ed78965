/**
 * What Gemini refuses beyond the tool loop. The sentences are the API's.
 *
 * @module
 */
import { type Loose, listOf, recordOf } from '../loose.ts'
import { googlePictureFlaw } from '../pictures.ts'
import { type Refusal, rule } from '../refusal.ts'
import type { GoogleContent } from './content.ts'

const ROLES: readonly string[] = ['', 'user', 'model', 'function']

/** The first rule that a request breaks. */
export function ruleRefusal(body: Loose, contents: readonly GoogleContent[], model: string): Refusal | undefined {
  for (const [place, content] of contents.entries()) {
    const found = contentRule(content, place) ?? turnRule(content, contents[place - 1])
    if (found) return rule(found)
  }
  return bothRule(body, model) ?? penaltyRule(recordOf(body.generationConfig), model)
}

function contentRule({ role, parts }: GoogleContent, place: number): string | undefined {
  if (!ROLES.includes(role)) return 'Please use a valid role: user, model.'
  const at = `* GenerateContentRequest.contents[${place}].parts`
  if (parts.length === 0) return `${at}: contents.parts must not be empty.`
  const empty = parts.findIndex(part => Object.keys(part).every(key => key.startsWith('thought')))
  if (empty < 0) return pictureRule(parts)
  return `${at}[${empty}].data: required oneof field 'data' must have one initialized field`
}

function pictureRule(parts: readonly Loose[]): string | undefined {
  const shown = parts.flatMap(part => [part, ...listOf(recordOf(part.functionResponse).parts)])
  return shown.map(({ inlineData }) => googlePictureFlaw(recordOf(inlineData))).find(found => found !== undefined)
}

/** Calls answer somebody: a user, or the results of calls before. */
function turnRule({ role, parts }: GoogleContent, before: GoogleContent | undefined): string | undefined {
  const calls = role === 'model' && parts.some(part => part.functionCall)
  return calls && (before === undefined || before.role === 'model')
    ? 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
    : undefined
}

/** Up to Gemini 2.5 it is tools or JSON. */
function bothRule({ generationConfig, tools }: Loose, model: string): Refusal | undefined {
  const isOlder = /^gemini-[12]\b/.test(model)
  const wantsJson = recordOf(generationConfig).responseMimeType === 'application/json'
  if (!isOlder || !wantsJson || !listOf(tools).some(tool => listOf(tool.functionDeclarations).length > 0))
    return undefined
  return rule("Function calling with a response mime type: 'application/json' is unsupported")
}

/** Gemini 2.5 knows none, and minds none of 0. */
function penaltyRule({ presencePenalty, frequencyPenalty }: Loose, model: string): Refusal | undefined {
  if (!model.startsWith('gemini-2.5') || !(presencePenalty || frequencyPenalty)) return undefined
  return rule(`Penalty is not enabled for models/${model}`)
}
