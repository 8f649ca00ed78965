/**
 * Reads a generateContent request. Shapes: the Gemini API reference, "Generating content".
 *
 * @module
 */
import {
  type Ask,
  type Json,
  pictureSegment,
  type SeenCall,
  type Segment,
  type SignatureSeen,
  segmentOf,
  type ToolChoice,
  type Turn,
  toolSegments,
} from '../ask.ts'
import type { Reading } from '../dialect.ts'
import { type Loose, limitOf, listOf, recordOf, textOf } from '../loose.ts'
import { stopsOf } from '../stop.ts'
import type { GoogleContent } from './content.ts'
import { ruleRefusal } from './rules.ts'

/** A picture of up to 384 pixels a side, or a tile of a larger one. */
const IMAGE_TOKENS = 258
/** What Google documents for calls that another model made: accepted without a proof. */
const SKIPS_VALIDATION = 'skip_thought_signature_validator'

export interface GoogleReading {
  readonly model: string
  readonly stream: boolean
  readonly canThink: boolean
}

export function readGenerateRequest(raw: unknown, { model, stream, canThink }: GoogleReading): Reading {
  const body = recordOf(raw)
  if (!Array.isArray(body.contents) || body.contents.length === 0)
    return { refusal: { kind: 'bad-value', parameter: 'contents', expected: 'at least one content' } }
  const contents = listOf(body.contents).map(content => ({ role: textOf(content.role), parts: listOf(content.parts) }))
  const refusal = ruleRefusal(body, contents, model)
  if (refusal) return { refusal }
  const unsigned = unsignedCall(model, contents)
  if (canThink && unsigned) return { refusal: { kind: 'missing-signature', ...unsigned } }
  const config = recordOf(body.generationConfig)
  const thinking = recordOf(config.thinkingConfig)
  const system = listOf(recordOf(body.systemInstruction).parts).map(part => textOf(part.text))
  const ask: Ask = {
    model,
    stream,
    wantsUsage: true,
    system: system.join('\n'),
    firstUserText: firstUserText(contents),
    segments: [
      ...toolSegments(body.tools),
      ...system.map(text => segmentOf(`system ${text}`)),
      ...contents.map(contentSegment),
    ],
    turns: turnsOf(contents),
    called: contents.flatMap(calledIn),
    signatures: contents.flatMap(signaturesOf),
    tools: offeredTools(body.tools),
    toolChoice: toolChoiceOf(recordOf(recordOf(body.toolConfig).functionCallingConfig)),
    schema: schemaOf(config),
    maxOutput: limitOf(config.maxOutputTokens),
    stops: stopsOf(config.stopSequences),
    thinks: canThink && thinking.thinkingBudget !== 0,
    showsThinking: thinking.includeThoughts === true,
  }
  return { ask }
}

function offeredTools(tools: Json | undefined): Ask['tools'] {
  const declarations = listOf(tools).flatMap(tool => listOf(tool.functionDeclarations))
  const noArguments = { type: 'object' }
  return declarations.map(({ name, parameters, parametersJsonSchema }) => ({
    name: textOf(name),
    inputSchema: parameters ?? parametersJsonSchema ?? noArguments,
  }))
}

function contentSegment({ role, parts }: GoogleContent): Segment {
  const own = parts.filter(isPicture)
  const pictures = [...own, ...parts.flatMap(part => resultParts(part).filter(isPicture))]
  const text = `${role} ${parts
    .filter(part => !own.includes(part))
    .map(partText)
    .join('\n')}`
  return pictureSegment(text, pictures, IMAGE_TOKENS)
}

function isPicture(part: Loose): boolean {
  return Boolean(part.inlineData ?? part.fileData)
}

/** A tool may give pictures beside its response. */
function resultParts({ functionResponse }: Loose): readonly Loose[] {
  return listOf(recordOf(functionResponse).parts)
}

function partText(part: Loose): string {
  if (typeof part.text === 'string') return part.text
  if (resultParts(part).length === 0) return JSON.stringify(part)
  const { parts: _, ...response } = recordOf(part.functionResponse)
  return JSON.stringify({ ...part, functionResponse: response })
}

function firstUserText(contents: readonly GoogleContent[]): string {
  const first = contents.find(content => content.role === 'user')
  return (first?.parts ?? []).map(part => textOf(part.text)).join('\n')
}

/** Calls may come without ids; then their name and place in the turn tell them apart, as they do for the vendor. */
function turnsOf(contents: readonly GoogleContent[]): Turn[] {
  return contents.flatMap(({ role, parts }, place): Turn[] => {
    const position = `contents[${place}]`
    if (role === 'model') return [{ role: 'assistant', calls: idsOf(parts, 'functionCall'), results: [], position }]
    const results = idsOf(parts, 'functionResponse')
    const tool: Turn = { role: 'tool', calls: [], results, position }
    const user: Turn = { role: 'user', calls: [], results: [], position }
    return [...(results.length > 0 ? [tool] : []), ...(parts.length > results.length ? [user] : [])]
  })
}

function calledIn({ parts }: GoogleContent, place: number): SeenCall[] {
  return parts.flatMap(({ functionCall }, at) =>
    functionCall ? [{ name: textOf(recordOf(functionCall).name), position: `contents[${place}].parts[${at}]` }] : [],
  )
}

function idsOf(parts: readonly Loose[], key: 'functionCall' | 'functionResponse'): string[] {
  const seen = new Map<string, number>()
  return parts.flatMap(part => {
    if (!part[key]) return []
    const { id, name } = recordOf(part[key])
    if (typeof id === 'string') return [id]
    const number = seen.get(textOf(name)) ?? 0
    seen.set(textOf(name), number + 1)
    return [`${textOf(name)} #${number}`]
  })
}

/** Signatures are seals here: they say themselves what they were made over. */
function signaturesOf({ parts }: GoogleContent, place: number): SignatureSeen[] {
  return parts.flatMap((part, at) => {
    const signature = textOf(part.thoughtSignature)
    if (!signature || signature === SKIPS_VALIDATION) return []
    return [{ signature, over: '', position: `contents[${place}].parts[${at}]` }]
  })
}

/** From Gemini 3 on the first call of every step of the current turn must carry a signature. */
function unsignedCall(model: string, contents: readonly GoogleContent[]) {
  if (!model.startsWith('gemini-3')) return undefined
  const asked = contents.findLastIndex(
    ({ role, parts }) => role === 'user' && !parts.some(part => part.functionResponse),
  )
  for (const [offset, { role, parts }] of contents.slice(asked + 1).entries()) {
    const call = role === 'model' ? parts.find(part => part.functionCall) : undefined
    if (call && !call.thoughtSignature)
      return { position: String(asked + 2 + offset), tool: textOf(recordOf(call.functionCall).name) }
  }
  return undefined
}

function toolChoiceOf(config: Loose): ToolChoice {
  if (config.mode === 'NONE') return 'none'
  if (config.mode !== 'ANY') return 'auto'
  const names = Array.isArray(config.allowedFunctionNames) ? config.allowedFunctionNames : []
  return names.length === 1 ? { name: textOf(names[0]) } : 'required'
}

function schemaOf(config: Loose): Json | undefined {
  if (config.responseMimeType !== 'application/json') return undefined
  return config.responseJsonSchema ?? config.responseSchema ?? true
}
