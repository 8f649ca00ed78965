/**
 * All sixteen moves between the four protocols: in the middle of a tool loop with reasoning to an endpoint of the other
 * vendor, and at the next step back.
 *
 * @module
 */
import type { JsonValue, Message } from '../src/core/messages.ts'
import type { Answer, CallModelInput, RoutingMemory, RunRef } from '../src/core/protocol.ts'
import { callThrough, openRun } from './call.ts'
import { ledgerProblem } from './ledger.ts'
import { PROTOCOLS, type WallProtocol } from './protocols.ts'
import { RIGHT_CALLS, RIGHT_TEXT } from './questions.ts'
import type { CaseResult } from './result.ts'
import { endpointOf, type Stage, type StageVendor } from './stage.ts'

export interface Move {
  readonly from: WallProtocol
  readonly to: WallProtocol
}

export const MOVES: readonly Move[] = PROTOCOLS.flatMap(from => PROTOCOLS.map(to => ({ from, to })))

/** Two vendors of each protocol: signatures of the one are foreign to the other also where they speak alike. */
const SIDES = ['first', 'second'] as const

export function moveVendors(): readonly StageVendor[] {
  return PROTOCOLS.flatMap(protocol =>
    SIDES.map(side => ({
      name: vendorOf(protocol, side),
      protocol,
      contextWindow: 200_000,
      billsAborted: 'nothing' as const,
      behaviours: [{ match: 'loop', turns: [...RIGHT_CALLS.map(turnOf), { text: RIGHT_TEXT }] }],
    })),
  )
}

export const MOVE_CLASSES = MOVES.map(({ from, to }) => {
  const models = `[wall/${vendorOf(from, 'first')}, wall/${vendorOf(to, 'second')}]`
  return `  ${classOf({ from, to })}: { models: ${models}, reasoning: low, maxOutputTokens: 4000 }\n`
}).join('')

function vendorOf(protocol: WallProtocol, side: (typeof SIDES)[number]): string {
  return `${protocol.replace('-', '')}_${side}`
}

function classOf({ from, to }: Move): string {
  return `${vendorOf(from, 'first')}_${vendorOf(to, 'second')}`
}

function turnOf({ toolName, input }: (typeof RIGHT_CALLS)[number]) {
  return { tools: [{ name: toolName, arguments: input as Record<string, JsonValue> as never }] }
}

/** The first vendor answers, fails at the second step, and answers again at the third. */
export async function runMove(stage: Stage, move: Move): Promise<CaseResult> {
  const [first, second] = [vendorOf(move.from, 'first'), vendorOf(move.to, 'second')]
  const before = stage.vendors.meter().length
  const startedAtMs = stage.clock.now()
  const run = await openRun(stage, `move ${classOf(move)}`)
  const walked = await walk(stage, run, move, first)
  const rows = await stage.store.reports.attempts({ run: run.id, limit: 100 })
  const wireIds = new Set(rows.map(({ wireRequestId }) => wireRequestId))
  const metered = stage.vendors.meter().filter(({ clientRequestId }) => wireIds.has(clientRequestId ?? ''))
  const stray = stage.vendors.meter().length - before - metered.length
  const ledger = ledgerProblem(rows, metered) ?? (stray > 0 ? `${stray} requests have no row` : undefined)
  const faults = rows.flatMap(({ fault }) => (fault ? [fault.kind] : []))
  const wrong = walked.problem ?? (await loopProblem(stage, walked.answers, [first, second, first]))
  const problems = [
    wrong,
    faults.join() === 'malformed-reply' ? undefined : `the faults were ${faults.join(', ') || 'none'}`,
    ledger && `ledger: ${ledger}`,
  ].filter(problem => problem !== undefined)
  return {
    protocol: move.from,
    mode: 'move',
    fault: `move to ${move.to}`,
    pass: problems.length === 0,
    outcome: wrong === undefined ? 'answered' : 'wrong',
    attemptsOnFaulty: rows.filter(({ endpoint, step }) => step === 2 && endpoint === endpointOf(first)).length,
    ms: Math.round(stage.clock.now() - startedAtMs),
    complete: wrong === undefined,
    ledgerOk: ledger === undefined,
    ...(problems.length > 0 && { problems }),
  }
}

interface Walked {
  readonly answers: readonly Answer[]
  readonly problem?: string
}

async function walk(stage: Stage, run: RunRef, move: Move, first: string): Promise<Walked> {
  const ports = stage.newWorker()
  const answers: Answer[] = []
  let additions: readonly Message[] = [
    { role: 'system', content: 'You are a wall.' },
    { role: 'user', content: [{ type: 'text', text: 'Go through the loop.' }] },
  ]
  for (const step of [1, 2, 3]) {
    await stage.vendors.setFaults(first, step === 2 ? [{ kind: 'empty-answer' }] : [])
    const transcript = answers.at(-1)?.transcript ?? { lineage: `${run.key}/loop`, length: 0 }
    const known = answers.at(-1)?.known
    const memory: RoutingMemory = { draw: 0.5, ...(known && { known }) }
    const input: CallModelInput = {
      run,
      step,
      taskClass: classOf(move),
      transcript,
      additions,
      tools: ['look_up'],
      memory,
    }
    const result = await callThrough(stage, ports, input)
    if (result.kind !== 'answered') return { answers, problem: `step ${step} ended as ${result.kind}` }
    answers.push(result.answer)
    additions = [resultsOf(result.answer)]
  }
  return { answers }
}

function resultsOf({ toolCalls }: Answer): Message {
  return {
    role: 'tool',
    content: toolCalls.map(({ toolCallId, toolName }) => ({
      type: 'tool-result',
      toolCallId,
      toolName,
      output: { type: 'text', value: `${toolName} found nothing` },
    })),
  }
}

/** What is wrong with the three answers, or nothing: who gave them, what they say, and the transcript that they leave. */
async function loopProblem(
  { store, vendors }: Stage,
  answers: readonly Answer[],
  endpoints: readonly string[],
): Promise<string | undefined> {
  const wrong = answers.findIndex(({ endpoint }, index) => endpoint !== endpointOf(endpoints[index]!))
  if (wrong >= 0) return `step ${wrong + 1} was answered by ${answers[wrong]!.endpoint}`
  const last = answers.at(-1)!
  const messages = await store.transcripts.read(last.transcript)
  const roles = messages.map(({ role }) => role).join(' ')
  if (roles !== 'system user assistant tool assistant tool assistant') return `the transcript is ${roles}`
  const calls = messages.flatMap(message =>
    message.role === 'assistant' ? message.content.flatMap(part => (part.type === 'tool-call' ? [part] : [])) : [],
  )
  const asked = JSON.stringify(calls.map(({ toolName, input }) => ({ toolName, input })))
  if (asked !== JSON.stringify(RIGHT_CALLS)) return 'the tool calls are wrong'
  const digests = vendors.meter().map(row => row.answerDigest)
  const digest = / \[(\w+)\]$/.exec(last.text)?.[1]
  return last.text === `${RIGHT_TEXT} [${digest}]` && digests.includes(digest) ? undefined : 'the last text is wrong'
}
