/**
 * No message lost, doubled or truncated: each transcript against what was to be said.
 *
 * @module
 */
import type { Message } from '../../../../src/core/messages.ts'
import type { Answer } from '../../../../src/core/protocol.ts'
import { answerIn, type CallRow, type Evidence } from '../evidence.ts'
import type { Conversation } from '../plan/conversations.ts'
import type { CampaignPlan, RunPlan } from '../plan/plan.ts'
import { type Expected, expectedOf } from './expected.ts'
import type { Problem, ProblemKind } from './judge.ts'

export async function judgeTranscripts({ runs }: CampaignPlan, evidence: Evidence): Promise<readonly Problem[]> {
  const each = runs.flatMap(run => run.conversations.map(conversation => judgeOne(run, conversation, evidence)))
  return (await Promise.all(each)).flat()
}

async function judgeOne(run: RunPlan, conversation: Conversation, evidence: Evidence): Promise<readonly Problem[]> {
  const problem = (kind: ProblemKind, words: string): Problem => ({ kind, run: conversation.run, words })
  const whole = mustBeWhole(run, conversation, evidence)
  const { calls, key } = callsOf(conversation, evidence)
  const doubled = calls
    .filter(({ step }, place) => calls[place - 1]?.step === step)
    .map(({ step }) => problem('doubled', `step ${step} was asked in two ways`))
  const answers = calls.map(answerIn).filter(answer => answer !== undefined)
  const cut = answers
    .filter(answer => answer.truncated)
    .map(({ callId }) => problem('truncated', `the answer of ${callId} is truncated`))
  const last = answers.at(-1)
  if (!last) return [...doubled, ...(whole ? [problem('lost', `${conversation.tag} has no answer`)] : [])]
  const found = await judgeMessages(last, { conversation, run, key, whole, evidence })
  return [...doubled, ...cut, ...found.map(([kind, words]) => problem(kind, `${conversation.tag}: ${words}`))]
}

/** All of a run that has answered; a child with a slice may have run out of it. */
function mustBeWhole({ id, slice }: RunPlan, { run }: Conversation, { ended, rows }: Evidence): boolean {
  if (ended.get(id)?.outcome?.kind !== 'answered') return false
  const child = run === id ? undefined : rows.runs.find(({ run_id }) => run_id === run)
  return !(slice && child?.outcome === 'out-of-budget')
}

/** The calls of a conversation: all of an agent's run, or the one of a verb. */
function callsOf({ run, firstStep, system }: Conversation, { rows }: Evidence): { calls: CallRow[]; key: string } {
  const key = rows.runs.find(({ run_id }) => run_id === run)?.run_key ?? ''
  const calls = rows.calls.filter(
    ({ run_key, step }) => run_key === key && (system !== undefined || step === firstStep),
  )
  return { calls, key }
}

interface Judging {
  readonly conversation: Conversation
  readonly run: RunPlan
  readonly key: string
  /** Whether all of it must be there. */
  readonly whole: boolean
  readonly evidence: Evidence
}

type Found = readonly [ProblemKind, string]

async function judgeMessages({ transcript }: Answer, judging: Judging): Promise<readonly Found[]> {
  const { conversation, run, key, whole, evidence } = judging
  if (transcript.lineage !== `${key}/${conversation.firstStep}`)
    return [['doubled', `it went on in the lineage ${transcript.lineage}, as if two had written at one place`]]
  const messages = await evidence.transcript(transcript)
  if (typeof messages === 'string') return [['lost', messages]]
  const expected = expectedOf(conversation, run)
  const wrong = messages.flatMap((message, place) => wrongAt(expected, messages, message, place))
  if (wrong.length > 0) return wrong.slice(0, 1)
  if (whole && messages.length < expected.length)
    return [['lost', `it has ${messages.length} messages of ${expected.length}`]]
  return doubledCalls(messages)
}

function wrongAt(
  expected: readonly Expected[],
  messages: readonly Message[],
  message: Message,
  place: number,
): readonly Found[] {
  const words = expected[place] ? expected[place](message) : 'should not be there'
  if (words === undefined) return []
  const before = messages[place - 1]
  const isAgain = before !== undefined && JSON.stringify(before) === JSON.stringify(message)
  const isNext = expected[place + 1]?.(message) === undefined && expected[place + 1] !== undefined
  const kind: ProblemKind = isAgain || !expected[place] ? 'doubled' : isNext ? 'lost' : 'truncated'
  return [[kind, `message ${place} ${words}`]]
}

/** Each tool call has an id of its own, and its results pair with it in order. */
function doubledCalls(messages: readonly Message[]): readonly Found[] {
  const asked = messages.flatMap(({ role, content }) =>
    role === 'assistant' ? content.flatMap(part => (part.type === 'tool-call' ? [part.toolCallId] : [])) : [],
  )
  const given = messages.flatMap(({ role, content }) =>
    role === 'tool' ? content.flatMap(part => (part.type === 'tool-result' ? [part.toolCallId] : [])) : [],
  )
  if (new Set(asked).size < asked.length) return [['doubled', 'two tool calls have one id']]
  const paired = given.every((id, place) => id === asked[place])
  return paired ? [] : [['lost', 'the results do not pair with the calls']]
}
