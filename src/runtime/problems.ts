/**
 * Which errors are expected: those that a person can do something about, as opposed to bugs.
 *
 * @module
 */
import { QueryNotRegisteredError, WorkflowUpdateFailedError } from '@temporalio/client'
import { NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/common'
import { LostContent } from '../core/content/lost-content.ts'
import { SealProblem, StoreProblem, type StoreProblemKind } from '../store/index.ts'
import { McpServerProblem } from '../tools/mcp/server-settings.ts'
import { ConfigurationProblem } from './configuration/configuration-problem.ts'
import { ServerNotStarted } from './dev-server/dev-server.ts'
import { TemporalServerNotFound } from './dev-server/find-cli.ts'
import { RunUnheard } from './hearing/run-unheard.ts'
import { unansweredBecause } from './hearing/unanswered-query.ts'
import { NoSuchStep } from './runs/answered-step.ts'
import { RunEnded } from './runs/run-ended.ts'
import { CodecProblem } from './seals/remote-codec.ts'
import { unreadFor } from './seals/unread.ts'
import { BrokenEnvironment } from './temporal/connection-options.ts'
import { answersWith, GRPC, grpcAnswer } from './temporal/grpc-answer.ts'
import { TemporalUnreachable } from './temporal/unreachable.ts'
import { WrongStart } from './wrong-start.ts'

/**
 * `input`: what was asked or configured cannot be. `unreachable`: server or store cannot be used. `not-found`: there is no
 * such run. `ended`: there is one, and it has ended.
 */
export interface KnownProblem {
  readonly kind: 'input' | 'unreachable' | 'not-found' | 'ended'
  /** What happened, to what, and what to do. */
  readonly message: string
}

/** Their messages say all that there is to say. */
const WRONG_INPUT = [ConfigurationProblem, NoSuchStep, WrongStart, BrokenEnvironment, McpServerProblem]

const OUT_OF_REACH = [
  CodecProblem,
  LostContent,
  SealProblem,
  RunUnheard,
  ServerNotStarted,
  TemporalUnreachable,
  TemporalServerNotFound,
]

/** What a problem of the store is; one that is not named here is `unreachable`. */
const STORE_KINDS: Readonly<Partial<Record<StoreProblemKind, KnownProblem['kind']>>> = {
  'unknown-address': 'input',
  'unknown-run': 'not-found',
}

/** The problem behind an error; `undefined` for a bug, which is to be thrown on. */
export function knownProblem(error: unknown): KnownProblem | undefined {
  if (WRONG_INPUT.some(kind => error instanceof kind)) return { kind: 'input', message: (error as Error).message }
  if (OUT_OF_REACH.some(kind => error instanceof kind))
    return { kind: 'unreachable', message: (error as Error).message }
  if (error instanceof StoreProblem) return { kind: STORE_KINDS[error.kind] ?? 'unreachable', message: error.message }
  return temporalProblem(error)
}

function temporalProblem(error: unknown): KnownProblem | undefined {
  if (error instanceof RunEnded) return { kind: 'ended', message: error.message }
  if (error instanceof WorkflowNotFoundError)
    return {
      kind: 'not-found',
      message: `the Temporal server has no open run ${error.workflowId} in this namespace; \`signalbox runs\` lists those that the store knows`,
    }
  if (error instanceof NamespaceNotFoundError)
    return {
      kind: 'input',
      message: `the Temporal server has no namespace ${error.namespace}; create it, or correct TEMPORAL_NAMESPACE`,
    }
  if (error instanceof WorkflowUpdateFailedError)
    return { kind: 'input', message: `the run did not accept that: ${error.cause?.message ?? error.message}` }
  const unanswered = unansweredBecause(error)
  if (unanswered !== undefined)
    return { kind: 'unreachable', message: `a worker could not read the state of the run; try again: ${unanswered}` }
  if (error instanceof QueryNotRegisteredError)
    return { kind: 'input', message: `that workflow is not a run of Signalbox: ${error.message}` }
  const unread = unreadFor(error)
  if (unread) return { kind: 'unreachable', message: `the run cannot be read: ${unread.message}` }
  return grpcProblem(error)
}

const LATE = 'it did not answer in time; check that it is healthy and a worker is running'

const GRPC_WORDS: Readonly<Record<number, string>> = {
  // A worker's connection says this for a deadline that has passed.
  [GRPC.cancelled]: LATE,
  [GRPC.invalidArgument]: 'it does not accept what was given; correct the id or name that it mentions',
  [GRPC.deadlineExceeded]: LATE,
  // A run that is not there has an error of its own.
  [GRPC.notFound]: 'it does not have that; create the namespace, or correct TEMPORAL_NAMESPACE',
  [GRPC.permissionDenied]: 'it does not allow that; check the API key in TEMPORAL_API_KEY and its rights',
  [GRPC.resourceExhausted]:
    'it accepts no more requests now; try again later, or have the limits of its namespace raised',
  [GRPC.failedPrecondition]: 'it cannot do that now; check that a worker for the run is running',
  [GRPC.unavailable]: 'it cannot be reached; check that it is running, and that TEMPORAL_ADDRESS is right',
  [GRPC.unauthenticated]: 'it does not recognise the caller; check TEMPORAL_API_KEY or the TLS certificate',
}

/** The others are the server's own trouble: no answer of it is a bug of ours. */
const FAILED = 'it failed to answer that; try again, and check its log if it keeps failing'

function grpcProblem(error: unknown): KnownProblem | undefined {
  const answer = grpcAnswer(error)
  if (!answer) return undefined
  const words = GRPC_WORDS[answer.code] ?? FAILED
  const kind = answersWith(error, [GRPC.invalidArgument, GRPC.notFound]) ? 'input' : 'unreachable'
  return { kind, message: `the Temporal server: ${words} (it says: ${answer.details || answer.message})` }
}
