/**
 * What came of a case, held against what had to come of it.
 *
 * @module
 */
import type { AttemptRecord } from '../src/core/ports.ts'
import type { CallModelResult } from '../src/core/protocol.ts'
import type { MeterRow } from '../src/providers/simulated/index.ts'
import { answerProblem } from './answer.ts'
import type { Called } from './call.ts'
import { expectedOf, type WallCase } from './cases.ts'
import type { Expected } from './faults/index.ts'
import { ledgerProblem } from './ledger.ts'
import { questionOf } from './questions.ts'
import type { CaseResult } from './result.ts'
import { endpointOf, type Stage } from './stage.ts'
import { FAULTY } from './vendors.ts'

export interface Seen extends Called {
  readonly rows: readonly AttemptRecord[]
  /** The vendors' rows of this call. */
  readonly metered: readonly MeterRow[]
}

/** `metered`: how many requests the vendors know of. */
export async function judge(stage: Stage, one: WallCase, seen: Seen): Promise<CaseResult & { metered: number }> {
  const { result, rows, metered, ms } = seen
  const expected = expectedOf(one)
  const onFaulty = rows.filter(({ endpoint }) => endpoint === endpointOf(FAULTY))
  const wrong = await wrongAnswer(stage, one, seen)
  const ledger = ledgerProblem(rows, metered)
  const problems = [
    endProblem(expected, result),
    wrong,
    ...attemptProblems(expected, onFaulty),
    ms > expected.boundMs ? `it took ${ms} ms, more than ${expected.boundMs}` : undefined,
    ledger && `ledger: ${ledger}`,
  ].filter(problem => problem !== undefined)
  return {
    protocol: one.protocol,
    mode: one.mode,
    fault: one.fault.name,
    pass: problems.length === 0,
    outcome: outcomeOf(result),
    attemptsOnFaulty: onFaulty.length,
    ms,
    complete: wrong === undefined,
    ledgerOk: ledger === undefined,
    metered: metered.length,
    ...(problems.length > 0 && { problems }),
  }
}

function outcomeOf(result: CallModelResult): string {
  if (result.kind === 'fault') return result.fault.kind
  if (result.kind !== 'answered') return result.kind
  const by = result.answer.endpoint === endpointOf(FAULTY) ? 'faulty answers' : 'other answers'
  return result.answer.truncated ? `${by}, truncated` : by
}

function endProblem({ end, truncated }: Expected, result: CallModelResult): string | undefined {
  const outcome = outcomeOf(result)
  const right = typeof end === 'string' ? (truncated ? [`${end}, truncated`] : endsOf(end)) : end.fault
  return (right as readonly string[]).includes(outcome)
    ? undefined
    : `it ended as ${outcome}, not ${right.join(' or ')}`
}

function endsOf(end: Extract<Expected['end'], string>): readonly string[] {
  return end === 'either answers' ? ['faulty answers', 'other answers'] : [end]
}

/** Problems of an answer that was given. Who may not give one at all is {@link endProblem}'s to say. */
async function wrongAnswer({ store }: Stage, one: WallCase, seen: Seen): Promise<string | undefined> {
  const { result, rows, metered } = seen
  if (result.kind !== 'answered') return undefined
  const { answer } = result
  const answered = rows.filter(({ outcome }) => outcome === 'answered')
  if (answered.length !== 1) return `${answered.length} attempts answered`
  return answerProblem({
    mode: one.mode,
    answer,
    transcript: await store.transcripts.read(answer.transcript),
    asked: questionOf(one.mode, one.fault.endsWithAnswer).messages.length,
    digest: metered.find(({ clientRequestId }) => clientRequestId === answered[0]!.wireRequestId)?.answerDigest,
    truncated: expectedOf(one).truncated ?? false,
  })
}

function attemptProblems(expected: Expected, rows: readonly AttemptRecord[]): readonly (string | undefined)[] {
  const [least, most] = expected.attempts
  const inOrder = rows.toSorted((a, b) => a.attempt - b.attempt)
  const kinds = inOrder.flatMap(({ fault }) => (fault ? [fault.kind] : []))
  const foreign = kinds.filter(kind => !expected.kinds.includes(kind))
  return [
    rows.length < least || rows.length > most ? `${rows.length} attempts, not ${least} to ${most}` : undefined,
    foreign.length > 0 ? `an attempt ended as ${foreign.join(', ')}, not ${expected.kinds.join(' or ')}` : undefined,
    paceProblem(
      expected,
      inOrder.map(({ startedAtMs }) => startedAtMs),
    ),
    pauseProblem(expected, inOrder),
  ]
}

function paceProblem({ within3s }: Expected, startsMs: readonly number[]): string | undefined {
  if (within3s === undefined) return undefined
  const most = Math.max(...startsMs.map(from => startsMs.filter(at => at >= from && at < from + 3_000).length))
  return most > within3s ? `${most} attempts within 3 s, more than ${within3s}` : undefined
}

function pauseProblem({ pauseMs }: Expected, rows: readonly AttemptRecord[]): string | undefined {
  if (pauseMs === undefined) return undefined
  const pauses = rows.slice(1).map((row, index) => row.startedAtMs - rows[index]!.endedAtMs!)
  const shortest = Math.min(...pauses)
  return shortest < pauseMs ? `asked again after ${shortest} ms, sooner than ${pauseMs}` : undefined
}
