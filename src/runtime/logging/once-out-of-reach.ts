/**
 * Says once that the Temporal server, a collector, the store or a master key is out of reach. Temporal's core logs each try of each
 * of its pollers, two dozen lines of gRPC in ten seconds of which none says what it means, and each push of metrics; its SDK logs each
 * task that fails, with a stack.
 *
 * @module
 */
import { ApplicationFailure, type LogLevel, type LogMetadata } from '@temporalio/common'
import { SealProblem, type SealProblemKind, StoreProblem, type StoreProblemKind } from '../../store/index.ts'
import type { Outage, Outages } from './outages.ts'

/** Long enough to leave room for other lines, short enough that whoever looks sees that it is still so. */
const SAID_AGAIN_AFTER_MS = 60_000

export const OUT_OF_REACH =
  'the Temporal server is out of reach; the worker keeps trying, and its runs continue when it is back'

/** Nothing is lost while the worker lives: each push has the sums of all that was counted. */
export const UNPUSHED =
  'the collector does not accept metrics; the worker keeps trying, and the next push will have all of them'

/** Stands behind the words that say what is the matter with the store and what to do. */
export const STORE_AWAY = 'Until then, whatever needs the store is retried, and no run is lost.'

/** Stands behind the words that say which master key is missing and what to do. */
export const KEY_AWAY = 'Until then, runs that need it are retried here, and a worker that has it takes them over.'

export interface Line {
  readonly level: LogLevel
  readonly message: string
  readonly metadata: LogMetadata
}

/** What is logged instead of a line. Of one thing (`about`) it is logged once a minute at most, unless the log has said since that it is over. */
interface Instead extends Pick<Line, 'level' | 'message'> {
  readonly about: string
  readonly outage?: Outage
}

const INSTEAD_OF: readonly ((line: Line) => Instead | 'nothing' | undefined)[] = [
  line =>
    isServerAway(line) ? { about: 'server', outage: 'server', level: line.level, message: OUT_OF_REACH } : undefined,
  line => (isUnpushed(line) ? { about: 'collector', level: line.level, message: UNPUSHED } : undefined),
  insteadOfProblem,
]

/**
 * Gives what to log for a line: itself, the plain sentence, or nothing where that was said just before.
 *
 * @param outages - Told of each line that speaks of one, and of each that is logged.
 */
export function createOnceOutOfReach(
  now: () => number,
  outages?: Pick<Outages, 'begun' | 'goesOn'>,
): (line: Line) => Line | undefined {
  const saidAtMs = new Map<string, number>()
  return line => {
    const instead = INSTEAD_OF.map(look => look(line)).find(found => found !== undefined)
    if (instead === undefined) return line
    if (instead === 'nothing') return undefined
    const { about, level, message, outage } = instead
    if (outage) outages?.goesOn(outage)
    if (now() - (saidAtMs.get(about) ?? Number.NEGATIVE_INFINITY) < SAID_AGAIN_AFTER_MS) return undefined
    saidAtMs.set(about, now())
    if (outage) outages?.begun(outage, () => saidAtMs.delete(about))
    return { level, message, metadata: { sdkComponent: line.metadata.sdkComponent } }
  }
}

/** Each poller's tries, each task that was under way when the server went, and each heartbeat of the worker and of its activities. */
function isServerAway({ message, metadata: { target, err, error } }: Line): boolean {
  const isTold =
    (target === 'temporalio_client::retry' && /^gRPC call \w+ retried/.test(message)) || CORES_WORDS.test(message)
  return isTold && AWAY.test(`${message} ${err ?? error}`)
}

/** A connection that is cut while it is in use has the code `Unknown` or `Cancelled`, and only its source says what happened. */
const AWAY = /[Uu]navailable|Timeout expired|tonic::transport::Error/

const CORES_WORDS =
  /^(Network error while |Error (while (completing workflow activation|polling for)|when recording heartbeat|polling nexus task))/

function isUnpushed({ message, metadata: { target } }: Line): boolean {
  return target === 'temporalio_common::telemetry::otel::metric_export' && /export failed/.test(message)
}

/** When Temporal's core tells that a workflow's task or a query has failed, the worker has told of it already. */
function insteadOfProblem(line: Line): Instead | 'nothing' | undefined {
  const problem = problemIn(line)
  if (problem instanceof StoreProblem) return insteadOfStore(problem)
  if (problem) return insteadOfSeal(problem)
  const { message, metadata } = line
  const isCores =
    metadata.target === 'temporalio_sdk_core::worker::workflow' && /^Failing (workflow task|legacy query)/.test(message)
  return isCores && /stack_trace: "(Store|Seal)Problem:/.test(String(metadata.failure)) ? 'nothing' : undefined
}

/** Of what is thrown where the SDK reads what an activity is given, it keeps the class and the words. */
const UNREAD_ACTIVITY =
  /^Error while processing ActivityTask\.start: Failed to parse (?:activity args|heartbeat details) for activity \S+: /

function problemIn({ message, metadata: { error } }: Line): StoreProblem | SealProblem | undefined {
  if (error instanceof StoreProblem || error instanceof SealProblem) return error
  if (!(error instanceof ApplicationFailure) || !UNREAD_ACTIVITY.test(message)) return undefined
  const words = message.replace(UNREAD_ACTIVITY, '')
  if (error.type === StoreProblem.name) return new StoreProblem('unreachable', words)
  // Which other there may be, such as of a key that was destroyed, is logged as it is.
  return error.type === SealProblem.name && words.includes('master key')
    ? new SealProblem('wrong-master-key', words)
    : undefined
}

/** A key that is destroyed, or in another store, is not mended by whoever runs the worker. */
const MENDABLE: ReadonlySet<SealProblemKind> = new Set(['no-master-key', 'wrong-master-key'])

/** Each run has a key of its own, and what is missing is the master key that wraps it. */
function insteadOfSeal({ kind, message }: SealProblem): Instead | undefined {
  if (!MENDABLE.has(kind)) return undefined
  const about = `seal ${message.replace(/^The key \S+/, '')}`
  return { about, level: 'ERROR', message: `${message} ${KEY_AWAY}` }
}

function insteadOfStore(error: StoreProblem): Instead {
  const told = { about: `store ${error.kind}`, level: 'ERROR' as const, message: storeWords(error) }
  return COME_BACK.has(error.kind) ? { ...told, outage: 'store' } : told
}

/** Of these a look tells that they are over. Whether a disk has room is seen by what needs it: `tell-room.ts`. */
const COME_BACK: ReadonlySet<StoreProblemKind> = new Set(['unreachable', 'unknown-address', 'read-only', 'busy'])

/** Damage does not go by itself, and what this process has closed does not open. */
function storeWords({ kind, message }: StoreProblem): string {
  return kind === 'corrupt' || kind === 'closed' ? message : `${message} ${STORE_AWAY}`
}
