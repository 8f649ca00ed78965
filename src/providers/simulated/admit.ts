/**
 * The rules that every vendor has and clients break: whether a request that could be read may be answered.
 *
 * @module
 */
import type { Ask, OfferedTool, Turn } from './ask.ts'
import type { Dialect, Spelling, ToolOrder } from './dialect.ts'
import { isRecord } from './loose.ts'
import type { Refusal } from './refusal.ts'
import type { ModelSettings } from './script.ts'
import type { Signer } from './signatures.ts'

export interface Admission {
  readonly ask: Ask
  readonly model: ModelSettings
  readonly inputTokens: number
  readonly dialect: Dialect
  readonly signer: Signer
}

/** The first rule that the request breaks. */
export function refusalOf({ ask, model, inputTokens, dialect, signer }: Admission): Refusal | undefined {
  const { maxOutput, contextWindow } = model
  const { maxOutput: asked = maxOutput } = ask
  if (asked > maxOutput) return { kind: 'max-tokens', model: ask.model, asked, most: maxOutput }
  if (!Number.isInteger(asked) || asked < dialect.leastOutput)
    return { kind: 'too-few-tokens', asked, least: dialect.leastOutput }
  if (inputTokens > contextWindow) return { kind: 'context-too-long', tokens: inputTokens, window: contextWindow }
  return (
    toolsRefusal(ask, dialect.spelling) ??
    callsRefusal(ask, dialect.spelling) ??
    loopRefusal(ask.turns, dialect.toolOrder) ??
    signatureRefusal(ask, signer)
  )
}

function toolsRefusal(ask: Ask, spelling: Spelling): Refusal | undefined {
  for (const [index, tool] of ask.tools.entries()) {
    if (!spelling.name.test(tool.name)) return { kind: 'bad-tool-name', index }
    const found = schemaFlaw(tool)
    if (found) return { kind: 'bad-tool-schema', index, tool: tool.name, found }
  }
  if (ask.schema === undefined || ask.schema === true || isRecord(ask.schema)) return undefined
  return { kind: 'bad-answer-schema', name: 'response', found: typeof ask.schema }
}

/** What a model made up stays in the prompt, and is held against the same rule as what is offered. */
function callsRefusal({ called }: Ask, { name: nameTaken, callId: idTaken }: Spelling): Refusal | undefined {
  for (const { id, name, position } of called) {
    if (!nameTaken.test(name)) return { kind: 'bad-called-name', position }
    if (id !== undefined && idTaken && !idTaken.test(id)) return { kind: 'bad-call-id', position, length: id.length }
  }
  return undefined
}

/** What stands where `"object"` should, or `undefined` for a schema that is one. */
function schemaFlaw({ inputSchema }: OfferedTool): string | undefined {
  if (!isRecord(inputSchema)) return JSON.stringify(inputSchema) ?? 'None'
  if (inputSchema.type === 'object' || inputSchema.type === 'OBJECT') return undefined
  return inputSchema.type === undefined ? 'None' : JSON.stringify(inputSchema.type)
}

function loopRefusal(turns: readonly Turn[], order: ToolOrder): Refusal | undefined {
  return order === 'anywhere' ? anywhereRefusal(turns) : nextTurnRefusal(turns)
}

function anywhereRefusal(turns: readonly Turn[]): Refusal | undefined {
  const called = new Set<string>()
  const answered = new Set(turns.flatMap(turn => turn.results))
  for (const turn of turns) {
    for (const id of turn.calls) called.add(id)
    const orphan = turn.results.find(id => !called.has(id))
    if (orphan !== undefined) return { kind: 'orphan-result', callId: orphan, position: turn.position }
    const callIds = turn.calls.filter(id => !answered.has(id))
    if (callIds.length > 0) return { kind: 'missing-result', callIds, position: turn.position }
  }
  return undefined
}

function nextTurnRefusal(turns: readonly Turn[]): Refusal | undefined {
  let open = new Set<string>()
  let openAt = ''
  for (const turn of turns) {
    if (turn.role === 'tool') {
      const orphan = turn.results.find(id => !open.delete(id))
      if (orphan !== undefined) return { kind: 'orphan-result', callId: orphan, position: turn.position }
      continue
    }
    if (open.size > 0) return { kind: 'missing-result', callIds: [...open], position: openAt }
    open = new Set(turn.calls)
    openAt = turn.position
  }
  return open.size > 0 ? { kind: 'missing-result', callIds: [...open], position: openAt } : undefined
}

function signatureRefusal(ask: Ask, signer: Signer): Refusal | undefined {
  const foreign = ask.signatures.find(({ signature, over }) =>
    over === '' ? !signer.isSealedHere(signature) : !signer.isOwn(signature, over),
  )
  return foreign && { kind: 'foreign-signature', position: foreign.position }
}
